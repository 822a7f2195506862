//! Small pictures made here, for lists, of pictures that the archive holds only large: once, one at a
//! time so that reading goes on beside it, bounded against pictures that unpack to gigabytes
//! ([`draw`]), and kept ([`cache`]). And the tiny previews that came inside messages ([`tiny`]).

mod cache;
mod draw;
mod tiny;

pub(crate) use tiny::is_one as is_tiny;

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use telekeep_index::FileState;
use telekeep_journal::Archive;
use telekeep_model::MediaHeld;
use tokio::sync::Semaphore;

use crate::media::{named, tag, text};
use crate::render::{Links as _, ServerLinks};
use crate::server::{Context, MEDIA_POLICY, PageError, Result, Shared};
use cache::Cache;

/// Routes of small pictures.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/thumb/{*key}", get(thumb))
        .route("/tiny/{preview}", get(tiny::tiny))
}

/// What making small pictures needs.
pub struct Thumbs {
    cache: Cache,
    /// One is drawn at a time.
    free: Arc<Semaphore>,
}

impl Thumbs {
    /// With what was made before, when the archive's folder can be written to.
    pub fn open(archive: &Archive) -> Self {
        Self {
            cache: Cache::open(archive),
            free: Arc::new(Semaphore::new(1)),
        }
    }
}

/// `GET /thumb/{key}`: a picture of at most [`draw::SIDE`] pixels. One that needs none, or is too much
/// work, is answered with the way to itself.
async fn thumb(context: Context, Path(key): Path<String>, asked: HeaderMap) -> Result {
    let shared = Arc::clone(&context.shared);
    let whole = ServerLinks.file(&key);
    let held = shared
        .library
        .read(move |_, index| match index.file(&key)? {
            FileState::Held(held) => Ok(held),
            _ => Err(PageError::NotFound),
        });
    let held = held.await?;
    let tag = tag(&format!("{}-{}", held.blob, draw::SIDE));
    if text(&asked, header::IF_NONE_MATCH).is_some_and(|tags| named(tags, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let bytes = small(&shared, held).await?;
    if bytes.is_empty() {
        return Ok(Redirect::temporary(&whole).into_response());
    }
    let keep = !shared.library.archive().is_encrypted();
    let mut answer = picture(bytes, keep);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    Ok(answer)
}

/// The small picture; empty when the picture itself is to be shown.
async fn small(shared: &Arc<Shared>, held: MediaHeld) -> Result<Vec<u8>> {
    let known = Arc::clone(shared);
    let blob = held.blob.clone();
    let look = tokio::task::spawn_blocking(move || known.thumbs.cache.get(&blob));
    if let Ok(Some(bytes)) = look.await {
        return Ok(bytes);
    }
    let permit = Arc::clone(&shared.thumbs.free).acquire_owned().await;
    let work = Arc::clone(shared);
    let blob = held.blob.clone();
    let drawing = tokio::task::spawn_blocking(move || {
        // Goes on to the end when the browser turned away: the next one finds it.
        let _permit = permit;
        let (archive, cache) = (work.library.archive(), &work.thumbs.cache);
        if let Some(bytes) = cache.get(&held.blob) {
            return Ok(bytes);
        }
        let drawn = draw::draw(archive, &held)?;
        cache.put(&held.blob, &drawn);
        Ok(drawn)
    });
    match drawing.await {
        Ok(drawn) => drawn,
        // The decoder gave up in a way it should not. Once is enough.
        Err(_) => {
            shared.thumbs.cache.put(&blob, &[]);
            Ok(Vec::new())
        }
    }
}

/// An answer with a picture made here; `keep` in the browser or not.
fn picture(bytes: Vec<u8>, keep: bool) -> Response {
    let kind = match bytes.starts_with(b"\x89PNG") {
        true => "image/png",
        false => "image/jpeg",
    };
    let keep = match keep {
        true => "private, max-age=3600",
        false => "no-store",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, MEDIA_POLICY),
        (header::CACHE_CONTROL, keep),
    ];
    (headers, bytes).into_response()
}
