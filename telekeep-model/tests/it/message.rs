use serde_json::json;
use telekeep_model::{Context, EntityKind, Message, Parsed};

use crate::{message, parse, raw};

#[test]
fn senders() {
    assert_eq!(message(json!({})).sender, Some(30));
    assert_eq!(message(json!({"out":true})).sender, Some(1));
    let from =
        json!({"from_id":{"_":"peerUser","user_id":7},"peer_id":{"_":"peerChat","chat_id":20}});
    assert_eq!(message(from).sender, Some(7));
    let post = json!({"peer_id":{"_":"peerChannel","channel_id":10},"post":true,"out":true});
    assert_eq!(message(post.clone()).sender, Some(-1_000_000_000_010));
    assert_eq!(message(post).chat, -1_000_000_000_010);
    let unknown = json!({"_":"message","id":5,"peer_id":{"_":"peerUser","user_id":30},"date":1,"out":true,"message":""});
    let Parsed::Message(unknown) = Message::parse(&raw(&unknown), Context::default()).unwrap()
    else {
        panic!("a message")
    };
    assert_eq!(unknown.sender, None);
}

#[test]
fn everything_a_message_says() {
    let message = message(json!({
        "edit_date":1100,"pinned":true,"views":9,"forwards":2,"post_author":"Ed","grouped_id":77,
        "via_bot_id":8,"ttl_period":60,"replies":{"_":"messageReplies","replies":4,"replies_pts":1},
        "saved_peer_id":{"_":"peerUser","user_id":3},
        "entities":[{"_":"messageEntityBold","offset":0,"length":2},
            {"_":"messageEntityTextUrl","offset":2,"length":1,"url":"https://e.org"},
            {"_":"messageEntityBlockquote","collapsed":true,"offset":0,"length":4},
            {"_":"messageEntityMentionName","offset":0,"length":1,"user_id":42}],
        "reply_to":{"_":"messageReplyHeader","reply_to_msg_id":3,"quote":true,"quote_text":"said",
            "reply_to_peer_id":{"_":"peerUser","user_id":9}},
        "fwd_from":{"_":"messageFwdHeader","from_name":"Hidden","date":900,"channel_post":6,"imported":true},
        "reactions":{"_":"messageReactions","results":[
            {"_":"reactionCount","reaction":{"_":"reactionEmoji","emoticon":"👍"},"count":3,"chosen_order":0},
            {"_":"reactionCount","reaction":{"_":"reactionCustomEmoji","document_id":55},"count":1},
            {"_":"reactionCount","reaction":{"_":"reactionPaid"},"count":2}]},
        "reply_markup":{"_":"replyInlineMarkup","rows":[{"_":"keyboardInlineButtonRow","buttons":[
            {"_":"keyboardInlineButton","text":"Go","type":{"_":"inlineButtonTypeUrl","url":"https://x"}}]}]}
    }));
    assert_eq!(
        (message.edit_date, message.pinned, message.views),
        (Some(1100), true, Some(9))
    );
    assert_eq!(
        (message.forwards, message.replies, message.grouped_id),
        (Some(2), Some(4), Some(77))
    );
    assert_eq!(
        (message.author.as_deref(), message.via_bot),
        (Some("Ed"), Some(8))
    );
    assert_eq!(
        (message.saved_peer, message.ttl_period),
        (Some(3), Some(60))
    );
    let kinds: Vec<_> = message
        .entities
        .iter()
        .map(|entity| entity.kind.clone())
        .collect();
    assert_eq!(
        kinds,
        [
            EntityKind::Bold,
            EntityKind::TextUrl("https://e.org".into()),
            EntityKind::CollapsedBlockquote,
            EntityKind::MentionName(42)
        ]
    );
    let reply = message.reply_to.as_ref().unwrap();
    assert_eq!(
        (reply.id, reply.chat, reply.quote.as_deref()),
        (Some(3), Some(9), Some("said"))
    );
    let forward = message.forward.as_ref().unwrap();
    assert_eq!(
        (forward.name.as_deref(), forward.post, forward.imported),
        (Some("Hidden"), Some(6), true)
    );
    let reactions: Vec<_> = message
        .reactions
        .iter()
        .map(|r| (r.emoji.as_str(), r.custom, r.count, r.mine))
        .collect();
    assert_eq!(
        reactions,
        [
            ("👍", None, 3, true),
            ("", Some(55), 1, false),
            ("⭐", None, 2, false)
        ]
    );
    // The names of a hidden sender and of a signature belong to no account: they are found as words.
    assert_eq!(message.search_text(), "text\nhttps://e.org\nGo\nHidden\nEd");
    assert!(message.has_link() && message.unsupported.is_empty());
    // What is stored of it reads back the same.
    let stored = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
}

#[test]
fn what_people_make_is_a_group_and_a_channel_makes_itself() {
    let channel = json!({"_":"peerChannel","channel_id":10});
    let created = |more: serde_json::Value| {
        let mut body = json!({"_":"messageService","peer_id":channel,
            "action":{"_":"messageActionChannelCreate","title":"Club"}});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let service = message(body).service.unwrap();
        assert_eq!(service.new_title(), Some("Club"));
        service.sentence("A", &|_| String::new())
    };
    let ada = json!({"from_id":{"_":"peerUser","user_id":7}});
    assert_eq!(created(ada), "A created the group “Club”");
    let post = json!({"post":true});
    assert_eq!(created(post), "A created the channel “Club”");
    let named = json!({"from_id":channel});
    assert_eq!(created(named), "A created the channel “Club”");
}

#[test]
fn topics() {
    let of = |header| {
        let message = message(json!({"reply_to":header}));
        (message.topic, message.reply_to.and_then(|reply| reply.id))
    };
    let header = |extra: serde_json::Value| {
        let mut header = json!({"_":"messageReplyHeader","reply_to_msg_id":3});
        for (name, value) in extra.as_object().unwrap() {
            header[name] = value.clone();
        }
        header
    };
    assert_eq!(of(header(json!({}))), (None, Some(3)));
    assert_eq!(of(header(json!({"forum_topic":true}))), (Some(3), None));
    assert_eq!(
        of(header(json!({"forum_topic":true,"reply_to_top_id":2}))),
        (Some(2), Some(3))
    );
    // A thread that is no forum topic.
    assert_eq!(of(header(json!({"reply_to_top_id":2}))), (None, Some(3)));
    let made = json!({"_":"messageService","action":{"_":"messageActionTopicCreate","title":"Plans","icon_color":1}});
    let made = message(made);
    assert_eq!(made.topic, Some(made.id), "what makes a topic is in it");
    let story =
        json!({"_":"messageReplyStoryHeader","peer":{"_":"peerUser","user_id":9},"story_id":4});
    let reply = message(json!({"reply_to":story})).reply_to.unwrap();
    assert_eq!(
        (reply.id, reply.chat, reply.story),
        (None, Some(9), Some(4))
    );
}

#[test]
fn service_and_empty_messages() {
    let service = parse(
        &json!({"_":"messageService","id":5,"date":1,"peer_id":{"_":"peerChat","chat_id":20},
        "from_id":{"_":"peerUser","user_id":7},
        "action":{"_":"messageActionChatEditTitle","title":"New name"}}),
    );
    let said = service
        .service
        .as_ref()
        .unwrap()
        .sentence("Ada", &|id| id.to_string());
    assert_eq!(said, "Ada changed the name to “New name”");
    assert_eq!(service.search_text(), "New name");
    let empty = json!({"_":"messageEmpty","id":5});
    assert_eq!(
        Message::parse(&raw(&empty), Context::default()).unwrap(),
        Parsed::Empty { id: 5 }
    );
}
