//! Stories of the account: each a record of its own, its versions and its end too.

use serde_json::json;

use super::account::answers;
use super::*;

/// Bodies of the records of stories, by id, oldest first.
fn stories(kept: &Kept) -> BTreeMap<i64, Vec<Value>> {
    let mut stories: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for record in kept.records() {
        if record.kind == "story" {
            let body = serde_json::from_str(record.body.get()).unwrap();
            stories.entry(record.id.unwrap()).or_default().push(body);
        }
    }
    stories
}

fn file_of(story: &Value) -> String {
    let media = &story["media"];
    match media["document"]["id"].as_i64() {
        Some(id) => format!("document/{id}"),
        None => format!("photo/{}/", media["photo"]["id"]),
    }
}

async fn delete(rig: &Rig, kept: &Kept, ids: &[i32]) {
    let own = json!({"_": "inputPeerSelf"});
    let request = json!({"_": "stories.deleteStories", "peer": own, "id": ids});
    rig.call(kept, request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_is_kept_with_its_files_and_asked_for_once_a_day() {
    let rig = Rig::start(8, 200, 2).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");

    let told = stories(&kept);
    assert_eq!(told.len(), 7);
    let media = kept.content().media;
    for versions in told.values() {
        assert_eq!(versions.len(), 1);
        let file = file_of(&versions[0]);
        assert!(media.keys().any(|key| key.starts_with(&file)), "{file}");
    }
    let tagged = &told[&7][0];
    assert_eq!(
        tagged["caption"],
        "Tonight at the pier: @harbourlights #umbrella"
    );
    assert_eq!(tagged["entities"].as_array().unwrap().len(), 2);
    assert_eq!(told[&2][0]["close_friends"], true);
    assert_eq!(told[&3][0]["media_areas"].as_array().unwrap().len(), 2);

    // The lists have no stories in them: those are records of their own.
    let archive = answers(&kept, "stories/archive");
    assert_eq!(archive.len(), 1);
    assert_eq!(archive[0]["count"], 7);
    assert_eq!(archive[0]["stories"], json!([]));
    assert_eq!(
        answers(&kept, "stories/pinned")[0]["pinned_to_top"],
        json!([3])
    );
    assert_eq!(
        answers(&kept, "stories/albums")[0]["albums"][0]["title"],
        "By the sea"
    );

    let pages = rig.calls("stories.getStoriesArchive");
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert_eq!(rig.calls("stories.getStoriesArchive"), pages);
    assert_eq!(rig.calls("stories.getStoriesByID"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_caption_is_a_version_more_views_are_not_and_what_vanished_is_told() {
    let rig = Rig::start(8, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();

    let own = json!({"_": "inputPeerSelf"});
    let look = json!({"_": "stories.incrementStoryViews", "peer": own, "id": [1, 2, 4]});
    rig.call(&kept, look).await;
    let caption = json!({"_": "stories.editStory", "peer": own, "id": 4, "caption": "No hat.",
        "entities": []});
    rig.call(&kept, caption).await;
    delete(&rig, &kept, &[2, 5]).await;
    let summary = rig.run_days_later(&kept, 2).await;
    assert!(summary.complete, "{summary:?}");
    let told = stories(&kept);
    let versions: Vec<usize> = told.values().map(Vec::len).collect();
    assert_eq!(versions, [1, 2, 1, 2, 2, 1, 1]);
    assert_eq!(told[&4][1]["caption"], "No hat.");
    assert_eq!(told[&2][1], json!({"_": "storyItemDeleted", "id": 2}));

    // It is told once, and neither forgotten with the spool.
    assert_eq!(rig.run_days_later(&kept, 4).await.new_records, 0);
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_days_later(&kept, 6).await;
    assert_eq!(stories(&kept), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_gone_only_when_asking_for_it_says_so() {
    let rig = Rig::start(6, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    delete(&rig, &kept, &[6]).await;
    rig.error("stories.getStoriesByID", 1, 400, "STORY_ID_INVALID");
    let summary = rig.run_days_later(&kept, 2).await;
    assert!(!summary.complete, "{summary:?}");
    assert_eq!(stories(&kept)[&6].len(), 1);
    let summary = rig.run_days_later(&kept, 2).await;
    assert!(summary.complete, "{summary:?}");
    assert_eq!(stories(&kept)[&6].len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_had_makes_no_story_gone() {
    let rig = Rig::start(6, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    delete(&rig, &kept, &[1]).await;
    rig.error("stories.getStoriesArchive", 9, 500, "STORIES_DOWN");
    let summary = rig.run_days_later(&kept, 2).await;
    let failed: Vec<&str> = summary.failures.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(failed, ["stories/archive"]);
    assert_eq!(stories(&kept)[&1].len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_of_stories_that_expire_are_renewed_from_the_story() {
    let rig = Rig::start(6, 40, 1).await;
    let kept = rig.archive("a").await;
    rig.expire_references(3);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert!(rig.calls("stories.getStoriesByID") > 0);
}
