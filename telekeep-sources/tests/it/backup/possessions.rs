//! What the account set up, chose, was given and paid.

use super::account::{answers, entries, parts};
use serde_json::json;

use super::*;

/// The keys of documents in a value, by their ids.
fn documents(values: &[Value]) -> BTreeSet<String> {
    let mut keys = Vec::new();
    let find = |value: &Value| find_files(value, &mut keys);
    values.iter().for_each(find);
    keys.into_iter().collect()
}

fn assert_held(kept: &Kept, part: &str, at_least: usize) {
    let (wanted, held) = (documents(&answers(kept, part)), kept.content().media);
    assert!(wanted.len() >= at_least, "{part}: {wanted:?}");
    for key in wanted {
        assert!(held.contains_key(&key), "{part} {key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_business_set_up_is_kept_with_its_pictures() {
    let rig = Rig::start(20, 200, 2).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let replies = answers(&kept, "quick_replies");
    assert_eq!(entries(&replies, "quick_replies").len(), 3);
    let said: Vec<Value> = entries(&replies[1..], "messages");
    assert_eq!(said.len(), 4);
    assert_eq!(said[2]["message"], "Every umbrella costs 12.");
    assert_held(&kept, "quick_replies", 1);
    let links = entries(&answers(&kept, "business_links"), "links");
    assert_eq!(links[0]["title"], "Flyer");
    let bots = entries(&answers(&kept, "connected_bots"), "connected_bots");
    assert_eq!(bots[0]["device"], "Counter");
    let profile = &answers(&kept, "profile")[0]["full_user"];
    assert_eq!(profile["business_intro"]["title"], "Umbrellas since 1988");
    for setting in ["business_greeting_message", "business_away_message"] {
        assert!(profile[setting].is_object(), "{setting}");
    }

    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(rig.calls("messages.getQuickReplyMessages"), 3, "once a day");
    assert_eq!(rig.run_days_later(&kept, 2).await.new_records, 0);
    assert_eq!(rig.calls("messages.getQuickReplyMessages"), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn wallpapers_themes_and_emoji_in_use_are_kept() {
    let rig = Rig::start(20, 200, 2).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let wallpapers = entries(&answers(&kept, "wallpapers"), "wallpapers");
    assert_eq!(wallpapers.len(), 3);
    for part in ["wallpapers", "themes/tdesktop", "chat_themes"] {
        assert_held(&kept, part, 1);
    }
    assert!(entries(&answers(&kept, "themes/ios"), "themes").is_empty());
    let tags = entries(&answers(&kept, "reactions/tags"), "tags");
    assert_eq!(tags[0]["title"], "umbrellas");
    let statuses = entries(&answers(&kept, "emoji_statuses/recent"), "statuses");
    let reactions = entries(&answers(&kept, "reactions/top"), "reactions");
    let custom = |value: &Value| value["document_id"].as_i64();
    let used: BTreeSet<i64> = statuses
        .iter()
        .chain(&reactions)
        .filter_map(custom)
        .collect();
    assert_eq!(used.len(), 2);
    for id in used {
        assert_eq!(parts(&kept)[&format!("custom_emoji/{id}")].len(), 1);
    }

    // One chat has a picture of its own behind it.
    let full = kept
        .records()
        .into_iter()
        .filter(|record| record.kind == "about");
    let full = full.filter_map(|record| serde_json::from_str::<Value>(record.body.get()).ok());
    let pictures: Vec<Value> = full
        .filter_map(|body| {
            let user = &body["answers"][0]["full_user"];
            user["wallpaper"].is_object().then(|| user.clone())
        })
        .collect();
    assert_eq!(pictures.len(), 1);
    assert_eq!(pictures[0]["theme"]["emoticon"], "🌊");
    let held = kept.content().media;
    assert!(
        documents(&pictures)
            .iter()
            .all(|key| held.contains_key(key))
    );

    let again = rig.run_days_later(&kept, 2).await;
    assert_eq!(again.new_records, 0, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts_and_payments_are_kept_and_a_payment_makes_one_month_new() {
    let rig = Rig::start(20, 200, 2).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let gifts = entries(&answers(&kept, "star_gifts"), "gifts");
    assert_eq!(gifts.len(), 3);
    assert_eq!(gifts[0]["message"]["text"], "For the days without rain");
    assert_held(&kept, "star_gifts", 3);
    let collections = entries(&answers(&kept, "star_gifts/collections"), "collections");
    assert_eq!(collections[0]["title"], "Of the sea");
    let balance = &answers(&kept, "stars/balance")[0];
    assert_eq!(balance["balance"]["amount"], 240);
    assert!(balance["history"].is_null(), "a part of its own");
    let subscriptions = answers(&kept, "stars/subscriptions");
    assert_eq!(entries(&subscriptions, "subscriptions").len(), 1);
    assert_eq!(
        answers(&kept, "ton/balance")[0]["balance"]["_"],
        "starsTonAmount"
    );

    let months = |kept: &Kept| -> BTreeMap<String, usize> {
        let parts = parts(kept).into_iter();
        let months = parts.filter(|(part, _)| part.starts_with("stars/transactions/"));
        months.map(|(part, bodies)| (part, bodies.len())).collect()
    };
    let first = months(&kept);
    let payments = |part: &String| answers(&kept, part).len();
    assert_eq!(first.keys().map(payments).sum::<usize>(), 8);
    assert!(
        first.contains_key("stars/transactions/2025-10"),
        "{first:?}"
    );
    let asked = rig.calls("payments.getStarsTransactions");
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(
        rig.calls("payments.getStarsTransactions"),
        asked,
        "once a day"
    );

    // A payment now, long after all others: the run reads no further than it must.
    let now = i32::try_from(telekeep_sources::spool::system_clock()() / 1000).unwrap();
    rig.cloud
        .world()
        .pay(rig.account(), 40, "A lighthouse", now);
    let summary = rig.run_days_later(&kept, 2).await;
    assert!(summary.complete, "{summary:?}");
    let second = months(&kept);
    let new: Vec<&String> = second
        .keys()
        .filter(|part| !first.contains_key(*part))
        .collect();
    assert_eq!(new.len(), 1, "{second:?}");
    assert!(second.values().all(|versions| *versions == 1));
    assert_eq!(answers(&kept, new[0])[0]["title"], "A lighthouse");
    assert_eq!(answers(&kept, "stars/balance")[0]["balance"]["amount"], 200);
    let more = rig.calls("payments.getStarsTransactions") - asked;
    assert!(more <= 2, "one page of Stars, one of TON, not {more}");

    // A lost spool knows from the journal what is held.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_days_later(&kept, 2).await;
    assert_eq!(months(&kept), second);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_with_the_reason_and_what_fails_is_asked_for_again() {
    let rig = Rig::start(6, 50, 0).await;
    let kept = rig.archive("a").await;
    rig.error(
        "messages.getQuickReplies",
        1,
        403,
        "PREMIUM_ACCOUNT_REQUIRED",
    );
    rig.error("payments.getStarsTransactions", 1, 400, "TROUBLE");
    rig.error("account.getThemes", 1, 400, "THEME_FORMAT_INVALID");
    let summary = rig.run(&kept).await.unwrap();
    let failed: Vec<_> = summary.failures.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(failed, ["stars/transactions"], "{summary:?}");
    let refused = json!({"part": "quick_replies", "unavailable": "PREMIUM_ACCOUNT_REQUIRED"});
    assert_eq!(parts(&kept)["quick_replies"], [refused]);
    assert!(!parts(&kept).contains_key("stars/transactions"));
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert!(parts(&kept).contains_key("stars/transactions"));
    rig.run_days_later(&kept, 2).await;
    assert_eq!(parts(&kept)["quick_replies"].len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn their_files_come_also_when_references_expire() {
    let rig = Rig::start(6, 50, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(
        "upload.getFile",
        1,
        7,
        FaultKind::FileReferenceExpired { all: true },
    );
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    for part in ["wallpapers", "star_gifts", "quick_replies", "chat_themes"] {
        assert_held(&kept, part, 1);
    }
}

/// The pictures of bills are at other sites, and Telegram fetches them.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_bills_are_kept_or_their_site_has_them_no_more() {
    let rig = Rig::start(20, 1500, 2).await;
    let is_bill = |message: &Value| message["media"]["photo"]["_"] == "webDocument";
    let chats = rig.cloud.world().chats(rig.account());
    let bills = chats.iter().flat_map(|chat| &chat.messages);
    assert!(bills.filter(|message| is_bill(message)).count() > 0);
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let pictures = |kept: &Kept| {
        let held = kept.content().media.into_keys();
        held.filter(|key| key.starts_with("web/")).count()
    };
    assert_eq!(pictures(&kept), 1);
    rig.assert_equals_world(&kept);

    let without = rig.archive("b").await;
    let gone = FaultKind::Error {
        code: 400,
        text: "WEBFILE_NOT_AVAILABLE".to_owned(),
    };
    rig.fault("upload.getWebFile", 1, 1, gone);
    let summary = rig.run(&without).await.unwrap();
    let told = &summary.failures;
    assert!(
        told.len() == 1 && told[0].key.starts_with("web/") && told[0].error == "ORIGIN_GONE",
        "{told:?}"
    );
    let again = rig.run(&without).await.unwrap();
    assert_eq!((again.failed, again.complete), (0, true), "{again:?}");
    assert_eq!(pictures(&without), 0);
}
