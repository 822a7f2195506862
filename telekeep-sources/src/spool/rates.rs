//! How fast earlier runs were, for the estimate of the next one.

use serde::{Deserialize, Serialize};

use super::Spool;
use super::error::SpoolError;
use super::tx::{meta, set_meta};

const NAME: &str = "rates";

/// Rates observed, each from runs that had enough to do to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Messages per second while histories were listed.
    pub messages: Option<f64>,
    /// Bytes per second while files were fetched.
    pub bytes: Option<f64>,
}

impl Rates {
    /// Newer observations count as much as all older ones together.
    pub fn with(self, new: Rates) -> Rates {
        let blend = |old: Option<f64>, new: Option<f64>| match (old, new) {
            (Some(old), Some(new)) => Some((old + new) / 2.0),
            (old, new) => new.or(old),
        };
        Rates {
            messages: blend(self.messages, new.messages),
            bytes: blend(self.bytes, new.bytes),
        }
    }
}

impl Spool {
    /// The rates earlier runs observed.
    pub fn rates(&self) -> Result<Rates, SpoolError> {
        let rates = meta(&self.reading(), NAME)?;
        // They are estimates: unreadable ones are none.
        Ok(rates
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default())
    }

    /// Adds what a run observed.
    pub fn observe(&self, new: Rates) -> Result<(), SpoolError> {
        if new == Rates::default() {
            return Ok(());
        }
        let rates = self.rates()?.with(new);
        let bytes = serde_json::to_vec(&rates).unwrap_or_default();
        set_meta(&self.writing(), NAME, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_observations_weigh_more() {
        let first = Rates {
            messages: Some(100.0),
            bytes: None,
        };
        let second = Rates {
            messages: Some(300.0),
            bytes: Some(7.0),
        };
        let both = Rates::default().with(first).with(second);
        assert_eq!((both.messages, both.bytes), (Some(200.0), Some(7.0)));
        assert_eq!(both.with(Rates::default()), both);
    }
}
