//! Whole accounts, and what is new in them.

use serde_json::json;
use telekeep_sources::telegram::backup::HashChecks;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_backed_up_exactly_and_a_second_run_finds_nothing_new() {
    let rig = Rig::start(14, 900, 12).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!((summary.failed, summary.missing), (0, 0));
    rig.assert_equals_world(&kept);
    kept.assert_sound();
    let content = kept.content();
    assert_eq!(summary.messages as usize, content.messages.len());
    assert_eq!(summary.media as usize, content.media.len());
    assert_eq!((content.kinds["source"], content.kinds["run"]), (1, 2));
    assert_eq!(kept.spool.unsealed_bytes().unwrap(), 0);

    let before = rig.cloud.calls();
    let again = rig.run(&rig.open("a")).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
    assert_eq!(
        (again.messages, again.media),
        (summary.messages, summary.media)
    );
    assert_eq!(again.head, summary.head);
    assert_eq!(kept.content(), content);
    for method in [
        "messages.getHistory",
        "upload.getFile",
        "messages.getMessages",
    ] {
        assert_eq!(
            rig.calls(method),
            before.get(method).copied().unwrap_or(0),
            "{method}"
        );
    }
    assert!(rig.calls("messages.getDialogs") - before["messages.getDialogs"] <= 2);
    assert_eq!(rig.cloud.problems(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_is_asked_for() {
    let rig = Rig::start(12, 600, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let before = kept.records().len();
    let client = rig.client(&kept).await;
    let message = json!({"_": "messages.sendMessage", "peer": {"_": "inputPeerSelf"},
        "message": "one more", "random_id": 5});
    client.call(&message).await.unwrap();
    client.close().await.unwrap();
    let asked = rig.calls("messages.getHistory");
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert!(rig.calls("messages.getHistory") - asked <= 2);
    let news = kept.records().split_off(before);
    let messages: Vec<_> = news
        .iter()
        .filter(|record| record.kind == "message")
        .collect();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].body.get().contains("one more"));
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_media_the_files_wait_and_the_archive_is_not_complete() {
    let rig = Rig::start(8, 300, 6).await;
    let kept = rig.archive("a").await;
    let options = Options {
        media: false,
        ..Options::default()
    };
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert_eq!((summary.media, summary.complete), (0, false));
    assert_eq!(rig.calls("upload.getFile"), 0);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_spool_costs_the_login_and_nothing_else() {
    let rig = Rig::start(10, 500, 5).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let (essence, records) = (kept.essence(), kept.records().len());
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let asked = (
        rig.calls("messages.getHistory"),
        rig.calls("upload.getFile"),
    );
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(kept.news_since(records), SIGNED_IN);
    assert_eq!(kept.essence(), essence);
    assert_eq!(
        (
            rig.calls("messages.getHistory"),
            rig.calls("upload.getFile")
        ),
        asked
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_is_refused() {
    let rig = Rig::start(5, 60, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let mut session = kept.spool.load().unwrap().unwrap();
    session.account.as_mut().unwrap().id += 1;
    kept.spool.save(&session).unwrap();
    let error = rig.run(&kept).await.unwrap_err();
    assert!(matches!(error, BackupError::OtherAccount { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_can_be_checked_against_the_hashes_of_the_server() {
    let rig = Rig::start(8, 200, 30).await;
    let kept = rig.archive("a").await;
    let options = Options {
        hashes: HashChecks::Always,
        ..Options::default()
    };
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert!(rig.calls("upload.getFileHashes") > 5);
    rig.assert_equals_world(&kept);
}
