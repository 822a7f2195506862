//! Calm tables: a heading, aligned columns, no frames.

use super::style::Style;
use super::text::{columns, fit};

/// How a column is aligned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// One cell: plain text, and how it is coloured after it was measured.
pub struct Cell {
    text: String,
    paint: fn(Style, &str) -> String,
}

impl Cell {
    /// A cell without colour.
    pub fn new(text: impl Into<String>) -> Self {
        Cell {
            text: text.into(),
            paint: |_, text| text.to_owned(),
        }
    }

    /// A cell that `paint` colours.
    pub fn painted(text: impl Into<String>, paint: fn(Style, &str) -> String) -> Self {
        Cell {
            text: text.into(),
            paint,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Cell::new(text)
    }
}

/// Rows under headings. One column, the flexible one, gives way when the terminal is narrow.
pub struct Table {
    headings: Vec<(&'static str, Align)>,
    flexible: usize,
    rows: Vec<Vec<Cell>>,
}

const GAP: &str = "  ";

impl Table {
    /// A table with these headings; column `flexible` is cut when lines would be too long.
    pub fn new(headings: &[(&'static str, Align)], flexible: usize) -> Self {
        Table {
            headings: headings.to_vec(),
            flexible,
            rows: Vec::new(),
        }
    }

    /// Adds a row; a missing cell stays empty.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The lines of the table, at most `width` columns wide where the flexible column allows.
    pub fn lines(&self, width: usize, style: Style) -> Vec<String> {
        let widths = self.widths(width);
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        let headings = self
            .headings
            .iter()
            .map(|(name, _)| Cell::painted(*name, Style::dim));
        lines.push(self.line(&headings.collect::<Vec<_>>(), &widths, style));
        lines.extend(self.rows.iter().map(|row| self.line(row, &widths, style)));
        lines
    }

    fn widths(&self, width: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .headings
            .iter()
            .map(|(name, _)| columns(name))
            .collect();
        for row in &self.rows {
            for (cell, w) in row.iter().zip(&mut widths) {
                *w = (*w).max(columns(&cell.text));
            }
        }
        let total = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
        if let Some(w) = widths.get_mut(self.flexible) {
            let least = (*w).min(12);
            *w = w.saturating_sub(total.saturating_sub(width)).max(least);
        }
        widths
    }

    fn line(&self, cells: &[Cell], widths: &[usize], style: Style) -> String {
        let mut line = String::new();
        let last = self.headings.len().saturating_sub(1);
        for (i, ((_, align), width)) in self.headings.iter().zip(widths).enumerate() {
            let empty = Cell::new("");
            let cell = cells.get(i).unwrap_or(&empty);
            let text = fit(&cell.text, *width);
            let pad = " ".repeat(width.saturating_sub(columns(&text)));
            if *align == Align::Right {
                line.push_str(&pad);
            }
            line.push_str(&(cell.paint)(style, &text));
            if i < last {
                if *align == Align::Left {
                    line.push_str(&pad);
                }
                line.push_str(GAP);
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("Chat", Align::Left), ("Messages", Align::Right)], 0);
        table.row(vec!["東京の友だち".into(), "1,204".into()]);
        table.row(vec!["Family".into(), "7".into()]);
        table
    }

    #[test]
    fn columns_line_up_whatever_the_script() {
        assert_eq!(
            table().lines(80, Style::plain()),
            [
                "Chat          Messages",
                "東京の友だち     1,204",
                "Family               7"
            ]
        );
    }

    #[test]
    fn the_flexible_column_gives_way() {
        let mut table = table();
        table.row(vec![
            "a very long title that does not fit at all".into(),
            "1".into(),
        ]);
        for line in table.lines(30, Style::plain()) {
            assert!(columns(&line) <= 30, "{line}");
        }
    }
}
