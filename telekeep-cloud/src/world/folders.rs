//! Folders of chats, which an account makes for itself. They are kept as the TL objects they are,
//! as JSON.

use serde_json::{Value, json};

use super::ids::PeerId;
use super::peers::Peers;

/// Chats of a made account that its folders name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    pub(crate) group: Option<PeerId>,
    pub(crate) forum: Option<PeerId>,
    pub(crate) news: Option<PeerId>,
}

/// The folders of a made account: one by kinds of chats, one by names, and one that was shared. A
/// small world lacks some chats, and with them the folders that name only these.
pub(crate) fn of(account: i64, peers: &Peers, known: Known) -> Vec<Value> {
    let named = |chats: &[Option<PeerId>]| -> Vec<Value> {
        let chats = chats.iter().flatten();
        chats
            .map(|&chat| input_peer(account, peers, chat))
            .collect()
    };
    let without = |folder: &Value| {
        let none = |field: &str| folder[field].as_array().is_none_or(Vec::is_empty);
        none("pinned_peers") && none("include_peers") && folder["contacts"].is_null()
    };
    let title = |text: &str| json!({"_": "textWithEntities", "text": text, "entities": []});
    let mut folders = vec![
        json!({
            "_": "dialogFilter", "id": 2, "title": title("In person"), "emoticon": "👤",
            "contacts": true, "non_contacts": true, "exclude_archived": true,
            "pinned_peers": [], "include_peers": [], "exclude_peers": [],
        }),
        json!({
            "_": "dialogFilter", "id": 3, "title": title("Projects"), "emoticon": "💼",
            "pinned_peers": named(&[known.forum]), "include_peers": named(&[known.group]),
            "exclude_peers": [],
        }),
        json!({
            "_": "dialogFilterChatlist", "id": 4, "title": title("Reading"),
            "pinned_peers": [], "include_peers": named(&[known.news]),
        }),
    ];
    folders.retain(|folder| !without(folder));
    folders
}

/// How `account` names a peer.
pub(crate) fn input_peer(account: i64, peers: &Peers, peer: PeerId) -> Value {
    let access_hash = peers.access_hash(account, peer);
    match peer {
        PeerId::User(id) if id == account => json!({"_": "inputPeerSelf"}),
        PeerId::User(user_id) => {
            json!({"_": "inputPeerUser", "user_id": user_id, "access_hash": access_hash})
        }
        PeerId::Chat(chat_id) => json!({"_": "inputPeerChat", "chat_id": chat_id}),
        PeerId::Channel(channel_id) => {
            json!({"_": "inputPeerChannel", "channel_id": channel_id, "access_hash": access_hash})
        }
    }
}
