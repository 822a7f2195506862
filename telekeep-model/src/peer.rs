//! People and chats: TL `User` and `Chat` objects.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    ModelError, ids,
    json::{self, Text},
};

/// What a chat is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// A person.
    #[default]
    User,
    /// A bot.
    Bot,
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A broadcast channel.
    Channel,
    /// The account's own chat with itself.
    Saved,
}

impl PeerKind {
    /// The word used in files and output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bot => "bot",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
            Self::Saved => "saved",
        }
    }

    /// The kind that [`Self::as_str`] wrote.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::User,
            Self::Bot,
            Self::Group,
            Self::Supergroup,
            Self::Channel,
            Self::Saved,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }

    /// The kind an id alone tells.
    #[must_use]
    pub fn of_id(chat: i64) -> Self {
        match chat {
            id if id >= 0 => Self::User,
            id if ids::id_space(id) == 0 => Self::Group,
            _ => Self::Channel,
        }
    }
}

/// A user, bot, group or channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peer {
    /// Marked id.
    pub id: i64,
    /// What it is.
    pub kind: PeerKind,
    /// Name or title. Empty for deleted accounts.
    pub title: String,
    /// Public name without `@` (the first active one).
    pub username: Option<String>,
    /// Phone number, as far as the account may see it.
    pub phone: Option<String>,
    /// The object came without its full content (`min`): it never replaces a full one.
    pub min: bool,
    /// A deleted account, or a group that was closed or left behind.
    pub gone: bool,
    /// A person among the account's contacts.
    pub contact: bool,
    /// Saving is forbidden by the chat's owner.
    pub protected: bool,
    /// The supergroup a basic group was moved to.
    pub migrated_to: Option<i64>,
    /// A forum (group with topics).
    pub forum: bool,
    /// Of a channel the chat of its direct messages, of such a chat (a supergroup) its channel.
    pub direct: Option<i64>,
    /// Id of the profile photo.
    pub photo: Option<i64>,
    /// A tiny preview of it: base64 of Telegram's stripped JPEG (no header, at most 40 pixels wide).
    pub thumb: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    id: i64,
    #[serde(borrow, default)]
    first_name: Text<'a>,
    #[serde(borrow, default)]
    last_name: Text<'a>,
    #[serde(borrow, default)]
    title: Text<'a>,
    #[serde(borrow, default)]
    username: Text<'a>,
    #[serde(borrow, default)]
    usernames: Vec<WireUsername<'a>>,
    #[serde(borrow, default)]
    phone: Text<'a>,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    min: bool,
    #[serde(default)]
    contact: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    deactivated: bool,
    #[serde(default)]
    megagroup: bool,
    #[serde(default)]
    gigagroup: bool,
    #[serde(default)]
    noforwards: bool,
    #[serde(default)]
    forum: bool,
    #[serde(default)]
    linked_monoforum_id: Option<i64>,
    #[serde(default)]
    migrated_to: Option<Migrated>,
    #[serde(borrow, default)]
    photo: Option<WirePhoto<'a>>,
}

#[derive(Deserialize)]
struct WirePhoto<'a> {
    #[serde(default)]
    photo_id: Option<i64>,
    #[serde(borrow, default)]
    stripped_thumb: Text<'a>,
}

/// Previews are some hundred bytes; anything larger is none.
const MAX_THUMB: usize = 4096;

#[derive(Deserialize)]
struct WireUsername<'a> {
    #[serde(borrow, default)]
    username: Text<'a>,
    #[serde(default)]
    active: bool,
}

#[derive(Deserialize)]
struct Migrated {
    #[serde(default)]
    channel_id: Option<i64>,
}

impl Peer {
    /// Reads a `User` or `Chat` body.
    pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
        let wire: Wire<'_> = json::read("peer", body.get())?;
        let (id, kind) = match wire.name.0.as_ref() {
            "user" if wire.bot => (ids::mark_user(wire.id), PeerKind::Bot),
            "user" | "userEmpty" => (ids::mark_user(wire.id), PeerKind::User),
            "chat" | "chatForbidden" | "chatEmpty" => (ids::mark_chat(wire.id), PeerKind::Group),
            "channel" | "channelForbidden" if wire.megagroup || wire.gigagroup => {
                (ids::mark_channel(wire.id), PeerKind::Supergroup)
            }
            "channel" | "channelForbidden" => (ids::mark_channel(wire.id), PeerKind::Channel),
            other => return Err(ModelError::constructor("peer", other)),
        };
        let empty = matches!(wire.name.0.as_ref(), "userEmpty" | "chatEmpty");
        let active = wire.usernames.into_iter().find(|name| name.active);
        let username = wire.username.filled().or_else(|| active?.username.filled());
        let (photo, thumb) = match wire.photo {
            Some(photo) => (photo.photo_id, photo.stripped_thumb.filled()),
            None => (None, None),
        };
        let title = if wire.title.0.is_empty() {
            join_names(&wire.first_name.0, &wire.last_name.0)
        } else {
            wire.title.owned()
        };
        Ok(Self {
            id,
            kind,
            title,
            username,
            phone: wire.phone.filled(),
            min: wire.min || empty,
            gone: wire.deleted || wire.deactivated || empty,
            contact: wire.contact,
            protected: wire.noforwards,
            migrated_to: wire
                .migrated_to
                .and_then(|to| to.channel_id)
                .map(ids::mark_channel),
            forum: wire.forum,
            direct: wire.linked_monoforum_id.map(ids::mark_channel),
            photo,
            thumb: thumb.filter(|thumb| thumb.len() <= MAX_THUMB),
        })
    }
}

fn join_names(first: &str, last: &str) -> String {
    let mut name = first.trim().to_owned();
    if !last.trim().is_empty() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(last.trim());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(json: &str) -> Result<Peer, ModelError> {
        Peer::parse(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn kinds_and_names() {
        let user = peer(
            r#"{"_":"user","id":7,"first_name":"Ada ","last_name":"L","phone":"1",
                "usernames":[{"_":"username","username":"old"},{"_":"username","active":true,"username":"ada"}]}"#,
        )
        .unwrap();
        assert_eq!(
            (user.id, user.kind, user.title.as_str()),
            (7, PeerKind::User, "Ada L")
        );
        assert_eq!(user.username.as_deref(), Some("ada"));
        assert_eq!(
            peer(r#"{"_":"user","id":8,"bot":true}"#).unwrap().kind,
            PeerKind::Bot
        );
        let group = peer(
            r#"{"_":"chat","id":9,"title":"G","deactivated":true,
                "migrated_to":{"_":"inputChannel","channel_id":10,"access_hash":1}}"#,
        )
        .unwrap();
        assert_eq!(
            (group.id, group.kind, group.gone),
            (-9, PeerKind::Group, true)
        );
        assert_eq!(group.migrated_to, Some(-1_000_000_000_010));
        let channel = peer(r#"{"_":"channel","id":9,"title":"C","broadcast":true}"#).unwrap();
        assert_eq!(
            (channel.id, channel.kind),
            (-1_000_000_000_009, PeerKind::Channel)
        );
        let super_ = peer(r#"{"_":"channel","id":9,"title":"C","megagroup":true}"#).unwrap();
        assert_eq!(super_.kind, PeerKind::Supergroup);
    }

    #[test]
    fn photos() {
        let user = peer(
            r#"{"_":"user","id":7,"first_name":"Ada",
                "photo":{"_":"userProfilePhoto","photo_id":99,"stripped_thumb":"AQID","dc_id":2}}"#,
        )
        .unwrap();
        assert_eq!(
            (user.photo, user.thumb.as_deref()),
            (Some(99), Some("AQID"))
        );
        let none = peer(r#"{"_":"chat","id":9,"title":"G","photo":{"_":"chatPhotoEmpty"}}"#);
        assert_eq!(none.unwrap().photo, None);
    }

    #[test]
    fn strange_peers_are_errors_that_name_them() {
        let error = peer(r#"{"_":"community","id":9}"#).unwrap_err();
        assert!(error.to_string().contains("community"), "{error}");
        assert!(peer(r#"{"_":"user","id":"x"}"#).is_err());
        assert!(peer("[]").is_err());
    }

    #[test]
    fn kind_words_round_trip() {
        for word in ["user", "bot", "group", "supergroup", "channel", "saved"] {
            assert_eq!(PeerKind::from_word(word).unwrap().as_str(), word);
        }
        assert_eq!(PeerKind::of_id(-1_000_000_000_001), PeerKind::Channel);
        assert_eq!(PeerKind::of_id(-1), PeerKind::Group);
    }
}
