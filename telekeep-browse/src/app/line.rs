//! A line that is typed.

use unicode_segmentation::UnicodeSegmentation as _;

use super::input::{Key, KeyPress};

/// Most characters of a line.
const MOST: usize = 4096;

/// The text and where the cursor stands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// Byte offset, at a boundary of clusters.
    at: usize,
}

impl Line {
    /// A line that says something already, with the cursor behind it.
    pub fn new(text: &str) -> Self {
        let mut line = Self::default();
        line.insert(text);
        line
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// Types or pastes; control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let room = MOST.saturating_sub(self.text.chars().count());
        let clean = |c: &char| !c.is_control();
        let spaced = text.chars().map(|c| if c == '\n' { ' ' } else { c });
        let text: String = spaced.filter(clean).take(room).collect();
        self.text.insert_str(self.at, &text);
        self.at += text.len();
    }

    /// Does what a key says; false when it says nothing to a line.
    pub fn press(&mut self, key: KeyPress) -> bool {
        match (key.key, key.control) {
            (Key::Char(c), false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (Key::Backspace, _) | (Key::Char('h'), true) => {
                let from = self.left();
                self.cut(from, self.at);
            }
            (Key::Delete, _) | (Key::Char('d'), true) => self.cut(self.at, self.right()),
            (Key::Left, _) | (Key::Char('b'), true) => self.at = self.left(),
            (Key::Right, _) | (Key::Char('f'), true) => self.at = self.right(),
            (Key::Home, _) | (Key::Char('a'), true) => self.at = 0,
            (Key::End, _) | (Key::Char('e'), true) => self.at = self.text.len(),
            (Key::Char('u'), true) => self.cut(0, self.at),
            (Key::Char('k'), true) => self.cut(self.at, self.text.len()),
            (Key::Char('w'), true) => {
                let kept = self.before().trim_end();
                let from = kept.rfind(' ').map_or(0, |space| space + 1);
                self.cut(from, self.at);
            }
            _ => return false,
        }
        true
    }

    fn left(&self) -> usize {
        let last = self.before().grapheme_indices(true).next_back();
        last.map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        let after = self.text.get(self.at..).unwrap_or_default();
        self.at + after.graphemes(true).next().map_or(0, str::len)
    }

    fn cut(&mut self, from: usize, to: usize) {
        if from < to && to <= self.text.len() {
            self.text.replace_range(from..to, "");
            self.at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, keys: &[KeyPress]) -> (String, String) {
        let mut line = Line::new(text);
        for key in keys {
            line.press(*key);
        }
        (line.text.clone(), line.before().to_owned())
    }

    #[test]
    fn editing() {
        let key = KeyPress::of;
        let ctrl = |c| KeyPress::control(c);
        let same = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(after("ab", &[key(Key::Backspace)]), same("a"));
        assert_eq!(after("x👩\u{200d}👧", &[key(Key::Backspace)]), same("x"));
        assert_eq!(after("one two ", &[ctrl('w')]), same("one "));
        assert_eq!(after("one", &[ctrl('u')]), same(""));
        let moved = after("ab", &[key(Key::Left), key(Key::Char('x'))]);
        assert_eq!(moved, ("axb".to_owned(), "ax".to_owned()));
        let moved = after("ab", &[key(Key::Home), key(Key::Delete)]);
        assert_eq!(moved, ("b".to_owned(), String::new()));
        assert_eq!(after("a\u{1b}[2J\nb", &[]).0, "a[2J b");
    }
}
