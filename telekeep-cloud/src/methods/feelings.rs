//! Who reacted to a message and who voted in a poll: the people behind the counts.

use serde_json::{Value, json};

use super::history::with;
use super::input::{int, list, peer, text};
use super::output::Crowd;
use super::settings::shown;
use crate::rpc::{Answer, Method, NATIVE_LAYER, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getMessageReactionsList", |call, r| {
        with(call, &r, who_reacted)
    }),
    ("messages.getPollVotes", |call, r| with(call, &r, who_voted)),
];

/// Entries of a page, whatever a client asks for.
const PAGE: usize = 4;

fn invalid() -> RpcError {
    RpcError::bad_request("MSG_ID_INVALID")
}

/// The message of a request as JSON, and the people of its chat.
fn asked(state: &State, account: i64, request: &Value) -> Result<(Value, Vec<i64>), RpcError> {
    let chat = peer(state, account, &request["peer"])?;
    let log = state.log(account, chat).ok_or_else(invalid)?;
    let entry = log.find(int(request, "id")).ok_or_else(invalid)?;
    let mut bytes = Vec::new();
    state.encode(account, chat, log, entry, &mut bytes);
    let schema = telekeep_tl::bundled(NATIVE_LAYER).ok_or_else(invalid)?;
    let message = schema.to_value("Message", &bytes).map_err(|_| invalid())?;
    let people = match chat {
        PeerId::User(id) => vec![account, id],
        PeerId::Chat(id) => {
            let group = state.peers.groups.get(&id);
            group.map_or_else(Vec::new, |group| group.members.clone())
        }
        PeerId::Channel(id) => {
            let channel = state.peers.channels.get(&id);
            channel.map_or_else(Vec::new, |channel| channel.members.clone())
        }
    };
    Ok((message, people))
}

/// The page of `all` that a request asks for, with what to go on with.
fn page(all: Vec<Value>, request: &Value) -> (usize, Vec<Value>, Option<String>) {
    let from: usize = text(request, "offset").parse().unwrap_or(0);
    let limit = usize::try_from(int(request, "limit"))
        .unwrap_or(0)
        .min(PAGE);
    let count = all.len();
    let some: Vec<Value> = all.into_iter().skip(from).take(limit).collect();
    let next = from + some.len();
    (count, some, (next < count).then(|| next.to_string()))
}

fn answer(
    state: &State,
    account: i64,
    (name, field): (&str, &str),
    (count, some, next): (usize, Vec<Value>, Option<String>),
) -> Answer {
    let mut crowd = Crowd::default();
    for one in &some {
        let who = one["peer_id"]["user_id"].as_i64();
        let who = who.or(one["peer"]["user_id"].as_i64());
        who.into_iter().for_each(|id| crowd.add(PeerId::User(id)));
    }
    let mut answer = json!({
        "_": name, "count": count, "chats": [], "users": shown(&crowd.users(state, account)),
    });
    answer[field] = json!(some);
    if let Some(next) = next {
        answer["next_offset"] = json!(next);
    }
    answer.into()
}

fn who_reacted(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (message, people) = asked(state, account, request)?;
    let reactions = &message["reactions"];
    if reactions["can_see_list"] != true {
        return Err(invalid());
    }
    let recent = list(reactions, "recent_reactions");
    let mut all: Vec<Value> = recent.to_vec();
    for result in list(reactions, "results") {
        let like = |one: &&Value| one["reaction"] == result["reaction"];
        let told = all.iter().filter(like).count();
        let count = usize::try_from(result["count"].as_i64().unwrap_or(0)).unwrap_or(0);
        let known = |id: &i64| {
            let mut told = all.iter().filter(like);
            told.any(|one| one["peer_id"]["user_id"].as_i64() == Some(*id))
        };
        let more: Vec<i64> = people.iter().copied().filter(|id| !known(id)).collect();
        let more = more.into_iter().take(count.saturating_sub(told));
        let date = int(&message, "date") + 60;
        let one = |id: i64| {
            json!({
                "_": "messagePeerReaction", "date": date, "reaction": result["reaction"],
                "peer_id": {"_": "peerUser", "user_id": id},
            })
        };
        all.extend(more.map(one).collect::<Vec<_>>());
    }
    let names = ("messages.messageReactionsList", "reactions");
    Ok(answer(state, account, names, page(all, request)))
}

fn who_voted(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (message, people) = asked(state, account, request)?;
    let (poll, results) = (&message["media"]["poll"], &message["media"]["results"]);
    if poll["public_voters"] != true {
        return Err(invalid());
    }
    let mut next = people.iter().copied().cycle();
    let date = int(&message, "date") + 90;
    let mut all = Vec::new();
    for result in list(results, "results") {
        let voters = usize::try_from(result["voters"].as_i64().unwrap_or(0)).unwrap_or(0);
        for id in next.by_ref().take(voters) {
            all.push(json!({
                "_": "messagePeerVote", "option": result["option"], "date": date,
                "peer": {"_": "peerUser", "user_id": id},
            }));
        }
    }
    let names = ("messages.votesList", "votes");
    Ok(answer(state, account, names, page(all, request)))
}
