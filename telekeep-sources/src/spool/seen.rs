//! What was recorded already, as fingerprints: seeing the same object again adds no record,
//! seeing it with another content adds a new version.

use std::collections::BTreeMap;

use rusqlite::params;

use super::SpoolTx;
use super::error::{Doing, SpoolError};
use super::tx::{meta, set_meta};

/// Fingerprint of an object's content.
pub type Fingerprint = [u8; 16];

/// How an object compares with what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Never recorded.
    New,
    /// Recorded with another content.
    Changed,
    /// Recorded just so.
    Same,
}

impl Seen {
    /// True when a record must be written.
    pub fn is_news(self) -> bool {
        self != Seen::Same
    }
}

/// Bytes of an id and its fingerprint.
const ENTRY: usize = 20;
/// A row holds about a page. Larger merged rows are split.
const ROW_ENTRIES: usize = 200;

/// Name of the value that holds the fingerprint of the folders.
const FOLDERS: &str = "folders";

impl SpoolTx<'_> {
    /// Compares the folders of the account with those recorded, and remembers these.
    pub fn see_folders(&mut self, print: Fingerprint) -> Result<Seen, SpoolError> {
        let seen = match meta(self.db, FOLDERS)? {
            None => Seen::New,
            Some(old) if old == print => Seen::Same,
            Some(_) => Seen::Changed,
        };
        if seen.is_news() {
            set_meta(self.db, FOLDERS, &print)?;
        }
        Ok(seen)
    }

    /// Compares messages of one chat with those recorded, and remembers these. The answers are in
    /// the order of `messages`; an id that comes twice counts twice, the later content wins.
    pub fn see_messages(
        &mut self,
        chat: i64,
        messages: &[(i32, Fingerprint)],
    ) -> Result<Vec<Seen>, SpoolError> {
        let ids = messages.iter().map(|&(id, _)| id);
        let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else {
            return Ok(Vec::new());
        };
        let (rows, mut known) = self.overlapping(chat, first, last)?;
        let answers: Vec<Seen> = messages
            .iter()
            .map(|&(id, print)| match known.insert(id, print) {
                None => Seen::New,
                Some(old) if old == print => Seen::Same,
                Some(_) => Seen::Changed,
            })
            .collect();
        if answers.iter().any(|seen| seen.is_news()) {
            self.replace_rows(chat, &rows, &known)?;
        }
        Ok(answers)
    }

    /// Rows that overlap `first..=last`, by their last id, and everything they hold.
    fn overlapping(
        &self,
        chat: i64,
        first: i32,
        last: i32,
    ) -> Result<(Vec<i64>, BTreeMap<i32, Fingerprint>), SpoolError> {
        let mut select = self
            .db
            .prepare_cached("SELECT last, first, entries FROM seen WHERE chat = ?1 AND last >= ?2 ORDER BY last")
            .doing("looking for known messages")?;
        let mut found = select
            .query(params![chat, first])
            .doing("looking for known messages")?;
        let (mut rows, mut known) = (Vec::new(), BTreeMap::new());
        while let Some(row) = found.next().doing("looking for known messages")? {
            let begins: i64 = row.get(1).doing("looking for known messages")?;
            if begins > i64::from(last) {
                break;
            }
            rows.push(row.get(0).doing("looking for known messages")?);
            let entries = row.get_ref(2).doing("looking for known messages")?;
            let entries = entries.as_blob().map_err(|_| SpoolError::Damaged {
                what: "fingerprint",
            })?;
            known.extend(unpack(entries));
        }
        Ok((rows, known))
    }

    fn replace_rows(
        &self,
        chat: i64,
        rows: &[i64],
        known: &BTreeMap<i32, Fingerprint>,
    ) -> Result<(), SpoolError> {
        for last in rows {
            self.db
                .prepare_cached("DELETE FROM seen WHERE chat = ?1 AND last = ?2")
                .and_then(|mut delete| delete.execute(params![chat, last]))
                .doing("remembering messages")?;
        }
        let entries: Vec<_> = known.iter().collect();
        for part in entries.chunks(ROW_ENTRIES) {
            let (Some((first, _)), Some((last, _))) = (part.first(), part.last()) else {
                continue;
            };
            let packed: Vec<u8> = part
                .iter()
                .flat_map(|(id, print)| id.to_le_bytes().into_iter().chain(print.iter().copied()))
                .collect();
            self.db
                .prepare_cached(
                    "INSERT INTO seen (chat, last, first, entries) VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut insert| insert.execute(params![chat, last, first, packed]))
                .doing("remembering messages")?;
        }
        Ok(())
    }
}

/// The ids of a row.
pub(super) fn ids_of(entries: &[u8]) -> impl Iterator<Item = i32> + '_ {
    unpack(entries).map(|(id, _)| id)
}

fn unpack(entries: &[u8]) -> impl Iterator<Item = (i32, Fingerprint)> + '_ {
    entries.chunks_exact(ENTRY).filter_map(|entry| {
        let (id, print) = entry.split_first_chunk::<4>()?;
        Some((i32::from_le_bytes(*id), print.try_into().ok()?))
    })
}
