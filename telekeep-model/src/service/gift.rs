//! What was given, won, offered and returned: Premium, stars, collectible gifts, prizes of giveaways.
//!
//! The first sentence says what it was. What became of it, what it cost and the words that came with
//! it follow as remarks, each behind a [`Part::Also`], so that each is translated on its own.

use serde_json::Value;

use super::{Fields, Part, act, text, with};

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Names of a unique gift's traits that are told: its model, pattern and backdrop.
const TRAITS: usize = 3;

/// The sentence of an action that gives something; `None` for another.
pub(super) fn parts(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    premium_and_stars(action, f)
        .or_else(|| collectible(action, f))
        .or_else(|| returned(action, f))
}

fn premium_and_stars(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    let told = match action {
        "GiftPremium" => Told::new(premium(" gave Telegram Premium", f)).cost(f),
        "GiftCode" => Told::new(premium(" gave a code for Telegram Premium", f))
            .with("boost_peer", "from ", f)
            .when(f.flag("via_giveaway"), "won in a giveaway")
            .when(f.flag("unclaimed"), "nobody claimed it")
            .cost(f),
        "GiftStars" => Told::new(with(" gave ", vec![f.stars()])).cost(f),
        "GiftTon" => {
            let (amount, currency) = (f.int("crypto_amount"), f.str("crypto_currency"));
            let given = match currency.is_empty() {
                true => "TON".to_owned(),
                false => currency,
            };
            Told::new(with(" gave ", vec![Part::Money(amount, given)])).cost(f)
        }
        "PrizeStars" => Told::new(vec![
            text("A giveaway of "),
            f.peer("boost_peer"),
            text(" brought "),
            f.stars(),
        ])
        .when(f.flag("unclaimed"), "nobody claimed it"),
        "GiveawayLaunch" if f.count("stars") > 0 => {
            Told::new(with(" started a giveaway of ", vec![f.stars()]))
        }
        "GiveawayLaunch" => Told::new(act(" started a giveaway")),
        "GiveawayResults" => drawn(f),
        _ => return None,
    };
    Some(told.words(f, "message").0)
}

/// `words`, and for how long: layers until 216 count months, later ones days.
fn premium(words: &str, f: &Fields<'_>) -> Vec<Part> {
    let days = match f.count("days") {
        0 => match f.count("months") {
            months if months > 0 && months.is_multiple_of(12) => (months / 12).saturating_mul(365),
            months => months.saturating_mul(31),
        },
        days => days,
    };
    match days {
        0 => act(words),
        days => with(
            &format!("{words} for "),
            vec![Part::Period(days.saturating_mul(DAY))],
        ),
    }
}

fn drawn(f: &Fields<'_>) -> Told {
    let unclaimed = f.count("unclaimed_count");
    let winners = match f.count("winners_count") {
        1 => act(" drew one winner"),
        winners => act(&format!(" drew {winners} winners")),
    };
    Told::new(winners)
        .when(f.flag("stars"), "the prizes are stars")
        .when(unclaimed > 0, &format!("unclaimed prizes: {unclaimed}"))
}

fn collectible(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    Some(match action {
        "StarGift" => plain(f),
        "StarGiftUnique" => unique(f),
        "StarGiftPurchaseOffer" => {
            let offer = offer(" offered ", " offered to buy a gift", f);
            offer
                .when(f.flag("accepted"), "accepted")
                .when(f.flag("declined"), "declined")
                .0
        }
        "StarGiftPurchaseOfferDeclined" => {
            let words = match f.flag("expired") {
                true => " let an offer expire: ",
                false => " declined ",
            };
            offer(words, " declined an offer for a gift", f).0
        }
        _ => return None,
    })
}

/// A gift out of many alike, bought for stars.
fn plain(f: &Fields<'_>) -> Vec<Part> {
    let gift = f.object("gift");
    let (title, price) = (gift.str("title"), gift.int("stars"));
    let mut given = match title.is_empty() {
        true => act(" gave a gift"),
        false => with(" gave the gift ", vec![Part::Quote(title)]),
    };
    if price > 0 {
        given.extend([text(" ("), gift.stars(), text(")")]);
    }
    let number = f.count("gift_num");
    Told::new(given)
        .when(number > 0, &format!("number {number}"))
        .with("peer", "to ", f)
        .when(f.flag("auction_acquired"), "won in an auction")
        .when(f.flag("name_hidden"), "the giver is not shown to others")
        .when(f.flag("saved"), "shown on the profile")
        .when(f.flag("prepaid_upgrade"), "making it unique is paid for")
        .when(f.flag("upgraded"), "made unique")
        .sold(f.flag("converted"), f.money("convert_stars"))
        .when(f.flag("refunded"), "refunded")
        .words(f, "message")
        .0
}

/// A gift of which there is one, with a number.
fn unique(f: &Fields<'_>) -> Vec<Part> {
    let gift = f.object("gift");
    let words = match () {
        () if f.flag("upgrade") => " made a gift unique: ",
        () if f.flag("craft") => " crafted the unique gift ",
        () if f.flag("from_offer") => " sold the unique gift ",
        () if f.flag("transferred") => " passed on the unique gift ",
        () => " gave the unique gift ",
    };
    let given = match unique_name(&gift) {
        Some(name) => with(words, vec![Part::Quote(name)]),
        None => act(" gave a gift"),
    };
    let paid = f.object("resale_amount").amount();
    Told::new(given)
        .also(traits(&gift).map(|traits| vec![Part::Quote(traits)]))
        .with("peer", "to ", f)
        .also(paid.map(|paid| vec![text("price: "), paid]))
        .when(f.flag("name_hidden"), "the giver is not shown to others")
        .when(f.flag("saved"), "shown on the profile")
        .when(f.flag("refunded"), "refunded")
        .words(f, "message")
        .0
}

/// `Plush Pepe #12`
fn unique_name(gift: &Fields<'_>) -> Option<String> {
    let (title, number) = (gift.str("title"), gift.count("num"));
    match (title.is_empty(), number) {
        (true, _) => Some(gift.str("slug")).filter(|slug| !slug.is_empty()),
        (false, 0) => Some(title),
        (false, number) => Some(format!("{title} #{number}")),
    }
}

/// Names of what it looks like.
fn traits(gift: &Fields<'_>) -> Option<String> {
    let attributes = gift.0.get("attributes").and_then(Value::as_array)?;
    let names = attributes
        .iter()
        .filter_map(|trait_| trait_.get("name")?.as_str())
        .filter(|name| !name.is_empty());
    let names: Vec<_> = names.take(TRAITS).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// "Actor WORDS amount for the gift “TITLE”"; `bare` when that is not told.
fn offer(words: &str, bare: &str, f: &Fields<'_>) -> Told {
    let price = f.object("price").amount();
    Told::new(match (price, unique_name(&f.object("gift"))) {
        (Some(price), Some(name)) => with(
            words,
            vec![price, text(" for the gift "), Part::Quote(name)],
        ),
        _ => act(bare),
    })
}

fn returned(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    Some(match action {
        "PaymentRefunded" if f.int("total_amount") > 0 => vec![
            f.peer("peer"),
            text(" returned "),
            Part::Money(f.int("total_amount"), f.str("currency")),
        ],
        "PaymentRefunded" => act(" received a refund"),
        "PaidMessagesRefunded" if f.int("stars") > 0 => {
            with(" returned ", vec![f.stars(), text(" for paid messages")])
        }
        "PaidMessagesRefunded" => act(" refunded paid messages"),
        "GramTransfer" => Told::new(act(" transferred money")).words(f, "comment").0,
        _ => return None,
    })
}

impl Fields<'_> {
    /// What a field holds; nothing is an empty object.
    fn object(&self, field: &str) -> Fields<'_> {
        Fields(self.0.get(field).unwrap_or(&Value::Null))
    }

    /// So many stars, where it is any.
    fn money(&self, field: &str) -> Option<Part> {
        let stars = self.int(field);
        (stars > 0).then(|| Part::Money(stars, "XTR".to_owned()))
    }

    /// A `StarsAmount`: stars, or TON.
    fn amount(&self) -> Option<Part> {
        let amount = self.int("amount");
        let currency = match self.str("_").as_str() {
            "starsTonAmount" => "TON",
            _ => "XTR",
        };
        (amount > 0).then(|| Part::Money(amount, currency.to_owned()))
    }
}

/// A sentence that remarks are added to.
struct Told(Vec<Part>);

impl Told {
    fn new(sentence: Vec<Part>) -> Self {
        Self(sentence)
    }

    fn also(mut self, remark: Option<Vec<Part>>) -> Self {
        if let Some(remark) = remark {
            self.0.push(Part::Also);
            self.0.extend(remark);
        }
        self
    }

    fn when(self, it_is_so: bool, words: &str) -> Self {
        self.also(it_is_so.then(|| vec![text(words)]))
    }

    /// `words` and somebody, where the field names somebody.
    fn with(self, field: &str, words: &str, f: &Fields<'_>) -> Self {
        let peer = f.peer(field);
        let named = matches!(peer, Part::Peer(_));
        self.also(named.then(|| vec![text(words), peer]))
    }

    /// What was paid for it in money.
    fn cost(self, f: &Fields<'_>) -> Self {
        let (amount, currency) = (f.int("amount"), f.str("currency"));
        let paid = amount > 0 && !currency.is_empty();
        self.also(paid.then(|| vec![text("price: "), Part::Money(amount, currency)]))
    }

    fn sold(self, it_was: bool, stars: Option<Part>) -> Self {
        self.also(it_was.then(|| match stars {
            Some(stars) => vec![text("exchanged for "), stars],
            None => vec![text("exchanged for stars")],
        }))
    }

    /// Words of the giver: a string, or a text with formatting.
    fn words(self, f: &Fields<'_>, field: &str) -> Self {
        let words = match f.str(field) {
            words if words.is_empty() => f.object(field).str("text"),
            words => words,
        };
        self.also((!words.is_empty()).then(|| vec![Part::Quote(words)]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sentence;

    fn said(action: &str) -> String {
        let (said, unsupported) = sentence(&format!(r#"{{"_":"messageAction{action}}}"#));
        assert!(unsupported.is_empty(), "{unsupported:?}");
        said
    }

    #[test]
    fn premium_says_for_how_long() {
        // As layer 216 has it, and as later ones do.
        let months = r#"GiftPremium","months":3,"currency":"EUR","amount":1199"#;
        assert_eq!(
            said(months),
            "Ada gave Telegram Premium for 3 months · price: 11.99 EUR"
        );
        for (fields, long) in [
            (r#""months":12"#, "1 year"),
            (r#""months":6"#, "6 months"),
            (r#""days":90"#, "3 months"),
            (r#""days":365"#, "1 year"),
            (r#""days":10"#, "10 days"),
        ] {
            let told = said(&format!(r#"GiftPremium",{fields}"#));
            assert_eq!(told, format!("Ada gave Telegram Premium for {long}"));
        }
        let code = r#"GiftCode","days":30,"slug":"abc","via_giveaway":true,"unclaimed":true,
            "boost_peer":{"_":"peerChannel","channel_id":5},
            "message":{"_":"textWithEntities","text":"Enjoy","entities":[]}"#;
        assert_eq!(
            said(code),
            "Ada gave a code for Telegram Premium for 1 month · from #-1000000000005 · \
             won in a giveaway · nobody claimed it · “Enjoy”"
        );
    }

    #[test]
    fn stars_ton_and_prizes() {
        let stars = r#"GiftStars","stars":50,"currency":"USD","amount":99"#;
        assert_eq!(said(stars), "Ada gave 50 stars · price: 0.99 USD");
        let ton = r#"GiftTon","currency":"USD","amount":500,"crypto_currency":"TON","crypto_amount":1500000000"#;
        assert_eq!(said(ton), "Ada gave 1.5 TON · price: 5.00 USD");
        let prize =
            r#"PrizeStars","stars":5,"boost_peer":{"_":"peerUser","user_id":9},"unclaimed":true"#;
        assert_eq!(
            said(prize),
            "A giveaway of #9 brought 5 stars · nobody claimed it"
        );
        assert_eq!(
            said(r#"GiveawayLaunch","stars":100"#),
            "Ada started a giveaway of 100 stars"
        );
        assert_eq!(
            said(r#"GiveawayResults","winners_count":3,"unclaimed_count":2,"stars":true"#),
            "Ada drew 3 winners · the prizes are stars · unclaimed prizes: 2"
        );
    }

    #[test]
    fn a_gift_and_what_became_of_it() {
        let gift = r#"StarGift","gift":{"_":"starGift","stars":50,"title":"Cake"},"converted":true,
            "convert_stars":42,"gift_num":7,"peer":{"_":"peerChannel","channel_id":5},
            "message":{"_":"textWithEntities","text":"Happy birthday","entities":[]}"#;
        assert_eq!(
            said(gift),
            "Ada gave the gift “Cake” (50 stars) · number 7 · to #-1000000000005 · \
             exchanged for 42 stars · “Happy birthday”"
        );
        let kept = r#"StarGift","gift":{"_":"starGift","stars":1},"saved":true,"upgraded":true,
            "name_hidden":true"#;
        assert_eq!(
            said(kept),
            "Ada gave a gift (1 star) · the giver is not shown to others · shown on the profile · \
             made unique"
        );
    }

    #[test]
    fn a_unique_gift_has_a_name_and_a_number() {
        let gift = r#""gift":{"_":"starGiftUnique","title":"Plush Pepe","num":12,"slug":"PlushPepe-12",
            "attributes":[{"_":"starGiftAttributeModel","name":"Neon"},
                {"_":"starGiftAttributeBackdrop","name":"Sapphire"},
                {"_":"starGiftAttributeOriginalDetails","date":1}]}"#;
        let told = |flags: &str| said(&format!(r#"StarGiftUnique",{flags}{gift}"#));
        assert_eq!(
            told(""),
            "Ada gave the unique gift “Plush Pepe #12” · “Neon, Sapphire”"
        );
        for (flag, words) in [
            ("upgrade", "Ada made a gift unique: “"),
            ("transferred", "Ada passed on the unique gift “"),
            ("from_offer", "Ada sold the unique gift “"),
            ("craft", "Ada crafted the unique gift “"),
        ] {
            let told = told(&format!(r#""{flag}":true,"#));
            assert!(told.starts_with(words), "{told}");
        }
        let bought = told(r#""resale_amount":{"_":"starsTonAmount","amount":2000000000},"#);
        assert!(bought.ends_with(" · price: 2 TON"), "{bought}");
        let offered = format!(
            r#"StarGiftPurchaseOffer","accepted":true,"price":{{"_":"starsAmount","amount":900,"nanos":0}},{gift}"#
        );
        assert_eq!(
            said(&offered),
            "Ada offered 900 stars for the gift “Plush Pepe #12” · accepted"
        );
        let expired = offered.replace(r#"Offer","accepted""#, r#"OfferDeclined","expired""#);
        assert_eq!(
            said(&expired),
            "Ada let an offer expire: 900 stars for the gift “Plush Pepe #12”"
        );
    }

    #[test]
    fn money_that_came_back() {
        let refund = r#"PaymentRefunded","peer":{"_":"peerUser","user_id":9},"currency":"EUR","total_amount":999"#;
        assert_eq!(said(refund), "#9 returned 9.99 EUR");
        assert_eq!(
            said(r#"PaidMessagesRefunded","count":2,"stars":20"#),
            "Ada returned 20 stars for paid messages"
        );
    }

    #[test]
    fn what_is_not_told_or_makes_no_sense_is_left_out() {
        assert_eq!(said(r#"GiftPremium""#), "Ada gave Telegram Premium");
        assert_eq!(
            said(r#"GiftPremium","months":-3"#),
            "Ada gave Telegram Premium"
        );
        let long = said(r#"GiftPremium","days":9223372036854775807"#);
        assert!(long.starts_with("Ada gave Telegram Premium for "), "{long}");
        assert_eq!(
            said(r#"StarGift","gift":7,"message":[]"#),
            "Ada gave a gift"
        );
        assert_eq!(
            said(r#"StarGiftUnique","gift":{"attributes":{"name":"x"}}"#),
            "Ada gave a gift"
        );
        assert_eq!(
            said(r#"StarGiftPurchaseOffer","price":{"amount":-1}"#),
            "Ada offered to buy a gift"
        );
    }
}
