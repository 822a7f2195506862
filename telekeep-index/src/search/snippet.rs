//! A part of a text around what was found in it.

use std::ops::Range;

/// A part of a text on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part; line breaks and runs of spaces are one space.
    pub text: String,
    /// Byte ranges of it that match.
    pub matches: Vec<Range<usize>>,
    /// Byte ranges of it that are hidden (spoilers).
    pub hidden: Vec<Range<usize>>,
    /// Something was left out before it.
    pub cut_start: bool,
    /// Something was left out after it.
    pub cut_end: bool,
}

/// At most `most` characters around the first of `matches`, cut between characters, and between words
/// where one ends near. `matches` and `hidden` are ascending byte ranges of `text`.
#[must_use]
pub fn snippet(
    text: &str,
    matches: &[Range<usize>],
    hidden: &[Range<usize>],
    most: usize,
) -> Snippet {
    let first = matches
        .first()
        .map_or(0, |range| range.start.min(text.len()));
    let start = start(text, first, most / 3);
    let mut out = Snippet {
        cut_start: !text.get(..start).unwrap_or_default().trim().is_empty(),
        ..Snippet::default()
    };
    let mut length = 0;
    let mut space = false;
    let (mut found, mut veiled) = (Copied::new(matches), Copied::new(hidden));
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        let at = start + at;
        found.end(at, &out.text);
        veiled.end(at, &out.text);
        if c.is_whitespace() {
            space = !out.text.is_empty();
            continue;
        }
        if length + usize::from(space) >= most {
            out.cut_end = true;
            break;
        }
        if space {
            out.text.push(' ');
            length += 1;
            space = false;
        }
        found.begin(at, out.text.len());
        veiled.begin(at, out.text.len());
        out.text.push(c);
        length += 1;
    }
    out.matches = found.done(&out.text);
    out.hidden = veiled.done(&out.text);
    out
}

/// Ranges of a text on their way to where they are in its snippet.
struct Copied<'r> {
    rest: &'r [Range<usize>],
    /// Where the one that is being copied begins in the snippet.
    open: Option<usize>,
    done: Vec<Range<usize>>,
}

impl<'r> Copied<'r> {
    fn new(rest: &'r [Range<usize>]) -> Self {
        Self {
            rest,
            open: None,
            done: Vec::new(),
        }
    }

    /// Passes what ends at this byte of the text or before.
    fn end(&mut self, at: usize, out: &str) {
        while let Some((_, rest)) = self.rest.split_first().filter(|(range, _)| range.end <= at) {
            self.rest = rest;
            self.close(out);
        }
    }

    /// The character at this byte of the text comes next; in the snippet it is at `to`.
    fn begin(&mut self, at: usize, to: usize) {
        if self.open.is_none() && self.rest.first().is_some_and(|range| range.start <= at) {
            self.open = Some(to);
        }
    }

    fn close(&mut self, out: &str) {
        let end = out.trim_end().len();
        if let Some(begin) = self.open.take().filter(|begin| *begin < end) {
            self.done.push(begin..end);
        }
    }

    fn done(mut self, out: &str) -> Vec<Range<usize>> {
        self.close(out);
        self.done
    }
}

/// Where to begin: at most `lead` characters before the match, at a word if one begins there.
fn start(text: &str, first: usize, lead: usize) -> usize {
    let before = match text.get(..first) {
        Some(before) => before,
        None => return 0,
    };
    let Some((cut, _)) = before.char_indices().rev().nth(lead) else {
        return 0;
    };
    let shown = before.get(cut..).unwrap_or_default();
    let word = shown
        .char_indices()
        .find(|(_, c)| c.is_whitespace())
        .map(|(at, c)| cut + at + c.len_utf8());
    // A script without spaces has no word to begin at: any character will do.
    word.filter(|word| *word < first).unwrap_or_else(|| {
        let after = shown.chars().next().map_or(0, char::len_utf8);
        cut + after
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, found: &str, most: usize) -> String {
        let at = text.find(found).unwrap_or(0);
        let found = at..at + found.len();
        let snippet = snippet(text, std::slice::from_ref(&found), &[], most);
        let mut out = snippet.text.clone();
        for range in snippet.matches.iter().rev() {
            out.insert(range.end, ']');
            out.insert(range.start, '[');
        }
        let mark = |cut: bool| if cut { "…" } else { "" };
        format!("{}{out}{}", mark(snippet.cut_start), mark(snippet.cut_end))
    }

    #[test]
    fn around_the_match() {
        assert_eq!(shown("one two\n three", "two", 40), "one [two] three");
        let long = format!("{}needle{}", "hay ".repeat(50), " straw".repeat(50));
        let line = shown(&long, "needle", 30);
        assert!(
            line.starts_with("…hay") && line.contains("[needle]"),
            "{line}"
        );
        assert!(line.ends_with('…'), "{line}");
        assert_eq!(
            shown("中华人民共和国国歌很好听", "国歌", 6),
            "…和国[国歌]很好…"
        );
        assert_eq!(shown("word", "", 40), "word");
    }

    proptest! {
        #[test]
        fn never_too_long_and_always_at_characters(
            text in "[a-zé中🎉 \n]{0,80}",
            from in 0_usize..90,
            length in 0_usize..20,
            most in 0_usize..40,
        ) {
            let at = |at: usize| text.char_indices().map(|(at, _)| at).nth(at).unwrap_or(text.len());
            let found = at(from)..at(from + length);
            let found = std::slice::from_ref(&found);
            let cut = snippet(&text, found, found, most);
            prop_assert!(cut.text.chars().count() <= most);
            prop_assert_eq!(&cut.matches, &cut.hidden);
            for range in cut.matches {
                prop_assert!(cut.text.get(range).is_some());
            }
        }
    }
}
