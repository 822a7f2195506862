use std::ops::ControlFlow;

use proptest::prelude::*;

use super::{Mode, Tokenizer};

/// Tokens as text; `+` before those at the position of the one before.
fn tokens(text: &str, mode: Mode) -> String {
    let mut all: Vec<String> = Vec::new();
    let _ = Tokenizer::default().run(text, mode, &mut |token| {
        assert!(
            token.start < token.end && token.end <= text.len(),
            "{text:?} {token:?}"
        );
        assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
        let mark = if token.colocated { "+" } else { "" };
        all.push(format!("{mark}{}", token.text));
        ControlFlow::Continue(())
    });
    all.join(" ")
}

fn document(text: &str) -> String {
    tokens(text, Mode::Document)
}

fn query(text: &str) -> String {
    tokens(text, Mode::Query)
}

#[test]
fn words_of_alphabets() {
    let cases = [
        ("Hello, WORLD 42", "hello world 42"),
        ("naïve Café CRÈME brûlée", "naive cafe creme brulee"),
        // The same, decomposed.
        ("cafe\u{301}", "cafe"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        (
            "Łódź Ørsted Ægir œuvre İstanbul ılık đường",
            "lodz orsted aegir oeuvre istanbul ilik duong",
        ),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("Ёлка ещё Йод йод ЇЖАК", "елка еще йод йод іжак"),
        // й decomposed is still й, not и.
        ("и\u{306}од", "йод"),
        ("ﬁnal Ｆｕｌｌ １２３", "final full 123"),
        ("ж\u{ad}у\u{200d}к", "жук"),
        ("don't snake_case a.b@c.de", "don t snake case a b c de"),
        ("x²+½", "x2 1 2"),
        ("हिन्दी १२", "हिन्दी 12"),
        ("बाज़ार सड़क माँ", "बाजार सडक मां"),
        ("п'ять п’ять пʼять", "п ять п ять п ять"),
        ("№5 Acme™", "5 acme"),
    ];
    for (text, expected) in cases {
        assert_eq!(document(text), expected, "{text}");
        assert_eq!(query(text), expected, "{text}");
    }
}

#[test]
fn arabic_and_hebrew_with_and_without_vowels() {
    for (with, without) in [
        ("السَّلامُ عَلَيْكُم", "السلام عليكم"),
        ("مَدْرَسَةٌ", "مدرسه"),
        ("أَحْمَد إلى", "احمد الي"),
        ("محـــمد", "محمد"),
        ("کتاب یک", "كتاب يك"),
        ("٣٤ ۵۶", "34 56"),
        ("שָׁלוֹם עוֹלָם", "שלום עולם"),
        ("می\u{200c}خواهم", "ميخواهم"),
        ("ہے", "هے"),
    ] {
        assert_eq!(document(with), document(without), "{with}");
        assert!(!document(without).is_empty());
    }
}

#[test]
fn scripts_without_spaces() {
    assert_eq!(document("中华人民"), "中华 华人 人民 +民");
    assert_eq!(query("中华人民"), "中华 华人 人民");
    assert_eq!(document("国"), "国");
    assert_eq!(query("国"), "国");
    assert_eq!(document("中国 人民"), "中国 +国 人民 +民");
    assert_eq!(document("SNS는 좋다"), "sns 는 좋다 +다");
    assert_eq!(document("สวัสดี"), "สว วั ัส สด ดี +ี");
    assert_eq!(document("カタカナ"), "カタ タカ カナ +ナ");
    // Half width, and with the voicing mark apart.
    assert_eq!(document("ｶﾞｷﾞ"), document("ガギ"));
    assert_eq!(document("か\u{3099}き"), document("がき"));
    // Hangul from its letters.
    assert_eq!(
        document("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
        document("한글")
    );
    assert_eq!(document("ကမ္ဘာ"), document("ကမ္ဘာ"));
    assert_eq!(document("2024年5月"), "2024 年 5 月");
}

#[test]
fn emoji() {
    assert_eq!(document("ok👍🏽!"), "ok 👍");
    assert_eq!(document("❤️"), "❤");
    assert_eq!(document("👨\u{200d}👩\u{200d}👧"), "👨 👩 👧");
    assert_eq!(document("🇩🇪🇫🇷"), "🇩🇪 🇫🇷");
    assert_eq!(document("a🇩b"), "a 🇩 b");
    assert_eq!(document("1️⃣"), "1");
}

#[test]
fn nothing() {
    for text in ["", " ", "…—!?", "\u{200b}", "\u{301}", "\0"] {
        assert_eq!(document(text), "", "{text:?}");
    }
}

#[test]
fn stops_when_told() {
    let mut seen = 0;
    let flow = Tokenizer::default().run("a b c", Mode::Document, &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert!(flow.is_break());
    assert_eq!(seen, 1);
}

/// Position, text, and whether it is looked for as a prefix.
fn placed(text: &str, mode: Mode) -> Vec<(usize, String, bool)> {
    let mut position = 0;
    let mut all = Vec::new();
    let _ = Tokenizer::default().run(text, mode, &mut |token| {
        position += usize::from(!token.colocated);
        all.push((position, token.text.to_owned(), token.single));
        ControlFlow::Continue(())
    });
    all
}

/// As the full-text index looks for a phrase.
fn is_found(phrase: &str, document: &str) -> bool {
    let (phrase, document) = (
        placed(phrase, Mode::Query),
        placed(document, Mode::Document),
    );
    phrase.is_empty()
        || document.iter().any(|(first, _, _)| {
            phrase
                .iter()
                .enumerate()
                .all(|(step, (_, wanted, single))| {
                    let prefix = *single && step + 1 == phrase.len();
                    let mut here = document.iter().filter(|(at, _, _)| *at == first + step);
                    here.any(|(_, text, _)| text == wanted || (prefix && text.starts_with(wanted)))
                })
        })
}

proptest! {
    /// What is typed as it stands in a text is found in it, whatever it is.
    #[test]
    fn a_text_is_found_by_itself(
        text in "[a-zßé中国คัがカﾞ한한Йи\u{301}\u{306}\u{3099}\u{200b}\u{200d}👍🏽🇩🇪½٣ا '.\"-]{1,24}",
        anything in "\\PC{1,24}",
    ) {
        for text in [text, anything] {
            for around in [text.clone(), format!("a {text}, z"), format!("中 {text}。国")] {
                prop_assert!(is_found(&text, &around), "{text:?} in {around:?}");
            }
        }
    }

    #[test]
    fn never_panics_and_offsets_hold(text in "\\PC*") {
        let _ = document(&text);
        let _ = query(&text);
    }

    #[test]
    fn any_characters(chars in proptest::collection::vec(any::<char>(), 0..40)) {
        let text: String = chars.into_iter().collect();
        let _ = document(&text);
        let _ = query(&text);
    }

    /// What is typed as it stands in the text gives the same tokens, whatever stands around it.
    #[test]
    fn words_do_not_depend_on_their_neighbours(
        word in "[a-zA-Zäöüßéñа-яёА-Яء-غف-يא-ת0-9]{1,12}",
        before in "[a-zж中 ,.!👍]{0,6}",
    ) {
        let alone = query(&word);
        let all = document(&format!("{before} {word} end"));
        let padded = format!(" {all} ");
        prop_assert!(padded.contains(&format!(" {alone} end ")), "{alone:?} in {all:?}");
    }
}
