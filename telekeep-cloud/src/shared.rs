//! What all connections of the cloud share: the world, logins, keys, faults, counters.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use serde_json::Value;

use crate::faults::FaultBook;
use crate::login_tokens::LoginTokens;
use crate::logins::Logins;
use crate::password::Passwords;
use crate::rpc::{self, AccountId, Handler, SessionId};
use crate::session::{Key, Keys, Session, locked};
use crate::takeouts::Takeouts;
use crate::world::World;

/// The number of the data centre accounts live in unless they moved; it listens on the configured port.
pub const HOME_DC: i32 = 2;

/// The data centres of the cloud, home first. Files may live in any of them.
pub const DCS: &[i32] = &[HOME_DC, 4];

/// Problems of the cloud itself that are remembered.
const MAX_PROBLEMS: usize = 100;
/// Different methods that are counted by name; clients can make names up (`unknown:...`).
const MAX_COUNTED: usize = 2048;

/// The state shared by all connections. Handlers reach it through [`crate::rpc::Call::cloud`].
pub struct Shared {
    /// The world the cloud shows. It does its own locking.
    pub world: World,
    pub(crate) keys: Keys,
    pub(crate) logins: Mutex<Logins>,
    pub(crate) login_tokens: Mutex<LoginTokens>,
    pub(crate) passwords: Mutex<Passwords>,
    pub(crate) faults: Mutex<FaultBook>,
    pub(crate) takeouts: Mutex<Takeouts>,
    /// Where each data centre listens.
    pub(crate) addresses: BTreeMap<i32, SocketAddr>,
    pub(crate) latency: Duration,
    handlers: HashMap<&'static str, Handler>,
    calls: Mutex<BTreeMap<String, u64>>,
    takeout_calls: Mutex<BTreeMap<String, u64>>,
    listeners: Mutex<Vec<Listener>>,
    /// Accounts that moved, and where they live.
    homes: Mutex<HashMap<AccountId, i32>>,
    problems: Mutex<Vec<String>>,
}

struct Listener {
    session: Weak<Session>,
    key: Weak<Key>,
}

impl Shared {
    /// The state of a cloud that shows `world`.
    pub fn new(world: World, addresses: BTreeMap<i32, SocketAddr>, latency: Duration) -> Self {
        Self {
            world,
            keys: Keys::default(),
            logins: Mutex::default(),
            login_tokens: Mutex::default(),
            passwords: Mutex::default(),
            faults: Mutex::default(),
            takeouts: Mutex::default(),
            addresses,
            latency,
            handlers: crate::methods::TABLES
                .iter()
                .flat_map(|table| table.iter().copied())
                .collect(),
            calls: Mutex::default(),
            takeout_calls: Mutex::default(),
            listeners: Mutex::default(),
            homes: Mutex::default(),
            problems: Mutex::default(),
        }
    }

    /// Seconds since 1970, as dates in TL.
    pub fn now(&self) -> i32 {
        i32::try_from(crate::session::nanos() / 1_000_000_000).unwrap_or(i32::MAX)
    }

    /// Sends `updates` (a TL `Updates` object in the native layer) to every session of `account`
    /// that listens to updates, except the session that caused them. Never blocks; a session that
    /// does not read gets `updatesTooLong` instead.
    pub fn push(&self, account: AccountId, updates: &Value, except: Option<SessionId>) {
        let mut by_layer: HashMap<i32, Option<Arc<Vec<u8>>>> = HashMap::new();
        for (session, layer) in self.listeners_of(account) {
            if Some(session.id) == except {
                continue;
            }
            let body = by_layer.entry(layer).or_insert_with(|| {
                rpc::layers::updates(updates, layer)
                    .map(Arc::new)
                    .map_err(|problem| self.report(problem))
                    .ok()
            });
            if let Some(body) = body {
                session.update(Arc::clone(body));
            }
        }
    }

    /// Sends `updates` to whoever is connected with a key, logged in or not.
    pub(crate) fn push_to_key(&self, key: &Arc<Key>, updates: &Value) {
        let layer = key.layer().unwrap_or(rpc::NATIVE_LAYER);
        match rpc::layers::updates(updates, layer) {
            Ok(body) => {
                let body = Arc::new(body);
                for session in key.sessions() {
                    session.update(Arc::clone(&body));
                }
            }
            Err(problem) => self.report(problem),
        }
    }

    /// The data centre an account lives in.
    pub(crate) fn home(&self, account: AccountId) -> i32 {
        let moved = locked(&self.homes).get(&account).copied();
        moved.unwrap_or(HOME_DC)
    }

    /// An account lives in another data centre from now on: logins begin there, and the methods of
    /// the account are refused everywhere else.
    pub fn move_account(&self, account: AccountId, dc: i32) {
        if DCS.contains(&dc) {
            locked(&self.homes).insert(account, dc);
        }
    }

    /// Where an account lives that moved away from the data centre it is spoken to at.
    pub(crate) fn moved_from(&self, account: AccountId, dc: i32) -> Option<i32> {
        let home = locked(&self.homes).get(&account).copied();
        home.filter(|home| *home != dc)
    }

    fn listeners_of(&self, account: AccountId) -> Vec<(Arc<Session>, i32)> {
        let mut all = Vec::new();
        locked(&self.listeners).retain(|listener| {
            let (Some(session), Some(key)) = (listener.session.upgrade(), listener.key.upgrade())
            else {
                return false;
            };
            all.push((session, key));
            true
        });
        all.retain(|(session, key)| {
            session.listens() == Some(account) && self.account(key) == Some(account)
        });
        let layer = |key: &Arc<Key>| self.keys.permanent(key).and_then(|key| key.layer());
        all.into_iter()
            .map(|(session, key)| (session, layer(&key).unwrap_or(rpc::NATIVE_LAYER)))
            .collect()
    }

    /// The session gets the updates of `account` from now on.
    pub(crate) fn listen(&self, session: &Arc<Session>, key: &Arc<Key>, account: AccountId) {
        let listened = session.listens();
        if listened == Some(account) {
            return;
        }
        session.listen(Some(account));
        if listened.is_none() {
            let listener = Listener {
                session: Arc::downgrade(session),
                key: Arc::downgrade(key),
            };
            locked(&self.listeners).push(listener);
        }
    }

    /// The account logged in on a key.
    pub(crate) fn account(&self, key: &Arc<Key>) -> Option<AccountId> {
        let login = self.keys.permanent(key)?.login()?;
        locked(&self.logins).get(login).map(|login| login.account)
    }

    /// The handler of a method.
    pub(crate) fn handler(&self, method: &str) -> Option<Handler> {
        self.handlers.get(method).copied()
    }

    /// Counts a call.
    pub(crate) fn count(&self, method: &str) {
        count(&mut locked(&self.calls), method);
    }

    /// Counts a call made inside a Takeout session.
    pub(crate) fn count_in_takeout(&self, method: &str) {
        count(&mut locked(&self.takeout_calls), method);
    }

    /// How often each method was called; unknown ones as `unknown:0x...`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        locked(&self.calls).clone()
    }

    /// How often each method was called inside a Takeout session.
    pub fn takeout_calls(&self) -> BTreeMap<String, u64> {
        locked(&self.takeout_calls).clone()
    }

    /// Remembers a mistake of the cloud itself (an answer that does not encode, say). Names
    /// methods and fields, never contents.
    pub(crate) fn report(&self, problem: String) {
        let mut problems = locked(&self.problems);
        if problems.len() < MAX_PROBLEMS && !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Mistakes of the cloud itself, each once. Tests expect none.
    pub fn problems(&self) -> Vec<String> {
        locked(&self.problems).clone()
    }
}

fn count(calls: &mut BTreeMap<String, u64>, method: &str) {
    if let Some(count) = calls.get_mut(method) {
        *count += 1;
    } else if calls.len() < MAX_COUNTED {
        calls.insert(method.to_owned(), 1);
    }
}
