//! What is taken away in mid-run: chats, and files of messages that stay.

use telekeep_cloud::world::ChatKind;

use super::*;

impl Rig {
    /// A chat of this kind that takes several pages.
    fn long(&self, kind: ChatKind) -> i64 {
        let chats = self.cloud.world().chats(self.account()).into_iter();
        let long = chats.filter(|chat| chat.kind == kind && chat.messages.len() > 110);
        long.map(|chat| chat.id).next().expect("a long chat")
    }

    /// The account loses the chat while its second page is asked for.
    fn close_in_mid_run(&self, chat: i64) {
        self.cloud.add_fault(Fault {
            chat: Some(chat),
            ..Fault::once(
                "messages.getHistory",
                2,
                FaultKind::ChatCloses { closed: None },
            )
        });
    }
}

impl Kept {
    /// The values of a field in the coverage of a chat.
    fn coverage(&self, chat: i64, field: &str) -> Vec<i64> {
        let records = self.records().into_iter();
        let coverage =
            records.filter(|record| record.kind == "coverage" && record.chat == Some(chat));
        let body = |record: Record| serde_json::from_str::<Value>(record.body.get()).unwrap();
        coverage
            .filter_map(|record| body(record)[field].as_i64())
            .collect()
    }
}

fn about(kept: &Kept, chat: i64) -> (usize, usize) {
    let records = kept.records();
    let of = |kind: &str| {
        let found = records
            .iter()
            .filter(|record| record.kind == kind && record.chat == Some(chat));
        found
            .filter_map(|record| record.id)
            .collect::<BTreeSet<i64>>()
            .len()
    };
    (of("message"), of("deleted"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_the_other_side_deletes_in_mid_run_keeps_what_was_had_as_deleted() {
    let rig = Rig::start(6, 1500, 2).await;
    let kept = rig.archive("a").await;
    let chat = rig.long(ChatKind::Private);
    let there = rig.ids(chat).len();
    rig.close_in_mid_run(chat);
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(rig.cloud.faults_applied(), 1);
    let (held, deleted) = about(&kept, chat);
    // What was not had before it was deleted is told, once.
    let messages = (there - held) as u64;
    assert_eq!(summary.losses, [Loss { chat, messages }]);
    assert!(messages > 0 && !summary.complete, "{summary:?}");
    assert!(
        held > 0 && held == deleted,
        "{held} held, {deleted} deleted"
    );
    // Files of messages that are gone cannot be had; nothing else failed.
    let gone = summary
        .failures
        .iter()
        .all(|failure| failure.error == "ORIGIN_GONE");
    assert!(gone && summary.missing <= summary.failed, "{summary:?}");
    rig.assert_has_world(&kept);
    let again = rig.run(&kept).await.unwrap();
    assert_eq!(
        (again.failed, again.lost(), again.complete),
        (0, 0, true),
        "{again:?}"
    );
    assert_eq!(about(&kept, chat), (held, deleted));
    kept.assert_sound();
}

/// A part of a chat is listed, messages are deleted and others come, and the rest is listed by another
/// run: only those that nobody had yet are lost, whether the spool is the same or not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_before_its_page_is_asked_for_is_counted_as_lost() {
    for spool_lost in [false, true] {
        let rig = Rig::start(6, 1500, 0).await;
        let mut kept = rig.archive("a").await;
        let chat = rig.long(ChatKind::Supergroup);
        let refused = FaultKind::Error {
            code: 400,
            text: "NOT_NOW".to_owned(),
        };
        rig.cloud.add_fault(Fault {
            chat: Some(chat),
            ..Fault::once("messages.getHistory", 2, refused)
        });
        let first = rig.run(&kept).await.unwrap();
        assert_eq!((first.failed, first.lost()), (1, 0), "{first:?}");
        let held = about(&kept, chat).0;
        let (had, rest): (Vec<i32>, Vec<i32>) = {
            let ids = rig.ids(chat);
            let (had, rest) = ids.split_at(held);
            (had.to_vec(), rest.to_vec())
        };
        let world = rig.cloud.world();
        world.delete(rig.account(), chat, &had[10..13]);
        world.delete(rig.account(), chat, &rest[2..9]);
        for text in ["one", "two", "three"] {
            world.say(rig.account(), chat, text);
        }
        if spool_lost {
            drop(kept);
            rig.lose_spool("a");
            kept = rig.open("a");
            rig.sign_in(&kept).await;
        }
        let summary = rig.run(&kept).await.unwrap();
        let told = summary.losses.first().map(|loss| loss.chat);
        // The three new ones could be older ones that were had: at least so many are lost.
        assert_eq!((told, summary.lost()), (Some(chat), 4), "{summary:?}");
        assert_eq!(about(&kept, chat), (held + rest.len() - 7 + 3, 3));
        assert_eq!(kept.coverage(chat, "lost"), [4]);
        let again = rig.run(&kept).await.unwrap();
        assert_eq!((again.lost(), again.complete), (0, true), "{again:?}");
        rig.assert_has_world(&kept);
        kept.assert_sound();
    }
}

/// What the server counted and did not show is missing, and lost when it is deleted then.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_left_out_and_somebody_deleted_is_lost() {
    for spool_lost in [false, true] {
        let rig = Rig::start(6, 1500, 0).await;
        let mut kept = rig.archive("a").await;
        let chat = rig.long(ChatKind::Supergroup);
        // Its pages lack messages, and when they are compared the server has no time.
        let pages = rig.ids(chat).len().div_ceil(100) as u64;
        let left_out = FaultKind::LeftOut { messages: 3 };
        let refused = FaultKind::Error {
            code: 400,
            text: "NOT_NOW".to_owned(),
        };
        for (nth, kind) in [(pages + 2, refused), (1, left_out)] {
            rig.cloud.add_fault(Fault {
                chat: Some(chat),
                every: Some(1),
                ..Fault::once("messages.getHistory", nth, kind)
            });
        }
        let first = rig.run(&kept).await.unwrap();
        assert!(first.missing > 0 && first.lost() == 0, "{first:?}");
        let held = kept.spool.live_ids(chat).unwrap();
        let ids = rig.ids(chat);
        let lacking: Vec<i32> = ids.into_iter().filter(|id| !held.contains(id)).collect();
        rig.cloud.world().delete(rig.account(), chat, &lacking);
        rig.cloud.forget_faults();
        if spool_lost {
            drop(kept);
            rig.lose_spool("a");
            kept = rig.open("a");
            rig.sign_in(&kept).await;
        }
        let summary = rig.run(&kept).await.unwrap();
        let messages = lacking.len() as u64;
        assert_eq!(summary.losses, [Loss { chat, messages }], "{spool_lost}");
        assert_eq!((summary.failed, summary.missing), (0, 0), "{summary:?}");
        kept.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_becomes_private_in_mid_run_is_told_and_then_closed() {
    let rig = Rig::start(6, 1500, 0).await;
    for kind in [ChatKind::Supergroup, ChatKind::Channel] {
        let kept = rig.archive(&format!("{kind:?}")).await;
        let chat = rig.long(kind);
        rig.close_in_mid_run(chat);
        let summary = rig.run(&kept).await.unwrap();
        assert!(!summary.complete && summary.failed >= 1, "{summary:?}");
        let failed = summary
            .failures
            .iter()
            .find(|failure| failure.key == chat.to_string());
        assert_eq!(failed.unwrap().error, "CHANNEL_PRIVATE");
        let (held, deleted) = about(&kept, chat);
        assert!(
            held >= 100 && deleted == 0,
            "{held} held, {deleted} deleted"
        );
        rig.assert_has_world(&kept);
        // It is in the list of chats no more: there is nothing to try again.
        let again = rig.run(&kept).await.unwrap();
        assert_eq!((again.failed, again.missing), (0, 0), "{again:?}");
        assert_eq!(about(&kept, chat), (held, deleted));
        kept.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_gone_while_its_message_stays_is_missing_and_tried_again() {
    let rig = Rig::start(8, 300, 6).await;
    let kept = rig.archive("a").await;
    rig.fault("upload.getFile", 3, 1, FaultKind::FileGone);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.failed > 0 && !summary.complete, "{summary:?}");
    let keys: BTreeSet<String> = summary
        .failures
        .iter()
        .map(|failure| failure.key.clone())
        .collect();
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.error == "FILE_ID_INVALID")
    );
    rig.assert_has_world(&kept);
    let held = kept.content().media;
    assert!(keys.iter().all(|key| !held.contains_key(key)));
    // It may come back: every run tries, and says so, and there is no news in it.
    let again = rig.run(&kept).await.unwrap();
    let still: BTreeSet<String> = again
        .failures
        .iter()
        .map(|failure| failure.key.clone())
        .collect();
    assert_eq!(
        (again.new_records, again.complete, still),
        (0, false, keys),
        "{again:?}"
    );
    kept.assert_sound();
}
