//! Keeping the index up with the journal.

use std::sync::Arc;

use telekeep_journal::Archive;

use crate::context::Context;
use crate::error::Result;

/// Applies records to the index while they are being fetched.
pub struct Follower {}

impl Follower {
    /// Starts following.
    pub fn start(_context: &Context, _archive: &Arc<Archive>) -> Result<Follower> {
        Ok(Follower {})
    }

    /// Applies the rest.
    pub fn finish(self) -> Result<()> {
        Ok(())
    }
}
