//! A few lines at the end of the terminal that are redrawn in their place.
//!
//! The cursor rests below the block, at the start of a line: what the terminal itself writes there
//! (`^C`) neither tears the block nor stays when it is redrawn.

use std::io::{self, Write};

use crate::output::text::{columns, fit};

/// Columns that stay free, for the sign in front of the first line.
const ASIDE: usize = 3;
/// What divides the parts of a line.
pub const DOT: &str = " · ";
/// In front of the first line: it turns while the program lives.
const SIGNS: [char; 6] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'];

/// The block on one terminal.
pub struct Block<W: Write> {
    terminal: W,
    height: usize,
    turn: usize,
}

impl<W: Write> Block<W> {
    /// Nothing is drawn yet.
    pub fn new(terminal: W) -> Self {
        Block {
            terminal,
            height: 0,
            turn: 0,
        }
    }

    /// Draws `lines` where the last ones were, on a terminal of `width` columns.
    pub fn draw(&mut self, lines: &[String], width: usize) {
        let room = width.saturating_sub(ASIDE).max(1);
        let pieces: Vec<String> = lines.iter().flat_map(|line| fold(line, room)).collect();
        let mut text = self.start();
        for (n, piece) in pieces.iter().enumerate() {
            let sign = SIGNS.get(self.turn).filter(|_| n == 0).unwrap_or(&' ');
            text += &format!("{sign} {piece}\n");
        }
        self.turn = (self.turn + 1) % SIGNS.len();
        self.height = pieces.len();
        // A terminal that went away must not stop the work.
        let _ = self.write(&text);
    }

    /// Removes the block, so that something else can be printed there.
    pub fn clear(&mut self) {
        let text = self.start();
        self.height = 0;
        let _ = self.write(&text);
    }

    /// To the start of the block, with everything from there on cleared.
    fn start(&self) -> String {
        match self.height {
            0 => String::new(),
            height => format!("\x1b[{height}A\r\x1b[J"),
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.terminal.write_all(text.as_bytes())?;
        self.terminal.flush()
    }
}

/// A line in pieces of at most `room` columns, cut where a dot divides it.
fn fold(line: &str, room: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for part in line.split(DOT) {
        match pieces.last_mut() {
            Some(piece) if columns(piece) + columns(DOT) + columns(part) <= room => {
                piece.push_str(DOT);
                piece.push_str(part);
            }
            _ => pieces.push(fit(part, room)),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_terminals_get_more_and_shorter_lines() {
        let line = "media · 14 of 20 files · 18 MB of 32 MB (7.1 MB/s) · about 2 s left";
        assert_eq!(fold(line, 80), [line]);
        assert_eq!(
            fold(line, 34),
            [
                "media · 14 of 20 files",
                "18 MB of 32 MB (7.1 MB/s)",
                "about 2 s left"
            ]
        );
        assert!(fold(line, 10).iter().all(|piece| columns(piece) <= 10));
    }

    #[test]
    fn a_block_replaces_itself_and_leaves_nothing() {
        let mut out = Vec::new();
        let mut block = Block::new(&mut out);
        block.draw(&["one".to_owned(), "two".to_owned()], 80);
        block.draw(&["three".to_owned()], 80);
        block.clear();
        block.clear();
        let drawn = String::from_utf8(out).unwrap();
        let start = |height| format!("\x1b[{height}A\r\x1b[J");
        let (first, second) = (start(2), start(1));
        assert_eq!(drawn, format!("⠋ one\n  two\n{first}⠙ three\n{second}"));
    }
}
