//! Drawing with every uncertain character put in its place.
//!
//! Terminals do not agree on how wide combined characters are: emoji of several parts, letters of
//! Indian scripts. Text that is written in one go would drift apart behind them. So whatever follows
//! such a character begins with a movement to its own column. And the terminal is never asked anything.

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

/// A backend that does so.
pub struct Placed<B> {
    inner: B,
    /// Something was drawn that a terminal may have spread over its neighbours.
    spreads: bool,
}

impl<B> Placed<B> {
    /// Draws on `inner`.
    pub fn new(inner: B) -> Self {
        Self {
            inner,
            spreads: false,
        }
    }

    /// May there be traces that only clearing removes?
    pub fn has_traces(&self) -> bool {
        self.spreads
    }
}

/// Letters with vowel signs that some terminals give a column of their own.
fn may_spread(symbol: &str) -> bool {
    let mut marks = symbol.chars().skip(1);
    marks.any(
        |c| matches!(c, '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1b00}'..='\u{1cff}'),
    )
}

/// Do all terminals agree on the width of this?
fn is_certain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        // ASCII, Latin, Greek, Cyrillic, lines and blocks.
        (Some(c), None) => {
            matches!(c, '\0'..='\u{2ff}' | '\u{370}'..='\u{52f}' | '\u{2500}'..='\u{259f}')
        }
        (None, _) => true,
        _ => false,
    }
}

impl<B: Backend<Error = io::Error>> Backend for Placed<B> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut run = Vec::new();
        for placed in content {
            let ends = !is_certain(placed.2.symbol());
            self.spreads |= ends && may_spread(placed.2.symbol());
            run.push(placed);
            if ends {
                self.inner.draw(run.drain(..))?;
            }
        }
        self.inner.draw(run.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    /// The terminal is not asked: its answer would come between the keys, and not every terminal
    /// answers. Each drawing places the cursor anew.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.spreads = false;
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::backend::CrosstermBackend;

    use super::*;

    fn written(symbols: &[&'static str]) -> String {
        let cells: Vec<Cell> = symbols.iter().map(|symbol| Cell::new(symbol)).collect();
        let mut bytes = Vec::new();
        let placed = cells.iter().zip(0..).map(|(cell, x)| (x, 0, cell));
        let mut backend = Placed::new(CrosstermBackend::new(&mut bytes));
        backend.draw(placed).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_follows_an_uncertain_character_has_its_own_place() {
        assert!(!written(&["a", "ж", "b"]).contains("\x1b[1;3H"));
        assert!(written(&["a", "का", "b"]).contains("\x1b[1;3H"));
    }
}
