//! What the account began to write, what waits to be sent, and what Telegram keeps beside.

use serde_json::Value;

use super::{AccountPart, message, text};
use crate::Message;
use crate::part::peer;

/// Something the account began to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Marked id of its chat.
    pub chat: i64,
    /// The text so far.
    pub text: String,
    /// When it was written last, unix seconds.
    pub date: i64,
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

    /// What waits to be sent, of the part `scheduled`; the date of a message is when it will be.
    #[must_use]
    pub fn scheduled(&self) -> Vec<Message> {
        let messages = self.entries("messages").take(MOST);
        messages.filter_map(message).collect()
    }

    /// The document of the part `other_data`, indented when it is JSON.
    #[must_use]
    pub fn other_data(&self) -> Option<String> {
        let text = self.answers.first()?.get("json")?.as_str()?;
        let value: Option<Value> = serde_json::from_str(text).ok();
        let indented = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
        Some(indented.unwrap_or_else(|| text.to_owned()))
    }
}
