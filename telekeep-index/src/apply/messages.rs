//! Messages of a batch.

use rusqlite::{OptionalExtension as _, params};
use telekeep_model::Message;

use super::{
    NewMessage, Step,
    line::{Words, reply_to},
    tally::Traits,
};
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
    show::stored,
    slots,
};

/// The stored version of a message.
struct Held {
    rid: i64,
    seq: i64,
    versions: i64,
    deleted: bool,
    message: Message,
    detail: Option<String>,
}

/// What is kept of an earlier version.
struct Version {
    seq: i64,
    date: i64,
    text: String,
    detail: Option<String>,
}

fn place(no: i64, message: &NewMessage) -> slots::Place {
    slots::Place {
        date: message.date,
        c: no,
        id: message.id,
    }
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
        let mut earlier: Vec<Version> = Vec::new();
        let mut messages = messages.into_iter().peekable();
        while let Some(mut message) = messages.next() {
            for name in &message.odd {
                self.odd(name)?;
            }
            let next = messages.peek();
            if next.is_some_and(|next| (next.chat, next.id) == (message.chat, message.id)) {
                // What it asks for and tells counts as if it had been in a batch before.
                let no = self.chats.get(self.db, message.chat)?.no;
                self.files.want(no, &message);
                self.told(no, &message)?;
                earlier.push(Version {
                    seq: signed(message.seq),
                    date: message.version_date,
                    text: message.text,
                    detail: message.detail,
                });
                continue;
            }
            let chat = self.chats.get(self.db, message.chat)?;
            let (no, newest) = (chat.no, chat.newest);
            if message.id >= newest {
                chat.newest = message.id;
                chat.newest_date = message.date;
                chat.news = true;
            }
            let held = match message.id <= newest {
                true => self.held(no, message.chat, message.id)?,
                false => None,
            };
            new += u64::from(held.is_none());
            let mut past = String::new();
            let rid = match held {
                Some(held) => self.replace(no, held, &message, &mut earlier, &mut past)?,
                None => self.insert(no, &message, &mut earlier, &mut past)?,
            };
            let mut words = message.words.take().unwrap_or_default();
            words.past = self.tokenizer.prepare(&past);
            self.tally.count(no, message.id, &message.traits, 1);
            self.files.want(no, &message);
            self.told(no, &message)?;
            self.rows.put(rid, words);
        }
        Ok((new, total - new))
    }

    fn held(&self, no: i64, chat: i64, id: i64) -> Result<Option<Held>, IndexError> {
        self.db
            .prepare_cached(
                "SELECT rid, seq, versions, deleted IS NOT NULL, date, sender, text, detail
                 FROM message WHERE c = ?1 AND id = ?2",
            )
            .and_then(|mut select| {
                let held = |row: &rusqlite::Row<'_>| {
                    let detail: Option<String> = row.get(7)?;
                    let mut message = stored(detail.as_deref());
                    (message.chat, message.id) = (chat, id);
                    message.date = row.get(4)?;
                    message.sender = row.get(5)?;
                    message.text = row.get(6)?;
                    Ok(Held {
                        rid: row.get(0)?,
                        seq: row.get(1)?,
                        versions: row.get(2)?,
                        deleted: row.get(3)?,
                        message,
                        detail,
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
        earlier: &mut Vec<Version>,
        past: &mut String,
    ) -> Result<i64, IndexError> {
        let rid = self
            .slots
            .take(self.db, place(no, message))
            .doing("numbering a message")?;
        let versions = 1 + i64::try_from(earlier.len()).unwrap_or_default();
        self.put("INSERT", no, rid, versions, message)?;
        self.versions(no, message, earlier, past)?;
        self.answer(no, message.id, None, message.reply_to)?;
        let db = self.db;
        let chat = self.chats.get(db, message.chat)?;
        chat.more.archived += 1;
        if chat.explained > 0 {
            let noted = db
                .prepare_cached("DELETE FROM note WHERE c = ?1 AND id = ?2")
                .and_then(|mut delete| delete.execute([no, message.id]))
                .doing("removing a note")?;
            let noted = i64::try_from(noted).unwrap_or_default();
            chat.more.explained -= noted;
            chat.explained -= noted;
        }
        Ok(rid)
    }

    fn replace(
        &mut self,
        no: i64,
        held: Held,
        message: &NewMessage,
        earlier: &mut Vec<Version>,
        past: &mut String,
    ) -> Result<i64, IndexError> {
        self.tally
            .count(no, message.id, &Traits::of(&held.message), -1);
        if held.deleted {
            self.chats.get(self.db, message.chat)?.more.deleted -= 1;
        }
        self.answer(no, message.id, reply_to(&held.message), message.reply_to)?;
        let date = held.message.date;
        earlier.insert(
            0,
            Version {
                seq: held.seq,
                date: held.message.edit_date.unwrap_or(date),
                text: held.message.text,
                detail: held.detail,
            },
        );
        let versions = held.versions + i64::try_from(earlier.len()).unwrap_or_default();
        self.versions(no, message, earlier, past)?;
        self.rows.remove(held.rid);
        let rid = match slots::wish(date) == slots::wish(message.date) {
            true => held.rid,
            false => self
                .slots
                .leave(self.db, held.rid)
                .and_then(|()| self.slots.take(self.db, place(no, message)))
                .doing("numbering a message")?,
        };
        self.put("REPLACE", no, rid, versions, message)?;
        Ok(rid)
    }

    fn put(
        &self,
        how: &str,
        no: i64,
        rid: i64,
        versions: i64,
        message: &NewMessage,
    ) -> Result<(), IndexError> {
        self.db
            .prepare_cached(&format!(
                "{how} INTO message (c, id, rid, date, sender, seq, versions, text, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
            ))
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

    /// Keeps earlier versions of `message`, given from old to new, and empties the list. `past`
    /// becomes all texts it ever had, but for the one it has.
    fn versions(
        &self,
        no: i64,
        message: &NewMessage,
        earlier: &mut Vec<Version>,
        past: &mut String,
    ) -> Result<(), IndexError> {
        if earlier.is_empty() {
            return Ok(());
        }
        let mut put = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO version (c, id, seq, date, text, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .doing("storing a version")?;
        let (mut text, mut detail) = (message.text.clone(), message.detail.clone());
        for version in earlier.drain(..).rev() {
            let same = (version.text == text, version.detail == detail);
            (text, detail) = (version.text, version.detail);
            put.execute(params![
                no,
                message.id,
                version.seq,
                version.date,
                (!same.0).then_some(&text),
                (!same.1).then_some(detail.as_deref().unwrap_or_default()),
            ])
            .doing("storing a version")?;
        }
        *past = self.past(no, message.id, &message.text)?;
        Ok(())
    }

    /// Texts that a message had before the one it has.
    fn past(&self, no: i64, id: i64, now: &str) -> Result<String, IndexError> {
        let read = || -> Result<String, rusqlite::Error> {
            let mut select = self.db.prepare_cached(
                "SELECT DISTINCT text FROM version
                 WHERE c = ?1 AND id = ?2 AND text IS NOT NULL AND text <> '' AND text <> ?3
                 ORDER BY seq",
            )?;
            let texts: Vec<String> = select
                .query_map(params![no, id, now], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(texts.join("\n"))
        };
        read().doing("reading versions")
    }

    /// Remembers what a message answers.
    fn answer(
        &self,
        no: i64,
        id: i64,
        before: Option<i64>,
        now: Option<i64>,
    ) -> Result<(), IndexError> {
        if before == now {
            return Ok(());
        }
        if let Some(target) = before {
            self.db
                .prepare_cached("DELETE FROM reply WHERE c = ?1 AND target = ?2 AND id = ?3")
                .and_then(|mut delete| delete.execute([no, target, id]))
                .doing("storing a reply")?;
        }
        if let Some(target) = now {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO reply (c, target, id) VALUES (?1, ?2, ?3)")
                .and_then(|mut put| put.execute([no, target, id]))
                .doing("storing a reply")?;
        }
        Ok(())
    }

    /// What a service message says about its chat.
    fn told(&mut self, no: i64, message: &NewMessage) -> Result<(), IndexError> {
        if let Some(title) = &message.chat_title {
            self.titled(message.chat, message.date, title)?;
        }
        if let Some(change) = &message.topic {
            let topic = match change.created {
                true => Some(message.id),
                false => message.traits.topic,
            };
            // Without a mark it is the General topic.
            self.topic(no, topic.unwrap_or(1), message.id, change)?;
        }
        Ok(())
    }

    /// Marks a message as seen to be gone at `time` by record `seq`, unless it was recorded again
    /// since. It stays, and stays findable.
    pub(super) fn deleted(
        &mut self,
        chat: i64,
        id: i64,
        seq: u64,
        time: i64,
    ) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, chat)?.no;
        let Some(held) = self.held(no, chat, id)? else {
            return self.note(chat, id, "deleted before it was archived");
        };
        if held.deleted || held.seq > signed(seq) {
            return Ok(());
        }
        self.db
            .prepare_cached("UPDATE message SET deleted = ?3 WHERE c = ?1 AND id = ?2")
            .and_then(|mut set| set.execute([no, id, time]))
            .doing("marking a deleted message")?;
        self.gone.insert(held.rid, (no, chat, id));
        self.chats.get(self.db, chat)?.more.deleted += 1;
        Ok(())
    }

    /// A message that was seen to be gone is there again.
    pub(super) fn undeleted(&mut self, chat: i64, id: i64) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, chat)?.no;
        let Some(held) = self.held(no, chat, id)?.filter(|held| held.deleted) else {
            return Ok(());
        };
        self.db
            .prepare_cached("UPDATE message SET deleted = NULL WHERE c = ?1 AND id = ?2")
            .and_then(|mut set| set.execute([no, id]))
            .doing("marking a message")?;
        self.gone.insert(held.rid, (no, chat, id));
        self.chats.get(self.db, chat)?.more.deleted -= 1;
        Ok(())
    }

    /// Marks deleted messages in the full-text index, and those that are back no more.
    pub(super) fn index_gone(&mut self) -> Result<(), IndexError> {
        for (rid, (no, chat, id)) in std::mem::take(&mut self.gone) {
            let Some(held) = self.held(no, chat, id)? else {
                continue;
            };
            self.rows.remove(rid);
            let past = self.past(no, id, &held.message.text)?;
            let words = Words {
                past: self.tokenizer.prepare(&past),
                ..Words::of(&held.message, held.deleted, self.tokenizer)
            };
            self.rows.put(rid, words);
        }
        Ok(())
    }
}
