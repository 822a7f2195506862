//! How an account likes its chats to look: wallpapers, themes, emoji and statuses it used.

use super::cast::LAST_DAY;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;

/// What an account chose to look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks {
    /// Pictures behind its chats, the newest first.
    pub(crate) wallpapers: Vec<i64>,
    /// Themes it installed: title, and the picture behind the chats.
    pub(crate) themes: Vec<(&'static str, i64)>,
    /// Custom emoji it showed beside its name.
    pub(crate) statuses: Vec<i64>,
    /// Tags in its Saved Messages: emoji, what it calls them, how many messages have them.
    pub(crate) tags: Vec<(&'static str, Option<&'static str>, i32)>,
    /// The person whose chat has the picture of the first theme behind it, and the theme's emoji.
    pub(crate) chat: Option<i64>,
}

/// The emoji of the theme that a chat has.
pub(crate) const THEME: &str = "🌊";

impl Looks {
    /// `friend` has a chat that looks like no other.
    pub(crate) fn choose(files: &mut Files, friend: Option<PeerId>) -> Looks {
        let mut picture = |n: i32| files.add(Kind::Image, 0, LAST_DAY - n);
        let (wallpapers, theme) = (vec![picture(1), picture(2)], picture(3));
        let emoji = files.iter().filter(|file| file.kind == Kind::Emoji);
        Looks {
            statuses: emoji.map(|file| file.id).take(2).collect(),
            wallpapers,
            themes: vec![("Harbour at night", theme)],
            chat: friend.map(PeerId::marked),
            tags: vec![("☂", Some("umbrellas"), 4), ("👍", None, 1)],
        }
    }
}
