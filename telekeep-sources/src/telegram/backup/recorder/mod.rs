//! The one writer of a run: takes decoded answers, stores everything of them in one transaction,
//! and lets the other tasks go on meanwhile. What waits while a transaction is written goes into
//! the next one together, so many small answers cost one flush to the disk.

mod coverage;
mod item;
mod messages;
mod settled;

use std::sync::Arc;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::Loss;
use super::decode::{DecodedDialog, DecodedPeer, Dialogs};
use super::file_rules::FileRules;
use super::history::Got;
use super::round_store::{part_done, part_failed, resolved, resolved_of, store_departed};
use super::whole::{store_asked, store_lack, store_told};
use crate::monitor::Monitor;
use crate::spool::{Kind, Run, Spool, SpoolError, SpoolTx};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::is_portrait;
use coverage::{store_chat_list, store_coverage, store_review};
pub(crate) use item::{Item, Listing, Reviewed};
pub(super) use messages::raw_body;
pub(crate) use settled::{Portrayed, Settled};

/// Answers that go into one transaction at most.
const BATCH: usize = 24;

/// What the writer needs.
pub(crate) struct Recorder {
    pub spool: Arc<Spool>,
    pub run: Arc<Run>,
    pub monitor: Arc<dyn Monitor>,
    pub rules: FileRules,
    /// Layer of all objects.
    pub layer: i32,
    /// Files that need no further look in this run.
    pub settled: Settled,
    /// Whose portraits were looked at in this run.
    pub portrayed: Portrayed,
    /// Told after every transaction that there may be something to seal.
    pub seal: mpsc::Sender<()>,
}

/// Told to the monitor, and acknowledged, once the transaction is durable.
#[derive(Default)]
struct After {
    messages: u64,
    files: u64,
    bytes: u64,
    failures: Vec<String>,
    losses: Vec<Loss>,
    stored: Vec<oneshot::Sender<()>>,
}

impl After {
    fn lost(&mut self, chat: i64, messages: u64) {
        if messages > 0 {
            self.losses.push(Loss { chat, messages });
        }
    }
}

impl Recorder {
    /// Stores what comes until all senders are gone, and gives what turned out to be lost. Blocks;
    /// runs on a thread of its own.
    pub fn work(self, mut items: mpsc::Receiver<Item>) -> Result<Vec<Loss>, SpoolError> {
        let mut losses = Vec::new();
        while let Some(first) = items.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(item) = items.try_recv()
            {
                batch.push(item);
            }
            let mut after = self.spool.commit(&self.run, |tx| {
                let mut after = After::default();
                for item in batch {
                    self.store(tx, item, &mut after)?;
                }
                Ok(after)
            })?;
            losses.append(&mut after.losses);
            self.report(after);
        }
        Ok(losses)
    }

    fn report(&self, after: After) {
        if after.messages > 0 {
            self.monitor.messages(after.messages);
        }
        if after.files > 0 {
            self.monitor.media(after.files, after.bytes);
        }
        for failure in &after.failures {
            self.monitor.failure(failure);
        }
        for stored in after.stored {
            // Whoever waited may be gone.
            let _ = stored.send(());
        }
        // A full channel means that sealing is under way already.
        let _ = self.seal.try_send(());
    }

    fn store(&self, tx: &mut SpoolTx<'_>, item: Item, after: &mut After) -> Result<(), SpoolError> {
        match item {
            Item::WalkBegins => tx.begin_walk()?,
            Item::Dialogs {
                page,
                place,
                stored,
            } => {
                self.store_dialogs(tx, &page)?;
                tx.set_walk(place.as_deref())?;
                if place.is_none() {
                    resolved(tx, "dialogs")?;
                    store_chat_list(tx, true)?;
                }
                after.stored.push(stored);
            }
            Item::ChatList { whole } => store_chat_list(tx, whole)?,
            Item::DialogsFailed { bytes, error } => {
                tx.set_walk(None)?;
                if tx.fail("dialogs", "list", "UNDECODABLE_ANSWER")? {
                    tx.record_value(Kind::Raw, None, None, &raw_body(&bytes, &error))?;
                    let error = "UNDECODABLE_ANSWER";
                    let body =
                        json!({"what": "dialogs", "error": error, "attempts": 1, "final": false});
                    tx.record_value(Kind::Failure, None, None, &body)?;
                }
                after
                    .failures
                    .push("the list of chats: UNDECODABLE_ANSWER".to_owned());
            }
            Item::History {
                chat,
                protected,
                page,
                got,
                listing,
                raw,
            } => {
                after.messages += self.store_history(tx, chat, protected, &page, &raw)?;
                after.failures.extend(store_told(tx, chat, &page)?);
                match (listing, got.end) {
                    (Listing::Whole, _) => store_coverage(tx, chat, got)?,
                    (Listing::Piece, _) => store_coverage(tx, chat, Got { end: None, ..got })?,
                    (Listing::Strand(name), _) => {
                        tx.cover_strand(chat, &name, got.first, got.last)?;
                    }
                    (Listing::Departed, Some((_, count))) => {
                        store_departed(tx, chat, count, None)?;
                    }
                    (Listing::Departed, None) => {}
                }
            }
            Item::Chosen { scopes, stored } => {
                self.store_chosen(tx, &scopes)?;
                after.stored.push(stored);
            }
            Item::Bounds { chat, scope } => {
                tx.set_bounds(chat, &scope)?;
            }
            Item::ScopeListed { chat } => {
                tx.resolve("chat", &chat.to_string())?;
                tx.scope_listed(chat)?;
            }
            Item::Reviewed(reviewed) => after.lost(reviewed.chat, store_review(tx, &reviewed)?),
            Item::ChatFailed { chat, error } => {
                if tx.fail("chat", &chat.to_string(), &error)? {
                    let body =
                        json!({"what": "chat", "error": error, "attempts": 1, "final": false});
                    tx.record_value(Kind::Failure, Some(chat), None, &body)?;
                }
                after.failures.push(format!("chat {chat}: {error}"));
            }
            Item::ChatClosed { chat, error } => {
                // An empty interval: nothing was listed, and nothing can be.
                let body = json!({"from": 1, "to": 0, "server_count": 0, "not_visible": error});
                tx.record_value(Kind::Coverage, Some(chat), None, &body)?;
                tx.resolve("chat", &chat.to_string())?;
                tx.listed(chat, 0, None)?;
                tx.scope_listed(chat)?;
                tx.expect_nothing(chat)?;
            }
            Item::DepartedClosed { chat, error } => {
                store_departed(tx, chat, None, Some(&error))?;
            }
            Item::Folders { folders } => self.store_folders(tx, &folders)?,
            Item::Account { news } => after.failures.extend(self.store_account(tx, &news)?),
            Item::Stories { chat, stories } => self.store_stories(tx, chat, &stories)?,
            Item::StoriesGone { chat, ids } => self.store_stories_gone(tx, chat, &ids)?,
            Item::AskAgain { part } => tx.ask_account_part_again(part)?,
            Item::About {
                chat,
                guarded,
                news,
            } => after
                .failures
                .extend(self.store_about(tx, chat, guarded, &news)?),
            Item::AccountGivenUp { part } => resolved(tx, &part)?,
            Item::AboutGivenUp { chat, part } => resolved_of(tx, Some(chat), &part)?,
            Item::AdminEvents {
                chat,
                guarded,
                events,
                peers,
            } => self.store_admin_events(tx, chat, guarded, &events, &peers)?,
            Item::AdminLogDone { chat } => Self::admin_log_done(tx, chat)?,
            Item::WholeFailed { chat, error } => {
                after.failures.push(store_lack(tx, chat, &error)?);
            }
            Item::WholesAsked { chat, given_up } => store_asked(tx, chat, given_up)?,
            Item::Crowd { crowd, heard } => self.store_crowd(tx, &crowd, &heard)?,
            Item::CrowdsFailed { error } => {
                let words = self.store_crowds_failed(tx, error.as_deref())?;
                after.failures.extend(words);
            }
            Item::OlderDialogs { page } => self.store_older_dialogs(tx, &page)?,
            Item::LeftChats { chats } => self.store_left_chats(tx, &chats)?,
            Item::SavedContacts { contacts } => self.store_saved_contacts(tx, &contacts)?,
            Item::PartFailed { part, error } => {
                after.failures.push(part_failed(tx, part, &error)?);
            }
            Item::PartDone { part } => part_done(tx, part)?,
            Item::RoundDone { round } => tx.set_round(&round)?,
            Item::FileHeld { file, blob, stored } => {
                tx.file_held(&file, &blob)?;
                after.files += 1;
                after.bytes += blob.size;
                after.stored.push(stored);
            }
            Item::FileFailed { file, error } => {
                tx.file_failed(&file, &error)?;
                after.failures.push(format!("file {}: {error}", file.key));
            }
            Item::FileGone { file } if is_portrait(&file.key) => tx.portrait_gone(&file)?,
            Item::FileGone { file } => {
                tx.file_gone(&file, collect::GONE)?;
                after
                    .failures
                    .push(format!("file {}: {}", file.key, collect::GONE));
            }
            Item::PortraitNeedless { file } => tx.forget_portrait(&file)?,
            Item::FileRenewed { file } => tx.renew_file(&file)?,
            Item::Barrier { stored } => after.stored.push(stored),
        }
        Ok(())
    }

    fn store_dialogs(&self, tx: &mut SpoolTx<'_>, page: &Dialogs) -> Result<(), SpoolError> {
        self.store_peers(tx, &page.peers, |peer| page.peer_body(peer))?;
        for dialog in &page.dialogs {
            self.store_dialog(tx, page, dialog)?;
        }
        tx.walked(page.dialogs.iter().map(|dialog| dialog.chat))
    }

    pub(in crate::telegram::backup) fn store_dialog(
        &self,
        tx: &mut SpoolTx<'_>,
        page: &Dialogs,
        dialog: &DecodedDialog,
    ) -> Result<(), SpoolError> {
        let seen = tx.see_dialog(dialog.chat, dialog.top, dialog.print)?;
        tx.note_dialog(dialog.chat, dialog.date, dialog.archived)?;
        if seen.is_news() {
            let (chat, layer) = (Some(dialog.chat), Some(self.layer));
            tx.record(Kind::Dialog, chat, None, layer, page.body(dialog))?;
        }
        Self::store_read_state(tx, dialog)
    }

    pub(in crate::telegram::backup) fn store_peers<'p>(
        &self,
        tx: &mut SpoolTx<'_>,
        peers: &'p [DecodedPeer],
        body: impl Fn(&'p DecodedPeer) -> &'p [u8],
    ) -> Result<(), SpoolError> {
        for peer in peers {
            if tx.see_peer(&peer.peer, peer.print)?.is_news() {
                let (chat, layer) = (Some(peer.peer.chat), Some(self.layer));
                tx.record(Kind::Peer, chat, None, layer, body(peer))?;
                tx.want_emoji(peer.emoji.as_slice())?;
            }
            if self.portrayed.was_missed(peer.peer.chat) {
                self.want_portrait(tx, peer.peer.chat)?;
            }
        }
        Ok(())
    }

    /// Queues the photo that somebody shows beside their name.
    pub(in crate::telegram::backup) fn want_portrait(
        &self,
        tx: &mut SpoolTx<'_>,
        peer: i64,
    ) -> Result<(), SpoolError> {
        if self.portrayed.is_found(peer) {
            return Ok(());
        }
        let found = tx.portrait_of(peer)?;
        self.portrayed.note(peer, found.is_some());
        match found {
            Some((file, guarded)) => {
                let rule = self.rules.rule(&file, guarded);
                tx.want_portrait(&file, guarded, rule)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
