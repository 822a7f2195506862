//! Applying journal lines: the only way content gets into the index.
//!
//! Lines are read into [`line::Item`]s and written in batches. A batch and the position after it are
//! one transaction, so applying again after any interruption continues exactly where it stopped and
//! changes nothing it has already applied. With many lines, reading runs beside writing.

mod beside;
mod captures;
mod chats;
mod files;
mod gather;
pub(crate) mod line;
mod messages;
mod others;
mod own;
mod peers;
mod rows;
mod stories;
pub(crate) mod tally;
mod topics;

use std::{
    collections::{BTreeMap, BTreeSet},
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
    tokenizer::Tokenizer,
};
use files::Files;
pub(crate) use gather::Gather;
use line::{Item, NewMessage, Other, Reader};
use rows::Rows;
use tally::Tally;

/// Lines in a batch. FTS5 writes a segment per batch and later merges them: large batches save work.
const BATCH: usize = 32_768;
/// Bytes of lines in a batch: bounds memory, as up to three batches exist at a time.
const BATCH_BYTES: usize = 3 << 20;
/// The same while building anew, when a batch costs next to nothing: some of them wait between
/// threads, so that each has work while another takes its time.
const BUILDING_BYTES: usize = 1 << 19;
/// How many wait before a thread.
const WAITING: usize = 6;
/// Row numbers gathered while building anew: 40 MB.
const GATHERED_SLOTS: usize = 500_000;
/// Files gathered while building anew: some 40 MB.
const GATHERED_FILES: usize = 200_000;
/// A first batch of so many records suggests that a thread is worth its start.
const ALONGSIDE: usize = 512;

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
    /// The index is being built anew: nobody reads it, and an interruption discards it.
    building: bool,
    slots: Option<Slots>,
    chats: chats::Chats,
    rows: Rows,
    files: Files,
    tally: Tally,
    tokenizer: Tokenizer,
}

struct Batch {
    items: Vec<Item>,
    /// First sequence number after the batch.
    next: u64,
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
        bytes: match writer.building {
            true => BUILDING_BYTES,
            false => BATCH_BYTES,
        },
        reader: Reader {
            account,
            ..Reader::default()
        },
        failed: None,
    };
    let mut applied = Applied::default();
    let first = source.batch()?;
    let more = first.items.len() >= ALONGSIDE;
    if !first.items.is_empty() {
        writer.batch(db, no, first, &mut applied)?;
    }
    if more {
        alongside(db, writer, no, &mut source, &mut applied)?;
    } else {
        while let Some(batch) = source.some()? {
            writer.batch(db, no, batch, &mut applied)?;
        }
    }
    writer.settle(db, no)?;
    Ok(applied)
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
    let (send, receive) = sync_channel::<Batch>(if writer.building { WAITING } else { 1 });
    thread::scope(|scope| {
        let writing = scope.spawn(move || write_all(db, writer, no, receive, applied));
        let reading = loop {
            match source.some() {
                // A writer that stopped tells why itself.
                Ok(Some(batch)) => {
                    if send.send(batch).is_err() {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
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
    /// Of a batch, at least.
    bytes: usize,
    reader: Reader,
    /// What ended the batch before: told once that batch is written.
    failed: Option<IndexError>,
}

impl<I, E> Lines<'_, I>
where
    I: Iterator<Item = Result<Line, E>>,
    E: Error + Send + Sync + 'static,
{
    /// The next batch; one without records at the end.
    fn batch(&mut self) -> Result<Batch, IndexError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut batch = Batch {
            items: Vec::new(),
            next: self.next,
        };
        let mut bytes = 0;
        while batch.items.len() < BATCH && bytes < self.bytes {
            match self.item() {
                Ok(Some((length, item))) => {
                    bytes += length;
                    batch.items.push(item);
                }
                Ok(None) => break,
                Err(error) if batch.items.is_empty() => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        batch.next = self.next;
        Ok(batch)
    }

    /// The next batch, unless there is nothing more.
    fn some(&mut self) -> Result<Option<Batch>, IndexError> {
        self.batch()
            .map(|batch| Some(batch).filter(|batch| !batch.items.is_empty()))
    }

    /// The next line that was not applied, with its length.
    fn item(&mut self) -> Result<Option<(usize, Item)>, IndexError> {
        let journal = || self.journal.to_owned();
        loop {
            let Some(line) = self.lines.next() else {
                return Ok(None);
            };
            let line = line.map_err(|error| IndexError::Source {
                journal: journal(),
                source: Box::new(error),
            })?;
            if line.seq < self.next {
                continue;
            }
            if line.seq != self.next && self.next != 0 {
                let (next, found) = (self.next, line.seq);
                return Err(IndexError::Gap {
                    journal: journal(),
                    next,
                    found,
                });
            }
            let item = self.reader.read(line.seq, &line.json);
            let item = item.ok_or_else(|| IndexError::Record {
                journal: journal(),
                seq: line.seq,
            })?;
            self.next = line.seq + 1;
            return Ok(Some((line.json.len(), item)));
        }
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
        let records = batch.items.len();
        let (messages, versions) = self.step(db, journal, |step| step.write(batch))?;
        applied.records += u64::try_from(records).unwrap_or_default();
        applied.messages += messages;
        applied.versions += versions;
        Ok(())
    }

    /// Stores what was gathered and belongs to a journal, whose records end here.
    fn settle(&mut self, db: &mut Connection, journal: i64) -> Result<(), IndexError> {
        if self.files.is_empty() {
            return Ok(());
        }
        self.step(db, journal, |step| {
            step.store_files()?;
            step.chats.store(step.db)
        })
    }

    /// Does something in a transaction.
    fn step<T>(
        &mut self,
        db: &mut Connection,
        journal: i64,
        what: impl FnOnce(&mut Step<'_>) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        // What was learned in a transaction that fails is not so.
        let mut slots = match self.slots.take() {
            Some(slots) => slots,
            None => load_slots(db)?,
        };
        let mut known = std::mem::take(&mut self.chats);
        known.of(journal);
        let mut rows = std::mem::take(&mut self.rows);
        let mut files = std::mem::take(&mut self.files);
        let transaction = db.transaction().doing("beginning a transaction")?;
        let mut step = Step {
            db: &transaction,
            journal,
            building: self.building,
            slots: &mut slots,
            chats: &mut known,
            rows: &mut rows,
            files: &mut files,
            tally: std::mem::take(&mut self.tally),
            tokenizer: &mut self.tokenizer,
            renamed: BTreeSet::new(),
            gone: BTreeMap::new(),
        };
        let done = what(&mut step)?;
        self.tally = step.tally;
        transaction.commit().doing("committing")?;
        self.rows = rows;
        self.files = files;
        self.slots = Some(slots);
        self.chats = known;
        Ok(done)
    }
}

impl Writer {
    /// Of an index that is built anew, whose words `gather` takes.
    pub(crate) fn building(gather: Gather) -> Self {
        Self {
            building: true,
            rows: Rows::new(gather),
            ..Self::default()
        }
    }

    /// Writes what was gathered while building.
    pub(crate) fn finish(&mut self, db: &mut Connection) -> Result<(), IndexError> {
        self.rows.merge();
        let transaction = db.transaction().doing("beginning a transaction")?;
        std::mem::take(&mut self.tally).store(&transaction)?;
        if let Some(slots) = &mut self.slots {
            slots.store(&transaction).doing("storing numbers")?;
        }
        self.rows.finish(&transaction)?;
        transaction.commit().doing("committing")
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
    building: bool,
    slots: &'a mut Slots,
    chats: &'a mut chats::Chats,
    rows: &'a mut Rows,
    files: &'a mut Files,
    tally: Tally,
    tokenizer: &'a mut Tokenizer,
    /// Peers whose names changed.
    renamed: BTreeSet<i64>,
    /// Messages seen to be deleted, or to be back: row number of the words, and chat number, chat and id.
    gone: BTreeMap<i64, (i64, i64, i64)>,
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
        if !self.building || self.files.len() > GATHERED_FILES {
            self.store_files()?;
        }
        self.chats.store(self.db)?;
        self.index_names()?;
        self.index_gone()?;
        self.rows.store(self.db)?;
        if !self.building || self.tally.len() > tally::GATHERED {
            std::mem::take(&mut self.tally).store(self.db)?;
        }
        if !self.building || self.slots.waiting() > GATHERED_SLOTS {
            self.slots.store(self.db).doing("storing numbers")?;
        }
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
