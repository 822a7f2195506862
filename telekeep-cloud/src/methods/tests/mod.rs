//! The methods of the world, called as the dispatcher calls them.

mod beside;
mod changing;
mod reading;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Shared;
use crate::rpc::{Answer, Call, NATIVE_LAYER, SessionId};
use crate::world::World;

struct Cloud(Shared);

impl Cloud {
    fn new(chats: u32, messages: u64, media_mb: u64) -> Self {
        let world = World::generate(11, chats, messages, media_mb);
        Self(Shared::new(world, BTreeMap::new(), Duration::ZERO))
    }

    fn accounts(&self) -> Vec<i64> {
        self.0.world.account_ids()
    }

    fn on(&self, dc: i32, account: i64, request: Value) -> Result<Value, String> {
        let schema = telekeep_tl::bundled(NATIVE_LAYER).unwrap();
        let name = request["_"].as_str().unwrap().to_owned();
        // What is asked must be a request of the schema.
        schema.encode("", &request, &mut Vec::new()).unwrap();
        let handler = self.0.handler(&name).unwrap();
        let call = Call {
            account: Some(account),
            session: SessionId(1),
            dc,
            layer: NATIVE_LAYER,
            takeout: None,
            range: None,
            leave_out: 0,
            cloud: &self.0,
        };
        match handler(&call, request) {
            Ok(Answer::Json(value)) => Ok(value),
            Ok(Answer::Tl(bytes)) => {
                let ty = schema.result_type(&name).unwrap();
                Ok(schema
                    .to_value(ty, &bytes)
                    .unwrap_or_else(|e| panic!("{name}: {e:?}")))
            }
            Err(error) => Err(error.message.into_owned()),
        }
    }

    fn ask(&self, account: i64, request: Value) -> Value {
        let name = request["_"].clone();
        self.on(2, account, request)
            .unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn dialogs(&self, account: i64) -> Vec<Value> {
        let answer = self.ask(
            account,
            json!({"_": "messages.getDialogs", "offset_date": 0, "offset_id": 0,
            "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0}),
        );
        answer["dialogs"].as_array().unwrap().clone()
    }

    /// The `InputPeer` of a marked id, with the hash this account has.
    fn input(&self, account: i64, marked: i64) -> Value {
        use crate::world::{folders::input_peer, ids::PeerId};
        let peer = PeerId::of_marked(marked);
        input_peer(account, &self.0.world.read().peers, peer)
    }

    fn history(&self, account: i64, marked: i64, paging: Value) -> Value {
        let mut request = json!({"_": "messages.getHistory", "peer": self.input(account, marked), "offset_id": 0,
            "offset_date": 0, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0});
        for (key, value) in paging.as_object().unwrap() {
            request[key] = value.clone();
        }
        self.ask(account, request)
    }

    fn state(&self, account: i64) -> Value {
        self.ask(account, json!({"_": "updates.getState"}))
    }

    fn difference(&self, account: i64, state: &Value) -> Value {
        self.ask(account, json!({"_": "updates.getDifference", "pts": state["pts"], "date": state["date"], "qts": 0}))
    }

    fn send(&self, account: i64, marked: i64, text: &str, random_id: i64) -> Value {
        self.ask(account, json!({"_": "messages.sendMessage", "peer": self.input(account, marked), "message": text, "random_id": random_id}))
    }
}

fn marked(peer: &Value) -> i64 {
    match peer["_"].as_str().unwrap() {
        "peerUser" => peer["user_id"].as_i64().unwrap(),
        "peerChat" => -peer["chat_id"].as_i64().unwrap(),
        _ => -1_000_000_000_000 - peer["channel_id"].as_i64().unwrap(),
    }
}

fn ids(answer: &Value) -> Vec<i64> {
    answer["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].as_i64().unwrap())
        .collect()
}

/// The new id in the answer to a sent message.
fn sent_id(updates: &Value) -> i64 {
    updates["updates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["_"] == "updateMessageID")
        .unwrap()["id"]
        .as_i64()
        .unwrap()
}
