//! What `document` objects say of a file: type, name, and what it is.

use grammers_tl_types::{enums, types};

use super::file::{File, Kind};
use super::random::Dice;
use super::stickers::{STICKER_EMOJI, sticker_set_hash, sticker_set_id};

impl File {
    pub(super) fn mime(&self) -> &'static str {
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

    pub(super) fn attributes(&self, seed: u64, alt: &str) -> Vec<enums::DocumentAttribute> {
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
        let waveform = waveform(&mut Dice::of(&[self.variant]));
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

/// 100 values of five bits in 63 bytes: words that rise and fall, and breath between them.
fn waveform(dice: &mut Dice) -> Vec<u8> {
    let mut out = vec![0u8; 63];
    let (mut left, mut length, mut peak) = (0, 1, 0);
    for number in 0..100usize {
        if left == 0 {
            length = dice.int(3, 14);
            left = length;
            peak = if dice.chance(220) {
                2
            } else {
                dice.int(12, 31)
            };
        }
        // A parabola over the word, a little rough.
        let rise = 4 * left * (length - left + 1) * peak / ((length + 1) * (length + 1));
        let value = (rise + dice.int(0, 3)).clamp(0, 31) as u16;
        let at = number * 5;
        let bits = value << (at % 8);
        out[at / 8] |= bits as u8;
        if let Some(next) = out.get_mut(at / 8 + 1) {
            *next |= (bits >> 8) as u8;
        }
        left -= 1;
    }
    out
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
