//! The messages of a large world: people, chats and messages as objects of Telegram's layer 230.

use serde_json::{Value, json};

use super::media::{Held, Maker};
use super::plan::{ACCOUNT, Chat, Kind, Plan, TOPICS};
use super::words::{Words, name};
use crate::random::Random;

/// The layer whose names are used.
pub const LAYER: i32 = 230;
/// One file in so many is held, the others are still to be fetched.
const HELD: u64 = 10;

/// A world that can be asked for any message.
pub struct World {
    pub plan: Plan,
    pub words: Words,
    maker: Maker,
}

/// A message as it was when it was first seen, and what was seen later.
pub struct Said {
    pub id: i64,
    pub body: Value,
    /// The edited message.
    pub edited: Option<Value>,
    pub deleted: bool,
    /// Its files that are held.
    pub files: Vec<Held>,
}

impl World {
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            words: Words::new(),
            maker: Maker::new(),
        }
    }

    /// A person as a `User`. Some have had another name before.
    pub fn person(&self, number: u64, earlier: bool) -> Value {
        let mut random = Random::at(self.plan.size.seed, [number, u64::MAX - 1]);
        let (first, last) = name(random.below(480));
        let mut user = json!({
            "_": "user", "id": Plan::person(number), "access_hash": random.below(1 << 60), "first_name": first,
        });
        if random.once_in(2) {
            user["username"] = json!(format!("reader{number}"));
        }
        if random.once_in(3) {
            let mut photo = json!({"_": "userProfilePhoto", "photo_id": face(number), "dc_id": 2});
            photo["stripped_thumb"] = json!(self.maker.face);
            user["photo"] = photo;
        }
        user["last_name"] = json!(match earlier {
            true => format!("{last} before"),
            false => last.to_owned(),
        });
        user
    }

    /// Had another name before.
    pub fn was_renamed(number: u64) -> bool {
        number % 10 == 4
    }

    /// A chat as a `Chat` (a private one is a person).
    pub fn chat(&self, chat: &Chat) -> Option<Value> {
        let mut random = Random::at(self.plan.size.seed, [chat.no, u64::MAX - 2]);
        let title = format!(
            "{} {}",
            name(random.below(480)).1,
            self.words.latin(random.below(3_000))
        );
        let photo = json!({"_": "chatPhoto", "photo_id": chat.photo(), "stripped_thumb": self.maker.face, "dc_id": 2});
        let date = chat.date(0);
        let mut made = match chat.kind {
            Kind::Private | Kind::Saved => return None,
            Kind::Group => json!({"_": "chat", "participants_count": 7, "version": 1}),
            Kind::Supergroup => json!({"_": "channel", "megagroup": true}),
            Kind::Forum => json!({"_": "channel", "megagroup": true, "forum": true}),
            Kind::Channel => json!({"_": "channel", "broadcast": true}),
        };
        made["id"] = json!(chat.bare());
        made["title"] = json!(title);
        made["photo"] = photo;
        made["date"] = json!(date);
        if chat.kind == Kind::Channel {
            made["username"] = json!(format!("channel{}", chat.no));
        }
        Some(made)
    }

    /// Its entry in the chat list.
    pub fn dialog(&self, chat: &Chat) -> Value {
        let mut dialog = json!({
            "_": "dialog", "peer": peer(chat), "top_message": chat.message_id(chat.messages.saturating_sub(1)),
            "read_inbox_max_id": 0, "read_outbox_max_id": 0, "unread_count": 0, "unread_mentions_count": 0,
            "unread_reactions_count": 0, "unread_poll_votes_count": 0,
            "notify_settings": {"_": "peerNotifySettings"},
        });
        if chat.no % 17 == 4 {
            dialog["folder_id"] = json!(1);
        }
        if (20..25).contains(&chat.no) {
            dialog["pinned"] = json!(true);
        }
        dialog
    }

    /// Message number `n` of a chat.
    pub fn message(&self, chat: &Chat, n: u64) -> Said {
        let mut random = self.plan.random(chat, n);
        let id = chat.message_id(n);
        if chat.is_service(n) {
            let body = self.service(chat, n, &mut random);
            return Said {
                id,
                body,
                edited: None,
                deleted: false,
                files: Vec::new(),
            };
        }
        let date = chat.date(n);
        let mut body = json!({"_": "message", "id": id, "peer_id": peer(chat), "date": date});
        self.author(chat, &mut random, &mut body);
        relations(chat, n, &mut random, &mut body);
        let made = self.maker.some(&mut random, &self.words, date);
        let text = match &made {
            Some(made) if !made.captioned || random.once_in(3) => String::new(),
            _ => self.words.text(&mut random),
        };
        let (text, entities) = self.marked(&mut random, text);
        body["message"] = json!(text);
        if !entities.is_empty() {
            body["entities"] = json!(entities);
        }
        let mut files = Vec::new();
        if let Some(made) = made {
            body["media"] = made.media;
            files = made.files;
            if !random.once_in(HELD) {
                files.clear();
            }
        }
        echo(chat, &mut random, &mut body);
        let edited = chat.is_edited(n).then(|| {
            let mut edited = body.clone();
            edited["message"] = json!(format!("{text} {}", self.words.latin(random.zipf(5_000))));
            edited["edit_date"] = json!(date + 90);
            edited
        });
        let deleted = chat.is_deleted(n);
        Said {
            id,
            body,
            edited,
            deleted,
            files,
        }
    }

    /// The text of message `n`, when it has one: what a query is made of.
    pub fn text_of(&self, chat: &Chat, n: u64) -> String {
        let said = self.message(chat, n);
        said.body["message"].as_str().unwrap_or_default().to_owned()
    }

    /// Who says it.
    fn author(&self, chat: &Chat, random: &mut Random, body: &mut Value) {
        let own = random.once_in(if chat.kind == Kind::Private { 2 } else { 25 });
        match chat.kind {
            Kind::Channel => {
                body["post"] = json!(true);
                body["views"] = json!(random.between(100, 90_000));
                body["forwards"] = json!(random.below(500));
            }
            Kind::Saved => body["from_id"] = user(ACCOUNT),
            _ if own => {
                body["out"] = json!(true);
                body["from_id"] = user(ACCOUNT);
            }
            Kind::Private => {}
            Kind::Group | Kind::Supergroup | Kind::Forum => {
                body["from_id"] = user(self.plan.sender(chat, random));
            }
        }
    }

    /// Marks some words of a text and adds what people add.
    fn marked(&self, random: &mut Random, mut text: String) -> (String, Vec<Value>) {
        let mut entities = Vec::new();
        let length = |text: &str| text.encode_utf16().count();
        let mut add = |text: &mut String, kind: &str, word: String| {
            if !text.is_empty() {
                text.push(' ');
            }
            let offset = length(text);
            entities.push(json!({"_": kind, "offset": offset, "length": length(&word)}));
            text.push_str(&word);
        };
        match random.below(100) {
            0..4 => add(
                &mut text,
                "messageEntityHashtag",
                format!("#{}", self.words.latin(random.zipf(500))),
            ),
            4..8 => {
                let person = random.zipf(self.plan.people);
                add(
                    &mut text,
                    "messageEntityMention",
                    format!("@reader{person}"),
                );
            }
            8..12 => {
                let address = format!("https://{}.example/", self.words.latin(random.zipf(500)));
                add(&mut text, "messageEntityUrl", address);
            }
            12..20 => add(
                &mut text,
                "messageEntityBold",
                self.words.latin(random.zipf(5_000)).to_owned(),
            ),
            20..24 => text.push_str(
                random
                    .pick(&[" 👍", " 😂", " ❤", " 🎉"])
                    .copied()
                    .unwrap_or_default(),
            ),
            _ => {}
        }
        (text, entities)
    }

    fn service(&self, chat: &Chat, n: u64, random: &mut Random) -> Value {
        let added = || Plan::person(n % self.plan.people.max(1));
        let action = match (chat.kind, chat.topic_made(n)) {
            (_, Some(_)) => {
                json!({"_": "messageActionTopicCreate", "title": format!("{} {n}", self.words.latin(n * 31)),
                "icon_color": 7_322_096})
            }
            (Kind::Private | Kind::Saved, _) => {
                json!({"_": "messageActionPhoneCall", "call_id": n, "duration": 61,
                "reason": {"_": "phoneCallDiscardReasonHangup"}})
            }
            (Kind::Group, _) => json!({"_": "messageActionChatAddUser", "users": [added()]}),
            _ if n == 0 => {
                json!({"_": "messageActionChannelCreate", "title": self.words.latin(chat.no % 3_000)})
            }
            (Kind::Channel, _) => json!({"_": "messageActionPinMessage"}),
            _ if random.once_in(2) => {
                json!({"_": "messageActionChatJoinedByLink", "inviter_id": added()})
            }
            _ => json!({"_": "messageActionChatAddUser", "users": [added()]}),
        };
        let mut body = json!({
            "_": "messageService", "id": chat.message_id(n), "peer_id": peer(chat), "date": chat.date(n),
            "action": action,
        });
        match chat.kind {
            Kind::Private | Kind::Saved => {}
            Kind::Channel => body["post"] = json!(true),
            _ => body["from_id"] = user(self.plan.sender(chat, random)),
        }
        body
    }
}

/// Topic, answer, source.
fn relations(chat: &Chat, n: u64, random: &mut Random, body: &mut Value) {
    let topic = match chat.kind == Kind::Forum && n > TOPICS && chat.messages > TOPICS {
        // A tenth is said in General, which has no mark.
        true if !random.once_in(10) => Some(1 + random.zipf(TOPICS)),
        _ => None,
    };
    let answers = n > TOPICS && random.once_in(5);
    let answered = chat.message_id(n.saturating_sub(1 + random.zipf(400)).max(TOPICS));
    let mut header = json!({"_": "messageReplyHeader"});
    match (topic.map(|topic| chat.message_id(topic)), answers) {
        (None, false) => {}
        (None, true) => header["reply_to_msg_id"] = json!(answered),
        (Some(topic), true) => {
            header["forum_topic"] = json!(true);
            header["reply_to_msg_id"] = json!(answered);
            header["reply_to_top_id"] = json!(topic);
        }
        (Some(topic), false) => {
            header["forum_topic"] = json!(true);
            header["reply_to_msg_id"] = json!(topic);
        }
    }
    if topic.is_some() || answers {
        body["reply_to"] = header;
    }
    if random.once_in(25) {
        body["fwd_from"] = match random.once_in(3) {
            true => {
                json!({"_": "messageFwdHeader", "date": chat.date(n) - 600, "from_name": name(n).0})
            }
            false => json!({"_": "messageFwdHeader", "date": chat.date(n) - 600,
                "from_id": user(Plan::person(random.below(200)))}),
        };
    }
}

/// What others made of it.
fn echo(chat: &Chat, random: &mut Random, body: &mut Value) {
    let one = |emoji: &str, count: u64| json!({"_": "reactionCount", "count": count, "reaction": {"_": "reactionEmoji", "emoticon": emoji}});
    if random.once_in(if chat.kind == Kind::Channel { 2 } else { 12 }) {
        let mut results = vec![one("👍", random.between(1, 40))];
        if random.once_in(2) {
            results.push(one("❤", random.between(1, 9)));
        }
        body["reactions"] = json!({"_": "messageReactions", "results": results});
    }
    if random.once_in(3_000) {
        body["pinned"] = json!(true);
    }
}

fn user(id: i64) -> Value {
    json!({"_": "peerUser", "user_id": id})
}

fn peer(chat: &Chat) -> Value {
    match chat.kind {
        Kind::Private | Kind::Saved => user(chat.id),
        Kind::Group => json!({"_": "peerChat", "chat_id": chat.bare()}),
        _ => json!({"_": "peerChannel", "channel_id": chat.bare()}),
    }
}

/// The id of a person's photo.
pub fn face(number: u64) -> i64 {
    3_000_000_000 + super::plan::signed(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::plan::Size;

    fn world() -> World {
        World::new(Plan::new(Size {
            seed: 3,
            messages: 20_000,
            chats: 40,
        }))
    }

    /// Everything could have come over the wire.
    #[test]
    fn all_objects_are_of_the_layer() -> crate::Result<()> {
        let (world, schema) = (world(), telekeep_tl::bundled(LAYER).ok_or("no layer")?);
        let check = |ty: &str, value: &Value| {
            let mut bytes = Vec::new();
            schema
                .encode(ty, value, &mut bytes)
                .map_err(|error| format!("{error}: {value}"))
        };
        for number in 0..50 {
            check("User", &world.person(number, true))?;
        }
        for chat in &world.plan.chats {
            if let Some(made) = world.chat(chat) {
                check("Chat", &made)?;
            }
            check("Dialog", &world.dialog(chat))?;
            for n in 0..chat.messages {
                let said = world.message(chat, n);
                check("Message", &said.body)?;
                if let Some(edited) = &said.edited {
                    check("Message", edited)?;
                }
            }
        }
        Ok(())
    }

    #[test]
    fn every_kind_is_there() {
        let world = world();
        let mut all = String::new();
        for chat in &world.plan.chats {
            for n in 0..chat.messages {
                all.push_str(&world.message(chat, n).body.to_string());
            }
        }
        for word in [
            "messageMediaPhoto",
            "documentAttributeVideo",
            "\"round\":true",
            "\"voice\":true",
            "documentAttributeAnimated",
            "documentAttributeSticker",
            "messageMediaWebPage",
            "messageMediaPoll",
            "messageMediaGeo",
            "messageMediaContact",
            "messageMediaDice",
            "messageFwdHeader",
            "reply_to_top_id",
            "messageReactions",
            "messageEntityMention",
            "messageEntityHashtag",
            "messageEntityUrl",
            "messageActionTopicCreate",
            "messageActionPhoneCall",
            "messageActionChatAddUser",
            "\"pinned\":true",
        ] {
            assert!(all.contains(word), "{word}");
        }
    }
}
