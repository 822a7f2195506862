//! Opening the database: key, page size, pragmas, tokenizer, and whether the format is ours.

use std::{fs, io, path::Path};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _};

use crate::{
    error::{Doing as _, IndexError},
    tokenizer,
};

/// Number of `schema.sql`. Raise it with every change of the tables or of what they hold.
pub(crate) const FORMAT: i64 = 23;

const SCHEMA: &str = include_str!("schema.sql");

/// The encrypted database keeps 80 bytes of each page for itself: pages of 8192 hold two FTS5 leaves
/// only when those are a little smaller than FTS5's default of 4050, else half of each page is lost.
pub(crate) const LEAF_SIZE: usize = 3990;

/// Segments of a level that FTS5 merges at a time, 4 unless told: fewer merges while a backup applies
/// many small batches, a few more segments to look into.
const AUTOMERGE: i64 = 8;

/// Bytes of new words in memory.
const HASH: i64 = 16 << 20;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Applying records; others may read.
    Write,
    /// Building anew, in a file nobody else knows: no journal, no syncs.
    Build,
    /// The same for what is put aside meanwhile; see [`create_aside`].
    Aside,
    /// Answering.
    Read,
}

/// Key of an encrypted index.
pub type Key = [u8; 32];

/// Opens or (unless for reading) creates the database at `path`.
pub(crate) fn open(path: &Path, key: Option<&Key>, purpose: Use) -> Result<Connection, IndexError> {
    let exists = path.try_exists().unwrap_or(false);
    if !exists && purpose == Use::Read {
        return Err(IndexError::Missing {
            path: path.to_owned(),
        });
    }
    if !exists {
        create_file(path)?;
    }
    let db = connect(path, key, purpose)?;
    match version(&db) {
        Ok(Some(found)) if found == wanted() => {}
        Ok(Some(found)) => {
            return Err(IndexError::OutOfDate {
                path: path.to_owned(),
                found,
                wanted: wanted(),
            });
        }
        Ok(None) if purpose == Use::Read => {
            return Err(IndexError::Missing {
                path: path.to_owned(),
            });
        }
        Ok(None) => create_tables(&db)?,
        Err(error) => return Err(unreadable(path, "looking at the format", error)),
    }
    Ok(db)
}

/// Deletes an index with the files SQLite keeps beside it. Nothing there is fine.
pub(crate) fn remove(path: &Path) -> Result<(), IndexError> {
    // The write-ahead log first: left alone it would be replayed into the next database.
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let file = Path::new(&name);
        match fs::remove_file(file) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(IndexError::File {
                    what: "deleting",
                    path: file.to_owned(),
                    source,
                });
            }
        }
    }
    Ok(())
}

fn wanted() -> String {
    format!("{FORMAT}/{}", tokenizer::NAME)
}

/// The file with rights for its owner only; SQLite gives its side files the same.
fn create_file(path: &Path) -> Result<(), IndexError> {
    telekeep_sqlite::create_private(path).map_err(|source| IndexError::File {
        what: "creating",
        path: path.to_owned(),
        source,
    })
}

fn connect(path: &Path, key: Option<&Key>, purpose: Use) -> Result<Connection, IndexError> {
    let db = telekeep_sqlite::connect(path, key).doing("opening")?;
    db.busy_timeout(std::time::Duration::from_secs(10))
        .doing("setting a time limit")?;
    db.set_prepared_statement_cache_capacity(96);
    let ready = tokenizer::fts5::register(&db).and_then(|()| pragmas(&db, purpose));
    ready.map_err(|error| unreadable(path, "setting up", error))?;
    Ok(db)
}

/// A database error of opening: told as what it means for the file, when it means that.
fn unreadable(path: &Path, what: &'static str, error: rusqlite::Error) -> IndexError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => IndexError::Unreadable {
            path: path.to_owned(),
        },
        _ => IndexError::of(what, error),
    }
}

fn pragmas(db: &Connection, purpose: Use) -> Result<(), rusqlite::Error> {
    // A writer has a backup beside it that needs memory too; who builds is alone.
    let (cache_mib, mode) = match purpose {
        Use::Write => (
            12,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;",
        ),
        Use::Build | Use::Aside => (
            if purpose == Use::Build { 40 } else { 2 },
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;",
        ),
        Use::Read => (24, "PRAGMA query_only = ON;"),
    };
    let cache_kib = cache_mib * 1024;
    db.execute_batch(&format!(
        "PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; {mode}"
    ))
}

/// Format and tokenizer of the database; `None` for an empty one.
fn version(db: &Connection) -> Result<Option<String>, rusqlite::Error> {
    let empty: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if empty == 0 {
        return Ok(None);
    }
    let known: i64 = db.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'",
        [],
        |row| row.get(0),
    )?;
    if known == 0 {
        return Ok(Some("unknown".to_owned()));
    }
    let found = db
        .query_row("SELECT value FROM meta WHERE key = 'format'", [], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(Some(found.unwrap_or_else(|| "unknown".to_owned())))
}

fn configure_words(db: &Connection) -> Result<(), rusqlite::Error> {
    let mut set = db.prepare("INSERT INTO words (words, rank) VALUES (?1, ?2)")?;
    let leaf_size = i64::try_from(LEAF_SIZE).unwrap_or_default();
    let values = [
        ("pgsz", leaf_size),
        ("automerge", AUTOMERGE),
        ("hashsize", HASH),
    ];
    for (name, value) in values {
        set.execute(rusqlite::params![name, value])?;
    }
    Ok(())
}

/// Creates an empty database at `path` for what is put aside while an index is built anew.
pub(crate) fn create_aside(path: &Path, key: Option<&Key>) -> Result<Connection, IndexError> {
    create_file(path)?;
    connect(path, key, Use::Aside)
}

fn create_tables(db: &Connection) -> Result<(), IndexError> {
    let create = || {
        db.execute_batch("BEGIN IMMEDIATE")?;
        db.execute_batch(SCHEMA)?;
        configure_words(db)?;
        db.execute(
            "INSERT INTO names (names, rank) VALUES ('pgsz', ?1)",
            [i64::try_from(LEAF_SIZE).unwrap_or_default()],
        )?;
        db.execute(
            "INSERT INTO meta (key, value) VALUES ('format', ?1)",
            [wanted()],
        )?;
        db.execute_batch("COMMIT")
    };
    create().doing("creating the tables")
}
