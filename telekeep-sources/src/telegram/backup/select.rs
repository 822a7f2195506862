//! Carrying a selection out: which chats a run lists, and what is asked to know that.

use serde_json::Value;
use tokio::sync::oneshot;

use super::choose::Chooser;
use super::error::BackupError;
use super::list::name_of;
use super::recorder::Item;
use super::run::{Engine, Halt};
use super::topics;
use crate::spool::{ChatFacts, Scope};

impl Engine {
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
                Err(error) => match BackupError::of_needed(&error) {
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
