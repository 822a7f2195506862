//! Earlier versions of a message, and what changed.

use askama::Template;
use axum::extract::Path;
use telekeep_index::Index;

use super::Sidebar;
use crate::render::{Face, Html, changes, differences};
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
            face: Face::new(shown.message.sender.unwrap_or(0), &shown.sender_name),
            steps: steps(context, index, &shown)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn steps(context: &Context, index: &Index, shown: &telekeep_index::Shown) -> Result<Vec<Step>> {
    let clock = context.clock();
    let latest = &shown.message;
    let earlier = index.history(latest.chat, latest.id)?;
    let versions = earlier
        .iter()
        .map(|version| (version.date, &version.message))
        .chain([(latest.edit_date.unwrap_or(latest.date), latest)]);
    let label = |message: &telekeep_model::Message| message.media.as_ref().map(|m| m.label());
    let mut steps: Vec<Step> = Vec::new();
    let mut before: Option<&telekeep_model::Message> = None;
    for (date, message) in versions {
        let old = before.map_or(message.text.as_str(), |before| before.text.as_str());
        let changed = before.is_some_and(|before| label(before) != label(message));
        steps.push(Step {
            when: clock.full(date),
            iso: clock.iso(date),
            text: changes(&differences(old, &message.text)),
            same_text: before.is_some_and(|before| before.text == message.text),
            media: label(message).filter(|_| changed || before.is_none()),
            first: before.is_none(),
        });
        before = Some(message);
    }
    steps.reverse();
    Ok(steps)
}
