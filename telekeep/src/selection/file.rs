//! `[select]` and `[media]` of the settings file (docs/selection.md).

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use telekeep_sources::spool::FileKind;
use telekeep_sources::telegram::backup::{ChatType, MediaSelection, Selection, TopicName, Topics};

use super::{chat_type, file_kind, parse_size};
use crate::output::text::parse_date;

/// `[select]`: which chats and messages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Select {
    types: List<Type>,
    chats: List<Name>,
    folders: List<Name>,
    exclude_types: List<Type>,
    exclude_chats: List<Name>,
    exclude_folders: List<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
    own: List<Type>,
    topics: BTreeMap<String, Vec<Topic>>,
}

/// `[media]`: which files.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    kinds: List<Kind>,
    exclude_kinds: List<Kind>,
    mime: List<Name>,
    exclude_mime: List<Name>,
    max_size: Option<Size>,
    max_sizes: BTreeMap<Kind, Size>,
    thumbnails_only: bool,
    videos: Qualities,
    portraits: Portraits,
    sticker_sets: StickerSets,
}

/// Which qualities of videos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Qualities {
    /// As they were sent
    #[default]
    Original,
    /// Also all others that Telegram made of them
    All,
}

/// Whose photos, beside those of chats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Portraits {
    /// Of everybody whose messages are kept, and of contacts
    #[default]
    Writers,
    /// Only of those you have a chat with
    Chats,
}

/// Which sticker sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum StickerSets {
    /// Those you installed
    #[default]
    Installed,
    /// Also all that messages have stickers of
    Met,
}

/// The selection of both.
pub fn selection(select: &Select, media: &Media) -> Selection {
    let topics = select.topics.iter().map(|(chat, topics)| Topics {
        chat: chat.clone(),
        topics: topics.iter().cloned().map(Into::into).collect(),
    });
    Selection {
        types: select.types.values(),
        chats: select.chats.values(),
        folders: select.folders.values(),
        exclude_types: select.exclude_types.values(),
        exclude_chats: select.exclude_chats.values(),
        exclude_folders: select.exclude_folders.values(),
        since: select.since.map(|moment| moment.0),
        until: select.until.map(|moment| moment.0),
        own: select.own.values(),
        topics: topics.collect(),
        media: MediaSelection {
            kinds: media.kinds.values(),
            exclude_kinds: media.exclude_kinds.values(),
            mime: media.mime.values(),
            exclude_mime: media.exclude_mime.values(),
            max_size: media.max_size.map(|size| size.0),
            max_size_of: media
                .max_sizes
                .iter()
                .map(|(kind, size)| (kind.0, size.0))
                .collect(),
            thumbnails_only: media.thumbnails_only,
            all_qualities: media.videos == Qualities::All,
            chat_photos_only: media.portraits == Portraits::Chats,
            sets_met: media.sticker_sets == StickerSets::Met,
        },
    }
}

/// A list; one value alone needs no brackets.
#[derive(Debug)]
struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(Vec::new())
    }
}

impl<T> List<T> {
    fn values<V>(&self) -> Vec<V>
    where
        T: Clone + Into<V>,
    {
        self.0.iter().cloned().map(Into::into).collect()
    }
}

/// Something written as a word.
trait Word: Sized {
    const EXPECTED: &'static str;

    fn read(text: &str) -> Result<Self, String>;
}

impl<'de, T: Word> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<'de, T: Word> Visitor<'de> for Reader<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} or a list of such", T::EXPECTED)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<List<T>, E> {
                let value = T::read(text).map_err(E::custom)?;
                Ok(List(vec![value]))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<List<T>, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut values = Vec::new();
                while let Some(List(one)) = seq.next_element::<List<T>>()? {
                    values.extend(one);
                }
                Ok(List(values))
            }
        }

        from.deserialize_any(Reader(PhantomData))
    }
}

#[derive(Debug, Clone)]
struct Type(ChatType);

impl Word for Type {
    const EXPECTED: &'static str = "a kind of chats like \"users\"";

    fn read(text: &str) -> Result<Self, String> {
        chat_type(text).map(Type)
    }
}

impl From<Type> for ChatType {
    fn from(Type(kind): Type) -> ChatType {
        kind
    }
}

/// A topic: a number is its id, a text its title.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "the id or, in quotes, the title of a topic")]
enum Topic {
    Id(i32),
    Title(String),
}

impl From<Topic> for TopicName {
    fn from(topic: Topic) -> TopicName {
        match topic {
            Topic::Id(id) => TopicName::Id(id),
            Topic::Title(title) => TopicName::Title(title),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Kind(FileKind);

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Kind, String> {
        Kind::read(&text)
    }
}

impl Word for Kind {
    const EXPECTED: &'static str = "a kind of files like \"photos\"";

    fn read(text: &str) -> Result<Self, String> {
        file_kind(text).map(Kind)
    }
}

impl From<Kind> for FileKind {
    fn from(Kind(kind): Kind) -> FileKind {
        kind
    }
}

#[derive(Debug, Clone)]
struct Name(String);

impl Word for Name {
    const EXPECTED: &'static str = "a name in quotes";

    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("a name is empty".to_owned()),
            name => Ok(Name(name.to_owned())),
        }
    }
}

impl From<Name> for String {
    fn from(Name(name): Name) -> String {
        name
    }
}

/// A day or a moment, in quotes or as TOML has it.
#[derive(Debug, Clone, Copy)]
struct Moment(i64);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a date like \"2024-01-31\"")]
        enum Written {
            Text(String),
            Date(toml::value::Datetime),
        }
        let text = match Written::deserialize(from)? {
            Written::Text(text) => text,
            Written::Date(date) => date.to_string(),
        };
        parse_date(&text).map(Moment).map_err(de::Error::custom)
    }
}

/// A size in words or bytes.
#[derive(Debug, Clone, Copy)]
pub struct Size(pub u64);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a size like \"50 MB\"")]
        enum Written {
            Bytes(u64),
            Text(String),
        }
        match Written::deserialize(from)? {
            Written::Bytes(bytes) => Ok(Size(bytes)),
            Written::Text(text) => parse_size(&text).map(Size).map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Both {
        select: Select,
        media: Media,
    }

    #[test]
    fn everything_can_be_said() {
        let both: Both = toml::from_str(
            r#"
            [select]
            types = ["users", "groups"]
            chats = ["@lighthouse", -1001234567890]
            folders = "Work"
            exclude_chats = ["Noisy"]
            since = 2024-01-31
            until = "2025-01-01"
            own = "supergroups"
            topics = { "Forum" = [12, "Visa"] }
            [media]
            kinds = ["photos", "videos"]
            exclude_mime = ["image/gif"]
            max_size = "50 MB"
            max_sizes = { videos = "1 GB" }
            "#,
        )
        .unwrap();
        let selection = selection(&both.select, &both.media);
        assert_eq!(selection.types, [ChatType::Users, ChatType::Groups]);
        assert_eq!(selection.chats, ["@lighthouse", "-1001234567890"]);
        assert_eq!(selection.folders, ["Work"]);
        assert_eq!(selection.own, [ChatType::Supergroups]);
        assert!(selection.since.unwrap() < selection.until.unwrap());
        let topics = [TopicName::Id(12), TopicName::Title("Visa".into())];
        assert_eq!(selection.topics[0].topics, topics);
        assert_eq!(selection.media.kinds, [FileKind::Photo, FileKind::Video]);
        assert_eq!(selection.media.max_size, Some(50_000_000));
        assert_eq!(selection.media.max_size_of[&FileKind::Video], 1_000_000_000);
        assert_eq!(
            super::selection(&Select::default(), &Media::default()),
            Selection::default()
        );
    }

    #[test]
    fn a_wrong_word_is_told_where_it_stands() {
        for (text, word) in [
            ("types = [\"chanels\"]", "chanels"),
            ("typos = []", "typos"),
            ("since = \"yesterday\"", "yesterday"),
        ] {
            let error = toml::from_str::<Select>(text).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert!(error.span().is_some(), "{error}");
        }
        let error = toml::from_str::<Media>("max_sizes = { movies = 1 }").unwrap_err();
        assert!(error.to_string().contains("movies"), "{error}");
    }
}
