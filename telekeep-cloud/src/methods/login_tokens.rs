//! Logging in by a token that another login accepts (QR codes).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::account::authorization as device;
use super::auth::{api_id, first_step, key, text};
use crate::login_tokens::{Refused, Token};
use crate::logins::Login;
use crate::rpc::{AccountId, Answer, Call, Method, RpcError};
use crate::session::locked;

pub(super) const METHODS: &[Method] = &[
    ("auth.exportLoginToken", export_token),
    ("auth.importLoginToken", import_token),
    ("auth.acceptLoginToken", accept_token),
];

/// Asked once to get a token to show, and again after `updateLoginToken`, when it was accepted.
fn export_token(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    api_id(&request)?;
    let key = key(call)?;
    let now = call.cloud.now();
    let accepted = locked(&call.cloud.login_tokens).accepted(key.auth.id(), now);
    if let Some((token, account)) = accepted {
        let home = call.cloud.home(account);
        if home == call.dc {
            return let_in(call, &token, account);
        }
        return Ok(json!({
            "_": "auth.loginTokenMigrateTo",
            "dc_id": home,
            "token": BASE64.encode(token),
        })
        .into());
    }
    let except = request.get("except_ids").and_then(Value::as_array);
    let except = except.map(|ids| ids.iter().filter_map(Value::as_i64).collect());
    let mut tokens = locked(&call.cloud.login_tokens);
    let (token, expires) = tokens.give(key.auth.id(), except.unwrap_or_default(), now);
    Ok(json!({"_": "auth.loginToken", "expires": expires, "token": BASE64.encode(token)}).into())
}

/// At the data centre of the account that accepted the token.
fn import_token(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let token = token(&request)?;
    let now = call.cloud.now();
    let account = locked(&call.cloud.login_tokens).accepted_by(&token, now);
    let account = account.map_err(refusal)?;
    if call.cloud.home(account) != call.dc {
        return Err(RpcError::bad_request("AUTH_TOKEN_INVALID"));
    }
    let_in(call, &token, account)
}

/// The client that showed the token is logged in, unless the account has a password.
fn let_in(call: &Call<'_>, token: &Token, account: AccountId) -> Result<Answer, RpcError> {
    locked(&call.cloud.login_tokens).forget(token);
    let phone = call.cloud.world.phone(account).unwrap_or_default();
    match first_step(call, account, phone)? {
        Answer::Json(authorization) => {
            Ok(json!({"_": "auth.loginTokenSuccess", "authorization": authorization}).into())
        }
        Answer::Tl(_) => Err(RpcError::new(500, "INTERNAL_ANSWER")),
    }
}

/// A login lets another client in. The client is told, and asks again.
fn accept_token(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let token = token(&request)?;
    let now = call.cloud.now();
    let shown_by = locked(&call.cloud.login_tokens).accept(&token, account, now);
    let shown_by = call.cloud.keys.by_id(shown_by.map_err(refusal)?);
    let shown_by = shown_by.ok_or_else(|| refusal(Refused::Expired))?;
    let update = json!({
        "_": "updateShort",
        "update": {"_": "updateLoginToken"},
        "date": now,
    });
    call.cloud.push_to_key(&shown_by, &update);
    let login = Login::expected(account, shown_by.client().unwrap_or_default(), now);
    Ok(device(&login, false, now).into())
}

fn token(request: &Value) -> Result<Token, RpcError> {
    let token = BASE64.decode(text(request, "token")).ok();
    let token = token.and_then(|token| token.try_into().ok());
    token.ok_or_else(|| refusal(Refused::Unknown))
}

fn refusal(why: Refused) -> RpcError {
    RpcError::bad_request(match why {
        Refused::Unknown => "AUTH_TOKEN_INVALID",
        Refused::Expired => "AUTH_TOKEN_EXPIRED",
        Refused::Accepted => "AUTH_TOKEN_ALREADY_ACCEPTED",
        Refused::Exception => "AUTH_TOKEN_EXCEPTION",
    })
}
