//! Bodies as the server sends them, and bodies nobody should send.
#![allow(clippy::unwrap_used)]

mod cards;
mod hostile;
mod media;
mod message;
mod rich;

use serde_json::{Value, json, value::RawValue};
use telekeep_model::{Context, Message, Parsed};

pub fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

/// A message of user 30 to account 1 with these fields besides the usual ones.
pub fn message(fields: Value) -> Message {
    let mut body = json!({"_":"message","id":5,"peer_id":{"_":"peerUser","user_id":30},
        "date":1000,"message":"text"});
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    parse(&body)
}

pub fn parse(body: &Value) -> Message {
    let context = Context {
        account: Some(1),
        chat: None,
    };
    match Message::parse(&raw(body), context).unwrap() {
        Parsed::Message(message) => *message,
        Parsed::Empty { id } => panic!("{id} is empty"),
    }
}
