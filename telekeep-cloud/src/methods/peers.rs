//! People, groups and channels: short and full descriptions, names, members, photos.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{channel, chat, int, list, text, user};
use super::office::channel_of;
use super::output::{Crowd, object, vector};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::log::mask;
use crate::world::looks::THEME;
use crate::world::own::Own;
use crate::world::state::State;
use crate::world::{blank, context};

pub(super) const METHODS: &[Method] = &[
    ("users.getUsers", |call, r| with(call, &r, get_users)),
    ("users.getFullUser", |call, r| with(call, &r, get_full_user)),
    ("messages.getChats", |call, r| with(call, &r, get_chats)),
    ("messages.getFullChat", |call, r| {
        with(call, &r, get_full_chat)
    }),
    ("channels.getChannels", |call, r| {
        with(call, &r, get_channels)
    }),
    ("channels.getFullChannel", |call, r| {
        with(call, &r, get_full_channel)
    }),
    ("contacts.resolveUsername", |call, r| {
        with(call, &r, resolve_username)
    }),
    ("contacts.resolvePhone", |call, r| {
        with(call, &r, resolve_phone)
    }),
    ("photos.getUserPhotos", |call, r| {
        with(call, &r, get_user_photos)
    }),
];

fn get_users(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let users: Result<Vec<_>, _> = list(request, "id")
        .iter()
        .map(|item| user(state, account, item).map(|id| state.peers.user(account, id)))
        .collect();
    Ok(vector(&users?))
}

fn notify() -> enums::PeerNotifySettings {
    blank::peer_notify_settings().into()
}

/// The context of file references seen in the full description of a peer.
fn full_context(peer: PeerId) -> u64 {
    context(0, peer, -1)
}

fn has_scheduled(state: &State, account: i64, peer: PeerId) -> bool {
    let account = state.accounts.get(&account);
    account.is_some_and(|account| account.own.scheduled.contains_key(&peer))
}

/// The newest of the pinned messages.
fn newest_pinned(state: &State, account: i64, peer: PeerId) -> Option<i32> {
    let log = state.log(account, peer)?;
    let mut newest = log.iter().rev();
    newest.find(|e| e.mask & mask::PINNED != 0).map(|e| e.id)
}

fn get_full_user(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let id = user(state, account, &request["id"])?;
    let person = state
        .peers
        .people
        .get(&id)
        .ok_or_else(|| RpcError::bad_request("USER_ID_INVALID"))?;
    let mut settings = blank::peer_settings();
    settings.add_contact = false;
    let bot_info = person.bot.then(|| {
        types::BotInfo {
            has_preview_medias: false,
            user_id: Some(id),
            description: Some(person.about.clone()),
            description_photo: None,
            description_document: None,
            commands: Some(vec![
                types::BotCommand {
                    ephemeral: false,
                    command: "help".into(),
                    description: "What this bot can do".into(),
                }
                .into(),
            ]),
            menu_button: None,
            privacy_policy_url: None,
            app_settings: None,
            verifier_settings: None,
        }
        .into()
    });
    let own = state.accounts.get(&id).map(|account| &account.own);
    let own = own.filter(|own| own.birthday.is_some());
    let channel = own.and_then(|own| own.channel).and_then(|id| {
        let newest = state.top(account, PeerId::Channel(id))?;
        Some((id, newest.id))
    });
    let full = types::UserFull {
        id,
        about: (!person.deleted).then(|| person.about.clone()),
        profile_photo: person
            .face
            .map(|face| state.files.photo(face, full_context(PeerId::User(id)))),
        bot_info,
        pinned_msg_id: newest_pinned(state, account, PeerId::User(id)),
        phone_calls_available: !person.bot,
        noforwards_my_enabled: state
            .accounts
            .get(&account)
            .is_some_and(|a| a.own.sealed.contains(&id)),
        can_pin_message: true,
        has_scheduled: has_scheduled(state, account, PeerId::User(id)),
        birthday: own.and_then(|own| own.birthday.as_ref()).map(birthday),
        personal_channel_id: channel.map(|(id, _)| id),
        personal_channel_message: channel.map(|(_, message)| message),
        business_work_hours: own.map(|_| work_hours()),
        business_greeting_message: own.map(|_| greeting()),
        business_away_message: own.map(|_| away()),
        business_intro: own.map(|own| intro(state, own)),
        wallpaper: behind(state, account, id),
        theme: behind(state, account, id).map(|_| {
            let emoticon = THEME.to_owned();
            types::ChatTheme { emoticon }.into()
        }),
        ..blank::user_full(settings.into(), notify())
    };
    let chats = channel.map(|(id, _)| state.peers.chat(account, PeerId::Channel(id)));
    let answer = types::users::UserFull {
        full_user: full.into(),
        chats: chats.into_iter().collect(),
        users: vec![state.peers.user(account, id)],
    };
    Ok(object(&enums::users::UserFull::Full(answer)))
}

fn birthday(value: &Value) -> enums::Birthday {
    types::Birthday {
        day: int(value, "day"),
        month: int(value, "month"),
        year: Some(int(value, "year")).filter(|year| *year != 0),
    }
    .into()
}

/// The picture behind the chat with somebody.
fn behind(state: &State, account: i64, id: i64) -> Option<enums::WallPaper> {
    let looks = &state.accounts.get(&account)?.own.looks;
    let (_, picture) = looks.themes.first().filter(|_| looks.chat == Some(id))?;
    Some(
        types::WallPaper {
            id: *picture,
            creator: false,
            default: false,
            pattern: false,
            dark: true,
            access_hash: state.files.access_hash(*picture),
            slug: "behind".into(),
            document: state
                .files
                .document(*picture, full_context(PeerId::User(id)), ""),
            settings: None,
        }
        .into(),
    )
}

fn recipients() -> enums::BusinessRecipients {
    types::BusinessRecipients {
        existing_chats: false,
        new_chats: true,
        contacts: false,
        non_contacts: false,
        exclude_selected: false,
        users: None,
    }
    .into()
}

/// The first of the replies kept ready.
fn greeting() -> enums::BusinessGreetingMessage {
    types::BusinessGreetingMessage {
        shortcut_id: 1,
        recipients: recipients(),
        no_activity_days: 14,
    }
    .into()
}

/// The second of them, when the shop is closed.
fn away() -> enums::BusinessAwayMessage {
    types::BusinessAwayMessage {
        offline_only: true,
        shortcut_id: 2,
        schedule: enums::BusinessAwayMessageSchedule::OutsideWorkHours,
        recipients: recipients(),
    }
    .into()
}

fn intro(state: &State, own: &Own) -> enums::BusinessIntro {
    let sticker = own.faved.first();
    types::BusinessIntro {
        title: "Umbrellas since 1988".into(),
        description: "Ask for the yellow one.".into(),
        sticker: sticker.map(|id| state.files.document(*id, full_context(PeerId::User(0)), "")),
    }
    .into()
}

/// Weekdays from nine to five.
fn work_hours() -> enums::BusinessWorkHours {
    let day = |day: i32| {
        types::BusinessWeeklyOpen {
            start_minute: day * 1440 + 540,
            end_minute: day * 1440 + 1020,
        }
        .into()
    };
    types::BusinessWorkHours {
        open_now: false,
        timezone_id: "Europe/Lisbon".into(),
        weekly_open: (0..5).map(day).collect(),
    }
    .into()
}

fn chats(chats: Vec<enums::Chat>) -> Answer {
    object(&enums::messages::Chats::Chats(types::messages::Chats {
        chats,
    }))
}

fn get_chats(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let found: Result<Vec<_>, _> = list(request, "id")
        .iter()
        .map(|id| {
            chat(state, account, id.as_i64().unwrap_or(0))
                .map(|peer| state.peers.chat(account, peer))
        })
        .collect();
    Ok(chats(found?))
}

fn get_channels(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let found: Result<Vec<_>, _> = list(request, "id")
        .iter()
        .map(|item| channel(state, account, item).map(|peer| state.peers.chat(account, peer)))
        .collect();
    Ok(chats(found?))
}

fn get_full_chat(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let peer = chat(state, account, request["chat_id"].as_i64().unwrap_or(0))?;
    let PeerId::Chat(id) = peer else {
        return Err(RpcError::bad_request("CHAT_ID_INVALID"));
    };
    let group = state
        .peers
        .groups
        .get(&id)
        .ok_or_else(|| RpcError::bad_request("CHAT_ID_INVALID"))?;
    let participant = |user_id: &i64| -> enums::ChatParticipant {
        if *user_id == group.creator {
            return types::ChatParticipantCreator {
                user_id: *user_id,
                rank: None,
            }
            .into();
        }
        types::ChatParticipant {
            user_id: *user_id,
            inviter_id: group.creator,
            date: group.date,
            rank: None,
        }
        .into()
    };
    let participants = types::ChatParticipants {
        chat_id: id,
        participants: group.members.iter().map(participant).collect(),
        version: group.version,
    };
    let mut crowd = Crowd::default();
    crowd.add(peer);
    group
        .members
        .iter()
        .for_each(|id| crowd.add(PeerId::User(*id)));
    let full = types::ChatFull {
        id,
        chat_photo: group
            .photo
            .map(|photo| state.files.photo(photo, full_context(peer))),
        pinned_msg_id: newest_pinned(state, account, peer),
        ..blank::chat_full(participants.into(), notify())
    };
    Ok(chat_full(state, account, full.into(), &crowd))
}

fn chat_full(state: &State, account: i64, full: enums::ChatFull, crowd: &Crowd) -> Answer {
    let answer = types::messages::ChatFull {
        full_chat: full,
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    };
    object(&enums::messages::ChatFull::Full(answer))
}

fn get_full_channel(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = channel_of(state, account, &request["channel"])?;
    let dialog = state.accounts.get(&account).and_then(|a| a.dialog(peer));
    let read = dialog.map_or(0, |d| d.read_inbox);
    let photo = match own.photo {
        Some(photo) => state.files.photo(photo, full_context(peer)),
        None => types::PhotoEmpty { id: 0 }.into(),
    };
    let leads = own.is_led_by(account);
    let bans = |kicked: bool| {
        let bans = own.office.bans.values();
        bans.filter(|ban| ban.kicked == kicked).count() as i32
    };
    let full = types::ChannelFull {
        id: own.id,
        about: own.about.clone(),
        has_scheduled: has_scheduled(state, account, peer),
        can_view_participants: (!own.broadcast && !own.office.hidden) || leads,
        participants_hidden: own.office.hidden,
        participants_count: Some(own.count),
        admins_count: leads.then(|| own.office.admins.len() as i32 + 1),
        kicked_count: leads.then(|| bans(true)),
        banned_count: leads.then(|| bans(false)),
        linked_chat_id: own.office.linked,
        slowmode_seconds: own.office.slow,
        exported_invite: own
            .office
            .links
            .iter()
            .find(|link| link.permanent && link.admin_id == account)
            .map(|link| link.clone().into()),
        read_inbox_max_id: read,
        read_outbox_max_id: read,
        unread_count: own.log.count_after(read) as i32,
        migrated_from_chat_id: own.migrated_from.map(|from| from.0),
        migrated_from_max_id: own.migrated_from.map(|from| from.1),
        pinned_msg_id: newest_pinned(state, account, peer),
        folder_id: dialog.map(|d| d.folder).filter(|f| *f != 0),
        pts: own.journal.pts,
        ..blank::channel_full(photo, notify())
    };
    let mut crowd = Crowd::default();
    crowd.add(peer);
    crowd.add(PeerId::User(own.creator));
    if let Some((old, _)) = own.migrated_from {
        crowd.add(PeerId::Chat(old));
    }
    Ok(chat_full(state, account, full.into(), &crowd))
}

fn resolved(state: &State, account: i64, peer: PeerId) -> Answer {
    let mut crowd = Crowd::default();
    crowd.add(peer);
    let answer = types::contacts::ResolvedPeer {
        peer: peer.tl(),
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    };
    object(&enums::contacts::ResolvedPeer::Peer(answer))
}

fn resolve_username(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let name = text(request, "username").trim_start_matches('@');
    let peer = state
        .peers
        .by_username(name)
        .ok_or_else(|| RpcError::bad_request("USERNAME_NOT_OCCUPIED"))?;
    Ok(resolved(state, account, peer))
}

fn resolve_phone(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let phone = text(request, "phone").trim_start_matches('+');
    let person = state
        .peers
        .people
        .values()
        .find(|p| p.phone.as_deref() == Some(phone));
    let person = person.ok_or_else(|| RpcError::bad_request("PHONE_NOT_OCCUPIED"))?;
    Ok(resolved(state, account, PeerId::User(person.id)))
}

/// Photos of a page, whatever a client asks for: the server may always give fewer.
const PHOTOS: usize = 2;

fn get_user_photos(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let id = user(state, account, &request["user_id"])?;
    let max_id = request["max_id"].as_i64().unwrap_or(0);
    let offset = int(request, "offset");
    let own = state.accounts.get(&id).map(|account| &account.own.photos);
    let face = state.peers.people.get(&id).and_then(|p| p.face);
    let all: Vec<i64> = match own.filter(|photos| !photos.is_empty()) {
        Some(photos) => photos.clone(),
        None => {
            let past = state.peers.people.get(&id).map(|p| p.past.as_slice());
            face.into_iter()
                .chain(past.unwrap_or_default().iter().copied())
                .collect()
        }
    };
    let place = all.iter().position(|photo| *photo == max_id);
    // Offset -1 with max_id asks for the photo of that id; otherwise photos after it.
    let page: Vec<i64> = match (offset, place) {
        (-1, place) => place
            .and_then(|n| all.get(n))
            .copied()
            .into_iter()
            .collect(),
        (_, None) if max_id != 0 => Vec::new(),
        (_, place) => {
            let begin = place.map_or(0, |n| n + 1) + usize::try_from(offset).unwrap_or(0);
            let limit = usize::try_from(int(request, "limit")).unwrap_or(0);
            let after = all.iter().copied().skip(begin);
            after.take(limit.min(PHOTOS)).collect()
        }
    };
    let seen = context(0, PeerId::User(id), -2);
    let photos: Vec<enums::Photo> = page.iter().map(|id| state.files.photo(*id, seen)).collect();
    let users = vec![state.peers.user(account, id)];
    let count = all.len() as i32;
    let answer = match all.last() == page.last() && offset != -1 {
        true => enums::photos::Photos::Photos(types::photos::Photos { photos, users }),
        false => enums::photos::Photos::Slice(types::photos::PhotosSlice {
            count,
            photos,
            users,
        }),
    };
    Ok(object(&answer))
}
