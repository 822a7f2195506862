//! What the account keeps at hand: drafts, stickers, GIFs, music.

use telekeep_index::FileState;
use telekeep_model::Draft;

use super::Reader;
use crate::render::{Face, Links as _};
use crate::server::Result;

/// Pictures shown of one list.
const TILES: usize = 12;

/// Something the account began to write, or that waits to be sent.
pub(super) struct Begun {
    pub face: Face,
    pub text: String,
    pub when: String,
}

/// A list of stickers, GIFs or music.
pub(super) struct Shelf {
    pub title: String,
    pub count: String,
    /// Small pictures of what is in it, with the files they are of.
    pub tiles: Vec<Tile>,
}

/// A small picture.
pub(super) struct Tile {
    pub source: String,
    pub thumb: String,
}

/// Lists of documents, and what they are called.
const LISTS: &[(&str, &str)] = &[
    ("saved_gifs", "account.gifs"),
    ("favourite_stickers", "account.favourites"),
    ("recent_stickers/sent", "account.recent"),
    ("profile_music", "account.music"),
    ("ringtones", "account.ringtones"),
    ("wallpapers", "account.wallpapers"),
    ("themes/tdesktop", "account.themes"),
    ("themes/android", "account.themes"),
    ("themes/ios", "account.themes"),
    ("themes/macos", "account.themes"),
    ("emoji_statuses/recent", "account.statuses"),
];

/// Lists of sets.
const SETS: &[&str] = &[
    "sticker_sets/installed",
    "sticker_sets/masks",
    "sticker_sets/emoji",
    "sticker_sets/archived",
    "sticker_sets/archived_masks",
    "sticker_sets/archived_emoji",
];

impl Reader<'_> {
    /// What was begun and not sent.
    pub(super) fn drafts(&self) -> Result<Vec<Begun>> {
        self.begun(self.part("drafts")?.map(|part| part.drafts()))
    }

    /// What waits to be sent.
    pub(super) fn scheduled(&self) -> Result<Vec<Begun>> {
        self.begun(self.part("scheduled")?.map(|part| part.scheduled()))
    }

    fn begun(&self, drafts: Option<Vec<Draft>>) -> Result<Vec<Begun>> {
        let clock = self.context.clock();
        let mut begun = Vec::new();
        for draft in drafts.unwrap_or_default() {
            begun.push(Begun {
                face: self.known(draft.chat)?,
                text: draft.text,
                when: clock.full(draft.date),
            });
        }
        Ok(begun)
    }

    /// Lists that something is in.
    pub(super) fn shelves(&self) -> Result<Vec<Shelf>> {
        let texts = self.context.texts;
        let mut shelves = Vec::new();
        for &(name, title) in LISTS {
            let part = self.part(name)?;
            let count = part.as_ref().and_then(telekeep_model::AccountPart::count);
            let ids = part.map(|part| part.documents()).unwrap_or_default();
            let title = texts.get(title).to_owned();
            shelves.push(self.shelf(title, &ids, count.unwrap_or(0))?);
        }
        for name in SETS {
            let sets = self.part(name)?.map(|part| part.sets()).unwrap_or_default();
            for set in sets {
                let whole = self.part(&format!("sticker_set/{}", set.id))?;
                let ids = whole.map(|part| part.documents()).unwrap_or_default();
                let count = u64::try_from(set.count).unwrap_or(0);
                shelves.push(self.shelf(set.title, &ids, count)?);
            }
        }
        shelves.retain(|shelf| shelf.count != texts.number(0));
        Ok(shelves)
    }

    fn shelf(&self, title: String, ids: &[i64], count: u64) -> Result<Shelf> {
        let mut tiles = Vec::new();
        for id in ids {
            if tiles.len() >= TILES {
                break;
            }
            tiles.extend(self.tile(*id)?);
        }
        Ok(Shelf {
            title,
            count: self.context.texts.number(count),
            tiles,
        })
    }

    /// The small picture of a document, when both are held.
    pub(super) fn tile(&self, id: i64) -> Result<Option<Tile>> {
        let links = self.context.links();
        let (file, thumb) = (format!("document/{id}"), format!("document/{id}/thumb/m"));
        let held =
            |key: &str| -> Result<bool> { Ok(matches!(self.index.file(key)?, FileState::Held(_))) };
        Ok((held(&file)? && held(&thumb)?).then(|| Tile {
            source: links.file(&file),
            thumb: links.file(&thumb),
        }))
    }
}
