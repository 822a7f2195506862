//! The local, durable tail of a journal: records not yet sealed, cursors, the download queue and
//! the Telegram session.
//!
//! A spool is one SQLite database under `local/`, encrypted with a key derived from the archive's
//! identity when the archive is encrypted. Everything a page of the server's answer brings
//! (records, people, coverage, cursor, files to fetch) is one transaction, [`Spool::commit`]; once
//! it returned, no crash can lose or repeat the page. [`telekeep_journal::Archive::seal`] turns
//! the records into immutable segments and lets the spool forget them.
//!
//! A lost spool costs only the login: the rest is rebuilt from the journal ([`Spool::catch_up`]).

mod about;
mod account;
mod account_name;
mod chats;
mod crowds;
mod departed;
mod ending;
mod endpoint;
mod error;
mod files;
mod intervals;
mod losses;
mod open;
mod parts;
mod pins;
mod portraits;
mod rates;
mod rebuild;
mod reconsider;
mod review;
mod rounds;
mod run;
mod saved;
mod scope;
mod seen;
mod session;
mod shelf;
mod stickers;
mod stories;
mod tail;
#[cfg(test)]
mod tests;
mod traits;
mod tx;
mod walks;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

pub use about::ChatPart;
pub use account::AccountPart;
pub use account_name::{AccountName, BadAccountName, accounts};
pub use chats::{ChatState, Count, Doubt, Peer};
pub use crowds::{Crowd, Deed};
pub use departed::Departed;
pub use ending::Ending;
pub use error::SpoolError;
pub use files::{Counts as FileCounts, Failure, FileRow, FileState, Origin};
pub use intervals::Intervals;
pub use parts::Shown;
pub use portraits::Portrait;
pub use rates::Rates;
pub use rounds::Round;
pub use run::{Clock, Run, system_clock};
pub use saved::Saved;
pub use scope::{Scope, Why};
pub use seen::Seen;
pub use shelf::{Beside, NoShelf, Program, Shelf};
pub use stickers::StickerSet;
pub use tail::SpoolTail;
pub use traits::{ChatFacts, FileKind, FileTraits, PeerSort, Rank, Who};
pub use tx::{Kind, SpoolTx};

pub(crate) use error::Doing;

/// An open spool. One process writes (it holds the archive's lock); any number may read.
pub struct Spool {
    path: PathBuf,
    account: AccountName,
    /// Used by transactions.
    writer: Mutex<Connection>,
    /// Used by transactions, after `writer` was locked.
    packer: Mutex<tx::Packer>,
    /// Bytes of records that wait for sealing; absent in a spool opened to read, where another
    /// process changes them.
    unsealed: Option<AtomicU64>,
    /// Used by everything that only reads, so that sealing does not wait for pages.
    reader: Mutex<Connection>,
}

impl Spool {
    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whose spool this is.
    pub fn account(&self) -> &AccountName {
        &self.account
    }

    /// The name of the journal whose tail this is.
    pub fn journal(&self) -> String {
        self.account.journal()
    }

    /// Runs `work` as one transaction: all of it is durable when this returns, or none of it is.
    pub fn commit<T>(
        &self,
        run: &Run,
        work: impl FnOnce(&mut SpoolTx<'_>) -> Result<T, SpoolError>,
    ) -> Result<T, SpoolError> {
        let mut db = self.writing();
        let mut packer = self.packer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = db.transaction().doing("beginning a transaction")?;
        let mut tx = SpoolTx::new(&transaction, run, &mut packer)?;
        let result = work(&mut tx)?;
        let outcome = tx.finish()?;
        transaction.commit().doing("committing")?;
        if let Some(unsealed) = &self.unsealed {
            unsealed.fetch_add(outcome.bytes, Ordering::AcqRel);
        }
        run.committed(outcome);
        Ok(result)
    }

    /// The number of the last record committed, sealed or not; 0 before the first.
    pub fn last_seq(&self) -> Result<u64, SpoolError> {
        tx::last_seq(&self.reading())
    }

    /// Body of the journal's `source` record: whose journal this is. `None` before the first record.
    pub fn source(&self) -> Result<Option<serde_json::Value>, SpoolError> {
        let Some(body) = tx::meta(&self.reading(), tx::SOURCE)? else {
            return Ok(None);
        };
        serde_json::from_slice(&body)
            .map(Some)
            .map_err(|_| SpoolError::Damaged { what: "source" })
    }

    /// Checks the database itself (pages, indexes, and the authentication of every encrypted
    /// page). Gives what is wrong, nothing when all is well.
    pub fn check(&self) -> Result<Vec<String>, SpoolError> {
        open::check(&self.reading())
    }

    pub(crate) fn writing(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reading(&self) -> MutexGuard<'_, Connection> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
