//! Marked chat ids (one number per user, group and channel, as in the Bot API) and how to
//! address a peer in a request.

use serde_json::{Value, json};
use telekeep_tl::Object;

/// Channels and supergroups are marked `-CHANNEL_BASE - id`.
const CHANNEL_BASE: i64 = 1_000_000_000_000;

/// What kind of peer a marked id is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerId {
    /// A user, with the id in TL.
    User(i64),
    /// A basic group, with the id in TL.
    Group(i64),
    /// A channel or supergroup, with the id in TL.
    Channel(i64),
}

impl PeerId {
    /// Reads a marked id.
    pub fn of(chat: i64) -> PeerId {
        if chat >= 0 {
            PeerId::User(chat)
        } else if chat > -CHANNEL_BASE {
            PeerId::Group(chat.saturating_neg())
        } else {
            PeerId::Channel(chat.saturating_neg().saturating_sub(CHANNEL_BASE))
        }
    }

    /// The marked id.
    pub fn marked(self) -> i64 {
        match self {
            PeerId::User(id) => id,
            PeerId::Group(id) => id.saturating_neg(),
            PeerId::Channel(id) => id.saturating_add(CHANNEL_BASE).saturating_neg(),
        }
    }

    /// The id in a TL `Peer`.
    pub fn of_peer(peer: &Object<'_>) -> Option<PeerId> {
        match peer.name() {
            "peerUser" => peer.long("user_id").map(PeerId::User),
            "peerChat" => peer.long("chat_id").map(PeerId::Group),
            "peerChannel" => peer.long("channel_id").map(PeerId::Channel),
            _ => None,
        }
    }
}

/// The `InputPeer` of a chat.
pub fn input_peer(chat: i64, access_hash: Option<i64>, is_self: bool) -> Value {
    let access_hash = access_hash.unwrap_or(0);
    match PeerId::of(chat) {
        _ if is_self => json!({"_": "inputPeerSelf"}),
        PeerId::User(id) => {
            json!({"_": "inputPeerUser", "user_id": id, "access_hash": access_hash})
        }
        PeerId::Group(id) => json!({"_": "inputPeerChat", "chat_id": id}),
        PeerId::Channel(id) => {
            json!({"_": "inputPeerChannel", "channel_id": id, "access_hash": access_hash})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_ids_go_both_ways() {
        let cases = [
            (777_000, PeerId::User(777_000)),
            (-5, PeerId::Group(5)),
            (-1_000_000_000_007, PeerId::Channel(7)),
        ];
        for (marked, id) in cases {
            assert_eq!(PeerId::of(marked), id);
            assert_eq!(id.marked(), marked);
        }
        for extreme in [i64::MIN, i64::MAX, 0] {
            let _ = PeerId::of(extreme).marked();
        }
    }
}
