//! The full-text index, written beside the tables while an index is built anew.
//!
//! FTS5 takes more than half of the time of building, and one connection is one thread. So other
//! connections fill full-text tables in files of their own, each with a thread, and at the end their
//! content becomes that of the one table (see [`graft`]), which costs a fraction.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::{
    graft::graft,
    rows::{self, Changes},
};
use crate::{
    error::{Doing as _, IndexError},
    open::{self, Key},
};

/// Threads. What reads and what stores messages keep another core busy.
const THREADS: i64 = 2;
/// Neighbouring rows go to the same thread: bits of a row number (seconds) that do not decide.
const NEAR: u32 = 12;

/// Threads that write rows into files of their own.
pub(crate) struct Beside {
    threads: Vec<Words>,
    key: Option<Key>,
}

struct Words {
    send: SyncSender<Changes>,
    /// Until it was waited for.
    thread: Option<JoinHandle<Result<(), IndexError>>>,
    path: PathBuf,
}

impl Beside {
    /// Begins files beside the index that is being built at `building`.
    pub(crate) fn start(building: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        let start = |number| Words::start(building, number, key);
        Ok(Self {
            threads: (0..THREADS).map(start).collect::<Result<_, _>>()?,
            key: key.copied(),
        })
    }

    /// Passes rows on; waits while those before are still being written.
    pub(super) fn write(&mut self, changes: Changes) -> Result<(), IndexError> {
        let mut shares: Vec<Changes> = self.threads.iter().map(|_| Changes::new()).collect();
        for (rid, change) in changes {
            let thread = usize::try_from((rid >> NEAR).rem_euclid(THREADS)).unwrap_or_default();
            if let Some(share) = shares.get_mut(thread) {
                share.insert(rid, change);
            }
        }
        for (words, share) in self.threads.iter_mut().zip(shares) {
            words.write(share)?;
        }
        Ok(())
    }

    /// Waits for the threads, moves what they wrote into `db` and deletes their files. See [`graft`]
    /// for what `db` may do with its full-text table then.
    pub(super) fn finish(self, db: &Connection) -> Result<(), IndexError> {
        let (mut ended, mut paths) = (Vec::new(), Vec::new());
        for words in self.threads {
            drop(words.send);
            ended.push(words.thread);
            paths.push(words.path);
        }
        for thread in ended {
            join(thread)?;
        }
        let open = |path: &PathBuf| open::words(path, self.key.as_ref());
        let tables: Vec<Connection> = paths.iter().map(open).collect::<Result<_, _>>()?;
        graft(db, &tables)?;
        drop(tables);
        paths.iter().try_for_each(|path| open::remove(path))
    }
}

impl Words {
    fn start(building: &Path, number: i64, key: Option<&Key>) -> Result<Self, IndexError> {
        let mut path = building.as_os_str().to_owned();
        path.push(format!(".words{number}"));
        let path = PathBuf::from(path);
        open::remove(&path)?;
        let mut db = open::create_words(&path, key)?;
        let (send, receive) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("words".to_owned())
            .spawn(move || write_all(&mut db, receive))
            .map_err(|source| IndexError::File {
                what: "starting a thread for",
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            send,
            thread: Some(thread),
            path,
        })
    }

    fn write(&mut self, changes: Changes) -> Result<(), IndexError> {
        if self.send.send(changes).is_ok() {
            return Ok(());
        }
        // It ended early, and only an error ends it early.
        join(self.thread.take())?;
        let what = "indexing words";
        Err(IndexError::Damaged { what })
    }
}

fn join(thread: Option<JoinHandle<Result<(), IndexError>>>) -> Result<(), IndexError> {
    match thread.map(JoinHandle::join) {
        Some(Ok(written)) => written,
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        None => Ok(()),
    }
}

fn write_all(db: &mut Connection, receive: Receiver<Changes>) -> Result<(), IndexError> {
    for changes in receive {
        let transaction = db.transaction().doing("beginning a transaction")?;
        rows::write(&transaction, &changes)?;
        transaction.commit().doing("committing")?;
    }
    open::merge(db)
}
