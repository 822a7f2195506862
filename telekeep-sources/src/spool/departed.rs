//! Chats the account left: only what it wrote there itself can still be had, and only during an
//! export.

use rusqlite::OptionalExtension as _;

use super::SpoolTx;
use super::error::{Doing, SpoolError};

/// Whether the account left a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departed {
    /// It did not.
    No,
    /// It did, and what it wrote there is still to be listed.
    ToList,
    /// It did, and what it wrote there is listed.
    Listed,
}

impl Departed {
    pub(super) fn of(number: i64) -> Departed {
        match number {
            0 => Departed::No,
            1 => Departed::ToList,
            _ => Departed::Listed,
        }
    }
}

impl SpoolTx<'_> {
    /// Notes that the account left a chat. True when that is news. The server counts no messages
    /// there any more, and names no newest one.
    pub fn leave_chat(&mut self, chat: i64) -> Result<bool, SpoolError> {
        let doing = "noting a chat that was left";
        let known: Option<i64> = self
            .db
            .prepare_cached("SELECT departed FROM chat WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .doing(doing)?;
        if known.is_some_and(|departed| departed != 0) {
            return Ok(false);
        }
        self.db
            .prepare_cached(
                "INSERT INTO chat (chat, departed) VALUES (?1, 1)
                 ON CONFLICT DO UPDATE SET departed = 1, top = NULL, server = NULL",
            )
            .and_then(|mut set| set.execute([chat]))
            .map(|_| true)
            .doing(doing)
    }

    /// What the account wrote in a chat it left is recorded.
    pub fn departed_listed(&mut self, chat: i64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "UPDATE chat SET departed = 2, done = 1 WHERE chat = ?1 AND departed = 1",
            )
            .and_then(|mut set| set.execute([chat]))
            .map(drop)
            .doing("noting a chat that was left")
    }
}
