//! What an account began to write and did not send, and what waits to be sent.

use serde_json::{Value, json};

use super::history::with;
use super::input::{peer, text};
use super::output::Crowd;
use super::settings::shown;
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getAllDrafts", |call, r| {
        with(call, &r, get_drafts)
    }),
    ("messages.saveDraft", save_draft),
    ("messages.getScheduledHistory", |call, r| {
        with(call, &r, get_scheduled)
    }),
];

fn get_drafts(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let account = state.accounts.get(&account);
    let account = account.ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))?;
    let mut crowd = Crowd::default();
    let update = |(peer, draft): (&PeerId, &Value)| {
        crowd.add(*peer);
        let peer = shown(&[peer.tl()]).pop();
        json!({"_": "updateDraftMessage", "peer": peer, "draft": draft})
    };
    let updates: Vec<Value> = account.own.drafts.iter().map(update).collect();
    Ok(json!({
        "_": "updates", "updates": updates, "date": 1, "seq": 0,
        "users": shown(&crowd.users(state, account.id)),
        "chats": shown(&crowd.chats(state, account.id)),
    })
    .into())
}

fn get_scheduled(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    let own = state.accounts.get(&account).map(|account| &account.own);
    let waiting = own.and_then(|own| own.scheduled.get(&peer)).into_iter();
    let waiting: Vec<Value> = waiting
        .flatten()
        .map(|one| one.message(&state.files, account, peer))
        .collect();
    let mut crowd = Crowd::default();
    crowd.add(peer);
    crowd.add(PeerId::User(account));
    Ok(json!({
        "_": "messages.messages", "messages": waiting, "topics": [],
        "users": shown(&crowd.users(state, account)),
        "chats": shown(&crowd.chats(state, account)),
    })
    .into())
}

/// An empty text takes the draft away.
fn save_draft(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (account, date) = (call.account()?, call.cloud.now());
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    let message = text(&request, "message").to_owned();
    if let Some(account) = state.accounts.get_mut(&account) {
        if message.is_empty() {
            account.own.drafts.remove(&peer);
        } else {
            let draft = json!({"_": "draftMessage", "message": message, "date": date});
            account.own.drafts.insert(peer, draft);
        }
    }
    Ok(Value::Bool(true).into())
}
