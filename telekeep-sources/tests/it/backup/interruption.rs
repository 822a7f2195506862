//! Runs that end in the middle, at every kind of moment.

use super::*;

/// Runs and drops the run after some time, again and again, until one gets to its end.
async fn interrupted(rig: &Rig, name: &str, millis: impl Iterator<Item = u64>) -> u32 {
    let mut cuts = 0;
    for pause in millis {
        let kept = rig.open(name);
        let run = tokio::time::timeout(Duration::from_millis(pause), rig.run(&kept)).await;
        match run {
            Ok(summary) => {
                assert!(summary.unwrap().complete);
                return cuts;
            }
            Err(_) => cuts += 1,
        }
        // The writer of a dropped run commits what it holds, as another process never would.
        while Arc::strong_count(&kept.spool) > 1 {
            tokio::task::yield_now().await;
        }
    }
    cuts
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_anywhere_it_ends_as_if_never_interrupted() {
    let rig = Rig::start(12, 900, 8).await;
    let whole = rig.archive("whole").await;
    assert!(rig.run(&whole).await.unwrap().complete);
    rig.archive("cut").await;
    // The first are shorter than any machine needs for a run.
    let cuts = interrupted(&rig, "cut", (0..60).map(|n| 4 + n * 5)).await;
    assert!(cuts > 2, "{cuts}");
    let kept = rig.open("cut");
    assert!(rig.run(&kept).await.unwrap().complete);
    assert_eq!(kept.essence(), whole.essence());
    rig.assert_equals_world(&kept);
    kept.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_says_so_and_goes_on_later() {
    let rig = Rig::start(12, 900, 0).await;
    let kept = rig.archive("a").await;
    rig.fault(
        "messages.getHistory",
        8,
        1,
        FaultKind::Delay {
            milliseconds: 60_000,
        },
    );
    let options = Options::default();
    let summary = rig
        .run_until_asked(&kept, &options, "messages.getHistory", 8)
        .await;
    assert!(summary.interrupted && !summary.complete, "{summary:?}");
    assert_eq!(kept.spool.unsealed_bytes().unwrap(), 0);
    assert!(rig.run(&kept).await.unwrap().complete);
    rig.assert_equals_world(&kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_goes_on_inside() {
    let rig = Rig::start(8, 200, 60).await;
    let kept = rig.archive("a").await;
    let largest = rig
        .cloud
        .world()
        .files()
        .into_iter()
        .map(|file| file.size)
        .max()
        .unwrap();
    assert!(largest > 8 << 20, "{largest}");
    let parts = largest.div_ceil(512 * 1024);
    let options = Options {
        chats_at_once: 8,
        small_files_at_once: 1,
        large_files_at_once: 1,
        ..Options::default()
    };
    let mut stopped_inside = false;
    for _ in 0..200 {
        let before = rig.calls("upload.getFile");
        let stop = Stop::new();
        let asked = stop.clone();
        let watch = async {
            while rig.calls("upload.getFile") < before + 40 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            asked.set();
        };
        let run = rig.run_with(&kept, &options, &stop);
        let summary = tokio::select! {
            summary = run => summary.unwrap(),
            () = async { watch.await; std::future::pending().await } => unreachable!(),
        };
        if summary.complete {
            break;
        }
        stopped_inside |= rig.place("a").join("local/partial").exists();
    }
    assert!(stopped_inside);
    rig.assert_equals_world(&kept);
    kept.assert_sound();
    let wanted: u64 = kept.content().media.len() as u64;
    let bytes: u64 = rig.cloud.world().files().iter().map(|file| file.size).sum();
    // Starting a file again at each stop would cost about its parts each time.
    let ideal = wanted + bytes / (512 * 1024);
    let used = rig.calls("upload.getFile");
    assert!(used < ideal * 2 + parts, "{used} for {ideal}");
    assert!(!rig.place("a").join("local/partial").exists());
}
