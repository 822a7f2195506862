//! The records of a large world, in the order a first backup makes them: people, the list of chats, then every
//! chat from its oldest message to its newest, with what is held of its files, and its coverage.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use telekeep_journal::{BlobInfo, StoredFile};

use super::media::{ASSETS, FACE, Held};
use super::messages::{LAYER, Said, World, face};
use super::plan::{ACCOUNT, Chat, END, Plan, signed};

/// The run that recorded everything, and the one that saw what was edited later.
const RUN: &str = "00000000000000aa";
/// When it did, unix milliseconds.
const TIME: i64 = END * 1000;
/// When people had their earlier names.
const BEFORE: i64 = 1_500_000_000_000;

/// A record without its number: the fields of its line, and the blobs it is the first to name.
pub struct Entry {
    pub fields: String,
    pub blobs: Vec<StoredFile>,
}

/// Takes the records; an error ends the telling.
pub type Sink<'a> = &'a mut dyn FnMut(Entry) -> crate::Result<()>;

/// Tells the records of a world.
pub struct Feed<'a> {
    world: &'a World,
    /// What stands for the files, in the order of [`ASSETS`].
    blobs: &'a [BlobInfo],
    /// Blobs no record named yet.
    unnamed: BTreeMap<usize, Vec<StoredFile>>,
}

impl<'a> Feed<'a> {
    pub fn new(world: &'a World, blobs: &'a [BlobInfo]) -> Self {
        let files = blobs.iter().map(|blob| blob.files.clone());
        Self {
            world,
            blobs,
            unnamed: files.enumerate().collect(),
        }
    }

    /// Tells everything.
    pub fn tell(mut self, sink: Sink<'_>) -> crate::Result<()> {
        sink(entry(
            TIME,
            "source",
            (None, None),
            &json!({"type": "telegram", "server": "custom", "account": ACCOUNT}),
        ))?;
        sink(entry(
            TIME,
            "run",
            (None, None),
            &json!({"event": "start", "command": "backup"}),
        ))?;
        self.people(sink)?;
        let world = self.world;
        for chat in &world.plan.chats {
            if let Some(body) = world.chat(chat) {
                sink(entry(TIME, "peer", (Some(chat.id), None), &body))?;
            }
            sink(entry(
                TIME,
                "dialog",
                (Some(chat.id), None),
                &world.dialog(chat),
            ))?;
        }
        for chat in &world.plan.chats {
            let mut deleted = 0;
            for n in 0..chat.messages {
                let said = world.message(chat, n);
                deleted += u64::from(said.deleted);
                self.message(chat, said, sink)?;
            }
            let newest = chat.message_id(chat.messages.saturating_sub(1));
            // Telegram no longer counts what was deleted.
            let count = chat.messages - deleted + missing(chat);
            let body = json!({"from": 1, "to": newest, "server_count": count});
            sink(entry(TIME, "coverage", (Some(chat.id), None), &body))?;
        }
        sink(entry(
            TIME,
            "run",
            (None, None),
            &json!({"event": "end", "result": "done"}),
        ))
    }

    fn people(&mut self, sink: Sink<'_>) -> crate::Result<()> {
        let own = json!({"_": "user", "id": ACCOUNT, "self": true, "first_name": "Reader"});
        sink(entry(TIME, "peer", (Some(ACCOUNT), None), &own))?;
        for number in 0..self.world.plan.people {
            let id = (Some(Plan::person(number)), None);
            if World::was_renamed(number) {
                sink(entry(BEFORE, "peer", id, &self.world.person(number, true)))?;
            }
            let body = self.world.person(number, false);
            let has_photo = body.get("photo").is_some();
            sink(entry(TIME, "peer", id, &body))?;
            if has_photo && number % 2 == 0 {
                let key = format!("photo/{}/a", face(number));
                self.file(&Held { key, asset: FACE }, id.0, sink)?;
            }
        }
        Ok(())
    }

    fn message(&mut self, chat: &Chat, said: Said, sink: Sink<'_>) -> crate::Result<()> {
        let place = (Some(chat.id), Some(said.id));
        sink(entry(TIME, "message", place, &said.body))?;
        for file in &said.files {
            self.file(file, place.0, sink)?;
        }
        if let Some(edited) = &said.edited {
            sink(entry(TIME + 1, "message", place, edited))?;
        }
        if said.deleted {
            sink(entry(TIME + 2, "deleted", place, &json!({})))?;
        }
        Ok(())
    }

    fn file(&mut self, file: &Held, chat: Option<i64>, sink: Sink<'_>) -> crate::Result<()> {
        let blob = self.blobs.get(file.asset).ok_or("no such asset")?;
        let mime = ASSETS.get(file.asset).map(|asset| asset.mime);
        let body = json!({"file": file.key, "size": blob.size, "sha256": blob.sha256, "blob": blob.name, "mime": mime});
        let mut made = entry(TIME, "media", (chat, None), &body);
        made.blobs = self.unnamed.remove(&file.asset).unwrap_or_default();
        sink(made)
    }
}

/// A few chats lack some messages.
pub fn missing(chat: &Chat) -> u64 {
    if chat.no % 50 == 30 { 7 } else { 0 }
}

fn entry(time: i64, kind: &str, (chat, id): (Option<i64>, Option<i64>), body: &Value) -> Entry {
    use std::fmt::Write as _;
    let mut fields = String::with_capacity(640);
    let mut write = || -> std::fmt::Result {
        write!(fields, r#""time":{time},"run":"{RUN}","kind":"{kind}""#)?;
        if let Some(chat) = chat {
            write!(fields, r#","chat":{chat}"#)?;
        }
        if let Some(id) = id {
            write!(fields, r#","id":{id}"#)?;
        }
        write!(fields, r#","layer":{LAYER},"body":{body}"#)
    };
    // Writing into a string cannot fail.
    let _ = write();
    Entry {
        fields,
        blobs: Vec::new(),
    }
}

/// How many chats there are of which nothing is missing.
pub fn whole_chats(plan: &Plan) -> i64 {
    signed(plan.chats.iter().filter(|chat| missing(chat) == 0).count() as u64)
}
