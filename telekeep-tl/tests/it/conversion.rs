//! What an older layer is told in its own words, and what it says in ours.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use telekeep_tl::{ConvertProblem, LAYERS, Schema, bundled, convert};

use crate::generate::{Content, Generator};

fn newest() -> &'static Schema {
    bundled(LAYERS[0]).unwrap()
}

fn older() -> impl Iterator<Item = &'static Schema> {
    LAYERS[1..].iter().map(|layer| bundled(*layer).unwrap())
}

/// Converts and checks that the result is good TL of the target: it encodes, and decodes to itself.
fn converted(from: &Schema, to: &Schema, ty: &str, value: Value) -> Result<Value, ConvertProblem> {
    let result = convert(from, to, ty, value.clone()).map_err(|error| error.problem().clone())?;
    let mut bytes = Vec::new();
    to.encode("", &result, &mut bytes).unwrap_or_else(|error| {
        panic!(
            "{} to {}: {error}: {value} as {result}",
            from.layer(),
            to.layer()
        )
    });
    to.object(&bytes)
        .unwrap_or_else(|error| panic!("{error}: {result}"));
    Ok(result)
}

/// Types whose every constructor any client must be able to read: what chats, histories and updates are made of.
const ALWAYS: &[&str] = &[
    "Chat",
    "ChatPhoto",
    "Document",
    "MessageAction",
    "MessageEntity",
    "MessageFwdHeader",
    "MessageMedia",
    "MessageReactions",
    "MessageReplies",
    "MessageReplyHeader",
    "Message",
    "PageBlock",
    "Page",
    "Peer",
    "Photo",
    "Poll",
    "PollResults",
    "Reaction",
    "ReplyMarkup",
    "RichText",
    "User",
    "UserStatus",
    "WebPage",
    "TodoList",
    "TodoCompletion",
    "Updates",
    "messages.Messages",
    "messages.Dialogs",
    "messages.PeerDialogs",
    "messages.ChatFull",
    "users.UserFull",
    "updates.Difference",
    "updates.ChannelDifference",
    "updates.State",
    "messages.ForumTopics",
    "channels.ChannelParticipants",
    "contacts.ResolvedPeer",
    "upload.File",
    "help.Config",
    "Config",
    "auth.Authorization",
    "auth.ExportedAuthorization",
    "messages.AffectedMessages",
    "photos.Photos",
    "account.Password",
];

#[test]
fn what_chats_are_made_of_is_told_to_every_older_layer() {
    let from = newest();
    let mut generator = Generator::new(from, Content::Tame, 3);
    let mut refused = BTreeSet::new();
    for to in older() {
        for combinator in from
            .constructors()
            .filter(|one| ALWAYS.contains(&one.type_name()))
        {
            for _ in 0..12 {
                let value = from
                    .to_value("", &generator.combinator(combinator))
                    .unwrap();
                if converted(from, to, combinator.type_name(), value).is_err() {
                    refused.insert(combinator.name());
                }
            }
        }
    }
    // Around one update, dialog or chat of a kind that the older layer has no word for: nothing is left to tell.
    assert_eq!(
        refused.into_iter().collect::<Vec<_>>(),
        [
            "messages.chatFull",
            "updateShort",
            "updates.channelDifferenceTooLong"
        ]
    );
}

#[test]
fn whatever_else_is_told_is_good_tl_or_has_no_counterpart() {
    let from = newest();
    let mut generator = Generator::new(from, Content::Tame, 4);
    for to in older() {
        let (mut told, mut refused) = (0, BTreeSet::new());
        for combinator in from.constructors().filter(|one| one.type_name() != "Bool") {
            for _ in 0..3 {
                let value = from
                    .to_value("", &generator.combinator(combinator))
                    .unwrap();
                match converted(from, to, combinator.type_name(), value) {
                    Ok(_) => told += 1,
                    Err(
                        ConvertProblem::UnknownType { .. } | ConvertProblem::NoCounterpart { .. },
                    ) => drop(refused.insert(combinator.name())),
                    Err(other) => panic!("{}: {other}", combinator.name()),
                }
            }
        }
        let known_but_refused: Vec<_> = refused
            .iter()
            .filter(|name| to.constructor(name).is_some())
            .collect();
        assert!(
            told > 4000 && known_but_refused.len() < 40,
            "layer {}: {told} told, refused: {known_but_refused:?}",
            to.layer()
        );
    }
}

#[test]
fn requests_of_older_layers_are_understood() {
    let to = newest();
    for from in older() {
        let mut generator = Generator::new(from, Content::Tame, 5);
        let mut refused = BTreeSet::new();
        for function in from.functions() {
            for _ in 0..6 {
                let value = from.to_value("", &generator.combinator(function)).unwrap();
                if let Err(problem) = converted(from, to, "", value) {
                    assert!(
                        matches!(problem, ConvertProblem::NoCounterpart { .. }),
                        "{}: {problem}",
                        function.name()
                    );
                    refused.insert(function.name());
                }
            }
        }
        refused.retain(|name| to.constructor(name).is_some());
        assert!(refused.len() < 12, "layer {}: {refused:?}", from.layer());
    }
}

#[test]
fn the_same_layer_changes_nothing() {
    let schema = newest();
    let value = json!({"_": "peerUser", "user_id": 1});
    assert_eq!(
        convert(schema, schema, "Peer", value.clone()).unwrap(),
        value
    );
}

#[test]
fn unknown_constructors_fall_back_by_type() {
    let (from, to) = (newest(), bundled(216).unwrap());
    let cases = [
        (
            "MessageAction",
            json!({"_": "messageActionNoForwardsToggle", "prev_value": false, "new_value": true}),
            json!({"_": "messageActionEmpty"}),
        ),
        (
            "MessageEntity",
            json!({"_": "messageEntityDiffInsert", "offset": 3, "length": 4}),
            json!({"_": "messageEntityUnknown", "offset": 3, "length": 4}),
        ),
        (
            "RichText",
            json!({"_": "textSpoiler", "text": {"_": "textPlain", "text": "hidden"}}),
            json!({"_": "textPlain", "text": "hidden"}),
        ),
        (
            "RichText",
            json!({"_": "textMath", "source": "a+b"}),
            json!({"_": "textPlain", "text": "a+b"}),
        ),
        (
            "Vector<RecentStory>",
            json!([{"_": "recentStory", "max_id": 5}, {"_": "recentStory", "live": true}]),
            json!([5, 0]),
        ),
        (
            "TodoCompletion",
            json!({"_": "todoCompletion", "id": 1, "completed_by": {"_": "peerUser", "user_id": 7}, "date": 2}),
            json!({"_": "todoCompletion", "id": 1, "completed_by": 7, "date": 2}),
        ),
    ];
    for (ty, value, expected) in cases {
        assert_eq!(convert(from, to, ty, value).unwrap(), expected);
    }
}

#[test]
fn vectors_lose_only_the_elements_that_cannot_be_told() {
    let to = bundled(222).unwrap();
    let updates = json!({"_": "updates", "users": [], "chats": [], "date": 1, "seq": 0, "updates": [
        {"_": "updateUserTyping", "user_id": 1, "action": {"_": "sendMessageTypingAction"}},
        {"_": "updateWebBrowserSettings"},
    ]});
    let told = convert(newest(), to, "Updates", updates).unwrap();
    assert_eq!(told["updates"].as_array().unwrap().len(), 1);
}

#[test]
fn inline_buttons_have_another_shape_before_layer_230() {
    let (new, old) = (newest(), bundled(227).unwrap());
    let markup = json!({"_": "replyInlineMarkup", "rows": [{"_": "keyboardInlineButtonRow", "buttons": [
        {"_": "keyboardInlineButton", "text": "open", "type": {"_": "inlineButtonTypeUrl", "url": "https://example.org"}},
        {"_": "keyboardInlineButton", "text": "press", "type": {"_": "inlineButtonTypeCallback", "requires_password": true, "data": "AAE="}},
    ]}]});
    let expected = json!({"_": "replyInlineMarkup", "rows": [{"_": "keyboardButtonRow", "buttons": [
        {"_": "keyboardButtonUrl", "text": "open", "url": "https://example.org"},
        {"_": "keyboardButtonCallback", "text": "press", "requires_password": true, "data": "AAE="},
    ]}]});
    let told = convert(new, old, "ReplyMarkup", markup.clone()).unwrap();
    assert_eq!(told, expected);
    assert_eq!(convert(old, new, "ReplyMarkup", told).unwrap(), markup);
}

#[test]
fn reply_keyboard_buttons_have_another_shape_before_layer_230() {
    let (new, old) = (newest(), bundled(222).unwrap());
    let row = json!({"_": "keyboardButtonRow", "buttons": [
        {"_": "keyboardButton", "text": "yes", "type": {"_": "buttonTypeDefault"}},
        {"_": "keyboardButton", "text": "call", "type": {"_": "buttonTypeRequestPhone"}},
    ]});
    let expected = json!({"_": "keyboardButtonRow", "buttons": [
        {"_": "keyboardButton", "text": "yes"}, {"_": "keyboardButtonRequestPhone", "text": "call"},
    ]});
    let told = convert(new, old, "KeyboardButtonRow", row.clone()).unwrap();
    assert_eq!(told, expected);
    assert_eq!(convert(old, new, "KeyboardButtonRow", told).unwrap(), row);
}

#[test]
fn joining_answered_updates_before_layer_227() {
    let updates = json!({"_": "updatesTooLong"});
    let answer = json!({"_": "messages.chatInviteJoinResultOk", "updates": updates});
    let told = convert(
        newest(),
        bundled(222).unwrap(),
        "messages.ChatInviteJoinResult",
        answer,
    )
    .unwrap();
    assert_eq!(told, updates);
}

#[test]
fn fields_that_share_a_flag_stay_or_go_together() {
    let from = Schema::parse("// LAYER 2\nold#1 = T;\nnew#2 = T;\nbox#3 flags:# a:flags.0?T b:flags.0?int c:flags.1?int = Box;").unwrap();
    let to =
        Schema::parse("// LAYER 1\nold#1 = T;\nbox#3 flags:# a:flags.0?T b:flags.0?int = Box;")
            .unwrap();
    let told = |inner: &str| {
        converted(
            &from,
            &to,
            "Box",
            json!({"_": "box", "a": {"_": inner}, "b": 5, "c": 6}),
        )
        .unwrap()
    };
    assert_eq!(told("old"), json!({"_": "box", "a": {"_": "old"}, "b": 5}));
    assert_eq!(told("new"), json!({"_": "box"}));
}

#[test]
fn malformed_input_is_an_error_even_where_things_may_be_left_out() {
    let deep = (0..200).fold(
        json!({"_": "textEmpty"}),
        |inner, _| json!({"_": "textBold", "text": inner}),
    );
    let cases = [
        (
            "NoSuchType",
            json!({}),
            "layer 230 has no type \"NoSuchType\", in the outermost value",
        ),
        (
            "Vector<Peer>",
            json!([{"_": "noSuchPeer"}]),
            "layer 230 has no constructor \"noSuchPeer\", in [0]",
        ),
        (
            "Vector<Peer>",
            json!([{"user_id": 5}]),
            "an object without \"_\", in [0]",
        ),
        (
            "Peer",
            json!("text"),
            "layer 222 has nothing like such a value as Peer, in the outermost value",
        ),
    ];
    for (ty, value, message) in cases {
        assert_eq!(
            convert(newest(), bundled(222).unwrap(), ty, value)
                .unwrap_err()
                .to_string(),
            message
        );
    }
    assert_eq!(
        convert(newest(), bundled(222).unwrap(), "RichText", deep)
            .unwrap_err()
            .problem(),
        &ConvertProblem::TooDeep
    );
}
