//! Where two layers say the same thing in different words.
//!
//! Every rule is keyed by what the target wants, so each works in the direction in which the target needs it.

use serde_json::{Map, Value, json};

use crate::schema::Schema;

/// The name under which another layer has the type of a reply.
pub(crate) fn renamed_type(ty: &str) -> Option<&'static str> {
    match ty {
        // `channels.joinChannel` and `messages.importChatInvite` answered plain updates before layer 227.
        "messages.ChatInviteJoinResult" => Some("Updates"),
        "Vector<RecentStory>" => Some("Vector<int>"),
        "KeyboardInlineButtonRow" => Some("KeyboardButtonRow"),
        "KeyboardInlineButton" => Some("KeyboardButton"),
        _ => None,
    }
}

/// A value of another kind than the target's type `wanted`.
pub(crate) fn value(wanted: &str, value: &Value) -> Option<Value> {
    let constructor = value.get("_").and_then(Value::as_str);
    match (wanted, constructor) {
        ("string", Some("textWithEntities")) => value.get("text").cloned(),
        ("TextWithEntities", None) if value.is_string() => {
            Some(json!({"_": "textWithEntities", "text": value, "entities": []}))
        }
        ("int", Some("recentStory")) => Some(value.get("max_id").cloned().unwrap_or(json!(0))),
        ("RecentStory", None) if value.is_number() => {
            Some(json!({"_": "recentStory", "max_id": value}))
        }
        ("long", Some("peerUser")) => value.get("user_id").cloned(),
        ("long", Some("peerChat")) => value.get("chat_id").cloned(),
        ("long", Some("peerChannel")) => value.get("channel_id").cloned(),
        ("Peer", None) if value.is_number() => Some(json!({"_": "peerUser", "user_id": value})),
        _ => None,
    }
}

/// A required field of the target that the object states under another name.
pub(crate) fn missing_field(
    constructor: &str,
    field: &str,
    object: &Map<String, Value>,
) -> Option<Value> {
    let number = |name: &str| object.get(name).and_then(Value::as_i64);
    match (constructor, field) {
        (_, "months") => number("days").map(|days| json!(days / 30)),
        (_, "days") => {
            number("months").map(|months| json!(months.saturating_mul(30).min(i32::MAX.into())))
        }
        (
            "starGiftAttributeModel" | "starGiftAttributePattern" | "starGiftAttributeBackdrop",
            "rarity_permille",
        ) => object
            .get("rarity")
            .and_then(|rarity| rarity.get("permille"))
            .cloned(),
        (
            "starGiftAttributeModel" | "starGiftAttributePattern" | "starGiftAttributeBackdrop",
            "rarity",
        ) => Some(
            json!({"_": "starGiftAttributeRarity", "permille": object.get("rarity_permille")?}),
        ),
        _ => None,
    }
}

/// What shows of an unknown constructor: the text inside a rich text, the updates inside a join result.
pub(crate) fn stand_in(ty: &str, object: &Map<String, Value>) -> Option<Value> {
    match ty {
        "RichText" => {
            let shown = ["text", "alt", "source"]
                .iter()
                .find_map(|field| object.get(*field))?;
            Some(if shown.is_string() {
                json!({"_": "textPlain", "text": shown})
            } else {
                shown.clone()
            })
        }
        "Updates" => object
            .get("updates")
            .filter(|updates| updates.is_object())
            .cloned(),
        _ => None,
    }
}

/// Constructor of an older layer's button, the inline button type, and the reply-keyboard button type that replaced it.
const BUTTONS: [(&str, Option<&str>, Option<&str>); 18] = [
    ("keyboardButton", None, Some("buttonTypeDefault")),
    (
        "keyboardButtonRequestPhone",
        None,
        Some("buttonTypeRequestPhone"),
    ),
    (
        "keyboardButtonRequestGeoLocation",
        None,
        Some("buttonTypeRequestGeoLocation"),
    ),
    (
        "keyboardButtonRequestPoll",
        None,
        Some("buttonTypeRequestPoll"),
    ),
    (
        "keyboardButtonRequestPeer",
        None,
        Some("buttonTypeRequestPeer"),
    ),
    (
        "inputKeyboardButtonRequestPeer",
        None,
        Some("inputButtonTypeRequestPeer"),
    ),
    (
        "keyboardButtonSimpleWebView",
        None,
        Some("buttonTypeSimpleWebView"),
    ),
    ("keyboardButtonUrl", Some("inlineButtonTypeUrl"), None),
    (
        "keyboardButtonUrlAuth",
        Some("inlineButtonTypeUrlAuth"),
        None,
    ),
    (
        "inputKeyboardButtonUrlAuth",
        Some("inputInlineButtonTypeUrlAuth"),
        None,
    ),
    (
        "keyboardButtonWebView",
        Some("inlineButtonTypeWebView"),
        None,
    ),
    (
        "keyboardButtonCallback",
        Some("inlineButtonTypeCallback"),
        None,
    ),
    ("keyboardButtonGame", Some("inlineButtonTypeGame"), None),
    ("keyboardButtonBuy", Some("inlineButtonTypeBuy"), None),
    (
        "keyboardButtonSwitchInline",
        Some("inlineButtonTypeSwitchInline"),
        None,
    ),
    (
        "keyboardButtonUserProfile",
        Some("inlineButtonTypeUserProfile"),
        None,
    ),
    (
        "inputKeyboardButtonUserProfile",
        Some("inputInlineButtonTypeUserProfile"),
        None,
    ),
    ("keyboardButtonCopy", Some("inlineButtonTypeCopy"), None),
];

/// An object of another shape than the target's type `wanted`: buttons, which layer 230 split into a button and its type.
pub(crate) fn object(to: &Schema, wanted: &str, object: Map<String, Value>) -> Map<String, Value> {
    let name = object.get("_").and_then(Value::as_str).unwrap_or_default();
    let split = to.constructor("keyboardInlineButton").is_some();
    match wanted {
        "KeyboardButtonRow" | "KeyboardInlineButtonRow" => renamed(wanted, object),
        "KeyboardButton" if !split && object.contains_key("type") => joined_button(object),
        "KeyboardButton" if split && !object.contains_key("type") => {
            split_button(name.to_owned(), "keyboardButton", object)
        }
        "KeyboardInlineButton" if name != "keyboardInlineButton" => {
            split_button(name.to_owned(), "keyboardInlineButton", object)
        }
        _ => object,
    }
}

fn renamed(ty: &str, mut object: Map<String, Value>) -> Map<String, Value> {
    let name = if ty == "KeyboardButtonRow" {
        "keyboardButtonRow"
    } else {
        "keyboardInlineButtonRow"
    };
    object.insert("_".to_owned(), name.into());
    object
}

/// `keyboardInlineButton{text, type: inlineButtonTypeUrl{url}}` to `keyboardButtonUrl{text, url}`
fn joined_button(mut button: Map<String, Value>) -> Map<String, Value> {
    let Some(Value::Object(ty)) = button.remove("type") else {
        return button;
    };
    let of = ty.get("_").and_then(Value::as_str);
    let Some((name, ..)) = BUTTONS
        .iter()
        .find(|(_, inline, reply)| of.is_some() && (*inline == of || *reply == of))
    else {
        return button;
    };
    let name = Value::from(*name);
    button.extend(ty);
    button.insert("_".to_owned(), name);
    button
}

/// `keyboardButtonUrl{text, url}` to `keyboardInlineButton{text, type: inlineButtonTypeUrl{url}}`
fn split_button(
    name: String,
    button_name: &str,
    mut object: Map<String, Value>,
) -> Map<String, Value> {
    let Some((_, inline, reply)) = BUTTONS.iter().find(|(old, ..)| *old == name) else {
        return object;
    };
    let ty = if button_name == "keyboardInlineButton" {
        inline
    } else {
        reply
    };
    let Some(ty) = ty else { return object };
    let mut button = Map::new();
    button.insert("_".to_owned(), button_name.into());
    for field in ["text", "style"] {
        button.extend(object.remove_entry(field));
    }
    object.insert("_".to_owned(), (*ty).into());
    button.insert("type".to_owned(), object.into());
    button
}
