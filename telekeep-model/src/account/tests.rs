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
            {"_":"stickerSetCovered","set":{"_":"stickerSet","id":3,"title":"Cats","count":6},"cover":{"id":9}},
            {"_":"stickerSet","id":4,"title":"Dogs","short_name":"dogs","count":2}]}]}"#,
    );
    let sets = sets.sets();
    let names: Vec<_> = sets.iter().map(|set| (set.id, &*set.title)).collect();
    assert_eq!(names, [(3, "Cats"), (4, "Dogs")]);
    assert_eq!((sets[0].covers.len(), sets[1].name.as_str()), (1, "dogs"));
    let gifs = part(r#"{"part":"saved_gifs","answers":[{"gifs":[{"id":8},{"id":"x"}]}]}"#);
    let keys: Vec<_> = gifs.kept().iter().map(key).collect();
    assert_eq!(keys, ["document/8", ""], "nothing is passed over");
    assert_eq!(gifs.count(), Some(2));
}

/// The key of the file of something on a shelf.
fn key(kept: &Kept) -> String {
    match &kept.media {
        Some(crate::Media::Document(document)) => document.file.key.clone(),
        Some(crate::Media::Photo(photo)) => photo.file.key.clone(),
        _ => String::new(),
    }
}

#[test]
fn stickers_have_all_their_emoji_words_and_uses() {
    let sticker = |id: i64| {
        format!(
            r#"{{"_":"document","id":{id},"mime_type":"image/webp","attributes":[
                {{"_":"documentAttributeSticker","alt":"😺"}}]}}"#
        )
    };
    let set = part(&format!(
        r#"{{"part":"sticker_set/3","answers":[{{"_":"messages.stickerSet",
            "set":{{"id":3,"title":"Cats","short_name":"cats","count":2}},
            "packs":[{{"emoticon":"😺","documents":[7,8]}},{{"emoticon":"🐈","documents":[8,99]}}],
            "keywords":[{{"document_id":8,"keyword":["purr"]}}],"documents":[{},{}]}}]}}"#,
        sticker(7),
        sticker(8)
    ));
    let told: Vec<_> = set.kept().into_iter().map(|s| (s.emoji, s.words)).collect();
    let words = |all: &[&str]| -> Vec<String> { all.iter().map(ToString::to_string).collect() };
    assert_eq!(
        told,
        [
            (words(&["😺"]), words(&[])),
            (words(&["😺", "🐈"]), words(&["purr"]))
        ]
    );
    assert_eq!(set.set().unwrap().name, "cats");
    let recent = part(&format!(
        r#"{{"part":"recent_stickers/sent","answers":[{{"stickers":[{},{}],"dates":[50]}}]}}"#,
        sticker(7),
        sticker(8)
    ));
    let uses: Vec<i64> = recent.kept().iter().map(|kept| kept.used).collect();
    assert_eq!(uses, [50, 0]);
}

#[test]
fn looks_are_entries_too() {
    let walls = part(
        r#"{"part":"wallpapers","answers":[{"wallpapers":[
            {"_":"wallPaper","document":{"_":"document","id":5,"mime_type":"image/jpeg"}},
            {"_":"wallPaperNoFile","settings":{"background_color":255,"second_background_color":-1}}]}]}"#,
    );
    let walls = walls.kept();
    assert_eq!(
        (key(&walls[0]).as_str(), walls[0].colours.len()),
        ("document/5", 0)
    );
    assert_eq!(
        (&walls[1].media, &walls[1].colours[..]),
        (&None, &[255][..])
    );
    let themes = part(
        r#"{"part":"chat_themes","answers":[{"themes":[
            {"_":"theme","title":"Night","settings":[{"wallpaper":{"document":{"id":6}}},{"base_theme":7}]},
            {"_":"chatTheme","emoticon":"🌊"},
            {"_":"chatThemeUniqueGift","gift":{"title":"Lamp","num":7},"theme_settings":[{"wallpaper":{"document":{"id":9}}}]}]}]}"#,
    );
    let told: Vec<_> = themes
        .kept()
        .iter()
        .map(|k| (k.title.clone().unwrap(), key(k)))
        .collect();
    let expected = [
        ("Night", "document/6"),
        ("🌊", ""),
        ("Lamp #7", "document/9"),
    ];
    assert_eq!(told, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let statuses = part(
        r#"{"part":"emoji_statuses/recent","answers":[{"statuses":[{"document_id":4,"until":9}]}]}"#,
    );
    let statuses = statuses.kept();
    assert_eq!(
        (statuses.len(), statuses[0].custom, statuses[0].until),
        (1, Some(4), 9)
    );
    let albums = part(
        r#"{"part":"stories/albums","answers":[{"albums":[{"title":"Walks","icon_photo":
            {"_":"photo","id":3,"sizes":[{"_":"photoSize","type":"m","w":9,"h":9}]}}]}]}"#,
    );
    assert_eq!(key(&albums.kept()[0]), "photo/3/m");
}

#[test]
fn notifications_chat_by_chat() {
    let exceptions = part(
        r#"{"part":"notifications/exceptions","answers":[{"_":"updates","updates":[
            {"peer":{"_":"notifyPeer","peer":{"_":"peerUser","user_id":5}},"notify_settings":
                {"mute_until":9,"show_previews":false,"other_sound":{"_":"notificationSoundRingtone","id":77}}},
            {"peer":{"_":"notifyForumTopic","peer":{"_":"peerChannel","channel_id":6},"top_msg_id":3},
             "notify_settings":{"silent":true,"stories_muted":true,"ios_sound":{"_":"notificationSoundLocal","title":"Bell"}}},
            {"peer":{"_":"notifyUsers"}}]}]}"#,
    );
    let all = exceptions.notify_exceptions();
    assert_eq!((all[0].chat, all[0].rule.muted_until), (Some(5), Some(9)));
    assert_eq!(
        (all[0].rule.previews, &all[0].rule.sound),
        (Some(false), &Some(Sound::Kept(77)))
    );
    assert_eq!(
        (all[1].chat, all[1].topic),
        (Some(-1_000_000_000_006), Some(3))
    );
    assert_eq!(all[1].rule.sound, Some(Sound::Device("Bell".to_owned())));
    assert!(all[1].rule.silent && all[1].rule.stories_muted == Some(true));
    assert_eq!((all.len(), all[2].chat), (3, None));
    let reactions = part(
        r#"{"part":"notifications/reactions","answers":[{"_":"reactionsNotifySettings",
            "messages_notify_from":{"_":"reactionNotificationsFromContacts"},
            "poll_votes_notify_from":{"_":"reactionNotificationsFromAll"},
            "sound":{"_":"notificationSoundNone"},"show_previews":true}]}"#,
    );
    let told = reactions.reaction_notices();
    assert_eq!(
        (told.messages, told.stories, told.votes),
        (Some(true), None, Some(false))
    );
    assert!(told.previews && told.sound == Some(Sound::Silence));
    for (answer, tells) in [
        ("true", false),
        ("false", true),
        (r#"{"_":"boolTrue"}"#, false),
    ] {
        let joined = part(&format!(
            r#"{{"part":"notifications/contact_joined","answers":[{answer}]}}"#
        ));
        assert_eq!(joined.tells_of_joining(), tells, "{answer}");
    }
}

#[test]
fn what_waits_to_be_sent_is_messages() {
    let waiting = part(
        r#"{"part":"scheduled","answers":[{"messages":[
            {"_":"message","id":1,"date":9,"peer_id":{"_":"peerUser","user_id":5},"message":"milk",
             "media":{"_":"messageMediaDice","emoticon":"🎲","value":3}},7]}]}"#,
    );
    let waiting = waiting.scheduled();
    assert_eq!((waiting.len(), waiting[0].chat, waiting[0].date), (1, 5, 9));
    assert!(waiting[0].media.is_some());
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
