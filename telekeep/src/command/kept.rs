//! What became of the files of a message, in words: a message whose files are left out says so.

use telekeep_index::{FileState, Index, Shown};
use telekeep_model::Media;

use crate::error::Result;

/// What is to be said about the files of a message beside what they are; nothing when they are
/// simply held. `protected` says that the chat's owner forbids saving.
pub fn words(index: &Index, shown: &Shown, protected: bool) -> Result<Option<String>> {
    let destroyed = match &shown.message.media {
        Some(Media::Photo(photo)) => photo.ttl.is_some(),
        Some(Media::Document(document)) => document.ttl.is_some(),
        _ => false,
    };
    if destroyed {
        return Ok(Some(rule("SELF_DESTRUCTING")));
    }
    let mut keys = Vec::new();
    shown
        .message
        .wanted(&mut |key, _| keys.push(key.to_owned()));
    let mut held = !keys.is_empty();
    for key in keys {
        match index.file(&key)? {
            FileState::Held(_) => continue,
            FileState::Ruled { error } => return Ok(Some(rule(&error))),
            FileState::Failed { error, .. } => return Ok(Some(format!("not fetched: {error}"))),
            FileState::Missing => held = false,
        }
    }
    Ok(match (held, protected) {
        (true, true) => Some("kept by your decision: its chat forbids saving".to_owned()),
        _ => None,
    })
}

fn rule(error: &str) -> String {
    let why = match error {
        "SELF_DESTRUCTING" => "it destroys itself",
        "PROTECTED_CONTENT" => "its chat forbids saving",
        "ORIGIN_GONE" => "Telegram has it no more",
        "NOT_AT_TELEGRAM" => "another site holds it, and Telegram does not fetch it",
        "UNSELECTED_KIND" => "your selection leaves out this kind of file",
        "UNSELECTED_MIME" => "your selection leaves out this type of file",
        "UNSELECTED_SIZE" => "it is larger than you selected",
        "UNSELECTED_FULL" => "you selected thumbnails only",
        "UNSELECTED_CHAT" => "your selection leaves out its chat",
        other => other,
    };
    format!("not kept: {why}")
}
