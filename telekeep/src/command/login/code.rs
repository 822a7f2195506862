//! Signing in by phone number and code.

use std::time::{Duration, Instant};

use telekeep_sources::telegram::login::{
    CodeWay, Login as Attempt, LoginError, NextWay, SentCode, SignIn,
};
use telekeep_sources::telegram::wire::Account;

use super::{Steps, TRIES};
use crate::error::{CommandError, Result};
use crate::output::text::clean;
use crate::passphrase;

impl Steps<'_> {
    /// Signs in by a code.
    pub(super) fn code(&self) -> Result<Account> {
        let phone = self.phone()?;
        let sent = Attempt::send_code(self.client, &phone);
        let mut attempt = self.runtime.block_on(sent)?;
        match self.give_code(&mut attempt)? {
            SignIn::Done(account) => Ok(account),
            SignIn::PasswordNeeded { hint } => self.password(hint),
            SignIn::SignUpNeeded => Err(sign_up_needed()),
        }
    }

    /// Asks for the code until the right one came, in whatever way.
    fn give_code(&self, attempt: &mut Attempt) -> Result<SignIn> {
        self.make_it_come(attempt)?;
        let (mut tries, mut since) = (0, Instant::now());
        loop {
            let Some(code) = self.type_code(attempt.sent(), since)? else {
                self.another_way(attempt)?;
                self.make_it_come(attempt)?;
                since = Instant::now();
                continue;
            };
            tries += 1;
            match self.runtime.block_on(attempt.sign_in(&code)) {
                Err(LoginError::CodeWrong) if self.asks_code() && tries < TRIES => {
                    self.context.output.say("That is not the code; once more.");
                }
                result => return Ok(result?),
            }
        }
    }

    /// Does what has to be done before a code comes, and says where it goes.
    fn make_it_come(&self, attempt: &mut Attempt) -> Result<()> {
        if attempt.sent().way == CodeWay::SetUpEmail {
            self.set_up_email(attempt)?;
        }
        while let CodeWay::Other(_) = attempt.sent().way {
            if attempt.sent().next.is_none() {
                return Err(CommandError::failed(
                    "the server sends a code to this number only for Telegram's own apps",
                )
                .hint("sign in by a QR code instead: telekeep login --qr"));
            }
            self.another_way(attempt)?;
        }
        let mut words = code_words(attempt.sent());
        if let Some(next) = attempt.sent().next.filter(|_| self.asks_code()) {
            words.push_str(&other_way_words(next, attempt.sent().timeout));
        }
        self.context.output.say(words);
        Ok(())
    }

    fn another_way(&self, attempt: &mut Attempt) -> Result<()> {
        self.runtime.block_on(attempt.resend_code())?;
        Ok(())
    }

    /// Telegram wants to know an address for mail before it sends a code.
    fn set_up_email(&self, attempt: &mut Attempt) -> Result<()> {
        self.context.output.say(
            "Telegram wants an e-mail address for this account, where login codes will go from now on.",
        );
        let instead = "sign in on a terminal, or by a QR code: telekeep login --qr";
        let mut tries = 0;
        loop {
            tries += 1;
            let email = passphrase::ask_line("E-mail address", instead)?;
            match self.runtime.block_on(attempt.set_up_email(&email)) {
                Err(error @ LoginError::EmailInvalid) if tries < TRIES => {
                    self.context.output.say(error.to_string());
                }
                result => break result?,
            }
        }
        self.context.output.say("A code was sent there.");
        let mut tries = 0;
        loop {
            tries += 1;
            let code = passphrase::ask_line("Code from the mail", instead)?;
            match self.runtime.block_on(attempt.verify_email(&code)) {
                Err(LoginError::CodeWrong) if tries < TRIES => {
                    self.context.output.say("That is not the code; once more.");
                }
                result => {
                    result?;
                    return Ok(());
                }
            }
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

    /// The code; `None` when another way is wanted.
    fn type_code(&self, sent: &SentCode, since: Instant) -> Result<Option<String>> {
        if let Some(code) = &self.login.code {
            return Ok(Some(code.clone()));
        }
        if let Some(command) = self.code_command() {
            let code = passphrase::from_command(command, "login code")?;
            return Ok(Some(code.to_string()));
        }
        loop {
            let code = passphrase::ask_line("Code", "use --code-command, or --qr")?;
            if !code.is_empty() {
                return Ok(Some(code));
            }
            let wait = Duration::from_secs(sent.timeout.unwrap_or(0).into());
            let left = wait.saturating_sub(since.elapsed()).as_secs_f64().ceil();
            match sent.next {
                None => self
                    .context
                    .output
                    .say("The server has no other way to send it."),
                Some(_) if left > 0.0 => self
                    .context
                    .output
                    .say(format!("Another way can be asked for in {left} s.")),
                Some(_) => return Ok(None),
            }
        }
    }
}

/// Telegram refuses new accounts to every program but its own apps.
fn sign_up_needed() -> CommandError {
    CommandError::failed("there is no Telegram account with this phone number")
        .hint("check the number and its country code")
        .hint("no account yet? make one in Telegram's own app (Telegram lets no other program make accounts), then run telekeep login again")
}

fn other_way_words(next: NextWay, timeout: Option<u32>) -> String {
    let way = match next {
        NextWay::Sms => "by text message",
        NextWay::Call => "by a phone call",
        NextWay::Ring => "by a call that only rings",
        NextWay::Fragment => "through fragment.com",
        _ => "in another way",
    };
    let when = match timeout {
        Some(seconds) if seconds > 0 => format!(", from {seconds} s on"),
        _ => String::new(),
    };
    format!("\nIf none comes: press Enter on an empty line, and it is sent {way}{when}.")
}

/// Where the code goes and what it looks like.
fn code_words(sent: &SentCode) -> String {
    let code = match sent.length {
        Some(length) => format!("A code of {length} characters"),
        None => "A code".to_owned(),
    };
    let beginning = |words: &Option<String>| match words {
        Some(words) => format!(" It begins with: {}", clean(words)),
        None => String::new(),
    };
    match &sent.way {
        CodeWay::App => format!(
            "{code} was sent to a Telegram app that is signed in (look for a message from Telegram)."
        ),
        CodeWay::Sms => format!("{code} was sent by text message."),
        CodeWay::SmsWord { beginning: words } => format!(
            "A secret word was sent by text message; type it as the code.{}",
            beginning(words)
        ),
        CodeWay::SmsPhrase { beginning: words } => format!(
            "A secret phrase was sent by text message; type all of it as the code.{}",
            beginning(words)
        ),
        CodeWay::Call => format!("{code} will be said in a phone call."),
        CodeWay::FlashCall => "Your phone will ring; do not answer. The number that calls is the \
             code: type it as it is shown."
            .to_owned(),
        CodeWay::MissedCall { prefix } => format!(
            "Your phone will ring; do not answer. The number that calls begins with {}; its last \
             {} digits are the code.",
            clean(prefix),
            sent.length
                .map_or("few".to_owned(), |length| length.to_string())
        ),
        CodeWay::Email { pattern } => {
            format!("{code} was sent by mail to {}.", clean(pattern))
        }
        CodeWay::Fragment { url } => format!(
            "{code} is shown to the owner of this anonymous number at {}",
            clean(url)
        ),
        _ => format!("{code} was sent in a way this version does not know."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_told_in_plain_words_without_tricks_of_the_server() {
        let words = |way| {
            code_words(&SentCode {
                way,
                length: Some(5),
                next: None,
                timeout: None,
            })
        };
        let evil = "\u{1b}[2J44".to_owned();
        let missed = words(CodeWay::MissedCall { prefix: evil });
        assert!(
            missed.contains("last 5 digits") && !missed.contains('\u{1b}'),
            "{missed}"
        );
        assert!(words(CodeWay::App).contains("5 characters"));
        let phrase = words(CodeWay::SmsPhrase {
            beginning: Some("grey".into()),
        });
        assert!(
            phrase.contains("phrase") && phrase.ends_with("grey"),
            "{phrase}"
        );
    }
}
