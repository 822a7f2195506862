//! Where in a text the words of a query are. The full-text index holds no texts, so this tokenizes
//! the one shown and looks for each term.

use std::ops::{ControlFlow, Range};

use super::compile::Term;
use crate::tokenizer::{Mode, Tokenizer};

struct Found {
    position: usize,
    text: String,
    start: usize,
    end: usize,
}

/// Byte ranges of `text` that match a term: in order, not overlapping.
pub(crate) fn matches<'q>(text: &str, terms: impl Iterator<Item = &'q Term>) -> Vec<Range<usize>> {
    let mut found: Vec<Found> = Vec::new();
    let mut next = 0;
    let _ = Tokenizer::default().run(text, Mode::Document, &mut |token| {
        next += usize::from(!token.colocated);
        let (start, end) = (token.start, token.end);
        let position = next;
        found.push(Found {
            position,
            text: token.text.to_owned(),
            start,
            end,
        });
        ControlFlow::Continue(())
    });
    let mut ranges = Vec::new();
    for term in terms {
        for at in 0..found.len() {
            ranges.extend(phrase(text, found.get(at..).unwrap_or_default(), term));
        }
    }
    merge(ranges)
}

/// The match of a term that begins with the first of these tokens.
fn phrase(text: &str, tokens: &[Found], term: &Term) -> Option<Range<usize>> {
    let first = tokens.first()?;
    let mut end = first.end;
    for (step, wanted) in term.tokens.iter().enumerate() {
        let prefix = term.prefix && step + 1 == term.tokens.len();
        let here = tokens
            .iter()
            .skip_while(|token| token.position < first.position + step)
            .take_while(|token| token.position == first.position + step);
        // The first token is the one to begin with, not its neighbour at the same position.
        let mut here = here.take(if step == 0 { 1 } else { usize::MAX });
        let token = here.find(|token| match prefix {
            true => token.text.starts_with(wanted.as_str()),
            false => token.text == *wanted,
        })?;
        end = match prefix && term.single {
            true => token.start + text.get(token.start..)?.chars().next()?.len_utf8(),
            false => end.max(token.end),
        };
    }
    Some(first.start..end)
}

pub(crate) fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> Term {
        let (text, star) = match text.strip_suffix('*') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let mut tokens = Vec::new();
        let mut single = false;
        let _ = Tokenizer::default().run(text, Mode::Query, &mut |token| {
            tokens.push(token.text.to_owned());
            single = token.single;
            ControlFlow::Continue(())
        });
        Term {
            tokens,
            prefix: star || single,
            single,
        }
    }

    fn marked(text: &str, query: &str) -> String {
        let mut out = text.to_owned();
        for range in matches(text, [term(query)].iter()).into_iter().rev() {
            out.insert(range.end, ']');
            out.insert(range.start, '[');
        }
        out
    }

    #[test]
    fn shows_what_matched() {
        assert_eq!(marked("A Café, a cafe", "cafe"), "A [Café], a [cafe]");
        assert_eq!(marked("one two three", "two three"), "one [two three]");
        assert_eq!(marked("one two three", "thr*"), "one two [three]");
        assert_eq!(
            marked("中华人民共和国国歌很好听", "国歌"),
            "中华人民共和国[国歌]很好听"
        );
        assert_eq!(marked("中华人民共和国", "人民共和"), "中华[人民共和]国");
        assert_eq!(marked("国歌国", "国"), "[国]歌[国]");
        assert_eq!(marked("nothing", "else"), "nothing");
        assert_eq!(marked("مَدرسة", "مدرسه"), "[مَدرسة]");
    }
}
