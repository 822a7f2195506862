//! What people and topics are called of whom Telegram tells no name (any more).

use crate::support::{Maker, Site};

const CLUB: i64 = -1_000_000_000_070;
/// A deleted account that was known before, and one that was not.
const GONE: i64 = 8;
const NEVER_KNOWN: i64 = 9;

fn deserted() -> Site {
    let mut maker = Maker::new();
    maker.person_at(GONE, "Emil Ebb", 1_600_000_000);
    maker.channel(70, "Club");
    for id in [GONE, NEVER_KNOWN] {
        let body = format!(r#"{{"_":"user","id":{id},"deleted":true}}"#);
        maker.record_at(1_700_000_000, "peer", &format!(r#","chat":{id}"#), &body);
        maker.message(id, 1, 1_650_000_000, "goodbye", "");
        let body = format!(
            r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerChannel","channel_id":70}},"from_id":{{"_":"peerUser","user_id":{id}}},"date":1650000000,"message":"a farewell"}}"#
        );
        maker.record("message", &format!(r#","chat":{CLUB},"id":{id}"#), &body);
    }
    maker.site()
}

const MARK: &str = r#"<small class="gone">deleted account</small>"#;

#[tokio::test]
async fn a_deleted_account_keeps_its_name_and_is_marked() {
    let site = deserted();
    let name = "<bdi>Emil Ebb</bdi>";
    let marked = format!("{name} {MARK}");
    let list = site.get("/").await;
    assert!(list.text().contains(&marked), "{}", list.text());
    let club = site.get(&format!("/chat/{CLUB}")).await;
    assert!(club.text().contains(&format!("{name}</a> {MARK}")));
    let chat = site.get(&format!("/chat/{GONE}")).await;
    assert!(
        chat.text()
            .contains("<h1><bdi>Emil Ebb</bdi></h1><small>deleted account · ")
    );
    for query in ["farewell", "from:emil", "from:ebb+farewell"] {
        let hits = site.get(&format!("/search?q={query}")).await;
        let named = format!("<b>{name}</b> {MARK}");
        assert!(hits.text().contains(&named), "{query}: {}", hits.text());
    }
    let profile = site.get(&format!("/profile/{GONE}")).await;
    assert!(profile.text().contains("Person · deleted account"));
    assert!(
        !profile.text().contains("Earlier names"),
        "there is one name"
    );
    let coverage = site.get("/coverage").await;
    assert!(coverage.text().contains(&marked));
    let statistics = site.get("/statistics").await;
    assert!(statistics.text().contains(&format!("{name}{MARK}")));
}

#[tokio::test]
async fn who_was_never_known_has_a_name_in_every_language() {
    let site = deserted();
    let languages = [
        ("en", "Deleted account", "General"),
        ("de", "Gelöschtes Konto", "Allgemein"),
        ("es", "Cuenta eliminada", "General"),
        ("ru", "Удалённый аккаунт", "Общее"),
        ("zh", "已注销的账号", "综合"),
        ("ar", "حساب محذوف", "عام"),
    ];
    let forum = crate::topics::forum();
    for (language, deleted, general) in languages {
        let headers = [("accept-language", language)];
        let club = format!("/chat/{CLUB}");
        let profile = format!("/profile/{NEVER_KNOWN}");
        for path in [
            "/",
            &club,
            "/search?q=farewell",
            &profile,
            "/coverage",
            "/statistics",
        ] {
            let page = site.get_with(path, &headers).await;
            let name = format!("<bdi>{deleted}</bdi>");
            assert!(page.text().contains(&name), "{language} {path}");
            assert!(
                !page.text().contains("Deleted Account"),
                "{language} {path}"
            );
        }
        let path = format!("/chat/{}", crate::topics::CHAT);
        let page = forum.get_with(&path, &headers).await;
        assert!(
            page.text().contains(&format!("<bdi>{general}</bdi>")),
            "{language}"
        );
    }
}
