//! Earlier versions of a message, and what changed.

use axum::extract::Path;

use crate::server::{Context, PageError, Result};

/// `GET /chat/{chat}/{id}/history`
pub async fn page(_context: Context, Path((_chat, _id)): Path<(String, String)>) -> Result {
    Err(PageError::NotFound)
}
