//! Folders of chats: every version is kept once.

use serde_json::json;

use super::*;

fn folders(kept: &Kept) -> Vec<Value> {
    let records = kept.records();
    let records = records.iter().filter(|record| record.kind == "folders");
    records
        .map(|record| serde_json::from_str(record.body.get()).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_of_the_folders_is_kept_once() {
    let rig = Rig::start(12, 300, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let first = folders(&kept);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["_"], "messages.dialogFilters");
    let titles = |body: &Value| -> Vec<Value> {
        let filters = body["filters"].as_array().unwrap();
        filters
            .iter()
            .map(|filter| filter["title"]["text"].clone())
            .collect()
    };
    assert!(titles(&first[0]).contains(&json!("Projects")));
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);

    let client = rig.client(&kept).await;
    let delete = json!({"_": "messages.updateDialogFilter", "id": 3});
    client.call(&delete).await.unwrap();
    client.close().await.unwrap();
    rig.run(&kept).await.unwrap();
    let second = folders(&kept);
    assert_eq!(second.len(), 2);
    assert!(!titles(&second[1]).contains(&json!("Projects")));

    // A lost spool learns from the journal which version is the newest.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run(&kept).await.unwrap();
    assert_eq!(folders(&kept), second);
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_cannot_be_had_are_told_and_asked_for_again() {
    let rig = Rig::start(6, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.error("messages.getDialogFilters", 1, 400, "FOLDER_TROUBLE");
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(
        (summary.failed, summary.complete),
        (1, false),
        "{summary:?}"
    );
    assert_eq!(summary.failures[0].error, "FOLDER_TROUBLE");
    assert_eq!(folders(&kept), [json!(null); 0]);
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert_eq!(folders(&kept).len(), 1);
}
