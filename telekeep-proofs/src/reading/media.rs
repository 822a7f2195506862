//! What is attached to the messages of a large world, as Telegram says it, and the few files that stand for all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::words::{Words, name};
use crate::random::Random;

/// A file that is held: its key in `media` records, and which of [`ASSETS`] its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub key: String,
    pub asset: usize,
}

/// Bytes that stand for all files of their kind.
pub struct Asset {
    pub mime: &'static str,
    pub bytes: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $mime:literal) => {
        Asset {
            mime: $mime,
            bytes: include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../telekeep-cloud/assets/",
                $name
            )),
        }
    };
}

/// The small files the local cloud is made of.
pub static ASSETS: [Asset; 11] = [
    asset!("photo0_m.jpg", "image/jpeg"),
    asset!("photo0_y.jpg", "image/jpeg"),
    asset!("photo1_m.jpg", "image/jpeg"),
    asset!("photo1_y.jpg", "image/jpeg"),
    asset!("face0_a.jpg", "image/jpeg"),
    asset!("video.mp4", "video/mp4"),
    asset!("round.mp4", "video/mp4"),
    asset!("animation.mp4", "video/mp4"),
    asset!("voice.ogg", "audio/ogg"),
    asset!("music.mp3", "audio/mpeg"),
    asset!("cat0.webp", "image/webp"),
];
/// The first two are a photo, small and large; so are the next two.
const PHOTOS: u64 = 2;
pub const FACE: usize = 4;
const VIDEO: usize = 5;
const ROUND: usize = 6;
const ANIMATION: usize = 7;
const VOICE: usize = 8;
const MUSIC: usize = 9;
const STICKER: usize = 10;

static STRIPPED: &[u8] = include_bytes!("../../../telekeep-cloud/assets/photo0.stripped");
static STRIPPED_FACE: &[u8] = include_bytes!("../../../telekeep-cloud/assets/face0.stripped");

/// Makes media.
pub struct Maker {
    stripped: String,
    pub face: String,
    waveform: String,
}

/// What a message has besides its text.
pub struct Made {
    pub media: Value,
    /// Its files with the bytes that stand for them.
    pub files: Vec<Held>,
    /// Where a message of this kind has words of its own.
    pub captioned: bool,
}

impl Maker {
    pub fn new() -> Self {
        let waveform: Vec<u8> = (0..63_u8).map(|n| n.wrapping_mul(37)).collect();
        Self {
            stripped: STANDARD.encode(STRIPPED),
            face: STANDARD.encode(STRIPPED_FACE),
            waveform: STANDARD.encode(waveform),
        }
    }

    /// Media of a message, of the kinds people send, as often as they do; `None` for most messages.
    pub fn some(&self, random: &mut Random, words: &Words, date: i64) -> Option<Made> {
        let id = document_id(random);
        Some(match random.below(1000) {
            0..110 => self.photo(random, id, date),
            110..160 => self.sticker(id, date),
            160..200 => self.voice(random, id, date),
            200..225 => self.video(random, id, date),
            225..230 => self.round(id, date),
            230..250 => self.animation(id, date),
            250..270 => self.file(random, words, id, date),
            270..280 => self.music(random, words, id, date),
            280..340 => self.page(random, words, id, date),
            340..344 => poll(random, words, id),
            344..347 => location(random),
            347..349 => contact(random),
            349..352 => bare(
                json!({"_": "messageMediaDice", "value": random.between(1, 6), "emoticon": "🎲"}),
            ),
            _ => return None,
        })
    }

    /// A photo and its files.
    fn photo_of(&self, random: &mut Random, id: i64, date: i64) -> (Value, Vec<Held>) {
        let which = usize::try_from(random.below(PHOTOS) * 2).unwrap_or(0);
        let size = |kind: &str, w: u32, h: u32, asset: usize| {
            let bytes = ASSETS.get(asset).map_or(0, |asset| asset.bytes.len());
            json!({"_": "photoSize", "type": kind, "w": w, "h": h, "size": bytes})
        };
        let photo = json!({
            "_": "photo", "id": id, "access_hash": id ^ 0x5555, "file_reference": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
            "date": date, "dc_id": 2,
            "sizes": [
                {"_": "photoStrippedSize", "type": "i", "bytes": self.stripped},
                size("m", 320, 240, which), size("y", 1280, 960, which + 1),
            ],
        });
        let file = |kind: &str, asset| Held {
            key: format!("photo/{id}/{kind}"),
            asset,
        };
        (photo, vec![file("m", which), file("y", which + 1)])
    }

    fn photo(&self, random: &mut Random, id: i64, date: i64) -> Made {
        let (photo, files) = self.photo_of(random, id, date);
        Made {
            media: json!({"_": "messageMediaPhoto", "photo": photo}),
            files,
            captioned: true,
        }
    }

    fn document(&self, id: i64, date: i64, asset: usize, attributes: Value) -> (Value, Vec<Held>) {
        let (mime, size) = ASSETS
            .get(asset)
            .map_or(("", 0), |asset| (asset.mime, asset.bytes.len()));
        let document = document(id, date, mime, size as u64, attributes);
        let key = format!("document/{id}");
        (document, vec![Held { key, asset }])
    }

    fn sticker(&self, id: i64, date: i64) -> Made {
        let (document, files) = self.document(
            id,
            date,
            STICKER,
            json!([
                {"_": "documentAttributeImageSize", "w": 512, "h": 512},
                {"_": "documentAttributeSticker", "alt": "😺", "stickerset": {"_": "inputStickerSetEmpty"}},
                {"_": "documentAttributeFilename", "file_name": "sticker.webp"},
            ]),
        );
        attached(document, files, &[], false)
    }

    fn voice(&self, random: &mut Random, id: i64, date: i64) -> Made {
        let (document, files) = self.document(
            id,
            date,
            VOICE,
            json!([{"_": "documentAttributeAudio", "voice": true, "duration": random.between(1, 90),
                "waveform": self.waveform}]),
        );
        attached(document, files, &["voice"], false)
    }

    fn video(&self, random: &mut Random, id: i64, date: i64) -> Made {
        let (mut document, files) = self.document(
            id,
            date,
            VIDEO,
            json!([
                {"_": "documentAttributeVideo", "supports_streaming": true,
                    "duration": random.between(2, 600) as f64 + 0.5, "w": 1280, "h": 720},
                {"_": "documentAttributeFilename", "file_name": format!("VID_{id}.mp4")},
            ]),
        );
        document["thumbs"] = json!([
            {"_": "photoStrippedSize", "type": "i", "bytes": self.stripped},
            {"_": "photoSize", "type": "m", "w": 320, "h": 180, "size": 9_000},
        ]);
        attached(document, files, &["video"], true)
    }

    fn round(&self, id: i64, date: i64) -> Made {
        let (document, files) = self.document(
            id,
            date,
            ROUND,
            json!([{"_": "documentAttributeVideo", "round_message": true, "duration": 12.0, "w": 384, "h": 384}]),
        );
        attached(document, files, &["video", "round"], false)
    }

    fn animation(&self, id: i64, date: i64) -> Made {
        let (document, files) = self.document(
            id,
            date,
            ANIMATION,
            json!([
                {"_": "documentAttributeVideo", "nosound": true, "duration": 3.0, "w": 320, "h": 240},
                {"_": "documentAttributeAnimated"},
            ]),
        );
        attached(document, files, &[], false)
    }

    /// Something large that is not held.
    fn file(&self, random: &mut Random, words: &Words, id: i64, date: i64) -> Made {
        let kinds = [
            ("pdf", "application/pdf"),
            ("zip", "application/zip"),
            ("docx", "application/octet-stream"),
        ];
        let (end, mime) = random.pick(&kinds).copied().unwrap_or_default();
        let name = format!(
            "{} {}.{end}",
            words.latin(random.zipf(5_000)),
            words.latin(random.zipf(5_000))
        );
        let size = random.between(10_000, 50_000_000);
        let attributes = json!([{"_": "documentAttributeFilename", "file_name": name}]);
        attached(
            document(id, date, mime, size, attributes),
            Vec::new(),
            &[],
            true,
        )
    }

    fn music(&self, random: &mut Random, words: &Words, id: i64, date: i64) -> Made {
        let (title, performer) = (words.latin(random.zipf(2_000)), name(random.zipf(400)).1);
        let (document, files) = self.document(
            id,
            date,
            MUSIC,
            json!([
                {"_": "documentAttributeAudio", "duration": random.between(60, 400), "title": title,
                    "performer": performer},
                {"_": "documentAttributeFilename", "file_name": format!("{title}.mp3")},
            ]),
        );
        attached(document, files, &[], false)
    }

    /// A link with its preview; half of them have a picture.
    fn page(&self, random: &mut Random, words: &Words, id: i64, date: i64) -> Made {
        let site = words.latin(random.zipf(300));
        let url = format!(
            "https://{site}.example/{}",
            words.latin(random.zipf(20_000))
        );
        let mut page = json!({
            "_": "webPage", "id": id, "url": url, "display_url": url.trim_start_matches("https://"), "hash": 0,
            "type": "article", "site_name": site, "title": words.text(random), "description": words.text(random),
        });
        let mut files = Vec::new();
        if random.once_in(2) {
            let (photo, held) = self.photo_of(random, id, date);
            page["photo"] = photo;
            files = held;
        }
        Made {
            media: json!({"_": "messageMediaWebPage", "webpage": page}),
            files,
            captioned: true,
        }
    }
}

/// Ids of files are large and never the same twice.
fn document_id(random: &mut Random) -> i64 {
    5_000_000_000_000_000_000 + i64::try_from(random.below(1 << 61)).unwrap_or(0)
}

fn document(id: i64, date: i64, mime: &str, size: u64, attributes: Value) -> Value {
    json!({
        "_": "document", "id": id, "access_hash": id ^ 0x5555,
        "file_reference": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "date": date, "mime_type": mime, "size": size,
        "dc_id": 2, "attributes": attributes,
    })
}

fn attached(document: Value, files: Vec<Held>, flags: &[&str], captioned: bool) -> Made {
    let mut media = json!({"_": "messageMediaDocument", "document": document});
    for flag in flags {
        media[*flag] = json!(true);
    }
    Made {
        media,
        files,
        captioned,
    }
}

fn bare(media: Value) -> Made {
    Made {
        media,
        files: Vec::new(),
        captioned: false,
    }
}

fn poll(random: &mut Random, words: &Words, id: i64) -> Made {
    let said = |text: String| json!({"_": "textWithEntities", "text": text, "entities": []});
    let options = ["MA==", "MQ==", "Mg=="];
    let answers: Vec<Value> = options
        .iter()
        .map(|option| {
            let text = words.latin(random.zipf(2_000)).to_owned();
            json!({"_": "pollAnswer", "text": said(text), "option": option})
        })
        .collect();
    let mut total = 0;
    let results: Vec<Value> = options
        .iter()
        .map(|option| {
            let voters = random.below(200);
            total += voters;
            json!({"_": "pollAnswerVoters", "option": option, "voters": voters, "recent_voters": []})
        })
        .collect();
    bare(json!({
        "_": "messageMediaPoll",
        "poll": {"_": "poll", "id": id, "question": said(words.text(random)), "answers": answers, "hash": 0},
        "results": {"_": "pollResults", "results": results, "total_voters": total},
    }))
}

fn location(random: &mut Random) -> Made {
    let degrees = |part: u64| part as f64 / 1000.0;
    bare(
        json!({"_": "messageMediaGeo", "geo": {"_": "geoPoint", "long": degrees(random.below(90_000)),
        "lat": degrees(random.below(60_000)), "access_hash": 0}}),
    )
}

fn contact(random: &mut Random) -> Made {
    let (first, last) = name(random.below(400));
    bare(
        json!({"_": "messageMediaContact", "phone_number": format!("1555{:07}", random.below(10_000_000)),
        "first_name": first, "last_name": last, "vcard": "", "user_id": 0}),
    )
}
