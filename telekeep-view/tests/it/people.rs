//! Who reacted to a message, and who voted in its poll.

use axum::http::StatusCode;

use crate::support::{Maker, Site};

const LIKE: &str = r#"{"_":"reactionEmoji","emoticon":"👍"}"#;

fn reacted(id: i64) -> String {
    let peer = format!(r#"{{"_":"peerUser","user_id":{id}}}"#);
    format!(r#"{{"_":"messagePeerReaction","peer_id":{peer},"date":1600000100,"reaction":{LIKE}}}"#)
}

fn site() -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada <b>Lovelace</b>");
    maker.person(6, "Bert");
    let reactions = |recent: &str| {
        format!(
            r#","reactions":{{"_":"messageReactions","can_see_list":true,"results":[{{"_":"reactionCount","reaction":{LIKE},"count":3}}],"recent_reactions":[{recent}]}}"#
        )
    };
    maker.message(5, 1, 1_600_000_000, "named", &reactions(&reacted(6)));
    maker.message(5, 2, 1_600_000_001, "asked", &reactions(""));
    maker.message(5, 3, 1_600_000_002, "counted", &reactions(""));
    let poll = r#","media":{"_":"messageMediaPoll","poll":{"_":"poll","id":1,"question":{"text":"When?"},"answers":[{"_":"pollAnswer","text":{"text":"At <nine>"},"option":"MA=="}]},"results":{"_":"pollResults","total_voters":1}}"#;
    maker.message(5, 4, 1_600_000_003, "", poll);
    let place = |id: i64| format!(r#","chat":5,"id":{id}"#);
    let list = format!(
        r#"{{"_":"messages.messageReactionsList","count":3,"reactions":[{},{}]}}"#,
        reacted(5),
        reacted(6)
    );
    maker.record("reactions", &place(2), &list);
    let refused = r#"{"unavailable":"CHAT_ADMIN_REQUIRED"}"#;
    maker.record("reactions", &place(3), refused);
    let votes = r#"{"_":"messages.votesList","count":1,"votes":[{"_":"messagePeerVote","peer":{"_":"peerUser","user_id":6},"option":"MA==","date":1600000200}]}"#;
    maker.record("votes", &place(4), votes);
    maker.site()
}

#[tokio::test]
async fn who_is_named_by_the_message_or_was_asked_for() {
    let site = site();
    let named = site.get("/chat/5/1/people").await;
    assert!(named.text().contains("Bert") && named.text().contains("1 of 3 are known."));
    let asked = site.get("/chat/5/2/people").await;
    assert!(
        asked.text().contains("Ada &#60;b&#62;Lovelace"),
        "{}",
        asked.text()
    );
    assert!(asked.text().contains("2 of 3 are known."));
    let refused = site.get("/chat/5/3/people").await;
    assert!(refused.text().contains("CHAT_ADMIN_REQUIRED"));
    let voted = site.get("/chat/5/4/people").await;
    assert!(voted.text().contains("Bert") && voted.text().contains("At &#60;nine&#62;"));
    assert_eq!(
        site.get("/chat/5/99/people").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn messages_lead_there_only_when_somebody_is_known() {
    let chat = site().get("/chat/5").await;
    for (id, known) in [(1, true), (2, true), (3, true), (4, true)] {
        let link = format!("href=\"/chat/5/{id}/people\"");
        assert_eq!(chat.text().contains(&link), known, "{id}");
    }
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.message(5, 1, 1_600_000_000, "nobody", "");
    let chat = maker.site().get("/chat/5").await;
    assert!(!chat.text().contains("/people"));
}
