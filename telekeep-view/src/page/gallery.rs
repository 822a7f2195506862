//! Photos, videos, voice messages, music, files and links of a chat or of all, by month.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Cursor, Gallery, Index, Shown};

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::chat_title;
use crate::render::{Clock, Face, Html, MediaView, Scene, media, rich};
use crate::server::{Context, PageError, Result};

/// Things on a page.
const PAGE: usize = 60;

/// Kinds to choose from, and the keys of their names.
const KINDS: [(Gallery, &str); 8] = [
    (Gallery::Photos, "gallery.photos"),
    (Gallery::Videos, "gallery.videos"),
    (Gallery::RoundVideos, "gallery.round"),
    (Gallery::Voice, "gallery.voice"),
    (Gallery::Music, "gallery.music"),
    (Gallery::Files, "gallery.files"),
    (Gallery::Links, "gallery.links"),
    (Gallery::Gifs, "gallery.gifs"),
];

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    chat: Option<i64>,
    after: String,
}

struct Tab {
    address: String,
    name: &'static str,
    active: bool,
}

/// A message of the gallery.
struct Tile {
    address: String,
    sender: String,
    chat: String,
    when: String,
    full: String,
    iso: String,
    view: Option<MediaView>,
    text: Html,
}

struct Month {
    key: String,
    words: String,
    tiles: Vec<Tile>,
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: Option<Face>,
    kind: &'static str,
    tabs: Vec<Tab>,
    /// Squares side by side, not rows.
    grid: bool,
    months: Vec<Month>,
    newest: Option<String>,
    older: Option<String>,
}

/// `GET /gallery`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let kind = match asked.kind.as_str() {
            "" => Gallery::Photos,
            word => offered(word).ok_or(PageError::NotFound)?,
        };
        let after = match asked.after.as_str() {
            "" => None,
            place => Some(place.parse().map_err(|_| PageError::BadRequest)?),
        };
        let chat = match asked.chat {
            Some(id) => {
                let known = index.chat(id)?.ok_or(PageError::NotFound)?;
                Some(Face::new(id, &chat_title(context.texts, &known)))
            }
            None => None,
        };
        let found = index.attachments(asked.chat, kind, after, false, PAGE)?;
        let tab = |(gallery, name): (Gallery, &'static str)| Tab {
            address: address(gallery, asked.chat, None),
            name,
            active: gallery == kind,
        };
        let page = Page {
            sidebar: Sidebar::beside(context, index, asked.chat.unwrap_or(0))?,
            chat,
            kind: kind.as_str(),
            tabs: KINDS.into_iter().map(tab).collect(),
            grid: is_grid(kind),
            months: months(context, index, &found.messages)?,
            newest: after.map(|_| address(kind, asked.chat, None)),
            older: found.next.map(|next| address(kind, asked.chat, Some(next))),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn offered(word: &str) -> Option<Gallery> {
    let mut kinds = KINDS.into_iter().map(|(gallery, _)| gallery);
    kinds.find(|gallery| gallery.as_str() == word)
}

fn is_grid(kind: Gallery) -> bool {
    use Gallery::{Gifs, Photos, RoundVideos, Videos};
    matches!(kind, Photos | Videos | RoundVideos | Gifs)
}

fn address(kind: Gallery, chat: Option<i64>, after: Option<Cursor>) -> String {
    let mut address = format!("/gallery?kind={}", kind.as_str());
    if let Some(chat) = chat {
        address.push_str(&format!("&chat={chat}"));
    }
    if let Some(after) = after {
        address.push_str(&format!("&after={after}"));
    }
    address
}

fn months(context: &Context, index: &Index, messages: &[Shown]) -> Result<Vec<Month>> {
    let around = Surroundings::of(context, index, messages)?;
    let scene = around.scene();
    let mut months: Vec<Month> = Vec::new();
    for shown in messages {
        let day = scene.clock.key(shown.message.date);
        let key = day.get(..7).unwrap_or_default();
        let tile = tile(shown, &scene);
        match months.last_mut().filter(|month| month.key == key) {
            Some(month) => month.tiles.push(tile),
            None => months.push(Month {
                words: month_words(scene.clock, key),
                key: key.to_owned(),
                tiles: vec![tile],
            }),
        }
    }
    Ok(months)
}

/// `2024-05` in words.
fn month_words(clock: &Clock, key: &str) -> String {
    let (year, month) = key.split_once('-').unwrap_or((key, ""));
    clock.month(year.parse().unwrap_or(1970), month.parse().unwrap_or(1))
}

fn tile(shown: &Shown, scene: &Scene<'_>) -> Tile {
    let message = &shown.message;
    let sender = match shown.sender_name.as_str() {
        "" => &shown.chat_title,
        name => name,
    };
    Tile {
        address: scene.links.message(message.chat, message.id),
        sender: sender.to_owned(),
        chat: shown.chat_title.clone(),
        when: scene.clock.short(message.date),
        full: scene.clock.full(message.date),
        iso: scene.clock.iso(message.date),
        view: message.media.as_ref().map(|thing| media(thing, scene)),
        text: rich(&message.text, &message.entities, scene.links),
    }
}
