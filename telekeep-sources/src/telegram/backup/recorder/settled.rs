//! What needs no further look in a run.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Names remembered at once.
const LIMIT: usize = 50_000;

/// Keys of files that are held, or queued with enough origins.
#[derive(Default)]
pub(crate) struct Settled(Mutex<HashSet<String>>);

impl Settled {
    pub(super) fn knows(&self, key: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(key)
    }

    pub(super) fn learn(&self, key: &str, settled: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if settled && known.len() < LIMIT {
            known.insert(key.to_owned());
        }
    }
}

/// People and chats whose portrait was looked for, and whether they had one. A page may come before
/// the one that says who somebody is: of people the answers have in common only one brings them.
#[derive(Default)]
pub(crate) struct Portrayed(Mutex<HashMap<i64, bool>>);

impl Portrayed {
    pub(super) fn is_found(&self, peer: i64) -> bool {
        self.get(peer) == Some(true)
    }

    pub(super) fn was_missed(&self, peer: i64) -> bool {
        self.get(peer) == Some(false)
    }

    pub(super) fn note(&self, peer: i64, found: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < LIMIT || known.contains_key(&peer) {
            known.insert(peer, found);
        }
    }

    fn get(&self, peer: i64) -> Option<bool> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&peer).copied()
    }
}
