//! How the last run that recorded something ended, as the journal says.

use serde_json::{Value, json};

use super::error::SpoolError;
use super::tx::{meta, remove_meta, set_meta};
use super::{Spool, SpoolTx};

/// Name of the value.
const ENDING: &str = "ending";

/// How a run ended, as far as readers of the journal judge by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// It asked for everything.
    pub whole: bool,
    /// Files that are still to be fetched.
    pub files_waiting: u64,
}

impl Ending {
    fn bytes(self) -> Vec<u8> {
        json!([self.whole, self.files_waiting]).to_string().into()
    }

    /// From the body of a `run` record; `None` when it is none of an end.
    pub(super) fn of_record(body: &Value) -> Option<Ending> {
        (body["event"] == "end").then(|| Ending {
            whole: body["interrupted"] != true,
            files_waiting: body["result"]["files_waiting"].as_u64().unwrap_or(0),
        })
    }
}

impl Spool {
    /// True when the journal says that the last run ended so.
    pub fn ended_so(&self, ending: Ending) -> Result<bool, SpoolError> {
        let known = meta(&self.reading(), ENDING)?;
        Ok(known.is_some_and(|known| known == ending.bytes()))
    }
}

impl SpoolTx<'_> {
    /// Notes what the journal says: a run begins, or ended so.
    pub fn set_ending(&self, ending: Option<Ending>) -> Result<(), SpoolError> {
        match ending {
            Some(ending) => set_meta(self.db, ENDING, &ending.bytes()),
            None => remove_meta(self.db, ENDING),
        }
    }
}
