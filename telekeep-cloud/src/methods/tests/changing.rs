//! Methods that change the world, and what others learn of it.

use serde_json::{Value, json};

use super::{Cloud, ids, marked, sent_id};

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
        crate::methods::input::bytes(&file.unwrap(), "bytes").unwrap(),
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
