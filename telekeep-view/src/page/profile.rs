//! A person or chat: name, photos, what is known.

use axum::extract::Path;

use crate::server::{Context, PageError, Result};

/// `GET /profile/{peer}`
pub async fn page(_context: Context, Path(_peer): Path<String>) -> Result {
    Err(PageError::NotFound)
}

/// `GET /name/{name}`: the profile behind a public name.
pub async fn by_name(_context: Context, Path(_name): Path<String>) -> Result {
    Err(PageError::NotFound)
}
