//! Tokens that a client shows (as a QR code) so that a program which is signed in already lets it
//! in: given out, accepted there, and used up by the client that got them.

use std::collections::BTreeMap;

use crate::crypto::random;
use crate::rpc::AccountId;

/// Tokens remembered at a time; the oldest goes first.
const MAX_PENDING: usize = 1024;
/// Seconds a token lasts when nobody says otherwise.
const LIFETIME: i32 = 30;

/// What a client shows.
pub type Token = [u8; 32];

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such token.
    Unknown,
    /// It is too old.
    Expired,
    /// Somebody accepted it before.
    Accepted,
    /// The client does not want this account: it is signed in to it.
    Exception,
}

#[derive(Clone, Debug)]
struct Pending {
    number: u64,
    /// The key of the client that got it.
    key: i64,
    /// Accounts it does not want.
    except: Vec<AccountId>,
    until: i32,
    accepted: Option<AccountId>,
}

/// All tokens on their way.
#[derive(Debug)]
pub struct LoginTokens {
    /// Seconds a token can be scanned, and an accepted one used.
    pub lifetime: i32,
    given: u64,
    tokens: BTreeMap<Token, Pending>,
}

impl Default for LoginTokens {
    fn default() -> Self {
        Self {
            lifetime: LIFETIME,
            given: 0,
            tokens: BTreeMap::new(),
        }
    }
}

impl LoginTokens {
    /// A new token for the client behind a key, and when it ends. Those it got before are void.
    pub fn give(&mut self, key: i64, except: Vec<AccountId>, now: i32) -> (Token, i32) {
        self.tokens.retain(|_, pending| pending.key != key);
        if self.tokens.len() >= MAX_PENDING {
            let oldest = self.tokens.iter().min_by_key(|(_, pending)| pending.number);
            if let Some(token) = oldest.map(|(token, _)| *token) {
                self.tokens.remove(&token);
            }
        }
        self.given += 1;
        let until = now.saturating_add(self.lifetime);
        let token = random();
        let pending = Pending {
            number: self.given,
            key,
            except,
            until,
            accepted: None,
        };
        self.tokens.insert(token, pending);
        (token, until)
    }

    /// An account lets the client in; the key of the client is told.
    pub fn accept(&mut self, token: &[u8], account: AccountId, now: i32) -> Result<i64, Refused> {
        let pending = self.tokens.get_mut(token).ok_or(Refused::Unknown)?;
        if pending.until <= now {
            return Err(Refused::Expired);
        }
        if pending.accepted.is_some() {
            return Err(Refused::Accepted);
        }
        if pending.except.contains(&account) {
            return Err(Refused::Exception);
        }
        pending.accepted = Some(account);
        pending.until = now.saturating_add(LIFETIME);
        Ok(pending.key)
    }

    /// The accepted token of a client, and who accepted it.
    pub fn accepted(&self, key: i64, now: i32) -> Option<(Token, AccountId)> {
        let mut own = self.tokens.iter().filter(|(_, pending)| pending.key == key);
        own.find_map(|(token, pending)| {
            let account = pending.accepted.filter(|_| pending.until > now)?;
            Some((*token, account))
        })
    }

    /// Who accepted the token, whichever client shows it (at the data centre of that account it is
    /// another key).
    pub fn accepted_by(&self, token: &[u8], now: i32) -> Result<AccountId, Refused> {
        let pending = self.tokens.get(token).ok_or(Refused::Unknown)?;
        match pending.accepted {
            _ if pending.until <= now => Err(Refused::Expired),
            Some(account) => Ok(account),
            None => Err(Refused::Unknown),
        }
    }

    /// The token was used.
    pub fn forget(&mut self, token: &[u8]) {
        self.tokens.remove(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_accepted_once_in_its_time_by_an_account_that_is_wanted() {
        let mut tokens = LoginTokens::default();
        let (token, until) = tokens.give(1, vec![7], 100);
        assert_eq!(tokens.accept(&[0; 32], 5, 100), Err(Refused::Unknown));
        assert_eq!(tokens.accept(&token, 7, 100), Err(Refused::Exception));
        assert_eq!(tokens.accept(&token, 5, until), Err(Refused::Expired));
        assert_eq!(tokens.accepted_by(&token, 100), Err(Refused::Unknown));
        assert_eq!(tokens.accept(&token, 5, until - 1), Ok(1));
        assert_eq!(tokens.accept(&token, 5, until - 1), Err(Refused::Accepted));
        assert_eq!(tokens.accepted(1, until), Some((token, 5)));
        assert_eq!(tokens.accepted(2, until), None);
        assert_eq!(tokens.accepted_by(&token, until), Ok(5));
        assert_eq!(tokens.accepted(1, until + LIFETIME), None);
        tokens.forget(&token);
        assert_eq!(tokens.accepted_by(&token, until), Err(Refused::Unknown));
    }

    #[test]
    fn a_client_has_one_token_and_their_number_is_bounded() {
        let mut tokens = LoginTokens::default();
        let (first, _) = tokens.give(0, Vec::new(), 0);
        let (second, _) = tokens.give(0, Vec::new(), 0);
        assert_eq!(tokens.accept(&first, 5, 0), Err(Refused::Unknown));
        for key in 1..=MAX_PENDING as i64 {
            tokens.give(key, Vec::new(), 0);
        }
        assert_eq!(tokens.tokens.len(), MAX_PENDING);
        assert_eq!(tokens.accept(&second, 5, 0), Err(Refused::Unknown));
    }
}
