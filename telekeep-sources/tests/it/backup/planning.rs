//! Plans record nothing and cost a bounded number of requests; a disk that fills up pauses a run.

use std::sync::atomic::{AtomicU64, Ordering};

use telekeep_cloud::world::ChatKind;
use telekeep_sources::monitor::{Forecast, Monitor};
use telekeep_sources::spool::FileKind;
use telekeep_sources::telegram::backup::{ChatType, MediaSelection, Plan, Selection, Space, plan};

use super::*;

impl Rig {
    pub(super) async fn plan(&self, kept: &Kept, options: &Options, count: bool) -> Plan {
        let client = self.client(kept).await;
        let plan = plan(&client, &kept.spool, options, count).await.unwrap();
        client.close().await.unwrap();
        plan
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_who_is_in_and_leaves_no_trace() {
    let rig = Rig::start(20, 500, 2).await;
    let kept = rig.archive("a").await;
    let options = Options {
        selection: Selection {
            exclude_types: vec![ChatType::Channels],
            ..Selection::default()
        },
        ..Options::default()
    };
    let plan = rig.plan(&kept, &options, false).await;
    let mut named = 0;
    for chat in rig.cloud.world().chats(rig.account()) {
        let planned = plan.chats.iter().find(|c| c.facts.chat == chat.id).unwrap();
        let out = planned.scope.out.is_some();
        assert_eq!(out, chat.kind == ChatKind::Channel, "{planned:?}");
        // Deleted accounts have no name any more.
        let name = &planned.facts.who.name;
        assert!(planned.facts.is_self || name.is_empty() || *name == chat.title);
        named += usize::from(!name.is_empty());
    }
    assert!(named > plan.chats.len() / 2, "{named}");
    assert_eq!(kept.spool.last_seq().unwrap(), 0);
    assert!(kept.spool.chats().unwrap().is_empty());
    assert_eq!(rig.calls("account.initTakeoutSession"), 0);
    assert_eq!(rig.calls("messages.getHistory"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_what_there_is_within_two_requests_a_chat() {
    let rig = Rig::start(20, 1500, 8).await;
    let kept = rig.archive("a").await;
    let options = Options::default();
    let plan = rig.plan(&kept, &options, true).await;
    let chats = rig.cloud.world().chats(rig.account());
    let messages: usize = chats.iter().map(|chat| chat.messages.len()).sum();
    assert_eq!(plan.remaining(), messages as u64);
    assert_eq!(plan.new_chats, chats.len() as u64);
    assert_eq!(rig.calls("messages.getHistory"), chats.len() as u64);
    assert!(rig.calls("messages.getSearchCounters") <= chats.len() as u64);
    assert!(rig.calls("messages.search") <= 7 * 3);
    assert!(plan.files[&FileKind::Photo].files > 0, "{:?}", plan.files);
    assert_eq!(plan.rates.messages, None);

    // Afterwards there is nothing to do, and the estimate was not far off.
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let held: u64 = kept
        .records()
        .iter()
        .filter(|record| record.kind == "media")
        .map(|record| {
            let body: Value = serde_json::from_str(record.body.get()).unwrap();
            body["size"].as_u64().unwrap()
        })
        .sum();
    let bytes = plan.bytes();
    assert!(bytes.low <= bytes.bytes && bytes.bytes <= bytes.high);
    assert!(
        (held / 3..held * 3).contains(&bytes.bytes),
        "{held} {bytes:?}"
    );
    let after = rig.plan(&kept, &options, true).await;
    assert_eq!(
        (after.remaining(), after.bytes().bytes),
        (0, 0),
        "{after:?}"
    );
    assert_eq!(after.waiting, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_a_selection_is_of_that() {
    let rig = Rig::start(8, 1500, 4).await;
    let kept = rig.archive("a").await;
    let chats = rig.cloud.world().chats(rig.account());
    let chat = chats.iter().max_by_key(|chat| chat.messages.len()).unwrap();
    let date = |at: usize| chat.messages[at]["date"].as_i64().unwrap();
    let half = chat.messages.len() / 2;
    let options = Options {
        selection: Selection {
            chats: vec![chat.id.to_string()],
            since: Some(date(half)),
            media: MediaSelection {
                kinds: vec![FileKind::Voice],
                ..MediaSelection::default()
            },
            ..Selection::default()
        },
        ..Options::default()
    };
    let plan = rig.plan(&kept, &options, true).await;
    let later = chat
        .messages
        .iter()
        .filter(|m| m["date"].as_i64() >= Some(date(half)));
    assert_eq!(plan.remaining(), later.count() as u64);
    // What the rules leave out costs nothing.
    let photos = plan
        .files
        .get(&FileKind::Photo)
        .map_or(0, |photos| photos.bytes);
    assert_eq!(photos, 0, "{:?}", plan.files);
    rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert_eq!(rig.plan(&kept, &options, true).await.remaining(), 0);
}

/// Remembers phases, and between them what would not fit.
#[derive(Default)]
struct Forecasts(std::sync::Mutex<Vec<Result<String, Forecast>>>);

impl Forecasts {
    fn tell(&self, event: Result<String, Forecast>) {
        self.0.lock().unwrap().push(event);
    }

    /// What was said before the messages, and after them.
    fn told(&self) -> (Vec<Forecast>, Vec<Forecast>) {
        let told = std::mem::take(&mut *self.0.lock().unwrap());
        let messages = |event: &_| *event == Ok("messages".to_owned());
        let at = told.iter().position(messages).unwrap();
        let all = |events: &[Result<String, Forecast>]| {
            let events = events.iter().filter_map(|event| event.clone().err());
            events.collect()
        };
        (all(&told[..at]), all(&told[at..]))
    }
}

impl Monitor for Forecasts {
    fn phase(&self, name: &str) {
        self.tell(Ok(name.to_owned()));
    }

    fn shortage(&self, forecast: &Forecast) {
        self.tell(Err(*forecast));
    }
}

impl Rig {
    /// A run with so much room, and what it said of it.
    async fn with_room(&self, kept: &Kept, free: u64) -> (Summary, Arc<Forecasts>) {
        let options = Options {
            free_space: Arc::new(move || Some(free)),
            keep_free: 1_000_000,
            ..Options::default()
        };
        let monitor = Arc::new(Forecasts::default());
        let (watch, stop) = (monitor.clone(), Stop::new());
        let client = self.client(kept).await;
        let summary = backup(&client, &kept.archive, &kept.spool, &options, watch, &stop).await;
        client.close().await.unwrap();
        (summary.unwrap(), monitor)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_would_not_fit_says_so_before_it_starts() {
    let rig = Rig::start(10, 600, 8).await;
    let kept = rig.archive("a").await;
    let planned = rig.plan(&kept, &Options::default(), true).await.bytes();
    let (paused, monitor) = rig.with_room(&kept, 1_200_000).await;
    assert!(paused.full.is_some(), "{paused:?}");
    let (before, after) = monitor.told();
    let [early] = before.as_slice() else {
        panic!("{before:?}");
    };
    assert_eq!(
        (early.free, early.keep, early.at_least),
        (1_200_000, 1_000_000, false)
    );
    let near = planned.bytes / 2..planned.bytes * 2;
    assert!(near.contains(&early.needed.bytes), "{early:?} {planned:?}");
    assert!(after.is_empty(), "once in a run is enough: {after:?}");

    // What waits is known from then on, and nothing has to be counted.
    let counted = rig.calls("messages.getSearchCounters");
    let (_, monitor) = rig.with_room(&kept, 1_200_000).await;
    assert!(monitor.told().0[0].at_least);
    // With room enough nothing is said.
    let (done, monitor) = rig.with_room(&kept, 1 << 40).await;
    assert!(done.complete, "{done:?}");
    assert_eq!(monitor.told(), (Vec::new(), Vec::new()));
    assert_eq!(rig.calls("messages.getSearchCounters"), counted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_pauses_and_room_lets_it_go_on() {
    let rig = Rig::start(10, 400, 8).await;
    let kept = rig.archive("a").await;
    let free = Arc::new(AtomicU64::new(1_000_000));
    let told = free.clone();
    let options = Options {
        free_space: Arc::new(move || Some(told.load(Ordering::Acquire))),
        keep_free: 1_000_000,
        ..Options::default()
    };
    let paused = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    let space = Space {
        free: 1_000_000,
        keep: 1_000_000,
    };
    assert_eq!((paused.full, paused.media), (Some(space), 0), "{paused:?}");
    assert!(!paused.complete && !paused.interrupted && paused.missing > 0);
    assert_eq!(rig.calls("upload.getFile"), 0);
    assert_eq!(kept.spool.unsealed_bytes().unwrap(), 0);
    // Room for the small ones: they are not held up by the large ones.
    free.store(1_200_000, Ordering::Release);
    let some = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(some.full.is_some() && some.media > 0, "{some:?}");
    free.store(u64::MAX, Ordering::Release);
    let all = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(all.complete && all.full.is_none(), "{all:?}");
    rig.assert_equals_world(&kept);
}
