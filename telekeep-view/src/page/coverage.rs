//! "What I have, and what could be missing."

use crate::server::{Context, PageError, Result};

/// `GET /coverage`
pub async fn page(_context: Context) -> Result {
    Err(PageError::NotFound)
}
