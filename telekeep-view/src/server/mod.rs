//! The local server: router, state, and what stands before every page.

mod accounts;
mod assets;
mod context;
mod guard;
mod headers;
mod listen;
mod preferences;
mod problem;
mod secret;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use jiff::tz::TimeZone;

use crate::library::Library;
use crate::thumb::{self, Thumbs};
use crate::{media, page};

pub(crate) use assets::address as asset;
pub use context::Context;
pub use headers::{MEDIA_POLICY, PLAYED_POLICY};
pub use listen::serve;
pub use problem::{PageError, Result};
use secret::Secret;

/// What a viewer needs besides the archive.
pub struct ViewerOptions {
    /// Where the server listens: loopback.
    pub listen: SocketAddr,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// Now, in unix milliseconds.
    pub now: fn() -> i64,
    /// The name of the account whose journal this is; `None` for a journal of something else.
    pub account_of: fn(&str) -> Option<String>,
}

/// The address to open, with the access token. Shown to the reader, never logged.
pub struct Address(String);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shared by all requests.
pub struct Shared {
    pub library: Arc<Library>,
    pub(crate) libraries: accounts::Libraries,
    pub(crate) account_of: fn(&str) -> Option<String>,
    pub(crate) thumbs: Thumbs,
    pub zone: TimeZone,
    pub now: fn() -> i64,
    pub(crate) listen: SocketAddr,
    /// In the address that is opened.
    pub(crate) token: Secret,
    /// In the cookie that the token is exchanged for.
    pub(crate) session: Secret,
    /// In every form.
    pub(crate) csrf: Secret,
}

/// The pages of one archive.
#[derive(Clone)]
pub struct Viewer {
    shared: Arc<Shared>,
}

impl Viewer {
    /// A viewer with fresh secrets. Fails when the system gives no random bytes.
    pub fn new(library: Arc<Library>, options: ViewerOptions) -> std::io::Result<Self> {
        let shared = Shared {
            thumbs: Thumbs::open(library.archive()),
            library,
            libraries: accounts::Libraries::default(),
            account_of: options.account_of,
            zone: options.zone,
            now: options.now,
            listen: options.listen,
            token: Secret::random()?,
            session: Secret::random()?,
            csrf: Secret::random()?,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The address that lets a browser in.
    #[must_use]
    pub fn address(&self) -> Address {
        let token = self.shared.token.as_str();
        Address(format!("http://{}/?token={token}", self.shared.listen))
    }

    /// All routes behind the guard.
    pub fn router(&self) -> Router {
        let shared = &self.shared;
        let pages = Router::new()
            .merge(page::routes())
            .route_layer(from_fn_with_state(Arc::clone(shared), accounts::first))
            .merge(media::routes())
            .merge(thumb::routes())
            .route("/preferences", post(preferences::set))
            .route("/assets/{hash}/{name}", get(assets::get))
            .fallback(problem::not_found);
        let pages = accounts::around(pages, shared);
        guard::around(pages, shared).with_state(Arc::clone(shared))
    }
}
