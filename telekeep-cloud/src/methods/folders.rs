//! Folders of chats: listing, changing, deleting, ordering.

use serde_json::{Value, json};

use super::history::with;
use super::input::{int, ints, list, peer, text};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("messages.getDialogFilters", |call, r| {
        with(call, &r, get_dialog_filters)
    }),
    ("messages.updateDialogFilter", update_dialog_filter),
    ("messages.updateDialogFiltersOrder", order_dialog_filters),
];

/// Numbers a folder may have: 0 and 1 are the main list and the archive.
const NUMBERS: std::ops::RangeInclusive<i32> = 2..=255;
/// Chats that a folder may name.
const MOST_NAMED: usize = 100;

/// The list of all chats stands first.
fn get_dialog_filters(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let mut filters = vec![json!({"_": "dialogFilterDefault"})];
    if let Some(account) = state.accounts.get(&account) {
        filters.extend(account.folders.iter().cloned());
    }
    Ok(json!({"_": "messages.dialogFilters", "filters": filters}).into())
}

/// Makes a folder, changes it, or deletes the one of this number when there is no content.
fn update_dialog_filter(call: &Call<'_>, mut request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let id = int(&request, "id");
    if !NUMBERS.contains(&id) {
        return Err(RpcError::bad_request("FILTER_ID_INVALID"));
    }
    let mut filter = request["filter"].take();
    let mut state = call.cloud.world.write();
    if !filter.is_null() {
        check(&state, account, &filter)?;
        filter["id"] = json!(id);
    }
    let Some(own) = state.accounts.get_mut(&account) else {
        return Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED"));
    };
    let at = own
        .folders
        .iter()
        .position(|folder| int(folder, "id") == id);
    match (at, filter.is_null()) {
        (Some(at), true) => drop(own.folders.remove(at)),
        (None, true) => return Err(RpcError::bad_request("FILTER_ID_INVALID")),
        (Some(at), false) => own.folders[at] = filter,
        (None, false) => own.folders.push(filter),
    }
    Ok(json!(true).into())
}

fn check(state: &State, account: i64, filter: &Value) -> Result<(), RpcError> {
    if text(&filter["title"], "text").trim().is_empty() {
        return Err(RpcError::bad_request("FILTER_TITLE_EMPTY"));
    }
    let named = ["pinned_peers", "include_peers", "exclude_peers"];
    for chats in named.map(|field| list(filter, field)) {
        if chats.len() > MOST_NAMED {
            return Err(RpcError::bad_request("FILTER_INCLUDE_TOO_MUCH"));
        }
        for chat in chats {
            peer(state, account, chat)?;
        }
    }
    let kinds = ["contacts", "non_contacts", "groups", "broadcasts", "bots"];
    let chats = ["pinned_peers", "include_peers"];
    let of_kinds = kinds.iter().any(|kind| filter[kind] == json!(true));
    if !of_kinds && chats.iter().all(|field| list(filter, field).is_empty()) {
        return Err(RpcError::bad_request("FILTER_INCLUDE_EMPTY"));
    }
    Ok(())
}

/// Folders that the order does not name stay behind the others.
fn order_dialog_filters(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let order = ints(&request, "order");
    if let Some(own) = call.cloud.world.write().accounts.get_mut(&account) {
        let place = |folder: &Value| {
            let id = int(folder, "id");
            order.iter().position(|&ordered| ordered == id)
        };
        own.folders
            .sort_by_key(|folder| place(folder).unwrap_or(usize::MAX));
    }
    Ok(json!(true).into())
}
