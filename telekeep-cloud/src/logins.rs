//! Who is logged in: login codes on their way, logins with their keys, authorizations on their
//! way to another data centre.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};

use crate::code_ways::{CodeWay, Ways};
use crate::crypto::random;
use crate::rpc::AccountId;
use crate::session::{ClientInfo, Key};

/// Codes and exports remembered at a time; the oldest goes first.
const MAX_PENDING: usize = 1024;
/// Wrong codes until a new one is needed.
const MAX_ATTEMPTS: u32 = 5;
/// Seconds a code or an export can be used.
const LIFETIME: i32 = 300;

/// One login of an account (a line in the list of active sessions).
#[derive(Clone)]
pub struct Login {
    /// Number of the login.
    pub id: u64,
    /// Whose.
    pub account: AccountId,
    /// What names it in `account.getAuthorizations`.
    pub hash: i64,
    /// The program.
    pub client: ClientInfo,
    /// Unix seconds.
    pub created: i32,
    /// The keys it uses: one on the home data centre, copies on others.
    keys: Vec<Weak<Key>>,
}

impl Login {
    /// A login that will be made: what whoever lets a client in is told about it.
    pub fn expected(account: AccountId, client: ClientInfo, now: i32) -> Login {
        Login {
            id: 0,
            account,
            hash: i64::from_le_bytes(random()) | 1,
            client,
            created: now,
            keys: Vec::new(),
        }
    }
}

struct PendingCode {
    hash: String,
    ways: Ways,
    attempts: u32,
    /// The code was right, so the number may sign up.
    proven: bool,
    until: i32,
}

struct Export {
    login: u64,
    dc: i32,
    until: i32,
}

/// What a code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeCheck {
    /// Right.
    Right,
    /// Wrong; can be tried again.
    Wrong,
    /// No such code is on its way (any more).
    Expired,
}

/// All logins.
#[derive(Default)]
pub struct Logins {
    next: u64,
    logins: BTreeMap<u64, Login>,
    codes: BTreeMap<String, PendingCode>,
    /// How the next code goes.
    next_ways: Option<Ways>,
    exports: HashMap<[u8; 32], Export>,
}

impl Logins {
    /// Puts a code for `phone` (digits) on its way; the answer names it. A code already on its way
    /// stays valid under a new name, as when it is sent again.
    pub fn send_code(&mut self, phone: &str, ways: Ways, now: i32) -> String {
        self.codes.retain(|_, code| code.until > now);
        if self.codes.len() >= MAX_PENDING {
            self.codes.pop_first();
        }
        let hash: String = random::<9>()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let until = now.saturating_add(LIFETIME);
        let code = PendingCode {
            hash: hash.clone(),
            ways,
            attempts: 0,
            proven: false,
            until,
        };
        self.codes.insert(phone.to_owned(), code);
        hash
    }

    /// Checks a code the client sends; `right` is the code it should be.
    pub fn check_code(
        &mut self,
        phone: &str,
        hash: &str,
        code: &str,
        right: &str,
        now: i32,
    ) -> CodeCheck {
        let pending = self.codes.get_mut(phone).filter(|code| code.until > now);
        let Some(pending) = pending.filter(|pending| pending.hash == hash) else {
            return CodeCheck::Expired;
        };
        if code == right {
            pending.proven = true;
            return CodeCheck::Right;
        }
        pending.attempts += 1;
        if pending.attempts >= MAX_ATTEMPTS {
            self.codes.remove(phone);
            return CodeCheck::Expired;
        }
        CodeCheck::Wrong
    }

    /// Whether the right code for `phone` was given before, under that name.
    pub fn is_proven(&self, phone: &str, hash: &str) -> bool {
        self.codes
            .get(phone)
            .is_some_and(|code| code.proven && code.hash == hash)
    }

    /// How the code of that name went.
    pub fn way(&self, phone: &str, hash: &str) -> Option<CodeWay> {
        let pending = self.codes.get(phone).filter(|code| code.hash == hash);
        pending.map(|pending| pending.ways.now())
    }

    /// The next code goes so.
    pub fn set_next_ways(&mut self, ways: Ways) {
        self.next_ways = Some(ways);
    }

    /// How the code that is sent now goes.
    pub fn take_next_ways(&mut self) -> Ways {
        self.next_ways.take().unwrap_or_default()
    }

    /// Forgets a code, since it was used or is not wanted any more; how it went.
    pub fn forget_code(&mut self, phone: &str) -> Option<Ways> {
        self.codes.remove(phone).map(|pending| pending.ways)
    }

    /// Logs `account` in on `key`.
    pub fn log_in(&mut self, account: AccountId, key: &Arc<Key>, now: i32) {
        self.next += 1;
        let login = Login {
            id: self.next,
            account,
            hash: i64::from_le_bytes(random()) | 1,
            client: key.client().unwrap_or_default(),
            created: now,
            keys: vec![Arc::downgrade(key)],
        };
        key.set_login(Some(self.next));
        self.logins.insert(self.next, login);
    }

    /// The login of that number, while it lasts.
    pub fn get(&self, id: u64) -> Option<&Login> {
        self.logins.get(&id)
    }

    /// Every login of an account, oldest first.
    pub fn of_account(&self, account: AccountId) -> Vec<Login> {
        self.logins
            .values()
            .filter(|login| login.account == account)
            .cloned()
            .collect()
    }

    /// Ends a login on all its keys.
    pub fn end(&mut self, id: u64) -> bool {
        let Some(login) = self.logins.remove(&id) else {
            return false;
        };
        for key in login.keys.iter().filter_map(Weak::upgrade) {
            key.set_login(None);
        }
        self.exports.retain(|_, export| export.login != id);
        true
    }

    /// Makes a token with which another data centre may copy the login.
    pub fn export(&mut self, login: u64, dc: i32, now: i32) -> [u8; 32] {
        self.exports.retain(|_, export| export.until > now);
        if self.exports.len() >= MAX_PENDING {
            self.exports.clear();
        }
        let token = random();
        self.exports.insert(
            token,
            Export {
                login,
                dc,
                until: now.saturating_add(LIFETIME),
            },
        );
        token
    }

    /// Copies a login to a key of another data centre. A token works once.
    pub fn import(
        &mut self,
        account: AccountId,
        token: &[u8],
        key: &Arc<Key>,
        now: i32,
    ) -> Option<AccountId> {
        let export = self.exports.remove(token)?;
        let login = self.logins.get_mut(&export.login)?;
        if export.dc != key.dc || export.until <= now || login.account != account {
            return None;
        }
        login.keys.retain(|key| key.strong_count() > 0);
        login.keys.push(Arc::downgrade(key));
        key.set_login(Some(export.login));
        Some(login.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_by_name_and_run_out() {
        let mut logins = Logins::default();
        let hash = logins.send_code("1", Ways::default(), 100);
        assert_eq!(
            logins.check_code("1", "x", "5", "5", 100),
            CodeCheck::Expired
        );
        assert_eq!(
            logins.check_code("1", &hash, "4", "5", 100),
            CodeCheck::Wrong
        );
        assert!(!logins.is_proven("1", &hash));
        assert_eq!(
            logins.check_code("1", &hash, "5", "5", 100),
            CodeCheck::Right
        );
        assert!(logins.is_proven("1", &hash));
        assert_eq!(
            logins.check_code("1", &hash, "5", "5", 100 + LIFETIME),
            CodeCheck::Expired
        );
        let hash = logins.send_code("2", Ways::default(), 100);
        for _ in 1..MAX_ATTEMPTS {
            assert_eq!(
                logins.check_code("2", &hash, "4", "5", 100),
                CodeCheck::Wrong
            );
        }
        assert_eq!(
            logins.check_code("2", &hash, "4", "5", 100),
            CodeCheck::Expired
        );
        assert_eq!(
            logins.check_code("2", &hash, "5", "5", 100),
            CodeCheck::Expired
        );
    }
}
