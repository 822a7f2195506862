//! A page of a chat's history.

use std::ops::Range;

use telekeep_tl::{Object, Schema, Value};

use super::people::{DecodedPeer, PeerFilter, peers};
use super::{BadAnswer, MESSAGE_VOLATILE};
use crate::spool::{Count, Crowd, FileRow, Origin, StickerSet};
use crate::telegram::backup::account::{emoji_of, set_of};
use crate::telegram::backup::crowds::crowds_of;
use crate::telegram::backup::whole::{Told, is_part};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::writers_of;
use crate::telegram::peers::PeerId;

/// A message.
#[derive(Debug)]
pub(crate) struct DecodedMessage {
    pub id: i32,
    pub print: [u8; 16],
    pub(in crate::telegram::backup) body: Range<usize>,
    /// An empty place: `messageEmpty`.
    pub empty: bool,
    pub pinned: bool,
    /// Files it holds, as a range of [`History::files`].
    pub(in crate::telegram::backup) files: Range<usize>,
    /// Why none of them may be fetched.
    pub rule: Option<&'static str>,
    /// Whom of those who reacted or voted it does not name.
    pub crowds: Vec<Crowd>,
    /// How much of it was told.
    pub told: Told,
    /// Whom it is of (marked ids).
    pub writers: Vec<i64>,
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
    pub(in crate::telegram::backup) files: Vec<FileRow>,
    /// Custom emoji its messages use.
    pub emoji: Vec<i64>,
    /// Sticker sets its messages have stickers of.
    pub sets: Vec<StickerSet>,
    /// Chats this one was made of.
    pub links: Vec<i64>,
    pub(in crate::telegram::backup) text: Vec<u8>,
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
        self.sets.extend(set_of(&message));
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
            writers: writers_of(&message).collect(),
        });
        if message.name() == "messageService" {
            self.links
                .extend(message.object("action").as_ref().and_then(linked));
        }
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
        page
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

pub(in crate::telegram::backup) fn empty_previews(value: &mut serde_json::Value) {
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
