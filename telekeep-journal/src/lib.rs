//! The archive format of Telekeep: journals of hash-chained segments, blobs, keys, and the stores that hold them.
//!
//! `docs/format.md` is the normative description; this crate is one implementation of it. It knows nothing of
//! Telegram, SQL or HTTP: a record's body is text it never looks into.
//!
//! The way of a record: a source commits it to its durable tail (anything that implements [`Tail`]),
//! [`Archive::seal`] cuts the tail into immutable segments, [`Archive::records`] reads them back, and
//! [`Archive::verify`] proves that nothing was changed, lost or added.
//!
//! ```
//! use std::io::Write;
//! use std::sync::Arc;
//! use telekeep_journal::*;
//!
//! let protection = Protection::Encrypted(vec![NewKey::passphrase_with("main", "correct horse", 10)]);
//! let archive = Archive::init(Arc::new(MemoryStore::new()), &InitOptions { protection, now: 1_760_000_000_000 })?;
//!
//! let mut blob = archive.blob_writer(None)?;
//! blob.write_all(b"a picture")?;
//! let blob = blob.finish()?;
//! let mut tail = MemoryTail::new();
//! tail.push(r#""time":1760000000000,"run":"00c0ffee00c0ffee","kind":"media","body":{"size":9}"#, blob.files);
//! archive.seal("example", &mut tail, true)?;
//!
//! let mut archive = Archive::open(archive.store().clone())?;
//! archive.unlock(&Secret::passphrase("correct horse"))?;
//! for line in archive.records("example", 1)? {
//!     assert_eq!(line?.record()?.kind, "media");
//! }
//! let report = archive.verify(&VerifyOptions::default(), &mut |finding: Finding| panic!("{}", finding.file))?;
//! assert_eq!(report.findings, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
#[doc(hidden)]
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
