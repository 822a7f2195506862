//! What a viewer asks: chat list, days, galleries, topics, history, people, statistics.

use serde_json::json;
use telekeep_index::{
    ChatFilter, Cursor, DELETED_ACCOUNT, FileState, FolderRow, Gallery, Index, Search, Zone,
};
use telekeep_model::PeerKind;

use crate::support::*;

const DAY: i64 = 86_400;
const FORUM: i64 = -1_000_000_000_050;

fn titles(index: &Index, filter: &ChatFilter) -> Vec<String> {
    let (rows, _) = index.chats(filter, None, 100).unwrap();
    rows.into_iter().map(|row| row.title).collect()
}

fn dialog(journal: &mut Journal, chat: i64, pinned: bool, folder: i64) {
    let body =
        json!({"_":"dialog","peer":peer(chat),"top_message":1,"pinned":pinned,"folder_id":folder});
    journal.add("dialog", Some(chat), None, body);
}

#[test]
fn folders_hold_what_their_rules_say() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "old");
    journal.text(GROUP, 2, 3000, "new");
    journal.text(CHANNEL, 1, 2000, "x");
    journal.text(ME, 4, 500, "note");
    let muted = |chat: i64, until: i64| {
        json!({"_":"dialog","peer":peer(chat),"top_message":1,
            "notify_settings":{"_":"peerNotifySettings","mute_until":until}})
    };
    journal.add(
        "dialog",
        Some(CHANNEL),
        None,
        muted(CHANNEL, i32::MAX.into()),
    );
    journal.add("dialog", Some(GROUP), None, muted(GROUP, 1));
    let folder = |id: i64, title: &str, more: serde_json::Value| {
        let mut folder = json!({"_":"dialogFilter","id":id,
            "title":{"_":"textWithEntities","text":title,"entities":[]},
            "pinned_peers":[],"include_peers":[],"exclude_peers":[]});
        let fields = more.as_object().unwrap().clone();
        folder.as_object_mut().unwrap().extend(fields);
        folder
    };
    let all =
        |folders: Vec<serde_json::Value>| json!({"_":"messages.dialogFilters","filters":folders});
    let everything = json!({"groups":true,"broadcasts":true,"exclude_muted":true,
        "pinned_peers":[{"_":"inputPeerSelf"}]});
    let loud = folder(5, "Loud", everything);
    let people = json!({"include_peers":[{"_":"inputPeerUser","user_id":USER,"access_hash":1}]});
    let first = all(vec![
        json!({"_":"dialogFilterDefault"}),
        folder(7, "Gone", json!({})),
        loud.clone(),
    ]);
    journal.add("folders", None, None, first);
    journal.add(
        "folders",
        None,
        None,
        all(vec![loud, folder(2, "People", people)]),
    );
    let (_place, index) = Place::of(&journal);
    let folders = index.folders().unwrap();
    let names: Vec<_> = folders
        .iter()
        .map(|row| row.folder.title.as_str())
        .collect();
    assert_eq!(names, ["Loud", "People"]);
    let of = |folder: &FolderRow| ChatFilter {
        folder: Some(folder.clone()),
        ..ChatFilter::default()
    };
    // Its own pinned chat comes first; a muted channel is kept out, a group muted once is not.
    assert_eq!(
        titles(&index, &of(&folders[0])),
        ["Saved Messages", "Family"]
    );
    assert_eq!(titles(&index, &of(&folders[1])), ["Ada"]);
}

#[test]
fn chats_as_people_see_them() {
    let mut journal = Journal::new();
    journal.text(USER, 1, 1000, "old\n news");
    journal.text(GROUP, 2, 3000, "");
    journal.body(GROUP, 3, document(GROUP, 3, 3001, 7, "plan.pdf"));
    journal.text(CHANNEL, 1, 2000, "x");
    journal.text(ME, 4, 500, "note");
    dialog(&mut journal, CHANNEL, true, 0);
    dialog(&mut journal, ME, true, 0);
    dialog(&mut journal, USER, false, 1);
    let (_place, mut index) = Place::of(&journal);
    let any = ChatFilter::default();
    assert_eq!(
        titles(&index, &any),
        ["News", "Saved Messages", "Family", "Ada"]
    );
    // News of a pinned chat does not move it; one pinned by a later run comes first.
    dialog(&mut journal, CHANNEL, true, 0);
    journal.text(CHANNEL, 2, 9000, "newest");
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(titles(&index, &any)[..2], ["News", "Saved Messages"]);
    let (rows, next) = index.chats(&any, None, 3).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.pinned).collect::<Vec<_>>(),
        [Some(0), Some(1), None]
    );
    assert_eq!(rows[1].kind, PeerKind::Saved);
    let newest = rows[2].newest.as_ref().unwrap();
    assert_eq!((newest.id, newest.preview.as_str()), (3, ""));
    assert_eq!(newest.media.as_deref(), Some("file: plan.pdf"));
    assert_eq!(rows[2].messages, 2);
    let (rest, end) = index.chats(&any, next, 3).unwrap();
    assert_eq!(
        (rest.len(), rest[0].id, rest[0].folder, end),
        (1, USER, 1, None)
    );
    let newest = rest[0].newest.as_ref().unwrap();
    assert_eq!(
        (newest.preview.as_str(), newest.sender_name.as_str()),
        ("old news", "Ada")
    );
    let archived = ChatFilter {
        archived: Some(true),
        ..any.clone()
    };
    assert_eq!(titles(&index, &archived), ["Ada"]);
    for (name, expected) in [
        ("FAM", vec!["Family"]),
        ("saved", vec!["Saved Messages"]),
        ("@ada", vec!["Ada"]),
        ("zzz", vec![]),
    ] {
        let named = ChatFilter {
            name: Some(name.into()),
            ..any.clone()
        };
        assert_eq!(titles(&index, &named), expected, "{name}");
    }
    assert_eq!(index.chat(GROUP).unwrap().unwrap().title, "Family");
    assert_eq!(index.chat(12345).unwrap(), None);
}

#[test]
fn days_in_the_zone_of_the_reader() {
    let mut journal = Journal::new();
    // 19:00 and 23:40 of one day in universal time, and the next day.
    journal.text(USER, 1, 10 * DAY + 19 * 3600, "a");
    journal.text(USER, 2, 10 * DAY + 23 * 3600 + 2400, "b");
    journal.text(USER, 3, 11 * DAY + 5, "c");
    journal.text(GROUP, 4, 12 * DAY, "d");
    let (_place, index) = Place::of(&journal);
    let days = |chat, zone| -> Vec<(i64, u64)> {
        let days = index.days(chat, 0, 100 * DAY, zone).unwrap();
        days.iter().map(|day| (day.number, day.messages)).collect()
    };
    assert_eq!(days(Some(USER), Zone::UTC), [(10, 2), (11, 1)]);
    let india = Zone::fixed(5 * 3600 + 1800);
    assert_eq!(days(Some(USER), india), [(11, 3)]);
    assert_eq!(days(None, Zone::UTC), [(10, 2), (11, 1), (12, 1)]);
    let day = index.days(Some(USER), 0, 100 * DAY, Zone::UTC).unwrap()[1];
    assert_eq!(
        index.first_since(USER, day.start).unwrap(),
        Some((3, 11 * DAY + 5))
    );
    assert_eq!(index.first_since(USER, 0).unwrap().unwrap().0, 1);
    assert_eq!(index.first_since(USER, 12 * DAY).unwrap(), None);
    assert_eq!(
        index.span(Some(GROUP)).unwrap(),
        Some((12 * DAY, 12 * DAY + 900))
    );
    assert!(days(Some(999), Zone::UTC).is_empty());
}

#[test]
fn days_and_hours_that_begin_at_a_quarter_past() {
    let mut journal = Journal::new();
    // Midnight of Nepal is at a quarter past six in the evening.
    let nepal = Zone::fixed(5 * 3600 + 2700);
    journal.text(USER, 1, 20 * DAY + 18 * 3600 + 899, "before midnight");
    journal.text(USER, 2, 20 * DAY + 18 * 3600 + 900, "at midnight");
    let (_place, index) = Place::of(&journal);
    let there = index.days(Some(USER), 20 * DAY, 30 * DAY, nepal).unwrap();
    let there: Vec<_> = there.iter().map(|day| (day.number, day.messages)).collect();
    assert_eq!(there, [(20, 1), (21, 1)]);
    let hours = index.activity(Some(USER), nepal).unwrap().week;
    assert_eq!((hours[2][23], hours[3][0]), (1, 1));
}

#[test]
fn galleries_of_a_chat_and_of_all() {
    let mut journal = Journal::new();
    for id in 1..=30 {
        let chat = if id % 3 == 0 { GROUP } else { USER };
        match id % 2 {
            0 => journal.body(chat, id, document(chat, id, 1000 + id, id, "a.pdf")),
            _ => journal.text(chat, id, 1000 + id, "text"),
        };
    }
    let (_place, index) = Place::of(&journal);
    let all = |chat, oldest, limit| {
        let (mut ids, mut after) = (Vec::new(), None);
        loop {
            let list = index
                .attachments(chat, Gallery::Files, after, oldest, limit)
                .unwrap();
            ids.extend(list.messages.iter().map(|shown| shown.message.id));
            let Some(next) = list.next else { break ids };
            after = Some(next);
        }
    };
    assert_eq!(
        all(None, true, 4),
        (1..=15).map(|n| n * 2).collect::<Vec<_>>()
    );
    assert_eq!(all(Some(GROUP), false, 2), [30, 24, 18, 12, 6]);
    assert!(
        index
            .attachments(None, Gallery::Photos, None, false, 5)
            .unwrap()
            .messages
            .is_empty()
    );
    // The neighbours of a picture that is looked at.
    let here = Some(Cursor::of(1012, GROUP, 12));
    let beside = |oldest| {
        index
            .attachments(Some(GROUP), Gallery::Media, here, oldest, 1)
            .unwrap()
            .messages[0]
            .message
            .id
    };
    assert_eq!((beside(false), beside(true)), (6, 18));
    for gallery in Gallery::ALL {
        assert_eq!(Gallery::from_word(gallery.as_str()), Some(gallery));
    }
}

#[test]
fn pictures_in_a_rich_message_are_in_galleries() {
    let mut journal = Journal::new();
    let mut said = message(USER, 1, 1000, "");
    said["rich_message"] = json!({"_":"richMessage",
        "blocks":[{"_":"pageBlockPhoto","photo_id":7,"caption":{"_":"pageCaption"}}],
        "photos":[{"_":"photo","id":7,"sizes":[{"_":"photoSize","type":"y","w":8,"h":6,"size":9}]}]});
    journal.body(USER, 1, said);
    let (_place, index) = Place::of(&journal);
    for gallery in [Gallery::Photos, Gallery::Visual, Gallery::Media] {
        let found = index
            .attachments(Some(USER), gallery, None, false, 5)
            .unwrap();
        assert_eq!(found.messages.len(), 1, "{gallery:?}");
    }
    let files = index
        .attachments(None, Gallery::Files, None, false, 5)
        .unwrap();
    assert!(files.messages.is_empty());
}

#[test]
fn a_list_of_topics_names_those_whose_messages_tell_nothing() {
    let mut journal = Journal::new();
    let forum = json!({"_":"channel","id":50,"title":"Forum","megagroup":true,"forum":true});
    journal.peer(FORUM, forum);
    let listed = |title: &str, newest: i64| {
        let topic = json!({"_":"forumTopic","id":2,"date":1002,"title":title,"icon_color":7,
            "icon_emoji_id":99,"top_message":newest,"closed":true});
        let quiet = json!({"_":"forumTopic","id":8,"date":1001,"title":"Quiet","icon_color":7,
            "top_message":8});
        let gone = json!({"_":"forumTopicDeleted","id":3});
        json!({"part":"topics","answers":[
            {"_":"messages.forumTopics","count":3,"topics":[topic, gone, quiet]}]})
    };
    let renamed = |id: i64, title: &str| {
        json!({"_":"messageService","id":id,"peer_id":peer(FORUM),"date":1000 + id,
        "reply_to":{"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":2},
        "action":{"_":"messageActionTopicEdit","title":title}})
    };
    journal.add("about", Some(FORUM), None, listed("Plans", 5));
    let mut body = message(FORUM, 5, 1005, "in the topic");
    body["reply_to"] = json!({"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":2});
    journal.body(FORUM, 5, body);
    // What happened before the list was made says nothing against it; what happened after does.
    journal.body(FORUM, 4, renamed(4, "Older plans"));
    let named = |journal: &Journal| {
        let (_place, index) = Place::of(journal);
        let topics = index.topics(FORUM).unwrap();
        assert_eq!((topics[0].icon, topics[0].closed), (Some(99), true));
        assert_eq!(topics.len(), 3);
        let quiet = (topics[1].title.as_deref(), topics[1].messages);
        assert_eq!(quiet, (Some("Quiet"), Some(0)));
        topics[0].title.clone().unwrap()
    };
    assert_eq!(named(&journal), "Plans");
    journal.body(FORUM, 6, renamed(6, "New plans"));
    assert_eq!(named(&journal), "New plans");
    journal.add("about", Some(FORUM), None, listed("Newest plans", 7));
    assert_eq!(named(&journal), "Newest plans");
}

#[test]
fn topics_pins_albums_and_replies() {
    let mut journal = Journal::new();
    let forum = json!({"_":"channel","id":50,"title":"Forum","megagroup":true,"forum":true});
    journal.peer(FORUM, forum);
    let service = |id: i64, action: serde_json::Value| {
        json!({"_":"messageService","id":id,"peer_id":peer(FORUM),
        "date":1000 + id,"action":action})
    };
    journal.body(
        FORUM,
        2,
        service(
            2,
            json!({"_":"messageActionTopicCreate","title":"Plans","icon_color":7}),
        ),
    );
    for id in 3..=5 {
        let mut body = message(FORUM, id, 1000 + id, "in the topic");
        body["reply_to"] = json!({"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":2});
        body["grouped_id"] = json!(77);
        body["pinned"] = json!(id == 4);
        journal.body(FORUM, id, body);
    }
    let mut edit = service(
        6,
        json!({"_":"messageActionTopicEdit","title":"Old plans","closed":true}),
    );
    edit["reply_to"] = json!({"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":2});
    journal.body(FORUM, 6, edit);
    journal.text(FORUM, 7, 1007, "outside");
    for id in 8..=9 {
        let mut answer = message(FORUM, id, 1000 + id, "an answer");
        answer["reply_to"] = json!({"_":"messageReplyHeader","reply_to_msg_id":7});
        journal.body(FORUM, id, answer);
    }
    let (_place, index) = Place::of(&journal);
    let topics = index.topics(FORUM).unwrap();
    assert_eq!(topics.len(), 2);
    assert_eq!(topics[0].title.as_deref(), Some("Old plans"));
    assert_eq!(
        (topics[0].id, topics[0].closed, topics[0].messages),
        (2, true, Some(5))
    );
    assert_eq!(
        (topics[1].id, &topics[1].title, topics[1].name()),
        (1, &None, Some("General"))
    );
    let topic = |chat: i64, id| index.topic(chat, id).unwrap().map(|topic| topic.title);
    assert_eq!(topic(FORUM, Some(2)), Some(Some("Old plans".to_owned())));
    assert_eq!(topic(GROUP, None), None, "no forum");
    let page = index.search(&Search::new("outside OR answer", 0)).unwrap();
    assert!(!page.hits.is_empty());
    assert!(
        page.hits
            .iter()
            .all(|hit| hit.topic == index.topic(FORUM, None).unwrap())
    );
    let ids = |list: telekeep_index::Listing| -> Vec<i64> {
        list.messages.iter().map(|shown| shown.message.id).collect()
    };
    assert_eq!(
        ids(index.topic_messages(FORUM, 2, None, true, 10).unwrap()),
        [2, 3, 4, 5, 6]
    );
    assert_eq!(
        ids(index.topic_messages(FORUM, 1, None, false, 10).unwrap()),
        [9, 8, 7]
    );
    assert_eq!(ids(index.pinned(FORUM, None, 10).unwrap()), [4]);
    let count = |chat, most| index.pinned_count(chat, most).unwrap();
    assert_eq!(
        (count(FORUM, 10), count(FORUM, 0), count(404, 10)),
        (1, 0, 0)
    );
    let of = |all: Vec<telekeep_index::Shown>| -> Vec<i64> {
        all.iter().map(|shown| shown.message.id).collect()
    };
    assert_eq!(of(index.album(FORUM, 4).unwrap()), [3, 4, 5]);
    assert_eq!(of(index.album(FORUM, 7).unwrap()), [7]);
    assert_eq!(of(index.replies(FORUM, 7, 0, 10).unwrap()), [8, 9]);
    assert_eq!(of(index.replies(FORUM, 7, 8, 10).unwrap()), [9]);
    assert!(index.topics(USER).unwrap().is_empty());
}

#[test]
fn earlier_versions_are_told_whatever_the_batches() {
    let mut journal = Journal::new();
    let mut liked = message(USER, 5, 1000, "one");
    journal.body(USER, 5, liked.clone());
    liked["reactions"] = json!({"_":"messageReactions","results":[
        {"_":"reactionCount","reaction":{"_":"reactionEmoji","emoticon":"👍"},"count":1}]});
    journal.body(USER, 5, liked);
    journal.body(USER, 5, document(USER, 5, 1000, 3, "three.pdf"));
    journal.text(USER, 5, 1000, "four");
    let told = |index: &Index| -> Vec<(String, usize, Option<String>)> {
        let history = index.history(USER, 5).unwrap();
        let each = history.into_iter().map(|version| {
            let message = version.message;
            (
                message.text,
                message.reactions.len(),
                message.media.map(|media| media.label()),
            )
        });
        each.collect()
    };
    let (_place, at_once) = Place::of(&journal);
    let expected = [
        ("one".to_owned(), 0, None),
        ("one".to_owned(), 1, None),
        (String::new(), 0, Some("file: three.pdf".to_owned())),
    ];
    assert_eq!(told(&at_once), expected);
    let place = Place::new();
    let mut slowly = place.open();
    for count in 1..=journal.lines.len() {
        slowly.apply("account", journal.iter().take(count)).unwrap();
    }
    assert_eq!(told(&slowly), expected);
    assert_eq!(slowly.kinds(None).unwrap(), at_once.kinds(None).unwrap());
    assert!(
        slowly.kinds(None).unwrap().is_empty(),
        "the file is not there any more"
    );
    assert_eq!(ids(&slowly, "one"), [5]);
}

#[test]
fn a_deleted_message_stays_and_comes_back_when_it_is_seen_again() {
    let mut journal = Journal::new();
    journal.text(USER, 5, 1000, "here");
    journal.add("deleted", Some(USER), Some(5), json!({}));
    journal.add("deleted", Some(USER), Some(6), json!({}));
    let (_place, mut index) = Place::of(&journal);
    let deleted = |index: &Index| index.message(USER, 5).unwrap().unwrap().deleted;
    assert_eq!(deleted(&index), Some(1_700_000_000_000));
    assert_eq!(ids(&index, "here is:deleted"), [5]);
    let status = &index.status().unwrap()[0];
    assert_eq!((status.archived, status.explained), (1, 1));
    journal.text(USER, 5, 1000, "here again");
    index.apply("account", journal.iter()).unwrap();
    assert_eq!(deleted(&index), None);
    assert!(ids(&index, "is:deleted").is_empty());
    let (_place, at_once) = Place::of(&journal);
    assert_eq!(deleted(&at_once), None);
}

#[test]
fn people_and_the_names_they_had() {
    let mut journal = Journal::new();
    let named = |journal: &mut Journal, name: &str, time: i64| {
        journal.peer(
            USER,
            json!({"_":"user","id":USER,"first_name":name,"username":"ada"}),
        );
        let line = journal.lines.last_mut().unwrap();
        line.json = line.json.replace("1700000000000", &format!("{time}000"));
    };
    named(&mut journal, "Ada Byron", 1_800_000_000);
    named(&mut journal, "Ada Byron", 1_850_000_000);
    named(&mut journal, "Ada Lovelace", 1_900_000_000);
    journal.text(USER, 1, 1000, "x");
    let mut said = message(GROUP, 2, 2000, "y");
    said["from_id"] = peer(USER);
    journal.body(GROUP, 2, said.clone());
    said["id"] = json!(3);
    journal.body(GROUP, 3, said);
    let rename = json!({"_":"messageService","id":4,"peer_id":peer(GROUP),"date":5000,
        "action":{"_":"messageActionChatEditTitle","title":"Clan"}});
    journal.body(GROUP, 4, rename);
    let (_place, index) = Place::of(&journal);
    let ada = index.person(USER).unwrap().unwrap();
    assert_eq!(ada.title, "Ada Lovelace");
    let names: Vec<_> = ada
        .names
        .iter()
        .map(|name| (name.since, name.title.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (1_700_000_000, "Ada"),
            (1_800_000_000, "Ada Byron"),
            (1_900_000_000, "Ada Lovelace")
        ]
    );
    let chats: Vec<_> = ada
        .chats
        .iter()
        .map(|chat| (chat.chat, chat.messages))
        .collect();
    assert_eq!(chats, [(GROUP, 2), (USER, 1)]);
    let at = |id: i64, date: i64| index.name_at(id, date).unwrap();
    assert_eq!(at(USER, 5), "Ada");
    assert_eq!(at(USER, 1_899_999_999), "Ada Byron");
    assert_eq!(at(USER, 2_000_000_000), "Ada Lovelace");
    assert_eq!(at(GROUP, 6000), "Clan");
    assert_eq!(at(4242, 1), "4242");
    assert_eq!(index.find_peers("byr", 9).unwrap(), [USER]);
    assert_eq!(index.find_peers("LOVE ada", 9).unwrap(), [USER]);
    assert_eq!(index.person(4242).unwrap(), None);
}

#[test]
fn deleted_accounts_keep_the_name_they_had() {
    const STRANGER: i64 = 77;
    let mut journal = Journal::new();
    let then = |journal: &mut Journal, time: i64, body: serde_json::Value| {
        let id = body["id"].as_i64().unwrap();
        journal.peer(id, body);
        let line = journal.lines.last_mut().unwrap();
        line.json = line.json.replace("1700000000000", &format!("{time}000"));
    };
    for id in [USER, STRANGER] {
        let gone = json!({"_":"user","id":id,"deleted":true});
        then(&mut journal, 1_800_000_000, gone);
        let mut said = message(GROUP, id, 2000, "a farewell");
        said["from_id"] = peer(id);
        journal.body(GROUP, id, said);
    }
    journal.text(USER, 1, 1000, "x");
    let (_place, index) = Place::of(&journal);
    assert_eq!(index.name(USER).unwrap(), "Ada");
    assert_eq!(index.name(STRANGER).unwrap(), DELETED_ACCOUNT);
    assert!(index.is_deleted_account(USER).unwrap());
    assert!(!index.is_deleted_account(GROUP).unwrap());
    let names = index.person(USER).unwrap().unwrap().names;
    let names: Vec<_> = names.iter().map(|name| name.title.as_str()).collect();
    assert_eq!(names, ["Ada"], "no name is no name");
    let chat = index.chat(USER).unwrap().unwrap();
    assert_eq!((chat.title.as_str(), chat.gone), ("Ada", true));
    let status = index.status().unwrap();
    let status = status.iter().find(|chat| chat.id == USER).unwrap();
    assert_eq!(
        (status.title.as_str(), status.deleted_account),
        ("Ada", true)
    );
    let page = index.search(&Search::new("farewell from:ada", 0)).unwrap();
    let senders: Vec<_> = page
        .hits
        .iter()
        .map(|hit| hit.sender_name.as_str())
        .collect();
    assert_eq!(senders, ["Ada"]);
    assert_eq!(page.resolved[0].names, ["Ada"]);
}

#[test]
fn files_and_why_they_are_not_held() {
    let mut journal = Journal::new();
    for file in 1..=4 {
        journal.body(USER, file, document(USER, file, 1000, file, "a.pdf"));
    }
    journal.media(USER, 1, "document/1", 9);
    let failed = |last: bool, file: &str| json!({"what":"media","file":file,"error":"FILE_X","attempts":2,"final":last});
    journal.add("failure", Some(USER), Some(2), failed(false, "document/2"));
    journal.add(
        "media_missing",
        Some(USER),
        Some(3),
        failed(true, "document/3"),
    );
    let (_place, index) = Place::of(&journal);
    assert!(
        matches!(index.file("document/1").unwrap(), FileState::Held(held) if held.size == 9 && held.blob == "b")
    );
    assert_eq!(
        index.file("document/2").unwrap(),
        FileState::Failed {
            error: "FILE_X".into(),
            attempts: 2
        }
    );
    assert_eq!(
        index.file("document/3").unwrap(),
        FileState::Ruled {
            error: "FILE_X".into()
        }
    );
    assert_eq!(index.file("document/4").unwrap(), FileState::Missing);
}

#[test]
fn statistics() {
    let mut journal = Journal::new();
    for id in 1..=6 {
        let mut said = message(GROUP, id, id * 3600, "the red apple 🍎 https://example.org");
        said["from_id"] = peer(if id == 1 { ME } else { USER });
        if id > 1 {
            said["reply_to"] = json!({"_":"messageReplyHeader","reply_to_msg_id":1});
        }
        journal.body(GROUP, id, said);
    }
    journal.body(GROUP, 7, document(GROUP, 7, 40 * DAY, 7, "a.pdf"));
    journal.text(USER, 8, 40 * DAY, "apple");
    let (_place, index) = Place::of(&journal);
    let activity = index.activity(Some(GROUP), Zone::UTC).unwrap();
    assert_eq!(activity.months, [(1970, 1, 6), (1970, 2, 1)]);
    assert_eq!(
        (activity.week[3][1], activity.week[3][6], activity.messages),
        (1, 1, 7)
    );
    assert_eq!(index.activity(None, Zone::UTC).unwrap().messages, 8);
    let senders: Vec<_> = index.senders(Some(GROUP), 9).unwrap();
    assert_eq!((senders[0].name.as_str(), senders[0].messages), ("Ada", 5));
    assert_eq!(index.senders(None, 1).unwrap()[0].messages, 6);
    let kinds = index.kinds(None).unwrap();
    assert_eq!(
        (kinds[0].kind.as_str(), kinds[0].messages, kinds[0].bytes),
        ("file", 1, 9)
    );
    let words = index.words(None, 1000, 3).unwrap();
    assert_eq!(words.words[0], ("apple".to_owned(), 7));
    assert_eq!(words.emoji, [("🍎".to_owned(), 6)]);
    assert_eq!((words.looked, words.messages), (8, 8));
    assert_eq!(index.words(Some(GROUP), 1000, 1).unwrap().words[0].1, 6);
    for chat in [Some(GROUP), None] {
        let all = index.senders(chat, 99).unwrap().len() as u64;
        assert!(all > 1 && index.sender_count(chat).unwrap() == all);
    }
    assert!(words.different >= words.words.len() as u64 && words.different_emoji == 1);
    let everywhere = index.reply_network(None, 100, 9).unwrap();
    let replies = index.reply_network(Some(GROUP), 100, 9).unwrap();
    assert_eq!(everywhere, replies, "only this chat has answers");
    assert_eq!((replies.looked, replies.more, replies.all), (5, false, 1));
    let cut = index.reply_network(None, 3, 0).unwrap();
    assert_eq!(
        (cut.looked, cut.more, cut.all, cut.pairs.len()),
        (3, true, 1, 0)
    );
    assert_eq!(
        (
            replies.pairs[0].0.id,
            replies.pairs[0].1.id,
            replies.pairs[0].2
        ),
        (USER, ME, 5)
    );
}
