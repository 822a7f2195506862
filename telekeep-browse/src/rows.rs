//! Items of differing heights as rows of a screen, and moving among them.

use std::borrow::Cow;

use crate::ask::{Block, Entry};
use crate::say::Say;
use crate::text::{Look, Piece, columns_of, fit_row, wrap};

/// Columns for the mark of the chosen item.
pub const GUTTER: usize = 2;
/// From this width on the time stands in a column of its own.
const TIME_COLUMN: usize = 56;
/// `14:05 `
const TIME: usize = 6;

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Which item it belongs to.
    pub item: usize,
    /// What stands there.
    pub pieces: Vec<Piece>,
    /// In the middle.
    pub centred: bool,
}

/// All rows of all items.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// The first row of each item.
    pub starts: Vec<usize>,
}

impl Rows {
    /// Begins the next item.
    pub fn begin(&mut self) {
        self.starts.push(self.rows.len());
    }

    /// A row of the item begun last.
    pub fn push(&mut self, pieces: Vec<Piece>) {
        self.rows.push(Row {
            item: self.starts.len().saturating_sub(1),
            pieces,
            centred: false,
        });
    }

    /// Blocks of the item begun last; `first` stands before the first row, the others are as far in.
    pub fn blocks(&mut self, blocks: &[Block], first: Vec<Piece>, width: usize, veiled: bool) {
        let indent = columns_of(&first);
        let room = width.saturating_sub(indent).max(2);
        let mut before = Some(first);
        for block in blocks {
            for row in block_rows(block, room, veiled) {
                let mut pieces = before.take().unwrap_or_else(|| spaces(indent));
                pieces.extend(row);
                self.push(pieces);
            }
        }
    }

    /// How many items.
    pub fn items(&self) -> usize {
        self.starts.len()
    }

    /// The first row of an item; the end for one beyond the last.
    pub fn start(&self, item: usize) -> usize {
        self.starts.get(item).copied().unwrap_or(self.rows.len())
    }

    /// Is an item taller than the screen?
    fn is_tall(&self, item: usize, height: usize) -> bool {
        self.start(item + 1) - self.start(item) > height
    }

    fn item_at(&self, row: usize) -> usize {
        self.rows.get(row).map_or(0, |row| row.item)
    }
}

fn spaces(count: usize) -> Vec<Piece> {
    match count {
        0 => Vec::new(),
        count => vec![Piece {
            text: " ".repeat(count),
            look: Look::Plain,
        }],
    }
}

fn block_rows(block: &Block, width: usize, veiled: bool) -> Vec<Vec<Piece>> {
    let mark = block.mark.as_slice();
    let room = width.saturating_sub(columns_of(mark)).max(2);
    let mut rows = wrap(&unless_veiled(&block.pieces, veiled), room);
    if block.most > 0 && rows.len() > block.most {
        rows.truncate(block.most);
        if let Some(last) = rows.last_mut() {
            let mut cut = fit_row(last, room.saturating_sub(1));
            cut.push(Piece::new("…", Look::Dim));
            *last = cut;
        }
    }
    for row in &mut rows {
        row.splice(0..0, mark.iter().cloned());
    }
    rows
}

/// The pieces of a line; what is hidden in them is, when spoilers are veiled.
pub fn unless_veiled(pieces: &[Piece], veiled: bool) -> Cow<'_, [Piece]> {
    match veiled && pieces.iter().any(|piece| is_hidden(piece.look)) {
        true => Cow::Owned(pieces.iter().map(veil).collect()),
        false => Cow::Borrowed(pieces),
    }
}

fn is_hidden(look: Look) -> bool {
    matches!(look, Look::Spoiler | Look::SpoilerHit)
}

/// Hides a spoiler; how long it is may be seen.
fn veil(piece: &Piece) -> Piece {
    if !is_hidden(piece.look) {
        return piece.clone();
    }
    let hide = |c: char| if c.is_whitespace() { c } else { '▒' };
    Piece {
        text: piece.text.chars().map(hide).collect(),
        look: piece.look,
    }
}

/// Entries of a chat as rows.
pub fn of_entries(entries: &[Entry], width: usize, veiled: bool, say: &Say) -> Rows {
    let mut rows = Rows::default();
    let mut day = "";
    for entry in entries {
        rows.begin();
        if entry.day != day {
            day = &entry.day;
            rows.rows.push(Row {
                item: rows.items() - 1,
                pieces: vec![Piece::line(
                    &format!("── {} ──", entry.day_words),
                    Look::Dim,
                )],
                centred: true,
            });
        }
        entry_rows(entry, width.saturating_sub(GUTTER), veiled, say, &mut rows);
    }
    rows
}

fn entry_rows(entry: &Entry, width: usize, veiled: bool, say: &Say, rows: &mut Rows) {
    let time = Piece::new(&format!("{} ", entry.time), Look::Dim);
    let wide = width + GUTTER >= TIME_COLUMN;
    let mut first = vec![time];
    if !entry.head.is_empty() {
        let head: Vec<Piece> = first.iter().chain(&entry.head).cloned().collect();
        for row in wrap(&head, width) {
            rows.push(row);
        }
        first = spaces(if wide { TIME } else { 0 });
    } else if !wide && !entry.service {
        // The time goes on a row with the text, which is not indented below it.
        let begun = entry.blocks.first().filter(|block| block.mark.is_none());
        if let Some(block) = begun {
            let mut block = block.clone();
            block.pieces.insert(0, first.remove(0));
            let rest = entry.blocks.get(1..).unwrap_or_default();
            rows.blocks(&[block], Vec::new(), width, veiled);
            rows.blocks(rest, Vec::new(), width, veiled);
            return;
        }
    }
    if entry.blocks.is_empty() {
        let empty = say.get("browse.empty-message");
        first.push(Piece::line(empty, Look::Dim));
        rows.push(first);
        return;
    }
    rows.blocks(&entry.blocks, first, width, veiled);
}

/// What is chosen and where the screen begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    /// The chosen item.
    pub cursor: usize,
    /// The first row on the screen.
    pub top: usize,
}

impl Scroll {
    /// To the next item, or further into a tall one.
    pub fn down(&mut self, rows: &Rows, height: usize) {
        let end = rows.start(self.cursor + 1);
        if rows.is_tall(self.cursor, height) && end > self.top + height {
            self.top += 1;
            return;
        }
        if self.cursor + 1 < rows.items() {
            self.cursor += 1;
        } else if rows.is_tall(self.cursor, height) {
            return;
        }
        self.reveal(rows, height);
    }

    /// To the item before, or back in a tall one.
    pub fn up(&mut self, rows: &Rows, height: usize) {
        let start = rows.start(self.cursor);
        if rows.is_tall(self.cursor, height) && start < self.top {
            self.top -= 1;
            return;
        }
        if self.cursor == 0 {
            self.reveal(rows, height);
            return;
        }
        self.cursor -= 1;
        if rows.is_tall(self.cursor, height) {
            // From below one comes to its end.
            self.top = rows.start(self.cursor + 1).saturating_sub(height);
            return;
        }
        self.reveal(rows, height);
    }

    /// By so many rows (negative: up); the chosen item stays on the screen.
    pub fn scroll(&mut self, rows: &Rows, height: usize, by: isize) {
        let last = rows.rows.len().saturating_sub(height);
        let old = self.top;
        self.top = self.top.saturating_add_signed(by).min(last);
        if self.top == old {
            // At an end already: go on to the last item there is.
            self.cursor = match by > 0 {
                true => rows.items().saturating_sub(1),
                false => 0,
            };
            return;
        }
        let visible = self.top..(self.top + height).min(rows.rows.len());
        let first = rows.item_at(visible.start);
        let last = rows.item_at(visible.end.saturating_sub(1));
        self.cursor = self.cursor.clamp(first, last.max(first));
    }

    /// A screen further or back; one or two rows stay.
    pub fn page(&mut self, rows: &Rows, height: usize, down: bool) {
        let step = isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1);
        self.scroll(rows, height, if down { step } else { -step });
        let edge = match down {
            true => self.top,
            false => (self.top + height).min(rows.rows.len()).saturating_sub(1),
        };
        let reached = rows.item_at(edge);
        let at_end = self.top + height >= rows.rows.len();
        if (down && !at_end) || (!down && self.top > 0) {
            self.cursor = reached;
        }
    }

    /// To an item.
    pub fn go(&mut self, rows: &Rows, height: usize, item: usize) {
        self.cursor = item.min(rows.items().saturating_sub(1));
        self.reveal(rows, height);
    }

    /// To an item in the middle of the screen.
    pub fn centre(&mut self, rows: &Rows, height: usize, item: usize) {
        self.cursor = item.min(rows.items().saturating_sub(1));
        let (start, end) = (rows.start(self.cursor), rows.start(self.cursor + 1));
        let above = height.saturating_sub(end - start) / 2;
        let last = rows.rows.len().saturating_sub(height);
        self.top = start.saturating_sub(above).min(last);
    }

    /// Scrolls as little as possible until the chosen item is seen; of one taller than the screen the
    /// beginning.
    pub fn reveal(&mut self, rows: &Rows, height: usize) {
        self.cursor = self.cursor.min(rows.items().saturating_sub(1));
        let (start, end) = (rows.start(self.cursor), rows.start(self.cursor + 1));
        if end > self.top + height {
            self.top = end.saturating_sub(height);
        }
        self.top = self.top.min(start);
        let last = rows.rows.len().saturating_sub(height);
        self.top = self.top.min(last);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(heights: &[usize]) -> Rows {
        let mut rows = Rows::default();
        for height in heights {
            rows.begin();
            for _ in 0..*height {
                rows.push(Vec::new());
            }
        }
        rows
    }

    #[test]
    fn a_tall_item_is_read_to_its_end() {
        let rows = rows(&[1, 10, 1]);
        let mut scroll = Scroll::default();
        let mut tops = Vec::new();
        for _ in 0..8 {
            scroll.down(&rows, 5);
            tops.push((scroll.cursor, scroll.top));
        }
        assert_eq!(tops[0], (1, 1));
        assert_eq!(tops[5], (1, 6));
        assert_eq!(tops[6], (2, 7));
        scroll.up(&rows, 5);
        assert_eq!((scroll.cursor, scroll.top), (1, 6));
    }

    proptest! {
        #[test]
        fn every_item_is_reached_and_something_of_the_chosen_one_is_always_seen(
            heights in proptest::collection::vec(1_usize..9, 1..12),
            height in 2_usize..8,
            moves in proptest::collection::vec(0_u8..8, 0..40),
        ) {
            let rows = rows(&heights);
            let mut scroll = Scroll::default();
            for step in moves {
                match step {
                    0 | 1 => scroll.down(&rows, height),
                    2 => scroll.up(&rows, height),
                    3 => scroll.page(&rows, height, true),
                    4 => scroll.page(&rows, height, false),
                    5 => scroll.scroll(&rows, height, 3),
                    6 => scroll.scroll(&rows, height, -3),
                    _ => scroll.centre(&rows, height, heights.len() / 2),
                }
                let seen = scroll.top..scroll.top + height;
                let of = rows.start(scroll.cursor)..rows.start(scroll.cursor + 1);
                prop_assert!(of.start < seen.end && seen.start < of.end, "{scroll:?}");
            }
            for _ in 0..200 {
                scroll.down(&rows, height);
            }
            prop_assert_eq!(scroll.cursor, heights.len() - 1);
            prop_assert_eq!(scroll.top, rows.rows.len().saturating_sub(height));
            for _ in 0..200 {
                scroll.up(&rows, height);
            }
            prop_assert_eq!(scroll, Scroll::default());
        }
    }
}
