//! Rows of the full-text index on their way into it.
//!
//! Row numbers must ascend, or FTS5 empties its memory each time; and each time makes a segment that
//! is merged with others later.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::{gather::Gather, line::Words};
use crate::error::{Doing as _, IndexError};

/// What happens to a row.
#[derive(Default)]
pub(super) struct Change {
    /// What it was before is taken out.
    pub gone: bool,
    pub words: Option<Words>,
}

/// Changes of rows, by their numbers.
pub(super) type Changes = BTreeMap<i64, Change>;

/// Rows to be written.
#[derive(Default)]
pub(crate) struct Rows {
    waiting: Changes,
    /// Who takes them while an index is built anew.
    gather: Option<Gather>,
}

impl Rows {
    pub(super) fn new(gather: Gather) -> Self {
        Self {
            waiting: Changes::new(),
            gather: Some(gather),
        }
    }

    pub(super) fn put(&mut self, rid: i64, words: Words) {
        self.waiting.entry(rid).or_default().words = Some(words);
    }

    /// Takes a row out, wherever it is.
    pub(super) fn remove(&mut self, rid: i64) {
        let change = self.waiting.entry(rid).or_default();
        // Only what waited is surely not stored as well.
        change.gone |= change.words.take().is_none();
    }

    /// Writes the rows.
    pub(super) fn store(&mut self, db: &Connection) -> Result<(), IndexError> {
        let changes = std::mem::take(&mut self.waiting);
        match &mut self.gather {
            Some(gather) => gather.write(changes),
            None => write(db, &changes),
        }
    }

    /// There are no more rows: while building, merging them begins.
    pub(super) fn merge(&mut self) {
        if let Some(gather) = &mut self.gather {
            gather.merge();
        }
    }

    /// Ends building: what was gathered comes into the index.
    pub(super) fn finish(&mut self, db: &Connection) -> Result<(), IndexError> {
        match self.gather.take() {
            Some(gather) => gather.finish(db),
            None => Ok(()),
        }
    }
}

fn write(db: &Connection, changes: &Changes) -> Result<(), IndexError> {
    let write = || -> Result<(), rusqlite::Error> {
        let mut delete = db.prepare_cached("DELETE FROM words WHERE rowid = ?1")?;
        let mut insert = db.prepare_cached(
            "INSERT INTO words (rowid, text, file, past, meta) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (rid, change) in changes {
            if change.gone {
                delete.execute([rid])?;
            }
            if let Some(words) = &change.words {
                insert.execute(params![rid, words.text, words.file, words.past, words.meta])?;
            }
        }
        Ok(())
    };
    write().doing("indexing words")
}
