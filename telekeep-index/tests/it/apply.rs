use std::io;

use serde_json::json;
use telekeep_index::{Index, IndexError, Place as At};
use telekeep_journal::Line;

use crate::support::*;

#[test]
fn applying_again_changes_nothing() {
    let mut journal = Journal::new();
    for id in 1..=50 {
        journal.text(USER, id, 1000 + id, &format!("word number{id}"));
    }
    let (_place, mut index) = Place::of(&journal);
    assert_eq!(index.position("account").unwrap(), 56);
    let before = (index.status().unwrap(), ids(&index, "word"));
    let again = index.apply("account", journal.iter()).unwrap();
    assert_eq!((again.records, again.messages, again.versions), (0, 0, 0));
    assert_eq!((index.status().unwrap(), ids(&index, "word")), before);
}

#[test]
fn an_edit_replaces_the_words_and_keeps_where_the_first_version_is() {
    let mut journal = Journal::new();
    let first = journal.text(USER, 5, 1000, "apples");
    let (_place, mut index) = Place::of(&journal);
    let mut edited = message(USER, 5, 1000, "pears");
    edited["edit_date"] = json!(1100);
    let second = journal.body(USER, 5, edited);
    let applied = index.apply("account", journal.iter()).unwrap();
    assert_eq!((applied.messages, applied.versions), (0, 1));
    assert_eq!(ids(&index, "apples"), [5], "what was edited away is found");
    assert_eq!(ids(&index, "pears"), [5]);
    let history = index.history(USER, 5).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].seq, history[0].date), (first, 1000));
    assert_eq!(history[0].message.text, "apples");
    assert_eq!(index.versions(USER, 5).unwrap(), [first]);
    let shown = index.messages(USER, At::Newest, 10).unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].versions, shown[0].seq), (2, second));
    assert_eq!(shown[0].message.edit_date, Some(1100));
    assert_eq!(index.status().unwrap()[0].archived, 1);
}

#[test]
fn several_versions_in_one_batch() {
    let mut journal = Journal::new();
    for text in ["one", "two", "three"] {
        journal.text(USER, 5, 1000, text);
    }
    let (_place, index) = Place::of(&journal);
    assert_eq!(ids(&index, "three"), [5]);
    assert_eq!(ids(&index, "one"), [5]);
    assert_eq!(ids(&index, "two"), [5]);
    let history = index.history(USER, 5).unwrap();
    let texts: Vec<_> = history.iter().map(|v| v.message.text.as_str()).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(index.messages(USER, At::Newest, 10).unwrap()[0].versions, 3);
}

#[test]
fn a_reader_sees_whole_batches_while_a_writer_works() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "early");
    let (place, mut index) = Place::of(&journal);
    let reader = Index::open_read(&place.path, Some(&KEY)).unwrap();
    assert_eq!(ids(&reader, "early OR late"), [1]);
    journal.text(USER, 2, 2000, "late");
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(ids(&reader, "early OR late"), [2, 1]);
}

#[test]
fn an_interrupted_source_keeps_what_was_whole() {
    let mut journal = Journal::new();
    for id in 1..=20_000 {
        journal.text(USER, id, 1000 + id, "same");
    }
    let place = Place::new();
    let mut index = place.open();
    let broken = journal.lines.iter().take(18_000).cloned().map(Ok);
    let broken = broken.chain([Err(io::Error::other("unplugged"))]);
    let error = index.apply("account", broken).unwrap_err();
    assert!(matches!(&error, IndexError::Source { .. }), "{error}");
    assert!(error.to_string().contains("unplugged"));
    drop(index);
    let mut index = place.open();
    let position = index.position("account").unwrap();
    assert_eq!(position, 18_001);
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(index.status().unwrap()[0].archived, 20_000);
}

#[test]
fn gaps_are_errors_and_lines_that_are_no_records_are_counted() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "a");
    let (_place, mut index) = Place::of(&journal);
    let line = |seq, json: &str| {
        [Ok::<_, io::Error>(Line {
            seq,
            json: json.to_owned(),
        })]
    };
    let error = index.apply("account", line(99, "{}")).unwrap_err();
    assert!(
        matches!(
            error,
            IndexError::Gap {
                next: 7,
                found: 99,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(index.position("account").unwrap(), 7);
    let error = index.apply("account", line(7, "{\"seq")).unwrap_err();
    assert!(
        matches!(error, IndexError::Record { seq: 7, .. }),
        "{error}"
    );
    let applied = index.apply("account", line(7, "{}")).unwrap();
    assert_eq!(applied.records, 1);
    assert_eq!(index.position("account").unwrap(), 8);
    let odd = index.not_understood().unwrap();
    assert_eq!(odd, [("line that is no record".to_owned(), 1)]);
}

#[test]
fn wrong_keys_other_formats_and_absence_are_told_apart() {
    let (place, index) = Place::of(&Journal::new());
    drop(index);
    for key in [Some(&[8; 32]), None] {
        let error = Index::open_read(&place.path, key).err().unwrap();
        assert!(matches!(&error, IndexError::Unreadable { .. }), "{error:?}");
        let error = Index::open(&place.path, key).err().unwrap();
        assert!(matches!(&error, IndexError::Unreadable { .. }), "{error:?}");
    }
    let none = place.folder.path().join("none.db");
    let error = Index::open_read(&none, None).err().unwrap();
    assert!(matches!(&error, IndexError::Missing { .. }));
    assert!(error.to_string().contains("telekeep reindex"));

    let plain = place.folder.path().join("plain.db");
    drop(Index::open(&plain, None).unwrap());
    let db = rusqlite::Connection::open(&plain).unwrap();
    db.execute("UPDATE meta SET value = '1/tg0' WHERE key = 'format'", [])
        .unwrap();
    drop(db);
    let error = Index::open(&plain, None).err().unwrap();
    assert!(
        matches!(&error, IndexError::OutOfDate { found, .. } if found == "1/tg0"),
        "{error}"
    );
    std::fs::write(
        &plain,
        b"this is no database, but it is long enough to look like one",
    )
    .unwrap();
    assert!(matches!(
        Index::open(&plain, None).err().unwrap(),
        IndexError::Unreadable { .. }
    ));
}

#[test]
fn nothing_readable_lies_in_the_encrypted_file() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "Geheimnis verborgen");
    let (place, index) = Place::of(&journal);
    drop(index);
    for entry in std::fs::read_dir(place.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            !text.contains("geheimnis") && !text.contains("sqlite"),
            "{}",
            path.display()
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
}
