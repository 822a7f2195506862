use proptest::prelude::*;
use telekeep_index::{Search, grammar};

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
                let page = index.search(&Search::new(&query, NOW));
                // Letters that are only marks are nothing to search for.
                if let Ok(page) = page && page.notes.is_empty() {
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

    /// Nothing typed makes the reader of queries panic, and what it read is what it prints.
    #[test]
    fn queries_print_what_they_read(
        typed in r#"([-("] ?|\)| OR |[a-z0-9é中#*>.]{1,4}|from:|in:|exact:|has:photo|is:reply|on:2024-|size:[<>=]{0,2}|tag:|filename:|[\PC]|["“”«»\\ ]){0,12}"#,
    ) {
        if let Ok(parsed) = grammar::parse(&typed) && let Some(query) = parsed.query {
            let printed = query.to_string();
            let again = grammar::parse(&printed).unwrap();
            prop_assert_eq!(again.query, Some(query), "{} printed as {}", typed, printed);
            prop_assert!(again.notes.is_empty(), "{:?} {}", again.notes, printed);
        }
    }

    /// Whatever is typed has an answer or an explanation, never an error of the database.
    #[test]
    fn every_query_has_an_answer_or_an_explanation(
        typed in r#"([-("] ?|\)| OR |[a-z0-9中*]{1,3}|from:ada|in:fam|exact:[a-z]|has:photo|is:reply|on:2024|size:>1|tag:x|filename:|topic:|["“” ]){0,9}"#,
    ) {
        let (_place, index) = index_of(&["a word".to_owned(), "中文 x".to_owned()]);
        for sort in [telekeep_index::Sort::Newest, telekeep_index::Sort::Oldest, telekeep_index::Sort::Relevance] {
            let search = Search { sort, ..Search::new(&typed, NOW) };
            match index.search(&search) {
                Ok(_) => {}
                Err(telekeep_index::IndexError::Query { at, .. }) => {
                    prop_assert!(at >= 1 && at <= typed.chars().count().max(1));
                }
                Err(error) => prop_assert!(false, "{:?}: {}", typed, error),
            }
        }
    }
}
