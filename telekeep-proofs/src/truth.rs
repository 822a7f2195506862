//! What the local cloud's world really holds, recomputed from the seed in this process.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use telekeep_cloud::world::{FileTruth, World};

use crate::child::Shape;
use crate::held::{Key, settle, space};
use crate::{Result, compare::File};

/// The largest area, in pixels, of a photo size that is kept for lists.
const FOR_LISTS: i64 = 400 * 400;

/// All that the first account of a world can see.
pub struct Truth {
    pub messages: BTreeMap<Key, (i64, Value)>,
    pub chats: BTreeSet<i64>,
    /// Files that messages refer to, by their key in `media` records.
    pub files: BTreeMap<String, File>,
    /// All other files there are: of the account, of people, of stickers in use.
    others: BTreeMap<String, FileTruth>,
    world: World,
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
            others: BTreeMap::new(),
            world,
        };
        let world = &truth.world;
        let (mut owners, mut between) = (BTreeSet::new(), BTreeSet::new());
        for chat in world.chat_list(account) {
            truth.chats.insert(chat.id);
            for mut message in world.messages(account, chat.id) {
                let id = message["id"].as_i64().ok_or("a message without id")?;
                visit(&message, &mut |object| {
                    owners.extend(owner(object));
                    between.extend(sizes_between(object));
                });
                settle(&mut message);
                truth
                    .messages
                    .insert((space(chat.id), id), (chat.id, message));
            }
        }
        for file in world.portraits().into_iter().chain(world.web_pictures()) {
            truth.others.insert(file.key.clone(), file);
        }
        for file in world.files() {
            let owner: String = file
                .key
                .splitn(3, '/')
                .take(2)
                .collect::<Vec<_>>()
                .join("/");
            if owners.contains(&owner) && !between.contains(&file.key) {
                truth.files.insert(file.key.clone(), hashed(world, &file));
            } else {
                truth.others.insert(file.key.clone(), file);
            }
        }
        Ok(truth)
    }

    /// A file that no message shows.
    pub fn other(&self, key: &str) -> Option<File> {
        let file = self.others.get(key)?;
        Some(hashed(&self.world, file))
    }
}

fn hashed(world: &World, file: &FileTruth) -> File {
    File {
        size: file.size,
        sha256: world.sha256(file),
    }
}

/// Calls `f` with every object inside a value.
fn visit(value: &Value, f: &mut dyn FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            f(fields);
            fields.values().for_each(|inner| visit(inner, f));
        }
        Value::Array(items) => items.iter().for_each(|inner| visit(inner, f)),
        _ => {}
    }
}

/// `document/ID` or `photo/ID` of a document or photo.
fn owner(object: &Map<String, Value>) -> Option<String> {
    match object.get("_")?.as_str()? {
        kind @ ("document" | "photo") => Some(format!("{kind}/{}", object.get("id")?)),
        _ => None,
    }
}

/// Sizes of a photo that are neither the largest nor the one for lists: a backup leaves them out.
fn sizes_between(object: &Map<String, Value>) -> Vec<String> {
    if object.get("_").and_then(Value::as_str) != Some("photo") {
        return Vec::new();
    }
    let area = |size: &&Value| size["w"].as_i64().unwrap_or(0) * size["h"].as_i64().unwrap_or(0);
    let sizes = object
        .get("sizes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let files: Vec<&Value> = sizes
        .filter(|size| size["_"] == "photoSize" || size["_"] == "photoSizeProgressive")
        .collect();
    let largest = files.iter().copied().max_by_key(area);
    let listed = files
        .iter()
        .copied()
        .filter(|size| area(size) <= FOR_LISTS)
        .max_by_key(area);
    let name = |size: &Value| {
        format!(
            "photo/{}/{}",
            object["id"],
            size["type"].as_str().unwrap_or_default()
        )
    };
    files
        .iter()
        .filter(|size| Some(**size) != largest && Some(**size) != listed)
        .map(|size| name(size))
        .collect()
}
