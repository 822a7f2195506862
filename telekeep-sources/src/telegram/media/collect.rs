//! Which files a message holds, or another object.
//!
//! Of a photo the largest rendition and the one for lists, of a document the document itself and
//! all its thumbnails, wherever in the message they stand: attached, in a link preview, a poll, a
//! quoted reply, a service message; and pictures of other sites that Telegram fetches. Renditions whose bytes are inside the message (stripped,
//! cached and outline ones) are kept with it already. Other qualities of a video are found too, and
//! marked as such: the server made them of the file that was sent, so they are kept only on request.

use telekeep_tl::{Object, Value};

use super::portrait::PORTRAIT;
use super::web::{self, ELSEWHERE};
use crate::spool::{FileKind, FileRow, FileTraits, Origin};

/// Why self-destructing media is left out.
pub(crate) const SELF_DESTRUCTING: &str = "SELF_DESTRUCTING";
/// Why media of protected chats is left out.
pub(crate) const PROTECTED: &str = "PROTECTED_CONTENT";

/// Why a file is not there that its messages hold no more.
pub(crate) const GONE: &str = "ORIGIN_GONE";

/// Why another quality of a video is left out. No record tells: the video is there without it.
pub(crate) const ALTERNATIVE: &str = "ALTERNATIVE_QUALITY";

/// Rules that leave a file out: reasons that need no further try.
pub(crate) fn is_rule(error: &str) -> bool {
    [SELF_DESTRUCTING, PROTECTED, GONE, ELSEWHERE].contains(&error)
        || !is_told(error)
        || error.starts_with(UNSELECTED)
}

/// False for rules no record tells of, as nothing is missing without what they leave out.
pub(crate) fn is_told(rule: &str) -> bool {
    ![ALTERNATIVE, PORTRAIT].contains(&rule)
}

/// With this begin the reasons of files that the owner's selection leaves out.
pub(crate) const UNSELECTED: &str = "UNSELECTED_";

/// A thumbnail for lists has at most this area.
const LIST_AREA: i64 = 400 * 400;
/// Longest `type` of a rendition; real ones are one letter.
const TYPE_LIMIT: usize = 8;

/// Files of one message.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// What there is, each with this message as its origin.
    pub rows: Vec<FileRow>,
    /// The media destroys itself after it was seen.
    pub self_destructing: bool,
}

/// Finds the files of a message.
pub(crate) fn files_of(message: &Object<'_>, origin: Origin) -> Files {
    let mut found = Finder {
        origin,
        files: Files::default(),
        others: Vec::new(),
    };
    if let Some(media) = message.object("media") {
        found.search(&media);
    }
    if message.name() == "messageService" {
        if let Some(action) = message.object("action") {
            found.search(&action);
        }
        return found.files;
    }
    for field in ["reply_to", "rich_message"] {
        if let Some(part) = message.object(field) {
            found.search(&part);
        }
    }
    found.files
}

/// Finds the files of any other object.
pub(crate) fn files_in(object: &Object<'_>, origin: Origin) -> Vec<FileRow> {
    let mut found = Finder {
        origin,
        files: Files::default(),
        others: Vec::new(),
    };
    found.search(object);
    found.files.rows
}

struct Finder {
    origin: Origin,
    files: Files,
    /// Documents that are other qualities of one.
    others: Vec<i64>,
}

impl Finder {
    fn search(&mut self, part: &Object<'_>) {
        part.walk(&mut |object| {
            if object.name().starts_with("messageMedia") {
                self.files.self_destructing |= object.int("ttl_seconds").is_some();
                let others = object.vector("alt_documents").unwrap_or_default();
                self.others.extend(
                    others
                        .iter()
                        .filter_map(Value::as_object)
                        .filter_map(|other| other.long("id")),
                );
            }
        });
        part.walk(&mut |object| match object.name() {
            "photo" => self.photo(object),
            "document" => self.document(object),
            "webDocument" | "webDocumentNoProxy" => self.web(object),
            _ => {}
        });
    }

    fn photo(&mut self, photo: &Object<'_>) {
        let Some(id) = photo.long("id") else { return };
        let sizes = renditions(photo, "sizes");
        let largest = sizes.iter().max_by_key(|size| size.area);
        let small = sizes
            .iter()
            .filter(|size| size.area <= LIST_AREA)
            .max_by_key(|size| size.area);
        let mut wanted: Vec<&Rendition> = largest.into_iter().collect();
        wanted.extend(small.filter(|small| largest.is_some_and(|large| large.name != small.name)));
        for size in wanted {
            let key = format!("photo/{id}/{}", size.name);
            let traits = traits(FileKind::Photo, size.area <= LIST_AREA, "image/jpeg");
            self.add(photo, key, size.bytes, "image/jpeg", traits);
        }
        for video in renditions(photo, "video_sizes") {
            let key = format!("photo/{id}/video/{}", video.name);
            let traits = traits(FileKind::Photo, false, "");
            self.add(photo, key, video.bytes, "video/mp4", traits);
        }
    }

    fn document(&mut self, document: &Object<'_>) {
        let Some(id) = document.long("id") else {
            return;
        };
        let mime = document.str("mime_type").unwrap_or_default();
        let size = document
            .long("size")
            .and_then(|size| u64::try_from(size).ok())
            .unwrap_or(0);
        let kind = kind_of(document);
        let alternative = self.others.contains(&id);
        let main = FileTraits {
            alternative,
            ..traits(kind, false, "")
        };
        self.add(document, format!("document/{id}"), size, &mime, main);
        if let Some(row) = self.files.rows.last_mut() {
            row.name = file_name(document);
        }
        if alternative {
            // They show what those of the video itself show.
            return;
        }
        for (field, part) in [("thumbs", "thumb"), ("video_thumbs", "video")] {
            for thumb in renditions(document, field) {
                let key = format!("document/{id}/{part}/{}", thumb.name);
                self.add(document, key, thumb.bytes, "", traits(kind, true, &mime));
            }
        }
    }

    fn web(&mut self, document: &Object<'_>) {
        let row = web::row_of(document, self.origin);
        let known = |row: &FileRow| self.files.rows.iter().any(|other| other.key == row.key);
        self.files.rows.extend(row.filter(|row| !known(row)));
    }

    fn add(&mut self, of: &Object<'_>, key: String, size: u64, mime: &str, traits: FileTraits) {
        if self.files.rows.iter().any(|row| row.key == key) {
            return;
        }
        self.files.rows.push(FileRow {
            key,
            dc: of.int("dc_id").unwrap_or(0),
            size,
            access_hash: of.long("access_hash").unwrap_or(0),
            reference: of
                .bytes_field("file_reference")
                .unwrap_or_default()
                .to_vec(),
            mime: (!mime.is_empty()).then(|| mime.to_owned()),
            name: None,
            origins: vec![self.origin],
            attempts: 0,
            traits,
        });
    }
}

fn traits(kind: FileKind, thumb: bool, main_mime: &str) -> FileTraits {
    FileTraits {
        kind,
        thumb,
        main_mime: (thumb && !main_mime.is_empty()).then(|| main_mime.to_owned()),
        alternative: false,
    }
}

/// What a document is to people. An animation may have the attributes of a video as well, and a
/// sticker may be one.
fn kind_of(document: &Object<'_>) -> FileKind {
    let attributes = document.vector("attributes").unwrap_or_default();
    let attributes = attributes.iter().filter_map(Value::as_object);
    let kinds = attributes.filter_map(|attribute| match attribute.name() {
        "documentAttributeSticker" | "documentAttributeCustomEmoji" => Some((0, FileKind::Sticker)),
        "documentAttributeVideo" if attribute.flag("round_message") => Some((1, FileKind::Round)),
        "documentAttributeAudio" if attribute.flag("voice") => Some((1, FileKind::Voice)),
        "documentAttributeAnimated" => Some((2, FileKind::Gif)),
        "documentAttributeVideo" => Some((3, FileKind::Video)),
        "documentAttributeAudio" => Some((4, FileKind::Audio)),
        _ => None,
    });
    let first = kinds.min_by_key(|(rank, _)| *rank);
    first.map_or(FileKind::File, |(_, kind)| kind)
}

/// One rendition that is a file on the server.
struct Rendition {
    name: String,
    area: i64,
    bytes: u64,
}

fn renditions(of: &Object<'_>, field: &str) -> Vec<Rendition> {
    let sizes = of.vector(field).unwrap_or_default();
    sizes
        .iter()
        .filter_map(Value::as_object)
        .filter_map(rendition)
        .collect()
}

fn rendition(size: &Object<'_>) -> Option<Rendition> {
    let bytes = match size.name() {
        "photoSize" | "videoSize" => size.int("size")?,
        "photoSizeProgressive" => {
            let steps = size.vector("sizes")?;
            i32::try_from(steps.iter().filter_map(Value::as_long).max()?).ok()?
        }
        _ => return None,
    };
    let name = size.str("type")?;
    let fits = !name.is_empty()
        && name.len() <= TYPE_LIMIT
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| Rendition {
        area: i64::from(size.int("w").unwrap_or(0)) * i64::from(size.int("h").unwrap_or(0)),
        bytes: u64::try_from(bytes).unwrap_or(0),
        name: name.into_owned(),
    })
}

fn file_name(document: &Object<'_>) -> Option<String> {
    let attributes = document.vector("attributes")?;
    attributes
        .iter()
        .filter_map(Value::as_object)
        .find(|attribute| attribute.name() == "documentAttributeFilename")
        .and_then(|attribute| attribute.str("file_name"))
        .map(|name| name.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn files(message: serde_json::Value) -> Files {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut bytes = Vec::new();
        schema.encode("Message", &message, &mut bytes).unwrap();
        files_of(
            &schema.object(&bytes).unwrap(),
            Origin::Message { chat: 5, id: 7 },
        )
    }

    fn message(media: serde_json::Value) -> serde_json::Value {
        json!({"_": "message", "id": 7, "peer_id": {"_": "peerUser", "user_id": 5}, "date": 1,
               "message": "", "media": media})
    }

    fn document(id: i64) -> serde_json::Value {
        json!({"_": "document", "id": id, "access_hash": 3, "file_reference": "AQI=", "date": 1,
            "mime_type": "video/mp4", "size": 5_000_000_000_i64, "dc_id": 4,
            "thumbs": [
                {"_": "photoStrippedSize", "type": "i", "bytes": "AQI="},
                {"_": "photoSize", "type": "m", "w": 320, "h": 180, "size": 900},
                {"_": "photoSize", "type": "../x", "w": 320, "h": 180, "size": 900}],
            "video_thumbs": [{"_": "videoSize", "type": "v", "w": 1, "h": 1, "size": 12}],
            "attributes": [{"_": "documentAttributeFilename", "file_name": "a b.mp4"}]})
    }

    fn photo(id: i64) -> serde_json::Value {
        json!({"_": "photo", "id": id, "access_hash": 3, "file_reference": "AQI=", "date": 1, "dc_id": 2,
            "sizes": [
                {"_": "photoSize", "type": "m", "w": 320, "h": 320, "size": 900},
                {"_": "photoSize", "type": "x", "w": 800, "h": 800, "size": 9000},
                {"_": "photoSizeProgressive", "type": "y", "w": 1280, "h": 1280, "sizes": [10, 20, 30000]}]})
    }

    fn keys(files: &Files) -> Vec<(&str, u64)> {
        files
            .rows
            .iter()
            .map(|row| (row.key.as_str(), row.size))
            .collect()
    }

    #[test]
    fn a_document_with_its_thumbnails() {
        let media = json!({"_": "messageMediaDocument", "document": document(9), "alt_documents": [document(10)]});
        let files = files(message(media));
        assert_eq!(
            keys(&files),
            [
                ("document/9", 5_000_000_000),
                ("document/9/thumb/m", 900),
                ("document/9/video/v", 12),
                ("document/10", 5_000_000_000),
            ]
        );
        let others = files.rows.iter().map(|row| row.traits.alternative);
        assert_eq!(others.collect::<Vec<_>>(), [false, false, false, true]);
        assert_eq!(files.rows[0].name.as_deref(), Some("a b.mp4"));
        assert_eq!(
            (files.rows[1].dc, files.rows[1].reference.as_slice()),
            (4, &[1, 2][..])
        );
        assert!(!files.self_destructing);
    }

    #[test]
    fn the_largest_photo_and_the_one_for_lists() {
        let files = files(message(
            json!({"_": "messageMediaPhoto", "photo": photo(8)}),
        ));
        assert_eq!(keys(&files), [("photo/8/y", 30000), ("photo/8/m", 900)]);
    }

    #[test]
    fn self_destruction_is_seen() {
        let media = json!({"_": "messageMediaPhoto", "photo": photo(8), "ttl_seconds": 30});
        assert!(files(message(media)).self_destructing);
    }

    #[test]
    fn link_previews_and_service_messages_hold_files_too() {
        let page = json!({"_": "webPage", "id": 1, "url": "u", "display_url": "u", "hash": 0,
            "photo": photo(8), "document": document(9)});
        let preview = files(message(
            json!({"_": "messageMediaWebPage", "webpage": page}),
        ));
        assert_eq!(preview.rows.len(), 5);
        let service = json!({"_": "messageService", "id": 7, "peer_id": {"_": "peerChat", "chat_id": 5},
            "date": 1, "action": {"_": "messageActionChatEditPhoto", "photo": photo(8)}});
        assert_eq!(files(service).rows.len(), 2);
    }
}
