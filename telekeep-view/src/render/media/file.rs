//! Documents: by what they are meant as, and as a row with a name and a size.

use telekeep_model::{Document, DocumentRole};

use super::picture::picture;
use super::{MediaView, Missing};
use crate::render::scene::Scene;
use crate::render::{wave_path, waveform};

/// A file in a row: icon, name, size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// File key.
    pub key: String,
    /// MIME type as announced. Untrusted.
    pub mime: String,
    /// Name, or title of music.
    pub title: String,
    /// Size, performer, length.
    pub detail: String,
    /// Address of the bytes, when held.
    pub source: Option<String>,
    /// Address to save it, when held.
    pub save: Option<String>,
    /// Picture beside it.
    pub thumb: Option<String>,
    /// Length in words, for what plays.
    pub duration: Option<String>,
    /// Heights of a voice message's waveform, 0 to 31.
    pub waveform: Vec<u8>,
    /// Why it is not held.
    pub missing: Option<Missing>,
}

impl FileRow {
    /// The waveform as the path of a drawing.
    #[must_use]
    pub fn wave(&self) -> String {
        wave_path(&self.waveform)
    }
}

pub(super) fn document_view(document: &Document, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    let file = file_row(document, scene);
    let still = |words: &'static str| {
        let size = (document.file.width, document.file.height);
        let ttl = document.ttl.is_some();
        let thumb = document.thumb.as_deref();
        let words = texts.get(words).to_owned();
        picture(
            &document.file.key,
            thumb,
            size,
            document.spoiler,
            words,
            ttl,
            scene,
        )
    };
    match document.role {
        DocumentRole::Video => MediaView::Video {
            picture: still("media.video"),
            file,
            round: false,
        },
        DocumentRole::RoundVideo => MediaView::Video {
            picture: still("media.round"),
            file,
            round: true,
        },
        DocumentRole::Animation => MediaView::Animation {
            picture: still("media.gif"),
            file,
        },
        DocumentRole::Sticker => MediaView::Sticker {
            picture: still("media.sticker"),
            emoji: document.emoji.clone().unwrap_or_default(),
            mime: document.file.mime.clone(),
        },
        DocumentRole::Voice => MediaView::Voice(file),
        DocumentRole::Audio => MediaView::Audio(file),
        DocumentRole::File => MediaView::File(file),
    }
}

fn file_row(document: &Document, scene: &Scene<'_>) -> FileRow {
    let texts = scene.clock.texts;
    let key = &document.file.key;
    let held = scene.held(key);
    let name = document.file.name.clone();
    let fallback = match document.role {
        DocumentRole::Voice => texts.get("media.voice"),
        DocumentRole::Audio => texts.get("media.audio"),
        DocumentRole::Video => texts.get("media.video"),
        DocumentRole::RoundVideo => texts.get("media.round"),
        DocumentRole::Animation => texts.get("media.gif"),
        DocumentRole::Sticker => texts.get("media.sticker"),
        DocumentRole::File => texts.get("media.file"),
    };
    let title = match document.role {
        DocumentRole::Audio => document.title.clone().or_else(|| name.clone()),
        DocumentRole::Voice => None,
        _ => name.clone(),
    };
    let plays = document.role != DocumentRole::File && document.role != DocumentRole::Sticker;
    let duration =
        (plays && document.duration > 0.0).then(|| scene.clock.duration(document.duration));
    let mut detail: Vec<String> = document.performer.clone().into_iter().collect();
    detail.extend(duration.clone());
    if document.file.size > 0 {
        // Isolated, so that the unit stays behind the number in a right-to-left line.
        let size = texts.size(document.file.size);
        detail.push(format!("\u{2068}{size}\u{2069}"));
    }
    let save_as = name.unwrap_or_else(|| fallback.to_owned());
    FileRow {
        key: key.clone(),
        mime: document.file.mime.clone(),
        title: title.unwrap_or_else(|| fallback.to_owned()),
        detail: detail.join(" · "),
        source: held.then(|| scene.links.file(key)),
        save: held.then(|| scene.links.download(key, &save_as)),
        thumb: document
            .thumb
            .as_deref()
            .filter(|thumb| scene.held(thumb))
            .map(|thumb| scene.links.file(thumb)),
        duration,
        waveform: document
            .waveform
            .as_deref()
            .map(waveform)
            .unwrap_or_default(),
        missing: (!held).then(|| scene.missing(key, document.ttl.is_some())),
    }
}
