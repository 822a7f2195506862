//! One file: its kind, its renditions, its bytes.

use grammers_tl_types::{enums, types};

use super::assets::{self, Picture};
use super::content::{Content, opus_size};
use super::random::{Stream, mix};
use super::stickers::STICKER_SETS;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Photo,
    Face,
    Video,
    Round,
    Animation,
    Voice,
    Music,
    Pdf,
    Text,
    Image,
    Archive,
    Sticker,
    StickerAnimated,
    StickerVideo,
    Emoji,
    UploadedPhoto,
    Uploaded,
}

/// Padding every file has at least, so that files of one kind differ.
const LEAST_PAD: u64 = 64;

/// One file. For photos `size` is that of the largest rendition.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) id: i64,
    pub(crate) kind: Kind,
    pub(crate) dc: i32,
    pub(crate) date: i32,
    pub(crate) size: u64,
    /// Which asset, name or length; whatever else varies.
    pub(crate) variant: u64,
}

impl Kind {
    /// The sticker set files of this kind belong to.
    pub(crate) fn sticker_set(self) -> Option<usize> {
        STICKER_SETS.iter().position(|set| set.2 == self)
    }

    /// True for kinds that TL calls photos.
    pub(crate) fn is_photo(self) -> bool {
        matches!(self, Kind::Photo | Kind::Face | Kind::UploadedPhoto)
    }

    fn base(self, variant: u64) -> &'static [u8] {
        match self {
            Kind::Video => assets::VIDEO,
            Kind::Round => assets::ROUND,
            Kind::Animation => assets::ANIMATION,
            Kind::Voice => assets::VOICE,
            Kind::Music => assets::MUSIC,
            Kind::Pdf => assets::PAGE,
            Kind::Image => scene(variant).sizes[2].3,
            Kind::Sticker => assets::STICKERS[(variant % 2) as usize].0,
            Kind::StickerAnimated | Kind::Emoji => assets::STICKER_ANIMATED,
            Kind::StickerVideo => assets::STICKER_VIDEO,
            _ => &[],
        }
    }

    /// The smallest size a file of this kind can have.
    pub(crate) fn least(self) -> u64 {
        match self {
            Kind::Photo => 28_600,
            Kind::Face => 8_800,
            Kind::Voice => opus_size(assets::VOICE, LEAST_PAD),
            Kind::Text | Kind::Archive => 200,
            Kind::Image => 28_600,
            _ => self.base(0).len() as u64 + LEAST_PAD,
        }
    }
}

fn scene(variant: u64) -> &'static Picture {
    &assets::SCENES[(variant % 5) as usize]
}

impl File {
    fn picture(&self) -> &'static Picture {
        match self.kind {
            Kind::Face => &assets::FACES[(self.variant % 4) as usize],
            _ => scene(self.variant),
        }
    }

    /// True for profile photos that also have a short video.
    pub(crate) fn has_video(&self) -> bool {
        self.kind == Kind::Face && self.variant.is_multiple_of(4)
    }

    /// The nearest size to `size` that the format of this file can have.
    pub(super) fn fit(&self, size: u64) -> u64 {
        let least = match self.kind {
            Kind::Photo | Kind::Face => {
                self.picture().sizes.last().map_or(0, |s| s.3.len() as u64) + LEAST_PAD
            }
            Kind::Text | Kind::Archive => LEAST_PAD,
            Kind::Voice => return opus_size(assets::VOICE, self.comment()),
            Kind::Sticker => {
                return self.kind.base(self.variant).len() as u64
                    + LEAST_PAD
                    + (self.variant >> 8) % 64 * 2;
            }
            kind => kind.base(self.variant).len() as u64 + LEAST_PAD,
        };
        size.max(least)
    }

    /// Length of the comment inside a voice note.
    fn comment(&self) -> u64 {
        LEAST_PAD + (self.variant >> 4) % 4000
    }

    fn stream(&self, seed: u64, rendition: &str) -> Stream {
        let name = rendition.bytes().fold(0u64, |n, b| n << 8 | u64::from(b));
        Stream::of(&[seed, self.id as u64, name])
    }

    /// Padding of renditions other than the main one.
    fn small_pad(&self, size: &[u8]) -> u64 {
        16 + mix(&[self.variant, size.len() as u64]) % 200
    }

    pub(super) fn content(&self, seed: u64, rendition: &str) -> Option<Content> {
        let stream = self.stream(seed, rendition);
        if self.kind.is_photo() {
            return self.photo_content(stream, rendition);
        }
        match rendition {
            "" => Some(self.main_content(stream)),
            "m" => self.thumb_content(stream),
            _ => None,
        }
    }

    fn photo_content(&self, stream: Stream, rendition: &str) -> Option<Content> {
        if rendition == "u" && self.has_video() {
            let pad = self.small_pad(assets::ANIMATION);
            return Some(Content::mp4(assets::ANIMATION, stream, pad));
        }
        let sizes = self.picture().sizes;
        let index = sizes.iter().position(|s| s.0 == rendition)?;
        let base = sizes[index].3;
        let pad = if index + 1 == sizes.len() {
            self.size.saturating_sub(base.len() as u64)
        } else {
            self.small_pad(base)
        };
        Some(Content::jpeg(base, stream, pad))
    }

    fn main_content(&self, stream: Stream) -> Content {
        let base = self.kind.base(self.variant);
        let pad = self.size.saturating_sub(base.len() as u64);
        match self.kind {
            Kind::Video | Kind::Round | Kind::Animation => Content::mp4(base, stream, pad),
            Kind::Voice => Content::opus(base, stream, self.comment()),
            Kind::Music => Content::mp3(base, stream, pad),
            Kind::Pdf => Content::pdf(base, stream, pad),
            Kind::Text => Content::letters(stream, self.size),
            Kind::Image => Content::jpeg(base, stream, pad),
            Kind::Sticker => Content::webp(base, stream, pad),
            Kind::StickerAnimated | Kind::Emoji => Content::gzip(base, stream, pad.min(65_000)),
            Kind::StickerVideo => Content::webm(base, stream, pad),
            _ => Content::noise(stream, self.size),
        }
    }

    fn thumb_content(&self, stream: Stream) -> Option<Content> {
        match self.kind {
            Kind::Video | Kind::Animation | Kind::Pdf | Kind::Image | Kind::Round => {
                let base = self.picture().sizes[0].3;
                Some(Content::jpeg(base, stream, self.small_pad(base)))
            }
            Kind::Sticker | Kind::StickerAnimated | Kind::StickerVideo | Kind::Emoji => {
                let base = assets::STICKERS[(self.variant % 2) as usize].1;
                Some(Content::webp(base, stream, self.small_pad(base) & !1))
            }
            _ => None,
        }
    }

    pub(super) fn photo_sizes(&self) -> Vec<enums::PhotoSize> {
        if self.kind == Kind::UploadedPhoto {
            return vec![size("y", 1280, 960, self.size)];
        }
        let picture = self.picture();
        let stripped = types::PhotoStrippedSize {
            r#type: "i".into(),
            bytes: picture.stripped.to_vec(),
        };
        let mut sizes = vec![stripped.into()];
        let stream = Stream::of(&[0]);
        for (name, w, h, _) in picture.sizes {
            let len = self.photo_content(stream, name).map_or(0, |c| c.len());
            sizes.push(size(name, *w, *h, len));
        }
        sizes
    }

    pub(super) fn thumbs(&self) -> Option<Vec<enums::PhotoSize>> {
        let content = self.thumb_content(Stream::of(&[0]))?;
        let small = match self.kind.sticker_set() {
            // The outline of a sticker: a filled circle in the format of vector thumbnails.
            Some(_) => types::PhotoPathSize {
                r#type: "j".into(),
                bytes: vec![0x09, 0x0d, 0x4f, 0x86, 0x8f, 0x43, 0xcf, 0x86, 0x4f],
            }
            .into(),
            None => types::PhotoStrippedSize {
                r#type: "i".into(),
                bytes: self.picture().stripped.to_vec(),
            }
            .into(),
        };
        let (w, h) = if self.kind.sticker_set().is_some() {
            (128, 128)
        } else {
            (320, 240)
        };
        Some(vec![small, size("m", w, h, content.len())])
    }

    /// The names of all renditions that can be downloaded, as `thumb_size` has them; the empty
    /// name is the document itself.
    pub(crate) fn renditions(&self) -> Vec<&'static str> {
        if self.kind == Kind::UploadedPhoto {
            return vec!["y"];
        }
        if self.kind.is_photo() {
            let mut names: Vec<_> = self.picture().sizes.iter().map(|s| s.0).collect();
            if self.has_video() {
                names.push("u");
            }
            return names;
        }
        let mut names = vec![""];
        if self.kind != Kind::Uploaded && self.thumb_content(Stream::of(&[0])).is_some() {
            names.push("m");
        }
        names
    }

    /// The kind of file as `upload.file` names it.
    pub(crate) fn storage(&self, rendition: &str) -> enums::storage::FileType {
        use enums::storage::FileType;
        match (self.kind, rendition) {
            (Kind::Photo | Kind::UploadedPhoto, _) => FileType::FileJpeg,
            (Kind::Face, "u") => FileType::FileMp4,
            (Kind::Face, _) => FileType::FileJpeg,
            (kind, "m") if kind.sticker_set().is_some() => FileType::FileWebp,
            (_, "m") | (Kind::Image, _) => FileType::FileJpeg,
            (Kind::Video | Kind::Round | Kind::Animation, _) => FileType::FileMp4,
            (Kind::Music, _) => FileType::FileMp3,
            (Kind::Pdf, _) => FileType::FilePdf,
            (Kind::Sticker, _) => FileType::FileWebp,
            _ => FileType::FilePartial,
        }
    }
}

fn size(name: &str, w: i32, h: i32, len: u64) -> enums::PhotoSize {
    types::PhotoSize {
        r#type: name.into(),
        w,
        h,
        size: len as i32,
    }
    .into()
}
