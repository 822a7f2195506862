//! Files by their keys: which blob holds one, or why none does.

use rusqlite::{Connection, OptionalExtension as _};
use telekeep_model::MediaHeld;

use crate::{
    error::{Doing as _, IndexError},
    number::unsigned,
};

/// What is known of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum FileState {
    /// It is held.
    Held(MediaHeld),
    /// It is left out for good: protected, self-destructing, or gone at the server.
    Ruled {
        /// The rule or the server's error.
        error: String,
    },
    /// It could not be fetched so far.
    Failed {
        /// The error's name.
        error: String,
        /// Attempts so far.
        attempts: u32,
    },
    /// Not fetched yet.
    Missing,
}

/// See [`crate::Index::file`].
pub(crate) fn file(db: &Connection, key: &str) -> Result<FileState, IndexError> {
    let find = || -> Result<FileState, rusqlite::Error> {
        let held = db
            .prepare_cached("SELECT blob, size, sha256, mime, name FROM media WHERE file = ?1")?
            .query_row([key], |row| {
                Ok(MediaHeld {
                    file: key.to_owned(),
                    blob: row.get(0)?,
                    size: unsigned(row.get(1)?),
                    sha256: row.get(2)?,
                    mime: row.get(3)?,
                    name: row.get(4)?,
                })
            })
            .optional()?;
        if let Some(held) = held {
            return Ok(FileState::Held(held));
        }
        let rule = db
            .prepare_cached("SELECT error FROM rule WHERE file = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        if let Some(error) = rule {
            return Ok(FileState::Ruled { error });
        }
        let failed = db
            .prepare_cached(
                "SELECT failure.error, failure.attempts FROM journal
                 CROSS JOIN failure ON failure.journal = journal.no
                    AND failure.what = 'media' AND failure.key = ?1 LIMIT 1",
            )?
            .query_row([key], |row| {
                Ok(FileState::Failed {
                    error: row.get(0)?,
                    attempts: row.get(1)?,
                })
            })
            .optional()?;
        Ok(failed.unwrap_or(FileState::Missing))
    };
    find().doing("looking up a file")
}
