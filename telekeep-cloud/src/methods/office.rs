//! How groups and channels are run: members by what they may do, invite links, the admin log.

use grammers_tl_types::{Serializable, enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{channel, flag, int, list, peer, text, user};
use super::output::{Crowd, object};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::office::{Office, banned, some_rights};
use crate::world::peers::{Channel, all_rights};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("channels.getParticipants", |call, r| {
        with(call, &r, get_participants)
    }),
    ("channels.getParticipant", |call, r| {
        with(call, &r, get_participant)
    }),
    ("channels.getAdminLog", |call, r| {
        with(call, &r, get_admin_log)
    }),
    ("messages.getExportedChatInvites", |call, r| {
        with(call, &r, get_invites)
    }),
    ("messages.getChatInviteImporters", |call, r| {
        with(call, &r, get_importers)
    }),
    ("messages.getAdminsWithInvites", |call, r| {
        with(call, &r, get_admins_with_invites)
    }),
];

/// Entries of a page, whatever a client asks for: the server may always give fewer.
const PAGE: usize = 3;
/// Members of a page.
const MEMBERS: usize = 50;
/// Members that a list ends after.
const MOST: usize = 10_000;

fn denied() -> RpcError {
    RpcError::bad_request("CHAT_ADMIN_REQUIRED")
}

pub(super) fn channel_of<'a>(
    state: &'a State,
    account: i64,
    value: &Value,
) -> Result<(PeerId, &'a Channel), RpcError> {
    let invalid = || RpcError::bad_request("CHANNEL_INVALID");
    let peer = channel(state, account, value)?;
    let PeerId::Channel(id) = peer else {
        return Err(invalid());
    };
    Ok((peer, state.peers.channels.get(&id).ok_or_else(invalid)?))
}

/// The same, but of direct messages, which nobody is a member of.
fn group_of<'a>(
    state: &'a State,
    account: i64,
    value: &Value,
) -> Result<(PeerId, &'a Channel), RpcError> {
    let found = channel_of(state, account, value)?;
    match found.1.is_direct() {
        true => Err(RpcError::bad_request("CHANNEL_MONOFORUM_UNSUPPORTED")),
        false => Ok(found),
    }
}

fn participant(own: &Channel, account: i64, user_id: i64) -> enums::ChannelParticipant {
    let date = own.date;
    if user_id == own.creator {
        return types::ChannelParticipantCreator {
            user_id,
            admin_rights: all_rights().into(),
            rank: None,
        }
        .into();
    }
    if let Some(admin) = own.office.admins.get(&user_id) {
        return types::ChannelParticipantAdmin {
            can_edit: admin.by == account,
            is_self: user_id == account,
            user_id,
            inviter_id: (user_id == account).then_some(admin.by),
            promoted_by: admin.by,
            date: admin.date,
            admin_rights: some_rights().into(),
            rank: admin.rank.clone(),
        }
        .into();
    }
    if let Some(ban) = own.office.bans.get(&user_id) {
        return banned(user_id, ban);
    }
    if user_id == account {
        return types::ChannelParticipantSelf {
            via_request: false,
            user_id,
            inviter_id: own.creator,
            date,
            subscription_until_date: None,
            rank: None,
        }
        .into();
    }
    types::ChannelParticipant {
        user_id,
        date,
        subscription_until_date: None,
        rank: None,
    }
    .into()
}

/// Whom a filter shows to an account.
fn filtered(
    state: &State,
    own: &Channel,
    account: i64,
    filter: &Value,
) -> Result<Vec<i64>, RpcError> {
    let leads = own.is_led_by(account);
    if own.broadcast && !leads {
        return Err(denied());
    }
    let members = own.members.iter().copied();
    let is_admin = |id: &i64| *id == own.creator || own.office.admins.contains_key(id);
    let is_bot = |id: &i64| state.peers.people.get(id).is_some_and(|p| p.bot);
    let bans = |kicked: bool| -> Result<Vec<i64>, RpcError> {
        if !leads {
            return Err(denied());
        }
        let all = own.office.bans.iter();
        Ok(all
            .filter(|(_, ban)| ban.kicked == kicked)
            .map(|(id, _)| *id)
            .collect())
    };
    let word = text(filter, "q").to_lowercase();
    let name = |id: &i64| {
        let name = state.peers.title(PeerId::User(*id)).to_lowercase();
        name.split(' ').any(|part| part.starts_with(&word))
    };
    Ok(match text(filter, "_") {
        "channelParticipantsAdmins" => members.filter(is_admin).collect(),
        "channelParticipantsBots" => members.filter(is_bot).collect(),
        "channelParticipantsKicked" => bans(true)?,
        "channelParticipantsBanned" => bans(false)?,
        _ if own.office.hidden && !leads => {
            let seen = |id: &i64| *id == account || is_admin(id) || is_bot(id);
            members.filter(seen).collect()
        }
        "channelParticipantsSearch" => members.filter(name).collect(),
        _ => members.collect(),
    })
}

fn get_participants(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = group_of(state, account, &request["channel"])?;
    let members = filtered(state, own, account, &request["filter"])?;
    let number = |field: &str| usize::try_from(int(request, field)).unwrap_or(0);
    let limit = number("limit").min(MEMBERS);
    let all = members.iter().copied().take(MOST);
    let page: Vec<i64> = all.skip(number("offset")).take(limit).collect();
    let mut crowd = Crowd::default();
    crowd.add(peer);
    page.iter().for_each(|id| crowd.add(PeerId::User(*id)));
    let answer = types::channels::ChannelParticipants {
        count: members.len() as i32,
        participants: page
            .iter()
            .map(|id| participant(own, account, *id))
            .collect(),
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    };
    Ok(object(&enums::channels::ChannelParticipants::Participants(
        answer,
    )))
}

fn get_participant(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = channel_of(state, account, &request["channel"])?;
    let PeerId::User(id) = super::input::peer(state, account, &request["participant"])? else {
        return Err(RpcError::bad_request("PARTICIPANT_ID_INVALID"));
    };
    if !own.members.contains(&id) && !own.office.bans.contains_key(&id) {
        return Err(RpcError::bad_request("USER_NOT_PARTICIPANT"));
    }
    let answer = types::channels::ChannelParticipant {
        participant: participant(own, account, id),
        chats: vec![state.peers.chat(account, peer)],
        users: vec![state.peers.user(account, id)],
    };
    Ok(object(&enums::channels::ChannelParticipant::Participant(
        answer,
    )))
}

/// The newest first; ids between both bounds, which are not included.
fn get_admin_log(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = group_of(state, account, &request["channel"])?;
    if !own.is_led_by(account) {
        return Err(denied());
    }
    let bound = |field: &str| request[field].as_i64().filter(|id| *id > 0);
    let (above, below) = (
        bound("min_id").unwrap_or(0),
        bound("max_id").unwrap_or(i64::MAX),
    );
    let limit = usize::try_from(int(request, "limit"))
        .unwrap_or(0)
        .min(PAGE);
    let admins: Vec<i64> = list(request, "admins")
        .iter()
        .map(|admin| user(state, account, admin))
        .collect::<Result<_, _>>()?;
    let wanted = own.office.log.iter().rev().filter(|event| {
        event.id > above
            && event.id < below
            && (admins.is_empty() || admins.contains(&event.user_id))
    });
    let events: Vec<_> = wanted.take(limit).cloned().collect();
    let mut crowd = Crowd::default();
    crowd.add(peer);
    for event in &events {
        crowd.add(PeerId::User(event.user_id));
        named(&event.action, &mut crowd);
    }
    let answer = types::channels::AdminLogResults {
        events: events.into_iter().map(Into::into).collect(),
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    };
    let mut out = enums::channels::AdminLogResults::Results(answer).to_bytes();
    state.files.refresh(&mut out);
    Ok(Answer::Tl(out))
}

/// Whom an event names beside the one who did it.
fn named(action: &enums::ChannelAdminLogEventAction, crowd: &mut Crowd) {
    use enums::ChannelAdminLogEventAction as Action;
    let message = match action {
        Action::DeleteMessage(deleted) => &deleted.message,
        Action::EditMessage(edited) => &edited.new_message,
        Action::ParticipantToggleBan(ban) => {
            if let enums::ChannelParticipant::Banned(ban) = &ban.new_participant
                && let enums::Peer::User(user) = &ban.peer
            {
                crowd.add(PeerId::User(user.user_id));
            }
            return;
        }
        _ => return,
    };
    if let enums::Message::Message(message) = message
        && let Some(enums::Peer::User(user)) = &message.from_id
    {
        crowd.add(PeerId::User(user.user_id));
    }
}

/// How a group or channel is run, for those who run it.
fn office_of<'a>(
    state: &'a State,
    account: i64,
    value: &Value,
) -> Result<(&'a Office, i64), RpcError> {
    match peer(state, account, value)? {
        PeerId::Channel(id) => {
            let own = state.peers.channels.get(&id).ok_or_else(denied)?;
            let leads = own.is_led_by(account).then_some((&own.office, own.creator));
            leads.ok_or_else(denied)
        }
        PeerId::Chat(id) => {
            let own = state.peers.groups.get(&id).ok_or_else(denied)?;
            let leads = (own.creator == account).then_some((&own.office, own.creator));
            leads.ok_or_else(denied)
        }
        PeerId::User(_) => Err(RpcError::bad_request("PEER_ID_INVALID")),
    }
}

fn get_invites(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (office, owner) = office_of(state, account, &request["peer"])?;
    let admin = user(state, account, &request["admin_id"])?;
    if admin != account && owner != account {
        return Err(denied());
    }
    let revoked = flag(request, "revoked");
    let all = office.links.iter();
    let all: Vec<_> = all
        .filter(|link| link.admin_id == admin && link.revoked == revoked)
        .collect();
    let last = text(request, "offset_link");
    let begin = all
        .iter()
        .position(|link| link.link == last)
        .map_or(0, |n| n + 1);
    let limit = usize::try_from(int(request, "limit")).unwrap_or(0).min(2);
    let answer = types::messages::ExportedChatInvites {
        count: all.len() as i32,
        invites: all
            .iter()
            .skip(begin)
            .take(limit)
            .map(|link| (*link).clone().into())
            .collect(),
        users: vec![state.peers.user(account, admin)],
    };
    Ok(object(&enums::messages::ExportedChatInvites::Invites(
        answer,
    )))
}

fn get_importers(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (office, owner) = office_of(state, account, &request["peer"])?;
    let link = office
        .links
        .iter()
        .find(|l| l.link == text(request, "link"));
    let link = link.ok_or_else(|| RpcError::bad_request("INVITE_HASH_EXPIRED"))?;
    if link.admin_id != account && owner != account {
        return Err(denied());
    }
    let waiting = flag(request, "requested");
    let all: Vec<_> = office
        .joined
        .iter()
        .filter(|(of, one)| *of == link.link && one.requested == waiting)
        .map(|(_, one)| one)
        .collect();
    let last = match &request["offset_user"] {
        value if value["_"] == "inputUser" => Some(user(state, account, value)?),
        _ => None,
    };
    let at = all.iter().position(|one| Some(one.user_id) == last);
    let begin = at.map_or(0, |n| n + 1);
    let limit = usize::try_from(int(request, "limit")).unwrap_or(0).min(2);
    let page = all.get(begin..).unwrap_or_default().iter().take(limit);
    let page: Vec<_> = page.map(|one| (*one).clone()).collect();
    let answer = types::messages::ChatInviteImporters {
        count: all.len() as i32,
        users: page
            .iter()
            .map(|one| state.peers.user(account, one.user_id))
            .collect(),
        importers: page.into_iter().map(Into::into).collect(),
    };
    Ok(object(&enums::messages::ChatInviteImporters::Importers(
        answer,
    )))
}

fn get_admins_with_invites(
    state: &State,
    account: i64,
    request: &Value,
) -> Result<Answer, RpcError> {
    let (office, owner) = office_of(state, account, &request["peer"])?;
    if owner != account {
        return Err(denied());
    }
    let mut ids: Vec<i64> = office.links.iter().map(|link| link.admin_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let count = |id: i64, revoked: bool| {
        let links = office.links.iter();
        links
            .filter(|l| l.admin_id == id && l.revoked == revoked)
            .count() as i32
    };
    let admin = |&admin_id: &i64| {
        types::ChatAdminWithInvites {
            admin_id,
            invites_count: count(admin_id, false),
            revoked_invites_count: count(admin_id, true),
        }
        .into()
    };
    let answer = types::messages::ChatAdminsWithInvites {
        admins: ids.iter().map(admin).collect(),
        users: ids
            .iter()
            .map(|id| state.peers.user(account, *id))
            .collect(),
    };
    Ok(object(&enums::messages::ChatAdminsWithInvites::Invites(
        answer,
    )))
}
