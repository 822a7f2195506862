//! An answer of the server, taken apart into what the spool stores.
//!
//! Objects are read in place and leave as JSON text with a fingerprint of what does not change by
//! itself, so the writer has nothing to do but compare and store. Everything here is a pure
//! function of the bytes and runs on any thread.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use telekeep_tl::{DecodeError, Object, Schema, Value};

use super::about::read_state;
use super::account::{emoji_of, emoji_of_peer};
use super::crowds::crowds_of;
use super::dialogs::Item;
use super::whole::{Told, is_part};
use crate::spool::{Count, Crowd, FileRow, Origin, Peer, PeerSort, Rank, Who};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::portraits;
use crate::telegram::peers::PeerId;

/// Fields of a message that change by themselves or depend on who looks.
pub(crate) const MESSAGE_VOLATILE: &[&str] = &[
    "access_hash",
    "file_reference",
    "views",
    "forwards",
    "read_max_id",
    "media_unread",
    "unread",
];
/// Fields of a user or chat that change by themselves.
pub(crate) const PEER_VOLATILE: &[&str] = &[
    "access_hash",
    "file_reference",
    "status",
    "participants_count",
    "stories_max_id",
    "stories_unavailable",
    "bot_active_users",
    "call_active",
    "call_not_empty",
];
/// Fields of a dialog that say what was read and what is newest; messages are records themselves.
pub(crate) const DIALOG_VOLATILE: &[&str] = &[
    "top_message",
    "read_inbox_max_id",
    "read_outbox_max_id",
    "unread_count",
    "unread_mentions_count",
    "unread_reactions_count",
    "unread_poll_votes_count",
    "pts",
    "access_hash",
    "file_reference",
];

/// An answer that is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    /// The schema cannot decode it.
    #[error("{0}")]
    Undecodable(#[from] DecodeError),
    /// It is another object.
    #[error("unexpected {0}")]
    Unexpected(String),
}

/// A user, group or channel.
#[derive(Debug)]
pub(crate) struct DecodedPeer {
    pub peer: Peer,
    pub print: [u8; 16],
    /// The custom emoji beside the name.
    pub emoji: Option<i64>,
    pub(super) body: Range<usize>,
}

/// A message.
#[derive(Debug)]
pub(crate) struct DecodedMessage {
    pub id: i32,
    pub print: [u8; 16],
    pub(super) body: Range<usize>,
    /// An empty place: `messageEmpty`.
    pub empty: bool,
    pub pinned: bool,
    /// Files it holds, as a range of [`History::files`].
    pub(super) files: Range<usize>,
    /// Why none of them may be fetched.
    pub rule: Option<&'static str>,
    /// Whom of those who reacted or voted it does not name.
    pub crowds: Vec<Crowd>,
    /// How much of it was told.
    pub told: Told,
}

/// A message whose JSON could not be made.
#[derive(Debug)]
pub(crate) struct RawMessage {
    pub id: i32,
    pub bytes: Vec<u8>,
    pub error: String,
}

/// A page of a chat's history.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Ascending by id.
    pub messages: Vec<DecodedMessage>,
    pub raw: Vec<RawMessage>,
    pub peers: Vec<DecodedPeer>,
    pub(super) files: Vec<FileRow>,
    /// Custom emoji its messages use.
    pub emoji: Vec<i64>,
    /// Photos of people and chats it names, each once in a run.
    pub portraits: Vec<FileRow>,
    /// Chats this one was made of.
    pub links: Vec<i64>,
    pub(super) text: Vec<u8>,
}

/// A dialog.
#[derive(Debug)]
pub(crate) struct DecodedDialog {
    pub chat: i64,
    pub top: i32,
    pub date: Option<i32>,
    /// In the account's archive folder.
    pub archived: bool,
    pub print: [u8; 16],
    /// What of it was read.
    pub read: serde_json::Value,
    body: Range<usize>,
}

/// A page of the dialog list.
#[derive(Debug, Default)]
pub(crate) struct Dialogs {
    pub complete: bool,
    pub dialogs: Vec<DecodedDialog>,
    pub peers: Vec<DecodedPeer>,
    /// How to address each peer of the page.
    pub addresses: HashMap<i64, Peer>,
    text: Vec<u8>,
}

impl History {
    /// JSON of a message.
    pub fn body(&self, message: &DecodedMessage) -> &[u8] {
        self.text.get(message.body.clone()).unwrap_or_default()
    }

    /// JSON of a peer.
    pub fn peer_body(&self, peer: &DecodedPeer) -> &[u8] {
        self.text.get(peer.body.clone()).unwrap_or_default()
    }

    /// Files of a message.
    pub fn files(&self, message: &DecodedMessage) -> &[FileRow] {
        self.files.get(message.files.clone()).unwrap_or_default()
    }
}

impl Dialogs {
    /// JSON of a dialog.
    pub fn body(&self, dialog: &DecodedDialog) -> &[u8] {
        self.text.get(dialog.body.clone()).unwrap_or_default()
    }

    /// JSON of a peer.
    pub fn peer_body(&self, peer: &DecodedPeer) -> &[u8] {
        self.text.get(peer.body.clone()).unwrap_or_default()
    }

    /// What the pager needs; `known` gives the newest id a chat had before.
    pub fn items(&self, known: &HashMap<i64, Option<i32>>) -> Vec<Item> {
        let item = |dialog: &DecodedDialog| Item {
            chat: dialog.chat,
            top: dialog.top,
            date: dialog.date,
            changed: known.get(&dialog.chat) != Some(&Some(dialog.top)),
        };
        self.dialogs.iter().map(item).collect()
    }
}

/// Remembers peers that were handed on already in this run, so that the same hundred people are
/// not encoded and compared again for every page.
#[derive(Debug, Default)]
pub(crate) struct PeerFilter {
    peers: Mutex<HashMap<i64, ([u8; 16], Peer)>>,
    /// Keys of the photos beside their names.
    portraits: Mutex<HashSet<String>>,
}

/// Peers remembered at once; about 80 bytes each.
const FILTER_LIMIT: usize = 100_000;

impl PeerFilter {
    fn is_new(&self, peer: &Peer, print: [u8; 16]) -> bool {
        let mut known = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FILTER_LIMIT {
            known.clear();
        }
        match known.get_mut(&peer.chat) {
            Some((old, same)) if *old == print && same == peer => false,
            Some(known) => {
                *known = (print, peer.clone());
                true
            }
            None => known.insert(peer.chat, (print, peer.clone())).is_none(),
        }
    }

    fn is_new_portrait(&self, key: &str) -> bool {
        let known = self.portraits.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FILTER_LIMIT {
            known.clear();
        }
        !known.contains(key) && known.insert(key.to_owned())
    }
}

/// What the pager needs of a page of a chat's history: cheap to know, so that the next page can be
/// asked for while this one is decoded.
pub(crate) struct Outline<'a> {
    answer: Object<'a>,
    messages: Vec<(i32, Object<'a>)>,
    /// Ids of the page, in its order, each once.
    pub ids: Vec<i32>,
    /// The server says that this is all there is.
    pub complete: bool,
    /// The server's count of the whole chat.
    pub count: Option<Count>,
    /// How many messages are newer than the first of the page, where the server says so.
    pub newer: Option<u64>,
}

impl<'a> Outline<'a> {
    /// Reads a `messages.Messages`.
    pub fn of(schema: &'static Schema, bytes: &'a [u8]) -> Result<Outline<'a>, BadAnswer> {
        let answer = schema.object(bytes)?;
        let count = match answer.name() {
            "messages.messages" => None,
            "messages.messagesSlice" | "messages.channelMessages" => answer.int("count"),
            other => return Err(BadAnswer::Unexpected(other.to_owned())),
        };
        let count = count
            .and_then(|count| u64::try_from(count).ok())
            .map(|messages| Count {
                messages,
                inexact: answer.flag("inexact"),
            });
        let mut messages: Vec<(i32, Object<'a>)> = Vec::new();
        for value in answer.vector("messages").unwrap_or_default() {
            if let Value::Object(message) = value
                && let Some(id) = message.int("id")
                && messages.iter().all(|(known, _)| *known != id)
            {
                messages.push((id, message));
            }
        }
        let newer = answer.int("offset_id_offset");
        Ok(Outline {
            newer: newer.and_then(|newer| u64::try_from(newer).ok()),
            ids: messages.iter().map(|(id, _)| *id).collect(),
            complete: answer.name() == "messages.messages",
            answer,
            messages,
            count,
        })
    }

    /// Leaves out what is older or newer.
    pub fn keep(&mut self, first: i32, last: i32) {
        self.messages.retain(|(id, _)| (first..=last).contains(id));
    }

    /// Everything that is recorded of the page.
    pub fn decode(&self, schema: &'static Schema, filter: &PeerFilter, chat: i64) -> History {
        let mut page = History::default();
        for (id, message) in &self.messages {
            page.message(schema, chat, *id, message);
        }
        page.messages.sort_by_key(|message| message.id);
        page.peers = peers(&self.answer, filter, &mut page.text, |_| ());
        let portraits = portraits(&self.answer);
        page.portraits = portraits
            .filter(|file| filter.is_new_portrait(&file.key))
            .collect();
        page
    }
}

impl History {
    fn message(&mut self, schema: &'static Schema, chat: i64, id: i32, message: &Object<'_>) {
        let files = collect::files_of(message, Origin::Message { chat, id });
        let cleaned = match files.self_destructing {
            true => without_previews(schema, message),
            false => None,
        };
        let cleaned = cleaned
            .as_deref()
            .and_then(|bytes| schema.object(bytes).ok());
        let message = cleaned.unwrap_or(*message);
        let begin = self.text.len();
        if let Err(error) = message.json(&mut self.text) {
            self.text.truncate(begin);
            let (bytes, error) = (message.bytes().to_vec(), error.to_string());
            self.raw.push(RawMessage { id, bytes, error });
            return;
        }
        let rule = match files.self_destructing {
            true => Some(collect::SELF_DESTRUCTING),
            false => message.flag("noforwards").then_some(collect::PROTECTED),
        };
        self.emoji.extend(emoji_of(&message));
        let first_file = self.files.len();
        self.files.extend(files.rows);
        self.messages.push(DecodedMessage {
            id,
            print: message.fingerprint(MESSAGE_VOLATILE),
            body: begin..self.text.len(),
            empty: message.name() == "messageEmpty",
            pinned: message.flag("pinned"),
            files: first_file..self.files.len(),
            rule,
            crowds: crowds_of(chat, &message),
            told: match is_part(&message) {
                true => Told::Part,
                false => Told::Whole,
            },
        });
        if message.name() == "messageService" {
            self.links
                .extend(message.object("action").as_ref().and_then(linked));
        }
    }
}

/// The message with the previews inside it emptied: not even a blurred picture of media that
/// destroys itself is kept. The one place where a record is less than what the server sent.
fn without_previews(schema: &Schema, message: &Object<'_>) -> Option<Vec<u8>> {
    let mut value = schema.to_value("Message", message.bytes()).ok()?;
    empty_previews(&mut value);
    let mut bytes = Vec::new();
    schema.encode("Message", &value, &mut bytes).ok()?;
    Some(bytes)
}

pub(super) fn empty_previews(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            let name = fields
                .get("_")
                .and_then(|name| name.as_str())
                .unwrap_or_default();
            if ["photoStrippedSize", "photoCachedSize", "photoPathSize"].contains(&name) {
                fields.insert("bytes".into(), "".into());
            }
            fields.values_mut().for_each(empty_previews);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(empty_previews),
        _ => {}
    }
}

/// The basic group a supergroup was made of. (The way forward needs no help: whoever is in the
/// supergroup has it in the dialog list.)
fn linked(action: &Object<'_>) -> Option<i64> {
    let made_of = action.name() == "messageActionChannelMigrateFrom";
    let id = made_of.then(|| action.long("chat_id")).flatten()?;
    Some(PeerId::Group(id).marked())
}

/// Takes a page of the dialog list apart.
pub(crate) fn dialogs(
    schema: &'static Schema,
    filter: &PeerFilter,
    bytes: &[u8],
) -> Result<Dialogs, BadAnswer> {
    let answer = schema.object(bytes)?;
    let complete = match answer.name() {
        "messages.dialogs" | "messages.peerDialogs" => true,
        "messages.dialogsSlice" => false,
        other => return Err(BadAnswer::Unexpected(other.to_owned())),
    };
    let dates = dates(&answer);
    let mut page = Dialogs {
        complete,
        ..Dialogs::default()
    };
    for dialog in answer
        .vector("dialogs")
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_object)
    {
        if dialog.name() != "dialog" {
            continue;
        }
        let chat = dialog
            .object("peer")
            .as_ref()
            .and_then(PeerId::of_peer)
            .map(PeerId::marked);
        let (Some(chat), Some(top)) = (chat, dialog.int("top_message")) else {
            continue;
        };
        let begin = page.text.len();
        dialog.json(&mut page.text)?;
        page.dialogs.push(DecodedDialog {
            chat,
            top,
            date: dates.get(&(chat, top)).copied(),
            archived: dialog.int("folder_id") == Some(1),
            print: dialog.fingerprint(DIALOG_VOLATILE),
            read: read_state(dialog),
            body: begin..page.text.len(),
        });
    }
    let mut addresses = HashMap::new();
    page.peers = peers(&answer, filter, &mut page.text, |peer| {
        addresses.insert(peer.chat, peer.clone());
    });
    page.addresses = addresses;
    Ok(page)
}

/// Dates of the messages of an answer by chat and id.
fn dates(answer: &Object<'_>) -> HashMap<(i64, i32), i32> {
    let messages = answer.vector("messages").unwrap_or_default();
    let date = |message: &Object<'_>| {
        let chat = PeerId::of_peer(&message.object("peer_id")?)?.marked();
        Some(((chat, message.int("id")?), message.int("date")?))
    };
    messages
        .iter()
        .filter_map(Value::as_object)
        .filter_map(date)
        .collect()
}

/// Users and chats of an answer that were not handed on before; `each` sees all of them.
fn peers(
    answer: &Object<'_>,
    filter: &PeerFilter,
    text: &mut Vec<u8>,
    mut each: impl FnMut(&Peer),
) -> Vec<DecodedPeer> {
    let mut found = Vec::new();
    for field in ["users", "chats"] {
        for object in answer
            .vector(field)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
        {
            let Some(peer) = peer_of(object) else {
                continue;
            };
            each(&peer);
            let print = object.fingerprint(PEER_VOLATILE);
            if !filter.is_new(&peer, print) {
                continue;
            }
            let begin = text.len();
            if object.json(text).is_err() {
                text.truncate(begin);
                continue;
            }
            found.push(DecodedPeer {
                peer,
                print,
                emoji: emoji_of_peer(object),
                body: begin..text.len(),
            });
        }
    }
    found
}

/// What requests need of a `User` or `Chat`. Communities hold no messages.
pub(crate) fn peer_of(object: &Object<'_>) -> Option<Peer> {
    let id = object.long("id")?;
    let id = match object.name() {
        "user" | "userEmpty" => PeerId::User(id),
        "chat" | "chatEmpty" | "chatForbidden" => PeerId::Group(id),
        "channel" | "channelForbidden" => PeerId::Channel(id),
        _ => return None,
    };
    Some(Peer {
        chat: id.marked(),
        access_hash: object.long("access_hash"),
        is_self: object.flag("self"),
        protected: object.flag("noforwards"),
        min: object.flag("min"),
        who: who(object),
    })
}

/// How people name it.
fn who(object: &Object<'_>) -> Who {
    let text = |field: &str| object.str(field).unwrap_or_default().into_owned();
    let (first, last) = (text("first_name"), text("last_name"));
    let name = match object.name() {
        "user" => [first, last].join(" ").trim().to_owned(),
        _ => text("title"),
    };
    let others = object.vector("usernames").unwrap_or_default();
    let others = others.iter().filter_map(Value::as_object);
    let others = others.filter_map(|other| Some(other.str("username")?.into_owned()));
    let mut usernames: Vec<String> = [text("username")].into_iter().chain(others).collect();
    usernames.retain(|username| !username.is_empty());
    usernames.dedup();
    let direct = object.flag("monoforum");
    Who {
        name,
        usernames: usernames.join(" "),
        sort: match object.name() {
            "user" if object.flag("bot") => PeerSort::Bot,
            "user" | "userEmpty" => PeerSort::User,
            "channel" | "channelForbidden" if direct => PeerSort::Direct,
            "channel" | "channelForbidden" if object.flag("megagroup") => PeerSort::Supergroup,
            "channel" | "channelForbidden" => PeerSort::Channel,
            _ => PeerSort::Group,
        },
        contact: object.flag("contact"),
        became: object
            .object("migrated_to")
            .and_then(|channel| channel.long("channel_id"))
            .map(|id| PeerId::Channel(id).marked()),
        rank: match () {
            () if object.name() == "user" => Rank::Member,
            () if object.flag("creator") => Rank::Owner,
            () if object.object("admin_rights").is_some() => Rank::Admin,
            () => Rank::Member,
        },
        direct_of: object
            .long("linked_monoforum_id")
            .filter(|_| direct)
            .map(|id| PeerId::Channel(id).marked()),
        forum: object.name() == "channel" && object.flag("forum"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn encode(ty: &str, value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        telekeep_tl::bundled(230)
            .unwrap()
            .encode(ty, value, &mut bytes)
            .unwrap();
        bytes
    }

    fn schema() -> &'static Schema {
        telekeep_tl::bundled(230).unwrap()
    }

    fn user(id: i64, online: bool, min: bool) -> Value {
        let status = match online {
            true => json!({"_": "userStatusOnline", "expires": 5}),
            false => json!({"_": "userStatusRecently"}),
        };
        let mut user =
            json!({"_": "user", "id": id, "first_name": "A", "access_hash": 9, "status": status});
        if min {
            user["min"] = json!(true);
        }
        user
    }

    fn slice(messages: Value, users: Value) -> Vec<u8> {
        let answer = json!({"_": "messages.messagesSlice", "inexact": true, "count": 70,
            "messages": messages, "topics": [], "chats": [], "users": users});
        encode("messages.Messages", &answer)
    }

    #[test]
    fn a_page_gives_its_messages_ascending_and_its_count() {
        let message = |id: i32| {
            json!({"_": "message", "id": id, "date": 1, "message": "m",
                   "peer_id": {"_": "peerUser", "user_id": 5}})
        };
        let bytes = slice(json!([message(9), message(4), message(9)]), json!([]));
        let outline = Outline::of(schema(), &bytes).unwrap();
        assert_eq!(outline.ids, [9, 4]);
        let page = outline.decode(schema(), &PeerFilter::default(), 5);
        assert_eq!(
            page.messages.iter().map(|m| m.id).collect::<Vec<_>>(),
            [4, 9]
        );
        assert_eq!(
            outline.count,
            Some(Count {
                messages: 70,
                inexact: true
            })
        );
        let body: Value = serde_json::from_slice(page.body(&page.messages[0])).unwrap();
        assert_eq!(body, message(4));
    }

    #[test]
    fn people_are_handed_on_once_unless_they_change() {
        let filter = PeerFilter::default();
        let peers = |users: Value| {
            let bytes = slice(json!([]), users);
            let page = Outline::of(schema(), &bytes).unwrap();
            let page = page.decode(schema(), &filter, 5);
            page.peers
                .iter()
                .map(|peer| peer.peer.chat)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            peers(json!([user(5, true, false), user(6, true, false)])),
            [5, 6]
        );
        assert!(peers(json!([user(5, false, false)])).is_empty());
        let mut renamed = user(5, false, false);
        renamed["first_name"] = json!("B");
        assert_eq!(peers(json!([renamed])), [5]);
    }

    #[test]
    fn another_object_is_no_page() {
        let filter = PeerFilter::default();
        let bytes = encode(
            "",
            &json!({"_": "messages.messagesNotModified", "count": 3}),
        );
        assert!(matches!(
            Outline::of(schema(), &bytes),
            Err(BadAnswer::Unexpected(_))
        ));
        assert!(matches!(
            dialogs(schema(), &filter, &bytes),
            Err(BadAnswer::Unexpected(_))
        ));
        assert!(matches!(
            Outline::of(schema(), &[1, 2, 3]),
            Err(BadAnswer::Undecodable(_))
        ));
    }

    #[test]
    fn dialogs_have_the_dates_of_their_own_messages() {
        let dialog = |peer: Value, top: i32, unread: i32| {
            json!({"_": "dialog", "peer": peer, "top_message": top, "read_inbox_max_id": 0,
                "read_outbox_max_id": 0, "unread_count": unread, "unread_mentions_count": 0,
                "unread_reactions_count": 0, "unread_poll_votes_count": 0,
                "notify_settings": {"_": "peerNotifySettings"}})
        };
        let channel = json!({"_": "peerChannel", "channel_id": 7});
        let group = json!({"_": "peerChat", "chat_id": 7});
        let folder = json!({"_": "dialogFolder", "peer": group, "top_message": 3,
            "folder": {"_": "folder", "id": 1, "title": "t"}, "unread_muted_peers_count": 0,
            "unread_unmuted_peers_count": 0, "unread_muted_messages_count": 0,
            "unread_unmuted_messages_count": 0});
        let page = |unread: i32| {
            let message =
                json!({"_": "message", "id": 3, "date": 99, "message": "", "peer_id": channel});
            let answer = json!({"_": "messages.dialogsSlice", "count": 2,
                "dialogs": [folder, dialog(channel.clone(), 3, unread), dialog(group.clone(), 3, 0)],
                "messages": [message], "chats": [], "users": [user(1, true, true)]});
            dialogs(
                schema(),
                &PeerFilter::default(),
                &encode("messages.Dialogs", &answer),
            )
            .unwrap()
        };
        let (read, unread) = (page(0), page(4));
        let found: Vec<_> = read
            .dialogs
            .iter()
            .map(|d| (d.chat, d.top, d.date))
            .collect();
        assert_eq!(found, [(-1_000_000_000_007, 3, Some(99)), (-7, 3, None)]);
        assert_eq!(read.dialogs[0].print, unread.dialogs[0].print);
        assert!(read.addresses[&1].min && !read.complete);
    }

    #[test]
    fn communities_are_passed_over_as_chats_without_messages() {
        let settings = json!({"_": "peerNotifySettings"});
        let entry = json!({"_": "dialogCommunity", "community_id": 9, "notify_settings": settings});
        let group = json!({"_": "peerChat", "chat_id": 7});
        let dialog = json!({"_": "dialog", "peer": group, "top_message": 3,
            "read_inbox_max_id": 0, "read_outbox_max_id": 0, "unread_count": 0,
            "unread_mentions_count": 0, "unread_reactions_count": 0,
            "unread_poll_votes_count": 0, "notify_settings": settings});
        let community = json!({"_": "community", "id": 9, "title": "Harbour", "date": 1,
            "photo": {"_": "chatPhotoEmpty"}});
        let closed = json!({"_": "communityForbidden", "id": 8, "title": "Closed"});
        let answer = json!({"_": "messages.dialogsSlice", "count": 3,
            "dialogs": [entry, dialog, entry], "messages": [], "chats": [community, closed],
            "users": [user(1, false, true)]});
        let page = dialogs(
            schema(),
            &PeerFilter::default(),
            &encode("messages.Dialogs", &answer),
        )
        .unwrap();
        let found: Vec<_> = page.dialogs.iter().map(|d| d.chat).collect();
        assert_eq!(found, [-7]);
        let known: Vec<_> = page.addresses.keys().copied().collect();
        assert_eq!(known, [1]);
    }
}
