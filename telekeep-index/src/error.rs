//! What can go wrong with the index. It is derived, so the cure is nearly always to build it anew.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Errors of the index. Texts hold no message content.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is none yet.
    #[error("there is no index at {}; build it with `telekeep reindex`", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Made by another version.
    #[error(
        "the index at {} has format {found} and this version needs {wanted}; build it anew with `telekeep reindex`",
        path.display()
    )]
    OutOfDate {
        /// The index.
        path: PathBuf,
        /// Its format and tokenizer.
        found: String,
        /// Ours.
        wanted: String,
    },
    /// Not a database, or encrypted with another key.
    #[error(
        "the index at {} cannot be read with this archive's key, or is damaged; build it anew with `telekeep reindex`",
        path.display()
    )]
    Unreadable {
        /// The index.
        path: PathBuf,
    },
    /// Another process is writing.
    #[error("the index is being written by another process; try again when it is done")]
    Busy,
    /// A query that cannot be understood.
    #[error("at character {at} of the query: {why}")]
    Query {
        /// Position in characters, from 1.
        at: usize,
        /// What is wrong and how to write it.
        why: String,
    },
    /// The lines to apply do not follow what was applied.
    #[error(
        "the journal {journal} was applied up to record {next} and now continues with {found}; build the index anew with `telekeep reindex`"
    )]
    Gap {
        /// The journal.
        journal: String,
        /// First sequence number wanted.
        next: u64,
        /// Sequence number given.
        found: u64,
    },
    /// A line of the journal is not JSON.
    #[error("record {seq} of the journal {journal} is not readable; run `telekeep verify`")]
    Record {
        /// The journal.
        journal: String,
        /// Its sequence number.
        seq: u64,
    },
    /// The records could not be read.
    #[error("reading the journal {journal}: {source}")]
    Source {
        /// The journal.
        journal: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Files around the database.
    #[error("{what} {}: {source}", path.display())]
    File {
        /// What was being done.
        what: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// Found while working: pages that are not what was written.
    #[error("the index is damaged (seen when {what}); build it anew with `telekeep reindex`")]
    Damaged {
        /// What was being done.
        what: &'static str,
    },
    /// The database said no.
    #[error("{what} in the index: {source}")]
    Database {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: rusqlite::Error,
    },
}

/// Adds what was being done to a database error.
pub(crate) trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T, IndexError>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, what: &'static str) -> Result<T, IndexError> {
        self.map_err(|source| IndexError::of(what, source))
    }
}

impl IndexError {
    pub(crate) fn of(what: &'static str, source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { what },
            _ => Self::Database { what, source },
        }
    }
}
