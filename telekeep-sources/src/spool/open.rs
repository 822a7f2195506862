//! Opening: key, pragmas, migrations.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};
use telekeep_journal::Archive;

use super::error::{Doing, SpoolError};
use super::tail::unsealed_bytes;
use super::tx::{PACK_LEVEL, Packer};
use super::{AccountName, Spool};

/// Applied in order; a database's `user_version` counts those it has.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    include_str!("migrations/0014.sql"),
    include_str!("migrations/0015.sql"),
    include_str!("migrations/0016.sql"),
];

/// How long a reader waits for a checkpoint or another process.
const BUSY: Duration = Duration::from_secs(30);

/// Page cache of the writing connection.
const WRITER_CACHE_KIB: u32 = 6 * 1024;
/// Page cache of the reading connection.
const READER_CACHE_KIB: u32 = 2 * 1024;

impl Spool {
    /// Opens the spool of the archive's main account for writing; see [`Spool::open_for`].
    pub fn open(archive: &Archive) -> Result<Spool, SpoolError> {
        Spool::open_for(archive, &AccountName::default())
    }

    /// Opens the spool of one of the archive's accounts for writing and makes it when there is
    /// none. The caller holds the archive's lock, and the archive is unlocked.
    pub fn open_for(archive: &Archive, account: &AccountName) -> Result<Spool, SpoolError> {
        let path = place(archive, account)?;
        if let Some(folder) = path.parent() {
            make_folder(folder)?;
        }
        Spool::open_at(&path, archive.local_key("spool")?, account)
    }

    /// Opens an account's spool to read from it while another process may be writing.
    pub fn open_reader(archive: &Archive, account: &AccountName) -> Result<Spool, SpoolError> {
        let path = place(archive, account)?;
        if !path.exists() {
            return Err(SpoolError::Missing { path });
        }
        let key = archive.local_key("spool")?;
        let writer = connect(&path, key.as_ref(), READER_CACHE_KIB)?;
        let found = version(&writer)?;
        check_version(&path, found)?;
        if found == 0 {
            return Err(SpoolError::Missing { path });
        }
        let reader = connect(&path, key.as_ref(), READER_CACHE_KIB)?;
        for db in [&writer, &reader] {
            db.pragma_update(None, "query_only", true)
                .doing("opening it to read")?;
        }
        Ok(Spool {
            path,
            account: account.clone(),
            writer: Mutex::new(writer),
            unsealed: None,
            packer: Mutex::new(packer()?),
            reader: Mutex::new(reader),
        })
    }

    /// Opens or makes a spool at a path; `key` encrypts it.
    pub(crate) fn open_at(
        path: &Path,
        key: Option<[u8; 32]>,
        account: &AccountName,
    ) -> Result<Spool, SpoolError> {
        let mut writer = connect(path, key.as_ref(), WRITER_CACHE_KIB)?;
        writer
            .pragma_update(None, "journal_mode", "wal")
            .doing("switching to WAL")?;
        writer
            .pragma_update(None, "synchronous", "full")
            .doing("asking for durability")?;
        migrate(path, &mut writer)?;
        let reader = connect(path, key.as_ref(), READER_CACHE_KIB)?;
        reader
            .pragma_update(None, "query_only", true)
            .doing("opening it to read")?;
        let unsealed = unsealed_bytes(&reader)?;
        Ok(Spool {
            path: path.to_owned(),
            account: account.clone(),
            writer: Mutex::new(writer),
            unsealed: Some(AtomicU64::new(unsealed)),
            packer: Mutex::new(packer()?),
            reader: Mutex::new(reader),
        })
    }
}

fn packer() -> Result<Packer, SpoolError> {
    Packer::new(PACK_LEVEL).map_err(|source| SpoolError::Packing { source })
}

fn place(archive: &Archive, account: &AccountName) -> Result<PathBuf, SpoolError> {
    Ok(archive
        .local_dir()
        .ok_or(SpoolError::NoLocalFolder)?
        .join(account.spool_file()))
}

/// Makes a folder that nobody else may enter.
pub(crate) fn make_folder(path: &Path) -> Result<(), SpoolError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| SpoolError::Folder {
        path: path.to_owned(),
        source,
    })
}

/// Makes the file before SQLite does, so that nobody else may read it.
pub(super) fn connect(
    path: &Path,
    key: Option<&[u8; 32]>,
    cache_kib: u32,
) -> Result<Connection, SpoolError> {
    telekeep_sqlite::create_private(path).map_err(|source| SpoolError::Folder {
        path: path.to_owned(),
        source,
    })?;
    let db = telekeep_sqlite::connect(path, key).doing("opening it")?;
    db.busy_timeout(BUSY).doing("opening it")?;
    // Pages are encrypted, so overwriting freed ones would only cost time.
    db.execute_batch("PRAGMA secure_delete = OFF")
        .doing("opening it")?;
    readable(path, &db)?;
    db.execute_batch(&format!(
        "PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY"
    ))
    .doing("setting its cache")?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// The first look at the content: fails when the key is wrong.
fn readable(path: &Path, db: &Connection) -> Result<(), SpoolError> {
    match db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(SpoolError::WrongKey {
                path: path.to_owned(),
            })
        }
        other => other.map(drop).doing("reading it for the first time"),
    }
}

fn version(db: &Connection) -> Result<i64, SpoolError> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
        .doing("reading its version")
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn check_version(path: &Path, found: i64) -> Result<(), SpoolError> {
    if found > known() {
        return Err(SpoolError::Newer {
            path: path.to_owned(),
            found,
            known: known(),
        });
    }
    Ok(())
}

fn migrate(path: &Path, db: &mut Connection) -> Result<(), SpoolError> {
    let found = version(db)?;
    check_version(path, found)?;
    if found == known() {
        return Ok(());
    }
    let tx = db.transaction().doing("upgrading it")?;
    for sql in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(sql).doing("upgrading it")?;
    }
    tx.pragma_update(None, "user_version", known())
        .doing("upgrading it")?;
    tx.commit().doing("upgrading it")
}

/// `PRAGMA integrity_check`, and SQLCipher's check of every page's authentication.
pub(super) fn check(db: &Connection) -> Result<Vec<String>, SpoolError> {
    let mut wrong = Vec::new();
    for pragma in ["PRAGMA cipher_integrity_check", "PRAGMA integrity_check"] {
        let mut statement = db.prepare(pragma).doing("checking it")?;
        let mut rows = statement.query([]).doing("checking it")?;
        while let Some(row) = rows.next().doing("checking it")? {
            let line: String = row.get(0).doing("checking it")?;
            if line != "ok" {
                wrong.push(line);
            }
        }
    }
    Ok(wrong)
}
