//! What the local cloud's world really holds, recomputed from the seed in this process.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use telekeep_cloud::world::World;

use crate::child::Shape;
use crate::held::{Key, settle, space};
use crate::{Result, compare::File};

/// All that the first account of a world can see.
pub struct Truth {
    pub messages: BTreeMap<Key, (i64, Value)>,
    pub chats: BTreeSet<i64>,
    /// Files that messages refer to, by their key in `media` records.
    pub files: BTreeMap<String, File>,
}

impl Truth {
    /// Recomputes the world of `shape`; hashes every file unless told not to.
    pub fn of(shape: &Shape) -> Result<Self> {
        let world = World::generate(shape.seed, shape.chats, shape.messages, shape.media_mb);
        let account = *world
            .account_ids()
            .first()
            .ok_or("the world has no account")?;
        let mut truth = Self {
            messages: BTreeMap::new(),
            chats: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        let mut owners = BTreeSet::new();
        for chat in world.chat_list(account) {
            truth.chats.insert(chat.id);
            for mut message in world.messages(account, chat.id) {
                let id = message["id"].as_i64().ok_or("a message without id")?;
                collect_files(&message, &mut owners);
                settle(&mut message);
                truth
                    .messages
                    .insert((space(chat.id), id), (chat.id, message));
            }
        }
        for file in world.files() {
            let owner: String = file
                .key
                .splitn(3, '/')
                .take(2)
                .collect::<Vec<_>>()
                .join("/");
            if owners.contains(&owner) {
                let sha256 = world.sha256(&file);
                truth.files.insert(
                    file.key,
                    File {
                        size: file.size,
                        sha256,
                    },
                );
            }
        }
        Ok(truth)
    }
}

/// `document/ID` and `photo/ID` of everything inside an object.
fn collect_files(value: &Value, owners: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let kind = fields.get("_").and_then(Value::as_str);
            if let (Some(kind @ ("document" | "photo")), Some(id)) = (kind, fields.get("id")) {
                owners.insert(format!("{kind}/{id}"));
            }
            fields
                .values()
                .for_each(|inner| collect_files(inner, owners));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect_files(inner, owners)),
        _ => {}
    }
}
