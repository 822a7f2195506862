//! Listing one chat: the pager decides, the wire asks, the writer stores.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::decode::Outline;
use super::error::BackupError;
use super::history::{Ask, HistoryPager, Shape};
use super::recorder::Item;
use super::round::within;
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Departed};
use crate::telegram::peers::{PeerId, input_peer};
use crate::telegram::wire::{CallError, Reply};

impl Engine {
    /// Lists what is new in a chat. A chat that fails is recorded and is no error of the run.
    pub(super) async fn list_chat(&self, chat: ChatState) -> Result<(), Halt> {
        let mut pager = self.pager(&chat)?;
        let mut raw = Vec::new();
        let mut next = Next::default();
        next.ask(self, &chat, pager.ask());
        loop {
            let reply = match next.answer().await? {
                Ok(reply) => reply,
                Err(error) => return self.chat_failed(&chat, &error).await,
            };
            let schema = self.client.schema();
            let page = match Outline::of(schema, &reply.bytes) {
                Ok(page) => page,
                Err(error) => {
                    let error = error.to_string();
                    if pager.undecodable() {
                        raw.push((reply.bytes, error));
                    }
                    if pager.is_hopeless() {
                        return self.give_up(chat.chat, "UNDECODABLE_ANSWERS").await;
                    }
                    next.ask(self, &chat, pager.ask());
                    continue;
                }
            };
            let got = pager.page(Shape {
                ids: &page.ids,
                complete: page.complete,
                count: page.count,
            });
            // The next page is on its way while this one is decoded and stored.
            if got.end.is_none() {
                next.ask(self, &chat, pager.ask());
            }
            let item = Item::History {
                chat: chat.chat,
                protected: chat.protected,
                page: Box::new(page.decode(schema, &self.filter, chat.chat)),
                got,
                departed: chat.departed != Departed::No,
                raw: std::mem::take(&mut raw),
            };
            drop(page);
            self.store(item).await?;
            if got.end.is_some() {
                return Ok(());
            }
        }
    }

    fn pager(&self, chat: &ChatState) -> Result<HistoryPager, Halt> {
        if chat.departed != Departed::No {
            return Ok(HistoryPager::new(0, None, 0));
        }
        let covered = self.spool.coverage(chat.chat)?;
        let reach = i32::try_from(covered.reach(1)).unwrap_or(i32::MAX);
        let pager = HistoryPager::new(reach, chat.top, chat.held + chat.explained);
        // Only the sequence that private chats and basic groups share is split.
        Ok(match (PeerId::of(chat.chat), self.ranges.get()) {
            (PeerId::User(_) | PeerId::Group(_), Some(ranges)) => pager.split(ranges),
            _ => pager,
        })
    }

    async fn chat_failed(&self, chat: &ChatState, error: &CallError) -> Result<(), Halt> {
        if let Some(fatal) = BackupError::of_call(error) {
            return Err(fatal.into());
        }
        if chat.departed != Departed::No && matches!(error, CallError::Rpc(_)) {
            let (chat, error) = (chat.chat, name_of(error));
            return self.store(Item::DepartedClosed { chat, error }).await;
        }
        if chat.top.is_none() && matches!(error, CallError::Rpc(_)) {
            // Only another chat refers to it, and this account may not read it: nothing is lost
            // that could be had.
            let (chat, error) = (chat.chat, name_of(error));
            return self.store(Item::ChatClosed { chat, error }).await;
        }
        self.give_up(chat.chat, &name_of(error)).await
    }

    async fn give_up(&self, chat: i64, error: &str) -> Result<(), Halt> {
        self.store(Item::ChatFailed {
            chat,
            error: error.to_owned(),
        })
        .await
    }
}

/// A request under way. Dropped, it is given up.
#[derive(Default)]
struct Next(JoinSet<Result<Result<Reply, CallError>, Halt>>);

impl Next {
    fn ask(&mut self, engine: &Engine, chat: &ChatState, ask: Ask) {
        let (engine, request) = (engine.clone(), request(chat, ask));
        self.0.spawn(async move { engine.call(&request).await });
    }

    async fn answer(&mut self) -> Result<Result<Reply, CallError>, Halt> {
        match self.0.join_next().await {
            Some(Ok(answer)) => answer,
            _ => Err(BackupError::Worker("listing a chat").into()),
        }
    }
}

/// The server's word for an error, as records keep it.
pub(crate) fn name_of(error: &CallError) -> String {
    match error.rpc() {
        Some(rpc) => rpc.full_name(),
        None => "UNREADABLE_ANSWER".to_owned(),
    }
}

/// A page of a chat; of a chat the account left, of what it wrote there itself.
fn request(chat: &ChatState, ask: Ask) -> Value {
    let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
    if chat.departed != Departed::No {
        return json!({
            "_": "messages.search", "peer": peer, "q": "", "from_id": {"_": "inputPeerSelf"},
            "filter": {"_": "inputMessagesFilterEmpty"}, "min_date": 0, "max_date": 0,
            "offset_id": ask.offset_id, "add_offset": ask.add_offset, "limit": ask.limit,
            "max_id": 0, "min_id": 0, "hash": 0,
        });
    }
    let history = json!({
        "_": "messages.getHistory", "peer": peer, "offset_id": ask.offset_id, "offset_date": 0,
        "add_offset": ask.add_offset, "limit": ask.limit, "max_id": 0, "min_id": 0, "hash": 0,
    });
    within(ask.range, history)
}
