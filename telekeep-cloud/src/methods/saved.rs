//! Saved Messages by where they were saved from.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{flag, int};
use super::output::{Crowd, object};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getSavedDialogs", |call, r| {
        with(call, &r, get_saved_dialogs)
    }),
    ("messages.getPinnedSavedDialogs", |call, r| {
        with(call, &r, get_pinned)
    }),
];

/// Entries of a page, whatever a client asks for: the server may always give fewer.
const PAGE: usize = 3;

/// A sub-chat: where its messages are from, the newest of them.
struct Row {
    peer: PeerId,
    message: enums::Message,
    id: i32,
    pinned: bool,
}

fn marked(peer: &enums::Peer) -> PeerId {
    match peer {
        enums::Peer::User(user) => PeerId::User(user.user_id),
        enums::Peer::Chat(chat) => PeerId::Chat(chat.chat_id),
        enums::Peer::Channel(channel) => PeerId::Channel(channel.channel_id),
    }
}

/// Pinned ones first, then by the newest message.
fn rows(state: &State, account: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let Some(log) = state.log(account, PeerId::User(account)) else {
        return rows;
    };
    let own = state.accounts.get(&account).map(|account| &account.own);
    let pinned = own.map_or(&[][..], |own| &own.pinned_saved);
    for entry in log.iter().rev() {
        let Some(message @ enums::Message::Message(said)) = &log.decode(entry) else {
            continue;
        };
        let from = said.saved_peer_id.as_ref().map(marked);
        let peer = from.unwrap_or(PeerId::User(account));
        if rows.iter().all(|row| row.peer != peer) {
            rows.push(Row {
                peer,
                message: message.clone(),
                id: entry.id,
                pinned: pinned.contains(&peer),
            });
        }
    }
    rows.sort_by_key(|row| (!row.pinned, std::cmp::Reverse(row.id)));
    rows
}

fn answer(state: &State, account: i64, rows: &[Row], count: Option<i32>) -> Answer {
    let mut crowd = Crowd::default();
    rows.iter().for_each(|row| crowd.add(row.peer));
    crowd.add(PeerId::User(account));
    let dialog = |row: &Row| {
        types::SavedDialog {
            pinned: row.pinned,
            peer: row.peer.tl(),
            top_message: row.id,
        }
        .into()
    };
    let dialogs = rows.iter().map(dialog).collect();
    let messages = rows.iter().map(|row| row.message.clone()).collect();
    let (chats, users) = (crowd.chats(state, account), crowd.users(state, account));
    object(&match count {
        None => enums::messages::SavedDialogs::Dialogs(types::messages::SavedDialogs {
            dialogs,
            messages,
            chats,
            users,
        }),
        Some(count) => enums::messages::SavedDialogs::Slice(types::messages::SavedDialogsSlice {
            count,
            dialogs,
            messages,
            chats,
            users,
        }),
    })
}

fn get_saved_dialogs(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let mut rows = rows(state, account);
    if flag(request, "exclude_pinned") {
        rows.retain(|row| !row.pinned);
    }
    let count = rows.len();
    let offset = int(request, "offset_id");
    let begin = rows.iter().position(|row| row.id == offset);
    let begin = begin.map_or(0, |place| place + 1);
    let limit = usize::try_from(int(request, "limit"))
        .unwrap_or(0)
        .min(PAGE);
    let whole = begin + limit >= count;
    let page: Vec<Row> = rows.into_iter().skip(begin).take(limit).collect();
    let count = (!whole).then_some(count as i32);
    Ok(answer(state, account, &page, count))
}

fn get_pinned(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let mut rows = rows(state, account);
    rows.retain(|row| row.pinned);
    Ok(answer(state, account, &rows, None))
}
