//! SQLite files beside an archive (spool, index, thumbnails): their owner's alone, and encrypted by
//! SQLCipher when the archive is.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use zeroize::Zeroizing;

/// Bytes of a page.
const PAGE: u32 = 8192;
/// How often SQLCipher is asked whether it is ready, and the pause between.
const TRIES: u32 = 500;
const PAUSE: Duration = Duration::from_millis(2);

/// Makes a file for its owner only, before SQLite would make one for all. One that is there stays.
///
/// # Errors
///
/// When the file can be neither made nor opened.
pub fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Opens a database that is there, for reading and writing: without the latter nobody could read
/// while another one appends (WAL). The connection is for one thread at a time. A wrong key shows
/// with the first query, as [`ErrorCode::NotADatabase`].
///
/// # Errors
///
/// When the file cannot be opened.
pub fn connect(path: &Path, key: Option<&[u8; 32]>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    match key {
        None => db.execute_batch(&format!("PRAGMA page_size = {PAGE}"))?,
        Some(key) => {
            // A wrong key is an error of ours; SQLCipher would print it as well.
            db.execute_batch("PRAGMA cipher_log_level = NONE")?;
            set_key(&db, key)?;
            // SHA-256 has instructions of its own in processors, the default SHA-512 has not.
            db.execute_batch(&format!(
                "PRAGMA cipher_page_size = {PAGE}; PRAGMA cipher_hmac_algorithm = HMAC_SHA256"
            ))?;
        }
    }
    Ok(db)
}

/// While the first connection of a process is being opened, SQLite tells other threads that it is
/// ready before SQLCipher is, and a key given in between is refused without any trace.
fn set_key(db: &Connection, key: &[u8; 32]) -> rusqlite::Result<()> {
    let statement = Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", *hex(key)));
    for _ in 0..TRIES {
        match db.execute_batch(&statement) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => sleep(PAUSE),
            given => return given,
        }
    }
    db.execute_batch(&statement)
}

fn hex(key: &[u8; 32]) -> Zeroizing<String> {
    let mut hex = Zeroizing::new(String::with_capacity(2 * key.len()));
    for byte in key {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 15));
    }
    hex
}
