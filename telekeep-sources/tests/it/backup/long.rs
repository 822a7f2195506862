//! Rich messages that pages of a chat show only in part.

use telekeep_cloud::world::ChatKind;

use super::*;

const METHOD: &str = "messages.getRichMessage";

impl Rig {
    fn chat_of(&self, kind: ChatKind) -> i64 {
        let chats = self.cloud.world().chat_list(self.account());
        chats.iter().find(|chat| chat.kind == kind).unwrap().id
    }

    fn add_long(&self, kind: ChatKind) -> (i64, i64) {
        let (chat, world) = (self.chat_of(kind), self.cloud.world());
        let id = world.add_long_rich_message(self.account(), chat);
        (chat, id.into())
    }

    fn edit_long(&self, (chat, id): (i64, i64), text: &str) {
        let id = i32::try_from(id).unwrap();
        self.cloud.world().edit(self.account(), chat, id, text);
    }
}

impl Kept {
    /// The records of a message, oldest first.
    fn versions(&self, (chat, id): (i64, i64)) -> Vec<Value> {
        let records = self.records().into_iter();
        let of = records.filter(|record| {
            record.kind == "message" && (record.chat, record.id) == (Some(chat), Some(id))
        });
        of.map(|record| serde_json::from_str(record.body.get()).unwrap())
            .collect()
    }

    /// The failures of these messages that were recorded, and whether each is resolved since.
    fn lacks(&self) -> Vec<(String, bool)> {
        let bodies = self.records().into_iter().filter_map(|record| {
            let body: Value = serde_json::from_str(record.body.get()).unwrap();
            (record.kind == "failure" && body["what"] == "rich_message").then_some(body)
        });
        let lack = |body: Value| {
            let error = body["error"].as_str().unwrap_or_default();
            (error.to_owned(), body["resolved"] == true)
        };
        bodies.map(lack).collect()
    }
}

fn is_part(message: &Value) -> bool {
    message["rich_message"]["part"] == true
}

/// Files of the blocks that pages do not show.
fn files_of_the_rest(whole: &Value) -> Vec<String> {
    let keys = files(whole);
    assert_eq!(keys.len(), 2, "{keys:?}");
    keys[1..].to_vec()
}

/// Looking at everything again.
fn relisting() -> Options {
    Options {
        relist: true,
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_is_held_with_its_files_and_once() {
    let rig = Rig::start(12, 400, 1).await;
    let kinds = [
        ChatKind::Private,
        ChatKind::Group,
        ChatKind::Supergroup,
        ChatKind::Channel,
    ];
    let long = kinds.map(|kind| rig.add_long(kind));
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    let held = kept.content();
    for message in long {
        let versions = kept.versions(message);
        assert_eq!(versions.len(), 1);
        assert!(!is_part(&versions[0]), "{}", versions[0]);
        for file in files_of_the_rest(&versions[0]) {
            assert!(held.media.contains_key(&file), "{file}");
        }
    }
    assert_eq!(rig.calls(METHOD), 4);

    // Pages that show it so again say nothing new.
    for options in [Options::default(), relisting()] {
        let again = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
        assert!(again.complete, "{again:?}");
        assert_eq!((again.new_records, rig.calls(METHOD)), (0, 4), "{again:?}");
    }
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_what_is_not_shown_is_had_whole() {
    let rig = Rig::start(12, 400, 0).await;
    let long = rig.add_long(ChatKind::Supergroup);
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    rig.edit_long(long, "The lamp was lit again.");
    let summary = rig
        .run_with(&kept, &relisting(), &Stop::new())
        .await
        .unwrap();
    assert!(summary.complete, "{summary:?}");
    let versions = kept.versions(long);
    assert_eq!((versions.len(), rig.calls(METHOD)), (2, 2));
    let blocks = versions[1]["rich_message"]["blocks"].as_array().unwrap();
    assert_eq!(
        blocks.last().unwrap()["text"]["text"],
        "The lamp was lit again."
    );
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_keeps_the_archive_incomplete_until_it_is_had() {
    let rig = Rig::start(12, 400, 1).await;
    let long = rig.add_long(ChatKind::Group);
    let kept = rig.archive("a").await;
    rig.error(METHOD, 2, 400, "RICH_MESSAGE_DOWN");
    for _ in 0..2 {
        let summary = rig.run(&kept).await.unwrap();
        assert!(!summary.complete, "{summary:?}");
        let failed: Vec<_> = summary.failures.iter().map(|f| f.what.as_str()).collect();
        assert_eq!(failed, ["rich_message"]);
        let versions = kept.versions(long);
        assert!(versions.len() == 1 && is_part(&versions[0]));
    }
    // The same refusal is recorded once.
    let down = ("RICH_MESSAGE_DOWN".to_owned(), false);
    assert_eq!(kept.lacks(), std::slice::from_ref(&down));

    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert_eq!(kept.lacks(), [down, (String::new(), true)]);
    rig.assert_equals_world(&kept);
    let calls = rig.calls(METHOD);
    let again = rig
        .run_with(&kept, &relisting(), &Stop::new())
        .await
        .unwrap();
    assert_eq!((again.new_records, rig.calls(METHOD)), (0, calls));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_before_it_was_had_is_wanted_no_more() {
    let rig = Rig::start(12, 400, 0).await;
    let long = rig.add_long(ChatKind::Group);
    let kept = rig.archive("a").await;
    rig.error(METHOD, 1, 400, "RICH_MESSAGE_DOWN");
    rig.run(&kept).await.unwrap();
    // Deleted meanwhile: what is held of it is all that can be had.
    let id = i32::try_from(long.1).unwrap();
    rig.cloud.world().delete(rig.account(), long.0, &[id]);
    rig.run_with(&kept, &relisting(), &Stop::new())
        .await
        .unwrap();
    let calls = rig.calls(METHOD);
    let after = rig.run(&kept).await.unwrap();
    assert!(after.complete, "{after:?}");
    assert_eq!(rig.calls(METHOD), calls);
    assert!(kept.lacks().last().unwrap().1);
    assert!(is_part(&kept.versions(long)[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_spool_costs_a_request_and_records_nothing() {
    let rig = Rig::start(12, 400, 1).await;
    let (had, lacking) = (
        rig.add_long(ChatKind::Supergroup),
        rig.add_long(ChatKind::Channel),
    );
    let kept = rig.archive("a").await;
    rig.error(METHOD, 1, 400, "RICH_MESSAGE_DOWN");
    rig.run(&kept).await.unwrap();
    let (first, second) = (kept.versions(had), kept.versions(lacking));
    assert!(first.len() == 1 && second.len() == 1);
    assert_eq!(
        [&first[0], &second[0]]
            .map(is_part)
            .iter()
            .filter(|p| **p)
            .count(),
        1
    );
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let summary = rig
        .run_with(&kept, &relisting(), &Stop::new())
        .await
        .unwrap();
    // What was refused is known to be wanted, and had now.
    assert!(summary.complete, "{summary:?}");
    assert!(kept.lacks().last().unwrap().1);
    rig.assert_equals_world(&kept);
    let records = kept.records().len();
    let calls = rig.calls(METHOD);
    rig.run_with(&kept, &relisting(), &Stop::new())
        .await
        .unwrap();
    assert_eq!(kept.news_since(records), [""; 0]);
    assert_eq!(rig.calls(METHOD), calls);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_rest_are_found_again_when_their_references_expired() {
    let rig = Rig::start(6, 100, 0).await;
    rig.add_long(ChatKind::Private);
    let kept = rig.archive("a").await;
    rig.expire_references(2);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    assert!(rig.calls(METHOD) > 1, "{}", rig.calls(METHOD));
}
