//! What a run did, and whether the archive is complete.

use telekeep_journal::Head;

use crate::spool::{Failure, Spool, SpoolError};

/// The end of a run in numbers. Totals are of the archive, not of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The run's id.
    pub run: String,
    /// Chats known.
    pub chats: u64,
    /// Messages held.
    pub messages: u64,
    /// Files held.
    pub media: u64,
    /// Records this run added.
    pub new_records: u64,
    /// Chats and files that could not be had; the next run tries them again.
    pub failed: u64,
    /// Messages the server counts that are not held, files still waiting, and chats not listed
    /// to their end.
    pub missing: u64,
    /// True when the run reached its end and nothing failed or is missing.
    pub complete: bool,
    /// The run was asked to stop before its end.
    pub interrupted: bool,
    /// What could not be had.
    pub failures: Vec<Failure>,
    /// The newest seal of the journal: who keeps it can tell that nothing was cut off.
    pub head: Option<Head>,
}

impl Summary {
    /// Counts what the spool holds. `whole` says that the run reached its end.
    pub(crate) fn of(spool: &Spool, whole: bool, with_media: bool) -> Result<Summary, SpoolError> {
        let chats = spool.chats()?;
        let files = spool.file_counts()?;
        let failures = spool.failures()?;
        let unlisted = chats.iter().filter(|chat| chat.is_open()).count() as u64;
        let absent: u64 = chats.iter().map(|chat| chat.missing()).sum();
        let waiting = if with_media { files.waiting } else { 0 };
        let failed = failures.len() as u64;
        let missing = absent + unlisted + waiting;
        Ok(Summary {
            chats: chats.len() as u64,
            messages: chats.iter().map(|chat| chat.held).sum(),
            media: files.held,
            failed,
            missing,
            complete: whole && failed == 0 && missing == 0 && (with_media || files.waiting == 0),
            interrupted: !whole,
            failures,
            ..Summary::default()
        })
    }
}
