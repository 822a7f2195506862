//! Changing what was sent: edits, deletions, reactions, pins; and reading marks.

use grammers_tl_types::{enums, types};
use serde_json::{Value, json};

use super::input::{channel, flag, int, ints, list, peer, text};
use super::outgoing::media;
use super::push::Outbox;
use super::send::{bytes, deliver, rich};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::blank;
use crate::world::changes::Fresh;
use crate::world::ids::PeerId;
use crate::world::log::mask;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.editMessage", edit_message),
    ("messages.deleteMessages", delete_messages),
    ("channels.deleteMessages", delete_channel_messages),
    ("messages.sendReaction", send_reaction),
    ("messages.updatePinnedMessage", update_pinned_message),
    ("messages.readHistory", read_history),
    ("channels.readHistory", read_channel_history),
    ("messages.readMessageContents", |call, _| {
        let account = call.account()?;
        let pts = call
            .cloud
            .world
            .read()
            .accounts
            .get(&account)
            .map_or(1, |a| a.journal.pts);
        Ok(affected(pts, 0))
    }),
];

fn affected(pts: i32, pts_count: i32) -> Answer {
    bytes(&enums::messages::AffectedMessages::Messages(
        types::messages::AffectedMessages { pts, pts_count },
    ))
}

/// Is the message the account's own, or may it edit everything there?
fn is_own(state: &State, account: i64, peer: PeerId, id: i32) -> Result<bool, RpcError> {
    let invalid = || RpcError::bad_request("MESSAGE_ID_INVALID");
    let log = state.log(account, peer).ok_or_else(invalid)?;
    let entry = log.find(id).ok_or_else(invalid)?;
    let sender = log.peers(entry).next();
    let created = matches!(peer, PeerId::Channel(id) if state.peers.channels.get(&id).is_some_and(|c| c.creator == account));
    Ok(sender == Some(account) || (created && sender == Some(peer.marked())))
}

fn edit_message(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    let id = int(&request, "id");
    if !is_own(&state, account, peer, id)? {
        return Err(RpcError::new(403, "MESSAGE_AUTHOR_REQUIRED"));
    }
    let text = request["message"]
        .is_string()
        .then(|| rich(&request))
        .transpose()?;
    let (mut bits, mut described) = ((0, 0), None);
    if request["media"].is_object() {
        let media = media(&mut state, account, &request["media"], date)?;
        bits = (
            media.mask(&state),
            mask::PHOTO | mask::VIDEO | mask::DOCUMENT | mask::GIF,
        );
        described = Some(media.describe(&state, crate::world::context(account, peer, id)));
    }
    let mut changes = Vec::new();
    state.revise(
        (account, peer, id),
        &|message| {
            if let Some((text, entities)) = &text {
                message.message.clone_from(text);
                message.entities.clone_from(entities);
            }
            if described.is_some() {
                message.media.clone_from(&described);
            }
            message.edit_date = Some(date);
        },
        bits,
        date,
        &mut changes,
    );
    let mut outbox = Outbox::default();
    outbox.mention(PeerId::User(account));
    outbox.mention(peer);
    Ok(deliver(call, &state, outbox, changes, &[]).release(state, call))
}

fn delete_messages(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let mut changes = Vec::new();
    let count = state.delete(
        account,
        &ints(&request, "id"),
        flag(&request, "revoke"),
        &mut changes,
    );
    let pts = state.accounts.get(&account).map_or(1, |a| a.journal.pts);
    Ok(
        deliver(call, &state, Outbox::default(), changes, &[]).release_with(
            state,
            call,
            affected(pts, count),
        ),
    )
}

fn delete_channel_messages(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    let PeerId::Channel(channel_id) = peer else {
        return Err(RpcError::bad_request("CHANNEL_INVALID"));
    };
    let creator = state
        .peers
        .channels
        .get(&channel_id)
        .is_some_and(|c| c.creator == account);
    let ids = ints(&request, "id");
    if !creator
        && ids
            .iter()
            .any(|id| !is_own(&state, account, peer, *id).unwrap_or(true))
    {
        return Err(RpcError::new(403, "MESSAGE_DELETE_FORBIDDEN"));
    }
    let mut changes = Vec::new();
    let count = state.delete_in_channel(channel_id, &ids, date, &mut changes);
    let pts = state
        .peers
        .channels
        .get(&channel_id)
        .map_or(1, |c| c.journal.pts);
    Ok(
        deliver(call, &state, Outbox::default(), changes, &[]).release_with(
            state,
            call,
            affected(pts, count),
        ),
    )
}

fn send_reaction(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    let id = int(&request, "msg_id");
    if state
        .log(account, peer)
        .and_then(|log| log.find(id))
        .is_none_or(|e| e.mask & mask::SERVICE != 0)
    {
        return Err(RpcError::bad_request("MESSAGE_ID_INVALID"));
    }
    let mut emoticons = Vec::new();
    for reaction in list(&request, "reaction") {
        match text(reaction, "_") {
            "reactionEmoji" => emoticons.push(text(reaction, "emoticon").to_owned()),
            "reactionEmpty" => {}
            _ => return Err(RpcError::bad_request("REACTION_INVALID")),
        }
    }
    if emoticons.len() > 3 || emoticons.iter().any(|e| e.is_empty() || e.len() > 32) {
        return Err(RpcError::bad_request("REACTION_INVALID"));
    }
    let mut changes = Vec::new();
    state.react((account, peer, id), &emoticons, &mut changes);
    let mut outbox = Outbox::default();
    outbox.mention(PeerId::User(account));
    outbox.mention(peer);
    Ok(deliver(call, &state, outbox, changes, &[]).release(state, call))
}

fn update_pinned_message(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    super::send::writable(&state, account, peer)?;
    let id = int(&request, "id");
    let found = state
        .log(account, peer)
        .and_then(|log| log.find(id))
        .copied();
    let entry = found.ok_or_else(|| RpcError::bad_request("MESSAGE_ID_INVALID"))?;
    let pinned = !flag(&request, "unpin");
    if pinned == (entry.mask & mask::PINNED != 0) {
        return Err(RpcError::bad_request("CHAT_NOT_MODIFIED"));
    }
    let mut changes = Vec::new();
    state.pin((account, peer, id), pinned, date, &mut changes);
    if pinned && !flag(&request, "pm_oneside") {
        let fresh = pin_notice(&state, account, peer, id, date);
        state.post(peer, &fresh, &mut changes);
    }
    let mut outbox = Outbox::default();
    outbox.mention(PeerId::User(account));
    outbox.mention(peer);
    Ok(deliver(call, &state, outbox, changes, &[]).release(state, call))
}

fn pin_notice(state: &State, account: i64, peer: PeerId, id: i32, date: i32) -> Fresh {
    let reply = types::MessageReplyHeader {
        reply_to_msg_id: Some(id),
        ..blank::message_reply_header()
    };
    let mut fresh = service(state, account, peer, enums::MessageAction::PinMessage, date);
    if let enums::Message::Service(message) = &mut fresh.message {
        message.reply_to = Some(reply.into());
    }
    fresh
}

/// A service message of `account` in a chat.
pub(super) fn service(
    state: &State,
    account: i64,
    peer: PeerId,
    action: enums::MessageAction,
    date: i32,
) -> Fresh {
    let (frame, sender) = super::send::frame(state, account, peer, date);
    let message = types::MessageService {
        out: frame.out,
        post: frame.post,
        from_id: frame.from_id,
        saved_peer_id: frame.saved_peer_id,
        date,
        ..blank::message_service(peer.tl(), action)
    };
    Fresh {
        message: message.into(),
        sender: account,
        date,
        mask: mask::SERVICE,
        thread: 0,
        peers: vec![sender],
    }
}

fn read_history(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    let max_id = top(&state, account, peer, int(&request, "max_id"));
    let mut changes = Vec::new();
    let (pts, count) = state.read_history(account, peer, max_id, &mut changes);
    Ok(
        deliver(call, &state, Outbox::default(), changes, &[]).release_with(
            state,
            call,
            affected(pts, count),
        ),
    )
}

fn read_channel_history(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    let max_id = top(&state, account, peer, int(&request, "max_id"));
    let mut changes = Vec::new();
    state.read_history(account, peer, max_id, &mut changes);
    let closed = deliver(call, &state, Outbox::default(), changes, &[]);
    Ok(closed.release_with(state, call, Answer::Json(json!(true))))
}

/// An id to read up to; 0 means everything.
fn top(state: &State, account: i64, peer: PeerId, max_id: i32) -> i32 {
    let top = state.top(account, peer).map_or(0, |e| e.id);
    if max_id <= 0 { top } else { max_id.min(top) }
}
