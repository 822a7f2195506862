//! Links that let people join a group or channel.

use askama::Template;
use axum::extract::Path;
use telekeep_index::Index;
use telekeep_model::{InviteLink, Joined};

use super::{head, known, some_of};
use crate::lang::Texts;
use crate::page::Sidebar;
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// Links shown.
const LINKS: usize = 1000;
/// People shown of one.
const PEOPLE: usize = 200;

struct Row {
    link: String,
    title: Option<String>,
    maker: Option<Face>,
    words: Vec<String>,
    revoked: bool,
    /// Who came by it, and what is said of when.
    people: Vec<(Face, String)>,
    /// That not all of them are shown.
    some: Option<String>,
}

#[derive(Template)]
#[template(path = "links.html")]
struct Links<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    face: Face,
    rows: Vec<Row>,
}

/// `GET /chat/{chat}/links`
pub async fn page(context: Context, Path(chat): Path<String>) -> Result {
    let chat = crate::page::number(&chat)?;
    crate::page::show(context, move |context, _, index| {
        let part = index.chat_part(chat, "invite_links")?;
        let part = part.ok_or(PageError::NotFound)?;
        let mut rows = Vec::new();
        for link in part.links().into_iter().take(LINKS) {
            let maker = link.admin.map(|admin| known(context, index, admin));
            let people = people(context, index, &link)?;
            let texts = context.texts;
            rows.push(Row {
                some: some(texts, people.len(), &link),
                people,
                maker: maker.transpose()?,
                words: words(context, &link),
                revoked: link.revoked,
                link: link.link,
                title: link.title,
            });
        }
        let page = Links {
            sidebar: Sidebar::beside(context, index, chat)?,
            face: head(context, index, chat)?,
            context,
            chat,
            rows,
        };
        Ok(page.render()?)
    })
    .await
}

/// Those who came by a link: the ones that wait first, then as they were told.
fn people(context: &Context, index: &Index, link: &InviteLink) -> Result<Vec<(Face, String)>> {
    let (texts, clock) = (context.texts, context.clock());
    let mut all: Vec<&Joined> = link.people.iter().collect();
    all.sort_by_key(|one| !one.waits);
    let mut people = Vec::new();
    for one in all.into_iter().take(PEOPLE) {
        let when = clock.full(one.date);
        let words = match (one.waits, one.by) {
            (true, _) => texts.with("about.waits", when),
            (_, Some(by)) => {
                let name = known(context, index, by)?.name;
                texts.fill("about.let-in", &[("x", &name), ("when", &when)])
            }
            (_, None) => texts.with("profile.since", when),
        };
        people.push((known(context, index, one.peer)?, words));
    }
    Ok(people)
}

fn some(texts: &Texts, shown: usize, link: &InviteLink) -> Option<String> {
    let waiting = link.people.iter().filter(|one| one.waits).count() as u64;
    let all = link.used.unsigned_abs().saturating_add(waiting);
    some_of(texts, shown as u64, all)
}

fn words(context: &Context, link: &InviteLink) -> Vec<String> {
    let (texts, clock) = (context.texts, context.clock());
    let mut words = Vec::new();
    if link.revoked {
        words.push(texts.get("about.revoked").to_owned());
    }
    if link.permanent {
        words.push(texts.get("about.permanent").to_owned());
    }
    if link.asks {
        words.push(texts.get("about.asks").to_owned());
    }
    words.push(texts.with("about.used", texts.number(link.used.unsigned_abs())));
    if let Some(limit) = link.limit {
        words.push(texts.with("about.limit", texts.number(limit.unsigned_abs())));
    }
    if let Some(until) = link.until {
        words.push(texts.with("about.until", clock.full(until)));
    }
    words.push(texts.with("profile.since", clock.full(link.date)));
    words
}
