//! The world as a whole: deterministic, complete, true to the schema.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::World;
use super::ids::PeerId;

fn small() -> World {
    World::generate(7, 24, 2_500, 5)
}

fn hash(world: &World) -> Vec<u8> {
    let mut hash = Sha256::new();
    for account in world.account_ids() {
        for chat in world.chat_list(account) {
            hash.update(format!("{chat:?}"));
            world.each_message(account, chat.id, &mut |bytes| hash.update(bytes));
        }
    }
    for file in world.files() {
        hash.update(format!("{} {} {}", file.key, file.size, file.dc));
        hash.update(world.file_range(&file, 0, 5_000));
    }
    hash.finalize().to_vec()
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_another() {
    let make = |seed| hash(&World::generate(seed, 12, 400, 2));
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn a_world_has_the_size_asked_for() {
    for (chats, messages) in [(1, 5), (3, 40), (24, 2_500), (60, 10_000)] {
        let world = World::generate(3, chats, messages, 3);
        let first = world.account_ids()[0];
        let list = world.chat_list(first);
        assert_eq!(list.len(), chats as usize);
        let sum: usize = list
            .iter()
            .map(|c| world.message_ids(first, c.id).len())
            .sum();
        assert_eq!(sum as u64, messages, "{chats} chats");
        let peers: BTreeSet<i64> = list.iter().map(|c| c.id).collect();
        assert_eq!(peers.len(), list.len(), "every chat once");
    }
}

#[test]
fn ids_and_dates_ascend_and_shared_ids_are_unique_per_account() {
    let world = small();
    for account in world.account_ids() {
        let mut shared = BTreeSet::new();
        for chat in world.chat_list(account) {
            let messages = world.messages(account, chat.id);
            let key =
                |m: &serde_json::Value| (m["id"].as_i64().unwrap(), m["date"].as_i64().unwrap());
            for pair in messages.windows(2) {
                let (a, b) = (key(&pair[0]), key(&pair[1]));
                assert!(a.0 < b.0 && a.1 <= b.1, "{a:?} {b:?} in {}", chat.id);
            }
            if !PeerId::of_marked(chat.id).is_channel() {
                for message in &messages {
                    assert!(shared.insert(key(message)), "twice: {:?}", key(message));
                }
            }
        }
        // Over all chats together the shared sequence ascends in time, too.
        let dates: Vec<i64> = shared.iter().map(|(_, date)| *date).collect();
        assert!(dates.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}

fn names(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            into.extend(map.get("_").and_then(|n| n.as_str()).map(str::to_owned));
            map.values().for_each(|v| names(v, into));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|v| names(v, into)),
        _ => {}
    }
}

#[test]
fn every_kind_of_message_is_there() {
    let world = small();
    let mut seen = BTreeSet::new();
    let mut fields = BTreeSet::new();
    let first = world.account_ids()[0];
    for chat in world.chats(first) {
        for message in &chat.messages {
            names(message, &mut seen);
            fields.extend(message.as_object().unwrap().keys().cloned());
        }
    }
    let wanted = "messageMediaPhoto messageMediaDocument messageMediaGeo messageMediaGeoLive messageMediaVenue \
        messageMediaContact messageMediaPoll messageMediaDice messageMediaWebPage messageMediaToDo messageMediaGame \
        messageMediaInvoice messageMediaStory messageMediaPaidMedia messageMediaGiveaway messageMediaUnsupported \
        messageActionChatCreate messageActionChannelCreate messageActionChatMigrateTo messageActionChannelMigrateFrom \
        messageActionChatAddUser messageActionChatJoinedByLink messageActionChatJoinedByRequest \
        messageActionChatDeleteUser messageActionPinMessage messageActionChatEditTitle messageActionChatEditPhoto \
        messageActionChatDeletePhoto messageActionPhoneCall messageActionGroupCall messageActionInviteToGroupCall \
        messageActionSetMessagesTTL messageActionSetChatTheme messageActionTopicCreate messageActionScreenshotTaken \
        messageActionCustomAction messageActionGiftPremium messageActionBotAllowed messageActionGeoProximityReached \
        messageActionGameScore messageActionPaymentSent messageActionGiveawayLaunch messageActionBoostApply \
        messageEntityBold messageEntityItalic messageEntityCode messageEntityPre messageEntityTextUrl \
        messageEntityUrl messageEntityUnderline messageEntityStrike messageEntitySpoiler messageEntityBlockquote \
        messageEntityHashtag messageEntityEmail messageEntityPhone messageEntityMention messageEntityMentionName \
        messageEntityCustomEmoji messageFwdHeader messageReplyHeader messageReactions documentAttributeSticker \
        documentAttributeAudio documentAttributeVideo documentAttributeAnimated documentAttributeFilename \
        photoStrippedSize photoSize pollResults";
    let missing: Vec<&str> = wanted
        .split_whitespace()
        .filter(|name| !seen.contains(*name))
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    for field in [
        "grouped_id",
        "edit_date",
        "pinned",
        "via_bot_id",
        "views",
        "post_author",
        "saved_peer_id",
        "reply_markup",
    ] {
        assert!(fields.contains(field), "no message has {field}");
    }
}

#[test]
fn entities_lie_inside_their_texts() {
    let world = small();
    let first = world.account_ids()[0];
    let mut checked = 0;
    for message in world.chats(first).iter().flat_map(|c| &c.messages) {
        let units = message["message"]
            .as_str()
            .unwrap_or_default()
            .encode_utf16()
            .count() as i64;
        for entity in message["entities"].as_array().into_iter().flatten() {
            let (offset, length) = (
                entity["offset"].as_i64().unwrap(),
                entity["length"].as_i64().unwrap(),
            );
            assert!(
                offset >= 0 && length > 0 && offset + length <= units,
                "{message}"
            );
            checked += 1;
        }
    }
    assert!(checked > 100);
}

#[test]
fn every_message_can_be_given_in_every_layer() {
    let world = small();
    let native = telekeep_tl::bundled(230).unwrap();
    let first = world.account_ids()[0];
    for chat in world.chat_list(first) {
        world.each_message(first, chat.id, &mut |bytes| {
            let value = native.to_value("Message", bytes).unwrap();
            let mut again = Vec::new();
            native.encode("Message", &value, &mut again).unwrap();
            assert!(again == bytes, "the two codecs differ: {value}");
            for layer in telekeep_tl::LAYERS {
                let schema = telekeep_tl::bundled(*layer).unwrap();
                let older = telekeep_tl::convert(native, schema, "Message", value.clone()).unwrap();
                let mut out = Vec::new();
                schema.encode("Message", &older, &mut out).unwrap();
            }
        });
    }
}

#[test]
fn files_are_what_their_messages_say() {
    let world = small();
    let files: std::collections::BTreeMap<String, _> = world
        .files()
        .into_iter()
        .map(|f| (f.key.clone(), f))
        .collect();
    let first = world.account_ids()[0];
    let mut used = 0;
    for message in world.chats(first).iter().flat_map(|c| &c.messages) {
        let document = &message["media"]["document"];
        if let Some(id) = document["id"].as_i64() {
            let file = &files[&format!("document/{id}")];
            assert_eq!(Some(file.size as i64), document["size"].as_i64());
            for thumb in document["thumbs"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|t| t["_"] == "photoSize")
            {
                let file =
                    &files[&format!("document/{id}/thumb/{}", thumb["type"].as_str().unwrap())];
                assert_eq!(Some(file.size as i64), thumb["size"].as_i64());
            }
            used += 1;
        }
        let photo = &message["media"]["photo"];
        for size in photo["sizes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|s| s["_"] == "photoSize")
        {
            let key = format!("photo/{}/{}", photo["id"], size["type"].as_str().unwrap());
            assert_eq!(
                Some(files[&key].size as i64),
                size["size"].as_i64(),
                "{key}"
            );
            used += 1;
        }
    }
    assert!(used > 200);
    assert_eq!(
        files.values().map(|f| f.dc).collect::<BTreeSet<_>>(),
        BTreeSet::from([2, 4])
    );
}

#[test]
fn every_file_has_its_size_and_is_unique() {
    let world = small();
    let mut seen = BTreeSet::new();
    for file in world.files() {
        assert_eq!(
            world.file_range(&file, 0, u64::MAX).len() as u64,
            file.size,
            "{}",
            file.key
        );
        assert!(
            seen.insert(world.sha256(&file)),
            "{} equals another file",
            file.key
        );
    }
}

#[test]
fn media_add_up_to_what_was_asked_for() {
    let world = World::generate(1, 40, 20_000, 200);
    let main = |key: &str| {
        let parts: Vec<&str> = key.split('/').collect();
        parts.len() == 2 || (parts[0] == "photo" && parts[2] == "y")
    };
    let files = world.files();
    let sum: u64 = files.iter().filter(|f| main(&f.key)).map(|f| f.size).sum();
    assert!(sum.abs_diff(200_000_000) < 40_000_000, "{sum}");
    assert!(
        files.iter().any(|f| f.size > 32 << 20),
        "one file is stored in parts"
    );
    assert!(files.iter().filter(|f| f.size > 10_000_000).count() > 1);
}
