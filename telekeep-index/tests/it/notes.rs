//! Notes: what was kept by hand, its files, and the words in it.

use serde_json::{Value, json};
use telekeep_index::{FileState, NoteChat, NoteFilter, NoteRow};

use crate::support::*;

const SECRET: &str = "Ada, secret";

fn file(name: &str, digit: char) -> Value {
    json!({"name":name,"size":5,"mime":"image/png","sha256":String::from(digit).repeat(64),"blob":"b"})
}

/// Of one chat that is known, and of one that only a title names.
fn journal() -> Journal {
    let mut journal = Journal::default();
    journal.add("source", None, None, json!({"type":"notes"}));
    let body = json!({"title":"Ada","by":"Carla","date":NOW - 9,"text":"Nights at the quay",
        "files":[file("harbour.png", '1'), file("boats.png", '2')]});
    journal.add("note", Some(USER), None, body);
    let body =
        json!({"title":SECRET,"text":"Штормовое предупреждение","files":[file("again.png", '1')]});
    journal.add("note", None, None, body);
    journal.add(
        "note",
        None,
        None,
        json!({"title":SECRET,"date":NOW - 20,"text":"older","files":[]}),
    );
    journal.add(
        "note",
        None,
        None,
        json!({"title":SECRET,"files":[file("no hash", '_')]}),
    );
    journal
}

/// With a journal of an account beside it.
fn index() -> (Place, telekeep_index::Index) {
    let (place, mut index) = Place::of(&Journal::new());
    index.apply("notes", journal().iter()).unwrap();
    (place, index)
}

fn all() -> NoteFilter {
    NoteFilter {
        limit: 10,
        ..NoteFilter::default()
    }
}

fn seqs(rows: &[NoteRow]) -> Vec<u64> {
    rows.iter().map(|row| row.seq).collect()
}

#[test]
fn they_are_there_whole_the_newest_first() {
    let (_place, index) = index();
    let rows = index.notes(&all()).unwrap();
    assert_eq!(seqs(&rows), [3, 2, 4]);
    let ada = &rows[1];
    assert_eq!((ada.chat, ada.chat_title.as_str()), (Some(USER), "Ada"));
    assert_eq!(ada.note.by.as_deref(), Some("Carla"));
    assert_eq!(ada.note.files[1].name, "boats.png");
    assert_eq!((ada.journal.as_str(), ada.archived), ("notes", NOW * 1000));
    assert_eq!((rows[0].chat, rows[0].chat_title.as_str()), (None, SECRET));
    let next = NoteFilter {
        after: Some(rows[0].place),
        limit: 1,
        ..all()
    };
    assert_eq!(seqs(&index.notes(&next).unwrap()), [2]);
    // What cannot be read is counted, not hidden.
    assert_eq!(
        index.not_understood().unwrap(),
        [("note record".to_owned(), 1)]
    );
}

#[test]
fn they_are_found_by_chat_and_by_words() {
    let (_place, index) = index();
    let of = |chat: NoteChat| {
        let count = index.note_count(Some(&chat)).unwrap();
        let filter = NoteFilter {
            chat: Some(chat),
            ..all()
        };
        let found = seqs(&index.notes(&filter).unwrap());
        assert_eq!(count, found.len() as u64);
        found
    };
    assert_eq!(of(NoteChat::Known(USER)), [2]);
    assert_eq!(of(NoteChat::Titled(SECRET.to_owned())), [3, 4]);
    assert_eq!(of(NoteChat::Known(GROUP)), [0_u64; 0]);
    // A title is not the name of a chat that is known.
    assert_eq!(of(NoteChat::Titled("Ada".to_owned())), [0_u64; 0]);
    assert_eq!(index.note_count(None).unwrap(), 3);
    assert_eq!(index.noted_titles().unwrap(), [SECRET]);
    let find = |words: &str| {
        let filter = NoteFilter {
            words: Some(words.to_owned()),
            ..all()
        };
        seqs(&index.notes(&filter).unwrap())
    };
    assert_eq!(find("QUAY night"), [2]);
    assert_eq!(find("carla"), [2]);
    assert_eq!(find("boats"), [2]);
    assert_eq!(find("шторм"), [3]);
    assert_eq!(find("secret"), [3, 4]);
    assert_eq!(find("\" OR *"), [0_u64; 0]);
    assert_eq!(find("?!"), [0_u64; 0]);
}

#[test]
fn their_files_are_held_each_once() {
    let (_place, index) = index();
    let key = format!("note/{}", "1".repeat(64));
    let Ok(FileState::Held(held)) = index.file(&key) else {
        panic!("it is held");
    };
    assert_eq!((held.size, held.blob.as_str()), (5, "b"));
    let totals = index.totals().unwrap();
    assert_eq!((totals.media, totals.media_bytes), (2, 10));
    assert_eq!((totals.messages, totals.chats), (0, 0));
    assert!(index.accounts().unwrap() == [ME]);
}

#[test]
fn an_index_built_anew_says_the_same() {
    let (place, before) = index();
    let before = before.notes(&all()).unwrap();
    let mut rebuild = telekeep_index::Index::rebuild(&place.path, Some(&KEY)).unwrap();
    rebuild.apply("account", Journal::new().iter()).unwrap();
    rebuild.apply("notes", journal().iter()).unwrap();
    let index = rebuild.finish().unwrap();
    assert_eq!(index.notes(&all()).unwrap(), before);
    assert_eq!(index.totals().unwrap().media, 2);
    // Applying again adds nothing.
    drop(index);
    let mut index = place.open();
    index.apply("notes", journal().iter()).unwrap();
    assert_eq!(index.note_count(None).unwrap(), 3);
}
