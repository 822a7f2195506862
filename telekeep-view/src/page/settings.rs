//! Language, theme, shortcuts, and the list of shortcuts.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;

use super::Sidebar;
use crate::server::{Context, Result};

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    /// The reader has just chosen.
    saved: bool,
}

/// What is to be told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    saved: String,
}

/// `GET /settings`
pub async fn page(context: Context, Query(told): Query<Told>) -> Result {
    super::show(context, move |context, _, index| {
        let page = Settings {
            sidebar: Sidebar::beside(context, index, 0)?,
            saved: !told.saved.is_empty(),
            context,
        };
        Ok(page.render()?)
    })
    .await
}
