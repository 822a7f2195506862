//! Making groups and channels, renaming them, adding and removing people.

use grammers_tl_types::{Serializable, enums, types};
use serde_json::{Value, json};

use super::change::service;
use super::input::{channel, chat, flag, list, peer, text, user};
use super::push::Outbox;
use super::send::{bytes, deliver};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::peers::{Channel, Group, Topic};
use crate::world::state::State;
use crate::world::updates::Journal;

pub(super) const METHODS: &[Method] = &[
    ("messages.createChat", create_chat),
    ("channels.createChannel", create_channel),
    ("messages.editChatTitle", edit_chat_title),
    ("channels.editTitle", edit_channel_title),
    ("messages.toggleNoForwards", toggle_no_forwards),
    ("messages.addChatUser", add_chat_user),
    ("messages.deleteChatUser", delete_chat_user),
    ("channels.inviteToChannel", invite_to_channel),
    ("channels.leaveChannel", leave_channel),
    ("channels.joinChannel", join_channel),
];

fn title_of(request: &Value) -> Result<String, RpcError> {
    let title = text(request, "title").trim();
    if title.is_empty() || title.chars().count() > 128 {
        return Err(RpcError::bad_request("CHAT_TITLE_EMPTY"));
    }
    Ok(title.to_owned())
}

fn users(state: &State, account: i64, request: &Value) -> Result<Vec<i64>, RpcError> {
    let mut all = Vec::new();
    for item in list(request, "users") {
        let id = user(state, account, item)?;
        if id != account && !all.contains(&id) {
            all.push(id);
        }
    }
    Ok(all)
}

/// Posts a service message and answers with the updates.
fn announce(
    call: &Call<'_>,
    mut state: std::sync::RwLockWriteGuard<'_, State>,
    peer: PeerId,
    action: enums::MessageAction,
    people: &[i64],
    wrap: fn(enums::Updates) -> Vec<u8>,
) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut fresh = service(&state, account, peer, action, date);
    fresh.peers.extend(people);
    let mut changes = Vec::new();
    state.post(peer, &fresh, &mut changes);
    let mut outbox = Outbox::default();
    outbox.mention(peer);
    outbox.mention(PeerId::User(account));
    people
        .iter()
        .for_each(|id| outbox.mention(PeerId::User(*id)));
    let closed = deliver(call, &state, outbox, changes, &[]);
    let answer = Answer::Tl(wrap(closed.own()));
    Ok(closed.release_with(state, call, answer))
}

fn plain(updates: enums::Updates) -> Vec<u8> {
    updates.to_bytes()
}

fn invited(updates: enums::Updates) -> Vec<u8> {
    let invited = types::messages::InvitedUsers {
        updates,
        missing_invitees: Vec::new(),
    };
    enums::messages::InvitedUsers::Users(invited).to_bytes()
}

fn create_chat(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let title = title_of(&request)?;
    let mut state = call.cloud.world.write();
    let people = users(&state, account, &request)?;
    if people.is_empty() {
        return Err(RpcError::bad_request("USERS_TOO_FEW"));
    }
    state.made += 1;
    let id = 900_000_000 + state.made;
    let mut members = vec![account];
    members.extend(&people);
    let group = Group {
        title: title.clone(),
        creator: account,
        members: members.clone(),
        date: call.cloud.now(),
        version: 1,
        ..Group::default()
    };
    state.peers.groups.insert(id, group);
    let action = types::MessageActionChatCreate {
        title,
        users: members,
    }
    .into();
    announce(call, state, PeerId::Chat(id), action, &people, invited)
}

fn create_channel(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let title = title_of(&request)?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    state.made += 1;
    let id = 2_900_000_000 + state.made;
    let forum = flag(&request, "forum");
    let general = Topic {
        id: 1,
        title: "General".into(),
        date,
        creator: account,
        colour: 0x6f_b9_f0,
        pinned: false,
        closed: false,
    };
    let channel = Channel {
        id,
        title: title.clone(),
        about: text(&request, "about").to_owned(),
        creator: account,
        members: vec![account],
        count: 1,
        date,
        broadcast: !flag(&request, "megagroup") && !forum,
        forum,
        topics: if forum { vec![general] } else { Vec::new() },
        journal: Journal::starting_at(1),
        ..Channel::default()
    };
    state.peers.channels.insert(id, channel);
    let action = types::MessageActionChannelCreate { title }.into();
    announce(call, state, PeerId::Channel(id), action, &[], plain)
}

fn edit_chat_title(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let title = title_of(&request)?;
    let mut state = call.cloud.world.write();
    let peer = chat(&state, account, request["chat_id"].as_i64().unwrap_or(0))?;
    if let PeerId::Chat(id) = peer
        && let Some(group) = state.peers.groups.get_mut(&id)
    {
        group.title.clone_from(&title);
        group.version += 1;
    }
    let action = types::MessageActionChatEditTitle { title }.into();
    announce(call, state, peer, action, &[], plain)
}

fn edit_channel_title(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let title = title_of(&request)?;
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    let PeerId::Channel(id) = peer else {
        return Err(RpcError::bad_request("CHANNEL_INVALID"));
    };
    let own = state
        .peers
        .channels
        .get_mut(&id)
        .filter(|c| c.creator == account);
    let own = own.ok_or_else(|| RpcError::bad_request("CHAT_ADMIN_REQUIRED"))?;
    let changed = types::ChannelAdminLogEventActionChangeTitle {
        prev_value: std::mem::replace(&mut own.title, title.clone()),
        new_value: title.clone(),
    };
    own.office.note(account, call.cloud.now(), changed.into());
    let action = types::MessageActionChatEditTitle { title }.into();
    announce(call, state, peer, action, &[], plain)
}

/// Whether content of a channel may be saved; its owner decides. In a private chat both do.
fn toggle_no_forwards(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let enabled = request["enabled"]["_"] == "boolTrue" || request["enabled"] == true;
    match peer(&state, account, &request["peer"])? {
        PeerId::Channel(id) => {
            let own = state.peers.channels.get_mut(&id);
            own.filter(|channel| channel.creator == account)
                .ok_or_else(|| RpcError::bad_request("CHAT_ADMIN_REQUIRED"))?
                .protected = enabled;
        }
        PeerId::User(id) => {
            let sealed = state.accounts.get_mut(&account).map(|a| &mut a.own.sealed);
            match (sealed, enabled) {
                (Some(sealed), true) => drop(sealed.insert(id)),
                (Some(sealed), false) => drop(sealed.remove(&id)),
                (None, _) => {}
            }
        }
        PeerId::Chat(_) => return Err(RpcError::bad_request("PEER_ID_INVALID")),
    }
    Ok(
        json!({"_": "updates", "updates": [], "users": [], "chats": [], "date": date, "seq": 0})
            .into(),
    )
}

fn add_chat_user(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = chat(&state, account, request["chat_id"].as_i64().unwrap_or(0))?;
    let id = user(&state, account, &request["user_id"])?;
    if let PeerId::Chat(chat_id) = peer
        && let Some(group) = state.peers.groups.get_mut(&chat_id)
    {
        if group.members.contains(&id) {
            return Err(RpcError::bad_request("USER_ALREADY_PARTICIPANT"));
        }
        group.members.push(id);
        group.version += 1;
    }
    let action = types::MessageActionChatAddUser { users: vec![id] }.into();
    announce(call, state, peer, action, &[id], invited)
}

fn delete_chat_user(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let date = call.cloud.now();
    let mut state = call.cloud.world.write();
    let peer = chat(&state, account, request["chat_id"].as_i64().unwrap_or(0))?;
    let id = user(&state, account, &request["user_id"])?;
    // The notice reaches the one who leaves, too.
    let action = types::MessageActionChatDeleteUser { user_id: id }.into();
    let mut fresh = service(&state, account, peer, action, date);
    fresh.peers.push(id);
    let mut changes = Vec::new();
    state.post(peer, &fresh, &mut changes);
    if let PeerId::Chat(chat_id) = peer
        && let Some(group) = state.peers.groups.get_mut(&chat_id)
    {
        group.members.retain(|member| *member != id);
        group.version += 1;
    }
    let mut outbox = Outbox::default();
    outbox.mention(peer);
    outbox.mention(PeerId::User(account));
    outbox.mention(PeerId::User(id));
    Ok(deliver(call, &state, outbox, changes, &[]).release(state, call))
}

fn invite_to_channel(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    let people = users(&state, account, &request)?;
    enter(&mut state, peer, &people);
    let broadcast = matches!(peer, PeerId::Channel(id) if state.peers.channels.get(&id).is_some_and(|c| c.broadcast));
    if broadcast || people.is_empty() {
        let closed = deliver(call, &state, Outbox::default(), Vec::new(), &[]);
        let answer = Answer::Tl(invited(closed.own()));
        return Ok(closed.release_with(state, call, answer));
    }
    let action = types::MessageActionChatAddUser {
        users: people.clone(),
    }
    .into();
    announce(call, state, peer, action, &people, invited)
}

/// Adds people to a channel; accounts among them get it into their lists.
fn enter(state: &mut State, peer: PeerId, people: &[i64]) {
    let PeerId::Channel(id) = peer else { return };
    for person in people {
        if let Some(own) = state.peers.channels.get_mut(&id)
            && !own.members.contains(person)
        {
            own.members.push(*person);
            own.count += 1;
        }
        if let Some(account) = state.accounts.get_mut(person) {
            account.left.retain(|left| *left != id);
            account.dialog_mut(peer);
        }
    }
}

fn leave_channel(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    let PeerId::Channel(id) = peer else {
        return Err(RpcError::bad_request("CHANNEL_INVALID"));
    };
    if let Some(own) = state.peers.channels.get_mut(&id) {
        own.members.retain(|member| *member != account);
        own.count -= 1;
    }
    if let Some(owner) = state.accounts.get_mut(&account) {
        owner.dialogs.retain(|d| d.peer != peer);
        owner.left.retain(|left| *left != id);
        owner.left.push(id);
    }
    let mut outbox = Outbox::default();
    outbox.mention(peer);
    outbox.add(account, types::UpdateChannel { channel_id: id }.into());
    Ok(deliver(call, &state, outbox, Vec::new(), &[]).release(state, call))
}

fn join_channel(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let peer = channel(&state, account, &request["channel"])?;
    enter(&mut state, peer, &[account]);
    let PeerId::Channel(channel_id) = peer else {
        return Err(RpcError::bad_request("CHANNEL_INVALID"));
    };
    let mut outbox = Outbox::default();
    outbox.mention(peer);
    outbox.add(account, types::UpdateChannel { channel_id }.into());
    let closed = deliver(call, &state, outbox, Vec::new(), &[]);
    let updates = closed.own();
    let answer = bytes(&enums::messages::ChatInviteJoinResult::Ok(
        types::messages::ChatInviteJoinResultOk { updates },
    ));
    Ok(closed.release_with(state, call, answer))
}
