//! Signing in and out, as a person does it: phone number and code, or a token that a device
//! which is signed in scans, and perhaps a password.
//!
//! A [`Login`] holds what one attempt needs between its steps. It never shows or logs the phone
//! number, the code or the password, and the password never leaves this process: the server is
//! convinced by SRP.

mod bot;
mod error;
mod password;
mod qr;
mod sent;

use serde_json::{Value, json};
use telekeep_tl::Object;

pub use bot::sign_in_bot;
pub use error::LoginError;
pub use qr::{LoginToken, QrLogin, QrStep};
pub use sent::{CodeWay, NextWay, SentCode};

use super::wire::{Account, CallError, Client, Reply};

/// What follows a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Done.
    Done(Account),
    /// The account has a password; give it to [`check_password`].
    PasswordNeeded {
        /// The hint its owner wrote.
        hint: Option<String>,
    },
    /// The number has no account; [`Login::sign_up`] makes one.
    SignUpNeeded,
}

/// One attempt to sign in.
pub struct Login {
    client: Client,
    phone: String,
    code_hash: String,
    sent: SentCode,
}

impl Login {
    /// Asks the server to send a code to a phone number (international form, `+` optional).
    pub async fn send_code(client: &Client, phone: &str) -> Result<Login, LoginError> {
        let phone: String = phone.chars().filter(char::is_ascii_digit).collect();
        let endpoint = client.endpoint();
        let request = json!({
            "_": "auth.sendCode",
            "phone_number": phone,
            "api_id": endpoint.api_id,
            "api_hash": endpoint.api_hash,
            "settings": {"_": "codeSettings"},
        });
        client.begin_login();
        let reply = call(client, &request).await?;
        let (code_hash, sent) = sent::read(client, &reply, "auth.sendCode")?;
        Ok(Login {
            client: client.clone(),
            phone,
            code_hash,
            sent,
        })
    }

    /// Where the last code went.
    pub fn sent(&self) -> &SentCode {
        &self.sent
    }

    /// Asks for the code to be sent in the next way.
    pub async fn resend_code(&mut self) -> Result<&SentCode, LoginError> {
        let request = json!({
            "_": "auth.resendCode",
            "phone_number": self.phone,
            "phone_code_hash": self.code_hash,
        });
        let reply = call(&self.client, &request).await?;
        (self.code_hash, self.sent) = sent::read(&self.client, &reply, "auth.resendCode")?;
        Ok(&self.sent)
    }

    /// Names an address for mail, when [`CodeWay::SetUpEmail`] asks for one; a code goes there.
    pub async fn set_up_email(&mut self, email: &str) -> Result<(), LoginError> {
        let request = json!({
            "_": "account.sendVerifyEmailCode",
            "purpose": self.email_purpose(),
            "email": email.trim(),
        });
        call(&self.client, &request).await.map(drop)
    }

    /// Gives the code that came to the new address; then the login's own code is sent.
    pub async fn verify_email(&mut self, code: &str) -> Result<&SentCode, LoginError> {
        let request = json!({
            "_": "account.verifyEmail",
            "purpose": self.email_purpose(),
            "verification": {"_": "emailVerificationCode", "code": code.trim()},
        });
        let reply = call(&self.client, &request).await?;
        (self.code_hash, self.sent) = sent::read(&self.client, &reply, "account.verifyEmail")?;
        Ok(&self.sent)
    }

    fn email_purpose(&self) -> Value {
        json!({
            "_": "emailVerifyPurposeLoginSetup",
            "phone_number": self.phone,
            "phone_code_hash": self.code_hash,
        })
    }

    /// Gives the code.
    pub async fn sign_in(&mut self, code: &str) -> Result<SignIn, LoginError> {
        let code = code.trim();
        let mut request = json!({
            "_": "auth.signIn",
            "phone_number": self.phone,
            "phone_code_hash": self.code_hash,
        });
        match self.sent.way {
            CodeWay::Email { .. } => {
                request["email_verification"] = json!({"_": "emailVerificationCode", "code": code});
            }
            _ => request["phone_code"] = Value::from(code),
        }
        match call(&self.client, &request).await {
            Ok(reply) => finish(&self.client, &reply, "auth.signIn"),
            Err(error) if wants_password(&error) => {
                let hint = password::hint(&self.client).await?;
                Ok(SignIn::PasswordNeeded { hint })
            }
            Err(LoginError::Call(CallError::Rpc(error))) if error.is("PHONE_NUMBER_UNOCCUPIED") => {
                Ok(SignIn::SignUpNeeded)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes an account for a number that has none.
    pub async fn sign_up(&mut self, first: &str, last: &str) -> Result<Account, LoginError> {
        let request = json!({
            "_": "auth.signUp",
            "phone_number": self.phone,
            "phone_code_hash": self.code_hash,
            "first_name": first,
            "last_name": last,
        });
        let reply = call(&self.client, &request).await?;
        done(&self.client, &reply, "auth.signUp")
    }
}

/// Gives the account's password (two-step verification), when a step of a login asked for it.
pub async fn check_password(client: &Client, password: &str) -> Result<Account, LoginError> {
    let reply = password::check(client, password).await?;
    done(client, &reply, "auth.checkPassword")
}

fn wants_password(error: &LoginError) -> bool {
    matches!(error, LoginError::Call(CallError::Rpc(error)) if error.is("SESSION_PASSWORD_NEEDED"))
}

fn done(client: &Client, reply: &Reply, method: &str) -> Result<Account, LoginError> {
    match finish(client, reply, method)? {
        SignIn::Done(account) => Ok(account),
        _ => Err(not_understood(method)),
    }
}

/// Reads an `auth.Authorization` and keeps who it is.
fn finish(client: &Client, reply: &Reply, method: &str) -> Result<SignIn, LoginError> {
    keep(client, &object(client, reply, method)?, method)
}

fn keep(client: &Client, authorization: &Object<'_>, method: &str) -> Result<SignIn, LoginError> {
    match authorization.name() {
        "auth.authorizationSignUpRequired" => Ok(SignIn::SignUpNeeded),
        "auth.authorization" => {
            let user = authorization.object("user");
            let account = user.and_then(|user| {
                Some(Account {
                    id: user.long("id")?,
                    bot: user.flag("bot"),
                })
            });
            let account = account.ok_or_else(|| not_understood(method))?;
            client.signed_in(account.clone())?;
            Ok(SignIn::Done(account))
        }
        _ => Err(not_understood(method)),
    }
}

/// Ends the session at the server and forgets it here. When the server says that it is gone
/// already, that is as good.
pub async fn log_out(client: &Client) -> Result<(), LoginError> {
    match client.call(&json!({"_": "auth.logOut"})).await {
        Ok(_) | Err(CallError::Revoked { .. } | CallError::NotSignedIn) => Ok(client.forget()?),
        Err(error) => Err(error.into()),
    }
}

async fn call(client: &Client, request: &Value) -> Result<Reply, LoginError> {
    client.call(request).await.map_err(LoginError::from)
}

fn not_understood(method: &str) -> LoginError {
    let why = "fields are missing or of another kind".to_owned();
    LoginError::Call(CallError::Answer {
        method: method.to_owned(),
        why,
    })
}

fn object<'a>(client: &Client, reply: &'a Reply, method: &str) -> Result<Object<'a>, LoginError> {
    client.schema().object(&reply.bytes).map_err(|error| {
        let (method, why) = (method.to_owned(), error.to_string());
        LoginError::Call(CallError::Answer { method, why })
    })
}
