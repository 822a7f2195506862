use serde_json::json;
use telekeep_index::{Filter, Place as At, Search};

use crate::support::*;

/// A journal with texts in many scripts.
fn world() -> Journal {
    let mut journal = Journal::new();
    let texts = [
        "The quick brown fox",
        "Ein schöner Gruß aus Köln",
        "Съешь ещё этих мягких булок",
        "السَّلامُ عَلَيْكُم",
        "שָׁלוֹם לכולם",
        "中华人民共和国国歌很好听",
        "東京タワーに行きました",
        "สวัสดีครับ",
        "대한민국 만세",
        "party 🎉 now 👍🏽",
        "quick replies and brown bears",
    ];
    for (id, text) in (1..).zip(texts) {
        journal.text(USER, id, 1000 + id, text);
    }
    journal
}

#[test]
fn finds_words_of_every_script() {
    let (_place, index) = Place::of(&world());
    let cases: [(&str, &[i64]); 28] = [
        ("quick", &[11, 1]),
        ("QUICK fox", &[1]),
        ("schoner", &[2]),
        ("gruss koln", &[2]),
        ("еще", &[3]),
        ("ЕЩЁ", &[3]),
        ("السلام", &[4]),
        ("عليكم", &[4]),
        ("שלום", &[5]),
        ("国歌", &[6]),
        ("人民共和国", &[6]),
        ("国", &[6]),
        ("听", &[6]),
        ("タワー", &[7]),
        ("行きま", &[7]),
        ("สวัส", &[8]),
        ("ครับ", &[8]),
        ("대한", &[9]),
        ("민국 만세", &[9]),
        ("🎉", &[10]),
        ("👍", &[10]),
        ("👍🏿", &[10]),
        ("\"brown fox\"", &[1]),
        ("\"fox brown\"", &[]),
        ("brow*", &[11, 1]),
        ("quick -fox", &[11]),
        ("fox OR bears", &[11, 1]),
        ("国和", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}

#[test]
fn newest_first_and_page_by_page() {
    let mut journal = Journal::new();
    // Dates against the order of ids, several in one second, and a burst of one date.
    for id in 1..=300 {
        let date = if id <= 100 { 5000 } else { 6000 - id / 3 };
        journal.text(if id % 2 == 0 { USER } else { GROUP }, id, date, "word");
    }
    let (_place, index) = Place::of(&journal);
    let all = find(&index, "word");
    assert_eq!(all.len(), 100);
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = index
            .search(&Search {
                after,
                limit: 7,
                ..Search::new("word", NOW)
            })
            .unwrap();
        paged.extend(page.hits.iter().map(|hit| (hit.date, hit.chat, hit.id)));
        let Some(next) = page.next else { break };
        after = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(paged.len(), 300);
    assert!(paged.is_sorted_by(|one, other| one > other));
    let top: Vec<_> = all.iter().map(|hit| (hit.date, hit.chat, hit.id)).collect();
    assert_eq!(top, paged[..100]);
}

#[test]
fn filters() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "word in private");
    let mut mine = message(USER, 2, 2000, "word of mine");
    mine["out"] = json!(true);
    journal.body(USER, 2, mine);
    let mut said = message(GROUP, 3, 3000, "word in a group");
    said["from_id"] = peer(USER);
    journal.body(GROUP, 3, said);
    journal.text(CHANNEL, 1, 4000, "word in a channel");
    journal.body(CHANNEL, 2, document(CHANNEL, 2, 5000, 77, "word.pdf"));
    let (_place, index) = Place::of(&journal);
    let find = |query: &str, filter: Filter| -> Vec<(i64, i64)> {
        let page = index
            .search(&Search {
                filter,
                ..Search::new(query, NOW)
            })
            .unwrap();
        page.hits.iter().map(|hit| (hit.chat, hit.id)).collect()
    };
    let any = Filter::default;
    assert_eq!(
        find(
            "word",
            Filter {
                chats: vec![USER],
                ..any()
            }
        ),
        [(USER, 2), (USER, 1)]
    );
    assert_eq!(
        find(
            "word",
            Filter {
                chats: vec![GROUP, CHANNEL],
                ..any()
            }
        ),
        [(CHANNEL, 2), (CHANNEL, 1), (GROUP, 3)]
    );
    assert_eq!(
        find(
            "word",
            Filter {
                senders: vec![USER],
                ..any()
            }
        ),
        [(GROUP, 3), (USER, 1)]
    );
    assert_eq!(
        find(
            "word",
            Filter {
                senders: vec![ME],
                ..any()
            }
        ),
        [(USER, 2)]
    );
    let between = Filter {
        since: Some(2000),
        until: Some(4000),
        ..any()
    };
    assert_eq!(find("word", between), [(GROUP, 3), (USER, 2)]);
    assert_eq!(
        find(
            "",
            Filter {
                kinds: vec!["file".into()],
                ..any()
            }
        ),
        [(CHANNEL, 2)]
    );
    assert_eq!(
        find(
            "-private",
            Filter {
                chats: vec![USER],
                ..any()
            }
        ),
        [(USER, 2)]
    );
    assert!(index.search(&Search::new("", NOW)).is_err());
    let filter = Filter {
        kinds: vec!["a b".into()],
        ..any()
    };
    let odd = Search {
        filter,
        ..Search::new("x", NOW)
    };
    assert!(index.search(&odd).is_err());
}

#[test]
fn hits_name_chat_and_sender_and_show_the_match() {
    let mut journal = Journal::new();
    let mut said = message(GROUP, 3, 3000, "Käse und Brot");
    said["from_id"] = peer(USER);
    journal.body(GROUP, 3, said);
    journal.body(GROUP, 4, document(GROUP, 4, 3001, 5, "Kaseliste.pdf"));
    let (_place, index) = Place::of(&journal);
    let hits = find(&index, "kase*");
    let (file, text) = (&hits[0], &hits[1]);
    assert_eq!(
        (text.chat_title.as_str(), text.sender_name.as_str()),
        ("Family", "Ada")
    );
    assert_eq!(&text.text[text.matches[0].clone()], "Käse");
    assert_eq!(file.media.as_deref(), Some("file: Kaseliste.pdf"));
    assert!(file.matches.is_empty());
    let extra = file.extra.as_ref().unwrap();
    assert_eq!(&extra.text[extra.matches[0].clone()], "Kaseliste");
}

#[test]
fn words_outside_the_text_are_found() {
    let mut journal = Journal::new();
    let mut poll = message(USER, 1, 1000, "");
    poll["media"] = json!({"_":"messageMediaPoll","poll":{"_":"poll","id":1,
        "question":{"_":"textWithEntities","text":"Which colour?","entities":[]},
        "answers":[{"_":"pollAnswer","text":{"_":"textWithEntities","text":"Turquoise","entities":[]},"option":"AA=="}]},
        "results":{"_":"pollResults"}});
    journal.body(USER, 1, poll);
    let mut page = message(USER, 2, 2000, "look");
    page["media"] = json!({"_":"messageMediaWebPage","webpage":{"_":"webPage","id":1,
        "url":"https://example.org/penguins","display_url":"example.org","hash":0,"title":"All about birds"}});
    journal.body(USER, 2, page);
    let mut contact = message(USER, 3, 3000, "");
    contact["media"] = json!({"_":"messageMediaContact","phone_number":"4915112345","first_name":"Zoë",
        "last_name":"Q","vcard":"","user_id":0});
    journal.body(USER, 3, contact);
    journal.body(
        GROUP,
        4,
        json!({"_":"messageService","id":4,"peer_id":peer(GROUP),"date":4000,
            "action":{"_":"messageActionChatEditTitle","title":"Holidays"}}),
    );
    let (_place, index) = Place::of(&journal);
    for (query, id) in [
        ("turquoise", 1),
        ("colour", 1),
        ("penguins", 2),
        ("birds look", 2),
        ("zoe", 3),
        ("4915112345", 3),
        ("holidays", 4),
    ] {
        assert_eq!(ids(&index, query), [id], "{query}");
    }
}

#[test]
fn the_parts_of_a_query_that_mean_nothing_are_told() {
    let (_place, index) = Place::of(&world());
    let page = index.search(&Search::new("fox & !!", NOW)).unwrap();
    let notes: Vec<_> = page.notes.iter().map(|note| note.about.as_str()).collect();
    assert_eq!(notes, ["&", "!!"]);
    assert_eq!(page.hits.len(), 1);
    let error = index.search(&Search::new("fox \"brown", NOW)).unwrap_err();
    assert!(error.to_string().contains("character 5"), "{error}");
}

#[test]
fn what_words_cannot_match_is_offered_as_exact_characters() {
    let (_place, index) = Place::of(&world());
    let ask = |query: &str| index.search(&Search::new(query, NOW)).unwrap();
    let offered = ask("row").inside.unwrap();
    assert_eq!(offered, "exact:row");
    assert_eq!(ask(&offered).hits.len(), 2);
    assert_eq!(ask("fox").inside, None);
    assert_eq!(ask("fox$").inside.as_deref(), Some("exact:\"fox$\""));
    assert_eq!(ask("has:photo").inside, None);
}

#[test]
fn what_is_no_filter_and_no_kind_is_told() {
    let (_place, index) = Place::of(&world());
    let page = index.search(&Search::new("user:fox https://a.example", NOW));
    let notes = page.unwrap().notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0].about, "user:fox");
    let filter = Filter {
        kinds: vec!["nokind".into()],
        ..Filter::default()
    };
    let search = Search {
        filter,
        ..Search::new("fox", NOW)
    };
    let error = index.search(&search).unwrap_err().to_string();
    assert!(
        error.contains("nokind") && error.contains("photo"),
        "{error}"
    );
}

#[test]
fn pages_of_a_chat() {
    let mut journal = Journal::new();
    for id in 1..=30 {
        journal.text(USER, id * 2, 1000 + id, &format!("n{id}"));
    }
    let (_place, index) = Place::of(&journal);
    let shown = |place, limit| -> Vec<i64> {
        let page = index.messages(USER, place, limit).unwrap();
        page.iter().map(|shown| shown.message.id).collect()
    };
    assert_eq!(shown(At::Newest, 3), [56, 58, 60]);
    assert_eq!(shown(At::Oldest, 3), [2, 4, 6]);
    assert_eq!(shown(At::Before(10), 2), [6, 8]);
    assert_eq!(shown(At::After(10), 2), [12, 14]);
    assert_eq!(shown(At::Around(10), 4), [6, 8, 10, 12]);
    assert_eq!(shown(At::Around(11), 4), [8, 10, 12, 14]);
    assert!(index.messages(999, At::Newest, 3).unwrap().is_empty());
}

#[test]
fn chats_by_what_people_call_them() {
    let mut journal = world();
    journal.text(GROUP, 90, 1, "x");
    journal.text(CHANNEL, 1, 1, "x");
    journal.text(ME, 91, 1, "note to self");
    let (_place, index) = Place::of(&journal);
    let found = |text: &str| -> Vec<i64> {
        index
            .find_chats(text)
            .unwrap()
            .iter()
            .map(|chat| chat.id)
            .collect()
    };
    assert_eq!(found("-20"), [GROUP]);
    assert_eq!(found("@Ada"), [USER]);
    assert_eq!(found("ada"), [USER]);
    assert_eq!(found("fam"), [GROUP]);
    assert_eq!(found("saved messages"), [ME]);
    assert!(found("nobody").is_empty() && found("").is_empty());
}

/// Message ids of forums are small, so that hundreds of forums have a topic of the same number.
#[test]
fn a_topic_of_a_chat_is_not_looked_for_in_others() {
    let mut journal = Journal::new();
    let forum = |number: i64| -1_000_000_000_100 - number;
    for number in 0..=200 {
        let chat = forum(number);
        let bare = 100 + number;
        let title = format!("Forum {number}");
        journal.peer(
            chat,
            json!({"_":"channel","id":bare,"megagroup":true,"forum":true,"title":title}),
        );
        let mut made = message(chat, 2, 1000, "");
        made["_"] = json!("messageService");
        made["action"] = json!({"_":"messageActionTopicCreate","title":"Visa","icon_color":1});
        journal.body(chat, 2, made);
        let mut body = message(chat, 3, 2000, "a form");
        body["reply_to"] = json!({"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":2});
        journal.body(chat, 3, body);
    }
    let (_place, index) = Place::of(&journal);
    let search = Search::new("topic:2 form", NOW);
    assert!(index.search(&search).is_err(), "too many are called so");
    let filter = Filter {
        chats: vec![forum(7)],
        ..Filter::default()
    };
    let page = index.search(&Search { filter, ..search }).unwrap();
    let found: Vec<_> = page.hits.iter().map(|hit| (hit.chat, hit.id)).collect();
    assert_eq!(found, [(forum(7), 3)]);
    assert_eq!(page.resolved[0].names, ["Visa"]);
}

#[test]
fn somebody_of_saved_or_direct_messages_is_a_topic_there() {
    let mut journal = Journal::new();
    journal.peer(USER, json!({"_":"user","id":USER,"first_name":"Ada"}));
    // Chats of direct messages have large numbers.
    let direct = -3_000_000_000_010;
    journal.peer(
        direct,
        json!({"_":"channel","id":2_000_000_000_010_i64,"megagroup":true,"monoforum":true,
            "title":"News","linked_monoforum_id":10}),
    );
    journal.peer(
        CHANNEL,
        json!({"_":"channel","id":10,"broadcast":true,"title":"News",
            "linked_monoforum_id":2_000_000_000_010_i64}),
    );
    for chat in [direct, ME] {
        for (id, with) in [(1, USER), (2, 31), (3, USER)] {
            let mut body = message(chat, id, 1000 + id, "a form");
            body["saved_peer_id"] = peer(with);
            journal.body(chat, id, body);
        }
    }
    journal.text(USER, 4, 1004, "a form");
    journal.text(CHANNEL, 4, 1004, "a form");
    let (_place, index) = Place::of(&journal);
    let row = |chat: i64| index.chat(chat).unwrap().unwrap();
    assert!(row(direct).is_direct() && !row(CHANNEL).is_direct());
    assert_eq!(
        (row(direct).direct, row(CHANNEL).direct),
        (Some(CHANNEL), Some(direct))
    );
    let of = |chat: i64, query: &str| {
        let filter = Filter {
            chats: vec![chat],
            ..Filter::default()
        };
        let search = Search::new(query, NOW);
        index.search(&Search { filter, ..search })
    };
    for chat in [direct, ME] {
        let page = of(chat, &format!("form topic:{USER}")).unwrap();
        let found: Vec<_> = page.hits.iter().map(|hit| (hit.chat, hit.id)).collect();
        assert_eq!(found, [(chat, 3), (chat, 1)]);
        assert_eq!(page.resolved[0].names, ["Ada"]);
        assert!(of(chat, "form topic:99").is_err(), "nobody");
    }
    for chat in [USER, CHANNEL] {
        assert!(of(chat, &format!("form topic:{USER}")).is_err());
    }
}
