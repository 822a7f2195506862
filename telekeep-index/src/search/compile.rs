//! A query made into what the full-text index understands, with names looked up.
//!
//! Words and filters become one FTS5 expression. Dates are ranges of row numbers. What the index can
//! only narrow (exact characters, exact sizes) is checked row by row.
//!
//! Words of the user always go to FTS5 in quotes, so nothing in them is an operator there.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::{
    grammar::{Atom, DateKey, Node, What, error},
    meta,
    values::{self, Comparison, DateText},
};
use crate::{
    chats::{ChatFilter, entries},
    error::{Doing as _, IndexError},
    names::{self, Names},
    show,
    tokenizer::{Mode, Token, Tokenizer},
    zone::Zone,
};

/// Peers that one name may stand for.
const MAX_NAMES: usize = 200;

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

/// What a name in a query was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where the filter is, in characters from 1.
    pub at: usize,
    /// The filter, as `from:ada`.
    pub filter: String,
    /// Names of the people, chats or topics it means; any of them.
    pub names: Vec<String>,
}

/// What a row is checked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    Size(Comparison, i64),
    /// These characters, in lower case, are there (or, with `false`, are not).
    Exact(String, bool),
}

/// A query ready to run.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub expression: String,
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub checks: Vec<Check>,
    pub terms: Vec<Term>,
    pub resolved: Vec<Resolved>,
}

/// Columns with words, and those of the message as it is.
const TEXT: &str = "{text file past}";
const NOW: &str = "{text file}";

/// Makes a plan.
pub(crate) fn compile(
    db: &Connection,
    query: Option<&Node>,
    filters: &[Vec<String>],
    zone: Zone<'_>,
    now: i64,
) -> Result<Plan, IndexError> {
    let mut compiler = Compiler {
        db,
        zone,
        now,
        plan: Plan::default(),
        tokenizer: Tokenizer::default(),
    };
    let mut must: Vec<String> = Vec::new();
    let mut not: Vec<String> = Vec::new();
    let all = match query {
        None => &[][..],
        Some(Node::All(nodes)) => nodes.as_slice(),
        Some(node) => std::slice::from_ref(node),
    };
    for node in all {
        match node {
            Node::Atom(atom) => must.extend(compiler.condition(atom, true)?),
            Node::Not(inner) => match inner.as_ref() {
                Node::Atom(atom) => not.extend(compiler.condition(atom, false)?),
                inner => not.push(compiler.expression(inner, false)?),
            },
            node => must.push(compiler.expression(node, true)?),
        }
    }
    for words in filters {
        must.push(any_meta(words));
    }
    let mut plan = compiler.plan;
    plan.expression = without(must, &not);
    Ok(plan)
}

/// `must` without `not`; with nothing that must be, all messages.
fn without(must: Vec<String>, not: &[String]) -> String {
    let must = match must.is_empty() {
        true => meta_word(meta::ALL),
        false => must.join(" AND "),
    };
    match not.is_empty() {
        true => must,
        false => format!("({must}) NOT ({})", not.join(" OR ")),
    }
}

fn meta_word(word: &str) -> String {
    format!("{{meta}} : {}", quote(word))
}

fn any_meta(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| quote(word)).collect();
    format!("{{meta}} : ({})", words.join(" OR "))
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

/// The kind that a word of `has:` or `is:` means.
fn kind_of(words: &[(&str, &'static str)], word: &str) -> &'static str {
    let found = words.iter().find(|(known, _)| *known == word);
    found.map_or("knothing", |(_, kind)| kind)
}

struct Compiler<'a> {
    db: &'a Connection,
    zone: Zone<'a>,
    now: i64,
    plan: Plan,
    tokenizer: Tokenizer,
}

impl Compiler<'_> {
    /// A condition that every hit meets (or, with `wanted` false, that none may meet): an expression,
    /// or a change of the plan.
    fn condition(&mut self, atom: &Atom, wanted: bool) -> Result<Option<String>, IndexError> {
        match &atom.what {
            What::Date(key, date) => self.dates(atom.at, *key, *date, wanted).map(|()| None),
            What::Size(comparison, bytes) => {
                // Without files there is no size: -size:>1mb asks for small ones.
                let comparison = match wanted {
                    true => *comparison,
                    false => comparison.opposite(),
                };
                self.plan.checks.push(Check::Size(comparison, *bytes));
                let words = sizes(comparison, *bytes);
                let expression = any_meta(&words);
                Ok(Some(match wanted {
                    true => expression,
                    // Taken away is what is not of these sizes.
                    false => format!("({} NOT {expression})", meta_word(meta::ALL)),
                }))
            }
            What::Exact(text) => {
                let check = Check::Exact(text.to_lowercase(), wanted);
                self.plan.checks.push(check);
                Ok(wanted.then(|| self.narrowed(text)).flatten())
            }
            _ => self.leaf(atom, wanted).map(Some),
        }
    }

    /// An expression for a part inside OR, or inside parentheses after a minus.
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
            What::Date(..) | What::Size(..) | What::Exact(_) => {
                return Err(error(
                    at,
                    "dates, `size:` and `exact:` narrow the whole search: write them outside of OR and of parentheses after a minus",
                ));
            }
        })
    }

    fn words(&mut self, text: &str, prefix: bool, columns: &str, shown: bool) -> String {
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

    fn dates(
        &mut self,
        at: usize,
        key: DateKey,
        date: DateText,
        wanted: bool,
    ) -> Result<(), IndexError> {
        let (from, to) = date.span(self.zone, self.now);
        let (since, until) = match (key, wanted) {
            (DateKey::Before, true) | (DateKey::Since, false) => (None, Some(from)),
            (DateKey::After, true) | (DateKey::Until, false) => (Some(to), None),
            (DateKey::Since, true) | (DateKey::Before, false) => (Some(from), None),
            (DateKey::Until, true) | (DateKey::After, false) => (None, Some(to)),
            (DateKey::On, true) => (Some(from), Some(to)),
            (DateKey::On, false) => {
                return Err(error(at, "a day cannot be left out; use before: or after:"));
            }
        };
        let plan = &mut self.plan;
        plan.since = plan.since.max(since);
        plan.until = match (plan.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Ok(())
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

    fn senders(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        if name.eq_ignore_ascii_case("me") {
            return Ok(meta_word("kmine"));
        }
        let ids = match self.peer(name)? {
            Some(id) => vec![id],
            None => self.named_senders(at, name)?,
        };
        if ids.is_empty() {
            let why = format!(
                "nobody in this archive is called {name:?}; the name, a part of it, @username, or the numeric id is understood"
            );
            return Err(error(at, why));
        }
        self.resolved(at, "from", name, &ids)?;
        let words: Vec<_> = ids.iter().map(|&id| meta::sender(id)).collect();
        Ok(any_meta(&words))
    }

    /// Those who sent something, of all who are called so.
    fn named_senders(&self, at: usize, name: &str) -> Result<Vec<i64>, IndexError> {
        let all = names::find(self.db, name, 10 * MAX_NAMES)?;
        let mut said = self
            .db
            .prepare_cached("SELECT 1 FROM said WHERE c = 0 AND sender = ?1")
            .doing("looking for a sender")?;
        let mut senders = Vec::new();
        for &id in &all {
            if said.exists([id]).doing("looking for a sender")? {
                senders.push(id);
            }
        }
        if senders.len() > MAX_NAMES || all.len() >= 10 * MAX_NAMES {
            return Err(too_many(at, name));
        }
        // Known, but without a message: finds nothing, and is no mistake.
        Ok(if senders.is_empty() { all } else { senders })
    }

    fn chats(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        let filter = ChatFilter {
            name: Some(name.to_owned()),
            ..ChatFilter::default()
        };
        let ids: Vec<i64> = match self.peer(name)? {
            Some(id) => vec![id],
            None => {
                let chats = entries(self.db, &filter)?;
                chats.iter().map(|chat| chat.chat).collect()
            }
        };
        if ids.is_empty() {
            let why = format!(
                "no chat in this archive is called {name:?}; the title, a part of it, @username, or the numeric id is understood"
            );
            return Err(error(at, why));
        }
        if ids.len() > MAX_NAMES {
            return Err(too_many(at, name));
        }
        self.resolved(at, "in", name, &ids)?;
        let words: Vec<_> = ids.iter().map(|&id| meta::chat(id)).collect();
        Ok(any_meta(&words))
    }

    /// The peer that a number or `@username` names; `me` and `saved` in `in:` are names like others.
    fn peer(&self, name: &str) -> Result<Option<i64>, IndexError> {
        if let Ok(id) = name.parse::<i64>() {
            return Ok(Some(id));
        }
        let Some(username) = name.strip_prefix('@') else {
            return Ok(None);
        };
        self.db
            .prepare_cached("SELECT id FROM peer WHERE username = ?1 COLLATE NOCASE LIMIT 1")
            .and_then(|mut select| {
                let mut rows = select.query([username])?;
                rows.next()?.map(|row| row.get(0)).transpose()
            })
            .doing("looking for a username")
    }

    fn topics(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        let mut words = Vec::new();
        let mut titles = Vec::new();
        let mut general = Vec::new();
        let matcher = names::Matcher::new(name);
        let forums = self.forums()?;
        for (no, chat) in forums {
            for topic in crate::history::topics_of(self.db, no, chat)? {
                let title = topic.title.unwrap_or_default();
                if topic.id.to_string() != name && !matcher.matches(&title) {
                    continue;
                }
                titles.push(title);
                if topic.id == 1 {
                    let (chat, marked) = (meta::chat(chat), meta::kind_of(chat, "ktopic"));
                    general.push(format!(
                        "{{meta}} : ({} NOT {})",
                        quote(&chat),
                        quote(&marked)
                    ));
                } else {
                    words.push(meta::topic_of(chat, topic.id));
                }
            }
        }
        if titles.is_empty() {
            let why = format!("no topic of a forum is called {name:?}");
            return Err(error(at, why));
        }
        if titles.len() > MAX_NAMES {
            return Err(too_many(at, name));
        }
        self.plan.resolved.push(Resolved {
            at,
            filter: format!("topic:{name}"),
            names: titles,
        });
        if !words.is_empty() {
            general.push(any_meta(&words));
        }
        Ok(format!("({})", general.join(" OR ")))
    }

    /// Chats that have topics.
    fn forums(&self) -> Result<Vec<(i64, i64)>, IndexError> {
        self.db
            .prepare_cached(
                "SELECT no, chat FROM chat LEFT JOIN peer ON peer.id = chat.chat
                 WHERE peer.forum OR EXISTS (SELECT 1 FROM topic WHERE topic.c = chat.no)",
            )
            .and_then(|mut select| {
                let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            })
            .doing("reading forums")
    }

    fn resolved(
        &mut self,
        at: usize,
        key: &str,
        name: &str,
        ids: &[i64],
    ) -> Result<(), IndexError> {
        let mut known = Names::default();
        let own: Vec<i64> = crate::accounts(self.db)?;
        let mut all = Vec::with_capacity(ids.len());
        for &id in ids {
            all.push(match key == "in" && own.contains(&id) {
                true => "Saved Messages".to_owned(),
                false => known.of(self.db, id)?,
            });
        }
        self.plan.resolved.push(Resolved {
            at,
            filter: format!("{key}:{name}"),
            names: all,
        });
        Ok(())
    }
}

fn too_many(at: usize, name: &str) -> IndexError {
    let why = format!("more than {MAX_NAMES} are called {name:?}; write more of the name");
    error(at, why)
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

/// Whether a row meets the checks, by its message.
pub(crate) fn passes(
    db: &Connection,
    c: i64,
    chat: i64,
    id: i64,
    checks: &[Check],
) -> Result<bool, IndexError> {
    if checks.is_empty() {
        return Ok(true);
    }
    let Some(shown) = show::one(db, c, chat, id, &mut Names::default())? else {
        return Ok(false);
    };
    let mut texts: Option<String> = None;
    for check in checks {
        let passed = match check {
            Check::Size(comparison, limit) => {
                let bytes = shown
                    .message
                    .media
                    .as_ref()
                    .map_or(0, |media| media.bytes());
                let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
                bytes > 0 && comparison.holds(bytes, *limit)
            }
            Check::Exact(wanted, there) => {
                if texts.is_none() {
                    let mut text = shown.message.search_text();
                    if shown.versions > 1 {
                        for version in crate::history::versions_of(db, c, chat, id)? {
                            text.push('\n');
                            text.push_str(&version.message.text);
                        }
                    }
                    texts = Some(text.to_lowercase());
                }
                let found = texts.as_ref().is_some_and(|text| text.contains(wanted));
                found == *there
            }
        };
        if !passed {
            return Ok(false);
        }
    }
    Ok(true)
}
