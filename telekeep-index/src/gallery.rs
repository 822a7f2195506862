//! Messages of one kind, newest first: media, pinned messages, topics. All are words of the full-text
//! index, so a page costs the same in a chat of ten messages and of ten million.

use rusqlite::Connection;

use crate::{
    error::IndexError,
    names::Names,
    search::meta,
    show::{self, Shown},
    walk::{Cursor, Walk, Walked},
};

/// What a gallery shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names say it
pub enum Gallery {
    Photos,
    Videos,
    RoundVideos,
    Voice,
    Music,
    Files,
    Links,
    Gifs,
    Stickers,
    Polls,
    Locations,
    Contacts,
    /// Photos and videos together.
    Visual,
    /// Everything that is a file.
    Media,
}

impl Gallery {
    /// All of them, in the order to offer them.
    pub const ALL: [Self; 14] = [
        Self::Photos,
        Self::Videos,
        Self::RoundVideos,
        Self::Voice,
        Self::Music,
        Self::Files,
        Self::Links,
        Self::Gifs,
        Self::Stickers,
        Self::Polls,
        Self::Locations,
        Self::Contacts,
        Self::Visual,
        Self::Media,
    ];

    /// One word, as in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photos => "photos",
            Self::Videos => "videos",
            Self::RoundVideos => "round",
            Self::Voice => "voice",
            Self::Music => "music",
            Self::Files => "files",
            Self::Links => "links",
            Self::Gifs => "gifs",
            Self::Stickers => "stickers",
            Self::Polls => "polls",
            Self::Locations => "locations",
            Self::Contacts => "contacts",
            Self::Visual => "visual",
            Self::Media => "media",
        }
    }

    /// The gallery that [`Self::as_str`] names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|gallery| gallery.as_str() == word)
    }

    /// Kinds of messages in it, as [`telekeep_model::Media::kind`] names them.
    #[must_use]
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Photos => &["photo"],
            Self::Videos => &["video"],
            Self::RoundVideos => &["round"],
            Self::Voice => &["voice"],
            Self::Music => &["audio"],
            Self::Files => &["file"],
            Self::Links => &["link"],
            Self::Gifs => &["gif"],
            Self::Stickers => &["sticker"],
            Self::Polls => &["poll"],
            Self::Locations => &["location"],
            Self::Contacts => &["contact"],
            Self::Visual => &["photo", "video"],
            Self::Media => &["media"],
        }
    }
}

/// Messages in an order by date.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The messages.
    pub messages: Vec<Shown>,
    /// Where to continue; `None` when these were the last.
    pub next: Option<Cursor>,
}

/// See [`crate::Index::attachments`].
pub(crate) fn attachments(
    db: &Connection,
    chat: Option<i64>,
    gallery: Gallery,
    after: Option<Cursor>,
    oldest_first: bool,
    limit: usize,
) -> Result<Listing, IndexError> {
    let words = gallery.kinds().iter().filter_map(|kind| {
        let kind = meta::kind(kind)?;
        Some(match chat {
            Some(chat) => meta::kind_of(chat, &kind),
            None => kind,
        })
    });
    list(db, words, chat, after, oldest_first, limit)
}

/// See [`crate::Index::pinned`].
pub(crate) fn pinned(
    db: &Connection,
    chat: i64,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Listing, IndexError> {
    walk(db, &pinned_in(chat), Some(chat), after, false, limit)
}

/// See [`crate::Index::pinned_count`].
pub(crate) fn pinned_count(db: &Connection, chat: i64, most: usize) -> Result<usize, IndexError> {
    let found = found(db, &pinned_in(chat), Some(chat), None, false, most)?;
    Ok(found.map_or(0, |found| found.rows.len()))
}

fn pinned_in(chat: i64) -> String {
    format!("{{meta}} : \"{}\"", meta::kind_of(chat, "kpinned"))
}

/// See [`crate::Index::topic_messages`].
pub(crate) fn topic(
    db: &Connection,
    chat: i64,
    topic: i64,
    after: Option<Cursor>,
    oldest_first: bool,
    limit: usize,
) -> Result<Listing, IndexError> {
    let expression = match topic {
        // Messages of the General topic have no mark: it is what has none.
        1 => format!(
            "{{meta}} : (\"{}\" NOT \"{}\")",
            meta::chat(chat),
            meta::kind_of(chat, "ktopic")
        ),
        // A chat has topics or sub-chats, never both.
        topic => {
            let saved = meta::saved_of(chat, topic);
            let topic = (topic > 0).then(|| format!("\"{}\" OR ", meta::topic_of(chat, topic)));
            format!("{{meta}} : ({}\"{saved}\")", topic.unwrap_or_default())
        }
    };
    walk(db, &expression, Some(chat), after, oldest_first, limit)
}

fn list(
    db: &Connection,
    words: impl Iterator<Item = String>,
    chat: Option<i64>,
    after: Option<Cursor>,
    oldest_first: bool,
    limit: usize,
) -> Result<Listing, IndexError> {
    let words: Vec<_> = words.map(|word| format!("\"{word}\"")).collect();
    let expression = format!("{{meta}} : ({})", words.join(" OR "));
    walk(db, &expression, chat, after, oldest_first, limit)
}

fn walk(
    db: &Connection,
    expression: &str,
    chat: Option<i64>,
    after: Option<Cursor>,
    oldest_first: bool,
    limit: usize,
) -> Result<Listing, IndexError> {
    let Some(walked) = found(db, expression, chat, after, oldest_first, limit)? else {
        return Ok(Listing::default());
    };
    let mut names = Names::default();
    let mut messages = Vec::with_capacity(walked.rows.len());
    for row in walked.rows {
        messages.extend(show::one(
            db,
            row.c,
            row.place.chat,
            row.place.id,
            &mut names,
        )?);
    }
    Ok(Listing {
        messages,
        next: walked.next,
    })
}

/// Which messages they are; `None` when nothing is known of the chat.
fn found(
    db: &Connection,
    expression: &str,
    chat: Option<i64>,
    after: Option<Cursor>,
    oldest_first: bool,
    limit: usize,
) -> Result<Option<Walked>, IndexError> {
    let no = match chat {
        Some(chat) => match show::number(db, chat)? {
            Some((no, _)) => Some(no),
            None => return Ok(None),
        },
        None => None,
    };
    let walk = Walk {
        expression,
        since: None,
        until: None,
        oldest_first,
        after,
        limit,
        deadline: None,
    };
    // A chat that several accounts have is shown from one of them.
    walk.run(db, &mut |row| Ok(no.is_none_or(|no| row.c == no)))
        .map(Some)
}
