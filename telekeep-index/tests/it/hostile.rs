//! Bodies nobody should send: they are kept out of the way and counted, and never stop the rest.

use serde_json::json;

use crate::support::*;

#[test]
fn unreadable_bodies_are_explained_and_counted() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "fine");
    journal.body(USER, 2, json!({"_":"message","id":"two","date":"x"}));
    journal.body(USER, 3, json!([1, 2, 3]));
    journal.body(USER, 4, json!({"_":"messageFromTheFuture","id":4}));
    journal.body(USER, 5, json!({"_":"messageEmpty","id":5}));
    journal.body(
        USER,
        6,
        json!({"_":"message","id":-6,"peer_id":peer(USER),"date":1,"message":"x"}),
    );
    journal.body(USER, 7, json!(null));
    let mut media = message(USER, 8, 1001, "with a riddle");
    media["media"] = json!({"_":"messageMediaHologram","depth":3});
    journal.body(USER, 8, media);
    journal.add("peer", Some(5), None, json!("nobody"));
    journal.add("coverage", Some(USER), None, json!({"from":"a"}));
    journal.add("unheard", Some(USER), None, json!({}));
    let (_place, index) = Place::of(&journal);
    assert_eq!(ids(&index, "fine"), [1]);
    assert_eq!(ids(&index, "riddle"), [8]);
    let chat = &index.status().unwrap()[0];
    assert_eq!((chat.archived, chat.explained), (2, 6));
    let odd = index.not_understood().unwrap();
    let names: Vec<_> = odd.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["coverage record", "messageMediaHologram", "peer record"]
    );
}

#[test]
fn strange_numbers_and_texts() {
    let mut journal = Journal::new();
    for (id, date) in [(1, 0), (2, -5), (3, i64::MAX), (4, i64::MIN), (5, 1 << 41)] {
        journal.text(USER, id, date, "strange");
    }
    journal.text(USER, i64::MAX, 1, "strange");
    journal.text(USER, 7, 1, "strange \0 zero \u{202e} bidi \u{10ffff}");
    let long = format!("strange {}", "a".repeat(100_000));
    journal.text(USER, 8, 2, &long);
    journal.coverage(USER, i64::MIN, i64::MAX, Some(i64::MAX));
    journal.coverage(USER, 5, i64::MAX, Some(-3));
    journal.dialog(USER, i64::MAX);
    let (_place, index) = Place::of(&journal);
    assert_eq!(ids(&index, "strange").len(), 8);
    assert_eq!(ids(&index, "zero"), [7]);
    assert_eq!(ids(&index, &format!("{}*", "a".repeat(1000))), [8]);
    index.status().unwrap();
    index.totals().unwrap();
}

#[test]
fn queries_nobody_should_type() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "quote \" star * colon: (paren) NEAR AND");
    let (_place, index) = Place::of(&journal);
    for query in [
        "\"",
        "*",
        "-",
        "--",
        "OR",
        "(",
        "near(",
        "a\0b",
        "'; DROP TABLE message; --",
        "^a",
        "{text}:a",
    ] {
        // An explanation or an answer, never an error of the database.
        if let Err(error) = index.search(&telekeep_index::Search::new(query, NOW)) {
            assert!(error.to_string().contains("query"), "{query:?}: {error}");
        }
    }
    assert_eq!(ids(&index, "NEAR AND"), [1]);
    assert_eq!(ids(&index, "\"colon: (paren)\" (paren)"), [1]);
}
