//! The language of queries: what people type, read into a tree. Pure.
//!
//! ```text
//! query  = any { any }                           all of them
//! any    = not { "OR" not }                      one of them
//! not    = [ "-" ] atom
//! atom   = "(" query ")" | word [ "*" ] | "phrase" [ "*" ] | key ":" value
//! value  = word | "quoted"
//! ```
//!
//! A tree prints itself in a form that reads back to an equal tree. What cannot be understood is told
//! with its place and how to write it; what looks like a filter and is none is searched as words,
//! with a note.

pub use super::{
    parse::parse,
    values::{Comparison, DateText},
};
use crate::error::IndexError;

/// A part of a query.
#[derive(Clone, Debug)]
pub enum Node {
    /// All of these (at least two).
    All(Vec<Node>),
    /// Any of these (at least two).
    Any(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A word, phrase or filter.
    Atom(Atom),
}

/// A word, phrase or filter, and where it begins.
#[derive(Clone, Debug)]
pub struct Atom {
    /// In characters of the query, from 1.
    pub at: usize,
    /// What is asked for.
    pub what: What,
}

/// Where something is does not make it another thing.
impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All(one), Self::All(other)) | (Self::Any(one), Self::Any(other)) => one == other,
            (Self::Not(one), Self::Not(other)) => one == other,
            (Self::Atom(one), Self::Atom(other)) => one == other,
            _ => false,
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A word or phrase; `prefix`: the last word may go on.
    Words {
        /// As typed, without quotes.
        text: String,
        /// Ended in `*`.
        prefix: bool,
    },
    /// `exact:` characters as they are, also inside words.
    Exact(String),
    /// `from:` who sent it.
    From(String),
    /// `in:` which chat.
    In(String),
    /// `topic:` which forum topic.
    Topic(String),
    /// `tag:` which hashtag.
    Tag(String),
    /// `filename:` words of a file's name.
    Filename(String),
    /// `has:` a kind of content, as one of `values::HAS`.
    Has(&'static str),
    /// `is:` a property, as one of `values::IS`.
    Is(&'static str),
    /// `before:`, `after:`, `on:`, `since:`, `until:` a date.
    Date(DateKey, DateText),
    /// `size:` of its files, in bytes.
    Size(Comparison, i64),
}

/// How a date is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DateKey {
    /// Before it begins.
    Before,
    /// After it has ended.
    After,
    /// In it.
    On,
    /// When it begins, or later.
    Since,
    /// Before it has ended.
    Until,
}

impl DateKey {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::On => "on",
            Self::Since => "since",
            Self::Until => "until",
        }
    }
}

/// Something worth telling that is no mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// In characters of the query, from 1.
    pub at: usize,
    /// What it is about, as typed.
    pub about: String,
    /// What was done with it.
    pub why: String,
}

/// A query read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// `None` when nothing is asked for.
    pub query: Option<Node>,
    /// What was passed over or read otherwise than it looks.
    pub notes: Vec<Note>,
}

pub(crate) fn error(at: usize, why: impl Into<String>) -> IndexError {
    IndexError::Query {
        at,
        why: why.into(),
    }
}
