//! Parts of the account: what was recorded of them last, and when they were asked for.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::error::{Doing, SpoolError};
use super::seen::{Fingerprint, Seen};
use super::{Spool, SpoolTx};

/// What is known of a part of the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountPart {
    /// The server's word for the state of it that was told last; 0 when there is none.
    pub hash: i64,
    /// When it was told last, unix milliseconds; 0 for never.
    pub told: i64,
    /// When it was asked for last with an answer, be it that nothing changed.
    pub asked: i64,
}

/// What the name of a custom emoji's part begins with: the spool has a list of its own for them.
const CUSTOM_EMOJI: &str = "custom_emoji/";

impl Spool {
    /// The parts known, by name.
    pub fn account_parts(&self) -> Result<HashMap<String, AccountPart>, SpoolError> {
        let doing = "reading what is known of the account";
        let db = self.reading();
        let mut select = db
            .prepare_cached("SELECT part, hash, told, asked FROM account_part")
            .doing(doing)?;
        let rows = select
            .query_map([], |row| {
                let part = AccountPart {
                    hash: row.get(1)?,
                    told: row.get(2)?,
                    asked: row.get(3)?,
                };
                Ok((row.get(0)?, part))
            })
            .doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }
}

impl SpoolTx<'_> {
    /// Compares a part with what was recorded of it, and remembers this. `hash` is what to ask
    /// with the next time.
    pub fn see_account_part(
        &mut self,
        part: &str,
        print: Fingerprint,
        hash: i64,
    ) -> Result<Seen, SpoolError> {
        let seen = self.account_part_seen(part, print)?;
        let now = self.time();
        self.put_account_part(part, print, hash, now)?;
        Ok(seen)
    }

    fn account_part_seen(&self, part: &str, print: Fingerprint) -> Result<Seen, SpoolError> {
        let old: Option<Fingerprint> = self
            .db
            .prepare_cached("SELECT fingerprint FROM account_part WHERE part = ?1")
            .and_then(|mut get| get.query_row([part], |row| row.get(0)).optional())
            .doing("reading what is known of the account")?;
        Ok(match old {
            None => Seen::New,
            Some(old) if old == print => Seen::Same,
            Some(_) => Seen::Changed,
        })
    }

    /// Learns from a record what was recorded. When it was told by the server nobody knows any
    /// more, so it is asked for again.
    pub(super) fn account_part_again(
        &mut self,
        part: &str,
        print: Fingerprint,
    ) -> Result<(), SpoolError> {
        match part.strip_prefix(CUSTOM_EMOJI) {
            Some(id) => id.parse().map_or(Ok(()), |id| self.emoji_told(id)),
            None => self.put_account_part(part, print, 0, 0),
        }
    }

    fn put_account_part(
        &self,
        part: &str,
        print: Fingerprint,
        hash: i64,
        time: i64,
    ) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO account_part (part, fingerprint, hash, told, asked)
                 VALUES (?1, ?2, ?3, ?4, ?4)
                 ON CONFLICT DO UPDATE SET fingerprint = ?2, hash = ?3, told = ?4, asked = ?4",
            )
            .and_then(|mut put| put.execute(params![part, print, hash, time]))
            .map(drop)
            .doing("remembering a part of the account")
    }

    /// A part is asked for again by the next run, whatever its pace.
    pub fn ask_account_part_again(&mut self, part: &str) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("UPDATE account_part SET told = 0 WHERE part = ?1")
            .and_then(|mut set| set.execute([part]))
            .map(drop)
            .doing("remembering a part of the account")
    }

    /// The server says that a part is as it was told last.
    pub fn account_part_same(&mut self, part: &str) -> Result<(), SpoolError> {
        let now = self.time();
        self.db
            .prepare_cached("UPDATE account_part SET asked = ?2 WHERE part = ?1")
            .and_then(|mut set| set.execute(params![part, now]))
            .map(drop)
            .doing("remembering a part of the account")
    }
}
