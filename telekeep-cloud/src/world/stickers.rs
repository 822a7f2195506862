//! The sticker sets of every world.

use super::file::Kind;
use super::random::mix;

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
