//! What a chat is beyond its messages: description, members, invite links, admin log. As with the
//! account, each part is read from the server's answers, and what this version does not know is
//! passed over.

mod event;
mod links;
mod members;
#[cfg(test)]
mod tests;
mod texts;

pub use event::{AdminEvent, Deed};
pub use links::{InviteLink, Joined, SavedChat};
pub use members::{Member, Role};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::part::{PartBody, entries, filled};
use crate::{Message, ModelError, TopicChange};

/// A part of a chat, as its newest record says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// Its name, as `full` or `participants`.
    pub part: String,
    /// Why the account cannot have it, if so.
    pub unavailable: Option<String>,
    /// Why the server shows a part of the list only, if so.
    pub partial: Option<String>,
    /// How many entries the server counts, when it shows a part of them only.
    pub count: Option<u64>,
    answers: Vec<Value>,
}

/// What the description of a chat says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// What it says about itself.
    pub about: Option<String>,
    /// Members the server counted.
    pub members: Option<u64>,
    /// Marked id of the channel of a group's comments, or of the group.
    pub linked: Option<i64>,
    /// Marked id of the basic group it was.
    pub former: Option<i64>,
    /// Seconds between two messages of a member.
    pub slow: Option<i64>,
    /// Seconds after which messages delete themselves.
    pub ttl: Option<i64>,
    /// Who is a member is hidden.
    pub hidden_members: bool,
    /// New members do not see what was written before.
    pub hidden_history: bool,
    /// One of both in a private chat forbids saving.
    pub forbids: bool,
    /// Where it is.
    pub address: Option<String>,
    /// Day, month and, when told, year of birth.
    pub birthday: Option<(i64, i64, Option<i64>)>,
    /// Marked id of the channel that a person shows.
    pub channel: Option<i64>,
    /// What a bot understands, and what it means.
    pub commands: Vec<(String, String)>,
    /// What the account noted about a person.
    pub note: Option<String>,
    /// Groups in common.
    pub common: Option<u64>,
    /// Id of the photo.
    pub photo: Option<i64>,
}

/// How far a chat was read when it was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReadState {
    /// The last message that the account read.
    pub read_inbox_max_id: i64,
    /// The last own message that others read.
    pub read_outbox_max_id: i64,
    /// Messages not read.
    pub unread_count: i64,
    /// It was marked as unread.
    pub unread_mark: bool,
}

impl ReadState {
    /// Whether a message was read when this was seen (unix seconds): an own one by others, another
    /// one by the account. `None` when that is not known, as of what came later.
    #[must_use]
    pub fn of(&self, message: &Message, seen: i64) -> Option<bool> {
        if message.service.is_some() || message.sender == Some(message.chat) && message.outgoing {
            return None;
        }
        let up_to = match message.outgoing {
            true => self.read_outbox_max_id,
            false => self.read_inbox_max_id,
        };
        match message.id <= up_to {
            true => Some(true),
            false if up_to == 0 || message.date > seen => None,
            false => Some(false),
        }
    }
}

impl About {
    /// Reads the body of an `about` record.
    pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
        let body = PartBody::read("part of a chat", body)?;
        Ok(Self {
            part: body.part,
            unavailable: body.unavailable,
            partial: body.partial,
            count: body.count,
            answers: body.answers,
        })
    }

    /// The topics of the part `topics`, each with the newest message of it at that time: id, that
    /// message, what it is called and looks like.
    #[must_use]
    pub fn topics(&self) -> Vec<(i64, i64, TopicChange)> {
        let topic = |value: &Value| {
            let flag = |field: &str| Some(value[field] == Value::Bool(true));
            let change = TopicChange {
                created: false,
                title: Some(filled(value, "title")?),
                color: value["icon_color"].as_i64(),
                icon: Some(value["icon_emoji_id"].as_i64().unwrap_or(0)),
                closed: flag("closed"),
                hidden: flag("hidden"),
            };
            Some((
                value["id"].as_i64()?,
                value["top_message"].as_i64()?,
                change,
            ))
        };
        entries(&self.answers, "topics").filter_map(topic).collect()
    }

    /// What the part `full` says.
    #[must_use]
    pub fn described(&self) -> Described {
        let answer = self.answers.first().unwrap_or(&Value::Null);
        let full = match &answer["full_chat"] {
            Value::Null => &answer["full_user"],
            full => full,
        };
        let number = |value: &Value, field: &str| value[field].as_i64();
        let flag = |field: &str| full[field] == Value::Bool(true);
        let birthday = &full["birthday"];
        Described {
            about: filled(full, "about"),
            members: full["participants_count"].as_u64(),
            linked: number(full, "linked_chat_id").map(crate::mark_channel),
            former: number(full, "migrated_from_chat_id").map(crate::mark_chat),
            slow: number(full, "slowmode_seconds").filter(|seconds| *seconds > 0),
            ttl: number(full, "ttl_period").filter(|seconds| *seconds > 0),
            hidden_members: flag("participants_hidden"),
            hidden_history: flag("hidden_prehistory"),
            forbids: flag("noforwards_my_enabled") || flag("noforwards_peer_enabled"),
            address: filled(&full["location"], "address")
                .or_else(|| filled(&full["business_location"], "address")),
            birthday: number(birthday, "day")
                .zip(number(birthday, "month"))
                .map(|(day, month)| (day, month, number(birthday, "year"))),
            channel: number(full, "personal_channel_id").map(crate::mark_channel),
            commands: commands(&full["bot_info"]),
            note: filled(&full["note"], "text"),
            common: full["common_chats_count"]
                .as_u64()
                .filter(|count| *count > 0),
            photo: ["chat_photo", "profile_photo"]
                .iter()
                .find_map(|field| number(&full[*field], "id"))
                .filter(|id| *id != 0),
        }
    }

    /// How far the chat was read, of the part `read`.
    #[must_use]
    pub fn read(&self) -> Option<ReadState> {
        serde_json::from_value(self.answers.first()?.clone()).ok()
    }

    /// Ids and dates of the photos of the part `photos`, the newest first.
    #[must_use]
    pub fn photos(&self) -> Vec<(i64, i64)> {
        let photos = self.entries("photos").take(MOST);
        let photo =
            |photo: &Value| Some((photo["id"].as_i64()?, photo["date"].as_i64().unwrap_or(0)));
        photos.filter_map(photo).collect()
    }

    /// How many entries its list has; `None` for what is no list.
    #[must_use]
    pub fn entries_count(&self) -> Option<u64> {
        let list = match self.part.as_str() {
            "photos" => "photos",
            "invite_links" => "invites",
            "saved_dialogs" => "dialogs",
            "full" if self.members().is_empty() => return None,
            "full" | "participants" | "admins" | "bots" | "kicked" | "banned" => {
                return Some(self.members().len() as u64);
            }
            _ => return None,
        };
        Some(self.entries(list).count() as u64)
    }

    /// The entries of a list, over all pages.
    fn entries<'a>(&'a self, list: &'a str) -> impl Iterator<Item = &'a Value> {
        entries(&self.answers, list)
    }
}

/// Entries of one list that are looked at.
const MOST: usize = 100_000;

/// Commands of one bot, or of the bots of a group.
fn commands(info: &Value) -> Vec<(String, String)> {
    let alone = std::slice::from_ref(info);
    let bots = info.as_array().map_or(alone, Vec::as_slice).iter();
    let all = bots.flat_map(|bot| bot["commands"].as_array().into_iter().flatten());
    let command = |one: &Value| Some((filled(one, "command")?, filled(one, "description")?));
    all.filter_map(command).take(1000).collect()
}
