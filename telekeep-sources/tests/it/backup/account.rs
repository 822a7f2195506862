//! What belongs to the account itself: every part, every version of it once.

use serde_json::json;
use telekeep_cloud::world::ChatKind;
use telekeep_sources::spool::system_clock;
use telekeep_sources::telegram::backup::{MediaSelection, Selection, Takeouts};

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Options of a run so many days from now: what is asked once a day is asked again.
fn days_later(days: i64) -> Options {
    let now = system_clock();
    Options {
        clock: Arc::new(move || now() + days * DAY),
        ..Options::default()
    }
}

impl Rig {
    pub(super) async fn run_days_later(&self, kept: &Kept, days: i64) -> Summary {
        let options = days_later(days);
        self.run_with(kept, &options, &Stop::new()).await.unwrap()
    }

    pub(super) async fn call(&self, kept: &Kept, request: Value) -> Value {
        let client = self.client(kept).await;
        let reply = client.call(&request).await.unwrap();
        let value = client.schema().to_value(&reply.ty, &reply.bytes).unwrap();
        client.close().await.unwrap();
        value
    }

    /// How the account addresses the first person it blocked.
    async fn somebody(&self, kept: &Kept) -> Value {
        let request = json!({"_": "contacts.getBlocked", "offset": 0, "limit": 1});
        let blocked = self.call(kept, request).await;
        let user = &blocked["users"][0];
        json!({"_": "inputPeerUser", "user_id": user["id"], "access_hash": user["access_hash"]})
    }
}

/// Bodies of the account's records, by part, oldest first.
pub(super) fn parts(kept: &Kept) -> BTreeMap<String, Vec<Value>> {
    let mut parts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in kept.records() {
        if record.kind == "account" {
            let body: Value = serde_json::from_str(record.body.get()).unwrap();
            let part = body["part"].as_str().unwrap().to_owned();
            parts.entry(part).or_default().push(body);
        }
    }
    parts
}

/// The newest answers of a part.
pub(super) fn answers(kept: &Kept, part: &str) -> Vec<Value> {
    let parts = parts(kept);
    let newest = parts.get(part).and_then(|bodies| bodies.last());
    let newest = newest.unwrap_or_else(|| panic!("{part}: {:?}", parts.keys()));
    newest["answers"].as_array().unwrap().clone()
}

pub(super) fn entries(answers: &[Value], field: &str) -> Vec<Value> {
    let lists = answers.iter().filter_map(|answer| answer[field].as_array());
    lists.flatten().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_is_kept_whole_and_once() {
    let rig = Rig::start(30, 300, 2).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");

    let profile = &answers(&kept, "profile")[0]["full_user"];
    assert_eq!(profile["about"], "Collects umbrellas.");
    assert_eq!(profile["birthday"]["year"], 1988);
    assert!(profile["personal_channel_id"].is_i64());
    let photos = entries(&answers(&kept, "profile_photos"), "photos");
    assert_eq!(photos.len(), 5);
    let held = kept.content().media;
    for photo in &photos {
        let of_it = format!("photo/{}/", photo["id"]);
        assert!(held.keys().any(|key| key.starts_with(&of_it)), "{of_it}");
    }
    let contacts = answers(&kept, "contacts");
    assert!(!entries(&contacts, "contacts").is_empty());
    assert!(
        entries(&contacts, "users").is_empty(),
        "people are records of their own"
    );
    assert_eq!(entries(&answers(&kept, "blocked"), "blocked").len(), 3);
    assert_eq!(
        entries(&answers(&kept, "blocked_from_stories"), "blocked").len(),
        1
    );
    let frequent = entries(&answers(&kept, "frequent_contacts"), "categories");
    let writes_to: usize = frequent
        .iter()
        .filter(|category| category["category"]["_"] == "topPeerCategoryCorrespondents")
        .map(|category| category["peers"].as_array().unwrap().len())
        .sum();
    assert_eq!(writes_to, 3, "{frequent:?}");
    assert!(!entries(&answers(&kept, "sessions"), "authorizations").is_empty());
    assert_eq!(
        entries(&answers(&kept, "web_sessions"), "authorizations").len(),
        2
    );

    let rules = entries(&answers(&kept, "privacy/status_timestamp"), "rules");
    assert_eq!(rules[0]["_"], "privacyValueDisallowUsers");
    let keys = parts(&kept);
    let keys = keys.keys().filter(|part| part.starts_with("privacy/"));
    assert_eq!(keys.count(), 14);
    assert_eq!(
        answers(&kept, "notifications/broadcasts")[0]["silent"],
        true
    );
    assert!(!entries(&answers(&kept, "notifications/exceptions"), "updates").is_empty());
    assert_eq!(
        answers(&kept, "notifications/contact_joined"),
        [json!(true)]
    );
    assert_eq!(answers(&kept, "account_ttl")[0]["days"], 365);
    for part in ["global_privacy", "content_settings", "default_history_ttl"] {
        assert_eq!(answers(&kept, part).len(), 1, "{part}");
    }

    // Neither at once nor a day later is there anything new.
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(rig.calls("account.getPrivacy"), 14);
    let again = rig.run_days_later(&kept, 2).await;
    assert_eq!(again.new_records, 0, "{again:?}");
    assert_eq!(rig.calls("account.getPrivacy"), 28);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_two_step_verification_are_not_kept() {
    let rig = Rig::start(6, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let two_step = &answers(&kept, "two_step")[0];
    let fields: Vec<&String> = two_step.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["_"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_kept_as_another_version_and_nothing_else_is() {
    let rig = Rig::start(30, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let first = parts(&kept);

    let unblocked = rig.somebody(&kept).await;
    rig.call(&kept, json!({"_": "contacts.unblock", "id": unblocked}))
        .await;
    let nobody = json!([{"_": "inputPrivacyValueDisallowAll"}]);
    let key = json!({"_": "inputPrivacyKeyAbout"});
    rig.call(
        &kept,
        json!({"_": "account.setPrivacy", "key": key, "rules": nobody}),
    )
    .await;
    let about = json!({"_": "account.updateProfile", "about": "Collects stamps."});
    rig.call(&kept, about).await;
    let site = answers(&kept, "web_sessions")[0]["authorizations"][0]["hash"].clone();
    rig.call(
        &kept,
        json!({"_": "account.resetWebAuthorization", "hash": site}),
    )
    .await;
    let summary = rig.run_days_later(&kept, 2).await;
    assert!(summary.complete, "{summary:?}");

    let second = parts(&kept);
    let changed: Vec<&String> = second
        .iter()
        .filter(|(part, bodies)| bodies.len() > first[*part].len())
        .map(|(part, _)| part)
        .collect();
    assert_eq!(
        changed,
        ["blocked", "privacy/about", "profile", "web_sessions"]
    );
    assert_eq!(entries(&answers(&kept, "blocked"), "blocked").len(), 2);
    assert_eq!(
        answers(&kept, "profile")[0]["full_user"]["about"],
        "Collects stamps."
    );

    // A lost spool learns from the journal which versions are the newest.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run(&kept).await.unwrap();
    let mut third = parts(&kept);
    third.remove("sessions");
    let mut second = second;
    second.remove("sessions");
    assert_eq!(
        third, second,
        "signing in again is news of the sessions only"
    );
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_told_and_asked_for_again() {
    let rig = Rig::start(8, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.error("contacts.getBlocked", 2, 400, "TROUBLE");
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(
        (summary.failed, summary.complete),
        (2, false),
        "{summary:?}"
    );
    let failed: Vec<_> = summary
        .failures
        .iter()
        .map(|failure| failure.what.as_str())
        .collect();
    assert_eq!(failed, ["blocked", "blocked_from_stories"]);
    assert!(!parts(&kept).contains_key("blocked"));
    assert!(parts(&kept).contains_key("web_sessions"));
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert!(parts(&kept).contains_key("blocked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_account_cannot_have_is_recorded_with_the_reason_and_is_no_failure() {
    let rig = Rig::start(8, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.error(
        "account.getGlobalPrivacySettings",
        1,
        400,
        "PREMIUM_ACCOUNT_REQUIRED",
    );
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let refused = json!({"part": "global_privacy", "unavailable": "PREMIUM_ACCOUNT_REQUIRED"});
    assert_eq!(parts(&kept)["global_privacy"], [refused]);
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    rig.run_days_later(&kept, 2).await;
    assert_eq!(parts(&kept)["global_privacy"].len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_come_also_when_their_references_expire() {
    let rig = Rig::start(4, 50, 0).await;
    let kept = rig.archive("a").await;
    rig.expire_references(3);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert!(rig.calls("photos.getUserPhotos") > 3);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn gifs_stickers_music_and_sounds_are_kept_with_their_files() {
    let rig = Rig::start(20, 300, 2).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let held = kept.content().media;
    let lists = [
        ("saved_gifs", "gifs", 2),
        ("favourite_stickers", "stickers", 2),
        ("recent_stickers/sent", "stickers", 3),
        ("profile_music", "documents", 2),
        ("ringtones", "ringtones", 1),
    ];
    for (part, list, count) in lists {
        let documents = entries(&answers(&kept, part), list);
        assert_eq!(documents.len(), count, "{part}");
        for document in documents {
            let key = format!("document/{}", document["id"]);
            assert!(held.contains_key(&key), "{part} {key}");
        }
    }
    let installed = entries(&answers(&kept, "sticker_sets/installed"), "sets");
    let emoji = entries(&answers(&kept, "sticker_sets/emoji"), "sets");
    assert_eq!((installed.len(), emoji.len()), (2, 1));
    for set in installed.iter().chain(&emoji) {
        let whole = &answers(&kept, &format!("sticker_set/{}", set["id"]))[0];
        let documents = whole["documents"].as_array().unwrap();
        assert_eq!(documents.len(), 6);
        for document in documents {
            assert!(held.contains_key(&format!("document/{}", document["id"])));
        }
    }
    let archived = entries(&answers(&kept, "sticker_sets/archived"), "sets");
    assert_eq!(archived.len(), 1);
    assert!(!parts(&kept).contains_key(&format!("sticker_set/{}", archived[0]["set"]["id"])));

    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(rig.calls("messages.getStickerSet"), 3);
    let again = rig.run_days_later(&kept, 2).await;
    assert_eq!(
        (again.new_records, rig.calls("messages.getStickerSet")),
        (0, 3)
    );
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_that_messages_have_stickers_of_are_kept_whole_on_request() {
    let rig = Rig::start(20, 1500, 2).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let archived = entries(&answers(&kept, "sticker_sets/archived"), "sets");
    let set = format!("sticker_set/{}", archived[0]["set"]["id"]);
    assert!(!parts(&kept).contains_key(&set));
    let met = Options {
        selection: Selection {
            media: MediaSelection {
                sets_met: true,
                ..MediaSelection::default()
            },
            ..Selection::default()
        },
        ..Options::default()
    };
    let asked = rig.calls("messages.getStickerSet");
    // A lost spool meets them again in the records.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let summary = rig.run_with(&kept, &met, &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let whole = &answers(&kept, &set)[0];
    let held = kept.content().media;
    let documents = whole["documents"].as_array().unwrap();
    assert!(documents.len() > 1);
    for document in documents {
        assert!(held.contains_key(&format!("document/{}", document["id"])));
    }
    // Those of the lists are asked for once more after the loss, and this one once in all.
    assert_eq!(rig.calls("messages.getStickerSet"), asked + 4);
    let again = rig.run_with(&kept, &met, &Stop::new()).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
    assert_eq!(rig.calls("messages.getStickerSet"), asked + 4);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn sticker_sets_go_on_where_a_run_was_cut() {
    let rig = Rig::start(4, 50, 0).await;
    let kept = rig.archive("a").await;
    let never = FaultKind::Delay {
        milliseconds: 600_000,
    };
    rig.fault("messages.getStickerSet", 2, 1, never);
    let cut = async {
        while rig.calls("messages.getStickerSet") < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        run = rig.run(&kept) => panic!("{run:?}"),
        () = cut => {}
    }
    while Arc::strong_count(&kept.spool) > 1 {
        tokio::task::yield_now().await;
    }
    let kept = rig.open("a");
    assert!(rig.run(&kept).await.unwrap().complete);
    let whole = parts(&kept);
    let whole = whole
        .iter()
        .filter(|(part, _)| part.starts_with("sticker_set/"));
    let versions: Vec<usize> = whole.map(|(_, bodies)| bodies.len()).collect();
    assert_eq!(versions, [1, 1, 1]);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_emoji_that_messages_use_are_kept_once() {
    let rig = Rig::start(20, 1500, 2).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let mut used = BTreeSet::new();
    for message in kept.content().messages.values() {
        let text = message.to_string();
        for part in text.split("\"_\":\"messageEntityCustomEmoji\"").skip(1) {
            let (_, rest) = part.split_once("\"document_id\":").unwrap();
            let id: String = rest.chars().take_while(|c| c.is_ascii_digit()).collect();
            used.insert(id);
        }
    }
    assert!(!used.is_empty(), "the world has custom emoji");
    let (parts, held) = (parts(&kept), kept.content().media);
    for id in &used {
        assert_eq!(parts[&format!("custom_emoji/{id}")].len(), 1);
        assert!(held.contains_key(&format!("document/{id}")), "{id}");
    }
    let asked = rig.calls("messages.getCustomEmojiDocuments");
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(rig.calls("messages.getCustomEmojiDocuments"), asked);

    // A lost spool knows from the journal which were told.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run(&kept).await.unwrap();
    assert_eq!(rig.calls("messages.getCustomEmojiDocuments"), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_kept_in_every_version() {
    let rig = Rig::start(20, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let updates = entries(&answers(&kept, "drafts"), "updates");
    assert_eq!(
        updates[0]["draft"]["message"],
        "About the umbrella: I think"
    );
    let own = json!({"_": "inputPeerSelf"});
    rig.call(
        &kept,
        json!({"_": "messages.saveDraft", "peer": own, "message": "milk"}),
    )
    .await;
    rig.run(&kept).await.unwrap();
    assert_eq!(parts(&kept)["drafts"].len(), 2);
    assert_eq!(entries(&answers(&kept, "drafts"), "updates").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_to_be_sent_is_kept() {
    let rig = Rig::start(20, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let waiting = entries(&answers(&kept, "scheduled"), "messages");
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert!(waiting[0]["peer_id"]["user_id"].is_i64());
    let asked = rig.calls("messages.getScheduledHistory");
    assert!((1..=31).contains(&asked), "{asked}");
    rig.run(&kept).await.unwrap();
    assert_eq!(
        rig.calls("messages.getScheduledHistory"),
        asked,
        "once a day"
    );
    rig.run_days_later(&kept, 2).await;
    assert_eq!(parts(&kept)["scheduled"].len(), 1);

    // A post that waits in a channel, with a picture whose reference expires: the description of the
    // channel tells that there is one.
    let world = rig.cloud.world();
    let chats = world.chats(rig.account());
    let channel = chats.iter().find(|chat| chat.kind == ChatKind::Channel);
    let channel = channel.unwrap().id;
    let picture = world.schedule(rig.account(), channel, "The bridge opens");
    rig.expire_references(3);
    rig.run_days_later(&kept, 11).await;
    let waiting = entries(&answers(&kept, "scheduled"), "messages");
    let texts: Vec<_> = waiting.iter().map(|one| one["message"].clone()).collect();
    assert!(texts.contains(&json!("The bridge opens")), "{texts:?}");
    assert_eq!(texts.len(), 2);
    let held = kept.content().media;
    assert!(held.keys().any(|key| key.starts_with(&picture)), "{held:?}");
    // A lost spool knows from the journal where something waits.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_days_later(&kept, 13).await;
    assert_eq!(parts(&kept)["scheduled"].len(), 2);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn other_data_is_kept_as_it_came_and_only_an_export_shows_it() {
    let rig = Rig::start(6, 50, 0).await;
    let kept = rig.archive("a").await;
    let without = Options {
        takeout: Takeouts::Avoid,
        ..Options::default()
    };
    rig.run_with(&kept, &without, &Stop::new()).await.unwrap();
    let refused = json!({"part": "other_data", "unavailable": "TAKEOUT_REQUIRED"});
    assert_eq!(parts(&kept)["other_data"], [refused]);
    rig.error("upload.getFile/takeout", 1, 500, "TROUBLE");
    rig.run_days_later(&kept, 2).await;
    rig.run_days_later(&kept, 2).await;
    let held = answers(&kept, "other_data");
    let text = held[0]["json"].as_str().unwrap();
    assert!(text.len() > 128 << 10, "{}", text.len());
    assert!(
        text.contains("9007199254740993"),
        "numbers are as they were"
    );
    serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parts(&kept)["other_data"].len(), 2);
    rig.run_days_later(&kept, 5).await;
    assert_eq!(parts(&kept)["other_data"].len(), 2, "the same again");
    kept.assert_sound();
}
