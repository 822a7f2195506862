//! Runs merged into the full-text table: its rows first, then its words.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use rusqlite::{Connection, params};

use super::{
    COLUMNS, WHAT,
    aside::{Aside, Reader},
    run,
    segment::{Page, Segment},
    varint,
};
use crate::error::{Doing as _, IndexError};

/// Rows of `words_data` besides those of segments: sums, and the list of segments.
const SUMS: i64 = 1;
const STRUCTURE: i64 = 10;
/// Follows the cookie in the list of segments: its version.
const VERSION_2: [u8; 4] = [0xFF, 0, 0, 1];
/// The level the segment gets. FTS5 merges those of a level when there are enough: high enough that
/// what a backup adds is merged among itself many times before it is merged with everything.
const LEVEL: u64 = 3;
/// Which write the rows are from.
const ORIGIN: i64 = 1;

/// Fills the empty full-text table of `db`, which must not have used it, with leaves of `leaf_size`.
pub(super) fn merge(
    aside: Aside,
    runs: u32,
    db: &Connection,
    leaf_size: usize,
) -> Result<(), IndexError> {
    let mut rows = Rows::default();
    rows.merge(&aside, runs, db)?;
    if rows.count == 0 {
        return Ok(());
    }
    let leaves = words(aside, &rows.gone, db, leaf_size)?;
    put(db, SUMS, &rows.sums()).doing(WHAT)?;
    let record = structure(db, leaves.cast_unsigned(), rows.count)?;
    put(db, STRUCTURE, &record).doing(WHAT)
}

fn put(db: &Connection, id: i64, block: &[u8]) -> rusqlite::Result<()> {
    db.execute(
        "INSERT OR REPLACE INTO words_data (id, block) VALUES (?1, ?2)",
        params![id, block],
    )
    .map(drop)
}

/// The list of segments with this one.
fn structure(db: &Connection, leaves: u64, rows: u64) -> Result<Vec<u8>, IndexError> {
    let select = "SELECT substr(block, 1, 4) FROM words_data WHERE id = ?1";
    let mut record: Vec<u8> = db
        .query_row(select, [STRUCTURE], |row| row.get(0))
        .doing(WHAT)?;
    record.extend(VERSION_2);
    let mut numbers = vec![LEVEL + 1, 1, leaves];
    for _ in 0..LEVEL {
        // Nothing is being merged, and there are no segments.
        numbers.extend([0, 0]);
    }
    // Number, first and last leaf, origins, pages of deleted rows and their count, rows.
    numbers.extend([0, 1, 1, 1, leaves]);
    numbers.extend([ORIGIN.cast_unsigned(); 2]);
    numbers.extend([0, 0, rows]);
    numbers
        .into_iter()
        .for_each(|number| varint::push(&mut record, number));
    Ok(record)
}

fn damaged() -> IndexError {
    IndexError::Damaged { what: WHAT }
}

/// A number that has to be there.
fn number(reader: &mut Reader<'_>) -> Result<u64, IndexError> {
    let number = reader.number().doing(WHAT)?;
    number.ok_or_else(damaged)
}

/// Row numbers in order, from a stream that tells how many there are and each from the one before.
struct Numbers<'a> {
    reader: Reader<'a>,
    left: u64,
    rid: i64,
}

impl<'a> Numbers<'a> {
    fn begin(reader: Reader<'a>) -> Self {
        Self {
            reader,
            left: 0,
            rid: 0,
        }
    }

    /// Reads how many there are.
    fn count(&mut self) -> Result<(), IndexError> {
        self.left = number(&mut self.reader)?;
        self.rid = 0;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<i64>, IndexError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let delta = number(&mut self.reader)?.cast_signed();
        self.rid = self.rid.wrapping_add(delta);
        Ok(Some(self.rid))
    }
}

/// Rows of all runs.
#[derive(Default)]
struct Rows {
    count: u64,
    /// Words by column.
    words: [u64; COLUMNS],
    /// By run: rows that a later run took out or has anew, in order.
    gone: Vec<Vec<i64>>,
}

impl Rows {
    /// Stores how many words each row has.
    fn merge(&mut self, aside: &Aside, runs: u32, db: &Connection) -> Result<(), IndexError> {
        let mut put = db
            .prepare("INSERT INTO words_docsize (id, sz, origin) VALUES (?1, ?2, ?3)")
            .doing(WHAT)?;
        let mut there = Lists::open(aside, runs, run::ROWS)?;
        let mut taken = Lists::open(aside, runs, run::GONE)?;
        self.gone.resize_with(runs as usize, Vec::new);
        let (mut sizes, mut newest) = ([0; COLUMNS], None);
        while let Some((rid, run)) = there.first() {
            for size in &mut sizes {
                *size = number(there.reader(run)?)?;
            }
            there.advance()?;
            newest = newest.max(taken.last_of(rid)?);
            let again = there.first().is_some_and(|(next, _)| next == rid);
            if again || newest.is_some_and(|later| later > run) {
                if let Some(gone) = self.gone.get_mut(run) {
                    gone.push(rid);
                }
            } else {
                let mut record = Vec::new();
                sizes
                    .iter()
                    .for_each(|&size| varint::push(&mut record, size));
                put.execute(params![rid, record, ORIGIN]).doing(WHAT)?;
                self.count += 1;
                let sums = self.words.iter_mut().zip(sizes);
                sums.for_each(|(sum, size)| *sum += size);
            }
            if !again {
                newest = None;
            }
        }
        Ok(())
    }

    /// As FTS5 keeps them: rows, then words by column.
    fn sums(&self) -> Vec<u8> {
        let mut record = Vec::new();
        varint::push(&mut record, self.count);
        let words = self.words.iter();
        words.for_each(|&words| varint::push(&mut record, words));
        record
    }
}

/// Lists of row numbers, one a run, read together in order.
struct Lists<'a> {
    lists: Vec<Numbers<'a>>,
    next: BinaryHeap<Reverse<(i64, usize)>>,
}

impl<'a> Lists<'a> {
    fn open(aside: &'a Aside, runs: u32, kind: u32) -> Result<Self, IndexError> {
        let mut all = Self {
            lists: Vec::new(),
            next: BinaryHeap::new(),
        };
        for run in 0..runs {
            let mut list = Numbers::begin(aside.read(run::stream(run, kind)));
            list.count()?;
            if let Some(rid) = list.next()? {
                all.next.push(Reverse((rid, all.lists.len())));
            }
            all.lists.push(list);
        }
        Ok(all)
    }

    /// The least number, and its run.
    fn first(&self) -> Option<(i64, usize)> {
        self.next.peek().map(|Reverse(first)| *first)
    }

    fn reader(&mut self, run: usize) -> Result<&mut Reader<'a>, IndexError> {
        let list = self.lists.get_mut(run);
        list.map(|list| &mut list.reader).ok_or_else(damaged)
    }

    fn advance(&mut self) -> Result<(), IndexError> {
        let Some(Reverse((_, run))) = self.next.pop() else {
            return Ok(());
        };
        if let Some(list) = self.lists.get_mut(run)
            && let Some(rid) = list.next()?
        {
            self.next.push(Reverse((rid, run)));
        }
        Ok(())
    }

    /// The last run that has a number; passes over everything up to it.
    fn last_of(&mut self, rid: i64) -> Result<Option<usize>, IndexError> {
        let mut last = None;
        while let Some((found, run)) = self.first().filter(|(found, _)| *found <= rid) {
            if found == rid {
                last = last.max(Some(run));
            }
            self.advance()?;
        }
        Ok(last)
    }
}

/// Pages passed on at a time, and how many times that many may wait.
const PAGES: usize = 32;
const WAITING: usize = 8;

/// Merges the words of all runs in a thread of its own while this one stores (and encrypts) them.
/// How many leaves there are.
fn words(
    aside: Aside,
    gone: &[Vec<i64>],
    db: &Connection,
    leaf_size: usize,
) -> Result<i64, IndexError> {
    let (send, receive) = sync_channel::<Vec<Page>>(WAITING);
    thread::scope(|scope| {
        let merging = scope.spawn(move || {
            let mut segment = Segment::begin(leaf_size);
            all_words(&aside, gone, &mut segment, &send)?;
            let leaves = segment.end();
            pass(&send, &mut segment).map(|()| leaves)
        });
        let mut stored = Ok(());
        for page in receive.into_iter().flatten() {
            stored = page.put(db).doing(WHAT);
            if stored.is_err() {
                // Dropping the receiver ends the other.
                break;
            }
        }
        let merged = merging.join();
        stored?;
        merged.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Passes finished pages on. When nobody takes them any more, who stores them tells why.
fn pass(send: &SyncSender<Vec<Page>>, segment: &mut Segment) -> Result<(), IndexError> {
    let pages = std::mem::take(&mut segment.done);
    send.send(pages).map_err(|_| damaged())
}

/// Rows of the next word of each run.
struct Words<'a> {
    runs: Vec<Numbers<'a>>,
    next: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

fn all_words(
    aside: &Aside,
    gone: &[Vec<i64>],
    segment: &mut Segment,
    send: &SyncSender<Vec<Page>>,
) -> Result<(), IndexError> {
    let mut all = Words {
        runs: Vec::new(),
        next: BinaryHeap::new(),
    };
    for run in 0..gone.len() {
        let stream = run::stream(u32::try_from(run).unwrap_or(u32::MAX), run::WORDS);
        all.runs.push(Numbers::begin(aside.read(stream)));
        all.read_word(run, Vec::new())?;
    }
    let mut rows = BinaryHeap::new();
    let mut with = Vec::new();
    while let Some(Reverse((word, run))) = all.next.pop() {
        all.begin(run, &mut rows)?;
        while let Some((spare, run)) = all.same(&word) {
            all.begin(run, &mut rows)?;
            with.push((run, spare));
        }
        all.rows(&word, &mut rows, gone, segment, send)?;
        with.push((run, word));
        for (run, spare) in with.drain(..) {
            all.read_word(run, spare)?;
        }
    }
    Ok(())
}

impl Words<'_> {
    /// Another run whose next word is this one.
    fn same(&mut self, word: &[u8]) -> Option<(Vec<u8>, usize)> {
        let next = self.next.peek_mut()?;
        match next.0.0 == word {
            true => Some(PeekMut::pop(next).0),
            false => None,
        }
    }

    /// Reads the next word of a run into memory that was used before.
    fn read_word(&mut self, run: usize, mut word: Vec<u8>) -> Result<(), IndexError> {
        let Some(list) = self.runs.get_mut(run) else {
            return Ok(());
        };
        let Some(length) = list.reader.number().doing(WHAT)? else {
            return Ok(());
        };
        let bytes = take(&mut list.reader, length)?;
        word.clear();
        word.extend_from_slice(bytes);
        self.next.push(Reverse((word, run)));
        Ok(())
    }

    /// Begins the rows of the word of a run.
    fn begin(
        &mut self,
        run: usize,
        rows: &mut BinaryHeap<Reverse<(i64, usize)>>,
    ) -> Result<(), IndexError> {
        if let Some(list) = self.runs.get_mut(run) {
            list.count()?;
            rows.extend(list.next()?.map(|rid| Reverse((rid, run))));
        }
        Ok(())
    }

    /// Writes the rows of a word, of all runs together in order.
    fn rows(
        &mut self,
        word: &[u8],
        rows: &mut BinaryHeap<Reverse<(i64, usize)>>,
        gone: &[Vec<i64>],
        segment: &mut Segment,
        send: &SyncSender<Vec<Page>>,
    ) -> Result<(), IndexError> {
        let mut begun = false;
        while let Some(mut first) = rows.peek_mut() {
            let Reverse((rid, run)) = *first;
            let Some(list) = self.runs.get_mut(run) else {
                return Ok(());
            };
            let length = number(&mut list.reader)?;
            let positions = take(&mut list.reader, length)?;
            let is_gone = |gone: &Vec<i64>| gone.binary_search(&rid).is_ok();
            if !gone.get(run).is_some_and(is_gone) {
                if !begun {
                    segment.word(word);
                    begun = true;
                }
                segment.row(rid, positions);
                if segment.done.len() >= PAGES {
                    pass(send, segment)?;
                }
            }
            match list.next()? {
                Some(next) => *first = Reverse((next, run)),
                None => drop(PeekMut::pop(first)),
            }
        }
        Ok(())
    }
}

fn take<'r>(reader: &'r mut Reader<'_>, length: u64) -> Result<&'r [u8], IndexError> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let taken = reader.take(length).doing(WHAT)?;
    taken.ok_or_else(damaged)
}
