//! Marked chat ids: one number for users, basic groups and channels, as the Bot API writes them.
//!
//! user `id` · basic group `-id` · channel or supergroup `-(1_000_000_000_000 + id)`.

use serde::Deserialize;

/// Distance between a channel's own id and its marked id.
pub const CHANNEL_BASE: i64 = 1_000_000_000_000;

/// Marked id of a user.
#[must_use]
pub fn mark_user(id: i64) -> i64 {
    id
}

/// Marked id of a basic group. Saturates on ids no server gives.
#[must_use]
pub fn mark_chat(id: i64) -> i64 {
    id.saturating_neg()
}

/// Marked id of a channel or supergroup. Saturates on ids no server gives.
#[must_use]
pub fn mark_channel(id: i64) -> i64 {
    id.saturating_add(CHANNEL_BASE).saturating_neg()
}

/// The id space of a chat's messages: 0 for the sequence that private chats and basic groups of one
/// account share, else the marked id of the channel.
#[must_use]
pub fn id_space(chat: i64) -> i64 {
    if chat < -CHANNEL_BASE { chat } else { 0 }
}

/// A TL `Peer` (`peerUser`, `peerChat`, `peerChannel`).
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct PeerRef {
    #[serde(default)]
    user_id: Option<i64>,
    #[serde(default)]
    chat_id: Option<i64>,
    #[serde(default)]
    channel_id: Option<i64>,
}

impl PeerRef {
    /// The marked id; `None` for a kind of peer this version does not know.
    #[must_use]
    pub fn marked(&self) -> Option<i64> {
        match (self.user_id, self.chat_id, self.channel_id) {
            (Some(id), _, _) => Some(mark_user(id)),
            (_, Some(id), _) => Some(mark_chat(id)),
            (_, _, Some(id)) => Some(mark_channel(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_spaces() {
        assert_eq!(
            (mark_user(5), mark_chat(5), mark_channel(5)),
            (5, -5, -1_000_000_000_005)
        );
        assert_eq!(id_space(5), 0);
        assert_eq!(id_space(-5), 0);
        assert_eq!(id_space(-1_000_000_000_005), -1_000_000_000_005);
        assert_eq!(mark_channel(i64::MAX), -i64::MAX);
        assert_eq!(mark_chat(i64::MIN), i64::MAX);
    }

    #[test]
    fn peer_kinds() {
        let peer = |json: &str| serde_json::from_str::<PeerRef>(json).unwrap().marked();
        assert_eq!(peer(r#"{"_":"peerUser","user_id":7}"#), Some(7));
        assert_eq!(peer(r#"{"_":"peerChat","chat_id":7}"#), Some(-7));
        assert_eq!(
            peer(r#"{"_":"peerChannel","channel_id":7}"#),
            Some(-1_000_000_000_007)
        );
        assert_eq!(peer(r#"{"_":"peerMoon","moon_id":7}"#), None);
    }
}
