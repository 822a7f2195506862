//! The methods of the world, called as the dispatcher calls them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Shared;
use crate::rpc::{Answer, Call, NATIVE_LAYER, SessionId};
use crate::world::World;

struct Cloud(Shared);

impl Cloud {
    fn new(chats: u32, messages: u64, media_mb: u64) -> Self {
        let world = World::generate(11, chats, messages, media_mb);
        Self(Shared::new(world, BTreeMap::new(), Duration::ZERO))
    }

    fn accounts(&self) -> Vec<i64> {
        self.0.world.account_ids()
    }

    fn on(&self, dc: i32, account: i64, request: Value) -> Result<Value, String> {
        let schema = telekeep_tl::bundled(NATIVE_LAYER).unwrap();
        let name = request["_"].as_str().unwrap().to_owned();
        // What is asked must be a request of the schema.
        schema.encode("", &request, &mut Vec::new()).unwrap();
        let handler = self.0.handler(&name).unwrap();
        let call = Call {
            account: Some(account),
            session: SessionId(1),
            dc,
            layer: NATIVE_LAYER,
            cloud: &self.0,
        };
        match handler(&call, request) {
            Ok(Answer::Json(value)) => Ok(value),
            Ok(Answer::Tl(bytes)) => {
                let ty = schema.result_type(&name).unwrap();
                Ok(schema
                    .to_value(ty, &bytes)
                    .unwrap_or_else(|e| panic!("{name}: {e:?}")))
            }
            Err(error) => Err(error.message.into_owned()),
        }
    }

    fn ask(&self, account: i64, request: Value) -> Value {
        let name = request["_"].clone();
        self.on(2, account, request)
            .unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn dialogs(&self, account: i64) -> Vec<Value> {
        let answer = self.ask(
            account,
            json!({"_": "messages.getDialogs", "offset_date": 0, "offset_id": 0,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0}),
        );
        answer["dialogs"].as_array().unwrap().clone()
    }

    /// The `InputPeer` of a marked id, with the hash this account has.
    fn input(&self, account: i64, marked: i64) -> Value {
        use crate::world::ids::PeerId;
        let peer = PeerId::of_marked(marked);
        let access_hash = self.0.world.read().peers.access_hash(account, peer);
        match peer {
            PeerId::User(id) if id == account => json!({"_": "inputPeerSelf"}),
            PeerId::User(user_id) => {
                json!({"_": "inputPeerUser", "user_id": user_id, "access_hash": access_hash})
            }
            PeerId::Chat(chat_id) => json!({"_": "inputPeerChat", "chat_id": chat_id}),
            PeerId::Channel(channel_id) => {
                json!({"_": "inputPeerChannel", "channel_id": channel_id, "access_hash": access_hash})
            }
        }
    }

    fn history(&self, account: i64, marked: i64, paging: Value) -> Value {
        let mut request = json!({"_": "messages.getHistory", "peer": self.input(account, marked), "offset_id": 0,
            "offset_date": 0, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0});
        for (key, value) in paging.as_object().unwrap() {
            request[key] = value.clone();
        }
        self.ask(account, request)
    }

    fn state(&self, account: i64) -> Value {
        self.ask(account, json!({"_": "updates.getState"}))
    }

    fn difference(&self, account: i64, state: &Value) -> Value {
        self.ask(account, json!({"_": "updates.getDifference", "pts": state["pts"], "date": state["date"], "qts": 0}))
    }

    fn send(&self, account: i64, marked: i64, text: &str, random_id: i64) -> Value {
        self.ask(account, json!({"_": "messages.sendMessage", "peer": self.input(account, marked), "message": text, "random_id": random_id}))
    }
}

fn marked(peer: &Value) -> i64 {
    match peer["_"].as_str().unwrap() {
        "peerUser" => peer["user_id"].as_i64().unwrap(),
        "peerChat" => -peer["chat_id"].as_i64().unwrap(),
        _ => -1_000_000_000_000 - peer["channel_id"].as_i64().unwrap(),
    }
}

fn ids(answer: &Value) -> Vec<i64> {
    answer["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].as_i64().unwrap())
        .collect()
}

/// The new id in the answer to a sent message.
fn sent_id(updates: &Value) -> i64 {
    updates["updates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["_"] == "updateMessageID")
        .unwrap()["id"]
        .as_i64()
        .unwrap()
}

#[test]
fn every_table_names_methods_of_the_schema_once() {
    let schema = telekeep_tl::bundled(NATIVE_LAYER).unwrap();
    let mut seen = BTreeSet::new();
    for (name, _) in super::TABLES.iter().flat_map(|table| table.iter()) {
        assert!(schema.result_type(name).is_some(), "{name}");
        assert!(seen.insert(*name), "{name} twice");
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
            let part = super::input::bytes(&part, "bytes").unwrap();
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
fn a_message_reaches_both_sides_with_their_own_ids_and_counters() {
    let cloud = Cloud::new(14, 900, 1);
    let [first, second, _] = cloud.accounts()[..] else {
        panic!()
    };
    let (mine, theirs) = (cloud.state(first), cloud.state(second));
    let answer = cloud.send(first, second, "Did you find the umbrella?", 99);
    let id = sent_id(&answer);
    let own = &answer["updates"][1];
    assert_eq!(own["_"], "updateNewMessage");
    assert_eq!(own["pts"].as_i64(), mine["pts"].as_i64().map(|p| p + 1));
    assert_eq!(own["message"]["out"], true);
    let difference = cloud.difference(second, &theirs);
    let got = &difference["new_messages"][0];
    assert_eq!(got["message"], "Did you find the umbrella?");
    assert!(got["out"].is_null() && marked(&got["peer_id"]) == first);
    assert_eq!(
        difference["state"]["pts"].as_i64(),
        theirs["pts"].as_i64().map(|p| p + 1)
    );
    assert_eq!(
        ids(&cloud.history(first, second, json!({"limit": 1}))),
        [id]
    );
    // The same random id again sends nothing.
    let again = cloud.on(2, first, json!({"_": "messages.sendMessage", "peer": cloud.input(first, second), "message": "x", "random_id": 99}));
    assert_eq!(again, Err("RANDOM_ID_DUPLICATE".into()));
    // Answer, edit and deletion travel back.
    let before = cloud.state(second);
    cloud.ask(first, json!({"_": "messages.editMessage", "peer": cloud.input(first, second), "id": id, "message": "Found it!"}));
    let edited = cloud.difference(second, &before);
    assert_eq!(edited["other_updates"][0]["_"], "updateEditMessage");
    assert_eq!(
        edited["other_updates"][0]["message"]["message"],
        "Found it!"
    );
    assert_eq!(edited["other_updates"][0]["message"]["id"], got["id"]);
    let before = cloud.state(second);
    let affected = cloud.ask(
        first,
        json!({"_": "messages.deleteMessages", "revoke": true, "id": [id]}),
    );
    assert_eq!(affected["pts_count"], 1);
    assert_eq!(
        affected["pts"].as_i64(),
        mine["pts"].as_i64().map(|p| p + 3)
    );
    let deleted = cloud.difference(second, &before);
    assert_eq!(deleted["other_updates"][0]["messages"], json!([got["id"]]));
    assert!(
        !cloud
            .0
            .world
            .message_ids(second, first)
            .contains(&(got["id"].as_i64().unwrap() as i32))
    );
}

#[test]
fn channels_count_their_own_changes() {
    let cloud = Cloud::new(14, 900, 1);
    let [first, second, third] = cloud.accounts()[..] else {
        panic!()
    };
    let community = cloud
        .0
        .world
        .chat_list(second)
        .into_iter()
        .find(|c| c.title == "Harbour Lane Neighbours")
        .unwrap()
        .id;
    let full = |account: i64| {
        let peer = cloud.input(account, community);
        let channel = json!({"_": "inputChannel", "channel_id": peer["channel_id"], "access_hash": peer["access_hash"]});
        (
            channel.clone(),
            cloud.ask(
                account,
                json!({"_": "channels.getFullChannel", "channel": channel}),
            )["full_chat"]["pts"]
                .clone(),
        )
    };
    let (channel, pts) = full(second);
    let state = cloud.state(second);
    let id = sent_id(&cloud.send(first, community, "The lamp is repaired.", 5));
    let difference = cloud.difference(second, &state);
    assert_eq!(difference["other_updates"][0]["_"], "updateChannelTooLong");
    let ask = |pts: &Value| {
        cloud.ask(
            second,
            json!({"_": "updates.getChannelDifference", "channel": channel,
            "filter": {"_": "channelMessagesFilterEmpty"}, "pts": pts, "limit": 100}),
        )
    };
    let news = ask(&pts);
    assert_eq!(news["new_messages"][0]["id"], id);
    assert!(news["new_messages"][0]["out"].is_null());
    assert_eq!(news["pts"].as_i64(), pts.as_i64().map(|p| p + 1));
    assert_eq!(ask(&news["pts"])["_"], "updates.channelDifferenceEmpty");
    assert_eq!(ask(&json!(1))["_"], "updates.channelDifferenceTooLong");
    // Reactions are personal; a stranger sees nothing.
    let react = json!({"_": "messages.sendReaction", "peer": cloud.input(second, community), "msg_id": id,
        "reaction": [{"_": "reactionEmoji", "emoticon": "🔥"}]});
    let reacted = cloud.ask(second, react);
    assert_eq!(
        reacted["updates"][0]["reactions"]["results"][0]["chosen_order"],
        0
    );
    let seen = cloud.history(first, community, json!({"limit": 1}));
    assert_eq!(seen["messages"][0]["reactions"]["results"][0]["count"], 1);
    assert!(seen["messages"][0]["reactions"]["results"][0]["chosen_order"].is_null());
    assert_eq!(seen["messages"][0]["out"], true);
    assert!(
        cloud
            .0
            .world
            .chat_list(third)
            .iter()
            .all(|c| c.id != community)
    );
    // Deleting needs the right.
    let peer = cloud.input(second, community);
    let channel = json!({"_": "inputChannel", "channel_id": peer["channel_id"], "access_hash": peer["access_hash"]});
    let refused = cloud.on(
        2,
        second,
        json!({"_": "channels.deleteMessages", "channel": channel, "id": [id]}),
    );
    assert_eq!(refused, Err("MESSAGE_DELETE_FORBIDDEN".into()));
}

#[test]
fn uploaded_files_are_sent_downloaded_and_forwarded() {
    let cloud = Cloud::new(14, 900, 1);
    let [first, second, _] = cloud.accounts()[..] else {
        panic!()
    };
    let part = |n: i64, text: &str| {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD.encode(text);
        cloud.ask(
            first,
            json!({"_": "upload.saveFilePart", "file_id": 42, "file_part": n, "bytes": bytes}),
        )
    };
    let media = json!({"_": "inputMediaUploadedDocument", "file": {"_": "inputFile", "id": 42, "parts": 2, "name": "a.txt", "md5_checksum": ""},
        "mime_type": "text/plain", "attributes": [{"_": "documentAttributeFilename", "file_name": "a.txt"}]});
    let request = json!({"_": "messages.sendMedia", "peer": cloud.input(first, second), "media": media, "message": "look", "random_id": 1});
    assert_eq!(part(1, "world"), true);
    assert_eq!(
        cloud.on(2, first, request.clone()),
        Err("FILE_PART_0_MISSING".into())
    );
    part(0, "hello ");
    let answer = cloud.ask(first, request);
    let document = &answer["updates"][1]["message"]["media"]["document"];
    let dc = document["dc_id"].as_i64().unwrap() as i32;
    let file = cloud.on(dc, second, json!({"_": "upload.getFile", "offset": 0, "limit": 4096, "location": {
        "_": "inputDocumentFileLocation", "id": document["id"], "access_hash": document["access_hash"],
        "file_reference": document["file_reference"], "thumb_size": ""}}));
    assert_eq!(
        super::input::bytes(&file.unwrap(), "bytes").unwrap(),
        b"hello world"
    );
    let forward = cloud.ask(
        first,
        json!({"_": "messages.forwardMessages", "from_peer": cloud.input(first, second),
        "id": [sent_id(&answer)], "random_id": [2], "to_peer": {"_": "inputPeerSelf"}}),
    );
    let message = &forward["updates"][1]["message"];
    assert_eq!(message["media"]["document"]["id"], document["id"]);
    assert_eq!(marked(&message["fwd_from"]["from_id"]), first);
}

#[test]
fn new_groups_and_accounts_start_empty_and_fill() {
    let cloud = Cloud::new(14, 900, 1);
    let first = cloud.accounts()[0];
    let new = cloud.0.world.sign_up("9996620099", "Nora", "").unwrap();
    assert!(cloud.dialogs(new).is_empty());
    assert_eq!(
        cloud.difference(new, &cloud.state(new))["_"],
        "updates.differenceEmpty"
    );
    let state = cloud.state(new);
    let user = cloud.input(first, new);
    let user = json!({"_": "inputUser", "user_id": new, "access_hash": user["access_hash"]});
    let made = cloud.ask(
        first,
        json!({"_": "messages.createChat", "users": [user], "title": "Kettle owners"}),
    );
    let message = &made["updates"]["updates"][0]["message"];
    assert_eq!(message["action"]["_"], "messageActionChatCreate");
    assert_eq!(
        cloud.difference(new, &state)["new_messages"][0]["action"]["title"],
        "Kettle owners"
    );
    assert_eq!(cloud.dialogs(new).len(), 1);
    let made = cloud.ask(first, json!({"_": "channels.createChannel", "broadcast": true, "title": "Kettle news", "about": ""}));
    let channel = made["updates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["_"] == "updateNewChannelMessage")
        .unwrap();
    assert_eq!(
        (&channel["message"]["id"], &channel["pts"]),
        (&json!(1), &json!(2))
    );
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

#[test]
fn pins_and_read_marks_are_counted() {
    let cloud = Cloud::new(14, 900, 1);
    let [first, second, _] = cloud.accounts()[..] else {
        panic!()
    };
    let state = cloud.state(first);
    let id = sent_id(&cloud.send(second, first, "Pin me", 7));
    assert!(id > 0);
    let got = cloud.difference(first, &state);
    let id = got["new_messages"][0]["id"].clone();
    let before = cloud.state(first);
    cloud.ask(
        first,
        json!({"_": "messages.updatePinnedMessage", "peer": cloud.input(first, second), "id": id}),
    );
    let after = cloud.state(first);
    assert_eq!(
        after["pts"].as_i64(),
        before["pts"].as_i64().map(|p| p + 2),
        "the pin and its notice"
    );
    let read = cloud.ask(
        first,
        json!({"_": "messages.readHistory", "peer": cloud.input(first, second), "max_id": 0}),
    );
    assert_eq!(
        read["pts_count"], 0,
        "the notice was sent by the reader, so all is read"
    );
}
