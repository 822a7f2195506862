//! Direct messages to channels: they are messages of a chat beside the channel, each with the person
//! whose thread it is in, and the list of threads is for those who run the channel.

use telekeep_sources::telegram::backup::{ChatType, Selection};

use super::*;

/// What the newest record says about with whom the direct messages of a chat are.
fn threads(kept: &Kept, chat: i64) -> Option<Value> {
    let records = kept.records().into_iter();
    let about = records.filter(|one| one.kind == "about" && one.chat == Some(chat));
    let mut bodies = about.map(|one| serde_json::from_str::<Value>(one.body.get()).unwrap());
    bodies.rfind(|body| body["part"] == "saved_dialogs")
}

fn entries(threads: &Value) -> Vec<Value> {
    let pages = threads["answers"].as_array().unwrap().iter();
    let all = pages.flat_map(|page| page["dialogs"].as_array().unwrap().clone());
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_are_kept_with_the_list_of_their_threads() {
    let rig = Rig::start(30, 300, 0).await;
    let world = rig.cloud.world();
    let own = world.add_direct_messages(rig.account()).unwrap();
    let theirs = world.add_direct_message_to(rig.account()).unwrap();
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);

    let held = kept.content().messages;
    for direct in [&own, &theirs] {
        for (person, ids) in &direct.threads {
            for id in ids {
                let message = &held[&(direct.chat, i64::from(*id))];
                assert_eq!(message["saved_peer_id"]["user_id"], *person, "{message}");
            }
        }
    }
    let told = threads(&kept, own.chat).unwrap();
    let told = entries(&told);
    let who: Vec<i64> = told
        .iter()
        .map(|one| one["peer"]["user_id"].as_i64().unwrap())
        .collect();
    let expected: Vec<i64> = own.threads.iter().rev().map(|(who, _)| *who).collect();
    assert_eq!(who, expected, "all of them, over all pages");
    let any = |test: &dyn Fn(&Value) -> bool| told.iter().filter(|one| test(one)).count();
    assert_eq!(any(&|one| one["draft"]["message"] == "Dear reader,"), 1);
    assert_eq!(any(&|one| one["unread_count"] == 2), 1);
    assert_eq!(any(&|one| one["unread_mark"] == true), 1);
    assert_eq!(any(&|one| one["nopaid_messages_exception"] == true), 1);
    // Those who write see one thread, their own: there is no list to ask for. Nobody is a member.
    assert_eq!(threads(&kept, theirs.chat), None);
    let beside = kept.records().into_iter();
    let beside = beside.filter(|one| one.kind == "about" && one.chat == Some(own.chat));
    let refused = beside.filter(|one| one.body.get().contains("unavailable"));
    assert_eq!(refused.count(), 0);
    // The price is told in the channel.
    let says = |(chat, _): &(i64, i64), message: &Value| {
        *chat == own.channel && message["action"]["_"] == "messageActionPaidMessagesPrice"
    };
    assert_eq!(
        held.iter()
            .filter(|(key, message)| says(key, message))
            .count(),
        1
    );

    // A lost spool knows from the journal what was asked.
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    let asked = rig.calls("messages.getSavedDialogs");
    let again = rig.run(&kept).await.unwrap();
    assert!(again.complete, "{again:?}");
    assert_eq!(rig.calls("messages.getSavedDialogs"), asked);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_of_threads_is_recorded_with_the_reason() {
    let rig = Rig::start(12, 100, 0).await;
    let own = rig
        .cloud
        .world()
        .add_direct_messages(rig.account())
        .unwrap();
    let kept = rig.archive("a").await;
    rig.error("messages.getSavedDialogs", 9, 400, "CHAT_ADMIN_REQUIRED");
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let told = threads(&kept, own.chat).unwrap();
    assert_eq!(told["unavailable"], "CHAT_ADMIN_REQUIRED");
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_a_group_for_those_who_run_the_channel_and_private_for_those_who_write() {
    let rig = Rig::start(30, 200, 0).await;
    let world = rig.cloud.world();
    let own = world.add_direct_messages(rig.account()).unwrap();
    let theirs = world.add_direct_message_to(rig.account()).unwrap();
    let kept = rig.archive("a").await;
    let options = |types: Vec<ChatType>, chats: Vec<String>| Options {
        selection: Selection {
            types,
            chats,
            ..Selection::default()
        },
        media: false,
        ..Options::default()
    };
    // Before anything is known, and by what the spool knows.
    let title = world
        .chat_list(rig.account())
        .into_iter()
        .find(|chat| chat.id == own.channel);
    let by_name = options(Vec::new(), vec![title.unwrap().title]);
    for known in [false, true] {
        if known {
            rig.run(&kept).await.unwrap();
        }
        for (types, mine, others) in [
            (vec![ChatType::Supergroups], true, false),
            (vec![ChatType::Users], false, true),
            (vec![ChatType::Channels], false, false),
        ] {
            let plan = rig
                .plan(&kept, &options(types.clone(), Vec::new()), false)
                .await;
            let is_in = |chat: i64| {
                let planned = plan.chats.iter().find(|one| one.facts.chat == chat);
                planned.unwrap().scope.out.is_none()
            };
            let found = (is_in(own.chat), is_in(theirs.chat));
            assert_eq!(found, (mine, others), "{types:?}");
        }
        // A channel and its direct messages have one title.
        let plan = rig.plan(&kept, &by_name, false).await;
        let within = plan.chats.iter().filter(|one| one.scope.out.is_none());
        let within: Vec<i64> = within.map(|one| one.facts.chat).collect();
        assert_eq!(within, [own.channel]);
    }
    // The messages of both came, and a run decides as the plan does.
    let users = rig.archive("b").await;
    let chosen = options(vec![ChatType::Users], Vec::new());
    rig.run_with(&users, &chosen, &Stop::new()).await.unwrap();
    let held = users.content().messages;
    let has = |chat: i64| held.keys().any(|(of, _)| *of == chat);
    assert_eq!((has(own.chat), has(theirs.chat)), (false, true));
}
