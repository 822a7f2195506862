//! The logins of an account: which devices and programs are signed in, and ending them.

use serde_json::json;
use telekeep_tl::{Object, Value};

use super::wire::{CallError, Client};

/// A login of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What names it at the server; 0 for this login itself.
    pub hash: i64,
    /// This login.
    pub current: bool,
    /// The program is one of Telegram's own.
    pub official: bool,
    /// The owner did not confirm the login yet.
    pub unconfirmed: bool,
    /// Two-step verification is still to be passed.
    pub password_pending: bool,
    /// Device and system, as the program told them.
    pub model: String,
    /// See [`Device::model`].
    pub system: String,
    /// Program and its version.
    pub app: String,
    /// Unix seconds of the login.
    pub created: i64,
    /// Unix seconds of the last use.
    pub active: i64,
    /// Address it was last used from.
    pub ip: String,
    /// Where that is, as Telegram guesses.
    pub country: String,
}

/// Why logins cannot be listed or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevicesError {
    /// A new login may not end others.
    #[error(
        "Telegram lets a login end others only when it is a day old; use another device, or try again tomorrow"
    )]
    TooFresh,
    /// There is no such login.
    #[error("there is no such login any more; list them again")]
    NoSuchLogin,
    /// The call failed.
    #[error(transparent)]
    Call(#[from] CallError),
}

fn refused(error: CallError) -> DevicesError {
    match error.rpc() {
        Some(rpc) if rpc.is("FRESH_RESET_AUTHORISATION_FORBIDDEN") => DevicesError::TooFresh,
        Some(rpc) if rpc.is("HASH_INVALID") => DevicesError::NoSuchLogin,
        _ => DevicesError::Call(error),
    }
}

/// Every login of the account, this one first, then the one used last.
pub async fn devices(client: &Client) -> Result<Vec<Device>, DevicesError> {
    let method = "account.getAuthorizations";
    let reply = client.call(&json!({"_": method})).await?;
    let unreadable = |why: String| CallError::Answer {
        method: method.to_owned(),
        why,
    };
    let answer = client
        .schema()
        .object(&reply.bytes)
        .map_err(|error| unreadable(error.to_string()))?;
    let list = answer
        .vector("authorizations")
        .ok_or_else(|| unreadable("fields are missing".into()))?;
    let mut devices: Vec<Device> = list
        .iter()
        .filter_map(Value::as_object)
        .map(|login| device(login))
        .collect();
    devices.sort_by_key(|device| (!device.current, std::cmp::Reverse(device.active)));
    Ok(devices)
}

fn device(login: &Object<'_>) -> Device {
    let text = |field: &str| login.str(field).map(String::from).unwrap_or_default();
    let words = |one: &str, two: &str| {
        let words = [text(one), text(two)];
        words.join(" ").trim().to_owned()
    };
    let date = |field: &str| i64::from(login.int(field).unwrap_or(0));
    Device {
        hash: login.long("hash").unwrap_or(0),
        current: login.flag("current"),
        official: login.flag("official_app"),
        unconfirmed: login.flag("unconfirmed"),
        password_pending: login.flag("password_pending"),
        model: text("device_model"),
        system: words("platform", "system_version"),
        app: words("app_name", "app_version"),
        created: date("date_created"),
        active: date("date_active"),
        ip: text("ip"),
        country: text("country"),
    }
}

/// Ends one login.
pub async fn end_device(client: &Client, hash: i64) -> Result<(), DevicesError> {
    let request = json!({"_": "account.resetAuthorization", "hash": hash});
    client.call(&request).await.map(drop).map_err(refused)
}

/// Ends every login but this one.
pub async fn end_other_devices(client: &Client) -> Result<(), DevicesError> {
    let request = json!({"_": "auth.resetAuthorizations"});
    client.call(&request).await.map(drop).map_err(refused)
}
