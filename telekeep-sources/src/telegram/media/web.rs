//! Pictures that another site holds, as bills show them. Telegram fetches them for whoever asks it,
//! so nothing is asked of that site. They have no number: the key is made of their address.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use telekeep_journal::BlobInfo;
use telekeep_tl::{Object, Schema};

use super::download::Miss;
use super::fetch::PART;
use crate::spool::{FileKind, FileRow, FileTraits, Origin};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::run::Engine;
use crate::telegram::wire::{Reply, RpcError};

/// What keys of such pictures begin with.
const WEB: &str = "web/";

/// Why one is left out that Telegram does not fetch: nobody but Telegram is asked for anything.
pub(crate) const ELSEWHERE: &str = "NOT_AT_TELEGRAM";

/// Longest address.
const ADDRESS_LIMIT: usize = 8 * 1024;
/// Most bytes of one.
const LIMIT: usize = 64 << 20;

pub(crate) fn is_web(key: &str) -> bool {
    key.starts_with(WEB)
}

/// Telegram gave no hash to ask with: it does not fetch this one.
pub(crate) fn is_elsewhere(file: &FileRow) -> bool {
    is_web(&file.key) && file.access_hash == 0
}

/// The file that a `WebDocument` is, if it is one of sane sizes. Its address stands where others have
/// their file reference.
pub(super) fn row_of(document: &Object<'_>, origin: Origin) -> Option<FileRow> {
    let address = document.str("url")?;
    let size = usize::try_from(document.int("size")?).ok()?;
    if address.is_empty() || address.len() > ADDRESS_LIMIT || size > LIMIT {
        return None;
    }
    let mime = document.str("mime_type").unwrap_or_default();
    let kind = match mime.starts_with("image/") {
        true => FileKind::Photo,
        false => FileKind::File,
    };
    Some(FileRow {
        key: key_of(&address),
        // Which data centre serves such files is told by the server's configuration.
        dc: 0,
        size: size as u64,
        access_hash: document.long("access_hash").unwrap_or(0),
        reference: address.as_bytes().to_vec(),
        mime: (!mime.is_empty()).then(|| mime.into_owned()),
        name: None,
        origins: vec![origin],
        attempts: 0,
        traits: FileTraits {
            kind,
            ..FileTraits::default()
        },
    })
}

/// `web/` and the first sixteen bytes of the address' SHA-256, in hex digits.
fn key_of(address: &str) -> String {
    let digest = Sha256::digest(address);
    let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    WEB.chars().map(String::from).chain(digits).collect()
}

impl Engine {
    /// Fetches one, piece after piece. That the site has it no more is the end of it.
    pub(super) async fn download_web(&self, file: &mut FileRow) -> Result<BlobInfo, Miss> {
        let address = String::from_utf8_lossy(&file.reference);
        let location = json!({
            "_": "inputWebFileLocation", "url": address, "access_hash": file.access_hash,
        });
        let mut bytes = Vec::new();
        loop {
            let (size, more) = self.web_piece(&location, bytes.len()).await?;
            let full = more.len() == PART as usize;
            bytes.extend(more);
            if bytes.len() == size {
                return self.store_bytes(bytes).await;
            }
            if size > LIMIT || bytes.len() > size || !full {
                file.attempts += 1;
                return Err(Miss::File("WRONG_LENGTH".to_owned()));
            }
        }
    }

    /// The length of all of it, and the bytes from `offset` on.
    async fn web_piece(&self, location: &Json, offset: usize) -> Result<(usize, Vec<u8>), Miss> {
        let request = json!({
            "_": "upload.getWebFile", "location": location, "offset": offset, "limit": PART,
        });
        match self.call_dc(self.client.web_dc(), &request).await? {
            Ok(reply) => piece_of(self.client.schema(), &reply)
                .ok_or_else(|| Miss::File("UNREADABLE_ANSWER".to_owned())),
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => Err(fatal.into()),
                None if error.rpc().is_some_and(is_gone) => Err(Miss::Gone),
                None => Err(Miss::File(name_of(&error))),
            },
        }
    }
}

/// The site has it no more, or has something else there.
fn is_gone(error: &RpcError) -> bool {
    error.starts_with("WEBFILE_") || error.starts_with("WEBDOCUMENT_")
}

/// What an `upload.webFile` has.
fn piece_of(schema: &Schema, reply: &Reply) -> Option<(usize, Vec<u8>)> {
    let answer = schema.object(&reply.bytes).ok()?;
    let size = usize::try_from(answer.int("size")?).ok()?;
    Some((size, answer.bytes_field("bytes")?.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(document: &Json) -> Option<FileRow> {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut bytes = Vec::new();
        schema.encode("WebDocument", document, &mut bytes).unwrap();
        let origin = Origin::Message { chat: 5, id: 7 };
        row_of(&schema.object(&bytes).unwrap(), origin)
    }

    #[test]
    fn pictures_of_other_sites_are_named_by_their_address() {
        let document = json!({"_": "webDocument", "url": "https://e.org/a.jpg", "access_hash": 9,
            "size": 300, "mime_type": "image/jpeg", "attributes": []});
        let file = row(&document).unwrap();
        assert_eq!(file.key, "web/d2c40f48321338438913b88b9e027bc7");
        assert_eq!((file.size, file.access_hash), (300, 9));
        assert!(is_web(&file.key) && !is_elsewhere(&file));
        let elsewhere = json!({"_": "webDocumentNoProxy", "url": "https://e.org/a.jpg",
            "size": 300, "mime_type": "image/jpeg", "attributes": []});
        let other = row(&elsewhere).unwrap();
        assert!(is_elsewhere(&other) && other.key == file.key);
        let mut wrong = document;
        wrong["size"] = json!(-1);
        assert_eq!(row(&wrong), None);
    }
}
