//! No query breaks out of the expression it becomes: every search is answered, or refused with a place
//! in the query. Run: `cargo +nightly fuzz run search`.
#![no_main]

use std::{cell::RefCell, convert::Infallible, time::Duration};

use telekeep_index::{Index, IndexError, Search, Sort};
use telekeep_journal::Line;

const SOURCE: &str = r#"{"seq":1,"time":1,"run":"0","kind":"source","body":{"type":"telegram","server":"custom","account":1}}"#;
const PEER: &str = r#"{"seq":2,"time":1,"run":"0","kind":"peer","chat":30,"body":{"_":"user","id":30,"first_name":"Ada","username":"ada"}}"#;
const TEXTS: [&str; 6] = [
    "red bicycle",
    "中华人民 国歌",
    "Ещё чай, Ada",
    "👍🏽 ok",
    "שלום עולם",
    "a tea (OR) \\\"cake\\\"",
];

fn index() -> Index {
    let path = std::env::temp_dir().join(format!("telekeep-fuzz-{}.db", std::process::id()));
    let mut lines = vec![SOURCE.to_owned(), PEER.to_owned()];
    for (seq, text) in (3..).zip(TEXTS) {
        lines.push(format!(
            r#"{{"seq":{seq},"time":1,"run":"0","kind":"message","chat":30,"id":{seq},"body":{{"_":"message","id":{seq},"peer_id":{{"_":"peerUser","user_id":30}},"date":{},"message":"{text}"}}}}"#,
            1_700_000_000 + seq * 86_400
        ));
    }
    let lines = (1..)
        .zip(lines)
        .map(|(seq, json)| Ok::<_, Infallible>(Line { seq, json }));
    let mut index = Index::open(&path, None).expect("a new index");
    index.apply("journal", lines).expect("lines");
    index
}

thread_local! {
    static INDEX: RefCell<Index> = RefCell::new(index());
}

libfuzzer_sys::fuzz_target!(|typed: &str| {
    let sort = match typed.len() % 3 {
        0 => Sort::Newest,
        1 => Sort::Oldest,
        _ => Sort::Relevance,
    };
    INDEX.with_borrow(|index| {
        let search = Search {
            sort,
            budget: Duration::from_millis(50),
            ..Search::new(typed, 1_700_000_000)
        };
        match index.search(&search) {
            Ok(page) => {
                for hit in page.hits {
                    for range in hit.matches {
                        assert!(hit.text.get(range).is_some());
                    }
                }
            }
            Err(IndexError::Query { at, .. }) => {
                assert!(
                    at > 0 && at <= typed.chars().count().max(1),
                    "{at} in {typed:?}"
                );
            }
            Err(error) => panic!("{typed:?}: {error}"),
        }
    });
});
