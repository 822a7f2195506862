//! A video that the server also has in other qualities.

use grammers_tl_types::types;

use super::blank;
use super::cast::LAST_DAY;
use super::changes::Fresh;
use super::compose::context;
use super::file::Kind;
use super::ids::PeerId;
use super::{AccountId, World};

impl World {
    /// The account writes a video to itself that is there in `others` other qualities. Gives the
    /// ids of the documents, the one that was sent first.
    pub fn add_video_of_qualities(&self, account: AccountId, others: usize) -> Vec<i64> {
        let mut state = self.write();
        let peer = PeerId::User(account);
        let date = LAST_DAY + 600;
        let ids: Vec<i64> = (0..=others)
            .map(|_| state.files.add(Kind::Video, 0, date))
            .collect();
        let near = context(account, peer, state.next_id(account, peer));
        let document = |id: &i64| state.files.document(*id, near, "");
        let media = types::MessageMediaDocument {
            video: true,
            document: ids.first().map(document),
            alt_documents: Some(ids.iter().skip(1).map(document).collect()),
            ..blank::message_media_document()
        };
        let message = types::Message {
            out: true,
            from_id: Some(peer.tl()),
            date,
            media: Some(media.into()),
            ..blank::message(peer.tl())
        };
        let fresh = Fresh {
            message: message.into(),
            sender: account,
            date,
            mask: super::log::mask::VIDEO,
            thread: 0,
            peers: vec![account],
        };
        state.post(peer, &fresh, &mut Vec::new());
        ids
    }
}
