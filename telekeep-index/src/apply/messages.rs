//! Messages of a batch.

use rusqlite::{OptionalExtension as _, params};

use super::{NewMessage, Step};
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
    slots,
};

/// The stored version of a message.
struct Held {
    rid: i64,
    date: i64,
    seq: i64,
    versions: i64,
}

/// A row of the full-text index, waiting to be written in the order of row numbers.
struct Words {
    rid: i64,
    text: String,
    meta: String,
}

impl Step<'_> {
    /// Stores messages; gives how many were new, and how many new versions of known ones.
    pub(super) fn messages(
        &mut self,
        mut messages: Vec<NewMessage>,
    ) -> Result<(u64, u64), IndexError> {
        // Clustered as the table is; versions of one message together, the latest last.
        messages.sort_by_key(|message| (message.chat, message.id, message.seq));
        let total = u64::try_from(messages.len()).unwrap_or_default();
        let mut new = 0;
        let mut words = Vec::with_capacity(messages.len());
        let mut earlier: Vec<i64> = Vec::new();
        let mut messages = messages.into_iter().peekable();
        while let Some(message) = messages.next() {
            for name in &message.odd {
                self.odd(name)?;
            }
            let next = messages.peek();
            if next.is_some_and(|next| (next.chat, next.id) == (message.chat, message.id)) {
                earlier.push(signed(message.seq));
                continue;
            }
            let chat = self.chats.get(self.db, message.chat)?;
            let (no, newest) = (chat.no, chat.newest);
            chat.newest = newest.max(message.id);
            let held = match message.id <= newest {
                true => self.held(no, message.id)?,
                false => None,
            };
            new += u64::from(held.is_none());
            let rid = match held {
                Some(held) => self.replace(no, &held, &message, &mut earlier)?,
                None => self.insert(no, &message, &mut earlier)?,
            };
            self.want(no, &message)?;
            words.push(Words {
                rid,
                text: message.words.unwrap_or(message.text),
                meta: message.meta,
            });
        }
        self.index_words(words)?;
        Ok((new, total - new))
    }

    fn held(&self, no: i64, id: i64) -> Result<Option<Held>, IndexError> {
        self.db
            .prepare_cached("SELECT rid, date, seq, versions FROM message WHERE c = ?1 AND id = ?2")
            .and_then(|mut select| {
                let held = |row: &rusqlite::Row<'_>| {
                    Ok(Held {
                        rid: row.get(0)?,
                        date: row.get(1)?,
                        seq: row.get(2)?,
                        versions: row.get(3)?,
                    })
                };
                select.query_row([no, id], held).optional()
            })
            .doing("looking up a message")
    }

    fn insert(
        &mut self,
        no: i64,
        message: &NewMessage,
        earlier: &mut Vec<i64>,
    ) -> Result<i64, IndexError> {
        let rid = self
            .slots
            .take(self.db, message.date)
            .doing("numbering a message")?;
        let versions = 1 + i64::try_from(earlier.len()).unwrap_or_default();
        self.put(no, rid, versions, message)?;
        self.versions(no, message.id, earlier)?;
        let noted = self
            .db
            .prepare_cached("DELETE FROM note WHERE c = ?1 AND id = ?2")
            .and_then(|mut delete| delete.execute([no, message.id]))
            .doing("removing a note")?;
        let more = &mut self.chats.get(self.db, message.chat)?.more;
        more.archived += 1;
        more.explained -= i64::try_from(noted).unwrap_or_default();
        Ok(rid)
    }

    fn replace(
        &mut self,
        no: i64,
        held: &Held,
        message: &NewMessage,
        earlier: &mut Vec<i64>,
    ) -> Result<i64, IndexError> {
        earlier.push(held.seq);
        let versions = held.versions + i64::try_from(earlier.len()).unwrap_or_default();
        self.versions(no, message.id, earlier)?;
        self.db
            .prepare_cached("DELETE FROM words WHERE rowid = ?1")
            .and_then(|mut delete| delete.execute([held.rid]))
            .doing("removing words")?;
        let rid = match slots::wish(held.date) == slots::wish(message.date) {
            true => held.rid,
            false => self
                .slots
                .take(self.db, message.date)
                .doing("numbering a message")?,
        };
        self.put(no, rid, versions, message)?;
        Ok(rid)
    }

    fn put(
        &self,
        no: i64,
        rid: i64,
        versions: i64,
        message: &NewMessage,
    ) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "REPLACE INTO message (c, id, rid, date, sender, seq, versions, text, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    no,
                    message.id,
                    rid,
                    message.date,
                    message.sender,
                    signed(message.seq),
                    versions,
                    message.text,
                    message.detail,
                ])
            })
            .map(drop)
            .doing("storing a message")
    }

    /// Remembers where earlier versions are, and empties the list.
    fn versions(&self, no: i64, id: i64, earlier: &mut Vec<i64>) -> Result<(), IndexError> {
        for seq in earlier.drain(..) {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO version (c, id, seq) VALUES (?1, ?2, ?3)")
                .and_then(|mut put| put.execute([no, id, seq]))
                .doing("storing a version")?;
        }
        Ok(())
    }

    /// Counts the files the message needs, once per chat.
    fn want(&mut self, no: i64, message: &NewMessage) -> Result<(), IndexError> {
        for file in &message.wanted {
            let new = self
                .db
                .prepare_cached("INSERT OR IGNORE INTO wanted (file, c, id) VALUES (?1, ?2, ?3)")
                .and_then(|mut put| put.execute(params![file, no, message.id]))
                .doing("storing a wanted file")?;
            if new == 0 {
                continue;
            }
            let held = self
                .db
                .prepare_cached("SELECT 1 FROM media WHERE file = ?1")
                .and_then(|mut select| select.exists([file]))
                .doing("looking up a file")?;
            let more = &mut self.chats.get(self.db, message.chat)?.more;
            more.media_wanted += 1;
            more.media_held += i64::from(held);
        }
        Ok(())
    }

    /// Row numbers must ascend, or FTS5 empties its memory each time.
    fn index_words(&self, mut words: Vec<Words>) -> Result<(), IndexError> {
        words.sort_by_key(|words| words.rid);
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO words (rowid, text, meta) VALUES (?1, ?2, ?3)")
            .doing("indexing words")?;
        for words in words {
            insert
                .execute(params![words.rid, words.text, words.meta])
                .doing("indexing words")?;
        }
        Ok(())
    }
}
