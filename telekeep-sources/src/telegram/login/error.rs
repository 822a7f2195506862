//! What can go wrong while signing in, in words a person can act on.

use std::time::Duration;

use crate::telegram::wire::{CallError, RpcError};

/// Why a step of a login failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The server does not accept the number.
    #[error("the server does not accept this phone number; give it in international form")]
    PhoneInvalid,
    /// Telegram has banned the number.
    #[error("this phone number is banned by the server")]
    PhoneBanned,
    /// The code is wrong.
    #[error("the code is wrong; try again")]
    CodeWrong,
    /// The code is too old, or another one was asked for meanwhile.
    #[error("the code is not valid any more; ask for a new one")]
    CodeExpired,
    /// The password is wrong.
    #[error("the password is wrong; try again")]
    PasswordWrong,
    /// The server's parameters for the password check are unsafe or unknown.
    #[error("the password cannot be checked safely: {0}")]
    PasswordCheck(String),
    /// `api_id` and `api_hash` do not belong together, or may not be used.
    #[error(
        "the server does not accept the api id and hash ({0}); get your own pair from my.telegram.org"
    )]
    ApiId(String),
    /// Too many attempts.
    #[error("too many attempts; the server asks to wait {} s", .0.as_secs())]
    Flood(Duration),
    /// Too many attempts, without a time.
    #[error("too many attempts with this phone number; wait some hours ({0})")]
    TooMany(String),
    /// The name given to [`super::Login::sign_up`] is not accepted.
    #[error("the server does not accept this name")]
    NameInvalid,
    /// The address for mail is not accepted.
    #[error("the server does not accept this e-mail address; give another one")]
    EmailInvalid,
    /// There is no other way to send the code.
    #[error("the server has no other way to send the code; wait for it, or sign in by a QR code")]
    NoOtherWay,
    /// There is no such bot.
    #[error(
        "the server does not know this bot token; copy it again from @BotFather, or make a new one there"
    )]
    TokenInvalid,
    /// The login would go through more data centres than can be true.
    #[error("the server sends this login from data centre to data centre; try again later")]
    Wandering,
    /// The server wants to be paid for the code.
    #[error(
        "the server wants a payment before it sends a code to this number, which only official apps can do"
    )]
    PaymentRequired,
    /// Only official apps may sign in with this number.
    #[error("the server allows only official apps to sign in with this number ({0})")]
    OfficialOnly(String),
    /// Anything else.
    #[error(transparent)]
    Call(CallError),
}

impl From<CallError> for LoginError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Rpc(error) => from_rpc(error),
            CallError::Wait { wait, .. } => LoginError::Flood(wait),
            error => LoginError::Call(error),
        }
    }
}

fn from_rpc(error: RpcError) -> LoginError {
    match error.name.as_str() {
        "PHONE_NUMBER_INVALID" | "PHONE_NUMBER_EMPTY" => LoginError::PhoneInvalid,
        "PHONE_NUMBER_BANNED" => LoginError::PhoneBanned,
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" | "CODE_INVALID" | "EMAIL_CODE_INVALID" => {
            LoginError::CodeWrong
        }
        "PHONE_CODE_EXPIRED"
        | "PHONE_CODE_HASH_EMPTY"
        | "PHONE_CODE_HASH_INVALID"
        | "EMAIL_VERIFY_EXPIRED" => LoginError::CodeExpired,
        "PASSWORD_HASH_INVALID" => LoginError::PasswordWrong,
        "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" | "UPDATE_APP_TO_LOGIN" => {
            LoginError::ApiId(error.name)
        }
        "PHONE_NUMBER_FLOOD" | "PHONE_PASSWORD_FLOOD" => LoginError::TooMany(error.name),
        "EMAIL_INVALID" | "EMAIL_NOT_ALLOWED" => LoginError::EmailInvalid,
        "SEND_CODE_UNAVAILABLE" => LoginError::NoOtherWay,
        "ACCESS_TOKEN_INVALID" | "ACCESS_TOKEN_EXPIRED" => LoginError::TokenInvalid,
        "FIRSTNAME_INVALID" | "LASTNAME_INVALID" => LoginError::NameInvalid,
        "SMS_CODE_CREATE_FAILED" | "PHONE_NUMBER_APP_SIGNUP_FORBIDDEN" => {
            LoginError::OfficialOnly(error.name)
        }
        _ => LoginError::Call(CallError::Rpc(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_words_become_our_words() {
        let login = |code, name| LoginError::from(CallError::Rpc(RpcError::parse("m", code, name)));
        assert!(matches!(
            login(400, "PHONE_CODE_INVALID"),
            LoginError::CodeWrong
        ));
        assert!(matches!(
            login(400, "PHONE_CODE_EXPIRED"),
            LoginError::CodeExpired
        ));
        assert!(matches!(
            login(406, "PHONE_PASSWORD_FLOOD"),
            LoginError::TooMany(_)
        ));
        assert!(matches!(login(400, "API_ID_INVALID"), LoginError::ApiId(_)));
        assert!(matches!(
            login(400, "SOMETHING_ELSE"),
            LoginError::Call(CallError::Rpc(_))
        ));
    }
}
