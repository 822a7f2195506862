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

#[test]
fn replies_have_their_messages() {
    let message = |id: i64, reply: i64, text: &str| {
        format!(
            r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerUser","user_id":9}},"date":5,"message":"{text}","quick_reply_shortcut_id":{reply}}}"#
        )
    };
    let replies = part(&format!(
        r#"{{"part":"quick_replies","answers":[
            {{"_":"messages.quickReplies","quick_replies":[
                {{"_":"quickReply","shortcut_id":3,"shortcut":"prices","top_message":8,"count":2}},7],
             "messages":[{}]}},
            {{"_":"messages.messages","messages":[{},{},7]}}]}}"#,
        message(8, 3, "Twelve."),
        message(8, 3, "Twelve."),
        message(9, 4, "Lost"),
    ));
    assert_eq!(replies.count(), Some(2));
    let all = replies.quick_replies();
    assert_eq!((all.len(), all[0].shortcut.as_str()), (1, "prices"));
    let said: Vec<&str> = all[0].messages.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(said, ["Twelve."]);
    assert_eq!(replies.texts()[0].text, "prices\nTwelve.");
}

#[test]
fn gifts_payments_and_what_is_left() {
    let gifts = part(
        r#"{"part":"star_gifts","answers":[{"_":"payments.savedStarGifts","count":2,"gifts":[
            {"_":"savedStarGift","date":9,"from_id":{"_":"peerUser","user_id":5},
             "message":{"text":"For you"},"gift":{"_":"starGift","stars":25,"sticker":{"id":77}}},
            {"_":"savedStarGift","date":8,"unsaved":true,"gift":{"_":"starGiftUnique","title":"Lamp","num":7,
             "attributes":[{"_":"starGiftAttributeModel","document":{"id":78}}]}}]}]}"#,
    );
    let [plain, unique] = &gifts.star_gifts()[..] else {
        panic!("{gifts:?}");
    };
    assert_eq!(
        (plain.from, plain.picture, plain.stars),
        (Some(5), Some(77), 25)
    );
    assert_eq!(
        (unique.number, unique.picture, unique.hidden),
        (Some(7), Some(78), true)
    );
    assert_eq!(gifts.count(), Some(2));
    let found: Vec<_> = gifts
        .texts()
        .into_iter()
        .map(|t| (t.text, t.peer))
        .collect();
    assert_eq!(
        found,
        [("For you".to_owned(), Some(5)), ("Lamp".to_owned(), None)]
    );

    let month = part(
        r#"{"part":"stars/transactions/2025-10","answers":[
            {"_":"starsTransaction","id":"a","date":7,"title":"Lighthouse","refund":true,
             "amount":{"_":"starsAmount","amount":-40,"nanos":0},"peer":{"_":"starsTransactionPeerFragment"}},
            {"_":"starsTransaction","id":"b","date":6,"amount":{"_":"starsTonAmount","amount":5},
             "peer":{"_":"starsTransactionPeer","peer":{"_":"peerUser","user_id":5}}}]}"#,
    );
    assert_eq!((month.count(), month.texts().len()), (Some(2), 1));
    let paid = &month.payments()[0];
    assert_eq!(
        (paid.amount, paid.currency, paid.place.as_str()),
        (-40, "XTR", "Fragment")
    );
    assert!(paid.refund && month.payments()[1].currency == "TON");
    assert_eq!(month.payments()[1].peer, Some(5));
    let balance =
        part(r#"{"part":"stars/balance","answers":[{"balance":{"_":"starsAmount","amount":9}}]}"#);
    assert_eq!(
        (balance.balance(), balance.count()),
        (Some((9, "XTR")), None)
    );
}

#[test]
fn what_nobody_wrote_is_not_looked_through() {
    for json in [
        r#"{"part":"contacts","answers":[{"contacts":[{"user_id":5}]}]}"#,
        r#"{"part":"stars/balance","answers":[{"title":"x"}]}"#,
        r#"{"part":"quick_replies","answers":[7,{"quick_replies":7,"messages":[{"message":1}]}]}"#,
        r#"{"part":"star_gifts","answers":[{"gifts":[7,{"gift":7,"message":{"text":5}}]}]}"#,
    ] {
        assert!(part(json).texts().is_empty(), "{json}");
    }
}
