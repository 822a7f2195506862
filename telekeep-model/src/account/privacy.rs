//! Who may do what with the account.

use serde_json::Value;

use super::{AccountPart, name};

/// Whom a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    All,
    /// The contacts.
    Contacts,
    /// The close friends.
    CloseFriends,
    /// Who pays for Telegram Premium.
    Premium,
    /// Bots.
    Bots,
    /// These people and the members of these groups: marked ids of users, and bare ids of chats.
    Named {
        /// Marked ids of people.
        users: Vec<i64>,
        /// Ids of groups, which the server names without saying of which kind they are.
        chats: Vec<i64>,
    },
    /// Somebody this version does not know, by the name of the rule.
    Other(String),
}

/// One rule; the first that fits somebody counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivacyRule {
    /// It lets them, or keeps them from it.
    pub allows: bool,
    /// Whom.
    pub whom: Audience,
}

impl AccountPart {
    /// The rules of a part `privacy/…`.
    #[must_use]
    pub fn rules(&self) -> Vec<PrivacyRule> {
        self.entries("rules").take(1000).map(rule).collect()
    }
}

/// A TL `PrivacyRule`.
pub(crate) fn rule(value: &Value) -> PrivacyRule {
    let name = name(value);
    let word = name.strip_prefix("privacyValue").unwrap_or(name);
    let (allows, word) = match word.strip_prefix("Disallow") {
        Some(word) => (false, word),
        None => (true, word.strip_prefix("Allow").unwrap_or(word)),
    };
    let ids = |field: &str| -> Vec<i64> {
        let ids = value[field].as_array().into_iter().flatten();
        ids.take(10_000).filter_map(Value::as_i64).collect()
    };
    let whom = match word {
        "All" => Audience::All,
        "Contacts" => Audience::Contacts,
        "CloseFriends" => Audience::CloseFriends,
        "Premium" => Audience::Premium,
        "Bots" => Audience::Bots,
        "Users" | "ChatParticipants" => Audience::Named {
            users: ids("users"),
            chats: ids("chats"),
        },
        _ => Audience::Other(word.to_owned()),
    };
    PrivacyRule { allows, whom }
}
