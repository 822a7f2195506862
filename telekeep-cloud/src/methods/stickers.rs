//! Sticker sets, custom emoji, and what an account keeps at hand: GIFs, favourites, music, sounds.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{flag, int, list, text, user};
use super::output::{object, vector};
use super::settings::own;
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::file::Kind;
use crate::world::ids::PeerId;
use crate::world::state::State;
use crate::world::stickers::{STICKER_EMOJI, STICKER_SETS, sticker_set_hash, sticker_set_id};
use crate::world::{blank, context};

use super::contacts::hash_of;

pub(super) const METHODS: &[Method] = &[
    ("messages.getStickerSet", |call, r| {
        with(call, &r, get_sticker_set)
    }),
    ("messages.getCustomEmojiDocuments", |call, r| {
        with(call, &r, get_custom_emoji)
    }),
    ("messages.getAllStickers", |call, r| {
        with(call, &r, |state, account, r| sets(state, account, r, false))
    }),
    ("messages.getEmojiStickers", |call, r| {
        with(call, &r, |state, account, r| sets(state, account, r, true))
    }),
    ("messages.getMaskStickers", |call, r| {
        with(call, &r, |state, account, r| {
            own(state, account)?;
            all_stickers(state, r, &[])
        })
    }),
    ("messages.getArchivedStickers", |call, r| {
        with(call, &r, get_archived)
    }),
    ("messages.getFavedStickers", |call, r| {
        with(call, &r, get_faved)
    }),
    ("messages.getRecentStickers", |call, r| {
        with(call, &r, get_recent)
    }),
    ("messages.getSavedGifs", |call, r| with(call, &r, get_gifs)),
    ("messages.saveGif", save_gif),
    ("users.getSavedMusic", |call, r| with(call, &r, get_music)),
    ("account.getSavedRingtones", |call, r| {
        with(call, &r, get_ringtones)
    }),
];

/// Entries of a page, whatever a client asks for.
const PAGE: usize = 1;
/// Custom emoji asked for at once.
const MOST_EMOJI: usize = 200;

/// Contexts of file references.
const OF_SET: i32 = -3;
const OF_EMOJI: i32 = -4;
const OF_OWN: i32 = -5;

/// Files of the sticker set of this number.
fn files_of(state: &State, index: usize) -> Vec<i64> {
    let kind = STICKER_SETS.get(index).map(|set| set.2);
    let files = state.files.iter().filter(|file| Some(file.kind) == kind);
    files.map(|file| file.id).collect()
}

fn set_of(state: &State, index: usize, installed: bool) -> enums::StickerSet {
    let (title, short_name, kind) = STICKER_SETS[index % STICKER_SETS.len()];
    let files = files_of(state, index);
    types::StickerSet {
        emojis: kind == Kind::Emoji,
        archived: !installed,
        id: sticker_set_id(state.seed, index),
        access_hash: sticker_set_hash(state.seed, index),
        title: title.into(),
        short_name: short_name.into(),
        count: files.len() as i32,
        hash: 1,
        ..blank::sticker_set()
    }
    .into()
}

/// What the stickers of a set stand for, in their order.
fn emoji(place: usize) -> &'static str {
    STICKER_EMOJI[place % STICKER_EMOJI.len()]
}

fn sticker(state: &State, id: i64, seen: u64) -> enums::Document {
    let place = state.files.get(id).and_then(|file| {
        let mut like = state.files.iter().filter(|other| other.kind == file.kind);
        like.position(|other| other.id == id)
    });
    state.files.document(id, seen, emoji(place.unwrap_or(0)))
}

fn get_sticker_set(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let set = &request["stickerset"];
    let index = (0..STICKER_SETS.len()).find(|n| match text(set, "_") {
        "inputStickerSetShortName" => text(set, "short_name") == STICKER_SETS[*n].1,
        _ => set["id"].as_i64() == Some(sticker_set_id(state.seed, *n)),
    });
    let index = index.ok_or_else(|| RpcError::bad_request("STICKERSET_INVALID"))?;
    if int(request, "hash") == 1 {
        return Ok(object(&enums::messages::StickerSet::NotModified));
    }
    let files = files_of(state, index);
    let seen = context(0, PeerId::User(index as i64), OF_SET);
    let documents = files.iter().map(|id| sticker(state, *id, seen)).collect();
    let archived = state
        .accounts
        .get(&account)
        .map(|account| &account.own.archived);
    let installed = archived.is_none_or(|archived| !archived.contains(&index));
    let answer = types::messages::StickerSet {
        set: set_of(state, index, installed),
        packs: packs(&files),
        keywords: Vec::new(),
        documents,
    };
    Ok(object(&enums::messages::StickerSet::Set(answer)))
}

fn packs(files: &[i64]) -> Vec<enums::StickerPack> {
    let pack = |(n, id): (usize, &i64)| {
        types::StickerPack {
            emoticon: emoji(n).into(),
            documents: vec![*id],
        }
        .into()
    };
    files.iter().enumerate().map(pack).collect()
}

fn get_custom_emoji(state: &State, _: i64, request: &Value) -> Result<Answer, RpcError> {
    let ids = list(request, "document_id");
    if ids.len() > MOST_EMOJI {
        return Err(RpcError::bad_request("DOCUMENT_ID_INVALID"));
    }
    let ids = ids.iter().filter_map(Value::as_i64);
    let known = ids.filter(|id| state.files.get(*id).is_some_and(|f| !f.kind.is_photo()));
    let documents: Vec<enums::Document> = known
        .map(|id| {
            let seen = context(0, PeerId::User(id), OF_EMOJI);
            state.files.document(id, seen, "")
        })
        .collect();
    Ok(vector(&documents))
}

/// Installed sets of stickers, or of custom emoji.
fn sets(state: &State, account: i64, request: &Value, emoji: bool) -> Result<Answer, RpcError> {
    let installed = own(state, account)?.installed.iter().copied();
    let of_kind =
        installed.filter(|n| (STICKER_SETS[n % STICKER_SETS.len()].2 == Kind::Emoji) == emoji);
    let found: Vec<usize> = of_kind.collect();
    all_stickers(state, request, &found)
}

fn all_stickers(state: &State, request: &Value, found: &[usize]) -> Result<Answer, RpcError> {
    let ids = found.iter().map(|n| sticker_set_id(state.seed, *n));
    let hash = hash_of(ids);
    if same(request, hash) {
        return Ok(object(&enums::messages::AllStickers::NotModified));
    }
    let sets = found.iter().map(|n| set_of(state, *n, true)).collect();
    let answer = types::messages::AllStickers { hash, sets };
    Ok(object(&enums::messages::AllStickers::Stickers(answer)))
}

/// The client has this state of a list already; nobody has the empty one.
fn same(request: &Value, hash: i64) -> bool {
    hash != 0 && request["hash"].as_i64() == Some(hash)
}

fn get_archived(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let plain = !flag(request, "masks") && !flag(request, "emojis");
    let all: Vec<usize> = match plain {
        true => own(state, account)?.archived.clone(),
        false => Vec::new(),
    };
    let after = request["offset_id"].as_i64().unwrap_or(0);
    let place = all
        .iter()
        .position(|n| sticker_set_id(state.seed, *n) == after);
    let page = all.iter().skip(place.map_or(0, |n| n + 1)).take(PAGE);
    let sets = page.map(|n| {
        let seen = context(0, PeerId::User(*n as i64), OF_SET);
        let set = set_of(state, *n, false);
        match files_of(state, *n).first() {
            Some(cover) => types::StickerSetCovered {
                set,
                cover: sticker(state, *cover, seen),
            }
            .into(),
            None => types::StickerSetNoCovered { set }.into(),
        }
    });
    let answer = types::messages::ArchivedStickers {
        count: all.len() as i32,
        sets: sets.collect(),
    };
    Ok(object(&enums::messages::ArchivedStickers::Stickers(answer)))
}

/// How an account's own lists refer to files.
pub(super) fn at_hand(account: i64) -> u64 {
    context(0, PeerId::User(account), OF_OWN)
}

fn get_faved(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let faved = &own(state, account)?.faved;
    let hash = hash_of(faved.iter().copied());
    if same(request, hash) {
        return Ok(object(&enums::messages::FavedStickers::NotModified));
    }
    let seen = at_hand(account);
    let answer = types::messages::FavedStickers {
        hash,
        packs: packs(faved),
        stickers: faved.iter().map(|id| sticker(state, *id, seen)).collect(),
    };
    Ok(object(&enums::messages::FavedStickers::Stickers(answer)))
}

fn get_recent(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let recent: &[i64] = match flag(request, "attached") {
        true => &[],
        false => &own(state, account)?.recent,
    };
    let hash = hash_of(recent.iter().copied());
    if same(request, hash) {
        return Ok(object(&enums::messages::RecentStickers::NotModified));
    }
    let seen = at_hand(account);
    let answer = types::messages::RecentStickers {
        hash,
        packs: packs(recent),
        stickers: recent.iter().map(|id| sticker(state, *id, seen)).collect(),
        dates: vec![crate::world::own::RECENTLY; recent.len()],
    };
    Ok(object(&enums::messages::RecentStickers::Stickers(answer)))
}

fn documents(state: &State, account: i64, ids: &[i64]) -> Vec<enums::Document> {
    let seen = at_hand(account);
    let document = |id: &i64| state.files.document(*id, seen, "");
    ids.iter().map(document).collect()
}

fn get_gifs(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let gifs = &own(state, account)?.gifs;
    let hash = hash_of(gifs.iter().copied());
    if same(request, hash) {
        return Ok(object(&enums::messages::SavedGifs::NotModified));
    }
    let gifs = documents(state, account, gifs);
    let answer = types::messages::SavedGifs { hash, gifs };
    Ok(object(&enums::messages::SavedGifs::Gifs(answer)))
}

fn save_gif(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let id = request["id"]["id"].as_i64().unwrap_or(0);
    let unsave = request["unsave"] == Value::Bool(true);
    let mut state = call.cloud.world.write();
    if state.files.get(id).is_none() {
        return Err(RpcError::bad_request("GIF_ID_INVALID"));
    }
    if let Some(account) = state.accounts.get_mut(&account) {
        account.own.gifs.retain(|gif| *gif != id);
        if !unsave {
            account.own.gifs.insert(0, id);
        }
    }
    Ok(Value::Bool(true).into())
}

fn get_music(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let of = user(state, account, &request["id"])?;
    let music = state.accounts.get(&of).map_or(&[][..], |a| &a.own.music);
    let offset = usize::try_from(int(request, "offset")).unwrap_or(0);
    let page: Vec<i64> = music.iter().copied().skip(offset).take(PAGE).collect();
    let answer = types::users::SavedMusic {
        count: music.len() as i32,
        documents: documents(state, account, &page),
    };
    Ok(object(&enums::users::SavedMusic::Music(answer)))
}

fn get_ringtones(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let sounds = &own(state, account)?.sounds;
    let hash = hash_of(sounds.iter().copied());
    if same(request, hash) {
        return Ok(object(&enums::account::SavedRingtones::NotModified));
    }
    let ringtones = documents(state, account, sounds);
    let answer = types::account::SavedRingtones { hash, ringtones };
    Ok(object(&enums::account::SavedRingtones::Ringtones(answer)))
}
