//! The tokenizer `tg2`: how texts of every script become words of the full-text index.
//!
//! * Words are folded: lower case, compatibility forms, without diacritics (Latin, Greek, Cyrillic),
//!   niqqud, harakat and nukta; digits of all scripts are one.
//! * Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese do not put spaces between words. Their
//!   runs become overlapping pairs of characters, one position each. A run of a document also gives
//!   its last character alone, at the position of the last pair, so that every character begins a
//!   token. A query gives only pairs (a single character stays alone), which FTS5 reads as a phrase:
//!   every substring of two or more characters is found, and one character as a prefix.
//! * An emoji is a word; skin tones and joiners are left out; two regional letters are one flag.
//!
//! Any change of the tokens needs a new name ([`NAME`]): an index made with another is rebuilt.

mod fold;
pub(crate) mod fts5;
mod places;

pub(crate) use places::{COLUMNS, Places};

use std::ops::ControlFlow;

use fold::Class;

/// Name of the tokenizer inside FTS5, and its version.
pub const NAME: &str = "tg2";

/// What is tokenized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A text to be found.
    Document,
    /// Words to look for.
    Query,
}

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Folded text.
    pub text: &'a str,
    /// First byte in the original text.
    pub start: usize,
    /// Byte after the last in the original text.
    pub end: usize,
    /// At the position of the token before it.
    pub colocated: bool,
    /// One character of a script without spaces, alone in its run: a query for it is a prefix.
    pub single: bool,
}

/// Memory that is used again from text to text.
#[derive(Debug, Default)]
pub struct Tokenizer {
    /// The word being read.
    word: String,
    word_start: usize,
    word_end: usize,
    /// Run without spaces: the last character, which a mark may still change, and the one before.
    last: Option<Place>,
    before: Option<Place>,
    /// First half of a flag.
    flag: Option<Place>,
    pair: String,
}

/// Ends a token of prepared text.
const END: char = '\u{1}';
/// Begins one at the position of the token before it.
const SAME: char = '\u{2}';

impl Tokenizer {
    /// The tokens of a document as a text of their own, which is what the full-text index is given:
    /// tokens are made beside the thread that writes. They never contain control characters.
    pub(crate) fn prepare(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        let _ = self.run(text, Mode::Document, &mut |token| {
            if token.colocated {
                out.push(SAME);
            }
            out.push_str(token.text);
            out.push(END);
            ControlFlow::Continue(())
        });
        out
    }
}

/// The tokens of a text that [`Tokenizer::prepare`] made, with whether they are at the position of the
/// one before.
pub(crate) fn prepared(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split_terminator(END)
        .map(|text| match text.strip_prefix(SAME) {
            Some(text) => (text, true),
            None => (text, false),
        })
}

/// Gives the tokens of a prepared text. They have no places in the original.
fn tokens(text: &str, emit: &mut Emit<'_>) -> ControlFlow<()> {
    for (text, colocated) in prepared(text) {
        emit(Token {
            text,
            start: 0,
            end: 0,
            colocated,
            single: false,
        })?;
    }
    ControlFlow::Continue(())
}

/// A character and the bytes it stands for: (character, start, end).
type Place = (char, usize, usize);

/// The receiver of tokens; `Break` stops.
type Emit<'e> = dyn FnMut(Token<'_>) -> ControlFlow<()> + 'e;

impl Tokenizer {
    /// Gives the tokens of `text` in order. `Break` when `emit` broke off.
    pub fn run(&mut self, text: &str, mode: Mode, emit: &mut Emit<'_>) -> ControlFlow<()> {
        self.word.clear();
        self.last = None;
        self.before = None;
        self.flag = None;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() {
                at = self.ascii(text, at, mode, emit)?;
            } else {
                let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                    break;
                };
                let end = at + c.len_utf8();
                self.wide(c, at, end, mode, emit)?;
                at = end;
            }
        }
        self.flush(mode, emit)
    }

    /// Handles the ASCII at `at`: a whole run of letters and digits, or one separator.
    fn ascii(
        &mut self,
        text: &str,
        at: usize,
        mode: Mode,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<(), usize> {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        if length == 0 {
            self.flush(mode, emit)?;
            return ControlFlow::Continue(at + 1);
        }
        let end = at + length;
        let run = text.get(at..end).unwrap_or_default();
        let whole = rest.get(length).is_none_or(u8::is_ascii);
        if whole && self.is_idle() && !run.bytes().any(|byte| byte.is_ascii_uppercase()) {
            emit(Token {
                text: run,
                start: at,
                end,
                colocated: false,
                single: false,
            })?;
            return ControlFlow::Continue(end);
        }
        self.begin_word(at, mode, emit)?;
        let from = self.word.len();
        self.word.push_str(run);
        if let Some(added) = self.word.get_mut(from..) {
            added.make_ascii_lowercase();
        }
        self.word_end = end;
        if whole {
            self.flush(mode, emit)?;
        }
        ControlFlow::Continue(end)
    }

    fn is_idle(&self) -> bool {
        self.word.is_empty() && self.last.is_none() && self.flag.is_none()
    }

    /// Handles a character that is not ASCII.
    fn wide(
        &mut self,
        c: char,
        start: usize,
        end: usize,
        mode: Mode,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        match fold::class(c) {
            Class::Parts => {
                let mut flow = ControlFlow::Continue(());
                unicode_normalization::char::decompose_compatible(c, |part| {
                    if flow.is_continue() {
                        flow = self.folded(fold::part(part), part, start, end, mode, emit);
                    }
                });
                flow
            }
            class => self.folded(class, c, start, end, mode, emit),
        }
    }

    fn folded(
        &mut self,
        class: Class,
        c: char,
        start: usize,
        end: usize,
        mode: Mode,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        match class {
            Class::Separator | Class::Parts => self.flush(mode, emit),
            Class::Skip => ControlFlow::Continue(()),
            Class::Space if self.last.is_some() => ControlFlow::Continue(()),
            Class::Space => self.flush(mode, emit),
            Class::Mark => {
                self.mark(c, end);
                ControlFlow::Continue(())
            }
            Class::Word(folded) => {
                self.begin_word(start, mode, emit)?;
                self.word.push(folded);
                self.word_end = end;
                ControlFlow::Continue(())
            }
            Class::Letters => {
                self.begin_word(start, mode, emit)?;
                fold::push_letters(c, &mut self.word);
                self.word_end = end;
                ControlFlow::Continue(())
            }
            Class::Dense => self.dense(c, start, end, mode, emit),
            Class::Emoji => {
                self.flush(mode, emit)?;
                let mut buffer = [0; 4];
                let text = &*c.encode_utf8(&mut buffer);
                emit(Token {
                    text,
                    start,
                    end,
                    colocated: false,
                    single: false,
                })
            }
            Class::Regional => self.regional(c, start, end, mode, emit),
        }
    }

    fn begin_word(&mut self, start: usize, mode: Mode, emit: &mut Emit<'_>) -> ControlFlow<()> {
        if self.last.is_some() || self.flag.is_some() {
            self.flush(mode, emit)?;
        }
        if self.word.is_empty() {
            self.word_start = start;
        }
        ControlFlow::Continue(())
    }

    /// A mark is dropped, except where it makes another letter: и + ˘ = й, か + ゛ = が.
    fn mark(&mut self, mark: char, end: usize) {
        if let Some((last, _, last_end)) = &mut self.last {
            if let Some(composed) = unicode_normalization::char::compose(*last, mark) {
                *last = composed;
            }
            *last_end = end;
        } else if !self.word.is_empty() {
            if mark == '\u{306}' && self.word.ends_with('и') {
                self.word.pop();
                self.word.push('й');
            }
            self.word_end = end;
        }
    }

    /// A character of a script without spaces between words. Emission lags one character, because a
    /// following mark or vowel may still change this one.
    fn dense(
        &mut self,
        c: char,
        start: usize,
        end: usize,
        mode: Mode,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        if !self.word.is_empty() || self.flag.is_some() {
            self.flush(mode, emit)?;
        }
        let Some((last, last_start, _)) = self.last else {
            self.last = Some((c, start, end));
            return ControlFlow::Continue(());
        };
        if let Some(composed) = unicode_normalization::char::compose(last, c) {
            self.last = Some((composed, last_start, end));
            return ControlFlow::Continue(());
        }
        self.emit_pair(emit)?;
        self.before = self.last.replace((c, start, end));
        ControlFlow::Continue(())
    }

    /// Emits the pair of the last two characters, if there are two.
    fn emit_pair(&mut self, emit: &mut Emit<'_>) -> ControlFlow<()> {
        let (Some((first, start, _)), Some((second, _, end))) = (self.before, self.last) else {
            return ControlFlow::Continue(());
        };
        self.pair.clear();
        self.pair.push(first);
        self.pair.push(second);
        emit(Token {
            text: &self.pair,
            start,
            end,
            colocated: false,
            single: false,
        })
    }

    fn regional(
        &mut self,
        c: char,
        start: usize,
        end: usize,
        mode: Mode,
        emit: &mut Emit<'_>,
    ) -> ControlFlow<()> {
        let Some((first, first_start, _)) = self.flag.take() else {
            self.flush(mode, emit)?;
            self.flag = Some((c, start, end));
            return ControlFlow::Continue(());
        };
        self.pair.clear();
        self.pair.push(first);
        self.pair.push(c);
        emit(Token {
            text: &self.pair,
            start: first_start,
            end,
            colocated: false,
            single: false,
        })
    }

    /// Emits what is pending.
    fn flush(&mut self, mode: Mode, emit: &mut Emit<'_>) -> ControlFlow<()> {
        if !self.word.is_empty() {
            let (start, end) = (self.word_start, self.word_end);
            let text = &*self.word;
            let flow = emit(Token {
                text,
                start,
                end,
                colocated: false,
                single: false,
            });
            self.word.clear();
            flow?;
        }
        if self.last.is_some() {
            self.flush_run(mode, emit)?;
        }
        if let Some((c, start, end)) = self.flag.take() {
            let mut buffer = [0; 4];
            let text = &*c.encode_utf8(&mut buffer);
            emit(Token {
                text,
                start,
                end,
                colocated: false,
                single: false,
            })?;
        }
        ControlFlow::Continue(())
    }

    fn flush_run(&mut self, mode: Mode, emit: &mut Emit<'_>) -> ControlFlow<()> {
        self.emit_pair(emit)?;
        let alone = self.before.take().is_none();
        let Some((c, start, end)) = self.last.take() else {
            return ControlFlow::Continue(());
        };
        if !alone && mode == Mode::Query {
            return ControlFlow::Continue(());
        }
        let mut buffer = [0; 4];
        let text = &*c.encode_utf8(&mut buffer);
        emit(Token {
            text,
            start,
            end,
            colocated: !alone,
            single: alone,
        })
    }
}

#[cfg(test)]
mod tests;
