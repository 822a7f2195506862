//! A chat: its messages around a place, with ways to what is older and newer.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::{ChatRow, Index, Place, Shown};
use telekeep_model::PeerKind;

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::{Stretch, chat_face, portrait, threads};
use crate::render::{Day, Face, Item, MediaView, RichPiece, days, first_words, miss};
use crate::server::{Context, PageError, Result};

/// Messages on a page.
pub(super) const PAGE: usize = 60;
/// Topics offered above a forum: as many as one looks through there. All are on a page of their own.
const TOPICS: usize = 50;
/// Pinned messages that are counted.
const MOST_PINNED: usize = 99;

/// The place in the chat: at a message, or before or after one; nothing is the newest.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct At {
    pub(super) at: Option<i64>,
    before: Option<i64>,
    after: Option<i64>,
}

impl At {
    pub(super) fn place(&self) -> Place {
        match (self.at, self.before, self.after) {
            (Some(id), _, _) => Place::Around(id),
            (_, Some(id), _) => Place::Before(id),
            (_, _, Some(id)) => Place::After(id),
            _ => Place::Newest,
        }
    }
}

#[derive(Template)]
#[template(path = "chat.html")]
pub(super) struct Chat<'a> {
    pub context: &'a Context,
    pub sidebar: Option<Sidebar>,
    pub id: i64,
    /// Address of what is shown: the chat, or one topic of it.
    pub base: String,
    pub face: Face,
    pub subtitle: String,
    /// Two people: sides tell who is who.
    pub two: bool,
    pub pinned: Option<Pinned>,
    pub topics: Topics,
    pub days: Vec<Day>,
    /// Addresses of what comes before and after.
    pub older: Option<String>,
    pub newer: Option<String>,
    /// The topic that is shown, 0 for all.
    pub topic: i64,
    /// The message that was asked for.
    pub target: i64,
}

/// The days of a stretch; where a message was asked for that is not held, that is told in its place.
pub(super) fn told(context: &Context, mut days: Vec<Day>, at: &At) -> Vec<Day> {
    if let Some(id) = at.at {
        miss(&mut days, id, context.texts.with("chat.not-held", id));
    }
    days
}

/// The newest pinned message.
pub(super) struct Pinned {
    id: i64,
    words: String,
    /// Its place among all, where there are several.
    of: Option<String>,
}

fn pinned(context: &Context, index: &Index, chat: i64) -> Result<Option<Pinned>> {
    let found = index.pinned(chat, None, 1)?.messages;
    let all = match found.is_empty() {
        true => 0,
        false => index.pinned_count(chat, MOST_PINNED + 1)?,
    };
    let count = context.texts.number(all.min(MOST_PINNED) as u64);
    let more = all > MOST_PINNED;
    let count = if more { format!("{count}+") } else { count };
    let of = (all > 1).then(|| {
        let values = [("x", "1"), ("all", count.as_str())];
        context.texts.fill("message.pinned-of", &values)
    });
    let around = Surroundings::of(context, index, &found)?;
    let pinned = |shown: &Shown| Pinned {
        id: shown.message.id,
        words: first_words(&shown.message, &around.scene()),
        of: of.clone(),
    };
    Ok(found.first().map(pinned))
}

/// The way to what is older, and to what is newer.
pub(super) fn ways(stretch: &Stretch, base: &str) -> (Option<String>, Option<String>) {
    let first = stretch
        .messages
        .first()
        .filter(|_| stretch.before.is_some());
    let last = stretch.messages.last().filter(|_| stretch.newer);
    (
        first.map(|shown| format!("{base}?before={}#newest", shown.message.id)),
        last.map(|shown| format!("{base}?after={}", shown.message.id)),
    )
}

/// Topics of a forum, to choose from.
#[derive(Default)]
pub(super) struct Topics {
    /// The newest ones, and the one that is shown.
    tabs: Vec<Topic>,
    /// That there are more, in words.
    more: Option<String>,
}

/// A topic to choose.
struct Topic {
    name: String,
    address: String,
    /// It is shown.
    active: bool,
}

/// Address of a topic's newest messages.
pub(super) fn topic_address(chat: i64, topic: i64) -> String {
    format!("/chat/{chat}/topic/{topic}#newest")
}

/// The topics of a forum, or the people of direct messages; `active` is the one that is shown, 0 for
/// none.
pub(super) fn topics(
    context: &Context,
    index: &Index,
    known: &ChatRow,
    active: i64,
) -> Result<Topics> {
    if !known.forum && !known.is_direct() {
        return Ok(Topics::default());
    }
    let all = threads(context.texts, index, known)?;
    let (newest, rest) = all.split_at(all.len().min(TOPICS));
    let shown = rest.iter().filter(|topic| topic.id == active);
    let tabs: Vec<_> = newest
        .iter()
        .chain(shown)
        .map(|topic| Topic {
            name: topic.name.clone(),
            address: topic_address(known.id, topic.id),
            active: topic.id == active,
        })
        .collect();
    let left = all.len().saturating_sub(tabs.len()) as u64;
    Ok(Topics {
        more: (left > 0).then(|| context.texts.count("list.more", left)),
        tabs,
    })
}

/// `GET /chat/{chat}`
pub async fn page(context: Context, Path(chat): Path<String>, Query(at): Query<At>) -> Result {
    let chat = super::number(&chat)?;
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        let stretch = Stretch::read(index, chat, at.place(), PAGE)?;
        let two = chat >= 0 || known.kind == PeerKind::Channel;
        let around = Surroundings::of(context, index, &stretch.messages)?;
        let around = if two { around.without_names() } else { around };
        let around = match known.forum {
            true => around.with_topics(index, chat)?,
            false if known.is_direct() => around.with_threads(index, &stretch.messages)?,
            false => around,
        };
        let scene = around.scene();
        let base = format!("/chat/{chat}");
        let (older, newer) = ways(&stretch, &base);
        let face = chat_face(context.texts, &known);
        let page = Chat {
            sidebar: Sidebar::beside(context, index, chat)?,
            id: chat,
            two,
            face: face.with_photo(portrait(index, &context.links(), chat)?),
            subtitle: context.texts.count("chat.messages", known.messages),
            pinned: pinned(context, index, chat)?,
            topics: topics(context, index, &known, 0)?,
            days: told(
                context,
                days(&stretch.messages, stretch.before.as_ref(), &scene),
                &at,
            ),
            older,
            newer,
            base,
            topic: 0,
            target: at.at.unwrap_or(0),
            context,
        };
        Ok(page.render()?)
    })
    .await
}
