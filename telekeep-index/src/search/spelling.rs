//! Other spellings of a word that is looked for, where a language has two that people write one for the
//! other. What is looked for is spelt, not what is found: the index keeps what was written.

use unicode_normalization::UnicodeNormalization as _;

/// The word in its other spelling; `None` when it has but one.
///
/// * German and Scandinavian letters as they are written where a keyboard lacks them: `ue` for `ü`. Not
///   the other way round, or every poet would be a pot.
/// * The nasal before a consonant in Hindi and its sisters: हिन्दी and हिंदी.
pub(super) fn other(text: &str) -> Option<String> {
    let chars: Vec<char> = text.nfc().collect();
    let mut out = String::new();
    let mut some = false;
    let mut rest = chars.as_slice();
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        if let Some(spelt) = spelt_out(c) {
            out.push_str(spelt);
        } else if let (ANUSVARA, Some(nasal)) = (c, after.first().and_then(nasal_before)) {
            out.extend([nasal, VIRAMA]);
        } else if let [VIRAMA, consonant, ..] = after
            && nasal_before(consonant) == Some(c)
        {
            out.push(ANUSVARA);
            rest = after.get(1..).unwrap_or_default();
        } else {
            out.push(c);
            continue;
        }
        some = true;
    }
    some.then_some(out)
}

fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        _ => return None,
    })
}

const ANUSVARA: char = 'ं';
const VIRAMA: char = '\u{94d}';

/// The nasal of the place where a consonant of Devanagari is spoken.
fn nasal_before(consonant: &char) -> Option<char> {
    Some(match consonant {
        'क'..='घ' => 'ङ',
        'च'..='झ' => 'ञ',
        'ट'..='ढ' => 'ण',
        'त'..='ध' => 'न',
        'प'..='भ' => 'म',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::other;

    #[test]
    fn spellings() {
        for (one, expected) in [
            ("Müller", Some("Mueller")),
            ("mu\u{308}ller", Some("mueller")),
            ("Århus", Some("aarhus")),
            ("हिन्दी", Some("हिंदी")),
            ("हिंदी", Some("हिन्दी")),
            ("लम्बा", Some("लंबा")),
            ("अंक", Some("अङ्क")),
            ("जन्म", None),
            ("हंस", None),
            ("Mueller", None),
            ("ं", None),
            ("", None),
        ] {
            assert_eq!(other(one).as_deref(), expected, "{one}");
        }
    }
}
