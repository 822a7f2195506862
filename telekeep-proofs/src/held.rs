//! What an archive holds, read back through `telekeep-journal` alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};
use telekeep_journal::{Archive, Secret};

use crate::Result;

/// Marked ids at or below this are channels: each has its own message ids.
const FIRST_CHANNEL: i64 = -1_000_000_000_000;

/// Fields that change without anything having happened.
const VOLATILE: &[&str] = &["file_reference", "access_hash"];

/// A message: its id space (0 for users and basic groups, else the channel) and id.
pub type Key = (i64, i64);

/// The id space of a chat.
pub fn space(chat: i64) -> i64 {
    if chat <= FIRST_CHANNEL { chat } else { 0 }
}

/// Removes what changes by itself, so that two sightings of one object can be compared.
pub fn settle(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !VOLATILE.contains(&name.as_str()));
            fields.values_mut().for_each(settle);
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

/// A kept file as its `media` record says.
#[derive(Debug, Clone)]
pub struct Media {
    pub size: u64,
    pub sha256: String,
    pub blob: String,
}

/// Everything in an archive that a proof asks about.
#[derive(Debug, Default)]
pub struct Held {
    /// Newest version of each message, settled, with the chat it was recorded under.
    pub messages: BTreeMap<Key, (i64, Value)>,
    pub media: BTreeMap<String, Media>,
    pub chats: BTreeSet<i64>,
    pub records: u64,
    /// Records that say again what an earlier one had said.
    pub doubled: Vec<String>,
    /// Failures that no later success has resolved.
    pub kinds: BTreeMap<String, u64>,
}

impl Held {
    /// Reads every sealed record of every journal.
    pub fn read(folder: &Path, passphrase: Option<&str>) -> Result<Self> {
        let archive = open(folder, passphrase)?;
        let mut held = Self::default();
        for journal in archive.journals()? {
            for line in archive.records(&journal, 1)? {
                held.take(&line?.json)?;
            }
        }
        Ok(held)
    }

    fn take(&mut self, line: &str) -> Result<()> {
        let mut record: Value = serde_json::from_str(line)?;
        let kind = record["kind"].as_str().unwrap_or_default().to_owned();
        self.records += 1;
        *self.kinds.entry(kind.clone()).or_default() += 1;
        let mut body = record["body"].take();
        let chat = record["chat"].as_i64();
        match (kind.as_str(), chat, record["id"].as_i64()) {
            ("message", Some(chat), Some(id)) => {
                settle(&mut body);
                if let Some((_, before)) = self
                    .messages
                    .insert((space(chat), id), (chat, body.clone()))
                    && before == body
                {
                    self.doubled.push(format!("message {chat}/{id}"));
                }
            }
            ("media", ..) => self.take_media(&body),
            ("dialog", Some(chat), _) => {
                self.chats.insert(chat);
            }
            _ => {}
        }
        Ok(())
    }

    fn take_media(&mut self, body: &Value) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let media = Media {
            size: body["size"].as_u64().unwrap_or(0),
            sha256: text("sha256"),
            blob: text("blob"),
        };
        let file = text("file");
        if self.media.insert(file.clone(), media).is_some() {
            self.doubled.push(file);
        }
    }
}

/// Opens an archive for reading.
pub fn open(folder: &Path, passphrase: Option<&str>) -> Result<Archive> {
    let mut archive = Archive::open_folder(folder)?;
    if let Some(passphrase) = passphrase {
        archive.unlock(&Secret::passphrase(passphrase))?;
    }
    Ok(archive)
}

/// Size and SHA-256 of a blob's plain bytes, read in small pieces.
pub fn hash_blob(archive: &Archive, name: &str) -> Result<(u64, String)> {
    let mut reader = archive.blob_reader(name)?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        hash.update(&buffer[..read]);
    }
    let hex = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((size, hex))
}
