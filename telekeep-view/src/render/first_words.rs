//! A message in one line: for lists, replies and pinned bars.

use telekeep_model::Message;

use super::scene::Scene;
use super::veiled::{spoilers, veil};

/// Characters of a quoted message.
const QUOTE_CHARS: usize = 160;

/// A message in one line.
#[must_use]
pub fn first_words(message: &Message, scene: &Scene<'_>) -> String {
    let texts = scene.clock.texts;
    if !message.text.is_empty() {
        return shortened(&veiled(message));
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

/// The text of a message without what it hides: a line has no way to ask for it.
fn veiled(message: &Message) -> String {
    veil(&message.text, &spoilers(&message.text, &message.entities))
}

/// A part of a message that was quoted, without what the message hides.
pub(super) fn veiled_part(quote: &str, message: &Message) -> String {
    let hidden = spoilers(&message.text, &message.entities);
    let Some(start) = message.text.find(quote) else {
        // Edited since: what was hidden then is not known. Nothing is shown of what hides something.
        return match hidden.is_empty() {
            true => quote.to_owned(),
            false => veil(quote, std::slice::from_ref(&(0..quote.len()))),
        };
    };
    let inside = hidden.into_iter().map(|range| {
        let at = |byte: usize| byte.saturating_sub(start).min(quote.len());
        at(range.start)..at(range.end)
    });
    veil(quote, &inside.collect::<Vec<_>>())
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

#[cfg(test)]
mod tests {
    use telekeep_model::{Entity, EntityKind};

    use super::*;

    fn message(text: &str, hidden: &[(u32, u32)]) -> Message {
        let spoiler = |(offset, length): &(u32, u32)| Entity {
            offset: *offset,
            length: *length,
            kind: EntityKind::Spoiler,
        };
        Message {
            text: text.to_owned(),
            entities: hidden.iter().map(spoiler).collect(),
            ..Message::default()
        }
    }

    #[test]
    fn what_is_hidden_stays_hidden_in_a_line() {
        let told = |text, hidden: &[_]| veiled(&message(text, hidden));
        assert_eq!(told("it was Äda!", &[(7, 3)]), "it was ▒▒▒!");
        assert_eq!(told("😀 abcdef", &[(3, 4), (5, 2), (4, 1)]), "😀 ▒▒▒▒ef");
        assert_eq!(told("ab", &[(0, u32::MAX)]), "▒▒");
        assert_eq!(told("ab", &[(9, 1)]), "ab");
        let long = "x".repeat(500);
        assert_eq!(told(&long, &[(0, 499)]), "▒".repeat(24) + "x");
    }

    #[test]
    fn what_is_hidden_stays_hidden_in_a_quote() {
        let message = message("the butler did it", &[(4, 6)]);
        assert_eq!(veiled_part("butler did", &message), "▒▒▒▒▒▒ did");
        assert_eq!(veiled_part("did it", &message), "did it");
        assert_eq!(veiled_part("gardener", &message), "▒▒▒▒▒▒▒▒");
    }
}
