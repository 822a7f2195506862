//! What only an export shows (ranges of messages, left channels, saved contacts) changes rarely:
//! it is asked for in rounds, and this is when the last round was and what it said.

use serde::{Deserialize, Serialize};

use super::error::SpoolError;
use super::tx::{meta, set_meta};
use super::{Spool, SpoolTx};

const NAME: &str = "export_round";

/// The last round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Unix milliseconds.
    pub time: i64,
    /// The ranges the shared sequence is split into, ends included, ascending.
    pub ranges: Vec<(i32, i32)>,
    /// It asked for the channels the account left.
    #[serde(default = "yes")]
    pub left: bool,
}

fn yes() -> bool {
    true
}

impl Spool {
    /// The last round that came to its end.
    pub fn round(&self) -> Result<Option<Round>, SpoolError> {
        let round = meta(&self.reading(), NAME)?;
        // What cannot be read is asked for again.
        Ok(round.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

impl SpoolTx<'_> {
    /// Notes a round that came to its end.
    pub fn set_round(&mut self, round: &Round) -> Result<(), SpoolError> {
        let bytes = serde_json::to_vec(round).map_err(|_| SpoolError::Damaged { what: "round" })?;
        set_meta(self.db, NAME, &bytes)
    }
}
