//! Answers of the server, taken apart.

use serde_json::{Value, json};
use telekeep_tl::Schema;

use super::*;
use crate::spool::Count;

fn encode(ty: &str, value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    telekeep_tl::bundled(230)
        .unwrap()
        .encode(ty, value, &mut bytes)
        .unwrap();
    bytes
}

fn schema() -> &'static Schema {
    telekeep_tl::bundled(230).unwrap()
}

fn user(id: i64, online: bool, min: bool) -> Value {
    let status = match online {
        true => json!({"_": "userStatusOnline", "expires": 5}),
        false => json!({"_": "userStatusRecently"}),
    };
    let mut user =
        json!({"_": "user", "id": id, "first_name": "A", "access_hash": 9, "status": status});
    if min {
        user["min"] = json!(true);
    }
    user
}

fn slice(messages: Value, users: Value) -> Vec<u8> {
    let answer = json!({"_": "messages.messagesSlice", "inexact": true, "count": 70,
        "messages": messages, "topics": [], "chats": [], "users": users});
    encode("messages.Messages", &answer)
}

#[test]
fn a_page_gives_its_messages_ascending_and_its_count() {
    let message = |id: i32| {
        json!({"_": "message", "id": id, "date": 1, "message": "m",
               "peer_id": {"_": "peerUser", "user_id": 5}})
    };
    let bytes = slice(json!([message(9), message(4), message(9)]), json!([]));
    let outline = Outline::of(schema(), &bytes).unwrap();
    assert_eq!(outline.ids, [9, 4]);
    let page = outline.decode(schema(), &PeerFilter::default(), 5);
    assert_eq!(
        page.messages.iter().map(|m| m.id).collect::<Vec<_>>(),
        [4, 9]
    );
    assert_eq!(
        outline.count,
        Some(Count {
            messages: 70,
            inexact: true
        })
    );
    let body: Value = serde_json::from_slice(page.body(&page.messages[0])).unwrap();
    assert_eq!(body, message(4));
}

#[test]
fn people_are_handed_on_once_unless_they_change() {
    let filter = PeerFilter::default();
    let peers = |users: Value| {
        let bytes = slice(json!([]), users);
        let page = Outline::of(schema(), &bytes).unwrap();
        let page = page.decode(schema(), &filter, 5);
        page.peers
            .iter()
            .map(|peer| peer.peer.chat)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        peers(json!([user(5, true, false), user(6, true, false)])),
        [5, 6]
    );
    assert!(peers(json!([user(5, false, false)])).is_empty());
    let mut renamed = user(5, false, false);
    renamed["first_name"] = json!("B");
    assert_eq!(peers(json!([renamed])), [5]);
}

#[test]
fn another_object_is_no_page() {
    let filter = PeerFilter::default();
    let bytes = encode(
        "",
        &json!({"_": "messages.messagesNotModified", "count": 3}),
    );
    assert!(matches!(
        Outline::of(schema(), &bytes),
        Err(BadAnswer::Unexpected(_))
    ));
    assert!(matches!(
        dialogs(schema(), &filter, &bytes),
        Err(BadAnswer::Unexpected(_))
    ));
    assert!(matches!(
        Outline::of(schema(), &[1, 2, 3]),
        Err(BadAnswer::Undecodable(_))
    ));
}

#[test]
fn dialogs_have_the_dates_of_their_own_messages() {
    let dialog = |peer: Value, top: i32, unread: i32| {
        json!({"_": "dialog", "peer": peer, "top_message": top, "read_inbox_max_id": 0,
            "read_outbox_max_id": 0, "unread_count": unread, "unread_mentions_count": 0,
            "unread_reactions_count": 0, "unread_poll_votes_count": 0,
            "notify_settings": {"_": "peerNotifySettings"}})
    };
    let channel = json!({"_": "peerChannel", "channel_id": 7});
    let group = json!({"_": "peerChat", "chat_id": 7});
    let folder = json!({"_": "dialogFolder", "peer": group, "top_message": 3,
        "folder": {"_": "folder", "id": 1, "title": "t"}, "unread_muted_peers_count": 0,
        "unread_unmuted_peers_count": 0, "unread_muted_messages_count": 0,
        "unread_unmuted_messages_count": 0});
    let page = |unread: i32| {
        let message =
            json!({"_": "message", "id": 3, "date": 99, "message": "", "peer_id": channel});
        let answer = json!({"_": "messages.dialogsSlice", "count": 2,
            "dialogs": [folder, dialog(channel.clone(), 3, unread), dialog(group.clone(), 3, 0)],
            "messages": [message], "chats": [], "users": [user(1, true, true)]});
        dialogs(
            schema(),
            &PeerFilter::default(),
            &encode("messages.Dialogs", &answer),
        )
        .unwrap()
    };
    let (read, unread) = (page(0), page(4));
    let found: Vec<_> = read
        .dialogs
        .iter()
        .map(|d| (d.chat, d.top, d.date))
        .collect();
    assert_eq!(found, [(-1_000_000_000_007, 3, Some(99)), (-7, 3, None)]);
    assert_eq!(read.dialogs[0].print, unread.dialogs[0].print);
    assert!(read.addresses[&1].min && !read.complete);
}

#[test]
fn communities_are_passed_over_as_chats_without_messages() {
    let settings = json!({"_": "peerNotifySettings"});
    let entry = json!({"_": "dialogCommunity", "community_id": 9, "notify_settings": settings});
    let group = json!({"_": "peerChat", "chat_id": 7});
    let dialog = json!({"_": "dialog", "peer": group, "top_message": 3,
        "read_inbox_max_id": 0, "read_outbox_max_id": 0, "unread_count": 0,
        "unread_mentions_count": 0, "unread_reactions_count": 0,
        "unread_poll_votes_count": 0, "notify_settings": settings});
    let community = json!({"_": "community", "id": 9, "title": "Harbour", "date": 1,
        "photo": {"_": "chatPhotoEmpty"}});
    let closed = json!({"_": "communityForbidden", "id": 8, "title": "Closed"});
    let answer = json!({"_": "messages.dialogsSlice", "count": 3,
        "dialogs": [entry, dialog, entry], "messages": [], "chats": [community, closed],
        "users": [user(1, false, true)]});
    let page = dialogs(
        schema(),
        &PeerFilter::default(),
        &encode("messages.Dialogs", &answer),
    )
    .unwrap();
    let found: Vec<_> = page.dialogs.iter().map(|d| d.chat).collect();
    assert_eq!(found, [-7]);
    let known: Vec<_> = page.addresses.keys().copied().collect();
    assert_eq!(known, [1]);
}
