//! Why a backup ended early. Bad chats and files are no such reason.

use std::time::{Duration, SystemTime};

use super::choose::SelectionError;
use crate::spool::SpoolError;
use crate::telegram::wire::CallError;

/// Why a backup ended before its end. What it stored stays; running again goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The session was ended from elsewhere, or the account is gone.
    #[error("the session is not valid any more ({name}); log in again, what was backed up is kept")]
    Revoked {
        /// The server's word for it.
        name: String,
    },
    /// Nobody is signed in.
    #[error("not signed in; run `telekeep login` first")]
    NotSignedIn,
    /// The journal is of another account.
    #[error(
        "journal {journal} of this archive holds another account; give every account a name (--account)"
    )]
    OtherAccount {
        /// The journal.
        journal: String,
    },
    /// The server asks for a longer pause than allowed.
    #[error("the server asks to wait {} s before {method} may be called again; run again after that", wait.as_secs())]
    Wait {
        /// TL name of the method.
        method: String,
        /// The pause.
        wait: Duration,
    },
    /// The server cannot be reached or talked to.
    #[error("{0}; what was backed up is kept, run again to go on")]
    Call(#[source] CallError),
    /// The server's list of chats cannot be understood.
    #[error("the server's list of chats cannot be read: {why}")]
    Dialogs {
        /// What is wrong with it.
        why: String,
    },
    /// The selection cannot be followed.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// Chats are selected by folder, and the server does not show the folders.
    #[error("the account's folders could not be read, and chats are selected by them; run again")]
    Folders,
    /// The export cannot be made.
    #[error(transparent)]
    Takeout(#[from] TakeoutError),
    /// The spool failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] telekeep_journal::Error),
    /// A downloaded file cannot be written.
    #[error("a downloaded file cannot be written: {0}; what was committed is kept, run again")]
    File(#[source] std::io::Error),
    /// A worker of this run ended unexpectedly.
    #[error("a part of the backup ended unexpectedly ({0}); what was committed is kept, run again")]
    Worker(&'static str),
}

/// Why a run cannot be an export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TakeoutError {
    /// Telegram lets the account wait before it may export its data.
    #[error("Telegram lets the account wait {} s before it may export its data; allow the export in the Telegram app, or run again after that", wait.as_secs())]
    Delayed {
        /// When the wait is over.
        until: SystemTime,
        /// How long it is from when it was told.
        wait: Duration,
    },
    /// Telegram does not let the account export at all.
    #[error("Telegram refuses to export this account ({name}); back up without an export session")]
    Refused {
        /// The server's word for it.
        name: String,
    },
    /// Other exports of the account end this one again and again.
    #[error(
        "another program is exporting this account and ends this export again and again; run again when that is done, what was backed up is kept"
    )]
    Contested,
}

impl BackupError {
    /// Of writing into a blob: what the archive says of it, where it does.
    pub(crate) fn of_write(source: std::io::Error) -> BackupError {
        match source.downcast::<telekeep_journal::Error>() {
            Ok(error) => BackupError::Archive(error),
            Err(source) => BackupError::File(source),
        }
    }

    /// What a failed call means for the whole run; `None` when it concerns one chat or file only.
    pub(crate) fn of_call(error: &CallError) -> Option<BackupError> {
        match error {
            CallError::Revoked { name } => Some(BackupError::Revoked { name: name.clone() }),
            CallError::NotSignedIn => Some(BackupError::NotSignedIn),
            CallError::Wait { method, wait } => Some(BackupError::Wait {
                method: method.clone(),
                wait: *wait,
            }),
            CallError::Rpc(_)
            | CallError::Server { .. }
            | CallError::Answer { .. }
            | CallError::Unanswered { .. } => None,
            other => Some(BackupError::Call(other.clone())),
        }
    }

    /// The same of a call that the rest of the run rests on: without an answer it cannot go on.
    pub(crate) fn of_needed(error: &CallError) -> Option<BackupError> {
        match error {
            CallError::Unanswered { .. } => Some(BackupError::Call(error.clone())),
            error => BackupError::of_call(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn what_the_archive_says_of_a_write_is_not_lost() {
        let locked = telekeep_journal::Error::KeyNeeded;
        let told = BackupError::of_write(Error::other(locked));
        assert!(matches!(
            told,
            BackupError::Archive(telekeep_journal::Error::KeyNeeded)
        ));
        let told = BackupError::of_write(ErrorKind::StorageFull.into());
        assert!(matches!(told, BackupError::File(error) if error.kind() == ErrorKind::StorageFull));
    }
}
