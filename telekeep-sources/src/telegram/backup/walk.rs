//! Fetching the list of dialogs.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::decode::{self, Dialogs};
use super::dialogs::{DialogPager, Offset, PAGE, Place};
use super::error::BackupError;
use super::recorder::Item;
use super::run::{Engine, Halt};
use crate::spool::Peer;
use crate::telegram::peers::input_peer;

impl Engine {
    /// Walks the whole list, or the rest of an interrupted walk, storing every page. A page that
    /// cannot be decoded ends the walk, not the run.
    pub(super) async fn walk_dialogs(&self) -> Result<(), Halt> {
        if self.walk_pages().await? {
            let walk = self.spool.walks()?;
            self.walk.get_or_init(|| walk);
        }
        Ok(())
    }

    /// True when the end of the list was reached.
    async fn walk_pages(&self) -> Result<bool, Halt> {
        let kept = self
            .spool
            .walk()?
            .and_then(|text| serde_json::from_str::<Place>(&text).ok());
        if kept.is_none() {
            self.store(Item::WalkBegins).await?;
        }
        let mut pager = DialogPager::new(kept);
        let mut known: HashMap<i64, Option<i32>> = self
            .spool
            .chats()?
            .into_iter()
            .map(|chat| (chat.chat, chat.top))
            .collect();
        let mut addresses: HashMap<i64, Peer> = HashMap::new();
        while let Some((folder, offset)) = pager.ask() {
            let Some(page) = self.dialog_page(folder, offset, &addresses).await? else {
                return Ok(false);
            };
            pager.page(&page.items(&known), page.complete);
            known.extend(
                page.dialogs
                    .iter()
                    .map(|dialog| (dialog.chat, Some(dialog.top))),
            );
            addresses.clone_from(&page.addresses);
            let place = pager
                .place()
                .and_then(|place| serde_json::to_string(place).ok());
            let (stored, done) = oneshot::channel();
            self.store(Item::Dialogs {
                page: Box::new(page),
                place,
                stored,
            })
            .await?;
            done.await.map_err(|_| Halt::Writer)?;
        }
        Ok(true)
    }

    async fn dialog_page(
        &self,
        folder: Option<i32>,
        offset: Offset,
        addresses: &HashMap<i64, Peer>,
    ) -> Result<Option<Dialogs>, Halt> {
        let request = self.dialog_request(folder, offset, addresses)?;
        let reply =
            self.call(&request)
                .await?
                .map_err(|error| match BackupError::of_needed(&error) {
                    Some(fatal) => fatal,
                    None => BackupError::Dialogs {
                        why: error.to_string(),
                    },
                })?;
        match decode::dialogs(self.client.schema(), &self.filter, &reply.bytes) {
            Ok(page) => Ok(Some(page)),
            Err(error) => {
                // The chats known so far can still be listed; the next run begins anew.
                let (bytes, error) = (reply.bytes, error.to_string());
                self.store(Item::DialogsFailed { bytes, error }).await?;
                self.barrier().await?;
                Ok(None)
            }
        }
    }

    pub(super) fn dialog_request(
        &self,
        folder: Option<i32>,
        offset: Offset,
        addresses: &HashMap<i64, Peer>,
    ) -> Result<Value, Halt> {
        let peer = match (offset.chat, addresses.get(&offset.chat)) {
            (0, _) => json!({"_": "inputPeerEmpty"}),
            (chat, Some(peer)) => input_peer(chat, peer.access_hash, peer.is_self),
            (chat, None) => input_peer(chat, self.spool.access_hash(chat)?, false),
        };
        Ok(request(folder, offset, peer))
    }
}

/// A page of the list of chats.
pub(super) fn request(folder: Option<i32>, offset: Offset, peer: Value) -> Value {
    let mut request = json!({
        "_": "messages.getDialogs", "offset_date": offset.date, "offset_id": offset.id,
        "offset_peer": peer, "limit": PAGE, "hash": 0,
    });
    if let (Some(folder), Some(fields)) = (folder, request.as_object_mut()) {
        fields.insert("folder_id".into(), json!(folder));
    }
    request
}
