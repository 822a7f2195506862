//! One run from beginning to end: dialogs, then histories, then files, one writer, one sealer.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use telekeep_journal::Archive;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::choose::{Chooser, Folder};
use super::decode::PeerFilter;
use super::error::BackupError;
use super::file_rules::FileRules;
use super::pace::Pace;
use super::recorder::{Item, Portrayed, Recorder, Settled};
use super::selection::Selection;
use super::takeout::{self, Turn};
use super::{Loss, Options, Space, Stop, Summary};
use crate::monitor::Monitor;
use crate::spool::{ChatState, Departed, Kind, Run, Spool, SpoolError, SpoolTail};
use crate::telegram::peers::PeerId;
use crate::telegram::wire::{CallError, Client, Reply};

/// Answers waiting for the writer; more make the fetching wait.
const QUEUE: usize = 32;

/// Why a task ended before its end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Somebody asked to stop.
    Stopped,
    /// The writer is gone; its own error says why.
    Writer,
    /// The whole run must end.
    Failed(Box<BackupError>),
}

impl<E: Into<BackupError>> From<E> for Halt {
    fn from(error: E) -> Halt {
        Halt::Failed(Box::new(error.into()))
    }
}

/// What all tasks of a run share. Clones are cheap.
#[derive(Clone)]
pub(crate) struct Engine {
    pub client: Client,
    pub archive: Arc<Archive>,
    pub spool: Arc<Spool>,
    pub options: Arc<Options>,
    pub monitor: Arc<dyn Monitor>,
    pub stop: Stop,
    pub filter: Arc<PeerFilter>,
    /// Ranges the shared sequence is split into, once known; used inside an export only.
    pub ranges: Arc<OnceLock<Vec<(i32, i32)>>>,
    /// The account's folders, once known.
    pub folders: Arc<OnceLock<Vec<Folder>>>,
    /// Which chats are selected, once known.
    pub chooser: Arc<OnceLock<Chooser>>,
    /// Set when it was told that files will not fit.
    pub short: Arc<OnceLock<()>>,
    /// Set when files had to wait for space on the disk.
    pub full: Arc<OnceLock<Space>>,
    /// The number of the walk through the list of chats, once it reached the end.
    pub walk: Arc<OnceLock<i64>>,
    /// Held while the export is replaced.
    pub turn: Arc<tokio::sync::Mutex<Turn>>,
    items: mpsc::Sender<Item>,
}

impl Engine {
    /// Hands something to the writer.
    pub async fn store(&self, item: Item) -> Result<(), Halt> {
        self.items.send(item).await.map_err(|_| Halt::Writer)
    }

    /// Waits until everything handed over so far is durable.
    pub async fn barrier(&self) -> Result<(), Halt> {
        let (stored, done) = oneshot::channel();
        self.store(Item::Barrier { stored }).await?;
        done.await.map_err(|_| Halt::Writer)
    }

    /// Calls a method of the home data centre, unless somebody asks to stop first.
    pub async fn call(&self, request: &Value) -> Result<Result<Reply, CallError>, Halt> {
        self.inside(|| self.client.call(request)).await
    }

    /// The same at the data centre where a file is.
    pub async fn call_dc(
        &self,
        dc: i32,
        request: &Value,
    ) -> Result<Result<Reply, CallError>, Halt> {
        self.inside(|| self.client.call_dc(dc, request)).await
    }

    async fn everything(&self) -> Result<(), Halt> {
        if self.is_bot() {
            return self.everything_of_bot().await;
        }
        self.monitor.phase("dialogs");
        self.enter_takeout().await?;
        let named = self.ask_named().await?;
        if !named {
            self.walk_dialogs().await?;
            self.ask_unlisted().await?;
        }
        self.ask_folders().await?;
        self.make_round().await?;
        self.look_ahead().await?;
        if !named {
            self.ask_account().await?;
        }
        self.monitor.phase("messages");
        self.ask_wholes().await?;
        self.list_chats().await?;
        self.monitor.phase("about");
        self.ask_about().await?;
        if !named {
            self.ask_scheduled().await?;
        }
        self.ask_crowds().await?;
        self.ask_emoji().await?;
        self.ask_met_sets().await?;
        if self.options.media {
            self.monitor.phase("media");
            self.fetch_files().await?;
        }
        Ok(())
    }

    /// Lists every chat that may have something new, several at a time. Listing one may bring up
    /// another (the basic group a supergroup was made of), so this repeats until none is left.
    async fn list_chats(&self) -> Result<(), Halt> {
        let mut tried = HashSet::new();
        loop {
            self.choose().await?;
            let mut chats: Vec<ChatState> = self.spool.chats()?;
            chats.retain(|chat| self.is_to_do(chat) && tried.insert(chat.chat));
            if chats.is_empty() {
                return Ok(());
            }
            chats.sort_by_key(|chat| std::cmp::Reverse(expected_length(chat)));
            self.list_these(chats).await?;
            self.barrier().await?;
        }
    }

    fn is_to_do(&self, chat: &ChatState) -> bool {
        self.is_worth_asking(chat) || self.is_review_due(chat)
    }

    /// What the account wrote in chats it left can only be had during an export.
    pub(super) fn is_worth_asking(&self, chat: &ChatState) -> bool {
        let possible = chat.departed == Departed::No || self.client.takeout().is_some();
        chat.is_worth_asking() && possible
    }

    async fn list_these(&self, chats: Vec<ChatState>) -> Result<(), Halt> {
        let total = chats.len() as u64;
        let mut tasks = JoinSet::new();
        let mut done = 0;
        for chat in chats {
            if tasks.len() >= self.options.chats_at_once.max(1) {
                finished(&mut tasks).await?;
                done += 1;
            }
            if self.stop.is_set() {
                return Err(Halt::Stopped);
            }
            self.monitor.chat(chat.chat, done, total);
            let engine = self.clone();
            tasks.spawn(async move { engine.list_chat(chat).await });
        }
        while !tasks.is_empty() {
            finished(&mut tasks).await?;
        }
        Ok(())
    }
}

/// How long listing a chat may take, as far as ids tell: long ones are begun first, so that no
/// single chat is left running at the end. Ids of users and basic groups are shared by all of
/// them and tell nothing.
fn expected_length(chat: &ChatState) -> i32 {
    match PeerId::of(chat.chat) {
        PeerId::Channel(_) => chat.top.unwrap_or(0).saturating_sub(chat.listed),
        _ => 0,
    }
}

/// Waits for one task of many.
pub(crate) async fn finished(tasks: &mut JoinSet<Result<(), Halt>>) -> Result<(), Halt> {
    match tasks.join_next().await {
        Some(Ok(result)) => result,
        Some(Err(_)) => Err(BackupError::Worker("fetching").into()),
        None => Ok(()),
    }
}

/// See [`super::backup`].
pub(super) async fn backup(
    client: &Client,
    archive: &Arc<Archive>,
    spool: &Arc<Spool>,
    options: &Options,
    monitor: Arc<dyn Monitor>,
    stop: &Stop,
) -> Result<Summary, BackupError> {
    let pace = Arc::new(Pace::new(monitor));
    let result = run(client, archive, spool, options, pace.clone(), stop).await;
    if result.is_ok() {
        spool.observe(pace.rates())?;
    }
    let end = match &result {
        Ok(summary) if summary.interrupted => takeout::End::Interrupted,
        Ok(_) => takeout::End::Whole,
        Err(error) => takeout::End::of(error),
    };
    takeout::settle(client, end).await;
    result
}

async fn run(
    client: &Client,
    archive: &Arc<Archive>,
    spool: &Arc<Spool>,
    options: &Options,
    monitor: Arc<dyn Monitor>,
    stop: &Stop,
) -> Result<Summary, BackupError> {
    let run = {
        let (client, archive, spool) = (client.clone(), archive.clone(), spool.clone());
        let options = options.clone();
        // Rebuilding a lost spool reads the whole journal.
        let begun = tokio::task::spawn_blocking(move || begin(&client, &archive, &spool, &options));
        Arc::new(
            begun
                .await
                .map_err(|_| BackupError::Worker("beginning"))??,
        )
    };
    let (seal, seals) = mpsc::channel(1);
    let recorder = Recorder {
        spool: spool.clone(),
        run: run.clone(),
        monitor: monitor.clone(),
        rules: FileRules {
            media: options.selection.media.clone(),
            keep_protected: options.keep_protected,
        },
        layer: client.schema().layer(),
        settled: Settled::default(),
        portrayed: Portrayed::default(),
        seal,
    };
    let full: Arc<OnceLock<Space>> = Arc::default();
    let (items, queue) = mpsc::channel(QUEUE);
    let writer = tokio::task::spawn_blocking(move || recorder.work(queue));
    let sealer = {
        let (archive, spool) = (archive.clone(), spool.clone());
        tokio::task::spawn_blocking(move || seal_full_segments(&archive, &spool, seals))
    };
    let engine = Engine {
        client: client.clone(),
        archive: archive.clone(),
        spool: spool.clone(),
        options: Arc::new(options.clone()),
        monitor: monitor.clone(),
        stop: stop.clone(),
        filter: Arc::default(),
        ranges: Arc::default(),
        folders: Arc::default(),
        chooser: Arc::default(),
        short: Arc::default(),
        full: full.clone(),
        walk: Arc::default(),
        turn: Arc::default(),
        items,
    };
    let result = engine.everything().await;
    drop(engine);
    let losses = writer.await.map_err(|_| BackupError::Worker("writing"))??;
    sealer.await.map_err(|_| BackupError::Worker("sealing"))??;
    let whole = match result {
        Ok(()) => true,
        Err(Halt::Stopped) => false,
        Err(Halt::Writer) => return Err(BackupError::Worker("writing")),
        Err(Halt::Failed(error)) => {
            if takeout::End::of(&error) == takeout::End::Interrupted {
                // What was fetched until then is sealed like that of any run, so that it can be
                // copied, verified and certified. The error matters more than whether that works:
                // what is not sealed now is sealed by the next run.
                let _ = end(archive, spool, &run, options, false, losses).await;
            }
            return Err(*error);
        }
    };
    let mut summary = end(archive, spool, &run, options, whole, losses).await?;
    summary.full = full.get().copied();
    if client.account().is_some_and(|account| account.bot) {
        (summary.bot, summary.complete) = (true, false);
    }
    Ok(summary)
}

/// Makes spool and archive agree, checks whose they are, and prepares the run.
fn begin(
    client: &Client,
    archive: &Archive,
    spool: &Spool,
    options: &Options,
) -> Result<Run, BackupError> {
    let account = client.account().ok_or(BackupError::NotSignedIn)?;
    spool.catch_up(archive)?;
    let source = json!({
        "type": "telegram", "server": client.endpoint().server.kind(), "account": account.id,
    });
    if spool.source()?.is_some_and(|known| known != source) {
        return Err(BackupError::OtherAccount {
            journal: spool.journal(),
        });
    }
    spool.retry_files()?;
    let schema = client.schema();
    archive.add_schema(schema.layer(), schema.text())?;
    let id = Run::random_id().map_err(|_| BackupError::Worker("drawing a random number"))?;
    let mut start = json!({"event": "start", "command": "backup"});
    if let Some(fields) = start.as_object_mut() {
        if options.selection != Selection::default() {
            fields.insert("selection".into(), json!(options.selection));
        }
        if options.keep_protected {
            fields.insert("protected".into(), json!("keep"));
        }
        if options.who_reacted {
            fields.insert("reactions".into(), json!("who"));
        }
    }
    Ok(Run::new(id, source, start, options.clock.clone()))
}

/// Seals whole segments whenever enough records wait, until the writer is gone.
fn seal_full_segments(
    archive: &Archive,
    spool: &Spool,
    mut seals: mpsc::Receiver<()>,
) -> Result<(), BackupError> {
    while seals.blocking_recv().is_some() {
        if spool.unsealed_bytes()? >= SEAL_BYTES {
            archive.seal(&spool.journal(), &mut SpoolTail(spool), false)?;
        }
    }
    Ok(())
}

/// Enough for a whole segment.
const SEAL_BYTES: u64 = 16 * 1024 * 1024;

/// Records the end, seals the rest and counts.
async fn end(
    archive: &Arc<Archive>,
    spool: &Arc<Spool>,
    run: &Arc<Run>,
    options: &Options,
    whole: bool,
    losses: Vec<Loss>,
) -> Result<Summary, BackupError> {
    let (archive, spool, run) = (archive.clone(), spool.clone(), run.clone());
    let media = options.media;
    let end = move || -> Result<Summary, BackupError> {
        let mut summary = Summary::of(&spool, whole, media)?;
        summary.complete &= losses.is_empty();
        summary.losses = losses;
        // A run without news is told of when the one before it did not end so well.
        if run.started() || (whole && !spool.ended_so(summary.ending())?) {
            record_end(&spool, &run, &summary)?;
        }
        let head = match spool.unsealed_bytes()? {
            0 => spool.head()?,
            _ => archive.seal(&spool.journal(), &mut SpoolTail(&spool), true)?,
        };
        summary.run.clone_from(&run.id);
        summary.new_records = run.records();
        summary.head = head;
        Ok(summary)
    };
    tokio::task::spawn_blocking(end)
        .await
        .map_err(|_| BackupError::Worker("finishing"))?
}

fn record_end(spool: &Spool, run: &Run, summary: &Summary) -> Result<(), SpoolError> {
    let body = json!({
        "event": "end", "command": "backup", "interrupted": summary.interrupted,
        "result": {
            "chats": summary.chats, "messages": summary.messages, "media": summary.media,
            "failed": summary.failed, "missing": summary.missing, "lost": summary.lost(),
            "complete": summary.complete,
            "files_waiting": summary.files_waiting,
        },
    });
    spool.commit(run, |tx| {
        tx.record_value(Kind::Run, None, None, &body)?;
        tx.set_ending(Some(summary.ending()))
    })
}
