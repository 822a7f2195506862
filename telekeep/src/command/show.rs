//! `telekeep show`.

use clap::Args;

use crate::context::Context;
use crate::error::{CommandError, Result};

/// Show the messages of a chat
#[derive(Debug, Args)]
pub struct Show {}

impl Show {
    /// Not yet.
    pub fn run(&self, _context: &Context) -> Result {
        Err(CommandError::failed("not yet"))
    }
}
