//! Topics of a forum: pages in both directions, dates, search and gallery of one; galleries in both
//! directions.

use crate::support::{Maker, Site};

pub const CHAT: i64 = -1_000_000_001_234;

/// A forum: messages 101 to 300, by turns in topics 7 ("Visa") and 8, a day apart; every tenth is a
/// photo.
pub fn forum() -> Site {
    let mut maker = Maker::new();
    let body = r#"{"_":"channel","id":1234,"megagroup":true,"forum":true,"title":"Travel"}"#;
    maker.record("peer", &format!(r#","chat":{CHAT}"#), body);
    for (topic, title) in [(7, "Visa"), (8, "Food")] {
        let body = format!(
            r#"{{"_":"messageService","id":{topic},"peer_id":{{"_":"peerChannel","channel_id":1234}},"date":1600000000,"action":{{"_":"messageActionTopicCreate","title":"{title}","icon_color":1}}}}"#
        );
        maker.record("message", &format!(r#","chat":{CHAT},"id":{topic}"#), &body);
    }
    for id in 101..=300_i64 {
        let (topic, date) = (7 + id % 2, 1_600_000_000 + id * 86_400);
        let photo = format!(
            r#","media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"y","w":40,"h":30,"size":9}}]}}}}"#
        );
        let photo = if id % 10 < 2 { photo } else { String::new() };
        let body = format!(
            r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerChannel","channel_id":1234}},"date":{date},"message":"word {id}.","reply_to":{{"_":"messageReplyHeader","forum_topic":true,"reply_to_msg_id":{topic}}}{photo}}}"#
        );
        maker.record("message", &format!(r#","chat":{CHAT},"id":{id}"#), &body);
    }
    maker.site()
}

fn numbers(page: &str, before: &str) -> Vec<i64> {
    let parts = page.split(before).skip(1);
    let digits = |part: &str| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap();
        part[..end].parse().unwrap()
    };
    parts.map(digits).collect()
}

/// The address of a link that begins so.
fn link(page: &str, start: &str) -> Option<String> {
    let at = page.find(&format!("href=\"{start}"))?;
    let rest = &page[at + 6..];
    Some(
        rest[..rest.find('"')?]
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}

#[tokio::test]
async fn a_topic_goes_on_in_both_directions() {
    let site = forum();
    let base = format!("/chat/{CHAT}/topic/7");
    let all: Vec<i64> = (101..=300).filter(|id| id % 2 == 0).collect();
    for (start, way) in [("", "before"), ("?at=7", "after")] {
        let mut path = format!("{base}{start}");
        let mut seen = Vec::new();
        for _ in 0..20 {
            let page = site.get(&path).await;
            let mut ids = numbers(page.text(), "data-id=\"");
            ids.retain(|id| *id > 100);
            assert!(ids.is_sorted() && !ids.is_empty(), "{path}");
            match way {
                "before" => drop(seen.splice(0..0, ids)),
                _ => seen.extend(ids),
            }
            match link(page.text(), &format!("{base}?{way}=")) {
                Some(next) => path = next.split('#').next().unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, all, "{way}");
    }
    let around = site.get(&format!("{base}?at=200")).await;
    let text = around.text();
    assert!(text.contains("message target\" id=\"m200\""));
    assert!(link(text, &format!("{base}?before=")).is_some());
    assert!(link(text, &format!("{base}?after=")).is_some());
    assert!(text.contains("<small>Visa</small>"));
}

/// Topics of the large forum: more than fit above the messages, and more than one page of them.
const MANY: i64 = 260;

fn many_topics() -> Site {
    let mut maker = Maker::new();
    let body = r#"{"_":"channel","id":1234,"megagroup":true,"forum":true,"title":"Travel"}"#;
    maker.record("peer", &format!(r#","chat":{CHAT}"#), body);
    for id in 101..=100 + MANY {
        let body = format!(
            r#"{{"_":"messageService","id":{id},"peer_id":{{"_":"peerChannel","channel_id":1234}},"date":{},"action":{{"_":"messageActionTopicCreate","title":"Place {id}","icon_color":1}}}}"#,
            1_600_000_000 + id
        );
        maker.record("message", &format!(r#","chat":{CHAT},"id":{id}"#), &body);
    }
    maker.person(5, "Ada");
    maker.message(5, 1, 1_600_000_000, "hello", "");
    maker.site()
}

#[tokio::test]
async fn topics_that_have_no_tab_are_counted_and_listed() {
    let site = many_topics();
    let start = format!("/chat/{CHAT}/topic/");
    let tabs = |page: &str| {
        let (_, tabs) = page.split_once("<nav class=\"topics\"").unwrap();
        numbers(tabs.split_once("</nav>").unwrap().0, &start)
    };
    // The General topic is one of them.
    let left = MANY + 1 - 50;
    let words = [
        ("en", format!("and {left} more")),
        ("de", format!("und {left} weitere")),
        ("es", format!("y {left} más")),
        ("ru", format!("и ещё {left}")),
        ("zh", format!("还有 {left} 个")),
        ("ar", format!("و{left} أخرى")),
    ];
    for (language, told) in words {
        let headers = [("accept-language", language)];
        let page = site.get_with(&format!("/chat/{CHAT}"), &headers).await;
        let way = format!("href=\"/chat/{CHAT}/topics\">{told}</a>");
        assert!(page.text().contains(&way), "{language}");
        assert_eq!(tabs(page.text()).len(), 50);
    }
    let mut listed = Vec::new();
    let mut path = format!("/chat/{CHAT}/topics");
    loop {
        let page = site.get(&path).await;
        let (_, list) = page.text().split_once("class=\"page\"").unwrap();
        listed.extend(numbers(list, &start));
        assert!(
            list.contains(" message") && !list.contains("1970"),
            "{list}"
        );
        match link(page.text(), &format!("/chat/{CHAT}/topics?after=")) {
            Some(next) => path = next,
            None => break,
        }
    }
    let all: Vec<i64> = (101..=100 + MANY).rev().chain([1]).collect();
    assert_eq!(listed, all, "the newest first, each once");

    // The one that is shown has a tab, wherever it stands.
    let old = site.get(&format!("/chat/{CHAT}/topic/102")).await;
    let with_it = tabs(old.text());
    assert_eq!((with_it.len(), with_it.last()), (51, Some(&102)));
    assert!(old.text().contains(&format!("and {} more", left - 1)));
    for none in ["/chat/5/topics", "/chat/404/topics"] {
        assert_eq!(site.get(none).await.status, 404, "{none}");
    }
    let past = site.get(&format!("/chat/{CHAT}/topics?after=9")).await;
    assert_eq!(past.status, 200);
}

#[tokio::test]
async fn a_topic_has_dates_search_and_gallery_of_its_own() {
    let site = forum();
    let base = format!("/chat/{CHAT}/topic/7");
    let page = site.get(&base).await;
    let calendar = link(page.text(), &format!("/chat/{CHAT}/calendar?topic=7")).unwrap();
    let calendar = site.get(&calendar).await;
    // Message 251, of the other topic, was sent on that day; 252 is the next of this one.
    let day = link(calendar.text(), &format!("{base}/day?day=2021-05-22")).unwrap();
    let day = site.get(&day).await;
    assert_eq!(day.header("location"), format!("{base}?at=252#m252"));
    let late = site.get(&format!("{base}/day?day=2030-01-01")).await;
    assert_eq!(late.header("location"), format!("{base}#newest"));

    let search = link(page.text(), "/search?chat=").unwrap();
    let found = site.get(&format!("{search}&q=word")).await;
    let ids = numbers(found.text(), "?at=");
    assert!(!ids.is_empty() && ids.iter().all(|id| id % 2 == 0));
    let more = link(found.text(), "/search?q=").unwrap();
    assert!(more.contains("&topic=7"));

    let gallery = link(page.text(), "/gallery?chat=").unwrap();
    let gallery = site.get(&gallery).await;
    let ids = numbers(gallery.text(), "?at=");
    assert_eq!(
        ids,
        (101..=300)
            .rev()
            .filter(|id| id % 10 == 0)
            .collect::<Vec<_>>()
    );
    let none = site.get(&format!("/gallery?chat={CHAT}&topic=99")).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_gallery_goes_on_in_both_directions() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    for id in 1..=150_i64 {
        let photo = format!(
            r#","media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"y","w":40,"h":30,"size":9}}]}}}}"#
        );
        maker.message(5, id, 1_690_000_000 + id * 86_400, "", &photo);
    }
    let site = maker.site();
    let mut path = "/gallery?chat=5".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = site.get(&path).await;
        seen.extend(numbers(page.text(), "?at="));
        match link(page.text(), "/gallery?kind=photos&#38;chat=5&#38;after=") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(seen, (1..=150).rev().collect::<Vec<_>>());
    // Back again from the last page.
    let mut back = Vec::new();
    loop {
        let page = site.get(&path).await;
        let ids = numbers(page.text(), "?at=");
        back.splice(0..0, ids);
        match link(page.text(), "/gallery?kind=photos&#38;chat=5&#38;before=") {
            Some(next) => path = next,
            None => break,
        }
    }
    assert_eq!(back, seen);
}

#[tokio::test]
async fn messages_of_a_forum_say_which_topic_they_are_in() {
    let site = forum();
    let page = site.get(&format!("/chat/{CHAT}?at=200")).await;
    for (id, topic, name) in [(200, 7, "Visa"), (201, 8, "Food")] {
        let (_, message) = page.text().split_once(&format!("id=\"m{id}\"")).unwrap();
        let (message, _) = message.split_once("</article>").unwrap();
        let chip =
            format!("class=\"topic-chip\" href=\"/chat/{CHAT}/topic/{topic}?at={id}#m{id}\"");
        assert!(message.contains(&chip), "{message}");
        assert!(
            message.contains(&format!("<bdi>{name}</bdi></a>")),
            "{message}"
        );
    }
    let one = site.get(&format!("/chat/{CHAT}/topic/7")).await;
    assert!(
        !one.text().contains("topic-chip"),
        "there all are of the same"
    );
    let hits = site.get("/search?q=%22word+200%22").await;
    assert!(
        hits.text()
            .contains(&format!("/chat/{CHAT}/topic/7?at=200#m200"))
    );
    assert!(hits.text().contains("<bdi>Visa</bdi>"));
}

#[tokio::test]
async fn what_happened_shows_what_it_is_about() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.channel(70, "Club");
    maker.file("photo/77/c", b"not looked at", "image/jpeg");
    let chat = -1_000_000_000_070_i64;
    let mut add = |id: i64, kind: &str, more: &str| {
        let body = format!(
            r#"{{"_":"{kind}","id":{id},"peer_id":{{"_":"peerChannel","channel_id":70}},"from_id":{{"_":"peerUser","user_id":5}},"date":1650000000{more}}}"#
        );
        maker.record("message", &format!(r#","chat":{chat},"id":{id}"#), &body);
    };
    let spoiler = r#","message":"the butler did it","entities":[{"_":"messageEntitySpoiler","offset":4,"length":6}]"#;
    add(1, "message", spoiler);
    let pin = |id: i64| {
        format!(
            r#","action":{{"_":"messageActionPinMessage"}},"reply_to":{{"_":"messageReplyHeader","reply_to_msg_id":{id}}}"#
        )
    };
    add(2, "messageService", &pin(1));
    add(3, "messageService", &pin(404));
    let photo = |id: i64| {
        format!(
            r#","action":{{"_":"messageActionChatEditPhoto","photo":{{"_":"photo","id":{id},"sizes":[]}}}}"#
        )
    };
    add(4, "messageService", &photo(77));
    add(5, "messageService", &photo(78));
    let page = maker.site().get(&format!("/chat/{chat}")).await;
    let of = |id: i64| {
        let (_, rest) = page.text().split_once(&format!("id=\"m{id}\"")).unwrap();
        rest.split_once("</article>").unwrap().0.to_owned()
    };
    let quote = format!("href=\"/chat/{chat}?at=1#m1\" data-jump=\"1\"><bdi>“the ▒▒▒▒▒▒ did it”");
    assert!(of(2).contains(&quote), "{}", of(2));
    assert!(!of(3).contains("pin-quote"), "it is not held");
    assert!(of(4).contains("data-photo=\"photo/77/c\""), "{}", of(4));
    assert!(!of(5).contains("data-photo"), "it is not held");
}
