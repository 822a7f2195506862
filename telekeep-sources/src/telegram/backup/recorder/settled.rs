//! Files that need no further look in a run.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Keys of files that are held, or queued with enough origins.
#[derive(Default)]
pub(crate) struct Settled(Mutex<HashSet<String>>);

/// Keys remembered at once.
const SETTLED_LIMIT: usize = 50_000;

impl Settled {
    pub(super) fn knows(&self, key: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(key)
    }

    pub(super) fn learn(&self, key: &str, settled: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if settled && known.len() < SETTLED_LIMIT {
            known.insert(key.to_owned());
        }
    }
}
