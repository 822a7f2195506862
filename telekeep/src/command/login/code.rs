//! Signing in by phone number and code.

use telekeep_sources::telegram::login::{CodeWay, Login as Attempt, LoginError, SentCode, SignIn};
use telekeep_sources::telegram::wire::Account;

use super::{Steps, TRIES};
use crate::error::{CommandError, Result};
use crate::passphrase;

impl Steps<'_> {
    /// Signs in by a code.
    pub(super) fn code(&self) -> Result<Account> {
        let phone = self.phone()?;
        let sent = Attempt::send_code(self.client, &phone);
        let mut attempt = self.runtime.block_on(sent)?;
        self.context.output.say(code_words(attempt.sent()));
        let mut tries = 0;
        let outcome = loop {
            tries += 1;
            let code = self.type_code()?;
            match self.runtime.block_on(attempt.sign_in(&code)) {
                Err(LoginError::CodeWrong) if self.asks_code() && tries < TRIES => {
                    self.context.output.say("That is not the code; once more.");
                }
                result => break result?,
            }
        };
        match outcome {
            SignIn::Done(account) => Ok(account),
            SignIn::PasswordNeeded { hint } => self.password(hint),
            SignIn::SignUpNeeded => Err(sign_up_needed()),
        }
    }

    fn phone(&self) -> Result<String> {
        let given = self.login.phone.clone();
        if let Some(phone) = given.or_else(|| self.context.settings.phone.clone()) {
            return Ok(phone);
        }
        passphrase::ask_line(
            "Phone number (international, like +41791234567)",
            "use --phone, or --qr to scan a QR code with Telegram on a phone",
        )
    }

    fn code_command(&self) -> Option<&String> {
        let setting = self.context.settings.code_command.as_ref();
        self.login.code_command.as_ref().or(setting)
    }

    fn asks_code(&self) -> bool {
        self.login.code.is_none() && self.code_command().is_none()
    }

    fn type_code(&self) -> Result<String> {
        if let Some(code) = &self.login.code {
            return Ok(code.clone());
        }
        match self.code_command() {
            Some(command) => Ok(passphrase::from_command(command, "login code")?.to_string()),
            None => passphrase::ask_line("Code", "use --code-command"),
        }
    }
}

/// Telegram refuses new accounts to every program but its own apps.
fn sign_up_needed() -> CommandError {
    CommandError::failed("there is no Telegram account with this phone number")
        .hint("check the number and its country code")
        .hint("no account yet? make one in Telegram's own app (Telegram lets no other program make accounts), then run telekeep login again")
}

fn code_words(sent: &SentCode) -> String {
    let way = match &sent.way {
        CodeWay::App => "to a Telegram app that is signed in (look for a message from Telegram)",
        CodeWay::Sms => "by text message",
        CodeWay::Call => "by a phone call",
        CodeWay::Email => "by mail",
        CodeWay::Fragment => "through fragment.com",
        _ => "in a way only official apps can use",
    };
    match sent.length {
        Some(length) => format!("A code of {length} characters was sent {way}."),
        None => format!("A code was sent {way}."),
    }
}
