//! Stories that an account told: its archive, what it pinned, albums.

use serde_json::{Value, json};

use super::auth::long;
use super::history::with;
use super::input::{int, ints, list, peer, text};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;
use crate::world::tales::{Tale, Tales};

pub(super) const METHODS: &[Method] = &[
    ("stories.getPeerStories", |call, r| {
        with(call, &r, get_active)
    }),
    ("stories.getStoriesArchive", |call, r| {
        with(call, &r, |state, account, r| {
            page(state, account, r, |_| true)
        })
    }),
    ("stories.getPinnedStories", |call, r| {
        with(call, &r, |state, account, r| {
            page(state, account, r, |tale| tale.pinned)
        })
    }),
    ("stories.getStoriesByID", |call, r| with(call, &r, by_id)),
    ("stories.getAlbums", |call, r| with(call, &r, get_albums)),
    ("stories.deleteStories", delete),
    ("stories.editStory", edit),
    ("stories.incrementStoryViews", look),
];

/// Stories of a page, whatever a client asks for: fewer than asked is no sign of the end.
const PAGE: usize = 3;
/// The server's word for the albums, which never change.
const ALBUMS: i64 = 77;

/// Whose stories are asked for: only those of the account itself are told here.
fn tales<'a>(state: &'a State, account: i64, request: &Value) -> Result<&'a Tales, RpcError> {
    match peer(state, account, &request["peer"])? {
        PeerId::User(id) if id == account => state
            .accounts
            .get(&id)
            .map(|account| &account.own.tales)
            .ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED")),
        _ => Err(RpcError::bad_request("PEER_ID_INVALID")),
    }
}

fn items(state: &State, account: i64, tales: &Tales, ids: &[i32]) -> Vec<Value> {
    let items = ids.iter();
    items
        .filter_map(|id| tales.item(&state.files, account, *id))
        .collect()
}

fn stories(count: usize, stories: &[Value]) -> Value {
    json!({"_": "stories.stories", "count": count, "stories": stories, "chats": [], "users": []})
}

fn page(
    state: &State,
    account: i64,
    request: &Value,
    fits: fn(&Tale) -> bool,
) -> Result<Answer, RpcError> {
    let tales = tales(state, account, request)?;
    let (offset, limit) = (int(request, "offset_id"), int(request, "limit"));
    let fitting = || tales.all.iter().rev().filter(|(_, tale)| fits(tale));
    let ids: Vec<i32> = fitting()
        .map(|(id, _)| *id)
        .filter(|id| offset == 0 || *id < offset)
        .take(PAGE.min(usize::try_from(limit).unwrap_or(0)))
        .collect();
    let mut answer = stories(fitting().count(), &items(state, account, tales, &ids));
    if text(request, "_") == "stories.getPinnedStories" {
        answer["pinned_to_top"] = json!(tales.on_top);
    }
    Ok(answer.into())
}

fn get_active(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let tales = tales(state, account, request)?;
    let active = tales.all.iter().filter(|(_, tale)| tale.active);
    let ids: Vec<i32> = active.map(|(id, _)| *id).collect();
    let told = json!({
        "_": "peerStories", "peer": {"_": "peerUser", "user_id": account},
        "stories": items(state, account, tales, &ids),
    });
    Ok(json!({"_": "stories.peerStories", "stories": told, "chats": [], "users": []}).into())
}

fn by_id(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let tales = tales(state, account, request)?;
    let found = items(state, account, tales, &ints(request, "id"));
    Ok(stories(found.len(), &found).into())
}

fn get_albums(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let tales = tales(state, account, request)?;
    if long(request, "hash") == ALBUMS {
        return Ok(json!({"_": "stories.albumsNotModified"}).into());
    }
    let albums = tales
        .albums
        .iter()
        .map(|(id, title)| json!({"_": "storyAlbum", "album_id": id, "title": title}));
    let albums: Vec<Value> = albums.collect();
    Ok(json!({"_": "stories.albums", "hash": ALBUMS, "albums": albums}).into())
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut Tales)) -> Result<(), RpcError> {
    let account = call.account()?;
    if let Some(account) = call.cloud.world.write().accounts.get_mut(&account) {
        change(&mut account.own.tales);
    }
    Ok(())
}

fn delete(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let ids = ints(&request, "id");
    change(call, |tales| tales.all.retain(|id, _| !ids.contains(id)))?;
    Ok(json!(ids).into())
}

fn edit(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (id, caption) = (int(&request, "id"), text(&request, "caption").to_owned());
    change(call, |tales| {
        if let Some(tale) = tales.all.get_mut(&id) {
            tale.caption = caption;
        }
    })?;
    let nothing: [Value; 0] = [];
    Ok(
        json!({"_": "updates", "updates": nothing, "users": nothing, "chats": nothing,
        "date": 0, "seq": 0})
        .into(),
    )
}

fn look(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let ids: Vec<i64> = list(&request, "id")
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    change(call, |tales| {
        let seen = tales.all.iter_mut();
        seen.filter(|(id, _)| ids.contains(&i64::from(**id)))
            .for_each(|(_, tale)| tale.views += 1);
    })?;
    Ok(Value::Bool(true).into())
}
