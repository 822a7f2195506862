//! A file for runs: streams of bytes, written once from beginning to end and read once so. A database,
//! because it is encrypted when the index is.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    error::{Doing as _, IndexError},
    open::{self, Key},
    varint,
};

/// Bytes of a stream written and read at a time.
const BLOCK: usize = 32 << 10;
/// Blocks of a stream are numbered with so many bits.
const BLOCK_BITS: u32 = 32;

/// Numbered streams of bytes.
pub(super) struct Aside {
    db: Connection,
}

impl Aside {
    pub(super) fn create(path: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        let db = open::create_aside(path, key)?;
        db.execute_batch(
            "CREATE TABLE block (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL); BEGIN;",
        )
        .doing("creating a file for words")?;
        Ok(Self { db })
    }

    /// Begins to write a stream.
    pub(super) fn write(&self, stream: u32) -> Writer<'_> {
        Writer {
            aside: self,
            id: first(stream),
            bytes: Vec::with_capacity(2 * BLOCK),
        }
    }

    /// Begins to read a stream.
    pub(super) fn read(&self, stream: u32) -> Reader<'_> {
        Reader {
            aside: self,
            id: first(stream),
            bytes: Vec::new(),
            at: 0,
        }
    }
}

fn first(stream: u32) -> i64 {
    i64::from(stream) << BLOCK_BITS
}

/// A stream being written. What is in `bytes` may be added to freely.
pub(super) struct Writer<'a> {
    aside: &'a Aside,
    id: i64,
    pub bytes: Vec<u8>,
}

impl Writer<'_> {
    /// Stores what was added, when it is enough to be worth it.
    pub(super) fn store(&mut self) -> rusqlite::Result<()> {
        match self.bytes.len() < BLOCK {
            true => Ok(()),
            false => self.end(),
        }
    }

    /// Stores everything added.
    pub(super) fn end(&mut self) -> rusqlite::Result<()> {
        self.aside
            .db
            .prepare_cached("INSERT INTO block (id, bytes) VALUES (?1, ?2)")?
            .execute(params![self.id, self.bytes])?;
        self.id += 1;
        self.bytes.clear();
        Ok(())
    }
}

/// A stream being read. What is not there reads as `None`.
pub(super) struct Reader<'a> {
    aside: &'a Aside,
    id: i64,
    bytes: Vec<u8>,
    at: usize,
}

impl Reader<'_> {
    pub(super) fn number(&mut self) -> rusqlite::Result<Option<u64>> {
        if let Some(value) = self.loaded() {
            return Ok(Some(value));
        }
        // No number is longer.
        self.load(9)?;
        Ok(self.loaded())
    }

    fn loaded(&mut self) -> Option<u64> {
        let (value, length) = varint::read(self.bytes.get(self.at..)?)?;
        self.at += length;
        Some(value)
    }

    pub(super) fn take(&mut self, length: usize) -> rusqlite::Result<Option<&[u8]>> {
        if self.bytes.len() - self.at < length {
            self.load(length)?;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.get(..length);
        self.at += found.map_or(0, <[u8]>::len);
        Ok(found)
    }

    /// Reads on until so many bytes are there, or no more.
    fn load(&mut self, wanted: usize) -> rusqlite::Result<()> {
        while self.bytes.len() - self.at < wanted {
            let mut select = self
                .aside
                .db
                .prepare_cached("SELECT bytes FROM block WHERE id = ?1")?;
            let (bytes, at) = (&mut self.bytes, self.at);
            let loaded = select.query_row([self.id], |row| {
                bytes.drain(..at);
                bytes.extend_from_slice(row.get_ref(0)?.as_blob()?);
                Ok(())
            });
            if loaded.optional()?.is_none() {
                return Ok(());
            }
            self.at = 0;
            self.id += 1;
        }
        Ok(())
    }
}
