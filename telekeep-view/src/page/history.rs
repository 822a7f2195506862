//! Earlier versions of a message, and what changed.

use askama::Template;
use axum::extract::Path;
use telekeep_index::Index;

use super::Sidebar;
use crate::reading::{face, versions};
use crate::render::{Face, Html, changes};
use crate::server::{Context, PageError, Result};

/// One version against the one before.
struct Step {
    when: String,
    iso: String,
    /// The text with what changed marked.
    text: Html,
    /// Only something else than the text changed.
    same_text: bool,
    /// Media of this version in words, when it differs from the version before.
    media: Option<String>,
    first: bool,
}

#[derive(Template)]
#[template(path = "history.html")]
struct History<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    id: i64,
    face: Face,
    /// Newest first.
    steps: Vec<Step>,
}

/// `GET /chat/{chat}/{id}/history`
pub async fn page(context: Context, Path((chat, id)): Path<(String, String)>) -> Result {
    let (chat, id) = (super::number(&chat)?, super::number(&id)?);
    super::show(context, move |context, _, index| {
        let shown = index.message(chat, id)?.ok_or(PageError::NotFound)?;
        let page = History {
            sidebar: Sidebar::beside(context, index, chat)?,
            chat,
            id,
            face: face(
                context.texts,
                index,
                shown.message.sender.unwrap_or(0),
                &shown.sender_name,
            )?,
            steps: steps(context, index, &shown)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn steps(context: &Context, index: &Index, shown: &telekeep_index::Shown) -> Result<Vec<Step>> {
    let clock = context.clock();
    let steps = versions(index, shown)?.into_iter().map(|version| Step {
        when: clock.full(version.date),
        iso: clock.iso(version.date),
        text: changes(&version.changes, context.texts),
        same_text: version.same_text,
        media: version.media,
        first: version.first,
    });
    Ok(steps.collect())
}
