//! The words and emoji that most texts have.
//!
//! The tokenizer of the search says where words begin and end, but its words are for finding: without
//! diacritics, and pairs of characters where a script has no spaces. Here words are shown to people,
//! so they are taken from the text again: as written, in lower case. Of the scripts without spaces
//!
//! * Chinese pairs are counted, since most words are two characters; Japanese only where both are kanji;
//! * Korean and katakana, which do show where words end, are counted as whole words;
//! * hiragana (mostly endings) and Thai, Lao, Khmer and Burmese (nothing shows a word without a
//!   dictionary) are left out.

use std::{ops::ControlFlow, sync::LazyLock};

use hashbrown::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::UnicodeEmoji as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Words, address::addresses};
use crate::tokenizer::{Mode, Token, Tokenizer};

/// Words of every text: articles, pronouns, prepositions of the languages of the interface.
static EVERYWHERE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("everywhere.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Counts words and emoji of texts.
#[derive(Default)]
pub(super) struct Frequent {
    tokenizer: Tokenizer,
    addresses: Vec<(usize, usize)>,
    words: Counts,
    emoji: Counts,
    looked: u64,
}

impl Frequent {
    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.looked += 1;
        let mut reading = Reading {
            text,
            this: self.looked,
            words: &mut self.words,
            emoji: &mut self.emoji,
            word: None,
            done: 0,
        };
        addresses(text, &mut self.addresses);
        let mut skip = self.addresses.iter().peekable();
        let _ = self.tokenizer.run(text, Mode::Query, &mut |token| {
            while skip.next_if(|(_, end)| *end <= token.start).is_some() {}
            if skip.peek().is_none_or(|(start, _)| token.end <= *start) {
                reading.token(token);
            }
            ControlFlow::Continue(())
        });
        reading.flush();
    }

    /// The `limit` most frequent words and emoji, of so many messages there are.
    pub fn most(self, limit: usize, messages: u64) -> Words {
        Words {
            different: self.words.all.len() as u64,
            different_emoji: self.emoji.all.len() as u64,
            words: self.words.most(limit),
            emoji: self.emoji.most(limit),
            looked: self.looked,
            messages,
        }
    }
}

/// A text being read.
struct Reading<'a> {
    text: &'a str,
    /// Its number.
    this: u64,
    words: &'a mut Counts,
    emoji: &'a mut Counts,
    /// A word that an apostrophe may join with the next: don't, l'été.
    word: Option<(usize, usize)>,
    /// Everything before is counted: what the tokenizer cuts into pieces is taken as a whole.
    done: usize,
}

impl Reading<'_> {
    fn token(&mut self, token: Token<'_>) {
        if token.start < self.done {
            return;
        }
        let Some(first) = token.text.chars().next() else {
            return;
        };
        let script = Script::of(first);
        if script == Script::Spaced && first.is_alphanumeric() {
            let keycap = self.slice(token.start, token.end).ends_with('\u{20E3}');
            match keycap {
                true => self.symbol(token.start, true),
                false => self.join(token.start, token.end),
            }
            return;
        }
        self.flush();
        match script {
            Script::Whole => self.whole(token.start),
            Script::Pairs => {
                let both = token.text.chars().all(|c| Script::of(c) == Script::Pairs);
                if both && !token.single {
                    self.count(token.start, token.end);
                }
            }
            Script::Unknowable => {}
            Script::Spaced => self.symbol(token.start, false),
        }
    }

    fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn join(&mut self, start: usize, end: usize) {
        let joined = self.word.filter(|(_, before)| {
            let between = self.slice(*before, start);
            matches!(between, "'" | "\u{2019}")
        });
        match joined {
            Some((from, _)) => self.word = Some((from, end)),
            None => {
                self.flush();
                self.word = Some((start, end));
            }
        }
    }

    fn flush(&mut self) {
        if let Some((start, end)) = self.word.take() {
            self.count(start, end);
        }
    }

    fn count(&mut self, start: usize, end: usize) {
        let text = self.text;
        if let Some(word) = text.get(start..end) {
            self.words.add(word, self.this, as_shown);
        }
    }

    /// A word of a script whose words the tokenizer cuts into pairs although they end where it ends.
    fn whole(&mut self, start: usize) {
        let rest = self.text.get(start..).unwrap_or_default();
        let after = rest.find(|c: char| Script::of(c) != Script::Whole);
        self.done = after.map_or(self.text.len(), |length| start + length);
        self.count(start, self.done);
    }

    /// A whole emoji, whatever it is put together from.
    fn symbol(&mut self, start: usize, keycap: bool) {
        self.flush();
        let text = self.text;
        let cluster = text
            .get(start..)
            .and_then(|rest| rest.graphemes(true).next());
        if let Some(cluster) = cluster {
            self.done = start + cluster.len();
            if keycap || is_emoji(cluster) {
                self.emoji
                    .add(cluster, self.this, |emoji| Some(without_tone(emoji)));
            }
        }
    }
}

/// How a script shows its words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Words have spaces between them. Emoji as well.
    Spaced,
    /// A run of the script is a word: Korean, katakana.
    Whole,
    /// Two characters are likely to be a word: Chinese.
    Pairs,
    /// Not without a dictionary.
    Unknowable,
}

impl Script {
    fn of(c: char) -> Self {
        match u32::from(c) {
            0..0xE00 => Self::Spaced,
            // Digits are words of other scripts too, and come folded.
            0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17DD => Self::Unknowable,
            0x1100..=0x11FF
            | 0xA960..=0xA97F
            | 0xAC00..=0xD7FF
            | 0x30A1..=0x30FA
            | 0x30FC..=0x30FE => Self::Whole,
            0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0x2_0000..=0x3_23AF => {
                Self::Pairs
            }
            0x3021..=0x3029 | 0x3031..=0x3096 | 0x309D..=0x309F | 0x30FF | 0x3105..=0x31FF => {
                Self::Unknowable
            }
            0xA000..=0xA48C | 0xA9E0..=0xA9FE | 0xAA60..=0xAA7F => Self::Unknowable,
            _ => Self::Spaced,
        }
    }
}

/// A word as it is shown: in lower case, without marks of pronunciation and signs nobody sees. `None`
/// for what says nothing: single letters, numbers, words of every text.
fn as_shown(word: &str) -> Option<String> {
    let unseen = |c: &char| {
        matches!(
            c,
            '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{640}'
        ) || matches!(c, '\u{591}'..='\u{5BD}' | '\u{64B}'..='\u{652}' | '\u{670}')
    };
    let straight = |c| if c == '\u{2019}' { '\'' } else { c };
    let letters = word.chars().filter(|c| !unseen(c)).map(straight).nfc();
    let word: String = letters.flat_map(char::to_lowercase).collect();
    let said = word.chars().filter(|c| c.is_alphabetic()).take(2).count() > 1;
    (said && !EVERYWHERE.contains(word.as_str())).then_some(word)
}

/// Whether people take it for an emoji; the search also finds other signs: ■, ↵.
fn is_emoji(cluster: &str) -> bool {
    let mut signs = cluster.chars();
    match signs.next() {
        // Two regional letters are a flag, one is nothing.
        Some('\u{1F1E6}'..='\u{1F1FF}') => signs.next().is_some(),
        Some(first) => first.is_emoji_char(),
        None => false,
    }
}

/// Without skin tones: 👍🏽 is 👍. Signs that are letters unless told to be pictures are told so.
fn without_tone(emoji: &str) -> String {
    let mut out = String::with_capacity(emoji.len());
    for c in emoji.chars() {
        match c {
            '\u{1F3FB}'..='\u{1F3FF}' if !out.is_empty() => {
                if out.ends_with(|before: char| before < '\u{1F000}') {
                    out.push('\u{FE0F}');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// How many texts have what.
#[derive(Default)]
struct Counts {
    /// The place in `all` of each spelling seen; `None` is not counted. So that what a spelling comes
    /// to is found out once.
    spellings: HashMap<String, Option<usize>>,
    places: HashMap<String, usize>,
    all: Vec<Count>,
}

struct Count {
    shown: String,
    texts: u64,
    /// The last text that has it: a text counts once.
    last: u64,
}

impl Counts {
    fn add(&mut self, spelling: &str, this: u64, shown: impl Fn(&str) -> Option<String>) {
        let place = match self.spellings.get(spelling) {
            Some(place) => *place,
            None => {
                let place = shown(spelling).map(|shown| self.place(shown));
                self.spellings.insert(spelling.to_owned(), place);
                place
            }
        };
        if let Some(count) = place.and_then(|place| self.all.get_mut(place))
            && count.last != this
        {
            count.last = this;
            count.texts += 1;
        }
    }

    /// The same whether or not it is told to be a picture: ❤ and ❤️.
    fn place(&mut self, shown: String) -> usize {
        let same = shown.replace(['\u{FE0E}', '\u{FE0F}'], "");
        if let Some(&place) = self.places.get(&same) {
            if let Some(count) = self.all.get_mut(place)
                && (shown.len(), &shown) > (count.shown.len(), &count.shown)
            {
                count.shown = shown;
            }
            return place;
        }
        let place = self.all.len();
        self.places.insert(same, place);
        self.all.push(Count {
            shown,
            texts: 0,
            last: 0,
        });
        place
    }

    /// The `limit` most frequent, most first.
    fn most(self, limit: usize) -> Vec<(String, u64)> {
        let order = |one: &Count, other: &Count| {
            let more = other.texts.cmp(&one.texts);
            more.then_with(|| one.shown.cmp(&other.shown))
        };
        let mut all = self.all;
        // There are tens of thousands: only those that are shown are put in order.
        if all.len() > limit && limit > 0 {
            all.select_nth_unstable_by(limit - 1, order);
        }
        all.truncate(limit);
        all.sort_unstable_by(order);
        let each = all.into_iter().map(|count| (count.shown, count.texts));
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(texts: &[&str]) -> Words {
        let mut frequent = Frequent::default();
        for text in texts {
            frequent.text(text);
        }
        frequent.most(100, 0)
    }

    fn words(text: &str) -> Vec<String> {
        let words = counted(&[text]).words.into_iter();
        let mut words: Vec<_> = words.map(|word| word.0).collect();
        words.sort();
        words
    }

    fn emoji(text: &str) -> Vec<String> {
        let emoji = counted(&[text]).emoji.into_iter();
        emoji.map(|emoji| emoji.0).collect()
    }

    #[test]
    fn whole_emoji() {
        for (text, expected) in [
            ("hi 👩\u{200D}💻!", "👩\u{200D}💻"),
            (
                "👨\u{200D}👩\u{200D}👧\u{200D}👦",
                "👨\u{200D}👩\u{200D}👧\u{200D}👦",
            ),
            (
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
                "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            ),
            ("👍🏽👍👍🏿", "👍"),
            ("👩🏾\u{200D}⚕\u{FE0F}", "👩\u{200D}⚕\u{FE0F}"),
            ("☝🏽", "☝\u{FE0F}"),
            ("❤ and ❤\u{FE0F}", "❤\u{FE0F}"),
            ("🇩🇪", "🇩🇪"),
            ("1\u{FE0F}\u{20E3}", "1\u{FE0F}\u{20E3}"),
        ] {
            assert_eq!(emoji(text), [expected], "{text}");
        }
        assert_eq!(emoji("🇩🇪🇫🇷 🇩").len(), 2);
        assert!(emoji("■ สวัสดีครับ ♪♫ 123 (c)").is_empty());
    }

    #[test]
    fn a_text_counts_once() {
        let found = counted(&["Apple apple 🍎🍎", "APPLE, pear", "🍎"]);
        assert_eq!(
            found.words,
            [("apple".to_owned(), 2), ("pear".to_owned(), 1)]
        );
        assert_eq!((found.looked, found.emoji), (3, vec![("🍎".to_owned(), 2)]));
    }

    #[test]
    fn words_are_as_people_write_them() {
        assert_eq!(words("Schöne Grüße, größer"), ["größer", "grüße", "schöne"]);
        assert_eq!(words("Cafe\u{301} café"), ["café"]);
        assert_eq!(
            words("aujourd’hui l'été o'clock"),
            ["aujourd'hui", "l'été", "o'clock"]
        );
        assert_eq!(words("مَدْرَسَة مدرسة"), ["مدرسة"]);
        assert_eq!(words("x 42 2024 ½ mp3"), ["mp3"]);
    }

    #[test]
    fn scripts_without_spaces() {
        assert!(words("สวัสดีครับ ສະບາຍດີ မင်္ဂလာပါ ជំរាបសួរ").is_empty());
        assert_eq!(words("北京 東"), ["北京"]);
        assert_eq!(words("コーヒーを飲みます"), ["コーヒー"]);
        assert_eq!(words("안녕하세요 친구"), ["안녕하세요", "친구"]);
    }

    #[test]
    fn words_of_every_text_and_addresses_are_left_out() {
        let common = "the and it you don't Der und ich él está что это для 我们 没有 من هذا";
        assert_eq!(words(common), Vec::<String>::new());
        let addressed =
            "harbour https://example.org/page www.example.com @somebody ada@example.org";
        assert_eq!(words(addressed), ["harbour"]);
    }

    #[test]
    fn odd_texts_are_read() {
        for text in [
            "",
            "\u{200D}",
            "\u{1F3FB}",
            "👩\u{200D}",
            "'''",
            "\u{FE0F}\u{20E3}",
            "a'",
            "\u{301}\u{301}",
            "ー",
            "가\u{200D}각",
        ] {
            let _ = counted(&[text, text]);
        }
    }
}
