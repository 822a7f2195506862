//! Who reacted and who voted, where messages do not name everybody.

use serde_json::json;

use telekeep_sources::spool::system_clock;

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Asking, as it is so many days later.
fn later(days: i64) -> Options {
    let now = system_clock();
    Options {
        clock: Arc::new(move || now() + days * DAY),
        ..asking()
    }
}

fn asking() -> Options {
    Options {
        who_reacted: true,
        ..Options::default()
    }
}

/// Bodies of the records of a kind, by chat and message.
fn of(kept: &Kept, kind: &str) -> BTreeMap<(i64, i64), Vec<Value>> {
    let mut found: BTreeMap<(i64, i64), Vec<Value>> = BTreeMap::new();
    for record in kept.records() {
        if record.kind == kind {
            let body = serde_json::from_str(record.body.get()).unwrap();
            let key = (record.chat.unwrap(), record.id.unwrap());
            found.entry(key).or_default().push(body);
        }
    }
    found
}

/// How many reacted to a message, and how many it names.
fn counts(message: &Value) -> (u64, u64) {
    let reactions = &message["reactions"];
    let list = |field: &str| reactions[field].as_array().cloned().unwrap_or_default();
    let all = list("results")
        .iter()
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    let may = reactions["can_see_list"] == true;
    (
        if may { all } else { 0 },
        list("recent_reactions").len() as u64,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_for_unless_the_owner_wants_it() {
    let rig = Rig::start(12, 600, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    assert_eq!(rig.calls("messages.getMessageReactionsList"), 0);
    let pages = rig.calls("messages.getHistory");
    // Wanting it later asks about what is held already, and lists nothing anew.
    let summary = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert!(!of(&kept, "reactions").is_empty());
    assert_eq!(rig.calls("messages.getHistory"), pages);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_kept_once_where_a_message_names_only_some() {
    let rig = Rig::start(30, 1500, 0).await;
    let kept = rig.archive("a").await;
    let summary = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let (reactions, votes) = (of(&kept, "reactions"), of(&kept, "votes"));
    let mut wanted = 0;
    for (key, message) in &kept.content().messages {
        let (all, named) = counts(message);
        let held = reactions.get(key);
        assert_eq!(held.is_some(), all > named, "{key:?} {message}");
        if let Some(held) = held {
            wanted += 1;
            assert_eq!(held.len(), 1);
            let people = held[0]["reactions"].as_array().unwrap();
            assert_eq!(held[0]["count"].as_u64(), Some(people.len() as u64));
            assert_eq!(
                held[0]["users"],
                json!([]),
                "people are records of their own"
            );
            assert!(people.len() as u64 >= named && held[0].get("next_offset").is_none());
        }
        let poll = &message["media"]["poll"];
        let voters = message["media"]["results"]["total_voters"].as_u64();
        let voted = poll["public_voters"] == true && voters > Some(0);
        assert_eq!(votes.contains_key(key), voted, "{key:?}");
    }
    assert!(wanted > 20 && !votes.is_empty(), "{wanted} {}", votes.len());

    // What did not change is not asked again, not even by a computer that lost its spool.
    let asked = rig.calls("messages.getMessageReactionsList");
    let again = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert_eq!(again.new_records, 0, "{again:?}");
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert_eq!(rig.calls("messages.getMessageReactionsList"), asked);
    assert_eq!(of(&kept, "reactions"), reactions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_keeps_nobody_else_waiting_and_is_tried_again() {
    let rig = Rig::start(30, 1500, 0).await;
    let kept = rig.archive("a").await;
    rig.error("messages.getPollVotes", 1, 406, "VOTES_DOWN");
    let summary = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    let failed: Vec<&str> = summary.failures.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(failed, ["who_reacted"]);
    let (reactions, votes) = (of(&kept, "reactions").len(), of(&kept, "votes").len());
    let summary = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert!(
        summary.complete && summary.failures.is_empty(),
        "{summary:?}"
    );
    assert_eq!(of(&kept, "reactions").len(), reactions);
    assert_eq!(of(&kept, "votes").len(), votes + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_recorded_once_and_asked_about_again_after_a_week() {
    let rig = Rig::start(30, 1500, 0).await;
    let kept = rig.archive("a").await;
    let method = "messages.getMessageReactionsList";
    rig.error(method, 1, 403, "CHAT_ADMIN_REQUIRED");
    let summary = rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert!(
        summary.complete && summary.failures.is_empty(),
        "{summary:?}"
    );
    let refused = json!({"unavailable": "CHAT_ADMIN_REQUIRED"});
    let all = of(&kept, "reactions");
    let (key, _) = all.iter().find(|(_, held)| held[0] == refused).unwrap();
    let bodies = || of(&kept, "reactions").remove(key).unwrap();
    let days = |days: i64| {
        let (rig, kept) = (&rig, &kept);
        async move {
            let asked = rig.calls(method);
            rig.run_with(kept, &later(days), &Stop::new())
                .await
                .unwrap();
            rig.calls(method) - asked
        }
    };
    assert_eq!(days(6).await, 0);
    rig.error(method, 1, 403, "CHAT_ADMIN_REQUIRED");
    assert_eq!(days(8).await, 1);
    assert_eq!(
        bodies(),
        std::slice::from_ref(&refused),
        "the same answer is no news"
    );
    assert_eq!(days(9).await, 0);
    assert!(days(16).await >= 1);
    assert_eq!(bodies().len(), 2);
    assert!(bodies()[1]["reactions"].is_array());
    assert_eq!(days(30).await, 0, "it is told now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_known_without_the_spool_too() {
    let rig = Rig::start(30, 1500, 0).await;
    let kept = rig.archive("a").await;
    let method = "messages.getPollVotes";
    rig.error(method, 1, 403, "POLL_VOTE_REQUIRED");
    rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    let (asked, held) = (rig.calls(method), of(&kept, "votes"));
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_with(&kept, &asking(), &Stop::new()).await.unwrap();
    assert_eq!(
        (rig.calls(method), of(&kept, "votes")),
        (asked, held.clone())
    );
    rig.run_with(&kept, &later(8), &Stop::new()).await.unwrap();
    let now = of(&kept, "votes");
    assert!(rig.calls(method) > asked);
    let told = now.values().filter(|bodies| bodies.len() == 2);
    assert_eq!(told.count(), 1, "only the one that was refused");
}
