//! Pinned messages.
//!
//! Pinning a message, or letting it go, changes that message without being news of it. So what is
//! pinned is asked for when the description of the chat is, and compared with what is held: a
//! message that changed is recorded again, like an edited one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::decode::Outline;
use super::error::BackupError;
use super::reviewing::{BY_NUMBER, by_number, extent_of};
use super::run::{Engine, Halt};
use crate::spool::ChatState;
use crate::telegram::peers::input_peer;

/// Messages of a page.
const PAGE: usize = 100;
/// Pages of one chat, at most.
const PAGES: usize = 20;

/// The newest pinned message, as the description of a chat tells it.
pub(super) fn newest(described: &[Value]) -> Option<i32> {
    let answer = described.first()?;
    let mut full = ["full_user", "full_chat"].iter();
    let full = full.find_map(|name| answer.get(*name))?;
    full["pinned_msg_id"].as_i64()?.try_into().ok()
}

impl Engine {
    /// Looks at what is pinned in a chat. `fresh`: its messages were listed just now, so they are
    /// as they are unless the description says otherwise.
    pub(super) async fn ask_pins(
        &self,
        chat: i64,
        newest: Option<i32>,
        fresh: bool,
    ) -> Result<(), Halt> {
        let known = self.spool.pins(chat)?;
        let agrees = known.last().copied() == newest;
        if agrees && (fresh || known.is_empty()) {
            return Ok(());
        }
        let chat = self.spool.chat(chat)?;
        let Some(chat) = chat.filter(|chat| chat.held > 0 && extent_of(chat).is_some()) else {
            return Ok(());
        };
        let Some(listed) = self.list_pins(&chat).await? else {
            return Ok(());
        };
        let others: Vec<i32> = known.difference(&listed).copied().collect();
        for ids in others.chunks(BY_NUMBER) {
            self.look_at(&chat, &by_number(&chat, ids)).await?;
        }
        Ok(())
    }

    /// Everything that is pinned; `None` when the server did not tell all of it.
    async fn list_pins(&self, chat: &ChatState) -> Result<Option<BTreeSet<i32>>, Halt> {
        let (mut listed, mut offset) = (BTreeSet::new(), 0);
        for _ in 0..PAGES {
            let Some(ids) = self.look_at(chat, &pinned(chat, offset)).await? else {
                return Ok(None);
            };
            listed.extend(ids.iter().copied());
            match ids.iter().min() {
                Some(&oldest) if ids.len() >= PAGE => offset = oldest,
                _ => return Ok(Some(listed)),
            }
        }
        Ok(None)
    }

    /// Compares messages that a request gives with what is held, as far as they belong to it. Gives
    /// their numbers; `None` when there was no answer: the next run asks again.
    async fn look_at(&self, chat: &ChatState, request: &Value) -> Result<Option<Vec<i32>>, Halt> {
        let reply = match self.call(request).await? {
            Ok(reply) => reply,
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => return Err(fatal.into()),
                None => return Ok(None),
            },
        };
        let schema = self.client.schema();
        let Ok(mut page) = Outline::of(schema, &reply.bytes) else {
            return Ok(None);
        };
        let ids = page.ids.clone();
        let (first, reach) = self.held_range(chat)?;
        page.keep(first, reach);
        let mut page = page.decode(schema, &self.filter, chat.chat);
        // What is gone is found by looking for that.
        page.messages.retain(|message| !message.empty);
        self.store_page(chat, page).await?;
        Ok(Some(ids))
    }
}

fn pinned(chat: &ChatState, offset: i32) -> Value {
    let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
    json!({
        "_": "messages.search", "peer": peer, "q": "",
        "filter": {"_": "inputMessagesFilterPinned"}, "min_date": 0, "max_date": 0,
        "offset_id": offset, "add_offset": 0, "limit": PAGE, "max_id": 0, "min_id": 0, "hash": 0,
    })
}
