use proptest::prelude::*;
use serde_json::{Map, Value, json};
use telekeep_model::{
    Absent, Context, Coverage, Dialog, Failure, MediaHeld, Message, Peer, Run, Source,
};

use crate::raw;

/// Words that lead into every branch.
const WORDS: [&str; 34] = [
    "_",
    "message",
    "messageService",
    "user",
    "channel",
    "chat",
    "dialog",
    "id",
    "date",
    "peer_id",
    "peerUser",
    "user_id",
    "channel_id",
    "media",
    "action",
    "messageMediaPhoto",
    "messageMediaDocument",
    "messageMediaPoll",
    "messageMediaPaidMedia",
    "extended_media",
    "document",
    "photo",
    "sizes",
    "attributes",
    "entities",
    "offset",
    "length",
    "reactions",
    "results",
    "reply_to",
    "fwd_from",
    "messageActionChatAddUser",
    "users",
    "$bytes",
];

fn any_json() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(WORDS.to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        "\\PC{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 80, 6, move |inner| {
        let fields = proptest::collection::vec((word.clone(), inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Value::from),
            fields.prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics(body in any_json(), media in any_json()) {
        let shaped = json!({"_":"message","id":1,"date":1,"message":"x",
            "peer_id":{"_":"peerUser","user_id":1},"media":media,"action":body,"reply_markup":body,
            "rich_message":media});
        for body in [&body, &shaped] {
            let body = raw(body);
            let _ = Message::parse(&body, Context::default());
            let _ = Peer::parse(&body);
            let _ = Dialog::parse(&body);
            let _ = Source::parse(&body);
            let _ = Run::parse(&body);
            let _ = Coverage::parse(&body);
            let _ = Absent::parse(&body);
            let _ = MediaHeld::parse(&body);
            let _ = Failure::parse(&body);
        }
        // Odd media and actions never cost the message.
        prop_assert!(Message::parse(&raw(&shaped), Context::default()).is_ok());
    }
}

#[test]
fn nesting_is_bounded() {
    let mut media = json!({"_":"messageMediaDice","value":1,"emoticon":"x"});
    for _ in 0..30 {
        media = json!({"_":"messageMediaPaidMedia","stars_amount":1,
            "extended_media":[{"_":"messageExtendedMedia","media":media}]});
    }
    let message = crate::message(json!({"media":media}));
    assert_eq!(message.unsupported, ["messageMediaPaidMedia"]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Message::parse_str(&deep, Context::default()).is_err());
}

#[test]
fn errors_name_the_place_but_not_the_content() {
    let body = json!({"_":"message","id":"secret words","date":1});
    let error = Message::parse(&raw(&body), Context::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("message") && error.contains("column"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}
