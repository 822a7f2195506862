//! The bytes of files, made when they are asked for and never held: a real small file of the
//! format, made unique and brought to its size by padding the format allows (JPEG comments, an
//! MP4 `free` box, a WebM Void element, an Opus comment, an ID3 frame, a RIFF chunk, a gzip extra
//! field). Any range costs only its own length.

use std::sync::Arc;

use super::random::Stream;

/// Payload of one JPEG comment segment; its length field has 16 bits.
const COMMENT: u64 = 65_000;

enum Piece {
    Fixed(&'static [u8]),
    Own(Vec<u8>),
    Shared(Arc<[u8]>),
    Noise(Stream, u64),
    Letters(Stream, u64),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Piece::Fixed(bytes) => bytes.len() as u64,
            Piece::Own(bytes) => bytes.len() as u64,
            Piece::Shared(bytes) => bytes.len() as u64,
            Piece::Noise(_, len) | Piece::Letters(_, len) => *len,
        }
    }

    fn read(&self, offset: u64, len: u64, out: &mut Vec<u8>) {
        let (start, end) = (offset as usize, (offset + len) as usize);
        match self {
            Piece::Fixed(bytes) => out.extend_from_slice(&bytes[start..end]),
            Piece::Own(bytes) => out.extend_from_slice(&bytes[start..end]),
            Piece::Shared(bytes) => out.extend_from_slice(&bytes[start..end]),
            Piece::Noise(stream, _) => stream.read(offset, len as usize, out),
            Piece::Letters(stream, _) => {
                let from = out.len();
                stream.read(offset, len as usize, out);
                for byte in &mut out[from..] {
                    *byte = b"etaoinshrdlucmfwypvbgk qjxz     \n"[usize::from(*byte) % 33];
                }
            }
        }
    }
}

/// The bytes of one file or thumbnail.
pub(crate) struct Content(Vec<Piece>);

impl Content {
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(Piece::len).sum()
    }

    /// The bytes from `offset`, at most `len`, fewer at the end.
    pub(crate) fn range(&self, offset: u64, len: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(len.min(self.len().saturating_sub(offset)) as usize + 16);
        let end = offset.saturating_add(len);
        let mut at = 0;
        for piece in &self.0 {
            let size = piece.len();
            let from = offset.max(at);
            let to = end.min(at + size);
            if from < to {
                piece.read(from - at, to - from, &mut out);
            }
            at += size;
        }
        out
    }

    pub(crate) fn shared(bytes: Arc<[u8]>) -> Self {
        Self(vec![Piece::Shared(bytes)])
    }

    pub(crate) fn noise(stream: Stream, size: u64) -> Self {
        Self(vec![Piece::Noise(stream, size)])
    }

    pub(crate) fn letters(stream: Stream, size: u64) -> Self {
        Self(vec![Piece::Letters(stream, size)])
    }

    /// A PDF with a comment of letters behind its end mark, which readers skip.
    pub(crate) fn pdf(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        // A newline inside would end the comment: base letters never contain `%` or `<`, so even
        // then nothing is read as an object.
        Self(vec![
            Piece::Fixed(base),
            Piece::Own(b"%".to_vec()),
            Piece::Letters(stream, pad.saturating_sub(1)),
        ])
    }

    /// A JPEG with `pad` bytes of comment segments behind its start mark. `pad` is 0 or >= 4.
    pub(crate) fn jpeg(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let (start, rest) = base.split_at(2);
        let mut pieces = vec![Piece::Fixed(start)];
        let (mut left, mut number) = (pad, 0u64);
        while left >= 4 {
            let mut payload = (left - 4).min(COMMENT);
            let after = left - 4 - payload;
            if (1..4).contains(&after) {
                payload -= 4;
            }
            let length = (payload + 2) as u16;
            let mut head = vec![0xff, 0xfe];
            head.extend_from_slice(&length.to_be_bytes());
            pieces.push(Piece::Own(head));
            let own = Stream::of(&[number, pad]);
            pieces.push(Piece::Noise(stream.with(own), payload));
            left -= 4 + payload;
            number += 1;
        }
        pieces.push(Piece::Fixed(rest));
        Self(pieces)
    }

    /// An MP4 followed by a `free` box of `pad` bytes (>= 8).
    pub(crate) fn mp4(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let mut head = Vec::with_capacity(16);
        let size = if let Ok(short) = u32::try_from(pad) {
            head.extend_from_slice(&short.to_be_bytes());
            head.extend_from_slice(b"free");
            pad.saturating_sub(8)
        } else {
            head.extend_from_slice(&1u32.to_be_bytes());
            head.extend_from_slice(b"free");
            head.extend_from_slice(&pad.to_be_bytes());
            pad - 16
        };
        Self(vec![
            Piece::Fixed(base),
            Piece::Own(head),
            Piece::Noise(stream, size),
        ])
    }

    /// A WebM followed by a Void element of `pad` bytes (>= 9).
    pub(crate) fn webm(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let size = pad.saturating_sub(9);
        let mut head = vec![0xec];
        head.extend_from_slice(&(size | 1 << 56).to_be_bytes());
        Self(vec![
            Piece::Fixed(base),
            Piece::Own(head),
            Piece::Noise(stream, size),
        ])
    }

    /// A WebP with a chunk of its own at the end, `pad` bytes (>= 8, made even).
    pub(crate) fn webp(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let size = pad.saturating_sub(8) & !1;
        let riff = (base.len() as u64 + size) as u32; // + 8 of the chunk - 8 of the RIFF head
        let mut head = b"RIFF".to_vec();
        head.extend_from_slice(&riff.to_le_bytes());
        let mut chunk = b"NOTE".to_vec();
        chunk.extend_from_slice(&(size as u32).to_le_bytes());
        Self(vec![
            Piece::Own(head),
            Piece::Fixed(base.get(8..).unwrap_or_default()),
            Piece::Own(chunk),
            Piece::Noise(stream, size),
        ])
    }

    /// A gzip file (an animated sticker) with an extra field of `pad` bytes (6..=65,000).
    pub(crate) fn gzip(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let payload = pad.saturating_sub(6) as u16;
        let mut head = base.get(..10).unwrap_or_default().to_vec();
        if let Some(flags) = head.get_mut(3) {
            *flags |= 4;
        }
        head.extend_from_slice(&(payload + 4).to_le_bytes());
        head.extend_from_slice(b"TK");
        head.extend_from_slice(&payload.to_le_bytes());
        Self(vec![
            Piece::Own(head),
            Piece::Noise(stream, u64::from(payload)),
            Piece::Fixed(base.get(10..).unwrap_or_default()),
        ])
    }

    /// An MP3 behind an ID3v2.3 tag of `pad` bytes (>= 24) with one private frame.
    pub(crate) fn mp3(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let body = pad.saturating_sub(10);
        let payload = body.saturating_sub(13);
        let mut head = b"ID3\x03\x00\x00".to_vec();
        head.extend((0..4).rev().map(|i| (body >> (7 * i)) as u8 & 0x7f));
        head.extend_from_slice(b"PRIV");
        head.extend_from_slice(&((payload + 3) as u32).to_be_bytes());
        head.extend_from_slice(b"\0\0tk\0");
        Self(vec![
            Piece::Own(head),
            Piece::Noise(stream, payload),
            Piece::Fixed(base),
        ])
    }

    /// An Ogg Opus file whose comment page carries `pad` bytes of comment (<= 60,000).
    pub(crate) fn opus(base: &'static [u8], stream: Stream, pad: u64) -> Self {
        let Some((first, second, rest)) = ogg_pages(base) else {
            return Self(vec![Piece::Fixed(base)]);
        };
        let mut noise = Vec::new();
        stream.read(0, pad as usize, &mut noise);
        let letters: Vec<u8> = noise.iter().map(|b| b'a' + b % 26).collect();
        let mut tags = b"OpusTags".to_vec();
        tags.extend_from_slice(&8u32.to_le_bytes());
        tags.extend_from_slice(b"telekeep");
        tags.extend_from_slice(&1u32.to_le_bytes());
        tags.extend_from_slice(&(letters.len() as u32 + 8).to_le_bytes());
        tags.extend_from_slice(b"COMMENT=");
        tags.extend_from_slice(&letters);
        let mut page = second.get(..26).unwrap_or_default().to_vec();
        page[22..26].fill(0);
        let full = tags.len() / 255;
        page.push(full as u8 + 1);
        page.extend(std::iter::repeat_n(255u8, full));
        page.push((tags.len() % 255) as u8);
        page.extend_from_slice(&tags);
        let sum = ogg_checksum(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        Self(vec![
            Piece::Fixed(first),
            Piece::Own(page),
            Piece::Fixed(rest),
        ])
    }
}

/// The bytes `opus` adds beside its padding, compared with the base file.
pub(crate) fn opus_size(base: &'static [u8], pad: u64) -> u64 {
    Content::opus(base, Stream::of(&[0]), pad).len()
}

type Pages = (&'static [u8], &'static [u8], &'static [u8]);

fn ogg_pages(base: &'static [u8]) -> Option<Pages> {
    let mark = |from: usize| {
        let tail = base.get(from..)?;
        tail.windows(4).position(|w| w == b"OggS").map(|i| from + i)
    };
    let second = mark(4)?;
    let third = mark(second + 4)?;
    Some((&base[..second], &base[second..third], &base[third..]))
}

/// The CRC of Ogg (RFC 3533): polynomial 0x04c11db7, not reflected, start 0.
fn ogg_checksum(page: &[u8]) -> u32 {
    page.iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum & 1 << 31 != 0 { 0x04c1_1db7 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::assets;
    use super::*;

    fn stream() -> Stream {
        Stream::of(&[42])
    }

    #[test]
    fn every_range_of_every_format_equals_the_whole() {
        let all = [
            Content::jpeg(assets::SCENES[0].sizes[0].3, stream(), 200_003),
            Content::mp4(assets::VIDEO, stream(), 5_000),
            Content::webm(assets::STICKER_VIDEO, stream(), 99),
            Content::webp(assets::STICKERS[0].0, stream(), 50),
            Content::gzip(assets::STICKER_ANIMATED, stream(), 60),
            Content::mp3(assets::MUSIC, stream(), 400),
            Content::opus(assets::VOICE, stream(), 700),
            Content::pdf(assets::PAGE, stream(), 700),
            Content::noise(stream(), 10_000),
            Content::letters(stream(), 10_000),
        ];
        for content in all {
            let whole = content.range(0, u64::MAX);
            assert_eq!(whole.len() as u64, content.len());
            let mut pieces = Vec::new();
            while (pieces.len() as u64) < content.len() {
                pieces.extend(content.range(pieces.len() as u64, 777));
            }
            assert!(pieces == whole);
            assert!(content.range(content.len(), 10).is_empty());
        }
    }

    #[test]
    fn a_padded_jpeg_has_exactly_the_size_asked_for() {
        let base = assets::SCENES[1].sizes[0].3;
        for pad in [
            4, 5, 65_003, 65_004, 65_005, 65_006, 65_007, 65_008, 130_010,
        ] {
            let content = Content::jpeg(base, stream(), pad);
            assert_eq!(content.len(), base.len() as u64 + pad, "{pad}");
        }
    }

    #[test]
    fn the_checksum_is_that_of_the_encoder() {
        let (first, second, _) = ogg_pages(assets::VOICE).unwrap();
        for page in [first, second] {
            let mut blank = page.to_vec();
            blank[22..26].fill(0);
            assert_eq!(ogg_checksum(&blank).to_le_bytes(), page[22..26]);
        }
    }
}
