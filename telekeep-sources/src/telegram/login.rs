//! Signing in and out, as a person does it: phone number and code, or a token that a device
//! which is signed in scans, and perhaps a password.
//!
//! A [`Login`] holds what one attempt needs between its steps. It never shows or logs the phone
//! number, the code or the password, and the password never leaves this process: the server is
//! convinced by SRP.

mod error;
mod password;
mod qr;

use serde_json::{Value, json};
use telekeep_tl::Object;

pub use error::LoginError;
pub use qr::{LoginToken, QrLogin, QrStep};

use super::wire::{Account, CallError, Client, Reply};

/// How a code is sent, and what may be asked for next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// Where the code goes.
    pub way: CodeWay,
    /// Number of digits (or letters), when it is known.
    pub length: Option<u32>,
    /// True when [`Login::resend_code`] can ask for another way.
    pub can_resend: bool,
    /// Seconds until asking for another way makes sense.
    pub timeout: Option<u32>,
}

/// Where a login code goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeWay {
    /// Into a Telegram app that is signed in already.
    App,
    /// By text message.
    Sms,
    /// By a phone call: spoken, or part of the caller's number.
    Call,
    /// By electronic mail.
    Email,
    /// Through fragment.com, for anonymous numbers.
    Fragment,
    /// By a way only official apps can use.
    Other(String),
}

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
        let (code_hash, sent) = read_sent_code(client, &reply, "auth.sendCode")?;
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
        (self.code_hash, self.sent) = read_sent_code(&self.client, &reply, "auth.resendCode")?;
        Ok(&self.sent)
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
            CodeWay::Email => {
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
            let user = authorization
                .object("user")
                .and_then(|user| user.long("id"));
            let account = Account {
                id: user.ok_or_else(|| not_understood(method))?,
            };
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

fn read_sent_code(
    client: &Client,
    reply: &Reply,
    method: &str,
) -> Result<(String, SentCode), LoginError> {
    let sent = object(client, reply, method)?;
    match sent.name() {
        "auth.sentCode" => read_code(&sent).ok_or_else(|| not_understood(method)),
        "auth.sentCodePaymentRequired" => Err(LoginError::PaymentRequired),
        _ => Err(not_understood(method)),
    }
}

fn read_code(sent: &Object<'_>) -> Option<(String, SentCode)> {
    let kind = sent.object("type")?;
    let positive = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let code = SentCode {
        way: way(kind.name()),
        length: positive(kind.int("length")),
        can_resend: sent.object("next_type").is_some(),
        timeout: positive(sent.int("timeout")),
    };
    Some((sent.str("phone_code_hash")?.into_owned(), code))
}

fn way(constructor: &str) -> CodeWay {
    match constructor
        .strip_prefix("auth.sentCodeType")
        .unwrap_or(constructor)
    {
        "App" => CodeWay::App,
        "Sms" | "SmsWord" | "SmsPhrase" => CodeWay::Sms,
        "Call" | "FlashCall" | "MissedCall" => CodeWay::Call,
        "EmailCode" => CodeWay::Email,
        "FragmentSms" => CodeWay::Fragment,
        other => CodeWay::Other(other.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_code_tells_its_way() {
        let schema = telekeep_tl::bundled(230).unwrap();
        let json = json!({
            "_": "auth.sentCode",
            "type": {"_": "auth.sentCodeTypeApp", "length": 5},
            "phone_code_hash": "hash",
            "next_type": {"_": "auth.codeTypeSms"},
            "timeout": 60,
        });
        let mut bytes = Vec::new();
        schema.encode("auth.SentCode", &json, &mut bytes).unwrap();
        let (hash, sent) = read_code(&schema.object(&bytes).unwrap()).unwrap();
        assert_eq!(hash, "hash");
        let expected = SentCode {
            way: CodeWay::App,
            length: Some(5),
            can_resend: true,
            timeout: Some(60),
        };
        assert_eq!(sent, expected);
        assert_eq!(
            way("auth.sentCodeTypeFirebaseSms"),
            CodeWay::Other("FirebaseSms".into())
        );
    }
}
