//! The session in memory, shared by all connections, and its way to the store.
//!
//! Keys and sign-ins are written through at once, since losing them costs a login; salts and clock
//! offsets only save a round trip and are written along.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::addresses::{Announced, choose};
use super::endpoint::ServerChoice;
use super::exchange::NewKey;
use super::keys::RsaKey;
use super::known;
use super::session::{Account, DcSession, Session, SessionStore, SessionStoreError};
use super::takeout::Takeout;
use super::waits::KeptPause;

/// What a connection needs to begin an encrypted session.
pub(crate) struct KeyMaterial {
    pub key: Zeroizing<[u8; 256]>,
    pub salt: i64,
    pub time_offset: i32,
}

/// The shared session.
pub(crate) struct Book {
    server: ServerChoice,
    keys: Vec<RsaKey>,
    store: Arc<dyn SessionStore>,
    session: Mutex<Session>,
    /// A login is going on, whatever account the session still names.
    login: AtomicBool,
    announced: Mutex<Vec<Announced>>,
    /// The data centre that fetches pictures of other sites; 0 before it is known.
    web_dc: AtomicI32,
    /// One lock per data centre, so that several connections make one key or one copy of the
    /// authorization between them.
    locks: Mutex<HashMap<i32, Arc<tokio::sync::Mutex<()>>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Book {
    pub fn new(server: ServerChoice, store: Arc<dyn SessionStore>, session: Session) -> Book {
        let keys = match &server {
            ServerChoice::Telegram => known::keys(),
            ServerChoice::Custom { keys, .. } => keys.clone(),
        };
        Book {
            server,
            keys,
            store,
            session: Mutex::new(session),
            login: AtomicBool::new(false),
            announced: Mutex::default(),
            web_dc: AtomicI32::new(0),
            locks: Mutex::default(),
        }
    }

    /// RSA keys the server may hold.
    pub fn server_keys(&self) -> Vec<RsaKey> {
        self.keys.clone()
    }

    /// Held while a key of this data centre is made.
    pub fn lock_of(&self, dc: i32) -> Arc<tokio::sync::Mutex<()>> {
        lock(&self.locks).entry(dc).or_default().clone()
    }

    /// Replaces the announced addresses.
    pub fn announce(&self, announced: Vec<Announced>) {
        *lock(&self.announced) = announced;
    }

    /// Where to connect for a data centre.
    pub fn address(&self, dc: i32) -> Option<String> {
        let announced = lock(&self.announced);
        let chosen = choose(&self.server, &announced, dc);
        match (&self.server, announced.is_empty()) {
            // Before the configuration came, an address that worked before is the best guess.
            (ServerChoice::Telegram, true) => {
                let session = lock(&self.session);
                session.dc(dc).and_then(|dc| dc.address.clone()).or(chosen)
            }
            _ => chosen,
        }
    }

    /// The server said which data centre fetches pictures of other sites.
    pub fn set_web_dc(&self, dc: i32) {
        self.web_dc.store(dc, Ordering::Relaxed);
    }

    /// That data centre; the account's own when there is no way to it.
    pub fn web_dc(&self) -> i32 {
        let told = self.web_dc.load(Ordering::Relaxed);
        match self.address(told) {
            Some(_) if told > 0 => told,
            _ => self.home(),
        }
    }

    pub fn home(&self) -> i32 {
        lock(&self.session).home_dc
    }

    pub fn account(&self) -> Option<Account> {
        lock(&self.session).account.clone()
    }

    /// True when calls are made in the name of an account.
    pub fn is_signed_in(&self) -> bool {
        !self.login.load(Ordering::Relaxed) && lock(&self.session).account.is_some()
    }

    pub fn begin_login(&self) {
        self.login.store(true, Ordering::Relaxed);
    }

    pub fn key(&self, dc: i32) -> Option<KeyMaterial> {
        let session = lock(&self.session);
        let dc = session.dc(dc)?;
        let key = dc.auth_key.as_deref()?.try_into().ok()?;
        Some(KeyMaterial {
            key: Zeroizing::new(key),
            salt: dc.salt,
            time_offset: dc.time_offset,
        })
    }

    /// The server's time minus ours, in seconds, as far as it is known.
    pub fn time_offset(&self, dc: i32) -> i32 {
        lock(&self.session).dc(dc).map_or(0, |dc| dc.time_offset)
    }

    /// True when the account is signed in at this data centre.
    pub fn authorized(&self, dc: i32) -> bool {
        let session = lock(&self.session);
        session.dc(dc).is_some_and(|dc| dc.authorized)
    }

    fn entry(session: &mut Session, dc: i32) -> &mut DcSession {
        let at = match session.dcs.iter().position(|known| known.id == dc) {
            Some(at) => at,
            None => {
                session.dcs.push(DcSession::new(dc));
                session.dcs.len() - 1
            }
        };
        &mut session.dcs[at]
    }

    /// Changes the session and writes it to the store.
    fn change(&self, change: impl FnOnce(&mut Session)) -> Result<(), SessionStoreError> {
        let mut session = lock(&self.session);
        // Only what is kept counts, so that a failure changes nothing.
        let mut changed = session.clone();
        change(&mut changed);
        self.store.save(&changed)?;
        *session = changed;
        Ok(())
    }

    pub fn set_key(&self, dc: i32, address: &str, new: &NewKey) -> Result<(), SessionStoreError> {
        self.change(|session| {
            let entry = Self::entry(session, dc);
            entry.address = Some(address.to_owned());
            entry.auth_key = Some(new.auth_key.to_vec());
            entry.salt = new.salt;
            entry.time_offset = new.time_offset;
            entry.authorized = false;
        })
    }

    /// Forgets a key the server does not know, unless it was replaced meanwhile.
    pub fn drop_key(&self, dc: i32, unknown: &[u8; 256]) -> Result<(), SessionStoreError> {
        self.change(|session| {
            let entry = Self::entry(session, dc);
            if entry.auth_key.as_deref() == Some(unknown) {
                entry.auth_key = None;
                entry.authorized = false;
            }
        })
    }

    /// Remembers what the next connection can use; written with the next important change.
    pub fn note(&self, dc: i32, salt: i64, time_offset: i32) {
        let mut session = lock(&self.session);
        let entry = Self::entry(&mut session, dc);
        entry.salt = salt;
        entry.time_offset = time_offset;
    }

    pub fn set_authorized(&self, dc: i32, authorized: bool) -> Result<(), SessionStoreError> {
        self.change(|session| Self::entry(session, dc).authorized = authorized)
    }

    pub fn set_home(&self, dc: i32) -> Result<(), SessionStoreError> {
        self.change(|session| session.home_dc = dc)
    }

    /// Somebody signed in at the home data centre.
    pub fn signed_in(&self, account: Account) -> Result<(), SessionStoreError> {
        self.login.store(false, Ordering::Relaxed);
        self.change(|session| {
            let home = session.home_dc;
            for dc in &mut session.dcs {
                dc.authorized = dc.id == home;
            }
            session.account = Some(account);
            session.takeout = None;
            session.pauses.clear();
        })
    }

    /// The export that was begun and not finished.
    pub fn takeout(&self) -> Option<Takeout> {
        lock(&self.session).takeout.clone()
    }

    pub fn set_takeout(&self, takeout: Option<Takeout>) -> Result<(), SessionStoreError> {
        self.change(|session| session.takeout = takeout)
    }

    /// The pauses that earlier runs were told.
    pub fn pauses(&self) -> Vec<KeptPause> {
        lock(&self.session).pauses.clone()
    }

    /// Keeps a pause for the next run, and forgets those that are over.
    pub fn keep_pause(&self, pause: KeptPause) -> Result<(), SessionStoreError> {
        let now = SystemTime::now();
        self.change(|session| {
            let other = |kept: &KeptPause| kept.method != pause.method && kept.rest(now).is_some();
            session.pauses.retain(other);
            session.pauses.push(pause);
        })
    }

    /// Forgets everything.
    pub fn clear(&self) -> Result<(), SessionStoreError> {
        let mut session = lock(&self.session);
        *session = Session::new(self.server.kind(), session.home_dc);
        self.store.clear()
    }

    /// Writes the session as it is.
    pub fn save(&self) -> Result<(), SessionStoreError> {
        let session = lock(&self.session);
        if session.dcs.is_empty() {
            Ok(())
        } else {
            self.store.save(&session)
        }
    }
}
