//! Who is in a group or channel, what they may do, who was shut out.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::Index;
use telekeep_model::{About, Member, Role};

use super::{head, known};
use crate::page::Sidebar;
use crate::render::{Face, encode};
use crate::server::{Context, PageError, Result};

/// People on a page.
const PAGE: usize = 200;
/// People that a name may mean.
const FOUND: usize = 5_000;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// A part of a name.
    #[serde(default)]
    q: String,
    /// So many were shown already.
    #[serde(default)]
    after: usize,
}

/// Somebody in a list.
struct Row {
    face: Face,
    /// What they are there and since when.
    words: Vec<String>,
}

/// People that have something in common.
struct Group {
    title: &'static str,
    rows: Vec<Row>,
    count: String,
    /// Address of the rest.
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "members.html")]
struct Members<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    face: Face,
    q: String,
    groups: Vec<Group>,
    /// That the server shows a part only.
    partial: Option<String>,
}

/// `GET /chat/{chat}/members`
pub async fn page(
    context: Context,
    Path(chat): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result {
    let chat = crate::page::number(&chat)?;
    crate::page::show(context, move |context, _, index| {
        let reader = Reader {
            context,
            index,
            chat,
            found: found(index, &wanted.q)?,
            wanted: &wanted,
        };
        let lists = reader.lists()?;
        if lists.is_empty() {
            return Err(PageError::NotFound);
        }
        let page = Members {
            sidebar: Sidebar::beside(context, index, chat)?,
            face: head(context, index, chat)?,
            partial: reader.partial(&lists),
            groups: reader.groups(&lists)?,
            q: wanted.q.clone(),
            context,
            chat,
        };
        Ok(page.render()?)
    })
    .await
}

/// Whom the words mean; `None` when there are none.
fn found(index: &Index, q: &str) -> Result<Option<Vec<i64>>> {
    match q.trim() {
        "" => Ok(None),
        q => Ok(Some(index.find_peers(q, FOUND)?)),
    }
}

struct Reader<'a> {
    context: &'a Context,
    index: &'a Index,
    chat: i64,
    found: Option<Vec<i64>>,
    wanted: &'a Wanted,
}

impl Reader<'_> {
    /// The lists that are held. Of basic groups the members are in the description.
    fn lists(&self) -> Result<Vec<About>> {
        let mut lists = Vec::new();
        for part in ["participants", "full", "admins", "banned", "kicked"] {
            let list = self.index.chat_part(self.chat, part)?;
            lists.extend(list.filter(|list| !list.members().is_empty()));
        }
        Ok(lists)
    }

    fn partial(&self, lists: &[About]) -> Option<String> {
        let texts = self.context.texts;
        let list = lists.iter().find(|list| list.partial.is_some())?;
        let number = |count: Option<u64>| texts.number(count.unwrap_or(0));
        let numbers = [
            ("shown", number(list.entries_count())),
            ("count", number(list.count)),
        ];
        let numbers: Vec<(&str, &str)> = numbers.iter().map(|(k, v)| (*k, v.as_str())).collect();
        Some(match list.partial.as_deref() {
            Some("HIDDEN_MEMBERS") => texts.fill("about.partial-hidden", &numbers),
            _ => texts.fill("about.partial", &numbers),
        })
    }

    fn groups(&self, lists: &[About]) -> Result<Vec<Group>> {
        let mut all: Vec<Member> = Vec::new();
        for member in lists.iter().flat_map(About::members) {
            match all.iter_mut().find(|known| known.peer == member.peer) {
                // Lists of their own say more.
                Some(known) if known.role == Role::Member => *known = member,
                Some(_) => {}
                None => all.push(member),
            }
        }
        if let Some(found) = &self.found {
            all.retain(|member| found.contains(&member.peer));
        }
        let texts = self.context.texts;
        type Chosen = fn(Role) -> bool;
        let kinds: [(&str, Chosen); 4] = [
            (texts.get("about.admins"), |role| role <= Role::Admin),
            (texts.get("about.members"), |role| role == Role::Member),
            (texts.get("about.restricted"), |role| {
                role == Role::Restricted
            }),
            (texts.get("about.kicked"), |role| role == Role::Kicked),
        ];
        let mut groups = Vec::new();
        for (title, belongs) in kinds {
            let all = all.iter().filter(|member| belongs(member.role));
            groups.extend(self.group(title, &all.collect::<Vec<_>>())?);
        }
        Ok(groups)
    }

    /// Of a long list a page; lists that fit are on the first page only.
    fn group(&self, title: &'static str, all: &[&Member]) -> Result<Option<Group>> {
        let after = self.wanted.after;
        let page = all.get(after..).unwrap_or_default();
        if page.is_empty() {
            return Ok(None);
        }
        let shown = page.get(..PAGE).unwrap_or(page);
        let mut rows = Vec::new();
        for member in shown {
            rows.push(self.row(member)?);
        }
        let more = (page.len() > PAGE).then(|| {
            let q = encode(&self.wanted.q);
            format!("/chat/{}/members?q={q}&after={}", self.chat, after + PAGE)
        });
        Ok(Some(Group {
            title,
            rows,
            count: self.context.texts.number(all.len() as u64),
            more,
        }))
    }

    fn row(&self, member: &Member) -> Result<Row> {
        let texts = self.context.texts;
        let mut words = Vec::new();
        match (&member.rank, member.role) {
            (Some(rank), _) => words.push(rank.clone()),
            (None, Role::Owner) => words.push(texts.get("about.owner").to_owned()),
            (None, Role::Admin) => words.push(texts.get("about.admin").to_owned()),
            (None, _) => {}
        }
        if member.since > 0 {
            words.push(texts.with("profile.since", self.context.clock().full(member.since)));
        }
        if let Some(by) = member.by.filter(|_| member.role != Role::Member) {
            words.push(texts.with("about.by", known(self.context, self.index, by)?.name));
        }
        Ok(Row {
            face: known(self.context, self.index, member.peer)?,
            words,
        })
    }
}
