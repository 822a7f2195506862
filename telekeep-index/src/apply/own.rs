//! What belongs to the account itself.

use rusqlite::params;
use telekeep_model::{AccountPart, SavedContact};

use super::Step;
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

impl Step<'_> {
    /// The newest record of a part is how it is.
    pub(super) fn part(&self, part: &AccountPart, body: &str, time: i64) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "REPLACE INTO account_part (journal, part, time, count, unavailable, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.journal,
                    part.part,
                    time,
                    part.count().map(signed),
                    part.unavailable,
                    body
                ])
            })
            .map(drop)
            .doing("storing a part of the account")
    }

    pub(super) fn saved_contact(&self, contact: &SavedContact) -> Result<(), IndexError> {
        if contact.gone {
            return self
                .db
                .prepare_cached("DELETE FROM saved_contact WHERE journal = ?1 AND phone = ?2")
                .and_then(|mut delete| delete.execute(params![self.journal, contact.phone]))
                .map(drop)
                .doing("removing a saved contact");
        }
        self.db
            .prepare_cached(
                "REPLACE INTO saved_contact (journal, phone, first, last, date)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.journal,
                    contact.phone,
                    contact.first_name,
                    contact.last_name,
                    contact.date
                ])
            })
            .map(drop)
            .doing("storing a saved contact")
    }
}
