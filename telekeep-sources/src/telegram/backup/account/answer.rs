//! Answers about the account, taken apart: people and chats, files, and what is recorded.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use telekeep_tl::{Object, Schema};

use super::Told;
use super::parts::volatile;
use super::purse::balance_alone;
use super::stickers::{emoji_of_peer, emoji_within, files_of_emoji};
use super::stories::{LISTS, files_of_story};
use crate::spool::{Beside, FileRow, Origin, Peer, Shelf};
use crate::telegram::backup::about;
use crate::telegram::backup::decode::{self, PEER_VOLATILE};
use crate::telegram::media::collect;

/// Fields of any object that change by themselves.
const VOLATILE: &[&str] = &["access_hash", "file_reference"];

/// Fields of `userFull` whose files are kept. Its stories are files of their own.
const PROFILE_FILES: &[&str] = &[
    "personal_photo",
    "profile_photo",
    "fallback_photo",
    "saved_music",
    "business_intro",
    "bot_info",
    "wallpaper",
    "theme",
];

/// Somebody or some chat that an answer brings along.
#[derive(Debug)]
pub(crate) struct Met {
    pub peer: Peer,
    pub print: [u8; 16],
    /// The custom emoji beside the name.
    pub emoji: Option<i64>,
    /// JSON of the TL `User` or `Chat`.
    pub body: Vec<u8>,
}

/// The pages of a part so far.
#[derive(Default)]
pub(crate) struct Answer {
    answers: Vec<Value>,
    peers: Vec<Met>,
    files: Vec<FileRow>,
    emoji: Vec<i64>,
}

impl Answer {
    /// Takes a page, given as bytes and as JSON, with the files of `shelf`.
    pub fn take(&mut self, schema: &Schema, shelf: Option<Shelf>, bytes: &[u8], mut value: Value) {
        if let Ok(object) = schema.object(bytes) {
            self.peers.extend(met(&object));
            self.emoji.extend(emoji_within(&object));
            if let Some(shelf) = shelf {
                self.files.extend(shown(&object, shelf));
            }
        }
        steady(&mut value);
        self.answers.push(value);
    }

    /// The pages so far, as they are recorded.
    pub fn answers(&self) -> &[Value] {
        &self.answers
    }

    /// Somebody or some chat that the pages brought along.
    pub fn peer(&self, chat: i64) -> Option<&Peer> {
        let found = self.peers.iter().find(|met| met.peer.chat == chat);
        found.map(|met| &met.peer)
    }

    pub fn told(mut self, part: String, hash: i64) -> Told {
        if part.starts_with(LISTS) {
            // Without their stories all pages of a list say the same.
            self.answers.truncate(1);
        }
        balance_alone(&part, &mut self.answers);
        self.emoji.sort_unstable();
        self.emoji.dedup();
        Told {
            print: print(&part, &self.answers),
            part,
            answers: self.answers,
            hash,
            peers: self.peers,
            files: self.files,
            emoji: self.emoji,
            notes: Map::new(),
        }
    }
}

/// Everybody an answer brings along.
pub(crate) fn met<'a>(answer: &'a Object<'_>) -> impl Iterator<Item = Met> + 'a {
    let all = ["users", "chats"]
        .into_iter()
        .flat_map(|field| answer.vector(field).unwrap_or_default());
    all.filter_map(|value| {
        let object = value.as_object()?;
        let mut body = Vec::new();
        object.json(&mut body).ok()?;
        Some(Met {
            peer: decode::peer_of(object)?,
            print: object.fingerprint(PEER_VOLATILE),
            emoji: emoji_of_peer(object),
            body,
        })
    })
}

/// The files of an answer about a shelf.
pub(crate) fn files(schema: &Schema, answer: &[u8], shelf: Shelf) -> Vec<FileRow> {
    if shelf == Shelf::CustomEmoji {
        return files_of_emoji(schema, answer);
    }
    if let Shelf::Story { id } = shelf {
        let answer = schema.object(answer);
        return answer.map_or_else(|_| Vec::new(), |answer| files_of_story(&answer, id));
    }
    let answer = schema.object(answer);
    answer.map_or_else(|_| Vec::new(), |answer| shown(&answer, shelf))
}

fn shown(answer: &Object<'_>, shelf: Shelf) -> Vec<FileRow> {
    let origin = Origin::Account(shelf);
    let of = |full: Object<'_>, fields: &[&str]| -> Vec<FileRow> {
        let parts = fields.iter().filter_map(|field| full.object(field));
        parts
            .flat_map(|part| collect::files_in(&part, origin))
            .collect()
    };
    let described = match shelf {
        Shelf::Profile => true,
        Shelf::Chat { what, .. } => what == Beside::Full,
        _ => false,
    };
    match (answer.object("full_user"), answer.object("full_chat")) {
        (Some(profile), _) if described => of(profile, PROFILE_FILES),
        (_, Some(chat)) if described => of(chat, &["chat_photo", "wallpaper"]),
        _ => collect::files_in(answer, origin),
    }
}

/// What of a two-step verification is no secret and no number of the moment.
const TWO_STEP: &[&str] = &[
    "_",
    "has_recovery",
    "has_secure_values",
    "has_password",
    "email_unconfirmed_pattern",
    "pending_reset_date",
    "login_email_pattern",
];

/// Leaves out of an answer what is recorded elsewhere (people, chats, stories), what is of the moment, and what proves a
/// password.
pub(crate) fn steady(answer: &mut Value) {
    let Some(fields) = answer.as_object_mut() else {
        return;
    };
    match fields.get("_").and_then(Value::as_str) {
        Some("account.password") => fields.retain(|name, _| TWO_STEP.contains(&name.as_str())),
        // Messages are records of their own.
        Some("messages.savedDialogs" | "messages.savedDialogsSlice" | "messages.forumTopics") => {
            fields.insert("messages".to_owned(), Value::Array(Vec::new()));
        }
        Some("updates") => {
            for moment in ["date", "seq"] {
                fields.insert(moment.to_owned(), 0.into());
            }
        }
        _ => {}
    }
    for (name, value) in fields.iter_mut() {
        if ["users", "chats", "stories"].contains(&name.as_str())
            && let Value::Array(peers) = value
        {
            peers.clear();
        }
        // The stories of one peer are a list in an object of the same name.
        if name == "stories" && value.is_object() {
            steady(value);
        }
    }
}

/// Fingerprint of what a part says, without what changes by itself.
pub(crate) fn print(part: &str, answers: &[Value]) -> [u8; 16] {
    let mut answers = Value::Array(answers.to_vec());
    forget(&mut answers, volatile(part));
    if let Some(beside) = part.strip_prefix(about::PREFIX) {
        answers = about::essence(beside, answers);
    }
    let digest = Sha256::digest(answers.to_string().as_bytes());
    let mut print = [0; 16];
    for (to, from) in print.iter_mut().zip(digest) {
        *to = from;
    }
    print
}

/// What stands in the place of answers when the account cannot have a part.
pub(crate) fn refused(reason: &str) -> Vec<Value> {
    vec![serde_json::json!({ "unavailable": reason })]
}

fn forget(value: &mut Value, volatile: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| {
                !VOLATILE.contains(&name.as_str()) && !volatile.contains(&name.as_str())
            });
            fields
                .values_mut()
                .for_each(|value| forget(value, volatile));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| forget(value, volatile)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_proves_a_password_is_not_kept() {
        let mut answer = json!({"_": "account.password", "has_password": true, "has_recovery": true,
            "srp_B": "AA==", "srp_id": 5, "hint": "cat", "secure_random": "BB==",
            "current_algo": {"_": "passwordKdfAlgoUnknown"}});
        steady(&mut answer);
        let kept = json!({"_": "account.password", "has_password": true, "has_recovery": true});
        assert_eq!(answer, kept);
    }

    #[test]
    fn what_changes_by_itself_makes_no_other_version() {
        let sessions = |active: i32, device: &str| {
            let one = json!({"_": "authorization", "date_active": active, "device_model": device});
            print("sessions", &[json!({"authorizations": [one]})])
        };
        assert_eq!(sessions(1, "phone"), sessions(2, "phone"));
        assert_ne!(sessions(1, "phone"), sessions(1, "desk"));
        let file = |reference: &str| {
            print(
                "saved_gifs",
                &[json!({"gifs": [{"id": 1, "file_reference": reference}]})],
            )
        };
        assert_eq!(file("a"), file("b"));
    }

    #[test]
    fn people_are_recorded_elsewhere() {
        let mut answer = json!({"_": "contacts.contacts", "contacts": [{"user_id": 5}],
            "users": [{"_": "user", "id": 5}]});
        steady(&mut answer);
        assert_eq!(answer["users"], json!([]));
        assert_eq!(answer["contacts"][0]["user_id"], 5);
    }
}
