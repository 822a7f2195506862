//! Parts of the account itself: who it knows, where it is signed in, what it set. Each is read from
//! the server's answers; what this version does not know is passed over.

mod at_hand;
mod business;
mod looks;
mod people;
mod privacy;
mod purse;
mod settings;
mod shelf;
mod texts;

pub use at_hand::Draft;
pub use business::{ChatLink, HelperBot, QuickReply};
pub use looks::UsedEmoji;
pub use people::{Device, Listed, OwnPhoto, OwnProfile, WorkHours};
pub(crate) use privacy::rule;
pub use privacy::{Audience, PrivacyRule};
pub use purse::{Gift, Payment, Subscription, month_of_payments};
pub use settings::{NotifyException, NotifyRule, ReactionNotices, Sound, TwoStep};
pub use shelf::{Kept, StickerSet};
pub use texts::OwnText;
pub(crate) use texts::or_empty;

use serde_json::{Value, value::RawValue};

use crate::part::{PartBody, entries};
use crate::{Context, Message, ModelError, Parsed};

/// A part of the account, as its newest record says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountPart {
    /// Its name, as `contacts` or `privacy/about`.
    pub part: String,
    /// Why the account cannot have it, if so.
    pub unavailable: Option<String>,
    /// The server's answers, in the order of their pages.
    pub answers: Vec<Value>,
}

/// Lists that count as what a part holds.
const LISTS: &[&str] = &[
    "photos",
    "contacts",
    "blocked",
    "authorizations",
    "updates",
    "gifs",
    "stickers",
    "sets",
    "documents",
    "ringtones",
    "messages",
    "albums",
    "links",
    "connected_bots",
    "wallpapers",
    "themes",
    "reactions",
    "tags",
    "statuses",
    "subscriptions",
    "collections",
];

impl AccountPart {
    /// Reads the body of an `account` record.
    pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
        let body = PartBody::read("part of the account", body)?;
        Ok(Self {
            part: body.part,
            unavailable: body.unavailable,
            answers: body.answers,
        })
    }

    /// How many entries its lists have; `None` for what is no list.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        if self.unavailable.is_some() {
            return None;
        }
        if self.part == "frequent_contacts" {
            return Some(self.frequent().len() as u64);
        }
        if self.part.starts_with("stories/") && self.only()["count"].is_u64() {
            // The stories themselves are records of their own.
            return self.only()["count"].as_u64();
        }
        // Beside these lists stand messages and collections.
        for (part, list) in [("quick_replies", "quick_replies"), ("star_gifts", "gifts")] {
            if self.part == part {
                return Some(self.entries(list).count() as u64);
            }
        }
        if month_of_payments(&self.part).is_some() {
            return Some(self.answers.len() as u64);
        }
        let lists = LISTS.iter().filter(|list| self.has(list));
        let counts = lists.map(|list| self.entries(list).count() as u64);
        counts.reduce(|sum, count| sum.saturating_add(count))
    }

    fn has(&self, list: &str) -> bool {
        self.answers.iter().any(|answer| answer[list].is_array())
    }

    /// The entries of a list, over all pages.
    fn entries<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a Value> {
        entries(&self.answers, list)
    }

    /// The one answer of a part that has no pages.
    fn only(&self) -> &Value {
        self.answers.first().unwrap_or(&Value::Null)
    }
}

/// A text field; empty when there is none.
fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// A message of its own, that is in no history.
fn message(value: &Value) -> Option<Message> {
    let raw = serde_json::value::to_raw_value(value).ok()?;
    match Message::parse(&raw, Context::default()).ok()? {
        Parsed::Message(message) => Some(*message),
        Parsed::Empty { .. } => None,
    }
}

/// The name of an object's constructor.
fn name(value: &Value) -> &str {
    value["_"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
