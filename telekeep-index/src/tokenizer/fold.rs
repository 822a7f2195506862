//! What each character is to the tokenizer, and its folded form.

use std::sync::LazyLock;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Part of a character in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends words and runs.
    Separator,
    /// As if it were not there.
    Skip,
    /// A space that is not seen: separates words, but not runs without spaces.
    Space,
    /// A diacritic, dropped (or composed).
    Mark,
    /// A letter or digit in its folded form.
    Word(char),
    /// A letter that folds to several: see [`push_letters`].
    Letters,
    /// A character of a script without spaces between words.
    Dense,
    /// A symbol that is a word of its own.
    Emoji,
    /// Half of a flag.
    Regional,
    /// Stands for several characters, each to be treated by [`part`].
    Parts,
}

/// Everything below is answered by a table: Latin, Greek, Cyrillic, Hebrew, Arabic, Indic, Vietnamese.
const TABLE: u32 = 0x2000;

static CLASSES: LazyLock<Box<[Class]>> = LazyLock::new(|| {
    let class = |code: u32| char::from_u32(code).map_or(Class::Separator, slow_class);
    (0..TABLE).map(class).collect()
});

/// What `c`, as it stands in a text, is.
pub(super) fn class(c: char) -> Class {
    if u32::from(c) < TABLE {
        let at = usize::try_from(u32::from(c)).unwrap_or_default();
        return CLASSES.get(at).copied().unwrap_or(Class::Separator);
    }
    slow_class(c)
}

fn slow_class(c: char) -> Class {
    if let Some(class) = fixed(c) {
        return class;
    }
    if c == 'й' || c == 'Й' {
        return Class::Word('й');
    }
    // Most characters are one part, or a letter with marks that are dropped.
    let mut first = None;
    let mut simple = true;
    decompose_compatible(c, |decomposed| match (first, part(decomposed)) {
        (None, class) => first = Some(class),
        (Some(Class::Word(_)), Class::Mark) => {}
        _ => simple = false,
    });
    let mut same = false;
    decompose_compatible(c, |decomposed| same = decomposed == c);
    match first {
        Some(class @ (Class::Word(_) | Class::Separator | Class::Skip)) if simple => class,
        Some(class) if simple && same => class,
        _ => Class::Parts,
    }
}

/// What one character of a decomposition is.
pub(super) fn part(c: char) -> Class {
    if let Some(class) = fixed(c) {
        return class;
    }
    if !c.is_alphanumeric() && !is_combining_mark(c) {
        return Class::Separator;
    }
    if let Some(digit) = digit(c) {
        return Class::Word(digit);
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => letter(one),
        _ => Class::Letters,
    }
}

/// Classes that do not depend on a decomposition.
fn fixed(c: char) -> Option<Class> {
    Some(match u32::from(c) {
        0xAD
        | 0x34F
        | 0x61C
        | 0x640
        | 0x180B..=0x180E
        | 0x200C..=0x200F
        | 0x202A..=0x202E
        | 0x2060..=0x2069
        | 0xFE00..=0xFE0F
        | 0xFEFF
        | 0x1F3FB..=0x1F3FF
        | 0xE0000..=0xE0FFF => Class::Skip,
        0x200B => Class::Space,
        // Apostrophes that Unicode counts among the letters (Ukrainian ʼ, Uzbek ʻ), and signs that
        // would decompose to letters of the word beside them (№, ℠, ™).
        0x2B9..=0x2BF | 0x2116 | 0x2120 | 0x2122 => Class::Separator,
        0x1F1E6..=0x1F1FF => Class::Regional,
        0x300..=0x36F
        | 0x483..=0x489
        | 0x591..=0x5BD
        | 0x5BF
        | 0x5C1..=0x5C2
        | 0x5C4..=0x5C5
        | 0x5C7
        | 0x610..=0x61A
        | 0x64B..=0x65F
        | 0x670
        | 0x6D6..=0x6DC
        | 0x6DF..=0x6E8
        | 0x6EA..=0x6ED
        | 0x8D3..=0x8E1
        | 0x8E3..=0x8FF
        | 0x93C
        | 0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF
        | 0x3099..=0x309A
        | 0xFE20..=0xFE2F => Class::Mark,
        _ if is_dense(c) => Class::Dense,
        _ if is_emoji(c) => Class::Emoji,
        _ => return None,
    })
}

/// Letters that fold to another one although Unicode does not decompose them.
fn letter(c: char) -> Class {
    Class::Word(match c {
        'ß' | 'æ' | 'œ' | 'þ' | 'ĳ' => return Class::Letters,
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ħ' => 'h',
        'ŧ' => 't',
        'ı' => 'i',
        'ς' => 'σ',
        'ى' | 'ی' => 'ي',
        'ة' | 'ھ' | 'ە' | 'ہ' | 'ۃ' => 'ه',
        'ک' => 'ك',
        'ٱ' => 'ا',
        // Chandrabindu and anusvara, which Hindi writes one for the other.
        'ँ' => 'ं',
        _ => c,
    })
}

/// The folded letters of a [`Class::Letters`].
pub(super) fn push_letters(c: char, out: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ĳ' => out.push_str("ij"),
            _ => match part(lower) {
                Class::Word(folded) => out.push(folded),
                Class::Mark | Class::Letters => {}
                _ => out.push(lower),
            },
        }
    }
}

/// Decimal digits of other scripts as ASCII.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 22] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6,
        0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x19D0, 0x1A80,
    ];
    let code = u32::from(c);
    let zero = ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Scripts written without spaces between words.
fn is_dense(c: char) -> bool {
    let code = u32::from(c);
    match code {
        0..0xE00 => false,
        0xE00..=0xEFF => {
            !matches!(code, 0xE3F | 0xE4F | 0xE50..=0xE59 | 0xE5A | 0xE5B | 0xED0..=0xED9)
        }
        0x1000..=0x109F => !matches!(code, 0x1040..=0x1049 | 0x104A..=0x104F | 0x1090..=0x1099),
        0x1780..=0x17D3 | 0x17DC..=0x17DD => true,
        0x1100..=0x11FF | 0xA960..=0xA97F | 0xD7B0..=0xD7FF => true,
        0x3005..=0x3007 | 0x3021..=0x3029 | 0x3031..=0x3035 | 0x303B..=0x303C => true,
        0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF => true,
        0x3105..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF => true,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA000..=0xA48C => true,
        0xA9E0..=0xA9EF | 0xA9FA..=0xA9FE | 0xAA60..=0xAA7F => true,
        0xAC00..=0xD7A3 | 0x20000..=0x323AF => true,
        _ => false,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(
        u32::from(c),
        0x203C | 0x2049 | 0x2139 | 0x2194..=0x21AA | 0x2300..=0x23FF | 0x25A0..=0x27BF
            | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0x3030 | 0x303D | 0x3297 | 0x3299
            | 0x1F000..=0x1F0FF | 0x1F170..=0x1F171 | 0x1F17E..=0x1F17F | 0x1F18E
            | 0x1F191..=0x1F19A | 0x1F201..=0x1FAFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_the_rules_say() {
        for code in 0x80..TABLE {
            if let Some(c) = char::from_u32(code) {
                assert_eq!(class(c), slow_class(c), "{code:x}");
            }
        }
    }

    #[test]
    fn the_fast_paths_are_used() {
        for c in "éñüçаяёєїλόאتاếÅ".chars() {
            assert!(matches!(class(c), Class::Word(_)), "{c}");
        }
        assert_eq!(class('й'), Class::Word('й'));
        assert_eq!(class('ё'), Class::Word('е'));
        assert_eq!(class('東'), Class::Dense);
        assert_eq!(class('½'), Class::Parts);
        assert_eq!(class('Ａ'), Class::Word('a'));
        assert_eq!(class('٣'), Class::Word('3'));
    }
}
