//! The chat list: the first page, and the left pane of every other.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{ChatCursor, ChatFilter, FolderRow, Index};

use crate::library::Library;
use crate::reading::{ChatLine, FOLDERS, Folder, folder_word, own_folder};
use crate::render::encode;
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
    /// `archived`, a kind of chat, a folder of an account, or nothing for the main list.
    folder: String,
    /// The chat after which to go on.
    after: Option<i64>,
}

/// A folder of the list: the word in addresses, and its name.
pub struct Tab {
    pub word: String,
    pub name: String,
    pub active: bool,
}

/// The chat list.
pub struct Sidebar {
    pub rows: Vec<ChatLine>,
    pub tabs: Vec<Tab>,
    /// The folder that is shown.
    pub folder: String,
    /// Part of a name that was asked for.
    pub name: String,
    /// The chat that is open.
    pub active: i64,
    /// Address of the rest.
    pub more: Option<String>,
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

fn list(
    context: &Context,
    index: &Index,
    wanted: &Wanted,
    active: i64,
    limit: usize,
) -> Result<Sidebar> {
    let own = index.folders()?;
    let (folder, filter) = folder(&own, wanted);
    let name = wanted.name.trim();
    let after = wanted.after.map(ChatCursor);
    let (chats, next) = index.chats(&filter, after, limit)?;
    let rows = chats
        .iter()
        .map(|chat| ChatLine::read(context.clock(), Box::new(context.links()), index, chat));
    Ok(Sidebar {
        rows: rows.collect::<std::result::Result<_, _>>()?,
        tabs: tabs(context, &own, &folder),
        active,
        more: next.map(|ChatCursor(after)| {
            format!("/?name={}&folder={folder}&after={after}", encode(name))
        }),
        name: name.to_owned(),
        folder,
    })
}

/// The folder that is wanted, as its word, and what is in it; the main list for an unknown one.
fn folder(own: &[FolderRow], wanted: &Wanted) -> (String, ChatFilter) {
    let name = wanted.name.trim();
    let key = own_folder(&wanted.folder);
    match own.iter().find(|row| Some(row.key) == key) {
        Some(row) => {
            let filter = ChatFilter {
                name: (!name.is_empty()).then(|| name.to_owned()),
                folder: Some(row.clone()),
                ..ChatFilter::default()
            };
            (folder_word(row.key), filter)
        }
        None => {
            let folder = Folder::from_word(&wanted.folder);
            (folder.word.to_owned(), folder.filter(name))
        }
    }
}

/// Folders that every list has, then those of the accounts.
fn tabs(context: &Context, own: &[FolderRow], active: &str) -> Vec<Tab> {
    let every = FOLDERS
        .iter()
        .map(|of| (of.word.to_owned(), context.texts.get(of.name).to_owned()));
    let own = own.iter().map(|row| {
        let icon = row.folder.emoticon.as_deref();
        let title = Some(row.folder.title.trim()).filter(|title| !title.is_empty());
        (
            folder_word(row.key),
            title.or(icon).unwrap_or("…").to_owned(),
        )
    });
    every
        .chain(own)
        .map(|(word, name)| Tab {
            active: word == active,
            word,
            name,
        })
        .collect()
}
