//! What changed between two versions of a text, word by word.

use super::Html;

/// A stretch of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// In both.
    Same(String),
    /// Only in the earlier one.
    Removed(String),
    /// Only in the later one.
    Added(String),
}

/// Words compared; longer texts are shown whole, as removed and added.
const MAX_WORDS: usize = 1500;

/// The differences, in reading order. Joining `Same` and `Added` gives the later text, `Same` and
/// `Removed` the earlier one.
#[must_use]
pub fn differences(earlier: &str, later: &str) -> Vec<Change> {
    let (old, new) = (words(earlier), words(later));
    if old.len() > MAX_WORDS || new.len() > MAX_WORDS {
        let mut changes = Changes::default();
        changes.add(Kind::Removed, earlier);
        changes.add(Kind::Added, later);
        return changes.0;
    }
    let common = table(&old, &new);
    let mut changes = Changes::default();
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                changes.add(Kind::Same, a);
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || common.at(i + 1, j) >= common.at(i, j + 1) => {
                changes.add(Kind::Removed, a);
                i += 1;
            }
            (_, Some(b)) => {
                changes.add(Kind::Added, b);
                j += 1;
            }
            // The second arm takes every other old word.
            (_, None) => return changes.0,
        }
    }
}

/// The differences as HTML: `<del>` and `<ins>`.
#[must_use]
pub fn changes(of: &[Change]) -> Html {
    let mut out = Html::new();
    for change in of {
        match change {
            Change::Same(text) => out.text(text),
            Change::Removed(text) => {
                out.markup("<del>");
                out.text(text);
                out.markup("</del>");
            }
            Change::Added(text) => {
                out.markup("<ins>");
                out.text(text);
                out.markup("</ins>");
            }
        }
    }
    out
}

/// Words and what is between them; characters of scripts without spaces count as words.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<u8> = None;
    for (at, c) in text.char_indices() {
        let class = match c {
            c if u32::from(c) >= 0x2e80 => 0, // each alone
            c if c.is_alphanumeric() || c == '\'' => 1,
            c if c.is_whitespace() => 2,
            _ => 0,
        };
        if before.is_some_and(|before| before != class || class == 0) {
            out.push(text.get(start..at).unwrap_or_default());
            start = at;
        }
        before = Some(class);
    }
    if start < text.len() {
        out.push(text.get(start..).unwrap_or_default());
    }
    out
}

/// Length of the longest common sequence of the rests.
struct Table {
    cells: Vec<u16>,
    width: usize,
}

impl Table {
    fn at(&self, i: usize, j: usize) -> u16 {
        if j >= self.width {
            return 0;
        }
        self.cells.get(i * self.width + j).copied().unwrap_or(0)
    }
}

fn table(old: &[&str], new: &[&str]) -> Table {
    let width = new.len() + 1;
    let mut table = Table {
        cells: vec![0; (old.len() + 1) * width],
        width,
    };
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let best = if a == b {
                table.at(i + 1, j + 1).saturating_add(1)
            } else {
                table.at(i + 1, j).max(table.at(i, j + 1))
            };
            if let Some(cell) = table.cells.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    table
}

#[derive(Clone, Copy)]
enum Kind {
    Same,
    Removed,
    Added,
}

#[derive(Default)]
struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, kind: Kind, words: &str) {
        if words.is_empty() {
            return;
        }
        match (kind, self.0.last_mut()) {
            (Kind::Same, Some(Change::Same(text)))
            | (Kind::Removed, Some(Change::Removed(text)))
            | (Kind::Added, Some(Change::Added(text))) => text.push_str(words),
            (Kind::Same, _) => self.0.push(Change::Same(words.to_owned())),
            (Kind::Removed, _) => self.0.push(Change::Removed(words.to_owned())),
            (Kind::Added, _) => self.0.push(Change::Added(words.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sides(changes: &[Change]) -> (String, String) {
        let (mut old, mut new) = (String::new(), String::new());
        for change in changes {
            match change {
                Change::Same(text) => {
                    old.push_str(text);
                    new.push_str(text);
                }
                Change::Removed(text) => old.push_str(text),
                Change::Added(text) => new.push_str(text),
            }
        }
        (old, new)
    }

    proptest! {
        #[test]
        fn both_texts_come_out(old in "[ab 字,\n]{0,30}", new in "[ab 字,\n]{0,30}") {
            prop_assert_eq!(sides(&differences(&old, &new)), (old, new));
        }
    }

    #[test]
    fn only_what_changed() {
        let changes = differences("meet at six, bring tea", "meet at seven, bring tea");
        let expected = [
            Change::Same("meet at ".to_owned()),
            Change::Removed("six".to_owned()),
            Change::Added("seven".to_owned()),
            Change::Same(", bring tea".to_owned()),
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn long_texts_stay_cheap() {
        let long = "word ".repeat(5000);
        let changes = differences(&long, "other");
        assert_eq!(sides(&changes), (long.clone(), "other".to_owned()));
        assert_eq!(changes.len(), 2);
    }
}
