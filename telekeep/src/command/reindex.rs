//! `telekeep reindex`.

use clap::Args;

use crate::context::Context;
use crate::error::{CommandError, Result};

/// Build the index anew from the records
#[derive(Debug, Args)]
pub struct Reindex {}

impl Reindex {
    /// Not yet.
    pub fn run(&self, _context: &Context) -> Result {
        Err(CommandError::failed("not yet"))
    }
}
