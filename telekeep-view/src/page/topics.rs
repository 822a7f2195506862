//! All topics of a forum, or all whom direct messages are with. The tabs above its messages have room for the newest of them.

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;

use super::Sidebar;
use super::chat::topic_address;
use crate::reading::{Thread, chat_face, threads};
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// Topics on a page.
const PAGE: usize = 200;

/// The topic after which to go on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Wanted {
    after: Option<i64>,
}

/// A topic in the list.
struct Row {
    name: String,
    address: String,
    /// How much was said there, where that is counted.
    told: Option<String>,
}

#[derive(Template)]
#[template(path = "topics.html")]
struct Topics<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    face: Face,
    rows: Vec<Row>,
    /// Address of the rest.
    more: Option<String>,
}

/// `GET /chat/{chat}/topics`
pub async fn page(
    context: Context,
    Path(chat): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result {
    let chat = super::number(&chat)?;
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        if !known.forum && !known.is_direct() {
            return Err(PageError::NotFound);
        }
        let topics = threads(context.texts, index, &known)?;
        let from = match wanted.after {
            None => 0,
            Some(after) => {
                let at = topics.iter().position(|topic| topic.id == after);
                at.map_or(topics.len(), |at| at + 1)
            }
        };
        let shown = topics.get(from..).unwrap_or_default();
        let more = shown.len() > PAGE;
        let shown = shown.get(..PAGE).unwrap_or(shown);
        let last = shown.last().filter(|_| more);
        let page = Topics {
            sidebar: Sidebar::beside(context, index, chat)?,
            chat,
            face: chat_face(context.texts, &known),
            rows: shown
                .iter()
                .map(|topic| row(context, chat, topic))
                .collect(),
            more: last.map(|last| format!("/chat/{chat}/topics?after={}", last.id)),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn row(context: &Context, chat: i64, topic: &Thread) -> Row {
    let messages = topic.messages;
    Row {
        name: topic.name.clone(),
        address: topic_address(chat, topic.id),
        told: messages.map(|messages| context.texts.count("chat.messages", messages)),
    }
}
