//! Photos, videos, voice messages, music, files and links of a chat or of all.

use crate::server::{Context, PageError, Result};

/// `GET /gallery`
pub async fn page(_context: Context) -> Result {
    Err(PageError::NotFound)
}
