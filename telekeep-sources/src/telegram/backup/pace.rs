//! Measuring how fast a run is, by watching what it tells its monitor.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::monitor::{Forecast, Monitor, Wait};
use crate::spool::Rates;

/// Less than this tells nothing about a rate.
const MESSAGES: u64 = 200;
const BYTES: u64 = 1_000_000;
const SHORTEST: Duration = Duration::from_millis(200);

/// What a phase did.
#[derive(Debug, Default)]
struct Phase {
    name: String,
    begun: Option<Instant>,
    messages: u64,
    bytes: u64,
}

#[derive(Debug, Default)]
struct Seen {
    now: Phase,
    rates: Rates,
}

/// Hands everything on and measures.
pub(crate) struct Pace {
    inner: Arc<dyn Monitor>,
    seen: Mutex<Seen>,
}

impl Pace {
    /// Measures what `inner` is told.
    pub fn new(inner: Arc<dyn Monitor>) -> Pace {
        Pace {
            inner,
            seen: Mutex::default(),
        }
    }

    /// What was observed until now.
    pub fn rates(&self) -> Rates {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.end();
        seen.rates
    }
}

impl Seen {
    fn end(&mut self) {
        let phase = std::mem::take(&mut self.now);
        let Some(took) = phase.begun.map(|begun| begun.elapsed()) else {
            return;
        };
        if took < SHORTEST {
            return;
        }
        let rate = |amount: u64| amount as f64 / took.as_secs_f64();
        match phase.name.as_str() {
            "messages" if phase.messages >= MESSAGES => {
                self.rates.messages = Some(rate(phase.messages));
            }
            "media" if phase.bytes >= BYTES => self.rates.bytes = Some(rate(phase.bytes)),
            _ => {}
        }
    }
}

impl Monitor for Pace {
    fn phase(&self, name: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.end();
        seen.now = Phase {
            name: name.to_owned(),
            begun: Some(Instant::now()),
            ..Phase::default()
        };
        drop(seen);
        self.inner.phase(name);
    }

    fn chat(&self, chat: i64, done: u64, total: u64) {
        self.inner.chat(chat, done, total);
    }

    fn messages(&self, count: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.now.messages += count;
        drop(seen);
        self.inner.messages(count);
    }

    fn media(&self, files: u64, bytes: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.now.bytes += bytes;
        drop(seen);
        self.inner.media(files, bytes);
    }

    fn wait(&self, wait: &Wait) {
        self.inner.wait(wait);
    }

    fn shortage(&self, forecast: &Forecast) {
        self.inner.shortage(forecast);
    }

    fn failure(&self, what: &str) {
        self.inner.failure(what);
    }
}
