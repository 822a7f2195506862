//! What the writer stores of answers, and what of it is recorded.

use serde_json::{Value, json};
use telekeep_journal::Record;

use super::*;
use crate::monitor::Silent;
use crate::spool::{AccountName, Count, FileCounts};
use crate::telegram::backup::decode::{History, Outline, PeerFilter};

const CHAT: i64 = -1_000_000_000_009;

struct Desk {
    _folder: tempfile::TempDir,
    recorder: Recorder,
    filter: PeerFilter,
}

impl Desk {
    fn new(keep_protected: bool) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let spool = Arc::new(
            Spool::open_at(
                &folder.path().join("spool.db"),
                None,
                &AccountName::default(),
            )
            .unwrap(),
        );
        let run = Run::new("00".into(), json!({}), json!({}), Arc::new(|| 1));
        let recorder = Recorder {
            spool,
            run: Arc::new(run),
            monitor: Arc::new(Silent),
            rules: FileRules {
                keep_protected,
                ..FileRules::default()
            },
            layer: 230,
            settled: Settled::default(),
            portrayed: Portrayed::default(),
            seal: mpsc::channel(1).0,
        };
        Desk {
            _folder: folder,
            recorder,
            filter: PeerFilter::default(),
        }
    }

    fn spool(&self) -> &Spool {
        &self.recorder.spool
    }

    fn page(&self, messages: Value) -> History {
        let schema = telekeep_tl::bundled(230).unwrap();
        let answer = json!({"_": "messages.channelMessages", "pts": 1, "count": 10,
            "messages": messages, "topics": [], "chats": [], "users": []});
        let mut bytes = Vec::new();
        schema
            .encode("messages.Messages", &answer, &mut bytes)
            .unwrap();
        Outline::of(schema, &bytes)
            .unwrap()
            .decode(schema, &self.filter, CHAT)
    }

    fn store(&self, messages: Value, protected: bool, raw: Vec<(Vec<u8>, String)>) {
        let got = Got {
            first: 1,
            last: 9,
            counted: None,
            end: None,
        };
        let page = Box::new(self.page(messages));
        let item = Item::History {
            chat: CHAT,
            protected,
            page,
            got,
            listing: Listing::Whole,
            raw,
        };
        let (recorder, run) = (&self.recorder, &self.recorder.run);
        recorder
            .spool
            .commit(run, |tx| {
                tx.add_chat(CHAT)?;
                recorder.store(tx, item, &mut After::default())
            })
            .unwrap();
    }

    fn records(&self, kind: &str) -> Vec<Record> {
        let lines = self.spool().unsealed(1, usize::MAX).unwrap();
        let records = lines
            .iter()
            .map(|line| serde_json::from_str::<Record>(&line.json).unwrap());
        records.filter(|record| record.kind == kind).collect()
    }
}

fn message(id: i32, text: &str, more: Value) -> Value {
    let mut message = json!({"_": "message", "id": id, "date": 1, "message": text,
        "peer_id": {"_": "peerChannel", "channel_id": 9}});
    let fields = message.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    message
}

fn with_file(id: i32, more: Value) -> Value {
    let document = json!({"_": "document", "id": 77, "access_hash": 3, "file_reference": "AQI=",
        "date": 1, "mime_type": "text/plain", "size": 10, "dc_id": 2, "attributes": []});
    let mut media = json!({"_": "messageMediaDocument", "document": document});
    media
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    message(id, "", json!({"media": media}))
}

#[test]
fn an_edited_message_is_a_new_version_and_counters_are_not() {
    let desk = Desk::new(false);
    desk.store(
        json!([message(
            4,
            "a",
            json!({"views": 1, "forwards": 1, "post": true})
        )]),
        false,
        vec![],
    );
    desk.store(
        json!([message(
            4,
            "a",
            json!({"views": 9, "forwards": 2, "post": true})
        )]),
        false,
        vec![],
    );
    assert_eq!(desk.records("message").len(), 1);
    desk.store(
        json!([message(4, "b", json!({"edit_date": 5, "post": true}))]),
        false,
        vec![],
    );
    let records = desk.records("message");
    assert_eq!(records.len(), 2);
    assert_eq!(
        (records[0].chat, records[0].id, records[0].layer),
        (Some(CHAT), Some(4), Some(230))
    );
    assert_eq!(desk.spool().chat(CHAT).unwrap().unwrap().held, 1);
    assert_eq!(desk.records("coverage").len(), 1);
}

#[test]
fn self_destructing_media_is_never_queued() {
    for keep_protected in [false, true] {
        let desk = Desk::new(keep_protected);
        desk.store(
            json!([with_file(4, json!({"ttl_seconds": 30}))]),
            false,
            vec![],
        );
        let left_out = FileCounts {
            left_out: 1,
            ..FileCounts::default()
        };
        assert_eq!(desk.spool().file_counts().unwrap(), left_out);
        let missing = desk.records("media_missing");
        assert!(missing[0].body.get().contains("SELF_DESTRUCTING"));
        assert_eq!(desk.records("message").len(), 1);
    }
}

#[test]
fn not_even_a_preview_of_self_destructing_media_is_kept() {
    let photo = json!({"_": "photo", "id": 8, "access_hash": 3, "file_reference": "AQI=", "date": 1,
        "dc_id": 2, "sizes": [{"_": "photoStrippedSize", "type": "i", "bytes": "c2VjcmV0"},
            {"_": "photoSize", "type": "x", "w": 8, "h": 8, "size": 90}]});
    for (ttl, kept) in [(json!({"ttl_seconds": 9}), false), (json!({}), true)] {
        let mut media = json!({"_": "messageMediaPhoto", "photo": photo});
        media
            .as_object_mut()
            .unwrap()
            .extend(ttl.as_object().unwrap().clone());
        let desk = Desk::new(false);
        desk.store(
            json!([message(4, "look", json!({"media": media}))]),
            false,
            vec![],
        );
        let record = desk.records("message").remove(0);
        assert_eq!(record.body.get().contains("c2VjcmV0"), kept);
        assert!(record.body.get().contains("look"));
    }
}

#[test]
fn protected_media_is_left_out_with_its_reason_unless_its_owner_decides() {
    let noforwards = {
        let mut message = with_file(4, json!({}));
        message["noforwards"] = json!(true);
        message
    };
    for (message, protected) in [(with_file(4, json!({})), true), (noforwards, false)] {
        let desk = Desk::new(false);
        desk.store(json!([message]), protected, vec![]);
        assert_eq!(desk.spool().file_counts().unwrap().left_out, 1);
        assert!(
            desk.records("media_missing")[0]
                .body
                .get()
                .contains("PROTECTED_CONTENT")
        );
        let desk = Desk::new(true);
        desk.store(json!([message]), protected, vec![]);
        assert_eq!(desk.spool().file_counts().unwrap().waiting, 1);
    }
}

#[test]
fn empty_places_and_undecodable_answers_are_explained() {
    let desk = Desk::new(false);
    let raw = vec![(vec![1, 2, 3], "no such constructor".to_owned())];
    desk.store(
        json!([{"_": "messageEmpty", "id": 3}, message(4, "a", json!({}))]),
        false,
        raw,
    );
    let absent = desk.records("absent");
    assert_eq!((absent.len(), absent[0].id), (1, Some(3)));
    let raw = desk.records("raw");
    assert!(raw[0].body.get().contains("AQID"));
    let chat = desk.spool().chat(CHAT).unwrap().unwrap();
    assert_eq!((chat.held, chat.explained), (1, 2));
}

#[test]
fn a_supergroup_brings_up_the_group_it_was_made_of() {
    let desk = Desk::new(false);
    let service = json!({"_": "messageService", "id": 1, "date": 1,
        "peer_id": {"_": "peerChannel", "channel_id": 9},
        "action": {"_": "messageActionChannelMigrateFrom", "title": "t", "chat_id": 55}});
    desk.store(json!([service]), false, vec![]);
    assert!(desk.spool().chat(-55).unwrap().unwrap().is_open());
}

#[test]
fn a_healed_chat_is_told_even_when_nothing_else_is_new() {
    let desk = Desk::new(false);
    let store = |item: Item| {
        let (recorder, run) = (&desk.recorder, &desk.recorder.run);
        recorder
            .spool
            .commit(run, |tx| recorder.store(tx, item, &mut After::default()))
            .unwrap();
    };
    let end = || {
        let count = Some(Count {
            messages: 1,
            inexact: false,
        });
        let got = Got {
            first: 5,
            last: 4,
            counted: None,
            end: Some((4, count)),
        };
        let page = Box::new(desk.page(json!([])));
        Item::History {
            chat: CHAT,
            protected: false,
            page,
            got,
            listing: Listing::Whole,
            raw: vec![],
        }
    };
    desk.store(json!([message(4, "a", json!({}))]), false, vec![]);
    store(end());
    let before = desk.records("coverage").len();
    store(end());
    assert_eq!(desk.records("coverage").len(), before);
    store(Item::ChatFailed {
        chat: CHAT,
        error: "CHANNEL_PRIVATE".into(),
    });
    store(end());
    assert_eq!(desk.records("coverage").len(), before + 1);
}

#[test]
fn an_undecodable_list_of_chats_is_kept_once_and_healed_by_a_whole_walk() {
    let desk = Desk::new(false);
    let store = |item: Item| {
        let (recorder, run) = (&desk.recorder, &desk.recorder.run);
        recorder
            .spool
            .commit(run, |tx| recorder.store(tx, item, &mut After::default()))
            .unwrap();
    };
    for _ in 0..2 {
        store(Item::DialogsFailed {
            bytes: vec![1, 2, 3],
            error: "no such constructor".into(),
        });
    }
    assert_eq!(
        (desk.records("raw").len(), desk.records("failure").len()),
        (1, 1)
    );
    assert_eq!(desk.spool().failures().unwrap()[0].what, "dialogs");
    let (stored, _done) = oneshot::channel();
    store(Item::Dialogs {
        page: Box::default(),
        place: None,
        stored,
    });
    assert!(desk.spool().failures().unwrap().is_empty());
}
