//! A chat: its messages around a place, with ways to what is older and newer.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::{Index, IndexError, Place, Shown};
use telekeep_model::PeerKind;

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::{Stretch, chat_title};
use crate::render::{Day, Face, Item, MediaView, days, first_words};
use crate::server::{Context, PageError, Result};

/// Messages on a page.
const PAGE: usize = 60;
/// Topics offered above a forum.
const TOPICS: usize = 50;

/// The place in the chat: at a message, or before or after one; nothing is the newest.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct At {
    at: Option<i64>,
    before: Option<i64>,
    after: Option<i64>,
}

impl At {
    fn place(&self) -> Place {
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
struct Chat<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    id: i64,
    face: Face,
    subtitle: String,
    /// Two people: sides tell who is who.
    two: bool,
    pinned: Option<Pinned>,
    topics: Vec<(i64, String)>,
    days: Vec<Day>,
    /// Addresses of what comes before and after.
    older: Option<String>,
    newer: Option<String>,
    /// The topic that is shown, 0 for all.
    topic: i64,
    /// The message that was asked for.
    target: i64,
}

/// The newest pinned message.
struct Pinned {
    id: i64,
    words: String,
}

fn pinned(context: &Context, index: &Index, chat: i64) -> Result<Option<Pinned>> {
    let found = index.pinned(chat, None, 1)?.messages;
    let around = Surroundings::of(context, index, &found)?;
    let pinned = |shown: &Shown| Pinned {
        id: shown.message.id,
        words: first_words(&shown.message, &around.scene()),
    };
    Ok(found.first().map(pinned))
}

/// Topics of a forum, to choose from.
fn topics(context: &Context, index: &Index, chat: i64, forum: bool) -> Result<Vec<(i64, String)>> {
    if !forum {
        return Ok(Vec::new());
    }
    let topics = index.topics(chat)?;
    let named = topics.into_iter().take(TOPICS).map(|topic| {
        let unnamed = || context.texts.with("chat.topic", topic.id);
        (topic.id, topic.title.unwrap_or_else(unnamed))
    });
    Ok(named.collect())
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
        let scene = around.scene();
        let first = stretch.messages.first().map(|shown| shown.message.id);
        let last = stretch.messages.last().map(|shown| shown.message.id);
        let page = Chat {
            sidebar: Sidebar::beside(context, index, chat)?,
            id: chat,
            two,
            face: Face::new(chat, &chat_title(context.texts, &known)),
            subtitle: context.texts.count("chat.messages", known.messages),
            pinned: pinned(context, index, chat)?,
            topics: topics(context, index, chat, known.forum)?,
            days: days(&stretch.messages, stretch.before.as_ref(), &scene),
            older: first
                .filter(|_| stretch.before.is_some())
                .map(|id| format!("/chat/{chat}?before={id}#newest")),
            newer: last
                .filter(|_| stretch.newer)
                .map(|id| format!("/chat/{chat}?after={id}")),
            topic: 0,
            target: at.at.unwrap_or(0),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// Where to go on in a topic.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct After {
    after: Option<String>,
}

/// `GET /chat/{chat}/topic/{topic}`: one topic of a forum, newest page first.
pub async fn topic(
    context: Context,
    Path((chat, topic)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result {
    let (chat, topic) = (super::number(&chat)?, super::number(&topic)?);
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        let after = after.after.map(|after| after.parse()).transpose();
        let after = after.map_err(|_: IndexError| PageError::BadRequest)?;
        let listing = index.topic_messages(chat, topic, after, false, PAGE)?;
        let mut messages = listing.messages;
        messages.reverse();
        let around = Surroundings::of(context, index, &messages)?;
        let page = Chat {
            sidebar: Sidebar::beside(context, index, chat)?,
            id: chat,
            two: false,
            face: Face::new(chat, &chat_title(context.texts, &known)),
            subtitle: context.texts.count("chat.messages", known.messages),
            pinned: None,
            topics: topics(context, index, chat, known.forum)?,
            days: days(&messages, None, &around.scene()),
            older: listing
                .next
                .map(|next| format!("/chat/{chat}/topic/{topic}?after={next}#newest")),
            newer: None,
            topic,
            target: 0,
            context,
        };
        Ok(page.render()?)
    })
    .await
}
