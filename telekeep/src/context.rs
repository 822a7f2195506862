//! What every command works with: the merged options, the archive's place, how to open it.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use telekeep_journal::{Archive, Error as JournalError, Holder, Lock, Secret, StoreErrorKind};
use telekeep_sources::spool::AccountName;

use crate::cli::{GlobalOptions, ProxyOptions, ServerOptions, WaitOptions};
use crate::error::{CommandError, Damage, Result};
use crate::exit::ExitCode;
use crate::output::Output;
use crate::passphrase::{self, Sources};
use crate::program;
use crate::settings::Settings;

/// Where the archive is when nobody says otherwise.
const DEFAULT_ARCHIVE: &str = "telekeep-archive";
/// Seconds a server may make us wait when nobody says otherwise.
const DEFAULT_MAX_WAIT: u64 = 3600;
/// The file that makes a folder an archive.
const MARKER: &str = "telekeep.json";
/// How often a passphrase may be mistyped.
const TRIES: u32 = 3;

/// The options of one run, with flags, environment and settings file merged.
#[derive(Debug)]
pub struct Context {
    /// How to print.
    pub output: Output,
    /// The archive's folder.
    pub archive: PathBuf,
    /// The account that was asked for.
    pub account: Option<AccountName>,
    /// No progress display.
    pub no_progress: bool,
    /// The settings file's values, for options of single commands.
    pub settings: Settings,
    passphrase: Sources,
    identity_file: Option<PathBuf>,
}

impl Context {
    /// Merges flags and environment (already one thing here) with the settings file.
    pub fn new(options: GlobalOptions, settings: Settings) -> Context {
        let quiet = options.quiet || settings.quiet.unwrap_or(false);
        // A source given as flag or variable hides every source of the file.
        let given = options.passphrase_file.is_some()
            || options.passphrase_command.is_some()
            || std::env::var_os(passphrase::VARIABLE).is_some();
        let from_file = |value: Option<PathBuf>| value.filter(|_| !given);
        let from_file_command = |value: Option<String>| value.filter(|_| !given);
        let known = std::env::var_os("TELEKEEP_ARCHIVE").map(PathBuf::from);
        let known = known
            .or_else(|| settings.archive.clone())
            .unwrap_or_else(|| PathBuf::from(DEFAULT_ARCHIVE));
        let archive = options.archive.unwrap_or_else(|| known.clone());
        if archive != known {
            program::for_archive(&archive);
        }
        Context {
            output: Output::new(options.json, quiet),
            archive,
            account: options.account.or_else(|| settings.account.clone()),
            no_progress: options.no_progress || settings.no_progress.unwrap_or(false),
            passphrase: Sources {
                file: options
                    .passphrase_file
                    .or_else(|| from_file(settings.passphrase_file.clone())),
                command: options
                    .passphrase_command
                    .or_else(|| from_file_command(settings.passphrase_command.clone())),
                known: None,
            },
            identity_file: options
                .identity_file
                .or_else(|| settings.identity_file.clone()),
            settings,
        }
    }

    /// The same context for another archive with a passphrase the program itself knows.
    pub fn for_archive(&self, archive: PathBuf, passphrase: &'static str) -> Context {
        Context {
            output: self.output,
            archive,
            account: None,
            no_progress: self.no_progress,
            settings: Settings::default(),
            passphrase: Sources {
                known: Some(passphrase),
                ..Sources::default()
            },
            identity_file: None,
        }
    }

    /// The same context with other output.
    pub fn with_output(mut self, output: Output) -> Context {
        self.output = output;
        self
    }

    /// The passphrase of a new archive: from a source, else asked twice.
    pub fn new_passphrase(&self) -> Result<passphrase::Secret> {
        if let Some(secret) = self.passphrase.unattended()? {
            passphrase::check_new(&secret)?;
            return Ok(secret);
        }
        self.output.say(
            "Choose a passphrase for the archive: several random words are easy to type and hard\n\
             to guess. Write it down somewhere safe: without it nobody can open the archive.",
        );
        passphrase::ask_new(&self.output, "Passphrase")
    }

    /// Opens the archive without its key.
    pub fn open_locked(&self) -> Result<Archive> {
        Archive::open_folder(&self.archive).map_err(|error| self.journal_error(error))
    }

    /// Opens the archive and unlocks it.
    pub fn open(&self) -> Result<Archive> {
        let mut archive = self.open_locked()?;
        self.unlock(&mut archive)?;
        Ok(archive)
    }

    /// Opens the archive for writing: the lock first, so that nobody types a passphrase in vain.
    pub fn open_for_writing(&self, command: &str) -> Result<(Archive, Lock)> {
        let mut archive = self.open_locked()?;
        let lock = archive
            .lock(&Holder::current(command))
            .map_err(|error| self.journal_error(error))?;
        self.unlock(&mut archive)?;
        Ok((archive, lock))
    }

    /// Unlocks an archive that was opened without its key.
    pub fn unlock(&self, archive: &mut Archive) -> Result<()> {
        if archive.is_unlocked() {
            return Ok(());
        }
        if let Some(path) = &self.identity_file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                CommandError::usage(format!(
                    "cannot read the identity {}: {error}",
                    path.display()
                ))
            })?;
            let tried = archive.unlock(&Secret::identity(text));
            return tried.map_err(|error| match error {
                JournalError::BadIdentity { why } => CommandError::usage(format!(
                    "{} holds no age identity (AGE-SECRET-KEY-1...): {why}",
                    path.display()
                )),
                error => self.journal_error(error),
            });
        }
        if let Some(secret) = self.passphrase.unattended()? {
            return self.try_secret(archive, &Secret::passphrase(secret.as_str()));
        }
        let mut tries = 1;
        loop {
            let secret = passphrase::ask(&format!("Passphrase of {}", self.archive.display()))?;
            match self.try_secret(archive, &Secret::passphrase(secret.as_str())) {
                Err(error) if error.kind == ExitCode::WrongKey && tries < TRIES => {
                    self.output.say("That is not it; once more.");
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    fn try_secret(&self, archive: &mut Archive, secret: &Secret) -> Result<()> {
        archive
            .unlock(secret)
            .map_err(|error| self.journal_error(error))
    }

    /// A journal's error with its exit code.
    pub fn journal_error(&self, error: JournalError) -> CommandError {
        let place = self.archive.display();
        let file = self.archive.ancestors().find(|path| path.is_file());
        match &error {
            JournalError::Store(_) | JournalError::NoArchive { .. } if file.is_some() => {
                let file = file.unwrap_or(&self.archive).display();
                CommandError::new(
                    ExitCode::NoArchive,
                    format!("{file} is a file, not a folder"),
                )
                .hint("an archive is a folder: name it with --archive DIR or TELEKEEP_ARCHIVE")
            }
            JournalError::NoArchive { .. } if self.has_remains() => CommandError {
                damage: Some(Damage {
                    file: MARKER.to_owned(),
                    why: "it is missing, although other files of an archive are there".to_owned(),
                }),
                ..CommandError::new(
                    ExitCode::NoArchive,
                    format!("{place} has files of an archive, but its {MARKER} is missing"),
                )
                .hint(format!("bring {MARKER} back from a copy of the archive"))
            },
            JournalError::NoArchive { .. } => {
                CommandError::new(ExitCode::NoArchive, format!("no archive at {place}"))
                    .hint("make one with `telekeep init`")
                    .hint("or name another with --archive DIR or TELEKEEP_ARCHIVE")
            }
            JournalError::WrongKey { keys } => CommandError::new(
                ExitCode::WrongKey,
                format!(
                    "wrong passphrase or identity: it opens none of the keys of {place} ({keys})"
                ),
            )
            .hint("try again; `telekeep key list` shows which keys there are"),
            JournalError::Store(_) | JournalError::Io { .. } => {
                let mut error = CommandError::from(error);
                let what = error.message.trim_start_matches(": ");
                error.message = format!("archive {place}: {what}");
                error
            }
            _ => CommandError::from(error),
        }
    }

    /// Are there folders that only an archive has?
    fn has_remains(&self) -> bool {
        let mut folders = ["journals", "keys", "blobs", "schema"].iter();
        folders.any(|name| self.archive.join(name).is_dir())
    }

    /// Server options with the settings file behind them.
    pub fn server_options(&self, options: &ServerOptions) -> ServerOptions {
        let settings = &self.settings;
        ServerOptions {
            api_id: options.api_id.or(settings.api_id),
            api_hash: options
                .api_hash
                .clone()
                .or_else(|| settings.api_hash.clone()),
            server: options.server.clone().or_else(|| settings.server.clone()),
            server_key: options
                .server_key
                .clone()
                .or_else(|| settings.server_key.clone()),
        }
    }

    /// The proxy that is wanted, if anything is said about one.
    pub fn proxy(&self, options: &ProxyOptions) -> Option<String> {
        options
            .proxy
            .clone()
            .or_else(|| self.settings.proxy.clone())
    }

    /// The longest wait to accept.
    pub fn max_wait(&self, options: &WaitOptions) -> std::time::Duration {
        let seconds = options.max_wait.or(self.settings.max_wait);
        std::time::Duration::from_secs(seconds.unwrap_or(DEFAULT_MAX_WAIT))
    }
}

/// The disk is too full for what was to be written.
pub fn is_full(error: &JournalError) -> bool {
    match error {
        JournalError::Store(error) => error.kind == StoreErrorKind::NoSpace,
        JournalError::Io { source, .. } => source.kind() == std::io::ErrorKind::StorageFull,
        _ => false,
    }
}

impl From<JournalError> for CommandError {
    fn from(error: JournalError) -> Self {
        let kind = match &error {
            JournalError::NoArchive { .. } => ExitCode::NoArchive,
            JournalError::Locked { .. } => ExitCode::Locked,
            JournalError::KeyNeeded | JournalError::WrongKey { .. } => ExitCode::WrongKey,
            error if is_full(error) => ExitCode::DiskFull,
            _ => ExitCode::Failed,
        };
        let damage = error.damage().map(|(file, why)| Damage {
            file: file.to_owned(),
            why,
        });
        CommandError {
            damage,
            ..CommandError::from_sentence(kind, &error)
        }
    }
}

/// Now, in unix milliseconds.
pub fn now_ms() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
