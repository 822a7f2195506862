//! Spoilers: where they are in a text, and how they are hidden where text is not shown as a message.

use std::ops::Range;

use telekeep_index::Snippet;
use telekeep_model::{Entity, EntityKind};

use super::Html;
use super::text::formatted;
use crate::lang::Texts;

/// Stands for a character of a spoiler.
const VEIL: char = '▒';
/// Longer spoilers look like this many characters: a line has other things to say.
const VEIL_CHARS: usize = 24;

/// Where in the bytes of a text spoilers are: in order, not overlapping.
#[must_use]
pub fn spoilers(text: &str, entities: &[Entity]) -> Vec<Range<usize>> {
    let all = formatted(text, entities).into_iter();
    let spoilers = all.filter(|(_, kind)| matches!(kind, EntityKind::Spoiler));
    let mut ranges: Vec<_> = spoilers.map(|(range, _)| range).collect();
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A text with ▒ in place of what is hidden.
pub(super) fn veil(text: &str, hidden: &[Range<usize>]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in hidden {
        let start = range.start.max(at);
        if start >= range.end {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or_default());
        let words = text.get(start..range.end).unwrap_or_default();
        let length = words.chars().count().min(VEIL_CHARS);
        out.extend(std::iter::repeat_n(VEIL, length));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A text with ▒ in place of every hidden character but spaces, and where `places` of it are then.
#[must_use]
pub fn veiled(
    text: &str,
    hidden: &[Range<usize>],
    places: &[Range<usize>],
) -> (String, Vec<Range<usize>>) {
    let mut out = String::with_capacity(text.len());
    // Where each byte of the text is in what is given.
    let mut moved = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        moved.resize(at + c.len_utf8(), out.len());
        let inside = hidden.iter().any(|range| range.contains(&at));
        out.push(if inside && !c.is_whitespace() {
            VEIL
        } else {
            c
        });
    }
    moved.push(out.len());
    let to = |byte: usize| moved.get(byte).copied().unwrap_or(out.len());
    let places = places.iter().map(|place| to(place.start)..to(place.end));
    let places = places.collect();
    (out, places)
}

/// Opens a spoiler: what a reader may press to see it. Its end is `</span>`.
pub(super) fn open_spoiler(out: &mut Html, label: &str) {
    out.markup(
        "<span class=\"spoiler\" tabindex=\"0\" role=\"button\" aria-expanded=\"false\" aria-label=\"",
    );
    out.text(label);
    out.markup("\">");
}

/// A part of a text with what was found in it marked; spoilers can be opened, and say whether
/// something was found in them.
#[must_use]
pub fn snippet_html(part: &Snippet, texts: &Texts) -> Html {
    let mut out = Html::new();
    if part.cut_start {
        out.text("… ");
    }
    let mut at = 0;
    for hidden in &part.hidden {
        out.append(&marked(part, at..hidden.start));
        let meets = |found: &Range<usize>| found.start < hidden.end && hidden.start < found.end;
        open_spoiler(
            &mut out,
            texts.get(match part.matches.iter().any(meets) {
                true => "message.hidden-found",
                false => "message.hidden-text",
            }),
        );
        out.append(&marked(part, hidden.clone()));
        out.markup("</span>");
        at = hidden.end;
    }
    out.append(&marked(part, at..part.text.len()));
    if part.cut_end {
        out.text(" …");
    }
    out
}

/// A stretch of a part, with what was found in it.
fn marked(part: &Snippet, stretch: Range<usize>) -> Html {
    let mut out = Html::new();
    let words = |range: Range<usize>| part.text.get(range).unwrap_or_default();
    let mut at = stretch.start;
    for found in &part.matches {
        let (start, end) = (found.start.max(at), found.end.min(stretch.end));
        if start < end {
            out.text(words(at..start));
            out.markup("<mark>");
            out.text(words(start..end));
            out.markup("</mark>");
            at = end;
        }
    }
    out.text(words(at..stretch.end));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::english;

    #[test]
    fn each_hidden_character_is_veiled_and_places_move_along() {
        let text = "the bütler did it";
        let (out, places) = veiled(text, std::slice::from_ref(&(4..11)), &[0..3, 4..11, 12..15]);
        assert_eq!(out, "the ▒▒▒▒▒▒ did it");
        let at = |place: &Range<usize>| out.get(place.clone()).unwrap();
        assert_eq!(
            places.iter().map(at).collect::<Vec<_>>(),
            ["the", "▒▒▒▒▒▒", "did"]
        );
    }

    #[test]
    fn what_is_found_in_a_spoiler_is_inside_of_it() {
        let part = Snippet {
            text: "the butler did it".to_owned(),
            matches: vec![0..7, 11..14],
            hidden: std::iter::once(4..10).collect(),
            cut_start: false,
            cut_end: true,
        };
        let html = snippet_html(&part, english()).to_string();
        assert!(
            html.starts_with("<mark>the </mark><span class=\"spoiler\""),
            "{html}"
        );
        assert!(html.contains("found here"), "{html}");
        assert!(
            html.contains("\"><mark>but</mark>ler</span> <mark>did</mark> it …"),
            "{html}"
        );
    }
}
