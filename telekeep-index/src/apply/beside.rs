//! What chats are beyond their messages.

use rusqlite::params;
use telekeep_model::{About, OwnText};

use super::Step;
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

impl Step<'_> {
    /// The newest record of a part is how it is. What was had once stays when it can be had no
    /// more.
    pub(super) fn about(
        &mut self,
        chat: i64,
        part: &About,
        body: &str,
        time: i64,
    ) -> Result<(), IndexError> {
        let doing = "storing a part of a chat";
        let no = self.chats.get(self.db, chat)?.no;
        if let Some(reason) = &part.unavailable {
            return self
                .db
                .prepare_cached(
                    "INSERT INTO chat_part (c, part, time, unavailable) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET unavailable = excluded.unavailable",
                )
                .and_then(|mut put| put.execute(params![no, part.part, time, reason]))
                .map(drop)
                .doing(doing);
        }
        self.db
            .prepare_cached(
                "REPLACE INTO chat_part (c, part, time, count, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut put| {
                let count = part.entries_count().map(signed);
                put.execute(params![no, part.part, time, count, body])
            })
            .doing(doing)?;
        // What an admin log says is in its events.
        if part.part != "admin_log" {
            self.own_texts(&part.part, Some(chat), &part.texts(chat))?;
        }
        if part.part == "topics" {
            // What the list says is as new as the newest message of the topic.
            for (id, newest, topic) in part.topics() {
                self.topic(no, id, newest, &topic)?;
            }
        }
        if part.part == "full" {
            self.db
                .prepare_cached("UPDATE chat SET guarded = ?2 WHERE no = ?1")
                .and_then(|mut set| set.execute(params![no, part.described().forbids]))
                .doing(doing)?;
        }
        Ok(())
    }

    /// Each event comes once.
    pub(super) fn admin_event(
        &mut self,
        chat: i64,
        id: i64,
        text: Option<&OwnText>,
        body: &str,
    ) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, chat)?.no;
        if let Some(text) = text {
            self.add_text("admin_log", chat, text)?;
        }
        self.db
            .prepare_cached("REPLACE INTO admin_event (c, id, body) VALUES (?1, ?2, ?3)")
            .and_then(|mut put| put.execute(params![no, id, body]))
            .map(drop)
            .doing("storing an event of an admin log")
    }
}
