//! A page of the list of chats.

use std::collections::HashMap;
use std::ops::Range;

use telekeep_tl::{Object, Schema, Value};

use super::people::{DecodedPeer, PeerFilter, peers};
use super::{BadAnswer, DIALOG_VOLATILE};
use crate::spool::Peer;
use crate::telegram::backup::about::read_state;
use crate::telegram::backup::dialogs::Item;
use crate::telegram::peers::PeerId;

/// A dialog.
#[derive(Debug)]
pub(crate) struct DecodedDialog {
    pub chat: i64,
    pub top: i32,
    pub date: Option<i32>,
    /// In the account's archive folder.
    pub archived: bool,
    pub print: [u8; 16],
    /// What of it was read.
    pub read: serde_json::Value,
    body: Range<usize>,
}

/// A page of the dialog list.
#[derive(Debug, Default)]
pub(crate) struct Dialogs {
    pub complete: bool,
    pub dialogs: Vec<DecodedDialog>,
    pub peers: Vec<DecodedPeer>,
    /// How to address each peer of the page.
    pub addresses: HashMap<i64, Peer>,
    text: Vec<u8>,
}

impl Dialogs {
    /// JSON of a dialog.
    pub fn body(&self, dialog: &DecodedDialog) -> &[u8] {
        self.text.get(dialog.body.clone()).unwrap_or_default()
    }

    /// JSON of a peer.
    pub fn peer_body(&self, peer: &DecodedPeer) -> &[u8] {
        self.text.get(peer.body.clone()).unwrap_or_default()
    }

    /// What the pager needs; `known` gives the newest id a chat had before.
    pub fn items(&self, known: &HashMap<i64, Option<i32>>) -> Vec<Item> {
        let item = |dialog: &DecodedDialog| Item {
            chat: dialog.chat,
            top: dialog.top,
            date: dialog.date,
            changed: known.get(&dialog.chat) != Some(&Some(dialog.top)),
        };
        self.dialogs.iter().map(item).collect()
    }
}

/// Takes a page of the dialog list apart.
pub(crate) fn dialogs(
    schema: &'static Schema,
    filter: &PeerFilter,
    bytes: &[u8],
) -> Result<Dialogs, BadAnswer> {
    let answer = schema.object(bytes)?;
    let complete = match answer.name() {
        "messages.dialogs" | "messages.peerDialogs" => true,
        "messages.dialogsSlice" => false,
        other => return Err(BadAnswer::Unexpected(other.to_owned())),
    };
    let dates = dates(&answer);
    let mut page = Dialogs {
        complete,
        ..Dialogs::default()
    };
    for dialog in answer
        .vector("dialogs")
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_object)
    {
        if dialog.name() != "dialog" {
            continue;
        }
        let chat = dialog
            .object("peer")
            .as_ref()
            .and_then(PeerId::of_peer)
            .map(PeerId::marked);
        let (Some(chat), Some(top)) = (chat, dialog.int("top_message")) else {
            continue;
        };
        let begin = page.text.len();
        dialog.json(&mut page.text)?;
        page.dialogs.push(DecodedDialog {
            chat,
            top,
            date: dates.get(&(chat, top)).copied(),
            archived: dialog.int("folder_id") == Some(1),
            print: dialog.fingerprint(DIALOG_VOLATILE),
            read: read_state(dialog),
            body: begin..page.text.len(),
        });
    }
    let mut addresses = HashMap::new();
    page.peers = peers(&answer, filter, &mut page.text, |peer| {
        addresses.insert(peer.chat, peer.clone());
    });
    page.addresses = addresses;
    Ok(page)
}

/// Dates of the messages of an answer by chat and id.
fn dates(answer: &Object<'_>) -> HashMap<(i64, i32), i32> {
    let messages = answer.vector("messages").unwrap_or_default();
    let date = |message: &Object<'_>| {
        let chat = PeerId::of_peer(&message.object("peer_id")?)?.marked();
        Some(((chat, message.int("id")?), message.int("date")?))
    };
    messages
        .iter()
        .filter_map(Value::as_object)
        .filter_map(date)
        .collect()
}
