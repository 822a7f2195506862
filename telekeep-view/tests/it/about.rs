//! What chats are beyond their messages: profiles, members, invite links, admin logs.

use axum::http::StatusCode;

use crate::support::{ME, Maker, Site};

const BARE: i64 = 77;
const CLUB: i64 = -(1_000_000_000_000 + BARE);

fn part(maker: &mut Maker, chat: i64, body: &str) {
    let body = body.replace('\n', " ");
    maker.record("about", &format!(r#","chat":{chat}"#), &body);
}

fn site() -> Site {
    let mut maker = Maker::new();
    maker.channel(BARE, "Chess <b>club</b>");
    for (id, name) in [
        (5, "Ada <b>Lovelace</b>"),
        (6, "Bert"),
        (7, "Carla"),
        (8, "Dora"),
    ] {
        maker.person(id, name);
    }
    part(
        &mut maker,
        CLUB,
        r#"{"part":"full","answers":[{"full_chat":{"_":"channelFull","about":"We play <i>chess</i>",
            "slowmode_seconds":30,"participants_count":40,"participants_hidden":true}}]}"#,
    );
    part(
        &mut maker,
        CLUB,
        r#"{"part":"participants","partial":"HIDDEN_MEMBERS","shown":2,"count":40,"answers":[{"participants":[
            {"_":"channelParticipant","user_id":6,"date":1600000000},
            {"_":"channelParticipantAdmin","user_id":5,"promoted_by":1,"date":1600000000,"rank":"Keeper"}]}]}"#,
    );
    part(
        &mut maker,
        CLUB,
        r#"{"part":"kicked","answers":[{"participants":[{"_":"channelParticipantBanned","kicked_by":5,
            "peer":{"_":"peerUser","user_id":7},"date":1600000000,"banned_rights":{"view_messages":true}}]}]}"#,
    );
    part(
        &mut maker,
        CLUB,
        r#"{"part":"invite_links","answers":[{"invites":[{"_":"chatInviteExported","link":"https://t.me/+abc",
            "title":"Summer","admin_id":5,"date":1600000000,"usage":3,"revoked":true}]},
            {"link":"https://t.me/+abc","importers":[{"user_id":7,"date":1600000100,"approved_by":5}]},
            {"link":"https://t.me/+abc","importers":[{"user_id":8,"date":1600000200,"requested":true}]}]}"#,
    );
    part(
        &mut maker,
        CLUB,
        r#"{"part":"banned","unavailable":"CHAT_ADMIN_REQUIRED"}"#,
    );
    let said = |text: &str| {
        format!(
            r#"{{"_":"message","id":3,"date":1600000000,"message":"{text}","from_id":{{"_":"peerUser","user_id":8}},
                "peer_id":{{"_":"peerChannel","channel_id":{BARE}}}}}"#
        )
    };
    let mut event = |id: i64, action: String| {
        let body = format!(
            r#"{{"_":"channelAdminLogEvent","id":{id},"date":1600000000,"user_id":5,"action":{action}}}"#
        );
        let body = body.replace('\n', " ");
        maker.record(
            "admin_event",
            &format!(r#","chat":{CLUB},"id":{id}"#),
            &body,
        );
    };
    let deleted = said("Sold <script>umbrellas</script>");
    event(
        11,
        format!(r#"{{"_":"channelAdminLogEventActionDeleteMessage","message":{deleted}}}"#),
    );
    let (before, after) = (said("Fair on Sunday"), said("Fair on Monday"));
    event(
        12,
        format!(
            r#"{{"_":"channelAdminLogEventActionEditMessage","prev_message":{before},"new_message":{after}}}"#
        ),
    );
    event(
        13,
        r#"{"_":"channelAdminLogEventActionWhoKnows"}"#.to_owned(),
    );
    part(
        &mut maker,
        ME,
        r#"{"part":"saved_dialogs","answers":[{"dialogs":[{"_":"savedDialog","pinned":true,
            "peer":{"_":"peerUser","user_id":6}}]}]}"#,
    );
    let saved = |peer: i64| format!(r#","saved_peer_id":{{"_":"peerUser","user_id":{peer}}}"#);
    maker.message(ME, 1, 1_600_000_000, "From Bert", &saved(6));
    maker.message(ME, 2, 1_600_000_001, "To myself", &saved(ME));
    maker.message(6, 3, 1_600_000_000, "Hello", "");
    part(
        &mut maker,
        6,
        r#"{"part":"full","answers":[{"full_user":{"_":"userFull","about":"Plays the tuba",
            "noforwards_peer_enabled":true}}]}"#,
    );
    maker.site()
}

async fn shows(address: &str, wanted: &[&str]) -> String {
    let page = site().get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}");
    // Beside it stands the list of chats.
    let (_, text) = page.text().split_once("<main").unwrap();
    let text = text.to_owned();
    for words in wanted {
        assert!(text.contains(words), "{address} {words}: {text}");
    }
    text
}

#[tokio::test]
async fn a_profile_says_what_the_chat_says_about_itself() {
    let text = shows(
        &format!("/profile/{CLUB}"),
        &[
            "We play &#60;i&#62;chess&#60;/i&#62;",
            "30 s",
            "Only administrators see who is a member.",
            &format!("/chat/{CLUB}/members"),
            &format!("/chat/{CLUB}/links"),
            &format!("/chat/{CLUB}/log"),
            "CHAT_ADMIN_REQUIRED",
        ],
    )
    .await;
    assert!(!text.contains("<b>club"), "titles are texts");
    shows("/profile/6", &["Plays the tuba", "Protected"]).await;
    let from = format!("/chat/{ME}/topic/6");
    shows(&format!("/profile/{ME}"), &["Saved from", "Bert", &from]).await;
    let text = shows(&from, &["From Bert", ">Bert"]).await;
    assert!(!text.contains("To myself"));
}

#[tokio::test]
async fn members_are_listed_by_role_and_found_by_name() {
    let members = format!("/chat/{CLUB}/members");
    let text = shows(&members, &["Keeper", "Telegram shows 2 of 40", "by Ada"]).await;
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(place(">Ada ") < place(">Bert<") && place(">Bert<") < place(">Carla<"));
    let found = shows(&format!("{members}?q=ber"), &[">Bert<"]).await;
    assert!(!found.contains(">Carla<"));
    shows(&format!("{members}?q=nobody"), &["Nobody found."]).await;
    let none = site().get("/chat/6/members").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn invite_links_say_who_made_them_and_whether_they_work() {
    let wanted = [
        "<s dir=\"ltr\">https://t.me/+abc</s>",
        "Summer",
        "revoked",
        "joined by it: 3",
        "Who came by it",
        "let in by Ada",
        "waits to be let in since",
        "2 of 4 are known.",
    ];
    let text = shows(&format!("/chat/{CLUB}/links"), &wanted).await;
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}"));
    assert!(place(">Dora<") < place(">Carla<"), "who waits comes first");
}

#[tokio::test]
async fn what_was_read_shows_at_messages_and_in_the_list() {
    let mut maker = Maker::new();
    for (id, name) in [(5, "Ada"), (6, "Bert"), (7, "Carla")] {
        maker.person(id, name);
    }
    let own = r#","out":true"#;
    maker.message(5, 1, 1_600_000_000, "read", own);
    maker.message(5, 2, 1_600_000_001, "unread", own);
    maker.message(5, 3, 1_600_000_002, "theirs", "");
    maker.message(5, 4, 1_700_000_001, "written after the last look", own);
    maker.message(6, 5, 1_600_000_003, "hello", "");
    maker.message(7, 6, 1_600_000_004, "hello", own);
    let state = |outbox: i64, unread: i64, mark: bool| {
        format!(
            r#"{{"part":"read","answers":[{{"read_inbox_max_id":1,"read_outbox_max_id":{outbox},"unread_count":{unread},"unread_mark":{mark}}}]}}"#
        )
    };
    part(&mut maker, 5, &state(1, 1200, false));
    part(&mut maker, 6, &state(0, 0, true));
    let site = maker.site();
    let page = site.get("/chat/5").await;
    let text = page.text();
    let count = |words: &str| text.matches(words).count();
    assert_eq!(count(">✓✓<"), 1, "{text}");
    assert_eq!(count(">✓<"), 1, "what came later says nothing");
    assert!(text.contains("Read by the other side"));
    assert!(text.contains("1,200 not read") && text.contains("marked as unread"));
    let never = site.get("/chat/7").await;
    assert!(!never.text().contains("✓"), "nothing is known");
}

#[tokio::test]
async fn the_admin_log_shows_what_was_deleted_and_edited() {
    let wanted = [
        "deleted a message",
        "Sold &lt;script&gt;umbrellas",
        "Dora",
        "edited a message",
        "Sunday",
        "Monday",
        "WhoKnows",
    ];
    let text = shows(&format!("/chat/{CLUB}/log"), &wanted).await;
    assert!(!text.contains("<script>umbrellas"));
    assert_eq!(
        site().get("/chat/6/log").await.status,
        StatusCode::NOT_FOUND
    );
}
