//! The chain of seals of each journal, and the segments they seal.

use super::{FindingKind, JournalFiles, Verifier};
use crate::crypt::AGE_START;
use crate::error::Error;
use crate::hash::sha256_hex;
use crate::keys::Keys;
use crate::names;
use crate::record::{Head, Record};
use crate::seal::{self, Sealed};
use crate::sealing::segment_head;
use crate::segment::{MAX_STORED_SEGMENT, SegmentReader};
use crate::store::get_limited;

/// The seal before, as far as it is known: an unreadable seal breaks the knowledge, not the verification.
enum Before {
    Start,
    Head(Head),
    Unknown,
}

impl Before {
    /// `None` when there is nothing to compare with.
    fn known(&self) -> Option<Option<&Head>> {
        match self {
            Before::Start => Some(None),
            Before::Head(head) => Some(Some(head)),
            Before::Unknown => None,
        }
    }
}

impl Verifier<'_> {
    pub(super) fn check_journals(&mut self) {
        let mut journals = std::mem::take(&mut self.journals);
        for head in &self.options.known.heads {
            journals.entry(head.journal.clone()).or_default();
        }
        for (journal, files) in &journals {
            self.check_journal(journal, files);
        }
    }

    fn check_journal(&mut self, journal: &str, files: &JournalFiles) {
        let known: Vec<&Head> = self
            .options
            .known
            .heads
            .iter()
            .filter(|head| head.journal == journal)
            .collect();
        let last_seal = files.seals.last().copied().unwrap_or(0);
        let known_last = known.iter().map(|head| head.segment).max();
        let end = last_seal
            .max(files.segments.last().copied().unwrap_or(0))
            .max(known_last.unwrap_or(0));
        let mut before = Before::Start;
        let mut missing = 0_u32;
        for number in 1..=end {
            if files.seals.contains(&number) {
                before = self.check_sealed(journal, number, &before, &known);
                continue;
            }
            let is_next = number == last_seal + 1 && files.segments.contains(&number);
            if is_next && self.is_being_written(journal, number) {
                self.report.unfinished_segments += 1;
                continue;
            }
            before = Before::Unknown;
            self.seal_lost = true;
            missing += 1;
            // A planted file with a huge number must not make millions of findings.
            if missing <= 1000 || files.segments.contains(&number) {
                self.missing_seal(journal, number, files, known_last);
            }
            if files.segments.contains(&number) {
                self.check_lone_segment(journal, number);
            }
        }
        if let Before::Head(head) = before {
            self.report.heads.push(head);
        }
    }

    /// Is the segment after the last seal the work of a writer that is at it, or was interrupted at it?
    fn is_being_written(&self, journal: &str, number: u32) -> bool {
        let sealed_since = || {
            let seal = names::seal_file(journal, number);
            self.archive.store.stat(&seal).is_ok()
        };
        let unsealed = &self.options.known.unsealed;
        let first = number == 1 && unsealed.contains(&None);
        first || unsealed.contains(&Some(journal.to_owned())) || sealed_since()
    }

    fn missing_seal(
        &mut self,
        journal: &str,
        number: u32,
        files: &JournalFiles,
        known_last: Option<u32>,
    ) {
        let seal = names::seal_file(journal, number);
        if files.segments.contains(&number) {
            let why = "it is missing although its segment is there: sealing was interrupted, or it was removed";
            self.find(FindingKind::Missing, seal, why);
        } else if known_last.is_some_and(|last| number <= last) {
            self.find(
                FindingKind::Missing,
                seal,
                "the newest part of the journal was cut off: its head is known to be later",
            );
        } else {
            self.find(
                FindingKind::Missing,
                seal,
                "it is missing, and so is its segment",
            );
        }
    }

    /// Checks seal `number`, its segment and its blobs.
    fn check_sealed(
        &mut self,
        journal: &str,
        number: u32,
        before: &Before,
        known: &[&Head],
    ) -> Before {
        let file = names::seal_file(journal, number);
        let archive = self.archive;
        let key = self.keys.map(Keys::seal_key);
        let sealed = match seal::load(
            archive.store.as_ref(),
            journal,
            number,
            archive.is_encrypted(),
            key,
        ) {
            Ok(sealed) => sealed,
            Err(error) => {
                self.find_error(&file, &error);
                self.seal_lost = true;
                self.check_lone_segment(journal, number);
                return Before::Unknown;
            }
        };
        self.done(0);
        if let Some(Err(why)) = before
            .known()
            .map(|before| seal::follows(before, &sealed.seal))
        {
            self.find(
                FindingKind::Damaged,
                &file,
                format!(
                    "{why} (this file or {})",
                    names::seal_file(journal, number - 1)
                ),
            );
        }
        if known
            .iter()
            .any(|head| head.segment == number && head.sha256 != sealed.sha256)
        {
            self.find(
                FindingKind::Damaged,
                &file,
                "it is not the seal that was known as the journal's head",
            );
        }
        self.check_segment(&sealed, before);
        self.check_sealed_schemas(&sealed);
        self.check_blobs(&file, &sealed.seal.blobs);
        Before::Head(sealed.head())
    }

    fn check_segment(&mut self, sealed: &Sealed, before: &Before) {
        let seal = &sealed.seal;
        self.report.segments += 1;
        match get_limited(self.archive.store.as_ref(), &seal.file, MAX_STORED_SEGMENT) {
            Err(error) => self.find_store_error(&seal.file, &error),
            Ok(stored) if stored.len() as u64 != seal.size => {
                let why = format!("it has {} bytes instead of {}", stored.len(), seal.size);
                self.find(FindingKind::Damaged, &seal.file, why);
            }
            Ok(stored) if sha256_hex(&stored) != seal.sha256 => {
                self.find(
                    FindingKind::Damaged,
                    &seal.file,
                    "its bytes are not the ones that were sealed",
                );
            }
            Ok(stored) if self.report.with_content => {
                if let Err(why) = self.check_records(stored, sealed, before) {
                    self.find(FindingKind::Damaged, &seal.file, why);
                }
            }
            Ok(_) => {}
        }
        self.done(seal.size);
    }

    /// Decodes every line. Errors are sentences about the segment.
    fn check_records(
        &mut self,
        stored: Vec<u8>,
        sealed: &Sealed,
        before: &Before,
    ) -> Result<(), String> {
        let seal = &sealed.seal;
        let mut reader = SegmentReader::new(stored, self.keys.map(Keys::identity))?;
        let mut expected = segment_head(&seal.journal, before.known().flatten());
        if before.known().is_none() {
            (expected.segment, expected.first, expected.prev) =
                (seal.segment, seal.first, seal.prev.clone());
        }
        if reader.head != expected {
            return Err("its first line does not continue the journal".to_owned());
        }
        let mut next = seal.first;
        while let Some(line) = reader.next_line()? {
            if line.seq != next || line.seq > seal.last {
                return Err(format!("record {} stands where {next} belongs", line.seq));
            }
            // The parser's own words could quote the record.
            let _: Record = serde_json::from_str(&line.json)
                .map_err(|_| format!("record {next} is not a record"))?;
            next += 1;
            self.report.records += 1;
        }
        if next == seal.last + 1 {
            Ok(())
        } else {
            Err(format!("it ends before record {next}"))
        }
    }

    /// A segment whose seal says nothing: does it at least look like what its name says?
    fn check_lone_segment(&mut self, journal: &str, number: u32) {
        let file = names::segment_file(journal, number, self.archive.is_encrypted());
        let outcome = get_limited(self.archive.store.as_ref(), &file, MAX_STORED_SEGMENT)
            .map_err(Error::from)
            .and_then(|stored| {
                self.read_lone_segment(stored, journal, number)
                    .map_err(|why| Error::damaged(&file, why))
            });
        if let Err(error) = outcome {
            self.find_error(&file, &error);
        }
    }

    fn read_lone_segment(&self, stored: Vec<u8>, journal: &str, number: u32) -> Result<(), String> {
        if !self.report.with_content {
            let is_age = stored.starts_with(AGE_START);
            return is_age
                .then_some(())
                .ok_or_else(|| "it is not an age file".to_owned());
        }
        let mut reader = SegmentReader::new(stored, self.keys.map(Keys::identity))?;
        if reader.head.journal != journal || reader.head.segment != number {
            return Err("its first line names another segment".to_owned());
        }
        while reader.next_line()?.is_some() {}
        Ok(())
    }

    fn check_sealed_schemas(&mut self, sealed: &Sealed) {
        for schema in &sealed.seal.schemas {
            let first = self.sealed_schemas.insert(schema.file.clone());
            if first && !self.schemas.contains_key(&schema.file) {
                let why = "it is missing; records of its layer need it";
                self.find(FindingKind::Missing, &schema.file, why);
            }
        }
    }

    /// For errors that are about the seal itself.
    pub(super) fn find_in_seal(&mut self, seal_file: &str, why: String) {
        self.find_error(seal_file, &Error::damaged(seal_file, why));
    }
}
