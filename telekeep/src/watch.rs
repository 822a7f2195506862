//! What a backup tells its watcher, and what the spool knows beside it.

use std::sync::Arc;

use telekeep_sources::monitor::{Monitor, Wait};
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::backup::FreeSpace;

use crate::output::text::size;
use crate::progress::Progress;

/// The progress of a backup: when media begin, the spool says how much there is to fetch.
pub struct Watch {
    progress: Arc<Progress>,
    spool: Arc<Spool>,
    room: Option<(FreeSpace, u64)>,
}

impl Watch {
    /// Shows in `progress` what happens to `spool`.
    pub fn new(progress: &Arc<Progress>, spool: &Arc<Spool>) -> Watch {
        Watch {
            progress: Arc::clone(progress),
            spool: Arc::clone(spool),
            room: None,
        }
    }

    /// Says so when the files that wait do not fit; so many bytes are to stay free.
    pub fn minding(mut self, free: FreeSpace, keep: u64) -> Watch {
        self.room = Some((free, keep));
        self
    }

    fn mind(&self, waiting: u64) {
        let Some((free, keep)) = &self.room else {
            return;
        };
        let Some(free) = free().filter(|free| waiting.saturating_add(*keep) > *free) else {
            return;
        };
        self.progress.say(&format!(
            "{} of files wait, and {} are free of which {} are to stay free: not all will fit.\n\
             What fits is fetched; the rest waits until there is room.",
            size(waiting),
            size(free),
            size(*keep)
        ));
    }
}

impl Monitor for Watch {
    fn phase(&self, name: &str) {
        self.progress.phase(name);
        if name == "media" {
            // Only for show: without the numbers, progress has no end in sight.
            let waiting = self.spool.file_counts().unwrap_or_default();
            self.mind(waiting.waiting_bytes);
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
