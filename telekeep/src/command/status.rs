//! `telekeep status`.

use clap::Args;

use crate::context::Context;
use crate::error::{CommandError, Result};

/// Show per chat what is held, explained and missing
#[derive(Debug, Args)]
pub struct Status {}

impl Status {
    /// Not yet.
    pub fn run(&self, _context: &Context) -> Result {
        Err(CommandError::failed("not yet"))
    }

    /// Every chat.
    pub fn all() -> Status {
        Status {}
    }
}
