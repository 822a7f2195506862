//! What chats are beyond their messages: every part, every version of it once, and only when due.

use serde_json::json;
use telekeep_cloud::world::Chat;
use telekeep_sources::spool::system_clock;
use telekeep_sources::telegram::backup::Selection;

use super::*;

const HOUR: i64 = 60 * 60 * 1000;

impl Rig {
    async fn run_hours_later(&self, kept: &Kept, hours: i64) -> Summary {
        let now = system_clock();
        let options = Options {
            clock: Arc::new(move || now() + hours * HOUR),
            ..Options::default()
        };
        self.run_with(kept, &options, &Stop::new()).await.unwrap()
    }

    async fn ask(&self, kept: &Kept, request: Value) -> Value {
        let client = self.client(kept).await;
        let reply = client.call(&request).await.unwrap();
        let value = client.schema().to_value(&reply.ty, &reply.bytes).unwrap();
        client.close().await.unwrap();
        value
    }

    /// Requests about chats so far.
    fn asked_about(&self) -> u64 {
        METHODS.iter().map(|method| self.calls(method)).sum()
    }

    /// The group that the account runs.
    fn community(&self) -> i64 {
        let chats = self.cloud.world().chats(self.account()).into_iter();
        let named = chats.filter(|chat| chat.title == "Harbour Lane Neighbours");
        let ids = named.map(|chat| chat.id);
        ids.min().unwrap()
    }
}

const METHODS: [&str; 11] = [
    "messages.getFullChat",
    "channels.getFullChannel",
    "channels.getParticipants",
    "channels.getAdminLog",
    "messages.getExportedChatInvites",
    "messages.getAdminsWithInvites",
    "messages.getSavedDialogs",
    "messages.getPinnedSavedDialogs",
    "channels.getParticipant",
    "messages.getChatInviteImporters",
    "messages.getForumTopics",
];

/// Bodies of records about chats, by chat and part, oldest first; without what was read.
fn parts(kept: &Kept) -> BTreeMap<(i64, String), Vec<Value>> {
    let mut parts: BTreeMap<(i64, String), Vec<Value>> = BTreeMap::new();
    for record in kept.records() {
        if record.kind == "about" {
            let body: Value = serde_json::from_str(record.body.get()).unwrap();
            let part = body["part"].as_str().unwrap().to_owned();
            let key = (record.chat.unwrap(), part);
            parts.entry(key).or_default().push(body);
        }
    }
    parts.retain(|(_, part), _| part != "read");
    parts
}

fn part(kept: &Kept, chat: i64, name: &str) -> Value {
    let parts = parts(kept);
    let bodies = parts.get(&(chat, name.to_owned()));
    bodies
        .and_then(|bodies| bodies.last())
        .cloned()
        .unwrap_or(Value::Null)
}

fn entries(body: &Value, list: &str) -> Vec<Value> {
    let answers = body["answers"].as_array().unwrap();
    let lists = answers.iter().filter_map(|answer| answer[list].as_array());
    lists.flatten().cloned().collect()
}

fn former_of(full: &Value) -> i64 {
    -full["answers"][0]["full_chat"]["migrated_from_chat_id"]
        .as_i64()
        .unwrap()
}

fn events(kept: &Kept, chat: i64) -> BTreeMap<i64, Value> {
    let records = kept.records().into_iter();
    let mut events = BTreeMap::new();
    for record in records.filter(|one| one.kind == "admin_event" && one.chat == Some(chat)) {
        let body = serde_json::from_str(record.body.get()).unwrap();
        assert!(events.insert(record.id.unwrap(), body).is_none(), "twice");
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_of_every_chat_is_kept_once_and_asked_for_when_it_is_due() {
    let rig = Rig::start(24, 400, 1).await;
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let first = parts(&kept);
    let own = rig.account();
    for chat in kept.spool.chats().unwrap() {
        let wanted = match (chat.chat == own, chat.top) {
            (true, _) => "saved_dialogs",
            (_, Some(_)) => "full",
            (_, None) => continue,
        };
        assert!(
            first.contains_key(&(chat.chat, wanted.to_owned())),
            "{chat:?}"
        );
    }
    for (key, bodies) in &first {
        assert_eq!(bodies.len(), 1, "{key:?}");
    }

    let chat = rig.community();
    let full = &part(&kept, chat, "full")["answers"][0]["full_chat"];
    assert_eq!(full["slowmode_seconds"], 30);
    assert!(full["linked_chat_id"].is_i64() && full["about"].is_string());
    let world = entries(&part(&kept, chat, "participants"), "participants");
    assert_eq!(
        world.len() as i64,
        full["participants_count"].as_i64().unwrap()
    );
    let admins = entries(&part(&kept, chat, "admins"), "participants");
    assert_eq!(admins[1]["rank"], "Keeper of the keys");
    assert!(!entries(&part(&kept, chat, "kicked"), "participants").is_empty());
    assert!(!entries(&part(&kept, chat, "banned"), "participants").is_empty());
    let links = entries(&part(&kept, chat, "invite_links"), "invites");
    assert_eq!(
        links.len(),
        5,
        "own, revoked, and of the other administrator"
    );
    for link in &links {
        let count = |field: &str| link[field].as_u64().unwrap_or(0) as usize;
        let of = |waiting: bool| {
            let answers = part(&kept, chat, "invite_links");
            let pages = answers["answers"].as_array().unwrap().iter();
            let pages = pages.filter(|page| page["link"] == link["link"]);
            let people = pages.flat_map(|page| page["importers"].as_array().unwrap().clone());
            people
                .filter(|one| (one["requested"] == true) == waiting)
                .count()
        };
        assert_eq!(
            (of(false), of(true)),
            (count("usage"), count("requested")),
            "{link}"
        );
    }
    let used = links.iter().filter(|link| link["usage"].as_i64() > Some(1));
    assert!(used.count() > 0, "several people joined by one");
    assert!(
        links.iter().any(|link| link["requested"] == 1),
        "somebody waits"
    );
    let saved = entries(&part(&kept, own, "saved_dialogs"), "dialogs");
    assert!(!saved.is_empty());
    let photos = first.iter().filter(|((_, part), _)| part == "photos");
    let most = photos
        .map(|(_, bodies)| entries(&bodies[0], "photos"))
        .max_by_key(Vec::len);
    let held = kept.content().media;
    let most = most.unwrap();
    assert_eq!(most.len(), 4);
    for photo in most {
        let of_it = format!("photo/{}/", photo["id"]);
        assert!(held.keys().any(|key| key.starts_with(&of_it)), "{of_it}");
    }

    // Soon after, nothing is asked for; a week later everything, and nothing of it is new.
    let asked = rig.asked_about();
    rig.run(&kept).await.unwrap();
    assert_eq!(rig.asked_about(), asked);
    let later = rig.run_hours_later(&kept, 8 * 24).await;
    assert!(rig.asked_about() > asked);
    assert_eq!(later.new_records, 0, "{later:?}");
    assert_eq!(parts(&kept), first);

    // A lost spool learns all of it from the journal, and asks for nothing that is not due.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let asked = rig.asked_about();
    rig.run(&kept).await.unwrap();
    let again = rig.asked_about() - asked;
    // The account signs in anew, which is a message of the service.
    assert!(again <= 1, "{again}");
    assert_eq!(parts(&kept), first);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_have_their_names_also_when_no_message_tells_them() {
    let rig = Rig::start(24, 3000, 0).await;
    let kept = rig.archive("a").await;
    let chats = rig.cloud.world().chats(rig.account()).into_iter();
    let created = |chat: &Chat| -> BTreeMap<i64, String> {
        let made = chat.messages.iter();
        let made = made.filter(|m| m["action"]["_"] == "messageActionTopicCreate");
        made.map(|m| {
            let title = m["action"]["title"].as_str().unwrap().to_owned();
            (m["id"].as_i64().unwrap(), title)
        })
        .collect()
    };
    let forum = chats.max_by_key(|chat| created(chat).len()).unwrap();
    let newest = forum.messages.iter().filter_map(|m| m["date"].as_i64());
    let options = Options {
        selection: Selection {
            since: newest.max(),
            ..Selection::default()
        },
        ..Options::default()
    };
    rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    let held = kept.content().messages;
    let made = created(&forum);
    assert!(!made.is_empty() && made.keys().all(|id| !held.contains_key(&(forum.id, *id))));
    let topics = entries(&part(&kept, forum.id, "topics"), "topics");
    let named: BTreeMap<i64, String> = topics
        .iter()
        .filter(|topic| topic["id"] != 1)
        .map(|topic| {
            let title = topic["title"].as_str().unwrap().to_owned();
            (topic["id"].as_i64().unwrap(), title)
        })
        .collect();
    assert_eq!(named, made);
    // Nothing of other chats is asked for topics, and nothing new is recorded later.
    let lists = parts(&kept)
        .into_keys()
        .filter(|(_, part)| part == "topics");
    let forums = rig.cloud.world().chats(rig.account()).into_iter();
    assert_eq!(
        lists.count(),
        forums.filter(|chat| !created(chat).is_empty()).count()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_with_news_is_asked_about_once_a_day() {
    let rig = Rig::start(12, 200, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let chat = rig.community();
    let hash = kept.spool.access_hash(chat).unwrap();
    let peer = json!({"_": "inputPeerChannel", "channel_id": -1_000_000_000_000 - chat,
        "access_hash": hash});
    let send = |n: i64| json!({"_": "messages.sendMessage", "peer": peer, "message": "news", "random_id": n});
    let full = || rig.calls("channels.getFullChannel");
    let asked = full();
    rig.ask(&kept, send(1)).await;
    rig.run(&kept).await.unwrap();
    assert_eq!(full(), asked, "asked an hour ago");
    rig.ask(&kept, send(2)).await;
    rig.run_hours_later(&kept, 25).await;
    assert_eq!(full(), asked + 1, "only the chat with news");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pinned_is_as_the_server_shows_it() {
    let rig = Rig::start(12, 400, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    assert_eq!(rig.calls("messages.search"), 0, "messages just came");
    let chat = rig.community();
    let hash = kept.spool.access_hash(chat).unwrap();
    let peer = json!({"_": "inputPeerChannel", "channel_id": -1_000_000_000_000 - chat,
        "access_hash": hash});
    let turn = |id: i32, unpin: bool| {
        json!({"_": "messages.updatePinnedMessage", "peer": peer, "id": id, "silent": true,
            "unpin": unpin})
    };
    let live = kept.spool.live_ids(chat).unwrap();
    let before = kept.spool.pins(chat).unwrap();
    let others: Vec<i32> = live
        .iter()
        .copied()
        .filter(|id| !before.contains(id))
        .collect();
    let pinned = [others[others.len() / 2], others[others.len() / 3]];
    for id in pinned {
        rig.ask(&kept, turn(id, false)).await;
    }
    assert!(rig.run_hours_later(&kept, 25).await.complete);
    rig.assert_equals_world(&kept);
    let both = kept.spool.pins(chat).unwrap();
    assert!(pinned.iter().all(|id| both.contains(id)), "{both:?}");

    // One that is let go is no news of the chat, and the newest pinned one may be another.
    rig.ask(&kept, turn(pinned[1], true)).await;
    let summary = rig.run_hours_later(&kept, 9 * 24).await;
    assert!(summary.complete && summary.new_records > 0, "{summary:?}");
    rig.assert_equals_world(&kept);
    for id in both.iter().filter(|id| **id != pinned[1]) {
        rig.ask(&kept, turn(*id, true)).await;
    }
    assert!(rig.run_hours_later(&kept, 18 * 24).await.complete);
    rig.assert_equals_world(&kept);
    assert!(kept.spool.pins(chat).unwrap().is_empty());
    // Nothing is asked where nothing is pinned, and a lost spool knows what was.
    let asked = rig.calls("messages.search");
    assert_eq!(rig.run_hours_later(&kept, 27 * 24).await.new_records, 0);
    let chats = kept.spool.chats().unwrap().into_iter();
    let with: Vec<i64> = chats
        .map(|chat| chat.chat)
        .filter(|chat| !kept.spool.pins(*chat).unwrap().is_empty())
        .collect();
    assert_eq!(rig.calls("messages.search") - asked, with.len() as u64);
    let pins = |kept: &Kept| -> Vec<_> {
        with.iter()
            .map(|chat| kept.spool.pins(*chat).unwrap())
            .collect()
    };
    let held = pins(&kept);
    assert!(!held.is_empty());
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run_hours_later(&kept, 27 * 24).await;
    assert_eq!(pins(&kept), held);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_administrators_did_is_kept_event_by_event() {
    let rig = Rig::start(12, 300, 0).await;
    let kept = rig.archive("a").await;
    // The first try ends in mid-log.
    rig.fault(
        "channels.getAdminLog",
        2,
        1,
        FaultKind::Error {
            code: 400,
            text: "TROUBLE".to_owned(),
        },
    );
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(summary.failed, 1, "{summary:?}");
    assert_eq!(summary.failures[0].what, "about/admin_log");
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    let chat = rig.community();
    let first = events(&kept, chat);
    let deleted = |events: &BTreeMap<i64, Value>| {
        let actions = events.values().map(|event| event["action"].clone());
        let deleted = actions.filter(|a| a["_"] == "channelAdminLogEventActionDeleteMessage");
        deleted
            .map(|action| action["message"]["message"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(deleted(&first), ["Selling stolen umbrellas, half price."]);
    assert_eq!(first.len(), 5);

    let hash = kept.spool.access_hash(chat).unwrap();
    let (id, hash) = (-1_000_000_000_000 - chat, json!(hash));
    let peer = json!({"_": "inputPeerChannel", "channel_id": id, "access_hash": hash});
    let send = json!({"_": "messages.sendMessage", "peer": peer, "message": "never seen by a run",
        "random_id": 5});
    let sent = rig.ask(&kept, send).await;
    let message = sent["updates"].as_array().unwrap().iter();
    let message = message
        .filter_map(|update| update["message"]["id"].as_i64())
        .next()
        .unwrap();
    let channel = json!({"_": "inputChannel", "channel_id": id, "access_hash": hash});
    rig.ask(
        &kept,
        json!({"_": "channels.deleteMessages", "channel": channel, "id": [message]}),
    )
    .await;
    rig.run_hours_later(&kept, 13).await;
    let second = events(&kept, chat);
    assert_eq!(second.len(), 6);
    assert!(deleted(&second).contains(&"never seen by a run".to_owned()));
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_is_a_reason_and_what_fails_costs_nothing_else() {
    let rig = Rig::start(24, 300, 0).await;
    let kept = rig.archive("a").await;
    rig.error("channels.getFullChannel", 1, 400, "TROUBLE");
    rig.error("messages.getFullChat", 1, 400, "CHANNEL_PRIVATE");
    let summary = rig.run(&kept).await.unwrap();
    assert_eq!(
        (summary.failed, summary.complete),
        (1, false),
        "{summary:?}"
    );
    assert_eq!(summary.failures[0].what, "about/full");
    let broken: i64 = summary.failures[0].key.parse().unwrap();
    let held = parts(&kept);
    assert!(!held.contains_key(&(broken, "full".to_owned())));
    assert!(held.contains_key(&(broken, "participants".to_owned())));
    let refused = held
        .values()
        .flatten()
        .filter(|body| body["part"] == "full");
    let refused = refused.filter(|body| body["unavailable"] == "CHANNEL_PRIVATE");
    assert_eq!(refused.count(), 1);
    // Channels of others show nobody, some groups a part, and large channels a few.
    let reasons: BTreeSet<&str> = held
        .values()
        .flatten()
        .filter(|body| body["part"] == "participants")
        .filter_map(|body| body["unavailable"].as_str().or(body["partial"].as_str()))
        .collect();
    assert_eq!(
        reasons,
        BTreeSet::from(["CHAT_ADMIN_REQUIRED", "HIDDEN_MEMBERS", "NOT_ALL_SHOWN"])
    );
    // Of a chat that is left out it is no failure, and nobody asks.
    let mut without = Options::default();
    without.selection.exclude_chats = vec![broken.to_string()];
    let left_out = rig.run_with(&kept, &without, &Stop::new()).await.unwrap();
    assert_eq!(left_out.failed, 0, "{left_out:?}");
    let healed = rig.run(&kept).await.unwrap();
    assert!(healed.complete, "{healed:?}");
    assert!(parts(&kept).contains_key(&(broken, "full".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_chat_that_forbids_saving_is_protected() {
    let rig = Rig::start(4, 300, 4).await;
    let kept = rig.archive("a").await;
    let friend = rig.cloud.world().account_ids()[1];
    let dialogs = json!({"_": "messages.getDialogs", "offset_date": 0, "offset_id": 0,
        "offset_peer": {"_": "inputPeerEmpty"}, "limit": 100, "hash": 0});
    let answer = rig.ask(&kept, dialogs).await;
    let users = answer["users"].as_array().unwrap();
    let hash = &users.iter().find(|user| user["id"] == friend).unwrap()["access_hash"];
    let peer = json!({"_": "inputPeerUser", "user_id": friend, "access_hash": hash});
    let forbid = json!({"_": "messages.toggleNoForwards", "peer": peer,
        "enabled": true});
    rig.ask(&kept, forbid).await;
    rig.run(&kept).await.unwrap();
    assert!(kept.spool.chat(friend).unwrap().unwrap().protected);
    let records = kept.records();
    let left_out = records.iter().filter(|record| {
        record.kind == "media_missing"
            && record.chat == Some(friend)
            && record.body.get().contains("PROTECTED_CONTENT")
    });
    assert!(left_out.count() > 0);
    let messages = records.iter();
    let texts = messages.filter(|one| one.kind == "message" && one.chat == Some(friend));
    assert!(texts.count() > 0, "the texts are kept");
    // It is known without the spool, too.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    kept.spool.catch_up(&kept.archive).unwrap();
    assert!(kept.spool.chat(friend).unwrap().unwrap().protected);
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_that_are_not_selected_are_not_asked_about() {
    let rig = Rig::start(12, 200, 0).await;
    let kept = rig.archive("a").await;
    let chat = rig.community();
    let mut options = Options::default();
    options.selection.chats = vec![chat.to_string()];
    rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    let about: BTreeSet<i64> = parts(&kept).keys().map(|(chat, _)| *chat).collect();
    // The group that it was comes with it.
    let former = former_of(&part(&kept, chat, "full"));
    assert_eq!(about, BTreeSet::from([chat, former]));
    assert_eq!(rig.calls("channels.getFullChannel"), 1);
    assert_eq!(rig.calls("users.getFullUser"), 1, "the account itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_kept_once_a_day() {
    let rig = Rig::start(4, 100, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let chat = rig.community();
    let states = || -> Vec<Value> {
        let records = kept.records().into_iter();
        let about = records.filter(|one| one.kind == "about" && one.chat == Some(chat));
        let bodies = about.map(|one| serde_json::from_str::<Value>(one.body.get()).unwrap());
        let read = bodies.filter(|body| body["part"] == "read");
        read.map(|body| body["answers"][0].clone()).collect()
    };
    assert_eq!(states().len(), 1);
    let hash = kept.spool.access_hash(chat).unwrap();
    let peer = json!({"_": "inputPeerChannel", "channel_id": -1_000_000_000_000 - chat,
        "access_hash": hash});
    for n in 0..2 {
        let send = json!({"_": "messages.sendMessage", "peer": peer, "message": "read on",
            "random_id": 100 + n});
        rig.ask(&kept, send).await;
        rig.run(&kept).await.unwrap();
    }
    assert_eq!(
        states().len(),
        1,
        "twice in an hour is not worth two records"
    );
    rig.run_hours_later(&kept, 25).await;
    let states = states();
    assert_eq!(states.len(), 2);
    let mark = |n: usize| states[n]["read_inbox_max_id"].as_i64().unwrap();
    assert!(mark(1) > mark(0));
}
