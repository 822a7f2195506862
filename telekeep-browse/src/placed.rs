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
pub struct Placed<B>(pub B);

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
            run.push(placed);
            if ends {
                self.0.draw(run.drain(..))?;
            }
        }
        self.0.draw(run.into_iter())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    /// The terminal is not asked: its answer would come between the keys, and not every terminal
    /// answers. Each drawing places the cursor anew.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
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
        let mut backend = Placed(CrosstermBackend::new(&mut bytes));
        backend.draw(placed).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_follows_an_uncertain_character_has_its_own_place() {
        assert!(!written(&["a", "ж", "b"]).contains("\x1b[1;3H"));
        assert!(written(&["a", "का", "b"]).contains("\x1b[1;3H"));
    }
}
