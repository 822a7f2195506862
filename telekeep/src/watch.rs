//! What a backup tells its watcher, and what the spool knows beside it.

use std::sync::Arc;

use telekeep_sources::monitor::{Monitor, Wait};
use telekeep_sources::spool::Spool;

use crate::progress::Progress;

/// The progress of a backup: when media begin, the spool says how much there is to fetch.
pub struct Watch {
    progress: Arc<Progress>,
    spool: Arc<Spool>,
}

impl Watch {
    /// Shows in `progress` what happens to `spool`.
    pub fn new(progress: &Arc<Progress>, spool: &Arc<Spool>) -> Watch {
        Watch {
            progress: Arc::clone(progress),
            spool: Arc::clone(spool),
        }
    }
}

impl Monitor for Watch {
    fn phase(&self, name: &str) {
        self.progress.phase(name);
        if name == "media" {
            // Only for show: without the numbers, progress has no end in sight.
            let waiting = self.spool.file_counts().unwrap_or_default();
            self.progress.update(|counts| {
                counts.to_fetch = (
                    counts.files + waiting.waiting,
                    counts.bytes + waiting.waiting_bytes,
                );
            });
        }
    }

    fn chat(&self, chat: i64, done: u64, total: u64) {
        self.progress.chat(chat, done, total);
    }

    fn messages(&self, count: u64) {
        self.progress.messages(count);
    }

    fn media(&self, files: u64, bytes: u64) {
        self.progress.media(files, bytes);
    }

    fn wait(&self, wait: &Wait) {
        self.progress.wait(wait);
    }

    fn failure(&self, what: &str) {
        self.progress.failure(what);
    }
}
