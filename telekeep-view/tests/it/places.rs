//! Days in time zones whose midnight is at a quarter past; photos of people; custom emoji.

use crate::support::Maker;

/// 2023-11-05 00:00 in a zone so far ahead of UTC.
fn midnight(minutes_ahead: i64) -> i64 {
    1_699_142_400 - minutes_ahead * 60
}

fn zone(minutes_ahead: i64) -> jiff::tz::TimeZone {
    let seconds = i32::try_from(minutes_ahead * 60).unwrap();
    jiff::tz::Offset::from_seconds(seconds)
        .unwrap()
        .to_time_zone()
}

#[tokio::test]
async fn days_begin_at_midnight_in_every_zone() {
    // Nepal, Chatham, Newfoundland, India, Eucla.
    for minutes in [345, 765, -210, 330, 525] {
        let begin = midnight(minutes);
        let mut maker = Maker::new();
        maker.person(5, "Ada");
        maker.message(5, 1, begin - 60, "the evening before", "");
        maker.message(5, 2, begin + 60, "after midnight", "");
        maker.message(5, 3, begin + 120, "a little later", "");
        let site = maker.site_in(zone(minutes));
        let page = site.get("/chat/5").await;
        let days: Vec<_> = page.text().split("data-day=\"").skip(1).collect();
        let days: Vec<_> = days.iter().map(|day| &day[..10]).collect();
        assert_eq!(days, ["2023-11-04", "2023-11-05"], "{minutes}");
        let calendar = site.get("/chat/5/calendar").await;
        for (day, words) in [("2023-11-04", "1 message"), ("2023-11-05", "2 messages")] {
            let cell = format!("/chat/5/day?day={day}\" title=\"{words}\"");
            assert!(calendar.text().contains(&cell), "{minutes}: {day}");
        }
        let day = site.get("/chat/5/day?day=2023-11-05").await;
        assert_eq!(day.header("location"), "/chat/5?at=2#m2", "{minutes}");
        let found = site.get("/search?since=2023-11-05&until=2023-11-05").await;
        assert!(found.text().contains("after midnight"), "{minutes}");
        assert!(!found.text().contains("the evening before"), "{minutes}");
        let found = site.get("/search?q=on:2023-11-04").await;
        assert!(found.text().contains("the evening before"), "{minutes}");
        assert!(!found.text().contains("after midnight"), "{minutes}");
    }
}

/// A supergroup where Grace wrote; she had two photos, the first of them held.
fn group() -> Maker {
    let mut maker = Maker::new();
    maker.channel(1234, "Compilers");
    for (time, photo, thumb) in [(1_600_000_000, 70, ""), (1_650_000_000, 71, "AR4ov4ox")] {
        let body = format!(
            r#"{{"_":"user","id":7,"first_name":"Grace","photo":{{"_":"userProfilePhoto","photo_id":{photo},"stripped_thumb":"{thumb}","dc_id":2}}}}"#
        );
        maker.record_at(time, "peer", r#","chat":7"#, &body);
    }
    maker
}

fn said(maker: &mut Maker, id: i64, text: &str, more: &str) {
    let body = format!(
        r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerChannel","channel_id":1234}},"from_id":{{"_":"peerUser","user_id":7}},"date":1699000000,"message":"{text}"{more}}}"#
    );
    maker.record(
        "message",
        &format!(r#","chat":-1000000001234,"id":{id}"#),
        &body,
    );
}

const JPEG: &[u8] = b"\xff\xd8\xff\xe0";

#[tokio::test]
async fn people_have_faces() {
    let mut maker = group();
    said(&mut maker, 2, "hello", "");
    maker.message(7, 3, 1_699_000_100, "hello you", "");
    maker.file("photo/70/a", JPEG, "image/jpeg");
    maker.file("photo/70/c", JPEG, "image/jpeg");
    let site = maker.site();
    // Of the photo of now only the preview is known.
    let chat = site.get("/chat/-1000000001234").await;
    assert!(chat.text().contains("<img src=\"/tiny/AR4ov4ox\""));
    let list = site.get("/").await;
    assert!(list.text().contains("<img src=\"/tiny/AR4ov4ox\""));
    let profile = site.get("/profile/7").await;
    assert!(profile.text().contains("<img src=\"/tiny/AR4ov4ox\""));
    // The photo before is held in two sizes.
    assert!(
        profile
            .text()
            .contains("<a href=\"/file/photo/70/c\" data-photo=\"photo/70/c\">")
    );
    assert!(profile.text().contains("<img src=\"/file/photo/70/a\""));
}

#[tokio::test]
async fn a_photo_that_is_held_comes_before_its_preview() {
    let mut maker = group();
    said(&mut maker, 2, "hello", "");
    maker.file("photo/71/m", JPEG, "image/jpeg");
    maker.file("photo/711/m", JPEG, "image/jpeg");
    let site = maker.site();
    let chat = site.get("/chat/-1000000001234").await;
    assert!(chat.text().contains("<img src=\"/file/photo/71/m\""));
}

#[tokio::test]
async fn custom_emoji_are_drawn_where_they_are_held() {
    let entity = |at: u32, id: i64| {
        format!(r#"{{"_":"messageEntityCustomEmoji","offset":{at},"length":2,"document_id":{id}}}"#)
    };
    let entities = format!(
        r#","entities":[{},{},{},{}],"reactions":{{"_":"messageReactions","results":[
        {{"_":"reactionCount","reaction":{{"_":"reactionCustomEmoji","document_id":1}},"count":2}}]}}"#,
        entity(0, 1),
        entity(2, 2),
        entity(4, 3),
        entity(6, 4)
    );
    let mut maker = group();
    said(&mut maker, 2, "😀😁😂🤣", &entities);
    maker.file("document/1", b"RIFF0000WEBPVP8 ", "image/webp");
    maker.file("document/2", b"\x1a\x45\xdf\xa3", "video/webm");
    maker.file("document/3", b"\x1f\x8b", "application/x-tgsticker");
    let page = maker.site().get("/chat/-1000000001234").await;
    let text = page.text();
    let still = "src=\"/file/document/1\" alt=\"\" width=\"20\" height=\"20\" loading=\"lazy\">";
    assert_eq!(
        text.matches(still).count(),
        2,
        "in the text and as a reaction"
    );
    assert!(text.contains("<video class=\"emoji-picture\" src=\"/file/document/2\""));
    assert!(text.contains("<span class=\"emoji moving\" data-tgs=\"/file/document/3\">"));
    assert!(text.contains("<span class=\"emoji\">🤣</span>"), "not held");
    for emoji in ["😀", "😁", "😂"] {
        assert!(text.contains(&format!("<span class=\"emoji-text\">{emoji}</span></span>")));
    }
}
