//! Names and texts that want to be more than text.

use crate::support::{Maker, json};

/// Things that must never come out as they went in.
const ATTACKS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</textarea></title><script>alert(1)</script>",
    "<!-- --><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% include \"x\" %}",
    "javascript:alert(1)",
    "\u{202e}<b>gnp.exe\0\u{1b}[31m",
];

#[tokio::test]
async fn hostile_texts_stay_texts_on_every_page() {
    let mut maker = Maker::new();
    for (at, attack) in ATTACKS.iter().enumerate() {
        let at = i64::try_from(at).unwrap();
        let chat = 100 + at;
        maker.person(chat, attack);
        let word = json(attack);
        let entities = format!(
            r#","entities":[{{"_":"messageEntityTextUrl","offset":0,"length":5,"url":{word}}},{{"_":"messageEntityPre","offset":2,"length":900,"language":{word}}},{{"_":"messageEntityUrl","offset":0,"length":4000}}]"#
        );
        maker.message(chat, 1000 + at * 10, 1_699_000_000, attack, &entities);
        let media = format!(
            r#","media":{{"_":"messageMediaContact","phone_number":{word},"first_name":{word},"last_name":"","vcard":"","user_id":0}}"#
        );
        maker.message(chat, 1001 + at * 10, 1_699_000_000, "", &media);
        let forward = format!(
            r#","post_author":{word},"fwd_from":{{"_":"messageFwdHeader","date":1,"from_name":{word}}}"#
        );
        maker.message(chat, 1002 + at * 10, 1_699_000_000, attack, &forward);
        maker.message(chat, 1002 + at * 10, 1_699_000_000, "edited", &forward);
        let page = format!(
            r#","media":{{"_":"messageMediaWebPage","webpage":{{"_":"webPage","id":1,"url":{word},"display_url":{word},"hash":0,"site_name":{word},"title":{word},"description":{word}}}}}"#
        );
        maker.message(chat, 1003 + at * 10, 1_699_000_000, attack, &page);
    }
    let site = maker.site();
    for at in 0..ATTACKS.len() {
        let chat = 100 + at;
        let history = format!("/chat/{chat}/{}/history", 1002 + at * 10);
        for path in [
            "/".to_owned(),
            format!("/chat/{chat}"),
            format!("/chat/{chat}/calendar"),
            format!("/profile/{chat}"),
            format!("/statistics?chat={chat}"),
            "/coverage".to_owned(),
            history,
            "/?name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
        ] {
            let page = site.get(&path).await;
            assert!(page.status.is_success(), "{path} {}", page.status);
            inert(page.text(), &path);
        }
    }
}

fn inert(page: &str, path: &str) {
    let lower = page.to_lowercase();
    let scripts = lower.matches("<script").count();
    assert_eq!(scripts, 1, "only our own script: {path}");
    for bad in [
        "<img src=x",
        "<svg/onload",
        "<style>",
        "href=\"javascript:",
        "src=\"javascript:",
    ] {
        assert!(!lower.contains(bad), "{bad} in {path}");
    }
    // No attribute of a tag may be an event handler or a style.
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        for attribute in attributes(tag) {
            assert!(!attribute.starts_with("on"), "{attribute} in {path}");
            assert_ne!(attribute, "style", "{path}");
        }
    }
    assert!(!page.contains("49{%"), "{path}");
}

/// Names of attributes, with quoted values left out.
fn attributes(tag: &str) -> Vec<String> {
    let mut outside = String::new();
    for (at, part) in tag.split('"').enumerate() {
        if at % 2 == 0 {
            outside.push_str(part);
        }
    }
    let words = outside.split_whitespace().skip(1);
    words
        .map(|word| word.trim_end_matches('=').to_lowercase())
        .collect()
}
