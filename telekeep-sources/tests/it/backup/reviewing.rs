//! Looking again at what is held: what others deleted, changed or took away, and what a server left
//! out.

use std::collections::BTreeSet;

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// So many days after now.
fn days_later(days: i64) -> Options {
    let now = telekeep_sources::spool::system_clock();
    Options {
        clock: Arc::new(move || now() + days * DAY),
        ..Options::default()
    }
}

/// What the records say is gone.
fn gone(kept: &Kept) -> BTreeSet<(i64, i64)> {
    let mut gone = BTreeSet::new();
    for record in kept.records() {
        if record.kind != "deleted" {
            continue;
        }
        let key = (record.chat.unwrap(), record.id.unwrap());
        let body: Value = serde_json::from_str(record.body.get()).unwrap();
        match body["resolved"] == true {
            true => assert!(gone.remove(&key), "{key:?} had not been gone"),
            false => assert!(gone.insert(key), "{key:?} twice"),
        }
    }
    gone
}

impl Rig {
    /// The ids of a chat, oldest first.
    pub(super) fn ids(&self, chat: i64) -> Vec<i32> {
        self.cloud.world().message_ids(self.account(), chat)
    }

    /// The chats with most messages, of each sort that has ids of its own.
    fn long_chats(&self) -> Vec<i64> {
        let world = self.cloud.world();
        let chats = world.chat_list(self.account());
        let longest = |chosen: fn(i64) -> bool| {
            let chats = chats.iter().map(|chat| chat.id).filter(|id| chosen(*id));
            chats.max_by_key(|chat| self.ids(*chat).len()).unwrap()
        };
        vec![longest(|id| id > 0), longest(|id| id < -1_000_000_000_000)]
    }

    async fn later(&self, kept: &Kept, days: i64) -> Summary {
        self.run_with(kept, &days_later(days), &Stop::new())
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_are_found_confirmed_and_told_once() {
    let rig = Rig::start(8, 2400, 0).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    let (world, account) = (rig.cloud.world(), rig.account());
    let mut expected = BTreeSet::new();
    for chat in rig.long_chats() {
        let ids = rig.ids(chat);
        assert!(ids.len() > 300, "{}", ids.len());
        let some = [ids[3], ids[4], ids[ids.len() / 2], ids[ids.len() - 2]];
        assert_eq!(world.delete(account, chat, &some), 4);
        expected.extend(some.map(|id| (chat, i64::from(id))));
    }
    // Not looked at again yet, and no wrong word about it.
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    assert!(rig.later(&kept, 8).await.complete);
    assert_eq!(gone(&kept), expected);
    for chat in rig.long_chats() {
        let state = kept.spool.chat(chat).unwrap().unwrap();
        assert_eq!((state.gone, state.live()), (4, rig.ids(chat).len() as u64));
    }
    let asked = rig.calls("messages.getHistory");
    let again = rig.later(&kept, 16).await;
    assert_eq!((again.new_records, again.complete), (0, true));
    // Nothing changed: one request for each chat.
    let chats = kept.spool.chats().unwrap().len() as u64;
    assert!(rig.calls("messages.getHistory") - asked <= chats);
    // A spool that is lost knows it again.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    assert!(rig.later(&kept, 24).await.complete);
    assert_eq!(gone(&kept), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_with_news_is_looked_at_in_the_same_run() {
    let rig = Rig::start(6, 1200, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let (world, account) = (rig.cloud.world(), rig.account());
    for chat in rig.long_chats() {
        let ids = rig.ids(chat);
        let near = ids[ids.len() - 40];
        world.edit(account, chat, near, "said otherwise");
        world.delete(account, chat, &[ids[ids.len() - 30], ids[1]]);
        world.say(account, chat, "news");
    }
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_has_world(&kept);
    assert_eq!(gone(&kept).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_is_found_when_everything_is_listed_again() {
    let rig = Rig::start(6, 1200, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let (world, account) = (rig.cloud.world(), rig.account());
    for chat in rig.long_chats() {
        world.edit(account, chat, rig.ids(chat)[2], "said otherwise long ago");
    }
    let options = Options {
        relist: true,
        ..Options::default()
    };
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(summary.complete && summary.new_records >= 2, "{summary:?}");
    rig.assert_has_world(&kept);
    assert!(gone(&kept).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_left_out_is_missing_until_it_is_shown() {
    let rig = Rig::start(6, 1500, 0).await;
    let kept = rig.archive("a").await;
    // Some page lacks messages, each time it is asked for in the first run.
    rig.fault(
        "messages.getHistory",
        1,
        100_000,
        FaultKind::LeftOut { messages: 3 },
    );
    let summary = rig.run(&kept).await.unwrap();
    assert!(!summary.complete && summary.missing > 0, "{summary:?}");
    assert!(gone(&kept).is_empty());
    // What is deleted meanwhile does not hide what is missing.
    let (world, account) = (rig.cloud.world(), rig.account());
    let mut hidden = 0;
    for chat in world.chat_list(account) {
        let held: Vec<i32> = kept.spool.live_ids(chat.id).unwrap();
        let ids = rig.ids(chat.id);
        let lacking = ids.iter().filter(|id| !held.contains(id)).count();
        hidden += world.delete(account, chat.id, &held[..lacking.min(held.len())]);
    }
    assert!(hidden > 0);
    rig.cloud.forget_faults();
    let summary = rig.later(&kept, 8).await;
    assert!(summary.complete, "{summary:?}");
    rig.assert_has_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_is_taken_away_keeps_what_was_had_and_says_so() {
    let rig = Rig::start(8, 900, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let chats = rig.long_chats();
    let private = rig.ids(chats[0]).len();
    for chat in &chats {
        rig.cloud.world().take_away(rig.account(), *chat);
    }
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!((summary.failed, summary.missing), (0, 0), "{summary:?}");
    // The other side deleted it: every message is gone, one by one.
    let gone = gone(&kept);
    assert_eq!(gone.len(), private);
    assert!(gone.iter().all(|(chat, _)| *chat == chats[0]));
    // The account may not read the other any more: nobody knows what is gone there.
    let closed = kept
        .records()
        .into_iter()
        .rfind(|record| record.kind == "coverage" && record.body.get().contains("CHANNEL_PRIVATE"));
    assert_eq!(closed.unwrap().chat, Some(chats[1]));
    let records = kept.records().len();
    let again = rig.later(&kept, 30).await;
    let mut news = kept.news_since(records).into_iter();
    assert!(news.all(|about| about.starts_with("saved_contact")));
    assert_eq!((again.failed, again.missing), (0, 0), "{again:?}");
}
