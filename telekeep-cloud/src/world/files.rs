//! The files of the world: what they are, where they live, how TL describes them, their bytes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use grammers_tl_types::{enums, types};

use super::assets::{self, Picture};
use super::blank;
use super::content::{Content, opus_size};
use super::random::{Dice, Stream, mix};

/// The home DC of all accounts, and the other one files may live in.
pub(crate) const DCS: [i32; 2] = [2, 4];

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

/// A file a client sent: its bytes (the only ones held in memory) and how it described them.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) mime: String,
    pub(crate) attributes: Vec<enums::DocumentAttribute>,
}

/// All files, by id.
#[derive(Debug)]
pub(crate) struct Files {
    seed: u64,
    all: HashMap<i64, File>,
    order: Vec<i64>,
    uploads: HashMap<i64, Arc<Upload>>,
    /// How often the references of a file were made to expire.
    epochs: BTreeMap<i64, u32>,
    general_epoch: u32,
}

/// Length of a file reference of this cloud.
pub(crate) const REFERENCE: usize = 21;
const REFERENCE_MARK: u8 = 0xe7;

impl Files {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            all: HashMap::new(),
            order: Vec::new(),
            uploads: HashMap::new(),
            epochs: BTreeMap::new(),
            general_epoch: 0,
        }
    }

    /// Adds a file of `size` bytes (made larger where its format needs more).
    pub(crate) fn add(&mut self, kind: Kind, size: u64, date: i32) -> i64 {
        let number = self.order.len() as u64;
        let id = (mix(&[self.seed, 0xf11e, number]) >> 3) as i64 | 1 << 60;
        let mut file = File {
            id,
            kind,
            dc: dc_of(id),
            date,
            size: 0,
            variant: mix(&[id as u64, 1]),
        };
        file.size = file.fit(size);
        self.insert(file);
        id
    }

    fn insert(&mut self, file: File) {
        self.order.push(file.id);
        self.all.insert(file.id, file);
    }

    /// Adds a file sent by a client.
    pub(crate) fn add_upload(&mut self, kind: Kind, upload: Upload, date: i32) -> i64 {
        let number = self.order.len() as u64;
        let id = (mix(&[self.seed, 0x0b10ad, number]) >> 3) as i64 | 1 << 60;
        self.insert(File {
            id,
            kind,
            dc: dc_of(id),
            date,
            size: upload.bytes.len() as u64,
            variant: 0,
        });
        self.uploads.insert(id, Arc::new(upload));
        id
    }

    pub(crate) fn get(&self, id: i64) -> Option<&File> {
        self.all.get(&id)
    }

    /// In the order they were made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &File> {
        self.order.iter().filter_map(|id| self.all.get(id))
    }

    pub(crate) fn access_hash(&self, id: i64) -> i64 {
        mix(&[self.seed, 0xacce55, id as u64]) as i64
    }

    fn epoch(&self, id: i64) -> u32 {
        self.general_epoch + self.epochs.get(&id).copied().unwrap_or(0)
    }

    /// Makes every reference given out so far for this file expire.
    pub(crate) fn expire(&mut self, id: i64) {
        *self.epochs.entry(id).or_default() += 1;
    }

    /// Makes every reference given out so far expire.
    pub(crate) fn expire_all(&mut self) {
        self.general_epoch += 1;
    }

    /// The reference of a file as given out in a context (a hash of where it was seen).
    pub(crate) fn reference(&self, id: i64, context: u64) -> Vec<u8> {
        self.reference_at(id, context, self.epoch(id))
    }

    fn reference_at(&self, id: i64, context: u64, epoch: u32) -> Vec<u8> {
        let context = mix(&[context]);
        let check = mix(&[self.seed, id as u64, context, u64::from(epoch)]);
        let mut out = Vec::with_capacity(REFERENCE);
        out.push(REFERENCE_MARK);
        out.extend_from_slice(&epoch.to_le_bytes());
        out.extend_from_slice(&context.to_le_bytes());
        out.extend_from_slice(&check.to_le_bytes());
        out
    }

    /// Says what is wrong with a reference, with the name of the error.
    pub(crate) fn check_reference(&self, id: i64, reference: &[u8]) -> Result<(), &'static str> {
        if reference.is_empty() {
            return Err("FILE_REFERENCE_EMPTY");
        }
        let (epoch, context, check) = split(reference).ok_or("FILE_REFERENCE_INVALID")?;
        if check != mix(&[self.seed, id as u64, context, u64::from(epoch)]) {
            return Err("FILE_REFERENCE_INVALID");
        }
        if epoch != self.epoch(id) {
            return Err("FILE_REFERENCE_EXPIRED");
        }
        Ok(())
    }

    /// Brings the references inside encoded objects up to date, in place.
    pub(crate) fn refresh(&self, tl: &mut [u8]) {
        if self.general_epoch == 0 && self.epochs.is_empty() {
            return;
        }
        // A reference is a TL string: its length, then itself; before it stand id and hash.
        let mut at = 16;
        while at + 1 + REFERENCE <= tl.len() {
            if tl[at] == REFERENCE as u8 && tl[at + 1] == REFERENCE_MARK {
                let mut id = [0; 8];
                id.copy_from_slice(&tl[at - 16..at - 8]);
                self.refresh_at(&mut tl[at + 1..at + 1 + REFERENCE], i64::from_le_bytes(id));
            }
            at += 4;
        }
    }

    fn refresh_at(&self, reference: &mut [u8], id: i64) {
        let Some((epoch, context, check)) = split(reference) else {
            return;
        };
        if check != mix(&[self.seed, id as u64, context, u64::from(epoch)]) {
            return;
        }
        let epoch = self.epoch(id);
        let check = mix(&[self.seed, id as u64, context, u64::from(epoch)]);
        reference[1..5].copy_from_slice(&epoch.to_le_bytes());
        reference[13..].copy_from_slice(&check.to_le_bytes());
    }

    /// The bytes of a file (`rendition` empty) or of one size of a photo or thumbnail.
    pub(crate) fn content(&self, id: i64, rendition: &str) -> Option<Content> {
        let file = self.all.get(&id)?;
        if let Some(upload) = self.uploads.get(&id) {
            let name = if file.kind == Kind::UploadedPhoto {
                "y"
            } else {
                ""
            };
            return (rendition == name).then(|| Content::shared(upload.bytes.clone()));
        }
        file.content(self.seed, rendition)
    }

    /// What `photo` objects say of a file seen in a context.
    pub(crate) fn photo(&self, id: i64, context: u64) -> enums::Photo {
        let Some(file) = self.all.get(&id) else {
            return types::PhotoEmpty { id }.into();
        };
        let video = file.has_video().then(|| {
            let size = self.content(id, "u").map_or(0, |c| c.len()) as i32;
            vec![
                types::VideoSize {
                    r#type: "u".into(),
                    w: 240,
                    h: 180,
                    size,
                    video_start_ts: Some(0.0),
                }
                .into(),
            ]
        });
        types::Photo {
            has_stickers: false,
            id,
            access_hash: self.access_hash(id),
            file_reference: self.reference(id, context),
            date: file.date,
            sizes: file.photo_sizes(),
            video_sizes: video,
            dc_id: file.dc,
        }
        .into()
    }

    /// What `document` objects say of a file seen in a context.
    pub(crate) fn document(&self, id: i64, context: u64, alt: &str) -> enums::Document {
        let Some(file) = self.all.get(&id) else {
            return types::DocumentEmpty { id }.into();
        };
        let (mime, attributes) = match self.uploads.get(&id) {
            Some(upload) => (upload.mime.clone(), upload.attributes.clone()),
            None => (file.mime().to_owned(), file.attributes(self.seed, alt)),
        };
        types::Document {
            id,
            access_hash: self.access_hash(id),
            file_reference: self.reference(id, context),
            date: file.date,
            mime_type: mime,
            size: file.size as i64,
            thumbs: file.thumbs(),
            dc_id: file.dc,
            attributes,
            ..blank::document()
        }
        .into()
    }
}

/// The DC of a file follows from its id: two of five live in the foreign one.
pub(crate) fn dc_of(id: i64) -> i32 {
    DCS[usize::from(mix(&[id as u64, 0xdc]) % 5 < 2)]
}

fn split(reference: &[u8]) -> Option<(u32, u64, u64)> {
    if reference.len() != REFERENCE || reference[0] != REFERENCE_MARK {
        return None;
    }
    let word = |at: usize| {
        Some(u64::from_le_bytes(
            reference.get(at..at + 8)?.try_into().ok()?,
        ))
    };
    let epoch = u32::from_le_bytes(reference.get(1..5)?.try_into().ok()?);
    Some((epoch, word(5)?, word(13)?))
}

/// The sticker sets of the world: id offset, title, short name, kind of their stickers.
pub(crate) const STICKER_SETS: [(&str, &str, Kind); 4] = [
    ("Harbour Cats", "harbour_cats", Kind::Sticker),
    (
        "Breathing Spheres",
        "breathing_spheres",
        Kind::StickerAnimated,
    ),
    ("Colour Weather", "colour_weather", Kind::StickerVideo),
    ("Tiny Moods", "tiny_moods", Kind::Emoji),
];

/// Emoji the stickers of a set stand for, in order; there is one sticker for each.
pub(crate) const STICKER_EMOJI: [&str; 6] = ["😺", "😻", "🙀", "😹", "😿", "😼"];

/// The id of a sticker set of this world.
pub(crate) fn sticker_set_id(seed: u64, index: usize) -> i64 {
    (mix(&[seed, 0x571c, index as u64]) >> 3) as i64
}

/// Its access hash.
pub(crate) fn sticker_set_hash(seed: u64, index: usize) -> i64 {
    mix(&[seed, 0x571d, index as u64]) as i64
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
    fn fit(&self, size: u64) -> u64 {
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

    fn content(&self, seed: u64, rendition: &str) -> Option<Content> {
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

    fn photo_sizes(&self) -> Vec<enums::PhotoSize> {
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

    fn thumbs(&self) -> Option<Vec<enums::PhotoSize>> {
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

    fn mime(&self) -> &'static str {
        match self.kind {
            Kind::Video | Kind::Round | Kind::Animation => "video/mp4",
            Kind::Voice => "audio/ogg",
            Kind::Music => "audio/mpeg",
            Kind::Pdf => "application/pdf",
            Kind::Text => "text/plain",
            Kind::Image | Kind::Photo | Kind::Face | Kind::UploadedPhoto => "image/jpeg",
            Kind::Sticker => "image/webp",
            Kind::StickerAnimated | Kind::Emoji => "application/x-tgsticker",
            Kind::StickerVideo => "video/webm",
            Kind::Archive | Kind::Uploaded => "application/octet-stream",
        }
    }

    fn name(&self) -> Option<String> {
        const WORDS: [&str; 8] = [
            "minutes",
            "Übersicht",
            "отчёт",
            "recipe book",
            "旅行计划",
            "budget 2024",
            "notes",
            "خطة",
        ];
        let word = WORDS[(self.variant >> 5) as usize % WORDS.len()];
        let number = (self.variant >> 9) % 900 + 100;
        let name = match self.kind {
            Kind::Pdf => format!("{word} {number}.pdf"),
            Kind::Text => format!("{word}_{number}.txt"),
            Kind::Image => format!("scan {number}.jpg"),
            Kind::Archive => format!("{word}-{number}.bin"),
            Kind::Music => format!("track {number}.mp3"),
            Kind::Video if self.variant.is_multiple_of(2) => format!("VID_{number}.mp4"),
            Kind::Animation => "animation.gif.mp4".into(),
            Kind::Sticker => "sticker.webp".into(),
            Kind::StickerAnimated | Kind::Emoji => "AnimatedSticker.tgs".into(),
            Kind::StickerVideo => "sticker.webm".into(),
            _ => return None,
        };
        Some(name)
    }

    fn attributes(&self, seed: u64, alt: &str) -> Vec<enums::DocumentAttribute> {
        let mut out = Vec::with_capacity(3);
        match self.kind {
            Kind::Video => out.push(video(320, 180, false, false)),
            Kind::Round => out.push(video(240, 240, true, false)),
            Kind::Animation => {
                out.push(video(240, 180, false, true));
                out.push(enums::DocumentAttribute::Animated);
            }
            Kind::Voice => out.push(self.voice()),
            Kind::Music => out.push(self.music()),
            Kind::Image => out.push(types::DocumentAttributeImageSize { w: 1280, h: 960 }.into()),
            Kind::StickerVideo => out.push(video(512, 512, false, true)),
            Kind::Sticker | Kind::StickerAnimated => {
                out.push(types::DocumentAttributeImageSize { w: 512, h: 512 }.into());
            }
            _ => {}
        }
        if let Some(set) = self.kind.sticker_set() {
            out.push(self.sticker(seed, set, alt));
        }
        if let Some(file_name) = self.name() {
            out.push(types::DocumentAttributeFilename { file_name }.into());
        }
        out
    }

    fn sticker(&self, seed: u64, set: usize, alt: &str) -> enums::DocumentAttribute {
        let stickerset = types::InputStickerSetId {
            id: sticker_set_id(seed, set),
            access_hash: sticker_set_hash(seed, set),
        }
        .into();
        let alt = if alt.is_empty() {
            STICKER_EMOJI[(self.variant % 6) as usize]
        } else {
            alt
        }
        .to_owned();
        if self.kind == Kind::Emoji {
            return types::DocumentAttributeCustomEmoji {
                free: true,
                text_color: false,
                alt,
                stickerset,
            }
            .into();
        }
        types::DocumentAttributeSticker {
            mask: false,
            alt,
            stickerset,
            mask_coords: None,
        }
        .into()
    }

    fn voice(&self) -> enums::DocumentAttribute {
        let mut dice = Dice::of(&[self.variant]);
        // 100 values of five bits: 63 bytes.
        let waveform = (0..63).map(|_| dice.next() as u8).collect();
        types::DocumentAttributeAudio {
            voice: true,
            duration: 3,
            title: None,
            performer: None,
            waveform: Some(waveform),
        }
        .into()
    }

    fn music(&self) -> enums::DocumentAttribute {
        const TITLES: [&str; 4] = [
            "Rain on Tin",
            "Abschied vom Sommer",
            "Колыбельная",
            "夜の港",
        ];
        const BANDS: [&str; 3] = ["The Borrowed Umbrellas", "Küchenlicht", "Самовар"];
        types::DocumentAttributeAudio {
            voice: false,
            duration: 4,
            title: Some(TITLES[(self.variant >> 3) as usize % 4].into()),
            performer: Some(BANDS[(self.variant >> 7) as usize % 3].into()),
            waveform: None,
        }
        .into()
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

fn video(w: i32, h: i32, round: bool, silent: bool) -> enums::DocumentAttribute {
    types::DocumentAttributeVideo {
        round_message: round,
        supports_streaming: !silent,
        nosound: silent,
        duration: 2.0,
        w,
        h,
        preload_prefix_size: None,
        video_start_ts: None,
        video_codec: None,
    }
    .into()
}
