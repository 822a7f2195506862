//! The two-step password, after any other way of signing in.

use telekeep_sources::telegram::login::{LoginError, check_password};
use telekeep_sources::telegram::wire::Account;

use super::{Steps, TRIES};
use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::output::text::clean;
use crate::passphrase::{self, Secret};

impl Steps<'_> {
    /// Gives the password, from its file or from the terminal.
    pub(super) fn password(&self, hint: Option<String>) -> Result<Account> {
        let setting = self.context.settings.password_file.as_ref();
        let file = self.login.password_file.as_ref().or(setting);
        let mut tries = 0;
        loop {
            tries += 1;
            let password = match file {
                Some(path) => passphrase::from_file(path, "two-step password")?,
                None => ask(hint.as_deref())?,
            };
            let check = check_password(self.client, &password);
            match self.runtime.block_on(check) {
                Err(LoginError::PasswordWrong) if file.is_none() && tries < TRIES => {
                    self.context
                        .output
                        .say("That is not the password; once more.");
                }
                result => return Ok(result?),
            }
        }
    }
}

fn ask(hint: Option<&str>) -> Result<Secret> {
    let prompt = match hint {
        Some(hint) => format!("Two-step password (hint: {})", clean(hint)),
        None => "Two-step password".to_owned(),
    };
    passphrase::ask(&prompt).map_err(|error| match error.kind {
        ExitCode::Usage => {
            CommandError::usage("the account has a two-step password").hint("use --password-file")
        }
        _ => error,
    })
}
