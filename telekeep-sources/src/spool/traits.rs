//! What a selection is decided by: names and kinds of peers, and kinds of files.

use rusqlite::Row;

use super::Departed;

/// What a peer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PeerSort {
    /// Not told yet.
    #[default]
    Unknown,
    /// A person.
    User,
    /// A bot.
    Bot,
    /// A basic group.
    Group,
    /// A supergroup, which is technically a channel.
    Supergroup,
    /// A channel where only its owners post.
    Channel,
    /// Direct messages to a channel, which is technically a supergroup.
    Direct,
}

const SORTS: [PeerSort; 7] = [
    PeerSort::Unknown,
    PeerSort::User,
    PeerSort::Bot,
    PeerSort::Group,
    PeerSort::Supergroup,
    PeerSort::Channel,
    PeerSort::Direct,
];

impl PeerSort {
    pub(super) fn number(self) -> i64 {
        place(&SORTS, self)
    }

    pub(super) fn of(number: i64) -> PeerSort {
        at(&SORTS, number)
    }
}

/// What the account is in a group or channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A member at most, or not told yet.
    #[default]
    Member,
    /// It has rights of an administrator.
    Admin,
    /// It made it.
    Owner,
}

const RANKS: [Rank; 3] = [Rank::Member, Rank::Admin, Rank::Owner];

impl Rank {
    pub(super) fn number(self) -> i64 {
        place(&RANKS, self)
    }

    fn of(number: i64) -> Rank {
        at(&RANKS, number)
    }
}

/// How people name a peer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// Title, or first and last name.
    pub name: String,
    /// Public names without `@`, separated by spaces.
    pub usernames: String,
    /// What it is.
    pub sort: PeerSort,
    /// A contact of the account.
    pub contact: bool,
    /// The supergroup this basic group became (marked id).
    pub became: Option<i64>,
    /// What the account is there. Of direct messages the channel tells.
    pub rank: Rank,
    /// The channel whose direct messages these are (marked id).
    pub direct_of: Option<i64>,
    /// A supergroup with topics.
    pub forum: bool,
}

impl Who {
    /// From eight columns in the order of the fields, of which `first` is the first.
    pub(super) fn at(row: &Row<'_>, first: usize) -> rusqlite::Result<Who> {
        Ok(Who {
            name: row.get(first)?,
            usernames: row.get(first + 1)?,
            sort: PeerSort::of(row.get(first + 2)?),
            contact: row.get(first + 3)?,
            became: row.get(first + 4)?,
            rank: Rank::of(row.get(first + 5)?),
            direct_of: row.get(first + 6)?,
            forum: row.get(first + 7)?,
        })
    }
}

/// What is known of a chat before it is decided whether it is selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatFacts {
    /// Marked id.
    pub chat: i64,
    /// How people name it.
    pub who: Who,
    /// The account itself: Saved Messages.
    pub is_self: bool,
    /// In the account's archive folder.
    pub archived: bool,
    /// Whether the account left it.
    pub departed: Departed,
}

/// What a file is to people.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A file that is nothing else.
    #[default]
    File,
    /// A photo.
    Photo,
    /// A video.
    Video,
    /// A round video message.
    Round,
    /// A voice message.
    Voice,
    /// Music.
    Audio,
    /// An animation without sound.
    Gif,
    /// A sticker or custom emoji.
    Sticker,
}

impl FileKind {
    /// All of them.
    pub const ALL: [FileKind; 8] = [
        FileKind::File,
        FileKind::Photo,
        FileKind::Video,
        FileKind::Round,
        FileKind::Voice,
        FileKind::Audio,
        FileKind::Gif,
        FileKind::Sticker,
    ];

    pub(super) fn number(self) -> i64 {
        place(&FileKind::ALL, self)
    }

    pub(super) fn of(number: i64) -> FileKind {
        at(&FileKind::ALL, number)
    }
}

/// What a selection of media is decided by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTraits {
    /// What it is; of a thumbnail, what the thing is that it shows.
    pub kind: FileKind,
    /// A thumbnail.
    pub thumb: bool,
    /// MIME type of what it is a thumbnail of.
    pub main_mime: Option<String>,
    /// Another quality of a video, which the server made of the file that was sent.
    pub alternative: bool,
}

fn place<T: PartialEq>(all: &[T], one: T) -> i64 {
    let at = all.iter().position(|known| *known == one).unwrap_or(0);
    i64::try_from(at).unwrap_or(0)
}

fn at<T: Copy + Default>(all: &[T], number: i64) -> T {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    all.get(number).copied().unwrap_or_default()
}
