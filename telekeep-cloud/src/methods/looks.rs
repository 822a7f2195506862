//! Wallpapers, themes, reactions, tags and statuses of an account.

use serde_json::{Value, json};

use super::auth::long;
use super::contacts::hash_of;
use super::history::with;
use super::input::text;
use super::settings::{own, shown};
use super::stickers::at_hand;
use crate::rpc::{Answer, Method, RpcError};
use crate::world::looks::{Looks, THEME};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("account.getWallPapers", |call, r| {
        with(call, &r, get_wallpapers)
    }),
    ("account.getThemes", |call, r| with(call, &r, get_themes)),
    ("account.getChatThemes", |call, r| {
        with(call, &r, get_chat_themes)
    }),
    ("account.getUniqueGiftChatThemes", |call, r| {
        with(call, &r, |state, account, _| {
            looks(state, account)?;
            Ok(
                json!({"_": "account.chatThemes", "hash": 5, "themes": [], "chats": [],
                "users": []})
                .into(),
            )
        })
    }),
    ("messages.getTopReactions", |call, r| {
        with(call, &r, |state, account, r| {
            reactions(state, account, r, &["❤", "👍", "☂"])
        })
    }),
    ("messages.getRecentReactions", |call, r| {
        with(call, &r, |state, account, r| {
            reactions(state, account, r, &["☂"])
        })
    }),
    ("messages.getSavedReactionTags", |call, r| {
        with(call, &r, get_tags)
    }),
    ("account.getRecentEmojiStatuses", |call, r| {
        with(call, &r, |state, account, r| {
            let statuses = looks(state, account)?.statuses.clone();
            statuses_of(r, &statuses)
        })
    }),
    ("account.getCollectibleEmojiStatuses", |call, r| {
        with(call, &r, |state, account, r| {
            looks(state, account)?;
            statuses_of(r, &[])
        })
    }),
];

fn looks(state: &State, account: i64) -> Result<&Looks, RpcError> {
    own(state, account).map(|own| &own.looks)
}

/// The client has this state of a list already; nobody has the empty one.
fn same(request: &Value, hash: i64) -> bool {
    hash != 0 && long(request, "hash") == hash
}

fn document(state: &State, account: i64, id: i64) -> Option<Value> {
    shown(&[state.files.document(id, at_hand(account), "")]).pop()
}

fn wallpaper(state: &State, account: i64, id: i64) -> Value {
    json!({
        "_": "wallPaper", "id": id, "access_hash": state.files.access_hash(id),
        "slug": format!("wall{id}"), "document": document(state, account, id),
        "settings": {"_": "wallPaperSettings", "blur": true, "intensity": 40},
    })
}

/// The pictures, and a colour without one.
fn get_wallpapers(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let pictures = &looks(state, account)?.wallpapers;
    let hash = hash_of(pictures.iter().copied());
    if same(request, hash) {
        return Ok(json!({"_": "account.wallPapersNotModified"}).into());
    }
    let wallpaper = |id: &i64| wallpaper(state, account, *id);
    let mut wallpapers: Vec<Value> = pictures.iter().map(wallpaper).collect();
    wallpapers.push(json!({"_": "wallPaperNoFile", "id": 0, "default": true,
        "settings": {"_": "wallPaperSettings", "background_color": 0x88_aa_cc}}));
    Ok(json!({"_": "account.wallPapers", "hash": hash, "wallpapers": wallpapers}).into())
}

/// Programs have themes of their own.
const FORMATS: [&str; 4] = ["android", "ios", "macos", "tdesktop"];

fn theme(state: &State, account: i64, title: &str, picture: i64) -> Value {
    json!({
        "_": "theme", "id": picture, "access_hash": state.files.access_hash(picture),
        "slug": "theme", "title": title, "installs_count": 3,
        "settings": [{"_": "themeSettings", "base_theme": {"_": "baseThemeNight"},
            "accent_color": 0x33_66_99, "wallpaper": wallpaper(state, account, picture)}],
    })
}

fn get_themes(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let format = text(request, "format");
    if !FORMATS.contains(&format) {
        return Err(RpcError::bad_request("THEME_FORMAT_INVALID"));
    }
    let themes: &[(&str, i64)] = match format {
        "tdesktop" => &looks(state, account)?.themes,
        _ => &[],
    };
    let hash = hash_of(themes.iter().map(|(_, picture)| *picture));
    if same(request, hash) {
        return Ok(json!({"_": "account.themesNotModified"}).into());
    }
    let theme = |(title, picture): &(&str, i64)| theme(state, account, title, *picture);
    let themes: Vec<Value> = themes.iter().map(theme).collect();
    Ok(json!({"_": "account.themes", "hash": hash, "themes": themes}).into())
}

/// The themes that everybody can give a chat.
fn get_chat_themes(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    const HASH: i64 = 12;
    let mut themes = Vec::new();
    if same(request, HASH) {
        return Ok(json!({"_": "account.themesNotModified"}).into());
    }
    if let Some((_, picture)) = looks(state, account)?.themes.first() {
        let mut theme = theme(state, account, "", *picture);
        theme["for_chat"] = json!(true);
        theme["emoticon"] = json!(THEME);
        themes.push(theme);
    }
    Ok(json!({"_": "account.themes", "hash": HASH, "themes": themes}).into())
}

fn reactions(
    state: &State,
    account: i64,
    request: &Value,
    emoji: &[&str],
) -> Result<Answer, RpcError> {
    let statuses = &looks(state, account)?.statuses;
    let hash = hash_of(statuses.iter().copied()) ^ 3;
    if same(request, hash) {
        return Ok(json!({"_": "messages.reactionsNotModified"}).into());
    }
    let emoji = emoji.iter();
    let mut reactions: Vec<Value> = emoji
        .map(|emoji| json!({"_": "reactionEmoji", "emoticon": emoji}))
        .collect();
    let custom = statuses.first();
    reactions.extend(custom.map(|id| json!({"_": "reactionCustomEmoji", "document_id": id})));
    Ok(json!({"_": "messages.reactions", "hash": hash, "reactions": reactions}).into())
}

fn get_tags(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let tags = &looks(state, account)?.tags;
    let hash = tags.len() as i64;
    if same(request, hash) {
        return Ok(json!({"_": "messages.savedReactionTagsNotModified"}).into());
    }
    let tag = |(emoji, title, count): &(&str, Option<&str>, i32)| {
        let reaction = json!({"_": "reactionEmoji", "emoticon": emoji});
        let mut tag = json!({"_": "savedReactionTag", "reaction": reaction, "count": count});
        if let Some(title) = title {
            tag["title"] = json!(title);
        }
        tag
    };
    let tags: Vec<Value> = tags.iter().map(tag).collect();
    Ok(json!({"_": "messages.savedReactionTags", "tags": tags, "hash": hash}).into())
}

fn statuses_of(request: &Value, ids: &[i64]) -> Result<Answer, RpcError> {
    let hash = hash_of(ids.iter().copied());
    if same(request, hash) {
        return Ok(json!({"_": "account.emojiStatusesNotModified"}).into());
    }
    let status = |id: &i64| json!({"_": "emojiStatus", "document_id": id});
    let statuses: Vec<Value> = ids.iter().map(status).collect();
    Ok(json!({"_": "account.emojiStatuses", "hash": hash, "statuses": statuses}).into())
}
