//! Invariant 3: deleting the index and rebuilding gives the same answers.

use serde_json::json;
use telekeep_index::{ChatFilter, Gallery, Index, Place as At, Search, Zone};

use crate::support::*;

/// Everything an index answers, as text.
fn answers(index: &Index) -> String {
    let mut all = String::new();
    for chat in index.status().unwrap() {
        all += &format!("{chat:?}\n");
        for shown in index.messages(chat.id, At::Oldest, 100_000).unwrap() {
            all += &format!(
                "{shown:?} {:?}\n",
                index.versions(chat.id, shown.message.id).unwrap()
            );
        }
    }
    all += &format!(
        "{:?}\n{:?}\n",
        index.totals().unwrap(),
        index.failures().unwrap()
    );
    all += &format!(
        "{:?}\n{:?}\n",
        index.not_understood().unwrap(),
        index.accounts().unwrap()
    );
    all += &format!("{:?}\n", index.chats(&ChatFilter::default(), None, 100));
    for chat in [None, Some(USER), Some(GROUP), Some(CHANNEL), Some(ME)] {
        all += &format!(
            "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n",
            index.activity(chat, Zone::UTC),
            index.senders(chat, 100),
            index.kinds(chat),
            index.words(chat, 100_000, 50),
            index.attachments(chat, Gallery::Files, None, false, 1000),
        );
        let Some(chat) = chat else { continue };
        all += &format!("{:?}\n", index.person(chat));
        for shown in index.messages(chat, At::Oldest, 100_000).unwrap() {
            let id = shown.message.id;
            all += &format!(
                "{:?} {:?}\n",
                index.history(chat, id),
                index.replies(chat, id, 0, 100)
            );
        }
    }
    for query in [
        "w1",
        "w2 w3",
        "\"w1 w2\"",
        "w*",
        "中文",
        "文",
        "edited",
        "-w1 w2",
        "w4 OR w5",
        "is:deleted",
        "is:reply w3",
    ] {
        let mut after = None;
        loop {
            let page = index
                .search(&Search {
                    after,
                    limit: 97,
                    ..Search::new(query, NOW)
                })
                .unwrap();
            all += &format!("{query} {page:?}\n");
            let Some(next) = page.next else { break };
            after = Some(next);
        }
    }
    all
}

/// A history with edits, notes, files and dates in every disorder. Deterministic.
fn history(messages: u64) -> Journal {
    let mut journal = Journal::new();
    let mut state: u64 = 42;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let chats = [USER, GROUP, CHANNEL, ME];
    for _ in 0..messages {
        let chat = chats[usize::try_from(random(4)).unwrap()];
        let id = i64::try_from(random(messages)).unwrap() + 1;
        // Mostly apart, sometimes many in one second.
        let spread = if random(16) == 0 { 3 } else { messages * 9 };
        let date = 1_600_000_000 + i64::try_from(random(spread)).unwrap();
        let text = format!("w{} w{} 中文字 w{}", random(9), random(9), random(9));
        match random(14) {
            12 => {
                journal.add("deleted", Some(chat), Some(id), json!({}));
            }
            13 => {
                let mut reply = message(chat, id, date, &text);
                reply["reply_to"] = json!({"_":"messageReplyHeader","reply_to_msg_id":id / 2 + 1});
                journal.body(chat, id, reply);
            }
            0 => {
                journal.add("absent", Some(chat), Some(id), json!({"reason":"gone"}));
            }
            1 => journal.coverage(chat, id, id + 40, Some(id)),
            2 => {
                journal.body(chat, id, document(chat, id, date, id % 50, "w1.pdf"));
            }
            3 => journal.media(chat, id, &format!("document/{}", id % 50), 7),
            4 => journal.dialog(chat, id),
            5 => journal.peer(
                USER,
                json!({"_":"user","id":USER,"first_name":format!("Ada {id}")}),
            ),
            6 => {
                let mut body = message(chat, id, date, &format!("edited {text}"));
                body["edit_date"] = json!(date + 9);
                body["entities"] = json!([{"_":"messageEntityBold","offset":0,"length":6}]);
                journal.body(chat, id, body);
            }
            7 => {
                let file = format!("document/{}", id % 50);
                let body = json!({"what":"media","file":file,"error":"X","attempts":1});
                journal.add("media_missing", Some(chat), Some(id), body);
            }
            _ => {
                journal.text(chat, id, date, &text);
            }
        }
    }
    journal
}

/// Says the first line that differs.
fn same(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one.lines().count(), other.lines().count());
}

#[test]
fn any_way_of_building_gives_the_same_answers() {
    let journal = history(12_000);
    let place = Place::new();
    let mut live = place.open();
    // As a live backup would: in many small steps, with the index closed in between.
    for steps in [1, 5, 100, 1000, 9000, 12_000] {
        live.apply("account", journal.iter().take(steps)).unwrap();
    }
    drop(live);
    let mut live = place.open();
    live.apply("account", journal.iter()).unwrap();
    let expected = answers(&live);
    drop(live);

    let mut rebuild = Index::rebuild(&place.path, Some(&KEY)).unwrap();
    rebuild.apply("account", journal.iter().take(7)).unwrap();
    rebuild.apply("account", journal.iter()).unwrap();
    let rebuilt = rebuild.finish().unwrap();
    assert_eq!(
        rebuilt.position("account").unwrap(),
        u64::try_from(journal.lines.len()).unwrap() + 1
    );
    same(&answers(&rebuilt), &expected);
    drop(rebuilt);

    Index::remove(&place.path).unwrap();
    Index::remove(&place.path).unwrap();
    let left: Vec<_> = std::fs::read_dir(place.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let mut plain = Index::open(&place.path, None).unwrap();
    plain.apply("account", journal.iter()).unwrap();
    assert!(
        answers(&plain) == expected,
        "an index without encryption answers differently"
    );
}

#[test]
fn a_rebuilt_index_goes_on_and_leaves_readers_alone() {
    let mut journal = history(500);
    let (place, live) = Place::of(&journal);
    let reader = Index::open_read(&place.path, Some(&KEY)).unwrap();
    let before = answers(&reader);
    drop(live);
    let mut rebuild = Index::rebuild(&place.path, Some(&KEY)).unwrap();
    rebuild.apply("account", journal.iter()).unwrap();
    let mut index = rebuild.finish().unwrap();
    assert_eq!(answers(&reader), before);
    journal.text(USER, 100_000, 1_900_000_000, "afterwards");
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(ids(&index, "afterwards"), [100_000]);
    let reader = Index::open_read(&place.path, Some(&KEY)).unwrap();
    assert_eq!(ids(&reader, "afterwards"), [100_000]);
}

#[test]
fn two_journals_do_not_mix() {
    let (place, mut index) = Place::of(&history(50));
    let mut other = Journal::default();
    other.add(
        "source",
        None,
        None,
        json!({"type":"telegram","server":"custom","account":2}),
    );
    other.text(USER, 1, 1000, "elsewhere");
    index.apply("second", other.iter()).unwrap();
    assert_eq!(index.accounts().unwrap(), [ME, 2]);
    assert_eq!(index.position("second").unwrap(), 3);
    let of_second = index
        .status()
        .unwrap()
        .into_iter()
        .filter(|chat| chat.journal == "second");
    assert_eq!(of_second.map(|chat| chat.archived).collect::<Vec<_>>(), [1]);
    assert_eq!(ids(&index, "elsewhere"), [1]);
    drop(place);
}
