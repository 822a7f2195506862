//! Carrying a selection out: which chats a run lists, and what is asked to know that.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::choose::{Chooser, meant};
use super::decode;
use super::error::BackupError;
use super::list::name_of;
use super::recorder::Item;
use super::run::{Engine, Halt};
use super::selection::Selection;
use super::topics;
use crate::spool::{ChatFacts, Scope};
use crate::telegram::peers::input_peer;

/// Chats per request.
const PEERS: usize = 100;

impl Engine {
    /// When only chats that are known already are asked for by name, the list of chats need not be
    /// walked: what is new in them is asked for directly. True when that was done.
    pub(super) async fn ask_named(&self) -> Result<bool, Halt> {
        let selection = &self.options.selection;
        if !selection.is_by_name() || self.spool.walk()?.is_some() {
            return Ok(false);
        }
        let facts = self.spool.chat_facts()?;
        let Some(chats) = all_known(selection, &facts) else {
            return Ok(false);
        };
        for chats in chats.chunks(PEERS) {
            let mut peers = Vec::new();
            for chat in chats {
                let peer = input_peer(chat.chat, self.spool.access_hash(chat.chat)?, chat.is_self);
                peers.push(json!({"_": "inputDialogPeer", "peer": peer}));
            }
            let request = json!({"_": "messages.getPeerDialogs", "peers": peers});
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(error) => {
                    return match BackupError::of_call(&error) {
                        Some(fatal) => Err(fatal.into()),
                        // One of them may be gone: the walk tells.
                        None => Ok(false),
                    };
                }
            };
            let Ok(page) = decode::dialogs(self.client.schema(), &self.filter, &reply.bytes) else {
                return Ok(false);
            };
            let page = Box::new(page);
            self.store(Item::OlderDialogs { page }).await?;
        }
        self.barrier().await?;
        Ok(true)
    }

    /// Decides what of each chat is selected, and records it. Names are resolved once: chats that
    /// come up during the run are decided about in the same way.
    pub(super) async fn choose(&self) -> Result<(), Halt> {
        let facts = self.spool.chat_facts()?;
        let chooser = match self.chooser.get() {
            Some(chooser) => chooser,
            None => {
                let chooser = self.resolve(&facts).await?;
                self.chooser.get_or_init(|| chooser)
            }
        };
        let scopes = scopes(chooser, &facts);
        let (stored, done) = oneshot::channel();
        self.store(Item::Chosen { scopes, stored }).await?;
        done.await.map_err(|_| Halt::Writer)
    }

    async fn resolve(&self, facts: &[ChatFacts]) -> Result<Chooser, Halt> {
        let selection = &self.options.selection;
        let by_folder = !selection.folders.is_empty() || !selection.exclude_folders.is_empty();
        let folders = match self.folders.get() {
            Some(folders) => folders.as_slice(),
            None if by_folder => return Err(BackupError::Folders.into()),
            None => &[],
        };
        let ask = |request: Value| async move {
            match self.call(&request).await? {
                Ok(reply) => Ok(Ok(reply)),
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => Err(Halt::from(fatal)),
                    None => Ok(Err(name_of(&error))),
                },
            }
        };
        let hash = |chat: i64| self.spool.access_hash(chat).ok().flatten();
        let schema = self.client.schema();
        let selection = topics::with_ids(selection, facts, schema, hash, ask).await?;
        let chooser = selection.and_then(|selection| Chooser::new(&selection, facts, folders));
        chooser.map_err(|error| BackupError::Selection(error).into())
    }
}

pub(super) fn scopes(chooser: &Chooser, facts: &[ChatFacts]) -> Vec<(i64, Scope)> {
    let scope = |chat: &ChatFacts| (chat.chat, chooser.scope(chat));
    facts.iter().map(scope).collect()
}

/// The chats a selection by name means, when every name in it means exactly one known chat.
fn all_known<'a>(selection: &Selection, facts: &'a [ChatFacts]) -> Option<Vec<&'a ChatFacts>> {
    let known: HashMap<i64, &ChatFacts> = facts.iter().map(|chat| (chat.chat, chat)).collect();
    let one = |name: &String| match meant(name, facts).as_slice() {
        [chat] => Some(chat.chat),
        _ => None,
    };
    let excluded = selection.exclude_chats.iter();
    let topics = selection.topics.iter().map(|topics| &topics.chat);
    excluded
        .chain(topics)
        .try_for_each(|name| one(name).map(drop))?;
    let named: Option<Vec<i64>> = selection.chats.iter().map(one).collect();
    let chats = named?.into_iter().filter_map(|id| known.get(&id).copied());
    Some(chats.collect())
}
