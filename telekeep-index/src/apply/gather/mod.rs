//! The full-text index, gathered beside the tables while an index is built anew.
//!
//! FTS5 takes most of the time of building when it is given row by row: it sorts its words anew for
//! every few thousand rows and later merges a thousand pieces. Here another thread gathers rows into
//! [`run::Run`]s of some hundred thousand, puts each in order once and aside into a file of its own;
//! at the end the runs are merged ([`merge`]) straight into what FTS5 itself would have after its
//! `optimize`: one segment ([`segment`]). From then on the table is FTS5's.

mod aside;
mod merge;
mod run;
mod segment;
#[cfg(test)]
mod tests;
mod varint;

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;

use super::rows::Changes;
use crate::{
    error::{Doing as _, IndexError},
    open::{self, Key},
};
use aside::Aside;
use run::Run;

/// Columns of the full-text table; see `schema.sql`.
const COLUMNS: usize = 4;

const WHAT: &str = "gathering words";

/// A thread that gathers rows of the full-text index.
pub(crate) struct Gather {
    send: SyncSender<Changes>,
    /// Until it was waited for.
    thread: Option<JoinHandle<Result<Gathered, IndexError>>>,
    path: PathBuf,
}

/// Everything gathered: runs put aside.
struct Gathered {
    aside: Aside,
    runs: u32,
}

impl Gather {
    /// Begins a file beside the index that is being built at `building`.
    pub(crate) fn start(building: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        let path = aside_of(building);
        open::remove(&path)?;
        let aside = Aside::create(&path, key)?;
        let (send, receive) = sync_channel(super::WAITING);
        let thread = thread::Builder::new()
            .name("words".to_owned())
            .spawn(move || gather(aside, receive))
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

    /// Passes rows on; waits while those before are still being gathered.
    pub(super) fn write(&mut self, changes: Changes) -> Result<(), IndexError> {
        if self.send.send(changes).is_ok() {
            return Ok(());
        }
        // It ended early, and only an error ends it early.
        join(self.thread.take())?;
        Err(IndexError::Damaged { what: WHAT })
    }

    /// Waits for the thread, fills the empty full-text table of `db` and deletes the file. The
    /// connection must not have used the table, and has to be closed before it is used.
    pub(super) fn finish(self, db: &Connection) -> Result<(), IndexError> {
        drop(self.send);
        if let Some(gathered) = join(self.thread)? {
            merge::merge(gathered.aside, gathered.runs, db, open::LEAF_SIZE)?;
        }
        open::remove(&self.path)
    }
}

/// Where runs are put aside while an index is built at `building`.
pub(crate) fn aside_of(building: &Path) -> PathBuf {
    let mut path = building.as_os_str().to_owned();
    path.push(".words");
    PathBuf::from(path)
}

fn join(
    thread: Option<JoinHandle<Result<Gathered, IndexError>>>,
) -> Result<Option<Gathered>, IndexError> {
    match thread.map(JoinHandle::join) {
        Some(Ok(gathered)) => gathered.map(Some),
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        None => Ok(None),
    }
}

fn gather(mut aside: Aside, receive: Receiver<Changes>) -> Result<Gathered, IndexError> {
    let (mut run, mut runs) = (Run::default(), 0);
    for changes in receive {
        for (rid, change) in changes {
            if change.gone {
                run.remove(rid);
            }
            if let Some(words) = change.words {
                run.put(rid, &words);
            }
        }
        if run.is_full() {
            run.put_aside(&mut aside, runs).doing(WHAT)?;
            runs += 1;
        }
    }
    if !run.is_empty() {
        run.put_aside(&mut aside, runs).doing(WHAT)?;
        runs += 1;
    }
    Ok(Gathered { aside, runs })
}
