//! What administrators did, with the messages they deleted and edited.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::{FileState, Index};
use telekeep_model::{AdminEvent, Message, Role};

use super::{head, known};
use crate::page::Sidebar;
use crate::reading::media_words;
use crate::render::{Face, Html, Links as _, changes, differences, hide, spoilers};
use crate::server::{Context, PageError, Result};

/// Events on a page.
const PAGE: usize = 100;

/// Where to go on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    before: Option<i64>,
}

/// A message in an event.
struct Said {
    sender: Option<Face>,
    media: Option<String>,
    /// Address of its file, when that is held.
    file: Option<String>,
    text: Html,
}

struct Row {
    when: String,
    iso: String,
    by: Face,
    /// What was done.
    words: String,
    /// Whom it was done to.
    whom: Option<Face>,
    said: Option<Said>,
    /// From and to.
    changed: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "log.html")]
struct Log<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    face: Face,
    rows: Vec<Row>,
    /// Address of older ones.
    more: Option<String>,
}

/// `GET /chat/{chat}/log`
pub async fn page(
    context: Context,
    Path(chat): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result {
    let chat = crate::page::number(&chat)?;
    crate::page::show(context, move |context, _, index| {
        if !index.has_admin_log(chat)? {
            return Err(PageError::NotFound);
        }
        let events = index.admin_log(chat, wanted.before, PAGE)?;
        let last = events.last().filter(|_| events.len() == PAGE);
        let mut rows = Vec::new();
        for event in &events {
            rows.push(row(context, index, event)?);
        }
        let page = Log {
            sidebar: Sidebar::beside(context, index, chat)?,
            face: head(context, index, chat)?,
            more: last.map(|last| format!("/chat/{chat}/log?before={}", last.id)),
            context,
            chat,
            rows,
        };
        Ok(page.render()?)
    })
    .await
}

fn row(context: &Context, index: &Index, event: &AdminEvent) -> Result<Row> {
    let clock = context.clock();
    let whom = event.deed.whom.map(|(id, _)| known(context, index, id));
    Ok(Row {
        when: clock.full(event.date),
        iso: clock.iso(event.date),
        by: known(context, index, event.by)?,
        words: words(context, event),
        whom: whom.transpose()?,
        said: said(context, index, event)?,
        changed: event.deed.changed.clone(),
    })
}

/// What was done. Some actions have several meanings.
fn words(context: &Context, event: &AdminEvent) -> String {
    let texts = context.texts;
    let role = event.deed.whom.map(|(_, role)| role);
    let key = match (event.action.as_str(), role, event.deed.turned) {
        ("ParticipantToggleBan", Some(Role::Kicked), _) => "log.Kicked".to_owned(),
        ("ParticipantToggleBan", Some(Role::Restricted), _) => "log.Restricted".to_owned(),
        ("ParticipantToggleBan", ..) => "log.Readmitted".to_owned(),
        ("ParticipantToggleAdmin", Some(Role::Admin | Role::Owner), _) => "log.Promoted".to_owned(),
        ("ParticipantToggleAdmin", ..) => "log.Demoted".to_owned(),
        (action, _, Some(true)) => format!("log.{action}.on"),
        (action, _, Some(false)) => format!("log.{action}.off"),
        (action, ..) => format!("log.{action}"),
    };
    match (texts.find(&key), &event.deed.link) {
        (Some(words), Some(link)) => format!("{words}: \u{2068}{link}\u{2069}"),
        (Some(words), None) => words.to_owned(),
        (None, _) => texts.with("log.unknown", &event.action),
    }
}

fn said(context: &Context, index: &Index, event: &AdminEvent) -> Result<Option<Said>> {
    let deed = &event.deed;
    let Some(message) = deed.after.as_ref().or(deed.before.as_ref()) else {
        return Ok(None);
    };
    let sender = message.sender.map(|id| known(context, index, id));
    let media = message.media.as_ref().map(|media| media.label());
    Ok(Some(Said {
        sender: sender.transpose()?,
        media: media.map(|label| media_words(&label, context.texts)),
        file: file(context, index, message)?,
        text: text(context, deed.before.as_deref(), message),
    }))
}

/// The first file of a message that is held.
fn file(context: &Context, index: &Index, message: &Message) -> Result<Option<String>> {
    let mut keys = Vec::new();
    message.wanted(&mut |key, _| keys.push(key.to_owned()));
    for key in keys {
        if matches!(index.file(&key)?, FileState::Held(_)) {
            return Ok(Some(context.links().file(&key)));
        }
    }
    Ok(None)
}

/// The text, with what an edit changed marked.
fn text(context: &Context, before: Option<&Message>, message: &Message) -> Html {
    let before = before.unwrap_or(message);
    let differences = differences(&before.text, &message.text);
    let hidden = spoilers(&before.text, &before.entities);
    let shown = spoilers(&message.text, &message.entities);
    changes(&hide(differences, &hidden, &shown), context.texts)
}
