//! Reads the parts of requests that name peers and numbers, with the errors of the real server.

use serde_json::Value;

use crate::rpc::RpcError;
use crate::world::ids::PeerId;
use crate::world::state::State;

/// An int field; 0 when absent.
pub(super) fn int(request: &Value, field: &str) -> i32 {
    request[field]
        .as_i64()
        .and_then(|n| i32::try_from(n).ok())
        .unwrap_or(0)
}

/// A flag; false when absent.
pub(super) fn flag(request: &Value, field: &str) -> bool {
    request[field].as_bool().unwrap_or(false)
}

/// A string field; empty when absent.
pub(super) fn text<'a>(request: &'a Value, field: &str) -> &'a str {
    request[field].as_str().unwrap_or_default()
}

/// A vector field; empty when absent.
pub(super) fn list<'a>(request: &'a Value, field: &str) -> &'a [Value] {
    request[field].as_array().map_or(&[], Vec::as_slice)
}

/// The ids of a vector of ints.
pub(super) fn ints(request: &Value, field: &str) -> Vec<i32> {
    list(request, field)
        .iter()
        .filter_map(|n| i32::try_from(n.as_i64()?).ok())
        .collect()
}

/// Bytes, which are base64 in JSON.
pub(super) fn bytes(request: &Value, field: &str) -> Result<Vec<u8>, RpcError> {
    use base64::Engine as _;
    let wrong = || RpcError::bad_request("INPUT_FETCH_ERROR");
    let text = request[field].as_str().ok_or_else(wrong)?;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|_| wrong())
}

fn id(value: &Value, field: &str) -> i64 {
    value[field].as_i64().unwrap_or(0)
}

/// The peer an `InputPeer` names. The account must know it and be allowed to read it.
pub(super) fn peer(state: &State, account: i64, value: &Value) -> Result<PeerId, RpcError> {
    let invalid = || RpcError::bad_request("PEER_ID_INVALID");
    match text(value, "_") {
        "inputPeerSelf" => Ok(PeerId::User(account)),
        "inputPeerUser" => {
            let user = PeerId::User(id(value, "user_id"));
            hashed(state, account, user, value, "PEER_ID_INVALID")
        }
        "inputPeerChat" => chat(state, account, id(value, "chat_id")),
        "inputPeerChannel" => channel(state, account, value),
        "inputPeerUserFromMessage" => {
            known(state, PeerId::User(id(value, "user_id")), "PEER_ID_INVALID")
        }
        "inputPeerChannelFromMessage" => channel(state, account, value),
        _ => Err(invalid()),
    }
}

/// The basic group of an id.
pub(super) fn chat(state: &State, account: i64, chat_id: i64) -> Result<PeerId, RpcError> {
    let peer = known(state, PeerId::Chat(chat_id), "CHAT_ID_INVALID")?;
    if state.peers.is_member(account, peer) {
        Ok(peer)
    } else {
        Err(RpcError::bad_request("CHAT_ID_INVALID"))
    }
}

fn known(state: &State, peer: PeerId, error: &'static str) -> Result<PeerId, RpcError> {
    if state.peers.knows(peer) {
        Ok(peer)
    } else {
        Err(RpcError::bad_request(error))
    }
}

fn hashed(
    state: &State,
    account: i64,
    peer: PeerId,
    value: &Value,
    error: &'static str,
) -> Result<PeerId, RpcError> {
    let right = state.peers.access_hash(account, peer);
    let own = peer == PeerId::User(account);
    if state.peers.knows(peer) && (own || value["access_hash"].as_i64() == Some(right)) {
        Ok(peer)
    } else {
        Err(RpcError::bad_request(error))
    }
}

/// The channel an `InputChannel` or `InputPeer` names. One with a public name may be read by
/// everybody.
pub(super) fn channel(state: &State, account: i64, value: &Value) -> Result<PeerId, RpcError> {
    let peer = known_channel(state, account, value)?;
    if state.peers.is_member(account, peer) || state.peers.is_public(peer) {
        Ok(peer)
    } else {
        Err(RpcError::bad_request("CHANNEL_PRIVATE"))
    }
}

/// The same, whether the account may read it or not.
pub(super) fn known_channel(
    state: &State,
    account: i64,
    value: &Value,
) -> Result<PeerId, RpcError> {
    let peer = PeerId::Channel(id(value, "channel_id"));
    match text(value, "_") {
        "inputChannel" | "inputPeerChannel" => {
            hashed(state, account, peer, value, "CHANNEL_INVALID")
        }
        "inputChannelFromMessage" | "inputPeerChannelFromMessage" => {
            known(state, peer, "CHANNEL_INVALID")
        }
        _ => Err(RpcError::bad_request("CHANNEL_INVALID")),
    }
}

/// The user an `InputUser` names.
pub(super) fn user(state: &State, account: i64, value: &Value) -> Result<i64, RpcError> {
    let user_id = id(value, "user_id");
    let peer = PeerId::User(user_id);
    match text(value, "_") {
        "inputUserSelf" => Ok(account),
        "inputUser" => hashed(state, account, peer, value, "USER_ID_INVALID").map(|_| user_id),
        "inputUserFromMessage" => known(state, peer, "USER_ID_INVALID").map(|_| user_id),
        _ => Err(RpcError::bad_request("USER_ID_INVALID")),
    }
}
