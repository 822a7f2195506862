//! One message for everything that a message can hold.
//!
//! The messages are made from the schema, not written by hand: for each constructor that a server
//! can put into a `Message`, at whatever depth, a message holds one of it with all its fields. So a
//! new layer brings its specimens along, and nothing is left out because nobody thought of it.

mod grow;
mod kinds;

use grammers_tl_types::{Deserializable, Serializable, enums};
use serde_json::{Value, json};

use super::cast::LAST_DAY;
use super::changes::Fresh;
use super::compose::context;
use super::file::Kind;
use super::ids::PeerId;
use super::log::mask;
use super::state::State;
use super::{World, files::Files};
use crate::rpc::NATIVE_LAYER;
use grow::{Grower, Known};
use kinds::Kinds;

/// When the first of them was sent.
const BEGIN: i32 = LAST_DAY + 43_200;

impl World {
    /// Adds the specimens to a group of the first account, or to its first chat when it has none.
    /// Gives how many they are.
    pub fn add_specimens(&self) -> usize {
        let schema = telekeep_tl::bundled(NATIVE_LAYER);
        let (Some(schema), mut state) = (schema, self.write()) else {
            return 0;
        };
        let Some((me, peer)) = place(&state) else {
            return 0;
        };
        let kinds = Kinds::of(schema);
        let mut changes = Vec::new();
        let mut count = 0;
        for name in kinds.all() {
            let date = BEGIN + count as i32 * 30;
            let near = context(me, peer, state.next_id(me, peer));
            let known = known(&state, me, near);
            let grower = Grower::new(&kinds, known, date);
            let Some(message) = grower
                .message_with(name)
                .and_then(|m| typed(m, me, peer, date))
            else {
                continue;
            };
            let is_service = matches!(message, enums::Message::Service(_));
            let fresh = Fresh {
                message,
                sender: me,
                date,
                mask: if is_service { mask::SERVICE } else { 0 },
                thread: 0,
                peers: vec![me],
            };
            state.post(peer, &fresh, &mut changes);
            count += 1;
        }
        count
    }
}

/// The first account, and a group of it.
fn place(state: &State) -> Option<(i64, PeerId)> {
    let me = *state.order.first()?;
    let dialogs = &state.accounts.get(&me)?.dialogs;
    let is_group = |peer: &PeerId| match peer {
        PeerId::Channel(id) => {
            let channel = state.peers.channels.get(id);
            channel.is_some_and(|c| !c.broadcast && !c.forum && !c.protected)
        }
        _ => false,
    };
    let mut peers = dialogs.iter().map(|dialog| dialog.peer);
    let peer = peers.clone().find(is_group).or_else(|| peers.next())?;
    Some((me, peer))
}

/// What specimens name, so that it is there: people, chats, files.
fn known(state: &State, me: i64, near: u64) -> Known {
    let dialogs = state.accounts.get(&me).map_or(&[][..], |a| &a.dialogs);
    let find = |fits: fn(&PeerId) -> bool| dialogs.iter().map(|dialog| dialog.peer).find(fits);
    let group = find(|peer| matches!(peer, PeerId::Chat(_)));
    let channel = find(|peer| matches!(peer, PeerId::Channel(_)));
    let bare = |peer: Option<PeerId>| match peer {
        Some(PeerId::User(id) | PeerId::Chat(id) | PeerId::Channel(id)) => id,
        None => 0,
    };
    let of = |kind: Kind| state.files.iter().filter(move |file| file.kind == kind);
    let documents = of(Kind::Video)
        .chain(of(Kind::Animation))
        .map(|file| file.id);
    Known {
        user: me,
        group: bare(group),
        channel: bare(channel),
        emoji: of(Kind::Emoji).map(|file| file.id).next().unwrap_or(0),
        photo: of(Kind::Photo)
            .chain(of(Kind::Face))
            .next()
            .and_then(|file| value("Photo", &state.files.photo(file.id, near))),
        documents: documents
            .take(2)
            .filter_map(|id| document(&state.files, id, near))
            .collect(),
    }
}

fn document(files: &Files, id: i64, near: u64) -> Option<Value> {
    value("Document", &files.document(id, near, ""))
}

fn value(ty: &str, object: &impl Serializable) -> Option<Value> {
    let schema = telekeep_tl::bundled(NATIVE_LAYER)?;
    schema.to_value(ty, &object.to_bytes()).ok()
}

/// The message as this server keeps it.
fn typed(mut message: Value, me: i64, peer: PeerId, date: i32) -> Option<enums::Message> {
    message["from_id"] = json!({"_": "peerUser", "user_id": me});
    message["peer_id"] = value("Peer", &peer.tl())?;
    message["date"] = json!(date);
    let mut bytes = Vec::new();
    let schema = telekeep_tl::bundled(NATIVE_LAYER)?;
    schema.encode("Message", &message, &mut bytes).ok()?;
    enums::Message::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                into.extend(fields.get("_").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| names(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| names(value, into)),
            _ => {}
        }
    }

    #[test]
    fn every_kind_has_its_specimen() {
        let world = World::generate(11, 30, 200, 2);
        let added = world.add_specimens();
        let mut met = BTreeSet::new();
        for chat in world.chats(world.account_ids()[0]) {
            chat.messages
                .iter()
                .for_each(|message| names(message, &mut met));
        }
        let schema = telekeep_tl::bundled(NATIVE_LAYER).unwrap();
        let kinds = Kinds::of(schema);
        let missing = kinds.all().filter(|name| !met.contains(*name));
        let missing: Vec<&str> = missing
            .filter(|name| !grow::TOLD_BY_FILES.contains(name))
            .collect();
        assert_eq!(missing, [""; 0]);
        assert!(added > 350, "{added}");
    }

    #[test]
    fn a_small_world_has_room_for_them_too() {
        assert!(World::generate(1, 2, 20, 1).add_specimens() > 350);
    }
}
