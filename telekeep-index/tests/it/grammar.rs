//! What queries find: every filter by what it does.

use std::time::Duration;

use serde_json::json;
use telekeep_index::{Filter, Index, IndexError, Search, Sort, Zone};

use crate::support::*;

const BOB: i64 = 31;
const FORUM: i64 = -1_000_000_000_050;

fn photo(chat: i64, id: i64, date: i64, caption: &str, size: u64) -> serde_json::Value {
    let mut body = message(chat, id, date, caption);
    body["media"] = json!({"_":"messageMediaPhoto","photo":{"_":"photo","id":id,"access_hash":1,
        "file_reference":"","date":date,"dc_id":2,
        "sizes":[{"_":"photoSize","type":"y","w":900,"h":600,"size":size}]}});
    body
}

fn media(
    chat: i64,
    id: i64,
    date: i64,
    attributes: serde_json::Value,
    size: u64,
) -> serde_json::Value {
    let mut body = document(chat, id, date, 1000 + id, "data.bin");
    body["media"]["document"]["attributes"] = attributes;
    body["media"]["document"]["size"] = json!(size);
    body
}

/// One message for everything that can be asked for; the day of message n is the n-th of March 2024.
fn world() -> (Place, Index) {
    let day = |n: i64| 1_709_251_200 + (n - 1) * 86_400 + 3600;
    let mut journal = Journal::new();
    journal.peer(
        BOB,
        json!({"_":"user","id":BOB,"first_name":"Bob","last_name":"Ångström"}),
    );
    let forum = json!({"_":"channel","id":50,"title":"Travel forum","megagroup":true,"forum":true});
    journal.peer(FORUM, forum);
    let mut from_bob = message(GROUP, 1, day(1), "tea with Ada");
    from_bob["from_id"] = peer(BOB);
    journal.body(GROUP, 1, from_bob);
    let mut mine = message(USER, 2, day(2), "coffee, not tea");
    mine["out"] = json!(true);
    journal.body(USER, 2, mine);
    journal.body(GROUP, 3, photo(GROUP, 3, day(3), "the lake", 50_000));
    journal.body(
        CHANNEL,
        4,
        document(CHANNEL, 4, day(4), 7, "Tax_report 2023.pdf"),
    );
    let video = json!([{"_":"documentAttributeVideo","duration":9.0,"w":4,"h":3}]);
    journal.body(USER, 5, media(USER, 5, day(5), video, 20_000_000));
    let voice = json!([{"_":"documentAttributeAudio","voice":true,"duration":3}]);
    journal.body(USER, 6, media(USER, 6, day(6), voice, 9_000));
    let song =
        json!([{"_":"documentAttributeAudio","duration":3,"title":"Blue moon","performer":"Ella"}]);
    journal.body(USER, 7, media(USER, 7, day(7), song, 3_000_000));
    let sticker = json!([{"_":"documentAttributeSticker","alt":"🐧","stickerset":{"_":"inputStickerSetEmpty"}}]);
    journal.body(USER, 8, media(USER, 8, day(8), sticker, 900));
    let gif = json!([{"_":"documentAttributeVideo","duration":1.0,"w":4,"h":3},{"_":"documentAttributeAnimated"}]);
    journal.body(USER, 9, media(USER, 9, day(9), gif, 90_000));
    let mut link = message(USER, 10, day(10), "see https://example.org/a");
    link["entities"] = json!([{"_":"messageEntityUrl","offset":4,"length":21}]);
    journal.body(USER, 10, link);
    let mut place = message(USER, 11, day(11), "");
    place["media"] = json!({"_":"messageMediaVenue","geo":{"_":"geoPoint","lat":1.5,"long":2.5,"access_hash":1},
        "title":"Café Ruhe","address":"Hauptstr. 1","provider":"x","venue_id":"","venue_type":""});
    journal.body(USER, 11, place);
    let mut contact = message(USER, 12, day(12), "");
    contact["media"] = json!({"_":"messageMediaContact","phone_number":"4915","first_name":"Zoë",
        "last_name":"Q","vcard":"","user_id":0});
    journal.body(USER, 12, contact);
    let mut poll = message(GROUP, 13, day(13), "");
    poll["media"] = json!({"_":"messageMediaPoll","poll":{"_":"poll","id":1,
        "question":{"_":"textWithEntities","text":"Which colour?","entities":[]},
        "answers":[{"_":"pollAnswer","text":{"_":"textWithEntities","text":"Turquoise","entities":[]},"option":"AA=="}]},
        "results":{"_":"pollResults"}});
    journal.body(GROUP, 13, poll);
    let mut reply = message(GROUP, 14, day(14), "yes, to the lake");
    reply["reply_to"] = json!({"_":"messageReplyHeader","reply_to_msg_id":3});
    journal.body(GROUP, 14, reply);
    let mut forwarded = message(GROUP, 15, day(15), "news from far");
    forwarded["fwd_from"] = json!({"_":"messageFwdHeader","from_name":"Hidden Hana","date":5});
    journal.body(GROUP, 15, forwarded);
    let mut pinned = message(GROUP, 16, day(16), "house rules");
    pinned["pinned"] = json!(true);
    journal.body(GROUP, 16, pinned);
    let mut tagged = message(GROUP, 17, day(17), "buy bread #Планы #旅行_2024");
    tagged["entities"] = json!([{"_":"messageEntityHashtag","offset":10,"length":6},
        {"_":"messageEntityHashtag","offset":17,"length":8}]);
    journal.body(GROUP, 17, tagged);
    journal.body(
        GROUP,
        18,
        json!({"_":"messageService","id":18,"peer_id":peer(GROUP),"date":day(18),"from_id":peer(BOB),
            "action":{"_":"messageActionChatEditTitle","title":"Family and friends"}}),
    );
    journal.body(
        FORUM,
        19,
        json!({"_":"messageService","id":19,"peer_id":peer(FORUM),"date":day(19),
            "action":{"_":"messageActionTopicCreate","title":"Visa questions","icon_color":1}}),
    );
    let mut topical = message(FORUM, 20, day(20), "do I need one");
    topical["reply_to"] = json!({"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":19});
    journal.body(FORUM, 20, topical);
    journal.text(FORUM, 21, day(21), "hello everyone");
    journal.text(USER, 22, day(22), "the secret was pistachio");
    let mut edited = message(USER, 22, day(22), "the secret stays one");
    edited["edit_date"] = json!(day(23));
    journal.body(USER, 22, edited);
    journal.text(USER, 24, day(24), "please forget marzipan");
    journal.add("deleted", Some(USER), Some(24), json!({}));
    let mut hidden = message(USER, 25, day(25), "liked");
    hidden["edit_date"] = json!(day(26));
    hidden["edit_hide"] = json!(true);
    journal.body(USER, 25, hidden);
    Place::of(&journal)
}

#[test]
fn every_filter_finds_what_it_says() {
    let (_place, index) = world();
    let cases: [(&str, &[i64]); 66] = [
        ("tea", &[2, 1]),
        ("tea -coffee", &[1]),
        ("-coffee tea OR lake", &[14, 3, 1]),
        ("(tea coffee) OR (lake yes)", &[14, 2]),
        ("tea -(coffee OR ada)", &[]),
        ("tea OR -has:media in:fam", &[18, 17, 16, 15, 14, 13, 1]),
        ("from:bob", &[18, 1]),
        ("from:angstrom", &[18, 1]),
        ("from:\"bob ang\"", &[18, 1]),
        ("from:31", &[18, 1]),
        (
            "from:@ADA -has:media -from:me after:2024-03-11",
            &[25, 24, 22, 12],
        ),
        ("from:me", &[2]),
        ("in:family tea", &[1]),
        ("in:\"family and friends\" tea", &[1]),
        ("in:-20 tea", &[1]),
        ("in:news", &[4]),
        ("-in:fam -in:@ada", &[21, 20, 19, 4]),
        ("before:2024-03-03", &[2, 1]),
        ("after:2024-03-23", &[25, 24]),
        ("after:2024-03-23 before:2024-03-25", &[24]),
        ("since:2024-03-24", &[25, 24]),
        ("until:2024-03-02", &[2, 1]),
        ("-after:2024-03-02", &[2, 1]),
        ("on:2024-03-13", &[13]),
        ("on:2024-03 tea", &[2, 1]),
        ("on:2024 tea", &[2, 1]),
        ("on:2023", &[]),
        ("has:media", &[9, 8, 7, 6, 5, 4, 3]),
        ("has:photo", &[3]),
        ("has:video", &[5]),
        ("has:voice", &[6]),
        ("has:audio", &[7]),
        ("has:file", &[4]),
        ("has:link", &[10]),
        ("has:poll", &[13]),
        ("has:sticker", &[8]),
        ("has:gif", &[9]),
        ("has:location", &[11]),
        ("has:contact", &[12]),
        ("has:photo OR has:poll", &[13, 3]),
        ("is:edited", &[22]),
        ("is:deleted", &[24]),
        ("is:pinned", &[16]),
        ("is:forwarded", &[15]),
        ("is:reply", &[14]),
        ("is:mine", &[2]),
        ("is:service", &[19, 18]),
        ("in:fam has:photo", &[3]),
        ("topic:visa", &[20, 19]),
        ("topic:general", &[21]),
        ("topic:\"visa quest\" need", &[20]),
        ("tag:планы", &[17]),
        ("tag:#旅行_2024", &[17]),
        ("tag:旅行", &[]),
        ("filename:report", &[4]),
        ("filename:*.pdf", &[4]),
        ("filename:tea", &[]),
        ("size:>10mb", &[5]),
        ("size:>=20mb", &[5]),
        ("size:>20mb", &[]),
        ("size:<1kb", &[8, 4]),
        ("size:>1kb size:<100kb", &[9, 6, 3]),
        ("-size:>1mb", &[9, 8, 6, 4, 3]),
        ("moon ella", &[7]),
        ("hana", &[15]),
        ("ruhe OR zoe OR turquoise", &[13, 12, 11]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}

#[test]
fn dates_sizes_and_exact_characters_inside_alternatives() {
    let (_place, index) = world();
    let cases: [(&str, &[i64]); 16] = [
        ("tea OR on:2024-03-13", &[13, 2, 1]),
        ("tea OR exact:OFFEE", &[2, 1]),
        ("exact:ecret OR exact:OFFEE", &[22, 2]),
        ("size:>10mb OR size:<1kb", &[8, 5, 4]),
        ("(lake on:2024-03-03) OR (tea after:2024-03-01)", &[3, 2]),
        ("(lake OR tea) (on:2024-03-03 OR on:2024-03-02)", &[3, 2]),
        ("tea -on:2024-03-01", &[2]),
        ("-on:2024 tea", &[]),
        ("-(tea OR after:2024-03-02)", &[]),
        ("-(tea on:2024-03-01) on:2024-03-01", &[]),
        ("-(tea after:2024-03-01) until:2024-03-03", &[3, 1]),
        ("-(-tea OR exact:OFFEE)", &[1]),
        (
            "in:family (tea OR (has:poll on:2024-03-13) OR size:<99kb)",
            &[13, 3, 1],
        ),
        ("-(size:>1mb OR exact:lake) has:media", &[9, 8, 6, 4]),
        (
            "on:2024-03-01 OR before:2024-03-03 OR since:2024-03-25",
            &[25, 2, 1],
        ),
        ("from:bob OR (from:me before:2024-03-03)", &[18, 2, 1]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&index, query), expected, "{query}");
        let mut ranked: Vec<i64> = relevant(&index, query);
        ranked.sort_unstable_by(|one, other| other.cmp(one));
        assert_eq!(ranked, expected, "{query}, by relevance");
    }
    let hit = find(&index, "marzipan OR exact:OFFEE").pop().unwrap();
    assert_eq!(&hit.text[hit.matches[0].clone()], "offee");
}

fn relevant(index: &Index, query: &str) -> Vec<i64> {
    let search = Search {
        limit: 100,
        sort: Sort::Relevance,
        ..Search::new(query, NOW)
    };
    let page = index.search(&search).unwrap();
    page.hits.iter().map(|hit| hit.id).collect()
}

#[test]
fn alternatives_go_on_page_by_page() {
    let mut journal = Journal::new();
    for id in 1..=400 {
        let text = match id % 5 {
            0 => "needle",
            1 => "thread",
            _ => "straw",
        };
        journal.text(
            if id % 3 == 0 { USER } else { GROUP },
            id,
            5000 + id / 4,
            text,
        );
    }
    let (_place, index) = Place::of(&journal);
    let all = |sort: Sort, budget: Duration, limit: usize| {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = index
                .search(&Search {
                    after,
                    sort,
                    limit,
                    budget,
                    ..Search::new("exact:eedl OR (thread -on:1971) OR needle", NOW)
                })
                .unwrap();
            all.extend(page.hits.iter().map(|hit| (hit.date, hit.chat, hit.id)));
            let Some(next) = page.next else { break all };
            after = Some(next.to_string().parse().unwrap());
        }
    };
    let newest = all(Sort::Newest, Duration::MAX, 7);
    assert_eq!(newest.len(), 160);
    assert!(newest.is_sorted_by(|one, other| one > other));
    assert_eq!(all(Sort::Newest, Duration::ZERO, 7), newest, "out of time");
    let mut oldest = all(Sort::Oldest, Duration::ZERO, 11);
    oldest.reverse();
    assert_eq!(oldest, newest);
}

#[test]
fn quotation_marks_and_colons_of_many_keyboards() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "a red bicycle, and צה\"ל");
    journal.text(USER, 2, 1001, "a bicycle, red");
    let (_place, index) = Place::of(&journal);
    for query in [
        "\"red bicycle\"",
        "“red bicycle”",
        "”red bicycle”",
        "„red bicycle“",
        "„red bicycle”",
        "«red bicycle»",
        "»red bicycle«",
        "「red bicycle」",
        "『red bicycle』",
        "＂red bicycle＂",
        "צה\"ל",
        "\"and צה\"ל\"",
        "צה״ל",
        "from：ada “red bicycle”",
    ] {
        assert_eq!(ids(&index, query), [1], "{query}");
    }
}

#[test]
fn what_was_edited_away_or_deleted_is_found_and_marked() {
    let (_place, index) = world();
    let hit = find(&index, "pistachio").pop().unwrap();
    assert_eq!((hit.id, hit.versions), (22, 2));
    assert_eq!(hit.text, "the secret stays one");
    assert!(hit.matches.is_empty() && hit.edited.is_some());
    let earlier = hit.earlier.unwrap();
    assert_eq!(&earlier.text[earlier.matches[0].clone()], "pistachio");
    let hit = find(&index, "secret").pop().unwrap();
    assert!(hit.earlier.is_none(), "it is in the text of now");
    assert!(
        ids(&index, "secret -pistachio").contains(&22),
        "a minus is about now"
    );
    let hit = find(&index, "marzipan").pop().unwrap();
    assert_eq!(hit.deleted, Some(1_700_000_000_000));
    assert_eq!(find(&index, "tea")[0].deleted, None);
}

#[test]
fn exact_characters_also_inside_words() {
    let (_place, index) = world();
    let cases: [(&str, &[i64]); 9] = [
        ("exact:\"ecret st\"", &[22]),
        ("exact:OFFEE", &[2]),
        ("exact:\"rt 2023.p\"", &[4]),
        ("exact:istachi", &[22]),
        ("exact:\"#旅行\"", &[17]),
        ("tea -exact:\"not te\"", &[1]),
        ("exact:zzz", &[]),
        ("lake exact:\"to the\"", &[14]),
        ("exact:\"ith Ad\" from:bob", &[1]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
    let hit = find(&index, "exact:istachi").pop().unwrap();
    let earlier = hit.earlier.unwrap();
    assert_eq!(&earlier.text[earlier.matches[0].clone()], "istachi");
}

#[test]
fn a_scan_stops_in_time_and_goes_on() {
    let mut journal = Journal::new();
    for id in 1..=1500 {
        let text = if id % 100 == 0 { "needle" } else { "straw" };
        journal.text(
            if id % 3 == 0 { USER } else { GROUP },
            id,
            5000 + id / 2,
            text,
        );
    }
    let (_place, index) = Place::of(&journal);
    for oldest in [false, true] {
        let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = index
                .search(&Search {
                    after,
                    sort: if oldest { Sort::Oldest } else { Sort::Newest },
                    budget: Duration::ZERO,
                    ..Search::new("exact:eedl", NOW)
                })
                .unwrap();
            found.extend(page.hits.iter().map(|hit| hit.id));
            pages += 1;
            let Some(next) = page.next else {
                assert!(page.partial.is_none());
                break;
            };
            if let Some(partial) = page.partial {
                assert!(partial.looked > 0);
            }
            after = Some(next.to_string().parse().unwrap());
        }
        assert!(pages > 5, "{pages}");
        found.sort_unstable();
        let expected: Vec<i64> = (1..=15).map(|n| n * 100).collect();
        assert_eq!(found, expected, "oldest first: {oldest}");
    }
}

#[test]
fn oldest_first_is_newest_first_backwards() {
    let mut journal = Journal::new();
    for id in 1..=300 {
        let date = if id <= 100 { 5000 } else { 6000 - id / 3 };
        journal.text(if id % 2 == 0 { USER } else { GROUP }, id, date, "word");
    }
    let (_place, index) = Place::of(&journal);
    let all = |sort: Sort, limit: usize| {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = index
                .search(&Search {
                    after,
                    sort,
                    limit,
                    ..Search::new("word", NOW)
                })
                .unwrap();
            all.extend(page.hits.iter().map(|hit| (hit.date, hit.chat, hit.id)));
            let Some(next) = page.next else { break all };
            after = Some(next.to_string().parse().unwrap());
        }
    };
    let newest = all(Sort::Newest, 7);
    let mut oldest = all(Sort::Oldest, 11);
    assert_eq!(newest.len(), 300);
    oldest.reverse();
    assert_eq!(newest, oldest);
}

#[test]
fn relevance_ranks_the_newest_and_says_so() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "lemon lemon lemon");
    let filler = "cake and many other words that make this long ".repeat(4);
    for id in 2..=30 {
        journal.text(USER, id, 1000 + id, &format!("{filler} lemon"));
    }
    journal.text(USER, 31, 2000, "lemon");
    let (_place, index) = Place::of(&journal);
    let page = |after, ranked| {
        index
            .search(&Search {
                sort: Sort::Relevance,
                after,
                ranked,
                limit: 10,
                ..Search::new("lemon", NOW)
            })
            .unwrap()
    };
    let first = page(None, 1000);
    let found: Vec<i64> = first.hits.iter().map(|hit| hit.id).collect();
    assert_eq!(found[..3], [1, 31, 30]);
    assert_eq!(first.ranked, None);
    let mut all = found;
    let mut next = first.next;
    while let Some(after) = next {
        let page = page(Some(after.to_string().parse().unwrap()), 1000);
        all.extend(page.hits.iter().map(|hit| hit.id));
        next = page.next;
    }
    all.sort_unstable();
    assert_eq!(all, (1..=31).collect::<Vec<_>>());
    let bounded = page(None, 5);
    assert_eq!(bounded.ranked, Some(5));
    assert_eq!(bounded.hits.len(), 5);
    assert_eq!(
        bounded.hits[0].id, 31,
        "the old one is not among the newest five"
    );
}

#[test]
fn names_are_resolved_and_told() {
    let (_place, index) = world();
    let page = index.search(&Search::new("from:ang in:fam", NOW)).unwrap();
    assert_eq!(page.resolved[0].names, ["Bob Ångström"]);
    assert_eq!(page.resolved[1].names, ["Family"]);
    let too_many = "(on:2023 OR size:>1) ".repeat(7);
    for (query, place, part) in [
        ("tea from:nobody", 5, "nobody"),
        ("in:nowhere", 1, "nowhere"),
        ("a topic:none", 3, "topic"),
        (&too_many, 128, "more than 64"),
        ("", 1, "nothing to look for"),
    ] {
        match index.search(&Search::new(query, NOW)) {
            Err(IndexError::Query { at, why }) => {
                assert_eq!(at, place, "{query}: {why}");
                assert!(why.contains(part), "{query}: {why}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[test]
fn days_are_those_of_the_reader() {
    let mut journal = Journal::new();
    // 31 December 2023, 23:30 and 1 January 2024, 00:30, in universal time.
    journal.text(USER, 1, 1_704_065_400, "late");
    journal.text(USER, 2, 1_704_069_000, "early");
    let (_place, index) = Place::of(&journal);
    let found = |query: &str, zone: Zone<'_>, now: i64| -> Vec<i64> {
        let search = Search {
            zone,
            ..Search::new(query, now)
        };
        let page = index.search(&search).unwrap();
        page.hits.iter().map(|hit| hit.id).collect()
    };
    assert_eq!(found("on:2024", Zone::UTC, 0), [2]);
    assert_eq!(found("on:2024", Zone::fixed(3600), 0), [2, 1]);
    assert_eq!(found("on:2024", Zone::fixed(-3600), 0), [0; 0]);
    assert_eq!(found("on:today", Zone::UTC, 1_704_070_000), [2]);
    assert_eq!(found("on:yesterday", Zone::UTC, 1_704_070_000), [1]);
    let filter = Filter {
        chats: vec![USER],
        ..Filter::default()
    };
    let search = Search {
        filter,
        ..Search::new("before:2024", 0)
    };
    assert_eq!(index.search(&search).unwrap().hits.len(), 1);
}

#[test]
fn messages_around_a_hit() {
    let mut journal = Journal::new();
    for id in 1..=9 {
        journal.text(USER, id * 3, 1000 + id, "word");
    }
    let (_place, index) = Place::of(&journal);
    let around = |id: i64, around: usize| -> Vec<i64> {
        let all = index.context(USER, id, around).unwrap();
        all.iter().map(|shown| shown.message.id).collect()
    };
    assert_eq!(around(12, 2), [6, 9, 12, 15, 18]);
    assert_eq!(around(3, 2), [3, 6, 9]);
    assert_eq!(around(27, 1), [24, 27]);
}
