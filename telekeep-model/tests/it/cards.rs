use serde_json::{Value, json};
use telekeep_model::{Media, Message};

use crate::message;

fn of(media: Value) -> (Media, Vec<i64>, Message) {
    let message = message(json!({"message":"","media":media}));
    let media = message.media.clone().unwrap();
    let mut peers = Vec::new();
    media.peers(&mut |id| peers.push(id));
    (media, peers, message)
}

#[test]
fn things_to_do_tell_who_ticked_them() {
    let (media, peers, _) = of(
        json!({"_":"messageMediaToDo","todo":{"_":"todoList","others_can_complete":true,
        "title":{"text":"List"},"list":[{"id":4,"title":{"text":"Milk"}},{"id":7,"title":{"text":"Tea"}}]},
        "completions":[{"_":"todoCompletion","id":7,"completed_by":{"_":"peerUser","user_id":9},"date":500},
            {"_":"todoCompletion","id":99,"completed_by":{"_":"peerUser","user_id":8},"date":1}]}),
    );
    let Media::Todo(todo) = media else { panic!() };
    assert_eq!(todo.items[0].done, None);
    assert_eq!(todo.items[1].done, Some((Some(9), 500)));
    assert_eq!((todo.others_tick, todo.others_add), (true, false));
    assert_eq!(peers, [9]);
}

#[test]
fn giveaways_tell_what_for_whom_and_where() {
    let (media, peers, _) = of(
        json!({"_":"messageMediaGiveaway","channels":[10,11],"countries_iso2":["DE","PL"],
        "only_new_subscribers":true,"winners_are_visible":true,"quantity":3,"months":6,"until_date":900}),
    );
    let Media::Giveaway(giveaway) = media else {
        panic!()
    };
    assert_eq!(
        (giveaway.quantity, giveaway.until, giveaway.prize.months),
        (3, 900, Some(6))
    );
    assert_eq!(giveaway.countries, ["DE", "PL"]);
    assert!(giveaway.public && giveaway.prize.new_only);
    assert_eq!(peers, [-1_000_000_000_010, -1_000_000_000_011]);

    let (media, peers, _) = of(
        json!({"_":"messageMediaGiveawayResults","channel_id":10,"additional_peers_count":2,
        "launch_msg_id":5,"winners_count":120,"unclaimed_count":4,"winners":[7,8],"stars":500,
        "refunded":true,"until_date":900,"prize_description":"Car"}),
    );
    let Media::GiveawayResults(results) = media else {
        panic!()
    };
    assert_eq!(
        (results.winners, results.unclaimed, results.prize.stars),
        (120, 4, Some(500))
    );
    assert_eq!(
        (results.launch, results.more_channels, results.refunded),
        (Some(5), 2, true)
    );
    assert_eq!(peers, [-1_000_000_000_010, 7, 8]);
    let many: Vec<i64> = (1..10_000).collect();
    let (media, ..) = of(json!({"_":"messageMediaGiveawayResults","channel_id":1,"winners":many}));
    let Media::GiveawayResults(results) = media else {
        panic!()
    };
    assert!(results.who.len() <= 200, "as many as a page can take");
}

#[test]
fn stories_games_and_bills_hold_what_they_show() {
    let photo = |id: i64| json!({"_":"photo","id":id,"sizes":[{"_":"photoSize","type":"y","w":9,"h":9,"size":9}]});
    let shown = |media: &Media| match media.inside().as_slice() {
        [Media::Photo(photo)] => photo.file.key.clone(),
        other => panic!("{other:?}"),
    };
    let (media, peers, message) = of(
        json!({"_":"messageMediaStory","via_mention":true,"peer":{"_":"peerUser","user_id":7},"id":3,
        "story":{"_":"storyItem","id":3,"date":500,"caption":"sea","media":{"_":"messageMediaPhoto","photo":photo(4)}}}),
    );
    assert_eq!((shown(&media).as_str(), peers), ("photo/4/y", vec![7]));
    assert!(message.search_text().contains("sea"));
    let (media, ..) = of(
        json!({"_":"messageMediaStory","peer":{"_":"peerUser","user_id":7},"id":3,
        "story":{"_":"storyItemDeleted","id":3}}),
    );
    assert!(matches!(media, Media::Story(story) if story.gone && story.media.is_none()));
    let (media, ..) =
        of(json!({"_":"messageMediaGame","game":{"_":"game","title":"Boats","photo":photo(5)}}));
    assert_eq!(shown(&media), "photo/5/y");
    let (media, ..) = of(
        json!({"_":"messageMediaInvoice","title":"Tea","currency":"JPY","total_amount":500,"test":true,
        "receipt_msg_id":8,"extended_media":{"_":"messageExtendedMedia","media":{"_":"messageMediaPhoto","photo":photo(6)}}}),
    );
    assert_eq!(shown(&media), "photo/6/y");
    assert!(matches!(media, Media::Invoice(bill) if bill.test && bill.receipt == Some(8)));
    let (media, ..) = of(
        json!({"_":"messageMediaPaidMedia","stars_amount":5,"extended_media":[
        {"_":"messageExtendedMediaPreview","w":1,"h":1},{"_":"messageExtendedMediaPreview"}]}),
    );
    assert!(matches!(media, Media::Paid { locked: 2, .. }));
}

#[test]
fn stories_in_stories_end() {
    let mut story = json!({"_":"messageMediaDice","value":1,"emoticon":"x"});
    for _ in 0..30 {
        story = json!({"_":"messageMediaStory","peer":{"_":"peerUser","user_id":7},"id":3,
            "story":{"_":"storyItem","id":3,"date":5,"media":story}});
    }
    let (media, _, message) = of(story);
    assert_eq!(media.kind(), "story");
    assert_eq!(message.unsupported, ["messageMediaStory"]);
}
