//! Pages of messages, of a chat or of one topic of it.

use telekeep_index::{ChatRow, Cursor, Index, Listing, Place};
use telekeep_view::reading::{Stretch, Surroundings, chat_face, threads};

use super::entries::entries;
use super::{NoLinks, Problem, Reader, Result};
use crate::ask::{Page, Reply, Room, Where};

/// Messages on a page.
const PAGE: usize = 60;
/// Topics offered.
const TOPICS: usize = 500;

pub fn page(reader: &Reader, index: &Index, room: Room, place: Where) -> Result<Reply> {
    let texts = reader.say.texts;
    let known = index
        .chat(room.chat)?
        .ok_or_else(|| Problem::Told(texts.get("problem.not-found").to_owned()))?;
    let (place, target) = settle(reader, index, room, place)?;
    let stretch = match room.topic {
        Some(topic) => topic_stretch(index, room.chat, topic, place, target)?,
        None => Stretch::read(index, room.chat, place_of(place), PAGE)?,
    };
    let around = Surroundings::new(reader.clock(), Box::new(NoLinks), index, &stretch.messages)?;
    let around = match room.topic {
        None if known.forum => around.with_topics(index, room.chat)?,
        None if known.is_direct() => around.with_threads(index, &stretch.messages)?,
        _ => around,
    };
    let mut subtitle = match room.topic {
        Some(topic) => topic_name(reader, index, &known, topic)?,
        None => texts.count("chat.messages", known.messages),
    };
    let face = chat_face(texts, &known);
    if face.deleted {
        subtitle = format!("{} · {subtitle}", texts.get("peer.deleted"));
    }
    Ok(Reply::Messages(Page {
        title: face.name,
        subtitle,
        forum: known.forum || known.is_direct(),
        entries: entries(&stretch, &around, reader.say),
        older: stretch.before.is_some(),
        newer: stretch.newer,
        target,
    }))
}

/// A day becomes a message, and a message is what to go to.
fn settle(
    reader: &Reader,
    index: &Index,
    room: Room,
    place: Where,
) -> Result<(Where, Option<i64>)> {
    Ok(match place {
        Where::Day(number) => {
            let offset = |moment| reader.offset(moment);
            let start = telekeep_index::Zone::varying(&offset).midnight(number);
            match index.first_since(room.chat, start)? {
                Some((id, _)) => (Where::Around(id), Some(id)),
                None => (Where::Newest, None),
            }
        }
        Where::Around(id) => (place, Some(id)),
        other => (other, None),
    })
}

fn place_of(place: Where) -> Place {
    match place {
        Where::Newest | Where::Day(_) => Place::Newest,
        Where::Oldest => Place::Oldest,
        Where::Around(id) => Place::Around(id),
        Where::Before(id, _) => Place::Before(id),
        Where::After(id, _) => Place::After(id),
    }
}

fn topic_stretch(
    index: &Index,
    chat: i64,
    topic: i64,
    place: Where,
    target: Option<i64>,
) -> Result<Stretch> {
    let list = |after: Option<Cursor>, oldest_first: bool, limit: usize| {
        index.topic_messages(chat, topic, after, oldest_first, limit)
    };
    let at = |date: i64, id: i64| Some(Cursor::of(date, chat, id));
    let older = |listing: Listing, newer: bool| {
        let mut messages = listing.messages;
        messages.reverse();
        let more = listing.next.is_some();
        // The oldest stands for what is before the page; it is on the next one.
        let before = (more && messages.len() > 1).then(|| messages.remove(0));
        Stretch {
            before,
            messages,
            newer,
        }
    };
    Ok(match (place, target) {
        (Where::Around(id), _) | (_, Some(id)) => {
            let Some(this) = index.message(chat, id)? else {
                return Ok(older(list(None, false, PAGE)?, false));
            };
            let here = at(this.message.date, id);
            let mut stretch = older(list(here, false, PAGE / 2)?, false);
            let after = list(here, true, PAGE / 2)?;
            stretch.messages.push(this);
            stretch.messages.extend(after.messages);
            stretch.newer = after.next.is_some();
            stretch
        }
        (Where::Oldest, _) => after(list(None, true, PAGE)?, None),
        (Where::After(id, date), _) => {
            after(list(at(date, id), true, PAGE)?, index.message(chat, id)?)
        }
        (Where::Before(id, date), _) => older(list(at(date, id), false, PAGE)?, true),
        (Where::Newest | Where::Day(_), _) => older(list(None, false, PAGE)?, false),
    })
}

fn after(listing: Listing, before: Option<telekeep_index::Shown>) -> Stretch {
    Stretch {
        messages: listing.messages,
        before,
        newer: listing.next.is_some(),
    }
}

fn topic_name(reader: &Reader, index: &Index, known: &ChatRow, id: i64) -> Result<String> {
    let texts = reader.say.texts;
    let mut all = threads(texts, index, known)?.into_iter();
    let found = all.find(|topic| topic.id == id);
    Ok(found.map_or_else(|| texts.with("chat.topic", id), |topic| topic.name))
}

pub fn topics(reader: &Reader, index: &Index, chat: i64) -> Result<Reply> {
    let topics = match index.chat(chat)? {
        Some(known) => threads(reader.say.texts, index, &known)?,
        None => Vec::new(),
    };
    let named = topics.into_iter().take(TOPICS);
    let named = named.map(|topic| (topic.id, topic.name));
    Ok(Reply::Topics(named.collect()))
}
