//! Several accounts: each has its own pages, and every link stays with its account.

use axum::http::StatusCode;

use crate::support::{Maker, Site};

/// Ada (5) wrote to both accounts, under the same numbers.
fn site() -> Site {
    let mut one = Maker::new();
    one.person(5, "Ada Lovelace");
    one.message(5, 10, 1_699_000_000, "good morning at home", "");
    let mut two = Maker::new();
    two.person(5, "Ada Lovelace");
    two.message(5, 10, 1_699_000_000, "good morning at work", "");
    one.site_beside(&[("work", two)])
}

/// Addresses of the pages that a page leads to.
fn links(page: &str) -> Vec<&str> {
    let parts = page
        .split(" href=\"/")
        .skip(1)
        .chain(page.split(" action=\"/").skip(1));
    let shared = |link: &&str| {
        !["assets/", "file/", "thumb/", "tiny/"]
            .iter()
            .any(|s| link.starts_with(s))
    };
    parts
        .map(|part| part.split('"').next().unwrap())
        .filter(shared)
        .collect()
}

#[tokio::test]
async fn each_account_has_its_own_pages() {
    let site = site();
    for (root, theirs, others) in [
        ("", "at home", "at work"),
        ("/as/main", "at home", "at work"),
        ("/as/work", "at work", "at home"),
    ] {
        for page in [
            "/",
            "/chat/5",
            "/search?q=morning",
            "/profile/5",
            "/chat/5/calendar",
        ] {
            let answer = site.get(&format!("{root}{page}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{root}{page}");
            assert!(!answer.text().contains(others), "{root}{page}");
        }
        for page in ["/", "/chat/5", "/search?q=morning"] {
            let answer = site.get(&format!("{root}{page}")).await;
            assert!(answer.text().contains(theirs), "{root}{page}");
        }
    }
}

#[tokio::test]
async fn links_stay_with_their_account() {
    let site = site();
    for page in [
        "/",
        "/chat/5",
        "/search?q=morning",
        "/gallery",
        "/settings",
        "/coverage",
    ] {
        let answer = site.get(&format!("/as/work{page}")).await;
        let text = answer.text();
        let links = links(text);
        assert!(links.len() > 5, "{page}");
        for link in links {
            assert!(
                link.starts_with("as/work/") || link == "as/main/",
                "{page} leads to /{link}"
            );
        }
    }
    let to = site.get("/as/work/name/ada").await;
    assert!(to.status == StatusCode::NOT_FOUND || to.header("location").starts_with("/as/work/"));
    let to = site.get("/as/work").await;
    assert_eq!(to.header("location"), "/as/work/");
    let day = site.get("/as/work/chat/5/day?day=2023-11-03").await;
    assert!(day.header("location").starts_with("/as/work/chat/5"));
}

#[tokio::test]
async fn an_account_that_is_not_there_has_no_pages() {
    let site = site();
    for page in [
        "/as/home/",
        "/as/home/chat/5",
        "/as//",
        "/as/work/nothing",
        "/as/work/chat/x",
    ] {
        assert_eq!(site.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
}

#[tokio::test]
async fn one_account_alone_is_not_asked_about() {
    let page = crate::support::small().get("/").await;
    assert!(!page.text().contains("/as/"));
}
