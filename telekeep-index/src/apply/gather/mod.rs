//! The full-text index, gathered beside the tables while an index is built anew.
//!
//! FTS5 takes most of the time of building when it is given row by row: it sorts its words anew for
//! every few thousand rows and later merges a thousand pieces. Here another thread gathers rows into
//! [`run::Run`]s of some ten thousand, puts each in order once and aside into a file of its own; at the
//! end it merges the runs ([`merge`]) straight into what FTS5 itself would have after its `optimize`,
//! one segment ([`segment`]), and passes the pages back to be stored. From then on the table is FTS5's.

mod aside;
mod merge;
mod run;
mod segment;
#[cfg(test)]
mod tests;

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
use merge::Merged;
use run::Run;
use segment::Page;

/// Columns of the full-text table; see `schema.sql`.
const COLUMNS: usize = 4;

const WHAT: &str = "gathering words";

/// Parcels of pages ([`merge`]) that wait to be stored: some 6 MB.
const PARCELS: usize = 32;

/// A thread that gathers rows of the full-text index.
pub(crate) struct Gather {
    /// Until there are no more.
    send: Option<SyncSender<Changes>>,
    /// What is to be stored in the end.
    pages: Receiver<Vec<Page>>,
    /// Until it was waited for.
    thread: Option<JoinHandle<Result<Merged, IndexError>>>,
    path: PathBuf,
}

impl Gather {
    /// Begins a file beside the index that is being built at `building`.
    pub(crate) fn start(building: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        let path = aside_of(building);
        open::remove(&path)?;
        let aside = Aside::create(&path, key)?;
        let (send, receive) = sync_channel(super::WAITING);
        let (pass, pages) = sync_channel(PARCELS);
        let thread = thread::Builder::new()
            .name("words".to_owned())
            .spawn(move || gather(aside, receive, &pass))
            .map_err(|source| IndexError::File {
                what: "starting a thread for",
                path: path.clone(),
                source,
            })?;
        Ok(Self {
            send: Some(send),
            pages,
            thread: Some(thread),
            path,
        })
    }

    /// Passes rows on; waits while those before are still being gathered.
    pub(super) fn write(&mut self, changes: Changes) -> Result<(), IndexError> {
        let sent = self.send.as_ref().map(|send| send.send(changes));
        if let Some(Ok(())) = sent {
            return Ok(());
        }
        // It ended early, and only an error ends it early.
        join(self.thread.take())?;
        Err(IndexError::Damaged { what: WHAT })
    }

    /// There are no more rows: merging begins.
    pub(super) fn merge(&mut self) {
        self.send = None;
    }

    /// Fills the empty full-text table of `db` and deletes the file. The connection must not have used
    /// the table, and has to be closed before it is used.
    pub(super) fn finish(mut self, db: &Connection) -> Result<(), IndexError> {
        self.merge();
        for page in self.pages.into_iter().flatten() {
            page.put(db).doing(WHAT)?;
        }
        if let Some(merged) = join(self.thread)? {
            merged.store(db)?;
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
    thread: Option<JoinHandle<Result<Merged, IndexError>>>,
) -> Result<Option<Merged>, IndexError> {
    match thread.map(JoinHandle::join) {
        Some(Ok(merged)) => merged.map(Some),
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        None => Ok(None),
    }
}

fn gather(
    mut aside: Aside,
    receive: Receiver<Changes>,
    pass: &SyncSender<Vec<Page>>,
) -> Result<Merged, IndexError> {
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
    drop(run);
    merge::merge(&aside, runs, open::LEAF_SIZE, pass)
}
