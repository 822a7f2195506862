//! Texts as a terminal may see them: cleaned of everything that could steer it, measured in columns,
//! broken into rows.
//!
//! Whatever is drawn passes [`clean`]: control characters and with them escape sequences become
//! visible signs, marks that reorder text are taken out, heaps of combining characters are cut down.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Combining characters that one character may carry.
const MOST_MARKS: usize = 6;
/// A tab.
const TAB: &str = "    ";

/// What a stretch of text means; how that looks is decided when it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As it is.
    #[default]
    Plain,
    /// Beside the point: times, hints.
    Dim,
    /// Emphasised.
    Strong,
    /// Leaning.
    Slanted,
    /// Underlined.
    Underlined,
    /// Struck through.
    Struck,
    /// A name, in one of seven colours that stays the same.
    Name(u8),
    /// The account's own name.
    Mine,
    /// An address, a mention, a tag.
    Link,
    /// Code.
    Code,
    /// A quote, or what is answered.
    Quote,
    /// What was searched for.
    Hit,
    /// Only in the earlier version.
    Removed,
    /// Only in the later version.
    Added,
    /// Something is wrong or gone.
    Bad,
    /// All is well.
    Good,
    /// What a file is.
    Media,
    /// Hidden until asked for.
    Spoiler,
    /// Hidden, and found.
    SpoilerHit,
}

/// A stretch of text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Clean text; may hold line breaks until it is wrapped.
    pub text: String,
    /// What it means.
    pub look: Look,
}

impl Piece {
    /// Cleans `text`.
    pub fn new(text: &str, look: Look) -> Self {
        Self {
            text: clean(text),
            look,
        }
    }

    /// The same on one line.
    pub fn line(text: &str, look: Look) -> Self {
        Self {
            text: one_line(text),
            look,
        }
    }
}

/// The text without anything that could steer a terminal. Line breaks stay.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let width = c.width().unwrap_or(0);
        marks = if width == 0 { marks + 1 } else { 0 };
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\t' => out.push_str(TAB),
            '\0'..='\u{1f}' => out.push(picture(c)),
            '\u{7f}' => out.push('␡'),
            '\u{80}'..='\u{9f}' | '\u{202d}' | '\u{202e}' => out.push('\u{fffd}'),
            c if is_invisible(c) => {}
            _ if width == 0 && marks > MOST_MARKS => {}
            c => out.push(c),
        }
    }
    out
}

/// The picture that Unicode has for a control character.
fn picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')
}

/// Marks without width that order, hide or annotate text.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202c}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// The clean text on one line; runs of spaces and line breaks are one space.
pub fn one_line(text: &str) -> String {
    let clean = clean(text);
    let mut out = String::with_capacity(clean.len());
    // Spaces that do not break stay what they are.
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    for word in clean.split(breaks).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Columns that clean text takes.
pub fn columns(text: &str) -> usize {
    text.graphemes(true).map(|cluster| cluster.width()).sum()
}

/// Columns of a row.
pub fn columns_of(row: &[Piece]) -> usize {
    row.iter().map(|piece| columns(&piece.text)).sum()
}

/// At most `width` columns of clean text, ending in `…` when something was cut.
pub fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let more = cluster.width();
        if used + more + 1 > width {
            break;
        }
        used += more;
        out.push_str(cluster);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// At most `width` columns of a row.
pub fn fit_row(row: &[Piece], width: usize) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut left = width;
    for piece in row {
        let used = columns(&piece.text);
        let text = fit(&piece.text, left);
        out.push(Piece {
            text,
            look: piece.look,
        });
        if used > left {
            break;
        }
        left -= used;
    }
    out
}

/// A cluster of characters that stands in one or two columns.
struct Cluster<'a> {
    text: &'a str,
    look: Look,
    width: usize,
}

/// Breaks pieces into rows of at most `width` columns: at line breaks, else between words, else
/// anywhere. Scripts without spaces break between any two characters. At least one row.
pub fn wrap(pieces: &[Piece], width: usize) -> Vec<Vec<Piece>> {
    let width = width.max(2);
    let mut rows = Vec::new();
    let mut row: Vec<Cluster<'_>> = Vec::new();
    let mut used = 0;
    let clusters = pieces.iter().flat_map(|piece| {
        let of = piece.text.graphemes(true);
        of.map(|text| Cluster {
            text,
            look: piece.look,
            width: text.width(),
        })
    });
    for cluster in clusters {
        if cluster.text == "\n" {
            rows.push(joined(&row));
            row.clear();
            used = 0;
            continue;
        }
        if used + cluster.width > width && cluster.text == " " {
            // It stands for the break.
            rows.push(joined(&row));
            row.clear();
            used = 0;
            continue;
        }
        while used + cluster.width > width && !row.is_empty() {
            let rest = row.split_off(break_at(&row));
            while row.last().is_some_and(|last| last.text == " ") {
                row.pop();
            }
            rows.push(joined(&row));
            row = rest;
            used = row.iter().map(|cluster| cluster.width).sum();
        }
        used += cluster.width;
        row.push(cluster);
    }
    rows.push(joined(&row));
    rows
}

/// Where a full row is best broken: how many clusters stay.
fn break_at(row: &[Cluster<'_>]) -> usize {
    let after = |cluster: &Cluster<'_>| cluster.text == " " || cluster.width > 1;
    let indent = row.iter().take_while(|cluster| cluster.text == " ").count();
    match row.iter().rposition(after) {
        Some(at) if at >= indent => at + 1,
        _ => row.len(),
    }
}

fn joined(row: &[Cluster<'_>]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for cluster in row {
        match pieces.last_mut().filter(|last| last.look == cluster.look) {
            Some(last) => last.text.push_str(cluster.text),
            None => pieces.push(Piece {
                text: cluster.text.to_owned(),
                look: cluster.look,
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str, width: usize) -> Vec<String> {
        let wrapped = wrap(&[Piece::new(text, Look::Plain)], width);
        let plain = |row: &Vec<Piece>| row.iter().map(|piece| piece.text.as_str()).collect();
        wrapped.iter().map(plain).collect()
    }

    #[test]
    fn nothing_steers_the_terminal() {
        for (text, expected) in [
            ("a\u{1b}[31mred", "a␛[31mred"),
            ("bell\u{7} del\u{7f}", "bell␇ del␡"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("\u{202e}gpj.exe", "\u{fffd}gpj.exe"),
            ("a\u{200f}b\u{2067}c\u{2069}", "abc"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("\tx", "    x"),
            ("نمی\u{200c}خواهم", "نمی\u{200c}خواهم"),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
        let heap = format!("z{}", "\u{301}".repeat(500));
        assert_eq!(clean(&heap).chars().count(), 1 + MOST_MARKS);
    }

    #[test]
    fn rows_break_between_words_and_anywhere_in_scripts_without_spaces() {
        assert_eq!(rows("one two three", 8), ["one two", "three"]);
        assert_eq!(rows("one two", 7), ["one two"]);
        assert_eq!(rows("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(rows("東京タワーへ行く", 7), ["東京タ", "ワーへ", "行く"]);
        assert_eq!(rows("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(rows("", 9), [""]);
    }

    #[test]
    fn widths() {
        assert_eq!(columns("東京"), 4);
        assert_eq!(columns("e\u{301}"), 1);
        assert_eq!(columns("👩\u{200d}👩\u{200d}👧"), 2);
        assert_eq!(fit("東京タワー", 5), "東京…");
        assert_eq!(fit("short", 5), "short");
        assert_eq!(fit("x", 0), "");
    }

    proptest! {
        #[test]
        fn rows_are_never_wider_and_nothing_is_lost(text in "[a-c 東é\u{301}\u{1b}\n👧]{0,60}", width in 2_usize..12) {
            let rows = rows(&text, width);
            prop_assert!(rows.iter().all(|row| columns(row) <= width));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&rows.concat()), letters(&clean(&text)));
        }

        #[test]
        fn clean_text_has_no_control_characters(text: String) {
            prop_assert!(clean(&text).chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
