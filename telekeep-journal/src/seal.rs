//! Seals: the small plain file beside each segment that commits it and links it to the one before.
//!
//! The chain runs over seals and not over the first lines of segments, because those cannot be read without the key:
//! a replica is checked seal by seal, segment bytes by hash, blob bytes by hash, all without the key.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::hash::{ZERO_HASH, sha256_hex};
use crate::marker::check_format;
use crate::names;
use crate::record::{Head, StoredFile};
use crate::statement::{self, Statement};
use crate::store::{Store, get_limited};

/// No seal file is larger: a segment names at most [`crate::sealing::MAX_BLOB_FILES`] blob files.
pub(crate) const MAX_SEAL: u64 = 16 * 1024 * 1024;

/// The fields of a seal file but `mac` and `checksum`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seal {
    pub(crate) format: u32,
    pub(crate) journal: String,
    /// From 1.
    pub(crate) segment: u32,
    /// Sequence numbers of the first and last record.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// SHA-256 of the previous seal file, zeros for the first.
    pub(crate) prev: String,
    /// The stored segment.
    pub(crate) file: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    /// Blob files that this segment's records are the first to refer to.
    pub(crate) blobs: Vec<StoredFile>,
    /// All schema files the archive held when the segment was sealed.
    #[serde(default)]
    pub(crate) schemas: Vec<StoredFile>,
}

/// A seal with the hash of its file.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) seal: Seal,
    pub(crate) sha256: String,
}

impl Sealed {
    pub(crate) fn head(&self) -> Head {
        Head {
            journal: self.seal.journal.clone(),
            segment: self.seal.segment,
            last: self.seal.last,
            sha256: self.sha256.clone(),
        }
    }
}

/// Reads a seal and checks everything that can be checked without its neighbours.
pub(crate) fn parse(file: &str, bytes: &[u8], mac_key: Option<&[u8; 32]>) -> Result<Seal, Error> {
    let damaged = |why: String| Error::damaged(file, why);
    let statement = Statement::parse(bytes).map_err(damaged)?;
    check_format(file, &statement)?;
    if let Some(key) = mac_key {
        statement.authenticate(key).map_err(damaged)?;
    }
    let seal: Seal = statement.fields().map_err(damaged)?;
    if seal.first == 0 || seal.last < seal.first || i64::try_from(seal.last).is_err() {
        return Err(Error::damaged(file, "its sequence numbers make no sense"));
    }
    Ok(seal)
}

/// Reads seal `number` of a journal: its own integrity, its place, the segment file it names.
pub(crate) fn load(
    store: &dyn Store,
    journal: &str,
    number: u32,
    encrypted: bool,
    key: Option<&[u8; 32]>,
) -> Result<Sealed, Error> {
    let file = names::seal_file(journal, number);
    let bytes = get_limited(store, &file, MAX_SEAL)?;
    let seal = parse(&file, &bytes, key)?;
    if seal.journal != journal || seal.segment != number {
        let why = format!(
            "it is the seal of segment {} of journal {}, so files were moved",
            seal.segment, seal.journal
        );
        return Err(Error::damaged(file, why));
    }
    if seal.file != names::segment_file(journal, number, encrypted) {
        return Err(Error::damaged(
            file,
            "it names a file that cannot be its segment",
        ));
    }
    Ok(Sealed {
        seal,
        sha256: sha256_hex(&bytes),
    })
}

/// Does `next` follow `before`? The error is a sentence about `next`.
pub(crate) fn follows(before: Option<&Head>, next: &Seal) -> Result<(), String> {
    let (prev, last, segment) = before.map_or((ZERO_HASH, 0, 0), |head| {
        (head.sha256.as_str(), head.last, head.segment)
    });
    if next.segment != segment + 1 {
        Err(format!(
            "segment {} does not follow segment {segment}",
            next.segment
        ))
    } else if next.prev != prev {
        Err("it was not made after the seal before it: the chain is broken here".to_owned())
    } else if next.first != last + 1 {
        Err(format!(
            "it starts at record {}, but the segment before ends at {last}",
            next.first
        ))
    } else {
        Ok(())
    }
}

pub(crate) fn encode(seal: &Seal, mac_key: Option<&[u8; 32]>) -> Result<Vec<u8>, Error> {
    statement::encode(seal, mac_key)
}
