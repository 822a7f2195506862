//! `telekeep key`: who can open the archive.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use telekeep_journal::{DEFAULT_WORK_FACTOR, KeyInfo, NewKey};

use crate::context::{Context, now_ms};
use crate::error::Result;
use crate::exit::ExitCode;
use crate::output::json;
use crate::output::table::{Align, Table};
use crate::output::text::day;
use crate::output::width;
use crate::passphrase;

/// Add, remove and list the keys that open the archive
///
/// A key is a passphrase or the owner of an age recipient. Adding or removing one rewrites no
/// message: each key only wraps the archive's own key.
#[derive(Debug, Args)]
pub struct Key {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(Add),
    Remove(Remove),
    List(List),
}

/// Add a passphrase, or a recovery key with --recipient
#[derive(Debug, Args)]
struct Add {
    /// Name of the new key: a-z, 0-9, - and _
    name: String,
    /// Whom the key is for (age1...): the owner opens the archive with --identity-file
    #[arg(long, value_name = "AGE1", conflicts_with = "new_passphrase_file")]
    recipient: Option<String>,
    /// File whose first line is the new passphrase, instead of asking
    #[arg(
        long,
        value_name = "FILE",
        env = "TELEKEEP_NEW_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    new_passphrase_file: Option<PathBuf>,
    /// log2 of scrypt's cost for the passphrase
    #[arg(long, hide = true, default_value_t = DEFAULT_WORK_FACTOR)]
    work_factor: u8,
}

/// Remove a key; the last one stays
///
/// A copy of the archive made before still opens with it.
#[derive(Debug, Args)]
struct Remove {
    /// Name of the key
    name: String,
}

/// List the keys; needs no passphrase
#[derive(Debug, Args)]
struct List {}

impl Key {
    /// Runs the action.
    pub fn run(&self, context: &Context) -> Result {
        match &self.action {
            Action::Add(add) => add.run(context),
            Action::Remove(remove) => remove.run(context),
            Action::List(_) => list(context),
        }
    }
}

impl Add {
    fn run(&self, context: &Context) -> Result {
        let (mut archive, _lock) = context.open_for_writing("key add")?;
        let key = match &self.recipient {
            Some(recipient) => NewKey::recipient(&self.name, recipient),
            None => self.passphrase(context)?,
        };
        archive
            .key_add(&key, now_ms())
            .map_err(|error| context.journal_error(error))?;
        context.output.tell(format!("Added key {}.", self.name))?;
        Ok(ExitCode::Done)
    }

    fn passphrase(&self, context: &Context) -> Result<NewKey> {
        let secret = match &self.new_passphrase_file {
            Some(path) => passphrase::from_file(path, "new passphrase")?,
            None => passphrase::ask_new(&context.output, "New passphrase")?,
        };
        passphrase::check_new(&secret)?;
        Ok(NewKey::passphrase_with(
            &self.name,
            secret.as_str(),
            self.work_factor,
        ))
    }
}

impl Remove {
    fn run(&self, context: &Context) -> Result {
        let (mut archive, _lock) = context.open_for_writing("key remove")?;
        archive
            .key_remove(&self.name)
            .map_err(|error| context.journal_error(error))?;
        context.output.tell(format!("Removed key {}.", self.name))?;
        Ok(ExitCode::Done)
    }
}

fn list(context: &Context) -> Result {
    let archive = context.open_locked()?;
    let keys = archive.key_list();
    if context.output.json {
        for key in &keys {
            context.output.json("key", &line(key))?;
        }
        return Ok(ExitCode::Done);
    }
    if keys.is_empty() {
        context
            .output
            .line("This archive is not encrypted, so it has no keys.")?;
        return Ok(ExitCode::Done);
    }
    let left = Align::Left;
    let mut table = Table::new(
        &[
            ("Key", left),
            ("Kind", left),
            ("Since", left),
            ("For", left),
        ],
        3,
    );
    for key in &keys {
        let since = day(key.created / 1000);
        let owner = key.recipient.clone().unwrap_or_default();
        table.row(vec![
            key.name.as_str().into(),
            key.kind.into(),
            since.into(),
            owner.into(),
        ]);
    }
    for line in table.lines(width(), context.output.out) {
        context.output.line(line)?;
    }
    Ok(ExitCode::Done)
}

fn line(key: &KeyInfo) -> json::Key<'_> {
    json::Key {
        name: &key.name,
        kind: key.kind,
        recipient: key.recipient.as_deref(),
        created: key.created / 1000,
        file: &key.file,
    }
}
