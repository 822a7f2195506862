use serde_json::{Value, json};
use telekeep_model::{Entity, EntityKind, Media};

use crate::message;

fn media(media: Value) -> (Media, String, Vec<String>) {
    let message = message(json!({"message":"","media":media}));
    assert!(message.unsupported.is_empty(), "{:?}", message.unsupported);
    let mut wanted = Vec::new();
    let words = message.search_text();
    let media = message.media.unwrap();
    media.wanted(&mut |key, _| wanted.push(key.to_owned()));
    let stored = serde_json::to_string(&media).unwrap();
    assert_eq!(serde_json::from_str::<Media>(&stored).unwrap(), media);
    (media, words, wanted)
}

fn document(attributes: Value) -> Value {
    json!({"_":"messageMediaDocument","document":{"_":"document","id":9,"access_hash":1,
        "file_reference":"","date":1,"mime_type":"a/b","size":123,"dc_id":2,
        "thumbs":[{"_":"photoStrippedSize","type":"i","bytes":""},{"_":"photoSize","type":"m","w":320,"h":200,"size":5}],
        "attributes":attributes}})
}

fn photo() -> Value {
    json!({"_":"photo","id":4,"access_hash":1,"file_reference":"","date":1,"dc_id":2,"sizes":[
        {"_":"photoStrippedSize","type":"i","bytes":""},
        {"_":"photoSize","type":"m","w":320,"h":240,"size":10},
        {"_":"photoSizeProgressive","type":"y","w":1280,"h":960,"sizes":[1,2,300]},
        {"_":"photoSize","type":"x","w":800,"h":600,"size":100}]})
}

#[test]
fn photos() {
    let (found, _, wanted) = media(json!({"_":"messageMediaPhoto","photo":photo(),"spoiler":true}));
    let Media::Photo(photo) = &found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (photo.file.key.as_str(), photo.file.size, photo.spoiler),
        ("photo/4/y", 300, true)
    );
    assert_eq!(
        (photo.file.width, photo.thumb.as_deref()),
        (1280, Some("photo/4/m"))
    );
    assert_eq!(wanted, ["photo/4/y"]);
}

#[test]
fn media_that_destroys_itself_or_is_gone_is_not_wanted() {
    let (found, _, wanted) =
        media(json!({"_":"messageMediaPhoto","photo":photo(),"ttl_seconds":10}));
    assert_eq!((found.kind(), wanted.len()), ("photo", 0));
    let (found, ..) = media(json!({"_":"messageMediaPhoto","ttl_seconds":10}));
    assert_eq!(found.kind(), "expired");
    let (found, ..) =
        media(json!({"_":"messageMediaDocument","document":{"_":"documentEmpty","id":1}}));
    assert_eq!(found.kind(), "expired");
}

#[test]
fn kinds_of_documents() {
    let video = json!({"_":"documentAttributeVideo","duration":2.5,"w":640,"h":480});
    let round = json!({"_":"documentAttributeVideo","duration":2,"w":1,"h":1,"round_message":true});
    let voice = json!({"_":"documentAttributeAudio","duration":3,"voice":true,"waveform":"AAEC"});
    let music =
        json!({"_":"documentAttributeAudio","duration":3,"title":"Song","performer":"Band"});
    let name = json!({"_":"documentAttributeFilename","file_name":"report.pdf"});
    let sticker = json!({"_":"documentAttributeSticker","alt":"🐧","stickerset":{"_":"inputStickerSetEmpty"}});
    let animated = json!({"_":"documentAttributeAnimated"});
    for (attributes, kind, words) in [
        (json!([name]), "file", "report.pdf"),
        (json!([video]), "video", ""),
        (json!([round]), "round", ""),
        (json!([voice]), "voice", ""),
        (json!([music, name]), "audio", "report.pdf\nSong\nBand"),
        (json!([sticker, video]), "sticker", "🐧"),
        (json!([video, animated]), "gif", ""),
        (json!([]), "file", ""),
    ] {
        let (found, searched, wanted) = media(document(attributes));
        assert_eq!((found.kind(), searched.as_str()), (kind, words));
        assert_eq!(wanted, ["document/9"]);
        let Media::Document(document) = found else {
            panic!("no document")
        };
        assert_eq!(document.thumb.as_deref(), Some("document/9/thumb/m"));
    }
}

#[test]
fn polls_count_votes_by_option() {
    let (found, words, _) = media(json!({"_":"messageMediaPoll",
        "poll":{"_":"poll","id":1,"quiz":true,"question":{"_":"textWithEntities","text":"Q?","entities":[]},
            "answers":[{"_":"pollAnswer","text":{"_":"textWithEntities","text":"A","entities":[]},"option":"AA=="},
                {"_":"pollAnswer","text":{"_":"textWithEntities","text":"B","entities":[]},"option":"AQ=="}]},
        "results":{"_":"pollResults","total_voters":5,"solution":"Because so",
            "solution_entities":[{"_":"messageEntitySpoiler","offset":8,"length":2},
                {"_":"messageEntityBold","offset":-1,"length":2}],"results":[
            {"_":"pollAnswerVoters","option":"AQ==","voters":4,"chosen":true,"correct":true},
            {"_":"pollAnswerVoters","option":"AA==","voters":1}]}}));
    let Media::Poll(poll) = found else {
        panic!("no poll")
    };
    assert_eq!(
        (
            poll.voters,
            poll.quiz,
            poll.answers[0].voters,
            poll.answers[1].voters
        ),
        (5, true, 1, 4)
    );
    assert!(poll.answers[1].mine && poll.answers[1].correct && !poll.answers[0].correct);
    assert_eq!(words, "Q?\nA\nB\nBecause so");
    let spoiler = Entity {
        offset: 8,
        length: 2,
        kind: EntityKind::Spoiler,
    };
    assert_eq!(poll.solution_entities, [spoiler]);
}

#[test]
fn other_kinds() {
    let geo = json!({"_":"geoPoint","lat":48.1,"long":11.5,"access_hash":1});
    for (body, kind, words) in [
        (
            json!({"_":"messageMediaContact","phone_number":"49","first_name":"A","last_name":"B","vcard":"","user_id":7}),
            "contact",
            "A B\n49",
        ),
        (json!({"_":"messageMediaGeo","geo":geo}), "location", ""),
        (
            json!({"_":"messageMediaGeoLive","geo":geo,"period":60}),
            "location",
            "",
        ),
        (
            json!({"_":"messageMediaVenue","geo":geo,"title":"Inn","address":"Road 1","provider":"","venue_id":"","venue_type":""}),
            "venue",
            "Inn\nRoad 1",
        ),
        (
            json!({"_":"messageMediaDice","value":3,"emoticon":"🎲"}),
            "dice",
            "🎲",
        ),
        (
            json!({"_":"messageMediaGame","game":{"_":"game","title":"Chess","description":"Board"}}),
            "game",
            "Chess\nBoard",
        ),
        (
            json!({"_":"messageMediaInvoice","title":"Tea","description":"Green","currency":"EUR","total_amount":5,"start_param":""}),
            "invoice",
            "Tea\nGreen",
        ),
        (
            json!({"_":"messageMediaStory","peer":{"_":"peerUser","user_id":7},"id":3}),
            "story",
            "",
        ),
        (
            json!({"_":"messageMediaToDo","todo":{"_":"todoList","title":{"text":"List"},"list":[{"id":1,"title":{"text":"Milk"}}]}}),
            "todo",
            "List\nMilk",
        ),
        (
            json!({"_":"messageMediaGiveaway","channels":[1],"quantity":3,"until_date":9,"prize_description":"Car"}),
            "giveaway",
            "Car",
        ),
        (
            json!({"_":"messageMediaWebPage","webpage":{"_":"webPage","id":1,"url":"https://e.org","display_url":"e.org","hash":0,"site_name":"E","title":"T","description":"D"}}),
            "link",
            "E\nT\nD\nhttps://e.org",
        ),
        (
            json!({"_":"messageMediaWebPage","webpage":{"_":"webPagePending","id":1,"date":1}}),
            "link",
            "",
        ),
        (
            json!({"_":"messageMediaPaidMedia","stars_amount":5,"extended_media":[
            {"_":"messageExtendedMediaPreview","w":1,"h":1},
            {"_":"messageExtendedMedia","media":document(json!([{"_":"documentAttributeFilename","file_name":"bought"}]))}]}),
            "paid",
            "bought",
        ),
    ] {
        let (found, searched, _) = media(body);
        assert_eq!((found.kind(), searched.as_str()), (kind, words));
        assert!(found.label().starts_with(kind));
    }
}

#[test]
fn what_is_not_known_is_named() {
    let message = message(json!({"media":{"_":"messageMediaHologram","x":1},
        "entities":[{"_":"messageEntityWavy","offset":0,"length":1}]}));
    assert_eq!(message.media.unwrap().kind(), "unsupported");
    assert_eq!(
        message.unsupported,
        ["messageEntityWavy", "messageMediaHologram"]
    );
    let empty = crate::message(json!({"media":{"_":"messageMediaEmpty"}}));
    assert!(empty.media.is_none() && empty.unsupported.is_empty());
}

#[test]
fn what_came_inside_the_message_is_kept() {
    let photo = json!({"_":"messageMediaPhoto","photo":{"_":"photo","id":4,"sizes":[
        {"_":"photoStrippedSize","type":"i","bytes":"AQID"},
        {"_":"photoSize","type":"y","w":1280,"h":800,"size":9}]}});
    let (Media::Photo(photo), ..) = media(photo) else {
        panic!("no photo");
    };
    assert_eq!(photo.preview.as_deref(), Some("AQID"));
    let sticker = json!({"_":"messageMediaDocument","document":{"_":"document","id":9,"mime_type":"image/webp",
        "thumbs":[{"_":"photoPathSize","type":"j","bytes":"BAUG"},
            {"_":"photoStrippedSize","type":"i","bytes":"A".repeat(5000)}],
        "attributes":[{"_":"documentAttributeSticker","alt":"🐧"}]}});
    let (Media::Document(sticker), ..) = media(sticker) else {
        panic!("no document");
    };
    assert_eq!(sticker.outline.as_deref(), Some("BAUG"));
    assert_eq!(sticker.preview, None, "that much is no preview");
}

#[test]
fn videos_have_covers_and_qualities() {
    let other = |id: i64, w: i64| {
        json!({"_":"document","id":id,"size":5,"mime_type":"video/mp4",
            "attributes":[{"_":"documentAttributeVideo","w":w,"h":w,"duration":1.0}]})
    };
    let video = json!({"_":"messageMediaDocument","document":other(9, 1000),
        "alt_documents":[other(10, 640), {"_":"documentEmpty","id":11}],
        "video_cover":{"_":"photo","id":7,"sizes":[
            {"_":"photoSize","type":"m","w":320,"h":200,"size":5},
            {"_":"photoSize","type":"y","w":1280,"h":800,"size":9}]}});
    let (Media::Document(video), ..) = media(video) else {
        panic!("no document");
    };
    assert_eq!(video.cover, ["photo/7/m", "photo/7/y"]);
    let others: Vec<_> = video
        .qualities
        .iter()
        .map(|file| (file.key.as_str(), file.width))
        .collect();
    assert_eq!(others, [("document/10", 640)]);
}
