//! Links that let people join a group or channel.

use askama::Template;
use axum::extract::Path;
use telekeep_model::InviteLink;

use super::{head, known};
use crate::page::Sidebar;
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// Links shown.
const LINKS: usize = 1000;

struct Row {
    link: String,
    title: Option<String>,
    maker: Option<Face>,
    words: Vec<String>,
    revoked: bool,
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
            rows.push(Row {
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
