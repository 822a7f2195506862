//! Documents: by what they are meant as, and as a row with a name and a size.

use telekeep_model::{Document, DocumentRole, File};

use super::picture::{Parts, picture};
use super::{MediaView, Missing, Picture};
use crate::render::scene::Scene;
use crate::render::{outline, wave_path, waveform};

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
    /// It is a picture itself, to be shown large.
    pub shown: bool,
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

pub(in crate::render) fn document_view(document: &Document, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    let file = file_row(document, scene);
    let still = |words: &'static str| {
        let covers = document.cover.iter().chain(&document.thumb);
        let parts = Parts {
            key: &document.file.key,
            thumbs: covers.map(String::as_str).collect(),
            size: (document.file.width, document.file.height),
            preview: document.preview.as_deref(),
            spoiler: document.spoiler,
            self_destructing: document.ttl.is_some(),
            still: false,
        };
        picture(&parts, texts.get(words).to_owned(), scene)
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
            picture: Picture {
                outline: document.outline.as_deref().and_then(outline),
                ..still("media.sticker")
            },
            emoji: document.emoji.clone().unwrap_or_default(),
            mime: document.file.mime.clone(),
        },
        DocumentRole::Voice => MediaView::Voice(file),
        DocumentRole::Audio => MediaView::Audio(file),
        DocumentRole::File => MediaView::File(file),
    }
}

/// A file that is a picture browsers show, as a picture; nothing of any other.
#[must_use]
pub fn pictured(document: &Document, scene: &Scene<'_>) -> Option<MediaView> {
    let file = &document.file;
    (document.role == DocumentRole::File && is_still(&file.mime)).then(|| {
        let parts = Parts {
            key: &file.key,
            thumbs: document.thumb.as_deref().into_iter().collect(),
            size: (file.width, file.height),
            preview: document.preview.as_deref(),
            spoiler: document.spoiler,
            self_destructing: document.ttl.is_some(),
            still: true,
        };
        let words = scene.clock.texts.get("media.photo").to_owned();
        MediaView::Photo(picture(&parts, words, scene))
    })
}

fn file_row(document: &Document, scene: &Scene<'_>) -> FileRow {
    let texts = scene.clock.texts;
    let key = &document.file.key;
    let held = scene.held(key);
    let best = playable(document, scene);
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
    // Not the video as it was sent: say which it is.
    detail.extend(
        best.filter(|file| file.key != *key && file.width > 0)
            .map(|file| format!("\u{2068}{}×{}\u{2069}", file.width, file.height)),
    );
    let source = best.map(|file| file.key.as_str());
    let save_as = name.unwrap_or_else(|| fallback.to_owned());
    FileRow {
        key: key.clone(),
        mime: document.file.mime.clone(),
        title: title.unwrap_or_else(|| fallback.to_owned()),
        detail: detail.join(" · "),
        source: source.map(|key| scene.links.file(key)),
        save: Some(key.as_str())
            .filter(|_| held)
            .or(source)
            .map(|key| scene.links.download(key, &save_as)),
        thumb: row_thumb(document, scene),
        shown: held && document.role == DocumentRole::File && is_still(&document.file.mime),
        duration,
        waveform: document
            .waveform
            .as_deref()
            .map(waveform)
            .unwrap_or_default(),
        missing: source
            .is_none()
            .then(|| scene.missing(key, document.ttl.is_some())),
    }
}

/// What browsers play. Others are only played when there is nothing else.
const PLAYED: [&str; 4] = ["video/mp4", "video/webm", "video/quicktime", "video/x-m4v"];

/// The file to play or show: as it was sent, or else the best other quality that is held.
fn playable<'a>(document: &'a Document, scene: &Scene<'_>) -> Option<&'a File> {
    let own = Some(&document.file).filter(|file| scene.held(&file.key));
    let plays = |file: &File| PLAYED.contains(&file.mime.as_str());
    let area = |file: &&File| u64::from(file.width) * u64::from(file.height);
    own.filter(|file| document.role != DocumentRole::Video || plays(file))
        .or_else(|| {
            let others = document.qualities.iter();
            others
                .filter(|file| plays(file) && scene.held(&file.key))
                .max_by_key(area)
        })
        .or(own)
}

/// A picture for the row: one that came with it, or one made of it when it is a picture itself.
fn row_thumb(document: &Document, scene: &Scene<'_>) -> Option<String> {
    let (file, thumb) = (&document.file, document.thumb.as_deref());
    let small = thumb.filter(|thumb| scene.held(thumb));
    small.map(|thumb| scene.links.file(thumb)).or_else(|| {
        let made = is_still(&file.mime) && scene.held(&file.key);
        made.then(|| scene.links.thumb(&file.key)).flatten()
    })
}

/// A picture that browsers show.
fn is_still(mime: &str) -> bool {
    matches!(
        mime,
        "image/jpeg" | "image/png" | "image/webp" | "image/gif"
    )
}
