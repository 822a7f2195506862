//! Rich messages that are too long for a page of a chat: such a page has their beginning, and the
//! whole is told to who asks for it.

use grammers_tl_types::{Deserializable, Serializable, enums, types};

use super::World;
use super::blank;
use super::changes::Fresh;
use super::compose::context;
use super::file::Kind;
use super::ids::PeerId;
use super::log::mask;
use crate::rpc::AccountId;

/// Blocks that a page shows.
const SHOWN: usize = 3;
/// Paragraphs between the first picture and the second.
const PARAGRAPHS: usize = 12;
const PICTURE: u64 = 40_000;

impl World {
    /// Adds a long rich message of the account to a chat, with a picture near its beginning and
    /// another one at its end. Gives its id.
    pub fn add_long_rich_message(&self, account: AccountId, chat: i64) -> i32 {
        let mut state = self.write();
        let peer = PeerId::of_marked(chat);
        let date = state.newest_date(account, peer).saturating_add(1);
        let near = context(account, peer, state.next_id(account, peer));
        let pictures = [(); 2].map(|()| state.files.add(Kind::Photo, PICTURE, date));
        let paragraphs =
            (1..=PARAGRAPHS).map(|n| paragraph(&format!("Paragraph {n} of them all.")));
        let mut blocks = vec![heading("The log of the lighthouse"), picture(pictures[0])];
        blocks.extend(paragraphs);
        blocks.push(picture(pictures[1]));
        let rich = types::RichMessage {
            rtl: false,
            part: false,
            blocks,
            photos: pictures.map(|id| state.files.photo(id, near)).to_vec(),
            documents: Vec::new(),
        };
        let message = types::Message {
            out: true,
            date,
            from_id: Some(PeerId::User(account).tl()),
            rich_message: Some(rich.into()),
            ..blank::message(peer.tl())
        };
        let fresh = Fresh {
            message: message.into(),
            sender: account,
            date,
            mask: mask::LONG,
            thread: 0,
            peers: vec![account],
        };
        state.post(peer, &fresh, &mut Vec::new())
    }
}

/// Gives a message other words; a rich one gets them as another block at its end.
pub(super) fn reword(message: &mut types::Message, text: &str) {
    match &mut message.rich_message {
        Some(enums::RichMessage::Message(rich)) => rich.blocks.push(paragraph(text)),
        None => {
            message.message = text.to_owned();
            message.entities = None;
        }
    }
}

/// The TL bytes of a message as pages of a chat show it: its first blocks, with what they refer to.
pub(crate) fn cut(tl: &[u8]) -> Option<Vec<u8>> {
    let mut message = enums::Message::from_bytes(tl).ok()?;
    if let enums::Message::Message(message) = &mut message
        && let Some(enums::RichMessage::Message(rich)) = &mut message.rich_message
    {
        rich.blocks.truncate(SHOWN);
        rich.part = true;
        let shown = |id| {
            rich.blocks.iter().any(|block| match block {
                enums::PageBlock::Photo(photo) => photo.photo_id == id,
                _ => false,
            })
        };
        rich.photos.retain(|photo| shown(photo.id()));
    }
    Some(message.to_bytes())
}

fn plain(text: &str) -> enums::RichText {
    let text = text.to_owned();
    types::TextPlain { text }.into()
}

fn heading(text: &str) -> enums::PageBlock {
    types::PageBlockHeading1 { text: plain(text) }.into()
}

fn paragraph(text: &str) -> enums::PageBlock {
    types::PageBlockParagraph { text: plain(text) }.into()
}

fn picture(photo_id: i64) -> enums::PageBlock {
    let caption = types::PageCaption {
        text: plain("The light, seen from the harbour"),
        credit: enums::RichText::TextEmpty,
    };
    types::PageBlockPhoto {
        spoiler: false,
        photo_id,
        caption: caption.into(),
        url: None,
        webpage_id: None,
    }
    .into()
}
