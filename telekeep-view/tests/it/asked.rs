//! Addresses that ask for what is not there, or make no sense: they are told so in words.

use crate::support::{Maker, small};

#[tokio::test]
async fn what_is_wrong_with_a_search_address_is_told() {
    let site = small();
    let cases = [
        (
            "since=nonsense",
            "nonsense is no date; write it like 2024-05-17.",
        ),
        ("until=2024-13-01", "2024-13-01 is no date"),
        (
            "before=nonsense",
            "The address says before=nonsense; that means nothing here.",
        ),
        ("kind=smell", "The address says kind=smell"),
        ("sort=upwards", "The address says sort=upwards"),
        ("chat=404&q=a", "There is no chat 404 in this archive."),
        ("chat=x", "There is no chat x in this archive."),
        ("q=a&after=nowhere", "this is no place to continue from"),
        ("from=%3Cb%3E", "from=&#60;b&#62;"),
    ];
    for (query, told) in cases {
        let page = site.get(&format!("/search?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        let alert = page.text().contains("role=\"alert\"");
        assert!(
            alert && page.text().contains(told),
            "{query}: {}",
            page.text()
        );
        assert!(
            page.text().contains("name=\"q\""),
            "the form is still there"
        );
    }
    let fine = site.get("/search?q=lighthouse&kind=&since=&sort=").await;
    assert!(!fine.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn filters_are_folded_until_one_is_set() {
    let site = small();
    let folded = |page: &str| page.contains("<details class=\"filters\"><summary>");
    assert!(folded(site.get("/search?q=a").await.text()));
    assert!(!folded(site.get("/search?q=a&sort=oldest").await.text()));
}

#[tokio::test]
async fn a_message_that_is_not_held_is_told_and_its_neighbours_shown() {
    let site = small();
    let page = site.get("/chat/5?at=999999").await;
    let told = "Message 999999 is not in the archive.";
    assert!(page.text().contains(told) && page.text().contains("<article"));
    assert!(
        !site
            .get("/chat/5?at=10")
            .await
            .text()
            .contains("is not in the archive. Around")
    );
    let unknown = site.get("/chat/404").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("It may never have been fetched"));
    let odd = site.get("/chat/5/day?day=nonsense").await;
    assert_eq!(odd.status, 400);
    assert!(odd.text().contains("a date like 2024-05-17"));
}

#[tokio::test]
async fn long_lists_say_how_much_is_left_out() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    for bare in 1..=103 {
        maker.channel(bare, &format!("Group {bare}"));
        let chat = -(1_000_000_000_000 + bare);
        let body = format!(
            r#"{{"_":"message","id":1,"peer_id":{{"_":"peerChannel","channel_id":{bare}}},"from_id":{{"_":"peerUser","user_id":5}},"date":1650000000,"message":"x"}}"#
        );
        maker.record("message", &format!(r#","chat":{chat},"id":1"#), &body);
    }
    let page = maker.site().get("/profile/5").await;
    assert!(page.text().contains("Groups in common"));
    assert!(page.text().contains("and 3 more"), "{}", page.text());
}
