//! Signing in by a token that a device which is signed in scans (core.telegram.org/api/qr-login).
//!
//! The token is shown as a QR code. It lasts half a minute; then, and when the server says that it
//! was accepted, the same method is called again: the answer is the next token, the account, or
//! the data centre where the account lives and the login goes on.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use telekeep_tl::{Object, Schema};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{LoginError, SignIn, call, keep, not_understood, object, password, wants_password};
use crate::telegram::wire::{Account, CallError, Client, Reply};

/// A server whose clock is far from ours says impossible times; the token is shown at least and
/// at most this long.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(120);
/// Data centres one login may be sent to.
const MOVES: u32 = 3;

/// What is to be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginToken {
    /// The link that the QR code says: `tg://login?token=...`.
    pub link: String,
    /// How long it can be scanned.
    pub lasts: Duration,
}

impl std::fmt::Debug for LoginToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginToken")
            .field("lasts", &self.lasts)
            .finish_non_exhaustive()
    }
}

/// What is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QrStep {
    /// Show this token (instead of the one before) and call [`QrLogin::step`] again, which waits.
    Show(LoginToken),
    /// Done.
    Done(Account),
    /// The account has a password; give it to [`super::check_password`].
    PasswordNeeded {
        /// The hint its owner wrote.
        hint: Option<String>,
    },
}

/// One attempt to sign in by a token.
pub struct QrLogin {
    client: Client,
    updates: mpsc::Receiver<Vec<u8>>,
    /// Until when the token can be scanned that is shown now.
    shown: Option<Instant>,
}

impl QrLogin {
    /// Begins; `updates` are what the client was told to send on in
    /// [`crate::telegram::wire::Settings::unasked`].
    pub fn begin(client: &Client, updates: mpsc::Receiver<Vec<u8>>) -> QrLogin {
        client.begin_login();
        QrLogin {
            client: client.clone(),
            updates,
            shown: None,
        }
    }

    /// Waits until the token that is shown was accepted or is too old, and asks what is next.
    /// Whoever stops waiting has lost nothing.
    pub async fn step(&mut self) -> Result<QrStep, LoginError> {
        if let Some(until) = self.shown {
            self.wait(until).await;
            self.shown = None;
        }
        let mut request = self.export();
        for _ in 0..=MOVES {
            let (method, answer) = (request["_"].clone(), call(&self.client, &request).await);
            let method = method.as_str().unwrap_or_default();
            let reply = match answer {
                Ok(reply) => reply,
                Err(error) if wants_password(&error) => {
                    let hint = password::hint(&self.client).await?;
                    return Ok(QrStep::PasswordNeeded { hint });
                }
                Err(error) if is_over(&error) => {
                    request = self.export();
                    continue;
                }
                Err(error) => return Err(error),
            };
            match self.read(&reply, method)? {
                Read::Step(step) => return Ok(step),
                Read::Elsewhere { dc, token } => {
                    self.client.move_login(dc)?;
                    request = json!({"_": "auth.importLoginToken", "token": token});
                }
            }
        }
        Err(LoginError::Wandering)
    }

    fn export(&self) -> Value {
        let endpoint = self.client.endpoint();
        json!({
            "_": "auth.exportLoginToken",
            "api_id": endpoint.api_id,
            "api_hash": endpoint.api_hash,
            "except_ids": [],
        })
    }

    fn read(&mut self, reply: &Reply, method: &str) -> Result<Read, LoginError> {
        let answer = object(&self.client, reply, method)?;
        let wrong = || not_understood(method);
        match answer.name() {
            "auth.loginToken" => {
                let token = answer.bytes_field("token").ok_or_else(wrong)?;
                let expires = answer.int("expires").ok_or_else(wrong)?;
                let lasts = self.client.until(expires).clamp(SHORTEST, LONGEST);
                self.shown = Some(Instant::now() + lasts);
                let link = format!("tg://login?token={}", URL_SAFE_NO_PAD.encode(token));
                Ok(Read::Step(QrStep::Show(LoginToken { link, lasts })))
            }
            "auth.loginTokenMigrateTo" => {
                let token = answer.bytes_field("token").ok_or_else(wrong)?;
                Ok(Read::Elsewhere {
                    dc: answer.int("dc_id").ok_or_else(wrong)?,
                    token: STANDARD.encode(token),
                })
            }
            "auth.loginTokenSuccess" => {
                let authorization = answer.object("authorization").ok_or_else(wrong)?;
                match keep(&self.client, &authorization, method)? {
                    SignIn::Done(account) => Ok(Read::Step(QrStep::Done(account))),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }

    /// Returns when the token was accepted, or is too old.
    async fn wait(&mut self, until: Instant) {
        let too_old = tokio::time::sleep_until(until);
        tokio::pin!(too_old);
        loop {
            tokio::select! {
                () = &mut too_old => return,
                update = self.updates.recv() => match update {
                    Some(update) if is_accepted(self.client.schema(), &update) => return,
                    Some(_) => {}
                    None => {
                        too_old.await;
                        return;
                    }
                },
            }
        }
    }
}

enum Read {
    Step(QrStep),
    /// The account lives in another data centre, which knows this token.
    Elsewhere {
        dc: i32,
        token: String,
    },
}

/// A token that became too old on its way: another one is needed.
fn is_over(error: &LoginError) -> bool {
    matches!(error, LoginError::Call(CallError::Rpc(error)) if error.is("AUTH_TOKEN_EXPIRED"))
}

/// True for updates that say that the token was accepted, or that so much happened that the
/// server does not tell.
fn is_accepted(schema: &Schema, update: &[u8]) -> bool {
    let Ok(updates) = schema.object(update) else {
        return false;
    };
    let says_so = |update: &Object<'_>| update.name() == "updateLoginToken";
    match updates.name() {
        "updatesTooLong" => true,
        "updateShort" => updates
            .object("update")
            .is_some_and(|update| says_so(&update)),
        _ => updates
            .vector("updates")
            .is_some_and(|list| list.iter().filter_map(|item| item.as_object()).any(says_so)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_update_is_found_however_it_is_wrapped() {
        let schema = telekeep_tl::bundled(230).unwrap();
        let token = json!({"_": "updateLoginToken"});
        let other = json!({"_": "updateContactsReset"});
        let many = |updates: Value| json!({"_": "updates", "updates": updates, "users": [], "chats": [], "date": 1, "seq": 0});
        for (expected, updates) in [
            (
                true,
                json!({"_": "updateShort", "update": token, "date": 1}),
            ),
            (
                false,
                json!({"_": "updateShort", "update": other, "date": 1}),
            ),
            (true, many(json!([other, token]))),
            (false, many(json!([other]))),
            (true, json!({"_": "updatesTooLong"})),
        ] {
            let mut bytes = Vec::new();
            schema.encode("Updates", &updates, &mut bytes).unwrap();
            assert_eq!(is_accepted(schema, &bytes), expected, "{updates}");
        }
        assert!(!is_accepted(schema, b"nonsense"));
    }

    #[test]
    fn a_token_is_not_shown_by_accident() {
        let token = LoginToken {
            link: "tg://login?token=abc".into(),
            lasts: SHORTEST,
        };
        assert!(!format!("{token:?}").contains("abc"));
    }
}
