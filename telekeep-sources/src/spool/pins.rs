//! Which messages are held as pinned.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::error::{Doing, SpoolError};
use super::{Spool, SpoolTx};

fn pins(db: &Connection, chat: i64) -> Result<BTreeSet<i32>, SpoolError> {
    db.prepare_cached("SELECT id FROM pin WHERE chat = ?1")
        .and_then(|mut select| select.query_map([chat], |row| row.get(0))?.collect())
        .doing("reading what is pinned")
}

impl Spool {
    /// Messages of a chat that are held as pinned.
    pub fn pins(&self, chat: i64) -> Result<BTreeSet<i32>, SpoolError> {
        pins(&self.reading(), chat)
    }
}

impl SpoolTx<'_> {
    /// Notes which of these messages of a chat are pinned.
    pub fn note_pins(
        &mut self,
        chat: i64,
        messages: impl Iterator<Item = (i32, bool)>,
    ) -> Result<(), SpoolError> {
        let known = pins(self.db, chat)?;
        for (id, pinned) in messages.filter(|(id, pinned)| known.contains(id) != *pinned) {
            let sql = match pinned {
                true => "INSERT INTO pin (chat, id) VALUES (?1, ?2)",
                false => "DELETE FROM pin WHERE chat = ?1 AND id = ?2",
            };
            self.db
                .prepare_cached(sql)
                .and_then(|mut change| change.execute(params![chat, id]))
                .doing("noting what is pinned")?;
        }
        Ok(())
    }
}
