//! Gifts an account was given, and its Stars: what it has, paid and was paid.

use serde_json::{Value, json};

use super::cast::LAST_DAY;
use super::ids::PeerId;
use super::{AccountId, World};

const DAY: i32 = 86_400;

/// A gift on the profile.
#[derive(Clone, Debug)]
pub(crate) struct Gift {
    /// Its sticker.
    pub(crate) sticker: i64,
    /// The TL `SavedStarGift`, whose gift lacks the sticker.
    pub(crate) saved: Value,
}

/// What an account has and was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Purse {
    pub(crate) stars: i64,
    /// The newest first.
    pub(crate) gifts: Vec<Gift>,
    /// TL `StarsTransaction`s, the newest first.
    pub(crate) history: Vec<Value>,
    /// TL `StarsSubscription`s.
    pub(crate) subscriptions: Vec<Value>,
}

impl Purse {
    /// What the account has from `friend`, pays to `bot` and to `channel`.
    pub(crate) fn fill(
        stickers: &[i64],
        friend: Option<PeerId>,
        bot: Option<PeerId>,
        channel: Option<i64>,
    ) -> Purse {
        Purse {
            stars: 240,
            gifts: gifts(stickers, friend),
            history: history(friend, bot, channel),
            subscriptions: channel.map(subscription).into_iter().collect(),
        }
    }
}

impl World {
    /// The account pays `amount` of its Stars for something called so, at `date`.
    pub fn pay(&self, account: AccountId, amount: i64, title: &str, date: i32) {
        if let Some(account) = self.write().accounts.get_mut(&account) {
            let purse = &mut account.own.purse;
            let payment = json!({
                "_": "starsTransaction", "id": format!("paid{}", purse.history.len()),
                "date": date, "title": title, "peer": {"_": "starsTransactionPeerFragment"},
                "amount": {"_": "starsAmount", "amount": -amount, "nanos": 0},
            });
            purse.stars -= amount;
            purse.history.insert(0, payment);
        }
    }
}

fn user(peer: Option<PeerId>) -> Option<Value> {
    let id = peer?.marked();
    Some(json!({"_": "peerUser", "user_id": id}))
}

fn gifts(stickers: &[i64], friend: Option<PeerId>) -> Vec<Gift> {
    let mut gifts = Vec::new();
    for (n, sticker) in stickers.iter().take(3).enumerate() {
        let place = n as i32 + 1;
        let mut saved = json!({
            "_": "savedStarGift", "date": LAST_DAY - place * 50 * DAY, "msg_id": place,
            "convert_stars": 20, "gift": {
                "_": "starGift", "id": 900 + place, "stars": 25, "convert_stars": 20,
            },
        });
        match (n, user(friend)) {
            (0, Some(from)) => {
                saved["from_id"] = from;
                saved["message"] = json!({"_": "textWithEntities",
                    "text": "For the days without rain", "entities": []});
            }
            (1, _) => saved["gift"] = unique(place),
            _ => saved["name_hidden"] = json!(true),
        }
        gifts.push(Gift {
            sticker: *sticker,
            saved,
        });
    }
    gifts
}

/// One of a kind; its sticker is its model.
fn unique(place: i32) -> Value {
    let rarity = json!({"_": "starGiftAttributeRarity", "permille": 12});
    json!({
        "_": "starGiftUnique", "id": 800 + place, "gift_id": 900 + place,
        "title": "Storm Lantern", "slug": "StormLantern-7", "num": 7,
        "attributes": [
            {"_": "starGiftAttributeBackdrop", "name": "Deep Sea", "backdrop_id": 3,
             "center_color": 0x33_55_77, "edge_color": 0x11_22_33, "pattern_color": 0x44_66_88,
             "text_color": 0xff_ff_ff, "rarity": rarity},
        ],
        "availability_issued": 70, "availability_total": 100,
    })
}

/// An entry of the history.
fn entry(days: i32, amount: i64, peer: Value, more: Value) -> Value {
    let mut entry = json!({
        "_": "starsTransaction", "id": format!("tx{days}"), "date": LAST_DAY - days * DAY,
        "amount": {"_": "starsAmount", "amount": amount, "nanos": 0}, "peer": peer,
    });
    if let (Some(entry), Value::Object(more)) = (entry.as_object_mut(), more) {
        entry.extend(more);
    }
    entry
}

fn history(friend: Option<PeerId>, bot: Option<PeerId>, channel: Option<i64>) -> Vec<Value> {
    let of = |name: &str| json!({ "_": name });
    let peer = |peer: Value| json!({"_": "starsTransactionPeer", "peer": peer});
    let mut all = vec![
        entry(
            3,
            -15,
            of("starsTransactionPeerAPI"),
            json!({"title": "Weather station", "floodskip_number": 3}),
        ),
        entry(9, 500, of("starsTransactionPeerFragment"), json!({})),
        entry(800, 250, of("starsTransactionPeerAppStore"), json!({})),
    ];
    let known = [user(friend), user(bot)];
    if let [Some(friend), Some(bot)] = known {
        all.push(entry(
            50,
            25,
            peer(friend.clone()),
            json!({"gift": true, "description": "For the days without rain"}),
        ));
        all.push(entry(
            60,
            -30,
            peer(bot),
            json!({"title": "Umbrella, yellow", "description": "Delivery by gull",
                "bot_payload": "AQI="}),
        ));
        all.push(entry(400, -10, peer(friend), json!({"refund": true})));
    }
    if let Some(channel) = channel {
        let channel = json!({"_": "peerChannel", "channel_id": channel});
        let month = json!({"subscription_period": 2_592_000, "title": "Harbour news"});
        all.push(entry(30, -50, peer(channel.clone()), month));
        all.push(entry(
            31,
            -1,
            peer(channel),
            json!({"reaction": true, "msg_id": 5}),
        ));
    }
    all.sort_by_key(|entry| std::cmp::Reverse(entry["date"].as_i64()));
    all
}

fn subscription(channel: i64) -> Value {
    json!({
        "_": "starsSubscription", "id": "sub1", "until_date": LAST_DAY + 20 * DAY,
        "peer": {"_": "peerChannel", "channel_id": channel},
        "pricing": {"_": "starsSubscriptionPricing", "period": 2_592_000, "amount": 50},
    })
}
