//! Messages of one chat in the order people read them, page by page.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    names::Names,
    number::unsigned,
};

/// Which messages of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The newest.
    Newest,
    /// The oldest.
    Oldest,
    /// This id and its neighbours on both sides.
    Around(i64),
    /// Older than this id.
    Before(i64),
    /// Newer than this id.
    After(i64),
}

/// A message with what the archive knows about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The latest version.
    pub message: Message,
    /// Name of the sender as last known; [`crate::Index::name_at`] has the one of then.
    pub sender_name: String,
    /// Title of the chat.
    pub chat_title: String,
    /// How many versions were recorded.
    pub versions: u32,
    /// When it was seen to be deleted at the source, unix milliseconds.
    pub deleted: Option<i64>,
    /// Journal of the record.
    pub journal: String,
    /// Sequence number of the record of the latest version.
    pub seq: u64,
}

/// A chat that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatRef {
    /// Marked id.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
}

pub(crate) const COLUMNS: &str =
    "SELECT id, date, sender, seq, versions, text, detail, deleted FROM message WHERE c = ?1";

/// Messages in ascending order of ids; see [`crate::Index::messages`].
pub(crate) fn messages(
    db: &Connection,
    chat: i64,
    place: Place,
    limit: usize,
) -> Result<Vec<Shown>, IndexError> {
    let Some((no, journal)) = number(db, chat)? else {
        return Ok(Vec::new());
    };
    let older = |id: i64, limit: usize| {
        part(
            db,
            no,
            &format!("{COLUMNS} AND id < ?2 ORDER BY id DESC LIMIT ?3"),
            id,
            limit,
        )
    };
    let newer = |id: i64, limit: usize| {
        part(
            db,
            no,
            &format!("{COLUMNS} AND id > ?2 ORDER BY id LIMIT ?3"),
            id,
            limit,
        )
    };
    let rows = match place {
        Place::Newest => reversed(older(i64::MAX, limit)?),
        Place::Oldest => newer(i64::MIN, limit)?,
        Place::Before(id) => reversed(older(id, limit)?),
        Place::After(id) => newer(id, limit)?,
        Place::Around(id) => {
            let half = limit / 2;
            let mut rows = reversed(older(id, half)?);
            rows.extend(newer(id.saturating_sub(1), limit - half)?);
            rows
        }
    };
    let mut names = Names::default();
    let each = rows.into_iter();
    each.map(|shown| complete(db, shown, chat, &journal, &mut names))
        .collect()
}

fn reversed(mut rows: Vec<Shown>) -> Vec<Shown> {
    rows.reverse();
    rows
}

/// The chat's number and journal: where it holds most, when several accounts have it.
pub(crate) fn number(db: &Connection, chat: i64) -> Result<Option<(i64, String)>, IndexError> {
    db.prepare_cached(
        // By the few journals, which chats are indexed by: else all chats would be looked through.
        "SELECT chat.no, journal.name FROM journal
         CROSS JOIN chat ON chat.journal = journal.no AND chat.chat = ?1 ORDER BY chat.archived DESC, chat.no LIMIT 1",
    )
    .and_then(|mut select| {
        select
            .query_row([chat], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
    })
    .doing("looking up a chat")
}

fn part(
    db: &Connection,
    no: i64,
    sql: &str,
    id: i64,
    limit: usize,
) -> Result<Vec<Shown>, IndexError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.prepare_cached(sql)
        .and_then(|mut select| select.query_map(params![no, id, limit], shown)?.collect())
        .doing("reading messages")
}

/// A message without what its columns say.
pub(crate) fn stored(detail: Option<&str>) -> Message {
    let parsed = detail.and_then(|detail| serde_json::from_str(detail).ok());
    parsed.unwrap_or_default()
}

pub(crate) fn shown(row: &Row<'_>) -> Result<Shown, rusqlite::Error> {
    let detail = row.get_ref(6)?.as_str_or_null()?;
    let message = Message {
        id: row.get(0)?,
        date: row.get(1)?,
        sender: row.get(2)?,
        text: row.get(5)?,
        ..stored(detail)
    };
    Ok(Shown {
        message,
        sender_name: String::new(),
        chat_title: String::new(),
        versions: row.get(4)?,
        deleted: row.get(7)?,
        journal: String::new(),
        seq: unsigned(row.get(3)?),
    })
}

/// Adds what is not in the row of a message.
pub(crate) fn complete(
    db: &Connection,
    mut shown: Shown,
    chat: i64,
    journal: &str,
    names: &mut Names,
) -> Result<Shown, IndexError> {
    shown.message.chat = chat;
    shown.chat_title = names.of(db, chat)?;
    journal.clone_into(&mut shown.journal);
    if let Some(sender) = shown.message.sender {
        shown.sender_name = names.of(db, sender)?;
    }
    Ok(shown)
}

/// The message of a row of a walk; `None` when it was replaced meanwhile.
pub(crate) fn one(
    db: &Connection,
    c: i64,
    chat: i64,
    id: i64,
    names: &mut Names,
) -> Result<Option<Shown>, IndexError> {
    let found = db
        .prepare_cached(&format!("{COLUMNS} AND id = ?2"))
        .and_then(|mut select| select.query_row([c, id], shown).optional())
        .doing("reading a message")?;
    let Some(found) = found else { return Ok(None) };
    let journal: String = db
        .prepare_cached(
            "SELECT journal.name FROM chat JOIN journal ON journal.no = chat.journal
             WHERE chat.no = ?1",
        )
        .and_then(|mut select| select.query_row([c], |row| row.get(0)))
        .doing("reading a message")?;
    complete(db, found, chat, &journal, names).map(Some)
}

/// Chats that `text` may mean: a marked id, `@username`, the title, or a part of it. An exact match
/// is alone in the answer.
pub(crate) fn find_chats(db: &Connection, text: &str) -> Result<Vec<ChatRef>, IndexError> {
    let wanted = text.trim();
    let mut names = Names::default();
    let mut all: Vec<ChatRef> = db
        .prepare_cached(
            "SELECT DISTINCT chat.chat, peer.username,
                 EXISTS (SELECT 1 FROM journal WHERE account = chat.chat)
             FROM chat LEFT JOIN peer ON peer.id = chat.chat ORDER BY chat.no",
        )
        .and_then(|mut select| {
            let rows = select.query_map([], |row| {
                let saved: bool = row.get(2)?;
                let title = if saved {
                    "Saved Messages".to_owned()
                } else {
                    String::new()
                };
                Ok(ChatRef {
                    id: row.get(0)?,
                    title,
                    username: row.get(1)?,
                })
            })?;
            rows.collect()
        })
        .doing("reading chats")?;
    for chat in all.iter_mut().filter(|chat| chat.title.is_empty()) {
        chat.title = names.of(db, chat.id)?;
    }
    let folded = wanted.to_lowercase();
    let username = folded.strip_prefix('@').unwrap_or(&folded);
    let exact: [&dyn Fn(&ChatRef) -> bool; 4] = [
        &|chat| chat.id.to_string() == wanted,
        &|chat| {
            chat.username
                .as_ref()
                .is_some_and(|name| name.to_lowercase() == username)
        },
        &|chat| chat.title == wanted,
        &|chat| chat.title.to_lowercase() == folded,
    ];
    for is in exact {
        let found: Vec<_> = all.iter().filter(|chat| is(chat)).cloned().collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    all.retain(|chat| !folded.is_empty() && chat.title.to_lowercase().contains(&folded));
    Ok(all)
}
