//! The bytes of files, straight from the archive's blobs. They are inert: whatever they claim to be,
//! a browser gets a type from a short list, or a download.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;

use crate::server::{Context, PageError, Result, Shared};

/// Routes of files.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/file/{*key}", get(file))
}

/// `GET /file/{key}`: `document/ID`, `photo/ID/y`, ...
async fn file(_context: Context, Path(_key): Path<String>) -> Result {
    Err(PageError::NotFound)
}
