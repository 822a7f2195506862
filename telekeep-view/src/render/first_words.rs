//! A message in one line: for lists, replies and pinned bars.

use telekeep_model::Message;

use super::scene::Scene;

/// Characters of a quoted message.
const QUOTE_CHARS: usize = 160;

/// A message in one line.
#[must_use]
pub fn first_words(message: &Message, scene: &Scene<'_>) -> String {
    let texts = scene.clock.texts;
    if !message.text.is_empty() {
        return shortened(&message.text);
    }
    match (&message.media, &message.service) {
        (Some(media), _) => {
            let kind = format!("kind.{}", media.kind());
            let words = texts
                .find(&kind)
                .map_or_else(|| media.kind().to_owned(), str::to_owned);
            if let telekeep_model::Media::Document(document) = media
                && document.role == telekeep_model::DocumentRole::Sticker
            {
                return format!("{} {words}", document.emoji.as_deref().unwrap_or_default());
            }
            match media.label().split_once(": ") {
                Some((_, detail)) => shortened(&format!("{words} · {detail}")),
                None => words,
            }
        }
        (None, Some(service)) => {
            let actor = message.sender.map(|id| scene.name(id)).unwrap_or_default();
            plain_sentence(service, &actor, scene)
        }
        (None, None) => String::new(),
    }
}

fn plain_sentence(service: &telekeep_model::Service, actor: &str, scene: &Scene<'_>) -> String {
    use crate::lang::Piece;
    let texts = scene.clock.texts;
    let pieces = texts.service(service).into_iter().map(|piece| match piece {
        Piece::Actor => actor.to_owned(),
        Piece::Words(words) => words,
        Piece::Quote(words) => texts.with("text.quoted", words),
        Piece::Peers(ids) => {
            let names: Vec<_> = ids.iter().map(|id| scene.name(*id)).collect();
            names.join(", ")
        }
    });
    shortened(&pieces.collect::<String>())
}

/// The beginning, on one line.
pub(super) fn shortened(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .take(QUOTE_CHARS + 1)
        .collect();
    if line.chars().count() > QUOTE_CHARS {
        line.pop();
        line.push('…');
    }
    line
}
