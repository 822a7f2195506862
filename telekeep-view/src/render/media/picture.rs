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

pub(super) fn picture(
    key: &str,
    thumb: Option<&str>,
    size: (u32, u32),
    spoiler: bool,
    words: String,
    ttl: bool,
    scene: &Scene<'_>,
) -> Picture {
    let held = |key: &str| scene.held(key).then(|| scene.links.file(key));
    let source = held(key);
    let (width, height) = shape(size.0, size.1);
    let missing = source.is_none().then(|| scene.missing(key, ttl));
    Picture {
        key: key.to_owned(),
        thumb: thumb.and_then(held),
        source,
        width,
        height,
        spoiler,
        words,
        missing,
    }
}

pub(super) fn photo_view(photo: &Photo, scene: &Scene<'_>) -> Picture {
    let file = &photo.file;
    let words = scene.clock.texts.get("media.photo").to_owned();
    let size = (file.width, file.height);
    let thumb = photo.thumb.as_deref();
    picture(
        &file.key,
        thumb,
        size,
        photo.spoiler,
        words,
        photo.ttl.is_some(),
        scene,
    )
}
