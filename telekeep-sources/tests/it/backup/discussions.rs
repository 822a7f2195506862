//! Comments on posts of channels: they are messages of the group that discusses the channel.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn comments_are_kept_with_their_thread_and_the_post_they_are_about() {
    let rig = Rig::start(30, 200, 0).await;
    let talk = rig.cloud.world().add_discussion(rig.account()).unwrap();
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    let held = kept.content().messages;
    let message = |(chat, id): (i64, i32)| &held[&(chat, i64::from(id))];

    let post = message(talk.post);
    assert_eq!(post["replies"]["comments"], true);
    let group = -1_000_000_000_000 - post["replies"]["channel_id"].as_i64().unwrap();
    assert_eq!(
        group, talk.root.0,
        "the post names the group of its comments"
    );
    let copy = message(talk.root);
    let of = &copy["fwd_from"];
    assert_eq!(
        of["saved_from_msg_id"], talk.post.1,
        "the copy names the post"
    );
    assert_eq!(of["channel_post"], talk.post.1);
    let [first, second] = talk.comments[..] else {
        panic!("{talk:?}");
    };
    let header = |id: i32| &message((group, id))["reply_to"];
    assert_eq!(header(first)["reply_to_msg_id"], talk.root.1);
    assert_eq!(header(second)["reply_to_msg_id"], first);
    assert_eq!(header(second)["reply_to_top_id"], talk.root.1);
    rig.assert_equals_world(&kept);
}
