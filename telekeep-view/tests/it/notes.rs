//! The page of notes, and notes among what a search finds.

use axum::http::StatusCode;

use crate::support::{Maker, Site, json};

const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n0";

fn note(maker: &mut Maker, place: &str, title: &str, text: &str, more: &str) {
    let (title, text) = (json(title), json(text));
    let body = format!(r#"{{"title":{title},"text":{text}{more}}}"#);
    maker.record("note", place, &body);
}

/// Notes about a person, and `count` about a chat that only its title names.
fn site(count: i64) -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada <b>Lovelace</b>");
    maker.message(5, 10, 1_600_000_000, "hello", "");
    let file = |maker: &mut Maker, name: &str, bytes: &[u8], mime: &str| {
        let held = maker.blob(bytes);
        let (size, hash, blob, name) = (held.size, held.sha256, held.name, json(name));
        format!(
            r#"{{"name":{name},"size":{size},"sha256":"{hash}","blob":"{blob}","mime":"{mime}"}}"#
        )
    };
    let picture = file(&mut maker, "screen <i>.png", PIXEL, "image/png");
    let script = file(
        &mut maker,
        "../export.html",
        b"<script>alert(1)</script>",
        "",
    );
    let more = format!(r#","by":"Carla <3","date":1650000000,"files":[{picture},{script}]"#);
    note(
        &mut maker,
        r#","chat":5"#,
        "Ada",
        "Kept <i>by</i> hand\nsecond line",
        &more,
    );
    for n in 1..=count {
        let date = format!(r#","date":{}"#, 1_600_000_000 + n);
        note(
            &mut maker,
            "",
            "Ada & secret",
            &format!("Number {n}"),
            &date,
        );
    }
    maker.site()
}

/// SHA-256 of the picture.
const HASH: &str = "9089eb0c1a46c4b4d80cf8f314ef7590cc2d5cd30f504b1b2936fa711402a644";

#[tokio::test]
async fn notes_show_who_when_what_and_the_hash_of_each_file() {
    let site = site(1);
    let page = site.get("/notes").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for wanted in [
        "Kept &lt;i&gt;by&lt;/i&gt; hand",
        "Carla &#60;3",
        "screen &#60;i&#62;.png",
        "href=\"/profile/5\"",
        "Ada &#60;b&#62;Lovelace&#60;/b&#62;",
        "href=\"/notes?title=Ada%20%26%20secret\"",
        "Archived",
        HASH,
        &format!("src=\"/thumb/note/{HASH}\""),
        &format!("/file/note/{HASH}?save="),
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(!text.contains("<script>alert"));
    // Its bytes come as what they are, and what is a page only as a file to save.
    let file = site.get(&format!("/file/note/{HASH}")).await;
    assert_eq!(
        (file.header("content-type"), file.bytes.as_slice()),
        ("image/png", PIXEL)
    );
    let at = text.find("export.html").unwrap();
    let start = text[..at].rfind("/file/note/").unwrap();
    let address = text[start..]
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    let script = site.get(&address).await;
    assert_eq!(script.header("content-type"), "application/octet-stream");
    assert!(
        script
            .header("content-disposition")
            .starts_with("attachment")
    );
    // It is reached from the chat, from the settings and from the account.
    let profile = site.get("/profile/5").await;
    assert!(profile.text().contains("href=\"/notes?chat=5\">Notes · 1"));
    assert!(
        site.get("/account")
            .await
            .text()
            .contains("href=\"/notes\">2 notes")
    );
    assert!(
        site.get("/settings")
            .await
            .text()
            .contains("href=\"/notes\"")
    );
    for code in ["de", "es", "ru", "zh-Hans", "ar"] {
        let page = site.get_with("/notes", &[("accept-language", code)]).await;
        assert_eq!(page.status, StatusCode::OK, "{code}");
    }
}

#[tokio::test]
async fn many_notes_have_pages_and_each_chat_its_own() {
    let site = site(40);
    let first = site.get("/notes").await;
    assert!(first.text().contains("Number 40") && !first.text().contains("Number 11<"));
    let at = first.text().find("/notes?after=").unwrap();
    let older = first.text()[at..].split('"').next().unwrap().to_owned();
    let second = site.get(&older).await;
    assert!(second.text().contains("Number 11<") && second.text().contains("Number 1<"));
    assert!(!second.text().contains("Number 12<"));
    let found = site.get("/notes?q=hand").await;
    assert!(found.text().contains("second line") && !found.text().contains("Number"));
    let of = site.get("/notes?title=Ada%20%26%20secret&q=39").await;
    assert!(of.text().contains("Number 39") && !of.text().contains("second line"));
    assert!(
        site.get("/notes?chat=6")
            .await
            .text()
            .contains("telekeep note")
    );
    for (path, status) in [
        ("/notes?after=x", StatusCode::BAD_REQUEST),
        ("/notes?after=1.x", StatusCode::BAD_REQUEST),
        ("/notes?chat=x", StatusCode::BAD_REQUEST),
        ("/notes?title=%3Cscript%3E", StatusCode::OK),
    ] {
        assert_eq!(site.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_search_finds_them_beside_messages() {
    let site = site(9);
    let page = site.get("/search?q=secret").await;
    assert!(page.text().contains("In notes") && page.text().contains("Number 9<"));
    assert!(!page.text().contains("Number 4<"));
    assert!(page.text().contains("href=\"/notes?q=secret\""));
    let one = site.get("/search?q=export").await;
    assert!(one.text().contains("../export.html"));
    for path in [
        "/search?q=secret&chat=5",
        "/search?q=secret&kind=photo",
        "/search?q=nothing",
    ] {
        assert!(!site.get(path).await.text().contains("In notes"), "{path}");
    }
}
