//! How the account likes its chats to look: wallpapers, themes, and the emoji it reacts with.
//! Catalogues that the server shows to everybody are left out, but for the themes of chats: a chat
//! names its theme by an emoji, and only they tell what that looks like.

use serde_json::json;

use super::parts::{PAGE, Paging, Part};
use crate::spool::{Program, Shelf};

/// Reactions asked for: as many as programs show.
const REACTIONS: i32 = 50;

pub(super) fn parts() -> Vec<Part> {
    let hashed = |name: &str, method: &str| {
        Part::new(name, json!({"_": method, "hash": 0})).paged(Paging::Hashed)
    };
    let limited = |name: &str, method: &str| {
        let mut part = hashed(name, method);
        part.request["limit"] = json!(REACTIONS);
        part
    };
    let of_gifts = json!({
        "_": "account.getUniqueGiftChatThemes", "offset": "", "limit": PAGE, "hash": 0,
    });
    let mut parts = vec![
        hashed("wallpapers", "account.getWallPapers").with_files(Shelf::Wallpapers),
        hashed("chat_themes", "account.getChatThemes").with_files(Shelf::ChatThemes),
        Part::new("chat_themes/gifts", of_gifts)
            .paged(Paging::Next("next_offset"))
            .with_files(Shelf::GiftThemes),
        limited("reactions/top", "messages.getTopReactions"),
        limited("reactions/recent", "messages.getRecentReactions"),
        hashed("reactions/tags", "messages.getSavedReactionTags"),
        hashed("emoji_statuses/recent", "account.getRecentEmojiStatuses"),
        hashed(
            "emoji_statuses/collectible",
            "account.getCollectibleEmojiStatuses",
        ),
    ];
    // Themes are files of one kind of program; each kind has its own list.
    parts.extend(Program::ALL.map(|program| {
        let mut part = hashed(&Shelf::Themes(program).to_string(), "account.getThemes");
        part.request["format"] = json!(program.name());
        part.with_files(Shelf::Themes(program))
    }));
    parts
}
