//! What chats are beyond their messages: what was recorded of it last, and when it was asked for.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::error::{Doing, SpoolError};
use super::seen::{Fingerprint, Seen};
use super::{Spool, SpoolTx};

/// What is known of a part of a chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChatPart {
    /// The newest message of the chat when the part was asked for; 0 when that is not known.
    pub top: i32,
    /// When it was asked for last with an answer, unix milliseconds.
    pub asked: i64,
}

impl Spool {
    /// The parts of a chat that were had, by name.
    pub fn chat_parts(&self, chat: i64) -> Result<HashMap<String, ChatPart>, SpoolError> {
        let doing = "reading what is known of a chat";
        let db = self.reading();
        let mut select = db
            .prepare_cached("SELECT part, top, asked FROM chat_part WHERE chat = ?1")
            .doing(doing)?;
        let rows = select.query_map([chat], |row| {
            let part = ChatPart {
                top: row.get(1)?,
                asked: row.get(2)?,
            };
            Ok((row.get(0)?, part))
        });
        rows.and_then(Iterator::collect).doing(doing)
    }

    /// Up to which event the admin log of a chat is recorded; 0 for none.
    pub fn admin_log(&self, chat: i64) -> Result<i64, SpoolError> {
        self.reading()
            .prepare_cached("SELECT last FROM admin_log WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .map(|last| last.unwrap_or(0))
            .doing("reading how far an admin log is known")
    }
}

impl SpoolTx<'_> {
    /// Compares a part of a chat with what was recorded of it, and remembers this.
    pub fn see_chat_part(
        &mut self,
        chat: i64,
        part: &str,
        print: Fingerprint,
    ) -> Result<Seen, SpoolError> {
        let old = self.chat_part(chat, part)?;
        let now = self.time();
        self.put_chat_part(chat, part, print, now)?;
        Ok(match old {
            None => Seen::New,
            Some((old, _)) if old == print => Seen::Same,
            Some(_) => Seen::Changed,
        })
    }

    /// The same of something that changes all the time and of which a version in every `apart`
    /// milliseconds is enough. A change that comes sooner is not remembered: it is news later.
    pub fn see_chat_part_rarely(
        &mut self,
        chat: i64,
        part: &str,
        print: Fingerprint,
        apart: i64,
    ) -> Result<Seen, SpoolError> {
        let now = self.time();
        match self.chat_part(chat, part)? {
            Some((old, _)) if old == print => Ok(Seen::Same),
            Some((_, told)) if (0..apart).contains(&now.saturating_sub(told)) => Ok(Seen::Same),
            old => {
                self.put_chat_part(chat, part, print, now)?;
                Ok(old.map_or(Seen::New, |_| Seen::Changed))
            }
        }
    }

    /// Learns from a record what was recorded, and when.
    pub(super) fn chat_part_again(
        &mut self,
        chat: i64,
        part: &str,
        print: Fingerprint,
        time: i64,
    ) -> Result<(), SpoolError> {
        self.put_chat_part(chat, part, print, time)
    }

    fn chat_part(&self, chat: i64, part: &str) -> Result<Option<(Fingerprint, i64)>, SpoolError> {
        self.db
            .prepare_cached(
                "SELECT fingerprint, asked FROM chat_part WHERE chat = ?1 AND part = ?2",
            )
            .and_then(|mut get| {
                get.query_row(params![chat, part], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .doing("reading what is known of a chat")
    }

    fn put_chat_part(
        &self,
        chat: i64,
        part: &str,
        print: Fingerprint,
        time: i64,
    ) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO chat_part (chat, part, fingerprint, top, asked)
                 VALUES (?1, ?2, ?3, coalesce((SELECT top FROM chat WHERE chat = ?1), 0), ?4)
                 ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint,
                 top = excluded.top, asked = excluded.asked",
            )
            .and_then(|mut put| put.execute(params![chat, part, print, time]))
            .map(drop)
            .doing("remembering a part of a chat")
    }

    /// Notes whether something waits to be sent in a chat.
    pub fn note_scheduled(&mut self, chat: i64, scheduled: bool) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("UPDATE chat SET scheduled = ?2 WHERE chat = ?1")
            .and_then(|mut set| set.execute(params![chat, scheduled]))
            .map(drop)
            .doing("noting what waits to be sent")
    }

    /// Notes whether one of both in a private chat forbids saving.
    pub fn guard_chat(&mut self, chat: i64, guarded: bool) -> Result<(), SpoolError> {
        self.add_chat(chat)?;
        self.db
            .prepare_cached("UPDATE chat SET guarded = ?2 WHERE chat = ?1")
            .and_then(|mut set| set.execute(params![chat, guarded]))
            .map(drop)
            .doing("noting what a chat forbids")
    }

    /// Notes an event of an admin log. False when it is recorded already.
    pub fn see_admin_event(&mut self, chat: i64, id: i64) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO admin_event (chat, id) SELECT ?1, ?2
                 WHERE NOT EXISTS (SELECT 1 FROM admin_log WHERE chat = ?1 AND last >= ?2)
                 ON CONFLICT DO NOTHING",
            )
            .and_then(|mut put| put.execute([chat, id]))
            .map(|rows| rows > 0)
            .doing("noting an event of an admin log")
    }

    /// Notes that the server showed every event of an admin log that it has.
    pub fn admin_log_listed(&mut self, chat: i64) -> Result<(), SpoolError> {
        let doing = "noting how far an admin log is known";
        self.db
            .prepare_cached(
                "INSERT INTO admin_log (chat, last)
                 SELECT ?1, max(id) FROM admin_event WHERE chat = ?1 HAVING max(id) IS NOT NULL
                 ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            )
            .and_then(|mut put| put.execute([chat]))
            .doing(doing)?;
        self.db
            .prepare_cached("DELETE FROM admin_event WHERE chat = ?1")
            .and_then(|mut delete| delete.execute([chat]))
            .map(drop)
            .doing(doing)
    }
}
