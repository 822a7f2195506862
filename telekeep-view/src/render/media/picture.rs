//! Pictures: photos, and the still side of what moves.

use telekeep_model::Photo;

use super::Missing;
use crate::render::scene::Scene;

/// A picture, or a moving one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// File key.
    pub key: String,
    /// Address of the bytes, when held.
    pub source: Option<String>,
    /// Address of a smaller rendition, when there is one.
    pub thumb: Option<String>,
    /// Address of a tiny preview, to show while the rest is being made or when it is not held.
    pub blur: Option<String>,
    /// Path of a drawing of its outline, for stickers.
    pub outline: Option<String>,
    /// Address of the moving part of a live photo, when held.
    pub live: Option<String>,
    /// Pixels, for the shape before it has loaded; never 0.
    pub width: u32,
    /// Pixels; never 0.
    pub height: u32,
    /// Hidden until asked for.
    pub spoiler: bool,
    /// What a screen reader says.
    pub words: String,
    /// Why it is not held.
    pub missing: Option<Missing>,
}

/// Sizes that no page should be asked to reserve.
const MAX_PIXELS: u32 = 10_000;

fn shape(width: u32, height: u32) -> (u32, u32) {
    match (width, height) {
        (0, _) | (_, 0) => (320, 240),
        (width, height) => (width.min(MAX_PIXELS), height.min(MAX_PIXELS)),
    }
}

/// A list needs no smaller rendition of pictures up to this area.
const LIST_AREA: u64 = 400 * 400;

/// What a picture is made of.
#[derive(Default)]
pub(super) struct Parts<'a> {
    /// Key of the picture itself.
    pub key: &'a str,
    /// Keys of smaller renditions, best first.
    pub thumbs: Vec<&'a str>,
    /// Width and height as announced.
    pub size: (u32, u32),
    /// The tiny preview from the message.
    pub preview: Option<&'a str>,
    pub spoiler: bool,
    pub self_destructing: bool,
    /// A still picture, of which a smaller one can be made.
    pub still: bool,
}

pub(super) fn picture(parts: &Parts<'_>, words: String, scene: &Scene<'_>) -> Picture {
    let held = |key: &str| scene.held(key).then(|| scene.links.file(key));
    let source = held(parts.key);
    let small = parts.thumbs.iter().find_map(|key| held(key));
    let (width, height) = shape(parts.size.0, parts.size.1);
    let large = parts.size.0 == 0 || u64::from(width) * u64::from(height) > LIST_AREA;
    let make = parts.still && small.is_none() && source.is_some() && large;
    let made = make.then(|| scene.links.thumb(parts.key)).flatten();
    let waits = made.is_some() || (source.is_none() && small.is_none());
    let preview = parts.preview.filter(|_| waits);
    Picture {
        key: parts.key.to_owned(),
        thumb: small.or(made),
        blur: scene.tiny(parts.key, preview, parts.self_destructing),
        outline: None,
        live: None,
        missing: source
            .is_none()
            .then(|| scene.missing(parts.key, parts.self_destructing)),
        source,
        width,
        height,
        spoiler: parts.spoiler,
        words,
    }
}

pub(in crate::render) fn photo_view(photo: &Photo, scene: &Scene<'_>) -> Picture {
    let live = photo.video.as_ref().filter(|video| scene.held(&video.key));
    let texts = scene.clock.texts;
    let words = match live {
        Some(_) => texts.get("media.live-photo"),
        None => texts.get("media.photo"),
    };
    let parts = Parts {
        key: &photo.file.key,
        thumbs: photo.thumb.as_deref().into_iter().collect(),
        size: (photo.file.width, photo.file.height),
        preview: photo.preview.as_deref(),
        spoiler: photo.spoiler,
        self_destructing: photo.ttl.is_some(),
        still: true,
    };
    Picture {
        live: live.map(|video| scene.links.file(&video.key)),
        ..picture(&parts, words.to_owned(), scene)
    }
}
