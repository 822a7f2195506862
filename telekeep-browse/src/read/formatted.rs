//! A text with its formatting, as pieces.

use std::ops::Range;

use telekeep_model::{Entity, EntityKind};
use telekeep_view::render::formatted;

use crate::text::{Look, Piece};

/// Formatted stretches that are looked at; more is no text people wrote.
const MOST: usize = 400;

/// The text in pieces. Addresses that hide behind words are shown after them.
pub fn rich(text: &str, entities: &[Entity]) -> Vec<Piece> {
    let mut ranges = formatted(text, entities);
    ranges.truncate(MOST);
    let mut cuts: Vec<usize> = ranges
        .iter()
        .flat_map(|(range, _)| [range.start, range.end])
        .chain([0, text.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut pieces = Vec::new();
    for pair in cuts.windows(2) {
        let [start, end] = *pair else { continue };
        let inside = ranges
            .iter()
            .filter(|(range, _)| range.start <= start && end <= range.end);
        let look = inside
            .map(|(_, kind)| look(kind))
            .max_by_key(|look| rank(*look));
        let part = text.get(start..end).unwrap_or_default();
        pieces.push(Piece::new(part, look.unwrap_or_default()));
        for (range, kind) in &ranges {
            if let EntityKind::TextUrl(url) = kind
                && range.end == end
                && text.get(range.clone()) != Some(url)
            {
                pieces.push(Piece::new(" ", Look::Dim));
                pieces.push(Piece::line(&format!("<{url}>"), Look::Dim));
            }
        }
    }
    pieces
}

/// The text with what was found in it, and what is hidden.
pub fn with_hits(text: &str, hits: &[Range<usize>], hidden: &[Range<usize>]) -> Vec<Piece> {
    let whole = |range: &&Range<usize>| text.get((*range).clone()).is_some();
    let mut cuts: Vec<usize> = hits
        .iter()
        .chain(hidden)
        .filter(whole)
        .flat_map(|range| [range.start, range.end])
        .chain([0, text.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).filter_map(|pair| {
        let [start, end] = *pair else { return None };
        let inside = |all: &[Range<usize>]| all.iter().any(|of| of.start <= start && end <= of.end);
        let look = match (inside(hidden), inside(hits)) {
            (true, true) => Look::SpoilerHit,
            (true, false) => Look::Spoiler,
            (false, true) => Look::Hit,
            (false, false) => Look::Plain,
        };
        Some(Piece::new(text.get(start..end)?, look))
    });
    pieces.collect()
}

fn look(kind: &EntityKind) -> Look {
    match kind {
        EntityKind::Bold => Look::Strong,
        EntityKind::Italic => Look::Slanted,
        EntityKind::Underline => Look::Underlined,
        EntityKind::Strike => Look::Struck,
        EntityKind::Code | EntityKind::Pre(_) => Look::Code,
        EntityKind::Spoiler => Look::Spoiler,
        EntityKind::Blockquote | EntityKind::CollapsedBlockquote => Look::Quote,
        EntityKind::Mention
        | EntityKind::MentionName(_)
        | EntityKind::Hashtag
        | EntityKind::Cashtag
        | EntityKind::BotCommand
        | EntityKind::Url
        | EntityKind::TextUrl(_)
        | EntityKind::Email
        | EntityKind::Phone
        | EntityKind::BankCard => Look::Link,
        _ => Look::Plain,
    }
}

/// Which look counts where several meet.
fn rank(look: Look) -> u8 {
    match look {
        Look::Spoiler => 5,
        Look::Link => 4,
        Look::Code => 3,
        Look::Quote => 1,
        Look::Plain => 0,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(offset: u32, length: u32, kind: EntityKind) -> Entity {
        Entity {
            offset,
            length,
            kind,
        }
    }

    #[test]
    fn looks_by_code_units_and_addresses_shown() {
        let pieces = rich(
            "👋 see here now",
            &[
                entity(3, 3, EntityKind::Bold),
                entity(
                    7,
                    4,
                    EntityKind::TextUrl("https://e.org/\u{1b}[2J".to_owned()),
                ),
                entity(90, 9, EntityKind::Code),
            ],
        );
        let shown: Vec<_> = pieces
            .iter()
            .map(|piece| (piece.text.as_str(), piece.look))
            .collect();
        let expected = [
            ("👋 ", Look::Plain),
            ("see", Look::Strong),
            (" ", Look::Plain),
            ("here", Look::Link),
            (" ", Look::Dim),
            ("<https://e.org/␛[2J>", Look::Dim),
            (" now", Look::Plain),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn hits() {
        let looks = |hidden: &[Range<usize>]| -> Vec<Look> {
            let pieces = with_hits("a tea b", &[2..5, 100..200], hidden);
            pieces.iter().map(|piece| piece.look).collect()
        };
        assert_eq!(looks(&[]), [Look::Plain, Look::Hit, Look::Plain]);
        assert_eq!(
            looks(std::slice::from_ref(&(4..7))),
            [Look::Plain, Look::Hit, Look::SpoilerHit, Look::Spoiler]
        );
    }
}
