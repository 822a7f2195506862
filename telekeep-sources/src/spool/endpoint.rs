//! Which server the session belongs to, as its owner's program wrote it down at login: kept
//! beside the session, encrypted with it, never looked into here.

use super::Spool;
use super::error::SpoolError;
use super::tx::{meta, remove_meta, set_meta};

const NAME: &str = "endpoint";

impl Spool {
    /// Keeps the caller's description of the server.
    pub fn keep_endpoint(&self, text: &str) -> Result<(), SpoolError> {
        set_meta(&self.writing(), NAME, text.as_bytes())
    }

    /// The description given to [`Spool::keep_endpoint`] last.
    pub fn kept_endpoint(&self) -> Result<Option<String>, SpoolError> {
        let Some(bytes) = meta(&self.writing(), NAME)? else {
            return Ok(None);
        };
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| SpoolError::Damaged { what: "endpoint" })
    }

    /// Forgets the server.
    pub fn forget_endpoint(&self) -> Result<(), SpoolError> {
        remove_meta(&self.writing(), NAME)
    }
}
