//! Blobs: the bytes of one media file, named by content, stored once.
//!
//! The name is the SHA-256 of the plain bytes, in an encrypted archive put through HMAC with a key of the archive, so
//! that a name tells nobody which file it is. Up to [`MAX_SINGLE_BLOB_BYTES`] a blob is one file,
//! above it is kept in parts of [`PART_BYTES`], each complete in itself. Part 0 is written last: with it the blob exists.

use std::sync::Arc;

use age::x25519;
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::archive::Archive;
use crate::error::Error;
use crate::hash::hex;
use crate::record::StoredFile;
use crate::store::Store;

mod reader;
mod writer;

pub use reader::BlobReader;
pub use writer::BlobWriter;

/// The largest blob that is kept as one file, in plain bytes.
pub const MAX_SINGLE_BLOB_BYTES: u64 = 32 * 1024 * 1024;
/// Plain bytes of each part but the last of a larger blob.
pub const PART_BYTES: u64 = 16 * 1024 * 1024;
/// How much of a stored file is fetched at once.
pub(crate) const PIECE_BYTES: u64 = 512 * 1024;

/// A blob that is in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// 64 hexadecimal digits: what records call it and [`Archive::blob_reader`] takes.
    pub name: String,
    /// Plain bytes.
    pub size: u64,
    /// Hexadecimal SHA-256 of the plain bytes.
    pub sha256: String,
    /// The stored files, for the record that refers to the blob first ([`crate::TailLine::blobs`]).
    pub files: Vec<StoredFile>,
    /// The archive had it already.
    pub existed: bool,
}

/// What blob readers and writers need of an archive; owned, so that they can live in other threads.
#[derive(Clone)]
struct BlobAccess {
    store: Arc<dyn Store>,
    keys: Option<BlobKeys>,
}

#[derive(Clone)]
struct BlobKeys {
    identity: x25519::Identity,
    recipient: x25519::Recipient,
    name_key: Zeroizing<[u8; 32]>,
}

impl BlobAccess {
    fn of(archive: &Archive) -> Result<Self, Error> {
        let keys = archive.unlocked()?.map(|keys| BlobKeys {
            identity: keys.identity().clone(),
            recipient: keys.recipient(),
            name_key: Zeroizing::new(*keys.blob_name_key()),
        });
        Ok(BlobAccess {
            store: Arc::clone(&archive.store),
            keys,
        })
    }

    fn encrypted(&self) -> bool {
        self.keys.is_some()
    }

    fn identity(&self) -> Option<&x25519::Identity> {
        self.keys.as_ref().map(|keys| &keys.identity)
    }

    fn recipient(&self) -> Option<&x25519::Recipient> {
        self.keys.as_ref().map(|keys| &keys.recipient)
    }

    fn namer(&self) -> BlobNamer {
        BlobNamer::new(self.keys.as_ref().map(|keys| &*keys.name_key))
    }
}

/// Computes a blob's name from its plain bytes.
pub(crate) struct BlobNamer {
    content: Sha256,
    key: Option<Zeroizing<[u8; 32]>>,
}

impl BlobNamer {
    pub(crate) fn new(key: Option<&[u8; 32]>) -> Self {
        BlobNamer {
            content: Sha256::new(),
            key: key.map(|key| Zeroizing::new(*key)),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.content.update(bytes);
    }

    /// The SHA-256 of the content and the name.
    pub(crate) fn finish(self) -> (String, String) {
        let sha256 = hex(&self.content.finalize());
        // HMAC takes keys of any length, so a key always gives a keyed name.
        let keyed = self
            .key
            .and_then(|key| Hmac::<Sha256>::new_from_slice(&*key).ok())
            .map(|mut mac| {
                mac.update(sha256.as_bytes());
                hex(&mac.finalize().into_bytes())
            });
        let name = keyed.unwrap_or_else(|| sha256.clone());
        (sha256, name)
    }
}

impl Archive {
    /// Starts a blob: write its plain bytes, then [`BlobWriter::finish`]. Constant memory; nothing appears in the
    /// archive before `finish`. `expected_size` is a hint that saves work for large files.
    pub fn blob_writer(&self, expected_size: Option<u64>) -> Result<BlobWriter, Error> {
        Ok(BlobWriter::new(
            BlobAccess::of(self)?,
            Arc::clone(&self.blob_parts),
            expected_size,
        ))
    }

    /// Opens a blob for reading and seeking in its plain bytes.
    pub fn blob_reader(&self, name: &str) -> Result<BlobReader, Error> {
        BlobReader::open(BlobAccess::of(self)?, name)
    }
}

/// How many parts a blob of `size` plain bytes has; `None` when it is one file.
fn part_count(size: u64) -> Option<u32> {
    (size > MAX_SINGLE_BLOB_BYTES)
        .then(|| u32::try_from(size.div_ceil(PART_BYTES)).unwrap_or(u32::MAX))
}
