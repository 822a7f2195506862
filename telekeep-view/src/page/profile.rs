//! A person or chat: what it is called, was called, looked like, and where it wrote.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect};
use telekeep_index::{ChatRow, ChatShare, Index, Profile};
use telekeep_model::PeerKind;

use super::Sidebar;
use super::beside::Beside;
use crate::reading::{chat_title, face, large, portrait, small};
use crate::render::{Clock, Face, Links as _};
use crate::server::{Context, PageError, Result};

/// Photos shown on a profile.
const PHOTOS: usize = 100;
/// Chats named on a profile.
const CHATS: usize = 100;

/// A name somebody had.
struct Past {
    name: String,
    username: Option<String>,
    since: String,
    /// Only the photo was new.
    photo: bool,
}

/// A photo that is held.
struct Shot {
    key: String,
    source: String,
    thumb: String,
    since: String,
}

/// A chat and how much somebody wrote there.
struct Share {
    face: Face,
    count: String,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    id: i64,
    face: Face,
    kind: &'static str,
    username: Option<String>,
    phone: Option<String>,
    /// That it is no more, in words.
    gone: Option<&'static str>,
    own: bool,
    protected: bool,
    /// Messages, when it is a chat that is held.
    messages: Option<String>,
    photos: Vec<Shot>,
    names: Vec<Past>,
    shares: Vec<Share>,
    /// That there are more of them, in words.
    more_shares: Option<String>,
    /// There are more photos.
    more_photos: Option<String>,
    migrated_to: Option<i64>,
    beside: Beside,
}

/// `GET /profile/{peer}`
pub async fn page(context: Context, Path(peer): Path<String>) -> Result {
    let id = super::number(&peer)?;
    super::show(context, move |context, _, index| {
        let person = index.person(id)?;
        let chat = index.chat(id)?;
        if person.is_none() && chat.is_none() {
            return Err(PageError::NotFound);
        }
        let sidebar = Sidebar::beside(context, index, id)?;
        let mut page = make(context, id, person.as_ref(), chat.as_ref(), sidebar);
        let mut all = shares(context, index, person.as_ref(), id)?;
        page.more_shares = more(context, all.len(), CHATS);
        all.truncate(CHATS);
        page.shares = all;
        page.face.photo = portrait(index, &context.links(), id)?;
        page.beside = Beside::of(context, index, id)?;
        let mut all = shots(context, index, id, person.as_ref())?;
        page.more_photos = more(context, all.len(), PHOTOS);
        all.truncate(PHOTOS);
        page.photos = all;
        Ok(page.render()?)
    })
    .await
}

fn make<'a>(
    context: &'a Context,
    id: i64,
    person: Option<&Profile>,
    chat: Option<&ChatRow>,
    sidebar: Option<Sidebar>,
) -> Page<'a> {
    let texts = context.texts;
    let title = match (chat, person) {
        (Some(chat), _) => chat_title(context.texts, chat),
        (None, Some(person)) if !person.title.is_empty() => texts.name(&person.title).to_owned(),
        _ => texts.get("chat.nameless").to_owned(),
    };
    let kind = chat
        .map(|chat| chat.kind)
        .or(person.map(|person| person.kind));
    let clock = context.clock();
    Page {
        context,
        sidebar,
        id,
        face: Face::new(id, &title),
        kind: match kind.unwrap_or_default() {
            PeerKind::User => texts.get("peer.user"),
            PeerKind::Bot => texts.get("peer.bot"),
            PeerKind::Group => texts.get("peer.group"),
            PeerKind::Supergroup if chat.is_some_and(ChatRow::is_direct) => {
                texts.get("peer.direct")
            }
            PeerKind::Supergroup => texts.get("peer.supergroup"),
            PeerKind::Channel => texts.get("peer.channel"),
            PeerKind::Saved => texts.get("peer.saved"),
        },
        username: person.and_then(|person| person.username.clone()),
        phone: person.and_then(|person| person.phone.clone()),
        gone: person.filter(|person| person.gone).map(|_| match id > 0 {
            true => texts.get("peer.deleted"),
            false => texts.get("peer.gone"),
        }),
        own: person.is_some_and(|person| person.own),
        protected: chat.is_some_and(|chat| chat.protected),
        messages: chat.map(|chat| texts.count("chat.messages", chat.messages)),
        photos: Vec::new(),
        names: past(person, &clock),
        shares: Vec::new(),
        more_shares: None,
        more_photos: None,
        migrated_to: chat.and_then(|chat| chat.migrated_to),
        beside: Beside::default(),
    }
}

/// `and 12 more`, when only `shown` of `all` are.
fn more(context: &Context, all: usize, shown: usize) -> Option<String> {
    let rest = all.checked_sub(shown).filter(|rest| *rest > 0)?;
    Some(context.texts.count("list.more", rest as u64))
}

/// Where somebody wrote, besides the chat with them.
fn shares(
    context: &Context,
    index: &Index,
    person: Option<&Profile>,
    id: i64,
) -> Result<Vec<Share>> {
    let all = person.map(|person| person.chats.as_slice());
    let others = all.unwrap_or_default().iter();
    let others = others.filter(|share| share.chat != id);
    let share = |share: &ChatShare| {
        Ok(Share {
            face: face(context.texts, index, share.chat, &share.title)?,
            count: context.texts.count("chat.messages", share.messages),
        })
    };
    others.map(share).collect()
}

/// Photos over time that are held, newest first.
fn shots(context: &Context, index: &Index, id: i64, person: Option<&Profile>) -> Result<Vec<Shot>> {
    let (clock, links) = (context.clock(), context.links());
    let names = person.map(|person| person.names.as_slice());
    let names = names.unwrap_or_default().iter();
    // When a photo was set is known better from the list of photos than from when it was seen.
    let listed = index.chat_part(id, "photos")?;
    let mut all = listed.map(|part| part.photos()).unwrap_or_default();
    all.reverse();
    let known: HashSet<i64> = all.iter().map(|(photo, _)| *photo).collect();
    let named = names.filter_map(|name| Some((name.photo?, name.since)));
    let more: Vec<(i64, i64)> = named.filter(|(photo, _)| !known.contains(photo)).collect();
    all.extend(more);
    all.sort_by_key(|(_, since)| *since);
    let mut seen = HashSet::new();
    let mut shots = Vec::new();
    for (photo, since) in all {
        if !seen.insert(photo) {
            continue;
        }
        let files = index.photo_files(photo)?;
        if let Some((thumb, whole)) = small(&files).zip(large(&files)) {
            shots.push(Shot {
                key: whole.clone(),
                source: links.file(whole),
                thumb: links.file(thumb),
                since: clock.full(since),
            });
        }
    }
    shots.reverse();
    Ok(shots)
}

/// Names over time, newest first; nothing when there was only one.
fn past(person: Option<&Profile>, clock: &Clock) -> Vec<Past> {
    let names = person
        .map(|person| person.names.as_slice())
        .unwrap_or_default();
    if names.len() < 2 {
        return Vec::new();
    }
    let mut before: Option<&telekeep_index::PastName> = None;
    let mut all = Vec::new();
    for name in names {
        let same = before.is_some_and(|b| b.title == name.title && b.username == name.username);
        all.push(Past {
            name: name.title.clone(),
            username: name.username.clone(),
            since: clock.full(name.since),
            photo: same,
        });
        before = Some(name);
    }
    all.reverse();
    all
}

/// `GET /name/{name}`: the profile behind a public name.
pub async fn by_name(context: Context, Path(name): Path<String>) -> Result {
    let library = std::sync::Arc::clone(&context.library);
    let found = library.read(move |_, index| {
        let wanted = name.to_lowercase();
        for id in index.find_peers(&name, 50)? {
            let person = index.person(id)?;
            let username = person.and_then(|person| person.username);
            if username.is_some_and(|username| username.to_lowercase() == wanted) {
                return Ok(id);
            }
        }
        Err(PageError::NotFound)
    });
    let id = found.await?;
    Ok(Redirect::to(&format!("/profile/{id}")).into_response())
}
