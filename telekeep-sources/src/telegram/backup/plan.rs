//! What a backup would do, found out without recording anything.
//!
//! The list of chats is walked as a backup does it, and what the selection makes of it is told. On
//! request the server's own counts are asked for: two requests for each selected chat, and a few
//! samples of each kind of file, whose sizes nobody sums up for us.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};
use telekeep_tl::Value as Tl;
use tokio::task::JoinSet;

use super::choose::Chooser;
use super::decode::{self, Outline, PeerFilter};
use super::dialogs::DialogPager;
use super::error::BackupError;
use super::file_rules::FileRules;
use super::list::name_of;
use super::size::{Estimate, Sizes};
use super::{Options, Takeouts, folders, select, topics, walk};
use crate::spool::{ChatFacts, ChatState, Departed, FileKind, Origin, Peer, Rates, Scope, Spool};
use crate::telegram::media::collect;
use crate::telegram::peers::input_peer;
use crate::telegram::wire::{CallError, Client, Reply};

/// A chat of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedChat {
    /// What is known of it.
    pub facts: ChatFacts,
    /// What of it is selected.
    pub scope: Scope,
    /// Its owner forbids saving.
    pub protected: bool,
    /// Messages of the selected part, as the server counts them; `None` when it was not asked or
    /// did not tell.
    pub messages: Option<u64>,
    /// Of these, still to be fetched, about.
    pub remaining: u64,
    /// Files of the selected part by kind, as the server counts them.
    pub files: BTreeMap<FileKind, u64>,
    access_hash: Option<i64>,
}

/// What a backup would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Every chat, also those left out.
    pub chats: Vec<PlannedChat>,
    /// Files still to be fetched by kind, and their bytes.
    pub files: BTreeMap<FileKind, Estimate>,
    /// Files of messages that are held already and wait to be fetched, and their bytes.
    pub waiting: (u64, u64),
    /// Selected chats that nothing was asked about yet but their messages: members, photos and the
    /// like, a few requests each.
    pub new_chats: u64,
    /// Rates that earlier runs observed.
    pub rates: Rates,
    /// Left channels can only be had during an export, and are not among the chats.
    pub without_export: bool,
    /// Chats whose counts the server refused.
    pub uncounted: u64,
}

impl Plan {
    /// Messages still to be fetched, about.
    pub fn remaining(&self) -> u64 {
        self.chats.iter().map(|chat| chat.remaining).sum()
    }

    /// Bytes of files still to be fetched.
    pub fn bytes(&self) -> Estimate {
        let (count, bytes) = self.waiting;
        let waiting = Estimate::exact(count, bytes);
        self.files
            .values()
            .fold(waiting, |sum, kind| sum.plus(*kind))
    }
}

/// Kinds of files the server counts, and its names for them. It counts no stickers.
const FILTERS: [(FileKind, &str); 7] = [
    (FileKind::Photo, "inputMessagesFilterPhotos"),
    (FileKind::Video, "inputMessagesFilterVideo"),
    (FileKind::Round, "inputMessagesFilterRoundVideo"),
    (FileKind::Voice, "inputMessagesFilterVoice"),
    (FileKind::Audio, "inputMessagesFilterMusic"),
    (FileKind::Gif, "inputMessagesFilterGif"),
    (FileKind::File, "inputMessagesFilterDocument"),
];

/// Chats sampled for each kind of file.
const SAMPLED: usize = 3;
/// Messages of a sample.
const SAMPLE: i32 = 50;

/// Finds out what a backup with these options would do. With `count` the server is asked for
/// numbers. Nothing is recorded.
pub async fn plan(
    client: &Client,
    spool: &Arc<Spool>,
    options: &Options,
    count: bool,
) -> Result<Plan, BackupError> {
    let planner = Planner {
        client: client.clone(),
        spool: spool.clone(),
        options: Arc::new(options.clone()),
    };
    let mut plan = planner.choose().await?;
    plan.rates = spool.rates()?;
    for chat in plan.chats.iter().filter(|chat| chat.scope.out.is_none()) {
        plan.new_chats += u64::from(spool.chat_parts(chat.facts.chat)?.is_empty());
    }
    plan.without_export = options.takeout == Takeouts::Avoid;
    let queued = spool.file_counts()?;
    if options.media {
        plan.waiting = (queued.waiting, queued.waiting_bytes);
    }
    if count {
        planner.count(&mut plan).await?;
        if options.media {
            planner.sample(&mut plan).await?;
        }
    }
    Ok(plan)
}

/// Asks the server what a plan has to know. Clones are cheap.
#[derive(Clone)]
pub(super) struct Planner {
    pub client: Client,
    pub spool: Arc<Spool>,
    pub options: Arc<Options>,
}

/// Counts of a chat: messages, and files by kind.
type Counts = (Option<u64>, BTreeMap<FileKind, u64>);

impl Planner {
    async fn call(&self, request: &Value) -> Result<Result<Reply, CallError>, BackupError> {
        match self.client.call(request).await {
            Ok(reply) => Ok(Ok(reply)),
            Err(error) => match BackupError::of_needed(&error) {
                Some(fatal) => Err(fatal),
                None => Ok(Err(error)),
            },
        }
    }

    async fn choose(&self) -> Result<Plan, BackupError> {
        let selection = &self.options.selection;
        let known = self.spool.chat_facts()?;
        let mut facts: BTreeMap<i64, ChatFacts> = known.into_iter().map(|c| (c.chat, c)).collect();
        let peers = self.walk(&mut facts).await?;
        let folders = match selection.folders.is_empty() && selection.exclude_folders.is_empty() {
            true => Vec::new(),
            false => self.folders().await?,
        };
        let facts: Vec<ChatFacts> = facts.into_values().collect();
        let ask = |request: Value| async move {
            let reply = self.call(&request).await?;
            Ok::<_, BackupError>(reply.map_err(|error| name_of(&error)))
        };
        let hash = |chat: i64| peers.get(&chat).and_then(|peer| peer.access_hash);
        let schema = self.client.schema();
        let selection = topics::with_ids(selection, &facts, schema, hash, ask).await?;
        let chooser = selection.and_then(|selection| Chooser::new(&selection, &facts, &folders));
        let chooser = chooser.map_err(BackupError::Selection)?;
        let scopes = select::scopes(&chooser, &facts);
        let chats = facts.into_iter().zip(scopes).map(|(facts, (_, scope))| {
            let peer = peers.get(&facts.chat);
            let protected = peer.is_some_and(|peer| peer.protected);
            PlannedChat::new(
                facts,
                scope,
                protected,
                peer.and_then(|peer| peer.access_hash),
            )
        });
        Ok(Plan {
            chats: chats.collect(),
            ..Plan::default()
        })
    }

    /// Every chat of the list, and how to address it.
    async fn walk(
        &self,
        facts: &mut BTreeMap<i64, ChatFacts>,
    ) -> Result<HashMap<i64, Peer>, BackupError> {
        let (schema, mut pager) = (self.client.schema(), DialogPager::new(None));
        let mut peers: HashMap<i64, Peer> = HashMap::new();
        let unreadable = |why: String| BackupError::Dialogs { why };
        while let Some((folder, offset)) = pager.ask() {
            let peer = peers.get(&offset.chat);
            let peer = peer.map(|peer| input_peer(offset.chat, peer.access_hash, peer.is_self));
            let request = walk::request(
                folder,
                offset,
                peer.unwrap_or(json!({"_": "inputPeerEmpty"})),
            );
            let reply = self.call(&request).await?;
            let reply = reply.map_err(|error| unreadable(error.to_string()))?;
            let page = decode::dialogs(schema, &PeerFilter::default(), &reply.bytes)
                .map_err(|error| unreadable(error.to_string()))?;
            pager.page(&page.items(&HashMap::new()), page.complete);
            for dialog in &page.dialogs {
                let peer = page.addresses.get(&dialog.chat);
                facts.insert(
                    dialog.chat,
                    ChatFacts {
                        chat: dialog.chat,
                        who: peer.map(|peer| peer.who.clone()).unwrap_or_default(),
                        is_self: peer.is_some_and(|peer| peer.is_self),
                        archived: dialog.archived,
                        departed: Departed::No,
                    },
                );
            }
            peers.extend(page.addresses);
        }
        for chat in facts.values_mut() {
            let channel = chat.who.direct_of.and_then(|id| peers.get(&id));
            chat.who.rank = channel.map_or(chat.who.rank, |channel| channel.who.rank);
        }
        Ok(peers)
    }

    async fn folders(&self) -> Result<Vec<super::choose::Folder>, BackupError> {
        let request = json!({"_": "messages.getDialogFilters"});
        let reply = self.call(&request).await?;
        let reply = reply.map_err(|_| BackupError::Folders)?;
        let own = self.client.account().map_or(0, |account| account.id);
        folders::rules(self.client.schema(), &reply.bytes, own).map_err(|_| BackupError::Folders)
    }

    /// Asks for the counts of every selected chat, several at a time.
    async fn count(&self, plan: &mut Plan) -> Result<(), BackupError> {
        let held: HashMap<i64, ChatState> = self
            .spool
            .chats()?
            .into_iter()
            .map(|chat| (chat.chat, chat))
            .collect();
        let mut tasks = JoinSet::new();
        let mut next = 0;
        loop {
            while tasks.len() < self.options.chats_at_once.max(1)
                && let Some(chat) = plan.chats.get(next)
            {
                if chat.scope.out.is_none() && chat.facts.departed == Departed::No {
                    let (planner, chat) = (self.clone(), chat.clone());
                    tasks.spawn(async move { (next, planner.counts_of(&chat).await) });
                }
                next += 1;
            }
            let Some(counted) = tasks.join_next().await else {
                return Ok(());
            };
            let (at, counts) = counted.map_err(|_| BackupError::Worker("counting"))?;
            let (messages, files) = counts?;
            let Some(chat) = plan.chats.get_mut(at) else {
                continue;
            };
            plan.uncounted += u64::from(messages.is_none());
            chat.remaining = remaining(messages.unwrap_or(0), held.get(&chat.facts.chat), chat);
            (chat.messages, chat.files) = (messages, files);
        }
    }

    async fn counts_of(&self, chat: &PlannedChat) -> Result<Counts, BackupError> {
        let whole = Scope::default();
        let Some(messages) = self.messages_of(chat, &chat.scope).await? else {
            return Ok((None, BTreeMap::new()));
        };
        if messages == 0 || !self.options.media {
            return Ok((Some(messages), BTreeMap::new()));
        }
        let mut files = self.files_of(chat).await?;
        if chat.scope != whole {
            // The server counts files of whole chats only.
            let all = self.messages_of(chat, &whole).await?.unwrap_or(messages);
            let part = messages as f64 / (all.max(messages) as f64);
            files.values_mut().for_each(|count| {
                *count = (*count as f64 * part).round() as u64;
            });
        }
        Ok((Some(messages), files))
    }

    /// The server's count of messages of a part of a chat; `None` when it refuses.
    async fn messages_of(
        &self,
        chat: &PlannedChat,
        scope: &Scope,
    ) -> Result<Option<u64>, BackupError> {
        let mut sum = 0;
        for request in count_requests(chat, scope) {
            let Ok(reply) = self.call(&request).await? else {
                return Ok(None);
            };
            let Ok(page) = Outline::of(self.client.schema(), &reply.bytes) else {
                return Ok(None);
            };
            let shown = page.ids.len() as u64;
            sum += page.count.map_or(shown, |count| count.messages);
        }
        Ok(Some(sum))
    }

    async fn files_of(&self, chat: &PlannedChat) -> Result<BTreeMap<FileKind, u64>, BackupError> {
        let filters: Vec<Value> = FILTERS.iter().map(|(_, name)| json!({"_": name})).collect();
        let request = json!({
            "_": "messages.getSearchCounters", "peer": chat.address(), "filters": filters,
        });
        let mut files = BTreeMap::new();
        let Ok(reply) = self.call(&request).await? else {
            return Ok(files);
        };
        let schema = self.client.schema();
        let Ok(Tl::Vector(counters)) =
            schema.element("Vector<messages.SearchCounter>", &reply.bytes)
        else {
            return Ok(files);
        };
        for counter in counters.iter().filter_map(Tl::as_object) {
            let filter = counter.object("filter");
            let name = filter.as_ref().map_or("", |filter| filter.name());
            let kind = FILTERS.iter().find(|(_, known)| *known == name);
            let count = counter.int("count").and_then(|n| u64::try_from(n).ok());
            if let (Some((kind, _)), Some(count)) = (kind, count.filter(|count| *count > 0)) {
                files.insert(*kind, count);
            }
        }
        Ok(files)
    }

    /// The files of chats of which nothing is held yet.
    pub(super) async fn files_of_new(
        &self,
        chats: Vec<PlannedChat>,
    ) -> Result<Estimate, BackupError> {
        let mut tasks = JoinSet::new();
        let mut plan = Plan::default();
        let mut chats = chats.into_iter();
        loop {
            while tasks.len() < self.options.chats_at_once.max(1)
                && let Some(mut chat) = chats.next()
            {
                let planner = self.clone();
                tasks.spawn(async move {
                    // A whole chat needs no count of its messages: all of its files are to come.
                    (chat.messages, chat.files) = match chat.scope.is_whole() {
                        true => (Some(1), planner.files_of(&chat).await?),
                        false => planner.counts_of(&chat).await?,
                    };
                    chat.remaining = chat.messages.unwrap_or(0);
                    Ok::<_, BackupError>(chat)
                });
            }
            let Some(counted) = tasks.join_next().await else {
                break;
            };
            plan.chats
                .push(counted.map_err(|_| BackupError::Worker("counting"))??);
        }
        self.sample(&mut plan).await?;
        Ok(plan.bytes())
    }

    /// Looks at some messages of each kind in the chats with most of them.
    async fn sample(&self, plan: &mut Plan) -> Result<(), BackupError> {
        let mut sizes = Sizes::default();
        let rules = FileRules {
            media: self.options.selection.media.clone(),
            keep_protected: self.options.keep_protected,
        };
        for (kind, filter) in FILTERS {
            let mut chats: Vec<&PlannedChat> = plan.chats.iter().collect();
            chats.retain(|chat| chat.files.get(&kind).is_some_and(|count| *count > 0));
            chats.retain(|chat| !chat.protected || rules.keep_protected);
            chats.sort_by_key(|chat| std::cmp::Reverse(chat.files.get(&kind)));
            for chat in chats.into_iter().take(SAMPLED) {
                self.sample_of(chat, (kind, filter), &rules, &mut sizes)
                    .await?;
            }
        }
        for (kind, _) in FILTERS {
            let count = |chat: &PlannedChat| chat.files_to_come(kind, rules.keep_protected);
            let files: u64 = plan.chats.iter().map(count).sum();
            if files > 0 {
                plan.files.insert(kind, sizes.of(kind, files));
            }
        }
        Ok(())
    }

    async fn sample_of(
        &self,
        chat: &PlannedChat,
        (kind, filter): (FileKind, &str),
        rules: &FileRules,
        sizes: &mut Sizes,
    ) -> Result<(), BackupError> {
        let request = json!({
            "_": "messages.search", "peer": chat.address(), "q": "", "filter": {"_": filter},
            "min_date": 0, "max_date": 0, "offset_id": 0, "add_offset": 0, "limit": SAMPLE,
            "max_id": 0, "min_id": 0, "hash": 0,
        });
        let Ok(reply) = self.call(&request).await? else {
            return Ok(());
        };
        let Ok(answer) = self.client.schema().object(&reply.bytes) else {
            return Ok(());
        };
        let messages = answer.vector("messages").unwrap_or_default();
        for message in messages.iter().filter_map(Tl::as_object) {
            let id = message.int("id").unwrap_or(0);
            let chat = chat.facts.chat;
            let files = collect::files_of(message, Origin::Message { chat, id });
            let guarded = message.flag("noforwards");
            let kept = files
                .rows
                .iter()
                .filter(|file| !files.self_destructing && rules.rule(file, guarded).is_none());
            sizes.add(kind, kept.map(|file| file.size).sum());
        }
        Ok(())
    }
}

impl PlannedChat {
    /// A chat of which nothing was asked yet.
    pub(super) fn new(
        facts: ChatFacts,
        scope: Scope,
        protected: bool,
        access_hash: Option<i64>,
    ) -> PlannedChat {
        PlannedChat {
            facts,
            scope,
            protected,
            messages: None,
            remaining: 0,
            files: BTreeMap::new(),
            access_hash,
        }
    }

    fn address(&self) -> Value {
        input_peer(self.facts.chat, self.access_hash, self.facts.is_self)
    }

    /// Files of a kind that are still to be fetched: as many of them as of the messages.
    fn files_to_come(&self, kind: FileKind, keep_protected: bool) -> u64 {
        let count = self.files.get(&kind).copied().unwrap_or(0);
        if self.protected && !keep_protected {
            return 0;
        }
        let all = self.messages.unwrap_or(0).max(1);
        (count as f64 * self.remaining as f64 / all as f64).round() as u64
    }
}

/// What of a chat is still to be fetched.
fn remaining(messages: u64, held: Option<&ChatState>, chat: &PlannedChat) -> u64 {
    let Some(held) = held else {
        return messages;
    };
    let same = held.scope.as_ref().map(Scope::asked).unwrap_or_default() == chat.scope;
    match chat.scope.is_whole() {
        true => messages.saturating_sub(held.held + held.explained),
        // How much of a part is held is known only when that part was listed.
        false if same && !held.is_open() => 0,
        false => messages,
    }
}

/// Requests whose counts together are those of a part of a chat.
fn count_requests(chat: &PlannedChat, scope: &Scope) -> Vec<Value> {
    let peer = chat.address();
    if scope.is_whole() {
        return vec![json!({
            "_": "messages.getHistory", "peer": peer, "offset_id": 0, "offset_date": 0,
            "add_offset": 0, "limit": 1, "max_id": 0, "min_id": 0, "hash": 0,
        })];
    }
    let moment = |at: Option<i64>| at.and_then(|at| i32::try_from(at).ok()).unwrap_or(0);
    let mut search = json!({
        "_": "messages.search", "peer": peer, "q": "",
        "filter": {"_": "inputMessagesFilterEmpty"},
        // Later than, and earlier than.
        "min_date": moment(scope.since.map(|since| since - 1)), "max_date": moment(scope.until),
        "offset_id": 0, "add_offset": 0, "limit": 0, "max_id": 0, "min_id": 0, "hash": 0,
    });
    if scope.own {
        search["from_id"] = json!({"_": "inputPeerSelf"});
    }
    if scope.topics.is_empty() {
        return vec![search];
    }
    let topic = |topic: &i32| {
        let mut search = search.clone();
        search["top_msg_id"] = json!(topic);
        search
    };
    scope.topics.iter().map(topic).collect()
}
