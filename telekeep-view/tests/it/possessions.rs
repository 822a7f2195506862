//! What the account set up, was given and paid, on its pages and in search.

use axum::http::StatusCode;

use crate::support::{Maker, Site};

fn site() -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada <b>Lovelace</b>");
    let part = |maker: &mut Maker, name: &str, answers: &str| {
        let answers = answers.replace('\n', " ");
        let body = format!(r#"{{"part":"{name}","answers":[{answers}]}}"#);
        maker.record("account", "", &body);
    };
    let full = r#"{"_":"users.userFull","full_user":{"_":"userFull",
        "business_intro":{"title":"Umbrellas","description":"Ask <i>me</i>"},
        "business_away_message":{"shortcut_id":3}}}"#;
    part(&mut maker, "profile", full);
    let replies = r#"{"_":"messages.quickReplies","quick_replies":[{"shortcut_id":3,"shortcut":"prices<u>"}],"messages":[]},
        {"_":"messages.messages","messages":[{"_":"message","id":8,"peer_id":{"_":"peerUser","user_id":9},"date":5,
         "message":"Every <s>hat</s> costs 12.","quick_reply_shortcut_id":3}]}"#;
    part(&mut maker, "quick_replies", replies);
    let links =
        r#"{"links":[{"link":"https://t.me/m/x","title":"Flyer","message":"I saw it","views":4}]}"#;
    part(&mut maker, "business_links", links);
    let gifts = r#"{"gifts":[{"date":1600000000,"from_id":{"_":"peerUser","user_id":5},
        "message":{"text":"For the <q>rain</q>"},"gift":{"_":"starGiftUnique","title":"Lantern","num":7}}]}"#;
    part(&mut maker, "star_gifts", gifts);
    let balance = r#"{"balance":{"_":"starsAmount","amount":240}}"#;
    part(&mut maker, "stars/balance", balance);
    for month in 1..=9 {
        let payment = |n: i64| {
            format!(
                r#"{{"_":"starsTransaction","date":{},"title":"Hat {month}-{n}","amount":{{"amount":{}}},
                "peer":{{"_":"starsTransactionPeerAppStore"}}}}"#,
                1_600_000_000 + month * 2_678_400 + n,
                -n
            )
        };
        let payments: Vec<String> = (1..=30).map(payment).collect();
        let name = format!("stars/transactions/2020-0{month}");
        part(&mut maker, &name, &payments.join(","));
    }
    let tags =
        r#"{"tags":[{"reaction":{"_":"reactionEmoji","emoticon":"☂"},"title":"umbrellas"}]}"#;
    part(&mut maker, "reactions/tags", tags);
    maker.site()
}

#[tokio::test]
async fn the_page_of_the_account_shows_business_gifts_and_balance() {
    let page = site().get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for wanted in [
        "Umbrellas · Ask &#60;i&#62;me&#60;/i&#62;",
        "When away",
        "/prices&#60;u&#62;",
        "Every &lt;s&gt;hat&lt;/s&gt; costs 12.",
        "https://t.me/m/x",
        "Lantern #7",
        "For the &#60;q&#62;rain&#60;/q&#62;",
        "href=\"/profile/5\"",
        "240 stars",
        "href=\"/payments\">270 payments",
        "☂ umbrellas",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("<s>hat"), "texts are texts");
}

#[tokio::test]
async fn payments_are_shown_month_by_month_the_newest_first() {
    let site = site();
    let first = site.get("/payments").await;
    assert_eq!(first.status, StatusCode::OK);
    let text = first.text();
    assert!(
        text.contains("Hat 9-30") && text.contains("−30 stars"),
        "{text}"
    );
    assert!(text.contains("App Store"));
    assert!(text.find("Hat 9-30") < text.find("Hat 8-1"), "newest first");
    assert!(
        text.contains("Hat 6-1") && !text.contains("Hat 5-"),
        "whole months"
    );
    let older = site.get("/payments?before=2020-06").await;
    assert!(older.text().contains("Hat 5-30") && !older.text().contains("Hat 6-"));
    let last = site.get("/payments?before=2020-02").await;
    assert!(last.text().contains("Hat 1-1<") && !last.text().contains("before="));
    let odd = site.get("/payments?before=%3Cscript%3E").await;
    assert!(odd.status == StatusCode::OK && !odd.text().contains("<script>%"));
}

#[tokio::test]
async fn a_search_finds_what_the_account_says() {
    let site = site();
    for (words, wanted) in [
        ("flyer", "https://t.me/m/x"),
        ("lantern", "For the &#60;q&#62;rain"),
        ("hat costs", "prices&#60;u&#62;"),
        ("umbrellas", "Ask &#60;i&#62;me"),
    ] {
        let page = site
            .get(&format!("/search?q={}", words.replace(' ', "+")))
            .await;
        assert!(page.text().contains(wanted), "{words}: {}", page.text());
    }
    let none = site.get("/search?q=lighthouse").await;
    assert!(!none.text().contains("class=\"own\""));
}
