//! The Telegram session: authorization keys and who is signed in. It is full access to the
//! account, so it is only ever handed to a [`SessionStore`] that keeps it sealed.

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::takeout::Takeout;
use super::waits::KeptPause;

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// User id.
    pub id: i64,
    /// It is a bot, to which Telegram shows little.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
}

/// What is known about one data centre.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DcSession {
    /// Number of the data centre.
    pub id: i32,
    /// `HOST:PORT` last used.
    pub address: Option<String>,
    /// The 256 byte authorization key.
    #[serde(default, with = "key_text", skip_serializing_if = "Option::is_none")]
    pub auth_key: Option<Vec<u8>>,
    /// Server salt last seen; a wrong one costs one more round trip.
    #[serde(default)]
    pub salt: i64,
    /// Server time minus ours, in seconds.
    #[serde(default)]
    pub time_offset: i32,
    /// True when the account is signed in there, too (on the home data centre by login, on others
    /// by a copy of the authorization).
    #[serde(default)]
    pub authorized: bool,
}

impl DcSession {
    /// A data centre nothing is known of.
    pub fn new(id: i32) -> DcSession {
        DcSession {
            id,
            address: None,
            auth_key: None,
            salt: 0,
            time_offset: 0,
            authorized: false,
        }
    }
}

impl Drop for DcSession {
    fn drop(&mut self) {
        self.auth_key.zeroize();
    }
}

impl fmt::Debug for DcSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DcSession")
            .field("id", &self.id)
            .field("has_key", &self.auth_key.is_some())
            .field("authorized", &self.authorized)
            .finish_non_exhaustive()
    }
}

/// A Telegram session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Kind of server it was made with: `"telegram"` or `"custom"`.
    pub server: String,
    /// Data centre of the account.
    pub home_dc: i32,
    /// Every data centre a key was made for.
    pub dcs: Vec<DcSession>,
    /// Who is signed in.
    pub account: Option<Account>,
    /// The export this authorization began and did not finish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takeout: Option<Takeout>,
    /// Pauses the server asked this authorization for, so that the next run does not ask again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<KeptPause>,
}

impl Session {
    /// A session in which nothing happened yet.
    pub fn new(server: &str, home_dc: i32) -> Session {
        Session {
            server: server.to_owned(),
            home_dc,
            dcs: Vec::new(),
            account: None,
            takeout: None,
            pauses: Vec::new(),
        }
    }

    /// The entry of a data centre.
    pub fn dc(&self, id: i32) -> Option<&DcSession> {
        self.dcs.iter().find(|dc| dc.id == id)
    }
}

/// What a [`SessionStore`] failed with.
#[derive(Debug, thiserror::Error)]
#[error("the Telegram session cannot be {action}: {source}")]
pub struct SessionStoreError {
    /// `"read"`, `"written"` or `"removed"`.
    pub action: &'static str,
    /// What the store said.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Where the session is kept. Calls are rare (login, a new key, the end of a run) and may block
/// for a transaction.
pub trait SessionStore: Send + Sync {
    /// The kept session, if any.
    fn load(&self) -> Result<Option<Session>, SessionStoreError>;
    /// Replaces the kept session.
    fn save(&self, session: &Session) -> Result<(), SessionStoreError>;
    /// Forgets the session.
    fn clear(&self) -> Result<(), SessionStoreError>;
}

/// A store that forgets everything with the process; for tests and one-off tools.
#[derive(Debug, Default)]
pub struct MemoryStore {
    session: Mutex<Option<Session>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        self.session
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl SessionStore for MemoryStore {
    fn load(&self) -> Result<Option<Session>, SessionStoreError> {
        Ok(self.slot().clone())
    }

    fn save(&self, session: &Session) -> Result<(), SessionStoreError> {
        *self.slot() = Some(session.clone());
        Ok(())
    }

    fn clear(&self) -> Result<(), SessionStoreError> {
        *self.slot() = None;
        Ok(())
    }
}

/// Keys as base64 in JSON.
mod key_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(key: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match key {
            Some(key) => to.serialize_some(&STANDARD.encode(key)),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else {
            return Ok(None);
        };
        let key = STANDARD
            .decode(text)
            .map_err(|_| de::Error::custom("key is not base64"))?;
        if key.len() != 256 {
            return Err(de::Error::custom("key is not 256 bytes long"));
        }
        Ok(Some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let mut session = Session::new("custom", 2);
        let mut dc = DcSession::new(2);
        dc.auth_key = Some(vec![7; 256]);
        dc.salt = i64::MIN;
        session.dcs.push(dc);
        session.account = Some(Account {
            id: i64::MAX,
            bot: false,
        });
        session
    }

    #[test]
    fn survives_json_exactly() {
        let text = serde_json::to_string(&session()).unwrap();
        assert_eq!(serde_json::from_str::<Session>(&text).unwrap(), session());
    }

    #[test]
    fn a_key_of_wrong_length_is_refused() {
        let text = serde_json::to_string(&session()).unwrap();
        let text = text.replacen("BwcHBwcHBwcH", "BwcHBwcH", 1);
        assert!(serde_json::from_str::<Session>(&text).is_err());
    }

    #[test]
    fn debug_output_has_no_key() {
        let mut session = session();
        session.dcs[0].auth_key = Some(vec![213; 256]);
        assert!(!format!("{session:?}").contains("213"));
    }
}
