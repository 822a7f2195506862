//! A segment of FTS5, written as FTS5's own merge writes it. The layout is that described in SQLite's
//! `fts5_index.c`: leaf pages, which leaf has which words (`words_idx`), and for long lists an index of
//! which leaf has which rows. A test compares with what FTS5 writes, byte by byte.

use rusqlite::{Connection, params};

use crate::varint;

/// A row of the tables that a full-text table consists of.
pub(super) enum Page {
    /// Of `words_docsize`: row number, and how many words each column has.
    Size(i64, Vec<u8>),
    /// Of `words_data`: number and block.
    Block(i64, Vec<u8>),
    /// Of `words_idx`: word, leaf and whether there is an index of rows.
    Leaf(Vec<u8>, i64),
}

impl Page {
    /// Stores it.
    pub(super) fn put(self, db: &Connection) -> rusqlite::Result<()> {
        let put = match self {
            Self::Size(rid, sizes) => db
                .prepare_cached("INSERT INTO words_docsize (id, sz, origin) VALUES (?1, ?2, ?3)")?
                .execute(params![rid, sizes, ORIGIN]),
            Self::Block(id, block) => db
                .prepare_cached("INSERT INTO words_data (id, block) VALUES (?1, ?2)")?
                .execute(params![id, block]),
            Self::Leaf(word, page) => db
                .prepare_cached("INSERT INTO words_idx (segid, term, pgno) VALUES (?1, ?2, ?3)")?
                .execute(params![SEGMENT, word, page]),
        };
        put.map(drop)
    }
}

/// Number of the segment: the only one.
const SEGMENT: i64 = 1;
/// Which write the rows are from.
pub(super) const ORIGIN: i64 = 1;
/// Bits of a row number of `words_data`: pages, heights of indexes of rows, and whether it is one.
const PAGE_BITS: u32 = 31;
const HEIGHT_BITS: u32 = 5;
/// Bytes before the content of a leaf: where the first row and where the footer is.
const HEADER: usize = 4;
/// An index of rows is worth it when so many leaves have no word that begins there.
const WORTH_AN_INDEX: u32 = 4;

/// A segment being written, word by word and row by row.
pub(super) struct Segment {
    /// Finished, and to be taken.
    pub done: Vec<Page>,
    /// Bytes of a leaf.
    size: usize,
    leaf: Vec<u8>,
    /// Follows the leaf: where its words are.
    footer: Vec<u8>,
    /// Where in the leaf the last word is.
    last_word: usize,
    /// Number of the leaf, from 1.
    page: i64,
    word: Vec<u8>,
    rid: i64,
    no_word_yet: bool,
    no_row_yet: bool,
    no_row_of_word_yet: bool,
    /// The last leaf with a word that is not in `words_idx` yet, and what is written there.
    branch: Option<(Vec<u8>, i64)>,
    /// Leaves without a word since.
    wordless: u32,
    /// Index of rows of the word, by height.
    index: Vec<Height>,
}

/// The page of an index of rows that is being written at one height.
#[derive(Default)]
struct Height {
    bytes: Vec<u8>,
    page: i64,
    before: Option<i64>,
}

impl Segment {
    /// Begins the segment of an empty table with leaves of `size` bytes.
    pub(super) fn begin(size: usize) -> Self {
        Self {
            done: Vec::new(),
            size,
            leaf: vec![0; HEADER],
            footer: Vec::new(),
            last_word: 0,
            page: 1,
            word: Vec::new(),
            rid: 0,
            no_word_yet: true,
            no_row_yet: true,
            no_row_of_word_yet: true,
            branch: Some((Vec::new(), 1)),
            wordless: 0,
            index: vec![Height::default()],
        }
    }

    /// Begins the list of a word, greater than all before.
    pub(super) fn word(&mut self, word: &[u8]) {
        if self.used() + word.len() + 2 >= self.size && self.leaf.len() > HEADER {
            self.end_leaf();
        }
        varint::push(&mut self.footer, (self.leaf.len() - self.last_word) as u64);
        self.last_word = self.leaf.len();
        let same = word.iter().zip(&self.word).take_while(|(a, b)| a == b);
        let mut same = same.count();
        if !self.no_word_yet {
            varint::push(&mut self.leaf, same as u64);
        } else {
            if self.page != 1 {
                // Greater than all words before, and enough to find this one.
                let enough = if self.word.is_empty() {
                    word.len()
                } else {
                    same + 1
                };
                self.end_branch();
                let enough = word.get(..enough).unwrap_or(word);
                self.branch = Some((enough.to_vec(), self.page));
            }
            same = 0;
        }
        varint::push(&mut self.leaf, (word.len() - same) as u64);
        self.leaf
            .extend_from_slice(word.get(same..).unwrap_or_default());
        self.word.clear();
        self.word.extend_from_slice(word);
        self.no_word_yet = false;
        self.no_row_yet = false;
        self.no_row_of_word_yet = true;
        if let Some(lowest) = self.index.first_mut() {
            lowest.page = self.page;
        }
    }

    /// Adds a row of the word, greater than all before, with its positions.
    pub(super) fn row(&mut self, rid: i64, positions: &[u8]) {
        if self.used() >= self.size {
            self.end_leaf();
        }
        if self.no_row_yet {
            let here = self.leaf.len();
            put_u16(&mut self.leaf, 0, here);
            self.index(rid);
        }
        let from = match self.no_row_of_word_yet || self.no_row_yet {
            true => 0,
            false => self.rid,
        };
        varint::push(&mut self.leaf, rid.wrapping_sub(from).cast_unsigned());
        self.rid = rid;
        self.no_row_of_word_yet = false;
        self.no_row_yet = false;
        varint::push(&mut self.leaf, positions.len() as u64 * 2);
        self.positions(positions)
    }

    /// Positions may go on over several leaves, a number never.
    fn positions(&mut self, mut rest: &[u8]) {
        while self.used() + rest.len() >= self.size {
            let space = self.size.saturating_sub(self.used());
            let mut length = 0;
            while length < space {
                let number = rest.get(length..).and_then(varint::read);
                length += number.map_or(rest.len() - length, |(_, bytes)| bytes);
                if length >= rest.len() {
                    break;
                }
            }
            let (now, later) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.leaf.extend_from_slice(now);
            rest = later;
            self.end_leaf();
        }
        self.leaf.extend_from_slice(rest);
    }

    /// Ends the segment. How many leaves it has.
    pub(super) fn end(&mut self) -> i64 {
        if self.leaf.len() > HEADER {
            self.end_leaf();
        }
        if self.page > 1 {
            self.end_branch();
        }
        self.page - 1
    }

    fn used(&self) -> usize {
        self.leaf.len() + self.footer.len()
    }

    fn end_leaf(&mut self) {
        let length = self.leaf.len();
        put_u16(&mut self.leaf, 2, length);
        if self.no_word_yet {
            let lowest = self.index.first_mut();
            if let Some(lowest) = lowest.filter(|low| self.no_row_yet && !low.bytes.is_empty()) {
                lowest.bytes.push(0);
            }
            self.wordless += 1;
        } else {
            self.leaf.append(&mut self.footer);
        }
        let id = (SEGMENT << (PAGE_BITS + HEIGHT_BITS + 1)) + self.page;
        let mut next = Vec::with_capacity(self.size + self.size / 8);
        next.resize(HEADER, 0);
        self.done
            .push(Page::Block(id, std::mem::replace(&mut self.leaf, next)));
        self.last_word = 0;
        self.page += 1;
        self.no_word_yet = true;
        self.no_row_yet = true;
    }

    /// Makes the last leaf with a word known, with the index of rows of its last word if it has one.
    fn end_branch(&mut self) {
        let Some((word, page)) = self.branch.take() else {
            return;
        };
        let indexed = self.index.first().is_some_and(|low| !low.bytes.is_empty())
            && self.wordless >= WORTH_AN_INDEX;
        for height in 0..self.index.len() {
            if self.index.get(height).is_none_or(|at| at.bytes.is_empty()) {
                break;
            }
            if indexed {
                self.store_index(height);
            }
            if let Some(at) = self.index.get_mut(height) {
                at.bytes.clear();
                at.before = None;
            }
        }
        self.wordless = 0;
        self.done
            .push(Page::Leaf(word, page << 1 | i64::from(indexed)));
    }

    fn store_index(&mut self, height: usize) {
        let Some(at) = self.index.get(height) else {
            return;
        };
        let kind = (SEGMENT << 1 | 1) << (PAGE_BITS + HEIGHT_BITS);
        let id = kind + (i64::try_from(height).unwrap_or(0) << PAGE_BITS) + at.page;
        self.done.push(Page::Block(id, at.bytes.clone()));
    }

    /// `rid` is the first row on the leaf.
    fn index(&mut self, rid: i64) {
        for height in 0.. {
            let full = self.end_index_page(height);
            let below = match height.checked_sub(1) {
                None => self.page,
                Some(below) => self.index.get(below).map_or(0, |below| below.page),
            };
            let Some(at) = self.index.get_mut(height) else {
                return;
            };
            match at.before {
                Some(before) => {
                    varint::push(&mut at.bytes, rid.wrapping_sub(before).cast_unsigned());
                }
                None => {
                    at.bytes.push(u8::from(full));
                    varint::push(&mut at.bytes, below.cast_unsigned());
                    varint::push(&mut at.bytes, rid.cast_unsigned());
                }
            }
            at.before = Some(rid);
            if !full {
                break;
            }
        }
    }

    /// Stores the page of a height if it is full; true if it was. A root gets a page above it.
    fn end_index_page(&mut self, height: usize) -> bool {
        let Some(at) = self.index.get_mut(height) else {
            return false;
        };
        if at.bytes.len() < self.size {
            return false;
        }
        if let Some(flag) = at.bytes.first_mut() {
            *flag = 1;
        }
        let (page, first) = (at.page, first_row(&at.bytes));
        self.store_index(height);
        if self.index.len() < height + 2 {
            self.index.resize_with(height + 2, Height::default);
        }
        if let Some(above) = self.index.get_mut(height + 1)
            && above.bytes.is_empty()
        {
            above.page = page;
            above.bytes.push(0);
            varint::push(&mut above.bytes, page.cast_unsigned());
            varint::push(&mut above.bytes, first);
            above.before = Some(first.cast_signed());
        }
        if let Some(at) = self.index.get_mut(height) {
            at.bytes.clear();
            at.before = None;
            at.page += 1;
        }
        true
    }
}

/// The first row of a page of an index: flag, page, row.
fn first_row(bytes: &[u8]) -> u64 {
    let page = bytes.get(1..).and_then(varint::read);
    let row = page.and_then(|(_, length)| bytes.get(1 + length..).and_then(varint::read));
    row.map_or(0, |(row, _)| row)
}

fn put_u16(leaf: &mut [u8], at: usize, value: usize) {
    let value = u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = leaf.get_mut(at..at + 2) {
        place.copy_from_slice(&value);
    }
}
