//! Rows gathered in memory: which words they have where, to be put in order at once.
//!
//! A run that was put aside is three streams of numbers and bytes, each in order:
//!
//! * [`ROWS`]: how many; each with its number (from the one before) and how many words a column has;
//! * [`GONE`]: how many, and their numbers: rows taken out, which earlier runs may have;
//! * [`WORDS`]: length and bytes of each word, how many rows have it, and for each row its number (from
//!   the one before), the length of the list of positions, and the list as FTS5 writes it.

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use std::hash::BuildHasher as _;

use super::{COLUMNS, aside::Aside};
use crate::{apply::line, tokenizer, varint};

/// Words (each time one is used) of a run, and rows: some 15 MB.
const MOST_TOKENS: usize = 1 << 19;
const MOST_ROWS: usize = 1 << 16;

/// FTS5 puts this before every word of its main index.
const MAIN: u8 = b'0';
/// FTS5 cuts longer words.
const LONGEST: usize = 32_768;
/// Bits of a position; above them is the column.
const POSITION_BITS: u32 = 29;

/// A word at a place: bits of the position, and above them the column.
#[derive(Clone, Copy, Default)]
struct Token {
    /// Number of the word; after sorting, of the row.
    of: u32,
    place: u32,
}

struct Row {
    rid: i64,
    /// Words by column.
    sizes: [u32; COLUMNS],
    /// Where its tokens begin.
    first: u32,
}

/// Rows in memory, in the order they came.
#[derive(Default)]
pub(super) struct Run {
    words: Words,
    tokens: Vec<Token>,
    rows: Vec<Row>,
    /// Rows taken out: those with a smaller place in `rows` are gone.
    gone: Gone,
}

type Gone = HashMap<i64, usize>;

/// Different words, with numbers in the order they were met.
#[derive(Default)]
struct Words {
    /// All one after the other.
    bytes: Vec<u8>,
    known: Vec<Word>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

#[derive(Clone, Copy, Default)]
struct Word {
    /// Where it is in `bytes`.
    begin: u32,
    length: u32,
    /// How often it is used.
    uses: u32,
}

impl Words {
    /// The number of a word, which is used once more.
    fn number(&mut self, word: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(word);
        let is = |&other: &u32| text(&self.bytes, self.known.get(other as usize)) == word;
        let found = match self.numbers.find(hash, is) {
            Some(&found) => found,
            None => self.add(hash, word),
        };
        if let Some(word) = self.known.get_mut(found as usize) {
            word.uses += 1;
        }
        found
    }

    fn add(&mut self, hash: u64, word: &[u8]) -> u32 {
        let new = number(self.known.len());
        self.known.push(Word {
            begin: number(self.bytes.len()),
            length: number(word.len()),
            uses: 0,
        });
        self.bytes.extend_from_slice(word);
        let (bytes, known, hasher) = (&self.bytes, &self.known, &self.hasher);
        self.numbers.insert_unique(hash, new, |&other| {
            hasher.hash_one(text(bytes, known.get(other as usize)))
        });
        new
    }

    /// Words and their numbers, in order.
    fn in_order(&self) -> Vec<(&[u8], u32)> {
        let words = self.known.iter().map(|word| text(&self.bytes, Some(word)));
        // The first eight bytes decide nearly always.
        let mut order: Vec<(u64, &[u8], u32)> = words
            .zip(0..)
            .map(|(word, number)| (first_bytes(word), word, number))
            .collect();
        order.sort_unstable();
        order
            .into_iter()
            .map(|(_, word, number)| (word, number))
            .collect()
    }
}

fn text<'a>(bytes: &'a [u8], word: Option<&Word>) -> &'a [u8] {
    let range = |word: &Word| word.begin as usize..(word.begin + word.length) as usize;
    word.and_then(|word| bytes.get(range(word)))
        .unwrap_or_default()
}

/// The first bytes as a number that is in the same order.
fn first_bytes(word: &[u8]) -> u64 {
    let mut first = [0; 8];
    first
        .iter_mut()
        .zip(word)
        .for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(first)
}

impl Run {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.gone.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.tokens.len() >= MOST_TOKENS || self.rows.len() + self.gone.len() >= MOST_ROWS
    }

    /// Takes a row out, of this run and of all before it.
    pub(super) fn remove(&mut self, rid: i64) {
        self.gone.insert(rid, self.rows.len());
    }

    /// Adds a row.
    pub(super) fn put(&mut self, rid: i64, words: &line::Words) {
        let first = number(self.tokens.len());
        let columns = [&words.text, &words.file, &words.past, &words.meta];
        let mut sizes = [0; COLUMNS];
        for ((column, text), size) in (0..).zip(columns).zip(&mut sizes) {
            for (word, colocated) in tokenizer::prepared(text) {
                if !colocated || *size == 0 {
                    *size += 1;
                }
                self.token(word.as_bytes(), column, *size - 1);
            }
        }
        self.rows.push(Row { rid, sizes, first });
    }

    fn token(&mut self, word: &[u8], column: u32, position: u32) {
        let word = word.get(..LONGEST).unwrap_or(word);
        let of = self.words.number(word);
        let place = column << POSITION_BITS | position.min((1 << POSITION_BITS) - 1);
        self.tokens.push(Token { of, place });
    }

    /// Writes everything in order and begins anew.
    pub(super) fn put_aside(&mut self, aside: &mut Aside, run: u32) -> rusqlite::Result<()> {
        let Self {
            words,
            tokens,
            rows,
            gone,
        } = std::mem::take(self);
        let order = in_order(&rows, &gone);
        write_rows(aside, run, &rows, &order)?;
        write_gone(aside, run, gone.into_keys().collect())?;
        let sorted = sorted(&tokens, &words.known, &rows, &order);
        drop(tokens);
        write_words(aside, run, &words.in_order(), &sorted, &rows, &order)
    }
}

/// Kinds of streams.
pub(super) const ROWS: u32 = 0;
pub(super) const GONE: u32 = 1;
pub(super) const WORDS: u32 = 2;

/// A stream of a run.
pub(super) fn stream(run: u32, kind: u32) -> u32 {
    run * 3 + kind
}

/// Memory ends long before this many of anything.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Places in `rows` of those that are still there, by row number.
fn in_order(rows: &[Row], gone: &Gone) -> Vec<usize> {
    let is_gone = |at: usize, row: &Row| gone.get(&row.rid).is_some_and(|&before| at < before);
    let mut order: Vec<usize> = rows
        .iter()
        .enumerate()
        .filter(|(at, row)| !is_gone(*at, row))
        .map(|(at, _)| at)
        .collect();
    order.sort_unstable_by_key(|&at| rows.get(at).map(|row| row.rid));
    order
}

fn write_rows(aside: &Aside, run: u32, rows: &[Row], order: &[usize]) -> rusqlite::Result<()> {
    let mut out = aside.write(stream(run, ROWS));
    varint::push(&mut out.bytes, order.len() as u64);
    let mut before = 0;
    for row in order.iter().filter_map(|&at| rows.get(at)) {
        delta(&mut out.bytes, &mut before, row.rid);
        for size in row.sizes {
            varint::push(&mut out.bytes, u64::from(size));
        }
        out.store()?;
    }
    out.end()
}

fn write_gone(aside: &Aside, run: u32, mut gone: Vec<i64>) -> rusqlite::Result<()> {
    let mut out = aside.write(stream(run, GONE));
    gone.sort_unstable();
    varint::push(&mut out.bytes, gone.len() as u64);
    let mut before = 0;
    for rid in gone {
        delta(&mut out.bytes, &mut before, rid);
        out.store()?;
    }
    out.end()
}

/// Writes how much greater a number is than the one before it.
fn delta(bytes: &mut Vec<u8>, before: &mut i64, value: i64) {
    varint::push(bytes, value.wrapping_sub(*before).cast_unsigned());
    *before = value;
}

/// Tokens by word (in the order words were met), with the place of their row in `order`.
struct Sorted {
    tokens: Vec<Token>,
    /// For each word where its tokens begin and end.
    spans: Vec<(u32, u32)>,
}

impl Sorted {
    fn of(&self, word: u32) -> &[Token] {
        let span = self.spans.get(word as usize);
        span.and_then(|&(begin, end)| self.tokens.get(begin as usize..end as usize))
            .unwrap_or_default()
    }
}

/// Counting sort: rows are visited in order, so that the tokens of a word are in order too.
fn sorted(tokens: &[Token], words: &[Word], rows: &[Row], order: &[usize]) -> Sorted {
    let mut begin = 0;
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(words.len());
    for word in words {
        spans.push((begin, begin));
        begin += word.uses;
    }
    let mut sorted = vec![Token::default(); tokens.len()];
    for (&at, place) in order.iter().zip(0..) {
        let first = rows.get(at).map_or(0, |row| row.first as usize);
        let end = rows
            .get(at + 1)
            .map_or(tokens.len(), |row| row.first as usize);
        for token in tokens.get(first..end).unwrap_or_default() {
            let Some(span) = spans.get_mut(token.of as usize) else {
                continue;
            };
            if let Some(free) = sorted.get_mut(span.1 as usize) {
                *free = Token {
                    of: place,
                    place: token.place,
                };
            }
            span.1 += 1;
        }
    }
    Sorted {
        tokens: sorted,
        spans,
    }
}

fn write_words(
    aside: &Aside,
    run: u32,
    words: &[(&[u8], u32)],
    sorted: &Sorted,
    rows: &[Row],
    order: &[usize],
) -> rusqlite::Result<()> {
    let mut out = aside.write(stream(run, WORDS));
    // Side by side, as they are looked up in no order.
    let rids: Vec<i64> = order
        .iter()
        .map(|&at| rows.get(at).map_or(0, |row| row.rid))
        .collect();
    let mut positions = Vec::new();
    for (word, of) in words {
        let tokens = sorted.of(*of);
        if tokens.is_empty() {
            continue;
        }
        let same_row = |one: &Token, other: &Token| one.of == other.of;
        varint::push(&mut out.bytes, word.len() as u64 + 1);
        out.bytes.push(MAIN);
        out.bytes.extend_from_slice(word);
        let count = tokens.chunk_by(same_row).count();
        varint::push(&mut out.bytes, count as u64);
        let mut before = 0;
        for tokens in tokens.chunk_by(same_row) {
            let row = tokens.first().map_or(0, |first| first.of as usize);
            let rid = rids.get(row).copied().unwrap_or_default();
            delta(&mut out.bytes, &mut before, rid);
            positions.clear();
            list(&mut positions, tokens);
            varint::push(&mut out.bytes, positions.len() as u64);
            out.bytes.extend_from_slice(&positions);
            out.store()?;
        }
    }
    out.end()
}

/// The list of positions of a word in a row: each from the one before and two more; a new column
/// begins with 1 and its number.
fn list(bytes: &mut Vec<u8>, tokens: &[Token]) {
    let (mut column, mut before) = (0, 0);
    for token in tokens {
        let position = token.place & ((1 << POSITION_BITS) - 1);
        if token.place >> POSITION_BITS != column {
            column = token.place >> POSITION_BITS;
            before = 0;
            bytes.push(1);
            varint::push(bytes, u64::from(column));
        }
        varint::push(bytes, u64::from(position - before) + 2);
        before = position;
    }
}
