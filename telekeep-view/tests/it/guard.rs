//! Nobody but the reader's browser gets anything.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::{HOST, small};

/// A route of every kind.
const ROUTES: [&str; 21] = [
    "/",
    "/chat/5/topic/1",
    "/chat/5/topic/1/day?day=2023-11-03",
    "/thumb/photo/70/y",
    "/tiny/AAAA",
    "/chat/5",
    "/chat/5?at=10",
    "/chat/5/calendar",
    "/chat/5/topics",
    "/chat/5/day?day=2023-11-03",
    "/chat/5/14/history",
    "/search?q=morning",
    "/gallery",
    "/profile/5",
    "/name/ada",
    "/statistics",
    "/coverage",
    "/settings",
    "/file/photo/70/y",
    "/assets/0/app.css",
    "/nowhere",
];

fn request(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn without_the_cookie_nothing_is_shown() {
    let site = small();
    for path in ROUTES {
        for cookie in [
            "",
            "telekeep-4321=",
            "telekeep-4321=0000",
            "telekeep-4322=x",
        ] {
            let request = request(path, &[("host", HOST), ("cookie", cookie)]);
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(!answer.text().contains("Ada"), "{path}");
        }
    }
}

#[tokio::test]
async fn foreign_hosts_are_refused_even_with_the_cookie() {
    let site = small();
    let cookie = site.cookie().await;
    for path in ROUTES {
        for host in [
            "evil.example",
            "evil.example:4321",
            "127.0.0.1",
            "127.0.0.1:80",
            "192.168.0.2:4321",
            "",
        ] {
            let answer = site
                .send(request(path, &[("host", host), ("cookie", &cookie)]))
                .await;
            assert_eq!(
                answer.status,
                StatusCode::MISDIRECTED_REQUEST,
                "{path} {host}"
            );
        }
        let answer = site.send(request(path, &[("cookie", &cookie)])).await;
        assert_eq!(
            answer.status,
            StatusCode::MISDIRECTED_REQUEST,
            "{path} without host"
        );
    }
}

#[tokio::test]
async fn other_sites_are_refused_even_with_the_cookie() {
    let site = small();
    let cookie = site.cookie().await;
    let ours = [("host", HOST), ("cookie", cookie.as_str())];
    for path in ROUTES {
        for foreign in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "https://127.0.0.1:4321"),
        ] {
            let answer = site.send(request(path, &[ours[0], ours[1], foreign])).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {foreign:?}");
        }
        if path == "/" {
            continue;
        }
        for kind in ["cross-site", "same-site"] {
            let foreign = ("sec-fetch-site", kind);
            let answer = site.send(request(path, &[ours[0], ours[1], foreign])).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {kind}");
        }
    }
}

#[tokio::test]
async fn the_token_becomes_a_cookie_and_leaves_the_address() {
    let site = small();
    let answer = site
        .send(request(
            &format!("/?token={}", site.token()),
            &[("host", HOST)],
        ))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("telekeep-4321="), "{cookie}");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(
        !cookie.contains(&site.token()),
        "the cookie is another secret"
    );
    for wrong in ["", "0", &site.token()[1..]] {
        let answer = site
            .send(request(&format!("/?token={wrong}"), &[("host", HOST)]))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let site = small();
    let cookie = site.cookie().await;
    let mut answers = Vec::new();
    for path in ROUTES {
        answers.push((path, site.get(path).await));
        answers.push((path, site.send(request(path, &[("host", "evil")])).await));
        answers.push((path, site.send(request(path, &[("host", HOST)])).await));
    }
    let post = Request::post("/preferences")
        .header("host", HOST)
        .header("cookie", cookie);
    answers.push(("post", site.send(post.body(Body::empty()).unwrap()).await));
    for (path, answer) in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path} {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path} {policy}");
        assert!(!policy.contains("unsafe"), "{path} {policy}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    let page = site.get("/").await;
    let policy = page.header("content-security-policy");
    for part in [
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn forms_need_their_token() {
    let site = small();
    let cookie = site.cookie().await;
    let page = site.get("/settings").await;
    let (_, after) = page.text().split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = after.split('"').next().unwrap();
    let origin = format!("http://{HOST}");
    let post = async |body: String, origin: Option<&str>| {
        let mut request = Request::post("/preferences")
            .header("host", HOST)
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        site.send(request.body(Body::from(body)).unwrap()).await
    };
    let good = format!("csrf={csrf}&language=de&theme=dark&keys=on&back=/settings");
    let answer = post(good.clone(), Some(&origin)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("set-cookie").contains("de.dark.on"));
    assert_eq!(post(good.clone(), None).await.status, StatusCode::FORBIDDEN);
    let hidden = post(good.clone(), Some("null")).await;
    assert_eq!(hidden.status, StatusCode::FORBIDDEN);
    assert_eq!(
        post(good.clone(), Some("http://evil.example")).await.status,
        StatusCode::FORBIDDEN
    );
    let browser = Request::post("/preferences")
        .header("host", HOST)
        .header("cookie", &cookie)
        .header("origin", "null")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = site
        .send(browser.body(Body::from(good.clone())).unwrap())
        .await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "how browsers send forms of pages without referrer"
    );
    let without = "language=de".to_owned();
    assert_eq!(
        post(without, Some(&origin)).await.status,
        StatusCode::FORBIDDEN
    );
    let outside = format!("csrf={csrf}&back=//evil.example");
    assert_eq!(post(outside, Some(&origin)).await.header("location"), "/");
    let large = format!("csrf={csrf}&language={}", "x".repeat(100_000));
    assert!(post(large, Some(&origin)).await.status.is_client_error());
}

#[tokio::test]
async fn strange_requests_are_client_errors() {
    let site = small();
    let cookie = site.cookie().await;
    for path in [
        "/chat/x",
        "/chat/99999999999999999999",
        "/chat/5?at=x",
        "/chat/5?before=99999999999999999999",
        "/chat/5/day?day=tomorrow",
        "/chat/5/day",
        "/chat/404",
        "/chat/5/999/history",
        "/profile/404",
        "/name/%00",
        "/file/../../etc/passwd",
        "/file/..%2f..%2fetc%2fpasswd",
        "/file/photo/404/y",
        "/assets/x/app.css",
        "/%ff",
        "/statistics?chat=404",
    ] {
        let answer = site.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let long = format!("/search?q={}", "x".repeat(20_000));
    assert_eq!(site.get(&long).await.status, StatusCode::URI_TOO_LONG);
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"] {
        let request = Request::builder()
            .method(method)
            .uri("/")
            .header("host", HOST)
            .header("cookie", &cookie);
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_in_their_language() {
    let site = small();
    for (accepted, told) in [
        ("de-AT,en;q=0.5", "lang=de dir=ltr"),
        ("ar", "lang=ar dir=rtl"),
        ("fr", "lang=en dir=ltr"),
        ("\"><script>", "lang=en dir=ltr"),
    ] {
        for (host, status) in [
            (HOST, StatusCode::UNAUTHORIZED),
            ("evil.example:4321", StatusCode::MISDIRECTED_REQUEST),
        ] {
            let asked = request("/", &[("host", host), ("accept-language", accepted)]);
            let answer = site.send(asked).await;
            assert_eq!(answer.status, status, "{accepted}");
            let page = answer.text();
            assert!(page.contains(told), "{accepted}: {page}");
            assert!(
                !page.contains("guard.") && !page.contains("<script>"),
                "{page}"
            );
        }
    }
}
