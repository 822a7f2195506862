//! The archive against the world it was made from.

use std::collections::BTreeSet;

use serde_json::Value;
use telekeep_journal::Archive;

use crate::Result;
use crate::held::{Held, Media, hash_blob, space};
use crate::truth::Truth;

/// How many findings are spelled out; the rest is only counted.
const SHOWN: usize = 20;

/// A file of the world.
#[derive(Debug, Clone)]
pub struct File {
    pub size: u64,
    pub sha256: String,
}

/// What differs. Nothing differs when it is empty.
#[derive(Debug, Default)]
pub struct Differences {
    findings: Vec<String>,
    count: u64,
}

impl Differences {
    fn add(&mut self, finding: String) {
        self.count += 1;
        if self.findings.len() < SHOWN {
            self.findings.push(finding);
        }
    }

    /// An error that lists the findings, when there are any.
    pub fn none(self) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        Err(format!(
            "{} differences:\n  {}",
            self.count,
            self.findings.join("\n  ")
        )
        .into())
    }
}

/// Compares messages, chats and files (every blob is read and hashed), and looks for doubled records.
pub fn compare(truth: &Truth, held: &Held, archive: &Archive) -> Result<Differences> {
    let mut found = Differences::default();
    compare_messages(truth, held, &mut found);
    for chat in truth.chats.difference(&held.chats) {
        found.add(format!("chat {chat} has no dialog record"));
    }
    compare_files(truth, held, archive, &mut found)?;
    for doubled in &held.doubled {
        found.add(format!("{doubled} was recorded twice"));
    }
    Ok(found)
}

fn compare_messages(truth: &Truth, held: &Held, found: &mut Differences) {
    for (key, (chat, body)) in &truth.messages {
        match held.messages.get(key) {
            None => found.add(format!("message {chat}/{} is not held", key.1)),
            Some((held_chat, _)) if held_chat != chat => {
                found.add(format!(
                    "message {chat}/{} is held under {held_chat}",
                    key.1
                ));
            }
            Some((_, held_body)) => {
                if let Some(field) = first_difference(body, held_body) {
                    found.add(format!("message {chat}/{} differs in {field}", key.1));
                }
            }
        }
    }
    for (key, (chat, _)) in &held.messages {
        if !truth.messages.contains_key(key) {
            found.add(format!(
                "message {chat}/{} (space {}) is not in the world",
                key.1,
                space(*chat)
            ));
        }
    }
}

/// The name of the first field in which two objects differ.
fn first_difference(one: &Value, other: &Value) -> Option<String> {
    if one == other {
        return None;
    }
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return Some(String::from("its form"));
    };
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names
        .into_iter()
        .find(|name| one.get(*name) != other.get(*name))
        .cloned()
}

fn compare_files(
    truth: &Truth,
    held: &Held,
    archive: &Archive,
    found: &mut Differences,
) -> Result<()> {
    for (file, expected) in &truth.files {
        match held.media.get(file) {
            None => found.add(format!("{file} is not held")),
            Some(media) => compare_file(file, (expected, media), archive, found)?,
        }
    }
    // What belongs to the account rather than to messages is kept too.
    for (file, media) in &held.media {
        if truth.files.contains_key(file) {
            continue;
        }
        match truth.other(file) {
            None => found.add(format!("{file} is not in the world")),
            Some(expected) => compare_file(file, (&expected, media), archive, found)?,
        }
    }
    Ok(())
}

fn compare_file(
    file: &str,
    (expected, media): (&File, &Media),
    archive: &Archive,
    found: &mut Differences,
) -> Result<()> {
    let (size, sha256) = hash_blob(archive, &media.blob)?;
    let stored = (size, sha256.as_str());
    if stored != (expected.size, expected.sha256.as_str())
        || stored != (media.size, media.sha256.as_str())
    {
        found.add(format!("{file} has other bytes than the world's"));
    }
    Ok(())
}
