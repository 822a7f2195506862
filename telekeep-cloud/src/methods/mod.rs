//! Handlers of the API methods, one file per part of the API. Each file has a table
//! `pub(super) const METHODS: &[Method]`; here they are joined.

mod account;
mod auth;
mod bots;
mod business;
mod change;
mod contacts;
mod dialogs;
mod drafts;
mod email;
mod feelings;
mod files;
mod folders;
mod groups;
mod help;
mod history;
mod input;
mod login_tokens;
mod looks;
mod office;
mod outgoing;
mod output;
mod password;
mod peers;
mod purse;
mod push;
mod saved;
mod send;
mod settings;
mod stickers;
mod stories;
mod takeout;
#[cfg(test)]
mod tests;
mod topics;
mod updates;

use crate::rpc::Method;

pub(crate) use bots::permit as permit_bot;

/// Every table of handlers.
pub(crate) const TABLES: &[&[Method]] = &[
    account::METHODS,
    auth::METHODS,
    bots::METHODS,
    business::METHODS,
    change::METHODS,
    contacts::METHODS,
    dialogs::METHODS,
    drafts::METHODS,
    email::METHODS,
    feelings::METHODS,
    files::METHODS,
    folders::METHODS,
    groups::METHODS,
    help::METHODS,
    history::METHODS,
    login_tokens::METHODS,
    looks::METHODS,
    office::METHODS,
    password::METHODS,
    peers::METHODS,
    purse::METHODS,
    saved::METHODS,
    send::METHODS,
    settings::METHODS,
    stickers::METHODS,
    stories::METHODS,
    takeout::METHODS,
    topics::METHODS,
    updates::METHODS,
];
