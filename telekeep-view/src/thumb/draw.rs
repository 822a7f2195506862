//! Decoding a picture from a stranger and drawing it small.
//!
//! Bounds: bytes read ([`MOST_BYTES`]), memory of decoding ([`BUDGET`], estimated from the size that
//! the header tells, before anything is unpacked), scans of a JPEG (by its decoder: 100). With these,
//! time is bounded too: no format takes more than some passes over its pixels.

use std::io::{BufReader, Cursor, Read as _, Seek as _, SeekFrom};

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use telekeep_journal::{Archive, BlobReader};
use telekeep_model::MediaHeld;

use crate::media::{HEAD, failed, is_progressive, kind};
use crate::server::{PageError, Result};

/// The longer side of what is drawn, in pixels.
pub const SIDE: u32 = 480;
/// Larger files are shown themselves, when asked for.
const MOST_BYTES: u64 = 24 << 20;
/// Memory that decoding may take.
const BUDGET: u64 = 128 << 20;
/// Files up to this size that are small pictures already need no smaller one.
const SMALL_BYTES: u64 = 100 << 10;
/// Quality of what is drawn.
const QUALITY: u8 = 80;

/// The picture small; empty when it needs no smaller one or is too much work.
pub fn draw(archive: &Archive, held: &MediaHeld) -> Result<Vec<u8>> {
    let mut blob = archive
        .blob_reader(&held.blob)
        .map_err(|error| match error {
            telekeep_journal::Error::NoBlob { .. } => PageError::NotFound,
            error => failed(error),
        })?;
    let size = blob.size();
    let mut head = Vec::new();
    (&mut blob)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let announced = held.mime.as_deref().unwrap_or_default();
    let format = match kind(&head, announced) {
        Some("image/jpeg") => ImageFormat::Jpeg,
        Some("image/png") => ImageFormat::Png,
        Some("image/webp") => ImageFormat::WebP,
        Some("image/gif") => ImageFormat::Gif,
        _ => return Err(PageError::NotFound),
    };
    if size > MOST_BYTES {
        return Ok(Vec::new());
    }
    blob.seek(SeekFrom::Start(0)).map_err(failed)?;
    let progressive = format == ImageFormat::Jpeg && is_progressive(&head) != Some(false);
    Ok(decode(blob, format, progressive, size).unwrap_or_default())
}

/// `None` for what cannot be decoded, or not within the bounds.
fn decode(blob: BlobReader, format: ImageFormat, progressive: bool, size: u64) -> Option<Vec<u8>> {
    let mut reader = ImageReader::with_format(BufReader::new(blob), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(BUDGET);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if width.max(height) <= SIDE && size <= SMALL_BYTES {
        return None;
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels.saturating_mul(cost(format, progressive)) > BUDGET {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).ok()?;
    let mut picture = match width.max(height) > SIDE {
        true => picture.thumbnail(SIDE, SIDE),
        false => picture,
    };
    picture.apply_orientation(orientation);
    encode(&picture)
}

/// Bytes of memory that decoding takes per pixel, rather more than less.
fn cost(format: ImageFormat, progressive: bool) -> u64 {
    match (format, progressive) {
        (ImageFormat::Jpeg, false) => 4,
        // Coefficients of the whole picture beside the picture.
        (ImageFormat::Jpeg, true) => 9,
        _ => 8,
    }
}

/// As JPEG; as PNG where something shines through.
fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let through = picture.color().has_alpha()
        && picture
            .to_rgba8()
            .pixels()
            .any(|pixel| pixel.0[3] < u8::MAX);
    if through {
        let small = DynamicImage::ImageRgba8(picture.to_rgba8());
        small
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .ok()?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        picture.to_rgb8().write_with_encoder(encoder).ok()?;
    }
    Some(bytes)
}
