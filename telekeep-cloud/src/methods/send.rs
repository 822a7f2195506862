//! Sending: texts, media, albums and forwards.

use grammers_tl_types::{Deserializable, Serializable, enums, types};
use serde_json::Value;

use super::input::{flag, int, ints, list, peer, text};
use super::outgoing::{Media, media};
use super::push::Outbox;
use crate::rpc::{Answer, Call, Method, NATIVE_LAYER, RpcError};
use crate::world::blank;
use crate::world::changes::{Change, Fresh};
use crate::world::ids::PeerId;
use crate::world::log::mask;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.sendMessage", send_message),
    ("messages.sendMedia", send_media),
    ("messages.sendMultiMedia", send_multi_media),
    ("messages.forwardMessages", forward_messages),
];

const LONGEST_TEXT: usize = 4096;

/// Text with entities of a request.
pub(super) fn rich(
    request: &Value,
) -> Result<(String, Option<Vec<enums::MessageEntity>>), RpcError> {
    let message = text(request, "message");
    if message.encode_utf16().count() > LONGEST_TEXT {
        return Err(RpcError::bad_request("MESSAGE_TOO_LONG"));
    }
    let entities = request["entities"]
        .as_array()
        .filter(|e| !e.is_empty())
        .map(|e| entities(e))
        .transpose()?;
    Ok((message.to_owned(), entities))
}

fn entities(items: &[Value]) -> Result<Vec<enums::MessageEntity>, RpcError> {
    let wrong = || RpcError::bad_request("ENTITY_BOUNDS_INVALID");
    let schema = telekeep_tl::bundled(NATIVE_LAYER).ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| {
            let mut item = item.clone();
            if item["_"] == "inputMessageEntityMentionName" {
                item["_"] = "messageEntityMentionName".into();
                item["user_id"] = item["user_id"]["user_id"].clone();
            }
            let mut bytes = Vec::new();
            schema
                .encode("MessageEntity", &item, &mut bytes)
                .map_err(|_| wrong())?;
            enums::MessageEntity::from_bytes(&bytes).map_err(|_| wrong())
        })
        .collect()
}

/// May the account write there?
pub(super) fn writable(state: &State, account: i64, peer: PeerId) -> Result<(), RpcError> {
    match peer {
        PeerId::Channel(id) => {
            let channel = state
                .peers
                .channels
                .get(&id)
                .ok_or_else(|| RpcError::bad_request("CHANNEL_INVALID"))?;
            if channel.broadcast && channel.creator != account {
                return Err(RpcError::new(403, "CHAT_ADMIN_REQUIRED"));
            }
            if !channel.members.contains(&account) {
                return Err(RpcError::new(403, "CHAT_WRITE_FORBIDDEN"));
            }
        }
        PeerId::Chat(id)
            if state
                .peers
                .groups
                .get(&id)
                .is_some_and(|g| g.migrated_to.is_some()) =>
        {
            return Err(RpcError::bad_request("CHAT_ID_INVALID"));
        }
        PeerId::User(id) if state.peers.people.get(&id).is_some_and(|p| p.deleted) => {
            return Err(RpcError::bad_request("INPUT_USER_DEACTIVATED"));
        }
        _ => {}
    }
    Ok(())
}

/// An empty message of `account` in a chat, to be filled, with who is named as its sender.
pub(super) fn frame(state: &State, account: i64, peer: PeerId, date: i32) -> (types::Message, i64) {
    let post = matches!(peer, PeerId::Channel(id) if state.peers.channels.get(&id).is_some_and(|c| c.broadcast));
    let saved = peer == PeerId::User(account);
    let message = types::Message {
        out: !peer.is_channel() && !saved,
        post,
        from_id: (!post).then(|| PeerId::User(account).tl()),
        saved_peer_id: saved.then(|| peer.tl()),
        date,
        views: post.then_some(1),
        forwards: post.then_some(0),
        ..blank::message(peer.tl())
    };
    (message, if post { peer.marked() } else { account })
}

/// The reply header for `reply_to`, and the thread the message then belongs to.
fn reply(
    state: &State,
    account: i64,
    peer: PeerId,
    request: &Value,
) -> (Option<enums::MessageReplyHeader>, i32) {
    let reply = &request["reply_to"];
    let forum = matches!(peer, PeerId::Channel(id) if state.peers.channels.get(&id).is_some_and(|c| c.forum));
    let found = state
        .log(account, peer)
        .and_then(|log| log.find(int(reply, "reply_to_msg_id")));
    let Some(entry) = found else { return (None, 0) };
    let topic = if forum { entry.thread } else { 0 };
    let root = match entry.thread {
        0 => entry.id,
        thread => thread,
    };
    let thread = if forum {
        topic
    } else if peer.is_channel() {
        root
    } else {
        0
    };
    let header = types::MessageReplyHeader {
        forum_topic: topic != 0,
        reply_to_msg_id: Some(entry.id),
        reply_to_top_id: (thread != 0 && thread != entry.id).then_some(thread),
        quote: reply["quote_text"].is_string(),
        quote_text: reply["quote_text"].as_str().map(Into::into),
        ..blank::message_reply_header()
    };
    (Some(header.into()), thread)
}

/// One message about to be sent.
struct Parcel {
    media: Option<Media>,
    text: String,
    entities: Option<Vec<enums::MessageEntity>>,
    random_id: i64,
    grouped_id: Option<i64>,
}

/// A random id may be used once.
fn once(state: &mut State, account: i64, random_id: i64) -> Result<(), RpcError> {
    if random_id != 0 && state.sent.contains_key(&(account, random_id)) {
        return Err(RpcError::new(500, "RANDOM_ID_DUPLICATE"));
    }
    Ok(())
}

/// Makes what is to be sent, once the world is locked for the account.
type Pack<'a> = &'a dyn Fn(&mut State, i64) -> Result<Vec<Parcel>, RpcError>;

fn send(call: &Call<'_>, request: &Value, pack: Pack<'_>) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["peer"])?;
    writable(&state, account, peer)?;
    let parcels = pack(&mut state, account)?;
    for parcel in &parcels {
        once(&mut state, account, parcel.random_id)?;
    }
    let (mut changes, mut ids) = (Vec::new(), Vec::new());
    for parcel in parcels {
        let random_id = parcel.random_id;
        let id = dispatch(
            &mut state,
            account,
            peer,
            date,
            request,
            parcel,
            &mut changes,
        );
        state.sent.insert((account, random_id), id);
        ids.push(types::UpdateMessageId { id, random_id }.into());
    }
    let mut outbox = Outbox::default();
    outbox.mention(PeerId::User(account));
    outbox.mention(peer);
    Ok(deliver(call, &state, outbox, changes, &ids).release(state, call))
}

fn dispatch(
    state: &mut State,
    account: i64,
    peer: PeerId,
    date: i32,
    request: &Value,
    parcel: Parcel,
    changes: &mut Vec<Change>,
) -> i32 {
    let (mut message, sender) = frame(state, account, peer, date);
    let (reply_to, thread) = reply(state, account, peer, request);
    message.reply_to = reply_to;
    message.message = parcel.text;
    message.entities = parcel.entities;
    message.silent = flag(request, "silent");
    message.grouped_id = parcel.grouped_id;
    let mut bits = 0;
    if let Some(media) = parcel.media {
        let context = crate::world::context(account, peer, state.next_id(account, peer));
        bits = media.mask(state);
        message.media = Some(media.describe(state, context));
    }
    let fresh = Fresh {
        message: message.into(),
        sender: account,
        date,
        mask: bits,
        thread,
        peers: vec![sender],
    };
    state.post(peer, &fresh, changes)
}

/// The updates of a change, closed while the world is still locked.
pub(super) fn deliver(
    call: &Call<'_>,
    state: &State,
    mut outbox: Outbox,
    changes: Vec<Change>,
    first: &[enums::Update],
) -> Closed {
    outbox.extend(state, changes);
    Closed(outbox.close(call, state, first))
}

/// Updates to go out once the lock is given back.
pub(super) struct Closed(super::push::Delivery);

impl Closed {
    /// Gives the lock back, pushes, and makes the answer.
    pub(super) fn release(self, guard: impl Sized, call: &Call<'_>) -> Answer {
        drop(guard);
        self.0.answer(call)
    }

    /// The same, for methods that answer something else than updates.
    pub(super) fn release_with(self, guard: impl Sized, call: &Call<'_>, answer: Answer) -> Answer {
        drop(guard);
        self.0.push(call);
        answer
    }

    /// The caller's own updates.
    pub(super) fn own(&self) -> enums::Updates {
        self.0.own.clone()
    }
}

fn random_id(request: &Value) -> i64 {
    request["random_id"].as_i64().unwrap_or(0)
}

fn send_message(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (text, entities) = rich(&request)?;
    if text.trim().is_empty() {
        return Err(RpcError::bad_request("MESSAGE_EMPTY"));
    }
    send(call, &request, &|_, _| {
        Ok(vec![Parcel {
            media: None,
            text: text.clone(),
            entities: entities.clone(),
            random_id: random_id(&request),
            grouped_id: None,
        }])
    })
}

fn send_media(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (text, entities) = rich(&request)?;
    let date = call.cloud.now();
    send(call, &request, &|state, account| {
        let media = media(state, account, &request["media"], date)?;
        Ok(vec![Parcel {
            media: Some(media),
            text: text.clone(),
            entities: entities.clone(),
            random_id: random_id(&request),
            grouped_id: None,
        }])
    })
}

fn send_multi_media(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let date = call.cloud.now();
    send(call, &request, &|state, account| {
        let items = list(&request, "multi_media");
        if items.is_empty() || items.len() > 10 {
            return Err(RpcError::bad_request("MULTI_MEDIA_TOO_LONG"));
        }
        let grouped_id = Some(random_id(&items[0]) | 1);
        items
            .iter()
            .map(|item| {
                let (text, entities) = rich(item)?;
                let media = Some(media(state, account, &item["media"], date)?);
                Ok(Parcel {
                    media,
                    text,
                    entities,
                    random_id: random_id(item),
                    grouped_id,
                })
            })
            .collect()
    })
}

fn forward_messages(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let ids = ints(&request, "id");
    let random: Vec<i64> = list(&request, "random_id")
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    if ids.is_empty() || ids.len() != random.len() || ids.len() > 100 {
        return Err(RpcError::bad_request("RANDOM_ID_INVALID"));
    }
    let mut state = call.cloud.world.write();
    let from = peer(&state, account, &request["from_peer"])?;
    let to = peer(&state, account, &request["to_peer"])?;
    writable(&state, account, to)?;
    let (mut changes, mut first) = (Vec::new(), Vec::new());
    let mut outbox = Outbox::default();
    outbox.mention(PeerId::User(account));
    outbox.mention(to);
    for (id, random_id) in ids.into_iter().zip(random) {
        once(&mut state, account, random_id)?;
        let fresh = forwarded(
            &state,
            account,
            (from, id),
            to,
            date,
            flag(&request, "drop_author"),
        )?;
        fresh
            .peers
            .iter()
            .for_each(|marked| outbox.mention(PeerId::of_marked(*marked)));
        let id = state.post(to, &fresh, &mut changes);
        state.sent.insert((account, random_id), id);
        first.push(types::UpdateMessageId { id, random_id }.into());
    }
    Ok(deliver(call, &state, outbox, changes, &first).release(state, call))
}

/// A copy of a message with a header that says where it came from.
fn forwarded(
    state: &State,
    account: i64,
    (from, id): (PeerId, i32),
    to: PeerId,
    date: i32,
    anonymous: bool,
) -> Result<Fresh, RpcError> {
    let invalid = || RpcError::bad_request("MESSAGE_ID_INVALID");
    let log = state.log(account, from).ok_or_else(invalid)?;
    let entry = log.find(id).ok_or_else(invalid)?;
    let Some(enums::Message::Message(old)) = log.decode(entry) else {
        return Err(invalid());
    };
    let author = PeerId::of_marked(log.peers(entry).next().unwrap_or(account));
    let (mut message, sender) = frame(state, account, to, date);
    message.message = old.message;
    message.entities = old.entities;
    message.media = old.media;
    let mut peers = vec![sender];
    if !anonymous {
        let header = old.fwd_from.unwrap_or_else(|| {
            types::MessageFwdHeader {
                from_id: Some(author.tl()),
                date: old.date,
                channel_post: author.is_channel().then_some(id),
                ..blank::message_fwd_header()
            }
            .into()
        });
        let enums::MessageFwdHeader::Header(header) = &header;
        peers.extend(header.from_id.as_ref().map(|p| PeerId::of_tl(p).marked()));
        message.fwd_from = Some(header.clone().into());
    }
    let bits = entry.mask & !(mask::PINNED | mask::PERSONAL);
    Ok(Fresh {
        message: message.into(),
        sender: account,
        date,
        mask: bits,
        thread: 0,
        peers,
    })
}

/// Bytes of an answer that is not an update.
pub(super) fn bytes(value: &impl Serializable) -> Answer {
    Answer::Tl(value.to_bytes())
}
