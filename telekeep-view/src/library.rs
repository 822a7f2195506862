//! The archive as the viewer needs it: a few read connections to the index, and the blobs.
//!
//! Reading is blocking work, so it runs on threads made for it, at most [`CONNECTIONS`] at a time.
//! The index may be replaced while we run (`reindex`): each connection remembers which file it has
//! open and is dropped when another file took the place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use telekeep_index::{Index, IndexError, Key};
use telekeep_journal::Archive;
use tokio::sync::Semaphore;

/// Requests that read the index at once; more wait.
const CONNECTIONS: usize = 4;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The index answered with an error.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The archive answered with an error.
    #[error(transparent)]
    Archive(#[from] telekeep_journal::Error),
    /// The account is not in the index.
    #[error("the index knows nothing of this account yet")]
    NoJournal,
    /// A reading thread ended before it answered.
    #[error("reading ended unexpectedly; try again")]
    Ended,
}

/// An archive open for reading.
pub struct Library {
    archive: Arc<Archive>,
    path: PathBuf,
    key: Option<Key>,
    /// The journal of the account that is shown; `None`: all.
    only: Option<String>,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

struct Connection {
    index: Index,
    file: FileId,
}

impl Library {
    /// Opens the index at `path` for reading. The archive is unlocked already.
    pub fn open(
        archive: Arc<Archive>,
        path: &Path,
        key: Option<Key>,
    ) -> Result<Arc<Self>, LibraryError> {
        let library = Self {
            archive,
            path: path.to_owned(),
            key,
            only: None,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(CONNECTIONS)),
        };
        let first = library.connect()?;
        library.give_back(first);
        Ok(Arc::new(library))
    }

    /// The same archive, of which only what this journal brought is shown.
    #[must_use]
    pub fn of_journal(&self, journal: &str) -> Self {
        Self {
            archive: Arc::clone(&self.archive),
            path: self.path.clone(),
            key: self.key,
            only: Some(journal.to_owned()),
            idle: Mutex::default(),
            permits: Arc::clone(&self.permits),
        }
    }

    /// Reads on a thread for it. Waits when many read already.
    pub async fn read<T, E>(
        self: &Arc<Self>,
        what: impl FnOnce(&Library, &Index) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<LibraryError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let library = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            library.read_here(what)
        });
        work.await
            .unwrap_or_else(|_| Err(E::from(LibraryError::Ended)))
    }

    /// Reads on this thread, for programs that have their own threads for it.
    pub fn read_here<T, E: From<LibraryError>>(
        &self,
        what: impl FnOnce(&Library, &Index) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.take()?;
        let answer = connection.index.at_once(|index| what(self, index));
        let answer = answer.map_err(LibraryError::from)?;
        self.give_back(connection);
        answer
    }

    /// The archive: its blobs.
    #[must_use]
    pub fn archive(&self) -> &Arc<Archive> {
        &self.archive
    }

    fn take(&self) -> Result<Connection, LibraryError> {
        let now = FileId::of(&self.path);
        loop {
            let idle = self
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            match idle {
                Some(connection) if connection.file == now => return Ok(connection),
                Some(_replaced) => {}
                None => return self.connect(),
            }
        }
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < CONNECTIONS {
            idle.push(connection);
        }
    }

    fn connect(&self) -> Result<Connection, LibraryError> {
        // Asked before opening: a file that takes the place in between is noticed the next time.
        let file = FileId::of(&self.path);
        let index = Index::open_read(&self.path, self.key.as_ref())?;
        if let Some(journal) = &self.only
            && !index.only(journal)?
        {
            return Err(LibraryError::NoJournal);
        }
        Ok(Connection { index, file })
    }
}

/// Tells a file from the one that takes its place.
#[derive(PartialEq, Eq)]
struct FileId(Option<(u64, u64)>);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(std::fs::metadata(path).ok().map(|m| (m.dev(), m.ino())))
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Self {
        let created = std::fs::metadata(path).and_then(|m| m.created()).ok();
        let since = created.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        Self(since.map(|since| (since.as_secs(), u64::from(since.subsec_nanos()))))
    }
}
