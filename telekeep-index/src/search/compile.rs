//! A query made into what the full-text index understands, with names looked up.
//!
//! Words and filters become FTS5 expressions. Dates are ranges of row numbers. What the index can
//! only narrow (exact characters, exact sizes) is checked row by row. These three split a query into
//! alternatives where they stand inside `OR` (`branch.rs`).
//!
//! Words of the user always go to FTS5 in quotes, so nothing in them is an operator there.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::{
    branch::{Branch, Draft, MAX_BRANCHES, product, without},
    check::Check,
    grammar::{Atom, DateKey, Node, What, error},
    meta,
    named::Resolved,
    spelling,
    values::{self, Comparison, DateText},
};
use crate::{
    error::IndexError,
    tokenizer::{Mode, Token, Tokenizer},
    zone::Zone,
};

/// A word or phrase to be shown in hits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    /// Folded tokens.
    pub tokens: Vec<String>,
    /// The last token is a prefix.
    pub prefix: bool,
    /// The last token is one character of a script without spaces: highlight only that.
    pub single: bool,
}

/// A query ready to run.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What any of these finds is found. At least one.
    pub branches: Vec<Branch>,
    /// Words to be shown in hits.
    pub terms: Vec<Term>,
    /// Exact characters to be shown in hits, in lower case.
    pub exact: Vec<String>,
    pub resolved: Vec<Resolved>,
}

impl Plan {
    /// Messages must be looked at one by one, which takes its time.
    pub(crate) fn is_checked(&self) -> bool {
        self.branches.iter().any(|branch| !branch.checks.is_empty())
    }
}

/// Columns with words, and those of the message as it is.
const TEXT: &str = "{text file past}";
const NOW: &str = "{text file}";

/// Makes a plan. Of each set of `filters` one word must be there. Topics are those of `chats` alone, if there
/// are any.
pub(crate) fn compile(
    db: &Connection,
    query: Option<&Node>,
    (filters, chats): (&[Vec<String>], &[i64]),
    zone: Zone<'_>,
    now: i64,
) -> Result<Plan, IndexError> {
    let mut compiler = Compiler {
        db,
        chats,
        zone,
        now,
        plan: Plan::default(),
        tokenizer: Tokenizer::default(),
    };
    let mut drafts = match query {
        Some(node) => compiler.drafts(node, true, true)?,
        None => vec![Draft::default()],
    };
    for draft in &mut drafts {
        draft
            .must
            .extend(filters.iter().map(|words| any_meta(words)));
    }
    let mut plan = compiler.plan;
    plan.branches = drafts.into_iter().map(Draft::finish).collect();
    Ok(plan)
}

/// Begins an expression about chats, senders and kinds.
const META: &str = "{meta} : ";

pub(super) fn meta_word(word: &str) -> String {
    format!("{META}{}", quote(word))
}

pub(super) fn any_meta(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quote(word)).collect();
    format!("{META}({})", words.join(" OR "))
}

/// Whether an expression is one of these.
pub(super) fn is_meta(expression: &str) -> bool {
    expression.starts_with(META)
}

pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

/// The kind that a word of `has:` or `is:` means.
fn kind_of(words: &[(&str, &'static str)], word: &str) -> &'static str {
    let found = words.iter().find(|(known, _)| *known == word);
    found.map_or(meta::NOWHERE, |(_, kind)| kind)
}

/// What the index itself does not answer.
fn is_beside(atom: &Atom) -> bool {
    matches!(atom.what, What::Date(..) | What::Size(..) | What::Exact(_))
}

/// No dates, sizes or exact characters are in it: one expression says it all.
fn is_plain(node: &Node) -> bool {
    match node {
        Node::Atom(atom) => !is_beside(atom),
        Node::Not(inner) => is_plain(inner),
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().all(is_plain),
    }
}

/// Where a part of a query begins, in characters from 1.
fn place(node: &Node) -> usize {
    match node {
        Node::Atom(atom) => atom.at,
        Node::Not(inner) => place(inner),
        Node::All(nodes) | Node::Any(nodes) => nodes.first().map_or(1, place),
    }
}

pub(super) struct Compiler<'a> {
    pub(super) db: &'a Connection,
    /// The only chats that are looked in; empty for all.
    pub(super) chats: &'a [i64],
    zone: Zone<'a>,
    now: i64,
    pub(super) plan: Plan,
    tokenizer: Tokenizer,
}

impl Compiler<'_> {
    /// The alternatives of a part that every hit meets (or, with `wanted` false, that none may meet).
    /// `shown`: hits show its words. Behind a minus they do not, and only texts of now count.
    fn drafts(&mut self, node: &Node, wanted: bool, shown: bool) -> Result<Vec<Draft>, IndexError> {
        match node {
            Node::All(nodes) if wanted => self.all(nodes, wanted, shown),
            Node::Any(nodes) if !wanted && !is_plain(node) => self.all(nodes, wanted, shown),
            node if is_plain(node) => {
                let (node, wanted, shown) = match node {
                    Node::Not(inner) => (inner.as_ref(), !wanted, false),
                    node => (node, wanted, shown),
                };
                let expression = self.expression(node, shown && wanted)?;
                Ok(vec![plain(expression, wanted)])
            }
            Node::Atom(atom) => self.beside(atom, wanted, shown),
            Node::Not(inner) => self.drafts(inner, !wanted, false),
            Node::All(nodes) | Node::Any(nodes) => self.any(nodes, wanted, shown),
        }
    }

    /// One alternative of each part.
    fn all(&mut self, nodes: &[Node], wanted: bool, shown: bool) -> Result<Vec<Draft>, IndexError> {
        let mut drafts = vec![Draft::default()];
        for node in nodes {
            let more = self.drafts(node, wanted, shown)?;
            drafts = product(&drafts, &more).ok_or_else(|| too_many(node))?;
        }
        Ok(drafts)
    }

    /// The alternatives of all parts together. Those that are plain are one.
    fn any(&mut self, nodes: &[Node], wanted: bool, shown: bool) -> Result<Vec<Draft>, IndexError> {
        let mut drafts = Vec::new();
        let mut expressions = Vec::new();
        for node in nodes {
            if is_plain(node) {
                expressions.push(self.expression(node, shown && wanted)?);
            } else {
                drafts.extend(self.drafts(node, wanted, shown)?);
            }
            if drafts.len() >= MAX_BRANCHES {
                return Err(too_many(node));
            }
        }
        if !expressions.is_empty() {
            let join = if wanted { " OR " } else { " AND " };
            drafts.push(plain(format!("({})", expressions.join(join)), wanted));
        }
        Ok(drafts)
    }

    /// A date, a size or exact characters.
    fn beside(&mut self, atom: &Atom, wanted: bool, shown: bool) -> Result<Vec<Draft>, IndexError> {
        let mut draft = Draft::default();
        match &atom.what {
            What::Date(key, date) => return Ok(self.dates(*key, *date, wanted)),
            What::Size(comparison, bytes) => {
                // Without files there is no size: -size:>1mb asks for small ones.
                let comparison = match wanted {
                    true => *comparison,
                    false => comparison.opposite(),
                };
                draft.checks.push(Check::Size(comparison, *bytes));
                draft.must.push(any_meta(&sizes(comparison, *bytes)));
            }
            What::Exact(text) => {
                let small = text.to_lowercase();
                if wanted {
                    draft.must.extend(self.narrowed(text));
                }
                if wanted && shown {
                    self.plan.exact.push(small.clone());
                }
                draft.checks.push(Check::Exact(small, wanted));
            }
            _ => draft = plain(self.leaf(atom, shown && wanted)?, wanted),
        }
        Ok(vec![draft])
    }

    /// An expression for a plain part.
    fn expression(&mut self, node: &Node, shown: bool) -> Result<String, IndexError> {
        Ok(match node {
            Node::Atom(atom) => self.leaf(atom, shown)?,
            Node::Not(inner) => {
                let inner = self.expression(inner, false)?;
                format!("({})", without(Vec::new(), &[inner]))
            }
            Node::Any(nodes) => {
                let any: Result<Vec<_>, _> = nodes
                    .iter()
                    .map(|node| self.expression(node, shown))
                    .collect();
                format!("({})", any?.join(" OR "))
            }
            Node::All(nodes) => {
                let mut must = Vec::new();
                let mut not = Vec::new();
                for node in nodes {
                    match node {
                        Node::Not(inner) => not.push(self.expression(inner, false)?),
                        node => must.push(self.expression(node, shown)?),
                    }
                }
                format!("({})", without(must, &not))
            }
        })
    }

    /// What the index itself answers.
    fn leaf(&mut self, atom: &Atom, shown: bool) -> Result<String, IndexError> {
        let at = atom.at;
        Ok(match &atom.what {
            What::Words { text, prefix } => {
                let columns = if shown { TEXT } else { NOW };
                self.words(text, *prefix, columns, shown)
            }
            What::Filename(text) => self.words(text, true, "{file}", shown),
            What::Has(word) => meta_word(kind_of(&values::HAS, word)),
            What::Is(word) => meta_word(kind_of(&values::IS, word)),
            What::Tag(tag) => meta_word(&meta::tag(tag).unwrap_or_default()),
            What::From(name) => self.senders(at, name)?,
            What::In(name) => self.chats(at, name)?,
            What::Topic(name) => self.topics(at, name)?,
            // Narrows nothing; never asked for here.
            What::Date(..) | What::Size(..) | What::Exact(_) => meta_word(meta::ALL),
        })
    }

    fn words(&mut self, text: &str, prefix: bool, columns: &str, shown: bool) -> String {
        let one = self.spelling(text, prefix, columns, shown);
        match spelling::other(text) {
            Some(other) => {
                let other = self.spelling(&other, prefix, columns, shown);
                format!("({one} OR {other})")
            }
            None => one,
        }
    }

    fn spelling(&mut self, text: &str, prefix: bool, columns: &str, shown: bool) -> String {
        let mut tokens = Vec::new();
        let mut single = false;
        let _ = self.tokenizer.run(text, Mode::Query, &mut |token| {
            tokens.push(token.text.to_owned());
            single = token.single;
            ControlFlow::Continue(())
        });
        let prefix = prefix || single;
        if shown {
            self.plan.terms.push(Term {
                tokens,
                prefix,
                single,
            });
        }
        let star = if prefix { " *" } else { "" };
        format!("{columns} : {}{star}", quote(text))
    }

    fn dates(&self, key: DateKey, date: DateText, wanted: bool) -> Vec<Draft> {
        let (from, to) = date.span(self.zone, self.now);
        let spans: &[(Option<i64>, Option<i64>)] = match (key, wanted) {
            (DateKey::Before, true) | (DateKey::Since, false) => &[(None, Some(from))],
            (DateKey::After, true) | (DateKey::Until, false) => &[(Some(to), None)],
            (DateKey::Since, true) | (DateKey::Before, false) => &[(Some(from), None)],
            (DateKey::Until, true) | (DateKey::After, false) => &[(None, Some(to))],
            (DateKey::On, true) => &[(Some(from), Some(to))],
            (DateKey::On, false) => &[(None, Some(from)), (Some(to), None)],
        };
        let draft = |&(since, until): &(Option<i64>, Option<i64>)| Draft {
            since,
            until,
            ..Draft::default()
        };
        spans.iter().map(draft).collect()
    }

    /// What every text with these characters has in the index: the words inside, without those that
    /// may go on beyond the ends. `None` when there are none.
    fn narrowed(&mut self, text: &str) -> Option<String> {
        let mut runs: Vec<String> = Vec::new();
        let mut take = |token: Token<'_>| {
            let letters = token.text.chars().all(|c| c.is_alphanumeric());
            let dense = token.end - token.start > 1 && !token.single && is_pair(token.text);
            let ends_here = token.end == text.len();
            let begins_here = token.start == 0;
            if begins_here && !dense && letters {
                return ControlFlow::Continue(());
            }
            let star = if ends_here && !dense { " *" } else { "" };
            runs.push(format!("{TEXT} : {}{star}", quote(token.text)));
            ControlFlow::Continue(())
        };
        let _ = self.tokenizer.run(text, Mode::Query, &mut take);
        (!runs.is_empty()).then(|| format!("({})", runs.join(" AND ")))
    }
}

/// A draft of one expression that must hold, or must not.
fn plain(expression: String, wanted: bool) -> Draft {
    let mut draft = Draft::default();
    match wanted {
        true => draft.must.push(expression),
        false => draft.not.push(expression),
    }
    draft
}

fn too_many(node: &Node) -> IndexError {
    let why = format!(
        "alternatives with dates, `size:` or `exact:` make more than {MAX_BRANCHES} searches of this query; ask for fewer at once"
    );
    error(place(node), why)
}

/// Two characters of a script without spaces, as the tokenizer makes them.
fn is_pair(text: &str) -> bool {
    let mut chars = text.chars();
    let wide = |c: Option<char>| c.is_some_and(|c| u32::from(c) >= 0x0E00);
    wide(chars.next()) && wide(chars.next()) && chars.next().is_none()
}

/// Words of all sizes that can meet a comparison; the sizes at its edge are checked row by row.
fn sizes(comparison: Comparison, bytes: i64) -> Vec<String> {
    let edge = meta::digits(bytes);
    let all = match comparison {
        Comparison::Greater | Comparison::AtLeast => edge.max(1)..=i64::BITS - 1,
        Comparison::Less | Comparison::AtMost => 1..=edge.max(1),
    };
    all.map(|digits| format!("z{digits}")).collect()
}
