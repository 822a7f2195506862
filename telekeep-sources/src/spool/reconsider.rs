//! Deciding anew about files that are not held, when the rules for them changed.

use rusqlite::params;

use super::error::{Doing, SpoolError};
use super::files::{COLUMNS, file};
use super::{FileRow, FileState, SpoolTx};
use crate::telegram::media::collect::is_told;

/// Files read at once.
const READ: u32 = 1000;

/// A file, whether it was seen only where saving is forbidden, and the rule it is left out by.
type Held = (FileRow, bool, Option<String>);

impl SpoolTx<'_> {
    /// Asks `decide` about every file that waits or is left out by a rule its owner can change;
    /// it gives the rule that leaves the file out, if one does. Gives how many are queued again.
    pub fn reconsider_files(
        &mut self,
        decide: impl Fn(&FileRow, bool) -> Option<&'static str>,
    ) -> Result<u64, SpoolError> {
        let (mut after, mut queued) = (String::new(), 0);
        loop {
            let files = self.undecided(&after)?;
            let Some((last, ..)) = files.last() else {
                return Ok(queued);
            };
            after.clone_from(&last.key);
            for (file, guarded, old) in files {
                let new = decide(&file, guarded);
                if new != old.as_deref() {
                    queued += u64::from(new.is_none());
                    self.redecide(&file, old.as_deref(), new)?;
                }
            }
        }
    }

    fn undecided(&self, after: &str) -> Result<Vec<Held>, SpoolError> {
        let doing = "looking through files";
        let sql = format!(
            "SELECT {COLUMNS}, guarded, CASE state WHEN 3 THEN error END FROM file WHERE key > ?1
             AND (state IN (0, 2) OR error IN ('PROTECTED_CONTENT', 'ALTERNATIVE_QUALITY', 'PORTRAIT')
                OR error LIKE 'UNSELECTED%')
             AND state <> 1 ORDER BY key LIMIT ?2"
        );
        let mut select = self.db.prepare_cached(&sql).doing(doing)?;
        let rows = select.query_map(params![after, READ], |row| {
            Ok((file(row)?, row.get(13)?, row.get(14)?))
        });
        rows.and_then(Iterator::collect).doing(doing)
    }

    fn redecide(
        &mut self,
        file: &FileRow,
        old: Option<&str>,
        rule: Option<&str>,
    ) -> Result<(), SpoolError> {
        let state = match rule {
            Some(_) => FileState::LeftOut,
            None => FileState::Waiting,
        };
        self.db
            .prepare_cached("UPDATE file SET state = ?2, error = ?3, attempts = 0 WHERE key = ?1")
            .and_then(|mut set| set.execute(params![file.key, state.number(), rule]))
            .doing("deciding about a file")?;
        let told = |rule: Option<&str>| rule.is_some_and(is_told);
        let failing = self.resolve("media", &file.key)?;
        let Some(origin) = file.origins.first().copied() else {
            return Ok(());
        };
        match rule {
            Some(new) if told(rule) => self.missing(&file.key, origin, new, 0).map(drop),
            _ if !told(old) && !failing => Ok(()),
            _ => self.missing_no_more(file),
        }
    }
}
