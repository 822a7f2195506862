//! Applying journal lines: the only way content gets into the index.
//!
//! Lines are read into [`line::Item`]s and written in batches. A batch and the position after it are
//! one transaction, so applying again after any interruption continues exactly where it stopped and
//! changes nothing it has already applied. With many lines, reading runs beside writing.

mod chats;
mod line;
mod messages;
mod others;

use std::{
    error::Error,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use rusqlite::{Connection, OptionalExtension as _, params};
use telekeep_journal::Line;

use crate::{
    error::{Doing as _, IndexError},
    number::{signed, unsigned},
    slots::Slots,
};
use line::{Item, NewMessage, Other, Reader};

/// Lines in a batch.
const BATCH: usize = 8192;
/// Bytes of lines in a batch: bounds memory when messages are long.
const BATCH_BYTES: usize = 8 << 20;

/// What applying did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Records applied; those applied before are not counted.
    pub records: u64,
    /// Messages that were new.
    pub messages: u64,
    /// New versions of known messages.
    pub versions: u64,
}

/// What a writer knows between batches.
#[derive(Default)]
pub(crate) struct Writer {
    slots: Option<Slots>,
    chats: chats::Chats,
}

struct Batch {
    items: Vec<Item>,
    /// First sequence number after the batch.
    next: u64,
    records: u64,
}

/// Applies `lines` of `journal`; see [`crate::Index::apply`].
pub(crate) fn apply<I, E>(
    db: &mut Connection,
    writer: &mut Writer,
    journal: &str,
    lines: I,
) -> Result<Applied, IndexError>
where
    I: IntoIterator<Item = Result<Line, E>>,
    E: Error + Send + Sync + 'static,
{
    let (no, next, account) = open_journal(db, journal)?;
    let mut source = Lines {
        journal,
        lines: lines.into_iter(),
        next,
        reader: Reader { account },
    };
    let mut applied = Applied::default();
    let first = source.batch();
    let Some((first, more)) = split(first)? else {
        return Ok(applied);
    };
    writer.batch(db, no, first, &mut applied)?;
    if more {
        alongside(db, writer, no, &mut source, &mut applied)?;
    }
    Ok(applied)
}

/// A batch and whether more may follow; `None` when there is nothing.
fn split(batch: Result<Batch, IndexError>) -> Result<Option<(Batch, bool)>, IndexError> {
    let batch = batch?;
    if batch.records == 0 {
        return Ok(None);
    }
    let more = batch.items.len() >= BATCH / 2;
    Ok(Some((batch, more)))
}

/// Reads on in this thread while another writes.
fn alongside<I, E>(
    db: &mut Connection,
    writer: &mut Writer,
    no: i64,
    source: &mut Lines<'_, I>,
    applied: &mut Applied,
) -> Result<(), IndexError>
where
    I: Iterator<Item = Result<Line, E>>,
    E: Error + Send + Sync + 'static,
{
    let (send, receive) = sync_channel::<Batch>(1);
    thread::scope(|scope| {
        let writing = scope.spawn(move || write_all(db, writer, no, receive, applied));
        let mut reading = Ok(());
        loop {
            match source.batch() {
                Ok(batch) if batch.records == 0 => break,
                // The writer stopped: its error is the one to tell.
                Ok(batch) => {
                    if send.send(batch).is_err() {
                        break;
                    }
                }
                Err(error) => {
                    reading = Err(error);
                    break;
                }
            }
        }
        drop(send);
        match writing.join() {
            Ok(written) => written.and(reading),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn write_all(
    db: &mut Connection,
    writer: &mut Writer,
    no: i64,
    batches: Receiver<Batch>,
    applied: &mut Applied,
) -> Result<(), IndexError> {
    for batch in batches {
        writer.batch(db, no, batch, applied)?;
    }
    Ok(())
}

/// Lines not yet applied, in batches.
struct Lines<'a, I> {
    journal: &'a str,
    lines: I,
    next: u64,
    reader: Reader,
}

impl<I, E> Lines<'_, I>
where
    I: Iterator<Item = Result<Line, E>>,
    E: Error + Send + Sync + 'static,
{
    /// The next batch; one without records at the end.
    fn batch(&mut self) -> Result<Batch, IndexError> {
        let mut batch = Batch {
            items: Vec::with_capacity(BATCH),
            next: self.next,
            records: 0,
        };
        let mut bytes = 0;
        while batch.items.len() < BATCH && bytes < BATCH_BYTES {
            let Some(line) = self.lines.next() else { break };
            let line = line.map_err(|error| IndexError::Source {
                journal: self.journal.to_owned(),
                source: Box::new(error),
            })?;
            if line.seq < self.next {
                continue;
            }
            if line.seq != self.next && self.next != 0 {
                let journal = self.journal.to_owned();
                return Err(IndexError::Gap {
                    journal,
                    next: self.next,
                    found: line.seq,
                });
            }
            let item =
                self.reader
                    .read(line.seq, &line.json)
                    .ok_or_else(|| IndexError::Record {
                        journal: self.journal.to_owned(),
                        seq: line.seq,
                    })?;
            bytes += line.json.len();
            self.next = line.seq + 1;
            batch.records += 1;
            batch.items.push(item);
        }
        batch.next = self.next;
        Ok(batch)
    }
}

/// Number, position and account of a journal, which is made known when it is new.
fn open_journal(db: &Connection, name: &str) -> Result<(i64, u64, Option<i64>), IndexError> {
    let select = "SELECT no, next, account FROM journal WHERE name = ?1";
    let read = || {
        db.prepare_cached(select)?
            .query_row([name], |row| {
                Ok((row.get(0)?, unsigned(row.get(1)?), row.get(2)?))
            })
            .optional()
    };
    if let Some(found) = read().doing("looking up a journal")? {
        return Ok(found);
    }
    db.execute("INSERT INTO journal (name) VALUES (?1)", [name])
        .doing("adding a journal")?;
    Ok((db.last_insert_rowid(), 0, None))
}

impl Writer {
    /// Writes a batch and its position in one transaction.
    fn batch(
        &mut self,
        db: &mut Connection,
        journal: i64,
        batch: Batch,
        applied: &mut Applied,
    ) -> Result<(), IndexError> {
        // What was learned in a transaction that fails is not so.
        let mut slots = match self.slots.take() {
            Some(slots) => slots,
            None => load_slots(db)?,
        };
        let mut known = std::mem::take(&mut self.chats);
        known.of(journal);
        let transaction = db.transaction().doing("beginning a transaction")?;
        let mut step = Step {
            db: &transaction,
            journal,
            slots: &mut slots,
            chats: &mut known,
        };
        let records = batch.records;
        let (messages, versions) = step.write(batch)?;
        transaction.commit().doing("committing")?;
        self.slots = Some(slots);
        self.chats = known;
        applied.records += records;
        applied.messages += messages;
        applied.versions += versions;
        Ok(())
    }
}

fn load_slots(db: &Connection) -> Result<Slots, IndexError> {
    let drift = db
        .query_row("SELECT value FROM meta WHERE key = 'drift'", [], |row| {
            row.get(0)
        })
        .optional()
        .doing("reading the drift")?;
    Ok(Slots::new(drift.unwrap_or(0)))
}

/// One batch being written.
struct Step<'a> {
    db: &'a Connection,
    journal: i64,
    slots: &'a mut Slots,
    chats: &'a mut chats::Chats,
}

impl Step<'_> {
    fn write(&mut self, batch: Batch) -> Result<(u64, u64), IndexError> {
        let mut messages: Vec<NewMessage> = Vec::new();
        let mut others: Vec<(i64, Other)> = Vec::new();
        for item in batch.items {
            match item {
                Item::Message(message) => messages.push(*message),
                Item::Other { time, what } => others.push((time, what)),
            }
        }
        let drift = self.slots.drift;
        let counts = self.messages(messages)?;
        for (time, what) in others {
            self.other(time, what)?;
        }
        self.chats.store(self.db)?;
        if self.slots.drift != drift {
            self.put_meta("drift", self.slots.drift)?;
        }
        self.db
            .prepare_cached("UPDATE journal SET next = ?2 WHERE no = ?1")
            .and_then(|mut set| set.execute(params![self.journal, signed(batch.next)]))
            .doing("storing the position")?;
        Ok(counts)
    }

    fn put_meta(&self, key: &str, value: i64) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .and_then(|mut put| put.execute(params![key, value]))
            .map(drop)
            .doing("storing a total")
    }

    fn add_meta(&self, key: &str, more: i64) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = value + excluded.value",
            )
            .and_then(|mut put| put.execute(params![key, more]))
            .map(drop)
            .doing("storing a total")
    }

    fn odd(&self, name: &str) -> Result<(), IndexError> {
        let name: String = name.chars().take(80).collect();
        self.db
            .prepare_cached(
                "INSERT INTO odd (name, count) VALUES (?1, 1)
                 ON CONFLICT (name) DO UPDATE SET count = count + 1",
            )
            .and_then(|mut put| put.execute([name]))
            .map(drop)
            .doing("counting what is not understood")
    }
}
