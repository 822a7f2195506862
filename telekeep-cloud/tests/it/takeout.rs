//! Takeout sessions as clients meet them.

use serde_json::{Value, json};
use telekeep_cloud::{Cloud, Fault, FaultKind};

use crate::client::Client;
use crate::handshake::{connect, connect_to};
use crate::start::start;
use crate::world::logged_in;

/// Every flag.
fn everything() -> Value {
    json!({"_": "account.initTakeoutSession", "contacts": true, "message_users": true,
        "message_chats": true, "message_megagroups": true, "message_channels": true,
        "files": true, "file_max_size": 4_194_304_000i64})
}

fn begin(client: &mut Client) -> i64 {
    client.call(&everything()).unwrap()["id"].as_i64().unwrap()
}

fn within(id: i64, query: &Value) -> Value {
    json!({"_": "invokeWithTakeout", "takeout_id": id, "query": query})
}

fn refused<T>(name: &str) -> Result<T, String> {
    Err(name.to_owned())
}

fn saved() -> Value {
    json!({"_": "contacts.getSaved"})
}

fn dialogs() -> Value {
    json!({"_": "messages.getDialogs", "offset_date": 0, "offset_id": 0,
        "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_an_export_is_refused_without_one_and_after_it() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let left = json!({"_": "channels.getLeftChannels", "offset": 0});
    let finish = json!({"_": "account.finishTakeoutSession", "success": true});
    for request in [&saved(), &left, &finish] {
        assert_eq!(client.call(request), refused("TAKEOUT_REQUIRED"));
    }
    assert_eq!(
        client.call(&within(5, &saved())),
        refused("TAKEOUT_INVALID")
    );
    let id = begin(&mut client);
    assert!(
        !client
            .call(&within(id, &saved()))
            .unwrap()
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(client.call(&within(id, &left)).unwrap()["chats"], json!([]));
    assert_eq!(client.call(&within(id, &finish)), Ok(json!(true)));
    assert_eq!(
        client.call(&within(id, &saved())),
        refused("TAKEOUT_INVALID")
    );
    assert_eq!(cloud.takeout_calls()["contacts.getSaved"], 3);
    assert_eq!(cloud.problems(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_export_ends_the_one_before_also_from_another_login() {
    let (cloud, _dir) = start(1).await;
    let (mut one, mut two) = (logged_in(&cloud), logged_in(&cloud));
    let first = begin(&mut one);
    let second = begin(&mut one);
    assert_eq!(
        one.call(&within(first, &saved())),
        refused("TAKEOUT_INVALID")
    );
    assert!(one.call(&within(second, &saved())).is_ok());
    assert_eq!(
        two.call(&within(second, &saved())),
        refused("TAKEOUT_INVALID")
    );
    begin(&mut two);
    assert_eq!(
        one.call(&within(second, &saved())),
        refused("TAKEOUT_INVALID")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_announced_may_be_asked_for() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let only_users = json!({"_": "account.initTakeoutSession", "message_users": true});
    let id = client.call(&only_users).unwrap()["id"].as_i64().unwrap();
    assert_eq!(
        client.call(&within(id, &saved())),
        refused("TAKEOUT_REQUIRED")
    );
    assert!(client.call(&within(id, &dialogs())).is_ok());
    let history = |peer: Value| {
        json!({"_": "messages.getHistory", "peer": peer, "offset_id": 0, "offset_date": 0,
            "add_offset": 0, "limit": 1, "max_id": 0, "min_id": 0, "hash": 0})
    };
    let own = history(json!({"_": "inputPeerSelf"}));
    assert!(client.call(&within(id, &own)).is_ok());
    let group = history(json!({"_": "inputPeerChat", "chat_id": 1}));
    assert_eq!(
        client.call(&within(id, &group)),
        refused("TAKEOUT_REQUIRED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_known_at_other_data_centres() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let id = begin(&mut client);
    let export = json!({"_": "auth.exportAuthorization", "dc_id": 4});
    let exported = client.call(&export).unwrap();
    let mut away = connect_to(&cloud, 4);
    away.init().unwrap();
    let import = json!({"_": "auth.importAuthorization", "id": exported["id"],
        "bytes": exported["bytes"]});
    away.call(&import).unwrap();
    let location = json!({"_": "inputDocumentFileLocation", "id": 1, "access_hash": 1,
        "file_reference": "", "thumb_size": ""});
    let part = json!({"_": "upload.getFile", "location": location, "offset": 0, "limit": 4096});
    assert_eq!(away.call(&within(id, &part)), refused("FILE_ID_INVALID"));
    assert_eq!(
        away.call(&within(id + 2, &part)),
        refused("TAKEOUT_INVALID")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_lasts_until_its_end_or_until_the_owner_allows_it() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let delay = |seconds| {
        let kind = FaultKind::TakeoutInitDelay { seconds };
        cloud.add_fault(Fault::once("account.initTakeoutSession", 1, kind));
    };
    delay(86_400);
    assert_eq!(
        client.call(&everything()),
        refused("TAKEOUT_INIT_DELAY_86400")
    );
    let again = client.call(&everything()).unwrap_err();
    assert!(again.starts_with("TAKEOUT_INIT_DELAY_"), "{again}");
    assert_eq!(cloud.wait_violations(), 0, "asking again is no offence");
    cloud.allow_takeouts();
    begin(&mut client);
    delay(0);
    assert_eq!(client.call(&everything()), refused("TAKEOUT_INIT_DELAY_0"));
    begin(&mut client);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_tell_inside_from_outside_and_end_exports() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let mut flood = Fault::once(
        "messages.getDialogs",
        1,
        FaultKind::FloodWait { seconds: 9 },
    );
    flood.takeout = Some(false);
    cloud.add_fault(flood);
    let id = begin(&mut client);
    assert!(client.call(&within(id, &dialogs())).is_ok());
    cloud.add_fault(Fault::once(
        "messages.getDialogs",
        1,
        FaultKind::TakeoutInvalid,
    ));
    assert_eq!(
        client.call(&within(id, &dialogs())),
        refused("TAKEOUT_INVALID")
    );
    assert_eq!(
        client.call(&within(id, &dialogs())),
        refused("TAKEOUT_INVALID")
    );
    assert_eq!(client.call(&dialogs()), refused("FLOOD_WAIT_9"));
    let id = begin(&mut client);
    // A wait that was asked for holds wherever the method is called.
    let early = client.call(&within(id, &dialogs())).unwrap_err();
    assert!(early.starts_with("FLOOD_WAIT_"), "{early}");
}

/// A private supergroup the account made, wrote in together with nobody, and left.
fn left_group(client: &mut Client) -> Value {
    let make =
        json!({"_": "channels.createChannel", "title": "Gone", "about": "", "megagroup": true});
    let made = client.call(&make).unwrap();
    let chat = &made["chats"][0];
    let (id, hash) = (&chat["id"], &chat["access_hash"]);
    let peer = json!({"_": "inputPeerChannel", "channel_id": id, "access_hash": hash});
    let send =
        json!({"_": "messages.sendMessage", "peer": peer, "message": "my words", "random_id": 5});
    client.call(&send).unwrap();
    let channel = json!({"_": "inputChannel", "channel_id": id, "access_hash": hash});
    client
        .call(&json!({"_": "channels.leaveChannel", "channel": channel}))
        .unwrap();
    peer
}

#[tokio::test(flavor = "multi_thread")]
async fn left_channels_are_listed_and_own_messages_in_them_found_inside_only() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let peer = left_group(&mut client);
    let id = begin(&mut client);
    let left = json!({"_": "channels.getLeftChannels", "offset": 0});
    let chats = client.call(&within(id, &left)).unwrap();
    assert_eq!(chats["chats"][0]["title"], "Gone");
    assert_eq!(chats["chats"][0]["left"], true);
    let mut search = json!({"_": "messages.search", "peer": peer, "q": "",
        "filter": {"_": "inputMessagesFilterEmpty"}, "min_date": 0, "max_date": 0, "offset_id": 0,
        "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0});
    assert_eq!(
        client.call(&within(id, &search)),
        refused("CHANNEL_PRIVATE")
    );
    search["from_id"] = json!({"_": "inputPeerSelf"});
    assert_eq!(client.call(&search), refused("CHANNEL_PRIVATE"));
    let found = client.call(&within(id, &search)).unwrap();
    let texts: Vec<_> = found["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["message"])
        .collect();
    assert!(texts.contains(&&json!("my words")), "{texts:?}");
}

/// Chats and the ids of their newest messages within a range.
fn tops(client: &mut Client, id: i64, range: (i32, i32)) -> Vec<(Value, i32)> {
    let range = json!({"_": "messageRange", "min_id": range.0, "max_id": range.1});
    let query = json!({"_": "invokeWithMessagesRange", "range": range, "query": dialogs()});
    let page = client.call(&within(id, &query)).unwrap();
    let dialogs = page["dialogs"].as_array().unwrap();
    let top = |dialog: &Value| {
        (
            dialog["peer"].clone(),
            dialog["top_message"].as_i64().unwrap() as i32,
        )
    };
    dialogs.iter().map(top).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_divide_the_shared_sequence() {
    let (cloud, _dir) = start(1).await;
    let mut client = logged_in(&cloud);
    let account = cloud.world().account_ids()[0];
    cloud.world().split(account, &[100, 200]);
    let id = begin(&mut client);
    let ranges = client
        .call(&within(id, &json!({"_": "messages.getSplitRanges"})))
        .unwrap();
    let bounds: Vec<_> = ranges
        .as_array()
        .unwrap()
        .iter()
        .map(|range| {
            (
                range["min_id"].as_i64().unwrap(),
                range["max_id"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(bounds, [(1, 100), (101, 200), (201, i64::from(i32::MAX))]);
    let old = tops(&mut client, id, (1, 100));
    assert!(!old.is_empty());
    assert!(
        old.iter()
            .all(|(peer, top)| peer["_"] != "peerChannel" && *top <= 100),
        "{old:?}"
    );
    let new = tops(&mut client, id, (201, i32::MAX));
    assert!(
        new.iter().any(|(peer, _)| peer["_"] == "peerChannel"),
        "channels are in the newest"
    );
    histories_add_up(&cloud, &mut client, id, account);
}

/// The ranges of a chat together hold its messages, and each counts its own.
fn histories_add_up(cloud: &Cloud, client: &mut Client, id: i64, account: i64) {
    let truth = cloud.world().message_ids(account, account);
    let mut found = Vec::new();
    for (min_id, max_id) in [(201, i32::MAX), (101, 200), (1, 100)] {
        let history = json!({"_": "messages.getHistory", "peer": {"_": "inputPeerSelf"},
            "offset_id": 0, "offset_date": 0, "add_offset": 0, "limit": 100, "max_id": 0,
            "min_id": 0, "hash": 0});
        let range = json!({"_": "messageRange", "min_id": min_id, "max_id": max_id});
        let query = json!({"_": "invokeWithMessagesRange", "range": range, "query": history});
        let page = client.call(&within(id, &query)).unwrap();
        let ids: Vec<i32> = page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["id"].as_i64().unwrap() as i32)
            .collect();
        assert!(ids.iter().all(|id| (min_id..=max_id).contains(id)));
        if page["_"] == "messages.messages" {
            found.extend(ids);
        } else {
            let count = page["count"].as_u64().unwrap() as usize;
            let inside = truth.iter().filter(|id| (min_id..=max_id).contains(id));
            assert_eq!(count, inside.clone().count());
            found.extend(inside.rev());
        }
    }
    found.reverse();
    assert_eq!(found, truth);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_login_there_is_none() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    assert_eq!(client.call(&everything()), refused("AUTH_KEY_UNREGISTERED"));
}
