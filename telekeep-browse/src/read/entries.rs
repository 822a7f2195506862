//! Messages as entries of a screen: the viewer's renderer groups them and finds the words, here they
//! become blocks of text.

use std::collections::HashMap;

use telekeep_index::Shown;
use telekeep_view::lang::Piece as Words;
use telekeep_view::reading::{Stretch, Surroundings};
use telekeep_view::render::{Bubble, Event, Item, Scene, days};

use super::formatted::rich;
use super::look_of;
use super::media::describe;
use crate::ask::{Block, Entry};
use crate::say::Say;
use crate::text::{Look, Piece};

/// Rows of what is answered.
const QUOTE_ROWS: usize = 2;

/// The entries of a stretch of messages.
pub fn entries(stretch: &Stretch, around: &Surroundings<'_>, say: &Say) -> Vec<Entry> {
    let scene = around.scene();
    let by_id: HashMap<i64, &Shown> = stretch
        .messages
        .iter()
        .map(|shown| (shown.message.id, shown))
        .collect();
    let mut entries = Vec::new();
    for day in days(&stretch.messages, stretch.before.as_ref(), &scene) {
        for item in &day.items {
            let made = match item {
                Item::Bubble(bubble) => {
                    let album: Vec<&Shown> = bubble
                        .ids
                        .iter()
                        .filter_map(|id| by_id.get(id).copied())
                        .collect();
                    message(bubble, &album, &scene, say)
                }
                Item::Service(event) => by_id
                    .get(&event.id)
                    .and_then(|shown| service(shown, event, &scene)),
                // Places are asked for by date or hit here, not by address.
                Item::Missing(..) => None,
            };
            entries.extend(made.map(|entry| Entry {
                day: day.key.clone(),
                day_words: day.words.clone(),
                ..entry
            }));
        }
    }
    entries
}

fn service(shown: &Shown, event: &Event, scene: &Scene<'_>) -> Option<Entry> {
    let message = &shown.message;
    let mut words = service_words(shown, scene)?;
    // What was pinned, where it is held.
    let pinned = event.quoted.as_ref().filter(|quoted| quoted.id.is_some());
    if let Some(pinned) = pinned {
        words.push(' ');
        words.push_str(&scene.clock.texts.with("text.quoted", &pinned.text));
    }
    Some(Entry {
        id: message.id,
        ids: vec![message.id],
        date: message.date,
        time: event.time.clone(),
        copy: words.clone(),
        blocks: vec![Block {
            pieces: vec![Piece::line(&words, Look::Dim)],
            ..Block::default()
        }],
        reply: reply(&[shown], scene),
        service: true,
        ..Entry::default()
    })
}

/// What a service message says.
pub fn service_words(shown: &Shown, scene: &Scene<'_>) -> Option<String> {
    let texts = scene.clock.texts;
    let service = shown.message.service.as_ref()?;
    let actor = match shown.message.sender {
        Some(_) if !shown.sender_name.is_empty() => texts.name(&shown.sender_name).to_owned(),
        Some(id) => scene.name(id),
        None => texts.name(&shown.chat_title).to_owned(),
    };
    let pieces = texts.service(service).into_iter().map(|piece| match piece {
        Words::Actor => actor.clone(),
        Words::Words(words) => words,
        Words::Quote(words) => texts.with("text.quoted", words),
        Words::Peers(ids) => {
            let names: Vec<_> = ids.iter().map(|id| scene.name(*id)).collect();
            names.join(&format!("{} ", texts.get("text.list")))
        }
    });
    Some(pieces.collect())
}

fn message(bubble: &Bubble, album: &[&Shown], scene: &Scene<'_>, say: &Say) -> Option<Entry> {
    let first = album.first()?;
    let captioned = album
        .iter()
        .find(|shown| !shown.message.text.is_empty())
        .unwrap_or(first);
    let text = &captioned.message.text;
    let mut blocks = Vec::new();
    before_text(bubble, scene, &mut blocks);
    let mut files = Vec::new();
    let mut previews = Vec::new();
    for media in album
        .iter()
        .filter_map(|shown| shown.message.media.as_ref())
    {
        let (of, in_it) = describe(media, scene);
        files.extend(in_it);
        match media.kind() {
            "link" => previews.extend(of),
            _ => blocks.extend(of),
        }
    }
    let rich = rich(text, &captioned.message.entities);
    if !text.is_empty() {
        blocks.push(Block {
            pieces: rich,
            ..Block::default()
        });
    }
    blocks.extend(previews);
    after_text(bubble, scene, say, &mut blocks);
    let versions_of = album.iter().find(|shown| shown.versions > 1);
    Some(Entry {
        id: bubble.id,
        ids: bubble.ids.clone(),
        date: first.message.date,
        time: bubble.time.clone(),
        head: head(bubble, scene),
        blocks,
        copy: text.clone(),
        reply: reply(album, scene),
        files,
        versions_of: versions_of.map(|shown| shown.message.id),
        ..Entry::default()
    })
}

/// The name, unless the message goes on what the one above began.
fn head(bubble: &Bubble, scene: &Scene<'_>) -> Vec<Piece> {
    let texts = scene.clock.texts;
    if bubble.joined {
        return Vec::new();
    }
    let mut head = vec![match bubble.mine {
        true => Piece::line(texts.get("chat.you"), Look::Mine),
        false => Piece::line(&bubble.face.name, look_of(&bubble.face)),
    }];
    let mut aside = Vec::new();
    let deleted = bubble.face.deleted && !bubble.mine;
    aside.extend(deleted.then(|| texts.get("peer.deleted").to_owned()));
    aside.extend(bubble.topic.as_ref().map(|topic| topic.name.clone()));
    aside.extend(
        bubble
            .then
            .as_ref()
            .map(|name| texts.with("message.then", name)),
    );
    aside.extend(bubble.author.clone());
    aside.extend(
        bubble
            .via
            .as_ref()
            .map(|bot| texts.with("message.via", bot)),
    );
    for words in aside {
        head.push(Piece::new(" · ", Look::Dim));
        head.push(Piece::line(&words, Look::Dim));
    }
    head
}

fn before_text(bubble: &Bubble, scene: &Scene<'_>, blocks: &mut Vec<Block>) {
    let texts = scene.clock.texts;
    if let Some(from) = &bubble.forwarded {
        let mut pieces = vec![
            Piece::new("↪ ", Look::Dim),
            Piece::line(texts.get("message.forwarded-from"), Look::Dim),
            Piece::new(" ", Look::Dim),
            Piece::line(&from.face.name, look_of(&from.face)),
        ];
        for words in from.author.iter().chain([&from.date]) {
            pieces.push(Piece::new(" · ", Look::Dim));
            pieces.push(Piece::line(words, Look::Dim));
        }
        blocks.push(Block {
            pieces,
            ..Block::default()
        });
    }
    if let Some(quoted) = &bubble.quoted {
        let mut pieces = Vec::new();
        if let Some(face) = &quoted.face {
            pieces.push(Piece::line(&face.name, look_of(face)));
            pieces.push(Piece::new(": ", Look::Quote));
        }
        pieces.push(Piece::line(&quoted.text, Look::Quote));
        blocks.push(Block {
            mark: Some(Piece::new("┃ ", Look::Quote)),
            pieces,
            most: QUOTE_ROWS,
        });
    }
}

fn after_text(bubble: &Bubble, scene: &Scene<'_>, say: &Say, blocks: &mut Vec<Block>) {
    let texts = scene.clock.texts;
    if !bubble.reactions.is_empty() {
        let each = bubble.reactions.iter().flat_map(|reaction| {
            let look = if reaction.mine {
                Look::Strong
            } else {
                Look::Plain
            };
            let words = format!("{} {}", reaction.emoji, reaction.count);
            [Piece::line(&words, look), Piece::new("  ", Look::Plain)]
        });
        blocks.push(Block {
            pieces: each.collect(),
            ..Block::default()
        });
    }
    for (label, address) in &bubble.buttons {
        let mut pieces = vec![Piece::line(&format!("[ {label} ]"), Look::Strong)];
        if let Some(address) = address {
            pieces.push(Piece::line(&format!("<{address}>"), Look::Dim));
            pieces.insert(1, Piece::new(" ", Look::Dim));
        }
        blocks.push(Block {
            pieces,
            ..Block::default()
        });
    }
    let mut marks: Vec<(String, Look)> = Vec::new();
    let mut add = |words: Option<String>, look| marks.extend(words.map(|words| (words, look)));
    add(bubble.deleted.clone(), Look::Bad);
    add(
        bubble
            .edited
            .as_ref()
            .map(|when| format!("{} {when}", texts.get("message.edited"))),
        Look::Dim,
    );
    let versions = bubble.history.as_ref().map(|_| say.get("browse.versions"));
    add(versions.map(str::to_owned), Look::Link);
    let pinned = bubble
        .pinned
        .then(|| texts.get("message.pinned").to_owned());
    add(pinned, Look::Dim);
    add(bubble.views.clone(), Look::Dim);
    add(bubble.replies.clone(), Look::Dim);
    let mut pieces = Vec::new();
    for (words, look) in marks {
        if !pieces.is_empty() {
            pieces.push(Piece::new(" · ", Look::Dim));
        }
        pieces.push(Piece::line(&words, look));
    }
    if !pieces.is_empty() {
        blocks.push(Block {
            pieces,
            ..Block::default()
        });
    }
}

/// The message that is answered, when it is held.
fn reply(album: &[&Shown], scene: &Scene<'_>) -> Option<(i64, i64)> {
    album.iter().find_map(|shown| {
        let reply = shown.message.reply_to.as_ref()?;
        let place = (reply.chat.unwrap_or(shown.message.chat), reply.id?);
        scene.answered.contains_key(&place).then_some(place)
    })
}
