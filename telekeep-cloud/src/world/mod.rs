//! The world a cloud shows: accounts, chats, messages, files. Deterministic from its seed.
//!
//! Messages are encoded once, with the typed codec of `grammers-tl-types` (a codec other than the
//! client's, so that a mistake in one shows), and kept as bytes; bytes of media are never kept
//! but made for the range asked for. Readers share the state, changes lock it.

mod account;
mod actions;
mod assets;
mod attributes;
pub(crate) mod blank;
mod bot;
pub(crate) mod business;
mod cast;
pub(crate) mod changes;
mod compose;
mod content;
mod direct;
mod discussion;
pub(crate) mod file;
pub(crate) mod files;
pub(crate) mod folders;
mod generate;
mod hands;
pub(crate) mod ids;
pub(crate) mod log;
pub(crate) mod long;
pub(crate) mod looks;
mod media;
mod mirror;
pub(crate) mod office;
pub(crate) mod own;
pub(crate) mod peers;
mod personal;
pub(crate) mod purse;
mod qualities;
mod random;
mod rich;
mod scene;
mod specimens;
pub(crate) mod state;
pub(crate) mod stickers;
mod stock;
mod story;
pub(crate) mod tales;
#[cfg(test)]
mod tests;
mod threads;
mod truth;
pub(crate) mod updates;
pub(crate) mod web;
mod words;

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use grammers_tl_types::Serializable;
use serde::Serialize;
use serde_json::Value;

use crate::rpc::{AccountId, RpcError};
pub(crate) use account::{Dialog, Password};
pub use bot::BotInfo;
pub(crate) use compose::context;
pub use direct::Direct;
pub use discussion::Discussion;
use state::State;
pub use story::Story;
pub use truth::{Chat, ChatKind, FileTruth};

/// How to log in to an account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountInfo {
    /// Telephone number, digits with a leading `+`.
    pub phone: String,
    /// The login code the cloud accepts for it.
    pub code: String,
    /// The password of two-step verification, if set.
    pub password: Option<String>,
}

/// The world.
#[derive(Debug)]
pub struct World {
    state: RwLock<State>,
}

impl World {
    /// Makes the world of `seed`: the first account has `chats` chats with together `messages`
    /// messages and about `media_mb` megabytes of media.
    pub fn generate(seed: u64, chats: u32, messages: u64, media_mb: u64) -> Self {
        Self {
            state: RwLock::new(generate::generate(seed, chats, messages, media_mb)),
        }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state
            .read()
            .unwrap_or_else(|poison| poison.into_inner())
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state
            .write()
            .unwrap_or_else(|poison| poison.into_inner())
    }

    /// The accounts one can log in to, the one with the big world first.
    pub fn accounts(&self) -> Vec<AccountInfo> {
        let state = self.read();
        let info = |id: &i64| {
            let account = state.accounts.get(id)?;
            Some(AccountInfo {
                phone: format!("+{}", account.phone),
                code: login_code(&account.phone),
                password: account.password.as_ref().map(|set| set.secret.clone()),
            })
        };
        state.order.iter().filter_map(info).collect()
    }

    /// The user ids of the accounts, in the order of [`World::accounts`].
    pub fn account_ids(&self) -> Vec<AccountId> {
        self.read().order.clone()
    }

    /// The account of a telephone number (digits only, no `+`).
    pub fn account_by_phone(&self, phone: &str) -> Option<AccountId> {
        self.read()
            .accounts
            .values()
            .find(|a| a.phone == phone)
            .map(|a| a.id)
    }

    /// The number of an account, digits only.
    pub(crate) fn phone(&self, account: AccountId) -> Option<String> {
        Some(self.read().accounts.get(&account)?.phone.clone())
    }

    /// The password of two-step verification, if the account has one.
    pub(crate) fn password(&self, account: AccountId) -> Option<Password> {
        self.read().accounts.get(&account)?.password.clone()
    }

    /// The account's own `user` as TL JSON, with the `self` flag.
    pub fn self_user(&self, account: AccountId) -> Option<Value> {
        let state = self.read();
        state.accounts.get(&account)?;
        let user = state.peers.user(account, account).to_bytes();
        telekeep_tl::bundled(crate::rpc::NATIVE_LAYER)?
            .to_value("User", &user)
            .ok()
    }

    /// Makes an account for a number (digits only) that has none. It starts empty.
    pub fn sign_up(
        &self,
        phone: &str,
        first_name: &str,
        last_name: &str,
    ) -> Result<AccountId, RpcError> {
        if self.account_by_phone(phone).is_some() {
            return Err(RpcError::bad_request("PHONE_NUMBER_OCCUPIED"));
        }
        if first_name.trim().is_empty() {
            return Err(RpcError::bad_request("FIRSTNAME_INVALID"));
        }
        Ok(self.write().sign_up(phone, first_name, last_name))
    }

    /// Splits the shared sequence of an account after each of these ids (ascending), as Telegram
    /// does for accounts with very many messages.
    pub fn split(&self, account: AccountId, after: &[i32]) {
        if let Some(owner) = self.write().accounts.get_mut(&account) {
            owner.splits = after.to_vec();
        }
    }

    /// Makes every file reference given out so far expire.
    pub fn expire_all_references(&self) {
        self.write().files.expire_all();
    }

    /// The file that a request names in its `location` is no more, while the messages with it stay.
    pub fn lose_file(&self, request: &Value) {
        if let Some(id) = request["location"]["id"].as_i64() {
            self.write().files.lose(id);
        }
    }

    /// Makes the references of the file that a request names in its `location` expire: a client
    /// must ask for its message again.
    pub fn expire_references_of(&self, request: &Value) {
        if let Some(id) = request["location"]["id"].as_i64() {
            self.write().files.expire(id);
        }
    }
}

/// The code of a test number 99966XYYYY: X five times. Other numbers get 12345.
fn login_code(phone: &str) -> String {
    match phone
        .strip_prefix("99966")
        .and_then(|rest| rest.chars().next())
    {
        Some(dc) => dc.to_string().repeat(5),
        None => "12345".into(),
    }
}
