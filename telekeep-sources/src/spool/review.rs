//! What looking again at a chat teaches: which messages are gone, and whether the server's count
//! agrees with what is held.

use rusqlite::{OptionalExtension as _, params};

use super::error::{Doing, SpoolError};
use super::seen::ids_of;
use super::tx::signed;
use super::{Spool, SpoolTx};

impl Spool {
    /// Ids of a chat that were recorded and are not gone, ascending.
    pub fn live_ids(&self, chat: i64) -> Result<Vec<i32>, SpoolError> {
        let doing = "reading known messages";
        let db = self.reading();
        let mut select = db
            .prepare_cached("SELECT id FROM gone WHERE chat = ?1 ORDER BY id")
            .doing(doing)?;
        let gone = select.query_map([chat], |row| row.get(0)).doing(doing)?;
        let gone: Vec<i32> = gone.collect::<Result<_, _>>().doing(doing)?;
        let mut select = db
            .prepare_cached("SELECT entries FROM seen WHERE chat = ?1 ORDER BY last")
            .doing(doing)?;
        let mut rows = select.query([chat]).doing(doing)?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next().doing(doing)? {
            let entries = row.get_ref(0).doing(doing)?;
            let entries = entries.as_blob().map_err(|_| SpoolError::Damaged {
                what: "fingerprint",
            })?;
            ids.extend(ids_of(entries));
        }
        ids.retain(|id| gone.binary_search(id).is_err());
        Ok(ids)
    }
}

impl SpoolTx<'_> {
    /// Notes that a message is gone at the server. True when that is news.
    pub fn message_gone(&mut self, chat: i64, id: i32) -> Result<bool, SpoolError> {
        let sql = "INSERT OR IGNORE INTO gone (chat, id) VALUES (?1, ?2)";
        self.change_gone(chat, id, sql, 1)
    }

    /// Notes that a message is there. True when it had been gone.
    pub fn message_back(&mut self, chat: i64, id: i32) -> Result<bool, SpoolError> {
        let sql = "DELETE FROM gone WHERE chat = ?1 AND id = ?2";
        self.change_gone(chat, id, sql, -1)
    }

    fn change_gone(
        &mut self,
        chat: i64,
        id: i32,
        sql: &str,
        change: i64,
    ) -> Result<bool, SpoolError> {
        let changed = self
            .db
            .prepare_cached(sql)
            .and_then(|mut set| set.execute(params![chat, id]))
            .doing("noting a deleted message")?;
        if changed > 0 {
            let sql = "UPDATE chat SET gone = gone + ?2 WHERE chat = ?1";
            self.set(chat, sql, change)?;
        }
        Ok(changed > 0)
    }

    /// True when something recorded of the chat is gone at the server.
    pub fn has_gone(&self, chat: i64) -> Result<bool, SpoolError> {
        let gone: Option<i64> = self
            .db
            .prepare_cached("SELECT gone FROM chat WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .doing("reading a chat")?;
        Ok(gone.is_some_and(|gone| gone > 0))
    }

    /// Notes that a chat was compared with the server at `time` (unix milliseconds), which counted
    /// so many messages. True when the count is another one than before, so that it must be
    /// recorded.
    pub fn reviewed(
        &mut self,
        chat: i64,
        time: i64,
        count: Option<u64>,
        thorough: bool,
    ) -> Result<bool, SpoolError> {
        self.set(chat, "UPDATE chat SET reviewed = ?2 WHERE chat = ?1", time)?;
        let Some(messages) = count.map(signed) else {
            return Ok(false);
        };
        // What listing everything did not mend is not listed again for that.
        let doubt = if thorough { "2" } else { "max(doubt, 1)" };
        let sql = format!(
            "UPDATE chat SET doubt = CASE held + explained - gone WHEN ?2 THEN 0 ELSE {doubt} END
             WHERE chat = ?1"
        );
        self.set(chat, &sql, messages)?;
        let changed = self
            .db
            .prepare_cached(
                "UPDATE chat SET server = ?2, inexact = 0
                 WHERE chat = ?1 AND (server IS NOT ?2 OR inexact <> 0)",
            )
            .and_then(|mut set| set.execute([chat, messages]))
            .doing("noting a review")?;
        Ok(changed > 0)
    }

    /// Notes that a chat can be had no more: nothing new is expected of it.
    pub fn expect_nothing(&mut self, chat: i64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "UPDATE chat SET top = NULL, doubt = 0, server = NULL, walked = 0, done = 1
                 WHERE chat = ?1",
            )
            .and_then(|mut set| set.execute([chat]))
            .map(drop)
            .doing("noting a chat that is closed")
    }

    pub(super) fn set(&mut self, chat: i64, sql: &str, value: i64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut set| set.execute([chat, value]))
            .map(drop)
            .doing("noting a review")
    }
}
