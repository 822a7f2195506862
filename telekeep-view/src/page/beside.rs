//! What a chat is beyond its messages, as its profile and the pages under it show it.

pub mod links;
pub mod log;
pub mod members;

use telekeep_index::{ChatPartRow, Index, NoteChat};
use telekeep_model::{Described, PeerKind};

use crate::lang::Texts;
use crate::reading::{known_face, portrait};
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
    /// Where Saved Messages were saved from.
    pub saved: Vec<Face>,
    /// Parts that could not be had, and why.
    pub refused: Vec<Fact>,
}

/// Sub-chats of Saved Messages that are shown.
const SAVED: usize = 500;

impl Beside {
    pub fn of(context: &Context, index: &Index, chat: i64) -> Result<Self> {
        let rows = index.chat_parts(chat)?;
        let full = index.chat_part(chat, "full")?;
        let described = full.map(|full| full.described()).unwrap_or_default();
        let saved = index.chat_part(chat, "saved_dialogs")?;
        let saved = saved.map(|part| part.saved()).unwrap_or_default();
        let mut faces = Vec::new();
        for one in saved.iter().take(SAVED) {
            faces.push(known(context, index, one.peer)?);
        }
        Ok(Self {
            facts: facts(context, index, &described)?,
            doors: doors(context, index, chat, &rows)?,
            commands: described.commands,
            saved: faces,
            refused: refused(context, &rows),
        })
    }
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

fn refused(context: &Context, rows: &[ChatPartRow]) -> Vec<Fact> {
    let texts = context.texts;
    let fact = |row: &ChatPartRow| {
        let value = match (&row.failure, &row.unavailable) {
            (Some(error), _) => texts.of_failure(error),
            (None, Some(reason)) => texts.with("account.unavailable", reason),
            (None, None) => return None,
        };
        let name = texts.find(&format!("about.part.{}", row.part));
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
