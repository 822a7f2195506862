//! Two-step verification: which account has which verifier, and how often it may be tried.
//!
//! Source: <https://core.telegram.org/api/srp>.

mod srp;

use std::collections::HashMap;
use std::sync::Arc;

pub use srp::{Algorithm, Challenge, Verifier};

use crate::rpc::AccountId;

/// Passwords tried in a row until the account must be left alone.
pub const MAX_ATTEMPTS: u32 = 5;
/// Seconds it must be left alone; after as many seconds of quiet the count starts again.
pub const PAUSE: i32 = 60;

/// The passwords of all accounts, as the server knows them.
#[derive(Default)]
pub struct Passwords {
    verifiers: HashMap<AccountId, (String, Arc<Verifier>)>,
    attempts: HashMap<AccountId, Attempts>,
}

struct Attempts {
    count: u32,
    until: i32,
}

impl Passwords {
    /// The verifier of an account's password. It is made once, since that takes a hundred
    /// thousand hashes, and again when the password is another one.
    pub fn verifier(&mut self, account: AccountId, secret: &str) -> Arc<Verifier> {
        if let Some((known, verifier)) = self.verifiers.get(&account)
            && known == secret
        {
            return Arc::clone(verifier);
        }
        let verifier = Arc::new(Verifier::new(Algorithm::draw(), secret.as_bytes()));
        self.verifiers
            .insert(account, (secret.to_owned(), Arc::clone(&verifier)));
        verifier
    }

    /// Counts an attempt before its outcome is known, so that attempts made at the same time are
    /// all counted; `Err` holds the seconds to wait when there were too many.
    pub fn attempt(&mut self, account: AccountId, now: i32) -> Result<(), i32> {
        let attempts = self.attempts.entry(account).or_insert(Attempts {
            count: 0,
            until: now,
        });
        if attempts.until <= now {
            attempts.count = 0;
        }
        if attempts.count >= MAX_ATTEMPTS {
            return Err(attempts.until.saturating_sub(now));
        }
        attempts.count += 1;
        attempts.until = now.saturating_add(PAUSE);
        Ok(())
    }

    /// The right password was given: earlier attempts are forgiven.
    pub fn forgive(&mut self, account: AccountId) {
        self.attempts.remove(&account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_made_once_for_each_password() {
        let mut passwords = Passwords::default();
        let first = passwords.verifier(1, "one");
        assert!(Arc::ptr_eq(&first, &passwords.verifier(1, "one")));
        let changed = passwords.verifier(1, "two");
        assert!(!Arc::ptr_eq(&first, &changed));
        assert!(Arc::ptr_eq(&changed, &passwords.verifier(1, "two")));
        assert!(!Arc::ptr_eq(&changed, &passwords.verifier(2, "two")));
    }

    #[test]
    fn attempts_run_out_and_come_back_with_time_or_the_right_password() {
        let mut passwords = Passwords::default();
        for _ in 0..MAX_ATTEMPTS {
            assert_eq!(passwords.attempt(1, 100), Ok(()));
        }
        assert_eq!(passwords.attempt(1, 100), Err(PAUSE));
        assert_eq!(passwords.attempt(1, 101), Err(PAUSE - 1), "not prolonged");
        assert_eq!(passwords.attempt(2, 101), Ok(()), "accounts are apart");
        assert_eq!(passwords.attempt(1, 100 + PAUSE), Ok(()));
        for _ in 1..MAX_ATTEMPTS {
            assert_eq!(passwords.attempt(1, 100 + PAUSE), Ok(()));
        }
        assert!(passwords.attempt(1, 100 + PAUSE).is_err());
        passwords.forgive(1);
        assert_eq!(passwords.attempt(1, 100 + PAUSE), Ok(()));
    }
}
