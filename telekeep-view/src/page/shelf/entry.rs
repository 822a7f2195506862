//! One thing on a shelf: whole on its page, and as a small picture elsewhere.

use telekeep_model::{Kept, Media};

use super::Shelves;
use crate::render::{MediaView, Picture, media, pictured};
use crate::server::Result;

/// Something on a shelf.
pub struct Entry {
    pub view: Option<MediaView>,
    pub title: Option<String>,
    /// All emoji that it stands for.
    pub emoji: String,
    /// What else is known of it.
    pub lines: Vec<String>,
    /// Colours, as `#0088cc`.
    pub colours: Vec<String>,
    /// What it is, for those who listen.
    pub label: String,
}

impl Entry {
    /// Colours with their places in a drawing, which is as wide as there are colours.
    pub fn stripes(&self) -> impl Iterator<Item = (usize, &String)> {
        self.colours.iter().enumerate()
    }

    /// An emoji without a picture of its own.
    pub fn is_plain(&self) -> bool {
        self.view.is_none() && self.colours.is_empty() && !self.emoji.is_empty()
    }
}

/// A small picture.
pub struct Tile {
    pub source: String,
    pub thumb: String,
    pub words: String,
}

impl Shelves<'_> {
    pub fn entry(&self, kept: &Kept) -> Result<Entry> {
        let (texts, clock) = (self.context.texts, self.context.clock());
        let view = self.view(kept)?;
        let emoji = kept.emoji.join(" ");
        let mut lines = Vec::new();
        if kept.used > 0 {
            lines.push(texts.with("shelf.used", clock.full(kept.used)));
        }
        if kept.until > 0 {
            lines.push(texts.with("about.until", clock.full(kept.until)));
        }
        if !kept.words.is_empty() {
            lines.push(kept.words.join(&format!("{} ", texts.get("text.list"))));
        }
        let mut named = kept.title.iter().chain(view.as_ref().and_then(name_of));
        let label = named.next().cloned().unwrap_or_else(|| emoji.clone());
        Ok(Entry {
            colours: kept.colours.iter().map(|of| format!("#{of:06x}")).collect(),
            title: kept.title.clone(),
            label,
            view,
            emoji,
            lines,
        })
    }

    fn view(&self, kept: &Kept) -> Result<Option<MediaView>> {
        let scene = self.around.scene();
        let custom = match (&kept.media, kept.custom) {
            (None, Some(number)) => Some(self.custom(number)?),
            _ => None,
        };
        let thing = kept.media.as_ref().or(custom.as_ref());
        Ok(thing.map(|thing| match thing {
            // Pictures are looked at, whatever they were sent as.
            Media::Document(document) => {
                pictured(document, &scene).unwrap_or_else(|| media(thing, &scene))
            }
            thing => media(thing, &scene),
        }))
    }

    /// The small picture of something, when it is held and can be shown without moving.
    pub fn tile(&self, kept: &Kept) -> Result<Option<Tile>> {
        let view = self.view(kept)?;
        let picture = view.as_ref().and_then(|view| match view {
            MediaView::Photo(picture) => still(picture, None),
            MediaView::Animation { picture, file } | MediaView::Video { picture, file, .. } => {
                still(picture, Some(&file.mime))
            }
            MediaView::Sticker { picture, mime, .. } => still(picture, Some(mime)),
            MediaView::File(file) => file.source.clone().zip(file.thumb.clone()),
            _ => None,
        });
        Ok(picture.map(|(source, thumb)| Tile {
            source,
            thumb,
            words: match &kept.title {
                Some(title) => title.clone(),
                None => kept.emoji.join(" "),
            },
        }))
    }

    /// Some of many.
    pub fn tiles(&self, kept: &[Kept], most: usize) -> Result<Vec<Tile>> {
        let mut tiles = Vec::new();
        for one in kept {
            if tiles.len() >= most {
                break;
            }
            tiles.extend(self.tile(one)?);
        }
        Ok(tiles)
    }
}

/// Addresses of a picture, and of it small: itself, when it is of a kind that does not move.
fn still(picture: &Picture, mime: Option<&str>) -> Option<(String, String)> {
    let source = picture.source.clone()?;
    let stands = mime.is_none_or(|mime| mime == "image/webp" || mime == "image/png");
    let own = Some(&source).filter(|_| stands && picture.thumb.is_none());
    let thumb = picture.thumb.as_ref().or(own)?.clone();
    Some((source, thumb))
}

/// What a sound or file is called.
fn name_of(view: &MediaView) -> Option<&String> {
    match view {
        MediaView::Audio(file) | MediaView::Voice(file) | MediaView::File(file) => {
            Some(&file.title)
        }
        MediaView::Photo(picture)
        | MediaView::Animation { picture, .. }
        | MediaView::Video { picture, .. } => Some(&picture.words),
        _ => None,
    }
}
