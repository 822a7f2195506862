use proptest::prelude::*;

use crate::support::*;

fn index_of(texts: &[String]) -> (Place, telekeep_index::Index) {
    let mut journal = Journal::new();
    for (id, text) in (1..).zip(texts) {
        journal.text(USER, id, 1000 + id, text);
    }
    Place::of(&journal)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever a text holds, each of its words finds it.
    #[test]
    fn every_word_of_a_text_finds_it(texts in proptest::collection::vec("\\PC{0,40}", 1..6)) {
        let (_place, index) = index_of(&texts);
        for (id, text) in (1..).zip(&texts) {
            let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\u{200b}');
            for word in text.split(end).filter(|word| !word.is_empty()) {
                let query = format!("\"{word}\"");
                let page = index.search(&query, &telekeep_index::Filter::default(), None, 100);
                // Letters that are only marks are nothing to search for.
                if let Ok(page) = page && page.ignored.is_empty() {
                    let found = page.hits.iter().any(|hit| hit.id == id);
                    prop_assert!(found, "{word:?} does not find {text:?}");
                }
            }
        }
    }

    /// Every piece of two or more characters of a text without spaces finds it.
    #[test]
    fn every_piece_of_a_dense_text_finds_it(
        text in "[中华人民共和国東京ひらがなカタカナ가나다라กขคงจดเแ]{2,12}",
        before in "[a-z。 ]{0,4}",
    ) {
        let (_place, index) = index_of(&[format!("{before}{text}。end")]);
        let chars: Vec<char> = text.chars().collect();
        for from in 0..chars.len() {
            for to in from + 1..=chars.len() {
                let piece: String = chars[from..to].iter().collect();
                prop_assert_eq!(ids(&index, &piece), [1], "{} in {}", piece, text);
            }
        }
    }
}
