//! Names and texts that want to be more than text.

use super::support::{Maker, json};

const ATTACKS: [&str; 7] = [
    "\u{1b}[2J\u{1b}[31mred\u{1b}]52;c;AAAA\u{7}",
    "\u{9b}5n\u{90}q\u{9c}",
    "\u{202e}gpj.exe\u{202c}",
    "a\rb\u{8}\u{8}c\u{0}d\u{7f}",
    "\u{2028}line\u{2029}para\u{85}next",
    "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "👩\u{200d}👩\u{200d}👧 東京 مرحبا \u{e0041}\u{feff}",
];

#[test]
fn nothing_reaches_the_terminal_but_text() {
    let mut maker = Maker::new();
    for (at, attack) in ATTACKS.iter().enumerate() {
        let chat = 100 + i64::try_from(at).unwrap();
        let word = json(attack);
        maker.person(chat, &format!("{attack} {at}"));
        let id = chat * 10;
        let entities = format!(
            r#","entities":[{{"_":"messageEntityTextUrl","offset":0,"length":5,"url":{word}}},{{"_":"messageEntitySpoiler","offset":2,"length":900}}]"#
        );
        maker.message(
            chat,
            id,
            1_699_000_000,
            &format!("find {attack}"),
            &entities,
        );
        maker.message(chat, id, 1_699_000_000, attack, &entities);
        for (n, media) in [
            format!(r#"{{"_":"messageMediaContact","phone_number":{word},"first_name":{word},"last_name":"","vcard":"","user_id":0}}"#),
            format!(r#"{{"_":"messageMediaWebPage","webpage":{{"_":"webPage","id":1,"url":{word},"display_url":{word},"hash":0,"site_name":{word},"title":{word},"description":{word}}}}}"#),
            format!(r#"{{"_":"messageMediaDocument","document":{{"_":"document","id":{id},"mime_type":{word},"size":15,"attributes":[{{"_":"documentAttributeFilename","file_name":{word}}}]}}}}"#),
        ]
        .iter()
        .enumerate()
        {
            let more = format!(
                r#","post_author":{word},"fwd_from":{{"_":"messageFwdHeader","date":1,"from_name":{word}}},"media":{media}"#
            );
            maker.message(chat, id + 1 + i64::try_from(n).unwrap(), 1_699_000_000, attack, &more);
        }
    }
    let mut hand = maker.at(60, 30);
    let mut screens = Vec::new();
    screens.push(hand.screen());
    for _ in 0..ATTACKS.len() {
        hand.type_in("\n");
        screens.push(hand.screen());
        for keys in [
            "i", "q", "S", "\u{15}", "k", "i", "q", "k", "k", "e", "q", "x", "/find\n", "q",
        ] {
            match keys {
                "\u{15}" => hand.key(crate::app::Key::Escape),
                keys => hand.type_in(keys),
            };
            screens.push(hand.screen());
        }
        hand.type_in("qj");
    }
    hand.type_in("sfind\n");
    screens.push(hand.screen());
    for screen in screens {
        for c in screen.chars() {
            let bad = c != '\n' && c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            assert!(!bad, "{c:?} in:\n{screen}");
        }
    }
}

#[test]
fn wide_and_combined_characters_keep_their_columns() {
    let mut maker = Maker::new();
    maker.person(5, "東京タワー");
    let text = "東京 e\u{301} 👩\u{200d}👩\u{200d}👧 שלום مرحبا ".repeat(10);
    maker.message(5, 1, 1_699_000_000, &text, "");
    for width in [30_u16, 41, 80, 130] {
        let mut maker = Maker::new();
        maker.person(5, "東京タワー");
        maker.message(5, 1, 1_699_000_000, &text, "");
        let mut hand = maker.at(width, 24);
        hand.type_in("\n");
        for row in hand.rows() {
            assert!(crate::text::columns(&row) <= usize::from(width), "{row}");
        }
        hand.sees("東京")
            .sees("👩\u{200d}👩\u{200d}👧")
            .sees("שלום");
    }
    drop(maker);
}
