//! What the account set up for its business.

use serde_json::Value;

use super::{AccountPart, text};
use crate::Message;
use crate::part::filled;

/// A reply kept ready.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuickReply {
    /// Its number, by which greetings name it.
    pub id: i64,
    /// What one types to send it.
    pub shortcut: String,
    /// What is sent.
    pub messages: Vec<Message>,
}

/// A link that opens a chat with the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatLink {
    /// Its address.
    pub link: String,
    /// What its owner calls it.
    pub title: Option<String>,
    /// What stands in the field of whoever follows it.
    pub text: String,
    /// How often it was followed, when it was recorded.
    pub views: i64,
}

/// A bot that answers for the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HelperBot {
    /// Marked id.
    pub bot: i64,
    /// The device it was let in from, and where that was.
    pub device: Vec<String>,
    /// Since when, unix seconds; 0 when not told.
    pub since: i64,
}

/// Entries of one list that are looked at.
const MOST: usize = 1000;

impl AccountPart {
    /// The replies of the part `quick_replies`.
    #[must_use]
    pub fn quick_replies(&self) -> Vec<QuickReply> {
        let list = self.entries("quick_replies").take(MOST);
        let mut replies: Vec<QuickReply> = list
            .filter_map(|reply| {
                Some(QuickReply {
                    id: reply["shortcut_id"].as_i64()?,
                    shortcut: text(reply, "shortcut"),
                    messages: Vec::new(),
                })
            })
            .collect();
        // The list brings the newest message of each along, which is told again with the others.
        let pages = self.answers.iter();
        let pages = pages.filter(|answer| !answer["quick_replies"].is_array());
        let said = pages.flat_map(|answer| answer["messages"].as_array().into_iter().flatten());
        for message in said.take(MOST) {
            let id = message["quick_reply_shortcut_id"].as_i64();
            let reply = replies.iter_mut().find(|reply| Some(reply.id) == id);
            if let Some((reply, message)) = reply.zip(super::message(message)) {
                reply.messages.push(message);
            }
        }
        replies
    }

    /// The links of the part `business_links`.
    #[must_use]
    pub fn chat_links(&self) -> Vec<ChatLink> {
        let links = self.entries("links").take(MOST);
        let link = |link: &Value| {
            Some(ChatLink {
                link: filled(link, "link")?,
                title: filled(link, "title"),
                text: text(link, "message"),
                views: link["views"].as_i64().unwrap_or(0),
            })
        };
        links.filter_map(link).collect()
    }

    /// The bots of the part `connected_bots`.
    #[must_use]
    pub fn helper_bots(&self) -> Vec<HelperBot> {
        let bots = self.entries("connected_bots").take(MOST);
        let bot = |bot: &Value| {
            Some(HelperBot {
                bot: bot["bot_id"].as_i64()?,
                device: ["device", "location"]
                    .iter()
                    .filter_map(|field| filled(bot, field))
                    .collect(),
                since: bot["date"].as_i64().unwrap_or(0),
            })
        };
        bots.filter_map(bot).collect()
    }
}
