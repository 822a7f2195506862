//! Numbers and plots.

use crate::server::{Context, PageError, Result};

/// `GET /statistics`
pub async fn page(_context: Context) -> Result {
    Err(PageError::NotFound)
}
