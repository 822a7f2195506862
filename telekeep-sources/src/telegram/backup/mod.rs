//! Backing up an account: every chat of the dialog list, every message, every file.

pub(crate) mod about;
pub(crate) mod account;
mod ahead;
mod bot;
mod choose;
pub(crate) mod crowds;
pub(crate) mod decode;
mod dialogs;
pub(crate) mod error;
mod file_rules;
mod folders;
mod history;
pub(crate) mod list;
mod named;
mod options;
mod pace;
mod part;
mod pins;
mod plan;
pub(crate) mod recorder;
mod review;
mod reviewing;
mod round;
mod round_store;
pub(crate) mod run;
mod select;
pub mod selection;
mod size;
mod stop;
mod summary;
mod takeout;
mod topics;
mod walk;
pub(crate) mod whole;

pub use account::part_names;
pub use choose::SelectionError;
pub use error::{BackupError, TakeoutError};
pub use options::{FreeSpace, HashChecks, Options, Space, Takeouts};
pub use plan::{Plan, PlannedChat, plan};
pub use selection::{ChatType, MediaSelection, Selection, TopicName, Topics};
pub use size::Estimate;
pub use stop::Stop;
pub use summary::{Loss, Summary};

use std::sync::Arc;

use telekeep_journal::Archive;

use crate::monitor::Monitor;
use crate::spool::Spool;
use crate::telegram::wire::Client;

/// Backs up the signed-in account of `client` into `archive`, from where the last run stopped.
///
/// The caller holds the archive's lock and has it unlocked. One bad chat or file never ends the
/// run: it is recorded, listed in the [`Summary`], and tried again by the next run. When `stop`
/// is set, or the future is dropped, everything committed so far stays and the next run goes on
/// from there.
pub async fn backup(
    client: &Client,
    archive: &Arc<Archive>,
    spool: &Arc<Spool>,
    options: &Options,
    monitor: Arc<dyn Monitor>,
    stop: &Stop,
) -> Result<Summary, BackupError> {
    run::backup(client, archive, spool, options, monitor, stop).await
}
