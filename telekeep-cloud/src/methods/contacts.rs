//! People an account knows, writes to most, and shut out.

use grammers_tl_types::{enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{flag, int, peer};
use super::output::{Crowd, object};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("contacts.getContacts", |call, r| {
        with(call, &r, get_contacts)
    }),
    ("contacts.getTopPeers", |call, r| {
        with(call, &r, get_top_peers)
    }),
    ("contacts.getBlocked", |call, r| with(call, &r, get_blocked)),
    ("contacts.block", |call, r| block(call, &r, true)),
    ("contacts.unblock", |call, r| block(call, &r, false)),
];

/// Entries of a page, whatever a client asks for: the server may always give fewer.
const PAGE: usize = 2;

/// What Telegram's clients make of the ids of a list, to ask whether it is another.
pub(super) fn hash_of(numbers: impl Iterator<Item = i64>) -> i64 {
    numbers.fold(0_u64, |hash, number| {
        let hash = hash ^ (hash >> 21);
        let hash = hash ^ (hash << 35);
        (hash ^ (hash >> 4)).wrapping_add(number as u64)
    }) as i64
}

/// Everybody with a number the account has a chat with.
fn get_contacts(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let people = dialogs.iter().filter_map(|d| match d.peer {
        PeerId::User(id) if id != account => state.peers.people.get(&id),
        _ => None,
    });
    let people = people.filter(|p| !p.bot && !p.deleted && p.phone.is_some());
    let mut ids: Vec<i64> = people.map(|p| p.id).collect();
    ids.sort_unstable();
    let saved_count = 0;
    let known = hash_of(std::iter::once(saved_count.into()).chain(ids.iter().copied()));
    if request["hash"].as_i64() == Some(known) {
        return Ok(object(&enums::contacts::Contacts::NotModified));
    }
    let contact = |&user_id: &i64| types::Contact {
        user_id,
        mutual: true,
    };
    let users = ids.iter().map(|id| state.peers.user(account, *id));
    let answer = types::contacts::Contacts {
        contacts: ids.iter().map(contact).map(Into::into).collect(),
        saved_count,
        users: users.collect(),
    };
    Ok(object(&enums::contacts::Contacts::Contacts(answer)))
}

/// The flag of `contacts.getTopPeers` that asks for a category, and the category.
const CATEGORIES: &[(&str, &str, enums::TopPeerCategory)] = {
    use enums::TopPeerCategory::{BotsPm, Correspondents, Groups};
    &[
        (
            "correspondents",
            "topPeerCategoryCorrespondents",
            Correspondents,
        ),
        ("bots_pm", "topPeerCategoryBotsPM", BotsPm),
        ("groups", "topPeerCategoryGroups", Groups),
    ]
};

fn get_top_peers(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    if !CATEGORIES.iter().any(|(name, ..)| flag(request, name)) {
        return Err(RpcError::bad_request("TYPES_EMPTY"));
    }
    let (offset, limit) = page(request);
    let own = state.accounts.get(&account).map(|account| &account.own);
    let frequent = own.map_or(&[][..], |own| &own.frequent);
    let mut crowd = Crowd::default();
    let mut categories = Vec::new();
    for (wanted, name, category) in CATEGORIES {
        let found = frequent.iter().find(|(category, _)| category == name);
        let Some((_, peers)) = found.filter(|_| flag(request, wanted)) else {
            continue;
        };
        let page = peers.iter().skip(offset).take(limit);
        let top = page.map(|(peer, rating)| {
            crowd.add(*peer);
            types::TopPeer {
                peer: peer.tl(),
                rating: *rating,
            }
            .into()
        });
        categories.push(
            types::TopPeerCategoryPeers {
                category: category.clone(),
                peers: top.collect(),
                count: peers.len() as i32,
            }
            .into(),
        );
    }
    let answer = types::contacts::TopPeers {
        categories,
        chats: crowd.chats(state, account),
        users: crowd.users(state, account),
    };
    Ok(object(&enums::contacts::TopPeers::Peers(answer)))
}

/// The part of a list that is asked for.
fn page(request: &Value) -> (usize, usize) {
    let number = |field: &str| usize::try_from(int(request, field)).unwrap_or(0);
    (number("offset"), number("limit").min(PAGE))
}

fn get_blocked(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let own = state.accounts.get(&account).map(|account| &account.own);
    let all = own.map_or(&[][..], |own| match flag(request, "my_stories_from") {
        true => &own.no_stories,
        false => &own.blocked,
    });
    let (offset, limit) = page(request);
    let mut crowd = Crowd::default();
    let shown = all.iter().skip(offset).take(limit);
    let blocked: Vec<enums::PeerBlocked> = shown
        .map(|&(peer, date)| {
            crowd.add(peer);
            let peer_id = peer.tl();
            types::PeerBlocked { peer_id, date }.into()
        })
        .collect();
    let (chats, users) = (crowd.chats(state, account), crowd.users(state, account));
    let whole = blocked.len() == all.len();
    let answer = match whole {
        true => enums::contacts::Blocked::Blocked(types::contacts::Blocked {
            blocked,
            chats,
            users,
        }),
        false => enums::contacts::Blocked::Slice(types::contacts::BlockedSlice {
            count: all.len() as i32,
            blocked,
            chats,
            users,
        }),
    };
    Ok(object(&answer))
}

fn block(call: &Call<'_>, request: &Value, shut: bool) -> Result<Answer, RpcError> {
    let (account, date) = (call.account()?, call.cloud.now());
    let mut state = call.cloud.world.write();
    let peer = peer(&state, account, &request["id"])?;
    if let Some(account) = state.accounts.get_mut(&account) {
        let list = match flag(request, "my_stories_from") {
            true => &mut account.own.no_stories,
            false => &mut account.own.blocked,
        };
        list.retain(|(known, _)| *known != peer);
        if shut {
            list.insert(0, (peer, date));
        }
    }
    Ok(Value::Bool(true).into())
}
