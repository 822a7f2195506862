//! The page of the account itself.

use axum::http::StatusCode;

use crate::support::{ME, Maker};

fn site() -> crate::support::Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada <b>Lovelace</b>");
    maker.person(6, "Bert");
    maker.person(7, "Quiz bot");
    let part = |maker: &mut Maker, name: &str, answer: &str| {
        let answer = answer.replace('\n', " ");
        let body = format!(r#"{{"part":"{name}","answers":[{answer}]}}"#);
        maker.record("account", "", &body);
    };
    let full = format!(
        r#"{{"_":"users.userFull","full_user":{{"_":"userFull","id":{ME},"about":"Collects <i>umbrellas</i>",
            "birthday":{{"_":"birthday","day":29,"month":2,"year":1988}}}}}}"#
    );
    part(&mut maker, "profile", &full);
    let contacts = r#"{"_":"contacts.contacts","contacts":[{"_":"contact","user_id":5}]}"#;
    part(&mut maker, "contacts", contacts);
    let blocked = r#"{"_":"contacts.blocked","blocked":[
        {"_":"peerBlocked","peer_id":{"_":"peerUser","user_id":6},"date":1600000000}]}"#;
    part(&mut maker, "blocked", blocked);
    let sites = r#"{"_":"account.webAuthorizations","authorizations":[{"_":"webAuthorization",
        "bot_id":7,"domain":"quiz.example","browser":"Firefox","platform":"Linux","ip":"192.0.2.1"}]}"#;
    part(&mut maker, "web_sessions", sites);
    let rules = r#"{"_":"account.privacyRules","rules":[{"_":"privacyValueDisallowUsers","users":[6]},
        {"_":"privacyValueAllowContacts"},{"_":"privacyValueDisallowAll"}]}"#;
    part(&mut maker, "privacy/phone_number", rules);
    let settings = r#"{"_":"peerNotifySettings","mute_until":2147483647}"#;
    part(&mut maker, "notifications/broadcasts", settings);
    let refused = r#"{"part":"two_step","unavailable":"PREMIUM_ACCOUNT_REQUIRED"}"#;
    maker.record("account", "", refused);
    let entry = r#"{"_":"savedPhoneContact","phone":"15550100","first_name":"Plumber","last_name":"","date":1}"#;
    maker.record("saved_contact", "", entry);
    maker.site()
}

#[tokio::test]
async fn it_shows_who_and_what_the_account_knows() {
    let page = site().get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for wanted in [
        "Collects &#60;i&#62;umbrellas&#60;/i&#62;",
        "29 February 1988",
        "href=\"/profile/5\"",
        "Plumber",
        "+15550100",
        "quiz.example",
        "Quiz bot",
        "My contacts · not: Bert",
        "PREMIUM_ACCOUNT_REQUIRED",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains("<b>Lovelace"), "names are texts");
    let (_, blocked) = text.split_once("Blocked").unwrap();
    assert!(blocked.split_once("</section>").unwrap().0.contains("Bert"));
}

#[tokio::test]
async fn without_anything_of_the_account_it_says_so() {
    let page = Maker::new().site().get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("telekeep backup"));
}

#[tokio::test]
async fn contacts_without_a_chat_are_found_by_name() {
    let page = site().get("/search?q=bert").await;
    assert!(page.text().contains("/profile/6") || page.text().contains("Bert"));
}
