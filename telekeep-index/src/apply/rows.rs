//! Rows of the full-text index on their way into it.
//!
//! Row numbers must ascend, or FTS5 empties its memory each time; and each time makes a segment that
//! is merged with others later. (Gathering the rows of several batches gains nothing: what merging
//! saves, the larger tables in memory cost.)

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::line::Words;
use crate::error::{Doing as _, IndexError};

/// Rows to be written, by their numbers.
#[derive(Default)]
pub(crate) struct Rows {
    waiting: BTreeMap<i64, Words>,
}

impl Rows {
    pub(super) fn put(&mut self, rid: i64, words: Words) {
        self.waiting.insert(rid, words);
    }

    /// Takes a row out, wherever it is.
    pub(super) fn remove(&mut self, db: &Connection, rid: i64) -> Result<(), IndexError> {
        if self.waiting.remove(&rid).is_some() {
            return Ok(());
        }
        db.prepare_cached("DELETE FROM words WHERE rowid = ?1")
            .and_then(|mut delete| delete.execute([rid]))
            .map(drop)
            .doing("removing words")
    }

    /// Writes the rows.
    pub(super) fn store(&mut self, db: &Connection) -> Result<(), IndexError> {
        let store = || -> Result<(), rusqlite::Error> {
            let mut insert = db.prepare_cached(
                "INSERT INTO words (rowid, text, file, past, meta) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (rid, words) in &self.waiting {
                insert.execute(params![rid, words.text, words.file, words.past, words.meta])?;
            }
            Ok(())
        };
        store().doing("indexing words")?;
        self.waiting.clear();
        Ok(())
    }
}
