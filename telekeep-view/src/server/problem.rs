//! What a page answers when it cannot show what was asked for.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use telekeep_index::IndexError;

use super::{Context, Shared};
use crate::library::LibraryError;

/// A page's answer.
pub type Result<T = Response> = std::result::Result<T, PageError>;

/// Why there is no page. Says nothing of what is inside the archive.
#[derive(Clone, Debug)]
pub enum PageError {
    /// No such chat, message, file or page.
    NotFound,
    /// The address makes no sense.
    BadRequest,
    /// A form without our token.
    Forbidden,
    /// Reading failed; the text says why.
    Failed(String),
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "problem.not-found",
            Self::BadRequest => "problem.bad-request",
            Self::Forbidden => "problem.forbidden",
            Self::Failed(_) => "problem.failed",
        }
    }
}

impl From<LibraryError> for PageError {
    fn from(error: LibraryError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<IndexError> for PageError {
    fn from(error: IndexError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    context: &'a Context,
    words: String,
    detail: Option<String>,
}

/// Shows errors as pages in the reader's language.
pub async fn show(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let context = Context::new(&shared, request.headers());
    let mut response = next.run(request).await;
    let status = response.status();
    let known = response.extensions_mut().remove::<PageError>();
    let error = match (known, status) {
        (Some(error), _) => error,
        // What extractors refuse: an address or a form that cannot be read.
        (None, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) => PageError::BadRequest,
        _ => return response,
    };
    let page = Problem {
        words: context.texts.get(error.key()).to_owned(),
        detail: match &error {
            PageError::Failed(why) => Some(why.clone()),
            PageError::NotFound => Some(context.texts.get("problem.not-found-means").to_owned()),
            PageError::BadRequest => {
                Some(context.texts.get("problem.bad-request-means").to_owned())
            }
            PageError::Forbidden => None,
        },
        context: &context,
    };
    match page.render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => response,
    }
}

/// Any address without a page.
pub async fn not_found() -> PageError {
    PageError::NotFound
}
