//! Authorization keys: what is known about the client behind each, and the sessions on it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::salts::Salts;
use super::{Session, locked};
use crate::auth_key::NewKey;
use crate::crypto::AuthKey;
use crate::password::Challenge;
use crate::rpc::{AccountId, SessionId};

/// Keys the cloud remembers. Beyond them, the oldest without a login is forgotten, as the real
/// server forgets unused keys.
const MAX_KEYS: usize = 4096;
/// Sessions one key may have. Beyond them, the oldest without a connection is forgotten.
const MAX_SESSIONS: usize = 64;

/// What the client said about itself with `initConnection`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    /// The layer it speaks.
    pub layer: i32,
    /// Its application id.
    pub api_id: i32,
    /// Device.
    pub device_model: String,
    /// Operating system.
    pub system_version: String,
    /// Version of the application.
    pub app_version: String,
}

/// An authorization key in use.
pub struct Key {
    /// The key itself.
    pub auth: AuthKey,
    /// The data centre it was made with; other ones do not know it.
    pub dc: i32,
    /// Its salts.
    pub salts: Salts,
    /// Temporary keys: unix seconds after which it is unknown.
    pub expires_at: Option<i32>,
    number: u64,
    state: Mutex<State>,
}

/// A login whose code was right and that waits for the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfLogin {
    /// Of which account.
    pub account: AccountId,
    /// By which number, digits only.
    pub phone: String,
}

#[derive(Default)]
struct State {
    bound_to: Option<i64>,
    login: Option<u64>,
    client: Option<ClientInfo>,
    layer: Option<i32>,
    half_login: Option<HalfLogin>,
    challenge: Option<Challenge>,
    sessions: HashMap<i64, Arc<Session>>,
}

impl Key {
    /// The login made with this key.
    pub fn login(&self) -> Option<u64> {
        locked(&self.state).login
    }

    /// Records a login, or its end. No other login waits for a password any more.
    pub fn set_login(&self, login: Option<u64>) {
        let mut state = locked(&self.state);
        state.login = login;
        state.half_login = None;
        state.challenge = None;
    }

    /// The login that waits for a password.
    pub fn half_login(&self) -> Option<HalfLogin> {
        locked(&self.state).half_login.clone()
    }

    /// Records a login that waits for a password.
    pub fn wait_for_password(&self, half: HalfLogin) {
        let mut state = locked(&self.state);
        state.half_login = Some(half);
        state.challenge = None;
    }

    /// Records what was asked of the client; what was asked before does not count any more.
    pub fn challenge(&self, challenge: Challenge) {
        locked(&self.state).challenge = Some(challenge);
    }

    /// Whether the client was asked under that id and has not answered yet.
    pub fn is_challenged(&self, id: i64) -> bool {
        let state = locked(&self.state);
        state.challenge.as_ref().is_some_and(|asked| asked.id == id)
    }

    /// What the client was asked under that id; it can be answered once.
    pub fn take_challenge(&self, id: i64) -> Option<Challenge> {
        locked(&self.state)
            .challenge
            .take_if(|asked| asked.id == id)
    }

    /// What `initConnection` said.
    pub fn client(&self) -> Option<ClientInfo> {
        locked(&self.state).client.clone()
    }

    /// The layer, once the client has introduced itself.
    pub fn layer(&self) -> Option<i32> {
        let state = locked(&self.state);
        state.client.as_ref().map(|client| client.layer)
    }

    /// Records the layer of `invokeWithLayer` and what `initConnection` said.
    pub fn introduce(&self, layer: Option<i32>, client: Option<ClientInfo>) {
        let mut state = locked(&self.state);
        state.layer = layer.or(state.layer);
        if client.is_some() {
            state.client = client;
        }
        let layer = state.layer;
        if let (Some(client), Some(layer)) = (&mut state.client, layer) {
            client.layer = layer;
        }
    }

    /// The permanent key a temporary one is bound to.
    pub fn bound_to(&self) -> Option<i64> {
        locked(&self.state).bound_to
    }

    /// Binds a temporary key.
    pub fn bind(&self, permanent: i64) {
        locked(&self.state).bound_to = Some(permanent);
    }

    /// Its sessions.
    pub fn sessions(&self) -> Vec<Arc<Session>> {
        locked(&self.state).sessions.values().cloned().collect()
    }

    /// Forgets a session; false when it is unknown.
    pub fn destroy_session(&self, number: i64) -> bool {
        locked(&self.state).sessions.remove(&number).is_some()
    }
}

/// All keys of the cloud.
#[derive(Default)]
pub struct Keys {
    keys: Mutex<HashMap<i64, Arc<Key>>>,
    next_key: AtomicU64,
    next_session: AtomicU64,
}

impl Keys {
    /// Adds a key the handshake made; false when its id is taken.
    pub fn add(&self, new: NewKey, dc: i32, now: i32) -> bool {
        let mut keys = locked(&self.keys);
        if keys.contains_key(&new.key.id()) {
            return false;
        }
        if keys.len() >= MAX_KEYS {
            let oldest = keys
                .values()
                .min_by_key(|key| (key.login().is_some(), key.number));
            if let Some(id) = oldest.map(|key| key.auth.id()) {
                keys.remove(&id);
            }
        }
        let key = Key {
            salts: Salts::new(new.salt, now),
            expires_at: new.expires_in.map(|seconds| now.saturating_add(seconds)),
            number: self.next_key.fetch_add(1, Ordering::Relaxed),
            auth: new.key,
            dc,
            state: Mutex::default(),
        };
        keys.insert(key.auth.id(), Arc::new(key));
        true
    }

    /// The key of that id, if it is alive and belongs to this data centre.
    pub fn get(&self, id: i64, dc: i32, now: i32) -> Option<Arc<Key>> {
        let mut keys = locked(&self.keys);
        let key = keys.get(&id)?;
        if key.expires_at.is_some_and(|end| end <= now) {
            keys.remove(&id);
            return None;
        }
        (key.dc == dc).then(|| Arc::clone(key))
    }

    /// Forgets a key.
    pub fn remove(&self, id: i64) -> bool {
        locked(&self.keys).remove(&id).is_some()
    }

    /// The key that carries the login: the one a temporary key is bound to, or itself.
    pub fn permanent(&self, key: &Arc<Key>) -> Option<Arc<Key>> {
        if key.expires_at.is_none() {
            return Some(Arc::clone(key));
        }
        locked(&self.keys).get(&key.bound_to()?).cloned()
    }

    /// The key a session lives on.
    pub fn of_session(&self, session: SessionId) -> Option<Arc<Key>> {
        let keys: Vec<Arc<Key>> = locked(&self.keys).values().cloned().collect();
        keys.into_iter().find(|key| {
            locked(&key.state)
                .sessions
                .values()
                .any(|found| found.id == session)
        })
    }

    /// The key of that id, whichever data centre it was made with.
    pub fn by_id(&self, id: i64) -> Option<Arc<Key>> {
        locked(&self.keys).get(&id).cloned()
    }

    /// Every key.
    pub fn all(&self) -> Vec<Arc<Key>> {
        locked(&self.keys).values().cloned().collect()
    }

    /// The session of that number on the key; made when there is none (then the flag is true).
    pub fn session(&self, key: &Arc<Key>, number: i64) -> (Arc<Session>, bool) {
        let mut state = locked(&key.state);
        if let Some(session) = state.sessions.get(&number) {
            return (Arc::clone(session), false);
        }
        if state.sessions.len() >= MAX_SESSIONS {
            let oldest = state
                .sessions
                .values()
                .min_by_key(|session| (session.is_linked(), session.id));
            if let Some(number) = oldest.map(|session| session.number) {
                state.sessions.remove(&number);
            }
        }
        let id = SessionId(self.next_session.fetch_add(1, Ordering::Relaxed) + 1);
        let session = Arc::new(Session::new(id, number, Arc::downgrade(key)));
        state.sessions.insert(number, Arc::clone(&session));
        (session, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_key(n: u32, expires_in: Option<i32>) -> NewKey {
        let mut bytes = [0; 256];
        bytes[..4].copy_from_slice(&n.to_le_bytes());
        NewKey {
            key: AuthKey::new(bytes),
            salt: 1,
            expires_in,
        }
    }

    #[test]
    fn keys_belong_to_one_data_centre_and_temporary_ones_end() {
        let keys = Keys::default();
        let id = new_key(1, None).key.id();
        assert!(keys.add(new_key(1, None), 2, 100));
        assert!(!keys.add(new_key(1, None), 2, 100));
        assert!(keys.get(id, 2, 100).is_some());
        assert!(keys.get(id, 4, 100).is_none());
        let temporary = new_key(2, Some(50)).key.id();
        keys.add(new_key(2, Some(50)), 2, 100);
        let key = keys.get(temporary, 2, 149).unwrap();
        assert!(keys.permanent(&key).is_none());
        key.bind(id);
        assert_eq!(keys.permanent(&key).unwrap().auth.id(), id);
        assert!(keys.get(temporary, 2, 150).is_none());
    }

    #[test]
    fn numbers_of_keys_and_sessions_are_bounded() {
        let keys = Keys::default();
        keys.add(new_key(0, None), 2, 0);
        let first = keys.get(new_key(0, None).key.id(), 2, 0).unwrap();
        first.set_login(Some(1));
        for n in 1..=MAX_KEYS as u32 {
            keys.add(new_key(n, None), 2, 0);
        }
        assert_eq!(keys.all().len(), MAX_KEYS);
        assert!(
            keys.get(first.auth.id(), 2, 0).is_some(),
            "a logged-in key stays"
        );
        for n in 0..200 {
            keys.session(&first, n);
        }
        assert_eq!(locked(&first.state).sessions.len(), MAX_SESSIONS);
        assert!(keys.session(&first, 0).1, "the oldest was forgotten");
    }
}
