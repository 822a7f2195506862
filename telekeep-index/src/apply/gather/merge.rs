//! Runs merged into what the full-text table consists of.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    sync::mpsc::SyncSender,
};

use rusqlite::{Connection, params};

use super::{
    COLUMNS, WHAT,
    aside::{Aside, Reader},
    run,
    segment::{self, Page, Segment},
};
use crate::{
    error::{Doing as _, IndexError},
    varint,
};

/// Rows of `words_data` besides those of segments: sums, and the list of segments.
const SUMS: i64 = 1;
const STRUCTURE: i64 = 10;
/// Follows the cookie in the list of segments: its version.
const VERSION_2: [u8; 4] = [0xFF, 0, 0, 1];
/// The level the segment gets. FTS5 merges those of a level when there are enough: high enough that
/// what a backup adds is merged among itself many times before it is merged with everything.
const LEVEL: u64 = 3;

/// What was merged, besides the pages passed on.
#[derive(Default)]
pub(super) struct Merged {
    rows: u64,
    sums: Vec<u8>,
    leaves: u64,
}

/// Merges all runs, and passes everything on for the empty full-text table, with leaves of `leaf_size`.
pub(super) fn merge(
    aside: &Aside,
    runs: u32,
    leaf_size: usize,
    send: &SyncSender<Vec<Page>>,
) -> Result<Merged, IndexError> {
    let rows = Rows::of(aside, runs)?;
    if rows.count == 0 {
        return Ok(Merged::default());
    }
    let mut out = Out {
        pages: Vec::new(),
        sizes: Sizes::begin(aside, runs, &rows.gone)?,
        send,
    };
    let mut segment = Segment::begin(leaf_size);
    all_words(aside, &rows.gone, &mut segment, &mut out)?;
    let leaves = segment.end().cast_unsigned();
    out.pages.append(&mut segment.done);
    out.end()?;
    Ok(Merged {
        rows: rows.count,
        sums: rows.sums(),
        leaves,
    })
}

impl Merged {
    /// Makes the pages known to FTS5, when all are stored in `db`, which must not have used the table.
    pub(super) fn store(&self, db: &Connection) -> Result<(), IndexError> {
        if self.rows == 0 {
            return Ok(());
        }
        put(db, SUMS, &self.sums).doing(WHAT)?;
        let record = structure(db, self.leaves, self.rows)?;
        put(db, STRUCTURE, &record).doing(WHAT)
    }
}

/// Pages passed on at a time.
const PAGES: usize = 32;
/// Sizes of rows passed on with them: there are some 15 rows a page.
const SIZES: usize = 512;

/// Pages on their way to who stores (and encrypts) them in another thread.
struct Out<'a> {
    pages: Vec<Page>,
    /// Passed on along with the words, so that there always is something to be stored.
    sizes: Sizes<'a>,
    send: &'a SyncSender<Vec<Page>>,
}

impl Out<'_> {
    /// Passes pages on when they are enough.
    fn take(&mut self, segment: &mut Segment) -> Result<(), IndexError> {
        self.pages.append(&mut segment.done);
        match self.pages.len() < PAGES {
            true => Ok(()),
            false => self.pass().map(drop),
        }
    }

    /// Passes on what is here. Whether there was anything.
    fn pass(&mut self) -> Result<bool, IndexError> {
        for _ in 0..SIZES {
            match self.sizes.next()? {
                Some(size) => self.pages.push(size),
                None => break,
            }
        }
        let pages = std::mem::take(&mut self.pages);
        let any = !pages.is_empty();
        // When nobody takes them any more, who stores them tells why.
        self.send.send(pages).map_err(|_| damaged())?;
        Ok(any)
    }

    /// Passes on everything left.
    fn end(&mut self) -> Result<(), IndexError> {
        while self.pass()? {}
        Ok(())
    }
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
    numbers.extend([segment::ORIGIN.cast_unsigned(); 2]);
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
    fn of(aside: &Aside, runs: u32) -> Result<Self, IndexError> {
        let mut rows = Self::default();
        let mut there = Lists::open(aside, runs, run::ROWS)?;
        let mut taken = Lists::open(aside, runs, run::GONE)?;
        rows.gone.resize_with(runs as usize, Vec::new);
        let mut newest = None;
        while let Some((rid, run)) = there.first() {
            let sizes = there.sizes(run)?;
            there.advance()?;
            newest = newest.max(taken.last_of(rid)?);
            let again = there.first().is_some_and(|(next, _)| next == rid);
            if again || newest.is_some_and(|later| later > run) {
                if let Some(gone) = rows.gone.get_mut(run) {
                    gone.push(rid);
                }
            } else {
                rows.count += 1;
                let sums = rows.words.iter_mut().zip(sizes);
                sums.for_each(|(sum, size)| *sum += size);
            }
            if !again {
                newest = None;
            }
        }
        Ok(rows)
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

/// How many words each row has, in order, without the rows that are gone.
struct Sizes<'a> {
    rows: Lists<'a>,
    gone: &'a [Vec<i64>],
}

impl<'a> Sizes<'a> {
    fn begin(aside: &'a Aside, runs: u32, gone: &'a [Vec<i64>]) -> Result<Self, IndexError> {
        let rows = Lists::open(aside, runs, run::ROWS)?;
        Ok(Self { rows, gone })
    }

    fn next(&mut self) -> Result<Option<Page>, IndexError> {
        while let Some((rid, run)) = self.rows.first() {
            let sizes = self.rows.sizes(run)?;
            self.rows.advance()?;
            if !is_gone(self.gone, run, rid) {
                let mut record = Vec::new();
                sizes
                    .into_iter()
                    .for_each(|size| varint::push(&mut record, size));
                return Ok(Some(Page::Size(rid, record)));
            }
        }
        Ok(None)
    }
}

fn is_gone(gone: &[Vec<i64>], run: usize, rid: i64) -> bool {
    let gone = gone.get(run);
    gone.is_some_and(|gone| gone.binary_search(&rid).is_ok())
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

    /// How many words the row has that comes next in a run.
    fn sizes(&mut self, run: usize) -> Result<[u64; COLUMNS], IndexError> {
        let list = self.lists.get_mut(run).ok_or_else(damaged)?;
        let mut sizes = [0; COLUMNS];
        for size in &mut sizes {
            *size = number(&mut list.reader)?;
        }
        Ok(sizes)
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

/// Rows of the next word of each run.
struct Words<'a> {
    runs: Vec<Numbers<'a>>,
    next: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

fn all_words(
    aside: &Aside,
    gone: &[Vec<i64>],
    segment: &mut Segment,
    out: &mut Out<'_>,
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
        all.rows(&word, &mut rows, gone, segment, out)?;
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
        out: &mut Out<'_>,
    ) -> Result<(), IndexError> {
        let mut begun = false;
        while let Some(mut first) = rows.peek_mut() {
            let Reverse((rid, run)) = *first;
            let Some(list) = self.runs.get_mut(run) else {
                return Ok(());
            };
            let length = number(&mut list.reader)?;
            let positions = take(&mut list.reader, length)?;
            if !is_gone(gone, run, rid) {
                if !begun {
                    segment.word(word);
                    begun = true;
                }
                segment.row(rid, positions);
                if !segment.done.is_empty() {
                    out.take(segment)?;
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
