//! Handlers of the API methods, one file per part of the API. Each file has a table
//! `pub(super) const METHODS: &[Method]`; here they are joined.

mod account;
mod auth;
mod dialogs;
mod files;
mod help;
mod history;
mod input;
mod output;
mod peers;
mod push;
mod topics;
mod updates;

use crate::rpc::Method;

/// Every table of handlers.
pub(crate) const TABLES: &[&[Method]] = &[
    account::METHODS,
    auth::METHODS,
    dialogs::METHODS,
    files::METHODS,
    help::METHODS,
    history::METHODS,
    peers::METHODS,
    topics::METHODS,
    updates::METHODS,
];
