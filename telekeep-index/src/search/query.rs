//! What people type, read into what FTS5 understands.
//!
//! * Words side by side must all be there. `"words in quotes"` are a phrase. `word*` is a prefix.
//! * `-word` or `-"phrase"` must not be there.
//! * `one OR two`: either of the two neighbours.
//!
//! Words of the user always go to FTS5 in quotes, so nothing in them is an operator, and no query
//! text is a syntax error there. What cannot be understood is told with its position.

use std::ops::ControlFlow;

use crate::{
    error::IndexError,
    tokenizer::{Mode, Tokenizer},
};

/// A word or phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    /// As FTS5 takes it.
    pub text: String,
    /// Folded tokens.
    pub tokens: Vec<String>,
    /// The last token is a prefix.
    pub prefix: bool,
    /// The last token is one character of a script without spaces: highlight only that.
    pub single: bool,
}

/// A query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Query {
    /// One of each group must be there.
    pub groups: Vec<Vec<Term>>,
    /// None of these may.
    pub not: Vec<Term>,
    /// Pieces with nothing in them that can be searched, such as lone punctuation.
    pub ignored: Vec<String>,
}

/// A piece of what was typed.
struct Piece {
    /// In characters, from 1.
    at: usize,
    text: String,
    quoted: bool,
    minus: bool,
    star: bool,
}

impl Query {
    pub(crate) fn parse(typed: &str) -> Result<Self, IndexError> {
        let mut query = Self::default();
        let mut tokenizer = Tokenizer::default();
        let mut either: Option<usize> = None;
        let mut joinable = false;
        for piece in pieces(typed)? {
            if !piece.quoted && !piece.minus && piece.text == "OR" {
                if !joinable {
                    return Err(error(piece.at, "OR needs a word before it"));
                }
                either = Some(piece.at);
                joinable = false;
                continue;
            }
            let Some(term) = term(&piece, &mut tokenizer) else {
                query.ignored.push(piece.text);
                continue;
            };
            if piece.minus {
                if let Some(at) = either {
                    return Err(error(
                        at,
                        "OR cannot join a word that must not be there (-word)",
                    ));
                }
                query.not.push(term);
                joinable = false;
            } else if let (Some(_), Some(group)) = (either.take(), query.groups.last_mut()) {
                group.push(term);
                joinable = true;
            } else {
                query.groups.push(vec![term]);
                joinable = true;
            }
        }
        match either {
            Some(at) => Err(error(at, "OR needs a word after it")),
            None => Ok(query),
        }
    }

    /// All words that must be there or may be: what a hit shows highlighted.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.groups.iter().flatten()
    }

    /// The FTS5 expression with these alternatives of `meta` words, each set of which must be met.
    /// `None` when nothing is asked for.
    pub(crate) fn expression(&self, filters: &[Vec<String>]) -> Option<String> {
        let mut all: Vec<String> = Vec::new();
        if !self.groups.is_empty() {
            let groups: Vec<_> = self.groups.iter().map(|group| any(group)).collect();
            all.push(format!("{{text file past}} : ({})", groups.join(" AND ")));
        }
        for words in filters {
            let words: Vec<_> = words.iter().map(|word| quote(word)).collect();
            all.push(format!("{{meta}} : ({})", words.join(" OR ")));
        }
        if all.is_empty() {
            return None;
        }
        let all = all.join(" AND ");
        Some(match self.not.is_empty() {
            true => all,
            false => format!("({all}) NOT ({{text file}} : {})", any(&self.not)),
        })
    }
}

fn any(terms: &[Term]) -> String {
    let terms: Vec<_> = terms
        .iter()
        .map(|term| {
            format!(
                "{}{}",
                quote(&term.text),
                if term.prefix { " *" } else { "" }
            )
        })
        .collect();
    format!("({})", terms.join(" OR "))
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

fn error(at: usize, why: &str) -> IndexError {
    IndexError::Query {
        at,
        why: why.to_owned(),
    }
}

/// The tokens of a piece; `None` when there are none.
fn term(piece: &Piece, tokenizer: &mut Tokenizer) -> Option<Term> {
    let mut tokens = Vec::new();
    let mut single = false;
    let _ = tokenizer.run(&piece.text, Mode::Query, &mut |token| {
        tokens.push(token.text.to_owned());
        single = token.single;
        ControlFlow::Continue(())
    });
    if tokens.is_empty() {
        return None;
    }
    Some(Term {
        text: piece.text.clone(),
        tokens,
        prefix: piece.star || single,
        single,
    })
}

fn pieces(typed: &str) -> Result<Vec<Piece>, IndexError> {
    let mut pieces = Vec::new();
    let mut chars = typed.chars().enumerate().peekable();
    while let Some(&(at, c)) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
            continue;
        }
        let mut piece = Piece {
            at: at + 1,
            text: String::new(),
            quoted: false,
            minus: false,
            star: false,
        };
        if c == '-' {
            chars.next();
            piece.minus = chars.peek().is_some_and(|(_, next)| !next.is_whitespace());
        }
        if let Some(close) = chars.peek().and_then(|&(_, c)| closing(c)) {
            chars.next();
            piece.quoted = true;
            phrase(&mut chars, close, &mut piece)?;
        } else {
            while let Some((_, c)) = chars.next_if(|&(_, c)| !c.is_whitespace() && c != '"') {
                piece.text.push(c);
            }
            if piece.text.len() > 1 && piece.text.ends_with('*') {
                piece.text.pop();
                piece.star = true;
            }
            if piece.text.is_empty() {
                piece.text.push('-');
            }
        }
        pieces.push(piece);
    }
    Ok(pieces)
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' => Some('”'),
        '«' => Some('»'),
        _ => None,
    }
}

fn phrase(
    chars: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>,
    close: char,
    piece: &mut Piece,
) -> Result<(), IndexError> {
    loop {
        match chars.next() {
            Some((_, c)) if c == close => break,
            Some((_, c)) => piece.text.push(c),
            None => {
                let why = format!("the quotation that begins here is not closed with {close}");
                return Err(error(piece.at, &why));
            }
        }
    }
    piece.star = chars.next_if(|&(_, c)| c == '*').is_some();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(typed: &str) -> String {
        Query::parse(typed)
            .unwrap()
            .expression(&[])
            .unwrap_or_default()
    }

    #[test]
    fn words_phrases_prefixes() {
        assert_eq!(
            expression("red car"),
            r#"{text file past} : (("red") AND ("car"))"#
        );
        assert_eq!(
            expression(r#""red car" bi*"#),
            r#"{text file past} : (("red car") AND ("bi" *))"#
        );
        assert_eq!(expression("国"), r#"{text file past} : (("国" *))"#);
        assert_eq!(
            expression("a OR b c"),
            r#"{text file past} : (("a" OR "b") AND ("c"))"#
        );
        assert_eq!(
            expression(r#"a -b -"c d""#),
            r#"({text file past} : (("a"))) NOT ({text file} : ("b" OR "c d"))"#
        );
        assert_eq!(
            expression("“red car”"),
            r#"{text file past} : (("red car"))"#
        );
    }

    #[test]
    fn nothing_typed_is_an_operator() {
        assert_eq!(expression("AND"), r#"{text file past} : (("AND"))"#);
        assert_eq!(
            expression("text:x NEAR(a b)"),
            r#"{text file past} : (("text:x") AND ("NEAR(a") AND ("b)"))"#
        );
        let query = Query::parse("red & ! blue -").unwrap();
        assert_eq!(query.ignored, ["&", "!", "-"]);
        assert_eq!(query.groups.len(), 2);
    }

    #[test]
    fn mistakes_are_explained_with_their_place() {
        let message = |typed: &str| Query::parse(typed).unwrap_err().to_string();
        assert!(
            message("a \"b").contains("character 3"),
            "{}",
            message("a \"b")
        );
        assert!(message("OR a").contains("character 1"));
        assert!(message("a OR").contains("character 3"));
        assert!(message("a OR -b").contains("character 3"));
        assert!(message("a OR OR b").contains("character 6"));
    }

    #[test]
    fn filters() {
        let filters = [
            vec!["cp5".to_owned(), "cn6".to_owned()],
            vec!["kphoto".to_owned()],
        ];
        assert_eq!(
            Query::parse("a -b").unwrap().expression(&filters).unwrap(),
            r#"({text file past} : (("a")) AND {meta} : ("cp5" OR "cn6") AND {meta} : ("kphoto")) NOT ({text file} : ("b"))"#
        );
        assert_eq!(Query::parse("").unwrap().expression(&[]), None);
        assert_eq!(Query::parse("-b").unwrap().expression(&[]), None);
    }
}
