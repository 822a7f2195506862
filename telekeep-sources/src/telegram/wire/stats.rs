//! Counts of what was asked, for summaries and for tests that bound the number of requests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts of one method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MethodStats {
    /// Requests sent, repetitions included.
    pub requests: u64,
    /// Error answers.
    pub errors: u64,
    /// Bytes of requests, before encryption.
    pub bytes_out: u64,
    /// Bytes of results, after decryption and inflating.
    pub bytes_in: u64,
}

/// Counts of every method by TL name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// By TL name of the method.
    pub methods: BTreeMap<String, MethodStats>,
}

impl Stats {
    /// Requests of all methods.
    pub fn requests(&self) -> u64 {
        self.methods.values().map(|method| method.requests).sum()
    }

    /// Requests of one method.
    pub fn requests_of(&self, method: &str) -> u64 {
        self.methods.get(method).map_or(0, |method| method.requests)
    }
}

/// Collects [`Stats`] from many tasks.
#[derive(Debug, Default)]
pub(crate) struct Counter(Mutex<Stats>);

impl Counter {
    fn lock(&self) -> MutexGuard<'_, Stats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(&self, method: &str, change: impl FnOnce(&mut MethodStats)) {
        let mut stats = self.lock();
        if !stats.methods.contains_key(method) {
            stats
                .methods
                .insert(method.to_owned(), MethodStats::default());
        }
        if let Some(entry) = stats.methods.get_mut(method) {
            change(entry);
        }
    }

    pub fn sent(&self, method: &str, bytes: usize) {
        self.with(method, |entry| {
            entry.requests += 1;
            entry.bytes_out += bytes as u64;
        });
    }

    pub fn answered(&self, method: &str, bytes: usize) {
        self.with(method, |entry| entry.bytes_in += bytes as u64);
    }

    pub fn failed(&self, method: &str) {
        self.with(method, |entry| entry.errors += 1);
    }

    pub fn snapshot(&self) -> Stats {
        self.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_method() {
        let counter = Counter::default();
        counter.sent("a", 10);
        counter.sent("a", 10);
        counter.answered("a", 7);
        counter.failed("b");
        let stats = counter.snapshot();
        assert_eq!(stats.requests_of("a"), 2);
        assert_eq!(stats.requests(), 2);
        assert_eq!(stats.methods["a"].bytes_in, 7);
        assert_eq!(stats.methods["b"].errors, 1);
    }
}
