//! Saved Messages by where they were saved from, and direct messages of a channel by who they are
//! with.

use grammers_tl_types::{Serializable as _, enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{flag, int, peer};
use super::output::Crowd;
use crate::rpc::{Answer, Method, RpcError};
use crate::world::blank;
use crate::world::ids::PeerId;
use crate::world::log::Entry;
use crate::world::peers::{Channel, Thread};
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

/// A sub-chat: what its messages are told apart by, the newest of them, the entry in the list.
struct Row {
    peer: PeerId,
    message: enums::Message,
    id: i32,
    pinned: bool,
    dialog: enums::SavedDialog,
}

fn sub_chat(message: &enums::Message) -> Option<PeerId> {
    let peer = match message {
        enums::Message::Message(said) => said.saved_peer_id.as_ref(),
        enums::Message::Service(told) => told.saved_peer_id.as_ref(),
        enums::Message::Empty(_) => None,
    };
    peer.map(PeerId::of_tl)
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
        let Some(message @ enums::Message::Message(_)) = log.decode(entry) else {
            continue;
        };
        let peer = sub_chat(&message).unwrap_or(PeerId::User(account));
        if rows.iter().all(|row| row.peer != peer) {
            let pinned = pinned.contains(&peer);
            let dialog = types::SavedDialog {
                pinned,
                peer: peer.tl(),
                top_message: entry.id,
            };
            rows.push(Row {
                peer,
                message,
                id: entry.id,
                pinned,
                dialog: dialog.into(),
            });
        }
    }
    rows.sort_by_key(|row| (!row.pinned, std::cmp::Reverse(row.id)));
    rows
}

/// The direct messages of a channel, for those who run the channel.
fn direct<'a>(
    state: &'a State,
    account: i64,
    parent: &Value,
) -> Result<(PeerId, &'a Channel), RpcError> {
    let invalid = || RpcError::bad_request("PARENT_PEER_INVALID");
    let PeerId::Channel(id) = peer(state, account, parent)? else {
        return Err(invalid());
    };
    let chat = state.peers.channels.get(&id).filter(|own| own.is_direct());
    let chat = chat.ok_or_else(invalid)?;
    let channel = chat.direct.and_then(|id| state.peers.channels.get(&id));
    match channel.is_some_and(|channel| channel.is_led_by(account)) {
        true => Ok((PeerId::Channel(id), chat)),
        false => Err(RpcError::bad_request("CHAT_ADMIN_REQUIRED")),
    }
}

/// The threads of direct messages, the newest first.
fn threads(chat: &Channel) -> Vec<Row> {
    let log = &chat.log;
    let mut rows: Vec<Row> = Vec::new();
    for thread in &chat.threads {
        let person = PeerId::User(thread.person);
        let said = log.iter().filter_map(|entry| {
            let message = log.decode(entry)?;
            (sub_chat(&message) == Some(person)).then_some((entry, message))
        });
        let said: Vec<_> = said.collect();
        let unread = said.iter().filter(|(entry, _)| {
            entry.id > thread.read && log.peers(entry).next() == Some(thread.person)
        });
        let unread = unread.count() as i32;
        let Some((entry, message)) = said.into_iter().next_back() else {
            continue;
        };
        rows.push(Row {
            peer: person,
            message,
            id: entry.id,
            pinned: false,
            dialog: entry_of(thread, entry, unread),
        });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows
}

fn entry_of(thread: &Thread, top: &Entry, unread: i32) -> enums::SavedDialog {
    let draft = |text: &String| types::DraftMessage {
        message: text.clone(),
        date: top.date + 30,
        ..blank::draft_message()
    };
    types::MonoForumDialog {
        unread_mark: thread.marked,
        nopaid_messages_exception: thread.free,
        peer: PeerId::User(thread.person).tl(),
        top_message: top.id,
        read_inbox_max_id: thread.read,
        read_outbox_max_id: thread.read,
        unread_count: unread,
        unread_reactions_count: 0,
        draft: thread.draft.as_ref().map(|text| draft(text).into()),
    }
    .into()
}

fn answer(state: &State, account: i64, of: PeerId, rows: Vec<Row>, count: Option<i32>) -> Answer {
    let mut crowd = Crowd::default();
    rows.iter().for_each(|row| crowd.add(row.peer));
    crowd.add(of);
    crowd.add(PeerId::User(account));
    let (dialogs, messages) = rows
        .into_iter()
        .map(|row| (row.dialog, row.message))
        .unzip();
    let (chats, users) = (crowd.chats(state, account), crowd.users(state, account));
    let answer = match count {
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
    };
    let mut out = answer.to_bytes();
    state.files.refresh(&mut out);
    Answer::Tl(out)
}

fn get_saved_dialogs(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (of, mut rows) = match &request["parent_peer"] {
        Value::Null => (PeerId::User(account), rows(state, account)),
        parent => {
            let (chat, own) = direct(state, account, parent)?;
            (chat, threads(own))
        }
    };
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
    Ok(answer(state, account, of, page, count))
}

fn get_pinned(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let mut rows = rows(state, account);
    rows.retain(|row| row.pinned);
    Ok(answer(state, account, PeerId::User(account), rows, None))
}
