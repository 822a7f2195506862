//! A chat: its messages around a place, with ways to what is older and newer.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::{Index, Place, Shown};
use telekeep_model::PeerKind;

use super::Sidebar;
use super::scene::Surroundings;
use crate::render::{Day, Face, Item, MediaView, days};
use crate::server::{Context, PageError, Result};

/// Messages on a page.
const PAGE: usize = 60;
/// Most items of an album.
const ALBUM: usize = 10;

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

/// A stretch of a chat.
struct Stretch {
    messages: Vec<Shown>,
    /// The message before the first.
    before: Option<Shown>,
    /// There are newer ones.
    newer: bool,
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
    days: Vec<Day>,
    older: Option<i64>,
    newer: Option<i64>,
    /// The message that was asked for.
    target: i64,
}

/// `GET /chat/{chat}`
pub async fn page(context: Context, Path(chat): Path<String>, Query(at): Query<At>) -> Result {
    let chat = super::number(&chat)?;
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        let stretch = stretch(index, chat, at.place())?;
        let around = Surroundings::of(context, index, &stretch.messages)?;
        let scene = around.scene();
        let first = stretch.messages.first().map(|shown| shown.message.id);
        let last = stretch.messages.last().map(|shown| shown.message.id);
        let page = Chat {
            sidebar: Sidebar::beside(context, index, chat)?,
            id: chat,
            two: chat >= 0 || known.kind == PeerKind::Channel,
            face: Face::new(chat, &super::chats::title(context, &known)),
            subtitle: context.texts.count("chat.messages", known.messages),
            days: days(&stretch.messages, stretch.before.as_ref(), &scene),
            older: first.filter(|_| stretch.before.is_some()),
            newer: last.filter(|_| stretch.newer),
            target: at.at.unwrap_or(0),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// Reads a page of messages, with whole albums at both ends.
fn stretch(index: &Index, chat: i64, place: Place) -> Result<Stretch> {
    let mut messages = index.messages(chat, place, PAGE)?;
    if messages.is_empty() && matches!(place, Place::Before(_) | Place::After(_)) {
        // Beyond an end: the nearest there is.
        let end = if matches!(place, Place::After(_)) {
            Place::Newest
        } else {
            Place::Oldest
        };
        messages = index.messages(chat, end, PAGE)?;
    }
    let mut before = Vec::new();
    if let Some(first) = messages.first().map(|shown| shown.message.clone()) {
        before = index.messages(chat, Place::Before(first.id), ALBUM)?;
        let same = |shown: &Shown| {
            first.grouped_id.is_some() && shown.message.grouped_id == first.grouped_id
        };
        let keep = before
            .iter()
            .rposition(|shown| !same(shown))
            .map_or(0, |at| at + 1);
        let mut whole = before.split_off(keep);
        whole.append(&mut messages);
        messages = whole;
    }
    let mut newer = false;
    if let Some(last) = messages.last().map(|shown| shown.message.clone()) {
        for shown in index.messages(chat, Place::After(last.id), ALBUM)? {
            if last.grouped_id.is_none() || shown.message.grouped_id != last.grouped_id {
                newer = true;
                break;
            }
            messages.push(shown);
        }
    }
    Ok(Stretch {
        messages,
        before: before.pop(),
        newer,
    })
}
