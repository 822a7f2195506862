//! Who and where: peers, and the marked ids that the Bot API made common.

use grammers_tl_types::{enums::Peer, types};

/// A user, a basic group, or a channel (supergroups included), by its bare id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PeerId {
    User(i64),
    Chat(i64),
    Channel(i64),
}

const CHANNEL_MARK: i64 = 1_000_000_000_000;

impl PeerId {
    /// Users `id`, basic groups `-id`, channels `-(10^12 + id)`.
    pub(crate) fn marked(self) -> i64 {
        match self {
            PeerId::User(id) => id,
            PeerId::Chat(id) => -id,
            PeerId::Channel(id) => -(CHANNEL_MARK + id),
        }
    }

    /// The reverse of [`PeerId::marked`].
    pub(crate) fn of_marked(marked: i64) -> Self {
        if marked >= 0 {
            PeerId::User(marked)
        } else if marked > -CHANNEL_MARK {
            PeerId::Chat(-marked)
        } else {
            PeerId::Channel(-marked - CHANNEL_MARK)
        }
    }

    pub(crate) fn tl(self) -> Peer {
        match self {
            PeerId::User(user_id) => types::PeerUser { user_id }.into(),
            PeerId::Chat(chat_id) => types::PeerChat { chat_id }.into(),
            PeerId::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
        }
    }

    pub(crate) fn of_tl(peer: &Peer) -> Self {
        match peer {
            Peer::User(p) => PeerId::User(p.user_id),
            Peer::Chat(p) => PeerId::Chat(p.chat_id),
            Peer::Channel(p) => PeerId::Channel(p.channel_id),
        }
    }

    /// True for channels and supergroups, whose messages have a sequence of their own.
    pub(crate) fn is_channel(self) -> bool {
        matches!(self, PeerId::Channel(_))
    }
}

#[cfg(test)]
mod tests {
    use super::PeerId;

    #[test]
    fn marked_ids_go_both_ways() {
        for peer in [
            PeerId::User(777_000),
            PeerId::Chat(42),
            PeerId::Channel(1_234_567_890),
        ] {
            assert_eq!(PeerId::of_marked(peer.marked()), peer);
        }
        assert_eq!(PeerId::Channel(1234).marked(), -1_000_000_001_234);
    }
}
