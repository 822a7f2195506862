//! What the account keeps at hand: drafts, sticker sets, GIFs, music.

use serde_json::Value;

use super::{AccountPart, text};
use crate::part::peer;

/// Something the account began to write, or that waits to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Marked id of its chat.
    pub chat: i64,
    /// The text so far.
    pub text: String,
    /// When it was written last, or will be sent, unix seconds.
    pub date: i64,
}

/// A sticker set in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetName {
    /// Its number; the set itself is the part `sticker_set/ID`, when it is kept whole.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Stickers in it.
    pub count: i64,
}

/// Entries of one list that are looked at.
const MOST: usize = 10_000;

impl AccountPart {
    /// The drafts of the part `drafts`. A chat of a forum may have several.
    #[must_use]
    pub fn drafts(&self) -> Vec<Draft> {
        let updates = self.entries("updates").take(MOST);
        let draft = |update: &Value| {
            let draft = &update["draft"];
            Some(Draft {
                chat: peer(&update["peer"])?,
                text: Some(text(draft, "message")).filter(|text| !text.is_empty())?,
                date: draft["date"].as_i64().unwrap_or(0),
            })
        };
        updates.filter_map(draft).collect()
    }

    /// What waits to be sent, of the part `scheduled`; the date is when it will be.
    #[must_use]
    pub fn scheduled(&self) -> Vec<Draft> {
        let messages = self.entries("messages").take(MOST);
        let waiting = |message: &Value| {
            Some(Draft {
                chat: peer(&message["peer_id"])?,
                text: text(message, "message"),
                date: message["date"].as_i64().unwrap_or(0),
            })
        };
        messages.filter_map(waiting).collect()
    }

    /// The document of the part `other_data`, indented when it is JSON.
    #[must_use]
    pub fn other_data(&self) -> Option<String> {
        let text = self.answers.first()?.get("json")?.as_str()?;
        let value: Option<Value> = serde_json::from_str(text).ok();
        let indented = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
        Some(indented.unwrap_or_else(|| text.to_owned()))
    }

    /// The sets of a part `sticker_sets/…`.
    #[must_use]
    pub fn sets(&self) -> Vec<SetName> {
        let sets = self.entries("sets").take(MOST);
        let set = |entry: &Value| {
            // Archived sets come with a cover around them.
            let set = match entry["set"].is_object() {
                true => &entry["set"],
                false => entry,
            };
            Some(SetName {
                id: set["id"].as_i64()?,
                title: text(set, "title"),
                count: set["count"].as_i64().unwrap_or(0),
            })
        };
        sets.filter_map(set).collect()
    }

    /// Ids of the documents of a part: GIFs, stickers, music, sounds, the
    /// pictures of wallpapers, themes and statuses.
    #[must_use]
    pub fn documents(&self) -> Vec<i64> {
        let lists = ["gifs", "stickers", "documents", "ringtones"];
        let all = lists.into_iter().flat_map(|list| self.entries(list));
        let wallpapers = self.entries("wallpapers").map(|one| &one["document"]);
        let themes = self.entries("themes").flat_map(|theme| {
            let settings = theme["settings"].as_array().into_iter().flatten();
            settings.map(|one| &one["wallpaper"]["document"])
        });
        let all = all.chain(wallpapers).chain(themes);
        let statuses = self.entries("statuses");
        let statuses = statuses.filter_map(|status| status["document_id"].as_i64());
        let ids = all.filter_map(|document| document["id"].as_i64());
        ids.chain(statuses).take(MOST).collect()
    }
}
