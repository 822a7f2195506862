//! The chat list: the first page, and the left pane of every other.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{ChatStatus, Index, Place, Totals};
use telekeep_model::PeerKind;

use super::scene::Surroundings;
use crate::library::Library;
use crate::render::{Clock, Face, first_words};
use crate::server::{Context, Result};

/// Chats in the left pane of another page; the first page goes on from there.
const BESIDE: usize = 60;
/// Chats on one screen of the first page.
const PAGE: usize = 200;

/// What of the list is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    /// Part of a name.
    #[serde(default)]
    name: String,
    /// How many to pass over.
    #[serde(default)]
    skip: usize,
}

/// The chat list.
pub struct Sidebar {
    pub rows: Vec<Row>,
    /// Part of a name that was asked for.
    pub name: String,
    /// The chat that is open.
    pub active: i64,
    /// Address of the rest.
    pub more: Option<String>,
}

/// A chat in the list.
pub struct Row {
    pub id: i64,
    pub face: Face,
    pub saved: bool,
    /// The newest message in one line, and who wrote it.
    pub author: Option<String>,
    pub preview: String,
    pub when: String,
    pub iso: String,
    /// Something of it could be missing.
    pub incomplete: bool,
}

#[derive(Template)]
#[template(path = "chats.html")]
struct Chats<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    totals: Totals,
    clock: Clock,
}

/// `GET /`
pub async fn page(context: Context, Query(wanted): Query<Wanted>) -> Result {
    super::show(context, move |context, _: &Library, index| {
        let page = Chats {
            sidebar: Some(list(context, index, &wanted, 0, PAGE)?),
            totals: index.totals()?,
            clock: context.clock(),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

impl Sidebar {
    /// The list beside a page; `active` is the chat that is open, 0 for none.
    pub fn beside(context: &Context, index: &Index, active: i64) -> Result<Option<Self>> {
        list(context, index, &Wanted::default(), active, BESIDE).map(Some)
    }
}

fn list(
    context: &Context,
    index: &Index,
    wanted: &Wanted,
    active: i64,
    limit: usize,
) -> Result<Sidebar> {
    let mut chats = index.status()?;
    let part = wanted.name.trim().to_lowercase();
    chats.retain(|chat| matches(chat, &part));
    chats.sort_by_key(|chat| std::cmp::Reverse(chat.newest));
    let more = chats.len() > wanted.skip.saturating_add(limit);
    let rows = chats.iter().skip(wanted.skip).take(limit);
    let rows = rows
        .map(|chat| row(context, index, chat))
        .collect::<Result<_>>()?;
    Ok(Sidebar {
        rows,
        active,
        more: more.then(|| {
            let name = crate::render::encode(&wanted.name);
            format!("/?name={name}&skip={}", wanted.skip.saturating_add(limit))
        }),
        name: wanted.name.clone(),
    })
}

fn matches(chat: &ChatStatus, part: &str) -> bool {
    part.is_empty()
        || chat.title.to_lowercase().contains(part)
        || chat
            .username
            .as_ref()
            .is_some_and(|name| name.to_lowercase().contains(part))
}

fn row(context: &Context, index: &Index, chat: &ChatStatus) -> Result<Row> {
    let newest = index.messages(chat.id, Place::Newest, 1)?;
    let around = Surroundings::of(context, index, &newest)?;
    let scene = around.scene();
    let last = newest.first();
    let author = last.filter(|shown| shown.message.service.is_none() && chat.id < 0);
    let author = author.filter(|shown| shown.message.sender != Some(chat.id));
    Ok(Row {
        id: chat.id,
        face: Face::new(chat.id, &chat.title),
        saved: chat.kind == PeerKind::Saved,
        author: author.map(|shown| shown.sender_name.clone()),
        preview: last
            .map(|shown| first_words(&shown.message, &scene))
            .unwrap_or_default(),
        when: chat
            .newest
            .map(|date| scene.clock.short(date))
            .unwrap_or_default(),
        iso: chat
            .newest
            .map(|date| scene.clock.iso(date))
            .unwrap_or_default(),
        incomplete: !chat.complete,
    })
}
