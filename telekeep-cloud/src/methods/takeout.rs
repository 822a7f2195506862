//! The export of an account: Takeout sessions, and what can only be asked for inside one.

use std::time::Instant;

use grammers_tl_types::{enums, types};
use serde_json::{Value, json};

use super::account::own_login;
use super::input::int;
use super::output::{object, vector};
use crate::rpc::{Answer, Call, Method, RpcError, Scope};
use crate::session::locked;
use crate::takeouts::required;
use crate::world::ids::PeerId;

pub(super) const METHODS: &[Method] = &[
    ("account.initTakeoutSession", begin),
    ("account.finishTakeoutSession", finish),
    ("contacts.getSaved", get_saved),
    ("channels.getLeftChannels", get_left_channels),
    ("messages.getSplitRanges", get_split_ranges),
];

fn begin(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let login = own_login(call).ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))?;
    let scope = Scope::of(&request);
    let id = locked(&call.cloud.takeouts).begin(account, login, scope, Instant::now())?;
    Ok(json!({"_": "account.takeout", "id": id}).into())
}

fn finish(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    inside(call)?;
    locked(&call.cloud.takeouts).cancel(call.account()?);
    Ok(Value::Bool(true).into())
}

fn inside(call: &Call<'_>) -> Result<Scope, RpcError> {
    call.takeout.ok_or_else(required)
}

/// The telephone book: everybody with a number the account has a chat with, and an entry for a
/// number nobody on Telegram has.
fn get_saved(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    inside(call)?;
    let account = call.account()?;
    let state = call.cloud.world.read();
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let people = dialogs.iter().filter_map(|dialog| match dialog.peer {
        PeerId::User(id) if id != account => state.peers.people.get(&id),
        _ => None,
    });
    let mut saved: Vec<enums::SavedContact> = people
        .filter(|person| !person.bot && !person.deleted)
        .filter_map(|person| {
            let (first, last) = (person.first.clone(), person.last.clone());
            Some(entry(person.phone.clone()?, first, last))
        })
        .collect();
    saved.push(entry("15550100".into(), "Plumber".into(), String::new()));
    Ok(vector(&saved))
}

fn entry(phone: String, first_name: String, last_name: String) -> enums::SavedContact {
    types::SavedPhoneContact {
        phone,
        first_name,
        last_name,
        date: 1_500_000_000,
    }
    .into()
}

/// Channels per page.
const PAGE: usize = 100;

fn get_left_channels(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    inside(call)?;
    let account = call.account()?;
    let state = call.cloud.world.read();
    let left = state.accounts.get(&account).map_or(&[][..], |a| &a.left);
    let offset = usize::try_from(int(&request, "offset")).unwrap_or(0);
    let chats: Vec<enums::Chat> = left
        .iter()
        .skip(offset)
        .take(PAGE)
        .map(|id| state.peers.chat(account, PeerId::Channel(*id)))
        .collect();
    let count = left.len() as i32;
    Ok(object(&match chats.len() == left.len() {
        true => enums::messages::Chats::Chats(types::messages::Chats { chats }),
        false => enums::messages::Chats::Slice(types::messages::ChatsSlice { count, chats }),
    }))
}

fn get_split_ranges(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let state = call.cloud.world.read();
    let splits = state.accounts.get(&account).map_or(&[][..], |a| &a.splits);
    let begins = std::iter::once(1).chain(splits.iter().map(|last| last + 1));
    let ends = splits.iter().copied().chain([i32::MAX]);
    let ranges: Vec<enums::MessageRange> = begins
        .zip(ends)
        .map(|(min_id, max_id)| types::MessageRange { min_id, max_id }.into())
        .collect();
    Ok(vector(&ranges))
}
