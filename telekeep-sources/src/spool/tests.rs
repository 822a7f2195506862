use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use telekeep_journal::{BlobInfo, Head, StoredFile, Tail, TailLine};

use super::*;

const KEY: [u8; 32] = [7; 32];
const FILE: &str = "spool.db";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn open(&self) -> Spool {
        open_at(&self.folder.path().join(FILE), Some(KEY)).unwrap()
    }
}

fn open_at(path: &Path, key: Option<[u8; 32]>) -> Result<Spool, SpoolError> {
    Spool::open_at(path, key, &AccountName::default())
}

fn run() -> Run {
    let source = json!({"type": "telegram", "account": 1});
    let start = json!({"event": "start"});
    Run::new(
        "00c0ffee00c0ffee".into(),
        source,
        start,
        Arc::new(|| 1_760_000_000_000),
    )
}

fn message(tx: &mut SpoolTx<'_>, id: i64, text: &str) -> Result<u64, SpoolError> {
    let body = json!({"message": text}).to_string();
    tx.record(Kind::Message, Some(5), Some(id), Some(230), body.as_bytes())
}

fn lines(spool: &Spool, from: u64, bytes: usize) -> Vec<TailLine> {
    spool.unsealed(from, bytes).unwrap()
}

fn head(last: u64) -> Head {
    Head {
        journal: AccountName::default().journal(),
        segment: 1,
        last,
        sha256: "00".into(),
    }
}

#[test]
fn records_are_numbered_lines_that_begin_with_source_and_run() {
    let place = Place::new();
    let spool = place.open();
    let run = run();
    spool.commit(&run, |tx| message(tx, 55, "hello")).unwrap();
    let stored = lines(&spool, 1, 1 << 20);
    let json: Vec<&str> = stored.iter().map(|line| line.json.as_str()).collect();
    let common = r#""time":1760000000000,"run":"00c0ffee00c0ffee""#;
    assert_eq!(
        json,
        [
            format!(
                r#"{{"seq":1,{common},"kind":"source","body":{{"account":1,"type":"telegram"}}}}"#
            ),
            format!(r#"{{"seq":2,{common},"kind":"run","body":{{"event":"start"}}}}"#),
            format!(
                r#"{{"seq":3,{common},"kind":"message","chat":5,"id":55,"layer":230,"body":{{"message":"hello"}}}}"#
            ),
        ]
    );
    assert_eq!(
        (run.records(), run.started(), spool.last_seq().unwrap()),
        (3, true, 3)
    );
    assert_eq!(spool.source().unwrap().unwrap()["account"], 1);
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let result: Result<(), SpoolError> = spool.commit(&run, |tx| {
        message(tx, 1, "x")?;
        Err(SpoolError::Damaged { what: "test" })
    });
    assert!(result.is_err());
    assert_eq!(
        (spool.last_seq().unwrap(), run.started(), run.records()),
        (0, false, 0)
    );
    spool.commit(&run, |tx| message(tx, 1, "x")).unwrap();
    assert_eq!(lines(&spool, 1, 1 << 20).len(), 3);
}

#[test]
fn a_transaction_without_records_leaves_no_trace() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    spool.commit(&run, |tx| tx.add_chat(5)).unwrap();
    assert_eq!((spool.last_seq().unwrap(), run.started()), (0, false));
}

#[test]
fn the_tail_is_read_in_pieces_and_forgotten_when_sealed() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let long = "x".repeat(300_000);
    for id in 1..=10 {
        spool.commit(&run, |tx| message(tx, id, &long)).unwrap();
    }
    let first = lines(&spool, 1, 700_000);
    assert_eq!(
        first.iter().map(|line| line.seq).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(lines(&spool, 9, 1)[0].seq, 9);
    assert!(lines(&spool, 13, 1).is_empty());
    let mut tail = SpoolTail(&spool);
    // A head in the middle of a row: what is after it stays readable.
    spool
        .commit(&run, |tx| {
            (11..=13).try_for_each(|id| message(tx, id, "short").map(drop))
        })
        .unwrap();
    tail.sealed(&head(13)).unwrap();
    assert!(lines(&spool, 13, 1).is_empty());
    assert_eq!(
        lines(&spool, 14, 1 << 20)
            .iter()
            .map(|line| line.seq)
            .collect::<Vec<_>>(),
        [14, 15]
    );
    tail.sealed(&head(15)).unwrap();
    assert_eq!(
        (spool.unsealed_bytes().unwrap(), spool.last_seq().unwrap()),
        (0, 15)
    );
    spool.commit(&run, |tx| message(tx, 14, "next")).unwrap();
    assert_eq!(lines(&spool, 16, 1)[0].seq, 16);
    assert_eq!(spool.head().unwrap(), Some(head(15)));
}

#[test]
fn stored_files_stay_with_their_record() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let file = FileRow {
        key: "document/9".into(),
        dc: 2,
        size: 3,
        access_hash: 1,
        reference: vec![1],
        mime: Some("text/plain".into()),
        name: None,
        origins: vec![Origin::Message { chat: -5, id: 7 }],
        attempts: 0,
        traits: FileTraits::default(),
    };
    let stored = StoredFile {
        file: "blobs/ab/abc.age".into(),
        size: 200,
        sha256: "ff".into(),
    };
    let blob = BlobInfo {
        name: "abc".into(),
        size: 3,
        sha256: "ee".into(),
        files: vec![stored.clone()],
        existed: false,
    };
    spool
        .commit(&run, |tx| tx.want_file(&file, false, None))
        .unwrap();
    assert_eq!(
        spool.waiting_files("", 9).unwrap(),
        std::slice::from_ref(&file)
    );
    spool.commit(&run, |tx| tx.file_held(&file, &blob)).unwrap();
    let media = lines(&spool, 3, 1).remove(0);
    assert_eq!(media.blobs, [stored]);
    assert!(media.json.contains(r#""chat":-5,"id":7"#) && media.json.contains(r#""blob":"abc""#));
    assert!(spool.waiting_files("", 9).unwrap().is_empty());
    // Seeing it again changes nothing: it is held.
    spool
        .commit(&run, |tx| tx.want_file(&file, false, None))
        .unwrap();
    assert_eq!(
        spool.file_counts().unwrap(),
        FileCounts {
            held: 1,
            ..FileCounts::default()
        }
    );
}

#[test]
fn files_left_out_by_a_rule_come_in_when_seen_elsewhere() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let mut file = FileRow {
        key: "photo/9/y".into(),
        dc: 2,
        size: 3,
        access_hash: 1,
        reference: vec![1],
        mime: None,
        name: None,
        origins: vec![Origin::Message { chat: -5, id: 7 }],
        attempts: 0,
        traits: FileTraits::default(),
    };
    spool
        .commit(&run, |tx| {
            tx.want_file(&file, true, Some("PROTECTED_CONTENT"))
        })
        .unwrap();
    let counts = spool.file_counts().unwrap();
    assert_eq!((counts.left_out, counts.waiting), (1, 0));
    assert!(lines(&spool, 3, 1)[0].json.contains("PROTECTED_CONTENT"));
    file.origins = vec![Origin::Message { chat: 8, id: 1 }];
    spool
        .commit(&run, |tx| tx.want_file(&file, false, None))
        .unwrap();
    assert_eq!(spool.waiting_files("", 9).unwrap(), [file]);
    assert_eq!(spool.last_seq().unwrap(), 3);
}

#[test]
fn messages_seen_again_are_told_from_new_and_changed_ones() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let see = |chat: i64, ids: &[(i32, u8)]| {
        let prints: Vec<_> = ids.iter().map(|&(id, print)| (id, [print; 16])).collect();
        spool
            .commit(&run, |tx| tx.see_messages(chat, &prints))
            .unwrap()
    };
    use Seen::{Changed, New, Same};
    assert_eq!(see(5, &[(1, 1), (3, 1), (9, 1)]), [New, New, New]);
    assert_eq!(see(5, &[(9, 1), (1, 2), (2, 1)]), [Same, Changed, New]);
    assert_eq!(
        see(5, &[(1, 2), (2, 1), (3, 1), (9, 1)]),
        [Same, Same, Same, Same]
    );
    assert_eq!(see(6, &[(1, 1)]), [New]);
    // More than fits one row, overlapping several.
    let many: Vec<(i32, u8)> = (1..=700).map(|id| (id, 2)).collect();
    assert_eq!(
        see(5, &many).iter().filter(|seen| **seen == New).count(),
        696
    );
    assert!(see(5, &many).iter().all(|seen| *seen == Same));
    assert!(
        see(5, &[(400, 2), (401, 2)])
            .iter()
            .all(|seen| *seen == Same)
    );
    assert_eq!(see(5, &[(-4, 1), (i32::MAX, 1)]), [New, New]);
}

#[test]
fn a_shortened_peer_never_replaces_a_full_one() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let full = Peer {
        chat: 5,
        access_hash: Some(77),
        is_self: false,
        protected: false,
        min: false,
        portrait: None,
        who: Who::default(),
    };
    let min = Peer {
        access_hash: Some(1),
        min: true,
        ..full.clone()
    };
    let see = |peer: &Peer, print: u8| {
        spool
            .commit(&run, |tx| tx.see_peer(peer, [print; 16]))
            .unwrap()
    };
    assert_eq!(see(&min, 1), Seen::New);
    assert_eq!(spool.access_hash(5).unwrap(), None);
    assert_eq!(see(&full, 2), Seen::Changed);
    assert_eq!(see(&min, 1), Seen::Same);
    assert_eq!(spool.access_hash(5).unwrap(), Some(77));
    assert_eq!(see(&full, 2), Seen::Same);
}

#[test]
fn coverage_is_merged_and_a_chat_is_open_until_listed() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let cover = |first, last| spool.commit(&run, |tx| tx.cover(5, first, last)).unwrap();
    spool
        .commit(&run, |tx| tx.see_dialog(5, 300, [1; 16]))
        .unwrap();
    assert!(cover(1, 100) && cover(201, 300) && cover(101, 150));
    assert!(!cover(10, 150));
    assert_eq!(
        spool.coverage(5).unwrap().iter().collect::<Vec<_>>(),
        [(1, 150), (201, 300)]
    );
    assert!(cover(151, 200));
    assert!(spool.coverage(5).unwrap().contains(1, 300));
    assert!(spool.chat(5).unwrap().unwrap().is_open());
    let count = Some(Count {
        messages: 12,
        inexact: false,
    });
    assert!(spool.commit(&run, |tx| tx.listed(5, 300, count)).unwrap());
    assert!(!spool.commit(&run, |tx| tx.listed(5, 300, count)).unwrap());
    let chat = spool.chat(5).unwrap().unwrap();
    assert_eq!((chat.is_open(), chat.missing()), (false, 12));
    spool.commit(&run, |tx| tx.count(5, 10, 2)).unwrap();
    assert_eq!(spool.chat(5).unwrap().unwrap().missing(), 0);
    spool
        .commit(&run, |tx| tx.see_dialog(5, 301, [1; 16]))
        .unwrap();
    assert!(spool.chat(5).unwrap().unwrap().is_open());
}

#[test]
fn a_failure_is_news_only_once() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    let fail = |error: &str| {
        spool
            .commit(&run, |tx| tx.fail("chat", "5", error))
            .unwrap()
    };
    assert!(fail("CHANNEL_PRIVATE") && !fail("CHANNEL_PRIVATE") && fail("CHANNEL_INVALID"));
    assert_eq!(spool.failures().unwrap().len(), 1);
    assert!(spool.commit(&run, |tx| tx.resolve("chat", "5")).unwrap());
    assert!(spool.failures().unwrap().is_empty());
}

#[test]
fn nothing_is_readable_without_the_key() {
    let place = Place::new();
    let (spool, run) = (place.open(), run());
    spool
        .commit(&run, |tx| message(tx, 1, "a very secret word"))
        .unwrap();
    let needle = b"secret";
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
    assert!(spool.check().unwrap().is_empty());
    drop(spool);
    let path = place.folder.path().join(FILE);
    for key in [None, Some([8; 32])] {
        let error = open_at(&path, key).unwrap_err();
        assert!(matches!(error, SpoolError::WrongKey { .. }), "{error}");
    }
    assert_eq!(lines(&place.open(), 3, 1).len(), 1);
}

#[test]
fn a_newer_spool_is_refused() {
    let place = Place::new();
    place
        .open()
        .writing()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = open_at(&place.folder.path().join(FILE), Some(KEY)).unwrap_err();
    assert!(
        matches!(error, SpoolError::Newer { found: 99, .. }),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let spool = place.open();
    let mode = std::fs::metadata(spool.path())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_reader_sees_what_is_committed_while_the_writer_works() {
    let folder = tempfile::tempdir().unwrap();
    let options = telekeep_journal::InitOptions {
        protection: telekeep_journal::Protection::None,
        now: 1,
    };
    let archive =
        telekeep_journal::Archive::init_folder(folder.path().join("a"), &options).unwrap();
    let missing = Spool::open_reader(&archive, &AccountName::default()).unwrap_err();
    assert!(matches!(missing, SpoolError::Missing { .. }), "{missing}");
    let (spool, run) = (Spool::open(&archive).unwrap(), run());
    let reader = Spool::open_reader(&archive, &AccountName::default()).unwrap();
    spool.commit(&run, |tx| message(tx, 1, "first")).unwrap();
    spool
        .commit(&run, |tx| {
            message(tx, 2, "second")?;
            assert_eq!(lines(&reader, 1, 1 << 20).len(), 3);
            Ok(())
        })
        .unwrap();
    assert_eq!(lines(&reader, 1, 1 << 20).len(), 4);
    assert!(reader.commit(&run, |tx| message(tx, 3, "x")).is_err());
    assert!(reader.check().unwrap().is_empty());
}

#[test]
fn a_list_of_saved_contacts_tells_what_is_new_and_what_is_gone() {
    let place = Place::new();
    let spool = place.open();
    let see = |entries: &[(&str, u8)]| {
        let list = entries
            .iter()
            .map(|&(phone, print)| (phone.to_owned(), [print; 16]))
            .collect();
        let saved = spool.commit(&run(), |tx| tx.see_saved_contacts(&list));
        let Saved { news, gone } = saved.unwrap();
        (news.join(" "), gone.join(" "))
    };
    let answer = |news: &str, gone: &str| (news.to_owned(), gone.to_owned());
    assert_eq!(see(&[("1", 1), ("2", 1)]), answer("1 2", ""));
    assert_eq!(see(&[("1", 1), ("2", 1)]), answer("", ""));
    assert_eq!(see(&[("2", 9), ("3", 1)]), answer("2 3", "1"));
    assert_eq!(see(&[]), answer("", "2 3"));
    assert_eq!(see(&[("1", 1)]), answer("1", ""), "it is back");
}

#[test]
fn a_chat_that_was_left_waits_for_nothing_but_its_own_messages() {
    let place = Place::new();
    let spool = place.open();
    let chat = || spool.chat(-1_000_000_000_007).unwrap().unwrap();
    let commit = |work: &dyn Fn(&mut SpoolTx<'_>) -> Result<bool, SpoolError>| {
        spool.commit(&run(), |tx| work(tx)).unwrap()
    };
    let id = -1_000_000_000_007;
    let enter = |tx: &mut SpoolTx<'_>| Ok(tx.see_dialog(id, 40, [1; 16])?.is_news());
    assert!(commit(&enter));
    let count = Count {
        messages: 40,
        inexact: false,
    };
    commit(&|tx| tx.listed(id, 40, Some(count)));
    assert!(chat().missing() == 40 && !chat().is_open());
    assert!(commit(&|tx| tx.leave_chat(id)));
    assert!(!commit(&|tx| tx.leave_chat(id)), "no news twice");
    assert_eq!((chat().departed, chat().missing()), (Departed::ToList, 0));
    assert!(chat().is_open());
    commit(&|tx| tx.departed_listed(id).map(|()| true));
    assert!(!chat().is_worth_asking());
    // Back again: the dialog is news though nothing of it changed, and the chat is listed anew.
    assert!(commit(&enter));
    assert_eq!((chat().departed, chat().server), (Departed::No, None));
    assert!(chat().is_open());
}

#[test]
fn a_spool_of_before_exports_is_upgraded() {
    let place = Place::new();
    let db = super::open::connect(&place.folder.path().join(FILE), Some(&KEY), 1024).unwrap();
    db.execute_batch(super::open::MIGRATIONS[0]).unwrap();
    db.execute_batch("INSERT INTO chat (chat) VALUES (5); PRAGMA user_version = 1")
        .unwrap();
    drop(db);
    let spool = place.open();
    assert_eq!(spool.chat(5).unwrap().unwrap().departed, Departed::No);
    assert!(spool.commit(&run(), |tx| tx.leave_chat(5)).unwrap());
}
