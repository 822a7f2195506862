//! Takeout sessions: which account exports what, and who must wait before it may.
//!
//! One session per account: beginning another ends the one before. A session belongs to the login
//! that began it, on every data centre its authorization was copied to. What the flags of
//! `account.initTakeoutSession` do not cover is refused; Telegram does not say how it refuses
//! that, so the cloud is strict: a client that asks for more than it announced is a mistake.

use std::collections::HashMap;
use std::time::Instant;

use serde_json::Value;

use crate::crypto::random;
use crate::rpc::{AccountId, RpcError};

/// What a session was begun for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) contacts: bool,
    pub(crate) users: bool,
    pub(crate) chats: bool,
    pub(crate) megagroups: bool,
    pub(crate) channels: bool,
    pub(crate) files: bool,
}

struct Open {
    id: i64,
    login: u64,
    scope: Scope,
}

/// All sessions, and the logins that must wait for one.
#[derive(Default)]
pub(crate) struct Takeouts {
    open: HashMap<AccountId, Open>,
    /// Login to the moment from which on it may begin an export.
    delays: HashMap<u64, Instant>,
}

/// Logins that wait, at most; they are few, but clients make logins.
const MAX_DELAYS: usize = 4096;

impl Takeouts {
    /// Begins a session of `account` and ends the one before.
    pub(crate) fn begin(
        &mut self,
        account: AccountId,
        login: u64,
        scope: Scope,
        now: Instant,
    ) -> Result<i64, RpcError> {
        if let Some(end) = self.delays.get(&login).filter(|end| **end > now) {
            let seconds = (*end - now).as_secs_f64().ceil() as u64;
            return Err(RpcError::new(420, format!("TAKEOUT_INIT_DELAY_{seconds}")));
        }
        self.delays.remove(&login);
        let id = i64::from_le_bytes(random()) | 1;
        self.open.insert(account, Open { id, login, scope });
        Ok(id)
    }

    /// What a request of this session may ask for.
    pub(crate) fn scope(
        &self,
        account: AccountId,
        login: Option<u64>,
        id: i64,
    ) -> Result<Scope, RpcError> {
        self.open
            .get(&account)
            .filter(|open| open.id == id && Some(open.login) == login)
            .map(|open| open.scope)
            .ok_or_else(|| RpcError::bad_request("TAKEOUT_INVALID"))
    }

    /// Ends the session of an account.
    pub(crate) fn cancel(&mut self, account: AccountId) {
        self.open.remove(&account);
    }

    /// The login may not begin an export before `end`.
    pub(crate) fn delay(&mut self, login: u64, end: Instant) {
        if self.delays.len() < MAX_DELAYS {
            self.delays.insert(login, end);
        }
    }

    /// The owners allow every export that had to wait.
    pub(crate) fn allow(&mut self) {
        self.delays.clear();
    }
}

impl Scope {
    /// The flags of `account.initTakeoutSession`.
    pub(crate) fn of(request: &Value) -> Scope {
        let flag = |name: &str| request[name].as_bool().unwrap_or(false);
        Scope {
            contacts: flag("contacts"),
            users: flag("message_users"),
            chats: flag("message_chats"),
            megagroups: flag("message_megagroups"),
            channels: flag("message_channels"),
            files: flag("files"),
        }
    }

    /// Refuses what the session was not begun for.
    pub(crate) fn permits(self, method: &str, request: &Value) -> Result<(), RpcError> {
        let (peer, file) = (&request["peer"]["_"], &request["location"]["_"]);
        let covered = match method {
            "contacts.getSaved" => self.contacts,
            // What an export adds to its files belongs to every export.
            "upload.getFile" if file == "inputTakeoutFileLocation" => true,
            "upload.getFile" => self.files,
            "channels.getLeftChannels" => self.megagroups || self.channels,
            "messages.getHistory" | "messages.search" => match peer.as_str().unwrap_or_default() {
                "inputPeerChat" => self.chats,
                "inputPeerChannel" => self.megagroups || self.channels,
                _ => self.users,
            },
            "messages.getDialogs" => self.users || self.chats || self.megagroups || self.channels,
            _ => true,
        };
        match covered {
            true => Ok(()),
            false => Err(required()),
        }
    }
}

/// A method that needs a Takeout session was called without one, or without the right one.
pub(crate) fn required() -> RpcError {
    RpcError::new(403, "TAKEOUT_REQUIRED")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_session_at_a_time_and_only_for_its_login() {
        let (mut takeouts, now) = (Takeouts::default(), Instant::now());
        let all = Scope::default();
        let first = takeouts.begin(7, 1, all, now).unwrap();
        assert_eq!(takeouts.scope(7, Some(1), first), Ok(all));
        assert!(takeouts.scope(7, Some(2), first).is_err(), "another login");
        assert!(
            takeouts.scope(8, Some(1), first).is_err(),
            "another account"
        );
        let second = takeouts.begin(7, 2, all, now).unwrap();
        assert!(takeouts.scope(7, Some(1), first).is_err());
        assert!(takeouts.scope(7, Some(2), second).is_ok());
        takeouts.cancel(7);
        assert!(takeouts.scope(7, Some(2), second).is_err());
    }

    #[test]
    fn a_delay_ends_by_time_or_by_permission() {
        let (mut takeouts, now) = (Takeouts::default(), Instant::now());
        let begin = |takeouts: &mut Takeouts, at| takeouts.begin(7, 1, Scope::default(), at);
        takeouts.delay(1, now + Duration::from_secs(90));
        let refused = begin(&mut takeouts, now + Duration::from_secs(30)).unwrap_err();
        assert_eq!(refused.message, "TAKEOUT_INIT_DELAY_60");
        assert!(
            takeouts.begin(7, 2, Scope::default(), now).is_ok(),
            "another login"
        );
        assert!(begin(&mut takeouts, now + Duration::from_secs(90)).is_ok());
        takeouts.delay(1, now + Duration::from_secs(90));
        takeouts.allow();
        assert!(begin(&mut takeouts, now).is_ok());
    }

    #[test]
    fn files_belong_to_exports_with_files_but_what_an_export_adds_to_every_one() {
        let asks = |scope: Scope, location: &str| {
            let request = serde_json::json!({"location": {"_": location}});
            scope.permits("upload.getFile", &request).is_ok()
        };
        let with = Scope {
            files: true,
            ..Scope::default()
        };
        for (location, without) in [
            ("inputDocumentFileLocation", false),
            ("inputTakeoutFileLocation", true),
        ] {
            assert!(asks(with, location));
            assert_eq!(asks(Scope::default(), location), without);
        }
    }
}
