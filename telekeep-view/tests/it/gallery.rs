//! The gallery and how media look on pages.

use axum::http::StatusCode;

use crate::support::{Maker, Site};

fn photo(id: i64) -> String {
    format!(
        r#","media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"y","w":40,"h":30,"size":9}}]}}}}"#
    )
}

fn document(id: i64, mime: &str, attributes: &str) -> String {
    format!(
        r#","media":{{"_":"messageMediaDocument","document":{{"_":"document","id":{id},"mime_type":"{mime}","size":5000,"attributes":[{attributes}]}}}}"#
    )
}

/// A photo per day, and in another chat one of everything else.
fn site() -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.person(6, "Bob");
    for id in 1..=150 {
        maker.message(5, id, 1_690_000_000 + id * 86_400, "", &photo(id));
    }
    let voice = r#"{"_":"documentAttributeAudio","voice":true,"duration":3,"waveform":"QQxSzEE="}"#;
    let music =
        r#"{"_":"documentAttributeAudio","duration":65,"title":"A <b>song</b>","performer":"P"}"#;
    let round =
        r#"{"_":"documentAttributeVideo","round_message":true,"duration":3,"w":240,"h":240}"#;
    let video = r#"{"_":"documentAttributeVideo","duration":3,"w":320,"h":240}"#;
    let name =
        r#"{"_":"documentAttributeFilename","file_name":"\"><script>alert(1)</script>.txt"}"#;
    let sticker = r#"{"_":"documentAttributeSticker","alt":"🦊"}"#;
    let gif = format!(r#"{{"_":"documentAttributeAnimated"}},{video}"#);
    let all = [
        ("audio/ogg", voice),
        ("audio/mpeg", music),
        ("video/mp4", round),
        ("video/mp4", video),
        ("text/plain", name),
        ("application/x-tgsticker", sticker),
        ("video/mp4", &gif),
        ("video/mp4", video),
    ];
    for (id, (mime, attributes)) in (200..).zip(all) {
        maker.message(6, id, 1_700_000_000, "", &document(id, mime, attributes));
        // The last one is not held.
        if id < 207 {
            maker.file(&format!("document/{id}"), b"0123", mime);
        }
    }
    maker.site()
}

#[tokio::test]
async fn photos_by_month_and_page_after_page() {
    let site = site();
    let mut path = "/gallery?kind=photos&chat=5".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = site.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        for link in text.split("class=\"in-chat\" href=\"/chat/5?at=").skip(1) {
            let id = link.split('#').next().unwrap();
            seen.push(id.parse::<i64>().unwrap());
        }
        assert!(text.contains("<h2>"), "headings of months");
        match text
            .rsplit_once("&#38;after=")
            .and_then(|(_, rest)| rest.split_once('"'))
        {
            Some((after, _)) => path = format!("/gallery?kind=photos&chat=5&after={after}"),
            None => break,
        }
        assert!(seen.len() < 200, "ends");
    }
    assert_eq!(seen, (1..=150).rev().collect::<Vec<_>>());
    let first = site.get("/gallery").await;
    assert!(
        first.text().contains("December 2023"),
        "photos of all chats come first"
    );
}

#[tokio::test]
async fn every_kind_has_its_page() {
    let site = site();
    for (kind, id) in [
        ("voice", 200),
        ("music", 201),
        ("round", 202),
        ("videos", 203),
        ("files", 204),
        ("gifs", 206),
    ] {
        for chat in ["", "&chat=6"] {
            let page = site.get(&format!("/gallery?kind={kind}{chat}")).await;
            assert_eq!(page.status, StatusCode::OK, "{kind}");
            let text = page.text();
            assert!(text.contains(&format!("/file/document/{id}")), "{kind}");
            assert!(
                text.contains(&format!("href=\"/chat/6?at={id}#m{id}\"")),
                "{kind}"
            );
        }
        let page = site.get(&format!("/gallery?kind={kind}&chat=5")).await;
        assert!(
            page.text().contains("Nothing of this kind is here."),
            "{kind}"
        );
    }
    assert_eq!(site.get("/gallery?kind=links").await.status, StatusCode::OK);
}

#[tokio::test]
async fn addresses_that_make_no_sense() {
    let site = site();
    for (path, status) in [
        ("/gallery?kind=secrets", StatusCode::NOT_FOUND),
        ("/gallery?kind=polls", StatusCode::NOT_FOUND),
        ("/gallery?chat=99", StatusCode::NOT_FOUND),
        ("/gallery?chat=x", StatusCode::BAD_REQUEST),
        ("/gallery?after=x", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(site.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn each_kind_of_media_has_its_form() {
    let page = site().get("/chat/6").await;
    let text = page.text();
    assert!(text.contains("data-sound=\"/file/document/200\""), "voice");
    assert!(
        text.contains("<path class=\"wave-done\" d=\"M2 "),
        "waveform"
    );
    assert!(text.contains("<audio controls preload=\"none\" src=\"/file/document/201\">"));
    assert!(
        !text.contains("<b>song</b>") && text.contains("song"),
        "titles are text"
    );
    assert!(
        text.contains("<figure class=\"video round\"><video src=\"/file/document/202\" controls")
    );
    assert!(text.contains("<figure class=\"video\"><video src=\"/file/document/203\" controls"));
    assert!(!text.contains("<script>alert"), "names are text");
    assert!(
        text.contains("data-tgs=\"/file/document/205\""),
        "moving sticker"
    );
    assert!(
        text.contains("<video src=\"/file/document/206\" muted loop"),
        "GIF"
    );
    assert!(!text.contains("src=\"/file/document/207\""));
    assert!(text.contains("Not fetched yet."), "says why it is not here");
}
