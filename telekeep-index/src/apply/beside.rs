//! The full-text index, written beside the tables while an index is built anew.
//!
//! FTS5 takes more than half of the time of building, and one connection is one thread. So a second
//! connection fills a full-text table of its own in a second file, with a core of its own; at the end
//! the tables that FTS5 keeps its content in are copied over as they are, which costs a fraction.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, types::ValueRef};

use super::rows::{self, Changes};
use crate::{
    error::{Doing as _, IndexError},
    open::{self, Key},
};

/// The tables in which FTS5 keeps a contentless table, with what they are ordered by.
const SHADOWS: [(&str, &str); 4] = [
    ("words_data", "id"),
    ("words_idx", "segid, term"),
    ("words_docsize", "id"),
    ("words_config", "k"),
];

/// A thread that writes rows into a file of its own.
pub(crate) struct Beside {
    send: SyncSender<Changes>,
    /// Until it was waited for.
    thread: Option<JoinHandle<Result<(), IndexError>>>,
    path: PathBuf,
    key: Option<Key>,
}

impl Beside {
    /// Begins a file beside the index that is being built at `building`.
    pub(crate) fn start(building: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        let mut path = building.as_os_str().to_owned();
        path.push(".words");
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
            key: key.copied(),
        })
    }

    /// Passes rows on; waits while those before are still being written.
    pub(super) fn write(&mut self, changes: Changes) -> Result<(), IndexError> {
        if self.send.send(changes).is_ok() {
            return Ok(());
        }
        // It ended early, and only an error ends it early.
        join(self.thread.take())?;
        let what = "indexing words";
        Err(IndexError::Damaged { what })
    }

    /// Waits for the thread, copies what it wrote into `db` and deletes the file.
    pub(super) fn finish(self, db: &Connection) -> Result<(), IndexError> {
        drop(self.send);
        join(self.thread)?;
        let from = open::words(&self.path, self.key.as_ref())?;
        for (table, order) in SHADOWS {
            copy(&from, db, table, order).doing("copying the words")?;
        }
        drop(from);
        open::remove(&self.path)
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

fn copy(from: &Connection, to: &Connection, table: &str, order: &str) -> rusqlite::Result<()> {
    to.execute(&format!("DELETE FROM {table}"), [])?;
    let mut select = from.prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))?;
    let columns = select.column_count();
    let places = vec!["?"; columns].join(", ");
    let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let value: ValueRef<'_> = row.get_ref(column)?;
            insert.raw_bind_parameter(column + 1, rusqlite::types::ToSqlOutput::Borrowed(value))?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}
