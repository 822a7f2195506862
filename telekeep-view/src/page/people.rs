//! The people behind the counts of a message: who reacted, and who voted in its poll.

use askama::Template;
use axum::extract::Path;
use telekeep_index::Index;
use telekeep_model::{Crowd, Media, Message, Voice};

use super::Sidebar;
use super::beside::some_of;
use crate::reading::known_face;
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// People shown of one answer.
const MOST: usize = 1000;

/// Somebody, and what they chose.
struct Person {
    face: Face,
    chose: String,
    when: String,
}

/// Who reacted, or who voted.
struct Group {
    title: &'static str,
    /// How many are known of how many there are, or why nobody is.
    note: Option<String>,
    people: Vec<Person>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct People<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: i64,
    id: i64,
    groups: Vec<Group>,
}

/// `GET /chat/{chat}/{id}/people`
pub async fn page(context: Context, Path((chat, id)): Path<(String, String)>) -> Result {
    let (chat, id) = (super::number(&chat)?, super::number(&id)?);
    super::show(context, move |context, _, index| {
        let shown = index.message(chat, id)?.ok_or(PageError::NotFound)?;
        let page = People {
            sidebar: Sidebar::beside(context, index, chat)?,
            chat,
            id,
            groups: groups(context, index, &shown.message)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn groups(context: &Context, index: &Index, message: &Message) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    let all = message.reactions.iter().map(|reaction| reaction.count);
    let all = u64::try_from(all.sum::<i64>()).unwrap_or(0);
    let told = index.reactions(message.chat, message.id)?;
    let (voices, refused) = match told {
        Some(Crowd {
            voices,
            unavailable,
            ..
        }) if !voices.is_empty() => (voices, unavailable),
        told => (
            message.reacted.clone(),
            told.and_then(|told| told.unavailable),
        ),
    };
    if all > 0 || !voices.is_empty() {
        let emoji = |voice: &Voice| match voice.emoji.as_str() {
            "" => "🙂".to_owned(),
            emoji => emoji.to_owned(),
        };
        groups.push(Group {
            title: "people.reacted",
            note: note(context, voices.len(), all, refused),
            people: people(context, index, &voices, emoji)?,
        });
    }
    if let Some(Media::Poll(poll)) = &message.media
        && let Some(told) = index.votes(message.chat, message.id)?
    {
        let words = |voice: &Voice| {
            let chosen = poll.answers.iter();
            let chosen = chosen.filter(|answer| voice.options.contains(&answer.option));
            let chosen: Vec<&str> = chosen.map(|answer| answer.text.as_str()).collect();
            chosen.join(" · ")
        };
        groups.push(Group {
            title: "people.voted",
            note: note(context, told.voices.len(), told.count, told.unavailable),
            people: people(context, index, &told.voices, words)?,
        });
    }
    Ok(groups)
}

fn note(context: &Context, known: usize, all: u64, refused: Option<String>) -> Option<String> {
    let texts = context.texts;
    let refused = refused.map(|reason| texts.with("account.unavailable", reason));
    match (some_of(texts, known as u64, all), refused) {
        (Some(some), Some(refused)) => Some(format!("{some} {refused}")),
        (some, refused) => some.or(refused),
    }
}

fn people(
    context: &Context,
    index: &Index,
    voices: &[Voice],
    chose: impl Fn(&Voice) -> String,
) -> Result<Vec<Person>> {
    let clock = context.clock();
    let mut people = Vec::new();
    for voice in voices.iter().take(MOST) {
        people.push(Person {
            face: known_face(context.texts, index, voice.peer)?,
            chose: chose(voice),
            when: clock.full(voice.date),
        });
    }
    Ok(people)
}
