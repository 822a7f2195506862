//! What a chat is beyond its messages, as its profile and the pages under it show it.

pub mod links;
pub mod log;
pub mod members;

use telekeep_index::{ChatPartRow, ChatRow, Index, NoteChat};
use telekeep_model::{Described, PeerKind};

use crate::lang::Texts;
use crate::reading::{known_face, portrait, sub_chats};
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// A fact of a profile.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    /// Its own page, if it has one.
    pub address: Option<String>,
}

/// A page under a profile.
pub struct Door {
    pub name: &'static str,
    pub address: String,
    /// How much is there.
    pub count: Option<String>,
}

/// What the profile of a chat shows beside names and photos.
#[derive(Default)]
pub struct Beside {
    pub facts: Vec<Fact>,
    pub doors: Vec<Door>,
    /// What a bot understands, and what it means.
    pub commands: Vec<(String, String)>,
    /// Where Saved Messages were saved from, or with whom direct messages are.
    pub saved: Vec<Face>,
    /// What these are, in words.
    pub saved_name: &'static str,
    /// Parts that could not be had, and why.
    pub refused: Vec<Fact>,
}

impl Beside {
    pub fn of(context: &Context, index: &Index, chat: i64) -> Result<Self> {
        let rows = index.chat_parts(chat)?;
        let full = index.chat_part(chat, "full")?;
        let described = full.map(|full| full.described()).unwrap_or_default();
        let row = index.chat(chat)?;
        let direct = row.as_ref().is_some_and(ChatRow::is_direct);
        let saved_name = context.texts.get(match direct {
            true => "about.threads",
            false => "about.saved",
        });
        let mut facts = facts(context, index, &described)?;
        facts.extend(channel_of(context, index, row.as_ref())?);
        let mut doors = doors(context, index, chat, &rows)?;
        doors.extend(direct_of(context, index, row.as_ref())?);
        let saved = sub_chats(index, chat)?.into_iter();
        let faces: Result<Vec<Face>> = saved.map(|peer| known(context, index, peer)).collect();
        Ok(Self {
            facts,
            doors,
            commands: described.commands,
            saved: faces?,
            saved_name,
            refused: refused(context, &rows, direct),
        })
    }
}

/// The channel of direct messages.
fn channel_of(context: &Context, index: &Index, row: Option<&ChatRow>) -> Result<Option<Fact>> {
    let Some(channel) = row.filter(|row| row.is_direct()).and_then(|row| row.direct) else {
        return Ok(None);
    };
    Ok(Some(Fact {
        name: context.texts.get("account.channel"),
        value: known(context, index, channel)?.name,
        address: Some(format!("/profile/{channel}")),
    }))
}

/// The way from a channel to its direct messages, where they are held.
fn direct_of(context: &Context, index: &Index, row: Option<&ChatRow>) -> Result<Option<Door>> {
    let Some(chat) = row
        .filter(|row| !row.is_direct())
        .and_then(|row| row.direct)
    else {
        return Ok(None);
    };
    Ok(index.chat(chat)?.map(|held| Door {
        name: context.texts.get("about.direct"),
        address: format!("/chat/{chat}#newest"),
        count: Some(context.texts.number(held.messages)),
    }))
}

/// Somebody or some chat with name and photo.
pub fn known(context: &Context, index: &Index, id: i64) -> Result<Face> {
    let face = known_face(context.texts, index, id)?;
    Ok(face.with_photo(portrait(index, &context.links(), id)?))
}

/// That not all of a list are known; nothing when all are, or nobody is.
pub fn some_of(texts: &Texts, known: u64, all: u64) -> Option<String> {
    let (known_words, all_words) = (texts.number(known), texts.number(all));
    let values = [("x", known_words.as_str()), ("all", all_words.as_str())];
    (known > 0 && known < all).then(|| texts.fill("people.some", &values))
}

fn facts(context: &Context, index: &Index, full: &Described) -> Result<Vec<Fact>> {
    let texts = context.texts;
    let mut facts = Vec::new();
    let mut fact = |name: &'static str, value: Option<String>, address: Option<String>| {
        facts.extend(value.map(|value| Fact {
            name,
            value,
            address,
        }));
    };
    let linked = |id: Option<i64>| -> Result<(Option<String>, Option<String>)> {
        let name = id.map(|id| known(context, index, id)).transpose()?;
        Ok((
            name.map(|face| face.name),
            id.map(|id| format!("/profile/{id}")),
        ))
    };
    let seconds = |seconds: i64| texts.with("about.seconds", texts.number(seconds.unsigned_abs()));
    fact(texts.get("account.about"), full.about.clone(), None);
    fact(texts.get("about.note"), full.note.clone(), None);
    let birthday = super::account::birthday(full.birthday, &context.clock());
    fact(texts.get("account.birthday"), birthday, None);
    let (name, address) = linked(full.channel)?;
    fact(texts.get("account.channel"), name, address);
    let (name, address) = linked(full.linked)?;
    fact(texts.get("about.linked"), name, address);
    let (name, address) = linked(full.former)?;
    fact(texts.get("about.former"), name, address);
    fact(texts.get("account.address"), full.address.clone(), None);
    let members = full.members.map(|members| texts.number(members));
    fact(texts.get("about.members"), members, None);
    fact(texts.get("about.slow"), full.slow.map(seconds), None);
    fact(texts.get("about.ttl"), full.ttl.map(seconds), None);
    let hidden = |hidden: bool, words: &'static str| hidden.then(|| texts.get(words).to_owned());
    let kept = texts.get("about.hidden");
    fact(
        kept,
        hidden(full.hidden_members, "about.hidden-members"),
        None,
    );
    fact(
        kept,
        hidden(full.hidden_history, "about.hidden-history"),
        None,
    );
    Ok(facts)
}

fn doors(context: &Context, index: &Index, chat: i64, rows: &[ChatPartRow]) -> Result<Vec<Door>> {
    let texts = context.texts;
    let count = |parts: &[&str]| {
        let held = rows.iter().filter(|row| parts.contains(&row.part.as_str()));
        held.filter_map(|row| row.count)
            .max()
            .filter(|count| *count > 0)
    };
    let mut doors = Vec::new();
    let mut door = |name: &'static str, page: &str, count: Option<u64>| {
        doors.push(Door {
            name,
            address: format!("/chat/{chat}/{page}"),
            count: count.map(|count| texts.number(count)),
        });
    };
    if let Some(count) = count(&["participants", "full", "admins"]) {
        door(texts.get("about.members"), "members", Some(count));
    }
    if let Some(count) = count(&["invite_links"]) {
        door(texts.get("about.links"), "links", Some(count));
    }
    if index.has_admin_log(chat)? {
        door(texts.get("about.log"), "log", None);
    }
    let notes = index.note_count(Some(&NoteChat::Known(chat)))?;
    if notes > 0 {
        doors.push(Door {
            name: texts.get("notes.title"),
            address: format!("/notes?chat={chat}"),
            count: Some(texts.number(notes)),
        });
    }
    Ok(doors)
}

fn refused(context: &Context, rows: &[ChatPartRow], direct: bool) -> Vec<Fact> {
    let texts = context.texts;
    let fact = |row: &ChatPartRow| {
        let value = match (&row.failure, &row.unavailable) {
            (Some(error), _) => texts.of_failure(error),
            (None, Some(reason)) => texts.with("account.unavailable", reason),
            (None, None) => return None,
        };
        let name = match row.part.as_str() {
            "saved_dialogs" if direct => Some(texts.get("about.threads")),
            part => texts.find(&format!("about.part.{part}")),
        };
        Some(Fact {
            name: name.unwrap_or_else(|| texts.get("about.part-unknown")),
            value,
            address: None,
        })
    };
    rows.iter().filter_map(fact).collect()
}

/// The chat of a page, as its head shows it.
fn head(context: &Context, index: &Index, chat: i64) -> Result<Face> {
    match index.chat(chat)? {
        None if index.person(chat)?.is_none() => Err(PageError::NotFound),
        Some(row) if row.kind == PeerKind::Saved => {
            Ok(crate::reading::chat_face(context.texts, &row))
        }
        _ => known(context, index, chat),
    }
}
