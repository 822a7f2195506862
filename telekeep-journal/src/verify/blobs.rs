//! Blob files: those that seals and the tail name, and those that nobody names.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::io::{BufReader, Read};
use std::sync::Arc;

use super::{FindingKind, Verifier};
use crate::blob::{BlobNamer, PIECE_BYTES};
use crate::crypt::{AGE_START, Opener};
use crate::hash::HashingReader;
use crate::keys::Keys;
use crate::names::{self, Place};
use crate::record::StoredFile;
use crate::store::{StoreErrorKind, StoreReader};

/// Unreferenced files that are looked into one by one; more than these are only named.
const MAX_UNREFERENCED: usize = 100_000;

/// Why a blob file is not good.
type Bad = (FindingKind, String);

impl Verifier<'_> {
    /// Checks the blob files that one seal names.
    pub(super) fn check_blobs(&mut self, seal_file: &str, files: &[StoredFile]) {
        let encrypted = self.archive.is_encrypted();
        let mut groups: BTreeMap<&str, BTreeMap<u32, &StoredFile>> = BTreeMap::new();
        for file in files {
            match names::parse(&file.file, encrypted) {
                Place::Blob { name, part } => {
                    groups
                        .entry(name)
                        .or_default()
                        .insert(part.unwrap_or(0), file);
                    self.refer(&file.file);
                    if part.is_some() {
                        self.refer(name);
                    }
                }
                _ => self.find_in_seal(
                    seal_file,
                    format!("it names {}, which cannot be a blob", file.file),
                ),
            }
        }
        for (name, parts) in groups {
            self.check_blob(name, &parts);
        }
    }

    pub(super) fn check_unsealed_blobs(&mut self) {
        let options = self.options;
        self.check_blobs("local/spool.db", &options.known.unsealed_blobs);
    }

    fn check_blob(&mut self, name: &str, parts: &BTreeMap<u32, &StoredFile>) {
        let chosen = self.is_chosen(name);
        let mut namer = (chosen && self.report.with_content).then(|| self.namer());
        let mut all_good = true;
        for file in parts.values() {
            self.report.blob_files += 1;
            let outcome = if chosen {
                self.read_file(file, namer.as_mut())
            } else {
                self.measure(file)
            };
            if let Err((kind, why)) = outcome {
                self.find(kind, &file.file, why);
                all_good = false;
            }
            self.done(file.size);
        }
        let complete = parts
            .keys()
            .zip(0..)
            .all(|(number, expected)| *number == expected);
        let named = namer.is_none_or(|namer| namer.finish().1 == name);
        if let (true, true, false, Some(first)) = (all_good, complete, named, parts.values().next())
        {
            self.find(
                FindingKind::Damaged,
                &first.file,
                "the blob's content does not match its name",
            );
        }
    }

    fn namer(&self) -> BlobNamer {
        BlobNamer::new(self.keys.map(Keys::blob_name_key))
    }

    /// Is this blob part of the sample?
    fn is_chosen(&self, name: &str) -> bool {
        let Some(percent) = self.options.sample else {
            return true;
        };
        const SCALE: u64 = 1_000_000;
        // Names are uniform already; mixed with the seed they give another sample each time.
        let hash = std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default()
            .hash_one((self.options.seed, name));
        ((hash % SCALE) as f64) < percent / 100.0 * SCALE as f64
    }

    /// Existence and size only.
    fn measure(&self, file: &StoredFile) -> Result<(), Bad> {
        match self.archive.store.stat(&file.file) {
            Ok(size) if size == file.size => Ok(()),
            Ok(size) => Err(wrong_size(size, file.size)),
            Err(error) => Err(store_error(&error)),
        }
    }

    /// Stored bytes against the seal, and plain bytes into the namer, in one pass.
    fn read_file(&mut self, file: &StoredFile, namer: Option<&mut BlobNamer>) -> Result<(), Bad> {
        self.measure(file)?;
        self.report.blob_files_read += 1;
        let (content, size, sha256) = self.read_stored(&file.file, namer)?;
        if (size, sha256.as_str()) != (file.size, file.sha256.as_str()) {
            return Err((
                FindingKind::Damaged,
                "its bytes are not the ones that were stored".to_owned(),
            ));
        }
        content.map_err(|why| (FindingKind::Damaged, why))
    }

    /// Reads a file to its end. Gives whether the content could be decoded, and size and hash of what is stored.
    fn read_stored(
        &self,
        path: &str,
        namer: Option<&mut BlobNamer>,
    ) -> Result<(Result<(), String>, u64, String), Bad> {
        let reader = StoreReader::open(Arc::clone(&self.archive.store), path, PIECE_BYTES)
            .map_err(|e| store_error(&e))?;
        let mut stored = HashingReader::new(reader);
        let content = match namer {
            Some(namer) => self.decode(&mut stored, namer),
            None => Ok(()),
        };
        let (size, sha256) = stored
            .finish()
            .map_err(|e| (FindingKind::Damaged, format!("it cannot be read: {e}")))?;
        Ok((content, size, sha256))
    }

    fn decode(&self, stored: impl Read, namer: &mut BlobNamer) -> Result<(), String> {
        let identity = self.keys.map(Keys::identity);
        let mut plain = Opener::new(identity, BufReader::with_capacity(64 * 1024, stored))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = plain
                .read(&mut buffer)
                .map_err(|e| format!("it cannot be decrypted: {e}"))?;
            if n == 0 {
                return Ok(());
            }
            namer.update(buffer.get(..n).unwrap_or_default());
        }
    }

    /// Names blob files that no seal and no record of the tail names, unless they can be seen to be harmless.
    pub(super) fn check_unreferenced(&mut self) -> Result<(), crate::Error> {
        let mut groups: BTreeMap<String, BTreeMap<u32, String>> = BTreeMap::new();
        let mut too_many = Vec::new();
        let mut count = 0;
        let encrypted = self.archive.is_encrypted();
        let this = &*self;
        this.archive.store.list(names::BLOBS, &mut |listed| {
            if let Place::Blob { name, part } = names::parse(&listed.path, encrypted) {
                if this.is_referenced(&listed.path) {
                    return;
                }
                count += 1;
                if count > MAX_UNREFERENCED || this.is_referenced(name) {
                    too_many.push(listed.path);
                } else {
                    let key = if part.is_some() {
                        format!("{name}/")
                    } else {
                        name.to_owned()
                    };
                    groups
                        .entry(key)
                        .or_default()
                        .insert(part.unwrap_or(0), listed.path);
                }
            }
        })?;
        for file in too_many {
            self.find(FindingKind::Unexpected, file, UNREFERENCED);
        }
        for (key, parts) in groups {
            self.check_unreferenced_blob(key.trim_end_matches('/'), &parts);
        }
        Ok(())
    }

    fn check_unreferenced_blob(&mut self, name: &str, parts: &BTreeMap<u32, String>) {
        let genuine = match self.report.with_content {
            true => self.is_genuine(name, parts),
            false => self.seal_lost && parts.values().all(|file| self.is_age_file(file)),
        };
        for file in parts.values() {
            if genuine {
                self.report.unreferenced_blobs += 1;
            } else {
                self.find(FindingKind::Unexpected, file, UNREFERENCED);
            }
        }
    }

    fn is_age_file(&self, path: &str) -> bool {
        let start = self
            .archive
            .store
            .get_range(path, 0, AGE_START.len() as u64);
        start.is_ok_and(|start| start == AGE_START)
    }

    /// Does the content match the name? Parts without part 0 were never put completely: they only have to decode.
    fn is_genuine(&self, name: &str, parts: &BTreeMap<u32, String>) -> bool {
        let mut namer = self.namer();
        let decodes = |file: &String, namer: &mut BlobNamer| {
            matches!(self.read_stored(file, Some(namer)), Ok((Ok(()), _, _)))
        };
        let decoded = parts.values().all(|file| decodes(file, &mut namer));
        decoded && (!parts.contains_key(&0) || namer.finish().1 == name)
    }
}

const UNREFERENCED: &str = "no seal names it: added by somebody, or left by an interrupted run and unreadable without the key";

fn wrong_size(found: u64, expected: u64) -> Bad {
    (
        FindingKind::Damaged,
        format!("it has {found} bytes instead of {expected}"),
    )
}

fn store_error(error: &crate::StoreError) -> Bad {
    match error.kind {
        StoreErrorKind::NotFound => (FindingKind::Missing, "it is missing".to_owned()),
        _ => (FindingKind::Damaged, error.to_string()),
    }
}
