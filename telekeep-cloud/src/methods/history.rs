//! Messages of a chat: pages of the history, of searches and of threads, and messages by id.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::input::{channel, int, known_channel, list, peer, text};
use super::output::{Form, Found, Wanted, messages, vector, wanted_messages};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::log::{EVERYTHING, Entry, Log, Paging, inside, mask, window};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getHistory", get_history),
    ("messages.search", search),
    ("messages.getSearchCounters", |call, r| {
        with(call, &r, get_search_counters)
    }),
    ("messages.getReplies", |call, r| with(call, &r, get_replies)),
    ("messages.getMessages", |call, r| {
        with(call, &r, get_messages)
    }),
    ("channels.getMessages", |call, r| {
        with(call, &r, get_channel_messages)
    }),
    ("messages.getRichMessage", |call, r| {
        with(call, &r, get_rich_message)
    }),
    ("messages.getUnreadMentions", |call, r| {
        with(call, &r, none_of)
    }),
    ("messages.getUnreadReactions", |call, r| {
        with(call, &r, none_of)
    }),
];

/// Runs a reading method on the state of the world.
pub(super) fn with(
    call: &Call<'_>,
    request: &Value,
    method: fn(&State, i64, &Value) -> Result<Answer, RpcError>,
) -> Result<Answer, RpcError> {
    let account = call.account()?;
    method(&call.cloud.world.read(), account, request)
}

fn paging(request: &Value) -> Paging {
    Paging {
        offset_id: int(request, "offset_id"),
        offset_date: int(request, "offset_date"),
        add_offset: int(request, "add_offset"),
        limit: int(request, "limit"),
        max_id: int(request, "max_id"),
        min_id: int(request, "min_id"),
    }
}

fn get_history(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let (state, request) = (&*call.cloud.world.read(), &request);
    let peer = peer(state, account, &request["peer"])?;
    // Channels have sequences of their own, which are not split.
    let range = call
        .range
        .filter(|_| !matches!(peer, PeerId::Channel(_)))
        .unwrap_or(EVERYTHING);
    let empty = Log::default();
    let log = state.log(account, peer).unwrap_or(&empty);
    let mut entries = log.page(&paging(request), range);
    // Messages newer than the page, within what counts.
    let newer = |entry: &&Entry| log.count_within((entry.id.saturating_add(1), range.1));
    let count = log.count_within(range);
    // What lacks messages says how many there are.
    let said = entries.len().saturating_sub(call.leave_out);
    let form = Form::of(state, peer, count, said).after(entries.first().map_or(0, newer));
    leave_out(&mut entries, call.leave_out);
    let page: Vec<Found<'_>> = entries.into_iter().map(|e| (peer, log, e)).collect();
    Ok(messages(state, account, form, &page))
}

/// A server that makes mistakes leaves out some messages from the middle of a page.
fn leave_out(entries: &mut Vec<&Entry>, messages: usize) {
    let messages = messages.min(entries.len());
    let from = (entries.len() - messages) / 2;
    entries.drain(from..from + messages);
}

/// Nothing is ever unread in these senses.
fn none_of(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    Ok(messages(state, account, Form::of(state, peer, 0, 0), &[]))
}

/// The bits a filter selects; `None` for filters that select nothing here.
fn filter_mask(filter: &Value) -> Option<u32> {
    Some(match text(filter, "_") {
        "inputMessagesFilterEmpty" => u32::MAX,
        "inputMessagesFilterPhotos" => mask::PHOTO,
        "inputMessagesFilterVideo" => mask::VIDEO,
        "inputMessagesFilterPhotoVideo" => mask::PHOTO | mask::VIDEO,
        "inputMessagesFilterDocument" => mask::DOCUMENT,
        "inputMessagesFilterUrl" => mask::URL,
        "inputMessagesFilterGif" => mask::GIF,
        "inputMessagesFilterVoice" => mask::VOICE,
        "inputMessagesFilterMusic" => mask::MUSIC,
        "inputMessagesFilterChatPhotos" => mask::CHAT_PHOTO,
        "inputMessagesFilterPhoneCalls" => mask::CALL,
        "inputMessagesFilterRoundVoice" => mask::ROUND | mask::VOICE,
        "inputMessagesFilterRoundVideo" => mask::ROUND,
        "inputMessagesFilterGeo" => mask::GEO,
        "inputMessagesFilterContacts" => mask::CONTACT,
        "inputMessagesFilterPinned" => mask::PINNED,
        "inputMessagesFilterPoll" => mask::POLL,
        _ => return None,
    })
}

fn passes(mask: u32, entry: &Entry) -> bool {
    mask == u32::MAX || entry.mask & mask != 0
}

/// The chat that is searched. Inside a Takeout session, what the account itself wrote in a channel
/// it left can be found as well.
fn searched(call: &Call<'_>, state: &State, request: &Value) -> Result<PeerId, RpcError> {
    let account = call.account()?;
    let named = &request["peer"];
    let id = named["channel_id"].as_i64().unwrap_or(0);
    let left = state
        .accounts
        .get(&account)
        .is_some_and(|a| a.left.contains(&id));
    if call.takeout.is_some() && left && text(&request["from_id"], "_") == "inputPeerSelf" {
        return known_channel(state, account, named);
    }
    peer(state, account, named)
}

fn search(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let (state, request) = (&*call.cloud.world.read(), &request);
    let peer_id = searched(call, state, request)?;
    let from = match &request["from_id"] {
        Value::Null => None,
        from => Some(peer(state, account, from)?.marked()),
    };
    let query = text(request, "q").to_lowercase();
    let (after, before) = (int(request, "min_date"), int(request, "max_date"));
    let top = int(request, "top_msg_id");
    let empty = Log::default();
    let log = state.log(account, peer_id).unwrap_or(&empty);
    let mask = filter_mask(&request["filter"]).unwrap_or(0);
    let found: Vec<&Entry> = log
        .iter()
        .rev()
        .filter(|e| passes(mask, e))
        .filter(|e| from.is_none_or(|from| log.peers(e).next() == Some(from)))
        .filter(|e| (after == 0 || e.date > after) && (before == 0 || e.date < before))
        .filter(|e| top == 0 || e.thread == top || e.id == top)
        .filter(|e| query.is_empty() || says(log, e, &query))
        .collect();
    Ok(page_of(state, account, peer_id, log, &found, request))
}

fn says(log: &Log, entry: &Entry, query: &str) -> bool {
    match log.decode(entry) {
        Some(enums::Message::Message(m)) => m.message.to_lowercase().contains(query),
        _ => false,
    }
}

/// A page of a list that is newest first. A limit of 0 asks for the count alone.
fn page_of(
    state: &State,
    account: i64,
    peer: PeerId,
    log: &Log,
    all: &[&Entry],
    request: &Value,
) -> Answer {
    let paging = paging(request);
    let offset = match paging.offset_id {
        0 => 0,
        offset_id => all.partition_point(|e| e.id >= offset_id),
    };
    let (from, to) = if paging.limit == 0 {
        (0, 0)
    } else {
        window(all.len(), offset, &paging)
    };
    let page: Vec<Found<'_>> = all[from..to]
        .iter()
        .filter(|e| inside(e.id, &paging))
        .map(|e| (peer, log, *e))
        .collect();
    let form = match Form::of(state, peer, all.len(), page.len()) {
        Form::Complete if paging.limit == 0 => Form::Slice {
            count: all.len() as i32,
            offset: None,
        },
        form => form,
    };
    messages(state, account, form, &page)
}

fn get_replies(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    let root = int(request, "msg_id");
    let log = state
        .log(account, peer)
        .ok_or_else(|| RpcError::bad_request("MSG_ID_INVALID"))?;
    if log.find(root).is_none() {
        return Err(RpcError::bad_request("MSG_ID_INVALID"));
    }
    let all: Vec<&Entry> = log
        .iter()
        .rev()
        .filter(|e| e.thread == root && e.id != root)
        .collect();
    Ok(page_of(state, account, peer, log, &all, request))
}

fn get_search_counters(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    let top = int(request, "top_msg_id");
    let empty = Log::default();
    let log = state.log(account, peer).unwrap_or(&empty);
    let counters: Vec<enums::messages::SearchCounter> = list(request, "filters")
        .iter()
        .filter_map(|filter| {
            let mask = filter_mask(filter).unwrap_or(0);
            let count = log
                .iter()
                .filter(|e| passes(mask, e) && (top == 0 || e.thread == top))
                .count();
            let filter = tl_filter(text(filter, "_"))?;
            Some(
                types::messages::SearchCounter {
                    inexact: false,
                    filter,
                    count: count as i32,
                }
                .into(),
            )
        })
        .collect();
    Ok(vector(&counters))
}

fn tl_filter(name: &str) -> Option<enums::MessagesFilter> {
    use enums::MessagesFilter as F;
    Some(match name {
        "inputMessagesFilterEmpty" => F::InputMessagesFilterEmpty,
        "inputMessagesFilterPhotos" => F::InputMessagesFilterPhotos,
        "inputMessagesFilterVideo" => F::InputMessagesFilterVideo,
        "inputMessagesFilterPhotoVideo" => F::InputMessagesFilterPhotoVideo,
        "inputMessagesFilterDocument" => F::InputMessagesFilterDocument,
        "inputMessagesFilterUrl" => F::InputMessagesFilterUrl,
        "inputMessagesFilterGif" => F::InputMessagesFilterGif,
        "inputMessagesFilterVoice" => F::InputMessagesFilterVoice,
        "inputMessagesFilterMusic" => F::InputMessagesFilterMusic,
        "inputMessagesFilterChatPhotos" => F::InputMessagesFilterChatPhotos,
        "inputMessagesFilterPhoneCalls" => {
            types::InputMessagesFilterPhoneCalls { missed: false }.into()
        }
        "inputMessagesFilterRoundVoice" => F::InputMessagesFilterRoundVoice,
        "inputMessagesFilterRoundVideo" => F::InputMessagesFilterRoundVideo,
        "inputMessagesFilterMyMentions" => F::InputMessagesFilterMyMentions,
        "inputMessagesFilterGeo" => F::InputMessagesFilterGeo,
        "inputMessagesFilterContacts" => F::InputMessagesFilterContacts,
        "inputMessagesFilterPinned" => F::InputMessagesFilterPinned,
        "inputMessagesFilterPoll" => F::InputMessagesFilterPoll,
        _ => return None,
    })
}

/// The message an `InputMessage` names: by id, as what a message answers, or as the pinned one.
fn wanted<'a>(
    item: &Value,
    pinned: Option<i32>,
    find: impl Fn(i32) -> Option<Found<'a>>,
) -> Wanted<'a> {
    let id = int(item, "id");
    let id = match text(item, "_") {
        "inputMessageReplyTo" => find(id)
            .and_then(|(_, log, e)| replied(&log.decode(e)?))
            .unwrap_or(0),
        "inputMessagePinned" => pinned.unwrap_or(0),
        _ => id,
    };
    find(id).map_or(Wanted::Hole(id), Wanted::Found)
}

fn replied(message: &enums::Message) -> Option<i32> {
    let header = match message {
        enums::Message::Message(m) => m.reply_to.as_ref(),
        enums::Message::Service(m) => m.reply_to.as_ref(),
        enums::Message::Empty(_) => None,
    };
    match header? {
        enums::MessageReplyHeader::Header(header) => header.reply_to_msg_id,
        _ => None,
    }
}

const MOST_IDS: usize = 100;

fn ids(request: &Value) -> Result<&[Value], RpcError> {
    match list(request, "id") {
        [] => Err(RpcError::bad_request("MESSAGE_IDS_EMPTY")),
        ids => Ok(&ids[..ids.len().min(MOST_IDS)]),
    }
}

fn get_messages(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let owner = state.accounts.get(&account);
    let find = |id: i32| owner.and_then(|a| a.find(id));
    let all: Vec<Wanted<'_>> = ids(request)?
        .iter()
        .map(|item| wanted(item, None, find))
        .collect();
    Ok(wanted_messages(state, account, Form::Complete, &all, &[]))
}

fn get_channel_messages(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = channel(state, account, &request["channel"])?;
    let empty = Log::default();
    let log = state.log(account, peer).unwrap_or(&empty);
    let find = |id: i32| log.find(id).map(|e| (peer, log, e));
    let pinned = log
        .iter()
        .rev()
        .find(|e| e.mask & mask::PINNED != 0)
        .map(|e| e.id);
    let all: Vec<Wanted<'_>> = ids(request)?
        .iter()
        .map(|item| wanted(item, pinned, find))
        .collect();
    let form = Form::of(state, peer, all.len(), all.len());
    Ok(wanted_messages(state, account, form, &all, &[peer]))
}

/// A message with all blocks it has.
fn get_rich_message(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = peer(state, account, &request["peer"])?;
    let invalid = || RpcError::bad_request("MESSAGE_ID_INVALID");
    let log = state.log(account, peer).ok_or_else(invalid)?;
    let entry = log.find(int(request, "id")).ok_or_else(invalid)?;
    let whole = [Wanted::Whole((peer, log, entry))];
    let form = Form::of(state, peer, 1, 1);
    Ok(wanted_messages(state, account, form, &whole, &[peer]))
}
