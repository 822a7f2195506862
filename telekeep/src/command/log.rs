//! `telekeep log`: the records themselves.

use clap::{Args, Subcommand};
use telekeep_journal::Line;
use telekeep_sources::spool::AccountName;

use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::output::text::clean;
use crate::records::Journals;

/// Look at the records of the archive
#[derive(Debug, Args)]
pub struct Log {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Cat(Cat),
}

/// Print records as JSON lines, exactly as they are kept, sealed or not
#[derive(Debug, Args)]
struct Cat {
    /// Journal to read [default: all]
    #[arg(long, value_name = "NAME")]
    journal: Option<String>,
    /// First record number to print
    #[arg(long, value_name = "SEQ", default_value_t = 1)]
    from: u64,
    /// Only records of this kind (message, peer, dialog, media, coverage, run, …)
    #[arg(long)]
    kind: Option<String>,
    /// Only records of this chat (marked id)
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    chat: Option<i64>,
}

impl Log {
    /// Prints the records.
    pub fn run(&self, context: &Context) -> Result {
        let Action::Cat(cat) = &self.action;
        let archive = context.open()?;
        let journals = Journals::open(&archive)?;
        let wanted = cat.journal.clone();
        let wanted = wanted.or_else(|| context.account.as_ref().map(AccountName::journal));
        if let Some(journal) = &wanted {
            check_known(journal, &journals)?;
        }
        for journal in journals.names() {
            if wanted.as_deref().is_none_or(|wanted| wanted == journal) {
                cat.print(context, &journals, journal)?;
            }
        }
        Ok(ExitCode::Done)
    }
}

fn check_known(journal: &str, journals: &Journals<'_>) -> Result<()> {
    let names: Vec<&str> = journals.names().collect();
    if names.contains(&journal) {
        return Ok(());
    }
    let message = format!("the archive has no journal `{}`", clean(journal));
    let error = CommandError::failed(message);
    Err(match names.is_empty() {
        true => error.hint("it has none yet: telekeep backup makes the first records"),
        false => error.hint(format!("it has {}", names.join(", "))),
    })
}

impl Cat {
    fn print(&self, context: &Context, journals: &Journals<'_>, journal: &str) -> Result<()> {
        for line in journals.records(journal, self.from) {
            self.print_line(context, &line?)?;
        }
        Ok(())
    }

    fn print_line(&self, context: &Context, line: &Line) -> Result<()> {
        if self.kind.is_some() || self.chat.is_some() {
            let record = line.record().doing(format!("record {}", line.seq))?;
            let wanted = self.kind.as_ref().is_none_or(|kind| *kind == record.kind)
                && self.chat.is_none_or(|chat| record.chat == Some(chat));
            if !wanted {
                return Ok(());
            }
        }
        context.output.line(&line.json)
    }
}
