//! Renewing a file's reference: what showed the file is asked for again.

use serde_json::{Value, json};
use telekeep_tl::Value as Tl;

use super::collect;
use crate::spool::{FileRow, Origin, Shelf};
use crate::telegram::backup::about;
use crate::telegram::backup::account::{self, Pages};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::backup::whole;
use crate::telegram::peers::PeerId;

/// What became of a file whose reference expired.
pub(super) enum Renewed {
    /// It has a new one.
    Yes,
    /// Nothing shows it any more: deleted, or edited to hold something else.
    Gone,
    /// What showed it could not be asked for.
    Failed(String),
}

impl Engine {
    /// Finds the same file in one of the places it was seen in and takes the location from there.
    pub(super) async fn renew(&self, file: &mut FileRow) -> Result<Renewed, Halt> {
        let mut outcome = Renewed::Gone;
        for origin in file.origins.clone() {
            match self.renew_from(origin, file).await? {
                Renewed::Gone => {}
                Renewed::Yes => return Ok(Renewed::Yes),
                failed => outcome = failed,
            }
        }
        Ok(outcome)
    }

    /// Asks for every page of what showed the file, until it is there.
    async fn renew_from(&self, origin: Origin, file: &mut FileRow) -> Result<Renewed, Halt> {
        let Some(mut pages) = self.pages_of(origin, &file.key)? else {
            return Ok(Renewed::Gone);
        };
        loop {
            let reply = match self.call(&pages.request()).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None => return Ok(Renewed::Failed(name_of(&error))),
                },
            };
            if let Some(found) = self.find(&reply.bytes, origin, &file.key) {
                move_to(file, found);
                return Ok(Renewed::Yes);
            }
            if !pages.has_more(self.client.schema(), &reply) {
                return match origin {
                    Origin::Message { chat, id } if self.is_part(&reply.bytes, id) => {
                        self.renew_from_whole(chat, id, file).await
                    }
                    _ => Ok(Renewed::Gone),
                };
            }
        }
    }

    /// The message was shown only in part: the file may be in the rest of it.
    async fn renew_from_whole(
        &self,
        chat: i64,
        id: i32,
        file: &mut FileRow,
    ) -> Result<Renewed, Halt> {
        let Some(state) = self.spool.chat(chat)? else {
            return Ok(Renewed::Gone);
        };
        let reply = match self.call(&whole::request(&state, id)).await? {
            Ok(reply) => reply,
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => return Err(fatal.into()),
                None => return Ok(Renewed::Failed(name_of(&error))),
            },
        };
        let origin = Origin::Message { chat, id };
        match self.find(&reply.bytes, origin, &file.key) {
            Some(found) => move_to(file, found),
            None if self.is_part(&reply.bytes, id) => {
                return Ok(Renewed::Failed(whole::NOT_WHOLE.to_owned()));
            }
            None => return Ok(Renewed::Gone),
        }
        Ok(Renewed::Yes)
    }

    fn is_part(&self, answer: &[u8], id: i32) -> bool {
        let answer = self.client.schema().object(answer).ok();
        let messages = answer.and_then(|answer| answer.vector("messages"));
        let messages = messages.unwrap_or_default();
        let mut messages = messages.iter().filter_map(Tl::as_object);
        messages.any(|message| message.int("id") == Some(id) && whole::is_part(message))
    }

    fn pages_of(&self, origin: Origin, key: &str) -> Result<Option<Pages>, Halt> {
        match origin {
            Origin::Message { chat, id } => {
                let request = self.message_request(chat, id)?;
                Ok(Some(Pages::once(request)))
            }
            Origin::Account(Shelf::Chat { chat, what }) => {
                let access_hash = self.spool.access_hash(chat)?;
                Ok(about::pages_of(chat, access_hash, what, key))
            }
            Origin::Account(Shelf::Scheduled { chat }) => {
                let chat = self.spool.chat(chat)?;
                Ok(chat.map(|chat| Pages::once(account::request_of_scheduled(&chat))))
            }
            Origin::Account(shelf) => Ok(account::pages_of(shelf, key)),
        }
    }

    fn message_request(&self, chat: i64, id: i32) -> Result<Value, Halt> {
        let id = json!([{"_": "inputMessageID", "id": id}]);
        Ok(match PeerId::of(chat) {
            PeerId::Channel(channel) => {
                let access_hash = self.spool.access_hash(chat)?.unwrap_or(0);
                let channel =
                    json!({"_": "inputChannel", "channel_id": channel, "access_hash": access_hash});
                json!({"_": "channels.getMessages", "channel": channel, "id": id})
            }
            _ => json!({"_": "messages.getMessages", "id": id}),
        })
    }

    /// Answers are paired by id, never by position.
    fn find(&self, answer: &[u8], origin: Origin, key: &str) -> Option<FileRow> {
        let schema = self.client.schema();
        let shown = match origin {
            Origin::Message { id, .. } => {
                let answer = schema.object(answer).ok()?;
                let messages = answer.vector("messages")?;
                let messages = messages.iter().filter_map(Tl::as_object);
                messages
                    .filter(|message| message.int("id") == Some(id))
                    .flat_map(|message| collect::files_of(message, origin).rows)
                    .collect()
            }
            Origin::Account(shelf) => account::files(schema, answer, shelf),
        };
        shown.into_iter().find(|row| row.key == key)
    }
}

fn move_to(file: &mut FileRow, found: FileRow) {
    file.reference = found.reference;
    file.access_hash = found.access_hash;
    file.dc = found.dc;
}
