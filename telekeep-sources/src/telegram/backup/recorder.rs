//! The one writer of a run: takes decoded answers, stores everything of them in one transaction,
//! and lets the other tasks go on meanwhile. What waits while a transaction is written goes into
//! the next one together, so many small answers cost one flush to the disk.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use telekeep_journal::BlobInfo;
use tokio::sync::{mpsc, oneshot};

use super::about::Event;
use super::account::{Met, News, Story};
use super::crowds::Heard;
use super::decode::{DecodedDialog, DecodedMessage, DecodedPeer, Dialogs, History};
use super::file_rules::FileRules;
use super::folders::Folders;
use super::history::Got;
use super::round::{LeftChat, Part, SavedContact};
use super::round_store::{part_done, part_failed, resolved, resolved_of, store_departed};
use super::whole::{Told, store_asked, store_lack, store_told};
use crate::monitor::Monitor;
use crate::spool::{
    Count, Crowd, FileRow, Intervals, Kind, Round, Run, Scope, Seen, Spool, SpoolError, SpoolTx,
};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::is_portrait;

/// Answers that go into one transaction at most.
const BATCH: usize = 24;
/// Bytes of an undecodable answer kept in a record; a larger one is cut and says so.
const RAW_LIMIT: usize = 8 * 1024 * 1024;

/// What listing a part of a chat is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The whole chat, to its end.
    Whole,
    /// An interval of its ids.
    Piece,
    /// Messages that are no interval of ids, by the name of this part.
    Strand(String),
    /// What the account wrote in a chat it left.
    Departed,
}

/// Something to store.
pub(crate) enum Item {
    /// A walk through the list of chats begins.
    WalkBegins,
    /// A page of the dialog list, and the place of the walk after it.
    Dialogs {
        page: Box<Dialogs>,
        place: Option<String>,
        stored: oneshot::Sender<()>,
    },
    /// Whether it is known which chats there are.
    ChatList { whole: bool },
    /// A page of the dialog list that cannot be decoded.
    DialogsFailed { bytes: Vec<u8>, error: String },
    /// A page of a chat.
    History {
        chat: i64,
        protected: bool,
        page: Box<History>,
        got: Got,
        /// What the page is a part of.
        listing: Listing,
        /// Undecodable answers before it.
        raw: Vec<(Vec<u8>, String)>,
    },
    /// What of which chats is selected, and the rules for files.
    Chosen {
        scopes: Vec<(i64, Scope)>,
        stored: oneshot::Sender<()>,
    },
    /// The ids of the dates that are selected of a chat.
    Bounds { chat: i64, scope: Scope },
    /// What is selected of a chat is listed to its end.
    ScopeListed { chat: i64 },
    /// What was held of a chat was compared with what the server shows.
    Reviewed(Reviewed),
    /// A chat that could not be listed to its end.
    ChatFailed { chat: i64, error: String },
    /// A chat that only another one refers to and that this account may not read.
    ChatClosed { chat: i64, error: String },
    /// A chat the account left, of which the server does not even show its own messages.
    DepartedClosed { chat: i64, error: String },
    /// All folders of the account.
    Folders { folders: Folders },
    /// What became of asking for a part of the account.
    Account { news: Box<News> },
    /// Stories, and whose they are.
    Stories { chat: i64, stories: Vec<Story> },
    /// Stories that are no more.
    StoriesGone { chat: i64, ids: Vec<i32> },
    /// A part of the account that the next run must ask for again.
    AskAgain { part: &'static str },
    /// What became of asking for a part of a chat; `guarded` says that saving is forbidden there.
    About {
        chat: i64,
        guarded: bool,
        news: Box<News>,
    },
    /// A part that failed, of a chat that is not asked about any more.
    AboutGivenUp { chat: i64, part: String },
    /// Events of a chat's admin log with whom they name.
    AdminEvents {
        chat: i64,
        guarded: bool,
        events: Vec<Event>,
        peers: Vec<Met>,
    },
    /// The admin log of a chat is recorded as far as the server shows it.
    AdminLogDone { chat: i64 },
    /// The whole of a message that a chat shows in part could not be had.
    WholeFailed { chat: i64, error: String },
    /// What a chat shows in part was asked for again; nothing of it can be asked for any more when
    /// it is given up.
    WholesAsked { chat: i64, given_up: bool },
    /// Who reacted to a message or voted in its poll.
    Crowd { crowd: Crowd, heard: Heard },
    /// Who did could not be had, or could be.
    CrowdsFailed { error: Option<String> },
    /// Chats of an older range.
    OlderDialogs { page: Box<Dialogs> },
    /// Channels the account left.
    LeftChats { chats: Vec<LeftChat> },
    /// All saved telephone contacts, by number.
    SavedContacts {
        contacts: BTreeMap<String, SavedContact>,
    },
    /// Something only an export shows could not be had.
    PartFailed { part: Part, error: String },
    /// It could be had.
    PartDone { part: Part },
    /// All of it could be had.
    RoundDone { round: Round },
    /// A file that is in the archive now.
    FileHeld {
        file: Box<FileRow>,
        blob: BlobInfo,
        stored: oneshot::Sender<()>,
    },
    /// A file that could not be had.
    FileFailed { file: Box<FileRow>, error: String },
    /// A file that its messages have no more.
    FileGone { file: Box<FileRow> },
    /// A file that another one makes needless.
    FileNeedless { key: String },
    /// A file whose place was learnt anew.
    FileRenewed { file: Box<FileRow> },
    /// Answered when everything before it is stored.
    Barrier { stored: oneshot::Sender<()> },
}

/// What comparing a chat with the server showed, beside what was listed by the way.
#[derive(Debug)]
pub(crate) struct Reviewed {
    pub chat: i64,
    /// When, unix milliseconds.
    pub time: i64,
    /// Messages the server has no more.
    pub gone: Vec<i32>,
    /// Its count, when it counts and all of the chat was compared.
    pub count: Option<u64>,
    /// Everything was listed.
    pub thorough: bool,
}

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
    /// Told after every transaction that there may be something to seal.
    pub seal: mpsc::Sender<()>,
}

/// Keys of files that are held, or queued with enough origins.
#[derive(Default)]
pub(crate) struct Settled(Mutex<HashSet<String>>);

/// Keys remembered at once.
const SETTLED_LIMIT: usize = 50_000;

impl Settled {
    fn knows(&self, key: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(key)
    }

    fn learn(&self, key: &str, settled: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if settled && known.len() < SETTLED_LIMIT {
            known.insert(key.to_owned());
        }
    }
}

/// Told to the monitor, and acknowledged, once the transaction is durable.
#[derive(Default)]
struct After {
    messages: u64,
    files: u64,
    bytes: u64,
    failures: Vec<String>,
    stored: Vec<oneshot::Sender<()>>,
}

impl Recorder {
    /// Stores what comes until all senders are gone. Blocks; runs on a thread of its own.
    pub fn work(self, mut items: mpsc::Receiver<Item>) -> Result<(), SpoolError> {
        while let Some(first) = items.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(item) = items.try_recv()
            {
                batch.push(item);
            }
            let after = self.spool.commit(&self.run, |tx| {
                let mut after = After::default();
                for item in batch {
                    self.store(tx, item, &mut after)?;
                }
                Ok(after)
            })?;
            self.report(after);
        }
        Ok(())
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
            Item::Reviewed(reviewed) => store_review(tx, &reviewed)?,
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
            // Photos beside names come and go: no message lost anything.
            Item::FileGone { file } if is_portrait(&file.key) => {
                tx.leave_out(&file, collect::GONE)?;
            }
            Item::FileGone { file } => {
                tx.file_gone(&file, collect::GONE)?;
                after
                    .failures
                    .push(format!("file {}: {}", file.key, collect::GONE));
            }
            Item::FileNeedless { key } => tx.forget_file(&key)?,
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

    pub(super) fn store_dialog(
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

    pub(super) fn store_peers<'p>(
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
        }
        Ok(())
    }

    fn store_history(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        protected: bool,
        page: &History,
        raw: &[(Vec<u8>, String)],
    ) -> Result<u64, SpoolError> {
        self.store_peers(tx, &page.peers, |peer| page.peer_body(peer))?;
        let told = page.messages.iter();
        let told = told.filter(|message| message.told != Told::Recorded);
        let prints: Vec<_> = told
            .clone()
            .map(|message| (message.id, message.print))
            .collect();
        let seen = tx.see_messages(chat, &prints)?;
        let (mut messages, mut explained) = (0, raw.len() as u64);
        for (message, seen) in told.zip(seen) {
            if !seen.is_news() {
                continue;
            }
            let new = u64::from(seen == Seen::New);
            if message.empty {
                let body = json!({"reason": "listed as empty"});
                tx.record_value(Kind::Absent, Some(chat), Some(message.id.into()), &body)?;
                explained += new;
            } else {
                self.store_message(tx, chat, protected, page, message)?;
                messages += new;
            }
        }
        let pins = page.messages.iter().filter(|message| !message.empty);
        tx.note_pins(chat, pins.map(|message| (message.id, message.pinned)))?;
        note_back(tx, chat, page)?;
        explained += store_raw_messages(tx, chat, page)?;
        for (bytes, error) in raw {
            tx.record_value(Kind::Raw, Some(chat), None, &raw_body(bytes, error))?;
        }
        tx.want_emoji(&page.emoji)?;
        self.want_files(tx, &page.portraits, false, None)?;
        for &linked in &page.links {
            tx.add_former(linked, chat)?;
        }
        tx.count(chat, messages, explained)?;
        Ok(messages)
    }

    fn store_message(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        protected: bool,
        page: &History,
        message: &DecodedMessage,
    ) -> Result<(), SpoolError> {
        tx.record(
            Kind::Message,
            Some(chat),
            Some(message.id.into()),
            Some(self.layer),
            page.body(message),
        )?;
        for crowd in &message.crowds {
            tx.want_crowd(crowd)?;
        }
        let guarded = protected || message.rule == Some(collect::PROTECTED);
        let destroyed = message.rule.filter(|&rule| rule != collect::PROTECTED);
        for file in page.files(message) {
            let rule = destroyed.or_else(|| self.rules.rule(file, guarded));
            // The same sticker comes a thousand times.
            if rule.is_some() || !self.settled.knows(&file.key) {
                let settled = tx.want_file(file, guarded, rule)? && rule.is_none();
                self.settled.learn(&file.key, settled);
            }
        }
        Ok(())
    }
}

/// Messages that had been gone and are listed again.
fn note_back(tx: &mut SpoolTx<'_>, chat: i64, page: &History) -> Result<(), SpoolError> {
    if !tx.has_gone(chat)? {
        return Ok(());
    }
    for message in page.messages.iter().filter(|message| !message.empty) {
        if tx.message_back(chat, message.id)? {
            let body = json!({"resolved": true});
            tx.record_value(Kind::Deleted, Some(chat), Some(message.id.into()), &body)?;
        }
    }
    Ok(())
}

/// What a review showed: each message that is gone by itself, and the count when it is another one.
fn store_review(tx: &mut SpoolTx<'_>, reviewed: &Reviewed) -> Result<(), SpoolError> {
    let chat = reviewed.chat;
    for &id in &reviewed.gone {
        if tx.message_gone(chat, id)? {
            let body = json!({"reason": "empty when asked for by its number"});
            tx.record_value(Kind::Deleted, Some(chat), Some(id.into()), &body)?;
        }
    }
    let recounted = tx.reviewed(chat, reviewed.time, reviewed.count, reviewed.thorough)?;
    match reviewed.count.filter(|_| recounted) {
        None => Ok(()),
        Some(messages) => {
            let inexact = false;
            record_count(tx, chat, Some(Count { messages, inexact }))
        }
    }
}

/// Messages of a page that have no JSON form. Gives how many are new.
fn store_raw_messages(tx: &mut SpoolTx<'_>, chat: i64, page: &History) -> Result<u64, SpoolError> {
    let mut prints = Vec::new();
    for raw in &page.raw {
        let mut print = [0; 16];
        for (to, from) in print.iter_mut().zip(Sha256::digest(&raw.bytes)) {
            *to = from;
        }
        prints.push((raw.id, print));
    }
    let mut new = 0;
    for (raw, seen) in page.raw.iter().zip(tx.see_messages(chat, &prints)?) {
        if seen.is_news() {
            let body = raw_body(&raw.bytes, &raw.error);
            tx.record_value(Kind::Raw, Some(chat), Some(raw.id.into()), &body)?;
            new += u64::from(seen == Seen::New);
        }
    }
    Ok(new)
}

pub(super) fn raw_body(bytes: &[u8], error: &str) -> Value {
    let kept = bytes.get(..RAW_LIMIT).unwrap_or(bytes);
    let mut body = json!({"base64": STANDARD.encode(kept), "error": error});
    if kept.len() < bytes.len()
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("cut_from".into(), json!(bytes.len()));
    }
    body
}

/// Whether it is known which chats there are; recorded when that changes.
fn store_chat_list(tx: &mut SpoolTx<'_>, whole: bool) -> Result<(), SpoolError> {
    match tx.set_list_whole(whole)? {
        true => tx
            .record_value(Kind::ChatList, None, None, &json!({"whole": whole}))
            .map(drop),
        false => Ok(()),
    }
}

/// The interval that is new, and at the end of a chat the server's count.
fn store_coverage(tx: &mut SpoolTx<'_>, chat: i64, got: Got) -> Result<(), SpoolError> {
    let grown = tx.cover(chat, got.first, got.last)?;
    let Some((newest, count)) = got.end else {
        return match grown {
            true => record_coverage(tx, chat, (got.first.into(), got.last.into()), None),
            false => Ok(()),
        };
    };
    let healed = tx.resolve("chat", &chat.to_string())?;
    let recounted = tx.listed(chat, newest, count)?;
    if grown {
        return record_coverage(tx, chat, (got.first.into(), got.last.into()), count);
    }
    if healed || recounted {
        return record_count(tx, chat, count);
    }
    Ok(())
}

/// The server's count, where nothing new is covered.
fn record_count(tx: &mut SpoolTx<'_>, chat: i64, count: Option<Count>) -> Result<(), SpoolError> {
    let covered: Intervals = tx.coverage(chat)?;
    let interval = covered.iter().last().unwrap_or((1, 0));
    record_coverage(tx, chat, interval, count)
}

fn record_coverage(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    (from, to): (i64, i64),
    count: Option<Count>,
) -> Result<(), SpoolError> {
    let mut body = json!({"from": from, "to": to});
    if let (Some(count), Some(fields)) = (count, body.as_object_mut()) {
        fields.insert("server_count".into(), json!(count.messages));
        if count.inexact {
            fields.insert("inexact".into(), json!(true));
        }
    }
    tx.record_value(Kind::Coverage, Some(chat), None, &body)
        .map(drop)
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
