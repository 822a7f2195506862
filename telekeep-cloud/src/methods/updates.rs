//! The state of an account and of channels, and what happened since a state.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{channel, int};
use super::output::{Crowd, Found, object};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;
use crate::world::updates::Event;
use crate::world::{Dialog, World};

pub(super) const METHODS: &[Method] = &[
    ("updates.getState", |call, r| with(call, &r, get_state)),
    ("updates.getDifference", get_difference),
    ("updates.getChannelDifference", |call, r| {
        with(call, &r, get_channel_difference)
    }),
];

/// Changes in one answer at most.
const SLICE: usize = 500;

/// The counters of an account.
pub(super) fn state_of(state: &State, account: i64) -> enums::updates::State {
    let own = state.accounts.get(&account);
    types::updates::State {
        pts: own.map_or(1, |a| a.journal.pts),
        qts: 0,
        date: now(),
        seq: own.map_or(1, |a| a.seq),
        unread_count: 0,
    }
    .into()
}

fn now() -> i32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |d| i32::try_from(d.as_secs()).unwrap_or(i32::MAX))
}

fn get_state(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    Ok(object(&state_of(state, account)))
}

fn get_difference(call: &crate::rpc::Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    difference(&call.cloud.world, account, &request)
}

/// New messages, other changes, and everybody in them.
#[derive(Default)]
struct Split {
    messages: Vec<enums::Message>,
    others: Vec<enums::Update>,
    crowd: Crowd,
}

fn split(state: &State, account: i64, events: &[Event]) -> Split {
    let mut out = Split::default();
    for event in events {
        match &event.update {
            enums::Update::NewMessage(update) => out.fresh(state, account, &update.message),
            enums::Update::NewChannelMessage(update) => out.fresh(state, account, &update.message),
            enums::Update::EditMessage(update) => {
                out.crowd_of(state, account, &update.message);
                out.others.push(event.update.clone());
            }
            other => out
                .others
                .push(super::push::personal(state, account, other)),
        }
    }
    out
}

impl Split {
    /// New messages are given as they are now; deleted ones not at all.
    fn fresh(&mut self, state: &State, account: i64, message: &enums::Message) {
        if let Some((peer, log, entry)) = find(state, account, message) {
            self.crowd.add_message((peer, log, entry));
            let mut bytes = Vec::new();
            state.encode(account, peer, log, entry, &mut bytes);
            self.messages.extend(super::push::decode(&bytes));
        }
    }

    fn crowd_of(&mut self, state: &State, account: i64, message: &enums::Message) {
        if let Some(found) = find(state, account, message) {
            self.crowd.add_message(found);
        }
    }
}

fn find<'a>(state: &'a State, account: i64, message: &enums::Message) -> Option<Found<'a>> {
    let (peer, id) = match message {
        enums::Message::Message(m) => (&m.peer_id, m.id),
        enums::Message::Service(m) => (&m.peer_id, m.id),
        enums::Message::Empty(_) => return None,
    };
    let peer = PeerId::of_tl(peer);
    let log = state.log(account, peer)?;
    Some((peer, log, log.find(id)?))
}

/// The changes of an account after the state a client has.
fn difference(world: &World, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let state = world.read();
    let own = state
        .accounts
        .get(&account)
        .ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))?;
    let pts = int(request, "pts");
    if pts <= 0 {
        return Err(RpcError::bad_request("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if pts > own.journal.pts {
        return Err(RpcError::bad_request("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let too_long = types::updates::DifferenceTooLong {
        pts: own.journal.pts,
    };
    let Some(events) = own.journal.since(pts) else {
        return Ok(object(&enums::updates::Difference::TooLong(too_long)));
    };
    let most = int(request, "pts_total_limit");
    if most > 0 && events.len() > most as usize {
        return Ok(object(&enums::updates::Difference::TooLong(too_long)));
    }
    // Channels are not in this journal: say which of them moved since the date of the client.
    let mut channels = moved(&state, account, int(request, "date"));
    if events.is_empty() && channels.is_empty() {
        let empty = types::updates::DifferenceEmpty {
            date: now(),
            seq: own.seq,
        };
        return Ok(object(&enums::updates::Difference::Empty(empty)));
    }
    let page = &events[..events.len().min(SLICE)];
    let mut split = split(&state, account, page);
    split.others.append(&mut channels);
    let (chats, users) = (
        split.crowd.chats(&state, account),
        split.crowd.users(&state, account),
    );
    let enums::updates::State::State(mut now) = state_of(&state, account);
    now.pts = page.last().map_or(pts, |e| e.pts);
    let answer: enums::updates::Difference = if page.len() == events.len() {
        types::updates::Difference {
            new_messages: split.messages,
            new_encrypted_messages: Vec::new(),
            other_updates: split.others,
            chats,
            users,
            state: now.into(),
        }
        .into()
    } else {
        types::updates::DifferenceSlice {
            new_messages: split.messages,
            new_encrypted_messages: Vec::new(),
            other_updates: split.others,
            chats,
            users,
            intermediate_state: now.into(),
        }
        .into()
    };
    Ok(object(&answer))
}

/// `updateChannelTooLong` for every channel of the account with changes since `date`.
fn moved(state: &State, account: i64, date: i32) -> Vec<enums::Update> {
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let channels = dialogs.iter().filter_map(|d| match d.peer {
        PeerId::Channel(id) => state.peers.channels.get(&id),
        _ => None,
    });
    channels
        .filter(|c| c.changed > 0 && c.changed >= date)
        .map(|c| {
            types::UpdateChannelTooLong {
                channel_id: c.id,
                pts: Some(c.journal.pts),
            }
            .into()
        })
        .collect()
}

fn get_channel_difference(
    state: &State,
    account: i64,
    request: &Value,
) -> Result<Answer, RpcError> {
    let peer = channel(state, account, &request["channel"])?;
    let PeerId::Channel(id) = peer else {
        return Err(RpcError::bad_request("CHANNEL_INVALID"));
    };
    let own = state
        .peers
        .channels
        .get(&id)
        .ok_or_else(|| RpcError::bad_request("CHANNEL_INVALID"))?;
    let pts = int(request, "pts");
    if pts <= 0 {
        return Err(RpcError::bad_request("PERSISTENT_TIMESTAMP_EMPTY"));
    }
    if pts > own.journal.pts {
        return Err(RpcError::bad_request("PERSISTENT_TIMESTAMP_INVALID"));
    }
    let Some(events) = own.journal.since(pts) else {
        return Ok(object(&too_long(state, account, peer)));
    };
    if events.is_empty() {
        let empty = types::updates::ChannelDifferenceEmpty {
            r#final: true,
            pts,
            timeout: Some(30),
        };
        return Ok(object(&enums::updates::ChannelDifference::Empty(empty)));
    }
    let limit = int(request, "limit").clamp(1, 100) as usize;
    let page = &events[..events.len().min(limit)];
    let mut split = split(state, account, page);
    split.crowd.add(peer);
    let answer = types::updates::ChannelDifference {
        r#final: page.len() == events.len(),
        pts: page.last().map_or(pts, |e| e.pts),
        timeout: None,
        new_messages: split.messages,
        other_updates: split.others,
        chats: split.crowd.chats(state, account),
        users: split.crowd.users(state, account),
    };
    Ok(object(&enums::updates::ChannelDifference::Difference(
        answer,
    )))
}

fn too_long(state: &State, account: i64, peer: PeerId) -> enums::updates::ChannelDifference {
    let own = state
        .accounts
        .get(&account)
        .and_then(|a| a.dialog(peer))
        .cloned();
    let dialog = super::dialogs::dialog(state, account, &own.unwrap_or_else(|| Dialog::new(peer)));
    let mut crowd = Crowd::default();
    crowd.add(peer);
    let mut messages = Vec::new();
    if let Some(log) = state.log(account, peer) {
        for entry in log.iter().rev().take(20) {
            crowd.add_message((peer, log, entry));
            let mut bytes = Vec::new();
            state.encode(account, peer, log, entry, &mut bytes);
            messages.extend(super::push::decode(&bytes));
        }
    }
    types::updates::ChannelDifferenceTooLong {
        r#final: true,
        timeout: None,
        dialog: dialog.into(),
        messages,
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    }
    .into()
}
