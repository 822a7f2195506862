//! The list of chats: its folders, and a chat in a line.

use telekeep_index::{ChatFilter, ChatRow, FolderKey, Index, IndexError};
use telekeep_model::PeerKind;

use super::{Surroundings, chat_face, portrait};
use crate::lang::Texts;
use crate::render::{Clock, Face, Links, first_words};

/// A folder that every list has.
#[derive(Debug)]
pub struct Folder {
    /// Its word in addresses.
    pub word: &'static str,
    /// The key of its name.
    pub name: &'static str,
    archived: bool,
    kinds: &'static [PeerKind],
}

const fn folder(
    word: &'static str,
    name: &'static str,
    archived: bool,
    kinds: &'static [PeerKind],
) -> Folder {
    Folder {
        word,
        name,
        archived,
        kinds,
    }
}

/// Every folder; the first is the main list.
pub static FOLDERS: [Folder; 5] = [
    folder("", "folder.all", false, &[]),
    folder(
        "people",
        "folder.people",
        false,
        &[PeerKind::User, PeerKind::Saved],
    ),
    folder(
        "groups",
        "folder.groups",
        false,
        &[PeerKind::Group, PeerKind::Supergroup],
    ),
    folder(
        "channels",
        "folder.channels",
        false,
        &[PeerKind::Channel, PeerKind::Bot],
    ),
    folder("archived", "folder.archived", true, &[]),
];

impl Folder {
    /// The folder of a word; the main list for an unknown one.
    #[must_use]
    pub fn from_word(word: &str) -> &'static Self {
        let found = FOLDERS.iter().find(|folder| folder.word == word);
        found.unwrap_or(&FOLDERS[0])
    }

    /// What is in it, with `name` (or a part of it) when that is not empty.
    #[must_use]
    pub fn filter(&self, name: &str) -> ChatFilter {
        ChatFilter {
            name: (!name.is_empty()).then(|| name.to_owned()),
            // A name is looked for everywhere.
            archived: name.is_empty().then_some(self.archived),
            kinds: self.kinds.to_vec(),
            folder: None,
        }
    }
}

/// The word of an account's own folder in addresses.
#[must_use]
pub fn folder_word(key: FolderKey) -> String {
    format!("{}.{}", key.journal, key.id)
}

/// The account's own folder that [`folder_word`] names.
#[must_use]
pub fn own_folder(word: &str) -> Option<FolderKey> {
    let (journal, id) = word.split_once('.')?;
    Some(FolderKey {
        journal: journal.parse().ok()?,
        id: id.parse().ok()?,
    })
}

/// A chat in the list.
#[derive(Clone, Debug)]
pub struct ChatLine {
    /// Marked id.
    pub id: i64,
    /// Its name.
    pub face: Face,
    /// The account's chat with itself.
    pub saved: bool,
    /// Kept on top.
    pub pinned: bool,
    /// Who wrote the newest message, where that says something.
    pub author: Option<String>,
    /// The newest message in one line.
    pub preview: String,
    /// When it was sent, as short as can be.
    pub when: String,
    /// The same for `<time>`.
    pub iso: String,
    /// What of it the account had not read: the number, empty for a chat that was only marked, and
    /// in words.
    pub unread: Option<(String, String)>,
}

impl ChatLine {
    /// Reads what stands in the line of a chat.
    pub fn read(
        clock: Clock,
        links: Box<dyn Links>,
        index: &Index,
        chat: &ChatRow,
    ) -> Result<Self, IndexError> {
        let texts = clock.texts;
        let newest = match &chat.newest {
            Some(newest) => index.message(chat.id, newest.id)?,
            None => None,
        };
        let newest: Vec<_> = newest.into_iter().collect();
        let photo = portrait(index, links.as_ref(), chat.id)?;
        let around = Surroundings::for_lines(clock, links, index, &newest)?;
        let scene = around.scene();
        let last = newest.first();
        let spoken = last.filter(|shown| shown.message.service.is_none());
        let author = spoken.and_then(|shown| match shown.message.sender {
            _ if chat.kind == PeerKind::Saved => None,
            _ if shown.message.outgoing => Some(texts.get("chat.you").to_owned()),
            Some(sender) if sender != chat.id => Some(texts.name(&shown.sender_name).to_owned()),
            _ => None,
        });
        let date = last.map(|shown| shown.message.date);
        let preview = last.map(|shown| first_words(&shown.message, &scene));
        Ok(Self {
            id: chat.id,
            face: chat_face(texts, chat).with_photo(photo),
            saved: chat.kind == PeerKind::Saved,
            pinned: chat.pinned.is_some(),
            author,
            preview: preview.unwrap_or_default(),
            when: date.map(|date| scene.clock.short(date)).unwrap_or_default(),
            iso: date.map(|date| scene.clock.iso(date)).unwrap_or_default(),
            unread: unread(texts, index, chat.id)?,
        })
    }
}

/// What the account had not read when a run looked at a chat.
fn unread(texts: &Texts, index: &Index, chat: i64) -> Result<Option<(String, String)>, IndexError> {
    let Some((read, _)) = index.read_state(chat)? else {
        return Ok(None);
    };
    Ok(match (u64::try_from(read.unread_count), read.unread_mark) {
        (Ok(count), _) if count > 0 => {
            Some((texts.number(count), texts.count("read.count", count)))
        }
        (_, true) => Some((String::new(), texts.get("read.mark").to_owned())),
        _ => None,
    })
}
