//! Gifts and Stars of an account.

use serde_json::{Value, json};

use super::history::with;
use super::input::{flag, int, peer, text};
use super::output::Crowd;
use super::settings::{own, shown};
use super::stickers::at_hand;
use crate::rpc::{Answer, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::purse::{Gift, Purse};
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("payments.getSavedStarGifts", |call, r| {
        with(call, &r, get_gifts)
    }),
    ("payments.getStarGiftCollections", |call, r| {
        with(call, &r, get_collections)
    }),
    ("payments.getStarsStatus", |call, r| {
        with(call, &r, get_status)
    }),
    ("payments.getStarsTransactions", |call, r| {
        with(call, &r, get_transactions)
    }),
    ("payments.getStarsSubscriptions", |call, r| {
        with(call, &r, get_subscriptions)
    }),
];

/// Entries of a page, whatever a client asks for: the server may always give fewer.
const PAGE: usize = 2;

/// The purse of the account itself: those of its bots and channels are not told here.
fn purse<'a>(state: &'a State, account: i64, request: &Value) -> Result<&'a Purse, RpcError> {
    match peer(state, account, &request["peer"])? {
        PeerId::User(id) if id == account => own(state, account).map(|own| &own.purse),
        _ => Err(RpcError::bad_request("PEER_ID_INVALID")),
    }
}

/// The page of a list that an offset names, and the offset of the next one.
fn page<'a, T>(all: &'a [T], offset: &str, limit: usize) -> (&'a [T], Option<String>) {
    let from = offset.parse().unwrap_or(0).min(all.len());
    let to = (from + limit.min(PAGE)).min(all.len());
    (&all[from..to], (to < all.len()).then(|| to.to_string()))
}

fn limit(request: &Value) -> usize {
    usize::try_from(int(request, "limit")).unwrap_or(0)
}

fn get_gifts(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let all = &purse(state, account, request)?.gifts;
    let (page, next) = page(all, text(request, "offset"), limit(request));
    let gifts: Vec<Value> = page
        .iter()
        .map(|gift| saved(state, account, gift))
        .collect();
    let mut crowd = Crowd::default();
    named(&json!(gifts), &mut crowd);
    let mut answer = json!({
        "_": "payments.savedStarGifts", "count": all.len(), "gifts": gifts,
        "users": shown(&crowd.users(state, account)),
        "chats": shown(&crowd.chats(state, account)),
    });
    if let Some(next) = next {
        answer["next_offset"] = json!(next);
    }
    Ok(answer.into())
}

fn saved(state: &State, account: i64, gift: &Gift) -> Value {
    let document = shown(&[state.files.document(gift.sticker, at_hand(account), "")]).pop();
    let mut saved = gift.saved.clone();
    let thing = &mut saved["gift"];
    match thing.get_mut("attributes").and_then(Value::as_array_mut) {
        Some(attributes) => attributes.push(json!({
            "_": "starGiftAttributeModel", "name": "Lantern", "document": document,
            "rarity": {"_": "starGiftAttributeRarityRare"},
        })),
        None => thing["sticker"] = json!(document),
    }
    saved
}

fn get_collections(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let gifts = purse(state, account, request)?.gifts.len();
    let collection = json!({
        "_": "starGiftCollection", "collection_id": 1, "title": "Of the sea",
        "gifts_count": gifts, "hash": 9,
    });
    let all: Vec<Value> = (gifts > 0).then_some(collection).into_iter().collect();
    Ok(json!({"_": "payments.starGiftCollections", "collections": all}).into())
}

/// The people and chats that peers in a value name.
fn named(value: &Value, crowd: &mut Crowd) {
    match value {
        Value::Object(fields) => {
            let id = |field: &str| fields.get(field).and_then(Value::as_i64);
            match text(value, "_") {
                "peerUser" => id("user_id").map(PeerId::User),
                "peerChat" => id("chat_id").map(PeerId::Chat),
                "peerChannel" => id("channel_id").map(PeerId::Channel),
                _ => None,
            }
            .into_iter()
            .for_each(|peer| crowd.add(peer));
            fields.values().for_each(|value| named(value, crowd));
        }
        Value::Array(items) => items.iter().for_each(|value| named(value, crowd)),
        _ => {}
    }
}

/// A `payments.starsStatus`, with everybody it names.
fn status(state: &State, account: i64, stars: i64, more: Value) -> Answer {
    let mut crowd = Crowd::default();
    named(&more, &mut crowd);
    let mut answer = json!({
        "_": "payments.starsStatus",
        "balance": {"_": "starsAmount", "amount": stars, "nanos": 0},
        "users": shown(&crowd.users(state, account)),
        "chats": shown(&crowd.chats(state, account)),
    });
    if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), more) {
        answer.extend(more);
    }
    answer.into()
}

/// Nobody here has TON.
fn of_ton() -> Answer {
    let balance = json!({"_": "starsTonAmount", "amount": 0});
    json!({"_": "payments.starsStatus", "balance": balance, "users": [], "chats": []}).into()
}

fn get_status(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let purse = purse(state, account, request)?;
    if flag(request, "ton") {
        return Ok(of_ton());
    }
    let (history, next) = page(&purse.history, "", PAGE);
    let mut more = json!({"history": history, "subscriptions": purse.subscriptions});
    if let Some(next) = next {
        more["next_offset"] = json!(next);
    }
    Ok(status(state, account, purse.stars, more))
}

fn get_transactions(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let purse = purse(state, account, request)?;
    if flag(request, "ton") {
        return Ok(of_ton());
    }
    let (inbound, outbound) = (flag(request, "inbound"), flag(request, "outbound"));
    let mut all = purse.history.clone();
    all.retain(|entry| {
        let amount = entry["amount"]["amount"].as_i64().unwrap_or(0);
        inbound == outbound || (amount > 0) == inbound
    });
    if flag(request, "ascending") {
        all.reverse();
    }
    let (history, next) = page(&all, text(request, "offset"), limit(request));
    let mut more = json!({"history": history});
    if let Some(next) = next {
        more["next_offset"] = json!(next);
    }
    Ok(status(state, account, purse.stars, more))
}

fn get_subscriptions(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let purse = purse(state, account, request)?;
    let more = json!({"subscriptions": purse.subscriptions});
    Ok(status(state, account, purse.stars, more))
}
