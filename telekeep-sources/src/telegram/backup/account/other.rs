//! "Other data": what Telegram keeps of an account beside everything else. It is one JSON document,
//! fetched like a file, and only an export shows it.

use std::collections::HashMap;

use serde_json::json;

use super::answer::print;
use super::{News, Refusal, Told, is_fresh};
use crate::spool::AccountPart;
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::media::part_bytes;

/// The name of the part.
pub(super) const PART: &str = "other_data";
/// Bytes of a piece.
const PIECE: usize = 128 << 10;
/// Bytes of a document, at most.
const MOST: usize = 16 << 20;

impl Engine {
    pub(super) async fn ask_other_data(
        &self,
        known: &HashMap<String, AccountPart>,
        now: i64,
    ) -> Result<(), Halt> {
        let known = known.get(PART);
        if known.is_some_and(|known| is_fresh(known, now)) {
            return Ok(());
        }
        let news = match self.client.takeout() {
            Some(_) => match self.other_data().await? {
                Ok(document) => told(document),
                Err(refusal) => refusal.of_part(PART.to_owned(), 0),
            },
            // What an export told before stays what is known.
            None if known.is_some() => return Ok(()),
            None => Refusal::Unavailable("TAKEOUT_REQUIRED".to_owned()).of_part(PART.to_owned(), 0),
        };
        let news = Box::new(news);
        self.store(Item::Account { news }).await
    }

    /// All pieces, until one that is not full.
    async fn other_data(&self) -> Result<Result<Vec<u8>, Refusal>, Halt> {
        let mut document = Vec::new();
        while document.len() < MOST {
            let request = json!({
                "_": "upload.getFile", "location": {"_": "inputTakeoutFileLocation"},
                "offset": document.len(), "limit": PIECE,
            });
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None if error.rpc().is_some_and(|rpc| rpc.is("TAKEOUT_FILE_EMPTY")) => {
                        return Ok(Ok(document));
                    }
                    None => return Ok(Err(Refusal::of(&error))),
                },
            };
            match part_bytes(self.client.schema(), &reply) {
                Some(piece) => {
                    let last = piece.len() < PIECE;
                    document.extend(piece);
                    if last {
                        return Ok(Ok(document));
                    }
                }
                None => return Ok(Err(Refusal::Failed("UNREADABLE_ANSWER".to_owned(), None))),
            }
        }
        Ok(Err(Refusal::Failed("TOO_LARGE".to_owned(), None)))
    }
}

/// The document is kept as it came, as text: numbers in it may be of any length.
fn told(document: Vec<u8>) -> News {
    let part = PART.to_owned();
    let answers = match String::from_utf8(document) {
        Ok(text) if text.is_empty() => Vec::new(),
        Ok(text) => vec![json!({ "json": text })],
        Err(error) => {
            let why = error.to_string();
            let raw = Some((error.into_bytes(), why));
            let error = "NO_TEXT".to_owned();
            return News::Failed { part, error, raw };
        }
    };
    News::Told(Told {
        print: print(&part, &answers),
        part,
        answers,
        hash: 0,
        peers: Vec::new(),
        files: Vec::new(),
        emoji: Vec::new(),
        notes: serde_json::Map::new(),
    })
}
