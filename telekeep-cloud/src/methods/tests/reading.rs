//! Methods that read.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Cloud, ids, marked};
use crate::rpc::NATIVE_LAYER;

#[test]
fn every_table_names_methods_of_the_schema_once() {
    let schema = telekeep_tl::bundled(NATIVE_LAYER).unwrap();
    let mut seen = BTreeSet::new();
    for (name, _) in crate::methods::TABLES.iter().flat_map(|table| table.iter()) {
        assert!(schema.result_type(name).is_some(), "{name}");
        assert!(seen.insert(*name), "{name} twice");
    }
}

#[test]
fn folders_are_made_changed_ordered_and_deleted() {
    let cloud = Cloud::new(14, 300, 1);
    let account = cloud.accounts()[0];
    let update = |id: i64, filter: Value| {
        let mut request = json!({"_": "messages.updateDialogFilter", "id": id});
        if !filter.is_null() {
            request["filter"] = filter;
        }
        cloud.on(2, account, request)
    };
    let names = || -> Vec<String> {
        let answer = cloud.ask(account, json!({"_": "messages.getDialogFilters"}));
        let filters = answer["filters"].as_array().unwrap();
        assert_eq!(filters[0]["_"], "dialogFilterDefault");
        let title = |filter: &Value| filter["title"]["text"].as_str().unwrap().to_owned();
        filters[1..].iter().map(title).collect()
    };
    assert_eq!(names(), ["In person", "Projects", "Reading"]);
    let chat = marked(&cloud.dialogs(account)[0]["peer"]);
    let folder = |title: &str, chats: Vec<Value>| {
        json!({"_": "dialogFilter", "id": 9, "title": {"_": "textWithEntities", "text": title, "entities": []},
            "pinned_peers": [], "include_peers": chats, "exclude_peers": []})
    };
    let input = cloud.input(account, chat);
    assert_eq!(
        update(9, folder("New", vec![input.clone()])),
        Ok(json!(true))
    );
    assert_eq!(update(3, folder("Work", vec![input])), Ok(json!(true)));
    cloud.ask(
        account,
        json!({"_": "messages.updateDialogFiltersOrder", "order": [9, 2]}),
    );
    assert_eq!(names(), ["New", "In person", "Work", "Reading"]);
    assert_eq!(update(2, Value::Null), Ok(json!(true)));
    assert_eq!(names(), ["New", "Work", "Reading"]);
    for (id, filter, error) in [
        (1, folder("x", vec![]), "FILTER_ID_INVALID"),
        (2, Value::Null, "FILTER_ID_INVALID"),
        (2, folder(" ", vec![]), "FILTER_TITLE_EMPTY"),
        (2, folder("x", vec![]), "FILTER_INCLUDE_EMPTY"),
        (
            2,
            folder("x", vec![json!({"_": "inputPeerEmpty"})]),
            "PEER_ID_INVALID",
        ),
    ] {
        assert_eq!(update(id, filter), Err(error.to_owned()));
    }
}

#[test]
fn paging_finds_every_message_in_both_directions() {
    let cloud = Cloud::new(14, 900, 1);
    let first = cloud.accounts()[0];
    proptest!(ProptestConfig::with_cases(12), |(limit in 1i64..=100, more in 0i64..=20)| {
        for chat in cloud.0.world.chat_list(first) {
            let truth: Vec<i64> = cloud.0.world.message_ids(first, chat.id).into_iter().map(i64::from).collect();
            let mut up = Vec::new();
            let mut last = 0;
            loop {
                let page = cloud.history(first, chat.id, json!({"offset_id": last + 1, "add_offset": -limit, "limit": limit}));
                let mut found = ids(&page);
                found.reverse();
                let Some(newest) = found.last() else { break };
                prop_assert!(found[0] > last && found.len() as i64 <= limit);
                last = *newest;
                up.extend(found);
            }
            prop_assert_eq!(&up, &truth);
            let mut down = Vec::new();
            let mut offset = 0;
            loop {
                let page = cloud.history(first, chat.id, json!({"offset_id": offset, "limit": limit}));
                let found = ids(&page);
                let Some(oldest) = found.last() else { break };
                offset = *oldest;
                down.extend(found);
            }
            down.reverse();
            prop_assert_eq!(&down, &truth);
            // A window around a message contains it.
            let middle = truth[truth.len() / 2];
            let page = cloud.history(first, chat.id, json!({"offset_id": middle + 1, "add_offset": -more / 2, "limit": more + 1}));
            prop_assert!(ids(&page).contains(&middle) || more / 2 > more);
        }
    });
}

#[test]
fn pages_shrink_at_deleted_messages_and_say_what_is_complete() {
    let cloud = Cloud::new(14, 3_000, 1);
    let first = cloud.accounts()[0];
    let mut short = 0;
    for chat in cloud.0.world.chat_list(first) {
        let truth = cloud.0.world.message_ids(first, chat.id);
        let page = cloud.history(first, chat.id, json!({}));
        let complete = page["_"] == "messages.messages";
        if chat.id > -1_000_000_000_000 {
            assert_eq!(
                complete,
                truth.len() <= 100 && ids(&page).len() == truth.len(),
                "{}",
                chat.id
            );
        } else {
            assert_eq!(page["_"], "messages.channelMessages");
            assert!(page["pts"].as_i64().unwrap() > 0);
        }
        if !complete {
            assert_eq!(page["count"], truth.len());
        }
        short += i32::from(ids(&page).len() < truth.len().min(100));
        // The filters are strict and applied after slicing.
        let page = cloud.history(
            first,
            chat.id,
            json!({"min_id": truth[0], "max_id": truth[truth.len() - 1]}),
        );
        assert!(
            ids(&page)
                .iter()
                .all(|id| *id > i64::from(truth[0]) && *id < i64::from(truth[truth.len() - 1]))
        );
    }
    assert!(short > 0, "no page was short");
}

#[test]
fn dialogs_page_without_loss_and_folders_divide_them() {
    let cloud = Cloud::new(40, 1_500, 1);
    let first = cloud.accounts()[0];
    let truth: BTreeSet<i64> = cloud
        .0
        .world
        .chat_list(first)
        .iter()
        .map(|c| c.id)
        .collect();
    for limit in [1, 3, 7, 100] {
        let mut seen = Vec::new();
        let (mut date, mut id, mut peer) = (json!(0), json!(0), json!({"_": "inputPeerEmpty"}));
        loop {
            let page = cloud.ask(
                first,
                json!({"_": "messages.getDialogs", "offset_date": date, "offset_id": id,
                "offset_peer": peer, "limit": limit, "hash": 0}),
            );
            let dialogs = page["dialogs"].as_array().unwrap();
            let Some(last) = dialogs.last() else { break };
            seen.extend(dialogs.iter().map(|d| marked(&d["peer"])));
            if page["_"] == "messages.dialogs" {
                break;
            }
            assert_eq!(page["count"], truth.len());
            id = last["top_message"].clone();
            let top = page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .find(|m| m["id"] == id && m["peer_id"] == last["peer"]);
            date = top.unwrap()["date"].clone();
            peer = cloud.input(first, marked(&last["peer"]));
        }
        assert_eq!(seen.len(), truth.len(), "limit {limit}: none twice");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), truth);
    }
    let of = |folder: i64| {
        let page = cloud.ask(first, json!({"_": "messages.getDialogs", "folder_id": folder, "offset_date": 0, "offset_id": 0,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0}));
        page["dialogs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|d| d["_"] == "dialog")
            .map(|d| marked(&d["peer"]))
            .collect::<BTreeSet<_>>()
    };
    let (main, archive) = (of(0), of(1));
    assert!(!archive.is_empty() && main.is_disjoint(&archive));
    assert_eq!(
        main.union(&archive).copied().collect::<BTreeSet<_>>(),
        truth
    );
    let pinned = cloud.ask(
        first,
        json!({"_": "messages.getPinnedDialogs", "folder_id": 0}),
    );
    let order = |dialogs: &Value| {
        dialogs
            .as_array()
            .unwrap()
            .iter()
            .map(|d| marked(&d["peer"]))
            .collect::<Vec<_>>()
    };
    let pinned = order(&pinned["dialogs"]);
    assert_eq!(pinned.len(), 3);
    let all = cloud.dialogs(first);
    assert_eq!(
        all.iter()
            .filter(|d| d["folder_id"].is_null())
            .map(|d| marked(&d["peer"]))
            .take(3)
            .collect::<Vec<_>>(),
        pinned
    );
}

#[test]
fn answers_bring_everybody_they_mention() {
    let cloud = Cloud::new(20, 1_500, 1);
    for account in cloud.accounts() {
        for chat in cloud.0.world.chat_list(account) {
            let page = cloud.history(account, chat.id, json!({}));
            let mut there = BTreeSet::new();
            for user in page["users"].as_array().unwrap() {
                there.insert(user["id"].as_i64().unwrap());
            }
            for chat in page["chats"].as_array().unwrap() {
                let id = chat["id"].as_i64().unwrap();
                there.insert(if chat["_"] == "channel" {
                    -1_000_000_000_000 - id
                } else {
                    -id
                });
            }
            for message in page["messages"].as_array().unwrap() {
                for peer in [
                    &message["peer_id"],
                    &message["from_id"],
                    &message["fwd_from"]["from_id"],
                ] {
                    if !peer.is_null() {
                        assert!(there.contains(&marked(peer)), "{peer} of {message}");
                    }
                }
                for user in message["action"]["users"].as_array().into_iter().flatten() {
                    assert!(there.contains(&user.as_i64().unwrap()));
                }
            }
        }
    }
}

#[test]
fn messages_by_id_are_found_without_their_chat_and_holes_are_empty() {
    let cloud = Cloud::new(14, 900, 1);
    let first = cloud.accounts()[0];
    let chats = cloud.0.world.chat_list(first);
    let mut all = BTreeSet::new();
    for chat in chats.iter().filter(|c| c.id > -1_000_000_000_000) {
        all.extend(cloud.0.world.message_ids(first, chat.id));
    }
    let top = *all.last().unwrap();
    let hole = (1..top).find(|id| !all.contains(id)).unwrap();
    let known = *all.first().unwrap();
    let request =
        json!([{"_": "inputMessageID", "id": known}, {"_": "inputMessageID", "id": hole}]);
    let answer = cloud.ask(first, json!({"_": "messages.getMessages", "id": request}));
    assert_eq!(answer["messages"][0]["id"], known);
    assert_eq!(
        answer["messages"][1],
        json!({"_": "messageEmpty", "id": hole})
    );
    let none = cloud.on(2, first, json!({"_": "messages.getMessages", "id": []}));
    assert_eq!(none, Err("MESSAGE_IDS_EMPTY".into()));
}

#[test]
fn wrong_access_hashes_and_strangers_are_refused() {
    let cloud = Cloud::new(14, 900, 1);
    let [first, second, third] = cloud.accounts()[..] else {
        panic!()
    };
    let chats = cloud.0.world.chat_list(first);
    let channel = chats.iter().find(|c| c.id < -1_000_000_000_000).unwrap().id;
    let history = |account: i64, peer: Value| {
        cloud.on(
            2,
            account,
            json!({"_": "messages.getHistory", "peer": peer, "offset_id": 0, "offset_date": 0,
            "add_offset": 0, "limit": 1, "max_id": 0, "min_id": 0, "hash": 0}),
        )
    };
    assert_eq!(
        history(second, cloud.input(first, channel)),
        Err("CHANNEL_INVALID".into())
    );
    let community = chats
        .iter()
        .find(|c| c.title == "Harbour Lane Neighbours" && c.id < -1_000_000_000_000)
        .unwrap()
        .id;
    assert_eq!(
        history(third, cloud.input(third, community)),
        Err("CHANNEL_PRIVATE".into())
    );
    assert_eq!(
        history(
            first,
            json!({"_": "inputPeerUser", "user_id": 777_000, "access_hash": 1})
        ),
        Err("PEER_ID_INVALID".into())
    );
    assert_eq!(
        history(first, json!({"_": "inputPeerChat", "chat_id": 5})),
        Err("CHAT_ID_INVALID".into())
    );
}

#[test]
fn searches_filter_and_count() {
    let cloud = Cloud::new(14, 2_500, 2);
    let first = cloud.accounts()[0];
    let chat = cloud
        .0
        .world
        .chat_list(first)
        .into_iter()
        .find(|c| c.title == "Harbour Lane Neighbours")
        .unwrap()
        .id;
    let search = |filter: &str, limit: i64| {
        cloud.ask(first, json!({"_": "messages.search", "peer": cloud.input(first, chat), "q": "", "filter": {"_": filter},
            "min_date": 0, "max_date": 0, "offset_id": 0, "add_offset": 0, "limit": limit, "max_id": 0, "min_id": 0, "hash": 0}))
    };
    let truth = cloud.0.world.messages(first, chat);
    for (filter, kind, field) in [
        ("inputMessagesFilterPhotos", "messageMediaPhoto", "photo"),
        ("inputMessagesFilterPoll", "messageMediaPoll", "poll"),
        (
            "inputMessagesFilterContacts",
            "messageMediaContact",
            "phone_number",
        ),
    ] {
        let has = |m: &&Value| m["media"]["_"] == kind && !m["media"][field].is_null();
        let wanted = truth.iter().filter(has).count();
        let page = search(filter, 100);
        assert!(
            page["messages"].as_array().unwrap().iter().all(|m| has(&m)),
            "{filter}"
        );
        let count = page["count"].as_u64().unwrap_or(ids(&page).len() as u64);
        assert_eq!(count, wanted as u64, "{filter}");
        assert!(ids(&search(filter, 0)).is_empty());
    }
    let counters = cloud.ask(
        first,
        json!({"_": "messages.getSearchCounters", "peer": cloud.input(first, chat),
        "filters": [{"_": "inputMessagesFilterPhotos"}]}),
    );
    assert!(counters[0]["count"].as_i64().unwrap() > 0);
}

#[test]
fn files_come_in_ranges_from_their_own_dc_with_a_valid_reference() {
    let cloud = Cloud::new(14, 2_500, 4);
    let first = cloud.accounts()[0];
    let mut dcs = BTreeSet::new();
    let mut checked = 0;
    for message in cloud
        .0
        .world
        .chats(first)
        .iter()
        .flat_map(|c| c.messages.clone())
    {
        let document = &message["media"]["document"];
        if document.is_null() || checked > 40 {
            continue;
        }
        checked += 1;
        let location = json!({"_": "inputDocumentFileLocation", "id": document["id"], "access_hash": document["access_hash"],
            "file_reference": document["file_reference"], "thumb_size": ""});
        let dc = document["dc_id"].as_i64().unwrap() as i32;
        dcs.insert(dc);
        let get = |dc: i32, location: &Value, offset: u64| {
            cloud.on(dc, first, json!({"_": "upload.getFile", "location": location, "offset": offset, "limit": 65_536}))
        };
        let other = if dc == 2 { 4 } else { 2 };
        assert_eq!(get(other, &location, 0), Err(format!("FILE_MIGRATE_{dc}")));
        let file = cloud
            .0
            .world
            .files()
            .into_iter()
            .find(|f| f.key == format!("document/{}", document["id"]))
            .unwrap();
        let mut bytes = Vec::new();
        loop {
            let part = get(dc, &location, bytes.len() as u64).unwrap();
            let part = crate::methods::input::bytes(&part, "bytes").unwrap();
            bytes.extend_from_slice(&part);
            if part.len() < 65_536 {
                break;
            }
        }
        assert!(bytes == cloud.0.world.file_range(&file, 0, u64::MAX));
        let mut wrong = location.clone();
        wrong["file_reference"] = json!("AAAA");
        assert_eq!(get(dc, &wrong, 0), Err("FILE_REFERENCE_INVALID".into()));
        wrong["file_reference"] = json!("");
        assert_eq!(get(dc, &wrong, 0), Err("FILE_REFERENCE_EMPTY".into()));
    }
    assert_eq!(dcs, BTreeSet::from([2, 4]));
}

#[test]
fn an_expired_reference_is_renewed_by_asking_for_the_message_again() {
    let cloud = Cloud::new(14, 900, 2);
    let first = cloud.accounts()[0];
    let chats = cloud.0.world.chats(first);
    let shared = chats
        .iter()
        .filter(|c| c.id > -1_000_000_000_000)
        .flat_map(|c| &c.messages);
    let message = shared
        .into_iter()
        .find(|m| m["media"]["document"]["dc_id"] == 2)
        .unwrap();
    let request = |message: &Value| {
        let document = &message["media"]["document"];
        json!({"_": "upload.getFile", "location": {"_": "inputDocumentFileLocation", "id": document["id"],
            "access_hash": document["access_hash"], "file_reference": document["file_reference"], "thumb_size": ""},
            "offset": 0, "limit": 4096})
    };
    let old = request(message);
    cloud.on(2, first, old.clone()).unwrap();
    cloud.0.world.expire_references_of(&old);
    assert_eq!(
        cloud.on(2, first, old.clone()),
        Err("FILE_REFERENCE_EXPIRED".into())
    );
    let again = || {
        cloud.ask(first, json!({"_": "messages.getMessages", "id": [{"_": "inputMessageID", "id": message["id"]}]}))
    };
    cloud
        .on(2, first, request(&again()["messages"][0]))
        .unwrap();
    cloud.0.world.expire_all_references();
    cloud
        .on(2, first, request(&again()["messages"][0]))
        .unwrap();
}

#[test]
fn topics_hold_their_messages() {
    let cloud = Cloud::new(14, 3_000, 1);
    let first = cloud.accounts()[0];
    let square = cloud
        .0
        .world
        .chat_list(first)
        .into_iter()
        .find(|c| c.title == "Town Square")
        .unwrap()
        .id;
    let peer = cloud.input(first, square);
    let topics = cloud.ask(first, json!({"_": "messages.getForumTopics", "peer": peer, "offset_date": 0, "offset_id": 0, "offset_topic": 0, "limit": 100}));
    let topics = topics["topics"].as_array().unwrap();
    assert!(topics.len() > 1);
    let mut found = 0;
    for topic in topics.iter().filter(|t| t["id"] != 1) {
        let replies = cloud.ask(
            first,
            json!({"_": "messages.getReplies", "peer": peer, "msg_id": topic["id"], "offset_id": 0,
            "offset_date": 0, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0}),
        );
        for message in replies["messages"].as_array().unwrap() {
            let header = &message["reply_to"];
            assert_eq!(header["forum_topic"], true);
            let top = if header["reply_to_top_id"].is_null() {
                &header["reply_to_msg_id"]
            } else {
                &header["reply_to_top_id"]
            };
            assert_eq!(top, &topic["id"]);
            found += 1;
        }
    }
    assert!(found > 20);
}
