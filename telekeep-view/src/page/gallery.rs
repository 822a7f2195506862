//! Photos, videos, voice messages, music, files and links of a chat, of one topic of it, or of all, by
//! month. Pages go on in both directions.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Cursor, Filter, Gallery, Index, IndexError, Listing, Search, Shown, Sort};

use telekeep_model::{Media, Rich};

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::chat_face;
use crate::render::{Clock, Face, Html, MediaView, Scene, media, rich_in};
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
    /// One topic of a forum.
    topic: Option<i64>,
    /// What is older than this place.
    after: String,
    /// What is newer than this place, next to it.
    before: String,
}

struct Tab {
    address: String,
    name: &'static str,
    active: bool,
}

/// A message of the gallery.
struct Tile {
    /// Its place, to go on from in both directions.
    place: Cursor,
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
    topic: Option<String>,
    /// Address of the chat or topic.
    back: Option<String>,
    kind: &'static str,
    tabs: Vec<Tab>,
    /// Squares side by side, not rows.
    grid: bool,
    months: Vec<Month>,
    /// Without a place.
    base: String,
    newer: Option<String>,
    older: Option<String>,
}

/// `GET /gallery`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let kind = match asked.kind.as_str() {
            "" => Gallery::Photos,
            word => offered(word).ok_or(PageError::NotFound)?,
        };
        let chat = match asked.chat {
            Some(id) => {
                let known = index.chat(id)?.ok_or(PageError::NotFound)?;
                Some(chat_face(context.texts, &known))
            }
            None => None,
        };
        let topic = match asked.chat.zip(asked.topic) {
            Some((chat, topic)) => Some(super::topic::title(context, index, chat, topic)?),
            None => None,
        };
        let found = find(index, &asked, kind)?;
        let tab = |(gallery, name): (Gallery, &'static str)| Tab {
            address: asked.address(gallery),
            name,
            active: gallery == kind,
        };
        let base = asked.address(kind);
        let place = |shown: &Shown| {
            let message = &shown.message;
            Cursor::of(message.date, message.chat, message.id)
        };
        let newer = found.messages.first().filter(|_| found.newer).map(place);
        let older = found.messages.last().filter(|_| found.older).map(place);
        let page = Page {
            sidebar: Sidebar::beside(context, index, asked.chat.unwrap_or(0))?,
            chat,
            topic,
            back: match (asked.chat, asked.topic) {
                (Some(chat), Some(topic)) => Some(format!("/chat/{chat}/topic/{topic}#newest")),
                (Some(chat), None) => Some(format!("/chat/{chat}#newest")),
                _ => None,
            },
            kind: kind.as_str(),
            tabs: KINDS.into_iter().map(tab).collect(),
            grid: is_grid(kind),
            months: months(context, index, &found.messages, kind)?,
            newer: newer.map(|place| format!("{base}&before={place}")),
            older: older.map(|place| format!("{base}&after={place}")),
            base,
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

impl Asked {
    /// The address of the newest page of a kind.
    fn address(&self, kind: Gallery) -> String {
        let number = |name: &str, id: Option<i64>| match id {
            Some(id) => format!("&{name}={id}"),
            None => String::new(),
        };
        format!(
            "/gallery?kind={}{}{}",
            kind.as_str(),
            number("chat", self.chat),
            number("topic", self.topic)
        )
    }
}

/// A page of messages, newest first.
struct Found {
    messages: Vec<Shown>,
    newer: bool,
    older: bool,
}

fn find(index: &Index, asked: &Asked, kind: Gallery) -> Result<Found> {
    let place = |text: &str| -> Result<Option<Cursor>> {
        match text {
            "" => Ok(None),
            place => Ok(Some(place.parse().map_err(|_| PageError::BadRequest)?)),
        }
    };
    let (after, before) = (place(&asked.after)?, place(&asked.before)?);
    if let Some(before) = before {
        let mut found = listed(index, asked, kind, Some(before), true)?;
        found.messages.reverse();
        if !found.messages.is_empty() {
            return Ok(Found {
                messages: found.messages,
                newer: found.next.is_some(),
                older: true,
            });
        }
    }
    let found = listed(index, asked, kind, after, false)?;
    Ok(Found {
        messages: found.messages,
        newer: after.is_some(),
        older: found.next.is_some(),
    })
}

fn listed(
    index: &Index,
    asked: &Asked,
    kind: Gallery,
    after: Option<Cursor>,
    oldest_first: bool,
) -> Result<Listing> {
    let Some((chat, topic)) = asked.chat.zip(asked.topic) else {
        return Ok(index.attachments(asked.chat, kind, after, oldest_first, PAGE)?);
    };
    let kinds = kind.kinds().iter().map(|kind| (*kind).to_owned());
    let query = format!("topic:{topic}");
    let search = Search {
        filter: Filter {
            chats: vec![chat],
            kinds: kinds.collect(),
            ..Filter::default()
        },
        sort: match oldest_first {
            true => Sort::Oldest,
            false => Sort::Newest,
        },
        after,
        limit: PAGE,
        ..Search::new(&query, 0)
    };
    let page = match index.search(&search) {
        Ok(page) => page,
        // No such topic.
        Err(IndexError::Query { .. }) => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    let mut messages = Vec::with_capacity(page.hits.len());
    for hit in &page.hits {
        messages.extend(index.message(hit.chat, hit.id)?);
    }
    Ok(Listing {
        messages,
        next: page.next,
    })
}

fn months(
    context: &Context,
    index: &Index,
    messages: &[Shown],
    kind: Gallery,
) -> Result<Vec<Month>> {
    let around = Surroundings::of(context, index, messages)?;
    let scene = around.scene();
    let mut months: Vec<Month> = Vec::new();
    for shown in messages {
        let day = scene.clock.key(shown.message.date);
        let key = day.get(..7).unwrap_or_default();
        let tile = tile(shown, &scene, kind);
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

fn tile(shown: &Shown, scene: &Scene<'_>, kind: Gallery) -> Tile {
    let message = &shown.message;
    let view = match (&message.media, &message.rich) {
        (Some(thing), _) => Some(media(thing, scene)),
        (None, Some(rich)) => inside(rich, kind).map(|thing| media(&thing, scene)),
        (None, None) => None,
    };
    let sender = match shown.sender_name.as_str() {
        "" => &shown.chat_title,
        name => name,
    };
    Tile {
        place: Cursor::of(message.date, message.chat, message.id),
        address: scene.links.message(message.chat, message.id),
        sender: scene.clock.texts.name(sender).to_owned(),
        chat: scene.clock.texts.name(&shown.chat_title).to_owned(),
        when: scene.clock.short(message.date),
        full: scene.clock.full(message.date),
        iso: scene.clock.iso(message.date),
        view,
        text: rich_in(&message.text, &message.entities, scene),
    }
}

/// The first thing of a kind in a rich message.
fn inside(rich: &Rich, kind: Gallery) -> Option<Media> {
    let mut things = rich.media().into_iter();
    things.find(|thing| kind.kinds().contains(&thing.kind()))
}
