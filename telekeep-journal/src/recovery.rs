//! Recovery: bringing the tail and the archive to agree after a crash.
//!
//! Three things can have been left: a segment without a seal (the seal was not written: the records are still in the
//! tail, so the segment goes), a seal the tail has not heard of (the tail still holds the lines: they are compared
//! and dropped), and nothing. Anything else means that one side was rolled back or changed, and nothing is touched.

use crate::archive::Archive;
use crate::error::Error;
use crate::hash::sha256_hex;
use crate::keys::Keys;
use crate::names;
use crate::record::Head;
use crate::seal::{self, Sealed};
use crate::sealing::{next_number, segment_head};
use crate::segment::{MAX_STORED_SEGMENT, SegmentReader};
use crate::store::{Store, StoreErrorKind, get_limited};
use crate::tail::Tail;

impl Archive {
    /// Makes the tail and the archive agree and gives the journal's head. The caller holds the archive's lock.
    ///
    /// A fresh tail (no head, no lines) on a journal that exists adopts its head, so records go on after it.
    pub fn recover<T: Tail>(&self, journal: &str, tail: &mut T) -> Result<Option<Head>, Error> {
        names::check_journal_name(journal)?;
        self.unlocked()?;
        let mut head = tail.head().map_err(Error::tail)?;
        if let Some(known) = &head {
            self.check_known_head(journal, known)?;
        }
        let mut unheard = false;
        while let Some(sealed) = self.seal_after(journal, head.as_ref())? {
            let new = sealed.head();
            // A fresh tail on a long journal hears of the last head only: telling is a durable write.
            unheard = !self.compare_with_tail(&sealed, head.as_ref(), tail)?;
            if !unheard {
                tail.sealed(&new).map_err(Error::tail)?;
            }
            head = Some(new);
        }
        if let (true, Some(head)) = (unheard, &head) {
            tail.sealed(head).map_err(Error::tail)?;
        }
        self.remove_unsealed(journal, head.as_ref(), tail)?;
        Ok(head)
    }

    /// The archive must still have the seal that the tail knows as the last.
    fn check_known_head(&self, journal: &str, known: &Head) -> Result<(), Error> {
        let diverged = |why: String| Error::Diverged {
            journal: journal.to_owned(),
            why,
        };
        if known.journal != journal {
            return Err(diverged(format!(
                "the spool belongs to journal {}",
                known.journal
            )));
        }
        let file = names::seal_file(journal, known.segment);
        match get_limited(self.store.as_ref(), &file, seal::MAX_SEAL) {
            Ok(bytes) if sha256_hex(&bytes) == known.sha256 => Ok(()),
            Ok(_) => Err(diverged(format!(
                "{file} is not the file the spool saw sealed"
            ))),
            Err(error) if error.kind == StoreErrorKind::NotFound => {
                Err(diverged(format!("{file} is missing from the archive")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The seal after `head`, checked against it.
    fn seal_after(&self, journal: &str, head: Option<&Head>) -> Result<Option<Sealed>, Error> {
        let number = next_number(head);
        let file = names::seal_file(journal, number);
        if !exists(self.store.as_ref(), &file)? {
            return Ok(None);
        }
        let key = self.unlocked()?.map(Keys::seal_key);
        let sealed = seal::load(
            self.store.as_ref(),
            journal,
            number,
            self.is_encrypted(),
            key,
        )?;
        seal::follows(head, &sealed.seal).map_err(|why| Error::damaged(file, why))?;
        Ok(Some(sealed))
    }

    /// Lines the tail still has of a sealed segment must be the segment's, before they are dropped. False when it has none.
    fn compare_with_tail<T: Tail>(
        &self,
        sealed: &Sealed,
        before: Option<&Head>,
        tail: &T,
    ) -> Result<bool, Error> {
        let seal = &sealed.seal;
        let mut lines = tail.read(seal.first, 1).map_err(Error::tail)?.into_iter();
        if lines.len() == 0 {
            return Ok(false);
        }
        let mut reader = self.read_segment(sealed, before)?;
        let damaged = |why: String| Error::damaged(&seal.file, why);
        while let Some(stored) = reader.next_line().map_err(damaged)? {
            let line = match lines.next() {
                Some(line) => line,
                None => {
                    lines = tail
                        .read(stored.seq, 1024 * 1024)
                        .map_err(Error::tail)?
                        .into_iter();
                    match lines.next() {
                        Some(line) => line,
                        None => break,
                    }
                }
            };
            if line.seq != stored.seq || line.json != stored.json {
                let why = format!(
                    "record {} is not the same in the spool and in {}",
                    stored.seq, seal.file
                );
                return Err(Error::Diverged {
                    journal: seal.journal.clone(),
                    why,
                });
            }
        }
        Ok(true)
    }

    /// Reads a sealed segment after checking its stored bytes and its first line.
    pub(crate) fn read_segment(
        &self,
        sealed: &Sealed,
        before: Option<&Head>,
    ) -> Result<SegmentReader, Error> {
        let seal = &sealed.seal;
        let stored = get_limited(self.store.as_ref(), &seal.file, MAX_STORED_SEGMENT)?;
        if stored.len() as u64 != seal.size || sha256_hex(&stored) != seal.sha256 {
            return Err(Error::damaged(
                &seal.file,
                "its bytes are not the ones that were sealed",
            ));
        }
        let reader = SegmentReader::new(stored, self.identity()?)
            .map_err(|why| Error::damaged(&seal.file, why))?;
        if reader.head != segment_head(&seal.journal, before) {
            return Err(Error::damaged(
                &seal.file,
                "its first line does not continue the journal",
            ));
        }
        Ok(reader)
    }

    /// A segment without a seal was being written when the writer ended. It goes only if the tail can make it again.
    fn remove_unsealed<T: Tail>(
        &self,
        journal: &str,
        head: Option<&Head>,
        tail: &T,
    ) -> Result<(), Error> {
        let file = names::segment_file(journal, next_number(head), self.is_encrypted());
        if !exists(self.store.as_ref(), &file)? {
            return Ok(());
        }
        let next = head.map_or(0, |head| head.last) + 1;
        if tail.read(next, 1).map_err(Error::tail)?.is_empty() {
            return Err(Error::UnsealedSegment { file });
        }
        Ok(self.store.delete(&file)?)
    }
}

fn exists(store: &dyn Store, file: &str) -> Result<bool, Error> {
    match store.stat(file) {
        Ok(_) => Ok(true),
        Err(error) if error.kind == StoreErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}
