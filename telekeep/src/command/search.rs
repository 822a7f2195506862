//! `telekeep search`.

use clap::Args;

use crate::context::Context;
use crate::error::{CommandError, Result};

/// Find messages in all chats
#[derive(Debug, Args)]
pub struct Search {}

impl Search {
    /// Not yet.
    pub fn run(&self, _context: &Context) -> Result {
        Err(CommandError::failed("not yet"))
    }

    /// One word.
    pub fn of(_word: &str, _limit: usize) -> Search {
        Search {}
    }
}
