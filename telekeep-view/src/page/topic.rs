//! One topic of a forum, or what is told apart in a chat as if it were one: its messages around a
//! place, as those of a chat.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect};
use telekeep_index::{Cursor, Index};
use telekeep_model::PeerKind;

use super::Sidebar;
use super::calendar::{Go, midnight};
use super::chat::{At, Chat, PAGE, told, topics, ways};
use super::scene::Surroundings;
use crate::reading::{Stretch, chat_face, portrait};
use crate::render::days;
use crate::server::{Context, PageError, Result};

/// `GET /chat/{chat}/topic/{topic}`
pub async fn page(
    context: Context,
    Path((chat, topic)): Path<(String, String)>,
    Query(at): Query<At>,
) -> Result {
    let (chat, topic) = (super::number(&chat)?, super::number(&topic)?);
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        let stretch = Stretch::of_topic(index, (chat, topic), at.place(), PAGE)?;
        let around = Surroundings::of(context, index, &stretch.messages)?;
        let base = format!("/chat/{chat}/topic/{topic}");
        let (older, newer) = ways(&stretch, &base);
        let face = chat_face(context.texts, &known);
        let page = Chat {
            sidebar: Sidebar::beside(context, index, chat)?,
            id: chat,
            base,
            two: false,
            face: face.with_photo(portrait(index, &context.links(), chat)?),
            subtitle: title(context, index, chat, topic)?,
            pinned: None,
            topics: topics(context, index, &known, topic)?,
            days: told(
                context,
                days(&stretch.messages, stretch.before.as_ref(), &around.scene()),
                &at,
            ),
            older,
            newer,
            topic,
            target: at.at.unwrap_or(0),
            context,
        };
        Ok(askama::Template::render(&page)?)
    })
    .await
}

/// What a topic is called, or what Saved Messages were saved from, or whom direct messages are with.
pub(super) fn title(context: &Context, index: &Index, chat: i64, topic: i64) -> Result<String> {
    if index
        .chat(chat)?
        .is_some_and(|known| known.kind == PeerKind::Saved || known.is_direct())
    {
        return Ok(super::beside::known(context, index, topic)?.name);
    }
    let topics = index.topics(chat)?;
    let found = topics.into_iter().find(|one| one.id == topic);
    let unknown = || context.texts.with("chat.topic", topic);
    Ok(found.map_or_else(unknown, |found| context.texts.topic(&found)))
}

/// `GET /chat/{chat}/topic/{topic}/day?day=2024-05-03`: the topic's first message of that day, or the
/// next after it.
pub async fn day(
    context: Context,
    Path((chat, topic)): Path<(String, String)>,
    Query(go): Query<Go>,
) -> Result {
    let (chat, topic) = (super::number(&chat)?, super::number(&topic)?);
    let from = midnight(&context, &go)?;
    let library = std::sync::Arc::clone(&context.library);
    let found = library.read(move |_, index| {
        // After everything of the second before.
        let before = Cursor::of(from.saturating_sub(1), i64::MAX, i64::MAX);
        let found = index.topic_messages(chat, topic, Some(before), true, 1)?;
        Ok::<_, PageError>(found.messages.first().map(|shown| shown.message.id))
    });
    let to = match found.await? {
        Some(id) => format!("/chat/{chat}/topic/{topic}?at={id}#m{id}"),
        None => format!("/chat/{chat}/topic/{topic}#newest"),
    };
    Ok(Redirect::to(&to).into_response())
}
