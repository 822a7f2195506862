//! Rows of the full-text index on their way into it.
//!
//! Row numbers must ascend, or FTS5 empties its memory each time; and each time makes a segment that
//! is merged with others later. While an index is built anew nobody reads it, so many batches are
//! gathered before they are written.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::line::Words;
use crate::error::{Doing as _, IndexError};

/// Bytes of rows gathered while building anew.
pub(crate) const GATHERED: usize = 32 << 20;

/// Rows to be written, by their numbers.
#[derive(Default)]
pub(crate) struct Rows {
    waiting: BTreeMap<i64, Words>,
    bytes: usize,
}

impl Rows {
    pub(super) fn put(&mut self, rid: i64, words: Words) {
        self.bytes += words.bytes();
        self.waiting.insert(rid, words);
    }

    /// Takes a row out, wherever it is.
    pub(super) fn remove(&mut self, db: &Connection, rid: i64) -> Result<(), IndexError> {
        if let Some(words) = self.waiting.remove(&rid) {
            self.bytes = self.bytes.saturating_sub(words.bytes());
            return Ok(());
        }
        db.prepare_cached("DELETE FROM words WHERE rowid = ?1")
            .and_then(|mut delete| delete.execute([rid]))
            .map(drop)
            .doing("removing words")
    }

    /// Writes the rows, if they take more than `most` bytes.
    pub(super) fn store(&mut self, db: &Connection, most: usize) -> Result<(), IndexError> {
        if self.bytes <= most {
            return Ok(());
        }
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
        self.bytes = 0;
        Ok(())
    }
}
