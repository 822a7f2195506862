//! What a run tells its caller while it works.
//!
//! Libraries print nothing. Whatever a person may want to see during a long run (phases, counts,
//! waits with their end) goes through a [`Monitor`]; the program draws it, tests record it.

use std::time::SystemTime;

use crate::telegram::backup::Estimate;

/// Why nothing is happening at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitReason {
    /// The server asked for a pause of this method (`FLOOD_WAIT_X`).
    Flood {
        /// TL name of the method that must pause.
        method: String,
    },
    /// The same, and it was told to an earlier run.
    KeptFlood {
        /// TL name of the method that must pause.
        method: String,
    },
    /// The server limits the download speed of accounts without Premium
    /// (`FLOOD_PREMIUM_WAIT_X`).
    FloodPremium {
        /// TL name of the method that must pause.
        method: String,
    },
    /// The server had a passing internal error.
    ServerTrouble {
        /// TL name of the method that is repeated.
        method: String,
    },
    /// The connection was lost or could not be made; it is tried again.
    Reconnect,
    /// The server lets the account wait before it may export its data; its owner can allow that
    /// at once on another device.
    Takeout,
}

/// A pause with a known end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Why the pause is made.
    pub reason: WaitReason,
    /// When work goes on.
    pub until: SystemTime,
}

/// Files to come, and the room there is for them on the disk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Files to come and their bytes, as far as is known.
    pub needed: Estimate,
    /// There are more of them.
    pub at_least: bool,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that are to stay free.
    pub keep: u64,
}

impl Forecast {
    /// There is enough for what is known to come.
    #[must_use]
    pub fn fits(&self) -> bool {
        let needed = self.needed.bytes.saturating_add(self.keep);
        self.free >= needed
    }
}

/// Observer of a run. Every method does nothing unless implemented, is called from any task and
/// must return quickly.
pub trait Monitor: Send + Sync {
    /// A new phase of the run began (`"dialogs"`, `"messages"`, `"media"`, ...).
    fn phase(&self, _name: &str) {}
    /// Work on a chat began; `done` chats of `total` are finished.
    fn chat(&self, _chat: i64, _done: u64, _total: u64) {}
    /// So many more messages were stored.
    fn messages(&self, _count: u64) {}
    /// So many more bytes of media were stored; `files` of them were finished.
    fn media(&self, _files: u64, _bytes: u64) {}
    /// Nothing happens until the end of this wait.
    fn wait(&self, _wait: &Wait) {}
    /// Not all of the files to come will fit; what fits is fetched.
    fn shortage(&self, _forecast: &Forecast) {}
    /// Something was skipped; it will be listed at the end and tried again by the next run.
    fn failure(&self, _what: &str) {}
}

/// A [`Monitor`] for callers that want to see nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Monitor for Silent {}
