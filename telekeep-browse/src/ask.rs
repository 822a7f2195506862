//! What the screens ask the archive for, and what comes back. Nothing here borrows from the index:
//! questions and answers travel between threads.

use telekeep_index::{Cursor, Sort};
use telekeep_view::reading::Folder;

use crate::text::Piece;

/// A place among the messages of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The newest.
    Newest,
    /// The oldest.
    Oldest,
    /// A message and its neighbours.
    Around(i64),
    /// Before a message of a date.
    Before(i64, i64),
    /// After a message of a date.
    After(i64, i64),
    /// The first of a day, by its number since 1970, or of a later one.
    Day(i64),
}

/// What is shown of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Marked id of the chat.
    pub chat: i64,
    /// Only this topic.
    pub topic: Option<i64>,
}

/// A question.
#[derive(Clone, Debug)]
pub enum Request {
    /// A page of the chat list, after a chat.
    Chats {
        folder: &'static Folder,
        name: String,
        after: Option<i64>,
    },
    /// Which chats could miss something.
    Missing,
    /// A page of messages.
    Messages(Room, Where),
    /// Topics of a forum.
    Topics(i64),
    /// Versions of a message.
    Versions { chat: i64, id: i64 },
    /// All about a chat and one of its messages.
    Details { chat: i64, id: Option<i64> },
    /// A page of hits.
    Search {
        query: String,
        chat: Option<i64>,
        sort: Sort,
        after: Option<Cursor>,
    },
    /// Decrypt a file to open it.
    Open(FileItem),
    /// Decrypt a file to a path.
    Save(FileItem, String),
}

impl Request {
    /// A later question of the same kind makes an earlier one pointless.
    pub fn replaces(&self, earlier: &Self) -> bool {
        let kept = matches!(self, Self::Open(_) | Self::Save(..));
        !kept && std::mem::discriminant(self) == std::mem::discriminant(earlier)
    }
}

/// An answer.
#[derive(Debug)]
pub enum Reply {
    /// Chats, and where to go on.
    Chats {
        rows: Vec<ChatItem>,
        next: Option<i64>,
    },
    /// Marked ids of chats that could miss something.
    Missing(Vec<i64>),
    /// Messages.
    Messages(Page),
    /// Id and name of each topic.
    Topics(Vec<(i64, String)>),
    /// Text for a sheet: versions, details.
    Sheet(Vec<Vec<Piece>>),
    /// Hits.
    Hits(Hits),
    /// What is wrong with a query: the character, and why.
    Wrong { at: usize, why: String },
    /// A file is ready to be opened.
    Ready(std::path::PathBuf),
    /// A file was saved there.
    Saved(String),
    /// It could not be read or done; the text says why.
    Failed(String),
}

/// A chat in the list.
#[derive(Clone, Debug)]
pub struct ChatItem {
    /// Marked id.
    pub id: i64,
    /// Its name.
    pub title: Piece,
    /// Kept on top.
    pub pinned: bool,
    /// A group with topics.
    pub forum: bool,
    /// Who wrote the newest message and how it begins.
    pub newest: Vec<Piece>,
    /// When that was.
    pub when: String,
    /// Messages held.
    pub held: String,
}

/// A stretch of messages.
#[derive(Debug, Default)]
pub struct Page {
    /// The chat's name.
    pub title: String,
    /// Messages held, in words; the topic's name.
    pub subtitle: String,
    /// A group with topics.
    pub forum: bool,
    /// Messages and albums, oldest first.
    pub entries: Vec<Entry>,
    /// There are older ones.
    pub older: bool,
    /// There are newer ones.
    pub newer: bool,
    /// The message to go to, when the question was for one.
    pub target: Option<i64>,
}

/// A message, an album, or something that happened.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Id; of an album the first.
    pub id: i64,
    /// All ids.
    pub ids: Vec<i64>,
    /// When it was sent, unix seconds.
    pub date: i64,
    /// The day, and in words.
    pub day: String,
    pub day_words: String,
    /// `14:05`
    pub time: String,
    /// The sender, unless it goes on what the one above began.
    pub head: Vec<Piece>,
    /// What it says, block by block.
    pub blocks: Vec<Block>,
    /// Something that happened, in the middle.
    pub service: bool,
    /// Its text, to copy.
    pub copy: String,
    /// The message it answers, when that is held: chat and id.
    pub reply: Option<(i64, i64)>,
    /// Files in it.
    pub files: Vec<FileItem>,
    /// The message with the versions, when there are several.
    pub versions_of: Option<i64>,
}

/// A paragraph with a mark before each of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Before every row.
    pub mark: Option<Piece>,
    /// The text.
    pub pieces: Vec<Piece>,
    /// At most so many rows; 0 for all.
    pub most: usize,
}

/// A file of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileItem {
    /// Its key.
    pub key: String,
    /// What it is and what it is called, in words.
    pub words: String,
    /// A name to save it under. Untrusted until it is made safe.
    pub name: String,
    /// Why it is not held.
    pub missing: Option<String>,
}

/// A page of hits.
#[derive(Debug, Default)]
pub struct Hits {
    /// The hits.
    pub hits: Vec<HitItem>,
    /// Where to go on.
    pub next: Option<Cursor>,
    /// What was understood otherwise than it looks, and how far was looked.
    pub notes: Vec<String>,
}

/// A hit.
#[derive(Clone, Debug)]
pub struct HitItem {
    /// Marked id of the chat.
    pub chat: i64,
    /// Id of the message.
    pub id: i64,
    /// Chat, sender, date, marks.
    pub head: Vec<Piece>,
    /// What was found, and where.
    pub blocks: Vec<Block>,
}
