//! What chats are beyond their messages.

use super::*;

impl Cloud {
    fn called(&self, account: i64, title: &str) -> i64 {
        let chats = self.0.world.chat_list(account);
        chats
            .into_iter()
            .find(|chat| chat.title == title)
            .unwrap()
            .id
    }

    fn channel(&self, account: i64, marked: i64) -> Value {
        let mut channel = self.input(account, marked);
        channel["_"] = json!("inputChannel");
        channel
    }

    fn members(&self, account: i64, chat: i64, filter: Value) -> Result<Value, String> {
        let channel = self.channel(account, chat);
        let request = json!({"_": "channels.getParticipants", "channel": channel, "filter": filter,
            "offset": 0, "limit": 200, "hash": 0});
        self.on(2, account, request)
    }
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().unwrap()
}

const COMMUNITY: &str = "Harbour Lane Neighbours";

fn community(cloud: &Cloud, account: i64) -> i64 {
    let chats = cloud.0.world.chat_list(account).into_iter();
    let mut chats = chats.filter(|chat| chat.title == COMMUNITY && chat.id < -1_000_000_000_000);
    chats.next().unwrap().id
}

#[test]
fn members_are_listed_by_what_they_are() {
    let cloud = Cloud::new(14, 900, 0);
    let first = cloud.accounts()[0];
    let chat = community(&cloud, first);
    let all = cloud
        .members(first, chat, json!({"_": "channelParticipantsRecent"}))
        .unwrap();
    assert!(list(&all, "participants").len() <= 50);
    assert!(all["count"].as_u64().unwrap() >= 8);
    let admins = cloud
        .members(first, chat, json!({"_": "channelParticipantsAdmins"}))
        .unwrap();
    let kinds: Vec<&str> = list(&admins, "participants")
        .iter()
        .map(|p| p["_"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["channelParticipantCreator", "channelParticipantAdmin"]
    );
    assert_eq!(admins["participants"][1]["rank"], "Keeper of the keys");
    let kicked = json!({"_": "channelParticipantsKicked", "q": ""});
    let out = cloud.members(first, chat, kicked.clone()).unwrap();
    assert!(
        list(&out, "participants")
            .iter()
            .all(|p| p["banned_rights"]["view_messages"] == true)
    );
    assert!(!list(&out, "participants").is_empty());
    let second = cloud.accounts()[1];
    assert_eq!(
        cloud.members(second, chat, kicked),
        Err("CHAT_ADMIN_REQUIRED".to_owned())
    );
    let news = cloud.called(first, "The Harbour Gazette");
    let recent = json!({"_": "channelParticipantsRecent"});
    assert_eq!(
        cloud.members(second, news, recent),
        Err("CHAT_ADMIN_REQUIRED".to_owned())
    );
}

#[test]
fn links_are_paged_and_only_for_those_who_run_the_chat() {
    let cloud = Cloud::new(14, 900, 0);
    let first = cloud.accounts()[0];
    let chat = community(&cloud, first);
    let links = |account: i64, after: Option<&Value>| {
        let mut request = json!({"_": "messages.getExportedChatInvites", "limit": 100,
            "peer": cloud.input(account, chat), "admin_id": {"_": "inputUserSelf"}});
        if let Some(link) = after {
            request["offset_date"] = link["date"].clone();
            request["offset_link"] = link["link"].clone();
        }
        cloud.on(2, account, request)
    };
    let page = links(first, None).unwrap();
    assert_eq!(
        (page["count"].as_u64(), list(&page, "invites").len()),
        (Some(3), 2)
    );
    let rest = links(first, Some(&page["invites"][1])).unwrap();
    assert_eq!(list(&rest, "invites").len(), 1);
    assert_eq!(rest["invites"][0]["permanent"], true);
    let second = cloud.accounts()[1];
    assert_eq!(links(second, None), Err("CHAT_ADMIN_REQUIRED".to_owned()));
    let admins = json!({"_": "messages.getAdminsWithInvites", "peer": cloud.input(first, chat)});
    assert_eq!(list(&cloud.ask(first, admins), "admins").len(), 2);
}

#[test]
fn the_log_keeps_what_was_deleted_and_edited() {
    let cloud = Cloud::new(14, 900, 0);
    let first = cloud.accounts()[0];
    let chat = community(&cloud, first);
    let log = |min_id: i64, max_id: i64| {
        let channel = cloud.channel(first, chat);
        cloud.ask(
            first,
            json!({"_": "channels.getAdminLog", "channel": channel, "q": "",
            "min_id": min_id, "max_id": max_id, "limit": 100}),
        )
    };
    let newest = log(0, 0)["events"][0]["id"].as_i64().unwrap();
    let id = sent_id(&cloud.send(first, chat, "gone soon", 77));
    let edit = json!({"_": "messages.editMessage", "peer": cloud.input(first, chat), "id": id,
        "message": "gone now"});
    cloud.ask(first, edit);
    let delete =
        json!({"_": "channels.deleteMessages", "channel": cloud.channel(first, chat), "id": [id]});
    cloud.ask(first, delete);
    let events = log(newest, 0);
    let actions: Vec<&Value> = list(&events, "events")
        .iter()
        .map(|e| &e["action"])
        .collect();
    assert_eq!(actions.len(), 2);
    assert_eq!(actions[0]["_"], "channelAdminLogEventActionDeleteMessage");
    assert_eq!(actions[0]["message"]["message"], "gone now");
    assert_eq!(actions[1]["prev_message"]["message"], "gone soon");
    // Older ones come in pages.
    let page = log(0, newest + 1);
    let last = list(&page, "events").last().unwrap()["id"]
        .as_i64()
        .unwrap();
    assert!(
        list(&log(0, last), "events")
            .iter()
            .all(|e| e["id"].as_i64().unwrap() < last)
    );
}

#[test]
fn saved_messages_are_split_by_where_they_are_from() {
    let cloud = Cloud::new(14, 3_000, 0);
    let first = cloud.accounts()[0];
    let page = |offset: &Value| {
        cloud.ask(
            first,
            json!({"_": "messages.getSavedDialogs", "offset_date": 0, "offset_id": offset,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0}),
        )
    };
    let (mut seen, mut offset) = (Vec::new(), json!(0));
    loop {
        let answer = page(&offset);
        for dialog in list(&answer, "dialogs") {
            assert!(!seen.contains(&marked(&dialog["peer"])));
            seen.push(marked(&dialog["peer"]));
            offset = dialog["top_message"].clone();
        }
        if answer["_"] == "messages.savedDialogs" {
            break;
        }
    }
    assert!(seen.len() > 1 && seen.contains(&first), "{seen:?}");
}

#[test]
fn direct_messages_are_split_by_person_for_those_who_run_the_channel() {
    let cloud = Cloud::new(30, 400, 0);
    let first = cloud.accounts()[0];
    let own = cloud.0.world.add_direct_messages(first).unwrap();
    let page = |chat: i64, offset: &Value| {
        let request = json!({"_": "messages.getSavedDialogs", "offset_date": 0,
            "parent_peer": cloud.input(first, chat), "offset_id": offset,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0});
        cloud.on(2, first, request)
    };
    let one = page(own.chat, &json!(0)).unwrap();
    assert_eq!(one["_"], "messages.savedDialogsSlice");
    assert_eq!(one["count"], own.threads.len());
    let last = list(&one, "dialogs").last().unwrap();
    let two = page(own.chat, &last["top_message"]).unwrap();
    assert_eq!(two["_"], "messages.savedDialogs");
    let all: Vec<&Value> = [&one, &two]
        .iter()
        .flat_map(|page| list(page, "dialogs"))
        .collect();
    let newest: Vec<(i64, i64)> = all
        .iter()
        .map(|dialog| {
            (
                marked(&dialog["peer"]),
                dialog["top_message"].as_i64().unwrap(),
            )
        })
        .collect();
    let told = own.threads.iter().rev();
    let told: Vec<(i64, i64)> = told.map(|(who, ids)| (*who, i64::from(ids[2]))).collect();
    assert_eq!(newest, told);
    assert!(all.iter().all(|dialog| dialog["_"] == "monoForumDialog"));
    let unread: i64 = all
        .iter()
        .filter_map(|dialog| dialog["unread_count"].as_i64())
        .sum();
    assert_eq!(unread, 2, "both that one person wrote");

    // Chat and channel name each other, and only the channel says who runs both.
    let chats = list(&one, "chats");
    let chat = chats.iter().find(|chat| chat["monoforum"] == true).unwrap();
    let channel = chats.iter().find(|chat| chat["broadcast"] == true).unwrap();
    assert_eq!(
        (&chat["megagroup"], &chat["creator"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(chat["linked_monoforum_id"], channel["id"]);
    assert_eq!(channel["linked_monoforum_id"], chat["id"]);
    assert_eq!(channel["creator"], true);
    let history = cloud.history(first, own.chat, json!({}));
    let of = |message: &Value| marked(&message["saved_peer_id"]);
    let ids: Vec<i64> = own.threads.iter().map(|(who, _)| *who).collect();
    assert!(
        list(&history, "messages")
            .iter()
            .all(|message| ids.contains(&of(message)))
    );

    let theirs = cloud.0.world.add_direct_message_to(first).unwrap();
    let refused = |chat: i64| page(chat, &json!(0)).unwrap_err();
    assert_eq!(refused(theirs.chat), "CHAT_ADMIN_REQUIRED");
    assert_eq!(refused(theirs.channel), "PARENT_PEER_INVALID");
    let recent = json!({"_": "channelParticipantsRecent"});
    let members = cloud.members(first, own.chat, recent);
    assert_eq!(members, Err("CHANNEL_MONOFORUM_UNSUPPORTED".to_owned()));
}

#[test]
fn one_of_both_can_forbid_saving_in_a_private_chat() {
    let cloud = Cloud::new(8, 200, 0);
    let (first, second) = (cloud.accounts()[0], cloud.accounts()[1]);
    let full = || {
        let mut user = cloud.input(first, second);
        user["_"] = json!("inputUser");
        cloud.ask(first, json!({"_": "users.getFullUser", "id": user}))["full_user"].clone()
    };
    assert_ne!(full()["noforwards_my_enabled"], true);
    let forbid = json!({"_": "messages.toggleNoForwards", "peer": cloud.input(first, second), "enabled": true});
    cloud.ask(first, forbid);
    assert_eq!(full()["noforwards_my_enabled"], true);
}
