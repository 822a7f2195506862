//! The world a cloud shows: accounts, chats, messages, files. Deterministic from its seed.

use serde::Serialize;
use serde_json::Value;

use crate::rpc::{AccountId, RpcError};

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
#[derive(Debug, Default)]
pub struct World {}

impl World {
    /// Makes the world of `seed`.
    pub fn generate(_seed: u64, _chats: u32, _messages: u64, _media_mb: u64) -> Self {
        Self {}
    }

    /// The accounts one can log in to.
    pub fn accounts(&self) -> Vec<AccountInfo> {
        Vec::new()
    }

    /// The account of a telephone number (digits only, no `+`).
    pub fn account_by_phone(&self, _phone: &str) -> Option<AccountId> {
        None
    }

    /// The account's own `user` as TL JSON, with the `self` flag.
    pub fn self_user(&self, _account: AccountId) -> Option<Value> {
        None
    }

    /// Makes an account for a number (digits only) that has none.
    pub fn sign_up(
        &self,
        _phone: &str,
        _first_name: &str,
        _last_name: &str,
    ) -> Result<AccountId, RpcError> {
        Err(RpcError::bad_request("PHONE_NUMBER_INVALID"))
    }
}
