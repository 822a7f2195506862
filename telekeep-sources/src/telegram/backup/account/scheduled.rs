//! Messages that wait to be sent, asked for once a day where there are some or may be. The
//! description of a chat says whether there are any, but is asked for less often; so the chats where
//! they are likely are asked too: the chat with oneself, whose reminders they are, and the private
//! chats and basic groups that were written in last.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::answer::Answer;
use super::{News, is_fresh};
use crate::spool::{ChatState, Departed, Shelf};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::round::UNREADABLE;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::peers::{PeerId, input_peer};

/// The name of the part.
pub(super) const PART: &str = "scheduled";
/// Classes of errors that say that the account may not.
const DENIED: &[i32] = &[400, 403];
/// Chats asked beside the one with oneself.
const CHATS: usize = 30;

impl Engine {
    /// Comes after descriptions were asked for.
    pub(in crate::telegram::backup) async fn ask_scheduled(&self) -> Result<(), Halt> {
        let (known, now) = (self.spool.account_parts()?, (self.options.clock)());
        if known.get(PART).is_some_and(|known| is_fresh(known, now)) {
            return Ok(());
        }
        let schema = self.client.schema();
        let mut answer = Answer::default();
        for chat in likely(self.spool.chats()?) {
            let reply = match self.call(&request(&chat)).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    // Who may not write in a chat has nothing waiting there.
                    None if error.rpc().is_some_and(|rpc| DENIED.contains(&rpc.code)) => continue,
                    None => return self.not_scheduled(name_of(&error), None).await,
                },
            };
            let value = match schema.to_value(&reply.ty, &reply.bytes) {
                Ok(value) => value,
                Err(error) => {
                    let raw = Some((reply.bytes, error.to_string()));
                    return self.not_scheduled(UNREADABLE.to_owned(), raw).await;
                }
            };
            if value["messages"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
            {
                let shelf = Shelf::Scheduled { chat: chat.chat };
                answer.take(schema, Some(shelf), &reply.bytes, value);
            }
        }
        let told = answer.told(PART.to_owned(), 0);
        let news = Box::new(News::Told(told));
        self.store(Item::Account { news }).await
    }

    async fn not_scheduled(
        &self,
        error: String,
        raw: Option<(Vec<u8>, String)>,
    ) -> Result<(), Halt> {
        let part = PART.to_owned();
        let news = Box::new(News::Failed { part, error, raw });
        self.store(Item::Account { news }).await
    }
}

/// What waits in a chat.
pub(crate) fn request(chat: &ChatState) -> Value {
    let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
    json!({"_": "messages.getScheduledHistory", "peer": peer, "hash": 0})
}

/// Chats that are selected and where something waits, or may.
fn likely(mut chats: Vec<ChatState>) -> Vec<ChatState> {
    let inside = |chat: &ChatState| chat.scope.as_ref().is_none_or(|scope| scope.out.is_none());
    chats.retain(|chat| chat.departed == Departed::No && chat.top.is_some() && inside(chat));
    let (told, mut others): (Vec<_>, Vec<_>) = chats.into_iter().partition(|chat| chat.scheduled);
    others.retain(|chat| !matches!(PeerId::of(chat.chat), PeerId::Channel(_)));
    // Their ids are of one sequence: a greater one is newer.
    others.sort_by_key(|chat| (!chat.is_self, Reverse(chat.top)));
    others.truncate(CHATS + 1);
    told.into_iter().chain(others).collect()
}
