//! Runs as exports: everything inside one session, and what the server can do to it.

use serde_json::json;
use telekeep_sources::monitor::{Monitor, Wait, WaitReason};
use telekeep_sources::spool::Departed;
use telekeep_sources::telegram::backup::{ChatType, Selection, TakeoutError, Takeouts};

use super::*;

/// The methods of an export itself.
const INIT: &str = "account.initTakeoutSession";
const FINISH: &str = "account.finishTakeoutSession";

impl Rig {
    /// Calls so far that were no part of an export, by method.
    fn outside(&self) -> BTreeMap<String, u64> {
        let inside = self.cloud.takeout_calls();
        let mut calls = self.cloud.calls();
        for (method, count) in &mut calls {
            *count -= inside.get(method).copied().unwrap_or(0);
        }
        calls.retain(|method, count| {
            let part = !method.starts_with("auth.") && !method.starts_with("help.");
            *count > 0 && part
        });
        calls
    }

    fn kept_takeout(&self, kept: &Kept) -> Option<i64> {
        let session = kept.spool.load().unwrap().unwrap();
        session.takeout.map(|takeout| takeout.id)
    }

    /// Calls a method in the name of the account, outside of any run.
    async fn act(&self, kept: &Kept, request: &Value) -> Value {
        let client = self.client(kept).await;
        let reply = client.call(request).await.unwrap();
        let value = client.schema().to_value(&reply.ty, &reply.bytes).unwrap();
        client.close().await.unwrap();
        value
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_is_made_inside_also_for_files_elsewhere() {
    let rig = Rig::start(10, 500, 8).await;
    let kept = rig.archive("a").await;
    assert!(rig.cloud.world().files().iter().any(|file| file.dc == 4));
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(rig.outside(), BTreeMap::from([(INIT.to_owned(), 1)]));
    let inside = rig.cloud.takeout_calls();
    assert!(inside["upload.getFile"] > 10 && inside[FINISH] == 1);
    assert_eq!(rig.kept_takeout(&kept), None);
    rig.assert_equals_world(&kept);

    // Nothing new: it costs its beginning and its end, and nothing is asked that was asked today.
    let (before, total) = (rig.cloud.calls(), rig.cloud.calls().values().sum::<u64>());
    let again = rig.run(&kept).await.unwrap();
    assert_eq!(again.new_records, 0, "{again:?}");
    let dialogs = rig.calls("messages.getDialogs") - before["messages.getDialogs"];
    let config = rig.calls("help.getConfig") - before["help.getConfig"];
    let all = rig.cloud.calls().values().sum::<u64>() - total;
    // The export's beginning and end, the folders, and of the account what is asked every time:
    // contacts, GIFs, sticker sets and favourites, drafts, active stories.
    assert_eq!(all, dialogs + config + 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_avoided_altogether() {
    let rig = Rig::start(8, 300, 4).await;
    let kept = rig.archive("a").await;
    let options = Options {
        takeout: Takeouts::Avoid,
        ..Options::default()
    };
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(rig.cloud.takeout_calls(), BTreeMap::new());
    let calls = rig.cloud.calls();
    let asked: Vec<_> = calls.keys().map(String::as_str).collect();
    let takeout = [
        INIT,
        FINISH,
        "contacts.getSaved",
        "channels.getLeftChannels",
    ];
    assert!(
        takeout.iter().all(|method| !asked.contains(method)),
        "{asked:?}"
    );
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_goes_on_in_the_same_export() {
    let rig = Rig::start(12, 900, 4).await;
    rig.archive("a").await;
    let mut ids = BTreeSet::new();
    for pause in 1..5u64 {
        let kept = rig.open("a");
        let asked = rig.calls("messages.getHistory") + 1;
        // One page does not come before the run is cut, so it cannot end.
        let never = FaultKind::Delay {
            milliseconds: 600_000,
        };
        rig.fault("messages.getHistory", 1, 1, never);
        let cut = async {
            while rig.calls("messages.getHistory") < asked {
                tokio::task::yield_now().await;
            }
            tokio::time::sleep(Duration::from_millis(20 * pause)).await;
        };
        tokio::select! {
            run = rig.run(&kept) => panic!("{run:?}"),
            () = cut => { ids.insert(rig.kept_takeout(&kept).unwrap()); }
        }
        while Arc::strong_count(&kept.spool) > 1 {
            tokio::task::yield_now().await;
        }
    }
    let kept = rig.open("a");
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!((ids.len(), rig.calls(INIT), rig.calls(FINISH)), (1, 1, 1));
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_the_export_stays_open_for_the_next_run() {
    let rig = Rig::start(8, 300, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(
        "messages.getHistory",
        2,
        1,
        FaultKind::Delay {
            milliseconds: 60_000,
        },
    );
    let options = Options::default();
    let summary = rig
        .run_until_asked(&kept, &options, "messages.getHistory", 2)
        .await;
    assert!(summary.interrupted);
    assert!(rig.kept_takeout(&kept).is_some());
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!((rig.calls(INIT), rig.calls(FINISH)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_in_mid_run_it_is_replaced_and_nothing_is_lost() {
    let rig = Rig::start(12, 900, 8).await;
    let kept = rig.archive("a").await;
    for (method, nth) in [
        ("messages.getDialogs", 1),
        ("messages.getHistory", 7),
        ("upload.getFile", 9),
    ] {
        rig.fault(method, nth, 1, FaultKind::TakeoutInvalid);
    }
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(
        rig.calls(INIT),
        4,
        "one more for each, however many calls it met"
    );
    assert_eq!(rig.outside(), BTreeMap::from([(INIT.to_owned(), 4)]));
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_between_runs_it_is_replaced() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    let mut session = kept.spool.load().unwrap().unwrap();
    let scope = telekeep_sources::telegram::wire::TakeoutScope {
        contacts: true,
        users: true,
        groups: true,
        supergroups: true,
        channels: true,
        files: Some(u64::MAX),
    };
    session.takeout = Some(telekeep_sources::telegram::wire::Takeout { id: 4711, scope });
    kept.spool.save(&session).unwrap();
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!((rig.calls(INIT), rig.calls(FINISH)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_end_each_others_exports_give_up() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.fault("messages.getHistory", 1, 1000, FaultKind::TakeoutInvalid);
    let error = rig.run(&kept).await.unwrap_err();
    let contested = matches!(error, BackupError::Takeout(TakeoutError::Contested));
    assert!(contested, "{error}");
    assert!(rig.calls(INIT) < 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_ends_the_run_before_anything_is_asked() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(INIT, 1, 1, FaultKind::TakeoutInitDelay { seconds: 86_400 });
    let error = rig.run(&kept).await.unwrap_err();
    let BackupError::Takeout(TakeoutError::Delayed { wait, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!(wait, Duration::from_secs(86_400));
    assert_eq!(rig.calls("messages.getDialogs"), 0);
    rig.cloud.allow_takeouts();
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_in_mid_run_keeps_what_is_there() {
    let rig = Rig::start(8, 500, 0).await;
    let kept = rig.archive("a").await;
    rig.fault("messages.getHistory", 5, 1, FaultKind::TakeoutInvalid);
    rig.fault(INIT, 2, 1, FaultKind::TakeoutInitDelay { seconds: 900 });
    let error = rig.run(&kept).await.unwrap_err();
    let delayed = matches!(error, BackupError::Takeout(TakeoutError::Delayed { .. }));
    assert!(delayed, "{error}");
    assert!(!kept.content().messages.is_empty());
    assert_eq!(
        rig.outside().keys().collect::<Vec<_>>(),
        [INIT],
        "nothing was asked outside"
    );
    rig.cloud.allow_takeouts();
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_that_is_waited_for_ends_when_the_owner_allows_the_export() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(INIT, 1, 1, FaultKind::TakeoutInitDelay { seconds: 86_400 });
    let waits = Arc::new(Waits::default());
    let options = Options {
        takeout: Takeouts::Await,
        takeout_look: Duration::from_millis(20),
        ..Options::default()
    };
    let (client, stop) = (rig.client(&kept).await, Stop::new());
    let run = backup(
        &client,
        &kept.archive,
        &kept.spool,
        &options,
        waits.clone(),
        &stop,
    );
    let owner = async {
        while rig.calls(INIT) < 3 {
            tokio::task::yield_now().await;
        }
        rig.cloud.allow_takeouts();
    };
    let (summary, ()) = tokio::join!(run, owner);
    assert!(summary.unwrap().complete);
    client.close().await.unwrap();
    let told = waits.0.lock().unwrap();
    let day = Duration::from_secs(86_000);
    let shown = told[0]
        .until
        .duration_since(std::time::SystemTime::now())
        .unwrap();
    assert!(
        told[0].reason == WaitReason::Takeout && shown > day,
        "{told:?}"
    );
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_an_export_can_be_interrupted() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(INIT, 1, 1, FaultKind::TakeoutInitDelay { seconds: 86_400 });
    let options = Options {
        takeout: Takeouts::Await,
        ..Options::default()
    };
    let summary = rig.run_until_asked(&kept, &options, INIT, 1).await;
    assert!(summary.interrupted);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_altogether_it_says_so_and_asks_for_nothing() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.error(INIT, 1, 403, "TAKEOUT_FORBIDDEN");
    let error = rig.run(&kept).await.unwrap_err();
    let name = "TAKEOUT_FORBIDDEN".to_owned();
    assert!(
        matches!(&error, BackupError::Takeout(TakeoutError::Refused { name: told }) if *told == name),
        "{error}"
    );
    assert_eq!(rig.calls("messages.getDialogs"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_hold_outside_do_not_inside() {
    let rig = Rig::start(6, 300, 0).await;
    let kept = rig.archive("a").await;
    let flood = FaultKind::FloodWait { seconds: 50_000 };
    rig.cloud.add_fault(Fault {
        times: Some(1000),
        takeout: Some(false),
        ..Fault::once("messages.getHistory", 1, flood)
    });
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_selection_begins_another_export() {
    let rig = Rig::start(6, 200, 3).await;
    let kept = rig.archive("a").await;
    let without = Options {
        media: false,
        ..Options::default()
    };
    rig.fault(
        "messages.getHistory",
        2,
        1,
        FaultKind::Delay {
            milliseconds: 60_000,
        },
    );
    let summary = rig
        .run_until_asked(&kept, &without, "messages.getHistory", 2)
        .await;
    assert!(summary.interrupted);
    let first = rig.kept_takeout(&kept);
    // The kept session was announced without files.
    assert!(rig.run(&kept).await.unwrap().complete);
    assert!(first.is_some() && rig.calls(INIT) == 2);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_sequence_is_listed_range_by_range() {
    let rig = Rig::start(12, 900, 3).await;
    let world = rig.cloud.world();
    let shared: Vec<i32> = world
        .chats(rig.account())
        .iter()
        .filter(|chat| chat.id > -1_000_000_000_000)
        .flat_map(|chat| chat.messages.iter())
        .map(|message| message["id"].as_i64().unwrap() as i32)
        .collect();
    let newest = shared.iter().copied().max().unwrap();
    world.split(rig.account(), &[newest / 3, newest / 2]);
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(rig.calls("messages.getSplitRanges"), 1);
    rig.assert_equals_world(&kept);
    kept.assert_sound();
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
    // Something new in one chat of the shared sequence.
    let send = json!({"_": "messages.sendMessage", "peer": {"_": "inputPeerSelf"},
        "message": "one more", "random_id": 6});
    rig.act(&kept, &send).await;
    let asked = rig.calls("messages.getHistory");
    assert!(rig.run(&kept).await.unwrap().complete);
    assert!(rig.calls("messages.getHistory") - asked <= 4);
    rig.assert_equals_world(&kept);
}

/// A private supergroup the account made and wrote in.
async fn own_group(rig: &Rig, kept: &Kept) -> (i64, Value) {
    let make = json!({"_": "channels.createChannel", "title": "Gone", "about": "",
        "megagroup": true});
    let made = rig.act(kept, &make).await;
    let chat = &made["chats"][0];
    let (id, hash) = (chat["id"].as_i64().unwrap(), &chat["access_hash"]);
    let peer = json!({"_": "inputPeerChannel", "channel_id": id, "access_hash": hash});
    for n in 1..4 {
        let send = json!({"_": "messages.sendMessage", "peer": peer, "random_id": n,
            "message": format!("my words {n}")});
        rig.act(kept, &send).await;
    }
    let channel = json!({"_": "inputChannel", "channel_id": id, "access_hash": hash});
    (-1_000_000_000_000 - id, channel)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_in_a_channel_that_was_left_is_kept() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    let (chat, channel) = own_group(&rig, &kept).await;
    let leave = json!({"_": "channels.leaveChannel", "channel": channel});
    rig.act(&kept, &leave).await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let content = kept.content();
    let own = content.messages.range((chat, 0)..(chat + 1, 0));
    let words: Vec<_> = own.map(|(_, message)| message["message"].clone()).collect();
    for n in 1..4 {
        assert!(words.contains(&json!(format!("my words {n}"))), "{words:?}");
    }
    assert_eq!(content.kinds["left"], 1);
    let coverage: Vec<Value> = kept
        .records()
        .iter()
        .filter(|record| record.kind == "coverage" && record.chat == Some(chat))
        .map(|record| serde_json::from_str(record.body.get()).unwrap())
        .collect();
    assert_eq!(coverage.len(), 1);
    assert_eq!(coverage[0]["not_visible"], "LEFT");
    assert!(
        coverage[0]["from"].as_i64() > coverage[0]["to"].as_i64(),
        "nothing is covered"
    );
    assert_eq!(
        kept.spool.chat(chat).unwrap().unwrap().departed,
        Departed::Listed
    );
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_loses_nothing_that_was_held_and_is_known_from_the_journal() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    let (chat, channel) = own_group(&rig, &kept).await;
    let clock = |day: i64| Options {
        clock: Arc::new(move || 1_700_000_000_000 + day * 90_000_000),
        ..Options::default()
    };
    let run = |day| {
        let (rig, kept) = (&rig, &kept);
        async move { rig.run_with(kept, &clock(day), &Stop::new()).await.unwrap() }
    };
    assert!(run(0).await.complete);
    let held = kept.content().messages.len();
    rig.act(
        &kept,
        &json!({"_": "channels.leaveChannel", "channel": channel}),
    )
    .await;
    let summary = run(1).await;
    assert!(summary.complete, "{summary:?}");
    assert_eq!(kept.content().messages.len(), held);
    assert_eq!(
        kept.spool.chat(chat).unwrap().unwrap().departed,
        Departed::Listed
    );
    // The spool finds it again in the journal.
    let (records, essence) = (kept.records().len(), kept.essence());
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let summary = rig.run_with(&kept, &clock(2), &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(kept.news_since(records), SIGNED_IN);
    assert_eq!(kept.essence(), essence);
}

/// A public channel of the account: its marked id and its `InputChannel`.
fn public_channel(kept: &Kept) -> (i64, Value) {
    let records = kept.records();
    let mut peers = records.iter().filter(|record| record.kind == "peer");
    let found = peers.find_map(|record| {
        let body: Value = serde_json::from_str(record.body.get()).unwrap();
        let chat = kept.spool.chat(record.chat?).unwrap()?;
        let public = body["_"] == "channel" && body["username"].is_string();
        let input = json!({"_": "inputChannel", "channel_id": body["id"],
            "access_hash": chat.access_hash});
        public.then_some((chat.chat, input))
    });
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_entered_again_is_listed_again() {
    let rig = Rig::start(20, 400, 0).await;
    let kept = rig.archive("a").await;
    let on_day = |day: i64| Options {
        clock: Arc::new(move || 1_700_000_000_000 + day * 90_000_000),
        ..Options::default()
    };
    let stop = Stop::new();
    rig.run_with(&kept, &on_day(0), &stop).await.unwrap();
    let (chat, channel) = public_channel(&kept);
    let leave = json!({"_": "channels.leaveChannel", "channel": channel});
    rig.act(&kept, &leave).await;
    let summary = rig.run_with(&kept, &on_day(1), &stop).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let coverage = |kept: &Kept| -> Value {
        let records = kept.records();
        let of_chat = |record: &&Record| record.kind == "coverage" && record.chat == Some(chat);
        let last = records.iter().rfind(of_chat).unwrap();
        serde_json::from_str(last.body.get()).unwrap()
    };
    assert_eq!(coverage(&kept)["not_visible"], "LEFT");
    let join = json!({"_": "channels.joinChannel", "channel": channel});
    rig.act(&kept, &join).await;
    let summary = rig.run_with(&kept, &on_day(2), &stop).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let now = coverage(&kept);
    assert!(
        now["not_visible"].is_null() && now["server_count"].is_u64(),
        "{now}"
    );
    assert_eq!(
        kept.spool.chat(chat).unwrap().unwrap().departed,
        Departed::No
    );
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_contacts_are_kept_once() {
    let rig = Rig::start(10, 200, 0).await;
    let kept = rig.archive("a").await;
    let saved = |kept: &Kept| -> Vec<Value> {
        let records = kept.records();
        let contacts = records
            .iter()
            .filter(|record| record.kind == "saved_contact");
        contacts
            .map(|record| serde_json::from_str(record.body.get()).unwrap())
            .collect()
    };
    rig.run(&kept).await.unwrap();
    let first = saved(&kept);
    assert!(first.len() > 1);
    assert!(
        first
            .iter()
            .any(|contact| contact["first_name"] == "Plumber")
    );
    assert!(
        first
            .iter()
            .all(|contact| contact["_"] == "savedPhoneContact")
    );
    let later = Options {
        clock: Arc::new(|| 4_000_000_000_000),
        ..Options::default()
    };
    rig.run_with(&kept, &later, &Stop::new()).await.unwrap();
    assert_eq!(
        saved(&kept).len(),
        first.len(),
        "the same list adds nothing"
    );
    assert_eq!(rig.calls("contacts.getSaved"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_round_could_not_get_is_recorded_and_asked_for_again() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.error("contacts.getSaved", 1, 400, "CONTACTS_TROUBLE");
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(
        (summary.failed, summary.complete),
        (1, false),
        "{summary:?}"
    );
    assert_eq!(summary.failures[0].error, "CONTACTS_TROUBLE");
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert!(kept.content().kinds["saved_contact"] > 0);
}

/// Remembers the waits it was told.
#[derive(Default)]
struct Waits(std::sync::Mutex<Vec<Wait>>);

impl Monitor for Waits {
    fn wait(&self, wait: &Wait) {
        self.0.lock().unwrap().push(wait.clone());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_without_left_channels_asks_for_the_rest_once_a_day() {
    let rig = Rig::start(8, 100, 0).await;
    let kept = rig.archive("a").await;
    let users = Options {
        selection: Selection {
            types: vec![ChatType::Users],
            ..Selection::default()
        },
        ..Options::default()
    };
    for _ in 0..2 {
        rig.run_with(&kept, &users, &Stop::new()).await.unwrap();
        assert_eq!(rig.calls("contacts.getSaved"), 1);
        assert_eq!(rig.calls("channels.getLeftChannels"), 0);
    }
    // Everything is more than that round was about.
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!(rig.calls("contacts.getSaved"), 2);
    assert!(rig.calls("channels.getLeftChannels") > 0);
}
