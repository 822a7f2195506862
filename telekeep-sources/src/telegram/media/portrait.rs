//! Photos of people and chats as they stand beside their messages.
//!
//! A message brings along who sent it, and a sender says no more of their photo than its number and
//! where it is. Such a photo is fetched by naming both: it has no reference that could expire, its
//! size is not announced, and it is there as long as its owner shows it.

use std::cmp::Ordering;
use std::io::Write as _;

use serde_json::{Value as Json, json};
use telekeep_journal::BlobInfo;
use telekeep_tl::Object;

use super::download::{Miss, is_expired, part_bytes};
use super::fetch::PART;
use crate::spool::{FileKind, FileRow, FileTraits, Origin, Shelf};
use crate::telegram::backup::decode::peer_of;
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::peers::input_peer;

/// Why one is left out. No record tells: nothing is missing without it.
pub(crate) const PORTRAIT: &str = "PORTRAIT";

/// What their keys begin with.
const PREFIX: &str = "portrait/";
/// What the server says of one that was changed or taken away since, or is not shown any more.
const GONE: [&str; 8] = [
    "LOCATION_INVALID",
    "LOCATION_NOT_AVAILABLE",
    "PHOTO_ID_INVALID",
    "FILE_ID_INVALID",
    "PEER_ID_INVALID",
    "USER_ID_INVALID",
    "CHANNEL_INVALID",
    "CHANNEL_PRIVATE",
];
/// What one takes about: 640 by 640 points. The server does not say.
const USUAL: u64 = 64 << 10;
/// A larger answer is no photo.
const LIMIT: usize = 8 << 20;

/// True for the key of such a photo.
pub(crate) fn is_portrait(key: &str) -> bool {
    key.starts_with(PREFIX)
}

/// The number of the photo, and whose it is (marked id).
pub(crate) fn photo_of(key: &str) -> Option<(i64, i64)> {
    let (photo, peer) = key.strip_prefix(PREFIX)?.split_once('/')?;
    Some((photo.parse().ok()?, peer.parse().ok()?))
}

/// Photos of everybody an answer brings along, but of the account itself: all of its own are kept.
pub(crate) fn portraits<'a>(answer: &'a Object<'_>) -> impl Iterator<Item = FileRow> + 'a {
    let all = ["users", "chats"]
        .into_iter()
        .flat_map(|field| answer.vector(field).unwrap_or_default());
    all.filter_map(|value| value.as_object().and_then(portrait))
}

/// The photo of a TL `User` or `Chat`, if it has one.
pub(crate) fn portrait(object: &Object<'_>) -> Option<FileRow> {
    let peer = peer_of(object).filter(|peer| !peer.is_self)?;
    let photo = object.object("photo")?;
    let id = photo.long("photo_id")?;
    Some(FileRow {
        key: format!("{PREFIX}{id}/{}", peer.chat),
        dc: photo.int("dc_id")?,
        size: USUAL,
        access_hash: peer.access_hash.unwrap_or(0),
        reference: Vec::new(),
        mime: Some("image/jpeg".to_owned()),
        name: None,
        origins: vec![Origin::Account(Shelf::Portrait { peer: peer.chat })],
        attempts: 0,
        traits: FileTraits {
            kind: FileKind::Photo,
            thumb: true,
            main_mime: Some("image/jpeg".to_owned()),
            alternative: false,
        },
    })
}

/// The `InputFileLocation` of one, the larger of the two sizes there are.
fn location(file: &FileRow) -> Option<Json> {
    let (photo, peer) = photo_of(&file.key)?;
    Some(json!({
        "_": "inputPeerPhotoFileLocation", "big": true, "photo_id": photo,
        "peer": input_peer(peer, Some(file.access_hash), false),
    }))
}

/// False for a JPEG without its end, and for nothing: no other length tells that an answer was cut.
fn is_whole(bytes: &[u8]) -> bool {
    let cut = bytes.starts_with(&[0xff, 0xd8]) && !bytes.ends_with(&[0xff, 0xd9]);
    !bytes.is_empty() && !cut
}

impl Engine {
    /// Fetches one, and again when it came cut.
    pub(super) async fn download_portrait(&self, file: &mut FileRow) -> Result<BlobInfo, Miss> {
        let location = location(file);
        let location = location.ok_or_else(|| Miss::File("UNKNOWN_KIND_OF_FILE".to_owned()))?;
        let bytes = loop {
            let bytes = self.portrait_bytes(file.dc, &location).await?;
            if is_whole(&bytes) {
                break bytes;
            }
            file.attempts += 1;
            if file.attempts >= self.options.file_attempts {
                return Err(Miss::File("WRONG_LENGTH".to_owned()));
            }
        };
        let mut writer = self.archive.blob_writer(Some(bytes.len() as u64))?;
        let write = tokio::task::spawn_blocking(move || {
            writer.write_all(&bytes).map_err(BackupError::File)?;
            Ok::<_, BackupError>(writer.finish()?)
        });
        let written = write.await;
        let written = written.map_err(|_| Halt::from(BackupError::Worker("writing a file")))?;
        Ok(written?)
    }

    /// Piece after piece, until one is not full.
    async fn portrait_bytes(&self, dc: i32, location: &Json) -> Result<Vec<u8>, Miss> {
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            if self.stop.is_set() {
                return Err(Halt::Stopped.into());
            }
            let more = self.portrait_piece(dc, location, bytes.len()).await?;
            let got = more.len();
            bytes.extend(more);
            match got.cmp(&(PART as usize)) {
                Ordering::Less => return Ok(bytes),
                Ordering::Equal if bytes.len() < LIMIT => {}
                _ => return Err(Miss::File("WRONG_LENGTH".to_owned())),
            }
        }
    }

    async fn portrait_piece(
        &self,
        dc: i32,
        location: &Json,
        offset: usize,
    ) -> Result<Vec<u8>, Miss> {
        let request = json!({
            "_": "upload.getFile", "location": location, "offset": offset, "limit": PART,
        });
        match self.call_dc(dc, &request).await? {
            Ok(reply) => part_bytes(self.client.schema(), &reply)
                .ok_or_else(|| Miss::File("UNREADABLE_ANSWER".to_owned())),
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => Err(fatal.into()),
                // There is no reference that could be renewed: asking again is all that can be done.
                None if is_expired(&error) => Ok(Vec::new()),
                None if GONE.contains(&name_of(&error).as_str()) => Err(Miss::Gone),
                None => Err(Miss::File(name_of(&error))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(users: Json, chats: Json) -> Vec<FileRow> {
        let schema = telekeep_tl::bundled(230).unwrap();
        let answer = json!({"_": "messages.messages", "messages": [], "topics": [], "chats": chats, "users": users});
        let mut bytes = Vec::new();
        schema
            .encode("messages.Messages", &answer, &mut bytes)
            .unwrap();
        portraits(&schema.object(&bytes).unwrap()).collect()
    }

    fn user(id: i64, own: bool) -> Json {
        let photo = json!({"_": "userProfilePhoto", "photo_id": 90 + id, "dc_id": 4});
        let mut user =
            json!({"_": "user", "id": id, "access_hash": -7, "first_name": "A", "photo": photo});
        if own {
            user["self"] = json!(true);
        }
        user
    }

    #[test]
    fn everybody_who_has_a_photo_but_the_account_itself() {
        let channel = json!({"_": "channel", "id": 3, "access_hash": 5, "title": "C", "date": 1,
            "photo": {"_": "chatPhoto", "photo_id": -12, "dc_id": 2}});
        let bare = json!({"_": "chat", "id": 8, "title": "G", "photo": {"_": "chatPhotoEmpty"},
            "participants_count": 1, "date": 1, "version": 1});
        let none = json!({"_": "userEmpty", "id": 9});
        let files = found(
            json!([user(1, false), user(2, true), none]),
            json!([channel, bare]),
        );
        let keys: Vec<_> = files
            .iter()
            .map(|file| (file.key.as_str(), file.dc))
            .collect();
        assert_eq!(
            keys,
            [("portrait/91/1", 4), ("portrait/-12/-1000000000003", 2)]
        );
        let schema = telekeep_tl::bundled(230).unwrap();
        for file in &files {
            let place = location(file).unwrap();
            schema
                .encode("InputFileLocation", &place, &mut Vec::new())
                .unwrap();
        }
        assert_eq!(location(&files[0]).unwrap()["peer"]["access_hash"], -7);
    }

    #[test]
    fn a_cut_picture_is_none() {
        for (bytes, whole) in [
            (&[0xff, 0xd8, 1, 0xff, 0xd9][..], true),
            (&[0xff, 0xd8, 1, 0xff], false),
            (&[0xff, 0xd8], false),
            (b"RIFF", true),
            (b"", false),
        ] {
            assert_eq!(is_whole(bytes), whole, "{bytes:?}");
        }
    }

    #[test]
    fn keys_are_read_back() {
        assert_eq!(
            photo_of("portrait/-5/-1000000000003"),
            Some((-5, -1_000_000_000_003))
        );
        for bad in [
            "portrait/5",
            "portrait/x/1",
            "photo/5/c",
            "portrait/1/2/3",
            "",
        ] {
            assert_eq!(photo_of(bad), None, "{bad}");
        }
    }
}
