//! Sticker sets and custom emoji: which are wanted, and which are recorded already, so that a run
//! goes on where another one stopped.

use rusqlite::{Row, params};

use super::error::{Doing, SpoolError};
use super::{Spool, SpoolTx};

/// The list of the sets that messages have stickers of.
const MET: &str = "met";

/// A sticker set that one of the account's lists names, or that a message has a sticker of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StickerSet {
    /// Its number.
    pub id: i64,
    /// Needed to ask for it.
    pub access_hash: i64,
    /// The server's word for its state; 0 when it was only met.
    pub hash: i64,
}

impl Spool {
    /// Sets that are recorded in no state, or in another than the one the lists name.
    pub fn waiting_sets(&self) -> Result<Vec<StickerSet>, SpoolError> {
        self.sets(
            "SELECT id, max(access_hash), max(hash) FROM sticker_set AS wanted
             WHERE list <> ?1 AND NOT EXISTS (SELECT 1 FROM account_part AS held
                WHERE held.part = 'sticker_set/' || wanted.id AND held.hash = wanted.hash
                AND held.told > 0)
             GROUP BY id ORDER BY id",
        )
    }

    /// Sets that messages have stickers of and that were never recorded. They are kept as they were
    /// then: no list says when one changes.
    pub fn waiting_sets_met(&self) -> Result<Vec<StickerSet>, SpoolError> {
        self.sets(
            "SELECT id, access_hash, hash FROM sticker_set AS wanted
             WHERE list = ?1 AND NOT EXISTS (SELECT 1 FROM account_part AS held
                WHERE held.part = 'sticker_set/' || wanted.id)
             ORDER BY id",
        )
    }

    /// The parts of such sets that could not be had the last time, of those that no list names.
    pub fn failed_sets_met(&self) -> Result<Vec<String>, SpoolError> {
        let doing = "reading which sticker sets failed";
        let db = self.reading();
        let mut select = db
            .prepare_cached(
                "SELECT failure.what FROM failure JOIN sticker_set AS met
                 ON failure.what = 'sticker_set/' || met.id
                 WHERE met.list = ?1 AND NOT EXISTS (SELECT 1 FROM sticker_set AS named
                    WHERE named.id = met.id AND named.list <> ?1)",
            )
            .doing(doing)?;
        let rows = select.query_map([MET], |row| row.get(0)).doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }

    fn sets(&self, sql: &str) -> Result<Vec<StickerSet>, SpoolError> {
        let db = self.reading();
        let set = |row: &Row<'_>| {
            Ok(StickerSet {
                id: row.get(0)?,
                access_hash: row.get(1)?,
                hash: row.get(2)?,
            })
        };
        db.prepare_cached(sql)
            .and_then(|mut select| select.query_map([MET], set)?.collect())
            .doing("reading which sticker sets wait")
    }

    /// Custom emoji that nobody was asked about, after number `after`.
    pub fn waiting_emoji(&self, after: i64, limit: u32) -> Result<Vec<i64>, SpoolError> {
        let db = self.reading();
        db.prepare_cached(
            "SELECT id FROM custom_emoji WHERE told = 0 AND id > ?1 ORDER BY id LIMIT ?2",
        )
        .and_then(|mut select| {
            let rows = select.query_map(params![after, limit], |row| row.get(0))?;
            rows.collect()
        })
        .doing("reading which custom emoji wait")
    }
}

impl SpoolTx<'_> {
    /// Replaces what a list of the account names.
    pub fn want_sets(&mut self, list: &str, sets: &[StickerSet]) -> Result<(), SpoolError> {
        let doing = "noting sticker sets";
        self.db
            .prepare_cached("DELETE FROM sticker_set WHERE list = ?1")
            .and_then(|mut delete| delete.execute([list]))
            .doing(doing)?;
        let mut put = self
            .db
            .prepare_cached(
                "INSERT OR REPLACE INTO sticker_set (list, id, access_hash, hash)
                 VALUES (?1, ?2, ?3, ?4)",
            )
            .doing(doing)?;
        for set in sets {
            put.execute(params![list, set.id, set.access_hash, set.hash])
                .doing(doing)?;
        }
        Ok(())
    }

    /// Sets that messages have stickers of.
    pub fn meet_sets(&mut self, sets: &[StickerSet]) -> Result<(), SpoolError> {
        for set in sets {
            self.db
                .prepare_cached(
                    "INSERT OR IGNORE INTO sticker_set (list, id, access_hash, hash)
                     VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut put| put.execute(params![MET, set.id, set.access_hash, set.hash]))
                .doing("noting sticker sets")?;
        }
        Ok(())
    }

    /// Custom emoji that a message or a name uses.
    pub fn want_emoji(&mut self, ids: &[i64]) -> Result<(), SpoolError> {
        if ids.is_empty() {
            return Ok(());
        }
        let doing = "noting custom emoji";
        let mut put = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO custom_emoji (id) VALUES (?1)")
            .doing(doing)?;
        for id in ids {
            put.execute([id]).doing(doing)?;
        }
        Ok(())
    }

    /// A custom emoji is recorded, or known not to be given.
    pub fn emoji_told(&mut self, id: i64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO custom_emoji (id, told) VALUES (?1, 1)
                 ON CONFLICT DO UPDATE SET told = 1",
            )
            .and_then(|mut put| put.execute([id]))
            .map(drop)
            .doing("noting custom emoji")
    }
}
