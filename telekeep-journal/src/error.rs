//! What can go wrong with an archive: each variant says what, which file, and what to do next.
//!
//! Callers map variants to exit codes, so the distinct situations (no archive, locked, wrong key, newer format)
//! are variants of their own. Errors never hold record text, passphrases or keys.

use crate::lock::Holder;
use crate::store::{StoreError, StoreErrorKind};

/// Any failure of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no `telekeep.json` at this place.
    #[error(
        "no archive at {place}: telekeep.json is missing; make one with `telekeep init` or name another folder"
    )]
    NoArchive { place: String },
    /// `init` on a place that already is an archive.
    #[error("{place} already holds an archive; nothing was changed")]
    AlreadyArchive { place: String },
    /// `init` on a place with other files in it.
    #[error("{place} is not empty (it holds {file}); choose an empty folder")]
    NotEmpty { place: String, file: String },
    /// The archive was written by a newer program.
    #[error(
        "{file} has format {found}, but this program reads up to format {known}; install a newer Telekeep to open this archive"
    )]
    NewerFormat {
        file: String,
        found: u64,
        known: u32,
    },
    /// A file of the archive is not what it must be.
    #[error("{file} is damaged: {why}; run `telekeep verify` to see everything that is wrong")]
    Damaged { file: String, why: String },
    /// Another process holds the archive's lock.
    #[error("the archive is in use by {}; wait until it has finished, or stop it", holder_text(.holder))]
    Locked { holder: Option<Holder> },
    /// The archive is encrypted and [`crate::Archive::unlock`] was not called.
    #[error("the archive is encrypted: its passphrase or identity is needed for this")]
    KeyNeeded,
    /// The passphrase or identity opens no key of this archive.
    #[error("wrong passphrase or identity: it opens none of the archive's keys ({keys})")]
    WrongKey { keys: String },
    /// Key commands on an archive made with `--no-encryption`.
    #[error("the archive is not encrypted, so it has no keys")]
    NotEncrypted,
    /// Removing the last key would lock everybody out for ever.
    #[error("{name} is the last key of the archive; add another key before removing it")]
    LastKey { name: String },
    #[error("the archive already has a key named {name}; choose another name")]
    KeyExists { name: String },
    #[error("the archive has no key named {name}; it has {keys}")]
    NoSuchKey { name: String, keys: String },
    /// A journal or key name outside the allowed characters.
    #[error(
        "{name:?} is not a valid {what} name: use a-z, 0-9, '-' and '_', starting with a letter or digit, at most {max} characters"
    )]
    BadName {
        what: &'static str,
        name: String,
        max: usize,
    },
    #[error("not an age X25519 recipient (age1...): {why}")]
    BadRecipient { why: &'static str },
    #[error("not an age X25519 identity (AGE-SECRET-KEY-1...): {why}")]
    BadIdentity { why: &'static str },
    #[error("scrypt work factor {found} is out of range; use 1 to {max}")]
    BadWorkFactor { found: u8, max: u8 },
    /// The tail and the archive disagree: one of them was rolled back or belongs to something else.
    #[error(
        "journal {journal}: the local spool and the archive disagree: {why}; nothing was changed. If the archive was restored from an older copy, bring the missing files back first"
    )]
    Diverged { journal: String, why: String },
    /// An unsealed segment whose records the tail does not hold: never deleted without asking.
    #[error(
        "{file} has no seal and the local spool does not hold its records; look at it, move it out of the archive, then run again"
    )]
    UnsealedSegment { file: String },
    /// A record offered for sealing breaks the rules of `docs/format.md`.
    #[error("journal {journal}: record {seq} cannot be sealed: {why}")]
    BadRecord {
        journal: String,
        seq: u64,
        why: &'static str,
    },
    /// No blob of this name is in the archive.
    #[error("the archive has no blob {name}")]
    NoBlob { name: String },
    #[error("journal {journal} is not in the archive")]
    NoJournal { journal: String },
    /// A store without a local folder was asked for something that needs one.
    #[error("this archive is not in a local folder")]
    NoLocalFolder,
    /// The tail (spool) failed.
    #[error("the local spool failed: {0}")]
    Tail(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Encryption failed; no detail of keys is in the text.
    #[error("encrypting {what} failed: {source}")]
    Encrypt {
        what: &'static str,
        #[source]
        source: age::EncryptError,
    },
    #[error("the system gave no random bytes: {0}")]
    Random(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading or writing a local temporary or lock file failed.
    #[error("{what}: {source}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn damaged(file: impl Into<String>, why: impl ToString) -> Self {
        Error::Damaged {
            file: file.into(),
            why: why.to_string(),
        }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    pub(crate) fn tail<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        Error::Tail(Box::new(error))
    }

    /// The file that is damaged or missing and why, when this is about the archive's own files: `verify` reports such
    /// an error of opening or unlocking as a finding.
    pub fn damage(&self) -> Option<(&str, String)> {
        match self {
            Error::Damaged { file, why } => Some((file, why.clone())),
            Error::Store(error)
                if matches!(
                    error.kind,
                    StoreErrorKind::NotFound | StoreErrorKind::TooLarge
                ) =>
            {
                Some((&error.path, error.to_string()))
            }
            _ => None,
        }
    }

    /// True when a file of the store was not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Store(error) if error.kind == StoreErrorKind::NotFound)
    }
}

fn holder_text(holder: &Option<Holder>) -> String {
    match holder {
        Some(holder) => holder.to_string(),
        None => "another process".to_owned(),
    }
}
