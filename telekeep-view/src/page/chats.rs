//! The chat list: the first page, and the left pane of every other.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{ChatCursor, ChatFilter, ChatRow, Index};
use telekeep_model::PeerKind;

use super::scene::Surroundings;
use crate::library::Library;
use crate::render::{Face, encode, first_words};
use crate::server::{Context, Result};

/// Chats in the left pane of another page; the first page goes on from there.
const BESIDE: usize = 60;
/// Chats on one screen of the first page.
const PAGE: usize = 200;

/// What of the list is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Part of a name.
    name: String,
    /// `archived`, a kind of chat, or nothing for the main list.
    folder: String,
    /// The chat after which to go on.
    after: Option<i64>,
}

/// A folder of the list: the word in addresses, and the key of its name.
pub struct Tab {
    pub word: &'static str,
    pub name: &'static str,
    pub active: bool,
}

/// The chat list.
pub struct Sidebar {
    pub rows: Vec<Row>,
    pub tabs: Vec<Tab>,
    /// The folder that is shown.
    pub folder: &'static str,
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
    /// The account's chat with itself.
    pub saved: bool,
    pub pinned: bool,
    /// Who wrote the newest message, where that says something.
    pub author: Option<String>,
    /// The newest message in one line.
    pub preview: String,
    pub when: String,
    pub iso: String,
}

#[derive(Template)]
#[template(path = "chats.html")]
struct Chats<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    /// From when to when there are messages.
    span: Option<String>,
}

/// `GET /`
pub async fn page(context: Context, Query(wanted): Query<Wanted>) -> Result {
    super::show(context, move |context, _: &Library, index| {
        let page = Chats {
            sidebar: Some(list(context, index, &wanted, 0, PAGE)?),
            span: span(context, index)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// The first and the last day with messages. Sums over all chats would take too long for a first page.
fn span(context: &Context, index: &Index) -> Result<Option<String>> {
    let clock = context.clock();
    let words = |seconds| clock.date(clock.at(seconds).date());
    let span = index.span(None)?;
    Ok(span.map(|(first, last)| {
        let (first, last) = (words(first), words(last));
        context
            .texts
            .fill("welcome.span", &[("first", &first), ("last", &last)])
    }))
}

impl Sidebar {
    /// The list beside a page; `active` is the chat that is open, 0 for none. A script that has the
    /// list gets none.
    pub fn beside(context: &Context, index: &Index, active: i64) -> Result<Option<Self>> {
        if context.fragment {
            return Ok(None);
        }
        list(context, index, &Wanted::default(), active, BESIDE).map(Some)
    }
}

/// Folders: the word in addresses, the key of the name, what is in it.
const FOLDERS: [(&str, &str, Option<bool>, &[PeerKind]); 5] = [
    ("", "folder.all", Some(false), &[]),
    (
        "people",
        "folder.people",
        Some(false),
        &[PeerKind::User, PeerKind::Saved],
    ),
    (
        "groups",
        "folder.groups",
        Some(false),
        &[PeerKind::Group, PeerKind::Supergroup],
    ),
    (
        "channels",
        "folder.channels",
        Some(false),
        &[PeerKind::Channel, PeerKind::Bot],
    ),
    ("archived", "folder.archived", Some(true), &[]),
];

fn list(
    context: &Context,
    index: &Index,
    wanted: &Wanted,
    active: i64,
    limit: usize,
) -> Result<Sidebar> {
    let mut folders = FOLDERS.iter();
    let chosen = folders.find(|folder| folder.0 == wanted.folder);
    let (folder, _, archived, kinds) = *chosen.unwrap_or(&FOLDERS[0]);
    let name = wanted.name.trim();
    let filter = ChatFilter {
        name: (!name.is_empty()).then(|| name.to_owned()),
        // A name is looked for everywhere.
        archived: archived.filter(|_| name.is_empty()),
        kinds: kinds.to_vec(),
    };
    let (chats, next) = index.chats(&filter, wanted.after.map(ChatCursor), limit)?;
    let rows = chats.iter().map(|chat| row(context, index, chat));
    Ok(Sidebar {
        rows: rows.collect::<Result<_>>()?,
        tabs: FOLDERS
            .iter()
            .map(|(word, name, ..)| Tab {
                word,
                name,
                active: *word == folder,
            })
            .collect(),
        folder,
        active,
        more: next.map(|ChatCursor(after)| {
            format!("/?name={}&folder={folder}&after={after}", encode(name))
        }),
        name: name.to_owned(),
    })
}

/// What a chat is called; the account's chat with itself has a name in every language.
pub fn title(context: &Context, chat: &ChatRow) -> String {
    match chat.kind {
        PeerKind::Saved => context.texts.get("chat.saved").to_owned(),
        _ if chat.title.is_empty() => context.texts.get("chat.nameless").to_owned(),
        _ => chat.title.clone(),
    }
}

fn row(context: &Context, index: &Index, chat: &ChatRow) -> Result<Row> {
    let newest = match &chat.newest {
        Some(newest) => index.message(chat.id, newest.id)?,
        None => None,
    };
    let newest: Vec<_> = newest.into_iter().collect();
    let around = Surroundings::of(context, index, &newest)?;
    let scene = around.scene();
    let last = newest.first();
    let spoken = last.filter(|shown| shown.message.service.is_none());
    let author = spoken.and_then(|shown| match shown.message.sender {
        _ if chat.kind == PeerKind::Saved => None,
        _ if shown.message.outgoing => Some(context.texts.get("chat.you").to_owned()),
        Some(sender) if sender != chat.id => Some(shown.sender_name.clone()),
        _ => None,
    });
    let date = last.map(|shown| shown.message.date);
    let preview = last.map(|shown| first_words(&shown.message, &scene));
    Ok(Row {
        id: chat.id,
        face: Face::new(chat.id, &title(context, chat)),
        saved: chat.kind == PeerKind::Saved,
        pinned: chat.pinned.is_some(),
        author,
        preview: preview.unwrap_or_default(),
        when: date.map(|date| scene.clock.short(date)).unwrap_or_default(),
        iso: date.map(|date| scene.clock.iso(date)).unwrap_or_default(),
    })
}
