//! Messages whose rich content pages of a chat show only in part: what was shown of each, and
//! whether the whole is recorded.

use rusqlite::{OptionalExtension as _, params};

use super::error::{Doing, SpoolError};
use super::seen::Fingerprint;
use super::{Spool, SpoolTx};

/// What is known of a message that is shown in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Fingerprint of the message as it was shown.
    pub print: Fingerprint,
    /// The whole of it is recorded.
    pub whole: bool,
}

/// Nobody can be asked for a message that is no more.
const WAITING: &str = "whole = 0 AND NOT EXISTS
    (SELECT 1 FROM gone WHERE gone.chat = part.chat AND gone.id = part.id)";

impl Spool {
    /// What is known of a message that is shown in part.
    pub fn shown(&self, chat: i64, id: i32) -> Result<Option<Shown>, SpoolError> {
        self.reading()
            .prepare_cached("SELECT fingerprint, whole FROM part WHERE chat = ?1 AND id = ?2")
            .and_then(|mut select| {
                let shown = select.query_row(params![chat, id], |row| {
                    Ok(Shown {
                        print: row.get(0)?,
                        whole: row.get(1)?,
                    })
                });
                shown.optional()
            })
            .doing("reading what was shown in part")
    }

    /// Messages whose whole is wanted, up to `limit` behind `after`: chat, id, how it was shown.
    pub fn waiting_wholes(
        &self,
        after: (i64, i32),
        limit: u32,
    ) -> Result<Vec<(i64, i32, Fingerprint)>, SpoolError> {
        let sql = format!(
            "SELECT chat, id, fingerprint FROM part WHERE {WAITING} AND (chat, id) > (?1, ?2)
             ORDER BY chat, id LIMIT ?3"
        );
        let db = self.reading();
        db.prepare_cached(&sql)
            .and_then(|mut select| {
                let rows = select.query_map(params![after.0, after.1, limit], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                });
                rows?.collect()
            })
            .doing("reading whose whole is wanted")
    }
}

impl SpoolTx<'_> {
    /// Notes how a message is shown, and whether the whole of it is recorded.
    pub fn note_shown(&mut self, chat: i64, id: i32, shown: Shown) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO part (chat, id, fingerprint, whole) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET fingerprint = ?3, whole = ?4",
            )
            .and_then(|mut put| put.execute(params![chat, id, shown.print, shown.whole]))
            .map(drop)
            .doing("noting what is shown in part")
    }

    /// True when something of a chat is known as shown in part.
    pub fn knows_shown(&self, chat: i64) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached("SELECT 1 FROM part WHERE chat = ?1 LIMIT 1")
            .and_then(|mut select| select.exists([chat]))
            .doing("reading what was shown in part")
    }

    /// Forgets that a message was shown in part.
    pub fn forget_shown(&mut self, chat: i64, id: i32) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("DELETE FROM part WHERE chat = ?1 AND id = ?2")
            .and_then(|mut delete| delete.execute(params![chat, id]))
            .map(drop)
            .doing("forgetting what was shown in part")
    }

    /// True when the whole of some message of a chat is wanted.
    pub fn wants_wholes(&self, chat: i64) -> Result<bool, SpoolError> {
        let sql = format!("SELECT 1 FROM part WHERE {WAITING} AND chat = ?1 LIMIT 1");
        self.db
            .prepare_cached(&sql)
            .and_then(|mut select| select.exists([chat]))
            .doing("reading whose whole is wanted")
    }
}
