//! What surrounds messages, for a page: as the request's language, clock and addresses have it.

use telekeep_index::{Index, Shown};

pub use crate::reading::Surroundings;
use crate::server::{Context, Result};

impl<'a> Surroundings<'a> {
    /// Looks up what `messages` mention.
    pub(crate) fn of(context: &Context, index: &'a Index, messages: &[Shown]) -> Result<Self> {
        let links = Box::new(context.links());
        Ok(Self::new(context.clock(), links, index, messages)?)
    }
}
