//! The bytes of files, streamed from the archive's blobs as they are decrypted. They are inert:
//! whatever they claim to be, a browser gets a type from a short list ([`kind`]), or a download; and
//! in a sandbox, should it open one as a page.
//!
//! Pictures are never decoded here ([`crate::thumb`] does that), and [`kind`] keeps pictures too large
//! for a browser away from it.

mod body;
mod kind;
mod name;
mod range;

use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use telekeep_index::FileState;
use telekeep_model::MediaHeld;

use crate::library::{Library, LibraryError};
use crate::server::{Context, MEDIA_POLICY, PLAYED_POLICY, PageError, Result, Shared};
use body::BlobBody;
pub use kind::{HEAD, is_progressive, kind};
pub use name::safe_name;
use range::Wanted;

/// Routes of files.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/file/{*key}", get(file))
}

/// How a file is wanted.
#[derive(Deserialize)]
struct Asked {
    /// To save, under this name.
    save: Option<String>,
}

/// `GET /file/{key}`: `document/ID`, `photo/ID/y`, ...
async fn file(
    context: Context,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result {
    let library = Arc::clone(&context.shared.library);
    let held = library.read(move |_, index| match index.file(&key)? {
        FileState::Held(held) => Ok(held),
        _ => Err(PageError::NotFound),
    });
    let held = held.await?;
    let answer = tokio::task::spawn_blocking(move || answer(&library, &held, asked.save, &headers));
    answer.await.map_err(|_| LibraryError::Ended)?
}

/// Reads the beginning and decides. Blocking.
fn answer(library: &Library, held: &MediaHeld, save: Option<String>, asked: &HeaderMap) -> Result {
    let archive = library.archive();
    let mut blob = archive
        .blob_reader(&held.blob)
        .map_err(|error| match error {
            telekeep_journal::Error::NoBlob { .. } => PageError::NotFound,
            error => failed(error),
        })?;
    let size = blob.size();
    let mut head = Vec::new();
    (&mut blob)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let shown = kind(&head, held.mime.as_deref().unwrap_or_default());

    let tag = tag(&held.blob);
    let mut headers = about(shown, held, save);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    set(&mut headers, header::ETAG, &tag);
    if !archive.is_encrypted() {
        // What is encrypted on disk must not lie plain in the browser's cache.
        let keep = HeaderValue::from_static("private, max-age=3600");
        headers.insert(header::CACHE_CONTROL, keep);
    }
    if text(asked, header::IF_NONE_MATCH).is_some_and(|tags| named(tags, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    // A range of another version of the file would be a wrong one.
    let same = text(asked, header::IF_RANGE).is_none_or(|named| named == tag);
    let range = text(asked, header::RANGE).filter(|_| same);
    let (status, first, length) = match range::wanted(range, size) {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part { first, length } => {
            let last = first + length - 1;
            set(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes {first}-{last}/{size}"),
            );
            (StatusCode::PARTIAL_CONTENT, first, length)
        }
        Wanted::Outside => {
            set(
                &mut headers,
                header::CONTENT_RANGE,
                &format!("bytes */{size}"),
            );
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    set(&mut headers, header::CONTENT_LENGTH, &length.to_string());
    blob.seek(SeekFrom::Start(first)).map_err(failed)?;
    let body = Body::new(BlobBody::begin(blob, length).map_err(failed)?);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Type, sandbox, and whether it is shown or saved.
fn about(shown: Option<&'static str>, held: &MediaHeld, save: Option<String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let plays = shown.is_some_and(|kind| !kind.starts_with("image/"));
    let policy = HeaderValue::from_static(if plays { PLAYED_POLICY } else { MEDIA_POLICY });
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let kind = HeaderValue::from_static(shown.unwrap_or("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    if shown.is_none() || save.is_some() {
        let name = save.or_else(|| held.name.clone());
        let name = name.unwrap_or_else(|| held.file.replace('/', "-"));
        set(
            &mut headers,
            header::CONTENT_DISPOSITION,
            &name::attachment(&name),
        );
    }
    headers
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Made here of digits, tags and names that were made safe: always a value.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A header's text.
pub fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The tag of what has this name.
pub fn tag(name: &str) -> String {
    format!("\"{name}\"")
}

/// Does an `If-None-Match` name this tag?
pub fn named(tags: &str, tag: &str) -> bool {
    tags.split(',')
        .any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}

/// A failure whose words say nothing of the content.
pub fn failed(error: impl std::fmt::Display) -> PageError {
    PageError::Failed(error.to_string())
}
