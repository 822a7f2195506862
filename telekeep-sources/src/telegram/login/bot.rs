//! Signing in as a bot, by the token its owner got from @BotFather.

use serde_json::json;

use super::{LoginError, call, done};
use crate::telegram::wire::{Account, Client};

/// Signs in as the bot of a token. The token is not kept: the session is.
pub async fn sign_in_bot(client: &Client, token: &str) -> Result<Account, LoginError> {
    let endpoint = client.endpoint();
    let request = json!({
        "_": "auth.importBotAuthorization",
        "flags": 0,
        "api_id": endpoint.api_id,
        "api_hash": endpoint.api_hash,
        "bot_auth_token": token.trim(),
    });
    client.begin_login();
    let reply = call(client, &request).await?;
    done(client, &reply, "auth.importBotAuthorization")
}
