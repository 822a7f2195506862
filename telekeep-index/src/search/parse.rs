//! Reads a query into the tree of [`super::grammar`].

use std::ops::ControlFlow;

use super::{
    grammar::{Atom, Node, Note, Parsed, What, error},
    values,
};
use crate::{
    error::IndexError,
    tokenizer::{Mode, Tokenizer},
};

/// A query is a thing typed; longer ones are mistakes.
const MAX_CHARS: usize = 4096;
/// Words and filters of a query.
const MAX_ATOMS: usize = 200;
/// Parentheses inside each other.
const MAX_DEPTH: usize = 20;

/// Reads a query.
pub fn parse(typed: &str) -> Result<Parsed, IndexError> {
    let mut parser = Parser {
        chars: typed.chars().collect(),
        at: 0,
        depth: 0,
        atoms: 0,
        tokenizer: Tokenizer::default(),
        notes: Vec::new(),
    };
    if parser.chars.len() > MAX_CHARS {
        return Err(error(
            MAX_CHARS,
            format!("the query is longer than {MAX_CHARS} characters"),
        ));
    }
    let query = parser.query()?;
    Ok(Parsed {
        query,
        notes: parser.notes,
    })
}

struct Parser {
    chars: Vec<char>,
    /// Next character, from 0.
    at: usize,
    depth: usize,
    atoms: usize,
    tokenizer: Tokenizer,
    notes: Vec<Note>,
}

/// A piece between operators.
enum Piece {
    Or,
    Close,
    End,
    Node(Node),
    /// Nothing in it that can be searched.
    Nothing,
}

impl Parser {
    /// Everything up to the end, or to the parenthesis that closes.
    fn query(&mut self) -> Result<Option<Node>, IndexError> {
        let mut all: Vec<Vec<Node>> = Vec::new();
        let mut or: Option<usize> = None;
        let mut joinable = false;
        loop {
            let begin = self.at_next();
            match self.piece()? {
                Piece::Or if or.is_some() || !joinable => {
                    return Err(error(
                        begin,
                        "OR needs something to look for before it; write \"OR\" in quotes to look for the word",
                    ));
                }
                Piece::Or => or = Some(begin),
                Piece::Node(node) => {
                    match (or.take(), all.last_mut()) {
                        (Some(_), Some(any)) => any.push(node),
                        _ => all.push(vec![node]),
                    }
                    joinable = true;
                }
                Piece::Nothing => {}
                Piece::Close if self.depth > 0 => break,
                Piece::Close | Piece::End => break,
            }
        }
        if let Some(at) = or {
            return Err(error(
                at,
                "OR needs something to look for after it; write \"OR\" in quotes to look for the word",
            ));
        }
        let all = all.into_iter().filter_map(|any| joined(any, Node::Any));
        Ok(joined(all.collect(), Node::All))
    }

    /// Place of the next character that is no space, from 1.
    fn at_next(&mut self) -> usize {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at + 1
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next_is(&mut self, wanted: char) -> bool {
        let is = self.peek() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn piece(&mut self) -> Result<Piece, IndexError> {
        let begin = self.at_next();
        let Some(first) = self.peek() else {
            return Ok(Piece::End);
        };
        if first == ')' && self.depth > 0 {
            return Ok(Piece::Close);
        }
        let ends = |c: Option<&char>| c.is_none_or(|c| c.is_whitespace());
        let word = |at: usize| self.chars.get(at).copied();
        if first == 'O' && word(self.at + 1) == Some('R') {
            let after = self.chars.get(self.at + 2);
            if ends(after) || (self.depth > 0 && after == Some(&')')) {
                self.at += 2;
                return Ok(Piece::Or);
            }
        }
        let minus = first == '-' && !ends(self.chars.get(self.at + 1));
        self.at += usize::from(minus);
        let node = if self.peek() == Some('(') {
            self.group(begin)?
        } else {
            self.atom()?.map(Node::Atom)
        };
        Ok(match node {
            None => Piece::Nothing,
            Some(node) if minus => Piece::Node(Node::Not(Box::new(node))),
            Some(node) => Piece::Node(node),
        })
    }

    fn group(&mut self, begin: usize) -> Result<Option<Node>, IndexError> {
        if self.depth == MAX_DEPTH {
            return Err(error(begin, "there are too many parentheses in each other"));
        }
        self.at += 1;
        self.depth += 1;
        let node = self.query()?;
        if !self.next_is(')') {
            return Err(error(
                begin,
                "the parenthesis that begins here is not closed with )",
            ));
        }
        self.depth -= 1;
        Ok(node)
    }

    /// A word, phrase or filter; `None` for a piece with nothing in it.
    fn atom(&mut self) -> Result<Option<Atom>, IndexError> {
        self.atoms += 1;
        let at = self.at + 1;
        if self.atoms > MAX_ATOMS {
            return Err(error(at, format!("a query has at most {MAX_ATOMS} words")));
        }
        if let Some(text) = self.quoted()? {
            let prefix = self.next_is('*');
            return Ok(self.words(at, text, prefix));
        }
        let key = self.key();
        if let Some((key, length)) = key {
            self.at += length;
            let value = match self.quoted()? {
                Some(text) => text,
                None => self.bare(),
            };
            return values::filter(at, key, &value).map(|what| Some(Atom { at, what }));
        }
        let mut text = self.bare();
        if text.is_empty() {
            // A character that can only stand in other places.
            text.extend(self.peek());
            self.at += 1;
        }
        self.misspelt(at, &text);
        let prefix = text.chars().count() > 1 && text.ends_with('*');
        if prefix {
            text.pop();
        }
        Ok(self.words(at, text, prefix))
    }

    /// A filter's name that stands here, and its length with the colon.
    fn key(&self) -> Option<(&'static str, usize)> {
        let rest = self.chars.get(self.at..)?;
        let length = rest.iter().take_while(|c| c.is_ascii_alphabetic()).count();
        // Keyboards for Chinese and Japanese write the wide one.
        if !matches!(rest.get(length), Some(':' | '：')) {
            return None;
        }
        let typed: String = rest.get(..length)?.iter().collect();
        values::key(&typed).map(|key| (key, length + 1))
    }

    /// Notes a word that looks like a filter with a misspelt name.
    fn misspelt(&mut self, at: usize, text: &str) {
        let Some((name, value)) = text.split_once(':') else {
            return;
        };
        if value.is_empty() || value.starts_with("//") {
            return;
        }
        let known = values::closest(name, values::KEYS.iter().copied());
        let why = match known {
            Some(close) => {
                format!("`{name}:` is no filter, so these words were looked for; `{close}:` is one")
            }
            None if looks_like_a_filter(name) => {
                format!("`{name}:` is no filter, so these words were looked for")
            }
            None => return,
        };
        let about = text.to_owned();
        self.notes.push(Note { at, about, why });
    }

    /// A piece without quotes: up to a space, a quotation, or the end of a group.
    fn bare(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let quote = c == '"' && !self.is_abbreviation_mark();
            if c.is_whitespace() || quote || (c == ')' && self.depth > 0) {
                break;
            }
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// Hebrew marks abbreviations with gershayim before the last letter, and most people type a
    /// quotation mark for them: `צה"ל`. So one between two Hebrew letters is part of the word.
    fn is_abbreviation_mark(&self) -> bool {
        let hebrew = |at: Option<usize>| {
            at.and_then(|at| self.chars.get(at))
                .is_some_and(|c| ('א'..='ת').contains(c))
        };
        hebrew(self.at.checked_sub(1)) && hebrew(Some(self.at + 1))
    }

    /// A piece in quotes, if one begins here. `\"` is a quotation mark in it, `\\` a backslash.
    fn quoted(&mut self) -> Result<Option<String>, IndexError> {
        let begin = self.at + 1;
        let Some(closing) = self.peek().and_then(closing) else {
            return Ok(None);
        };
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let inside = c == '"' && self.is_abbreviation_mark();
            self.at += 1;
            match c {
                c if closing.contains(&c) && !inside => return Ok(Some(text)),
                '\\' => match self.peek() {
                    Some(next) if closing.contains(&next) || next == '\\' => {
                        text.push(next);
                        self.at += 1;
                    }
                    _ => text.push('\\'),
                },
                c => text.push(c),
            }
        }
        let close = closing.first().copied().unwrap_or('"');
        let why = format!("the quotation that begins here is not closed with {close}");
        Err(error(begin, why))
    }

    fn words(&mut self, at: usize, text: String, prefix: bool) -> Option<Atom> {
        let mut some = false;
        let _ = self.tokenizer.run(&text, Mode::Query, &mut |_| {
            some = true;
            ControlFlow::Break(())
        });
        if !some {
            self.notes.push(Note {
                at,
                why: match text.is_empty() {
                    true => "there is nothing between these quotation marks".to_owned(),
                    false => format!("there is nothing to look for in {text}"),
                },
                about: match text.is_empty() {
                    true => "\"\"".to_owned(),
                    false => text,
                },
            });
            return None;
        }
        let what = What::Words { text, prefix };
        Some(Atom { at, what })
    }
}

/// Letters before a colon; but addresses begin so too.
fn looks_like_a_filter(name: &str) -> bool {
    name.len() > 1
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
        && !["mailto", "tel", "tg", "ton", "magnet", "data", "re", "fwd"].contains(&name)
}

/// The quotation marks that close what `open` opens, in the ways of many languages.
fn closing(open: char) -> Option<&'static [char]> {
    Some(match open {
        '"' => &['"'],
        '“' | '”' => &['”'],
        '„' => &['“', '”'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '「' => &['」'],
        '『' => &['』'],
        '＂' => &['＂'],
        _ => return None,
    })
}

/// One node of several: itself when there is one.
fn joined(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Option<Node> {
    match nodes.len() {
        0 | 1 => nodes.pop(),
        _ => Some(join(nodes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(typed: &str) -> String {
        let node = parse(typed).unwrap().query;
        node.map_or_else(String::new, |node| node.to_string())
    }

    #[test]
    fn words_phrases_prefixes_and_groups() {
        let cases = [
            ("red car", "red car"),
            ("\"red car\" bi*", "\"red car\" bi*"),
            ("“red car”  «x y»*", "\"red car\" \"x y\"*"),
            ("a OR b c", "(a OR b) c"),
            ("a OR b OR -c", "a OR b OR -c"),
            ("a (b OR (c d))", "a (b OR (c d))"),
            ("((a))", "a"),
            ("-(a b)", "-(a b)"),
            ("a OR b)", "a OR \"b)\""),
            ("NEAR(a b) AND", "\"NEAR(a\" \"b)\" AND"),
            ("text:x http://a.b", "\"text:x\" \"http://a.b\""),
            ("--x a-b", "-\"-x\" \"a-b\""),
            ("\"OR\" oR", "\"OR\" oR"),
            ("a\"b\"c", "a b c"),
            (r#""say \"hi\" C:\dir\\""#, r#""say \"hi\" C:\\dir\\""#),
            ("()", ""),
            ("", ""),
        ];
        for (typed, expected) in cases {
            assert_eq!(printed(typed), expected, "{typed}");
        }
    }

    #[test]
    fn filters() {
        let cases = [
            ("from:ada IN:\"The Club\"", "from:ada in:\"The Club\""),
            (
                "has:Photos is:mine -is:edited",
                "has:photo is:mine -is:edited",
            ),
            (
                "before:2024 after:2024-5 on:2024/05/07",
                "before:2024 after:2024-05 on:2024-05-07",
            ),
            ("since:today until:yesterday", "since:today until:yesterday"),
            ("size:>10mb size:<=1.5K", "size:>10000000 size:<=1500"),
            ("tag:#Plan filename:*.pdf", "tag:Plan filename:pdf"),
            (
                "topic:\"Big plans\" exact:\"llo w\"",
                "topic:\"Big plans\" exact:\"llo w\"",
            ),
            ("(in:a OR in:b) c", "(in:a OR in:b) c"),
            ("subject: x", "\"subject:\" x"),
        ];
        for (typed, expected) in cases {
            assert_eq!(printed(typed), expected, "{typed}");
        }
    }

    #[test]
    fn mistakes_are_explained_with_their_place() {
        let cases = [
            ("a \"b", 3, "not closed"),
            ("OR a", 1, "before it"),
            ("a OR", 3, "after it"),
            ("a OR OR b", 6, "before it"),
            ("a (b", 3, "not closed"),
            ("x from:", 3, "from:"),
            ("has:phtoo", 1, "photo"),
            ("a is:eddited", 3, "edited"),
            ("on:2024-02-30", 1, "date"),
            ("before:soon", 1, "2024-05-17"),
            ("size:10mb", 1, "size:>10mb"),
            ("size:>x", 1, "size:>10mb"),
            ("tag:!", 1, "tag"),
        ];
        for (typed, place, part) in cases {
            match parse(typed) {
                Err(IndexError::Query { at, why }) => {
                    assert_eq!(at, place, "{typed}: {why}");
                    assert!(why.contains(part), "{typed}: {why}");
                }
                other => panic!("{typed}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_not_searched_is_noted() {
        let notes = |typed: &str| parse(typed).unwrap().notes;
        let about: Vec<_> = notes("red & ! blue -")
            .into_iter()
            .map(|n| n.about)
            .collect();
        assert_eq!(about, ["&", "!", "-"]);
        let note = notes("form:ada").pop().unwrap();
        assert!(note.why.contains("`from:`"), "{}", note.why);
        assert!(notes("http://form:8 12:30").is_empty());
    }

    #[test]
    fn nothing_is_without_limit() {
        assert!(parse(&"(".repeat(4000)).is_err());
        assert!(parse(&"a ".repeat(1000)).is_err());
        assert!(parse(&"a".repeat(5000)).is_err());
    }
}
