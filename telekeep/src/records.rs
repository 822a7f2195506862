//! Every record of a journal in order: the sealed ones, then those still in the spool.
//!
//! A writer may seal while this reads: what leaves the spool is found in the segments then.

use telekeep_journal::{Archive, Line, Records, Tail as _};
use telekeep_sources::spool::{AccountName, Spool, SpoolError, SpoolTail, accounts};

use crate::error::{CommandError, Result};
use crate::writable::is_protected;

/// How much of the spool is read at once.
const SPOOL_BYTES: usize = 1024 * 1024;

/// The journals of an archive that have records, sealed or not.
pub struct Journals<'a> {
    archive: &'a Archive,
    all: Vec<(String, Option<Spool>)>,
}

impl<'a> Journals<'a> {
    /// Opens what there is for reading.
    pub fn open(archive: &'a Archive) -> Result<Journals<'a>> {
        let mut names = archive.journals()?;
        names.extend(accounts(archive)?.iter().map(AccountName::journal));
        names.sort();
        names.dedup();
        let with_spool = |name: String| {
            let account = AccountName::of_journal(&name);
            let spool = account.map(|account| spool_reader(archive, &account));
            Ok((name, spool.transpose()?.flatten()))
        };
        let all: Result<Vec<_>> = names.into_iter().map(with_spool).collect();
        Ok(Journals { archive, all: all? })
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(name, _)| name.as_str())
    }

    /// The spool of one of them, if it has one that can be read.
    pub fn spool(&self, journal: &str) -> Option<&Spool> {
        let found = self.all.iter().find(|(name, _)| name == journal)?;
        found.1.as_ref()
    }

    /// The lines of one of them, from one sequence number on.
    pub fn records<'b>(&'b self, journal: &'b str, from: u64) -> AllRecords<'b> {
        AllRecords::new(self.archive, journal, self.spool(journal), from)
    }

    /// How many records there are.
    pub fn last(&self) -> Result<u64> {
        let mut sum = 0;
        for (name, spool) in &self.all {
            let sealed = self.archive.head(name)?.map_or(0, |head| head.last);
            let spooled = spool.as_ref().map(Spool::last_seq).transpose()?;
            sum += sealed.max(spooled.unwrap_or(0));
        }
        Ok(sum)
    }
}

/// An account's spool for reading, when there is one that can be read.
pub fn spool_reader(archive: &Archive, account: &AccountName) -> Result<Option<Spool>> {
    match Spool::open_reader(archive, account) {
        Ok(spool) => Ok(Some(spool)),
        Err(SpoolError::Missing { .. } | SpoolError::NoLocalFolder) => Ok(None),
        Err(_) if archive.local_dir().is_some_and(is_protected) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Iterator over the lines of a journal from one sequence number on. Ends after an error.
pub struct AllRecords<'a> {
    archive: &'a Archive,
    journal: &'a str,
    spool: Option<&'a Spool>,
    next: u64,
    /// Where segments were looked for in vain: a second time it is an error, not a loop.
    looked: Option<u64>,
    state: State<'a>,
}

enum State<'a> {
    /// About to read segments.
    Start,
    Sealed(Box<Records<'a>>),
    Spool(std::vec::IntoIter<telekeep_journal::TailLine>),
    Ended,
}

impl<'a> AllRecords<'a> {
    /// Reads `journal` from `from` on; `spool` is its spool, when it has one.
    pub fn new(
        archive: &'a Archive,
        journal: &'a str,
        spool: Option<&'a Spool>,
        from: u64,
    ) -> Self {
        AllRecords {
            archive,
            journal,
            spool,
            next: from.max(1),
            looked: None,
            state: State::Start,
        }
    }

    /// The next step of reading: a line, or another state.
    fn step(&mut self) -> Result<Option<Line>> {
        match &mut self.state {
            State::Start => self.start()?,
            State::Sealed(records) => match records.next() {
                Some(line) => return Ok(Some(line?)),
                None => self.read_spool()?,
            },
            State::Spool(lines) => match lines.next() {
                Some(line) => {
                    return Ok(Some(Line {
                        seq: line.seq,
                        json: line.json,
                    }));
                }
                None => self.read_spool()?,
            },
            State::Ended => {}
        }
        Ok(None)
    }

    /// What the spool still has is not looked for in segments.
    fn start(&mut self) -> Result<()> {
        let lines = self
            .spool
            .map(|spool| SpoolTail(spool).read(self.next, SPOOL_BYTES));
        let lines = lines.transpose()?.unwrap_or_default();
        self.state = if lines.is_empty() {
            State::Sealed(Box::new(self.archive.records(self.journal, self.next)?))
        } else {
            State::Spool(lines.into_iter())
        };
        Ok(())
    }

    /// Reads on in the spool. When it has nothing because a writer sealed it meanwhile, the
    /// segments are looked at again.
    fn read_spool(&mut self) -> Result<()> {
        let Some(spool) = self.spool else {
            self.state = State::Ended;
            return Ok(());
        };
        let lines = SpoolTail(spool).read(self.next, SPOOL_BYTES)?;
        let sealed = SpoolTail(spool).head()?.map_or(0, |head| head.last);
        self.state = match lines.is_empty() {
            false => State::Spool(lines.into_iter()),
            true if sealed < self.next => State::Ended,
            true if self.looked == Some(self.next) => return Err(self.lost(sealed)),
            true => {
                self.looked = Some(self.next);
                State::Start
            }
        };
        Ok(())
    }

    fn lost(&self, sealed: u64) -> CommandError {
        let (journal, next) = (self.journal, self.next);
        CommandError::failed(format!(
            "the archive lacks records {next} to {sealed} of journal {journal}, which it had"
        ))
        .hint("telekeep verify names the missing files; bring them back from a copy")
    }
}

impl Iterator for AllRecords<'_> {
    type Item = std::result::Result<Line, CommandError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step() {
                Ok(Some(line)) => {
                    self.next = line.seq + 1;
                    return Some(Ok(line));
                }
                Ok(None) if matches!(self.state, State::Ended) => return None,
                Ok(None) => {}
                Err(error) => {
                    self.state = State::Ended;
                    return Some(Err(error));
                }
            }
        }
    }
}
