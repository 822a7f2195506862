//! Topics of forums.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{int, ints, peer, text};
use super::output::{Crowd, object};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::blank;
use crate::world::ids::PeerId;
use crate::world::log::Entry;
use crate::world::peers::{Channel, Topic};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getForumTopics", |call, r| {
        with(call, &r, get_forum_topics)
    }),
    ("messages.getForumTopicsByID", |call, r| {
        with(call, &r, get_forum_topics_by_id)
    }),
];

/// A topic with its newest message.
type Row<'a> = (&'a Topic, Option<&'a Entry>);

fn forum<'a>(
    state: &'a State,
    account: i64,
    request: &Value,
) -> Result<(PeerId, &'a Channel), RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    let own = match peer {
        PeerId::Channel(id) => state.peers.channels.get(&id).filter(|c| c.forum),
        _ => None,
    };
    own.map(|own| (peer, own))
        .ok_or_else(|| RpcError::bad_request("CHANNEL_FORUM_MISSING"))
}

/// Pinned topics first, then by their newest message.
fn rows(own: &Channel) -> Vec<Row<'_>> {
    let newest = |topic: &Topic| {
        let thread = if topic.id == 1 { 0 } else { topic.id };
        own.log.iter().rev().find(|e| e.thread == thread)
    };
    let mut rows: Vec<Row<'_>> = own
        .topics
        .iter()
        .map(|topic| (topic, newest(topic)))
        .collect();
    rows.sort_by_key(|(topic, top)| (!topic.pinned, std::cmp::Reverse(top.map_or(0, |e| e.id))));
    rows
}

fn get_forum_topics(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = forum(state, account, request)?;
    let query = text(request, "q").to_lowercase();
    let all: Vec<Row<'_>> = rows(own)
        .into_iter()
        .filter(|(topic, _)| topic.title.to_lowercase().contains(&query))
        .collect();
    let after = int(request, "offset_topic");
    let from = all
        .iter()
        .position(|(topic, _)| topic.id == after)
        .map_or(0, |place| place + 1);
    let limit = int(request, "limit").clamp(1, 100) as usize;
    let page: Vec<Row<'_>> = all[from..].iter().take(limit).copied().collect();
    Ok(answer(state, account, peer, own, all.len(), &page))
}

fn get_forum_topics_by_id(
    state: &State,
    account: i64,
    request: &Value,
) -> Result<Answer, RpcError> {
    let (peer, own) = forum(state, account, request)?;
    let wanted = ints(request, "topics");
    let page: Vec<Row<'_>> = rows(own)
        .into_iter()
        .filter(|(topic, _)| wanted.contains(&topic.id))
        .collect();
    Ok(answer(state, account, peer, own, page.len(), &page))
}

fn answer(
    state: &State,
    account: i64,
    peer: PeerId,
    own: &Channel,
    count: usize,
    page: &[Row<'_>],
) -> Answer {
    let mut crowd = Crowd::default();
    crowd.add(peer);
    let mut messages = Vec::new();
    for (topic, top) in page {
        crowd.add(PeerId::User(topic.creator));
        if let Some(entry) = top {
            crowd.add_message((peer, &own.log, entry));
            let mut bytes = Vec::new();
            state.encode(account, peer, &own.log, entry, &mut bytes);
            messages.extend(super::push::decode(&bytes));
        }
    }
    let answer = types::messages::ForumTopics {
        order_by_create_date: false,
        count: count as i32,
        topics: page
            .iter()
            .map(|row| describe(account, peer, *row))
            .collect(),
        messages,
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
        pts: own.journal.pts,
    };
    object(&enums::messages::ForumTopics::Topics(answer))
}

fn describe(account: i64, peer: PeerId, (topic, top): Row<'_>) -> enums::ForumTopic {
    let top = top.map_or(topic.id, |e| e.id);
    let creator = PeerId::User(topic.creator).tl();
    types::ForumTopic {
        my: topic.creator == account,
        closed: topic.closed,
        pinned: topic.pinned,
        id: topic.id,
        date: topic.date,
        title: topic.title.clone(),
        icon_color: topic.colour,
        top_message: top,
        read_inbox_max_id: top,
        read_outbox_max_id: top,
        ..blank::forum_topic(peer.tl(), creator, blank::peer_notify_settings().into())
    }
    .into()
}
