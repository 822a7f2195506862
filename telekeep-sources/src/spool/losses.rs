//! Messages that were there while a chat was being listed, and that were deleted before their page
//! was asked for: nobody has them any more, and the count the server told meanwhile is all that is
//! left of them.

use rusqlite::OptionalExtension as _;

use super::SpoolTx;
use super::error::{Doing, SpoolError};
use super::tx::{signed, unsigned};

impl SpoolTx<'_> {
    /// Notes that the server counts so many messages in a chat that is being listed. True when more
    /// of them are outstanding than was known.
    pub fn counted(&mut self, chat: i64, messages: u64) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached(
                "UPDATE chat SET counted = ?2 + gone WHERE chat = ?1
                 AND ?2 + gone > max(coalesce(counted, 0), held + explained)",
            )
            .and_then(|mut set| set.execute([chat, signed(messages)]))
            .map(|rows| rows > 0)
            .doing("noting the server's count")
    }

    /// How many messages were counted and not had before they were deleted, once the server counts what
    /// is held; each is told once. Only after what is held was compared with what the server
    /// shows: else something missing could be taken for something lost.
    pub fn losses(&mut self, chat: i64) -> Result<u64, SpoolError> {
        let lost: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT max(counted - held - explained, 0) FROM chat WHERE chat = ?1
                 AND counted IS NOT NULL AND done AND inexact = 0
                 AND server + gone = held + explained",
            )
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .doing("comparing with the server's count")?;
        let Some(lost) = lost else {
            return Ok(0);
        };
        let lost = unsigned(lost);
        self.lose(chat, lost)?;
        Ok(lost)
    }

    /// So many more are lost, and nothing is outstanding.
    pub(super) fn lose(&mut self, chat: i64, messages: u64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("UPDATE chat SET counted = NULL, lost = lost + ?2 WHERE chat = ?1")
            .and_then(|mut set| set.execute([chat, signed(messages)]))
            .map(drop)
            .doing("noting lost messages")
    }
}
