//! Faces of people and chats as last known: accounts that were deleted are marked.

use telekeep_index::{BookEntry, ChatRow, DELETED_ACCOUNT, Index, IndexError};
use telekeep_model::PeerKind;

use crate::lang::Texts;
use crate::render::Face;

/// The face of a marked id that the index calls `name`.
pub fn face(texts: &Texts, index: &Index, id: i64, name: &str) -> Result<Face, IndexError> {
    let deleted = name != DELETED_ACCOUNT && index.is_deleted_account(id)?;
    Ok(Face::new(id, texts.name(name)).of_deleted(deleted))
}

/// Somebody or some chat by the last name known.
pub fn known_face(texts: &Texts, index: &Index, id: i64) -> Result<Face, IndexError> {
    face(texts, index, id, &index.name(id)?)
}

/// An entry of a telephone book: the name its owner gave it, of the person with this number where
/// one is known, and the number.
#[must_use]
pub fn book_words(texts: &Texts, entry: &BookEntry) -> (Face, String) {
    let contact = &entry.contact;
    let name = contact.name();
    let name = match name.as_str() {
        "" => texts.get("chat.nameless"),
        name => name,
    };
    (Face::new(entry.person.unwrap_or(0), name), contact.number())
}

/// The face of a chat of the list.
#[must_use]
pub fn chat_face(texts: &Texts, chat: &ChatRow) -> Face {
    let deleted = chat.gone && chat.id > 0 && chat.title != DELETED_ACCOUNT;
    Face::new(chat.id, &chat_title(texts, chat)).of_deleted(deleted)
}

/// What a chat is called; the account's chat with itself has a name in every language.
#[must_use]
pub fn chat_title(texts: &Texts, chat: &ChatRow) -> String {
    match chat.kind {
        PeerKind::Saved => texts.get("chat.saved").to_owned(),
        _ if chat.title.is_empty() => texts.get("chat.nameless").to_owned(),
        _ if chat.is_direct() => texts.with("chat.direct", texts.name(&chat.title)),
        _ => texts.name(&chat.title).to_owned(),
    }
}
