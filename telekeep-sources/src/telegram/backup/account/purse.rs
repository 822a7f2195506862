//! Gifts the account was given, and its Stars and TON: what it has, paid and was paid.
//!
//! The history of payments only grows, so it is kept month by month: a payment makes a version of
//! its month and not of everything before. A run reads the newest pages, back to the beginning of
//! the month that was [`SETTLED`] before the last look; what is older changes no more.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::answer::{Answer, print};
use super::parts::{PAGE, Paging, Part};
use super::{News, Told, is_fresh};
use crate::spool::{AccountPart, Shelf};
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::run::{Engine, Halt};

/// Milliseconds after which a payment is neither pending nor given back: three weeks are the
/// server's own limit.
const SETTLED: i64 = 35 * 24 * 60 * 60 * 1000;

/// The parts with what was paid, of Stars and of TON.
pub(super) const HISTORIES: [&str; 2] = ["stars/transactions", "ton/transactions"];

/// What is paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coin {
    Stars,
    Ton,
}

impl Coin {
    /// The name of the part with its history.
    fn part(self) -> &'static str {
        match self {
            Coin::Stars => HISTORIES[0],
            Coin::Ton => HISTORIES[1],
        }
    }

    fn shelf(self) -> Shelf {
        match self {
            Coin::Stars => Shelf::Stars,
            Coin::Ton => Shelf::Ton,
        }
    }

    /// A request about what the account has of it.
    fn request(self, method: &str) -> Value {
        let mut request = json!({"_": method, "peer": {"_": "inputPeerSelf"}});
        if self == Coin::Ton {
            request["ton"] = json!(true);
        }
        request
    }

    fn history(self) -> Part {
        let mut request = self.request("payments.getStarsTransactions");
        request["offset"] = json!("");
        request["limit"] = json!(PAGE);
        Part::new(self.part(), request)
            .paged(NEXT)
            .with_files(self.shelf())
    }
}

const NEXT: Paging = Paging::Next("next_offset");

/// The parts that are asked for as a whole.
pub(super) fn parts() -> Vec<Part> {
    let own = json!({"_": "inputPeerSelf"});
    let gifts = json!({
        "_": "payments.getSavedStarGifts", "peer": own, "offset": "", "limit": PAGE,
    });
    let collections = json!({"_": "payments.getStarGiftCollections", "peer": own, "hash": 0});
    let subscriptions = json!({"_": "payments.getStarsSubscriptions", "peer": own, "offset": ""});
    let balance = |coin: Coin| coin.request("payments.getStarsStatus");
    vec![
        Part::new("star_gifts", gifts)
            .paged(NEXT)
            .with_files(Shelf::StarGifts),
        Part::new("star_gifts/collections", collections).with_files(Shelf::GiftCollections),
        Part::new("stars/balance", balance(Coin::Stars)),
        Part::new("stars/subscriptions", subscriptions)
            .paged(Paging::Next("subscriptions_next_offset")),
        Part::new("ton/balance", balance(Coin::Ton)),
    ]
}

/// The history that a shelf shows.
pub(super) fn history(shelf: Shelf) -> Option<Part> {
    let coins = [Coin::Stars, Coin::Ton];
    let coin = coins.into_iter().find(|coin| coin.shelf() == shelf)?;
    Some(coin.history())
}

/// Leaves out of an answer about what the account has what is a part of its own.
pub(super) fn balance_alone(part: &str, answers: &mut [Value]) {
    let also: &[&str] = match part {
        "stars/balance" | "ton/balance" => &[
            "history",
            "next_offset",
            "subscriptions",
            "subscriptions_next_offset",
        ],
        "stars/subscriptions" => &["history", "next_offset", "balance"],
        _ => return,
    };
    for fields in answers.iter_mut().filter_map(Value::as_object_mut) {
        fields.retain(|name, _| !also.contains(&name.as_str()));
    }
}

/// Year and month, in UTC.
type Month = (i16, i8);

fn month(seconds: i64) -> Option<Month> {
    let time = Timestamp::from_second(seconds).ok()?;
    let date = time.to_zoned(TimeZone::UTC).date();
    Some((date.year(), date.month()))
}

/// The first second of a month.
fn first_second((year, month): Month) -> Option<i64> {
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    let time = first.to_zoned(TimeZone::UTC).ok()?;
    Some(time.timestamp().as_second())
}

/// From when on the history is to be read again, after a look at this time (unix milliseconds).
fn unsettled(looked: i64) -> Option<i64> {
    first_second(month((looked - SETTLED).div_euclid(1000))?)
}

/// The payments since a moment, by month, each once.
fn months(answers: &[Value], since: i64) -> BTreeMap<Month, Vec<Value>> {
    let pages = answers.iter();
    let all = pages.filter_map(|answer| answer["history"].as_array());
    let (mut months, mut seen) = (BTreeMap::<Month, Vec<Value>>::new(), HashSet::new());
    for payment in all.flatten() {
        let date = payment["date"].as_i64().unwrap_or(0);
        let refund = payment["refund"].as_bool() == Some(true);
        // What was given back has the number of what was paid.
        let id = (payment["id"].to_string(), refund);
        if let Some(month) = month(date).filter(|_| date >= since)
            && seen.insert(id)
        {
            months.entry(month).or_default().push(payment.clone());
        }
    }
    months
}

impl Engine {
    pub(super) async fn ask_payments(
        &self,
        known: &HashMap<String, AccountPart>,
        now: i64,
    ) -> Result<(), Halt> {
        for coin in [Coin::Stars, Coin::Ton] {
            let known = known.get(coin.part());
            if known.is_some_and(|known| is_fresh(known, now)) {
                continue;
            }
            // Of a spool that was lost and of what was refused nobody knows what is held.
            let looked = known.map(|known| known.told).filter(|told| *told > 0);
            self.ask_payments_in(coin, looked.and_then(unsettled))
                .await?;
        }
        Ok(())
    }

    async fn ask_payments_in(&self, coin: Coin, since: Option<i64>) -> Result<(), Halt> {
        let since = since.unwrap_or(i64::MIN);
        let mut answer = Answer::default();
        let part = coin.history().since(since);
        let news = match self.take_pages(part, 0, &mut answer).await? {
            Err(refusal) => refusal.of_part(coin.part().to_owned(), 0),
            Ok(_) => {
                for (month, payments) in months(answer.answers(), since) {
                    let news = Box::new(News::Told(of_month(coin, month, payments)));
                    self.store(Item::Account { news }).await?;
                }
                let mut told = answer.told(coin.part().to_owned(), 0);
                told.answers.clear();
                told.print = print(&told.part, &[]);
                News::Told(told)
            }
        };
        let news = Box::new(news);
        self.store(Item::Account { news }).await
    }
}

fn of_month(coin: Coin, (year, month): Month, payments: Vec<Value>) -> Told {
    let part = format!("{}/{year:04}-{month:02}", coin.part());
    Told {
        print: print(&part, &payments),
        part,
        answers: payments,
        hash: 0,
        peers: Vec::new(),
        files: Vec::new(),
        emoji: Vec::new(),
        notes: Map::new(),
    }
}

/// Fields of gifts that change by themselves: how many are left, what they would bring today.
pub(super) const GIFT_VOLATILE: &[&str] = &[
    "next_offset",
    "availability_remains",
    "availability_resale",
    "availability_issued",
    "last_sale_date",
    "resell_min_stars",
    "offer_min_stars",
    "value_amount",
    "value_usd_amount",
    "per_user_remains",
    "upgrade_variants",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_in_utc() {
        let noon = 1_761_912_000; // 31 October 2025, 12:00
        assert_eq!(month(noon), Some((2025, 10)));
        assert_eq!(first_second((2025, 10)), Some(1_759_276_800));
        assert_eq!(month(1_759_276_799), Some((2025, 9)));
        // 35 days before the end of October is the 26th of September.
        assert_eq!(unsettled(noon * 1000), first_second((2025, 9)));
        assert_eq!(unsettled(i64::MAX), None);
    }

    #[test]
    fn payments_are_each_once_in_their_month() {
        let payment = |id: &str, date: i64| json!({"id": id, "date": date});
        let back = json!({"id": "b", "date": 1_759_276_799, "refund": true});
        let answers = [
            json!({"history": [payment("a", 1_761_912_000), payment("b", 1_759_276_800)]}),
            json!({"history": [payment("b", 1_759_276_800), back, payment("c", 5), 7]}),
        ];
        let found = months(&answers, 1_000_000);
        let counts: Vec<_> = found.iter().map(|(m, all)| (*m, all.len())).collect();
        assert_eq!(counts, [((2025, 9), 1), ((2025, 10), 2)]);
        assert!(months(&answers, i64::MIN).contains_key(&(1970, 1)));
    }
}
