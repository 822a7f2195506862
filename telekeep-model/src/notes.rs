//! Records that are our own, not the server's: source, run, coverage, absence, held media, failures.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{ModelError, json};

/// First record of a journal: whose messages it holds.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Source {
    /// `telegram`, later also kinds of import.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// `telegram` for the public service, `custom` for another server.
    #[serde(default)]
    pub server: String,
    /// User id of the account.
    #[serde(default)]
    pub account: Option<i64>,
}

/// Begin or end of a run.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Run {
    /// `start` or `end`.
    #[serde(default)]
    pub event: String,
    /// The command that ran.
    #[serde(default)]
    pub command: String,
    /// Counts, at the end.
    #[serde(default)]
    pub result: Option<Box<RawValue>>,
    /// At the start: what is to be kept, where that is not everything.
    #[serde(default)]
    pub selection: Option<Box<RawValue>>,
    /// At the start: `keep` when files are kept whose owner forbids saving.
    #[serde(default)]
    pub protected: Option<String>,
    /// At the start: `who` when it is asked who reacted and voted.
    #[serde(default)]
    pub reactions: Option<String>,
    /// At the end: it was ended before everything was asked for.
    #[serde(default)]
    pub interrupted: bool,
}

/// Whether it is known which chats there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct ChatList {
    /// False while chats were only asked for by name, so that there may be others.
    pub whole: bool,
}

/// Ids `from..=to` of a chat were listed without a hole.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Coverage {
    /// First id.
    #[serde(default)]
    pub from: i64,
    /// Last id, inclusive.
    #[serde(default)]
    pub to: i64,
    /// How many messages the server counted in the chat at that moment, when it was listed to its end.
    #[serde(default)]
    pub server_count: Option<i64>,
    /// How many it counted, at least, while the chat was being listed.
    #[serde(default)]
    pub counted: Option<i64>,
    /// Messages that were deleted between then and now, and before they could be had.
    #[serde(default)]
    pub lost: i64,
    /// The server said that the count is approximate.
    #[serde(default)]
    pub inexact: bool,
    /// The server no longer shows the chat to this account, and why.
    #[serde(default)]
    pub not_visible: Option<String>,
    /// What of the chat its owner selected from then on.
    #[serde(default)]
    pub selection: Option<Selected>,
}

/// What of a chat its owner selected; nothing set is all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selected {
    /// Nothing, and why: `not_asked` or `excluded`.
    pub out: Option<String>,
    /// Messages from this moment on, unix seconds.
    pub since: Option<i64>,
    /// Messages before this moment, unix seconds.
    pub until: Option<i64>,
    /// Only messages of the account itself.
    pub own: bool,
    /// Only these topics.
    pub topics: Vec<i64>,
    /// The first id of `since`, once known.
    pub first: Option<i64>,
    /// The last id of `until`, once known.
    pub last: Option<i64>,
    /// Of what is no interval of ids: it was listed to its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
}

impl Selected {
    /// Everything is selected.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// What is selected is an interval of ids, so that coverage can tell whether it is whole.
    #[must_use]
    pub fn is_interval(&self) -> bool {
        self.out.is_none() && !self.own && self.topics.is_empty()
    }
}

/// The server was asked for an id and did not return it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Absent {
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
}

/// A message that was held is gone at the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Deleted {
    /// It is there again.
    #[serde(default)]
    pub resolved: bool,
}

/// A file is held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaHeld {
    /// File key: `document/ID`, `document/ID/thumb/m`, `photo/ID/y`, `photo/ID/video/u`, ...
    #[serde(default)]
    pub file: String,
    /// Size in bytes.
    #[serde(default)]
    pub size: u64,
    /// SHA-256 of the plain bytes, hex.
    #[serde(default)]
    pub sha256: String,
    /// Name of the blob in the archive.
    #[serde(default)]
    pub blob: String,
    /// MIME type, as the sender declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// File name, as the sender declared it. Untrusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Something could not be fetched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// `chat` or `media`.
    #[serde(default)]
    pub what: String,
    /// File key, for media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The server's error name, or ours.
    #[serde(default)]
    pub error: String,
    /// It is none any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// Attempts so far.
    #[serde(default)]
    pub attempts: u32,
    /// No further attempt is useful.
    #[serde(default, rename = "final")]
    pub last: bool,
}

/// An entry of the telephone book that Telegram keeps for the account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedContact {
    /// Its number, digits.
    pub phone: String,
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// When it was saved, unix seconds.
    #[serde(default)]
    pub date: i64,
    /// It is in the book no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

impl SavedContact {
    /// The name its owner gave it; may be empty.
    #[must_use]
    pub fn name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        name.trim().to_owned()
    }

    /// The number as people write it.
    #[must_use]
    pub fn number(&self) -> String {
        format!("+{}", self.phone.trim_start_matches('+'))
    }
}

macro_rules! parse {
    ($($type:ident $what:literal),+) => {$(
        impl $type {
            /// Reads the body of its record.
            pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
                json::read($what, body.get())
            }
        }
    )+};
}
parse!(Source "source", Run "run", ChatList "chat list record", Coverage "coverage", Absent "absent record", Deleted "deleted record", MediaHeld "media record", Failure "failure", SavedContact "saved contact");
