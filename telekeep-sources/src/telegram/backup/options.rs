//! What a backup is asked to do.

use std::sync::Arc;
use std::time::Duration;

use super::selection::Selection;
use crate::spool::{Clock, system_clock};

/// When the bytes of a file are compared with `upload.getFileHashes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashChecks {
    /// Never: the transport authenticates every byte.
    Never,
    /// From the moment something went wrong with the file (a part of wrong length, an expired
    /// reference), and for the rest of a file whose download was interrupted.
    Disturbed,
    /// Every file of more than one part; about a sixth slower.
    Always,
}

/// Whether a run is an export in Telegram's sense (a Takeout session): limits are lower inside
/// one, and left channels and saved contacts can only be had there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeouts {
    /// It is; when Telegram lets the account wait before it may export, the run ends.
    Use,
    /// It is; such a wait is waited for.
    Await,
    /// It is not.
    Avoid,
}

/// How to back up. The defaults suit the real server.
#[derive(Clone)]
pub struct Options {
    /// Chats listed at the same time.
    pub chats_at_once: usize,
    /// Fetch files.
    pub media: bool,
    /// Also keep files of chats and messages whose owner forbids saving them. A decision for
    /// records of one's own; otherwise the archive says why they are left out.
    pub keep_protected: bool,
    /// Ask who reacted and voted where a message does not name everybody: a request for each such
    /// message.
    pub who_reacted: bool,
    /// What of the account is to be kept.
    pub selection: Selection,
    /// Files below [`Options::LARGE_FILE`] fetched at the same time from one data centre.
    pub small_files_at_once: usize,
    /// Larger files fetched at the same time from one data centre.
    pub large_files_at_once: usize,
    /// Parts of one file in flight.
    pub parts_at_once: usize,
    /// Which files are checked against the server's hashes, besides their lengths.
    pub hashes: HashChecks,
    /// Tries per file and run before it counts as failed.
    pub file_attempts: u32,
    /// Whether the run is an export in Telegram's sense.
    pub takeout: Takeouts,
    /// While a wait for an export is waited for: how often to ask whether its owner allowed it on
    /// another device.
    pub takeout_look: Duration,
    /// Everything is listed again, to find every edit and deletion.
    pub relist: bool,
    /// The time records are stamped with.
    pub clock: Clock,
    /// Tells how many bytes are free where the archive is; `None` when that cannot be known.
    pub free_space: FreeSpace,
    /// Files that would leave less than this free are left to a later run.
    pub keep_free: u64,
}

/// Gives the free bytes where the archive is.
pub type FreeSpace = Arc<dyn Fn() -> Option<u64> + Send + Sync>;

/// How full the disk was when files were left to a later run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that were free.
    pub free: u64,
    /// Bytes that are to stay free.
    pub keep: u64,
}

impl Options {
    /// From this size on a file counts as large: the server allows fewer of them at once.
    pub const LARGE_FILE: u64 = 20 * 1024 * 1024;
}

impl Default for Options {
    fn default() -> Options {
        Options {
            chats_at_once: 8,
            media: true,
            keep_protected: false,
            who_reacted: false,
            selection: Selection::default(),
            // The server's defaults for `small_queue_max_active_operations_count` and
            // `large_queue_max_active_operations_count`.
            small_files_at_once: 5,
            large_files_at_once: 2,
            parts_at_once: 4,
            hashes: HashChecks::Disturbed,
            file_attempts: 4,
            takeout: Takeouts::Use,
            takeout_look: Duration::from_secs(600),
            relist: false,
            clock: system_clock(),
            free_space: Arc::new(|| None),
            keep_free: 1 << 30,
        }
    }
}
