//! The archive format of Telekeep: journals of hash-chained segments, blobs, keys, and the stores that hold them.
//!
//! `docs/format.md` is the normative description; this crate is one implementation of it. It knows nothing of
//! Telegram, SQL or HTTP: a record's body is text it never looks into.
//!
//! The way of a record: a source commits it to its durable tail (anything that implements [`Tail`]),
//! [`Archive::seal`] cuts the tail into immutable segments, [`Archive::records`] reads them back, and
//! [`Archive::verify`] proves that nothing was changed, lost or added.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod archive;
mod blob;
mod crypt;
mod error;
mod hash;
mod key_admin;
mod keys;
mod lock;
mod marker;
mod names;
pub mod parsers;
mod read;
mod record;
mod recovery;
mod seal;
mod sealing;
mod segment;
mod statement;
pub mod store;
mod tail;
mod verify;

pub use archive::{Archive, InitOptions, Protection};
pub use blob::{BlobInfo, BlobReader, BlobWriter, MAX_SINGLE_BLOB_BYTES, PART_BYTES};
pub use error::Error;
pub use key_admin::KeyInfo;
pub use keys::{DEFAULT_WORK_FACTOR, MAX_WORK_FACTOR, NewKey, Secret, Wrap};
pub use lock::{Holder, Lock};
pub use marker::Encryption;
pub use read::Records;
pub use record::{Head, Line, MAX_RECORD_BYTES, Record, StoredFile, TailLine};
pub use store::{Listed, LocalStore, MemoryStore, Staged, Store, StoreError, StoreErrorKind};
pub use tail::{MemoryTail, Tail};
pub use verify::{Finding, FindingKind, Known, Progress, Report, VerifyEvents, VerifyOptions};

/// The archive format this library writes and the newest it reads (`docs/format.md`).
pub const FORMAT: u32 = 1;
