//! Everything around messages that their picture depends on, and what is known of files.

use std::collections::{HashMap, HashSet};

use telekeep_index::Shown;
use telekeep_model::ReadState;

use super::links::Links;
use super::media::Missing;
use super::{Clock, Face};

/// Are the bytes of a file in the archive?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// They are.
    Yes,
    /// They are left out for good; the rule or the server's error.
    Never(String),
    /// Not so far; the error's name, if there was one.
    NotYet(Option<String>),
}

/// What is held of files.
pub trait Files {
    /// What is known of this file.
    fn find(&self, key: &str) -> Held;
    /// Whether this story of a chat is held.
    fn has_story(&self, _chat: i64, _id: i64) -> bool {
        false
    }
    /// Whether more people who reacted or voted are held than the message names.
    fn has_people(&self, _chat: i64, _id: i64) -> bool {
        false
    }
    /// How far a chat was read, and when that was seen (unix milliseconds).
    fn read_state(&self, _chat: i64) -> Option<(ReadState, i64)> {
        None
    }
    /// Announced type of a file that is held and may be drawn inside a line of text.
    fn kind(&self, _key: &str) -> Option<String> {
        None
    }
}

/// Everything around messages that their picture depends on.
pub struct Scene<'a> {
    /// Language, time zone, now.
    pub clock: &'a Clock,
    /// Addresses.
    pub links: &'a dyn Links,
    /// Names of people and chats by marked id.
    pub names: &'a HashMap<i64, String>,
    /// Of these, the ones whose accounts were deleted.
    pub deleted: &'a HashSet<i64>,
    /// Names senders had when they wrote, by message id, where they have another one now.
    pub past_names: &'a HashMap<i64, String>,
    /// Addresses of photos of senders by marked id.
    pub photos: &'a HashMap<i64, String>,
    /// Messages that are answered, by chat and id.
    pub answered: &'a HashMap<(i64, i64), Shown>,
    /// Topics of the forum that is shown as a whole, by id: messages say which is theirs.
    pub topics: &'a HashMap<i64, String>,
    /// Keys of the small and the large rendition of photos that chats were given, by the photo's id.
    pub given: &'a HashMap<i64, (String, String)>,
    /// What is held.
    pub files: &'a dyn Files,
    /// A chat of two: names above bubbles say nothing there.
    pub private: bool,
}

impl Scene<'_> {
    /// The name of a marked id.
    #[must_use]
    pub fn name(&self, id: i64) -> String {
        self.names
            .get(&id)
            .cloned()
            .unwrap_or_else(|| id.to_string())
    }

    /// The face of a marked id under a name; without an id that of the name.
    #[must_use]
    pub fn face(&self, id: Option<i64>, name: &str) -> Face {
        let deleted = id.is_some_and(|id| self.deleted.contains(&id));
        Face::new(id.unwrap_or(0), name).of_deleted(deleted)
    }

    /// Is this file held?
    #[must_use]
    pub fn held(&self, key: &str) -> bool {
        !key.is_empty() && self.files.find(key) == Held::Yes
    }

    /// Address of the tiny preview that came inside the message. What is not to be kept has none: the
    /// preview would be a copy of it.
    #[must_use]
    pub fn tiny(&self, key: &str, preview: Option<&str>, self_destructing: bool) -> Option<String> {
        let protected = matches!(self.files.find(key), Held::Never(error) if is_protection(&error));
        let preview = preview.filter(|_| !self_destructing && !protected)?;
        self.links.tiny(preview)
    }

    /// Why a file is not here, in words.
    #[must_use]
    pub fn missing(&self, key: &str, self_destructing: bool) -> Missing {
        let texts = self.clock.texts;
        let why = match self.files.find(key) {
            _ if self_destructing => texts.get("missing.self-destructing").to_owned(),
            Held::Never(error) if is_protection(&error) => {
                texts.get("missing.protected").to_owned()
            }
            // Its owner can change that.
            Held::Never(error) if error.starts_with("UNSELECTED_") => {
                texts.with("missing.failed", texts.of_failure(&error))
            }
            Held::Never(error) => texts.with("missing.gone", texts.of_failure(&error)),
            Held::NotYet(Some(error)) => texts.with("missing.failed", texts.of_failure(&error)),
            Held::NotYet(None) | Held::Yes => texts.get("missing.not-fetched").to_owned(),
        };
        Missing { why }
    }
}

fn is_protection(error: &str) -> bool {
    let error = error.to_ascii_lowercase();
    error.contains("protect") || error.contains("noforwards") || error.contains("forward")
}
