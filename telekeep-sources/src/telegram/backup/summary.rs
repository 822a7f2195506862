//! What a run did, and whether the archive is complete.

use telekeep_journal::Head;

use super::Space;
use crate::spool::{Ending, Failure, Spool, SpoolError};

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
    /// Files that are selected and not fetched yet, also without files being asked for.
    pub files_waiting: u64,
    /// True when the run reached its end, everything is selected, and nothing failed, is missing or
    /// was lost in this run.
    pub complete: bool,
    /// Chats of which nothing more can be had, though more of them was there: closed to the account, or
    /// with messages that were deleted before they could be had.
    pub chats_ended: u64,
    /// Chats left out by the selection.
    pub chats_left_out: u64,
    /// Chats of which a part is selected.
    pub chats_in_part: u64,
    /// Files left out by the selection.
    pub files_left_out: u64,
    /// Chats were only ever asked for by name: there may be others, which are not known.
    pub by_name_only: bool,
    /// The account is a bot, which can list neither chats nor messages.
    pub bot: bool,
    /// The run was asked to stop before its end.
    pub interrupted: bool,
    /// Files were left to a later run because the disk is too full.
    pub full: Option<Space>,
    /// What could not be had.
    pub failures: Vec<Failure>,
    /// What turned out in this run to have been deleted before it could be had.
    pub losses: Vec<Loss>,
    /// The newest seal of the journal: who keeps it can tell that nothing was cut off.
    pub head: Option<Head>,
}

/// Messages of a chat that were there while it was listed, and that were deleted before they could be
/// had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Marked id.
    pub chat: i64,
    /// How many, at least.
    pub messages: u64,
}

impl Summary {
    /// How the run ended, as the journal says it.
    pub(crate) fn ending(&self) -> Ending {
        Ending {
            whole: !self.interrupted,
            files_waiting: self.files_waiting,
        }
    }

    /// Messages that turned out to be lost in this run.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.losses.iter().map(|loss| loss.messages).sum()
    }

    /// Counts what the spool holds. `whole` says that the run reached its end.
    pub(crate) fn of(spool: &Spool, whole: bool, with_media: bool) -> Result<Summary, SpoolError> {
        let chats = spool.chats()?;
        let files = spool.file_counts()?;
        let failures = spool.failures()?;
        let unlisted = chats.iter().filter(|chat| chat.is_open()).count() as u64;
        let absent: u64 = chats.iter().map(|chat| chat.missing()).sum();
        let waiting = if with_media { files.waiting } else { 0 };
        let failed = failures.len() as u64;
        let scopes = chats.iter().filter_map(|chat| chat.scope.as_ref());
        let chats_left_out = scopes.clone().filter(|scope| scope.out.is_some()).count() as u64;
        let chats_in_part = scopes.count() as u64 - chats_left_out;
        let by_name_only = !spool.is_list_whole()?;
        let whole_account =
            chats_left_out == 0 && chats_in_part == 0 && files.unselected == 0 && !by_name_only;
        let missing = absent + unlisted + waiting;
        Ok(Summary {
            chats: chats.len() as u64,
            messages: chats.iter().map(|chat| chat.held).sum(),
            media: files.held,
            failed,
            missing,
            files_waiting: files.waiting,
            complete: whole
                && whole_account
                && failed == 0
                && missing == 0
                && (with_media || files.waiting == 0),
            chats_ended: chats.iter().filter(|chat| chat.has_ended()).count() as u64,
            chats_left_out,
            chats_in_part,
            files_left_out: files.unselected,
            by_name_only,
            interrupted: !whole,
            failures,
            ..Summary::default()
        })
    }
}
