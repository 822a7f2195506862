//! Styles, scripts and icons: in the binary, at addresses that contain the hash of their content, so
//! that browsers may keep them for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal: $kind:expr),* $(,)?) => {
        &[$(Asset {
            name: $name,
            kind: $kind,
            bytes: include_bytes!(concat!("../../assets/", $name)),
        }),*]
    };
}

/// Every file under `assets/` (a test compares).
const ASSETS: &[Asset] = assets! {
    "app.css": CSS,
    "app.js": JS,
    "chats.js": JS,
    "copy.js": JS,
    "feed.js": JS,
    "gallery.js": JS,
    "history.js": JS,
    "icon.svg": SVG,
    "icons.svg": SVG,
    "keys.js": JS,
    "lightbox.js": JS,
    "lottie_light.LICENSE.txt": TEXT,
    "lottie_light.min.js": JS,
    "media.css": CSS,
    "moving.js": JS,
    "page.js": JS,
    "player.js": JS,
    "reveal.js": JS,
    "round.js": JS,
};

/// One hash over all of them: modules import each other by relative address, so all share it.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.name.as_bytes());
        hash.update(asset.bytes);
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
});

/// Where an asset is.
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

pub async fn get(Path((hash, name)): Path<(String, String)>) -> Response {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    let Some(asset) = found.filter(|_| hash == *HASH) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ];
    (headers, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let mut names: Vec<_> = ASSETS.iter().map(|asset| asset.name).collect();
        names.sort_unstable();
        assert_eq!(files, names);
    }
}
