//! Photos of people as they stand beside their messages.

use telekeep_cloud::world::ChatKind;
use telekeep_sources::telegram::backup::{MediaSelection, Selection, Takeouts};

use super::*;

/// Keys of the photos held that stand beside messages.
fn portraits(kept: &Kept) -> BTreeSet<String> {
    let held = kept.content().media.into_keys();
    held.filter(|key| key.starts_with("portrait/")).collect()
}

/// What records say of photos beside messages that are not held.
fn told(kept: &Kept) -> Vec<String> {
    let records = kept.records().into_iter();
    let told = records.filter(|record| record.kind == "media_missing");
    let told = told.map(|record| record.body.get().to_owned());
    told.filter(|body| body.contains("portrait/")).collect()
}

fn peer_of(key: &str) -> i64 {
    key.rsplit_once('/').unwrap().1.parse().unwrap()
}

/// Only messages: what files there are waits.
fn messages() -> Options {
    Options {
        media: false,
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wrote_is_kept_with_their_photo_and_asked_for_once() {
    let rig = Rig::start(12, 900, 0).await;
    let kept = rig.archive("a").await;
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
    let held = portraits(&kept);
    assert!(held.len() > 3, "{held:?}");
    // Of those there is a private chat with all photos are kept, and these are among them.
    let chats: BTreeSet<i64> = rig
        .cloud
        .world()
        .chat_list(rig.account())
        .iter()
        .map(|chat| chat.id)
        .collect();
    assert!(
        held.iter().all(|key| !chats.contains(&peer_of(key))),
        "{held:?}"
    );
    // They belong to no chat of the archive.
    let media = kept
        .records()
        .into_iter()
        .filter(|record| record.kind == "media");
    let mut beside = media.filter(|record| record.body.get().contains("portrait/"));
    assert!(
        beside
            .all(|record| record.chat.is_none()
                && record.body.get().contains(r#""part":"portrait""#))
    );
    kept.assert_sound();

    let before = rig.calls("upload.getFile");
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
    assert_eq!(rig.calls("upload.getFile"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_photo_is_kept_beside_the_old_one() {
    let rig = Rig::start(12, 900, 0).await;
    let kept = rig.archive("a").await;
    rig.run(&kept).await.unwrap();
    let (first, world) = (portraits(&kept), rig.cloud.world());
    let changing = first.iter().find(|key| peer_of(key) > 0).unwrap();
    let other = first
        .iter()
        .rfind(|key| peer_of(key) > 0 && key != &changing)
        .unwrap();
    let photo = other.split('/').nth(1).unwrap().parse().unwrap();
    world.set_photo(peer_of(changing), Some(photo));
    let options = Options {
        relist: true,
        ..Options::default()
    };
    assert!(
        rig.run_with(&kept, &options, &Stop::new())
            .await
            .unwrap()
            .complete
    );
    let new = format!("portrait/{photo}/{}", peer_of(changing));
    let second = portraits(&kept);
    assert!(
        second.contains(&new) && second.is_superset(&first),
        "{second:?}"
    );
    assert_eq!(kept.content().media[&new], kept.content().media[other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_taken_away_meanwhile_is_told_and_fails_nothing() {
    let rig = Rig::start(12, 900, 0).await;
    let whole = rig.archive("whole").await;
    rig.run(&whole).await.unwrap();
    let key = portraits(&whole)
        .into_iter()
        .find(|key| peer_of(key) > 0)
        .unwrap();

    let kept = rig.archive("a").await;
    rig.run_with(&kept, &messages(), &Stop::new())
        .await
        .unwrap();
    rig.cloud.world().set_photo(peer_of(&key), None);
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete && summary.failed == 0, "{summary:?}");
    assert!(!portraits(&kept).contains(&key));
    let about = told(&kept);
    assert!(
        about.len() == 1 && about[0].contains(&key) && about[0].contains("ORIGIN_GONE"),
        "{about:?}"
    );
    // It is not asked for again and again.
    let again = rig.run(&kept).await.unwrap();
    assert_eq!((again.new_records, again.complete), (0, true), "{again:?}");
    let options = Options {
        relist: true,
        ..Options::default()
    };
    rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert_eq!(told(&kept).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn they_can_be_left_out_and_come_when_that_is_taken_back() {
    let rig = Rig::start(12, 900, 0).await;
    let kept = rig.archive("a").await;
    let left_out = |media: MediaSelection| Options {
        selection: Selection {
            media,
            ..Selection::default()
        },
        ..Options::default()
    };
    let chats = left_out(MediaSelection {
        chat_photos_only: true,
        ..MediaSelection::default()
    });
    let summary = rig.run_with(&kept, &chats, &Stop::new()).await.unwrap();
    assert!(
        summary.complete && summary.files_left_out == 0,
        "{summary:?}"
    );
    assert_eq!(
        (portraits(&kept), told(&kept)),
        (BTreeSet::new(), Vec::new())
    );

    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
    let held = portraits(&kept);
    assert!(held.len() > 3, "{held:?}");
    assert_eq!(rig.run(&kept).await.unwrap().new_records, 0);
    // What is held stays.
    rig.run_with(&kept, &chats, &Stop::new()).await.unwrap();
    assert_eq!(portraits(&kept), held);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_chat_brings_the_photos_of_those_who_wrote_there() {
    let rig = Rig::start(30, 1500, 0).await;
    let whole = rig.archive("whole").await;
    rig.run(&whole).await.unwrap();
    let group = rig.longest(|chat| chat.kind == ChatKind::Supergroup);
    let kept = rig.archive("a").await;
    let one = Selection {
        chats: vec![group.id.to_string()],
        ..Selection::default()
    };
    let named = Options {
        selection: one,
        ..Options::default()
    };
    rig.run_with(&kept, &named, &Stop::new()).await.unwrap();
    let (all, some) = (portraits(&whole), portraits(&kept));
    assert!(
        !some.is_empty() && some.len() < all.len(),
        "{some:?} {all:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_comes_cut_is_asked_for_again() {
    let rig = Rig::start(12, 900, 0).await;
    let kept = rig.archive("a").await;
    rig.run_with(&kept, &messages(), &Stop::new())
        .await
        .unwrap();
    let cut = FaultKind::TruncatedPart { bytes: Some(4096) };
    rig.cloud.add_fault(Fault {
        every: Some(3),
        ..Fault::once("upload.getFile", 1, cut)
    });
    // Luck decides which answers are cut; none is so often.
    let options = Options {
        file_attempts: 50,
        ..Options::default()
    };
    let summary = rig.run_with(&kept, &options, &Stop::new()).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_ends_when_the_photo_is_held_otherwise() {
    let rig = Rig::start(12, 900, 0).await;
    let whole = rig.archive("whole").await;
    rig.run(&whole).await.unwrap();
    let held = whole.content().media;
    let kept = rig.archive("a").await;
    rig.run_with(&kept, &messages(), &Stop::new())
        .await
        .unwrap();
    // Inside an export everything comes cut.
    rig.cloud.add_fault(Fault {
        every: Some(1),
        takeout: Some(true),
        ..Fault::once(
            "upload.getFile",
            1,
            FaultKind::TruncatedPart { bytes: Some(7) },
        )
    });
    let failed = rig.run(&kept).await.unwrap();
    // But what comes from other sites by another way.
    assert!(failed.failed > 0 && failed.media == 1, "{failed:?}");
    assert!(
        told(&kept)
            .iter()
            .all(|body| body.contains(r#""final":false"#))
    );
    let outside = Options {
        takeout: Takeouts::Avoid,
        ..Options::default()
    };
    let healed = rig.run_with(&kept, &outside, &Stop::new()).await.unwrap();
    assert!(healed.complete && healed.failed == 0, "{healed:?}");
    assert_eq!(kept.content().media, held);
    let again = rig.run_with(&kept, &outside, &Stop::new()).await.unwrap();
    assert_eq!((again.new_records, again.failed), (0, 0), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_spool_knows_again_whose_are_wanted_and_which_are_gone() {
    let rig = Rig::start(12, 900, 0).await;
    let whole = rig.archive("whole").await;
    rig.run(&whole).await.unwrap();
    let held = portraits(&whole);
    let gone = held.iter().find(|key| peer_of(key) > 0).unwrap();
    let kept = rig.archive("a").await;
    rig.run_with(&kept, &messages(), &Stop::new())
        .await
        .unwrap();
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.cloud.world().set_photo(peer_of(gone), None);
    rig.run(&kept).await.unwrap();
    let mut rest = held.clone();
    rest.remove(gone);
    // Of people with all their photos these are asked for a day later.
    let found = portraits(&kept);
    assert!(
        found.is_superset(&rest) && !found.contains(gone),
        "{found:?}"
    );
    assert_eq!(told(&kept).len(), 1);
    drop(kept);
    rig.lose_spool("a");
    let kept = rig.open("a");
    rig.sign_in(&kept).await;
    rig.run(&kept).await.unwrap();
    assert_eq!((portraits(&kept), told(&kept).len()), (found, 1));
    kept.assert_sound();
}
