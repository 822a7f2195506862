//! The embedded small files every medium is built from. `assets/make.sh` draws them.

macro_rules! asset {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $name))
    };
}

/// A picture in the sizes the cloud offers, smallest first, with the scan of its tiny preview.
pub(crate) struct Picture {
    pub(crate) sizes: &'static [(&'static str, i32, i32, &'static [u8])],
    pub(crate) stripped: &'static [u8],
}

macro_rules! scene {
    ($m:literal, $x:literal, $y:literal, $stripped:literal) => {
        Picture {
            sizes: &[
                ("m", 320, 240, asset!($m)),
                ("x", 800, 600, asset!($x)),
                ("y", 1280, 960, asset!($y)),
            ],
            stripped: asset!($stripped),
        }
    };
}

macro_rules! face {
    ($a:literal, $c:literal, $stripped:literal) => {
        Picture {
            sizes: &[("a", 160, 160, asset!($a)), ("c", 640, 640, asset!($c))],
            stripped: asset!($stripped),
        }
    };
}

/// Landscapes and such, for photos and previews.
pub(crate) static SCENES: [Picture; 5] = [
    scene!(
        "photo0_m.jpg",
        "photo0_x.jpg",
        "photo0_y.jpg",
        "photo0.stripped"
    ),
    scene!(
        "photo1_m.jpg",
        "photo1_x.jpg",
        "photo1_y.jpg",
        "photo1.stripped"
    ),
    scene!(
        "photo2_m.jpg",
        "photo2_x.jpg",
        "photo2_y.jpg",
        "photo2.stripped"
    ),
    scene!(
        "photo3_m.jpg",
        "photo3_x.jpg",
        "photo3_y.jpg",
        "photo3.stripped"
    ),
    scene!(
        "photo4_m.jpg",
        "photo4_x.jpg",
        "photo4_y.jpg",
        "photo4.stripped"
    ),
];

/// Portraits, for profile photos.
pub(crate) static FACES: [Picture; 4] = [
    face!("face0_a.jpg", "face0_c.jpg", "face0.stripped"),
    face!("face1_a.jpg", "face1_c.jpg", "face1.stripped"),
    face!("face2_a.jpg", "face2_c.jpg", "face2.stripped"),
    face!("face3_a.jpg", "face3_c.jpg", "face3.stripped"),
];

pub(crate) static VIDEO: &[u8] = asset!("video.mp4");
pub(crate) static ROUND: &[u8] = asset!("round.mp4");
pub(crate) static ANIMATION: &[u8] = asset!("animation.mp4");
pub(crate) static VOICE: &[u8] = asset!("voice.ogg");
pub(crate) static MUSIC: &[u8] = asset!("music.mp3");
pub(crate) static PAGE: &[u8] = asset!("page.pdf");
pub(crate) static STICKER_ANIMATED: &[u8] = asset!("sticker.tgs");
pub(crate) static STICKER_VIDEO: &[u8] = asset!("sticker.webm");
/// Static stickers, each with its thumbnail.
pub(crate) static STICKERS: [(&[u8], &[u8]); 2] = [
    (asset!("cat0.webp"), asset!("cat0_thumb.webp")),
    (asset!("cat1.webp"), asset!("cat1_thumb.webp")),
];
