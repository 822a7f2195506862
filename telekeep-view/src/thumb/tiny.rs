//! Tiny previews that come inside messages: a JPEG of some 40 pixels without the headers, which are
//! the same for all (Telegram's "stripped" size). Here the headers are put back.
//!
//! The bytes travel in the address of the picture, so no look into the index is needed, and pages
//! need no `data:` addresses.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::picture;
use crate::server::{PageError, Result};

/// Real ones have some hundred bytes.
const MOST: usize = 3072;
/// Telegram makes them of at most 40 pixels.
const MOST_PIXELS: u8 = 100;

/// `GET /tiny/{preview}`: the JPEG of a stripped one in URL-safe base64.
pub async fn tiny(Path(preview): Path<String>) -> Result {
    let stripped = URL_SAFE_NO_PAD.decode(preview).ok();
    let bytes = stripped.and_then(|stripped| whole(&stripped));
    let bytes = bytes.ok_or(PageError::NotFound)?;
    // Nothing of it stays in the browser, whatever the archive's protection.
    Ok::<Response, _>(picture(bytes, false))
}

/// Is this base64, as records have it, of a stripped picture? Pages name no others: what somebody wants
/// to be one may be of any length.
pub(crate) fn is_one(preview: &str) -> bool {
    let short = preview.len() <= (MOST + 3).div_ceil(3) * 4;
    let bytes = short.then(|| STANDARD.decode(preview).ok()).flatten();
    bytes.is_some_and(|stripped| whole(&stripped).is_some())
}

/// A JPEG of a stripped one: a version, height, width, and what follows the headers.
fn whole(stripped: &[u8]) -> Option<Vec<u8>> {
    let (&[1, height, width], rest) = stripped.split_first_chunk()? else {
        return None;
    };
    let sizes = 1..=MOST_PIXELS;
    if !sizes.contains(&height) || !sizes.contains(&width) || rest.len() > MOST {
        return None;
    }
    let mut bytes = HEADERS.before_size.clone();
    bytes.extend([0, height, 0, width]);
    bytes.extend(&HEADERS.after_size);
    bytes.extend(rest);
    bytes.extend([0xff, 0xd9]);
    Some(bytes)
}

struct Headers {
    before_size: Vec<u8>,
    after_size: Vec<u8>,
}

/// The headers of a baseline JPEG with the tables of the standard's annex K, the quantisation tables
/// scaled for quality 20.
static HEADERS: LazyLock<Headers> = LazyLock::new(|| {
    let mut before_size = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    for (number, table) in [(0, LUMA), (1, CHROMA)] {
        before_size.extend([0xff, 0xdb, 0, 67, number]);
        before_size.extend(table.map(coarse));
    }
    before_size.extend([0xff, 0xc0, 0, 17, 8]);
    // Three components, colour at half the resolution.
    let mut after_size = vec![3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    let codes: [(u8, [u8; 16], &[u8]); 4] = [
        (0x00, [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DC),
        (
            0x10,
            [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
            &AC_LUMA,
        ),
        (0x01, [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DC),
        (
            0x11,
            [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
            &AC_CHROMA,
        ),
    ];
    for (number, counts, values) in codes {
        let length = u16::try_from(values.len() + 19).unwrap_or_default();
        after_size.extend([0xff, 0xc4]);
        after_size.extend(length.to_be_bytes());
        after_size.push(number);
        after_size.extend(counts);
        after_size.extend(values);
    }
    after_size.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
    Headers {
        before_size,
        after_size,
    }
});

/// A step of quantisation at quality 20: two and a half times that of the standard.
fn coarse(step: u8) -> u8 {
    let scaled = (u16::from(step) * 250 + 50) / 100;
    u8::try_from(scaled).unwrap_or(u8::MAX)
}

/// Table K.1, in zigzag order.
const LUMA: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Table K.2, in zigzag order.
const CHROMA: [u8; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Tables K.3 and K.4.
const DC: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// Table K.5.
#[rustfmt::skip]
const AC_LUMA: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
    0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72,
    0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37,
    0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
    0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3,
    0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
    0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
    0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];

/// Table K.6.
#[rustfmt::skip]
const AC_CHROMA: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
    0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1,
    0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36,
    0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
    0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
    0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
    0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
    0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_preview_is_a_picture() {
        let stripped = include_bytes!("../../tests/it/data/preview.stripped");
        let bytes = whole(stripped).unwrap();
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!(
            (picture.height(), picture.width()),
            (stripped[1].into(), stripped[2].into())
        );
        // Not one grey: the tables fit the data.
        let luma = picture.to_luma8();
        let (low, high) = (luma.iter().min().unwrap(), luma.iter().max().unwrap());
        assert!(high - low > 40, "{low} to {high}");
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            if let Some(whole) = whole(&bytes) {
                prop_assert!(whole.starts_with(b"\xff\xd8") && whole.len() < 4096);
            }
        }
    }
}
