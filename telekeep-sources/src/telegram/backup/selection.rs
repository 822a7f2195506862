//! What of an account is to be kept: its owner's choice, as given.
//!
//! Nothing here asks the server or the spool. `choose` finds out which chats the names
//! mean; what is decided about a file needs no more than the file.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spool::{ChatFacts, Departed, FileKind, FileRow, PeerSort, Rank};
use crate::telegram::media::collect::ALTERNATIVE;

/// Kinds of chats people choose by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatType {
    /// Private chats with people.
    Users,
    /// Private chats with bots.
    Bots,
    /// Basic groups.
    Groups,
    /// Supergroups.
    Supergroups,
    /// Channels.
    Channels,
    /// Saved Messages, the chat of the account with itself.
    Saved,
    /// Channels and supergroups the account left.
    Left,
}

impl ChatType {
    /// What a chat is. One that is not described yet goes by its id. Direct messages of a channel
    /// are a group for those who run it, and a private chat for everybody else.
    pub fn of(chat: &ChatFacts) -> ChatType {
        match (chat.departed, chat.who.sort) {
            _ if chat.is_self => ChatType::Saved,
            (Departed::ToList | Departed::Listed, _) => ChatType::Left,
            (_, PeerSort::Bot) => ChatType::Bots,
            (_, PeerSort::User) => ChatType::Users,
            (_, PeerSort::Group) => ChatType::Groups,
            (_, PeerSort::Supergroup) => ChatType::Supergroups,
            (_, PeerSort::Channel) => ChatType::Channels,
            (_, PeerSort::Direct) if chat.who.rank >= Rank::Admin => ChatType::Supergroups,
            (_, PeerSort::Direct) => ChatType::Users,
            (_, PeerSort::Unknown) if chat.chat > 0 => ChatType::Users,
            (_, PeerSort::Unknown) => ChatType::Groups,
        }
    }
}

/// Topics of one forum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topics {
    /// The forum: title, id or @username.
    pub chat: String,
    /// The topics.
    pub topics: Vec<TopicName>,
}

/// A topic, as people name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TopicName {
    /// The id of its first message, as in its link.
    Id(i32),
    /// Its title, or a part of it.
    Title(String),
}

/// What is to be kept. The default is everything.
///
/// A chat is in when it is of one of the `types`, is one of the `chats` or is in one of the
/// `folders` (when none of these says anything: always), and no exclusion names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Selection {
    /// Kinds of chats.
    pub types: Vec<ChatType>,
    /// Chats by title, id or @username.
    pub chats: Vec<String>,
    /// Folders of the account, by title.
    pub folders: Vec<String>,
    /// Kinds of chats to leave out.
    pub exclude_types: Vec<ChatType>,
    /// Chats to leave out.
    pub exclude_chats: Vec<String>,
    /// Folders to leave out.
    pub exclude_folders: Vec<String>,
    /// Messages from this moment on (unix seconds).
    pub since: Option<i64>,
    /// Messages before this moment (unix seconds).
    pub until: Option<i64>,
    /// Of these kinds of chats only what the account wrote itself.
    pub own: Vec<ChatType>,
    /// Of these forums only these topics.
    pub topics: Vec<Topics>,
    /// Which files.
    pub media: MediaSelection,
}

impl Selection {
    /// True when chats are selected by name only, so that no other need be looked at.
    pub fn is_by_name(&self) -> bool {
        !self.chats.is_empty() && self.types.is_empty() && self.folders.is_empty()
    }

    /// False when no chat of this kind can be in.
    pub fn may_have(&self, kind: ChatType) -> bool {
        let any = self.types.is_empty() || !self.chats.is_empty() || !self.folders.is_empty();
        (any || self.types.contains(&kind)) && !self.exclude_types.contains(&kind)
    }

    /// True when every chat is in.
    pub fn is_every_chat(&self) -> bool {
        let included = self.types.is_empty() && self.chats.is_empty() && self.folders.is_empty();
        let excluded = !self.exclude_types.is_empty()
            || !self.exclude_chats.is_empty()
            || !self.exclude_folders.is_empty();
        included && !excluded
    }
}

/// Which files of the selected messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MediaSelection {
    /// Only these kinds; empty means any.
    pub kinds: Vec<FileKind>,
    /// Not these.
    pub exclude_kinds: Vec<FileKind>,
    /// Only these MIME types (`image/png`, `image/*`); empty means any.
    pub mime: Vec<String>,
    /// Not these.
    pub exclude_mime: Vec<String>,
    /// Largest size in bytes.
    pub max_size: Option<u64>,
    /// Largest size of single kinds, instead of `max_size`.
    pub max_size_of: BTreeMap<FileKind, u64>,
    /// Thumbnails, and nothing they are thumbnails of.
    pub thumbnails_only: bool,
    /// Of videos also the other qualities that the server has of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all_qualities: bool,
    /// Photos beside names only of those the account has a chat with, and not of whoever wrote.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub chat_photos_only: bool,
    /// All of each sticker set that a message has a sticker of, also of those not installed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sets_met: bool,
}

/// The file is of a kind that is not selected.
pub(crate) const KIND: &str = "UNSELECTED_KIND";
/// Its MIME type is not selected.
pub(crate) const MIME: &str = "UNSELECTED_MIME";
/// It is larger than selected.
pub(crate) const SIZE: &str = "UNSELECTED_SIZE";
/// Only thumbnails are selected.
pub(crate) const THUMBNAILS: &str = "UNSELECTED_FULL";
/// Its chats are not selected.
pub(crate) const CHAT: &str = "UNSELECTED_CHAT";

impl MediaSelection {
    /// The reason another quality of a video is left out, if it is one and is.
    pub(crate) fn original_only(&self, file: &FileRow) -> Option<&'static str> {
        (file.traits.alternative && !self.all_qualities).then_some(ALTERNATIVE)
    }

    /// The reason a file is left out, if it is. A thumbnail goes with kind and MIME type of what it
    /// shows; it is kept also where that is too large.
    pub(crate) fn rule(&self, file: &FileRow) -> Option<&'static str> {
        let traits = &file.traits;
        let kind = traits.kind;
        if (!self.kinds.is_empty() && !self.kinds.contains(&kind))
            || self.exclude_kinds.contains(&kind)
        {
            return Some(KIND);
        }
        let mime = traits.main_mime.as_ref().or(file.mime.as_ref());
        let mime = mime.map_or("", String::as_str);
        let is = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, mime));
        if (!self.mime.is_empty() && !is(&self.mime)) || is(&self.exclude_mime) {
            return Some(MIME);
        }
        if traits.thumb {
            return None;
        }
        if self.thumbnails_only {
            return Some(THUMBNAILS);
        }
        let limit = self.max_size_of.get(&kind).copied().or(self.max_size);
        limit.is_some_and(|limit| file.size > limit).then_some(SIZE)
    }
}

/// `image/png`, `image/*` or `*`.
fn matches(pattern: &str, mime: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(begin) => mime
            .get(..begin.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(begin)),
        None => mime.eq_ignore_ascii_case(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::FileTraits;

    fn file(kind: FileKind, mime: &str, size: u64) -> FileRow {
        FileRow {
            key: "document/1".into(),
            dc: 1,
            size,
            access_hash: 0,
            reference: Vec::new(),
            mime: (!mime.is_empty()).then(|| mime.to_owned()),
            name: None,
            origins: Vec::new(),
            attempts: 0,
            traits: FileTraits {
                kind,
                ..FileTraits::default()
            },
        }
    }

    fn thumb(kind: FileKind, mime: &str) -> FileRow {
        let mut row = file(kind, "", 5_000);
        row.traits.thumb = true;
        row.traits.main_mime = Some(mime.to_owned());
        row
    }

    #[test]
    fn files_are_decided_by_kind_type_and_size() {
        use FileKind::{File, Photo, Video};
        let everything = MediaSelection::default();
        assert_eq!(everything.rule(&file(Video, "video/mp4", 1 << 40)), None);
        let photos = MediaSelection {
            kinds: vec![Photo],
            ..MediaSelection::default()
        };
        assert_eq!(photos.rule(&file(Photo, "image/jpeg", 9)), None);
        assert_eq!(photos.rule(&file(Video, "video/mp4", 9)), Some(KIND));
        assert_eq!(photos.rule(&thumb(Video, "video/mp4")), Some(KIND));
        let typed = MediaSelection {
            mime: vec!["image/*".into(), "application/pdf".into()],
            exclude_mime: vec!["image/gif".into()],
            ..MediaSelection::default()
        };
        assert_eq!(typed.rule(&file(File, "Image/PNG", 9)), None);
        assert_eq!(typed.rule(&file(File, "image/gif", 9)), Some(MIME));
        assert_eq!(typed.rule(&file(File, "application/pdf2", 9)), Some(MIME));
        assert_eq!(typed.rule(&thumb(File, "application/pdf")), None);
        assert_eq!(typed.rule(&file(File, "", 9)), Some(MIME));
    }

    #[test]
    fn other_qualities_are_out_unless_all_are_wanted() {
        let mut other = file(FileKind::Video, "video/mp4", 9);
        other.traits.alternative = true;
        let mut media = MediaSelection::default();
        assert_eq!(media.original_only(&other), Some(ALTERNATIVE));
        let sent = file(FileKind::Video, "video/mp4", 9);
        assert_eq!(media.original_only(&sent), None);
        media.all_qualities = true;
        assert_eq!(media.original_only(&other), None);
        media.exclude_kinds = vec![FileKind::Video];
        assert_eq!(media.rule(&other), Some(KIND));
    }

    #[test]
    fn a_size_limit_leaves_thumbnails_in() {
        let limited = MediaSelection {
            max_size: Some(100),
            max_size_of: BTreeMap::from([(FileKind::Video, 1000)]),
            ..MediaSelection::default()
        };
        assert_eq!(limited.rule(&file(FileKind::File, "a/b", 100)), None);
        assert_eq!(limited.rule(&file(FileKind::File, "a/b", 101)), Some(SIZE));
        assert_eq!(limited.rule(&file(FileKind::Video, "a/b", 1000)), None);
        assert_eq!(limited.rule(&thumb(FileKind::File, "a/b")), None);
        let thumbnails = MediaSelection {
            thumbnails_only: true,
            ..MediaSelection::default()
        };
        assert_eq!(
            thumbnails.rule(&file(FileKind::File, "a/b", 1)),
            Some(THUMBNAILS)
        );
        assert_eq!(thumbnails.rule(&thumb(FileKind::File, "a/b")), None);
    }
}
