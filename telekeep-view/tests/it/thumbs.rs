//! Small pictures: made once, turned the right way up, never of what is too large; tiny previews.

use std::io::Cursor;

use axum::http::StatusCode;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use crate::support::{Maker, Site};

/// A picture that is red on the left and blue on the right.
fn two_colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgb([220, 20, 20]),
        false => Rgb([20, 20, 220]),
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture
        .into()
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

/// A chat with one large photo, and no small rendition of it.
fn large_photo(mut maker: Maker, bytes: &[u8]) -> Site {
    maker.person(5, "Ada");
    let media = r#","media":{"_":"messageMediaPhoto","photo":{"_":"photo","id":70,"sizes":[
        {"_":"photoStrippedSize","type":"i","bytes":"AR4ov4oxTsUYrCxtcbijacZxxSSOseZ5PpQ="},
        {"_":"photoSize","type":"y","w":1200,"h":800,"size":9}]}}"#;
    maker.message(5, 1, 1_699_000_000, "look", media);
    maker.file("photo/70/y", bytes, "image/jpeg");
    maker.site()
}

#[tokio::test]
async fn a_large_photo_is_made_small_once() {
    let bytes = encoded(two_colours(1200, 800), ImageFormat::Jpeg);
    for maker in [Maker::new(), Maker::encrypted()] {
        let site = large_photo(maker, &bytes);
        let page = site.get("/chat/5").await;
        assert!(page.text().contains("src=\"/thumb/photo/70/y\""));
        assert!(
            page.text().contains("src=\"/tiny/"),
            "meanwhile the preview"
        );
        let made = site.get("/thumb/photo/70/y").await;
        assert_eq!(made.status, StatusCode::OK);
        assert_eq!(made.header("content-type"), "image/jpeg");
        assert!(made.header("content-security-policy").contains("sandbox"));
        let small = image::load_from_memory(&made.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (480, 320));
        assert!(made.bytes.len() * 2 < bytes.len() || made.bytes.len() < 8_000);

        site.remove_blobs();
        let again = site.get("/thumb/photo/70/y").await;
        assert!(again.bytes == made.bytes, "made once");
        let tag = again.header("etag").to_owned();
        let known = site
            .get_with("/thumb/photo/70/y", &[("if-none-match", &tag)])
            .await;
        assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    }
}

#[tokio::test]
async fn what_is_made_of_an_encrypted_archive_is_encrypted() {
    let bytes = encoded(two_colours(1200, 800), ImageFormat::Jpeg);
    let site = large_photo(Maker::encrypted(), &bytes);
    let made = site.get("/thumb/photo/70/y").await;
    assert_eq!(made.header("cache-control"), "no-store");
    let stored = site.local_bytes();
    assert!(!stored.is_empty());
    let part = &made.bytes[made.bytes.len() / 2..][..24];
    assert!(!stored.windows(part.len()).any(|seen| seen == part));
}

/// The same JPEG with a mark that it is to be turned.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1, 0, 34]);
    bytes.extend(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
    bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[tokio::test]
async fn a_photo_that_lies_on_its_side_is_turned() {
    let jpeg = encoded(two_colours(1200, 800), ImageFormat::Jpeg);
    let site = large_photo(Maker::new(), &turned(&jpeg, 6));
    let made = site.get("/thumb/photo/70/y").await;
    let small = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
    assert_eq!((small.width(), small.height()), (320, 480));
    let (top, bottom) = (small.get_pixel(160, 20), small.get_pixel(160, 460));
    assert!(top[0] > 150 && bottom[2] > 150, "{top:?} {bottom:?}");
}

#[tokio::test]
async fn what_shines_through_goes_on_doing_so() {
    let glass = RgbaImage::from_pixel(900, 900, Rgba([10, 200, 10, 100]));
    let mut maker = Maker::new();
    maker.file("document/1", &encoded(glass, ImageFormat::Png), "image/png");
    let made = maker.site().get("/thumb/document/1").await;
    assert_eq!(made.header("content-type"), "image/png");
    let small = image::load_from_memory(&made.bytes).unwrap().to_rgba8();
    assert!((90..110).contains(&small.get_pixel(5, 5)[3]));
}

/// A JPEG that says it is larger than it is.
fn boasting(side: u16) -> Vec<u8> {
    let mut bytes = encoded(two_colours(64, 64), ImageFormat::Jpeg);
    let frame = bytes
        .windows(2)
        .position(|two| two == [0xff, 0xc0])
        .unwrap();
    for at in [frame + 5, frame + 7] {
        bytes[at..at + 2].copy_from_slice(&side.to_be_bytes());
    }
    bytes
}

#[tokio::test]
async fn what_is_too_large_is_not_unpacked() {
    let mut maker = Maker::new();
    maker.file("document/1", &boasting(9_000), "image/jpeg");
    maker.file("document/2", &boasting(60_000), "image/jpeg");
    maker.file("document/3", b"\x89PNG\r\n\x1a\nrubbish", "image/png");
    maker.file("document/4", b"<svg onload=alert(1)>", "image/svg+xml");
    maker.file("document/5", b"\0\0\0\x18ftypisom", "video/mp4");
    let site = maker.site();
    // For the browser to show, as far as it can.
    for number in [1, 3] {
        let answer = site.get(&format!("/thumb/document/{number}")).await;
        assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{number}");
        assert_eq!(
            answer.header("location"),
            format!("/file/document/{number}")
        );
    }
    for number in [2, 4, 5, 6] {
        let answer = site.get(&format!("/thumb/document/{number}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{number}");
    }
}

#[tokio::test]
async fn a_damaged_photo_is_told_and_tried_again() {
    let bytes = encoded(two_colours(1200, 800), ImageFormat::Jpeg);
    let site = large_photo(Maker::encrypted(), &bytes);
    site.damage_blobs(250);
    for _ in 0..2 {
        let answer = site.get("/thumb/photo/70/y").await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

fn photo_without_file(more: &str) -> String {
    format!(
        r#","media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":70,"sizes":[
        {{"_":"photoStrippedSize","type":"i","bytes":"AR4ov4ox+/8="}},
        {{"_":"photoSize","type":"y","w":1200,"h":800,"size":9}}]}}{more}}}"#
    )
}

#[tokio::test]
async fn a_preview_stands_for_a_photo_that_is_not_held() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.message(5, 1, 1_699_000_000, "", &photo_without_file(""));
    let site = maker.site();
    let page = site.get("/chat/5").await;
    let (_, rest) = page.text().split_once("src=\"/tiny/").unwrap();
    let address = format!("/tiny/{}", rest.split('"').next().unwrap());
    assert_eq!(address, "/tiny/AR4ov4ox-_8");
    assert!(page.text().contains("Not fetched yet."));
    let preview = site.get(&address).await;
    assert_eq!(preview.header("content-type"), "image/jpeg");
    assert!(
        preview
            .header("content-security-policy")
            .contains("sandbox")
    );
    assert!(preview.bytes.starts_with(b"\xff\xd8"));
    for bad in ["/tiny/AA", "/tiny/%22%3E", "/tiny/Af__", "/tiny/AgEBAA"] {
        assert_eq!(site.get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn what_must_not_be_kept_shows_no_preview() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let once = photo_without_file(r#","ttl_seconds":30"#);
    maker.message(5, 1, 1_699_000_000, "", &once);
    let page = maker.site().get("/chat/5").await;
    assert!(!page.text().contains("/tiny/"));
}

#[tokio::test]
async fn an_image_sent_as_a_file_is_seen_in_its_row() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let media = r#","media":{"_":"messageMediaDocument","document":{"_":"document","id":7,"size":9,
        "mime_type":"image/png","attributes":[{"_":"documentAttributeFilename","file_name":"a.png"}]}}"#;
    maker.message(5, 1, 1_699_000_000, "", media);
    maker.file(
        "document/7",
        &encoded(two_colours(600, 600), ImageFormat::Png),
        "image/png",
    );
    let page = maker.site().get("/chat/5").await;
    assert!(page.text().contains("<img src=\"/thumb/document/7\""));
    assert!(page.text().contains("data-photo=\"document/7\""));
}

#[tokio::test]
async fn a_sticker_that_is_not_held_is_an_outline() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let media = r#","media":{"_":"messageMediaDocument","document":{"_":"document","id":7,"size":9,
        "mime_type":"image/webp","thumbs":[{"_":"photoPathSize","type":"j","bytes":"CpTaRYbZ"}],
        "attributes":[{"_":"documentAttributeSticker","alt":"🐧"}]}}"#;
    maker.message(5, 1, 1_699_000_000, "", media);
    let page = maker.site().get("/chat/5").await;
    assert!(page.text().contains("<path d=\"M10,20a-5,6Zz\">"));
}

fn video(id: i64, mime: &str, width: u32) -> String {
    format!(
        r#"{{"_":"document","id":{id},"size":9,"mime_type":"{mime}","attributes":[
        {{"_":"documentAttributeVideo","w":{width},"h":360,"duration":3.0}}]}}"#
    )
}

#[tokio::test]
async fn the_best_video_that_plays_is_played_under_its_cover() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let media = format!(
        r#","media":{{"_":"messageMediaDocument","document":{},"alt_documents":[{},{},{}],
        "video_cover":{{"_":"photo","id":8,"sizes":[{{"_":"photoSize","type":"m","w":320,"h":180,"size":5}}]}}}}"#,
        video(1, "video/x-matroska", 1920),
        video(2, "video/mp4", 640),
        video(3, "video/mp4", 1280),
        video(4, "application/x-mpegurl", 4000),
    );
    maker.message(5, 1, 1_699_000_000, "", &media);
    for id in 1..=4 {
        maker.file(
            &format!("document/{id}"),
            b"\0\0\0\x18ftypisom",
            "video/mp4",
        );
    }
    maker.file("photo/8/m", b"\xff\xd8\xff", "image/jpeg");
    let page = maker.site().get("/chat/5").await;
    let text = page.text();
    assert!(text.contains("<video src=\"/file/document/3\""));
    assert!(text.contains("poster=\"/file/photo/8/m\""));
    assert!(text.contains("1280×360"), "it is told");
    assert!(
        text.contains("href=\"/file/document/1?save="),
        "the original is saved"
    );
}

#[tokio::test]
async fn a_live_photo_has_its_moving_part() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let media = format!(
        r#","media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":70,"sizes":[
        {{"_":"photoSize","type":"y","w":1200,"h":800,"size":9}}]}},"video":{}}}"#,
        video(9, "video/mp4", 640)
    );
    maker.message(5, 1, 1_699_000_000, "", &media);
    maker.file("photo/70/y", b"\xff\xd8\xff", "image/jpeg");
    maker.file("document/9", b"\0\0\0\x18ftypisom", "video/mp4");
    let site = maker.site();
    let page = site.get("/chat/5").await;
    assert!(page.text().contains("href=\"/file/document/9\" data-live"));
    let alone = site.get("/file/document/9").await;
    let policy = alone.header("content-security-policy");
    assert!(policy.contains("media-src 'self'") && policy.contains("sandbox allow-same-origin;"));
    assert!(!policy.contains("script"));
}
