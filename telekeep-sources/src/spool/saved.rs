//! Saved telephone contacts: what was recorded of them, so that only news is recorded again.

use std::collections::BTreeMap;

use rusqlite::params;

use super::SpoolTx;
use super::error::{Doing, SpoolError};
use super::seen::Fingerprint;

/// What is news in a list of saved contacts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Numbers that are new, or whose entry changed.
    pub news: Vec<String>,
    /// Numbers that are not in the list any more.
    pub gone: Vec<String>,
}

impl SpoolTx<'_> {
    /// Compares the whole list, by number, with what was recorded, and remembers it.
    pub fn see_saved_contacts(
        &mut self,
        list: &BTreeMap<String, Fingerprint>,
    ) -> Result<Saved, SpoolError> {
        let known = self.saved_contacts()?;
        let mut saved = Saved::default();
        for (phone, print) in list {
            if known.get(phone) != Some(print) {
                self.keep_saved_contact(phone, *print)?;
                saved.news.push(phone.clone());
            }
        }
        for phone in known.into_keys().filter(|phone| !list.contains_key(phone)) {
            self.forget_saved_contact(&phone)?;
            saved.gone.push(phone);
        }
        Ok(saved)
    }

    fn saved_contacts(&self) -> Result<BTreeMap<String, Fingerprint>, SpoolError> {
        let doing = "reading saved contacts";
        let mut select = self
            .db
            .prepare_cached("SELECT phone, fingerprint FROM saved_contact")
            .doing(doing)?;
        let rows = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }

    /// Remembers an entry as recorded.
    pub fn keep_saved_contact(
        &mut self,
        phone: &str,
        print: Fingerprint,
    ) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO saved_contact (phone, fingerprint) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET fingerprint = ?2",
            )
            .and_then(|mut set| set.execute(params![phone, print]))
            .map(drop)
            .doing("remembering a saved contact")
    }

    /// Remembers that there is no entry.
    pub fn forget_saved_contact(&mut self, phone: &str) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("DELETE FROM saved_contact WHERE phone = ?1")
            .and_then(|mut delete| delete.execute([phone]))
            .map(drop)
            .doing("forgetting a saved contact")
    }
}
