//! People, groups and channels: short and full descriptions, names, members, photos, stickers.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{channel, chat, int, list, text, user};
use super::output::{Crowd, object, vector};
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::log::mask;
use crate::world::peers::{Channel, all_rights};
use crate::world::state::State;
use crate::world::stickers::{STICKER_EMOJI, STICKER_SETS, sticker_set_hash, sticker_set_id};
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
    ("channels.getParticipants", |call, r| {
        with(call, &r, get_participants)
    }),
    ("channels.getParticipant", |call, r| {
        with(call, &r, get_participant)
    }),
    ("contacts.getContacts", |call, r| {
        with(call, &r, get_contacts)
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
    ("messages.getStickerSet", |call, r| {
        with(call, &r, get_sticker_set)
    }),
    ("messages.getCustomEmojiDocuments", |call, r| {
        with(call, &r, get_custom_emoji)
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

fn get_full_user(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let id = user(state, account, &request["id"])?;
    let person = state
        .peers
        .people
        .get(&id)
        .ok_or_else(|| RpcError::bad_request("USER_ID_INVALID"))?;
    let mut settings = blank::peer_settings();
    settings.add_contact = false;
    let pinned = state.log(account, PeerId::User(id)).and_then(|log| {
        log.iter()
            .rev()
            .find(|e| e.mask & mask::PINNED != 0)
            .map(|e| e.id)
    });
    let bot_info = person.bot.then(|| {
        types::BotInfo {
            has_preview_medias: false,
            user_id: Some(id),
            description: Some(person.about.clone()),
            description_photo: None,
            description_document: None,
            commands: None,
            menu_button: None,
            privacy_policy_url: None,
            app_settings: None,
            verifier_settings: None,
        }
        .into()
    });
    let full = types::UserFull {
        id,
        about: (!person.deleted).then(|| person.about.clone()),
        profile_photo: person
            .face
            .map(|face| state.files.photo(face, full_context(PeerId::User(id)))),
        bot_info,
        pinned_msg_id: pinned,
        phone_calls_available: !person.bot,
        can_pin_message: true,
        ..blank::user_full(settings.into(), notify())
    };
    let answer = types::users::UserFull {
        full_user: full.into(),
        chats: Vec::new(),
        users: vec![state.peers.user(account, id)],
    };
    Ok(object(&enums::users::UserFull::Full(answer)))
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

fn channel_of<'a>(
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

fn get_full_channel(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = channel_of(state, account, &request["channel"])?;
    let dialog = state.accounts.get(&account).and_then(|a| a.dialog(peer));
    let read = dialog.map_or(0, |d| d.read_inbox);
    let photo = match own.photo {
        Some(photo) => state.files.photo(photo, full_context(peer)),
        None => types::PhotoEmpty { id: 0 }.into(),
    };
    let full = types::ChannelFull {
        id: own.id,
        about: own.about.clone(),
        can_view_participants: !own.broadcast,
        participants_count: Some(own.count),
        read_inbox_max_id: read,
        read_outbox_max_id: read,
        unread_count: own.log.count_after(read) as i32,
        migrated_from_chat_id: own.migrated_from.map(|from| from.0),
        migrated_from_max_id: own.migrated_from.map(|from| from.1),
        pinned_msg_id: own
            .log
            .iter()
            .rev()
            .find(|e| e.mask & mask::PINNED != 0)
            .map(|e| e.id),
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

fn get_participants(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (peer, own) = channel_of(state, account, &request["channel"])?;
    if own.broadcast && own.creator != account {
        return Err(RpcError::bad_request("CHAT_ADMIN_REQUIRED"));
    }
    let offset = int(request, "offset").max(0) as usize;
    let limit = int(request, "limit").clamp(0, 200) as usize;
    let only_admins = text(&request["filter"], "_") == "channelParticipantsAdmins";
    let members: Vec<i64> = own
        .members
        .iter()
        .copied()
        .filter(|id| !only_admins || *id == own.creator)
        .collect();
    let page: Vec<i64> = members.iter().copied().skip(offset).take(limit).collect();
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
    if !own.members.contains(&id) {
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

fn get_contacts(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let contacts: Vec<i64> = dialogs
        .iter()
        .filter_map(|d| match d.peer {
            PeerId::User(id) if id != account => state.peers.people.get(&id),
            _ => None,
        })
        .filter(|p| !p.bot && !p.deleted && p.phone.is_some())
        .map(|p| p.id)
        .collect();
    let answer = types::contacts::Contacts {
        contacts: contacts
            .iter()
            .map(|id| {
                types::Contact {
                    user_id: *id,
                    mutual: true,
                }
                .into()
            })
            .collect(),
        saved_count: 0,
        users: contacts
            .iter()
            .map(|id| state.peers.user(account, *id))
            .collect(),
    };
    Ok(object(&enums::contacts::Contacts::Contacts(answer)))
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

fn get_user_photos(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let id = user(state, account, &request["user_id"])?;
    let max_id = request["max_id"].as_i64().unwrap_or(0);
    let offset = int(request, "offset");
    // Offset -1 with max_id asks for the photo of that id; otherwise photos below it.
    let face = state.peers.people.get(&id).and_then(|p| p.face);
    let face = face.filter(|face| {
        if offset == -1 {
            *face == max_id
        } else {
            max_id == 0 && offset <= 0
        }
    });
    let photos = face.map(|face| state.files.photo(face, context(0, PeerId::User(id), -2)));
    let answer = types::photos::Photos {
        photos: photos.into_iter().collect(),
        users: vec![state.peers.user(account, id)],
    };
    Ok(object(&enums::photos::Photos::Photos(answer)))
}

fn get_sticker_set(state: &State, _: i64, request: &Value) -> Result<Answer, RpcError> {
    let set = &request["stickerset"];
    let index = (0..STICKER_SETS.len()).find(|n| match text(set, "_") {
        "inputStickerSetShortName" => text(set, "short_name") == STICKER_SETS[*n].1,
        _ => set["id"].as_i64() == Some(sticker_set_id(state.seed, *n)),
    });
    let index = index.ok_or_else(|| RpcError::bad_request("STICKERSET_INVALID"))?;
    let (title, short_name, kind) = STICKER_SETS[index];
    let files: Vec<i64> = state
        .files
        .iter()
        .filter(|f| f.kind == kind)
        .map(|f| f.id)
        .collect();
    let seen = context(0, PeerId::User(index as i64), -3);
    let of = |n: usize| STICKER_EMOJI[n % STICKER_EMOJI.len()];
    let documents = files
        .iter()
        .enumerate()
        .map(|(n, id)| state.files.document(*id, seen, of(n)))
        .collect();
    let packs = files.iter().enumerate().map(|(n, id)| {
        types::StickerPack {
            emoticon: of(n).into(),
            documents: vec![*id],
        }
        .into()
    });
    let set = types::StickerSet {
        emojis: kind == crate::world::file::Kind::Emoji,
        id: sticker_set_id(state.seed, index),
        access_hash: sticker_set_hash(state.seed, index),
        title: title.into(),
        short_name: short_name.into(),
        count: files.len() as i32,
        hash: 1,
        ..blank::sticker_set()
    };
    let answer = types::messages::StickerSet {
        set: set.into(),
        packs: packs.collect(),
        keywords: Vec::new(),
        documents,
    };
    Ok(object(&enums::messages::StickerSet::Set(answer)))
}

fn get_custom_emoji(state: &State, _: i64, request: &Value) -> Result<Answer, RpcError> {
    let ids = list(request, "document_id")
        .iter()
        .filter_map(Value::as_i64)
        .take(100);
    let known = ids.filter(|id| state.files.get(*id).is_some_and(|f| !f.kind.is_photo()));
    let documents: Vec<enums::Document> = known
        .map(|id| {
            state
                .files
                .document(id, context(0, PeerId::User(id), -4), "")
        })
        .collect();
    Ok(vector(&documents))
}
