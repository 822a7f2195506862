//! Bytes of files: in stretches, inert, and said clearly when they cannot be read.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::{HOST, Maker, Site, small};

/// A video of a little more than two pieces, each byte depending on its place.
fn video() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom".to_vec();
    bytes.extend((0..600_000_u32).map(|at| u8::try_from((at * 7 + at / 251) % 256).unwrap()));
    bytes
}

fn with(key: &str, bytes: &[u8], mime: &str) -> Site {
    let mut maker = Maker::new();
    maker.file(key, bytes, mime);
    maker.site()
}

#[tokio::test]
async fn a_picture_comes_with_its_own_type_and_a_sandbox() {
    let answer = small().get("/file/photo/70/y").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "image/png");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(answer.header("content-disposition"), "");
    assert!(answer.bytes.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn ranges_are_slices_of_the_file() {
    let bytes = video();
    let size = bytes.len();
    let site = with("document/1", &bytes, "video/mp4");
    let whole = site.get("/file/document/1").await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), size.to_string());
    assert!(whole.bytes == bytes);

    // Places around the pieces that are read at once and around encryption's blocks, and a spread.
    let mut ranges = vec![(0, 0), (0, size - 1), (size - 1, size - 1)];
    for edge in [65_536, 262_144, 524_288] {
        ranges.extend([
            (edge - 1, edge),
            (edge, edge + 1),
            (0, edge),
            (edge, size - 1),
        ]);
    }
    let spread = (1..40).map(|n| (n * 48_611 % size, n * 93_001 % size));
    ranges.extend(spread.map(|(a, b)| (a.min(b), a.max(b))));
    for (first, last) in ranges {
        let range = format!("bytes={first}-{last}");
        let answer = site
            .get_with("/file/document/1", &[("range", &range)])
            .await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert!(answer.bytes == bytes[first..=last], "{range}");
        let said = format!("bytes {first}-{last}/{size}");
        assert_eq!(answer.header("content-range"), said);
    }
    let tail = site
        .get_with("/file/document/1", &[("range", "bytes=-5")])
        .await;
    assert!(tail.bytes == bytes[size - 5..]);
    let rest = site
        .get_with("/file/document/1", &[("range", "bytes=600000-")])
        .await;
    assert!(rest.bytes == bytes[600_000..]);
    let beyond = format!("bytes={size}-");
    let beyond = site
        .get_with("/file/document/1", &[("range", &beyond)])
        .await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), format!("bytes */{size}"));
    assert!(beyond.bytes.is_empty());
}

#[tokio::test]
async fn tags_decide_about_ranges_and_repeats() {
    let site = with("document/1", &video(), "video/mp4");
    let tag = site.get("/file/document/1").await.header("etag").to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'));
    for (named, status) in [
        (tag.as_str(), StatusCode::PARTIAL_CONTENT),
        ("\"another\"", StatusCode::OK),
    ] {
        let headers = [("range", "bytes=1-2"), ("if-range", named)];
        let answer = site.get_with("/file/document/1", &headers).await;
        assert_eq!(answer.status, status, "{named}");
    }
    let again = site
        .get_with("/file/document/1", &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.bytes.is_empty());
}

#[tokio::test]
async fn head_says_the_same_without_bytes() {
    let bytes = video();
    let site = with("document/1", &bytes, "video/mp4");
    let request = Request::head("/file/document/1")
        .header("host", HOST)
        .header("cookie", site.cookie().await)
        .header("range", "bytes=10-19");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.header("content-length"), "10");
    assert!(answer.bytes.is_empty());
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let site = with("document/1", b"", "text/plain");
    let answer = site.get("/file/document/1").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-length"), "0");
    let range = site
        .get_with("/file/document/1", &[("range", "bytes=0-")])
        .await;
    assert_eq!(range.status, StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn what_can_do_something_is_only_saved() {
    let files: [(&[u8], &str); 6] = [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "image/svg+xml",
        ),
        (b"<html><script>alert(1)</script>", "text/html"),
        (b"<html><script>alert(1)</script>", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "text/html"),
        (b"alert(1)", "text/javascript\r\nX-Evil: 1"),
    ];
    let mut maker = Maker::new();
    for (at, (bytes, mime)) in files.iter().enumerate() {
        maker.file(&format!("document/{at}"), bytes, mime);
    }
    let site = maker.site();
    for at in 0..files.len() {
        let answer = site.get(&format!("/file/document/{at}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{at}");
        assert_eq!(
            answer.header("content-type"),
            "application/octet-stream",
            "{at}"
        );
        let saved = answer.header("content-disposition");
        assert!(
            saved.starts_with("attachment; filename=\"document-"),
            "{saved}"
        );
        assert!(answer.header("content-security-policy").contains("sandbox"));
        assert_eq!(answer.header("x-evil"), "");
    }
}

#[tokio::test]
async fn names_to_save_under_are_made_safe() {
    let site = small();
    for (name, expected) in [
        ("holiday.png", "filename=\"holiday.png\""),
        ("..%2F..%2Fetc%2Fpasswd", "filename=\"_.._etc_passwd\""),
        ("a%0d%0aX-Evil:%201%22.png", "filename=\"aX-Evil_ 1_.png\""),
        ("%E2%80%AEgnp.exe", "filename=\"gnp.exe\""),
        ("%D0%B6.png", "filename*=UTF-8''%D0%B6.png"),
    ] {
        let answer = site.get(&format!("/file/photo/70/y?save={name}")).await;
        let header = answer.header("content-disposition");
        assert!(header.starts_with("attachment; "), "{header}");
        assert!(header.contains(expected), "{header}");
        assert_eq!(answer.header("x-evil"), "");
    }
}

#[tokio::test]
async fn what_is_not_there_or_damaged_is_said_in_words() {
    let site = with("document/1", &video(), "video/mp4");
    for path in [
        "/file/document/2",
        "/file/x",
        "/file/..%2F..%2Ftelekeep.json",
        "/file/%00",
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            answer.text().contains("This is not in the archive."),
            "{path}"
        );
    }
    // A blob that went away after it was recorded.
    site.remove_blobs();
    let answer = site.get("/file/document/1").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("This is not in the archive."));
}

#[tokio::test]
async fn an_encrypted_archive_leaves_nothing_in_caches_and_tells_of_damage() {
    let mut maker = Maker::encrypted();
    let bytes = video();
    maker.file("document/1", &bytes, "video/mp4");
    let site = maker.site();
    let range = [("range", "bytes=300000-300099")];
    let answer = site.get_with("/file/document/1", &range).await;
    assert!(answer.bytes == bytes[300_000..=300_099]);
    assert_eq!(answer.header("cache-control"), "no-store");
    // One bit of the stored file, where the range is.
    site.damage_blobs(300_500);
    let answer = site.get_with("/file/document/1", &range).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text().contains("This could not be read."));
}
