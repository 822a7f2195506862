//! Notes: what is kept by hand, in archives that were never logged in and in those that were.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Cloud, Outcome, Place, SMALL, files};

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
const TITLE: &str = "Ada, secret";

/// The notes there are, by the program's own list.
fn listed(place: &Place, args: &[&str]) -> Vec<Value> {
    let args: Vec<_> = ["note", "--list", "--json"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    place.run(&args).expect(0).of_type("note")
}

#[test]
fn a_note_is_kept_without_any_login_and_read_without_this_program() {
    let place = Place::with_archive();
    place.write("screen.png", PIXEL);
    place.write("export.txt", "all of it");
    let note = [
        "note",
        TITLE,
        "--new",
        "--text",
        "What she said",
        "--file",
        "screen.png",
        "--file",
        "export.txt",
        "--by",
        "Carla",
        "--date",
        "2024-03-01T14:05:00Z",
    ];
    let first = place.run(&note).expect(0);
    assert!(first.stdout.contains("Archived") && first.stdout.contains("Head of notes: record 2"));
    // The same input twice is the same archive.
    assert!(
        place
            .run(&note)
            .expect(0)
            .stdout
            .contains("nothing was added")
    );
    let notes = listed(&place, &[]);
    assert_eq!(notes.len(), 1);
    let note = &notes[0];
    assert_eq!(
        (&note["chat"], &note["chat_title"]),
        (&Value::Null, &TITLE.into())
    );
    assert_eq!(
        (&note["by"], &note["date"]),
        (&"Carla".into(), &1_709_301_900.into())
    );
    assert_eq!(note["text"], "What she said");
    assert_eq!(
        (&note["files"][0]["mime"], &note["files"][1]["mime"]),
        (&"image/png".into(), &Value::Null)
    );
    let hash = "07630777646b9ad0ad5940c20f7703e5ba431d90dc8f191af6916bffca3e859c";
    assert_eq!(note["files"][1]["sha256"], hash);
    // A second note about the same chat needs no --new, nor all of its title.
    place
        .run(&["note", "ada, sec", "--text", "more", "--date", "2024-03-02"])
        .expect(0);
    assert_eq!(listed(&place, &["secret"]).len(), 2);
    // A search finds what it says, and the names of its files.
    for words in ["she said", "scre"] {
        let found = place.run(&["search", words, "--json"]).expect(0);
        let found = found.of_type("note");
        assert_eq!(found.len(), 1, "{words}");
        assert_eq!(found[0]["text"], "What she said");
    }
    let found = place.run(&["search", "carla"]).expect(0).stdout;
    assert!(found.contains("note, archived") && found.contains("    What she said · screen.png"));
    assert!(!found.contains("sha256"), "{found}");
    assert_eq!(listed(&place, &["--limit", "1"])[0]["text"], "more");

    let total = place.run(&["status", "--json"]).expect(0).of_type("total");
    assert_eq!(
        (&total[0]["notes"], &total[0]["media"]),
        (&2.into(), &2.into())
    );
    assert!(
        place
            .run(&["status"])
            .expect(0)
            .stdout
            .contains("2 notes kept by hand")
    );
    place.run(&["verify"]).expect(0);
    place.run(&["verify", "--without-key"]).expect(0);
    let before = listed(&place, &[]);
    place.run(&["reindex"]).expect(0);
    assert_eq!(listed(&place, &[]), before);
    let log = place
        .run(&["log", "cat", "--journal", "notes", "--kind", "note"])
        .expect(0);
    assert_eq!(log.stdout.lines().count(), 2);
    independent(&place, &log.stdout);
}

/// The reader that was written from docs/format.md sees the same records.
fn independent(place: &Place, log: &str) {
    let Some(python) = std::env::var_os("TELEKEEP_PYTHON").filter(|python| !python.is_empty())
    else {
        return;
    };
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../telekeep-journal/tests/independent_reader.py"
    );
    let mut reader = Command::new(python);
    let read = Outcome::of(reader.arg(script).arg(place.archive()).arg("correct horse")).expect(0);
    for line in log.lines() {
        assert!(
            read.stdout.contains(&format!("notes {line}\n")),
            "{}",
            read.stdout
        );
    }
}

#[test]
fn what_cannot_be_kept_is_told_before_anything_is_written() {
    let place = Place::with_archive();
    place.write("file", "x");
    std::fs::create_dir(place.path("folder")).unwrap();
    let before = files(&place.archive());
    for (args, code, words) in [
        (&["Ada", "--new"][..], 2, "needs a text or a file"),
        (
            &["Ada", "--new", "--text", " \n "],
            2,
            "needs a text or a file",
        ),
        (&["Ada", "--new", "--file", "folder"], 1, "is a folder"),
        (
            &["Ada", "--new", "--file", "file", "--file", "nowhere"],
            1,
            "cannot read nowhere",
        ),
        (
            &["Ada", "--new", "--text", "x", "--date", "someday"],
            2,
            "is not a date",
        ),
        (&["Ada", "--text", "x"], 1, "--new"),
        (&["", "--new", "--text", "x"], 2, "needs a title"),
        (&["--text", "x"], 2, "CHAT"),
        (&["Ada", "--list", "--text", "x"], 2, "cannot be used with"),
    ] {
        let args: Vec<_> = ["note"].iter().chain(args).copied().collect();
        place.run(&args).expect(code).says(&[words]);
    }
    let local = |name: &&String| !name.starts_with("local/");
    let after = files(&place.archive());
    assert_eq!(
        after.iter().filter(local).collect::<Vec<_>>(),
        before.iter().filter(local).collect::<Vec<_>>()
    );
    assert_eq!(listed(&place, &[]).len(), 0);
}

#[test]
fn text_comes_from_standard_input_too() {
    let place = Place::with_archive();
    let give = |text: &[u8]| {
        let mut command = place.command(&["note", "Ada", "--new", "--text", "-"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // A program that refuses what is too long does not read all of it.
        let _ = child.stdin.take().unwrap().write_all(text);
        child.wait().unwrap().code()
    };
    assert_eq!(give("Привет,\nвсем\n".as_bytes()), Some(0));
    assert_eq!(listed(&place, &[])[0]["text"], "Привет,\nвсем");
    assert_eq!(give(b"\xff\xfe"), Some(2));
    assert_eq!(give("ж".repeat(1 << 20).as_bytes()), Some(2));
    assert_eq!(listed(&place, &[]).len(), 1);
}

#[test]
fn a_chat_of_the_account_is_found_by_its_name() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup"]).expect(0);
    let status = place.run(&["status", "--json"]).expect(0);
    let chats = status.of_type("chat");
    let chat = chats
        .iter()
        .find(|chat| chat["kind"] == "supergroup")
        .unwrap();
    let id = chat["id"].to_string();
    let added = place
        .run(&["note", &id, "--text", "seen", "--json"])
        .expect(0);
    let line = &added.of_type("note_added")[0];
    assert_eq!(
        (&line["chat"], &line["chat_title"]),
        (&chat["id"], &chat["title"])
    );
    assert_eq!(
        (&line["added"], &line["head"]["last"]),
        (&true.into(), &2.into())
    );
    place
        .run(&["note", &id, "--new", "--text", "x"])
        .expect(2)
        .says(&["knows a chat"]);
    // Nothing that was known of the account changes, and certificates speak of both journals.
    let after = place.run(&["status", "--json"]).expect(0);
    assert_eq!(after.of_type("chat"), chats);
    let total = |outcome: &Outcome| outcome.of_type("total")[0]["archived"].clone();
    assert_eq!(total(&after), total(&status));
    let certified = place.run(&["certify", "--json"]).expect(0).json();
    assert_eq!(certified[0]["heads"].as_array().unwrap().len(), 2);
    place.run(&["note", &id, "--text", "later"]).expect(0);
    place
        .run(&["certify", "--check", "telekeep-certificate.json"])
        .expect(0);
    place.run(&["backup"]).expect(0);
    assert_eq!(listed(&place, &[&id]).len(), 2);
    place.run(&["verify"]).expect(0);
}

#[test]
fn a_killed_note_is_there_whole_or_not_at_all() {
    let place = Place::with_archive();
    let bytes: Vec<u8> = (0..48_u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    place.write("large", &bytes);
    let note = ["note", "Ada", "--new", "--text", "x", "--file", "large"];
    let mut child = place.command(&note).stdout(Stdio::null()).spawn().unwrap();
    let tmp = place.archive().join("local/tmp");
    let begun = || std::fs::read_dir(&tmp).is_ok_and(|mut files| files.next().is_some());
    while !begun() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    place.run(&["verify"]).expect(0);
    for note in listed(&place, &[]) {
        assert_eq!(note["files"][0]["size"], bytes.len());
    }
    place.run(&note).expect(0);
    let notes = listed(&place, &[]);
    assert_eq!(
        (notes.len(), &notes[0]["files"][0]["size"]),
        (1, &bytes.len().into())
    );
    place.run(&["verify"]).expect(0);
}

#[test]
fn the_newest_notes_cannot_be_cut_off_unseen() {
    let place = Place::with_archive();
    place
        .run(&["note", "Ada", "--new", "--text", "one"])
        .expect(0);
    place.run(&["note", "Ada", "--text", "two"]).expect(0);
    let journal = place.archive().join("journals/notes");
    for name in ["00000002.jsonl.zst.age", "00000002.seal.json"] {
        std::fs::remove_file(journal.join(name)).unwrap();
    }
    place.run(&["verify"]).expect(20);
    place
        .run(&["note", "Ada", "--text", "three"])
        .expect(1)
        .says(&["notes", "disagree"]);
}
