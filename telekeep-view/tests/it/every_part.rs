//! Every part of the account has a place, and is there.

use axum::http::StatusCode;
use telekeep_view::{NOT_SHOWN, PLACES, place_of};

use crate::shelves::{part, song, sticker};
use crate::support::Maker;

/// Words that nothing but a part says.
const MARK: &str = "Quince & marrow";
const SHOWN: &str = "Quince &#38; marrow";

/// An answer for a part that says [`MARK`] or, where it can say no words, something just as rare; and how
/// the page shows it.
fn sample(part: &str) -> (String, &'static str) {
    let words = |json: &str| (json.replace("MARK", MARK), SHOWN);
    let other = |json: String, shown: &'static str| (json, shown);
    let rule = |to: &str| {
        let sound = format!(r#"{{"_":"notificationSoundLocal","title":"{MARK}"}}"#);
        to.replace("SOUND", &sound)
    };
    let kind = part.split('/').next().unwrap();
    match part {
        "profile" => words(r#"{"full_user":{"about":"MARK"}}"#),
        "profile_photos" => other(
            r#"{"photos":[{"id":4711}]}"#.to_owned(),
            "/file/photo/4711/m",
        ),
        "contacts" => other(
            r#"{"contacts":[{"user_id":4712}]}"#.to_owned(),
            "/profile/4712",
        ),
        "frequent_contacts" => other(
            r#"{"categories":[{"category":{"_":"topPeerCategoryGroups"},"peers":[
                {"peer":{"_":"peerUser","user_id":4713}}]}]}"#
                .to_owned(),
            "/profile/4713",
        ),
        "blocked" | "blocked_from_stories" => other(
            r#"{"blocked":[{"peer_id":{"_":"peerUser","user_id":4714}}]}"#.to_owned(),
            "/profile/4714",
        ),
        "sessions" => words(r#"{"authorizations":[{"device_model":"MARK"}]}"#),
        "web_sessions" => words(r#"{"authorizations":[{"domain":"MARK"}]}"#),
        "two_step" => words(r#"{"has_password":true,"login_email_pattern":"MARK"}"#),
        "privacy/about" => words(r#"{"rules":[{"_":"privacyValueAllowMARK"}]}"#),
        "global_privacy" => other(
            r#"{"hide_read_marks":true}"#.to_owned(),
            "Hide when I read messages",
        ),
        "content_settings" => other(
            r#"{"sensitive_enabled":true}"#.to_owned(),
            "Sensitive content is shown",
        ),
        "account_ttl" => other(r#"{"days":4321}"#.to_owned(), "4,321 days"),
        "default_history_ttl" => other(r#"{"period":518400}"#.to_owned(), "6 days"),
        "notifications/exceptions" => other(
            rule(
                r#"{"updates":[{"peer":{"_":"notifyPeer","peer":{"_":"peerUser","user_id":5}},
                "notify_settings":{"other_sound":SOUND}}]}"#,
            ),
            SHOWN,
        ),
        "notifications/reactions" => other(rule(r#"{"sound":SOUND}"#), SHOWN),
        "notifications/contact_joined" => other(
            "false".to_owned(),
            "Notifications of contacts who join Telegram",
        ),
        _ if kind == "notifications" => other(rule(r#"{"other_sound":SOUND}"#), SHOWN),
        "drafts" => words(
            r#"{"updates":[{"peer":{"_":"peerUser","user_id":5},"draft":{"message":"MARK"}}]}"#,
        ),
        "scheduled" => (
            format!(
                r#"{{"messages":[{{"_":"message","id":1,"date":5,"message":"{MARK}",
                "peer_id":{{"_":"peerUser","user_id":5}}}}]}}"#
            ),
            "Quince &amp; marrow",
        ),
        "quick_replies" => words(r#"{"quick_replies":[{"shortcut_id":3,"shortcut":"MARK"}]}"#),
        "business_links" => words(r#"{"links":[{"link":"MARK"}]}"#),
        "connected_bots" => words(r#"{"connected_bots":[{"bot_id":5,"device":"MARK"}]}"#),
        "saved_gifs" => (format!(r#"{{"gifs":[{}]}}"#, song(31, MARK)), SHOWN),
        "favourite_stickers" => (format!(r#"{{"stickers":[{}]}}"#, sticker(32, "🦑")), "🦑"),
        _ if kind == "recent_stickers" => {
            (format!(r#"{{"stickers":[{}]}}"#, sticker(33, "🦐")), "🦐")
        }
        "profile_music" => (format!(r#"{{"documents":[{}]}}"#, song(34, MARK)), SHOWN),
        "ringtones" => (format!(r#"{{"ringtones":[{}]}}"#, song(35, MARK)), SHOWN),
        _ if kind == "sticker_sets" => words(r#"{"sets":[{"id":91,"title":"MARK","count":1}]}"#),
        _ if kind == "sticker_set" => (
            format!(
                r#"{{"set":{{"id":3,"title":"Cats","count":1}},"documents":[{}]}}"#,
                sticker(36, "🦀")
            ),
            "🦀",
        ),
        _ if kind == "custom_emoji" => (sticker(37, "🦞"), "🦞"),
        "wallpapers" => other(
            r#"{"wallpapers":[{"_":"wallPaperNoFile","settings":{"background_color":1193046}}]}"#
                .to_owned(),
            "#123456",
        ),
        _ if kind.ends_with("themes") => words(r#"{"themes":[{"_":"theme","title":"MARK"}]}"#),
        _ if kind == "reactions" => {
            words(r#"{"reactions":[{"_":"reactionEmoji","emoticon":"MARK"}]}"#)
        }
        _ if kind == "emoji_statuses" => {
            words(r#"{"statuses":[{"document_id":38,"title":"MARK"}]}"#)
        }
        "star_gifts" => words(r#"{"gifts":[{"date":5,"gift":{"title":"MARK"}}]}"#),
        "star_gifts/collections" => words(r#"{"collections":[{"title":"MARK"}]}"#),
        "stories/albums" => words(r#"{"albums":[{"title":"MARK"}]}"#),
        "stars/balance" | "ton/balance" => {
            let currency = if part == "stars/balance" {
                "starsAmount"
            } else {
                "starsTonAmount"
            };
            let json = format!(r#"{{"balance":{{"_":"{currency}","amount":5000000000}}}}"#);
            (
                json,
                if part == "stars/balance" {
                    "5,000,000,000 stars"
                } else {
                    "5 TON"
                },
            )
        }
        "stars/subscriptions" => words(
            r#"{"subscriptions":[{"id":"a","title":"MARK","until_date":5,"pricing":{"period":9,"amount":7}}]}"#,
        ),
        _ if part.contains("/transactions/") => {
            words(r#"{"date":5,"title":"MARK","amount":{"amount":7}}"#)
        }
        "other_data" => words(r#"{"json":"MARK"}"#),
        other => panic!("no sample of {other}"),
    }
}

#[tokio::test]
async fn every_part_is_shown_where_it_is_said_to_be() {
    for (name, _) in PLACES {
        let part_name = match *name {
            "privacy/" => "privacy/about".to_owned(),
            "recent_stickers/" => "recent_stickers/attached".to_owned(),
            "sticker_sets/" => "sticker_sets/archived_masks".to_owned(),
            "sticker_set/" => "sticker_set/3".to_owned(),
            "custom_emoji/" => "custom_emoji/37".to_owned(),
            "themes/" => "themes/ios".to_owned(),
            "reactions/" => "reactions/top".to_owned(),
            "emoji_statuses/" => "emoji_statuses/collectible".to_owned(),
            months if months.ends_with("transactions/") => format!("{months}2020-01"),
            exact => exact.to_owned(),
        };
        let (answer, wanted) = sample(&part_name);
        let mut maker = Maker::new();
        for (id, name) in [(5, "Ada"), (4712, "Bo"), (4713, "Cy"), (4714, "Di")] {
            maker.person(id, name);
        }
        maker.file("photo/4711/m", b"jpeg", "image/jpeg");
        part(&mut maker, &part_name, &answer);
        let address = place_of(&part_name).unwrap();
        let page = maker.site().get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{part_name}: {address}");
        assert!(
            page.text().contains(wanted),
            "{part_name}: {address}: {}",
            page.text()
        );
    }
}

#[test]
fn places_are_told_once_and_exceptions_have_none() {
    let names: std::collections::HashSet<_> = PLACES.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), PLACES.len());
    for (name, reason) in NOT_SHOWN {
        assert!(place_of(name).is_none() && !reason.is_empty(), "{name}");
    }
    assert_eq!(place_of("nothing/like/it"), None);
}
