//! Server salts: a number in every encrypted message that changes every half hour, so that an
//! old packet cannot be replayed forever.
//!
//! Source: <https://core.telegram.org/mtproto/description#server-salt>.

use crate::crypto::{random, sha256};

/// How long each salt is the current one, in seconds. It stays valid for as long again.
pub const PERIOD: i32 = 1800;

/// The salts of one authorization key.
pub struct Salts {
    first: i64,
    since: i32,
    secret: [u8; 16],
}

/// One salt with its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt {
    /// Unix seconds.
    pub valid_since: i32,
    /// Unix seconds.
    pub valid_until: i32,
    /// The number.
    pub salt: i64,
}

impl Salts {
    /// `first` is the salt both sides derived in the handshake at `now`.
    pub fn new(first: i64, now: i32) -> Self {
        Self {
            first,
            since: now,
            secret: random(),
        }
    }

    fn number(&self, now: i32) -> i32 {
        now.saturating_sub(self.since).max(0) / PERIOD
    }

    fn salt(&self, number: i32) -> i64 {
        if number <= 0 {
            return self.first;
        }
        let hash = sha256(&[&self.secret, &number.to_le_bytes()]);
        let mut salt = [0; 8];
        salt.copy_from_slice(&hash[..8]);
        i64::from_le_bytes(salt)
    }

    /// The salt to use at `now`.
    pub fn current(&self, now: i32) -> i64 {
        self.salt(self.number(now))
    }

    /// Whether a message of `now` may carry `salt`: the current one, the one before, or the one
    /// that is next (clients ask for salts ahead and their clocks differ).
    pub fn accepts(&self, salt: i64, now: i32) -> bool {
        let number = self.number(now);
        (number - 1..=number + 1).any(|number| number >= 0 && self.salt(number) == salt)
    }

    /// The current salt and those after it, `count` of them (1 to 64).
    pub fn ahead(&self, count: i32, now: i32) -> Vec<Salt> {
        let number = self.number(now);
        (number..number.saturating_add(count.clamp(1, 64)))
            .map(|number| {
                let valid_since = self.since.saturating_add(number.saturating_mul(PERIOD));
                let valid_until = valid_since.saturating_add(2 * PERIOD);
                Salt {
                    valid_since,
                    valid_until,
                    salt: self.salt(number),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_valid_for_its_half_hour_and_the_next() {
        let salts = Salts::new(77, 1_000_000);
        assert_eq!(salts.current(1_000_000), 77);
        assert!(salts.accepts(77, 1_000_000 + 2 * PERIOD - 1));
        assert!(!salts.accepts(77, 1_000_000 + 2 * PERIOD));
        assert!(!salts.accepts(0, 1_000_000));
        let later = salts.current(1_000_000 + 2 * PERIOD);
        assert_ne!(later, 77);
        assert!(salts.accepts(later, 1_000_000 + 2 * PERIOD));
    }

    #[test]
    fn salts_given_ahead_are_those_used_later() {
        let salts = Salts::new(1, 500);
        for salt in salts.ahead(64, 500 + 3 * PERIOD) {
            assert_eq!(salts.current(salt.valid_since), salt.salt);
            assert!(salts.accepts(salt.salt, salt.valid_until - 1));
        }
        assert_eq!(salts.ahead(1_000_000, 500).len(), 64);
        assert_eq!(salts.ahead(-5, 500).len(), 1);
    }
}
