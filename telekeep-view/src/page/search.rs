//! Search with filters, hits in context.

use crate::server::{Context, PageError, Result};

/// `GET /search`
pub async fn page(_context: Context) -> Result {
    Err(PageError::NotFound)
}
