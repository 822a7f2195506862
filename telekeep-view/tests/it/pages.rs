//! Pages show what is in the archive, the way people read.

use axum::http::StatusCode;

use crate::support::{Maker, small};

#[tokio::test]
async fn the_chat_list_has_names_and_newest_messages() {
    let page = small().get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("Ada Lovelace") && text.contains("href=\"/chat/5#newest\""));
    assert!(
        text.contains("Photo"),
        "the newest message has no text but is a photo"
    );
}

#[tokio::test]
async fn several_pinned_messages_are_counted_and_listed() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let spoiler =
        r#","pinned":true,"entities":[{"_":"messageEntitySpoiler","offset":4,"length":6}]"#;
    maker.message(5, 1, 1_700_000_000, "first", r#","pinned":true"#);
    maker.message(5, 2, 1_700_000_060, "the butler did it", spoiler);
    let page = maker.site().get("/chat/5").await;
    let (_, bar) = page.text().split_once("pinned-bar").unwrap();
    let (bar, _) = bar.split_once("</div>").unwrap();
    assert!(bar.contains("1 of 2"), "{bar}");
    assert!(bar.contains("/search?chat=5&amp;kind=pinned"), "{bar}");
    assert!(bar.contains("the ▒▒▒▒▒▒ did it"), "{bar}");
    assert_eq!(
        page.text().matches("butler").count(),
        1,
        "only in the chat itself"
    );
}

#[tokio::test]
async fn the_explanation_of_a_quiz_is_formatted_and_hides_what_it_hides() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let quiz = r#","media":{"_":"messageMediaPoll","poll":{"_":"poll","id":1,"quiz":true,
        "question":{"_":"textWithEntities","text":"Who?","entities":[]},"answers":[]},
        "results":{"_":"pollResults","solution":"the butler <did> it","solution_entities":[
            {"_":"messageEntitySpoiler","offset":4,"length":6},
            {"_":"messageEntityBold","offset":11,"length":5}]}}"#;
    maker.message(5, 1, 1_700_000_000, "", quiz);
    let page = maker.site().get("/chat/5").await;
    let (_, told) = page.text().split_once("class=\"solution").unwrap();
    let (told, _) = told.split_once("</div>").unwrap();
    assert!(told.contains("<span class=\"spoiler\""), "{told}");
    assert!(told.contains(">butler</span>"), "{told}");
    assert!(told.contains("<b>&lt;did"), "{told}");
}

#[tokio::test]
async fn chats_are_found_by_name() {
    let site = small();
    assert!(
        site.get("/?name=love")
            .await
            .text()
            .contains("href=\"/chat/5#newest\"")
    );
    assert!(
        !site
            .get("/?name=nobody")
            .await
            .text()
            .contains("href=\"/chat/5#newest\"")
    );
}

#[tokio::test]
async fn messages_are_grouped_as_telegram_does() {
    let page = small().get("/chat/5").await;
    let text = page.text();
    let classes = |id: i64| {
        let (before, _) = text.split_once(&format!("id=\"m{id}\"")).unwrap();
        let (_, class) = before.rsplit_once("<article class=\"").unwrap();
        class.split('"').next().unwrap().to_owned()
    };
    assert_eq!(classes(10), "message");
    assert_eq!(classes(11), "message joined", "a minute later, same sender");
    assert_eq!(classes(12), "message mine", "another sender");
    assert_eq!(classes(13), "message mine", "48 minutes later");
    assert_eq!(classes(14), "message", "another day");
    assert_eq!(text.matches("class=\"pill\"").count(), 2, "two days");
}

#[tokio::test]
async fn an_album_is_one_bubble() {
    let page = small().get("/chat/5").await;
    let text = page.text();
    assert!(text.contains("album count-2"));
    assert!(
        text.contains("<span id=\"m16\"></span>"),
        "each of its messages can be linked to"
    );
    assert!(!text.contains("<article class=\"message\" id=\"m16\""));
}

#[tokio::test]
async fn files_are_shown_or_explained() {
    let page = small().get("/chat/5").await;
    let text = page.text();
    assert!(text.contains("src=\"/file/photo/70/y\""));
    assert!(!text.contains("src=\"/file/photo/71/y\""));
    assert!(text.contains("Not fetched yet."));
}

#[tokio::test]
async fn replies_lead_to_what_they_answer() {
    let site = small();
    // The newest version of 14 is no reply; the message is one edit later.
    let history = site.get("/chat/5/14/history").await;
    let text = history.text();
    assert!(
        text.contains("<del>next</del><ins>another</ins> day"),
        "{text}"
    );
    let page = site.get("/chat/5?at=10").await;
    assert!(page.text().contains("message target\" id=\"m10\""));
}

#[tokio::test]
async fn pages_follow_each_other_without_overlap_or_hole() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    for id in 1..=200 {
        maker.message(
            5,
            id,
            1_699_000_000 + id * 1000,
            &format!("message {id}."),
            "",
        );
    }
    let site = maker.site();
    let mut seen = Vec::new();
    let mut path = "/chat/5".to_owned();
    loop {
        let page = site.get(&path).await;
        let ids = ids(page.text());
        assert!(ids.is_sorted() && !ids.is_empty());
        seen.splice(0..0, ids);
        match page.text().split_once("/chat/5?before=") {
            Some((_, rest)) => {
                let id: String = rest.chars().take_while(char::is_ascii_digit).collect();
                path = format!("/chat/5?before={id}");
            }
            None => break,
        }
    }
    assert_eq!(seen, (1..=200).collect::<Vec<i64>>());
    let after = site.get("/chat/5?after=100").await;
    assert_eq!(ids(after.text()).first(), Some(&101));
    assert!(after.text().contains("/chat/5?after=160"));
}

fn ids(page: &str) -> Vec<i64> {
    let parts = page.split("data-id=\"").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn a_day_is_found() {
    let site = small();
    let calendar = site.get("/chat/5/calendar").await;
    assert!(
        calendar.text().matches("<caption>").count() == 1,
        "only months between the first message and the last"
    );
    assert!(
        calendar.text().contains("/chat/5/day?day=2023-11-04"),
        "a day with messages"
    );
    assert!(
        !calendar.text().contains("day?day=2023-11-05"),
        "a day without"
    );
    let day = site.get("/chat/5/day?day=2023-11-04").await;
    assert_eq!(day.header("location"), "/chat/5?at=14#m14");
}

#[tokio::test]
async fn every_page_speaks_every_language() {
    let site = small();
    for (language, direction) in [
        ("en", "ltr"),
        ("de", "ltr"),
        ("es", "ltr"),
        ("ru", "ltr"),
        ("zh", "ltr"),
        ("ar", "rtl"),
    ] {
        for path in [
            "/",
            "/chat/5",
            "/chat/5/calendar",
            "/chat/5/14/history",
            "/profile/5",
            "/coverage",
            "/statistics?chat=5",
            "/settings",
            "/nowhere",
        ] {
            let page = site.get_with(path, &[("accept-language", language)]).await;
            let text = page.text();
            assert!(
                text.contains(&format!("<html lang=\"{language}")),
                "{path} {language}"
            );
            assert!(
                text.contains(&format!("dir=\"{direction}\"")),
                "{path} {language}"
            );
        }
    }
}

#[tokio::test]
async fn coverage_is_told_in_plain_words() {
    let page = small().get("/coverage").await;
    assert!(
        page.text()
            .contains("Telegram did not say how many messages there are.")
    );
}

#[tokio::test]
async fn a_script_gets_the_page_without_the_list() {
    let site = small();
    let page = site.get_with("/chat/5", &[("x-fragment", "1")]).await;
    assert!(!page.text().contains("class=\"sidebar\""));
    assert!(page.text().contains("id=\"m10\""));
}

#[tokio::test]
async fn assets_may_be_kept_and_nothing_else() {
    let site = small();
    let page = site.get("/").await;
    let (_, rest) = page
        .text()
        .split_once("rel=\"stylesheet\" href=\"")
        .unwrap();
    let style = site.get(rest.split('"').next().unwrap()).await;
    assert_eq!(style.status, StatusCode::OK);
    assert!(style.header("cache-control").contains("immutable"));
    assert!(style.header("content-type").starts_with("text/css"));
}

#[tokio::test]
async fn groups_show_names_and_what_happened() {
    let mut maker = Maker::new();
    maker.person(7, "Grace Hopper");
    maker.channel(1234, "Compilers");
    let group =
        r#""peer_id":{"_":"peerChannel","channel_id":1234},"from_id":{"_":"peerUser","user_id":7}"#;
    let place = |id: i64| format!(r#","chat":-1000000001234,"id":{id}"#);
    let said = format!(r#"{{"_":"message","id":2,{group},"date":1699000000,"message":"hello"}}"#);
    maker.record("message", &place(2), &said);
    let pinned = format!(
        r#"{{"_":"messageService","id":3,{group},"date":1699000010,"action":{{"_":"messageActionPinMessage"}}}}"#
    );
    maker.record("message", &place(3), &pinned);
    let site = maker.site();
    let page = site.get("/chat/-1000000001234").await;
    assert!(
        page.text().contains("<bdi>Grace Hopper</bdi></a></div>"),
        "the name above the bubble"
    );
    assert!(page.text().contains("pinned a message"));
    let german = site
        .get_with("/chat/-1000000001234", &[("accept-language", "de")])
        .await;
    assert!(german.text().contains("hat eine Nachricht angeheftet"));
}

#[tokio::test]
async fn search_finds_marks_and_explains() {
    let site = small();
    let found = site.get("/search?q=morning").await;
    assert!(found.text().contains("good <mark>morning</mark>"));
    assert!(found.text().contains("href=\"/chat/5?at=10#m10\""));
    let earlier = site.get("/search?q=next").await;
    assert!(
        earlier.text().contains("In an earlier version"),
        "edited away, still found"
    );
    let none = site.get("/search?q=absent").await;
    assert!(none.text().contains("Nothing was found."));
    let wrong = site.get("/search?q=%22open").await;
    assert_eq!(wrong.status, StatusCode::OK);
    let photos = site.get("/search?kind=photo").await;
    assert!(photos.text().contains("two pictures"));
    let none = site.get("/search?q=morning&until=2023-11-02").await;
    assert!(
        none.text().contains("Nothing was found."),
        "the day after is left out"
    );
}

#[tokio::test]
async fn a_name_of_then_is_told() {
    let mut maker = Maker::new();
    let group =
        r#""peer_id":{"_":"peerChannel","channel_id":1234},"from_id":{"_":"peerUser","user_id":7}"#;
    maker.channel(1234, "Compilers");
    maker.person_at(7, "Grace Murray", 1_600_000_000);
    maker.person_at(7, "Grace Hopper", 1_650_000_000);
    let said = format!(r#"{{"_":"message","id":2,{group},"date":1620000000,"message":"hello"}}"#);
    maker.record("message", r#","chat":-1000000001234,"id":2"#, &said);
    let page = maker.site().get("/chat/-1000000001234").await;
    assert!(page.text().contains("<bdi>Grace Hopper</bdi>"));
    assert!(page.text().contains("then “Grace Murray”"));
}

#[tokio::test]
async fn what_is_wrong_with_a_query_is_told_in_the_readers_language() {
    let site = small();
    let wrong = [
        ("OR tea", "vor OR muss etwas stehen"),
        ("tea OR", "nach OR muss etwas stehen"),
        ("(tea", "die Klammer, die hier beginnt"),
        ("\"tea", "das Anführungszeichen, das hier beginnt"),
        ("on:2024-13", "das ist kein Datum"),
        ("tag:!", "ein Hashtag hat"),
        ("filename:*", "Wörter aus dem Dateinamen"),
        ("size:10", "einen Vergleich und eine Größe"),
        ("has:fotos", "kennt das nicht"),
        ("has:phoot", "ist has:photo gemeint?"),
        ("from:", "braucht gleich danach einen Wert, wie in from:ada"),
        ("from:nobody", "niemand in diesem Archiv heißt"),
        ("in:nowhere", "kein Chat in diesem Archiv heißt"),
        ("topic:none", "kein Thema eines Forums heißt"),
        (
            "form:ada",
            "ist kein Filter, also wurden diese Wörter gesucht",
        ),
        ("tea & cake", "in &#38; ist nichts"),
    ];
    for (query, words) in wrong {
        let mut address = "/search?q=".to_owned();
        for byte in query.bytes() {
            address.push_str(&format!("%{byte:02X}"));
        }
        let page = site.get_with(&address, &[("accept-language", "de")]).await;
        assert!(page.text().contains(words), "{query}: {words}");
    }
    let place = site
        .get_with("/search?q=tea%20%28cake", &[("accept-language", "de")])
        .await;
    assert!(place.text().contains("5: die Klammer") || place.text().contains("Zeichen 5"));
}

#[tokio::test]
async fn why_a_file_is_not_here_is_told_in_the_readers_language() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let photo = r#","media":{"_":"messageMediaPhoto","photo":{"_":"photo","id":70,"sizes":[{"_":"photoSize","type":"y","w":40,"h":30,"size":9}]}}"#;
    maker.message(5, 1, 1_699_000_000, "", photo);
    let failed = r#"{"what":"media","file":"photo/70/y","chat":5,"id":1,"error":"FILE_REFERENCE_EXPIRED","attempts":3,"last":false}"#;
    maker.record("failure", r#","chat":5,"id":1"#, failed);
    let site = maker.site();
    for path in ["/chat/5", "/coverage"] {
        let page = site.get_with(path, &[("accept-language", "es")]).await;
        assert!(page.text().contains("Telegram no lo entregó"), "{path}");
        assert!(page.text().contains("FILE_REFERENCE_EXPIRED"), "{path}");
    }
}

#[tokio::test]
async fn coverage_of_many_chats_comes_in_pages() {
    let mut maker = Maker::new();
    for chat in 100..330_i64 {
        maker.person(chat, "Somebody");
        maker.message(chat, chat, 1_699_000_000, "hello", "");
    }
    let site = maker.site();
    let mut path = "/coverage".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = site.get_with(&path, &[("x-fragment", "1")]).await;
        let rows = page.text().split("class=\"open\"><a href=\"/chat/").skip(1);
        seen.extend(rows.map(|row| row.split('#').next().unwrap().parse::<i64>().unwrap()));
        match page.text().split_once("href=\"/coverage?from=") {
            Some((_, rest)) => {
                path = format!("/coverage?from={}", rest.split('"').next().unwrap());
            }
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (100..330).collect::<Vec<_>>(), "each once");
}

#[tokio::test]
async fn what_is_hidden_stays_hidden_in_hits_and_versions() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let spoiler = r#","entities":[{"_":"messageEntitySpoiler","offset":4,"length":6}]"#;
    maker.message(5, 1, 1_700_000_000, "the butler did it", spoiler);
    let edited = format!(r#"{spoiler},"edit_date":1700000060"#);
    maker.message(5, 1, 1_700_000_000, "the butler did it all", &edited);
    let site = maker.site();
    let button = "aria-expanded=\"false\" aria-label=\"Hidden text";
    let hits = site.get("/search?q=butler").await;
    let inside = format!("{button}: found here\"><mark>butler</mark></span> did it");
    assert!(hits.text().contains(&inside), "{}", hits.text());
    let versions = site.get("/chat/5/1/history").await;
    let inside = format!("{button}\">butler</span> did it<ins> all</ins>");
    assert!(versions.text().contains(&inside), "{}", versions.text());
}
