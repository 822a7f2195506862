//! What a browser may be told a file is: decided by its first bytes, never by what the sender says.
//! The announced type can only make it less: a picture that was announced as a program is no picture.

/// First bytes that [`kind`] looks at.
pub const HEAD: usize = 64 * 1024;

/// Pictures with more pixels are only offered to save: shown, they would fill the memory of the
/// browser (a few kilobytes of PNG can unpack to gigabytes).
const MAX_PIXELS: u64 = 100_000_000;

/// The type a file is shown as, or `None`: it can only be saved. Never HTML, SVG, PDF or anything
/// else that can do something.
pub fn kind(head: &[u8], announced: &str) -> Option<&'static str> {
    let announced = announced.trim().to_ascii_lowercase();
    let class = announced.split('/').next().unwrap_or_default();
    let found = sniff(head, class)?;
    let same = found.split('/').next() == Some(class);
    let unsaid = announced.is_empty() || announced == "application/octet-stream";
    // An Ogg file of the old kind; everything else must be of the class it was announced as.
    if !(same || unsaid || announced == "application/ogg") {
        return None;
    }
    let small = |(width, height): (u32, u32)| u64::from(width) * u64::from(height) <= MAX_PIXELS;
    let fits = !found.starts_with("image/") || pixels(head, found).is_none_or(small);
    fits.then_some(found)
}

fn sniff(head: &[u8], class: &str) -> Option<&'static str> {
    let at =
        |from: usize, magic: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(magic));
    let sound = class == "audio";
    Some(match head {
        _ if at(0, b"\xff\xd8\xff") => "image/jpeg",
        _ if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => "image/gif",
        _ if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        _ if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        _ if at(4, b"ftyp") && is_picture_brand(head) => return None,
        _ if at(4, b"ftyp") && sound => "audio/mp4",
        _ if at(4, b"ftyp") => "video/mp4",
        _ if at(0, b"\x1a\x45\xdf\xa3") && is_webm(head) && sound => "audio/webm",
        _ if at(0, b"\x1a\x45\xdf\xa3") && is_webm(head) => "video/webm",
        _ if at(0, b"OggS") => "audio/ogg",
        _ if at(0, b"fLaC") => "audio/flac",
        _ if at(0, b"ID3") => "audio/mpeg",
        // Frames of MPEG audio without a tag begin with a mark too short to trust alone.
        [0xff, 0xf1 | 0xf9, ..] if sound => "audio/aac",
        [0xff, second, ..] if sound && second & 0xe0 == 0xe0 => "audio/mpeg",
        _ => return None,
    })
}

/// HEIC and AVIF share their container with MP4.
fn is_picture_brand(head: &[u8]) -> bool {
    let brand = head.get(8..12).unwrap_or_default();
    matches!(
        brand,
        b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"avif" | b"avis"
    )
}

/// Matroska says in its header whether it keeps to the part of itself that browsers play.
fn is_webm(head: &[u8]) -> bool {
    let header = head.get(..head.len().min(80)).unwrap_or_default();
    header.windows(4).any(|name| name == b"webm")
}

/// Width and height as the header of a picture says; `None` when they are not in these bytes.
fn pixels(head: &[u8], kind: &str) -> Option<(u32, u32)> {
    match kind {
        "image/png" => Some((be32(head, 16)?, be32(head, 20)?)),
        "image/gif" => Some((le16(head, 6)?, le16(head, 8)?)),
        "image/webp" => webp(head),
        "image/jpeg" => jpeg(head).map(|frame| frame.size),
        _ => None,
    }
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8X" => Some((le24(head, 24)? + 1, le24(head, 27)? + 1)),
        b"VP8 " => Some((le16(head, 26)? & 0x3fff, le16(head, 28)? & 0x3fff)),
        b"VP8L" => {
            let bits = le16(head, 21)? | le16(head, 23)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// Does a JPEG come in several passes? `None` when its frame header is not in these bytes.
pub fn is_progressive(head: &[u8]) -> Option<bool> {
    jpeg(head).map(|frame| !matches!(frame.marker, 0xc0 | 0xc1))
}

/// What the frame header of a JPEG says.
struct Frame {
    marker: u8,
    /// Width and height.
    size: (u32, u32),
}

/// Goes from segment to segment until the frame header.
fn jpeg(head: &[u8]) -> Option<Frame> {
    let mut at = 2;
    loop {
        let [0xff, marker] = *head.get(at..at + 2)? else {
            return None;
        };
        match marker {
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            // Tables that share the range of frame headers.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let size = (be16(head, at + 7)?, be16(head, at + 5)?);
                return Some(Frame { marker, size });
            }
            _ => at += 2 + usize::try_from(be16(head, at + 2)?).ok()?.max(2),
        }
    }
}

fn bytes<const N: usize>(head: &[u8], at: usize) -> Option<[u8; N]> {
    head.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be32(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(u32::from_be_bytes)
}

fn be16(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(|two| u16::from_be_bytes(two).into())
}

fn le16(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(|two| u16::from_le_bytes(two).into())
}

fn le24(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(|[low, middle, high]| u32::from_le_bytes([low, middle, high, 0]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        head
    }

    #[test]
    fn by_first_bytes_and_class() {
        let png = png(10, 10);
        let cases: [(&[u8], &str, Option<&str>); 24] = [
            (b"\xff\xd8\xff\xe0", "image/jpeg", Some("image/jpeg")),
            (b"\xff\xd8\xff\xe0", "", Some("image/jpeg")),
            (b"\xff\xd8\xff\xe0", "image/svg+xml", Some("image/jpeg")),
            (b"\xff\xd8\xff\xe0", "text/html", None),
            (b"\xff\xd8\xff\xe0", "video/mp4", None),
            (&png, "image/png", Some("image/png")),
            (b"RIFF0000WEBPVP8 ", "image/webp", Some("image/webp")),
            (b"RIFF0000WAVE", "audio/x-wav", Some("audio/wav")),
            (b"RIFF0000EVIL", "image/webp", None),
            (b"\0\0\0\x18ftypisom", "video/mp4", Some("video/mp4")),
            (b"\0\0\0\x18ftypM4A ", "audio/mp4", Some("audio/mp4")),
            (b"\0\0\0\x18ftypheic", "image/heic", None),
            (
                b"\x1a\x45\xdf\xa3....\x42\x82\x84webm",
                "video/webm",
                Some("video/webm"),
            ),
            (b"\x1a\x45\xdf\xa3..matroska", "video/x-matroska", None),
            (b"OggS", "audio/ogg", Some("audio/ogg")),
            (b"OggS", "application/ogg", Some("audio/ogg")),
            (b"fLaC", "audio/flac", Some("audio/flac")),
            (b"ID3\x04", "audio/mpeg", Some("audio/mpeg")),
            (b"\xff\xfb\x90", "audio/mpeg", Some("audio/mpeg")),
            (b"\xff\xfb\x90", "", None),
            (b"<svg onload=alert(1)>", "image/svg+xml", None),
            (b"<html>", "image/png", None),
            (b"%PDF-1.7", "application/pdf", None),
            (b"", "image/png", None),
        ];
        for (head, announced, expected) in cases {
            assert_eq!(kind(head, announced), expected, "{head:?} {announced}");
        }
    }

    #[test]
    fn bombs_are_not_shown() {
        assert_eq!(kind(&png(10_000, 10_000), ""), Some("image/png"));
        assert_eq!(kind(&png(10_001, 10_000), ""), None);
        assert_eq!(kind(&png(u32::MAX, u32::MAX), ""), None);
        assert_eq!(kind(b"GIF89a\xff\xff\xff\xff", ""), None);
        let webp = b"RIFF0000WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff";
        assert_eq!(kind(webp, ""), None);
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x03a\xff\xc2\0\x11\x08\xff\xff\xff\xff";
        assert_eq!(pixels(jpeg, "image/jpeg"), Some((65_535, 65_535)));
        assert_eq!(kind(jpeg, ""), None);
        assert_eq!(is_progressive(jpeg), Some(true));
    }

    proptest! {
        #[test]
        fn any_bytes(start in 0..6_usize, rest: Vec<u8>, announced in "[a-z/]{0,20}") {
            let magic: [&[u8]; 6] = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a",
                b"RIFF0000WEBPVP8L", b"\0\0\0\0ftyp"];
            let mut head = magic[start].to_vec();
            head.extend(rest);
            let kind = kind(&head, &announced).unwrap_or("image/");
            prop_assert!(["image/", "audio/", "video/"].iter().any(|class| kind.starts_with(class)));
            prop_assert!(!kind.contains("svg"));
        }
    }
}
