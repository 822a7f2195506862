//! Stores: where the files of an archive are.
//!
//! Archive files are immutable: a store only ever adds whole files, reads, lists and deletes. The one exception is
//! `telekeep.json`, for which there is [`Store::replace`].

use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

mod conformance;
mod local;
mod memory;

pub use conformance::check_store;
pub use local::LocalStore;
pub(crate) use local::make_folder;
pub use memory::MemoryStore;

/// A file a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Path from the root of the archive, `/` separated.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// Holds the files of one archive. Paths are relative, `/` separated, checked by [`check_path`].
///
/// [`check_store`] is the conformance suite that every implementation must pass.
pub trait Store: Send + Sync {
    /// What to call this store in messages.
    fn place(&self) -> String;

    /// Adds a file that must not exist yet. When it returns, all of the file is durable; when it fails or the machine
    /// stops, either all of the file is there or nothing is.
    fn put_new(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut staged = self.stage()?;
        staged.write_all(bytes).map_err(StoreError::io(path))?;
        self.put_staged(path, staged)
    }

    /// A place to write a file of any size before its final name is known.
    fn stage(&self) -> Result<Staged, StoreError>;

    /// Like [`Store::put_new`] with the content of a file from [`Store::stage`].
    fn put_staged(&self, path: &str, staged: Staged) -> Result<(), StoreError>;

    /// Writes a file whether it exists or not; a reader sees the old or the new content, whole. Only for `telekeep.json`.
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// All bytes of a file. Use [`get_limited`] for files that others may have written.
    fn get(&self, path: &str) -> Result<Vec<u8>, StoreError>;

    /// Bytes `offset..offset+len` of a file, fewer where the file ends.
    fn get_range(&self, path: &str, offset: u64, len: u64) -> Result<Vec<u8>, StoreError>;

    /// Size of a file in bytes.
    fn stat(&self, path: &str) -> Result<u64, StoreError>;

    /// Calls `visit` for every file whose path starts with `prefix`, in no particular order, without holding all names
    /// in memory. What is under `local/` is no part of an archive and is not listed.
    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Listed)) -> Result<(), StoreError>;

    /// Removes a file; it is an error when there is none.
    fn delete(&self, path: &str) -> Result<(), StoreError>;

    /// The folder for this machine's own files (lock, spool, index), when the store is a local folder.
    fn local_dir(&self) -> Option<&Path> {
        None
    }
}

/// What kind of failure it was, independent of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    NotFound,
    AlreadyExists,
    PermissionDenied,
    NoSpace,
    BadPath,
    TooLarge,
    Other,
}

/// A failed store operation and the path it was about.
#[derive(Debug)]
pub struct StoreError {
    pub kind: StoreErrorKind,
    pub path: String,
    pub source: Option<io::Error>,
}

impl StoreError {
    pub fn new(kind: StoreErrorKind, path: &str) -> Self {
        StoreError {
            kind,
            path: path.to_owned(),
            source: None,
        }
    }

    /// For `map_err`: keeps the path and finds the kind.
    pub fn io(path: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| StoreError {
            kind: kind_of(&source),
            path: path.to_owned(),
            source: Some(source),
        }
    }
}

fn kind_of(error: &io::Error) -> StoreErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => StoreErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => StoreErrorKind::AlreadyExists,
        io::ErrorKind::PermissionDenied => StoreErrorKind::PermissionDenied,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::NoSpace,
        _ => StoreErrorKind::Other,
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            StoreErrorKind::NotFound => "file is missing",
            StoreErrorKind::AlreadyExists => "file exists already",
            StoreErrorKind::PermissionDenied => {
                "permission denied; check the owner of the archive's folder"
            }
            StoreErrorKind::NoSpace => "no space left; free some and run again, nothing is lost",
            StoreErrorKind::BadPath => "not a path inside an archive",
            StoreErrorKind::TooLarge => "file is larger than this format allows",
            StoreErrorKind::Other => "cannot be read or written",
        };
        write!(f, "{}: {what}", self.path)?;
        match (&self.source, self.kind) {
            (Some(source), StoreErrorKind::Other) => write!(f, ": {source}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Refuses every path that could leave the archive: absolute, with `.`, `..` or empty components, or with characters
/// other than letters, digits, `.`, `-` and `_`.
pub fn check_path(path: &str) -> Result<(), StoreError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let good =
        |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(allowed);
    if path.len() <= 512 && path.split('/').all(good) {
        Ok(())
    } else {
        Err(StoreError::new(StoreErrorKind::BadPath, path))
    }
}

/// Reads a file of at most `max` bytes: the size is asked first, so that a planted giant costs nothing.
pub fn get_limited(store: &dyn Store, path: &str, max: u64) -> Result<Vec<u8>, StoreError> {
    if store.stat(path)? > max {
        return Err(StoreError::new(StoreErrorKind::TooLarge, path));
    }
    let bytes = store.get_range(path, 0, max + 1)?;
    if bytes.len() as u64 > max {
        return Err(StoreError::new(StoreErrorKind::TooLarge, path));
    }
    Ok(bytes)
}

/// A file on its way into a store, written before its final name is known. Dropped without being put, it is gone.
#[derive(Debug)]
pub enum Staged {
    File(tempfile::NamedTempFile),
    Memory(io::Cursor<Vec<u8>>),
}

impl Write for Staged {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Staged::File(file) => file.write(buf),
            Staged::Memory(bytes) => bytes.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Staged::File(file) => file.flush(),
            Staged::Memory(_) => Ok(()),
        }
    }
}

impl Read for Staged {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Staged::File(file) => file.read(buf),
            Staged::Memory(bytes) => bytes.read(buf),
        }
    }
}

impl Seek for Staged {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Staged::File(file) => file.seek(to),
            Staged::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// Reads a stored file piece by piece with [`Store::get_range`]; seeking costs nothing.
pub(crate) struct StoreReader {
    store: Arc<dyn Store>,
    path: String,
    size: u64,
    piece_bytes: u64,
    /// File offset of `piece[0]`.
    piece_start: u64,
    piece: Vec<u8>,
    position: u64,
}

impl StoreReader {
    /// `piece_bytes`: how much to fetch at once.
    pub(crate) fn open(
        store: Arc<dyn Store>,
        path: &str,
        piece_bytes: u64,
    ) -> Result<Self, StoreError> {
        let size = store.stat(path)?;
        Ok(StoreReader {
            store,
            path: path.to_owned(),
            size,
            piece_bytes,
            piece_start: 0,
            piece: Vec::new(),
            position: 0,
        })
    }

    fn offset_in_piece(&self) -> Option<usize> {
        let offset = usize::try_from(self.position.checked_sub(self.piece_start)?).ok()?;
        (offset < self.piece.len()).then_some(offset)
    }
}

impl BufRead for StoreReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.offset_in_piece().is_none() && self.position < self.size {
            self.piece = self
                .store
                .get_range(&self.path, self.position, self.piece_bytes)
                .map_err(io::Error::other)?;
            self.piece_start = self.position;
        }
        let offset = self.offset_in_piece().unwrap_or(self.piece.len());
        Ok(self.piece.get(offset..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount as u64;
    }
}

impl Read for StoreReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buf)?;
        self.consume(n);
        Ok(n)
    }
}

impl Seek for StoreReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.size.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "a\0b",
            "a b",
            "c:/x",
            "é",
        ] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
        assert!(check_path("journals/tg-1/00000001.jsonl.zst.age").is_ok());
    }

    #[test]
    fn reader_reads_and_seeks_over_pieces() {
        let store = Arc::new(MemoryStore::new());
        let data: Vec<u8> = (0..1000_u32).map(|n| (n % 251) as u8).collect();
        store.put_new("f", &data).unwrap();
        let mut reader = StoreReader::open(store, "f", 64).unwrap();
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        assert_eq!(all, data);
        for position in [0, 63, 64, 500, 999] {
            reader.seek(SeekFrom::Start(position)).unwrap();
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            assert_eq!(byte[0], data[position as usize]);
        }
        assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), 1000);
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
        assert!(reader.seek(SeekFrom::Current(-2000)).is_err());
    }
}
