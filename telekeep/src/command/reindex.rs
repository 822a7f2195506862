//! `telekeep reindex`: build the index anew.

use clap::Args;
use serde_json::json;

use crate::context::Context;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::index;
use crate::output::text::plural;

/// Build the index anew from the records
///
/// The index is only a way of finding things fast: it holds nothing that the records do not, and
/// is built by itself when it is missing. A newer version may read more out of old records.
#[derive(Debug, Args)]
pub struct Reindex {}

impl Reindex {
    /// Builds it.
    pub fn run(&self, context: &Context) -> Result {
        let index = index::rebuild(context)?;
        let totals = index.totals()?;
        if context.output.json {
            let line = json!({"chats": totals.chats, "messages": totals.messages});
            context.output.json("indexed", &line)?;
            return Ok(ExitCode::Done);
        }
        let style = context.output.out;
        context.output.line(format!(
            "{} {} in {}.",
            style.good("Indexed"),
            plural(totals.messages, "message", "messages"),
            plural(totals.chats, "chat", "chats")
        ))?;
        Ok(ExitCode::Done)
    }
}
