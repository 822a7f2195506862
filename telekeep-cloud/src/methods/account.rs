//! The account's own settings as far as a client asks for them while connecting, and the list of
//! its sessions.

use serde_json::{Value, json};

use super::auth::long;
use crate::logins::Login;
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::session::locked;

pub(super) const METHODS: &[Method] = &[
    ("account.updateStatus", yes),
    ("account.registerDevice", yes),
    ("account.unregisterDevice", yes),
    ("account.getAuthorizations", get_authorizations),
    ("account.resetAuthorization", reset_authorization),
    ("auth.resetAuthorizations", reset_authorizations),
];

fn yes(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(Value::Bool(true).into())
}

pub(super) fn own_login(call: &Call<'_>) -> Option<u64> {
    let key = call.cloud.keys.of_session(call.session)?;
    call.cloud.keys.permanent(&key)?.login()
}

fn get_authorizations(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let own = own_login(call);
    let now = call.cloud.now();
    let logins = locked(&call.cloud.logins).of_account(account);
    let list: Vec<Value> = logins
        .iter()
        .map(|login| authorization(login, Some(login.id) == own, now))
        .collect();
    Ok(json!({
        "_": "account.authorizations",
        "authorization_ttl_days": 180,
        "authorizations": list,
    })
    .into())
}

pub(super) fn authorization(login: &Login, current: bool, now: i32) -> Value {
    let mut value = json!({
        "_": "authorization",
        "hash": if current { 0 } else { login.hash },
        "device_model": login.client.device_model,
        "platform": "",
        "system_version": login.client.system_version,
        "api_id": login.client.api_id,
        "app_name": "",
        "app_version": login.client.app_version,
        "date_created": login.created,
        "date_active": now,
        "ip": "127.0.0.1",
        "country": "",
        "region": "",
    });
    if current && let Some(fields) = value.as_object_mut() {
        fields.insert("current".to_owned(), Value::Bool(true));
    }
    value
}

fn reset_authorization(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let hash = long(&request, "hash");
    let mut logins = locked(&call.cloud.logins);
    let login = logins
        .of_account(account)
        .into_iter()
        .find(|login| login.hash == hash);
    let login = login.ok_or_else(|| RpcError::bad_request("HASH_INVALID"))?;
    Ok(Value::Bool(logins.end(login.id)).into())
}

fn reset_authorizations(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let own = own_login(call);
    let mut logins = locked(&call.cloud.logins);
    for login in logins.of_account(account) {
        if Some(login.id) != own {
            logins.end(login.id);
        }
    }
    Ok(Value::Bool(true).into())
}
