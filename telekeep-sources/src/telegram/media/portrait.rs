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
use super::location::location;
use crate::spool::{FileKind, FileRow, FileTraits, Origin, Portrait, Shelf};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::{is_refusal, name_of};
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::peers::PeerId;

/// Why one is left out. No record tells: nothing is missing without it.
pub(crate) const PORTRAIT: &str = "PORTRAIT";

/// What their keys begin with.
const PREFIX: &str = "portrait/";
/// What the server keeps them as.
const MIME: &str = "image/jpeg";
/// What one takes about: 640 by 640 points. The server does not say.
const USUAL: u64 = 64 << 10;
/// What offsets of requests are a multiple of.
const BLOCK: u32 = 4 << 10;
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

/// The file of a photo that `peer` shows; `access_hash` came with it.
pub(crate) fn file_of(peer: i64, portrait: Portrait, access_hash: i64) -> FileRow {
    FileRow {
        key: format!("{PREFIX}{}/{peer}", portrait.photo),
        dc: portrait.dc,
        size: USUAL,
        access_hash,
        reference: Vec::new(),
        mime: Some(MIME.to_owned()),
        name: None,
        origins: vec![Origin::Account(Shelf::Portrait { peer })],
        attempts: 0,
        traits: FileTraits {
            kind: FileKind::Photo,
            thumb: true,
            main_mime: Some(MIME.to_owned()),
            alternative: false,
        },
    }
}

/// The photo in a TL `User` or `Chat`, if it has one.
pub(crate) fn portrait_in(object: &Object<'_>) -> Option<Portrait> {
    let photo = object.object("photo")?;
    Some(Portrait {
        photo: photo.long("photo_id")?,
        dc: photo.int("dc_id")?,
    })
}

/// Whom a message is of: who sent it, and who said first what is forwarded (marked ids). Of what a
/// chat itself says there is no sender; its photos are kept with the chat.
pub(crate) fn writers_of(message: &Object<'_>) -> impl Iterator<Item = i64> {
    let forwarded = message.object("fwd_from");
    let first = forwarded.as_ref().and_then(|from| from.object("from_id"));
    let both = [message.object("from_id"), first].map(|from| PeerId::of_peer(&from?));
    both.into_iter().flatten().map(PeerId::marked)
}

/// False for a JPEG without its end, and for nothing: no announced length tells that an answer was
/// cut.
fn is_whole(bytes: &[u8]) -> bool {
    let cut = bytes.starts_with(&[0xff, 0xd8]) && !bytes.ends_with(&[0xff, 0xd9]);
    !bytes.is_empty() && !cut
}

impl Engine {
    /// Fetches one, and again when it came cut. A refusal is the end of it: it was changed or taken
    /// away since, or is not shown to this account.
    pub(super) async fn download_portrait(&self, file: &mut FileRow) -> Result<BlobInfo, Miss> {
        let location = location(file);
        let location = location.ok_or_else(|| Miss::File("UNKNOWN_KIND_OF_FILE".to_owned()))?;
        let bytes = loop {
            let lack = match self.portrait_bytes(file.dc, &location).await? {
                Ok(bytes) if is_whole(&bytes) => break bytes,
                Ok(bytes) if self.is_the_end(file.dc, &location, &bytes).await? => break bytes,
                Ok(_) => "WRONG_LENGTH".to_owned(),
                Err(error) => error,
            };
            file.attempts += 1;
            if file.attempts >= self.options.file_attempts {
                return Err(Miss::File(lack));
            }
        };
        self.store_bytes(bytes).await
    }

    /// Puts a small file into the archive.
    pub(super) async fn store_bytes(&self, bytes: Vec<u8>) -> Result<BlobInfo, Miss> {
        let mut writer = self.archive.blob_writer(Some(bytes.len() as u64))?;
        let write = tokio::task::spawn_blocking(move || {
            writer.write_all(&bytes).map_err(BackupError::of_write)?;
            Ok::<_, BackupError>(writer.finish()?)
        });
        let written = write.await;
        let written = written.map_err(|_| Halt::from(BackupError::Worker("writing a file")))?;
        Ok(written?)
    }

    /// Piece after piece, until one is not full; or why not, when asking again may help.
    async fn portrait_bytes(
        &self,
        dc: i32,
        location: &Json,
    ) -> Result<Result<Vec<u8>, String>, Miss> {
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            if self.stop.is_set() {
                return Err(Halt::Stopped.into());
            }
            let more = match self
                .portrait_piece(dc, location, (bytes.len(), PART))
                .await?
            {
                Ok(more) => more,
                Err(error) => return Ok(Err(error)),
            };
            let got = more.len();
            bytes.extend(more);
            match got.cmp(&(PART as usize)) {
                Ordering::Less => return Ok(Ok(bytes)),
                Ordering::Equal if bytes.len() < LIMIT => {}
                _ => return Err(Miss::File("WRONG_LENGTH".to_owned())),
            }
        }
    }

    /// The end of what does not look like one, asked for by itself: an answer that was cut has
    /// another.
    async fn is_the_end(&self, dc: i32, location: &Json, bytes: &[u8]) -> Result<bool, Miss> {
        let block = BLOCK as usize;
        let last = bytes.len() / block * block;
        if last == 0 {
            return Ok(false);
        }
        let end = self.portrait_piece(dc, location, (last, BLOCK)).await?;
        Ok(end.is_ok_and(|end| end.len() < block && bytes.get(last..) == Some(&end)))
    }

    async fn portrait_piece(
        &self,
        dc: i32,
        location: &Json,
        (offset, limit): (usize, u32),
    ) -> Result<Result<Vec<u8>, String>, Miss> {
        let request = json!({
            "_": "upload.getFile", "location": location, "offset": offset, "limit": limit,
        });
        match self.call_dc(dc, &request).await? {
            Ok(reply) => Ok(part_bytes(self.client.schema(), &reply)
                .ok_or_else(|| "UNREADABLE_ANSWER".to_owned())),
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => Err(fatal.into()),
                // There is no reference that could be renewed.
                None if is_expired(&error) => Ok(Err(name_of(&error))),
                None if error.rpc().is_some_and(is_refusal) => Err(Miss::Gone),
                None => Ok(Err(name_of(&error))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object<T>(ty: &str, value: &Json, read: impl Fn(&Object<'_>) -> T) -> T {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut bytes = Vec::new();
        schema.encode(ty, value, &mut bytes).unwrap();
        read(&schema.object(&bytes).unwrap())
    }

    #[test]
    fn people_and_chats_have_one_or_none() {
        let user = json!({"_": "user", "id": 1, "access_hash": -7, "first_name": "A",
            "photo": {"_": "userProfilePhoto", "photo_id": 91, "dc_id": 4}});
        let channel = json!({"_": "channel", "id": 3, "access_hash": 5, "title": "C", "date": 1,
            "photo": {"_": "chatPhoto", "photo_id": -12, "dc_id": 2}});
        let bare = json!({"_": "chat", "id": 8, "title": "G", "photo": {"_": "chatPhotoEmpty"},
            "participants_count": 1, "date": 1, "version": 1});
        let one = |photo, dc| Some(Portrait { photo, dc });
        assert_eq!(object("User", &user, portrait_in), one(91, 4));
        assert_eq!(object("Chat", &channel, portrait_in), one(-12, 2));
        assert_eq!(object("Chat", &bare, portrait_in), None);
        let empty = json!({"_": "userEmpty", "id": 9});
        assert_eq!(object("User", &empty, portrait_in), None);
    }

    #[test]
    fn who_wrote_and_who_said_it_first() {
        let writers = |from: Json, first: Json| {
            let mut message = json!({"_": "message", "id": 7, "date": 1, "message": "",
                "peer_id": {"_": "peerChat", "chat_id": 5}});
            if !from.is_null() {
                message["from_id"] = from;
            }
            if !first.is_null() {
                message["fwd_from"] = json!({"_": "messageFwdHeader", "date": 1, "from_id": first});
            }
            object("Message", &message, |message| {
                writers_of(message).collect::<Vec<_>>()
            })
        };
        let user = json!({"_": "peerUser", "user_id": 3});
        let channel = json!({"_": "peerChannel", "channel_id": 4});
        assert_eq!(writers(user.clone(), channel), [3, -1_000_000_000_004]);
        assert_eq!(writers(Json::Null, user), [3]);
        assert!(writers(Json::Null, Json::Null).is_empty());
    }

    #[test]
    fn it_is_asked_for_by_whose_it_is() {
        let schema = telekeep_tl::bundled(230).unwrap();
        for peer in [5, -5, -1_000_000_000_005] {
            let file = file_of(peer, Portrait { photo: -9, dc: 2 }, 7);
            assert_eq!(photo_of(&file.key), Some((-9, peer)));
            let place = location(&file).unwrap();
            schema
                .encode("InputFileLocation", &place, &mut Vec::new())
                .unwrap();
        }
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
