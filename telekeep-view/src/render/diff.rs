//! What changed between two versions of a text, word by word.

use std::ops::Range;

use super::Html;
use super::veiled::open_spoiler;
use crate::lang::Texts;

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

/// A change, and whether a spoiler hides it. What is in both versions is hidden as in the later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What changed.
    pub change: Change,
    /// All of it is in a spoiler.
    pub hidden: bool,
}

/// Cuts changes where spoilers begin and end; these are byte ranges of the earlier and the later text.
#[must_use]
pub fn hide(
    changes: Vec<Change>,
    earlier: &[Range<usize>],
    later: &[Range<usize>],
) -> Vec<Changed> {
    let (mut old, mut new) = (0, 0);
    let mut all = Vec::new();
    for change in changes {
        let (text, make, spoilers, from): (_, fn(String) -> Change, _, _) = match change {
            Change::Same(text) => (text, Change::Same, later, new),
            Change::Removed(text) => (text, Change::Removed, earlier, old),
            Change::Added(text) => (text, Change::Added, later, new),
        };
        let kind = make(String::new());
        old += if matches!(kind, Change::Added(_)) {
            0
        } else {
            text.len()
        };
        new += if matches!(kind, Change::Removed(_)) {
            0
        } else {
            text.len()
        };
        let mut add = |range: Range<usize>, hidden| {
            let words = text.get(range).unwrap_or_default();
            if !words.is_empty() {
                let change = make(words.to_owned());
                all.push(Changed { change, hidden });
            }
        };
        let mut at = 0;
        for spoiler in spoilers {
            let inside = |byte: usize| byte.saturating_sub(from).min(text.len());
            let (start, end) = (inside(spoiler.start), inside(spoiler.end));
            if start < end {
                add(at..start, false);
                add(start..end, true);
                at = end;
            }
        }
        add(at..text.len(), false);
    }
    all
}

/// The differences as HTML: `<del>` and `<ins>`, and spoilers that can be opened.
#[must_use]
pub fn changes(of: &[Changed], texts: &Texts) -> Html {
    let mut out = Html::new();
    for Changed { change, hidden } in of {
        let (text, open, close) = match change {
            Change::Same(text) => (text, "", ""),
            Change::Removed(text) => (text, "<del>", "</del>"),
            Change::Added(text) => (text, "<ins>", "</ins>"),
        };
        out.markup(open);
        if *hidden {
            open_spoiler(&mut out, texts.get("message.hidden-text"));
        }
        out.text(text);
        out.markup(if *hidden { "</span>" } else { "" });
        out.markup(close);
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
    fn spoilers_stay_hidden_on_their_side() {
        let changes = differences("it was Ada", "it was Ada, at six");
        let hidden = hide(changes, &[], &[7..10, 15..18]);
        let told = |one: &Changed| match &one.change {
            Change::Same(text) | Change::Removed(text) | Change::Added(text) => {
                (text.clone(), one.hidden)
            }
        };
        let expected = [
            ("it was ", false),
            ("Ada", true),
            (", at ", false),
            ("six", true),
        ];
        let expected = expected.map(|(text, hidden)| (text.to_owned(), hidden));
        assert_eq!(hidden.iter().map(told).collect::<Vec<_>>(), expected);
        let gone = hide(
            differences("x secret", "x"),
            std::slice::from_ref(&(2..8)),
            &[],
        );
        assert_eq!(told(gone.last().unwrap()), ("secret".to_owned(), true));
    }

    #[test]
    fn long_texts_stay_cheap() {
        let long = "word ".repeat(5000);
        let changes = differences(&long, "other");
        assert_eq!(sides(&changes), (long.clone(), "other".to_owned()));
        assert_eq!(changes.len(), 2);
    }
}
