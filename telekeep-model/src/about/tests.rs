use super::*;
use crate::Context;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

fn part(json: &str) -> About {
    About::parse(&raw(json)).unwrap()
}

#[test]
fn members_are_each_told_once_the_most_powerful_first() {
    let members = part(
        r#"{"part":"participants","partial":"NOT_ALL_SHOWN","shown":4,"count":9,"answers":[
            {"participants":[{"_":"channelParticipant","user_id":5,"date":3},
                {"_":"channelParticipantAdmin","user_id":6,"promoted_by":7,"date":4,"rank":"Cook"}]},
            {"participants":[{"_":"channelParticipant","user_id":5,"date":3},
                {"_":"channelParticipantBanned","peer":{"_":"peerUser","user_id":8},"kicked_by":7,
                 "banned_rights":{"view_messages":true}},
                {"_":"channelParticipantCreator","user_id":7}]}]}"#,
    );
    assert_eq!(members.partial.as_deref(), Some("NOT_ALL_SHOWN"));
    assert_eq!((members.count, members.entries_count()), (Some(9), Some(4)));
    let found: Vec<_> = members.members().iter().map(|m| (m.peer, m.role)).collect();
    let expected = [
        (7, Role::Owner),
        (6, Role::Admin),
        (5, Role::Member),
        (8, Role::Kicked),
    ];
    assert_eq!(found, expected);
    let cook = &members.members()[1];
    assert_eq!((cook.rank.as_deref(), cook.by), (Some("Cook"), Some(7)));
}

#[test]
fn what_was_read_when_somebody_looked() {
    let state = ReadState {
        read_inbox_max_id: 10,
        read_outbox_max_id: 5,
        ..ReadState::default()
    };
    let message = |id: i64, outgoing: bool, date: i64| Message {
        id,
        outgoing,
        date,
        chat: 7,
        sender: Some(if outgoing { 9 } else { 7 }),
        ..Message::default()
    };
    assert_eq!(state.of(&message(5, true, 1), 100), Some(true));
    assert_eq!(state.of(&message(6, true, 1), 100), Some(false));
    assert_eq!(state.of(&message(6, true, 101), 100), None, "written later");
    assert_eq!(state.of(&message(10, false, 1), 100), Some(true));
    assert_eq!(state.of(&message(11, false, 1), 100), Some(false));
    assert_eq!(ReadState::default().of(&message(6, true, 1), 100), None);
    let own = Message {
        chat: 9,
        ..message(5, true, 1)
    };
    assert_eq!(state.of(&own, 100), None, "Saved Messages");
}

#[test]
fn who_came_by_which_link() {
    let links = part(
        r#"{"part":"invite_links","answers":[
            {"invites":[{"link":"a","usage":2,"requested":1},{"link":"b","usage":1}]},
            {"link":"a","count":2,"importers":[{"user_id":5,"date":3},{"user_id":6,"date":2,"approved_by":7}]},
            {"link":"a","count":1,"importers":[{"user_id":8,"date":4,"requested":true}]},
            {"link":"c","importers":[{"user_id":9}]}]}"#,
    );
    let links = links.links();
    let people: Vec<_> = links[0]
        .people
        .iter()
        .map(|one| (one.peer, one.waits, one.by))
        .collect();
    assert_eq!(
        people,
        [(5, false, None), (6, false, Some(7)), (8, true, None)]
    );
    assert!(links[1].people.is_empty());
}

#[test]
fn a_basic_group_has_its_members_in_its_description() {
    let full = part(
        r#"{"part":"full","answers":[{"full_chat":{"_":"chatFull","id":4,"about":"Tea","participants":
            {"_":"chatParticipants","participants":[{"_":"chatParticipantCreator","user_id":7}]}}}]}"#,
    );
    assert_eq!(full.members()[0].role, Role::Owner);
    assert_eq!(full.described().about.as_deref(), Some("Tea"));
}

#[test]
fn descriptions_of_chats_and_people() {
    let chat = part(
        r#"{"part":"full","answers":[{"full_chat":{"_":"channelFull","linked_chat_id":9,"slowmode_seconds":30,
            "ttl_period":0,"participants_hidden":true,"chat_photo":{"_":"photo","id":77}}}]}"#,
    )
    .described();
    assert_eq!(
        (chat.linked, chat.slow),
        (Some(-1_000_000_000_009), Some(30))
    );
    assert_eq!(
        (chat.ttl, chat.hidden_members, chat.photo),
        (None, true, Some(77))
    );
    let bot = part(
        r#"{"part":"full","answers":[{"full_user":{"noforwards_peer_enabled":true,"bot_info":
            {"commands":[{"command":"go","description":"Goes"},{"command":""}]}}}]}"#,
    )
    .described();
    assert!(bot.forbids);
    assert_eq!(bot.commands, [("go".to_owned(), "Goes".to_owned())]);
    assert_eq!(
        part(r#"{"part":"full","answers":[7]}"#).described(),
        Described::default()
    );
}

#[test]
fn an_event_keeps_the_messages_in_it() {
    let event = AdminEvent::parse(
        &raw(
            r#"{"_":"channelAdminLogEvent","id":11,"date":5,"user_id":7,"action":{
            "_":"channelAdminLogEventActionEditMessage",
            "prev_message":{"_":"message","id":3,"date":1,"message":"one","peer_id":{"_":"peerChannel","channel_id":4}},
            "new_message":{"_":"message","id":3,"date":1,"message":"two","peer_id":{"_":"peerChannel","channel_id":4}}}}"#,
        ),
        Context::default(),
    )
    .unwrap();
    let text = |message: &Option<Box<crate::Message>>| message.as_ref().unwrap().text.clone();
    assert_eq!(
        (event.id, event.by, event.action.as_str()),
        (11, 7, "EditMessage")
    );
    assert_eq!(
        (text(&event.deed.before), text(&event.deed.after)),
        ("one".to_owned(), "two".to_owned())
    );
    let slow = raw(
        r#"{"id":1,"action":{"_":"channelAdminLogEventActionToggleSlowMode","prev_value":0,"new_value":30}}"#,
    );
    let slow = AdminEvent::parse(&slow, Context::default()).unwrap();
    assert_eq!(slow.deed.changed, Some(("0".to_owned(), "30".to_owned())));
    let unknown = raw(r#"{"id":1,"action":{"_":"somethingNew","message":5}}"#);
    let unknown = AdminEvent::parse(&unknown, Context::default()).unwrap();
    assert_eq!(
        (unknown.action.as_str(), unknown.deed),
        ("somethingNew", Deed::default())
    );
}
