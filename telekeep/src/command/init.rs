//! `telekeep init`: a new, empty archive.

use clap::Args;
use serde_json::json;
use telekeep_journal::{Archive, DEFAULT_WORK_FACTOR, InitOptions, NewKey, Protection};

use crate::context::{Context, now_ms};
use crate::error::Result;
use crate::exit::ExitCode;
use crate::program::typed;

/// Make a new archive, encrypted with a passphrase
///
/// The passphrase wraps a random archive key, so more passphrases and recovery keys can be added
/// later (`telekeep key add`) and none of them can be recovered from the archive. Losing all of
/// them means losing the archive.
#[derive(Debug, Args)]
pub struct Init {
    /// Encrypt nothing: whoever can read the folder can read every message and use the login
    #[arg(long)]
    no_encryption: bool,
    /// log2 of scrypt's cost for the passphrase
    #[arg(long, hide = true, default_value_t = DEFAULT_WORK_FACTOR)]
    work_factor: u8,
}

/// The name of the key that `init` makes.
const FIRST_KEY: &str = "main";

impl Init {
    /// Makes the archive.
    pub fn run(&self, context: &Context) -> Result {
        let archive = self.make(context)?;
        if context.output.json {
            let line = json!({"path": context.archive, "encrypted": archive.is_encrypted()});
            context.output.json("archive", &line)?;
            return Ok(ExitCode::Done);
        }
        let style = context.output.out;
        let place = context.archive.display();
        let kind = if archive.is_encrypted() {
            "encrypted"
        } else {
            "NOT encrypted"
        };
        context
            .output
            .line(format!("{} {place} ({kind})", style.good("New archive:")))?;
        context.output.say(typed("Next: telekeep login"));
        Ok(ExitCode::Done)
    }

    /// Makes the archive without a word.
    pub fn make(&self, context: &Context) -> Result<Archive> {
        refuse_existing(context)?;
        let protection = if self.no_encryption {
            Protection::None
        } else {
            let secret = context.new_passphrase()?;
            let key = NewKey::passphrase_with(FIRST_KEY, secret.as_str(), self.work_factor);
            Protection::Encrypted(vec![key])
        };
        let options = InitOptions {
            protection,
            now: now_ms(),
        };
        Archive::init_folder(&context.archive, &options)
            .map_err(|error| context.journal_error(error))
    }

    /// The archive of `telekeep demo`.
    pub fn demo() -> Init {
        Init {
            no_encryption: false,
            work_factor: DEFAULT_WORK_FACTOR,
        }
    }
}

/// Before anybody is asked for a passphrase.
fn refuse_existing(context: &Context) -> Result<()> {
    let place = || context.archive.display().to_string();
    match Archive::open_folder(&context.archive) {
        Err(telekeep_journal::Error::NoArchive { .. }) => Ok(()),
        Ok(_) => Err(telekeep_journal::Error::AlreadyArchive { place: place() }.into()),
        Err(error) => Err(context.journal_error(error)),
    }
}
