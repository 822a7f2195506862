//! Shelves: lists of what the account keeps at hand, entry by entry. Stickers and their sets, GIFs,
//! music, sounds, wallpapers, themes, emoji.

use std::collections::HashMap;

use serde_json::Value;

use super::{AccountPart, UsedEmoji, text};
use crate::media_read::{document_of, photo_of};
use crate::part::filled;
use crate::{Document, File, Media};

/// Something on a shelf.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// What is seen or heard of it.
    pub media: Option<Media>,
    /// The number of a custom emoji, which is all that its list tells of it.
    pub custom: Option<i64>,
    /// What it is called: a theme, an album.
    pub title: Option<String>,
    /// Emoji that it stands for.
    pub emoji: Vec<String>,
    /// Words that it is found by.
    pub words: Vec<String>,
    /// When it was used last, unix seconds; 0 when not told.
    pub used: i64,
    /// Until when it is shown, unix seconds; 0 when not told.
    pub until: i64,
    /// Colours, as red, green and blue.
    pub colours: Vec<u32>,
}

/// A sticker set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StickerSet {
    /// Its number; the set itself is the part `sticker_set/ID`, when it is kept whole.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its name in links.
    pub name: String,
    /// Stickers in it.
    pub count: i64,
    /// Since when the account has it, unix seconds; 0 when not told.
    pub since: i64,
    /// Stickers of it that the list shows, as lists of archived sets do.
    pub covers: Vec<Kept>,
}

/// Entries of one list that are looked at.
const MOST: usize = 10_000;

/// Colours of a wallpaper, at most.
const COLOURS: [&str; 4] = [
    "background_color",
    "second_background_color",
    "third_background_color",
    "fourth_background_color",
];

impl AccountPart {
    /// The entries of a shelf, in the order of its list.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        if self.part.starts_with("custom_emoji/") {
            return self.answers.iter().map(shown).collect();
        }
        let mut kept: Vec<Kept> = ["gifs", "stickers", "documents", "ringtones"]
            .into_iter()
            .flat_map(|list| self.entries(list))
            .take(MOST)
            .map(shown)
            .collect();
        self.tell_uses(&mut kept);
        self.tell_emoji(&mut kept);
        kept.extend(self.entries("wallpapers").take(MOST).map(wallpaper));
        kept.extend(self.entries("themes").take(MOST).flat_map(theme));
        kept.extend(self.entries("statuses").take(MOST).map(status));
        if self.part.starts_with("reactions/") {
            kept.extend(self.used_emoji().into_iter().map(reaction));
        }
        let named = ["collections", "albums"].into_iter();
        let named = named.flat_map(|list| self.entries(list));
        kept.extend(named.take(MOST).map(named_pile));
        kept
    }

    /// The sets of a part `sticker_sets/…`.
    #[must_use]
    pub fn sets(&self) -> Vec<StickerSet> {
        self.entries("sets").take(MOST).filter_map(set).collect()
    }

    /// The set that the part `sticker_set/ID` is.
    #[must_use]
    pub fn set(&self) -> Option<StickerSet> {
        set(self.only())
    }

    /// Stickers used last come with a list of when that was.
    fn tell_uses(&self, kept: &mut [Kept]) {
        let dates = self.entries("dates").map(|date| date.as_i64().unwrap_or(0));
        for (one, date) in kept.iter_mut().zip(dates) {
            one.used = date;
        }
    }

    /// A set says of every emoji which of its stickers stand for it, and by which words they are
    /// found.
    fn tell_emoji(&self, kept: &mut [Kept]) {
        let mut places: HashMap<i64, &mut Kept> = HashMap::new();
        for one in kept {
            if let Some(number) = number(one) {
                places.insert(number, one);
            }
        }
        for pack in self.entries("packs").take(MOST) {
            let Some(emoji) = filled(pack, "emoticon") else {
                continue;
            };
            let ids = pack["documents"].as_array().into_iter().flatten();
            for id in ids.take(MOST).filter_map(Value::as_i64) {
                if let Some(one) = places.get_mut(&id)
                    && !one.emoji.contains(&emoji)
                {
                    one.emoji.push(emoji.clone());
                }
            }
        }
        for told in self.entries("keywords").take(MOST) {
            let words = told["keyword"].as_array().into_iter().flatten();
            let words = words.take(100).filter_map(Value::as_str).map(str::to_owned);
            let id = told["document_id"].as_i64();
            if let Some(one) = id.and_then(|id| places.get_mut(&id)) {
                one.words.extend(words);
            }
        }
    }
}

/// The number of its document.
fn number(kept: &Kept) -> Option<i64> {
    match &kept.media {
        Some(Media::Document(document)) => document.file.key.split('/').nth(1)?.parse().ok(),
        _ => None,
    }
}

/// A document on a shelf. One that the server holds no more is known by its number only.
fn shown(value: &Value) -> Kept {
    let unknown = || {
        let id = value["id"].as_i64()?;
        let key = format!("document/{id}");
        Some(Document {
            file: File {
                key,
                ..File::default()
            },
            ..Document::default()
        })
    };
    let document = document_of(value).or_else(unknown);
    let emoji = document.as_ref().and_then(|one| one.emoji.clone());
    Kept {
        media: document.map(Media::Document),
        emoji: emoji.into_iter().collect(),
        ..Kept::default()
    }
}

/// A wallpaper is a picture, a pattern, or nothing but colours.
fn wallpaper(value: &Value) -> Kept {
    let colours = COLOURS.iter().map(|field| &value["settings"][*field]);
    let colours = colours.filter_map(Value::as_i64);
    let media = match value["document"].is_object() {
        true => shown(&value["document"]).media,
        false => None,
    };
    Kept {
        media,
        title: filled(&value["settings"], "emoticon"),
        colours: colours.filter_map(colour).collect(),
        ..Kept::default()
    }
}

fn colour(number: i64) -> Option<u32> {
    u32::try_from(number)
        .ok()
        .filter(|colour| *colour <= 0xff_ffff)
}

/// A theme: its file, and what it puts behind the chats, in its light and its dark form.
fn theme(value: &Value) -> Vec<Kept> {
    let gift = &value["gift"];
    let title = filled(value, "title")
        .or_else(|| filled(value, "emoticon"))
        .or_else(|| filled(gift, "title").map(|title| numbered(&title, gift)));
    let settings = ["settings", "theme_settings"].into_iter();
    let settings = settings.flat_map(|field| value[field].as_array().into_iter().flatten());
    let walls = settings.take(100).map(|one| &one["wallpaper"]);
    let file = Some(&value["document"]).filter(|file| file.is_object());
    let mut kept: Vec<Kept> = file.map(shown).into_iter().collect();
    kept.extend(walls.filter(|wall| wall.is_object()).map(wallpaper));
    if kept.is_empty() {
        kept.push(Kept::default());
    }
    for one in &mut kept {
        one.title.clone_from(&title);
    }
    kept
}

fn numbered(title: &str, gift: &Value) -> String {
    match gift["num"].as_i64() {
        Some(number) => format!("{title} #{number}"),
        None => title.to_owned(),
    }
}

fn status(value: &Value) -> Kept {
    Kept {
        custom: value["document_id"].as_i64(),
        title: filled(value, "title"),
        until: value["until"].as_i64().unwrap_or(0),
        ..Kept::default()
    }
}

/// An emoji to react with.
fn reaction(used: UsedEmoji) -> Kept {
    let emoji = Some(used.emoji).filter(|emoji| !emoji.is_empty());
    Kept {
        custom: used.custom,
        title: used.title,
        emoji: emoji.into_iter().collect(),
        ..Kept::default()
    }
}

/// An album of stories or a collection of gifts: its name, and the picture that stands for it.
fn named_pile(value: &Value) -> Kept {
    let document = ["icon", "icon_video"].iter().map(|field| &value[*field]);
    let document = document.filter_map(document_of).next().map(Media::Document);
    let photo = || photo_of(&value["icon_photo"]).map(Media::Photo);
    Kept {
        media: document.or_else(photo),
        title: filled(value, "title"),
        ..Kept::default()
    }
}

fn set(entry: &Value) -> Option<StickerSet> {
    // Archived sets come with covers around them, and so does a set that is kept whole.
    let set = match entry["set"].is_object() {
        true => &entry["set"],
        false => entry,
    };
    let several = ["covers", "documents"].into_iter();
    let several = several.flat_map(|field| entry[field].as_array().into_iter().flatten());
    let one = Some(&entry["cover"]).filter(|cover| cover.is_object());
    Some(StickerSet {
        id: set["id"].as_i64()?,
        title: text(set, "title"),
        name: text(set, "short_name"),
        count: set["count"].as_i64().unwrap_or(0),
        since: set["installed_date"].as_i64().unwrap_or(0),
        covers: one
            .into_iter()
            .chain(several)
            .take(MOST)
            .map(shown)
            .collect(),
    })
}
