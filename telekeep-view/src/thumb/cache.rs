//! Small pictures that were made, kept in `local/thumbs.db`: encrypted with a key of its own when the
//! archive is, bounded, the oldest go first. Where nothing can be written they are kept in memory.
//!
//! It is a cache: whatever is wrong with it, it is made anew or done without.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};
use telekeep_journal::Archive;

/// Bytes of pictures kept in the file.
const MOST: u64 = 128 << 20;
/// Bytes of pictures kept in memory.
const MOST_IN_MEMORY: u64 = 16 << 20;
/// How many go at once when there are too many.
const GO: u32 = 64;
/// Raise it when pictures are drawn otherwise.
const FORMAT: i64 = 1;

const TABLES: &str = "CREATE TABLE IF NOT EXISTS thumb (
    no    INTEGER PRIMARY KEY AUTOINCREMENT,
    blob  TEXT NOT NULL UNIQUE,
    bytes BLOB NOT NULL
)";

/// What was made.
pub struct Cache(Mutex<Option<Kept>>);

struct Kept {
    db: Connection,
    bytes: u64,
    most: u64,
}

impl Cache {
    /// The archive's cache; the archive is unlocked.
    pub fn open(archive: &Archive) -> Self {
        let file = archive.local_dir().map(|folder| folder.join("thumbs.db"));
        let kept = match (file, archive.local_key("thumbs")) {
            (Some(path), Ok(key)) => on_disk(&path, key.as_ref()),
            _ => None,
        };
        Self(Mutex::new(kept.or_else(in_memory)))
    }

    /// What was made of a blob; empty when it was found not to be worth or not to be possible.
    pub fn get(&self, blob: &str) -> Option<Vec<u8>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let select = "SELECT bytes FROM thumb WHERE blob = ?1";
        let mut select = kept.as_ref()?.db.prepare_cached(select).ok()?;
        select.query_row([blob], |row| row.get(0)).optional().ok()?
    }

    /// Keeps what was made of a blob.
    pub fn put(&self, blob: &str, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_mut() {
            // A full disk costs making it again, nothing else.
            let _ = kept.put(blob, bytes);
        }
    }
}

impl Kept {
    fn new(db: Connection, most: u64) -> Result<Self, rusqlite::Error> {
        let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found != FORMAT {
            db.execute_batch("DROP TABLE IF EXISTS thumb")?;
        }
        db.execute_batch(TABLES)?;
        db.pragma_update(None, "user_version", FORMAT)?;
        let mut kept = Self { db, bytes: 0, most };
        kept.bytes = kept.sum()?;
        Ok(kept)
    }

    fn sum(&self) -> Result<u64, rusqlite::Error> {
        let sum = "SELECT coalesce(sum(length(bytes)), 0) FROM thumb";
        let sum: i64 = self.db.query_row(sum, [], |row| row.get(0))?;
        Ok(u64::try_from(sum).unwrap_or_default())
    }

    fn put(&mut self, blob: &str, bytes: &[u8]) -> Result<(), rusqlite::Error> {
        let insert = "INSERT OR REPLACE INTO thumb (blob, bytes) VALUES (?1, ?2)";
        self.db.prepare_cached(insert)?.execute((blob, bytes))?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes <= self.most {
            return Ok(());
        }
        // Others may have written too, and what was replaced was counted twice.
        self.bytes = self.sum()?;
        while self.bytes > self.most {
            let go = "DELETE FROM thumb WHERE no IN (SELECT no FROM thumb ORDER BY no LIMIT ?1)";
            if self.db.execute(go, [GO])? == 0 {
                break;
            }
            self.bytes = self.sum()?;
        }
        Ok(())
    }
}

fn on_disk(path: &Path, key: Option<&[u8; 32]>) -> Option<Kept> {
    let open = || -> Result<Kept, rusqlite::Error> { Kept::new(connect(path, key)?, MOST) };
    open().ok().or_else(|| {
        // Damaged, or of another key: there is nothing in it that cannot be made again.
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
        open().ok()
    })
}

fn in_memory() -> Option<Kept> {
    let db = Connection::open_in_memory().ok()?;
    Kept::new(db, MOST_IN_MEMORY).ok()
}

fn connect(path: &Path, key: Option<&[u8; 32]>) -> Result<Connection, rusqlite::Error> {
    // What fails here fails when SQLite opens it.
    let _ = telekeep_sqlite::create_private(path);
    let db = telekeep_sqlite::connect(path, key)?;
    db.busy_timeout(Duration::from_secs(2))?;
    // Losing the newest in a power cut is no loss.
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; \
         PRAGMA cache_size = -2048;",
    )?;
    Ok(db)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(kept: Option<Kept>) -> Cache {
        Cache(Mutex::new(kept))
    }

    #[test]
    fn what_was_made_is_there_and_the_oldest_go() {
        let mut kept = in_memory().unwrap();
        kept.most = 200_000;
        let cache = cache(Some(kept));
        for number in 0..300_u32 {
            cache.put(&number.to_string(), &vec![7; 1000]);
        }
        assert_eq!(cache.get("0"), None);
        assert_eq!(cache.get("299"), Some(vec![7; 1000]));
        let kept = cache.0.lock().unwrap();
        assert!(kept.as_ref().unwrap().sum().unwrap() <= 200_000);
    }

    #[test]
    fn an_encrypted_file_shows_nothing_and_opens_only_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thumbs.db");
        let words = b"words that must not be seen".repeat(100);
        {
            let cache = cache(on_disk(&path, Some(&[1; 32])));
            cache.put("blob-name", &words);
        }
        let stored = std::fs::read(&path).unwrap();
        let seen = |what: &[u8]| stored.windows(what.len()).any(|part| part == what);
        assert!(!seen(b"must not be seen") && !seen(b"blob-name") && !seen(b"SQLite"));
        let again = cache(on_disk(&path, Some(&[1; 32])));
        assert_eq!(again.get("blob-name").as_deref(), Some(words.as_slice()));
        drop(again);
        let other = cache(on_disk(&path, Some(&[2; 32])));
        assert_eq!(other.get("blob-name"), None);
        other.put("other", b"x");
        assert_eq!(other.get("other"), Some(b"x".to_vec()), "made anew");
    }

    #[test]
    fn rubbish_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thumbs.db");
        std::fs::write(&path, b"rubbish".repeat(5000)).unwrap();
        let cache = cache(on_disk(&path, None));
        cache.put("a", b"x");
        assert_eq!(cache.get("a"), Some(b"x".to_vec()));
    }
}
