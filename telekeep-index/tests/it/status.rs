use serde_json::json;
use telekeep_index::ChatStatus;

use crate::support::*;

fn only(journal: &Journal) -> ChatStatus {
    let (_place, index) = Place::of(journal);
    let mut chats = index.status().unwrap();
    assert_eq!(chats.len(), 1);
    chats.remove(0)
}

#[test]
fn a_whole_chat_is_complete_and_says_what_it_is() {
    let mut journal = Journal::new();
    journal.dialog(CHANNEL, 3);
    for id in 1..=3 {
        journal.text(CHANNEL, id, 1000 + id, "x");
    }
    journal.coverage(CHANNEL, 1, 2, None);
    journal.coverage(CHANNEL, 3, 3, Some(3));
    let chat = only(&journal);
    assert_eq!(
        (chat.id, chat.title.as_str(), chat.kind.as_str()),
        (CHANNEL, "News", "channel")
    );
    assert_eq!(
        (chat.server_count, chat.archived, chat.explained),
        (Some(3), 3, 0)
    );
    assert_eq!((chat.missing, chat.gaps, chat.newest), (0, 0, Some(1003)));
    assert!(chat.complete);
}

#[test]
fn what_is_short_is_missing_until_explained() {
    let mut journal = Journal::new();
    journal.dialog(USER, 10);
    for id in [2, 5, 10] {
        journal.text(USER, id, 1000 + id, "x");
    }
    journal.coverage(USER, 1, 10, Some(5));
    let chat = only(&journal);
    assert_eq!((chat.missing, chat.complete), (2, false));
    journal.add(
        "absent",
        Some(USER),
        Some(3),
        json!({"reason":"not returned when listed"}),
    );
    journal.add(
        "raw",
        Some(USER),
        Some(4),
        json!({"base64":"AAAA","error":"unknown"}),
    );
    let chat = only(&journal);
    assert_eq!((chat.missing, chat.explained, chat.complete), (0, 2, true));
    // Explained twice is explained once; a message that turns up is no longer explained.
    journal.add("absent", Some(USER), Some(3), json!({"reason":"again"}));
    journal.text(USER, 4, 1004, "readable after all");
    journal.add(
        "absent",
        Some(USER),
        Some(5),
        json!({"reason":"held, so not absent"}),
    );
    let chat = only(&journal);
    assert_eq!((chat.archived, chat.explained, chat.missing), (4, 1, 0));
}

#[test]
fn holes_and_newer_messages_are_not_complete() {
    let mut journal = Journal::new();
    journal.dialog(USER, 10);
    for id in [2, 10] {
        journal.text(USER, id, 1000 + id, "x");
    }
    journal.coverage(USER, 1, 4, None);
    journal.coverage(USER, 8, 10, Some(2));
    assert_eq!((only(&journal).gaps, only(&journal).complete), (1, false));
    journal.coverage(USER, 5, 7, None);
    assert_eq!((only(&journal).gaps, only(&journal).complete), (0, true));
    journal.dialog(USER, 12);
    let chat = only(&journal);
    assert_eq!((chat.gaps, chat.missing, chat.complete), (1, 1, false));
}

#[test]
fn coverage_merges_in_any_order() {
    let mut journal = Journal::new();
    journal.dialog(USER, 100);
    journal.text(USER, 100, 1000, "x");
    for (from, to) in [
        (50, 60),
        (1, 10),
        (90, 100),
        (61, 89),
        (5, 55),
        (11, 12),
        (9, 3),
    ] {
        journal.coverage(USER, from, to, None);
    }
    journal.coverage(USER, 100, 100, Some(1));
    assert_eq!((only(&journal).gaps, only(&journal).complete), (0, true));
}

#[test]
fn failures_stay_until_success() {
    let mut journal = Journal::new();
    journal.dialog(USER, 1);
    let failure = json!({"what":"chat","error":"CHANNEL_PRIVATE","attempts":1,"final":false});
    journal.add("failure", Some(USER), None, failure.clone());
    journal.add("failure", Some(USER), None, failure);
    let (_place, mut index) = Place::of(&journal);
    let failures = index.failures().unwrap();
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].what.as_str(), failures[0].chat_title.as_str()),
        ("chat", "Ada")
    );
    assert_eq!(
        index.status().unwrap()[0].failure.as_deref(),
        Some("CHANNEL_PRIVATE")
    );
    journal.text(USER, 1, 1000, "x");
    journal.coverage(USER, 1, 1, Some(1));
    index.apply("account", journal.iter()).unwrap();
    assert!(index.failures().unwrap().is_empty());
    assert!(index.totals().unwrap().complete);
}

#[test]
fn a_chat_with_a_message_that_is_held_in_part_is_not_complete() {
    let mut journal = Journal::new();
    journal.dialog(USER, 1);
    journal.text(USER, 1, 1000, "x");
    journal.coverage(USER, 1, 1, Some(1));
    let failure = json!({"what":"rich_message","error":"DOWN","attempts":1,"final":false});
    journal.add("failure", Some(USER), None, failure);
    let (_place, mut index) = Place::of(&journal);
    let chat = index.status().unwrap().remove(0);
    assert_eq!(
        (chat.failure.as_deref(), chat.complete),
        (Some("DOWN"), false)
    );
    assert!(!index.totals().unwrap().complete);
    // Listing the chat again does not make the message whole.
    journal.coverage(USER, 1, 1, Some(1));
    index.apply("account", journal.iter()).unwrap();
    assert!(!index.status().unwrap()[0].complete);
    let resolved = json!({"what":"rich_message","resolved":true});
    journal.add("failure", Some(USER), None, resolved);
    index.apply("account", journal.iter()).unwrap();
    assert!(index.status().unwrap()[0].complete);
    assert!(index.totals().unwrap().complete);
}

#[test]
fn media_is_counted_by_what_messages_need() {
    let mut journal = Journal::new();
    journal.media(USER, 1, "document/1", 10); // arrives before its message
    journal.body(USER, 1, document(USER, 1, 1000, 1, "a"));
    journal.body(USER, 2, document(USER, 2, 1001, 2, "b"));
    journal.body(USER, 3, document(USER, 3, 1002, 2, "b again"));
    journal.body(USER, 4, document(USER, 4, 1003, 3, "c"));
    journal.media(USER, 4, "document/3/thumb/m", 1);
    let ruled = json!({"what":"media","file":"document/3","error":"PROTECTED_CONTENT","attempts":0,"final":true});
    journal.add("media_missing", Some(USER), Some(4), ruled);
    let failed = json!({"what":"media","file":"document/2","error":"FILE_ID_INVALID","attempts":3,"final":false});
    journal.add("media_missing", Some(USER), Some(2), failed);
    let (_place, mut index) = Place::of(&journal);
    let media = |index: &telekeep_index::Index| {
        let chat = &index.status().unwrap()[0];
        (
            chat.media_wanted,
            chat.media_held,
            chat.media_ruled,
            chat.media_missing,
        )
    };
    assert_eq!(media(&index), (3, 1, 1, 1));
    assert_eq!(index.failures().unwrap().len(), 1);
    let gone =
        json!({"what":"media","file":"document/2","error":"ORIGIN_GONE","attempts":0,"final":true});
    journal.add("media_missing", Some(USER), Some(2), gone);
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(
        (media(&index), index.failures().unwrap().len()),
        ((3, 1, 2, 0), 0)
    );
    journal.media(USER, 2, "document/2", 5);
    journal.media(USER, 2, "document/2", 5);
    journal.media(USER, 4, "document/3", 5);
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(media(&index), (3, 3, 0, 0));
    assert!(index.failures().unwrap().is_empty());
    let totals = index.totals().unwrap();
    assert_eq!(
        (totals.media, totals.media_bytes, totals.messages),
        (4, 21, 4)
    );
}

#[test]
fn a_chat_the_account_no_longer_sees_is_explained() {
    let mut journal = Journal::new();
    journal.dialog(CHANNEL, 9);
    journal.text(CHANNEL, 1, 1000, "x");
    assert!(!only(&journal).complete);
    let closed = json!({"from":1,"to":0,"server_count":0,"not_visible":"CHANNEL_PRIVATE"});
    journal.add("coverage", Some(CHANNEL), None, closed);
    let chat = only(&journal);
    assert_eq!((chat.archived, chat.missing, chat.complete), (1, 0, false));
    let (_place, index) = Place::of(&journal);
    let totals = index.totals().unwrap();
    assert_eq!((totals.chats_complete, totals.chats_closed), (0, 1));
    assert!(totals.complete, "all that can be had is here");
    assert_eq!(chat.not_visible.as_deref(), Some("CHANNEL_PRIVATE"));
    // Visible again: the arithmetic counts again.
    journal.coverage(CHANNEL, 1, 9, Some(5));
    let chat = only(&journal);
    assert_eq!(
        (chat.missing, chat.not_visible, chat.complete),
        (4, None, false)
    );
}

#[test]
fn the_own_chat_is_saved_messages() {
    let mut journal = Journal::new();
    journal.text(ME, 1, 1000, "x");
    let chat = only(&journal);
    assert_eq!(
        (chat.kind.as_str(), chat.title.as_str()),
        ("saved", "Saved Messages")
    );
}

#[test]
fn min_peers_do_not_replace_full_ones() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "x");
    journal.peer(
        USER,
        json!({"_":"user","id":USER,"min":true,"first_name":"A."}),
    );
    assert_eq!(only(&journal).title, "Ada");
    journal.peer(USER, json!({"_":"user","id":USER,"first_name":"Ada L."}));
    assert_eq!(only(&journal).title, "Ada L.");
}

#[test]
fn what_is_not_selected_is_never_complete_and_never_missing() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "x");
    journal.coverage(USER, 1, 1, Some(1));
    let select = |selection: serde_json::Value| json!({"from": 1, "to": 0, "selection": selection});
    journal.add(
        "coverage",
        Some(USER),
        None,
        select(json!({"out": "excluded"})),
    );
    let (_place, mut index) = Place::of(&journal);
    let chat = index.status().unwrap().remove(0);
    assert!(chat.is_left_out() && !chat.complete);
    let totals = index.totals().unwrap();
    assert_eq!((totals.complete, totals.as_selected), (false, true));
    assert_eq!((totals.chats_left_out, totals.missing), (1, 0));
    // A part of it, of which nothing is known yet; then its ids, and they are listed.
    journal.add("coverage", Some(USER), None, select(json!({"since": 500})));
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(index.status().unwrap()[0].gaps, 1);
    assert!(!index.totals().unwrap().as_selected);
    journal.add(
        "coverage",
        Some(USER),
        None,
        select(json!({"since": 500, "first": 1})),
    );
    index.apply("account", journal.iter()).unwrap();
    assert!(index.status().unwrap()[0].is_as_selected());
    journal.add("coverage", Some(USER), None, select(json!({})));
    index.apply("account", journal.iter()).unwrap();
    let totals = index.totals().unwrap();
    assert_eq!((totals.complete, totals.as_selected), (true, false));
}

#[test]
fn files_left_out_by_a_selection_are_explained_until_they_are_wanted_again() {
    let mut journal = Journal::new();
    let ruled = |error: &str| json!({"what": "media", "file": "document/2", "error": error, "attempts": 0, "final": true});
    journal.body(USER, 1, document(USER, 1, 1000, 2, "a"));
    journal.add(
        "media_missing",
        Some(USER),
        Some(1),
        ruled("UNSELECTED_SIZE"),
    );
    journal.body(GROUP, 9, document(GROUP, 9, 1001, 2, "the same elsewhere"));
    journal.coverage(USER, 1, 1, Some(1));
    journal.coverage(GROUP, 1, 9, Some(1));
    let (_place, mut index) = Place::of(&journal);
    for chat in index.status().unwrap() {
        assert_eq!(
            (chat.media_ruled, chat.media_missing),
            (1, 0),
            "{}",
            chat.id
        );
    }
    let totals = index.totals().unwrap();
    assert!(totals.files_left_out && totals.as_selected && !totals.complete);
    let again = json!({"what": "media", "file": "document/2", "resolved": true});
    journal.add("media_missing", Some(USER), Some(1), again);
    index.apply("account", journal.iter()).unwrap();
    for chat in index.status().unwrap() {
        assert_eq!(
            (chat.media_ruled, chat.media_missing),
            (0, 1),
            "{}",
            chat.id
        );
    }
    journal.media(USER, 1, "document/2", 5);
    index.apply("account", journal.iter()).unwrap();
    let totals = index.totals().unwrap();
    assert!(totals.complete && !totals.files_left_out);
}

#[test]
fn parts_of_the_account_are_told_as_their_newest_records_say() {
    let mut journal = Journal::new();
    let contacts = |ids: &[i64]| {
        let contacts: Vec<_> = ids.iter().map(|id| json!({"user_id": id})).collect();
        json!({"part": "contacts", "answers": [{"_": "contacts.contacts", "contacts": contacts}]})
    };
    journal.add("account", None, None, contacts(&[5, 6, 7]));
    journal.add("account", None, None, contacts(&[5, 6]));
    let refused = json!({"part": "two_step", "unavailable": "NO"});
    journal.add("account", None, None, refused);
    let failed = |what: &str| json!({"what": what, "error": "TROUBLE", "attempts": 1});
    journal.add("failure", None, None, failed("contacts"));
    journal.add("failure", None, None, failed("blocked"));
    journal.add("failure", None, None, failed("folders"));
    let (_place, index) = Place::of(&journal);
    let told = index.account_parts().unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|row| {
            (
                row.part.as_str(),
                row.count,
                row.unavailable.as_deref(),
                row.failure.as_deref(),
            )
        })
        .collect();
    let trouble = Some("TROUBLE");
    let expected = [
        ("blocked", None, None, trouble),
        ("contacts", Some(2), None, trouble),
        ("two_step", None, Some("NO"), None),
    ];
    assert_eq!(told, expected);
    let row = &index.account_parts().unwrap()[1];
    let part = index
        .account_part(row.journal, "contacts")
        .unwrap()
        .unwrap();
    assert_eq!(part.people().len(), 2);
    assert_eq!(index.account_part(row.journal, "stories").unwrap(), None);
    assert!(!index.totals().unwrap().complete);
}

#[test]
fn what_the_account_says_is_found_as_it_is_now() {
    let mut journal = Journal::new();
    let drafts = |text: &str| {
        let peer = json!({"_": "peerUser", "user_id": USER});
        let draft = json!({"_": "draftMessage", "message": text, "date": 9});
        json!({"part": "drafts", "answers": [{"_": "updates", "updates": [
            {"_": "updateDraftMessage", "peer": peer, "draft": draft}]}]})
    };
    journal.add("account", None, None, drafts("The blue umbrella"));
    journal.add("account", None, None, drafts("The yellow umbrella"));
    let paid = json!({"part": "stars/transactions/2025-10", "answers": [
        {"_": "starsTransaction", "date": 8, "title": "Umbrella stand"}]});
    journal.add("account", None, None, paid);
    let (_place, index) = Place::of(&journal);
    let found = |words: &str| -> Vec<(String, Option<i64>)> {
        let hits = index.find_own(words, 10).unwrap().into_iter();
        hits.map(|hit| (hit.part, hit.peer)).collect()
    };
    let umbrellas = [
        ("drafts".to_owned(), Some(USER)),
        ("stars/transactions/2025-10".to_owned(), None),
    ];
    assert_eq!(found("umbr"), umbrellas);
    assert_eq!(found("blue"), [], "it is said no more");
    assert_eq!(found("-"), []);
    assert_eq!(index.find_own("umbrella", 1).unwrap().len(), 1);
}

#[test]
fn what_chats_say_beside_their_messages_is_found() {
    let mut journal = Journal::new();
    let full = |about: &str| {
        let commands = json!([{"command": "weather", "description": "Rain or not"}]);
        let full = json!({"_": "userFull", "about": about, "bot_info": {"commands": commands}});
        json!({"part": "full", "answers": [{"_": "users.userFull", "full_user": full}]})
    };
    journal.add("about", Some(USER), None, full("Sells umbrellas"));
    journal.add("about", Some(USER), None, full("Mends umbrellas"));
    journal.add("about", Some(GROUP), None, full("Umbrella stands"));
    let links = json!({"part": "invite_links", "answers": [{"invites": [
        {"link": "https://t.me/+abc", "title": "For the harbour", "date": 4}]}]});
    journal.add("about", Some(GROUP), None, links);
    let event = |id: i64, action: serde_json::Value| json!({"_": "channelAdminLogEvent", "id": id, "date": 7, "user_id": 5, "action": action});
    let gone = json!({"_": "channelAdminLogEventActionDeleteMessage",
        "message": message(GROUP, 3, 1000, "Stolen umbrellas, half price")});
    journal.add("admin_event", Some(GROUP), Some(11), event(11, gone));
    let renamed = json!({"_": "channelAdminLogEventActionChangeTitle",
        "prev_value": "Rainy days", "new_value": "Sunny days"});
    journal.add("admin_event", Some(GROUP), Some(12), event(12, renamed));
    let log = json!({"part": "admin_log", "answers": []});
    journal.add("about", Some(GROUP), None, log);
    let folders = json!({"_": "messages.dialogFilters", "filters": [
        {"_": "dialogFilter", "id": 2, "title": {"_": "textWithEntities", "text": "Weather people"}}]});
    journal.add("folders", None, None, folders);
    let music = json!({"part": "profile_music", "answers": [{"_": "users.savedMusic", "documents": [
        {"_": "document", "id": 9, "date": 3, "attributes": [{"_": "documentAttributeAudio",
            "title": "Singing", "performer": "In the rain"}]}]}]});
    journal.add("account", None, None, music);
    let (_place, index) = Place::of(&journal);
    let found = |words: &str| -> Vec<(String, Option<i64>)> {
        let hits = index.find_own(words, 10).unwrap().into_iter();
        hits.map(|hit| (hit.part, hit.peer)).collect()
    };
    let hit = |part: &str, peer: Option<i64>| (part.to_owned(), peer);
    assert_eq!(
        found("umbrella"),
        [
            hit("admin_log", Some(GROUP)),
            hit("full", Some(USER)),
            hit("full", Some(GROUP))
        ]
    );
    assert_eq!(found("sells"), [], "it is said no more");
    assert_eq!(found("weather rain").len(), 2);
    assert_eq!(found("harbour"), [hit("invite_links", Some(GROUP))]);
    assert_eq!(found("rainy"), [hit("admin_log", Some(GROUP))]);
    assert_eq!(found("weather people"), [hit("folders", None)]);
    assert_eq!(found("singing rain"), [hit("profile_music", None)]);
}

#[test]
fn the_telephone_book_is_as_it_was_last() {
    let mut journal = Journal::new();
    let entry = |phone: &str, name: &str| json!({"_": "savedPhoneContact", "phone": phone, "first_name": name, "last_name": "", "date": 1});
    for (phone, name) in [("1", "Plumber"), ("2", "Ada"), ("1", "The plumber")] {
        journal.add("saved_contact", None, None, entry(phone, name));
    }
    let gone = json!({"phone": "2", "gone": true});
    journal.add("saved_contact", None, None, gone);
    let (_place, index) = Place::of(&journal);
    let book = index.saved_contacts(None).unwrap();
    let book: Vec<_> = book
        .iter()
        .map(|c| (c.contact.phone.as_str(), c.contact.first_name.as_str()))
        .collect();
    assert_eq!(book, [("1", "The plumber")]);
}

#[test]
fn the_telephone_book_is_searched_by_name_and_number() {
    let mut journal = Journal::new();
    let entry = |phone: &str, first: &str, last: &str| json!({"_": "savedPhoneContact", "phone": phone, "first_name": first, "last_name": last, "date": 1});
    journal.add(
        "saved_contact",
        None,
        None,
        entry("491701234567", "Plumber", "Müller"),
    );
    journal.add(
        "saved_contact",
        None,
        None,
        entry("4930555", "Ada at work", ""),
    );
    journal.add(
        "saved_contact",
        None,
        None,
        entry("491701234567", "The plumber", "Müller"),
    );
    let ada = json!({"_": "user", "id": 7, "first_name": "Ada", "phone": "4930555"});
    journal.add("peer", Some(7), None, ada);
    journal.add("saved_contact", None, None, entry("49111222", "Gone", ""));
    let gone = json!({"phone": "49111222", "gone": true});
    journal.add("saved_contact", None, None, gone);
    let (_place, index) = Place::of(&journal);
    let find = |text: &str| -> Vec<(String, Option<i64>)> {
        let found = index.find_saved_contacts(text, 5).unwrap().into_iter();
        found
            .map(|entry| (entry.contact.first_name, entry.person))
            .collect()
    };
    let plumber = [("The plumber".to_owned(), None)];
    assert_eq!(find("mull plum"), plumber);
    assert_eq!(find("+49 170 123"), plumber);
    assert_eq!(find("work"), [("Ada at work".to_owned(), Some(7))]);
    assert!(find("gone").is_empty() && find("").is_empty() && find("12").is_empty());
}

#[test]
fn who_reacted_stays_known_when_it_may_be_known_no_more() {
    let mut journal = Journal::new();
    let voice = json!({"_": "messagePeerReaction", "peer_id": {"_": "peerUser", "user_id": 7}, "date": 5,
        "reaction": {"_": "reactionEmoji", "emoticon": "👍"}});
    let told = json!({"_": "messages.messageReactionsList", "count": 3, "reactions": [voice]});
    let refused = json!({"unavailable": "CHAT_ADMIN_REQUIRED"});
    journal.add("reactions", Some(USER), Some(1), told);
    journal.add("reactions", Some(USER), Some(1), refused.clone());
    journal.add("votes", Some(USER), Some(1), refused);
    let (_place, index) = Place::of(&journal);
    let known = index.reactions(USER, 1).unwrap().unwrap();
    assert_eq!((known.count, known.voices.len()), (3, 1));
    assert_eq!(known.unavailable.as_deref(), Some("CHAT_ADMIN_REQUIRED"));
    let votes = index.votes(USER, 1).unwrap().unwrap();
    assert!(votes.voices.is_empty() && votes.unavailable.is_some());
    assert_eq!(index.votes(USER, 2).unwrap(), None);
}

#[test]
fn what_a_chat_is_beyond_its_messages_stays_when_it_can_be_had_no_more() {
    let mut journal = Journal::new();
    let full = |about: &str, forbids: bool| {
        let full = json!({"_": "userFull", "about": about, "noforwards_peer_enabled": forbids});
        json!({"part": "full", "answers": [{"_": "users.userFull", "full_user": full}]})
    };
    journal.add("about", Some(USER), None, full("Collects stamps", true));
    journal.add("about", Some(USER), None, full("Collects umbrellas", true));
    let refused = |part: &str| json!({"part": part, "unavailable": "CHANNEL_PRIVATE"});
    journal.add("about", Some(USER), None, refused("full"));
    journal.add("about", Some(USER), None, refused("photos"));
    let failed = json!({"what": "about/participants", "error": "TROUBLE", "attempts": 1});
    journal.add("failure", Some(USER), None, failed);
    let event = |id: i64, text: &str| {
        let message = json!({"_": "message", "id": 4, "date": 1, "message": text,
            "peer_id": {"_": "peerUser", "user_id": USER}});
        json!({"_": "channelAdminLogEvent", "id": id, "date": 9, "user_id": 7,
            "action": {"_": "channelAdminLogEventActionDeleteMessage", "message": message}})
    };
    for (id, text) in [(30, "new"), (10, "old"), (20, "between")] {
        journal.add("admin_event", Some(USER), Some(id), event(id, text));
    }
    let (_place, index) = Place::of(&journal);
    let about = index.chat_part(USER, "full").unwrap().unwrap();
    assert_eq!(
        about.described().about.as_deref(),
        Some("Collects umbrellas")
    );
    assert_eq!(index.chat_part(USER, "photos").unwrap(), None);
    assert!(index.chat(USER).unwrap().unwrap().protected);
    let rows = index.chat_parts(USER).unwrap();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.part.as_str(),
                row.held,
                row.unavailable.is_some(),
                row.failure.is_some(),
            )
        })
        .collect();
    let expected = [
        ("full", true, true, false),
        ("participants", false, false, true),
        ("photos", false, true, false),
    ];
    assert_eq!(rows, expected);
    assert!(!index.totals().unwrap().complete);
    assert!(index.account_parts().unwrap().is_empty());

    assert!(index.has_admin_log(USER).unwrap() && !index.has_admin_log(5).unwrap());
    let ids = |before| -> Vec<i64> {
        let events = index.admin_log(USER, before, 2).unwrap();
        events.iter().map(|event| event.id).collect()
    };
    assert_eq!(ids(None), [30, 20]);
    assert_eq!(ids(Some(20)), [10]);
    let newest = &index.admin_log(USER, None, 1).unwrap()[0];
    assert_eq!(newest.deed.after.as_ref().unwrap().text, "new");
}

/// A run's begin or end, as a journal has it.
fn run(journal: &mut Journal, id: &str, time: i64, body: serde_json::Value) {
    let seq = journal.add("run", None, None, body);
    let line = journal.lines.last_mut().unwrap();
    let mut record: serde_json::Value = serde_json::from_str(&line.json).unwrap();
    record["time"] = json!(time);
    record["run"] = json!(id);
    assert_eq!(line.seq, seq);
    line.json = record.to_string();
}

#[test]
fn nothing_is_complete_before_a_backup_came_to_its_end() {
    let mut journal = Journal::new();
    let begin = |command: &str| json!({"event":"start","command":command,"protected":"keep"});
    let end = |interrupted: bool, waiting: u64| {
        json!({"event":"end","command":"backup",
        "interrupted":interrupted,"result":{"files_waiting":waiting}})
    };
    let totals = |journal: &Journal| Place::of(journal).1.totals().unwrap();
    run(&mut journal, "01", 1_000, begin("backup"));
    journal.dialog(CHANNEL, 1);
    journal.text(CHANNEL, 1, 1000, "x");
    journal.coverage(CHANNEL, 1, 1, Some(1));
    assert!(totals(&journal).unfinished && !totals(&journal).complete);
    run(&mut journal, "01", 2_000, end(false, 0));
    assert!(!totals(&journal).unfinished && totals(&journal).complete);
    let rules = Place::of(&journal).1.rules().unwrap();
    assert_eq!(rules[0].1.protected.as_deref(), Some("keep"));
    // Files that no message shows are to be fetched still.
    run(&mut journal, "02", 3_000, begin("backup"));
    run(&mut journal, "02", 4_000, end(false, 3));
    assert_eq!(
        (totals(&journal).files_waiting, totals(&journal).complete),
        (3, false)
    );
    // The last run counts, and one that was stopped says nothing of what it did not ask for.
    run(&mut journal, "03", 5_000, begin("backup"));
    run(&mut journal, "03", 6_000, end(true, 0));
    assert_eq!(
        (totals(&journal).files_waiting, totals(&journal).complete),
        (0, false)
    );
    run(&mut journal, "04", 7_000, begin("backup"));
    run(&mut journal, "04", 8_000, end(false, 0));
    run(&mut journal, "05", 9_000, begin("note"));
    assert!(totals(&journal).complete);
}
