//! Renewing a file's reference: the message it came from is asked for again.

use serde_json::{Value, json};
use telekeep_tl::Value as Tl;

use super::collect;
use crate::spool::{FileRow, Origin};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::peers::PeerId;

/// What became of a file whose reference expired.
pub(super) enum Renewed {
    /// It has a new one.
    Yes,
    /// None of its messages has it any more: deleted, or edited to hold something else.
    Gone,
    /// A message could not be asked for.
    Failed(String),
}

impl Engine {
    /// Finds the same file in one of the messages it was seen in and takes the place from there.
    pub(super) async fn renew(&self, file: &mut FileRow) -> Result<Renewed, Halt> {
        let mut outcome = Renewed::Gone;
        for origin in file.origins.clone() {
            let request = self.message_request(origin)?;
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None => {
                        outcome = Renewed::Failed(name_of(&error));
                        continue;
                    }
                },
            };
            if let Some(found) = self.find(&reply.bytes, origin, &file.key) {
                file.reference = found.reference;
                file.access_hash = found.access_hash;
                file.dc = found.dc;
                return Ok(Renewed::Yes);
            }
        }
        Ok(outcome)
    }

    fn message_request(&self, origin: Origin) -> Result<Value, Halt> {
        let id = json!([{"_": "inputMessageID", "id": origin.id}]);
        Ok(match PeerId::of(origin.chat) {
            PeerId::Channel(channel) => {
                let access_hash = self.spool.access_hash(origin.chat)?.unwrap_or(0);
                let channel =
                    json!({"_": "inputChannel", "channel_id": channel, "access_hash": access_hash});
                json!({"_": "channels.getMessages", "channel": channel, "id": id})
            }
            _ => json!({"_": "messages.getMessages", "id": id}),
        })
    }

    /// Answers are paired by id, never by position.
    fn find(&self, answer: &[u8], origin: Origin, key: &str) -> Option<FileRow> {
        let answer = self.client.schema().object(answer).ok()?;
        let messages = answer.vector("messages")?;
        messages
            .iter()
            .filter_map(Tl::as_object)
            .filter(|message| message.int("id") == Some(origin.id))
            .flat_map(|message| collect::files_of(message, origin).rows)
            .find(|row| row.key == key)
    }
}
