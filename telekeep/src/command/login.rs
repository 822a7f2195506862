//! `telekeep login`: sign the archive in to an account.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::login::{CodeWay, Login as Attempt, LoginError, SentCode, SignIn};
use telekeep_sources::telegram::wire::{
    Account, CallError, Client, SessionStore, Settings, WireError,
};
use tokio::runtime::Runtime;

use crate::cli::{ServerOptions, WaitOptions};
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::output::text::clean;
use crate::passphrase::{self, Secret};
use crate::program::typed;
use crate::progress::Progress;
use crate::server::Choice;

/// Sign in to the account to back up
///
/// Asks for the phone number, then for the code that Telegram sends, then for the two-step
/// password if the account has one. The login is kept encrypted inside the archive and appears
/// in Telegram's list of devices as "Telekeep (unofficial)".
#[derive(Debug, Args)]
pub struct Login {
    #[command(flatten)]
    server: ServerOptions,
    /// Phone number in international form
    #[arg(
        long,
        value_name = "NUMBER",
        env = "TELEKEEP_PHONE",
        hide_env_values = true
    )]
    phone: Option<String>,
    /// The login code, when it is known already (a code for scripts against a local cloud)
    #[arg(long, value_name = "CODE", conflicts_with = "code_command")]
    code: Option<String>,
    /// Command that prints the login code; run after the code was sent
    #[arg(
        long,
        value_name = "COMMAND",
        env = "TELEKEEP_CODE_COMMAND",
        hide_env_values = true
    )]
    code_command: Option<String>,
    /// File whose first line is the two-step password
    #[arg(
        long,
        value_name = "FILE",
        env = "TELEKEEP_PASSWORD_FILE",
        hide_env_values = true
    )]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    wait: WaitOptions,
}

/// How often a code or password may be mistyped.
const TRIES: u32 = 3;

impl Login {
    /// Signs in.
    pub fn run(&self, context: &Context) -> Result {
        let choice = Choice::from_options(&context.server_options(&self.server))?;
        let account = self.sign_in(context, &choice)?;
        let style = context.output.tell_style();
        if context.output.json {
            context.output.json(
                "login",
                &json!({"account": account.id, "server": choice.name()}),
            )?;
        } else {
            let words = style.good("Logged in");
            context.output.line(format!(
                "{words} to {} as account {}.",
                choice.name(),
                account.id
            ))?;
        }
        context.output.say(typed("Next: telekeep backup"));
        Ok(ExitCode::Done)
    }

    /// Signs in without a word about it.
    pub fn sign_in(&self, context: &Context, choice: &Choice) -> Result<Account> {
        let (archive, _lock) = context.open_for_writing("login")?;
        let spool = Arc::new(Spool::open(&archive)?);
        let runtime = runtime()?;
        refuse_second_login(&runtime, &spool)?;
        let progress = Arc::new(Progress::start(&context.output, true));
        let mut settings = Settings {
            monitor: progress,
            ..Settings::default()
        };
        settings.limits.max_wait = context.max_wait(&self.wait);
        let endpoint = choice.endpoint()?;
        let store: Arc<dyn SessionStore> = spool.clone();
        let client = runtime.block_on(Client::connect_with(endpoint, store, settings))?;
        let account = self.attempt(context, &runtime, &client)?;
        choice.keep(&spool)?;
        runtime.block_on(client.close())?;
        Ok(account)
    }

    fn attempt(&self, context: &Context, runtime: &Runtime, client: &Client) -> Result<Account> {
        let mut attempt = runtime.block_on(Attempt::send_code(client, &self.phone(context)?))?;
        context.output.say(code_words(attempt.sent()));
        let mut tries = 0;
        let outcome = loop {
            tries += 1;
            let code = self.code(context)?;
            match runtime.block_on(attempt.sign_in(&code)) {
                Err(LoginError::CodeWrong) if self.asks_code(context) && tries < TRIES => {
                    context.output.say("That is not the code; once more.");
                }
                result => break result?,
            }
        };
        match outcome {
            SignIn::Done(account) => Ok(account),
            SignIn::PasswordNeeded { hint } => self.password(context, runtime, &mut attempt, hint),
            SignIn::SignUpNeeded => Err(sign_up_needed()),
        }
    }

    fn phone(&self, context: &Context) -> Result<String> {
        if let Some(phone) = self
            .phone
            .clone()
            .or_else(|| context.settings.phone.clone())
        {
            return Ok(phone);
        }
        passphrase::ask_line(
            "Phone number (international, like +41791234567)",
            "use --phone",
        )
    }

    fn asks_code(&self, context: &Context) -> bool {
        self.code.is_none()
            && self.code_command.is_none()
            && context.settings.code_command.is_none()
    }

    fn code(&self, context: &Context) -> Result<String> {
        if let Some(code) = &self.code {
            return Ok(code.clone());
        }
        match self
            .code_command
            .as_ref()
            .or(context.settings.code_command.as_ref())
        {
            Some(command) => Ok(passphrase::from_command(command, "login code")?.to_string()),
            None => passphrase::ask_line("Code", "use --code-command"),
        }
    }

    fn password(
        &self,
        context: &Context,
        runtime: &Runtime,
        attempt: &mut Attempt,
        hint: Option<String>,
    ) -> Result<Account> {
        let file = self
            .password_file
            .as_ref()
            .or(context.settings.password_file.as_ref());
        let mut tries = 0;
        loop {
            tries += 1;
            let password = match file {
                Some(path) => passphrase::from_file(path, "two-step password")?,
                None => ask_password(hint.as_deref())?,
            };
            match runtime.block_on(attempt.check_password(&password)) {
                Err(LoginError::PasswordWrong) if file.is_none() && tries < TRIES => {
                    context.output.say("That is not the password; once more.");
                }
                result => return Ok(result?),
            }
        }
    }

    /// A login that needs nobody: the demo's.
    pub fn unattended(phone: &str, code: &str) -> Login {
        Login {
            server: ServerOptions::default(),
            phone: Some(phone.to_owned()),
            code: Some(code.to_owned()),
            code_command: None,
            password_file: None,
            wait: WaitOptions::default(),
        }
    }
}

/// Telegram refuses new accounts to every program but its own apps.
fn sign_up_needed() -> CommandError {
    CommandError::failed("there is no Telegram account with this phone number")
        .hint("check the number and its country code")
        .hint("no account yet? make one in Telegram's own app (Telegram lets no other program make accounts), then run telekeep login again")
}

/// The runtime of commands that speak to a server.
pub fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .doing("cannot start")
}

fn ask_password(hint: Option<&str>) -> Result<Secret> {
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

/// A login that still works must be ended first; one that does not is forgotten.
fn refuse_second_login(runtime: &Runtime, spool: &Arc<Spool>) -> Result<()> {
    let session = spool.load().doing("the session")?;
    let account = session.and_then(|session| session.account);
    let kept = Choice::kept(spool)?;
    if let (Some(account), Some(kept)) = (account, kept) {
        let works = runtime
            .block_on(still_works(&kept, spool))
            .map_err(|error| {
                error
                    .hint("this archive has a login already, and whether it still works is unknown")
                    .hint("to forget it: telekeep logout --forget")
            })?;
        if works {
            let message = format!(
                "this archive is logged in to {} as account {} already",
                kept.name(),
                account.id
            );
            return Err(CommandError::failed(message)
                .hint("telekeep backup")
                .hint("to sign in anew: telekeep logout first"));
        }
    }
    spool.clear().doing("the session")
}

/// Asks the server that knows the login. The very first answer may say already that it is over.
async fn still_works(kept: &Choice, spool: &Arc<Spool>) -> Result<bool> {
    let store: Arc<dyn SessionStore> = spool.clone();
    let client = match Client::connect(kept.endpoint()?, store).await {
        Ok(client) => client,
        Err(WireError::FirstCall(error)) => return answered(Err(error)),
        Err(error) => return Err(error.into()),
    };
    let me = json!({"_": "users.getUsers", "id": [{"_": "inputUserSelf"}]});
    let answer = client.call(&me).await;
    client.close().await?;
    answered(answer.map(drop))
}

fn answered(answer: std::result::Result<(), CallError>) -> Result<bool> {
    match answer {
        Ok(()) => Ok(true),
        Err(CallError::Revoked { .. } | CallError::NotSignedIn) => Ok(false),
        Err(error) => Err(error.into()),
    }
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
