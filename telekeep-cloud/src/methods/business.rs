//! Replies kept ready, links that open a chat, bots that answer for an account.

use serde_json::{Value, json};

use super::history::with;
use super::input::{int, ints};
use super::output::Crowd;
use super::settings::{own, shown};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::business::Business;
use crate::world::ids::PeerId;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getQuickReplies", |call, r| {
        with(call, &r, get_replies)
    }),
    ("messages.getQuickReplyMessages", |call, r| {
        with(call, &r, get_messages)
    }),
    ("account.getBusinessChatLinks", |call, r| {
        with(call, &r, get_links)
    }),
    ("account.getConnectedBots", |call, r| {
        with(call, &r, get_bots)
    }),
];

fn business(state: &State, account: i64) -> Result<&Business, RpcError> {
    own(state, account).map(|own| &own.business)
}

fn get_replies(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let replies = &business(state, account)?.replies;
    let mut tops = Vec::new();
    let reply = |reply: &crate::world::business::Reply| {
        tops.extend(reply.messages(&state.files, account).pop());
        json!({
            "_": "quickReply", "shortcut_id": reply.id, "shortcut": reply.shortcut,
            "top_message": reply.says.last().map_or(0, |(id, ..)| *id), "count": reply.says.len(),
        })
    };
    let replies: Vec<Value> = replies.iter().map(reply).collect();
    let mut crowd = Crowd::default();
    crowd.add(PeerId::User(account));
    Ok(json!({
        "_": "messages.quickReplies", "quick_replies": replies, "messages": tops, "chats": [],
        "users": shown(&crowd.users(state, account)),
    })
    .into())
}

fn get_messages(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let wanted = int(request, "shortcut_id");
    let mut replies = business(state, account)?.replies.iter();
    let reply = replies.find(|reply| reply.id == wanted);
    let reply = reply.ok_or_else(|| RpcError::bad_request("SHORTCUT_INVALID"))?;
    let (ids, mut messages) = (ints(request, "id"), reply.messages(&state.files, account));
    messages.retain(|message| ids.is_empty() || ids.contains(&int(message, "id")));
    let mut crowd = Crowd::default();
    crowd.add(PeerId::User(account));
    Ok(json!({
        "_": "messages.messages", "messages": messages, "topics": [], "chats": [],
        "users": shown(&crowd.users(state, account)),
    })
    .into())
}

fn get_links(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let links = &business(state, account)?.links;
    Ok(json!({"_": "account.businessChatLinks", "links": links, "chats": [], "users": []}).into())
}

fn get_bots(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let bots = &business(state, account)?.bots;
    let mut crowd = Crowd::default();
    let ids = bots.iter().filter_map(|bot| bot["bot_id"].as_i64());
    ids.for_each(|id| crowd.add(PeerId::User(id)));
    Ok(json!({
        "_": "account.connectedBots", "connected_bots": bots,
        "users": shown(&crowd.users(state, account)),
    })
    .into())
}
