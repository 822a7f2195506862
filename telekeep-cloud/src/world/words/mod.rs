//! What people say in this world, written for it: sentences with blanks for places, food, times
//! and things, short answers, names and titles, for every script a search index must cope with.

mod cyrillic;
mod east;
mod latin;
mod semitic;

use super::random::Dice;

/// One language of the world.
pub(crate) struct Tongue {
    /// ISO 639-1.
    pub(crate) code: &'static str,
    pub(crate) given: &'static [&'static str],
    pub(crate) family: &'static [&'static str],
    /// Sentences with the blanks `{p}` place, `{f}` food, `{t}` time, `{o}` thing.
    pub(crate) says: &'static [&'static str],
    pub(crate) places: &'static [&'static str],
    pub(crate) foods: &'static [&'static str],
    pub(crate) times: &'static [&'static str],
    pub(crate) things: &'static [&'static str],
    /// Short answers.
    pub(crate) short: &'static [&'static str],
    /// Titles of groups and channels.
    pub(crate) titles: &'static [&'static str],
    /// What stands between two sentences.
    pub(crate) space: &'static str,
}

/// All languages; the first is the main one of the first account.
pub(crate) static TONGUES: &[&Tongue] = &[
    &latin::ENGLISH,
    &cyrillic::RUSSIAN,
    &latin::GERMAN,
    &semitic::ARABIC,
    &east::CHINESE,
    &latin::SPANISH,
    &semitic::HEBREW,
    &east::JAPANESE,
    &latin::FRENCH,
    &east::THAI,
    &cyrillic::UKRAINIAN,
    &latin::TURKISH,
    &semitic::PERSIAN,
    &east::KOREAN,
    &latin::PORTUGUESE,
    &latin::VIETNAMESE,
    &latin::POLISH,
    &east::HINDI,
];

pub(crate) static EMOJI: &[&str] = &[
    "😀",
    "😂",
    "🥰",
    "😎",
    "🤔",
    "😴",
    "🎉",
    "🔥",
    "👍",
    "❤️",
    "🙏",
    "🚲",
    "🌧",
    "☕️",
    "🍰",
    "🐈",
    "🐕",
    "👩‍💻",
    "👨‍👩‍👧‍👦",
    "🇺🇦",
    "🇯🇵",
    "👍🏽",
    "🌍",
    "✨",
    "📚",
    "🎸",
    "🏔",
    "⛵️",
    "🍜",
    "🪴",
];

/// Reactions people leave under messages.
pub(crate) static REACTIONS: &[&str] = &[
    "👍", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🎉", "🤩", "🙏", "👌", "💯",
];

impl Tongue {
    /// A sentence.
    pub(crate) fn sentence(&self, dice: &mut Dice) -> String {
        let template = dice.pick(self.says);
        let mut out = String::with_capacity(template.len() + 24);
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let bank = match rest.as_bytes().get(at + 1) {
                Some(b'p') => self.places,
                Some(b'f') => self.foods,
                Some(b't') => self.times,
                _ => self.things,
            };
            out.push_str(dice.pick(bank));
            rest = rest.get(at + 3..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    /// A name of two words.
    pub(crate) fn name(&self, dice: &mut Dice) -> (&'static str, &'static str) {
        (dice.pick(self.given), dice.pick(self.family))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_in_every_sentence() {
        for tongue in TONGUES {
            for says in tongue.says {
                for (at, _) in says.match_indices('{') {
                    let blank = &says[at..at + 3];
                    assert!(["{p}", "{f}", "{t}", "{o}"].contains(&blank), "{says}");
                }
            }
            let mut dice = Dice::of(&[1]);
            for _ in 0..200 {
                assert!(
                    !tongue.sentence(&mut dice).contains(['{', '}']),
                    "{}",
                    tongue.code
                );
            }
        }
    }
}
