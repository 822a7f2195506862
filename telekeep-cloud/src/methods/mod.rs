//! Handlers of the API methods, one file per part of the API. Each file has a table
//! `pub(super) const METHODS: &[Method]`; here they are joined.

mod account;
mod auth;
mod help;

use crate::rpc::Method;

/// Every table of handlers.
pub(crate) const TABLES: &[&[Method]] = &[account::METHODS, auth::METHODS, help::METHODS];
