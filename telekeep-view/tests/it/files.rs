//! Bytes of files are inert.

use axum::http::StatusCode;

use crate::support::{Maker, small};

#[tokio::test]
async fn a_picture_comes_with_its_own_type_and_a_sandbox() {
    let answer = small().get("/file/photo/70/y").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "image/png");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert!(answer.bytes.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn pages_and_drawings_are_never_served_as_such() {
    let mut maker = Maker::new();
    let evil = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    maker.file("document/1", evil, "image/svg+xml");
    maker.file(
        "document/2",
        b"<html><script>alert(1)</script>",
        "text/html",
    );
    let site = maker.site();
    for key in ["document/1", "document/2"] {
        let answer = site.get(&format!("/file/{key}")).await;
        let kind = answer.header("content-type");
        let shown = answer.status.is_success()
            && !answer
                .header("content-disposition")
                .starts_with("attachment");
        assert!(
            !(shown && (kind.contains("svg") || kind.contains("html"))),
            "{key} {kind}"
        );
    }
}
