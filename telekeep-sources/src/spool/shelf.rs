//! Where files stand that belong to the account and not to a message.

use std::fmt;
use std::str::FromStr;

/// A place in an account that shows files, so that a fresh file reference can be had from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Shelf {
    Profile,
    Photos,
    Gifs,
    Favourites,
    Recent,
    RecentAttached,
    Archived,
    ArchivedMasks,
    ArchivedEmoji,
    Music,
    Ringtones,
    StoryAlbums,
    Wallpapers,
    /// Themes for this kind of program.
    Themes(Program),
    ChatThemes,
    /// Themes of chats that gifts bring.
    GiftThemes,
    StarGifts,
    GiftCollections,
    /// Payments in Stars, and in TON.
    Stars,
    Ton,
    /// A reply kept ready.
    Reply {
        id: i32,
    },
    /// What waits to be sent in a chat.
    Scheduled {
        chat: i64,
    },
    /// Whoever was seen with this photo beside their name (marked id).
    Portrait {
        peer: i64,
    },
    /// A story of the account.
    Story {
        id: i32,
    },
    /// A sticker set, and how to ask for it.
    Set {
        id: i64,
        access_hash: i64,
    },
    /// Custom emoji, each asked for by its own number.
    CustomEmoji,
    /// Something beside the messages of a chat.
    Chat {
        chat: i64,
        what: Beside,
    },
}

/// A kind of program, as the server names them. Each has themes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Program {
    Android,
    Ios,
    Macos,
    Tdesktop,
}

impl Program {
    /// All of them.
    pub const ALL: [Program; 4] = [
        Program::Android,
        Program::Ios,
        Program::Macos,
        Program::Tdesktop,
    ];

    /// The server's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Program::Android => "android",
            Program::Ios => "ios",
            Program::Macos => "macos",
            Program::Tdesktop => "tdesktop",
        }
    }
}

/// What beside the messages of a chat shows files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Its description.
    Full,
    /// The photos somebody has and had.
    Photos,
    /// An event of its admin log.
    Event(i64),
}

impl Beside {
    /// The part of the chat it is, as records name it.
    fn part(self) -> &'static str {
        match self {
            Beside::Full => "full",
            Beside::Photos => "photos",
            Beside::Event(_) => "admin_log",
        }
    }
}

/// The shelves there is one of, and the words records have for them.
const PLAIN: &[(Shelf, &str)] = &[
    (Shelf::Profile, "profile"),
    (Shelf::Photos, "profile_photos"),
    (Shelf::Gifs, "saved_gifs"),
    (Shelf::Favourites, "favourite_stickers"),
    (Shelf::Recent, "recent_stickers/sent"),
    (Shelf::RecentAttached, "recent_stickers/attached"),
    (Shelf::Archived, "sticker_sets/archived"),
    (Shelf::ArchivedMasks, "sticker_sets/archived_masks"),
    (Shelf::ArchivedEmoji, "sticker_sets/archived_emoji"),
    (Shelf::Music, "profile_music"),
    (Shelf::Ringtones, "ringtones"),
    (Shelf::StoryAlbums, "stories/albums"),
    (Shelf::Wallpapers, "wallpapers"),
    (Shelf::Themes(Program::Android), "themes/android"),
    (Shelf::Themes(Program::Ios), "themes/ios"),
    (Shelf::Themes(Program::Macos), "themes/macos"),
    (Shelf::Themes(Program::Tdesktop), "themes/tdesktop"),
    (Shelf::ChatThemes, "chat_themes"),
    (Shelf::GiftThemes, "chat_themes/gifts"),
    (Shelf::StarGifts, "star_gifts"),
    (Shelf::GiftCollections, "star_gifts/collections"),
    (Shelf::Stars, "stars/transactions"),
    (Shelf::Ton, "ton/transactions"),
    (Shelf::CustomEmoji, "custom_emoji"),
];

/// What the word of something beside messages begins with.
const BESIDE: &str = "about/";

fn beside_of(text: &str) -> Option<Shelf> {
    let mut words = text.split('/');
    let (part, chat) = (words.next()?, words.next()?.parse().ok()?);
    let what = match (part, words.next()) {
        ("full", None) => Beside::Full,
        ("photos", None) => Beside::Photos,
        ("admin_log", Some(id)) => Beside::Event(id.parse().ok()?),
        _ => return None,
    };
    Some(Shelf::Chat { chat, what })
}

/// What the name of a set begins with.
const SET: &str = "sticker_set/";
/// What the name of a reply kept ready begins with.
const REPLY: &str = "quick_reply/";
/// What the name of what waits to be sent begins with.
const SCHEDULED: &str = "scheduled/";
/// What the name of a photo beside a name begins with.
const PORTRAIT: &str = "portrait/";
/// What the name of a story begins with.
const STORY: &str = "story/";

impl Shelf {
    /// The chat it is about, if it is about one.
    pub fn chat(&self) -> Option<i64> {
        match self {
            Shelf::Chat { chat, .. } | Shelf::Scheduled { chat } => Some(*chat),
            _ => None,
        }
    }

    /// The part of the account or of the chat it is, as records name it.
    pub fn part(&self) -> String {
        match self {
            Shelf::Set { id, .. } => format!("{SET}{id}"),
            Shelf::Chat { what, .. } => what.part().to_owned(),
            Shelf::Reply { .. } => "quick_replies".to_owned(),
            Shelf::Scheduled { .. } => "scheduled".to_owned(),
            Shelf::Portrait { .. } => "portrait".to_owned(),
            plain => plain.to_string(),
        }
    }
}

impl fmt::Display for Shelf {
    /// A word that [`Shelf::from_str`] understands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shelf::Set { id, access_hash } => return write!(f, "{SET}{id}/{access_hash}"),
            Shelf::Story { id } => return write!(f, "{STORY}{id}"),
            Shelf::Reply { id } => return write!(f, "{REPLY}{id}"),
            Shelf::Scheduled { chat } => return write!(f, "{SCHEDULED}{chat}"),
            Shelf::Portrait { peer } => return write!(f, "{PORTRAIT}{peer}"),
            Shelf::Chat { chat, what } => {
                write!(f, "{BESIDE}{}/{chat}", what.part())?;
                return match what {
                    Beside::Event(id) => write!(f, "/{id}"),
                    _ => Ok(()),
                };
            }
            _ => {}
        }
        let name = PLAIN.iter().find(|(shelf, _)| shelf == self);
        f.write_str(name.map_or("", |(_, name)| name))
    }
}

/// No shelf has this name.
#[derive(Debug, PartialEq, Eq)]
pub struct NoShelf;

impl FromStr for Shelf {
    type Err = NoShelf;

    fn from_str(text: &str) -> Result<Shelf, NoShelf> {
        if let Some((id, access_hash)) = text.strip_prefix(SET).and_then(|set| set.split_once('/'))
        {
            return Ok(Shelf::Set {
                id: id.parse().map_err(|_| NoShelf)?,
                access_hash: access_hash.parse().map_err(|_| NoShelf)?,
            });
        }
        if let Some(id) = text.strip_prefix(STORY) {
            let id = id.parse().map_err(|_| NoShelf)?;
            return Ok(Shelf::Story { id });
        }
        if let Some(id) = text.strip_prefix(REPLY) {
            let id = id.parse().map_err(|_| NoShelf)?;
            return Ok(Shelf::Reply { id });
        }
        if let Some(chat) = text.strip_prefix(SCHEDULED) {
            let chat = chat.parse().map_err(|_| NoShelf)?;
            return Ok(Shelf::Scheduled { chat });
        }
        if let Some(peer) = text.strip_prefix(PORTRAIT) {
            let peer = peer.parse().map_err(|_| NoShelf)?;
            return Ok(Shelf::Portrait { peer });
        }
        if let Some(beside) = text.strip_prefix(BESIDE) {
            return beside_of(beside).ok_or(NoShelf);
        }
        let found = PLAIN.iter().find(|(_, name)| *name == text);
        found.map(|(shelf, _)| *shelf).ok_or(NoShelf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shelf_is_found_by_its_word() {
        let set = Shelf::Set {
            id: -5,
            access_hash: i64::MIN,
        };
        let plain = PLAIN.iter().map(|(shelf, _)| *shelf);
        let story = Shelf::Story { id: 7 };
        let reply = Shelf::Reply { id: -7 };
        let beside = [Beside::Full, Beside::Photos, Beside::Event(i64::MAX)];
        let beside = beside.map(|what| Shelf::Chat { chat: -7, what });
        let waiting = Shelf::Scheduled { chat: -7 };
        let portrait = Shelf::Portrait { peer: -7 };
        let single = [set, story, reply, waiting, portrait];
        for shelf in plain.chain(single).chain(beside) {
            assert_eq!(shelf.to_string().parse(), Ok(shelf));
        }
        assert_eq!(set.part(), "sticker_set/-5");
        assert_eq!("sticker_set/x/1".parse::<Shelf>(), Err(NoShelf));
        assert_eq!("".parse::<Shelf>(), Err(NoShelf));
        assert_eq!("about/full/x".parse::<Shelf>(), Err(NoShelf));
        assert_eq!("about/admin_log/5".parse::<Shelf>(), Err(NoShelf));
    }
}
