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

/// Rows under headings. One column, the flexible one, gives way when the terminal is narrow; when
/// that is not enough, columns of less weight are left out.
pub struct Table {
    headings: Vec<(&'static str, Align)>,
    flexible: usize,
    optional: Vec<usize>,
    rows: Vec<Vec<Cell>>,
}

const GAP: &str = "  ";
/// What the flexible column keeps.
const LEAST: usize = 12;

impl Table {
    /// A table with these headings; column `flexible` is cut when lines would be too long.
    pub fn new(headings: &[(&'static str, Align)], flexible: usize) -> Self {
        Table {
            headings: headings.to_vec(),
            flexible,
            optional: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Columns that may be left out, the least important first.
    pub fn optional(mut self, columns: &[usize]) -> Self {
        self.optional = columns.to_vec();
        self
    }

    /// Adds a row; a missing cell stays empty.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The lines of the table, at most `width` columns wide where the flexible column allows.
    pub fn lines(&self, width: usize, style: Style) -> Vec<String> {
        let widths = self.shown(width);
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        let headings = self
            .headings
            .iter()
            .map(|(name, _)| Cell::painted(*name, Style::dim));
        lines.push(self.line(&headings.collect::<Vec<_>>(), &widths, style));
        lines.extend(self.rows.iter().map(|row| self.line(row, &widths, style)));
        lines
    }

    /// The columns that are shown, and how wide.
    fn shown(&self, width: usize) -> Vec<(usize, usize)> {
        let mut shown: Vec<(usize, usize)> = self.widths().into_iter().enumerate().collect();
        let total = |shown: &[(usize, usize)]| {
            let gaps = GAP.len() * shown.len().saturating_sub(1);
            shown.iter().map(|(_, w)| w).sum::<usize>() + gaps
        };
        let spare = |shown: &[(usize, usize)]| {
            let flexible = shown.iter().find(|(column, _)| *column == self.flexible);
            flexible.map_or(0, |(_, w)| w.saturating_sub(LEAST))
        };
        for optional in &self.optional {
            if total(&shown) - spare(&shown) > width {
                shown.retain(|(column, _)| column != optional);
            }
        }
        let over = total(&shown).saturating_sub(width).min(spare(&shown));
        for (column, w) in &mut shown {
            if *column == self.flexible {
                *w -= over;
            }
        }
        shown
    }

    /// How wide each column would like to be.
    fn widths(&self) -> Vec<usize> {
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
        widths
    }

    fn line(&self, cells: &[Cell], shown: &[(usize, usize)], style: Style) -> String {
        let mut line = String::new();
        let empty = Cell::new("");
        for (i, (column, width)) in shown.iter().enumerate() {
            let cell = cells.get(*column).unwrap_or(&empty);
            let align = self
                .headings
                .get(*column)
                .map_or(Align::Left, |(_, align)| *align);
            let text = fit(&cell.text, *width);
            let pad = " ".repeat(width.saturating_sub(columns(&text)));
            if align == Align::Right {
                line.push_str(&pad);
            }
            line.push_str(&(cell.paint)(style, &text));
            if i + 1 < shown.len() {
                if align == Align::Left {
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
    fn columns_of_less_weight_are_left_out_when_it_must_be() {
        let headings = ["Chat", "Kind", "Held", "Newest"].map(|name| (name, Align::Left));
        let mut table = Table::new(&headings, 0).optional(&[1, 3]);
        let row = [
            "a chat with a long title",
            "supergroup",
            "1,204",
            "2024-03-01",
        ];
        table.row(row.map(Cell::new).into());
        let headings = |width| {
            let heading = table.lines(width, Style::plain()).remove(0);
            heading
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(headings(60), ["Chat", "Kind", "Held", "Newest"]);
        assert_eq!(headings(42), ["Chat", "Held", "Newest"]);
        assert_eq!(headings(28), ["Chat", "Held"]);
        for line in table.lines(20, Style::plain()) {
            assert!(columns(&line) <= 20, "{line}");
        }
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
