//! Which shelves there are.

use crate::lang::Texts;

/// How the entries of a shelf are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Small tiles.
    Stickers,
    /// Larger ones.
    Pictures,
    /// Rows.
    Sounds,
}

impl Look {
    /// The class of its list.
    pub fn class(self) -> &'static str {
        match self {
            Self::Stickers => "small",
            Self::Pictures => "large",
            Self::Sounds => "lines",
        }
    }
}

/// Custom emoji that were met: each is a part of its own.
pub const CUSTOM_EMOJI: &str = "custom_emoji";

/// Lists, what they are called, and how they look.
pub const LISTS: &[(&str, &str, Look)] = &[
    ("saved_gifs", "account.gifs", Look::Pictures),
    ("favourite_stickers", "account.favourites", Look::Stickers),
    ("recent_stickers/sent", "account.recent", Look::Stickers),
    (
        "recent_stickers/attached",
        "account.attached",
        Look::Stickers,
    ),
    ("profile_music", "account.music", Look::Sounds),
    ("ringtones", "account.ringtones", Look::Sounds),
    ("wallpapers", "account.wallpapers", Look::Pictures),
    ("themes/tdesktop", "account.themes", Look::Pictures),
    ("themes/android", "account.themes", Look::Pictures),
    ("themes/ios", "account.themes", Look::Pictures),
    ("themes/macos", "account.themes", Look::Pictures),
    ("chat_themes", "account.chat-themes", Look::Pictures),
    ("chat_themes/gifts", "account.gift-themes", Look::Pictures),
    ("emoji_statuses/recent", "account.statuses", Look::Stickers),
    (
        "emoji_statuses/collectible",
        "account.gift-statuses",
        Look::Stickers,
    ),
    (
        "reactions/recent",
        "account.part.reactions/recent",
        Look::Stickers,
    ),
    (
        "reactions/top",
        "account.part.reactions/top",
        Look::Stickers,
    ),
    (
        "reactions/tags",
        "account.part.reactions/tags",
        Look::Stickers,
    ),
    (
        "star_gifts/collections",
        "account.collections",
        Look::Stickers,
    ),
    ("stories/albums", "account.albums", Look::Pictures),
];

/// Sets that no list of the account names, as messages had stickers of them: each is a part of its own.
pub const MET_SETS: &str = "sticker_sets/met";

/// Lists of sets, and what they are called.
pub const SETS: &[(&str, &str)] = &[
    ("sticker_sets/installed", "account.sets"),
    ("sticker_sets/masks", "account.mask-sets"),
    ("sticker_sets/emoji", "account.emoji-sets"),
    ("sticker_sets/archived", "account.archived-sets"),
    ("sticker_sets/archived_masks", "account.archived-mask-sets"),
    ("sticker_sets/archived_emoji", "account.archived-emoji-sets"),
    (MET_SETS, "account.met-sets"),
];

/// Programs that themes are made for: their names in lists, and their own.
const PROGRAMS: [(&str, &str); 4] = [
    ("themes/tdesktop", "Telegram Desktop"),
    ("themes/android", "Android"),
    ("themes/ios", "iOS"),
    ("themes/macos", "macOS"),
];

/// What a list is called.
pub fn title_of_shelf(texts: &Texts, name: &str) -> Option<String> {
    let lists = LISTS.iter().map(|&(list, title, _)| (list, title));
    let mut lists = lists.chain(SETS.iter().copied());
    let (_, title) = lists.find(|(list, _)| *list == name)?;
    let title = texts.get(title);
    let program = PROGRAMS.iter().find(|(list, _)| *list == name);
    Some(match program {
        Some((_, program)) => format!("{title} · {program}"),
        None => title.to_owned(),
    })
}
