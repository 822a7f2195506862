//! Direct messages to a channel: all of them say whom they are from or to, and each person has a page,
//! a search and a gallery of their own.

use axum::http::StatusCode;

use crate::support::{Maker, Site};

const CHANNEL: i64 = -1_000_000_000_500;
/// Chats of direct messages have large numbers.
const CHAT: i64 = -3_000_000_000_500;

fn site() -> Site {
    let mut maker = Maker::new();
    for (id, name) in [(6, "Bert"), (7, "Carla <b>"), (8, "Dora")] {
        maker.person(id, name);
    }
    let channel = r#"{"_":"channel","id":500,"broadcast":true,"title":"Gazette","linked_monoforum_id":2000000000500}"#;
    maker.record("peer", &format!(r#","chat":{CHANNEL}"#), channel);
    let chat = r#"{"_":"channel","id":2000000000500,"megagroup":true,"monoforum":true,"title":"Gazette","linked_monoforum_id":500}"#;
    maker.record("peer", &format!(r#","chat":{CHAT}"#), chat);
    let threads = r#"{"part":"saved_dialogs","answers":[{"dialogs":[
        {"_":"monoForumDialog","peer":{"_":"peerUser","user_id":7},"top_message":4,"unread_count":1},
        {"_":"monoForumDialog","peer":{"_":"peerUser","user_id":6},"top_message":3}]}]}"#;
    let threads = threads.replace('\n', " ");
    maker.record("about", &format!(r#","chat":{CHAT}"#), &threads);
    let mut say = |chat: i64, id: i64, from: &str, with: Option<i64>, text: &str| {
        let with = with.map_or(String::new(), |user| {
            format!(r#","saved_peer_id":{{"_":"peerUser","user_id":{user}}}"#)
        });
        let bare = -chat - 1_000_000_000_000;
        let date = 1_600_000_000 + id;
        let link = match text.find("https://") {
            Some(at) => format!(
                r#","entities":[{{"_":"messageEntityUrl","offset":{at},"length":{}}}]"#,
                text.len() - at
            ),
            None => String::new(),
        };
        let body = format!(
            r#"{{"_":"message","id":{id},"date":{date},"message":"{text}","peer_id":{{"_":"peerChannel","channel_id":{bare}}},"from_id":{from}{with}{link}}}"#
        );
        maker.record("message", &format!(r#","chat":{chat},"id":{id}"#), &body);
    };
    let user = |id: i64| format!(r#"{{"_":"peerUser","user_id":{id}}}"#);
    let answers = r#"{"_":"peerChannel","channel_id":500}"#;
    say(CHANNEL, 1, answers, None, "Fair on Monday");
    say(CHAT, 1, &user(6), Some(6), "Is there a ferry");
    say(CHAT, 2, &user(7), Some(7), "A typo in the headline");
    say(
        CHAT,
        3,
        answers,
        Some(6),
        "At nine, see https://example.org/ferry",
    );
    say(CHAT, 4, &user(7), Some(7), "And where is the ferry");
    maker.site()
}

async fn main_of(site: &Site, address: &str) -> String {
    let page = site.get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}");
    // Beside it stands the list of chats.
    let (_, text) = page.text().split_once("<main").unwrap();
    text.to_owned()
}

#[tokio::test]
async fn direct_messages_are_looked_at_together_and_by_person() {
    let site = site();
    let all = main_of(&site, &format!("/chat/{CHAT}")).await;
    assert!(all.contains("Direct messages: Gazette"), "{all}");
    for (person, name) in [(6, "Bert"), (7, "Carla &#60;b&#62;")] {
        let tab = format!("href=\"/chat/{CHAT}/topic/{person}#newest\"><bdi>{name}</bdi>");
        assert!(all.contains(&tab), "{tab}: {all}");
    }
    // Each says whom it is with, whoever wrote it.
    let chip = |person: i64, id: i64| {
        format!("<a class=\"topic-chip\" href=\"/chat/{CHAT}/topic/{person}?at={id}#m{id}\">")
    };
    for (person, id) in [(6, 1), (7, 2), (6, 3), (7, 4)] {
        assert!(all.contains(&chip(person, id)), "{person} {id}: {all}");
    }

    let bert = main_of(&site, &format!("/chat/{CHAT}/topic/6")).await;
    assert!(bert.contains("Is there a ferry") && bert.contains("At nine"));
    assert!(
        !bert.contains("A typo") && bert.contains(">Bert<"),
        "{bert}"
    );
    let topics = main_of(&site, &format!("/chat/{CHAT}/topics")).await;
    let (carla, bert) = (topics.find("Carla").unwrap(), topics.find("Bert").unwrap());
    assert!(carla < bert && !topics.contains("Dora"), "{topics}");

    let found = main_of(&site, &format!("/search?chat={CHAT}&topic=6&q=ferry")).await;
    let hit = |id: i64| format!("/chat/{CHAT}?at={id}#m{id}");
    let has = |text: &str, id: i64| text.contains(&hit(id));
    assert!(has(&found, 1) && !has(&found, 4), "{found}");
    let links = main_of(&site, &format!("/gallery?chat={CHAT}&topic=6&kind=links")).await;
    assert!(links.contains("example.org/ferry"), "{links}");
}

#[tokio::test]
async fn a_channel_and_its_direct_messages_lead_to_each_other() {
    let site = site();
    let channel = main_of(&site, &format!("/profile/{CHANNEL}")).await;
    let door = format!("href=\"/chat/{CHAT}#newest\">Direct messages · 4</a>");
    assert!(channel.contains(&door), "{channel}");
    let chat = main_of(&site, &format!("/profile/{CHAT}")).await;
    for wanted in [
        format!("href=\"/profile/{CHANNEL}\"><bdi>Gazette</bdi>"),
        "With whom".to_owned(),
        format!("/chat/{CHAT}/topic/7#newest"),
        "Direct messages of a channel".to_owned(),
    ] {
        assert!(chat.contains(&wanted), "{wanted}: {chat}");
    }
}
