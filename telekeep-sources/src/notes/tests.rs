//! Notes go in whole and come out as they were.

use std::sync::Arc;

use telekeep_journal::{
    InitOptions, Known, LocalStore, MemoryStore, NewKey, Protection, Store, VerifyOptions,
};

use super::*;

fn encrypted(store: Arc<dyn Store>) -> Archive {
    let key = NewKey::passphrase_with("main", "correct horse", 2);
    let options = InitOptions {
        protection: Protection::Encrypted(vec![key]),
        now: 1,
    };
    Archive::init(store, &options).unwrap()
}

fn note(text: &str) -> Note {
    Note {
        title: "Ada, secret".to_owned(),
        text: text.to_owned(),
        ..Note::default()
    }
}

fn bodies(archive: &Archive) -> Vec<serde_json::Value> {
    let lines = archive.records(JOURNAL, 1).unwrap();
    lines
        .map(|line| serde_json::from_str(&line.unwrap().json).unwrap())
        .collect()
}

fn findings(archive: &Archive) -> Vec<String> {
    let mut known = Known::default();
    Memory::load(archive).unwrap().add_to(&mut known);
    let options = VerifyOptions {
        known,
        ..VerifyOptions::default()
    };
    let mut found = Vec::new();
    archive
        .verify(&options, &mut |finding: telekeep_journal::Finding| {
            found.push(finding.file)
        })
        .unwrap();
    found
}

#[test]
fn a_note_with_files_is_one_record_after_the_source() {
    let archive = encrypted(Arc::new(MemoryStore::new()));
    let bytes = vec![7_u8; PIECE * 3 + 1];
    let asked = std::cell::Cell::new(0);
    let kind = |head: &[u8]| {
        asked.set(asked.get() + head.len());
        Some("image/png".to_owned())
    };
    let file = keep(&archive, "one.png", None, &mut bytes.as_slice(), &kind).unwrap();
    assert_eq!(asked.get(), PIECE, "only the beginning is looked at");
    let empty = keep(&archive, "empty", Some(9), &mut io::empty(), &|_| None).unwrap();
    let full = Note {
        chat: Some(-5),
        by: Some("Carla".to_owned()),
        date: Some(1_600_000_000),
        files: vec![file, empty],
        ..note("what she said")
    };
    append(&archive, &full, 5000).unwrap();
    let head = append(&archive, &note("more"), 6000).unwrap();
    assert_eq!((head.segment, head.last), (2, 3));
    let all = bodies(&archive);
    assert_eq!(all[0]["body"], json!({"type":"notes"}));
    assert_eq!(all[1]["chat"], -5);
    assert_eq!(all[1]["body"]["files"][0]["size"], bytes.len());
    assert_eq!(all[1]["body"]["files"][1]["mime"], json!(null));
    let blob = all[1]["body"]["files"][0]["blob"].as_str().unwrap();
    let mut read = Vec::new();
    archive
        .blob_reader(blob)
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert_eq!(read, bytes);
    assert_eq!(all[2].get("chat"), None);
    assert_eq!(
        all[2]["body"],
        json!({"title":"Ada, secret","text":"more","files":[]})
    );
    assert_eq!(findings(&archive), [""; 0]);
}

#[test]
fn what_cannot_be_a_note() {
    let long = "x".repeat(MOST_TEXT + 1);
    assert!(matches!(note(" \n").check(&[]), Err(NoteError::Empty)));
    assert!(note("").check(&["file"]).is_ok());
    assert!(matches!(
        note(&long).check(&[]),
        Err(NoteError::TooLong { .. })
    ));
    let many = vec!["file"; MOST_FILES + 1];
    assert!(matches!(
        note("x").check(&many),
        Err(NoteError::TooManyFiles)
    ));
    let named = "y".repeat(MOST_WORDS + 1);
    assert!(note("x").check(&[&named]).is_err());
    // The longest is no longer than a record may be.
    let archive = encrypted(Arc::new(MemoryStore::new()));
    append(&archive, &note(&"\u{1}".repeat(MOST_TEXT)), 1).unwrap();
}

/// Writes to a store end after some files: what is left is what a killed program leaves.
#[test]
fn an_interruption_leaves_the_whole_note_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let archive = encrypted(Arc::new(LocalStore::new(folder.path())));
    append(&archive, &note("first"), 1).unwrap();
    let before = archive.head(JOURNAL).unwrap();
    let second = folder.path().join("journals/notes/00000002.seal.json");
    append(&archive, &note("second"), 2).unwrap();
    let seal = std::fs::read(&second).unwrap();
    // Between the segment and its seal.
    std::fs::remove_file(&second).unwrap();
    Memory::sealing(before.clone()).store(&archive).unwrap();
    assert_eq!(findings(&archive), [""; 0]);
    assert_eq!(bodies(&archive).len(), 2);
    append(&archive, &note("third"), 3).unwrap();
    let texts: Vec<_> = bodies(&archive);
    assert_eq!(texts[2]["body"]["text"], "third");
    assert_eq!(findings(&archive), [""; 0]);
    // After the seal, before it was remembered.
    Memory::sealing(before).store(&archive).unwrap();
    assert_eq!(findings(&archive), [""; 0]);
    append(&archive, &note("fourth"), 4).unwrap();
    assert_eq!(bodies(&archive).len(), 4);
    assert_eq!(findings(&archive), [""; 0]);
    assert_ne!(std::fs::read(&second).unwrap(), seal);
}

#[test]
fn notes_cut_off_are_missed_and_planted_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = encrypted(Arc::new(LocalStore::new(folder.path())));
    append(&archive, &note("first"), 1).unwrap();
    let planted = folder.path().join("journals/notes/00000002.jsonl.zst.age");
    std::fs::write(&planted, "x").unwrap();
    assert_eq!(
        findings(&archive),
        [
            "journals/notes/00000002.seal.json",
            "journals/notes/00000002.jsonl.zst.age"
        ]
    );
    std::fs::remove_file(&planted).unwrap();
    append(&archive, &note("second"), 2).unwrap();
    for name in ["00000002.seal.json", "00000002.jsonl.zst.age"] {
        std::fs::remove_file(folder.path().join("journals/notes").join(name)).unwrap();
    }
    assert_eq!(findings(&archive).len(), 1);
    let refused = append(&archive, &note("third"), 3);
    assert!(matches!(
        refused,
        Err(NoteError::Archive(Error::Diverged { .. }))
    ));
    // Whoever gives them up may go on.
    std::fs::remove_file(folder.path().join(PATH_IN_ARCHIVE)).unwrap();
    append(&archive, &note("third"), 3).unwrap();
    assert_eq!(bodies(&archive).len(), 3);
}

const PATH_IN_ARCHIVE: &str = "local/notes.json";

#[test]
fn a_file_that_cannot_be_read_is_told_so() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is old"))
        }
    }
    let archive = encrypted(Arc::new(MemoryStore::new()));
    let kept = keep(&archive, "x", None, &mut Broken, &|_| None);
    assert!(matches!(kept, Err(NoteError::Read(_))));
}
