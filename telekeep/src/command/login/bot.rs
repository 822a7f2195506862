//! Signing in as a bot.

use telekeep_sources::telegram::login::sign_in_bot;
use telekeep_sources::telegram::wire::Account;

use super::Steps;
use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::passphrase;

/// What everybody should know who backs up a bot.
pub const LITTLE: &str = "\
Telegram shows a bot neither a list of its chats nor their history: it only gets what is sent
while it listens. So a backup of a bot holds its profile and its pictures, and no messages. To
back up chats, sign in as a person who is in them.";

impl Steps<'_> {
    /// Signs in by a bot's token.
    pub(super) fn bot_token(&self) -> Result<Account> {
        let token = match &self.login.bot_token_file {
            Some(path) => passphrase::from_file(path, "bot token")?,
            None => {
                passphrase::ask("Bot token (from @BotFather)").map_err(|error| {
                    match error.kind {
                        ExitCode::Usage => CommandError::usage(
                            "a bot token is needed, and there is no terminal to ask on",
                        )
                        .hint("use --bot-token-file"),
                        _ => error,
                    }
                })?
            }
        };
        if !is_token(&token) {
            return Err(CommandError::usage("this is no bot token").hint(
                "a token looks like 123456789:AAF0abc…; @BotFather tells it to the bot's owner",
            ));
        }
        let signed_in = sign_in_bot(self.client, &token);
        Ok(self.runtime.block_on(signed_in)?)
    }
}

/// A number, a colon and a secret: anything else was pasted by mistake and is sent nowhere.
fn is_token(text: &str) -> bool {
    text.trim().split_once(':').is_some_and(|(id, secret)| {
        let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        digits && secret.len() >= 8 && secret.bytes().all(letter)
    })
}

#[cfg(test)]
mod tests {
    use super::is_token;

    #[test]
    fn only_what_looks_like_a_token_is_sent() {
        assert!(is_token("5800000001:AAF0abc-_DEF"));
        assert!(is_token(" 5800000001:AAF0abc-_DEF\r"));
        for wrong in [
            "",
            ":",
            "12345",
            "+41791234567",
            "1:short",
            "a:AAAAAAAAA",
            "1:AAAA AAAAA",
        ] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }
}
