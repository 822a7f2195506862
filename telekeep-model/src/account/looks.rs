//! How the account likes its chats to look.

use serde_json::Value;

use super::AccountPart;
use crate::part::filled;

/// An emoji the account uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedEmoji {
    /// The emoji; empty for a custom one.
    pub emoji: String,
    /// Document id of a custom one.
    pub custom: Option<i64>,
    /// What the account calls it, as a tag of Saved Messages.
    pub title: Option<String>,
}

/// Entries of one list that are looked at.
const MOST: usize = 10_000;

impl AccountPart {
    /// The emoji of a part `reactions/…` or `emoji_statuses/…`.
    #[must_use]
    pub fn used_emoji(&self) -> Vec<UsedEmoji> {
        let plain = self.entries("reactions").map(|one| used(one, None));
        let tags = self.entries("tags").map(|tag| {
            let title = filled(tag, "title");
            used(&tag["reaction"], title)
        });
        let statuses = self.entries("statuses").map(|one| used(one, None));
        let all = plain.chain(tags).chain(statuses).take(MOST);
        all.filter(|one| !one.emoji.is_empty() || one.custom.is_some())
            .collect()
    }

    /// What the themes of a part `themes/…` or `chat_themes` are called.
    #[must_use]
    pub fn theme_names(&self) -> Vec<String> {
        let themes = self.entries("themes").take(MOST);
        themes
            .filter_map(|theme| filled(theme, "title").or_else(|| filled(theme, "emoticon")))
            .collect()
    }
}

fn used(value: &Value, title: Option<String>) -> UsedEmoji {
    UsedEmoji {
        emoji: filled(value, "emoticon").unwrap_or_default(),
        custom: value["document_id"].as_i64(),
        title,
    }
}
