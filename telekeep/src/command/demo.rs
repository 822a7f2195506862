//! `telekeep demo`: everything once, on this computer, without an account.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use telekeep_cloud::{Cloud, Config};
use telekeep_journal::Archive;
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::wire::SessionStore as _;
use tempfile::TempDir;

use super::backup::{self, Backup, Done};
use super::init::Init;
use super::login::{Login, runtime};
use super::search::Search;
use super::serve::Serve;
use super::status::Status;
use super::verify::Verify;
use crate::cli::ServerOptions;
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::output::Output;
use crate::output::text::{count, duration, plural, size};
use crate::server::Choice;
use crate::{interrupt, program};

/// Try everything on this computer, without an account
///
/// Starts a Telegram cloud inside this process, logs in to it, backs an account up into an
/// encrypted archive (passphrase: demo), backs it up again when people have written
/// more, verifies it, shows what it holds and searches it. In a terminal it goes on
/// in the viewer, as `telekeep serve --open` does, until Ctrl-C. No other address than this
/// computer's own is contacted, and the cloud ends before the viewer starts: the archive stays,
/// to look around in.
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the demo; one from an earlier demo is brought up to date [default: a new
    /// temporary folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// End when everything was shown, without the viewer; so it does when its output is no
    /// terminal, and with --json
    #[arg(long)]
    once: bool,
}

/// The demo's world.
const SEED: u64 = 7;
const CHATS: u32 = 30;
const MESSAGES: u64 = 5000;
const MEDIA_MB: u64 = 30;

/// The demo's passphrase is no secret.
const PASSPHRASE: &str = "demo";
/// What the demo looks for: words of several languages that its world knows.
const WORDS: [&str; 3] = ["lighthouse", "书店", "кот"];
/// Hits shown of each search.
const HITS: usize = 3;

impl Demo {
    /// Runs the demo.
    pub fn run(&self, context: &Context) -> Result {
        let dir = self.folder()?;
        let demo = Stage {
            outer: context,
            inner: inner(context, &dir),
        };
        let code = demo.steps(&dir)?;
        if matches!(code, ExitCode::Done) && self.goes_on(&context.output) {
            demo.view()?;
        }
        demo.end(&dir)?;
        Ok(code)
    }

    /// Somebody is there to look at the viewer.
    fn goes_on(&self, output: &Output) -> bool {
        !self.once && !output.json && io::stdout().is_terminal()
    }

    fn folder(&self) -> Result<PathBuf> {
        match &self.dir {
            Some(dir) if dir.join("telekeep.json").exists() => {
                let message = format!("{} is an archive itself", dir.display());
                Err(CommandError::usage(message).hint(
                    "the demo makes its archive in a folder of its own: name another with --dir",
                ))
            }
            Some(dir) => {
                std::fs::create_dir_all(dir)
                    .doing(format!("cannot make the folder {}", dir.display()))?;
                Ok(dir.clone())
            }
            None => tempfile::Builder::new()
                .prefix("telekeep-demo-")
                .tempdir()
                .map(tempfile::TempDir::keep)
                .doing("cannot make a temporary folder"),
        }
    }
}

fn config(key_dir: PathBuf) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        seed: SEED,
        chats: CHATS,
        messages: MESSAGES,
        media_mb: MEDIA_MB,
        latency: Duration::ZERO,
        faults: Vec::new(),
        key_dir,
    }
}

/// The commands of the demo speak to people; with --json their words are dropped, and the one
/// line at the end is what counts.
fn inner(context: &Context, dir: &Path) -> Context {
    let output = Output {
        json: false,
        quiet: true,
        ..context.output
    };
    context
        .for_archive(dir.join("archive"), PASSPHRASE)
        .with_output(output)
}

/// The demo's steps.
struct Stage<'a> {
    outer: &'a Context,
    inner: Context,
}

impl Stage<'_> {
    /// Everything up to the viewer; the cloud lives as long as this.
    fn steps(&self, dir: &Path) -> Result {
        let started = Instant::now();
        let keys = key_dir(dir)?;
        // The cloud runs on threads of its own, as if it were another computer.
        let far_away = runtime()?;
        let cloud = far_away.block_on(telekeep_cloud::start(config(keys.path().to_owned())))?;
        self.title(1, "A Telegram cloud in this process, on this computer only")?;
        self.say(&format!(
            "{}: {CHATS} chats, more than {} messages, about {} of media",
            cloud.address(),
            count(MESSAGES),
            size(MEDIA_MB << 20)
        ))?;
        let world = cloud.world();
        let mut story = world.story_begins();
        let is_new = self.archive()?;
        if !is_new {
            // The archive knows the end already, and people do not take back what they wrote.
            world.story_goes_on(&mut story);
        }
        self.login(&cloud)?;
        let mut done = self.backup(4, "Back up: every chat, every message, every file")?;
        if is_new {
            world.story_goes_on(&mut story);
            let again = self.backup(5, "A day later, with new messages: back up again")?;
            done = both(done, again);
        }
        let good = self.verify()?;
        self.status()?;
        self.search()?;
        let output = &self.outer.output;
        output.tell(format!(
            "\n{} in {}.",
            output.tell_style().good("Done"),
            duration(started.elapsed().as_secs().max(1))
        ))?;
        if output.json {
            output.json("summary", &done.line)?;
        }
        Ok(if good {
            backup::exit_code(&done.summary)
        } else {
            ExitCode::VerifyFailed
        })
    }

    /// The archive in the browser, until Ctrl-C.
    fn view(&self) -> Result<()> {
        if interrupt::stopped() {
            return Err(CommandError::interrupted());
        }
        self.title(9, "Look around in it")?;
        Serve::and_open().run(&self.again(Output {
            quiet: false,
            ..self.inner.output
        }))?;
        Ok(())
    }

    fn title(&self, number: u32, words: &str) -> Result<()> {
        let style = self.outer.output.tell_style();
        self.outer
            .output
            .tell(format!("\n{}", style.bold(&format!("{number}. {words}"))))
    }

    fn say(&self, words: &str) -> Result<()> {
        self.outer.output.tell(format!("   {words}"))
    }

    /// People see the output of the commands themselves.
    fn shows(&self) -> bool {
        !self.outer.output.json
    }

    /// True when it is a new one.
    fn archive(&self) -> Result<bool> {
        self.title(2, "An encrypted archive")?;
        if self.inner.archive.join("telekeep.json").exists() {
            let (archive, _lock) = self.inner.open_for_writing("demo")?;
            forget_login(&archive)?;
            self.say(&format!(
                "{} is there from an earlier demo",
                self.inner.archive.display()
            ))?;
            return Ok(false);
        }
        Init::demo().make(&self.inner)?;
        self.say(&format!(
            "{}, passphrase: {PASSPHRASE}",
            self.inner.archive.display()
        ))?;
        Ok(true)
    }

    fn login(&self, cloud: &Cloud) -> Result<()> {
        self.title(3, "Log in over MTProto, as to Telegram itself")?;
        let accounts = cloud.accounts();
        let account = accounts
            .iter()
            .find(|account| account.password.is_none())
            .ok_or_else(|| CommandError::failed("the demo's cloud has no account"))?;
        let options = ServerOptions {
            server: Some(cloud.address().to_string()),
            server_key: Some(cloud.public_key_path().to_owned()),
            ..ServerOptions::default()
        };
        let login = Login::unattended(&account.phone, &account.code);
        let signed_in = login.sign_in(&self.inner, &Choice::from_options(&options)?)?;
        self.say(&format!(
            "{} with code {}: account {}",
            account.phone, account.code, signed_in.id
        ))
    }

    fn backup(&self, number: u32, words: &str) -> Result<Done> {
        self.title(number, words)?;
        // The progress is worth seeing.
        let visible = Output {
            quiet: self.outer.output.quiet,
            ..self.inner.output
        };
        let done = Backup::full().backup(&self.again(visible))?;
        if done.summary.interrupted {
            return Err(CommandError::interrupted());
        }
        let line = &done.line;
        self.say(&format!(
            "{}, {}, {}; {} in {}",
            plural(line.chats, "chat", "chats"),
            plural(line.messages, "message", "messages"),
            plural(line.media, "media file", "media files"),
            plural(line.new_records, "new record", "new records"),
            duration(line.seconds.ceil() as u64)
        ))?;
        self.say(if line.complete {
            "Complete: nothing is missing."
        } else {
            "Not complete; see below."
        })?;
        Ok(done)
    }

    fn verify(&self) -> Result<bool> {
        self.title(6, "Verify: every bit of it")?;
        let report = Verify::full().verify(&self.inner)?.report;
        self.say(&format!(
            "{}, {}, {}: {}",
            plural(report.segments, "segment", "segments"),
            plural(report.blob_files, "media file", "media files"),
            size(report.bytes),
            if report.findings == 0 {
                "all good"
            } else {
                "DAMAGED"
            }
        ))?;
        Ok(report.findings == 0)
    }

    fn status(&self) -> Result<()> {
        self.title(7, "What it holds")?;
        if self.shows() {
            Status::all().run(&self.inner)?;
        }
        Ok(())
    }

    fn search(&self) -> Result<()> {
        self.title(8, "Search it, in any language")?;
        if self.shows() {
            for word in WORDS {
                let style = self.outer.output.out;
                self.say(&style.dim(&format!("{} search {word}", program::name())))?;
                Search::of(word, HITS).run(&self.inner)?;
            }
        }
        Ok(())
    }

    fn end(&self, dir: &Path) -> Result<()> {
        let archive = program::path_word(&self.inner.archive);
        let me = program::name();
        let output = &self.outer.output;
        output.tell(format!(
            "\nLook around in the demo archive ({} holds all of the demo; remove it when you like):\n\
             \x20  export TELEKEEP_PASSPHRASE={PASSPHRASE} TELEKEEP_ARCHIVE={archive}\n\
             \x20  {me} status\n\
             \x20  {me} search lemon cake\n\
             \x20  {me} serve --open\n\
             \x20  {me} log cat --kind message\n\
             \nYour own account (api id and hash: https://my.telegram.org):\n\
             \x20  export TELEKEEP_API_ID=12345 TELEKEEP_API_HASH=0123456789abcdef0123456789abcdef\n\
             \x20  {me} init\n\
             \x20  {me} login\n\
             \x20  {me} backup",
            dir.display()
        ))
    }

    /// The inner context with other output.
    fn again(&self, output: Output) -> Context {
        self.inner
            .for_archive(self.inner.archive.clone(), PASSPHRASE)
            .with_output(output)
    }
}

/// Two runs as one: what the archive holds now, and what both did for it.
fn both(first: Done, mut last: Done) -> Done {
    last.line.new_records += first.line.new_records;
    last.line.requests += first.line.requests;
    last.line.media_bytes += first.line.media_bytes;
    last.line.seconds += first.line.seconds;
    last
}

/// The folder of the cloud's public key, inside the demo's: a demo that is killed leaves nothing
/// elsewhere.
fn key_dir(dir: &Path) -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("cloud-key-")
        .tempdir_in(dir)
        .doing(format!("cannot make a folder in {}", dir.display()))
}

/// The cloud of an earlier demo is gone, and its login with it.
fn forget_login(archive: &Archive) -> Result<()> {
    let spool = Spool::open(archive)?;
    spool.clear().doing("the session")?;
    spool.forget_endpoint()?;
    Ok(())
}
