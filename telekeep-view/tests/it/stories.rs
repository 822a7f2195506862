//! The page of stories.

use axum::http::StatusCode;

use crate::support::{ME, Maker, Site};

fn story(maker: &mut Maker, id: i64, caption: &str, more: &str) {
    let caption = crate::support::json(caption);
    let body = format!(
        r#"{{"_":"storyItem","id":{id},"date":{},"expire_date":1600090000,"caption":{caption},"media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"x","w":800,"h":800,"size":5}}]}}}}{more}}}"#,
        1_600_000_000 + id
    );
    maker.record("story", &place(id), &body);
}

fn place(id: i64) -> String {
    format!(r#","chat":{ME},"id":{id}"#)
}

fn site(count: i64) -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada <b>Lovelace</b>");
    maker.file("photo/1/x", b"\xff\xd8\xff\xd9", "image/jpeg");
    let privacy = r#","pinned":true,"privacy":[{"_":"privacyValueAllowContacts"},{"_":"privacyValueDisallowUsers","users":[5]}],"media_areas":[{"_":"mediaAreaUrl","url":"javascript:alert(1)"},{"_":"mediaAreaUrl","url":"https://example.org/ferry"},{"_":"mediaAreaVenue","title":"Quay <3"}],"views":{"_":"storyViews","views_count":12}"#;
    story(&mut maker, 1, "First <i>light</i>", privacy);
    story(&mut maker, 2, "The ferry", "");
    story(&mut maker, 2, "The ferry, late", "");
    let gone = r#"{"_":"storyItemDeleted","id":2}"#;
    maker.record("story", &place(2), gone);
    for id in 3..=count {
        story(&mut maker, id, &format!("Number {id}"), "");
    }
    let card = |id: i64| {
        let peer = format!(r#"{{"_":"peerUser","user_id":{ME}}}"#);
        format!(r#","media":{{"_":"messageMediaStory","peer":{peer},"id":{id}}}"#)
    };
    maker.message(5, 10, 1_600_000_000, "", &card(1));
    maker.message(5, 11, 1_600_000_001, "", &card(77));
    maker.site()
}

#[tokio::test]
async fn stories_show_what_they_said_for_whom_and_that_they_are_gone() {
    let site = site(2);
    let page = site.get("/stories").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for wanted in [
        "First &lt;i&gt;light&lt;/i&gt;",
        "My contacts · not: Ada &#60;b&#62;Lovelace&#60;/b&#62;",
        "Quay &#60;3",
        "href=\"https://example.org/ferry\"",
        "12 views",
        "On the profile",
        "The ferry, late",
        "It was no more on",
        "/file/photo/1/x",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("href=\"javascript"), "{text}");
    assert!(
        text.find("The ferry, late") < text.find("First "),
        "newest first"
    );
    let account = site.get("/account").await;
    assert!(account.text().contains("href=\"/stories\">2 stories"));
}

#[tokio::test]
async fn they_are_found_by_words_and_shown_page_by_page() {
    let site = site(50);
    let first = site.get("/stories").await;
    assert!(first.text().contains("Number 50") && !first.text().contains("Number 14<"));
    let at = first.text().find("/stories?after=").unwrap();
    let link = first.text()[at..].split('"').next().unwrap().to_owned();
    let second = site.get(&link).await;
    assert!(second.text().contains("Number 14<") && second.text().contains("The ferry"));
    let found = site.get("/stories?q=ferr").await;
    assert!(found.text().contains("The ferry") && !found.text().contains("Number"));
    for (path, status) in [
        ("/stories?after=x", StatusCode::BAD_REQUEST),
        ("/stories?at=1", StatusCode::BAD_REQUEST),
        ("/stories?at=1.99", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(site.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_story_in_a_chat_leads_to_the_one_that_is_held() {
    let site = site(2);
    let chat = site.get("/chat/5").await;
    let link = format!("/stories?at={ME}.1#s{ME}-1");
    assert!(chat.text().contains(&link), "{}", chat.text());
    assert!(
        chat.text()
            .contains("The story itself is not in the archive.")
    );
    let page = site.get(&format!("/stories?at={ME}.1")).await;
    assert!(page.text().contains(&format!("id=\"s{ME}-1\"")));
}

#[tokio::test]
async fn the_search_of_everything_finds_them_and_the_telephone_book() {
    let mut maker = Maker::new();
    for id in 1..=4 {
        story(&mut maker, id, &format!("Ferry <b>{id}</b> of four"), "");
    }
    let entry = |phone: &str, name: &str| {
        let name = crate::support::json(name);
        format!(
            r#"{{"_":"savedPhoneContact","phone":"{phone}","first_name":{name},"last_name":"","date":1}}"#
        )
    };
    maker.record(
        "saved_contact",
        "",
        &entry("4917012345", "Ferry <i>desk</i>"),
    );
    let site = maker.site();
    let found = site.get("/search?q=ferry").await;
    for wanted in [
        "In the telephone book",
        "Ferry &#60;i&#62;desk&#60;/i&#62;",
        "+4917012345",
        "In stories",
        &format!("href=\"/stories?at={ME}.4\""),
        "href=\"/stories?q=ferry\"",
    ] {
        assert!(found.text().contains(wanted), "{wanted}: {}", found.text());
    }
    assert!(
        !found.text().contains(&format!("/stories?at={ME}.1\"")),
        "three of four"
    );
    let number = site.get("/search?q=%2B49%20170%201234").await;
    assert!(number.text().contains("desk"));
    for narrow in [
        "/search?q=ferry&kind=photo",
        "/search?q=ferry&from=5",
        "/search?q=boat",
    ] {
        let page = site.get(narrow).await;
        assert!(!page.text().contains("In stories"), "{narrow}");
    }
}
