//! Gifts the account was given, and what it has and paid.

use serde_json::Value;

use super::{AccountPart, name, text};
use crate::part::{filled, peer};

/// A gift on the profile, or hidden from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gift {
    /// Marked id of who gave it, when that is told.
    pub from: Option<i64>,
    /// When, unix seconds.
    pub date: i64,
    /// What it is called, and which of its kind it is; only gifts that are unique have both.
    pub title: Option<String>,
    /// See `title`.
    pub number: Option<i64>,
    /// What was written to it.
    pub text: String,
    /// What it cost; 0 when not told.
    pub stars: i64,
    /// Document id of its picture.
    pub picture: Option<i64>,
    /// Not shown on the profile.
    pub hidden: bool,
}

/// Stars or TON that were paid or came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// When, unix seconds.
    pub date: i64,
    /// How much came in; less than nothing: was paid. In the smallest unit of the currency.
    pub amount: i64,
    /// `XTR` or `TON`.
    pub currency: &'static str,
    /// Marked id of who paid or was paid.
    pub peer: Option<i64>,
    /// Otherwise what was: the end of the name of a `StarsTransactionPeer`.
    pub place: String,
    /// What it was for.
    pub title: Option<String>,
    /// More about that.
    pub text: Option<String>,
    /// It was given back.
    pub refund: bool,
}

/// Something that is paid for again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// Marked id of what is paid for.
    pub peer: Option<i64>,
    /// Its title, when that is no chat's.
    pub title: Option<String>,
    /// Stars each time.
    pub amount: i64,
    /// Paid until, unix seconds.
    pub until: i64,
    /// It ends then.
    pub canceled: bool,
}

/// The month of a part that holds payments (`stars/transactions/2025-10`); `None` for other parts.
#[must_use]
pub fn month_of_payments(part: &str) -> Option<&str> {
    part.split_once("/transactions/").map(|(_, month)| month)
}

/// Entries of one list that are looked at.
const MOST: usize = 100_000;

impl AccountPart {
    /// The gifts of the part `star_gifts`, the newest first.
    #[must_use]
    pub fn star_gifts(&self) -> Vec<Gift> {
        self.entries("gifts").take(MOST).map(gift).collect()
    }

    /// The payments of a part `stars/transactions/MONTH` or `ton/transactions/MONTH`, the newest
    /// first.
    #[must_use]
    pub fn payments(&self) -> Vec<Payment> {
        self.answers.iter().take(MOST).map(payment).collect()
    }

    /// What the account has, of the part `stars/balance` or `ton/balance`, with its currency.
    #[must_use]
    pub fn balance(&self) -> Option<(i64, &'static str)> {
        let balance = &self.only()["balance"];
        balance.is_object().then(|| amount(balance))
    }

    /// The subscriptions of the part `stars/subscriptions`.
    #[must_use]
    pub fn subscriptions(&self) -> Vec<Subscription> {
        let all = self.entries("subscriptions").take(MOST);
        all.map(|one| Subscription {
            peer: peer(&one["peer"]),
            title: filled(one, "title"),
            amount: one["pricing"]["amount"].as_i64().unwrap_or(0),
            until: one["until_date"].as_i64().unwrap_or(0),
            canceled: one["canceled"] == Value::Bool(true),
        })
        .collect()
    }
}

/// A TL `StarsAmount`. Parts of a star are left out.
fn amount(value: &Value) -> (i64, &'static str) {
    let currency = match name(value) {
        "starsTonAmount" => "TON",
        _ => "XTR",
    };
    (value["amount"].as_i64().unwrap_or(0), currency)
}

fn gift(saved: &Value) -> Gift {
    let gift = &saved["gift"];
    let attributes = gift["attributes"].as_array().into_iter().flatten();
    let mut models = attributes.filter(|one| name(one) == "starGiftAttributeModel");
    let model = models.next().map(|model| &model["document"]["id"]);
    Gift {
        from: peer(&saved["from_id"]),
        date: saved["date"].as_i64().unwrap_or(0),
        title: filled(gift, "title"),
        number: gift["num"].as_i64(),
        text: text(&saved["message"], "text"),
        stars: gift["stars"].as_i64().unwrap_or(0),
        picture: gift["sticker"]["id"]
            .as_i64()
            .or(model.and_then(Value::as_i64)),
        hidden: saved["unsaved"] == Value::Bool(true),
    }
}

fn payment(value: &Value) -> Payment {
    let (amount, currency) = amount(&value["amount"]);
    let with = &value["peer"];
    let place = name(with);
    let place = place.strip_prefix("starsTransactionPeer").unwrap_or(place);
    Payment {
        date: value["date"].as_i64().unwrap_or(0),
        amount,
        currency,
        peer: peer(&with["peer"]),
        place: place.to_owned(),
        title: filled(value, "title"),
        text: filled(value, "description"),
        refund: value["refund"] == Value::Bool(true),
    }
}
