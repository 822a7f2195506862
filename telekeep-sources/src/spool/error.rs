//! What can go wrong with a spool.

use std::path::PathBuf;

/// Any failure of the spool. None of them names content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// The archive is not in a local folder, so there is no place for a spool.
    #[error("this archive is not in a local folder; back up into a local archive and copy that")]
    NoLocalFolder,
    /// There is no spool yet.
    #[error(
        "{path} does not exist; the archive has no login and no unfinished work on this machine"
    )]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// It cannot be decrypted, or it is not a database.
    #[error(
        "{path} cannot be opened with this archive's key: it belongs to another archive or is damaged; move it away and log in again (everything but the login is rebuilt from the journal)"
    )]
    WrongKey {
        /// The database.
        path: PathBuf,
    },
    /// It was written by a newer program.
    #[error(
        "{path} was written by a newer Telekeep (version {found}, this one knows {known}); install a newer Telekeep"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The folder of the spool cannot be made.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The disk is full.
    #[error(
        "the disk is full while {what}; free some space and run again, nothing that was committed is lost"
    )]
    DiskFull {
        /// What was being done.
        what: &'static str,
    },
    /// The database failed.
    #[error("the spool failed while {what}: {source}")]
    Sql {
        /// What was being done.
        what: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Records cannot be compressed.
    #[error("records cannot be compressed: {source}")]
    Packing {
        /// What zstd said.
        source: std::io::Error,
    },
    /// A kept value is not what it must be.
    #[error(
        "the spool holds an unreadable {what}; move local/spool.db away and log in again (everything but the login is rebuilt from the journal)"
    )]
    Damaged {
        /// Which value.
        what: &'static str,
    },
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] telekeep_journal::Error),
}

/// Names what was being done when SQLite failed.
pub(crate) trait Doing<T> {
    /// `what` completes "the spool failed while ...".
    fn doing(self, what: &'static str) -> Result<T, SpoolError>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, what: &'static str) -> Result<T, SpoolError> {
        self.map_err(|source| match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => SpoolError::DiskFull { what },
            _ => SpoolError::Sql { what, source },
        })
    }
}
