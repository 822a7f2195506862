//! The bytes of files, straight from the archive's blobs. They are inert: whatever they claim to be,
//! a browser gets a type from a short list, or a download.

use std::io::Read as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use telekeep_index::FileState;

use crate::server::{Context, MEDIA_POLICY, PageError, Result, Shared};

/// Pictures are read whole; larger files need ranges.
const MAX_WHOLE: u64 = 32 * 1024 * 1024;

/// Routes of files.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/file/{*key}", get(file))
}

/// `GET /file/{key}`: `document/ID`, `photo/ID/y`, ...
async fn file(context: Context, Path(key): Path<String>) -> Result {
    let read = context.shared.library.read(move |library, index| {
        let FileState::Held(held) = index.file(&key)? else {
            return Err(PageError::NotFound);
        };
        let mut blob = library.archive().blob_reader(&held.blob).map_err(failed)?;
        if blob.size() > MAX_WHOLE {
            return Err(PageError::NotFound);
        }
        let mut bytes = Vec::new();
        blob.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    });
    let bytes = read.await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            picture_type(&bytes).ok_or(PageError::NotFound)?,
        ),
        (header::CONTENT_SECURITY_POLICY, MEDIA_POLICY),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, bytes).into_response())
}

fn failed(error: impl std::fmt::Display) -> PageError {
    PageError::Failed(error.to_string())
}

/// The type of a picture by its first bytes, never by what the sender says.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}
