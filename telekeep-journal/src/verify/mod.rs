//! Verification: is every file of the archive the one that was written, is none missing and none too many?
//!
//! Works without the key on everything that does not need it: the seals are plain, and everything stored is hashed by
//! some seal. With the key it also authenticates the seals, decodes every record and compares every blob with its name.
//! Memory stays bounded: one segment at a time, and eight bytes for each blob file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

use crate::archive::{Archive, MAX_SMALL_FILE};
use crate::error::Error;
use crate::hash::sha256_hex;
use crate::keys::Keys;
use crate::marker;
use crate::names::{self, Place};
use crate::record::{Head, StoredFile};
use crate::store::{StoreError, StoreErrorKind, get_limited};
use crate::tail::Tail;

mod blobs;
mod chain;

/// What to verify and what is known beside the archive.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// Read only this share of the blob files, 0 to 100 percent, chosen by `seed`; of the others existence and size
    /// are checked. `None` reads all.
    pub sample: Option<f64>,
    /// Chooses the sample. Give another one each time.
    pub seed: u64,
    /// Do only what needs no key. Required for a locked archive.
    pub keyless: bool,
    /// What is known from outside the archive.
    pub known: Known,
}

/// Knowledge kept outside the archive: without it nobody can tell that the newest part of a journal was cut off.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Heads that the journals must have reached.
    pub heads: Vec<Head>,
    /// Blob files that records not yet sealed refer to.
    pub unsealed_blobs: Vec<StoredFile>,
    /// Journals with records that are not yet sealed: one unfinished segment each is no fault. `None` stands for a
    /// journal that was never sealed.
    pub unsealed: BTreeSet<Option<String>>,
}

impl Known {
    /// Adds what the tail of a journal knows.
    pub fn add_tail<T: Tail>(&mut self, tail: &T) -> Result<(), Error> {
        let head = tail.head().map_err(Error::tail)?;
        let mut next = head.as_ref().map_or(0, |head| head.last) + 1;
        let journal = head.as_ref().map(|head| head.journal.clone());
        self.heads.extend(head);
        loop {
            let lines = tail.read(next, 256 * 1024).map_err(Error::tail)?;
            let Some(last) = lines.last() else {
                return Ok(());
            };
            next = last.seq + 1;
            self.unsealed.insert(journal.clone());
            self.unsealed_blobs
                .extend(lines.into_iter().flat_map(|line| line.blobs));
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// It must be there and is not.
    Missing,
    /// It is not as it was written.
    Damaged,
    /// It is there and must not be.
    Unexpected,
}

/// One file that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub file: String,
    pub kind: FindingKind,
    /// A sentence for people.
    pub why: String,
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub files: u64,
    pub total_files: u64,
    /// Stored bytes.
    pub bytes: u64,
    pub total_bytes: u64,
}

/// Listens to a verification. Any `FnMut(Finding)` will do.
pub trait VerifyEvents {
    fn finding(&mut self, finding: Finding);
    fn progress(&mut self, _progress: Progress) {}
}

impl<F: FnMut(Finding)> VerifyEvents for F {
    fn finding(&mut self, finding: Finding) {
        self(finding);
    }
}

/// The outcome of a verification. The archive is good when `findings` is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub findings: u64,
    /// The heads of the journals as far as they could be followed.
    pub heads: Vec<Head>,
    pub segments: u64,
    /// Records decoded; 0 without the key of an encrypted archive.
    pub records: u64,
    /// Blob files that seals or the tail name.
    pub blob_files: u64,
    /// Blob files of those that were read and not only measured.
    pub blob_files_read: u64,
    /// Stored bytes of all files.
    pub bytes: u64,
    /// Blob files that no record refers to, without a sign of damage: left by an interrupted run (the next that needs
    /// them adopts them), or named by a seal that is reported as missing or damaged.
    pub unreferenced_blobs: u64,
    /// Segments whose sealing was interrupted: the next run removes them.
    pub unfinished_segments: u64,
    /// Whether records and blob contents were checked too, or only what needs no key.
    pub with_content: bool,
}

/// Numbers of the files that a journal's folder holds.
#[derive(Default)]
struct JournalFiles {
    segments: BTreeSet<u32>,
    seals: BTreeSet<u32>,
}

struct Verifier<'a> {
    archive: &'a Archive,
    options: &'a VerifyOptions,
    events: &'a mut dyn VerifyEvents,
    /// The keys, unless this is keyless.
    keys: Option<&'a Keys>,
    report: Report,
    progress: Progress,
    journals: BTreeMap<String, JournalFiles>,
    /// Path and SHA-256 of the schema files that are there.
    schemas: BTreeMap<String, String>,
    /// Hashes of the paths (and of the names of divided blobs) that seals and tail name.
    referenced: HashSet<u64>,
    /// Some seal is missing or unreadable, so nobody can say which blobs it names.
    seal_lost: bool,
    /// Schema files that seals name.
    sealed_schemas: BTreeSet<String>,
    hasher: RandomState,
}

impl Archive {
    /// Verifies the whole archive and reports every file that is not as it must be. Needs no lock.
    pub fn verify(
        &self,
        options: &VerifyOptions,
        events: &mut dyn VerifyEvents,
    ) -> Result<Report, Error> {
        let keys = if options.keyless {
            None
        } else {
            self.unlocked()?
        };
        let mut verifier = Verifier {
            archive: self,
            options,
            events,
            keys,
            report: Report {
                with_content: keys.is_some() || !self.is_encrypted(),
                ..Report::default()
            },
            progress: Progress::default(),
            journals: BTreeMap::new(),
            schemas: BTreeMap::new(),
            referenced: HashSet::new(),
            seal_lost: false,
            sealed_schemas: BTreeSet::new(),
            hasher: RandomState::new(),
        };
        verifier.survey()?;
        verifier.check_marker();
        verifier.check_key_files();
        verifier.check_schemas();
        verifier.check_journals();
        verifier.check_unsealed_schemas();
        verifier.check_unsealed_blobs();
        verifier.check_unreferenced()?;
        Ok(verifier.report)
    }
}

impl Verifier<'_> {
    fn find(&mut self, kind: FindingKind, file: impl Into<String>, why: impl Into<String>) {
        self.report.findings += 1;
        self.events.finding(Finding {
            file: file.into(),
            kind,
            why: why.into(),
        });
    }

    /// Reports a failed read: a missing file as missing, everything else as damage.
    fn find_error(&mut self, file: &str, error: &Error) {
        match error {
            Error::Store(error) => self.find_store_error(file, error),
            Error::Damaged { why, .. } => self.find(FindingKind::Damaged, file, why),
            other => self.find(FindingKind::Damaged, file, other.to_string()),
        }
    }

    fn find_store_error(&mut self, file: &str, error: &StoreError) {
        match error.kind {
            StoreErrorKind::NotFound => self.find(FindingKind::Missing, file, "it is missing"),
            _ => self.find(FindingKind::Damaged, file, error.to_string()),
        }
    }

    fn done(&mut self, bytes: u64) {
        self.progress.files += 1;
        self.progress.bytes += bytes;
        self.events.progress(self.progress);
    }

    /// Sees what is there, and names what no archive has.
    fn survey(&mut self) -> Result<(), Error> {
        let encrypted = self.archive.is_encrypted();
        let mut unknown = Vec::new();
        let (journals, schemas, progress) =
            (&mut self.journals, &mut self.schemas, &mut self.progress);
        let marker = &self.archive.marker;
        self.archive.store.list("", &mut |listed| {
            progress.total_files += 1;
            progress.total_bytes += listed.size;
            match names::parse(&listed.path, encrypted) {
                Place::Segment { journal, number } => {
                    journals.entry(journal.to_owned()).or_default().segments.insert(number);
                }
                Place::Seal { journal, number } => {
                    journals.entry(journal.to_owned()).or_default().seals.insert(number);
                }
                Place::Schema { .. } => {
                    schemas.insert(listed.path, String::new());
                }
                Place::Key(name) if marker.keys.iter().any(|key| key.name == name) => {}
                Place::Key(_) => unknown.push((listed.path, "telekeep.json does not name this key: left by an interrupted `key` command, or added")),
                Place::Marker | Place::Blob { .. } => {}
                Place::Unknown => unknown.push((listed.path, "no file of an archive has this name")),
            }
        })?;
        self.report.bytes = self.progress.total_bytes;
        for (file, why) in unknown {
            self.find(FindingKind::Unexpected, file, why);
        }
        Ok(())
    }

    fn check_marker(&mut self) {
        let archive = self.archive;
        let outcome = get_limited(archive.store.as_ref(), names::MARKER, MAX_SMALL_FILE)
            .map_err(Error::from)
            .and_then(|bytes| {
                let marker = marker::parse(&bytes)?;
                if marker.id != archive.marker.id {
                    return Err(Error::damaged(
                        names::MARKER,
                        "it was replaced by that of another archive",
                    ));
                }
                match self.keys {
                    Some(keys) => marker::authenticate(&bytes, keys.marker_key())
                        .map_err(|why| Error::damaged(names::MARKER, why)),
                    None => Ok(()),
                }
            });
        if let Err(error) = outcome {
            self.find_error(names::MARKER, &error);
        }
        self.done(0);
    }

    fn check_key_files(&mut self) {
        let archive = self.archive;
        for entry in &archive.marker.keys {
            match get_limited(archive.store.as_ref(), &entry.file, MAX_SMALL_FILE) {
                Ok(bytes) if sha256_hex(&bytes) == entry.sha256 => {}
                Ok(_) => self.find(
                    FindingKind::Damaged,
                    &entry.file,
                    "it is not the file that telekeep.json names",
                ),
                Err(error) => self.find_store_error(&entry.file, &error),
            }
            self.done(entry.size);
        }
    }

    fn check_schemas(&mut self) {
        let paths: Vec<String> = self.schemas.keys().cloned().collect();
        for path in paths {
            let hash = match get_limited(self.archive.store.as_ref(), &path, 16 * MAX_SMALL_FILE) {
                Ok(bytes) => sha256_hex(&bytes),
                Err(error) => {
                    self.find_store_error(&path, &error);
                    continue;
                }
            };
            if !matches!(names::parse(&path, false), Place::Schema { sha256, .. } if sha256 == hash)
            {
                self.find(
                    FindingKind::Damaged,
                    &path,
                    "its content does not match its name",
                );
            }
            self.schemas.insert(path, hash);
            self.done(0);
        }
    }

    /// A schema is put before the records that need it, so without such records it has no business here.
    fn check_unsealed_schemas(&mut self) {
        if self.seal_lost || !self.options.known.unsealed.is_empty() {
            return;
        }
        let sealed = &self.sealed_schemas;
        let alien: Vec<String> = self
            .schemas
            .keys()
            .filter(|path| !sealed.contains(*path))
            .cloned()
            .collect();
        for file in alien {
            self.find(FindingKind::Unexpected, file, "no seal names it");
        }
    }

    fn refer(&mut self, text: &str) {
        let hash = self.hasher.hash_one(text);
        self.referenced.insert(hash);
    }

    fn is_referenced(&self, text: &str) -> bool {
        self.referenced.contains(&self.hasher.hash_one(text))
    }
}
