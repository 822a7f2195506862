//! Where a file is on the server, from its key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::portrait::photo_of;
use crate::spool::FileRow;
use crate::telegram::peers::input_peer;

/// The `InputFileLocation` of a file; `None` when its key is not one of ours.
pub(crate) fn location(file: &FileRow) -> Option<Value> {
    if let Some((photo, peer)) = photo_of(&file.key) {
        // The larger of the two sizes there are.
        return Some(json!({
            "_": "inputPeerPhotoFileLocation", "big": true, "photo_id": photo,
            "peer": input_peer(peer, Some(file.access_hash), false),
        }));
    }
    let parts: Vec<&str> = file.key.split('/').collect();
    let (constructor, id, thumb) = match parts.as_slice() {
        ["document", id] => ("inputDocumentFileLocation", id, ""),
        ["document", id, "thumb" | "video", thumb] => ("inputDocumentFileLocation", id, *thumb),
        ["photo", id, "video", thumb] | ["photo", id, thumb] => {
            ("inputPhotoFileLocation", id, *thumb)
        }
        _ => return None,
    };
    Some(json!({
        "_": constructor, "id": id.parse::<i64>().ok()?, "access_hash": file.access_hash,
        "file_reference": STANDARD.encode(&file.reference), "thumb_size": thumb,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_has_a_place() {
        let cases = [
            ("document/9", "inputDocumentFileLocation", ""),
            ("document/-9/thumb/m", "inputDocumentFileLocation", "m"),
            ("document/9/video/v", "inputDocumentFileLocation", "v"),
            ("photo/9/y", "inputPhotoFileLocation", "y"),
            ("photo/9/video/u", "inputPhotoFileLocation", "u"),
        ];
        let schema = telekeep_tl::bundled(230).unwrap();
        for (key, constructor, thumb) in cases {
            let location = location(&row(key)).unwrap();
            assert_eq!(
                (&location["_"], &location["thumb_size"]),
                (&json!(constructor), &json!(thumb))
            );
            schema
                .encode("InputFileLocation", &location, &mut Vec::new())
                .unwrap();
        }
        for bad in [
            "",
            "document",
            "document/x",
            "photo/9",
            "sticker/9",
            "photo/9/a/b/c",
        ] {
            assert_eq!(location(&row(bad)), None, "{bad}");
        }
    }

    fn row(key: &str) -> FileRow {
        FileRow {
            key: key.to_owned(),
            dc: 2,
            size: 1,
            access_hash: 7,
            reference: vec![1, 2],
            mime: None,
            name: None,
            origins: Vec::new(),
            attempts: 0,
            traits: crate::spool::FileTraits::default(),
        }
    }
}
