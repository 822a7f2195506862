//! `telekeep login`: sign the archive in to an account. Each way of doing so has a file.

mod bot;
mod code;
mod password;
mod qr;

pub use bot::LITTLE;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::wire::{
    Account, CallError, Client, SessionStore, Settings, WireError,
};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::cli::{ProxyOptions, ServerOptions, WaitOptions};
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::program::typed;
use crate::progress::Progress;
use crate::server::Choice;

/// Sign in to the account to back up
///
/// Asks for the phone number, then for the code that Telegram sends, then for the two-step
/// password if the account has one. With --qr, a phone that is signed in scans a QR code instead.
/// docs/login.md tells about every way. The login is kept encrypted inside the archive and appears
/// in Telegram's list of devices as "Telekeep (unofficial)". An archive can hold several accounts:
/// give each but the first a name of your choice (--account).
#[derive(Debug, Args)]
pub struct Login {
    #[command(flatten)]
    server: ServerOptions,
    #[command(flatten)]
    proxy: ProxyOptions,
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
    /// Sign in by a QR code that Telegram on a phone scans, instead of a code
    #[arg(long, conflicts_with = "code")]
    qr: bool,
    /// Write the QR code into this file (PNG) too; it is removed when the login is over
    #[arg(long, value_name = "FILE", conflicts_with = "code")]
    qr_png: Option<PathBuf>,
    /// Sign in as a bot, by its token, which is asked for. Telegram shows bots next to nothing
    #[arg(long, conflicts_with_all = ["code", "qr", "qr_png"])]
    bot: bool,
    /// File whose first line is the bot's token; with it --bot is understood
    #[arg(long, value_name = "FILE", conflicts_with_all = ["code", "qr", "qr_png"])]
    bot_token_file: Option<PathBuf>,
    #[command(flatten)]
    wait: WaitOptions,
}

/// How often a code or password may be mistyped.
const TRIES: u32 = 3;
/// Updates of the server that may wait during a login; all but one kind are of no interest.
const UPDATES: usize = 64;

type Updates = mpsc::Receiver<Vec<u8>>;

/// What every way of signing in works with.
struct Steps<'a> {
    login: &'a Login,
    context: &'a Context,
    runtime: &'a Runtime,
    client: &'a Client,
}

impl Login {
    /// Signs in.
    pub fn run(&self, context: &Context) -> Result {
        let choice = Choice::from_options(&context.server_options(&self.server))?;
        let choice = choice.through(context.proxy(&self.proxy))?;
        let account = self.sign_in(context, &choice)?;
        let style = context.output.tell_style();
        if context.output.json {
            context.output.json(
                "login",
                &json!({"account": account.id, "bot": account.bot, "server": choice.name()}),
            )?;
        } else {
            let words = style.good("Logged in");
            context.output.line(format!(
                "{words} to {} as {} {}.",
                choice.name(),
                if account.bot { "bot" } else { "account" },
                account.id
            ))?;
        }
        if account.bot {
            context.output.say(bot::LITTLE);
        }
        context.output.say(typed("Next: telekeep backup"));
        Ok(ExitCode::Done)
    }

    /// Signs in without a word about it.
    pub fn sign_in(&self, context: &Context, choice: &Choice) -> Result<Account> {
        let (archive, _lock) = context.open_for_writing("login")?;
        let name = context.account.clone().unwrap_or_default();
        let spool = Arc::new(Spool::open_for(&archive, &name)?);
        let choice = &self.as_before(context, choice, &spool)?;
        if let Some(proxy) = choice.proxy()? {
            let words = format!("Connecting through the proxy {proxy}.");
            context.output.say(words);
        }
        let runtime = runtime()?;
        let proxy = context.proxy(&self.proxy).or_else(|| choice.proxy_url());
        refuse_second_login(&runtime, &spool, proxy)?;
        let progress = Arc::new(Progress::start(&context.output, true));
        let (unasked, updates) = mpsc::channel(UPDATES);
        let mut settings = Settings {
            monitor: progress,
            unasked: Some(unasked),
            ..Settings::default()
        };
        settings.limits.max_wait = context.max_wait(&self.wait);
        let endpoint = choice.endpoint()?;
        let store: Arc<dyn SessionStore> = spool.clone();
        let client = runtime.block_on(Client::connect_with(endpoint, store, settings))?;
        let account = self.attempt(context, &runtime, &client, updates)?;
        choice.keep(&spool)?;
        runtime.block_on(client.close())?;
        Ok(account)
    }

    /// When nothing is said about a proxy, the one of the login before is used.
    fn as_before(&self, context: &Context, choice: &Choice, spool: &Spool) -> Result<Choice> {
        let before = match context.proxy(&self.proxy) {
            Some(_) => None,
            None => Choice::kept(spool)?.and_then(|kept| kept.proxy_url()),
        };
        choice.clone().through(before)
    }

    fn attempt(
        &self,
        context: &Context,
        runtime: &Runtime,
        client: &Client,
        updates: Updates,
    ) -> Result<Account> {
        let by = Steps {
            login: self,
            context,
            runtime,
            client,
        };
        if self.bot || self.bot_token_file.is_some() {
            by.bot_token()
        } else if self.qr || self.qr_png.is_some() {
            by.qr(updates)
        } else {
            by.code()
        }
    }

    /// A login that needs nobody: the demo's.
    pub fn unattended(phone: &str, code: &str) -> Login {
        Login {
            server: ServerOptions::default(),
            proxy: ProxyOptions::none(),
            phone: Some(phone.to_owned()),
            code: Some(code.to_owned()),
            code_command: None,
            password_file: None,
            qr: false,
            qr_png: None,
            bot: false,
            bot_token_file: None,
            wait: WaitOptions::default(),
        }
    }
}

/// The runtime of commands that speak to a server.
pub fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .doing("cannot start")
}

/// A login that still works must be ended first; one that does not is forgotten.
fn refuse_second_login(runtime: &Runtime, spool: &Arc<Spool>, proxy: Option<String>) -> Result<()> {
    let session = spool.load().doing("the session")?;
    let account = session.and_then(|session| session.account);
    let kept = Choice::kept(spool)?;
    if let (Some(account), Some(kept)) = (account, kept) {
        // Whoever wants a proxy now wants it for this question, too.
        let kept = kept.through(proxy)?;
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
                .hint("to sign in anew: telekeep logout first")
                .hint(
                    "for another account: telekeep login --account NAME, with a name you choose",
                ));
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
