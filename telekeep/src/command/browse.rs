//! `telekeep browse`: read the archive in the terminal.

use std::io::{self, IsTerminal as _};

use clap::Args;
use telekeep_browse::{Opener, Options};

use crate::context::{Context, now_ms};
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::{index, interrupt};

/// Read the archive in the terminal
///
/// Chats, messages, search and files, with the keyboard: `?` shows the keys. Works while a backup
/// runs. A file that is opened (`o`) lies decrypted in a private temporary folder until you leave.
#[derive(Debug, Args)]
pub struct Browse {
    /// Language: en, de, es, ru, zh-Hans, ar [default: that of the terminal]
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Open files with this command, in the terminal, instead of with the desktop's programs
    #[arg(long, value_name = "COMMAND")]
    open_with: Option<String>,
}

impl Browse {
    /// Browses until the reader leaves.
    pub fn run(&self, context: &Context) -> Result {
        check_terminal()?;
        let opener = match &self.open_with {
            Some(command) => Opener::command(command)
                .ok_or_else(|| CommandError::usage("--open-with needs a command"))?,
            None => Opener::Desktop,
        };
        let kept = index::keep(context)?;
        let library = kept.library(kept.account.as_ref())?;
        interrupt::graceful_and_silent();
        interrupt::of_terminal();
        let options = Options {
            language: self.lang.clone().unwrap_or_else(locale),
            colours: context.output.out.has_colours(),
            zone: jiff::tz::TimeZone::system(),
            now: || now_ms() / 1000,
            opener,
            stopped: interrupt::stopped,
        };
        telekeep_browse::browse(library, &options).doing("cannot use this terminal")?;
        if interrupt::stopped() {
            return Err(CommandError::interrupted());
        }
        Ok(ExitCode::Done)
    }
}

/// Fails where nothing can be drawn.
fn check_terminal() -> Result<()> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    let why = match (is_terminal, is_dumb) {
        (false, _) => "browse needs a terminal: standard input or output is not one",
        (true, true) if cfg!(unix) => "this terminal cannot place text (TERM is dumb or not set)",
        _ => return Ok(()),
    };
    Err(CommandError::usage(why).hint(
        "`telekeep show CHAT` prints the messages of a chat, `telekeep search WORDS` finds some",
    ))
}

/// The language the terminal is set to.
fn locale() -> String {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let mut values = names.iter().filter_map(|name| std::env::var(name).ok());
    values.find(|value| !value.is_empty()).unwrap_or_default()
}
