//! Messages that wait to be sent. No list of the server says in which chats there are any, so the
//! chats where they are likely are asked, once a day: the chat with oneself, whose reminders they
//! are, and the private chats and basic groups that were written in last.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::json;

use super::answer::Answer;
use super::{News, is_fresh};
use crate::spool::{AccountPart, ChatState, Departed};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::round::UNREADABLE;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::peers::{PeerId, input_peer};

/// The name of the part.
const PART: &str = "scheduled";
/// Classes of errors that say that the account may not.
const DENIED: &[i32] = &[400, 403];
/// Chats asked beside the one with oneself.
const CHATS: usize = 30;

impl Engine {
    pub(super) async fn ask_scheduled(
        &self,
        known: &HashMap<String, AccountPart>,
        now: i64,
    ) -> Result<(), Halt> {
        if known.get(PART).is_some_and(|known| is_fresh(known, now)) {
            return Ok(());
        }
        let schema = self.client.schema();
        let mut answer = Answer::default();
        for chat in likely(self.spool.chats()?) {
            let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
            let request = json!({"_": "messages.getScheduledHistory", "peer": peer, "hash": 0});
            let reply = match self.call(&request).await? {
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
                answer.take(schema, None, &reply.bytes, value);
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

fn likely(mut chats: Vec<ChatState>) -> Vec<ChatState> {
    let shared = |chat: &ChatState| !matches!(PeerId::of(chat.chat), PeerId::Channel(_));
    chats.retain(|chat| chat.departed == Departed::No && chat.top.is_some() && shared(chat));
    // Their ids are of one sequence: a greater one is newer.
    chats.sort_by_key(|chat| (!chat.is_self, Reverse(chat.top)));
    chats.truncate(CHATS + 1);
    chats
}
