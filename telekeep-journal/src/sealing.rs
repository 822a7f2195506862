//! Sealing: cutting the durable tail into immutable segments.
//!
//! Order of writing: the segment, then its seal. The seal is the commit point; only after it the tail forgets.
//! A crash at any moment leaves the records in the tail, in a sealed segment, or in both, and recovery tells which.

use crate::FORMAT;
use crate::archive::Archive;
use crate::error::Error;
use crate::hash::{ZERO_HASH, sha256_hex};
use crate::keys::Keys;
use crate::names;
use crate::record::{Head, StoredFile, TailLine, check_line};
use crate::seal::{self, Seal};
use crate::segment::{SEGMENT_BYTES, SegmentHead, SegmentWriter};
use crate::store::get_limited;
use crate::tail::Tail;

/// Blob files one seal names at most, so that a seal stays a small file.
pub(crate) const MAX_BLOB_FILES: usize = 10_000;
const READ_BYTES: usize = 1024 * 1024;

/// A segment being filled.
struct Cut {
    writer: SegmentWriter,
    first: u64,
    last: u64,
    blobs: Vec<StoredFile>,
    /// It ended because the next line did not fit, not because the tail did.
    full: bool,
}

impl Archive {
    /// Seals what is in the tail: whole segments only, or with `all` the remainder too.
    /// Gives the journal's head afterwards; `None` when nothing was ever sealed.
    ///
    /// The caller holds the archive's lock. What an interrupted call left is recovered first ([`Archive::recover`]).
    pub fn seal<T: Tail>(
        &self,
        journal: &str,
        tail: &mut T,
        all: bool,
    ) -> Result<Option<Head>, Error> {
        let mut head = self.recover(journal, tail)?;
        loop {
            if !all
                && tail
                    .unsealed_bytes()
                    .map_err(Error::tail)?
                    .is_some_and(|bytes| bytes < SEGMENT_BYTES)
            {
                return Ok(head);
            }
            let Some(cut) = self.cut(journal, tail, head.as_ref())? else {
                return Ok(head);
            };
            if !cut.full && !all {
                return Ok(head);
            }
            let more = cut.full;
            let new = self.commit(journal, head.as_ref(), cut)?;
            tail.sealed(&new).map_err(Error::tail)?;
            head = Some(new);
            if !more {
                return Ok(head);
            }
        }
    }

    /// Fills one segment from the tail; `None` when the tail is empty.
    fn cut<T: Tail>(
        &self,
        journal: &str,
        tail: &T,
        head: Option<&Head>,
    ) -> Result<Option<Cut>, Error> {
        let first = head.map_or(0, |head| head.last) + 1;
        let mut lines = tail.read(first, READ_BYTES).map_err(Error::tail)?;
        if lines.is_empty() {
            return Ok(None);
        }
        let segment_head = segment_head(journal, head);
        let writer = SegmentWriter::new(&segment_head, self.age_recipient()?.as_ref())?;
        let mut cut = Cut {
            writer,
            first,
            last: first - 1,
            blobs: Vec::new(),
            full: false,
        };
        while !lines.is_empty() && !cut.full {
            for line in lines {
                if !cut.take(journal, line)? {
                    break;
                }
            }
            lines = if cut.full {
                Vec::new()
            } else {
                tail.read(cut.last + 1, READ_BYTES).map_err(Error::tail)?
            };
        }
        Ok(Some(cut))
    }

    /// Writes segment and seal.
    fn commit(&self, journal: &str, head: Option<&Head>, cut: Cut) -> Result<Head, Error> {
        let (first, last, blobs) = (cut.first, cut.last, cut.blobs);
        let stored = cut.writer.finish()?;
        let number = next_number(head);
        let file = names::segment_file(journal, number, self.is_encrypted());
        let seal = Seal {
            format: FORMAT,
            journal: journal.to_owned(),
            segment: number,
            first,
            last,
            prev: prev(head),
            file: file.clone(),
            size: stored.len() as u64,
            sha256: sha256_hex(&stored),
            blobs,
            schemas: self.schema_files()?,
        };
        let bytes = seal::encode(&seal, self.unlocked()?.map(Keys::seal_key))?;
        self.store.put_new(&file, &stored)?;
        self.store
            .put_new(&names::seal_file(journal, number), &bytes)?;
        Ok(Head {
            journal: journal.to_owned(),
            segment: number,
            last,
            sha256: sha256_hex(&bytes),
        })
    }

    fn schema_files(&self) -> Result<Vec<StoredFile>, Error> {
        let mut files = Vec::new();
        self.store
            .list(names::SCHEMA, &mut |listed| files.push(listed))?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let known = files
            .into_iter()
            .filter(|file| matches!(names::parse(&file.path, false), names::Place::Schema { .. }));
        known
            .map(|file| {
                let bytes = get_limited(self.store.as_ref(), &file.path, file.size)?;
                Ok(StoredFile {
                    size: bytes.len() as u64,
                    sha256: sha256_hex(&bytes),
                    file: file.path,
                })
            })
            .collect()
    }
}

impl Cut {
    /// False when the segment is full and the line has to wait for the next.
    fn take(&mut self, journal: &str, line: TailLine) -> Result<bool, Error> {
        check_line(journal, &line, self.last + 1)?;
        let too_many_blobs =
            !self.blobs.is_empty() && self.blobs.len() + line.blobs.len() > MAX_BLOB_FILES;
        let empty = self.last < self.first;
        if !empty && (too_many_blobs || !self.writer.fits(line.json.len())) {
            self.full = true;
            return Ok(false);
        }
        self.writer.push(line.json.as_bytes())?;
        self.last = line.seq;
        self.blobs.extend(line.blobs);
        Ok(true)
    }
}

pub(crate) fn next_number(head: Option<&Head>) -> u32 {
    head.map_or(0, |head| head.segment) + 1
}

fn prev(head: Option<&Head>) -> String {
    head.map_or(ZERO_HASH, |head| &head.sha256).to_owned()
}

/// What the first line of the segment after `head` must be.
pub(crate) fn segment_head(journal: &str, head: Option<&Head>) -> SegmentHead {
    SegmentHead {
        format: FORMAT,
        journal: journal.to_owned(),
        segment: next_number(head),
        first: head.map_or(0, |head| head.last) + 1,
        prev: prev(head),
    }
}
