//! Jump to a date: months with the days that have messages.

use axum::extract::Path;

use crate::server::{Context, PageError, Result};

/// `GET /chat/{chat}/calendar`
pub async fn page(_context: Context, Path(_chat): Path<String>) -> Result {
    Err(PageError::NotFound)
}
