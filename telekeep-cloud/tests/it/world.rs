//! The world through the wire: files of other data centres, cut parts, updates that were missed.

use serde_json::{Value, json};
use telekeep_cloud::{Cloud, Fault, FaultKind};

use crate::client::{Client, encode};
use crate::handshake::{connect, connect_to};
use crate::start::start;

pub fn logged_in(cloud: &Cloud) -> Client {
    let mut client = connect(cloud);
    client.init().unwrap();
    let account = &cloud.accounts()[0];
    client.log_in(&account.phone, &account.code).unwrap();
    client
}

/// The `InputPeer` of a dialog.
fn input_peer(dialogs: &Value, peer: &Value) -> Value {
    let find = |list: &str, id: &Value| {
        let found = dialogs[list]
            .as_array()
            .unwrap()
            .iter()
            .find(|peer| peer["id"] == *id);
        found.unwrap()["access_hash"].clone()
    };
    match peer["_"].as_str().unwrap() {
        "peerUser" => json!({"_": "inputPeerUser", "user_id": peer["user_id"],
            "access_hash": find("users", &peer["user_id"])}),
        "peerChat" => json!({"_": "inputPeerChat", "chat_id": peer["chat_id"]}),
        _ => json!({"_": "inputPeerChannel", "channel_id": peer["channel_id"],
            "access_hash": find("chats", &peer["channel_id"])}),
    }
}

/// Some document of each data centre.
fn documents(client: &mut Client) -> Vec<Value> {
    let dialogs = client
        .call(
            &json!({"_": "messages.getDialogs", "offset_date": 0, "offset_id": 0,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0}),
        )
        .unwrap();
    let mut found: Vec<Value> = Vec::new();
    for dialog in dialogs["dialogs"].as_array().unwrap() {
        let history = client
            .call(
                &json!({"_": "messages.getHistory", "peer": input_peer(&dialogs, &dialog["peer"]),
                "offset_id": 0, "offset_date": 0, "add_offset": 0, "limit": 100, "max_id": 0,
                "min_id": 0, "hash": 0}),
            )
            .unwrap();
        for message in history["messages"].as_array().unwrap() {
            let document = &message["media"]["document"];
            let new = !found
                .iter()
                .any(|known| known["dc_id"] == document["dc_id"]);
            if new && document["size"].as_i64().is_some_and(|size| size > 8192) {
                found.push(document.clone());
            }
        }
    }
    found
}

fn get_file(document: &Value) -> Value {
    json!({"_": "upload.getFile", "offset": 0, "limit": 8192, "location": {
        "_": "inputDocumentFileLocation", "id": document["id"],
        "access_hash": document["access_hash"], "file_reference": document["file_reference"],
        "thumb_size": ""}})
}

fn len(part: Result<Value, String>) -> usize {
    use base64::Engine as _;
    let part = part.unwrap();
    base64::engine::general_purpose::STANDARD
        .decode(part["bytes"].as_str().unwrap())
        .unwrap()
        .len()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_live_in_their_data_centre_and_faults_hit_them() {
    let (cloud, _dir) = start(1).await;
    let mut home = logged_in(&cloud);
    let documents = documents(&mut home);
    let of = |dc: i32| {
        documents
            .iter()
            .find(|document| document["dc_id"] == dc)
            .unwrap()
    };
    let foreign = get_file(of(4));
    assert_eq!(home.call(&foreign), Err("FILE_MIGRATE_4".into()));
    let exported = home
        .call(&json!({"_": "auth.exportAuthorization", "dc_id": 4}))
        .unwrap();
    let mut away = connect_to(&cloud, 4);
    away.init().unwrap();
    let import = json!({"_": "auth.importAuthorization", "id": exported["id"],
        "bytes": exported["bytes"]});
    away.call(&import).unwrap();
    assert_eq!(len(away.call(&foreign)), 8192);

    let own = get_file(of(2));
    let cut = |bytes| Fault::once("upload.getFile", 1, FaultKind::TruncatedPart { bytes });
    cloud.add_fault(cut(Some(100)));
    assert_eq!(len(home.call(&own)), 100);
    cloud.add_fault(cut(None));
    assert_eq!(len(home.call(&own)), 4096);
    assert_eq!(len(home.call(&own)), 8192);
    let expired = FaultKind::FileReferenceExpired { all: false };
    cloud.add_fault(Fault::once("upload.getFile", 1, expired));
    for _ in 0..2 {
        assert_eq!(
            home.call(&own),
            Err("FILE_REFERENCE_EXPIRED".into()),
            "repeating is no help"
        );
    }
    assert_eq!(cloud.problems(), Vec::<String>::new());
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_reach_other_sessions_and_a_missed_one_is_told() {
    const UPDATES_TOO_LONG: u32 = 0xe317_af7e;
    let (cloud, _dir) = start(1).await;
    let (mut one, mut two) = (logged_in(&cloud), logged_in(&cloud));
    let state = json!({"_": "updates.getState"});
    let before = two.call(&state).unwrap();
    let send = |random_id: i64| {
        json!({"_": "messages.sendMessage", "peer": {"_": "inputPeerSelf"}, "message": "hello",
            "random_id": random_id})
    };
    one.call(&send(1)).unwrap();
    let schema = telekeep_tl::bundled(230).unwrap();
    let update = loop {
        let message = two.receive().unwrap();
        if let Ok(updates) = schema.to_value("Updates", &message.body) {
            break updates;
        }
    };
    assert!(update.to_string().contains("hello"), "{update}");
    let after = two.call(&state).unwrap();
    assert!(after["pts"].as_i64() > before["pts"].as_i64());

    // Updates are not kept for a client that is away; it is told to ask.
    two.acknowledge();
    two.reconnect(cloud.address());
    one.call(&send(2)).unwrap();
    // The server learns of the broken connection at its own pace: until then it sends into it,
    // and what was sent comes again. Either way the client learns of the message.
    two.send(&encode(&state));
    loop {
        let message = two.receive().unwrap();
        let updates = schema.to_value("Updates", &message.body);
        if message.constructor() == UPDATES_TOO_LONG || updates.is_ok() {
            break;
        }
    }
    cloud.stop().await;
}
