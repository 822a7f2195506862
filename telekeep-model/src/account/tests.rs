use super::*;

fn part(json: &str) -> AccountPart {
    AccountPart::parse(&RawValue::from_string(json.to_owned()).unwrap()).unwrap()
}

#[test]
fn pages_of_a_list_count_together() {
    let blocked = part(
        r#"{"part":"blocked","answers":[
            {"_":"contacts.blockedSlice","count":2,"blocked":[
                {"_":"peerBlocked","peer_id":{"_":"peerUser","user_id":5},"date":9}],"chats":[],"users":[]},
            {"_":"contacts.blockedSlice","count":2,"blocked":[
                {"_":"peerBlocked","peer_id":{"_":"peerChannel","channel_id":6},"date":8}],"chats":[],"users":[]}]}"#,
    );
    assert_eq!(blocked.count(), Some(2));
    let found: Vec<_> = blocked.people().iter().map(|b| (b.peer, b.since)).collect();
    assert_eq!(found, [(5, 9), (-1_000_000_000_006, 8)]);
}

#[test]
fn what_is_no_list_counts_nothing() {
    let days = part(r#"{"part":"account_ttl","answers":[{"_":"accountDaysTTL","days":365}]}"#);
    assert_eq!((days.count(), days.number("days")), (None, Some(365)));
}

#[test]
fn rules_name_whom_they_let() {
    let rules = part(
        r#"{"part":"privacy/about","answers":[{"_":"account.privacyRules","rules":[
            {"_":"privacyValueDisallowUsers","users":[5]},{"_":"privacyValueAllowChatParticipants","chats":[6]},
            {"_":"privacyValueAllowContacts"},{"_":"privacyValueDisallowAll"},{"_":"privacyValueAllowGhosts"}]}]}"#,
    )
    .rules();
    let named = |users: &[i64], chats: &[i64]| Audience::Named {
        users: users.to_vec(),
        chats: chats.to_vec(),
    };
    let expected = [
        (false, named(&[5], &[])),
        (true, named(&[], &[6])),
        (true, Audience::Contacts),
        (false, Audience::All),
        (true, Audience::Other("Ghosts".to_owned())),
    ];
    let found: Vec<_> = rules.into_iter().map(|r| (r.allows, r.whom)).collect();
    assert_eq!(found, expected);
}

#[test]
fn devices_and_sites_are_told_alike() {
    let sessions = part(
        r#"{"part":"sessions","answers":[{"_":"account.authorizations","authorizations":[
            {"_":"authorization","current":true,"device_model":"Desk","platform":"Linux","system_version":"6",
             "app_name":"Telekeep","app_version":"1","ip":"192.0.2.1","country":"PT","region":"Lisbon","date_created":7}]}]}"#,
    );
    let desk = &sessions.devices()[0];
    assert!(desk.current);
    assert_eq!(
        (desk.title.as_str(), desk.app.as_str()),
        ("Desk", "Telekeep 1")
    );
    assert_eq!(
        (desk.system.as_str(), desk.place.as_str()),
        ("Linux 6", "Lisbon, PT")
    );
    let sites = part(
        r#"{"part":"web_sessions","answers":[{"_":"account.webAuthorizations","authorizations":[
            {"_":"webAuthorization","bot_id":5,"domain":"a.example","browser":"Firefox","platform":"Linux"}]}]}"#,
    );
    let site = &sites.devices()[0];
    assert_eq!(
        (site.title.as_str(), site.system.as_str()),
        ("a.example", "Firefox, Linux")
    );
    assert_eq!(site.bot, Some(5));
}

#[test]
fn hostile_bodies_are_errors_or_empty() {
    for json in ["7", "{}", r#"{"part":""}"#, r#"{"part":"x","answers":7}"#] {
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        assert!(AccountPart::parse(&raw).is_err(), "{json}");
    }
    let odd = part(
        r#"{"part":"contacts","answers":[7,null,{"contacts":[{"user_id":"x"}],"categories":[{"peers":7}]}]}"#,
    );
    assert!(odd.people().is_empty() && odd.devices().is_empty() && odd.rules().is_empty());
    assert_eq!(odd.profile(), OwnProfile::default());
}

#[test]
fn drafts_sets_and_documents() {
    let drafts = part(
        r#"{"part":"drafts","answers":[{"_":"updates","updates":[
            {"_":"updateDraftMessage","peer":{"_":"peerUser","user_id":5},
             "draft":{"_":"draftMessage","message":"milk","date":7}},
            {"_":"updateDraftMessage","peer":{"_":"peerUser","user_id":6},"draft":{"_":"draftMessageEmpty"}}]}]}"#,
    );
    let expected = Draft {
        chat: 5,
        text: "milk".to_owned(),
        date: 7,
    };
    assert_eq!(drafts.drafts(), [expected]);
    let sets = part(
        r#"{"part":"sticker_sets/archived","answers":[{"sets":[
            {"_":"stickerSetCovered","set":{"_":"stickerSet","id":3,"title":"Cats","count":6}},
            {"_":"stickerSet","id":4,"title":"Dogs","count":2}]}]}"#,
    );
    let names: Vec<_> = sets
        .sets()
        .into_iter()
        .map(|set| (set.id, set.title))
        .collect();
    assert_eq!(names, [(3, "Cats".to_owned()), (4, "Dogs".to_owned())]);
    let gifs = part(r#"{"part":"saved_gifs","answers":[{"gifs":[{"id":8},{"id":"x"}]}]}"#);
    assert_eq!((gifs.documents(), gifs.count()), (vec![8], Some(2)));
}

#[test]
fn a_list_of_stories_counts_as_the_server_does() {
    let archive = part(
        r#"{"part":"stories/archive","answers":[{"_":"stories.stories","count":41,"stories":[]}]}"#,
    );
    assert_eq!(archive.count(), Some(41));
}
