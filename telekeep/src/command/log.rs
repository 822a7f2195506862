//! `telekeep log`: the records themselves.

use clap::{Args, Subcommand};
use telekeep_journal::{Archive, Line};

use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::output::text::clean;
use crate::records::{AllRecords, journals, spool_reader};

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
        let journals = match &cat.journal {
            Some(journal) => vec![known(journal, &journals(&archive)?)?],
            None => journals(&archive)?,
        };
        for journal in &journals {
            cat.print(context, &archive, journal)?;
        }
        Ok(ExitCode::Done)
    }
}

/// `journal`, if it is among `journals`.
fn known(journal: &str, journals: &[String]) -> Result<String> {
    let found = journals.iter().find(|name| *name == journal);
    found.cloned().ok_or_else(|| {
        CommandError::failed(format!("the archive has no journal `{}`", clean(journal)))
            .hint(format!("it has {}", journals.join(", ")))
    })
}

impl Cat {
    fn print(&self, context: &Context, archive: &Archive, journal: &str) -> Result<()> {
        let spool = spool_reader(archive)?;
        for line in AllRecords::new(archive, journal, spool.as_ref(), self.from) {
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
