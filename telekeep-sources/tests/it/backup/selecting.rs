//! Selections: what is fetched is what was asked for, and a change costs the difference.

use telekeep_cloud::world::{Chat, ChatKind};
use telekeep_sources::spool::{FileKind, Intervals, system_clock};
use telekeep_sources::telegram::backup::{
    ChatType, MediaSelection, Selection, SelectionError, TopicName, Topics,
};

use super::*;

fn with(selection: &Selection) -> Options {
    Options {
        selection: selection.clone(),
        ..Options::default()
    }
}

/// Without files, so that requests are those for messages.
fn texts(selection: &Selection) -> Options {
    Options {
        media: false,
        ..with(selection)
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn date(message: &Value) -> i64 {
    message["date"].as_i64().unwrap()
}

impl Rig {
    async fn select(&self, kept: &Kept, options: &Options) -> Summary {
        self.run_with(kept, options, &Stop::new()).await.unwrap()
    }

    /// Calls by method that `work` makes.
    async fn spent(&self, kept: &Kept, options: &Options) -> (Summary, BTreeMap<String, u64>) {
        let before = self.cloud.calls();
        let summary = self.select(kept, options).await;
        let mut calls = self.cloud.calls();
        for (method, count) in &mut calls {
            *count -= before.get(method).copied().unwrap_or(0);
        }
        calls.retain(|_, count| *count > 0);
        (summary, calls)
    }

    fn chats(&self) -> Vec<Chat> {
        self.cloud.world().chats(self.account())
    }

    /// Forbids saving in a channel, when the account owns it.
    async fn forbid_saving(&self, kept: &Kept, chat: i64) -> bool {
        let client = self.client(kept).await;
        let access_hash = kept.spool.access_hash(chat).unwrap();
        let id = -chat - 1_000_000_000_000;
        let peer = serde_json::json!({
            "_": "inputPeerChannel", "channel_id": id, "access_hash": access_hash,
        });
        let request =
            serde_json::json!({"_": "messages.toggleNoForwards", "peer": peer, "enabled": true});
        let done = client.call(&request).await.is_ok();
        client.close().await.unwrap();
        done
    }

    /// The chat with the most messages among those that pass.
    pub(super) fn longest(&self, test: impl Fn(&Chat) -> bool) -> Chat {
        let chats = self.chats().into_iter().filter(|chat| test(chat));
        chats.max_by_key(|chat| chat.messages.len()).unwrap()
    }
}

impl Kept {
    /// Ids of messages held of a chat.
    fn ids(&self, chat: i64) -> BTreeSet<i64> {
        let held = self.content().messages;
        let held = held.keys().filter(|(of, _)| *of == chat);
        held.map(|(_, id)| *id).collect()
    }

    fn left_out(&self, why: &str) -> BTreeSet<String> {
        let records = self.records().into_iter();
        let records = records.filter(|record| record.kind == "media_missing");
        let bodies =
            records.map(|record| serde_json::from_str::<Value>(record.body.get()).unwrap());
        let because = bodies.filter(|body| body["error"] == why);
        because
            .map(|body| body["file"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn ids(messages: &[Value], test: impl Fn(&Value) -> bool) -> BTreeSet<i64> {
    let messages = messages.iter().filter(|message| test(message));
    messages.map(|m| m["id"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_chosen_chats_are_asked_for_and_the_others_are_named() {
    let rig = Rig::start(20, 2000, 0).await;
    let kept = rig.archive("a").await;
    let channels = Selection {
        types: vec![ChatType::Channels],
        ..Selection::default()
    };
    let (summary, calls) = rig.spent(&kept, &texts(&channels)).await;
    let chats = rig.chats();
    let (inside, outside): (Vec<_>, Vec<_>) = chats
        .iter()
        .partition(|chat| chat.kind == ChatKind::Channel);
    assert!(!inside.is_empty() && outside.len() > 10);
    let pages: usize = inside
        .iter()
        .map(|chat| chat.messages.len() / 100 + 1)
        .sum();
    assert!(
        calls["messages.getHistory"] <= pages as u64 + 1,
        "{calls:?}"
    );
    for chat in &inside {
        assert_eq!(kept.ids(chat.id), ids(&chat.messages, |_| true));
    }
    assert!(outside.iter().all(|chat| kept.ids(chat.id).is_empty()));
    assert!(!summary.complete && summary.missing == 0, "{summary:?}");
    assert_eq!(summary.chats_left_out, outside.len() as u64);

    // Again: nothing. Everything: the rest, and nothing twice (`content` looks at that).
    let again = rig.select(&kept, &texts(&channels)).await;
    assert_eq!(again.new_records, 0);
    let (all, calls) = rig.spent(&kept, &Options::default()).await;
    assert!(all.complete, "{all:?}");
    let pages: usize = outside
        .iter()
        .map(|chat| chat.messages.len() / 100 + 2)
        .sum();
    assert!(calls["messages.getHistory"] <= pages as u64, "{calls:?}");
    rig.assert_equals_world(&kept);
    // Smaller again: what is held stays, and nothing is asked.
    let (small, calls) = rig.spent(&kept, &texts(&channels)).await;
    assert!(!small.complete && small.missing == 0, "{small:?}");
    assert!(!calls.contains_key("messages.getHistory"), "{calls:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_chat_costs_what_it_is_and_no_walk_once_it_is_known() {
    let rig = Rig::start(250, 3000, 0).await;
    let kept = rig.archive("a").await;
    let chat = rig.longest(|chat| chat.kind == ChatKind::Private);
    let one = Selection {
        chats: vec![chat.id.to_string()],
        ..Selection::default()
    };
    let (_, calls) = rig.spent(&kept, &texts(&one)).await;
    let pages = chat.messages.len() as u64 / 100 + 2;
    assert!(calls["messages.getHistory"] <= pages, "{calls:?}");
    assert_eq!(kept.ids(chat.id), ids(&chat.messages, |_| true));
    let (_, calls) = rig.spent(&kept, &texts(&one)).await;
    assert!(!calls.contains_key("messages.getDialogs"), "{calls:?}");
    assert_eq!(calls["messages.getPeerDialogs"], 1);
    assert!(!calls.contains_key("messages.getHistory"), "{calls:?}");
    assert!(rig.select(&kept, &Options::default()).await.complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_for_one_chat_costs_what_it_is_and_claims_no_more() {
    let rig = Rig::start(250, 3000, 0).await;
    let other = rig.archive("other").await;
    rig.select(&other, &texts(&Selection::default())).await;
    let facts = other.spool.chat_facts().unwrap().into_iter();
    let facts = facts.filter(|chat| !chat.who.usernames.is_empty());
    let usernames: BTreeMap<i64, String> = facts
        .map(|chat| (chat.chat, format!("@{}", chat.who.usernames)))
        .collect();
    let mut cases: Vec<_> = [ChatKind::Channel, ChatKind::Private]
        .into_iter()
        .map(|kind| rig.longest(|c| c.kind == kind && usernames.contains_key(&c.id)))
        .map(|chat| (usernames[&chat.id].clone(), chat))
        .collect();
    let group = rig.longest(|chat| chat.kind == ChatKind::Group);
    cases.push((group.id.to_string(), group));
    cases.push((
        "me".to_owned(),
        rig.longest(|chat| chat.id == rig.account()),
    ));
    for (name, chat) in cases {
        let (id, messages) = (chat.id, chat.messages);
        let archive = format!("a{id}");
        let kept = rig.archive(&archive).await;
        let one = Selection {
            chats: vec![name.clone()],
            ..Selection::default()
        };
        let (first, calls) = rig.spent(&kept, &texts(&one)).await;
        assert!(!calls.contains_key("messages.getDialogs"), "{calls:?}");
        let pages = messages.len() as u64 / 100 + 2;
        assert!(calls["messages.getHistory"] <= pages, "{name}: {calls:?}");
        let all: u64 = calls.values().sum();
        assert!(all < pages + 30, "{name}: {calls:?}");
        assert_eq!(kept.ids(id), ids(&messages, |_| true), "{name}");
        assert!(first.by_name_only && !first.complete, "{first:?}");
        assert_eq!((first.missing, first.failed), (0, 0), "{first:?}");
        // A lost spool learns from the journal that there may be others.
        drop(kept);
        rig.lose_spool(&archive);
        let kept = rig.open(&archive);
        rig.sign_in(&kept).await;
        let (again, calls) = rig.spent(&kept, &texts(&one)).await;
        assert!(again.by_name_only && !again.complete, "{again:?}");
        assert!(!calls.contains_key("messages.getDialogs"), "{calls:?}");
        let whole = rig.select(&kept, &Options::default()).await;
        assert!(whole.complete && !whole.by_name_only, "{whole:?}");
        rig.assert_equals_world(&kept);
        kept.assert_sound();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_range_limits_what_is_fetched_and_grows_both_ways() {
    let rig = Rig::start(3, 6000, 0).await;
    let kept = rig.archive("a").await;
    let chat = rig.longest(|_| true);
    let count = chat.messages.len();
    assert!(count > 1500, "{count}");
    let at = |part: usize| date(&chat.messages[count * part / 10]);
    let range = |since: Option<usize>, until: Option<usize>| Selection {
        chats: vec![chat.id.to_string()],
        since: since.map(at),
        until: until.map(at),
        ..Selection::default()
    };
    let wanted =
        |since: i64, until: i64| ids(&chat.messages, |m| (since..until).contains(&date(m)));
    let (summary, calls) = rig.spent(&kept, &texts(&range(Some(4), Some(5)))).await;
    let slice = wanted(at(4), at(5));
    assert_eq!(kept.ids(chat.id), slice);
    // Two to turn dates into ids, and the pages of a tenth.
    let pages = slice.len() as u64 / 100 + 2;
    assert!(calls["messages.getHistory"] <= pages + 2, "{calls:?}");
    assert_eq!((summary.missing, summary.chats_in_part), (0, 1));
    assert!(!summary.complete);
    let covered = kept.spool.coverage(chat.id).unwrap();
    assert_eq!(covered.iter().count(), 1);
    let again = rig.spent(&kept, &texts(&range(Some(4), Some(5)))).await;
    assert_eq!(again.0.new_records, 0);
    assert!(
        !again.1.contains_key("messages.getHistory"),
        "{:?}",
        again.1
    );

    // Later and earlier: only the difference.
    let (_, calls) = rig.spent(&kept, &texts(&range(Some(2), Some(7)))).await;
    assert_eq!(kept.ids(chat.id), wanted(at(2), at(7)));
    let more = (wanted(at(2), at(7)).len() - slice.len()) as u64 / 100;
    assert!(calls["messages.getHistory"] <= more + 6, "{calls:?}");
    // Open to the end, then everything.
    rig.select(&kept, &texts(&range(Some(2), None))).await;
    assert_eq!(kept.ids(chat.id), wanted(at(2), i64::MAX));
    let all = rig.select(&kept, &Options::default()).await;
    assert!(all.complete, "{all:?}");
    let covered: Intervals = kept.spool.coverage(chat.id).unwrap();
    assert_eq!(covered.iter().count(), 1);
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_nothing_is_in_costs_nothing_in_chats_that_end_before_it() {
    let rig = Rig::start(30, 2000, 0).await;
    let kept = rig.archive("a").await;
    let mut newest: Vec<i64> = rig
        .chats()
        .iter()
        .filter_map(|c| c.messages.last().map(date))
        .collect();
    newest.sort_unstable();
    let since = newest[newest.len() - 4];
    let recent = Selection {
        since: Some(since),
        ..Selection::default()
    };
    let (summary, calls) = rig.spent(&kept, &texts(&recent)).await;
    // A request for the date and one page of each of the four chats.
    assert!(calls["messages.getHistory"] <= 4 * 2 + 2, "{calls:?}");
    assert_eq!(summary.missing, 0, "{summary:?}");
    let held: usize = rig.chats().iter().map(|chat| kept.ids(chat.id).len()).sum();
    let wanted: usize = rig
        .chats()
        .iter()
        .map(|chat| ids(&chat.messages, |m| date(m) >= since).len())
        .sum();
    assert_eq!(held, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn own_messages_alone_are_searched_for() {
    let rig = Rig::start(12, 1500, 0).await;
    let kept = rig.archive("a").await;
    let group = rig.longest(|chat| chat.kind == ChatKind::Supergroup);
    let own = Selection {
        chats: vec![group.id.to_string()],
        own: vec![ChatType::Supergroups],
        ..Selection::default()
    };
    let me = rig.account();
    let mine = ids(&group.messages, |m| m["from_id"]["user_id"] == me);
    assert!(!mine.is_empty() && mine.len() < group.messages.len());
    let listed = |kept: &Kept| {
        let records = kept.records().into_iter();
        // The basic group it was made of has own ones, too.
        let covered =
            records.filter(|record| record.kind == "coverage" && record.chat == Some(group.id));
        let said = covered.filter(|record| record.body.get().contains(r#""listed":true"#));
        said.count()
    };
    // Before its end nobody says that it was listed.
    rig.fault("messages.search", 1, 1, FaultKind::SessionRevoked);
    rig.run_with(&kept, &texts(&own), &Stop::new())
        .await
        .unwrap_err();
    assert_eq!(listed(&kept), 0);
    rig.sign_in(&kept).await;
    let (summary, calls) = rig.spent(&kept, &texts(&own)).await;
    assert_eq!(kept.ids(group.id), mine);
    assert_eq!(listed(&kept), 1);
    assert!(!calls.contains_key("messages.getHistory"), "{calls:?}");
    assert_eq!((summary.missing, summary.complete), (0, false));
    let (again, calls) = rig.spent(&kept, &texts(&own)).await;
    assert_eq!(again.new_records, 0);
    assert!(!calls.contains_key("messages.search"), "{calls:?}");
    assert!(rig.select(&kept, &Options::default()).await.complete);
    rig.assert_equals_world(&kept);
}

/// Nobody counts them: the newest page of them is looked at again.
#[tokio::test(flavor = "multi_thread")]
async fn own_messages_that_are_deleted_or_edited_are_found() {
    let rig = Rig::start(12, 1500, 0).await;
    let kept = rig.archive("a").await;
    let group = rig.longest(|chat| chat.kind == ChatKind::Supergroup);
    let me = rig.account();
    let mine = ids(&group.messages, |m| {
        m["from_id"]["user_id"] == me && m["_"] == "message"
    });
    let mut newest = mine.into_iter().rev();
    let (gone, changed) = (newest.next().unwrap(), newest.next().unwrap());
    let options = |days: i64| {
        let now = system_clock();
        Options {
            clock: Arc::new(move || now() + days * 24 * 60 * 60 * 1000),
            ..texts(&Selection {
                chats: vec![group.id.to_string()],
                own: vec![ChatType::Supergroups],
                ..Selection::default()
            })
        }
    };
    rig.select(&kept, &options(0)).await;
    let held = kept.ids(group.id);
    let number = |id: i64| i32::try_from(id).unwrap();
    let world = rig.cloud.world();
    assert_eq!(world.delete(me, group.id, &[number(gone)]), 1);
    world.edit(me, group.id, number(changed), "said otherwise");
    // Not before it is due.
    assert_eq!(rig.select(&kept, &options(0)).await.new_records, 0);
    let (summary, calls) = rig.spent(&kept, &options(9)).await;
    assert_eq!(calls["messages.search"], 1 + u64::from(summary.chats > 1));
    let deleted: Vec<i64> = kept
        .records()
        .into_iter()
        .filter(|record| record.kind == "deleted" && record.chat == Some(group.id))
        .filter_map(|record| record.id)
        .collect();
    assert_eq!(deleted, [gone]);
    let content = kept.content();
    let said = &content.messages[&(group.id, changed)];
    assert_eq!(said["message"], "said otherwise");
    assert_eq!(kept.ids(group.id), held, "and nothing of others");
    assert_eq!(rig.select(&kept, &options(9)).await.new_records, 0);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn single_topics_of_a_forum() {
    let rig = Rig::start(24, 3000, 0).await;
    let kept = rig.archive("a").await;
    let in_topic = |m: &Value, topic: i64| {
        let header = &m["reply_to"];
        let of = match &header["reply_to_top_id"] {
            Value::Null if header["forum_topic"] == true => &header["reply_to_msg_id"],
            top => top,
        };
        m["id"] == topic || (header["forum_topic"] == true && of == topic)
    };
    let topic = |chat: &Chat| {
        let created = chat.messages.iter();
        let mut created = created.filter(|m| m["action"]["_"] == "messageActionTopicCreate");
        created.next().map(|m| m["id"].as_i64().unwrap())
    };
    let forum = rig.longest(|chat| topic(chat).is_some());
    let id = topic(&forum).unwrap();
    let selection = Selection {
        chats: vec![forum.id.to_string()],
        topics: vec![Topics {
            chat: forum.id.to_string(),
            topics: vec![TopicName::Id(i32::try_from(id).unwrap())],
        }],
        ..Selection::default()
    };
    let wanted = ids(&forum.messages, |m| in_topic(m, id));
    assert!(wanted.len() > 1 && wanted.len() < forum.messages.len());
    let (_, calls) = rig.spent(&kept, &texts(&selection)).await;
    assert_eq!(kept.ids(forum.id), wanted);
    assert!(!calls.contains_key("messages.getHistory"), "{calls:?}");
    let again = rig.select(&kept, &texts(&selection)).await;
    assert_eq!(again.new_records, 0);
    // The same by its title, which costs a page of titles and no message.
    let called = |title: &str| Selection {
        topics: vec![Topics {
            chat: forum.id.to_string(),
            topics: vec![TopicName::Title(title.to_owned())],
        }],
        ..selection.clone()
    };
    let created = forum.messages.iter().find(|m| m["id"] == id).unwrap();
    let title = created["action"]["title"].as_str().unwrap();
    let (again, calls) = rig.spent(&kept, &texts(&called(title))).await;
    assert_eq!(again.new_records, 0);
    assert!(calls["messages.getForumTopics"] >= 1, "{calls:?}");
    let plan = rig.plan(&kept, &texts(&called(title)), false).await;
    let planned = plan.chats.iter().find(|chat| chat.facts.chat == forum.id);
    assert_eq!(planned.unwrap().scope.topics, [i32::try_from(id).unwrap()]);
    for (title, word) in [("No such topic", title), ("General", "General")] {
        let options = texts(&called(title));
        let error = rig
            .run_with(&kept, &options, &Stop::new())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_left_out_are_named_and_come_when_the_selection_grows() {
    let rig = Rig::start(10, 600, 8).await;
    let kept = rig.archive("a").await;
    let photos = Selection {
        media: MediaSelection {
            kinds: vec![FileKind::Photo],
            ..MediaSelection::default()
        },
        ..Selection::default()
    };
    let summary = rig.select(&kept, &with(&photos)).await;
    assert!(!summary.complete && summary.missing == 0, "{summary:?}");
    assert!(summary.files_left_out > 5);
    let held = kept.content().media;
    let pictures = ["photo/", "portrait/", "web/"];
    let is_picture = |key: &String| pictures.iter().any(|word| key.starts_with(word));
    assert!(!held.is_empty() && held.keys().all(is_picture));
    let left_out = kept.left_out("UNSELECTED_KIND");
    assert_eq!(left_out.len() as u64, summary.files_left_out);
    let small = Selection {
        media: MediaSelection {
            max_size: Some(50_000),
            ..MediaSelection::default()
        },
        ..Selection::default()
    };
    let second = rig.select(&kept, &with(&small)).await;
    assert!(second.files_left_out < summary.files_left_out);
    assert!(!kept.left_out("UNSELECTED_SIZE").is_empty());
    assert_eq!(rig.select(&kept, &with(&small)).await.new_records, 0);
    // A lost spool learns it from the journal.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let parts = rig.calls("upload.getFile");
    let again = rig.select(&kept, &with(&small)).await;
    assert_eq!(again.files_left_out, second.files_left_out);
    assert_eq!(rig.calls("upload.getFile"), parts);
    let all = rig.select(&kept, &Options::default()).await;
    assert!(all.complete, "{all:?}");
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_anywhere_a_selection_ends_as_if_never_interrupted() {
    let rig = Rig::start(6, 3000, 4).await;
    let dates: Vec<i64> = rig.longest(|_| true).messages.iter().map(date).collect();
    let selections = [
        Selection {
            since: Some(dates[dates.len() / 2]),
            until: Some(dates[dates.len() * 3 / 4]),
            ..Selection::default()
        },
        Selection {
            since: Some(dates[dates.len() / 4]),
            own: vec![ChatType::Supergroups],
            ..Selection::default()
        },
        Selection::default(),
    ];
    let whole = rig.archive("whole").await;
    rig.archive("cut").await;
    let mut cuts = 0;
    for selection in &selections {
        let options = with(selection);
        rig.select(&whole, &options).await;
        for n in 0..60 {
            let kept = rig.open("cut");
            let pause = Duration::from_millis(20 + n * 37 % 120 + n * 4);
            let stop = Stop::new();
            let run = rig.run_with(&kept, &options, &stop);
            let ended = tokio::time::timeout(pause, run).await;
            while Arc::strong_count(&kept.spool) > 1 {
                tokio::task::yield_now().await;
            }
            if let Ok(summary) = ended {
                assert!(!summary.unwrap().interrupted);
                break;
            }
            cuts += 1;
        }
        assert_eq!(rig.open("cut").essence(), whole.essence());
    }
    assert!(cuts > 2, "{cuts}");
    rig.assert_equals_world(&rig.open("cut"));
    rig.open("cut").assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_means_nothing_ends_the_run_before_anything_is_listed() {
    let rig = Rig::start(8, 300, 0).await;
    let kept = rig.archive("a").await;
    let selection = Selection {
        chats: names(&["no such chat anywhere"]),
        ..Selection::default()
    };
    let result = rig.run_with(&kept, &with(&selection), &Stop::new()).await;
    let error = result.unwrap_err();
    assert!(matches!(
        error,
        BackupError::Selection(SelectionError::NoChat { .. })
    ));
    assert_eq!(rig.calls("messages.getHistory"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_never_marked_as_read() {
    let rig = Rig::start(12, 800, 2).await;
    let kept = rig.archive("a").await;
    assert!(rig.select(&kept, &Options::default()).await.complete);
    let calls = rig.cloud.calls();
    let touching = calls.keys().filter(|method| {
        let name = method.rsplit('.').next().unwrap_or_default();
        name.starts_with("read") || name.starts_with("set") || name.contains("updateStatus")
    });
    assert_eq!(touching.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn protected_media_comes_when_its_owner_decides_so() {
    let rig = Rig::start(60, 2500, 8).await;
    let kept = rig.archive("a").await;
    let saved = Selection {
        types: vec![ChatType::Saved],
        ..Selection::default()
    };
    rig.select(&kept, &with(&saved)).await;
    let mut forbidden = 0;
    for chat in rig
        .chats()
        .iter()
        .filter(|chat| chat.kind == ChatKind::Channel)
    {
        forbidden += u32::from(rig.forbid_saving(&kept, chat.id).await);
    }
    assert!(forbidden > 0);
    let default = rig.select(&kept, &Options::default()).await;
    let mut guarded = kept.left_out("PROTECTED_CONTENT");
    // What is seen elsewhere too is kept from there.
    let held = kept.content().media;
    guarded.retain(|key| !held.contains_key(key));
    assert!(!guarded.is_empty(), "{default:?}");
    let keep = Options {
        keep_protected: true,
        ..Options::default()
    };
    rig.select(&kept, &keep).await;
    let held = kept.content().media;
    let missing: Vec<_> = guarded
        .iter()
        .filter(|key| !held.contains_key(*key))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    // What is held stays when the decision is taken back.
    rig.select(&kept, &Options::default()).await;
    assert_eq!(kept.content().media, held);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_qualities_of_videos_are_kept_on_request_and_missed_by_nobody() {
    let rig = Rig::start(6, 60, 0).await;
    let ids = rig.cloud.world().add_video_of_qualities(rig.account(), 2);
    let kept = rig.archive("a").await;
    let held = |kept: &Kept| -> Vec<bool> {
        let media = kept.content().media;
        let keys = ids.iter().map(|id| format!("document/{id}"));
        keys.map(|key| media.contains_key(&key)).collect()
    };
    let summary = rig.run(&kept).await.unwrap();
    assert!(
        summary.complete && summary.files_left_out == 0,
        "{summary:?}"
    );
    assert_eq!(held(&kept), [true, false, false]);
    let told = kept
        .records()
        .into_iter()
        .filter(|record| record.kind == "media_missing");
    let about = told.filter(|record| {
        ids.iter()
            .any(|id| record.body.get().contains(&id.to_string()))
    });
    assert_eq!(about.count(), 0, "nothing is missing without them");

    let mut all = Selection::default();
    all.media.all_qualities = true;
    let summary = rig.select(&kept, &with(&all)).await;
    assert!(summary.complete, "{summary:?}");
    assert_eq!(held(&kept), [true, true, true]);
    assert_eq!(rig.select(&kept, &with(&all)).await.new_records, 0);
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);

    // A lost spool learns anew which they are.
    let other = rig.archive("b").await;
    rig.run(&other).await.unwrap();
    drop(other);
    rig.lose_spool("b");
    let other = rig.open("b");
    rig.sign_in(&other).await;
    let summary = rig.run(&other).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    assert_eq!(held(&other), [true, false, false]);
    rig.select(&other, &with(&all)).await;
    assert_eq!(held(&other), [true, true, true]);
    other.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_group_that_was_never_joined_is_kept_when_it_is_named() {
    let rig = Rig::start(60, 1500, 0).await;
    let other = rig.archive("other").await;
    rig.select(&other, &texts(&Selection::default())).await;
    let facts = other.spool.chat_facts().unwrap().into_iter();
    let public: BTreeMap<i64, String> = facts
        .filter(|chat| !chat.who.usernames.is_empty())
        .map(|chat| (chat.chat, format!("@{}", chat.who.usernames)))
        .collect();
    let group =
        rig.longest(|chat| chat.kind == ChatKind::Supergroup && public.contains_key(&chat.id));
    let messages = ids(&group.messages, |_| true);
    rig.cloud.world().never_joined(rig.account(), group.id);

    let kept = rig.archive("a").await;
    let whole = rig.run(&kept).await.unwrap();
    assert!(whole.complete && kept.ids(group.id).is_empty(), "{whole:?}");
    let named = Selection {
        chats: names(&[&public[&group.id]]),
        ..Selection::default()
    };
    let summary = rig.select(&kept, &with(&named)).await;
    assert_eq!((summary.failed, summary.missing), (0, 0), "{summary:?}");
    assert_eq!(kept.ids(group.id), messages);
    // It is in no list of chats; from then on it is kept like any other.
    let whole = rig.run(&kept).await.unwrap();
    assert!(whole.complete, "{whole:?}");
    let new = rig
        .cloud
        .world()
        .say(rig.account(), group.id, "a new comment");
    let whole = rig.run(&kept).await.unwrap();
    assert!(
        whole.complete && kept.ids(group.id).contains(&new.into()),
        "{whole:?}"
    );
    let later = |days: i64| Options {
        clock: Arc::new(move || system_clock()() + days * 24 * 3_600_000),
        ..Options::default()
    };
    let again = rig.run_with(&kept, &later(9), &Stop::new()).await.unwrap();
    assert!(again.complete, "{again:?}");

    // Closed, it is what is held and no failure of every run.
    rig.cloud.world().take_away(rig.account(), group.id);
    for days in [18, 27] {
        let closed = rig
            .run_with(&kept, &later(days), &Stop::new())
            .await
            .unwrap();
        assert!(closed.complete, "{closed:?}");
    }
    let status = kept.spool.chats().unwrap();
    assert!(
        status
            .iter()
            .any(|chat| chat.chat == group.id && chat.top.is_none())
    );
    kept.assert_sound();
}
