//! What the account keeps at hand, its folders and notifications, each whole.

use std::fmt::Write as _;

use axum::http::StatusCode;

use crate::support::{ME, Maker, Site};

pub fn part(maker: &mut Maker, name: &str, answers: &str) {
    let answers = answers.replace('\n', " ");
    let body = format!(r#"{{"part":"{name}","answers":[{answers}]}}"#);
    maker.record("account", "", &body);
}

pub fn sticker(id: i64, emoji: &str) -> String {
    format!(
        r#"{{"_":"document","id":{id},"mime_type":"image/webp","size":9,"attributes":[
            {{"_":"documentAttributeSticker","alt":"{emoji}"}}]}}"#
    )
}

pub fn song(id: i64, title: &str) -> String {
    format!(
        r#"{{"_":"document","id":{id},"mime_type":"audio/mpeg","size":2048,"attributes":[
            {{"_":"documentAttributeAudio","duration":65,"title":"{title}","performer":"The Quay"}}]}}"#
    )
}

/// 130 GIFs, stickers with several emoji, sounds, sets.
fn kept() -> Site {
    let mut maker = Maker::new();
    let mut gifs = String::new();
    for id in 1000..1130 {
        let comma = if gifs.is_empty() { "" } else { "," };
        write!(
            gifs,
            r#"{comma}{{"_":"document","id":{id},"mime_type":"video/mp4","attributes":[
                {{"_":"documentAttributeAnimated"}},{{"_":"documentAttributeVideo","w":9,"h":9,"duration":1}}]}}"#
        )
        .unwrap();
    }
    part(&mut maker, "saved_gifs", &format!(r#"{{"gifs":[{gifs}]}}"#));
    for id in 1000..1020 {
        maker.file(
            &format!("document/{id}"),
            format!("gif {id}").as_bytes(),
            "video/mp4",
        );
    }
    let sounds = [song(2001, "Bell <i>one</i>"), song(2002, "Horn")].join(",");
    part(
        &mut maker,
        "ringtones",
        &format!(r#"{{"ringtones":[{sounds}]}}"#),
    );
    maker.file("document/2001", b"bell", "audio/mpeg");
    let stickers = [sticker(3001, "😺"), sticker(3002, "🙀")].join(",");
    maker.file("document/3001", b"webp", "image/webp");
    let set = format!(
        r#"{{"_":"messages.stickerSet","set":{{"id":7,"title":"Harbour <b>Cats</b>","short_name":"harbour_cats","count":2}},
            "packs":[{{"emoticon":"🐈","documents":[3002]}}],
            "keywords":[{{"document_id":3001,"keyword":["purr<"]}}],"documents":[{stickers}]}}"#
    );
    part(&mut maker, "sticker_set/7", &set);
    let installed = r#"{"sets":[{"id":7,"title":"Harbour <b>Cats</b>","short_name":"harbour_cats","count":2,
        "installed_date":1600000000}]}"#;
    part(&mut maker, "sticker_sets/installed", installed);
    // Nobody installed this one.
    let met = set
        .replace(r#""id":7"#, r#""id":9"#)
        .replace("Cats", "Gulls");
    part(&mut maker, "sticker_set/9", &met);
    let archived: Vec<String> = (100..130)
        .map(|id| {
            let cover = sticker(id + 5000, "🐚");
            format!(
                r#"{{"_":"stickerSetCovered","set":{{"id":{id},"title":"Old {id}","count":40}},"cover":{cover}}}"#
            )
        })
        .collect();
    let archived = format!(r#"{{"sets":[{}]}}"#, archived.join(","));
    part(&mut maker, "sticker_sets/archived", &archived);
    for id in 4000..4070 {
        part(
            &mut maker,
            &format!("custom_emoji/{id}"),
            &sticker(id, "🦊"),
        );
    }
    let gone = r#"{"part":"custom_emoji/4999","unavailable":"NOT_GIVEN"}"#;
    maker.record("account", "", gone);
    let statuses = r#"{"statuses":[{"document_id":4000},{"document_id":4999}]}"#;
    part(&mut maker, "emoji_statuses/recent", statuses);
    let refused = r#"{"part":"profile_music","unavailable":"PREMIUM_ACCOUNT_REQUIRED"}"#;
    maker.record("account", "", refused);
    maker.site()
}

#[tokio::test]
async fn a_shelf_is_shown_whole_page_by_page() {
    let site = kept();
    let mut seen = 0;
    let mut address = Some("/shelf/saved_gifs".to_owned());
    let mut pages = 0;
    while let Some(next) = address {
        let page = site.get(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{next}");
        let text = page.text();
        let here = text.matches("<article class=\"tile").count();
        assert!((1..=60).contains(&here), "{here}");
        seen += here;
        pages += 1;
        let more = text.split_once("/shelf/saved_gifs?after=");
        address = more.map(|(_, rest)| {
            format!(
                "/shelf/saved_gifs?after={}",
                rest.split('"').next().unwrap()
            )
        });
    }
    assert_eq!((seen, pages), (130, 3));
    let first = site.get("/shelf/saved_gifs").await;
    assert!(first.text().contains("/file/document/1000\"") && first.text().contains("<video"));
    let last = site.get("/shelf/saved_gifs?after=120").await;
    assert!(
        last.text().contains("href=\"/shelf/saved_gifs\""),
        "a way to the beginning"
    );
    assert_eq!(
        last.text().matches("class=\"missing\"").count(),
        10,
        "what is not held says so"
    );
    let beyond = site
        .get("/shelf/saved_gifs?after=18446744073709551615")
        .await;
    assert_eq!(beyond.status, StatusCode::OK);
}

#[tokio::test]
async fn sounds_are_rows_with_a_player() {
    let site = kept();
    let page = site.get("/shelf/ringtones").await;
    let text = page.text();
    assert!(
        text.contains("data-sound=\"/file/document/2001\""),
        "{text}"
    );
    assert!(text.contains("Bell &#60;i&#62;one") && !text.contains("Bell <i>"));
    assert!(
        text.contains("The Quay · 1:05") && text.contains("2.0"),
        "{text}"
    );
    let (_, horn) = text.split_once("Horn").unwrap();
    assert!(
        horn.contains("class=\"missing\""),
        "what is not held says so"
    );
    let account = site.get("/account").await;
    assert!(account.text().contains("href=\"/shelf/ringtones\""));
}

#[tokio::test]
async fn a_set_shows_every_sticker_with_its_emoji() {
    let site = kept();
    let page = site.get("/shelf/sticker_set/7").await;
    let text = page.text();
    assert_eq!(text.matches("<article class=\"tile").count(), 2);
    for wanted in [
        "Harbour &#60;b&#62;Cats",
        "😺",
        "🙀 🐈",
        "purr&#60;",
        "t.me/addstickers/harbour_cats",
        "/file/document/3001",
        "href=\"/shelf/sticker_sets/installed\"",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let lists = site.get("/shelf/sticker_sets/installed").await;
    assert!(lists.text().contains("href=\"/shelf/sticker_set/7\""));
    let met = site.get("/shelf/sticker_sets/met").await;
    assert_eq!(met.status, StatusCode::OK);
    let text = met.text();
    assert!(
        text.contains("href=\"/shelf/sticker_set/9\"") && !text.contains("sticker_set/7"),
        "{text}"
    );
    let archived = site.get("/shelf/sticker_sets/archived").await;
    assert_eq!(archived.text().matches("/shelf/sticker_set/").count(), 24);
    assert!(
        archived
            .text()
            .contains("/shelf/sticker_sets/archived?after=24")
    );
    let cover = site.get("/shelf/sticker_set/129").await;
    assert!(cover.text().contains("shows only these") && cover.text().contains("🐚"));
    let account = site.get("/account").await;
    assert!(
        account
            .text()
            .contains("href=\"/shelf/sticker_sets/archived\"")
    );
    assert!(account.text().contains("href=\"/shelf/sticker_set/7\""));
}

#[tokio::test]
async fn custom_emoji_that_were_met_are_all_there() {
    let site = kept();
    let first = site.get("/shelf/custom_emoji").await;
    assert_eq!(first.text().matches("<article class=\"tile").count(), 60);
    let second = site.get("/shelf/custom_emoji?after=60").await;
    assert_eq!(second.text().matches("<article class=\"tile").count(), 11);
    assert!(second.text().contains("NOT_GIVEN"));
    let statuses = site.get("/shelf/emoji_statuses/recent").await;
    assert!(
        statuses.text().contains("🦊"),
        "the emoji of a number is looked up"
    );
    assert_eq!(statuses.text().matches("<article class=\"tile").count(), 2);
}

#[tokio::test]
async fn what_is_no_shelf_is_not_there() {
    let site = kept();
    for address in [
        "/shelf/sessions",
        "/shelf/sticker_set/x",
        "/shelf/sticker_set/8",
        "/shelf/themes/ios",
        "/shelf/",
        "/shelf/%3Cscript%3E",
        "/shelf/saved_gifs/",
        "/shelf/custom_emoji/4000",
    ] {
        assert_eq!(
            site.get(address).await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
    let refused = site.get("/shelf/profile_music").await;
    assert!(refused.text().contains("PREMIUM_ACCOUNT_REQUIRED"));
    let odd = site.get("/shelf/saved_gifs?after=x").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
}

/// A folder of kinds, one of many chats, one that was shared.
fn folders() -> Site {
    let mut maker = Maker::new();
    for id in 100..120 {
        maker.person(id, &format!("Friend <b>{id}</b>"));
    }
    maker.channel(6, "News");
    let users: Vec<String> = (100..120)
        .map(|id| format!(r#"{{"_":"inputPeerUser","user_id":{id},"access_hash":1}}"#))
        .collect();
    let users = users.join(",");
    let body = format!(
        r#"{{"_":"messages.dialogFilters","filters":[{{"_":"dialogFilterDefault"}},
        {{"_":"dialogFilter","id":2,"title":"Rooms <i>","emoticon":"🏠","groups":true,"bots":true,
          "exclude_muted":true,"exclude_read":true,"exclude_archived":true,"pinned_peers":[],"include_peers":[],
          "exclude_peers":[{{"_":"inputPeerChannel","channel_id":6,"access_hash":1}}]}},
        {{"_":"dialogFilter","id":3,"title":"Many","pinned_peers":[{{"_":"inputPeerSelf"}}],"include_peers":[{users}],
          "exclude_peers":[]}},
        {{"_":"dialogFilterChatlist","id":4,"title":"Reading","has_my_invites":true,"pinned_peers":[],
          "include_peers":[{{"_":"inputPeerChannel","channel_id":6,"access_hash":1}}]}}]}}"#
    );
    maker.record("folders", "", &body.replace('\n', " "));
    maker.site()
}

#[tokio::test]
async fn folders_tell_their_rules() {
    let site = folders();
    let page = site.get("/account").await;
    let text = page.text();
    for wanted in [
        "Rooms &#60;i&#62;",
        "groups, bots",
        "muted, read, archived",
        "Chats left out",
        "href=\"/?folder=1.2\"",
        "by links, some of them mine",
        "href=\"/profile/-1000000000006\"",
        "href=\"/profile/111\"",
        "and 8 more",
        "Friend &#60;b&#62;100",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("href=\"/profile/112\""), "bounded");
    let all = site.get("/folders").await;
    assert!(all.text().contains("href=\"/profile/119\"") && !all.text().contains("more</"));
    assert!(
        all.text().contains(&format!("href=\"/profile/{ME}\"")),
        "pinned"
    );
    let anchor = text
        .split_once("href=\"/folders#")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    assert!(all.text().contains(&format!("id=\"{anchor}\"")), "{anchor}");
    let none = Maker::new().site().get("/folders").await;
    assert!(none.status == StatusCode::OK && none.text().contains("No folder"));
}

#[tokio::test]
async fn notifications_are_told_chat_by_chat() {
    let mut maker = Maker::new();
    let mut updates = Vec::new();
    for id in 100..350 {
        maker.person(id, &format!("Friend {id}"));
        updates.push(format!(
            r#"{{"peer":{{"_":"notifyPeer","peer":{{"_":"peerUser","user_id":{id}}}}},"notify_settings":{{"mute_until":{}}}}}"#,
            if id % 2 == 0 { 2_147_483_647 } else { 1_800_000_000 }
        ));
    }
    let special = r#"{"peer":{"_":"notifyForumTopic","peer":{"_":"peerUser","user_id":100},"top_msg_id":7},
        "notify_settings":{"show_previews":false,"silent":true,"stories_muted":true,
         "other_sound":{"_":"notificationSoundRingtone","id":2001}}},
        {"peer":{"_":"notifyCommunity","community_id":9},"notify_settings":{"mute_until":0}}"#;
    updates.insert(0, special.to_owned());
    part(
        &mut maker,
        "notifications/exceptions",
        &format!(r#"{{"updates":[{}]}}"#, updates.join(",")),
    );
    let sounds = song(2001, "Bell <i>one</i>");
    part(
        &mut maker,
        "ringtones",
        &format!(r#"{{"ringtones":[{sounds}]}}"#),
    );
    let reactions = r#"{"messages_notify_from":{"_":"reactionNotificationsFromContacts"},"show_previews":true}"#;
    part(&mut maker, "notifications/reactions", reactions);
    part(&mut maker, "notifications/contact_joined", "true");
    let site = maker.site();
    let page = site.get("/account").await;
    let text = page.text();
    for wanted in [
        "without sound · without previews · sound: Bell &#60;i&#62;one&#60;/i&#62; · stories: off",
        "Topic 7",
        "off until 15 January 2027",
        "and 240 more",
        "href=\"/notifications\"",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let (_, joined) = text.split_once("contacts who join Telegram").unwrap();
    assert!(joined.split_once("</dd>").unwrap().0.contains("off"));
    let (_, liked) = text
        .split_once("Notifications of reactions to messages")
        .unwrap();
    assert!(liked.split_once("</dd>").unwrap().0.contains("My contacts"));
    let first = site.get("/notifications").await;
    assert!(first.text().contains("· 252<") && first.text().contains("/notifications?after=200"));
    assert!(first.text().contains("does not know"));
    let second = site.get("/notifications?after=200").await;
    assert!(second.text().contains("Friend 349") && second.text().contains("· 252<"));
    assert_eq!(
        site.get("/notifications?after=18446744073709551615")
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        Maker::new().site().get("/notifications").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_waits_to_be_sent_shows_its_picture_and_form() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.file("photo/9/m", b"jpeg", "image/jpeg");
    let waiting = r#"{"messages":[{"_":"message","id":1,"date":1600000000,"message":"bold <x>",
        "peer_id":{"_":"peerUser","user_id":5},"entities":[{"_":"messageEntityBold","offset":0,"length":4}],
        "media":{"_":"messageMediaPhoto","photo":{"_":"photo","id":9,"sizes":[
            {"_":"photoSize","type":"m","w":9,"h":9,"size":4}]}}}]}"#;
    part(&mut maker, "scheduled", waiting);
    let page = maker.site().get("/account").await;
    let text = page.text();
    assert!(
        text.contains("<strong>bold</strong>") || text.contains("<b>bold</b>"),
        "{text}"
    );
    assert!(
        text.contains("&lt;x&gt;") && text.contains("/file/photo/9/m"),
        "{text}"
    );
}

#[tokio::test]
async fn the_shelf_of_another_account_is_its_own() {
    let mut main = Maker::new();
    part(
        &mut main,
        "ringtones",
        &format!(r#"{{"ringtones":[{}]}}"#, song(1, "Mine")),
    );
    let mut work = Maker::new();
    part(
        &mut work,
        "ringtones",
        &format!(r#"{{"ringtones":[{}]}}"#, song(2, "Theirs")),
    );
    let site = main.site_beside(&[("work", work)]);
    let theirs = site.get("/as/work/shelf/ringtones").await;
    assert!(theirs.text().contains("Theirs") && !theirs.text().contains("Mine"));
    let mine = site.get("/as/main/shelf/ringtones").await;
    assert!(mine.text().contains("Mine") && !mine.text().contains("Theirs"));
    let account = site.get("/as/work/account").await;
    assert!(
        account.text().contains("href=\"/as/work/shelf/ringtones\""),
        "{}",
        account.text()
    );
}
