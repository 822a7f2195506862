//! One execution of a command that may record something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// Gives the present time in unix milliseconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The clock of the system.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
    })
}

/// A run and what it records about itself.
///
/// A run that finds nothing new leaves no trace: its start is recorded together with its first
/// other record, and its end only when its start was.
pub struct Run {
    /// 16 hexadecimal digits.
    pub id: String,
    /// Body of the `source` record, the first of every journal.
    pub source: Value,
    /// Body of the `run` record written before the first other record.
    pub start: Value,
    /// The time records are stamped with.
    pub clock: Clock,
    started: AtomicBool,
    records: AtomicU64,
}

/// What one transaction wrote.
pub(super) struct Outcome {
    pub started: bool,
    pub records: u64,
    /// Bytes of their lines.
    pub bytes: u64,
}

impl Run {
    /// A run that has not recorded anything yet.
    pub fn new(id: String, source: Value, start: Value, clock: Clock) -> Run {
        Run {
            id,
            source,
            start,
            clock,
            started: AtomicBool::new(false),
            records: AtomicU64::new(0),
        }
    }

    /// An id for a new run.
    pub fn random_id() -> Result<String, getrandom::Error> {
        let mut id = [0; 8];
        getrandom::fill(&mut id)?;
        Ok(format!("{:016x}", u64::from_be_bytes(id)))
    }

    /// True when its start is in the journal.
    pub fn started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// Records committed so far, its own start included.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Acquire)
    }

    pub(super) fn committed(&self, outcome: Outcome) {
        self.records.fetch_add(outcome.records, Ordering::AcqRel);
        if outcome.started {
            self.started.store(true, Ordering::Release);
        }
    }
}
