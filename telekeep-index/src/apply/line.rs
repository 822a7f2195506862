//! A journal line read into what the index will store. Pure: runs beside the writer on its own core.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use telekeep_model::{
    About, Absent, AccountPart, AdminEvent, ChatList, Context, Coverage, Crowd, Deleted, Dialog,
    Failure, Folders, MediaHeld, Message, Note, OwnText, Parsed, Peer, Run, SavedContact, Source,
    Told, TopicChange,
};

use super::tally::Traits;
use crate::{search::meta, tokenizer::Tokenizer};

/// What one record changes in the index.
pub(crate) enum Item {
    Message(Box<NewMessage>),
    Other { time: i64, what: Other },
}

/// A version of a message, ready to store.
pub(crate) struct NewMessage {
    pub chat: i64,
    pub id: i64,
    pub seq: u64,
    pub date: i64,
    pub sender: Option<i64>,
    pub text: String,
    /// Taken when it is written.
    pub words: Option<Words>,
    pub detail: Option<String>,
    pub wanted: Vec<(String, &'static str)>,
    pub odd: Vec<String>,
    pub traits: Traits,
    /// When this version is from: the edit, else the message.
    pub version_date: i64,
    /// The message of the same chat that it answers.
    pub reply_to: Option<i64>,
    /// The title it gives its chat.
    pub chat_title: Option<String>,
    /// What it says about a forum topic.
    pub topic: Option<TopicChange>,
}

/// Columns of the full-text index, as prepared tokens.
#[derive(Default)]
pub(crate) struct Words {
    pub text: String,
    pub file: String,
    pub past: String,
    pub meta: String,
}

impl Words {
    /// Of a message as it is; `past` is added by who knows it.
    pub(crate) fn of(message: &Message, deleted: bool, tokenizer: &mut Tokenizer) -> Self {
        let mut extras = String::new();
        message.search_extras(&mut extras);
        let mut file = String::new();
        message.file_names(&mut file);
        let mut text = tokenizer.prepare(&message.text);
        if !extras.is_empty() {
            text.push_str(&tokenizer.prepare(&extras));
        }
        Self {
            text,
            file: tokenizer.prepare(&file),
            past: String::new(),
            meta: tokenizer.prepare(&meta::of(message, deleted)),
        }
    }
}

pub(crate) enum Other {
    Source(Source),
    Run {
        run: String,
        body: Run,
    },
    Peer(Box<Peer>),
    Dialog {
        body: Dialog,
        run: String,
        seq: u64,
    },
    /// All folders of the account.
    Folders(Folders),
    /// A part of the account itself.
    Part {
        part: Box<AccountPart>,
        body: String,
    },
    /// A story, or that it is no more.
    Story {
        told: Told,
        chat: i64,
        seq: u64,
        body: String,
    },
    /// A part of what a chat is beyond its messages.
    About {
        chat: i64,
        part: Box<About>,
        body: String,
    },
    /// An event of a chat's admin log.
    AdminEvent {
        chat: i64,
        id: i64,
        text: Option<Box<OwnText>>,
        body: String,
    },
    /// Who reacted to a message, or voted in its poll.
    Crowd {
        deed: &'static str,
        chat: i64,
        id: i64,
        unavailable: Option<String>,
        body: String,
    },
    /// Something kept by hand.
    Capture {
        note: Box<Note>,
        chat: Option<i64>,
        seq: u64,
        body: String,
    },
    /// An entry of the account's telephone book.
    ChatList(ChatList),
    SavedContact(SavedContact),
    /// A message was seen to be gone, or to be back.
    Deleted {
        chat: i64,
        id: i64,
        seq: u64,
        back: bool,
    },
    Coverage {
        chat: i64,
        body: Box<Coverage>,
    },
    /// An id that is no readable message, and why.
    Note {
        chat: i64,
        id: i64,
        reason: String,
    },
    Media(Box<MediaHeld>),
    Failure {
        chat: Option<i64>,
        id: Option<i64>,
        body: Failure,
    },
    /// Something this version cannot interpret, by name.
    Odd(String),
    /// A kind of record this version has no use for.
    Nothing,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    time: i64,
    #[serde(borrow, default)]
    run: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    chat: Option<i64>,
    #[serde(default)]
    id: Option<i64>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Reads lines of one journal in order.
#[derive(Default)]
pub(crate) struct Reader {
    /// The journal's account, once its source record was met.
    pub account: Option<i64>,
    pub tokenizer: Tokenizer,
}

impl Reader {
    /// What the line changes. Odd JSON is counted, not refused: the rest of the journal must stay
    /// readable. `None` for what is not even JSON, which no journal holds.
    pub(crate) fn read(&mut self, seq: u64, json: &str) -> Option<Item> {
        let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(json) else {
            serde_json::from_str::<IgnoredAny>(json).ok()?;
            let what = Other::Odd("line that is no record".to_owned());
            return Some(Item::Other { time: 0, what });
        };
        let time = envelope.time;
        if envelope.kind == "message" {
            return Some(self.message(&envelope, seq));
        }
        let name = envelope.kind.clone();
        let what = self
            .other(envelope, seq)
            .unwrap_or_else(|| Other::Odd(format!("{name} record")));
        if let Other::Source(source) = &what {
            self.account = source.account.or(self.account);
        }
        Some(Item::Other { time, what })
    }

    fn context(&self, chat: Option<i64>) -> Context {
        Context {
            account: self.account,
            chat,
        }
    }

    fn message(&mut self, envelope: &Envelope<'_>, seq: u64) -> Item {
        let context = self.context(envelope.chat);
        let time = envelope.time;
        match Message::parse(envelope.body, context) {
            Ok(Parsed::Message(message)) => {
                Item::Message(Box::new(prepare(*message, seq, &mut self.tokenizer)))
            }
            Ok(Parsed::Empty { id }) => {
                let reason = "empty when listed".to_owned();
                note(envelope.chat, Some(id), reason, time)
            }
            Err(_) => {
                let reason = "kept, but not readable by this version".to_owned();
                note(envelope.chat, envelope.id, reason, time)
            }
        }
    }

    /// `None` when the body is not what its kind says.
    fn other(&self, envelope: Envelope<'_>, seq: u64) -> Option<Other> {
        let body = envelope.body;
        Some(match envelope.kind.as_ref() {
            "source" => Other::Source(Source::parse(body).ok()?),
            "run" => Other::Run {
                run: envelope.run.into_owned(),
                body: Run::parse(body).ok()?,
            },
            "peer" => Other::Peer(Box::new(Peer::parse(body).ok()?)),
            "chat_list" => Other::ChatList(ChatList::parse(body).ok()?),
            "dialog" => Other::Dialog {
                body: Dialog::parse(body).ok()?,
                run: envelope.run.into_owned(),
                seq,
            },
            "folders" => Other::Folders(Folders::parse(body, self.account).ok()?),
            "account" => Other::Part {
                part: Box::new(AccountPart::parse(body).ok()?),
                body: body.get().to_owned(),
            },
            "story" => Other::Story {
                told: Told::parse(body, self.context(envelope.chat)).ok()?,
                chat: envelope.chat?,
                seq,
                body: body.get().to_owned(),
            },
            "about" => Other::About {
                chat: envelope.chat?,
                part: Box::new(About::parse(body).ok()?),
                body: body.get().to_owned(),
            },
            "admin_event" => {
                let chat = envelope.chat?;
                let event = AdminEvent::parse(body, Context::default()).ok()?;
                Other::AdminEvent {
                    chat,
                    id: event.id,
                    text: event.text(chat).map(Box::new),
                    body: body.get().to_owned(),
                }
            }
            "reactions" => crowd("reactions", envelope)?,
            "votes" => crowd("votes", envelope)?,
            "note" => Other::Capture {
                note: Box::new(Note::parse(body).ok()?),
                chat: envelope.chat,
                seq,
                body: body.get().to_owned(),
            },
            "saved_contact" => Other::SavedContact(SavedContact::parse(body).ok()?),
            "deleted" => Other::Deleted {
                chat: envelope.chat?,
                id: envelope.id?,
                seq,
                back: Deleted::parse(body).ok()?.resolved,
            },
            "coverage" => Other::Coverage {
                chat: envelope.chat?,
                body: Box::new(Coverage::parse(body).ok()?),
            },
            "absent" => Other::Note {
                chat: envelope.chat?,
                id: envelope.id?,
                reason: Absent::parse(body).ok()?.reason,
            },
            "raw" => match envelope.chat {
                Some(chat) => Other::Note {
                    chat,
                    // Without an id it still is one message of the chat.
                    id: envelope.id.unwrap_or(-i64::try_from(seq).ok()?),
                    reason: "kept as raw bytes: its schema is not known".to_owned(),
                },
                None => Other::Odd("raw record".to_owned()),
            },
            "media" => Other::Media(Box::new(MediaHeld::parse(body).ok()?)),
            "media_missing" | "failure" => Other::Failure {
                chat: envelope.chat,
                id: envelope.id,
                body: Failure::parse(body).ok()?,
            },
            _ => Other::Nothing,
        })
    }
}

fn crowd(deed: &'static str, envelope: Envelope<'_>) -> Option<Other> {
    let crowd = Crowd::parse(envelope.body).ok()?;
    Some(Other::Crowd {
        deed,
        chat: envelope.chat?,
        id: envelope.id?,
        unavailable: crowd.unavailable,
        body: envelope.body.get().to_owned(),
    })
}

fn note(chat: Option<i64>, id: Option<i64>, reason: String, time: i64) -> Item {
    let what = match (chat, id) {
        (Some(chat), Some(id)) => Other::Note { chat, id, reason },
        _ => Other::Odd("message record".to_owned()),
    };
    Item::Other { time, what }
}

/// Splits a message into columns. What the columns hold is left out of the detail, which is JSON
/// only for messages that have more to say than text.
fn prepare(mut message: Message, seq: u64, tokenizer: &mut Tokenizer) -> NewMessage {
    let words = Some(Words::of(&message, false, tokenizer));
    let mut wanted = Vec::new();
    message.wanted(&mut |key, kind| wanted.push((key.to_owned(), kind)));
    let (chat, id, date) = (message.chat, message.id, message.date);
    let traits = Traits::of(&message);
    let service = message.service.as_ref();
    let chat_title = service
        .and_then(|service| service.new_title())
        .map(str::to_owned);
    let topic = service.and_then(|service| service.topic.clone());
    let reply_to = reply_to(&message);
    let version_date = message.edit_date.unwrap_or(date);
    let sender = message.sender.take();
    let text = std::mem::take(&mut message.text);
    let odd = message.unsupported.clone();
    (message.chat, message.id, message.date) = (0, 0, 0);
    let detail = match message == Message::default() {
        true => None,
        false => serde_json::to_string(&message).ok(),
    };
    NewMessage {
        chat,
        id,
        seq,
        date,
        sender,
        text,
        words,
        detail,
        wanted,
        odd,
        traits,
        version_date,
        reply_to,
        chat_title,
        topic,
    }
}

/// The message of its own chat that it answers.
pub(crate) fn reply_to(message: &Message) -> Option<i64> {
    let reply = message.reply_to.as_ref()?;
    let here = reply.chat.is_none_or(|chat| chat == message.chat);
    reply.id.filter(|_| here)
}
