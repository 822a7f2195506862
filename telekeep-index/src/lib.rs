//! The index: what the journals say, in a form that answers questions fast.
//!
//! It is a SQLite database that is derived from journals and can be deleted at any time: applying the
//! journals again gives the same answers. It is the only thing search, status and viewers read. In an
//! encrypted archive the file is encrypted as well (SQLCipher with a raw key).
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::path::Path::new("index.db");
//! # let lines: Vec<Result<telekeep_journal::Line, std::io::Error>> = Vec::new();
//! use telekeep_index::{Filter, Index};
//! let mut index = Index::open(path, None)?;
//! let from = index.position("account")?; // first sequence number wanted
//! index.apply("account", lines)?;
//! let page = index.search("red bicycle", &Filter::default(), None, 20)?;
//! # Ok(()) }
//! ```
//!
//! One connection writes, any number read meanwhile (WAL). Who writes holds the archive's lock.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod apply;
mod error;
mod names;
mod number;
mod open;
mod search;
mod show;
mod slots;
mod status;
pub mod tokenizer;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};
use telekeep_journal::Line;

pub use apply::Applied;
pub use error::IndexError;
pub use open::Key;
pub use search::{Cursor, Filter, Hit, Page};
pub use show::{ChatRef, Place, Shown};
pub use status::{ChatStatus, FailureRow, Totals};

use error::Doing as _;
use open::Use;

/// An open index.
pub struct Index {
    db: Connection,
    writer: apply::Writer,
}

impl Index {
    /// Opens the index for applying records, creating an empty one when there is none.
    ///
    /// [`IndexError::OutOfDate`] and [`IndexError::Unreadable`] mean: build it anew
    /// ([`Index::rebuild`]).
    pub fn open(path: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        Self::with(path, key, Use::Write)
    }

    /// Opens the index for reading, also while another process applies records.
    /// [`IndexError::Missing`] when there is none.
    pub fn open_read(path: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        Self::with(path, key, Use::Read)
    }

    fn with(path: &Path, key: Option<&Key>, purpose: Use) -> Result<Self, IndexError> {
        Ok(Self {
            db: open::open(path, key, purpose)?,
            writer: apply::Writer::default(),
        })
    }

    /// Deletes the index with the files SQLite keeps beside it. Nothing there is fine.
    pub fn remove(path: &Path) -> Result<(), IndexError> {
        open::remove(path)
    }

    /// Begins an index from nothing, faster than [`Index::open`] could: in a file beside `path` that
    /// takes its place only when [`Rebuild::finish`] is called.
    pub fn rebuild(path: &Path, key: Option<&Key>) -> Result<Rebuild, IndexError> {
        let mut building = path.as_os_str().to_owned();
        building.push(".building");
        let building = PathBuf::from(building);
        open::remove(&building)?;
        let index = Self::with(&building, key, Use::Build)?;
        Ok(Rebuild {
            index,
            building,
            path: path.to_owned(),
            key: key.copied(),
        })
    }

    /// The first sequence number of `journal` that was not applied yet: 0 for one never seen.
    pub fn position(&self, journal: &str) -> Result<u64, IndexError> {
        self.db
            .query_row(
                "SELECT next FROM journal WHERE name = ?1",
                [journal],
                |row| row.get(0),
            )
            .optional()
            .map(|next| next.map_or(0, number::unsigned))
            .doing("reading the position")
    }

    /// Applies lines of a journal in their order. Those already applied are passed over, so it is safe
    /// to start early; a gap is an error. Each batch is stored with its position: an interruption, or
    /// an error of `lines`, leaves what was applied before.
    pub fn apply<I, E>(&mut self, journal: &str, lines: I) -> Result<Applied, IndexError>
    where
        I: IntoIterator<Item = Result<Line, E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        apply::apply(&mut self.db, &mut self.writer, journal, lines)
    }

    /// Finds messages, newest first. Continue with the [`Page::next`] of the page before.
    pub fn search(
        &self,
        query: &str,
        filter: &Filter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, IndexError> {
        search::search(&self.db, query, filter, after, limit)
    }

    /// Messages of a chat (marked id) in ascending order of ids; empty for an unknown chat.
    pub fn messages(
        &self,
        chat: i64,
        place: Place,
        limit: usize,
    ) -> Result<Vec<Shown>, IndexError> {
        show::messages(&self.db, chat, place, limit)
    }

    /// Sequence numbers of the records of a message's earlier versions, oldest first.
    pub fn versions(&self, chat: i64, id: i64) -> Result<Vec<u64>, IndexError> {
        show::versions(&self.db, chat, id)
    }

    /// Chats that `text` may mean: a marked id, `@username`, the title or a part of it. An exact match
    /// is alone in the answer.
    pub fn find_chats(&self, text: &str) -> Result<Vec<ChatRef>, IndexError> {
        show::find_chats(&self.db, text)
    }

    /// The name of a chat or person as last known: title, else `@username`, else the id.
    pub fn name(&self, id: i64) -> Result<String, IndexError> {
        names::Names::default().of(&self.db, id)
    }

    /// What is held of every chat and what could be missing, in the order chats were met.
    pub fn status(&self) -> Result<Vec<ChatStatus>, IndexError> {
        status::status(&self.db)
    }

    /// Sums over all chats.
    pub fn totals(&self) -> Result<Totals, IndexError> {
        status::totals(&self.db, &self.status()?)
    }

    /// What failed and did not succeed since, newest first.
    pub fn failures(&self) -> Result<Vec<FailureRow>, IndexError> {
        status::failures(&self.db)
    }

    /// User ids of the accounts whose journals are indexed.
    pub fn accounts(&self) -> Result<Vec<i64>, IndexError> {
        self.db
            .prepare_cached("SELECT account FROM journal WHERE account IS NOT NULL ORDER BY no")
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .doing("reading accounts")
    }

    /// Constructors and bodies that this version cannot interpret, with how often they were met. The
    /// journal has them whole; a later version may read them after a rebuild.
    pub fn not_understood(&self) -> Result<Vec<(String, u64)>, IndexError> {
        self.db
            .prepare_cached("SELECT name, count FROM odd ORDER BY count DESC, name")
            .and_then(|mut select| {
                let rows =
                    select.query_map([], |row| Ok((row.get(0)?, number::unsigned(row.get(1)?))))?;
                rows.collect()
            })
            .doing("reading what is not understood")
    }
}

/// An index being built from nothing.
pub struct Rebuild {
    index: Index,
    building: PathBuf,
    path: PathBuf,
    key: Option<Key>,
}

impl Rebuild {
    /// As [`Index::apply`].
    pub fn apply<I, E>(&mut self, journal: &str, lines: I) -> Result<Applied, IndexError>
    where
        I: IntoIterator<Item = Result<Line, E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.index.apply(journal, lines)
    }

    /// Puts the new index in the place of the old one and opens it for writing. Readers of the old one
    /// keep reading what they have.
    pub fn finish(self) -> Result<Index, IndexError> {
        let Self {
            index,
            building,
            path,
            key,
        } = self;
        index
            .db
            .execute("INSERT INTO words (words) VALUES ('optimize')", [])
            .doing("merging the words")?;
        index
            .db
            .close()
            .map_err(|(_, source)| source)
            .doing("closing")?;
        let file = |what, source| IndexError::File {
            what,
            path: path.clone(),
            source,
        };
        // Nothing was synced while building.
        let sync = std::fs::File::open(&building).and_then(|built| built.sync_all());
        sync.map_err(|source| file("storing", source))?;
        open::remove(&path)?;
        std::fs::rename(&building, &path).map_err(|source| file("putting in place", source))?;
        Index::open(&path, key.as_ref())
    }
}
