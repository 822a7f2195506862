//! Logging in as a bot, and what bots may ask for.

use serde_json::Value;

use super::auth::{api_id, log_in, text};
use crate::rpc::{Answer, Call, Method, RpcError};

pub(super) const METHODS: &[Method] = &[("auth.importBotAuthorization", import_bot_authorization)];

/// What the account of a bot may call: whole namespaces (with the dot), or single methods. All
/// other methods are those of people; lists of chats and histories are among them.
const FOR_BOTS: [&str; 22] = [
    "help.",
    "langpack.",
    "upload.",
    "auth.",
    "users.getUsers",
    "users.getFullUser",
    "photos.getUserPhotos",
    "updates.getState",
    "updates.getDifference",
    "updates.getChannelDifference",
    "messages.getMessages",
    "messages.getChats",
    "messages.getFullChat",
    "messages.getStickerSet",
    "messages.getCustomEmojiDocuments",
    "messages.sendMessage",
    "messages.sendMedia",
    "messages.editMessage",
    "messages.deleteMessages",
    "channels.getChannels",
    "channels.getFullChannel",
    "channels.getMessages",
];

/// The error of a method that only people may call.
pub(crate) fn permit(method: &str) -> Result<(), RpcError> {
    let allowed = |name: &str| match name.ends_with('.') {
        true => method.starts_with(name),
        false => method == name,
    };
    match FOR_BOTS.iter().any(|name| allowed(name)) {
        true => Ok(()),
        false => Err(RpcError::bad_request("BOT_METHOD_INVALID")),
    }
}

fn import_bot_authorization(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    api_id(&request)?;
    let token = text(&request, "bot_auth_token");
    let account = call.cloud.world.account_by_token(token);
    let account = account.ok_or_else(|| RpcError::bad_request("ACCESS_TOKEN_INVALID"))?;
    let home = call.cloud.home(account);
    if home != call.dc {
        return Err(RpcError::new(303, format!("USER_MIGRATE_{home}")));
    }
    log_in(call, account, "")
}
