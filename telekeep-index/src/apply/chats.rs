//! The chats of a journal while batches are written: their numbers, and counters that are stored
//! once per batch.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use crate::error::{Doing as _, IndexError};

/// Chats by marked id, of one journal at a time.
#[derive(Default)]
pub(crate) struct Chats {
    journal: Option<i64>,
    known: HashMap<i64, Chat>,
}

/// What is known of a chat.
pub(crate) struct Chat {
    pub no: i64,
    /// Greatest message id held: a greater one needs no look-up to be new.
    pub newest: i64,
    /// Date of that message, and whether it is to be stored.
    pub newest_date: i64,
    pub news: bool,
    /// Ids explained: without any, a new message takes no note away.
    pub explained: i64,
    pub more: Counters,
}

/// Changes of the counters in this batch.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Counters {
    pub archived: i64,
    pub explained: i64,
    pub deleted: i64,
    pub media_wanted: i64,
    pub media_held: i64,
    pub media_ruled: i64,
}

/// More chats than this are forgotten and looked up again: bounds memory.
const HELD: usize = 100_000;

impl Chats {
    /// Prepares for batches of this journal.
    pub(crate) fn of(&mut self, journal: i64) {
        if self.journal != Some(journal) || self.known.len() > HELD {
            self.known.clear();
            self.journal = Some(journal);
        }
    }

    /// The chat, which is made known when it is new.
    pub(crate) fn get(&mut self, db: &Connection, chat: i64) -> Result<&mut Chat, IndexError> {
        let journal = self.journal.unwrap_or_default();
        match self.known.entry(chat) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                let loaded = load(db, journal, chat).doing("looking up a chat")?;
                Ok(place.insert(loaded))
            }
        }
    }

    /// Stores the counters.
    pub(crate) fn store(&mut self, db: &Connection) -> Result<(), IndexError> {
        for chat in self.known.values_mut() {
            if std::mem::take(&mut chat.news) {
                db.prepare_cached("UPDATE chat SET newest_id = ?2, newest_date = ?3 WHERE no = ?1")
                    .and_then(|mut set| set.execute([chat.no, chat.newest, chat.newest_date]))
                    .doing("storing the newest message")?;
            }
            if chat.more != Counters::default() {
                add(db, chat.no, std::mem::take(&mut chat.more))?;
            }
        }
        Ok(())
    }
}

/// Adds to the stored counters of a chat.
pub(crate) fn add(db: &Connection, no: i64, more: Counters) -> Result<(), IndexError> {
    db.prepare_cached(
        "UPDATE chat SET archived = archived + ?2, explained = explained + ?3,
            media_wanted = media_wanted + ?4, media_held = media_held + ?5,
            media_ruled = media_ruled + ?6, deleted = deleted + ?7 WHERE no = ?1",
    )
    .and_then(|mut update| {
        update.execute(params![
            no,
            more.archived,
            more.explained,
            more.media_wanted,
            more.media_held,
            more.media_ruled,
            more.deleted
        ])
    })
    .map(drop)
    .doing("storing counters")
}

fn load(db: &Connection, journal: i64, chat: i64) -> Result<Chat, rusqlite::Error> {
    db.prepare_cached("INSERT OR IGNORE INTO chat (journal, chat) VALUES (?1, ?2)")?
        .execute([journal, chat])?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Chat {
            no: row.get(0)?,
            newest: row.get::<_, Option<i64>>(1)?.unwrap_or(0),
            newest_date: row.get::<_, Option<i64>>(2)?.unwrap_or(0),
            news: false,
            explained: row.get(3)?,
            more: Counters::default(),
        })
    };
    db.prepare_cached(
        "SELECT no, newest_id, newest_date, explained FROM chat WHERE journal = ?1 AND chat = ?2",
    )?
    .query_row([journal, chat], read)
}
