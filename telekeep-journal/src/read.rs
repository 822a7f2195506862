//! Reading records back: from any sequence number, in constant memory, checking the chain on the way.

use crate::archive::Archive;
use crate::error::Error;
use crate::keys::Keys;
use crate::names::{self, Place};
use crate::record::{Head, Line};
use crate::seal::{self, Sealed};
use crate::segment::SegmentReader;

impl Archive {
    /// The names of all journals, sorted.
    pub fn journals(&self) -> Result<Vec<String>, Error> {
        let mut journals = std::collections::BTreeSet::new();
        self.store.list(
            names::JOURNALS,
            &mut |file| match names::parse(&file.path, false) {
                Place::Seal { journal, .. } if !journals.contains(journal) => {
                    journals.insert(journal.to_owned());
                }
                _ => {}
            },
        )?;
        Ok(journals.into_iter().collect())
    }

    /// The head of a journal as its last seal says; `None` when nothing is sealed. Needs no key.
    pub fn head(&self, journal: &str) -> Result<Option<Head>, Error> {
        match self.last_seal(journal)? {
            0 => Ok(None),
            number => Ok(Some(self.load_seal(journal, number)?.head())),
        }
    }

    /// The head a journal had when this segment was its newest; `None` when there is no such segment. Needs no key.
    pub fn head_at(&self, journal: &str, segment: u32) -> Result<Option<Head>, Error> {
        match (1..=self.last_seal(journal)?).contains(&segment) {
            false => Ok(None),
            true => Ok(Some(self.load_seal(journal, segment)?.head())),
        }
    }

    /// All sealed records of a journal from `from_seq` on, in order. Earlier segments are not read.
    ///
    /// Each segment's bytes are checked against its seal, and each seal against the one before, before any of its
    /// records is given. After an error the iterator ends.
    pub fn records(&self, journal: &str, from_seq: u64) -> Result<Records<'_>, Error> {
        names::check_journal_name(journal)?;
        self.unlocked()?;
        let last_seal = self.last_seal(journal)?;
        let start = self.segment_of(journal, from_seq, last_seal)?;
        let before = match start {
            0 | 1 => None,
            number => Some(self.load_seal(journal, number - 1)?.head()),
        };
        let journal = journal.to_owned();
        Ok(Records {
            archive: self,
            journal,
            from_seq,
            next_segment: start,
            last_seal,
            before,
            current: None,
            ended: false,
        })
    }

    pub(crate) fn load_seal(&self, journal: &str, number: u32) -> Result<Sealed, Error> {
        seal::load(
            self.store.as_ref(),
            journal,
            number,
            self.is_encrypted(),
            self.keys.as_ref().map(Keys::seal_key),
        )
    }

    fn last_seal(&self, journal: &str) -> Result<u32, Error> {
        names::check_journal_name(journal)?;
        let mut last = 0;
        self.store
            .list(&format!("{}{journal}/", names::JOURNALS), &mut |file| {
                if let Place::Seal { number, .. } = names::parse(&file.path, false) {
                    last = last.max(number);
                }
            })?;
        Ok(last)
    }

    /// The first segment whose last record is `seq` or later, by bisection over the seals; past the end when there is none.
    fn segment_of(&self, journal: &str, seq: u64, last_seal: u32) -> Result<u32, Error> {
        let (mut low, mut high) = (1, last_seal + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.load_seal(journal, middle)?.seal.last < seq {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

/// Iterator over the records of a journal; see [`Archive::records`].
pub struct Records<'a> {
    archive: &'a Archive,
    journal: String,
    from_seq: u64,
    next_segment: u32,
    last_seal: u32,
    /// The head before `next_segment`.
    before: Option<Head>,
    current: Option<Open>,
    ended: bool,
}

/// The segment being read.
struct Open {
    reader: SegmentReader,
    sealed: Sealed,
    next_seq: u64,
}

impl Records<'_> {
    fn advance(&mut self) -> Result<Option<Line>, Error> {
        loop {
            let Some(open) = &mut self.current else {
                if self.next_segment > self.last_seal {
                    return Ok(None);
                }
                self.current = Some(self.open_next()?);
                continue;
            };
            match open.next_line()? {
                Some(line) if line.seq < self.from_seq => {}
                Some(line) => return Ok(Some(line)),
                None => {
                    self.before = Some(open.sealed.head());
                    self.current = None;
                    self.next_segment += 1;
                }
            }
        }
    }

    fn open_next(&self) -> Result<Open, Error> {
        let sealed = self.archive.load_seal(&self.journal, self.next_segment)?;
        let file = names::seal_file(&self.journal, self.next_segment);
        seal::follows(self.before.as_ref(), &sealed.seal)
            .map_err(|why| Error::damaged(file, why))?;
        let reader = self.archive.read_segment(&sealed, self.before.as_ref())?;
        Ok(Open {
            reader,
            next_seq: sealed.seal.first,
            sealed,
        })
    }
}

impl Open {
    fn next_line(&mut self) -> Result<Option<Line>, Error> {
        let seal = &self.sealed.seal;
        let damaged = |why: String| Error::damaged(&seal.file, why);
        match self.reader.next_line().map_err(damaged)? {
            Some(line) if line.seq == self.next_seq && line.seq <= seal.last => {
                self.next_seq += 1;
                Ok(Some(Line {
                    seq: line.seq,
                    json: line.json,
                }))
            }
            Some(line) => Err(damaged(format!(
                "record {} stands where {} belongs",
                line.seq, self.next_seq
            ))),
            None if self.next_seq == seal.last + 1 => Ok(None),
            None => Err(damaged(format!("it ends before record {}", self.next_seq))),
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Line, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.advance().transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}
