//! What the server can do to a backup, and what must come of it.

use serde_json::json;

use telekeep_sources::spool::{FileRow, Origin};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn passing_faults_change_nothing() {
    let rig = Rig::start(8, 400, 6).await;
    let faults = [
        (
            "messages.getHistory",
            2,
            FaultKind::FloodWait { seconds: 1 },
        ),
        (
            "messages.getHistory",
            5,
            FaultKind::Error {
                code: -503,
                text: "Timeout".into(),
            },
        ),
        (
            "messages.getHistory",
            7,
            FaultKind::Error {
                code: 500,
                text: "RPC_CALL_FAIL".into(),
            },
        ),
        ("messages.getHistory", 9, FaultKind::DisconnectBefore),
        ("messages.getHistory", 12, FaultKind::DisconnectAfter),
        ("messages.getHistory", 14, FaultKind::DisconnectUnanswered),
        (
            "messages.getDialogs",
            1,
            FaultKind::FloodWait { seconds: 1 },
        ),
        (
            "upload.getFile",
            3,
            FaultKind::FloodPremiumWait { seconds: 1 },
        ),
        (
            "upload.getFile",
            6,
            FaultKind::FileReferenceExpired { all: false },
        ),
        (
            "upload.getFile",
            12,
            FaultKind::FileReferenceExpired { all: true },
        ),
        (
            "upload.getFile",
            20,
            FaultKind::TruncatedPart { bytes: None },
        ),
        (
            "upload.getFile",
            24,
            FaultKind::TruncatedPart { bytes: Some(0) },
        ),
        ("upload.getFile", 28, FaultKind::DisconnectUnanswered),
        ("upload.getFile", 32, FaultKind::DcMigrate { dc: 4 }),
    ];
    for (method, nth, kind) in faults {
        rig.fault(method, nth, 1, kind);
    }
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(
        rig.cloud.faults_applied() >= 12,
        "{}",
        rig.cloud.faults_applied()
    );
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
    // What was on its way when the server asked to wait could not be held back; nothing more.
    let options = Options::default();
    let parts = (options.small_files_at_once + options.large_files_at_once) * options.parts_at_once;
    let on_its_way = (options.chats_at_once + 2 * parts) as u64;
    assert!(
        rig.cloud.wait_violations() <= on_its_way,
        "{}",
        rig.cloud.wait_violations()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_moves_in_the_middle_is_followed() {
    let rig = Rig::start(8, 400, 4).await;
    let kept = rig.archive("a").await;
    for (method, nth, dc) in [("messages.getHistory", 4, 4), ("messages.getHistory", 9, 2)] {
        rig.fault(method, nth, 1, FaultKind::AccountMoves { dc });
    }
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(rig.cloud.faults_applied(), 2);
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
    // Once more, while files are fetched: the next run finds it there.
    let kept = rig.archive("b").await;
    rig.fault("upload.getFile", 5, 1, FaultKind::AccountMoves { dc: 4 });
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_gives_what_it_says_about_itself_and_nothing_is_called_complete() {
    let rig = Rig::start(4, 40, 1).await;
    let key = NewKey::passphrase_with("main", "secret", 2);
    let options = InitOptions {
        protection: Protection::Encrypted(vec![key]),
        now: 1,
    };
    Archive::init_folder(rig.place("bot"), &options).unwrap();
    let kept = rig.open("bot");
    let client = rig.client(&kept).await;
    let token = rig.cloud.bot().token;
    let bot = telekeep_sources::telegram::login::sign_in_bot(&client, &token);
    assert!(bot.await.unwrap().bot);
    client.close().await.unwrap();
    let summary = rig.run(&kept).await.unwrap();
    assert!(
        summary.bot && !summary.complete && !summary.interrupted,
        "{summary:?}"
    );
    assert_eq!(
        (summary.chats, summary.messages, summary.failed),
        (0, 0, 0),
        "{summary:?}"
    );
    assert!(summary.media > 0, "{summary:?}");
    let parts: BTreeMap<String, serde_json::Value> = kept
        .records()
        .into_iter()
        .filter(|record| record.kind == "account")
        .map(|record| serde_json::from_str::<serde_json::Value>(record.body.get()).unwrap())
        .map(|body| (body["part"].as_str().unwrap().to_owned(), body))
        .collect();
    assert_eq!(parts["chats"]["unavailable"], "BOT_METHOD_INVALID");
    assert_eq!(parts["contacts"]["unavailable"], "BOT_METHOD_INVALID");
    assert!(
        parts["profile"]["answers"].is_array(),
        "{:?}",
        parts["profile"]
    );
    assert_eq!(rig.calls("account.initTakeoutSession"), 0);
    let again = rig.run(&kept).await.unwrap();
    assert_eq!(again.new_records, 0, "{again:?}");
    kept.assert_sound();
    assert_eq!(rig.cloud.problems(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_chat_is_recorded_and_tried_again() {
    let rig = Rig::start(8, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.error("messages.getHistory", 1, 400, "CHANNEL_PRIVATE");
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(
        (summary.failed, summary.complete),
        (1, false),
        "{summary:?}"
    );
    assert_eq!(summary.failures[0].error, "CHANNEL_PRIVATE");
    assert_eq!(kept.content().kinds["failure"], 1);
    // The same failure again is no news.
    rig.error("messages.getHistory", 1, 400, "CHANNEL_PRIVATE");
    let again = rig.run(&kept).await.unwrap();
    assert_eq!(
        (again.new_records, again.failed, again.complete),
        (0, 1, false),
        "{again:?}"
    );
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_recorded_and_tried_again() {
    let rig = Rig::start(8, 300, 6).await;
    let kept = rig.archive("a").await;
    rig.error("upload.getFile", 2, 400, "FILE_ID_INVALID");
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.failed > 0 && !summary.complete, "{summary:?}");
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.error == "FILE_ID_INVALID")
    );
    assert_eq!(
        kept.content().kinds["media_missing"] as u64,
        summary.failed + kept.spool.file_counts().unwrap().left_out
    );
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    rig.assert_equals_world(&kept);
}

/// A server that never answers for one chat and one file answers for the rest.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_answered_is_recorded_and_ends_no_run() {
    let mut rig = Rig::start(8, 300, 6).await;
    rig.request_timeout = Duration::from_millis(500);
    let kept = rig.archive("a").await;
    let world = rig.cloud.world();
    let chat = world.chats(rig.account()).remove(0).id;
    let keys = world.files().into_iter().map(|file| file.key);
    let number = |key: String| key.strip_prefix("document/")?.parse::<i64>().ok();
    let file = keys.filter_map(number).next().unwrap();
    let never = FaultKind::Delay {
        milliseconds: 600_000,
    };
    rig.always("messages.getHistory", never, |fault| {
        fault.chat = Some(chat);
    });
    rig.always("upload.getFile", FaultKind::DisconnectBefore, |fault| {
        fault.file = Some(file);
    });
    let summary = rig.run(&kept).await.unwrap();
    let failed = &summary.failures;
    let lost = failed.iter().filter(|failure| failure.error != "NO_ANSWER");
    assert_eq!(lost.count(), 0, "{failed:?}");
    for (what, key) in [("chat", chat.to_string()), ("media", file.to_string())] {
        let told = failed
            .iter()
            .any(|failure| failure.what == what && failure.key.contains(&key));
        assert!(told, "{what} {key}: {failed:?}");
    }
    rig.cloud.forget_faults();
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn truncated_parts_never_make_a_file() {
    let rig = Rig::start(8, 300, 6).await;
    let kept = rig.archive("a").await;
    rig.fault(
        "upload.getFile",
        1,
        100_000,
        FaultKind::TruncatedPart { bytes: Some(7) },
    );
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(summary.media, 0, "{summary:?}");
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.error == "WRONG_LENGTH")
    );
    assert!(summary.failed > 10 && !summary.complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_ends_the_run_and_keeps_what_is_there() {
    let rig = Rig::start(8, 900, 0).await;
    let kept = rig.archive("a").await;
    // More requests than chats: the first pages of some are stored by then.
    rig.fault("messages.getHistory", 12, 1, FaultKind::SessionRevoked);
    let error = rig.run(&kept).await.unwrap_err();
    assert!(matches!(error, BackupError::Revoked { .. }), "{error}");
    assert!(!kept.content().messages.is_empty());
    rig.sign_in(&kept).await;
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_beyond_the_limit_ends_the_run_and_the_walk_goes_on_where_it_was() {
    let mut rig = Rig::start(230, 700, 0).await;
    rig.max_wait = Duration::from_millis(500);
    let kept = rig.archive("a").await;
    rig.fault(
        "messages.getDialogs",
        3,
        1,
        FaultKind::FloodWait { seconds: 1 },
    );
    let error = rig.run(&kept).await.unwrap_err();
    assert!(matches!(error, BackupError::Wait { .. }), "{error}");
    assert!(kept.spool.walk().unwrap().is_some());
    rig.max_wait = Duration::from_secs(5);
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!(kept.spool.walk().unwrap(), None);
    assert_eq!(
        rig.cloud.wait_violations(),
        0,
        "the next run waits for the rest"
    );
    rig.assert_equals_world(&kept);
}

impl Rig {
    /// A fault that hits every call that it is about.
    fn always(&self, method: &str, kind: FaultKind, about: impl FnOnce(&mut Fault)) {
        let mut fault = Fault {
            every: Some(1),
            ..Fault::once(method, 1, kind)
        };
        about(&mut fault);
        self.cloud.add_fault(fault);
    }
}

/// The id of the one message that holds a file, when that is in a private chat.
fn private_message(file: &FileRow) -> Option<i32> {
    match file.origins.as_slice() {
        [Origin::Message { chat, id }] if *chat > 0 => Some(*id),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_message_was_deleted_is_told_once() {
    let rig = Rig::start(8, 300, 6).await;
    let kept = rig.archive("a").await;
    let options = Options {
        media: false,
        ..Options::default()
    };
    rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    let only_here = kept
        .spool
        .waiting_files("", 10_000)
        .unwrap()
        .into_iter()
        .find(|file| private_message(file).is_some() && !file.key.contains("thumb"))
        .unwrap();
    let id = private_message(&only_here);
    let request = json!({"_": "messages.deleteMessages", "revoke": true, "id": [id]});
    let client = rig.client(&kept).await;
    client.call(&request).await.unwrap();
    client.close().await.unwrap();
    rig.cloud.world().expire_all_references();
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.failed > 0 && !summary.complete, "{summary:?}");
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.error == "ORIGIN_GONE")
    );
    assert!(
        summary
            .failures
            .iter()
            .any(|failure| failure.key == only_here.key)
    );
    let again = rig.run(&kept).await.unwrap();
    assert_eq!(
        (again.new_records, again.failed, again.complete),
        (0, 0, true),
        "{again:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn references_that_expire_all_the_time_cost_requests_and_no_file() {
    let rig = Rig::start(6, 150, 48).await;
    let kept = rig.archive("a").await;
    // A large file is renewed more often than a file may fail.
    let options = Options {
        small_files_at_once: 1,
        large_files_at_once: 1,
        parts_at_once: 1,
        ..Options::default()
    };
    let largest = rig.cloud.world().files().iter().map(|file| file.size).max();
    let parts = largest.unwrap() / (512 << 10);
    assert!(parts > 6 * u64::from(options.file_attempts), "{parts}");
    rig.cloud.add_fault(Fault {
        every: Some(6),
        ..Fault::once(
            "upload.getFile",
            6,
            FaultKind::FileReferenceExpired { all: true },
        )
    });
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn references_that_expire_again_and_again_cost_no_file() {
    let rig = Rig::start(8, 300, 12).await;
    let kept = rig.archive("a").await;
    // Slow enough that references are old many times in a run.
    rig.always(
        "upload.getFile",
        FaultKind::Delay { milliseconds: 40 },
        |_| {},
    );
    let mut expired = 0;
    let expiring = async {
        loop {
            tokio::time::sleep(Duration::from_millis(250)).await;
            rig.cloud.world().expire_all_references();
            expired += 1;
        }
    };
    let summary: Summary = tokio::select! {
        summary = rig.run(&kept) => summary.unwrap(),
        () = expiring => unreachable!("it goes on for ever"),
    };
    assert!(expired >= 4, "{expired}");
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    // Nothing is left to be fetched.
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
}
