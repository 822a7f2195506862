//! What a backup tells its watcher, and what the spool knows beside it.

use std::sync::Arc;

use telekeep_sources::monitor::{Forecast, Monitor, Wait};
use telekeep_sources::spool::Spool;

use crate::output::text::size;
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

    fn shortage(&self, forecast: &Forecast) {
        self.progress.say(&shortage_words(forecast));
    }

    fn failure(&self, what: &str) {
        self.progress.failure(what);
    }
}

fn shortage_words(forecast: &Forecast) -> String {
    let (free, keep) = (size(forecast.free), size(forecast.keep));
    let room = format!("{free} are free, of which {keep} are to stay free");
    let bytes = size(forecast.needed.bytes);
    let needed = match forecast.needed.low == forecast.needed.high {
        _ if forecast.needed.bytes == 0 => {
            return format!("{room}: no file is fetched until there is room.");
        }
        _ if forecast.at_least => format!("At least {bytes}"),
        true => bytes,
        false => format!("About {bytes}"),
    };
    format!(
        "{needed} of files are to come, and {room}: not all will fit.\n\
         What fits is fetched; the rest waits until there is room."
    )
}

#[cfg(test)]
mod tests {
    use telekeep_sources::telegram::backup::Estimate;

    use super::*;

    #[test]
    fn what_will_not_fit_is_told_as_surely_as_it_is_known() {
        let forecast = |bytes: u64, low: u64, at_least: bool| Forecast {
            needed: Estimate {
                low,
                ..Estimate::exact(3, bytes)
            },
            at_least,
            free: 2_000,
            keep: 1_000,
        };
        let begins = |forecast: Forecast, words: &str| {
            let said = shortage_words(&forecast);
            assert!(said.starts_with(words), "{said}");
        };
        begins(
            forecast(5_000, 5_000, false),
            "5.0 kB of files are to come, and",
        );
        begins(forecast(5_000, 4_000, false), "About 5.0 kB of files");
        begins(forecast(5_000, 4_000, true), "At least 5.0 kB of files");
        begins(
            forecast(0, 0, true),
            "2.0 kB are free, of which 1.0 kB are to stay",
        );
    }
}
