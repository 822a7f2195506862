//! Folders of chats. They are few and change without a sign that would tell, so every run asks for
//! all of them.

use serde_json::json;
use telekeep_tl::{Schema, Value as Tl};

use super::choose::Folder;
use super::decode::BadAnswer;
use super::recorder::Item;
use super::round::{Part, UNREADABLE};
use super::run::{Engine, Halt};

/// All folders of the account.
#[derive(Debug)]
pub(crate) struct Folders {
    pub print: [u8; 16],
    /// JSON of the TL `messages.DialogFilters`.
    pub body: Vec<u8>,
}

impl Engine {
    /// Asks for the folders. What the server refuses is recorded, and asked for again by the next run.
    pub(super) async fn ask_folders(&self) -> Result<(), Halt> {
        let part = Part::Folders;
        let request = json!({"_": "messages.getDialogFilters"});
        let Some(reply) = self.ask(part, &request).await? else {
            return Ok(());
        };
        let own = self.client.account().map_or(0, |account| account.id);
        if let Ok(rules) = rules(self.client.schema(), &reply.bytes, own) {
            // They are asked for once in a run.
            let _ = self.folders.set(rules);
        }
        match folders(self.client.schema(), &reply.bytes) {
            Ok(folders) => self.store(Item::Folders { folders }).await,
            Err(_) => self
                .part_failed::<()>(part, UNREADABLE.to_owned())
                .await
                .map(drop),
        }
    }
}

/// What the folders hold, for a selection.
pub(super) fn rules(
    schema: &'static Schema,
    bytes: &[u8],
    own: i64,
) -> Result<Vec<Folder>, BadAnswer> {
    let answer = schema.object(bytes)?;
    let filters = answer.vector("filters").unwrap_or_default();
    let filters = filters.iter().filter_map(Tl::as_object);
    Ok(filters
        .filter_map(|filter| Folder::of(filter, own))
        .collect())
}

fn folders(schema: &'static Schema, bytes: &[u8]) -> Result<Folders, BadAnswer> {
    let answer = schema.object(bytes)?;
    if answer.name() != "messages.dialogFilters" {
        return Err(BadAnswer::Unexpected(answer.name().to_owned()));
    }
    let mut body = Vec::new();
    answer.json(&mut body)?;
    Ok(Folders {
        print: answer.fingerprint(&[]),
        body,
    })
}
