//! The pages, one file each: what is asked for, what the index is asked, the template.

mod account;
mod beside;
mod calendar;
mod chat;
mod chats;
mod coverage;
mod folders;
mod gallery;
mod history;
mod notes;
mod notifications;
mod payments;
mod people;
mod profile;
mod scene;
mod search;
mod settings;
mod shelf;
mod statistics;
mod stories;
mod topic;
mod topics;

use std::sync::Arc;

use axum::Router;
use axum::response::{Html, IntoResponse as _};
use axum::routing::get;
use telekeep_index::Index;

use crate::library::Library;
use crate::server::{Context, PageError, Result, Shared};

pub use account::{NOT_SHOWN, PLACES, place_of};
pub use chats::Sidebar;

/// Every page.
pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(chats::page))
        .route("/chat/{chat}", get(chat::page))
        .route("/chat/{chat}/topic/{topic}", get(topic::page))
        .route("/chat/{chat}/topic/{topic}/day", get(topic::day))
        .route("/chat/{chat}/topics", get(topics::page))
        .route("/chat/{chat}/members", get(beside::members::page))
        .route("/chat/{chat}/links", get(beside::links::page))
        .route("/chat/{chat}/log", get(beside::log::page))
        .route("/chat/{chat}/calendar", get(calendar::page))
        .route("/chat/{chat}/day", get(calendar::day))
        .route("/chat/{chat}/{id}/history", get(history::page))
        .route("/chat/{chat}/{id}/people", get(people::page))
        .route("/search", get(search::page))
        .route("/gallery", get(gallery::page))
        .route("/profile/{peer}", get(profile::page))
        .route("/name/{name}", get(profile::by_name))
        .route("/account", get(account::page))
        .route("/stories", get(stories::page))
        .route("/payments", get(payments::page))
        .route("/shelf/{*name}", get(shelf::page))
        .route("/folders", get(folders::page))
        .route("/notifications", get(notifications::page))
        .route("/notes", get(notes::page))
        .route("/statistics", get(statistics::page))
        .route("/coverage", get(coverage::page))
        .route("/settings", get(settings::page))
}

/// Makes a page on a reading thread.
async fn show<F>(context: Context, make: F) -> Result
where
    F: FnOnce(&Context, &Library, &Index) -> Result<String> + Send + 'static,
{
    let library = Arc::clone(&context.library);
    let page = library
        .read(move |library, index| make(&context, library, index))
        .await?;
    Ok(Html(page).into_response())
}

/// A number in an address.
fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Two numbers in an address, with a dot between them.
fn pair(text: &str) -> Result<(i64, i64)> {
    let (one, other) = text.split_once('.').ok_or(PageError::BadRequest)?;
    let number = |text: &str| text.parse().map_err(|_| PageError::BadRequest);
    Ok((number(one)?, number(other)?))
}

/// Seconds ahead of UTC at a moment.
fn offset(zone: &jiff::tz::TimeZone, moment: i64) -> i64 {
    let moment = jiff::Timestamp::from_second(moment).unwrap_or_default();
    zone.to_offset(moment).seconds().into()
}
