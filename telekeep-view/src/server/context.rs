//! What a page knows about the request besides its own parameters.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::accounts::{Account, View};
use super::guard::{cookie, cookie_name};
use super::preferences::{Preferences, Theme};
use super::{Shared, asset};
use crate::lang::{self, Texts};
use crate::library::Library;
use crate::render::{Clock, ServerLinks};

/// The reader's language, theme and time zone, and the form token.
#[derive(Clone)]
pub struct Context {
    /// Texts of the interface.
    pub texts: &'static Texts,
    /// Chosen theme.
    pub theme: Theme,
    /// Single-letter shortcuts are on.
    pub keys: bool,
    /// Moving pictures wait to be asked.
    pub still: bool,
    /// Our own script asks: it has the chat list already and wants only the page.
    pub fragment: bool,
    /// What is read: all of the archive, or what is of one account of several.
    pub library: Arc<Library>,
    /// The accounts, when there are several.
    pub accounts: Arc<[Account]>,
    /// State of the server.
    pub shared: Arc<Shared>,
}

impl Context {
    pub(crate) fn new(shared: &Arc<Shared>, headers: &HeaderMap) -> Self {
        let name = format!("{}-preferences", cookie_name(shared));
        let chosen = Preferences::parse(cookie(headers, &name).unwrap_or_default());
        let accepted = headers.get(axum::http::header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        Self {
            texts: chosen
                .language
                .unwrap_or_else(|| lang::choose(accepted.unwrap_or_default())),
            theme: chosen.theme,
            keys: chosen.keys,
            still: chosen.still,
            fragment: headers.contains_key("x-fragment"),
            library: Arc::clone(&shared.library),
            accounts: Arc::default(),
            shared: Arc::clone(shared),
        }
    }

    /// The token that forms carry.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.shared.csrf.as_str()
    }

    /// Where an asset is.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        asset(name)
    }

    /// All languages, to choose from.
    #[must_use]
    pub fn languages(&self) -> &'static [&'static Texts] {
        lang::all()
    }

    /// Dates and times as the reader knows them.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock {
            texts: self.texts,
            zone: self.shared.zone.clone(),
            now: (self.shared.now)() / 1000,
        }
    }

    /// Addresses of pages.
    #[must_use]
    pub fn links(&self) -> ServerLinks {
        ServerLinks
    }
}

impl FromRequestParts<Arc<Shared>> for Context {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Self, Infallible> {
        let mut context = Self::new(shared, &parts.headers);
        if let Some(view) = parts.extensions.get::<View>() {
            context.library = Arc::clone(&view.library);
            context.accounts = Arc::clone(&view.accounts);
        }
        Ok(context)
    }
}
