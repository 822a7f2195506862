//! `telekeep backup`: fetch everything that is new.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use clap::builder::BoolishValueParser;
use telekeep_journal::Archive;
use telekeep_sources::monitor::Monitor;
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::backup::{
    self, BackupError, FreeSpace, Loss, Options, Plan, Selection, Stop, Summary, TakeoutError,
    Takeouts,
};
use telekeep_sources::telegram::wire::{CallError, Client, SessionStore, Settings};

use super::login::{self, runtime};
use super::plan;
use super::status::BY_NAME_ONLY;
use super::verify::head_words;
use crate::accounts;
use crate::cli::{ProxyOptions, WaitOptions};
use crate::context::Context;
use crate::disk;
use crate::error::{CommandError, Context as _, Result, unless_read};
use crate::exit::ExitCode;
use crate::index::Follower;
use crate::interrupt;
use crate::output::json;
use crate::output::text::{clean, count, duration, minute, plural, size};
use crate::program::typed;
use crate::progress::Progress;
use crate::selection::{self, flags::Flags, parse_size};
use crate::server::{Choice, login_needed};
use crate::settings::{Protected, Reactions};
use crate::watch::Watch;

/// Fetch everything that is new into the archive
///
/// The first run fetches the whole account, later runs only what is new. Stop it at any time
/// (Ctrl-C): the next run goes on from there, also inside a file. Waits the server asks for are
/// obeyed and shown. Chats and files that cannot be had are listed at the end (exit code 3) and
/// tried again by the next run.
///
/// A backup is an export in Telegram's sense (a Takeout session): faster, and with your saved
/// contacts and what you wrote in channels you left. Telegram may let you wait up to some days
/// before the first one (exit code 31) unless you allow it in the Telegram app on another device,
/// where a message about it arrives.
#[derive(Debug, Args)]
pub struct Backup {
    /// Leave photos, documents and other files out; a later run without this fetches them
    #[arg(long, env = "TELEKEEP_NO_MEDIA", hide_env_values = true, value_parser = BoolishValueParser::new())]
    no_media: bool,
    /// Files of chats whose owner forbids saving: leave them out, or keep them for records of
    /// your own
    #[arg(long, env = "TELEKEEP_PROTECTED", hide_env_values = true)]
    protected: Option<Protected>,
    /// Who reacted and voted: those that messages name, or everybody, which costs a request for
    /// each message with more of them (at most 1,000 in a run, the newest first)
    #[arg(long, env = "TELEKEEP_REACTIONS", hide_env_values = true)]
    reactions: Option<Reactions>,
    /// When Telegram lets the account wait before it may export: wait, and go on when it may, or
    /// when you allow it in the Telegram app
    #[arg(long = "wait", conflicts_with = "no_takeout")]
    wait_for_takeout: bool,
    /// No export session: slower, and without saved contacts and channels you left
    #[arg(long, env = "TELEKEEP_NO_TAKEOUT", hide_env_values = true, value_parser = BoolishValueParser::new())]
    no_takeout: bool,
    /// Fetch everything of the chats that are selected whole again and compare it with what is held,
    /// to find every edit and deletion, however old; otherwise a backup looks at the newest messages
    /// and the numbers. Of chats selected by dates, own messages or topics the newest are compared
    #[arg(long)]
    relist: bool,
    /// Show which chats are selected and why the others are not, and record nothing
    #[arg(long)]
    dry_run: bool,
    /// Show also how much there is to fetch, how long that takes and whether it fits on the disk,
    /// and record nothing
    #[arg(long)]
    plan: bool,
    /// Leave this much free on the disk; files that would need it wait for a later run [default:
    /// 1GB]
    #[arg(long, value_name = "SIZE", value_parser = parse_size, env = "TELEKEEP_KEEP_FREE", hide_env_values = true)]
    keep_free: Option<u64>,
    #[command(flatten)]
    proxy: ProxyOptions,
    #[command(flatten)]
    wait: WaitOptions,
    #[command(flatten)]
    select: Flags,
}

/// Failures listed for people; scripts get all.
const LISTED: usize = 20;

/// What a run did, for its last words.
pub struct Done {
    /// The engine's summary.
    pub summary: Summary,
    /// The line for scripts.
    pub line: json::Summary,
}

impl Backup {
    /// Backs up: one account after the other, each whole, whatever becomes of the others.
    pub fn run(&self, context: &Context) -> Result {
        let (archive, _lock) = context.open_for_writing("backup")?;
        let archive = Arc::new(archive);
        let spools = accounts::signed_in(context, &archive)?;
        let several = spools.len() > 1;
        let mut code = ExitCode::Done;
        for spool in spools {
            let account = spool.account().clone();
            if several && !context.output.json {
                unless_read(context.output.line(format!("Account {account}:")))?;
            }
            let came = match self.of_account(context, &archive, Arc::new(spool)) {
                Ok(code) => code,
                Err(error) if several && !error.is_reader_gone() => told(context, &error),
                Err(error) => return Err(error),
            };
            code = worse(code, came);
            if came == ExitCode::Interrupted {
                break;
            }
        }
        Ok(code)
    }

    fn of_account(&self, context: &Context, archive: &Arc<Archive>, spool: Arc<Spool>) -> Result {
        if self.dry_run || self.plan {
            return self.show_plan(context, archive, &spool);
        }
        let done = self.back_up(context, archive, &spool)?;
        // The exit code is an answer of its own.
        unless_read(tell(context, &done))?;
        Ok(exit_code(&done.summary))
    }

    /// Backs the main account up without a word about the result.
    pub fn backup(&self, context: &Context) -> Result<Done> {
        let (archive, _lock) = context.open_for_writing("backup")?;
        let archive = Arc::new(archive);
        let spool = Arc::new(Spool::open(&archive)?);
        self.back_up(context, &archive, &spool)
    }

    fn back_up(
        &self,
        context: &Context,
        archive: &Arc<Archive>,
        spool: &Arc<Spool>,
    ) -> Result<Done> {
        let started = Instant::now();
        let choice = accounts::signed_in_at(spool)?.through(context.proxy(&self.proxy))?;
        interrupt::graceful();
        let progress = Arc::new(Progress::start(&context.output, context.no_progress));
        progress.phase("connecting");
        let follower = Follower::start(archive, spool.journal())?;
        let run = Run {
            command: self,
            context,
            archive,
            spool,
            progress: &progress,
        };
        let result = runtime()?.block_on(run.run(&choice));
        progress.phase("indexing");
        // What was fetched is indexed also when the run ended early.
        let indexed = follower.finish();
        let fetched = progress.bytes();
        drop(progress);
        let (summary, requests) = result?;
        if let Err(error) = indexed {
            // The index is derived: what was fetched is safe, and reading builds what is missing.
            context.output.say(typed(&format!(
                "the index is behind: {error} (telekeep reindex)"
            )));
        }
        let line = json::Summary {
            account: spool.account().as_str().to_owned(),
            chats: summary.chats,
            messages: summary.messages,
            media: summary.media,
            new_records: summary.new_records,
            failed: summary.failed,
            missing: summary.missing,
            lost: summary.lost(),
            complete: summary.complete,
            chats_ended: summary.chats_ended,
            bot: summary.bot,
            chats_left_out: summary.chats_left_out,
            chats_in_part: summary.chats_in_part,
            files_left_out: summary.files_left_out,
            by_name_only: summary.by_name_only,
            disk_full: summary.full.is_some(),
            requests,
            media_bytes: fetched,
            seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            head: summary.head.clone(),
        };
        Ok(Done { summary, line })
    }

    /// What a backup would do.
    fn show_plan(&self, context: &Context, archive: &Arc<Archive>, spool: &Arc<Spool>) -> Result {
        let choice = accounts::signed_in_at(spool)?.through(context.proxy(&self.proxy))?;
        let session = spool.load().doing("the session")?;
        if session
            .and_then(|session| session.account)
            .is_some_and(|account| account.bot)
        {
            let message = "there is nothing to plan: Telegram shows a bot neither its chats nor their history";
            return Err(CommandError::new(ExitCode::Incomplete, message)
                .hint("to back up chats, sign in as a person who is in them (telekeep logout, telekeep login)"));
        }
        let progress = Arc::new(Progress::start(&context.output, context.no_progress));
        progress.phase("connecting");
        let run = Run {
            command: self,
            context,
            archive,
            spool,
            progress: &progress,
        };
        let plan = runtime()?.block_on(run.plan(&choice));
        let options = run.options();
        drop(progress);
        plan::show(context, &plan?, &options, self.plan)?;
        Ok(ExitCode::Done)
    }

    fn keep_free(&self, context: &Context) -> u64 {
        let setting = context.settings.keep_free.map(|size| size.0);
        let default = Options::default().keep_free;
        self.keep_free.or(setting).unwrap_or(default)
    }

    /// What is to be kept: flags over the settings file.
    fn selection(&self, context: &Context) -> Selection {
        let settings = &context.settings;
        let file = selection::file::selection(&settings.select, &settings.media);
        self.select.over(file)
    }

    fn keeps_protected(&self, context: &Context) -> bool {
        let choice = self.protected.or(context.settings.protected);
        choice.unwrap_or_default() == Protected::Keep
    }

    fn asks_who_reacted(&self, context: &Context) -> bool {
        let choice = self.reactions.or(context.settings.reactions);
        choice.unwrap_or_default() == Reactions::Who
    }

    /// Everything of a cloud on this machine, with the usual patience.
    pub fn full() -> Backup {
        Backup {
            no_media: false,
            protected: None,
            reactions: None,
            wait_for_takeout: false,
            no_takeout: false,
            relist: false,
            dry_run: false,
            plan: false,
            keep_free: None,
            proxy: ProxyOptions::none(),
            wait: WaitOptions::default(),
            select: Flags::default(),
        }
    }
}

/// Tells the error of one account of several; the others are still to come.
fn told(context: &Context, error: &CommandError) -> ExitCode {
    let output = &context.output;
    // stderr may be closed; the exit code still tells.
    let _ = error.write(&mut std::io::stderr().lock(), output.err, output.json);
    error.kind
}

/// What two accounts came to: an error says more than something missing, the first error most.
fn worse(one: ExitCode, other: ExitCode) -> ExitCode {
    match (one, other) {
        (ExitCode::Done, other) => other,
        (ExitCode::Incomplete, other) if other != ExitCode::Done => other,
        (one, _) => one,
    }
}

struct Run<'a> {
    command: &'a Backup,
    context: &'a Context,
    archive: &'a Arc<Archive>,
    spool: &'a Arc<Spool>,
    progress: &'a Arc<Progress>,
}

impl Run<'_> {
    /// Connects, and finds out what a backup would do.
    async fn plan(&self, choice: &Choice) -> Result<Plan> {
        let monitor: Arc<dyn Monitor> = Arc::new(Watch::new(self.progress, self.spool));
        let client = self.connect(choice, monitor).await?;
        self.progress.phase("planning");
        let options = self.options();
        let plan = tokio::select! {
            plan = backup::plan(&client, self.spool, &options, self.command.plan) => plan,
            () = interrupt::wait() => return Err(CommandError::interrupted()),
        };
        let closed = client.close().await;
        let plan = plan?;
        closed?;
        Ok(plan)
    }

    async fn connect(&self, choice: &Choice, monitor: Arc<dyn Monitor>) -> Result<Client> {
        let mut settings = Settings {
            monitor,
            ..Settings::default()
        };
        settings.limits.max_wait = self.context.max_wait(&self.command.wait);
        let store: Arc<dyn SessionStore> = self.spool.clone();
        tokio::select! {
            client = Client::connect_with(choice.endpoint()?, store, settings) => Ok(client?),
            () = interrupt::wait() => Err(CommandError::interrupted()),
        }
    }

    /// Connects, backs up, and counts the requests.
    async fn run(&self, choice: &Choice) -> Result<(Summary, u64)> {
        let monitor: Arc<dyn Monitor> = Arc::new(Watch::new(self.progress, self.spool));
        let client = self.connect(choice, monitor.clone()).await?;
        let stop = Stop::new();
        let stopper = tokio::spawn({
            let stop = stop.clone();
            async move {
                interrupt::wait().await;
                stop.set();
            }
        });
        let options = self.options();
        let result =
            backup::backup(&client, self.archive, self.spool, &options, monitor, &stop).await;
        stopper.abort();
        let requests = client.stats().requests();
        let closed = client.close().await;
        let summary = result?;
        closed?;
        Ok((summary, requests))
    }

    fn takeout(&self) -> Takeouts {
        let avoid = self.context.settings.no_takeout.unwrap_or(false);
        match (self.command.wait_for_takeout, self.command.no_takeout) {
            (true, _) => Takeouts::Await,
            (_, command) if command || avoid => Takeouts::Avoid,
            _ => Takeouts::Use,
        }
    }

    fn options(&self) -> Options {
        let no_media = self.command.no_media || self.context.settings.no_media.unwrap_or(false);
        Options {
            media: !no_media,
            keep_protected: self.command.keeps_protected(self.context),
            who_reacted: self.command.asks_who_reacted(self.context),
            selection: self.command.selection(self.context),
            relist: self.command.relist,
            keep_free: self.command.keep_free(self.context),
            free_space: free_space(self.context),
            takeout: self.takeout(),
            ..Options::default()
        }
    }
}

impl From<BackupError> for CommandError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Revoked { .. } => {
                CommandError::from_sentence(ExitCode::LoginNeeded, &error).hint("telekeep login")
            }
            BackupError::NotSignedIn => login_needed(),
            BackupError::Wait { .. } => CommandError::from_sentence(ExitCode::WaitTooLong, &error)
                .hint("or allow longer waits with --max-wait"),
            BackupError::Takeout(error) => no_export(&error),
            BackupError::Call(CallError::Connect(error)) => CommandError::from(error.as_ref())
                .hint("what was backed up is kept; run again to go on"),
            BackupError::Selection(error) => CommandError::usage(error.to_string()).hint(
                "telekeep backup --dry-run shows what is selected; docs/selection.md tells more",
            ),
            BackupError::Spool(error) => error.into(),
            BackupError::Archive(error) => error.into(),
            BackupError::File(ref source) if source.kind() == std::io::ErrorKind::StorageFull => {
                CommandError::from_sentence(ExitCode::DiskFull, &error)
            }
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

/// What can be done when a backup cannot be an export.
fn no_export(error: &TakeoutError) -> CommandError {
    let without = "or go on without an export session: telekeep backup --no-takeout";
    match error {
        TakeoutError::Delayed { until, wait } => CommandError::new(
            ExitCode::WaitTooLong,
            format!(
                "Telegram lets this account export its data from {} on (in {})",
                moment(*until),
                duration(wait.as_secs())
            ),
        )
        .hint(
            "to allow it now, open Telegram on another device, find the message of Telegram \
             about the export request, allow it there, and run this again on this computer",
        )
        .hint("or wait for it: telekeep backup --wait")
        .hint(without),
        TakeoutError::Refused { .. } => {
            let error = CommandError::from_sentence(ExitCode::Failed, error);
            error.hint("telekeep backup --no-takeout")
        }
        error => CommandError::from_sentence(ExitCode::Failed, error).hint(without),
    }
}

/// A moment in the time zone of this computer.
fn moment(at: SystemTime) -> String {
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    minute(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn free_space(context: &Context) -> FreeSpace {
    let archive = context.archive.clone();
    Arc::new(move || disk::free(&archive))
}

/// The exit code of a run that came to its end or was stopped.
pub fn exit_code(summary: &Summary) -> ExitCode {
    if summary.full.is_some() {
        ExitCode::DiskFull
    } else if summary.interrupted {
        ExitCode::Interrupted
    } else if summary.failed > 0 || summary.missing > 0 || summary.lost() > 0 || summary.bot {
        ExitCode::Incomplete
    } else {
        ExitCode::Done
    }
}

/// The last words of a run.
pub fn tell(context: &Context, done: &Done) -> Result<()> {
    let Done { summary, line } = done;
    let output = &context.output;
    if output.json {
        for failure in &summary.failures {
            let (what, key, error) = (&failure.what, &failure.key, &failure.error);
            output.json("failure", &json::Failure { what, key, error })?;
        }
        for &Loss { chat, messages } in &summary.losses {
            output.json("loss", &json::Loss { chat, messages })?;
        }
        return output.json("summary", line);
    }
    for text in words(context, done) {
        output.line(text)?;
    }
    Ok(())
}

fn words(context: &Context, Done { summary, line }: &Done) -> Vec<String> {
    let style = context.output.out;
    let verdict = if summary.full.is_some() {
        style.warn("Paused: the disk is too full.")
    } else if summary.interrupted {
        style.warn("Stopped; run again to go on.")
    } else if summary.bot {
        style.warn("Done, as far as a bot can be backed up.")
    } else if summary.complete && summary.chats_ended > 0 {
        style.good("Everything that Telegram still has is here.")
    } else if summary.complete {
        style.good("Complete.")
    } else if exit_code(summary) == ExitCode::Done
        && (summary.by_name_only || selected_words(summary).is_some())
    {
        style.good("Done, as selected.")
    } else if exit_code(summary) == ExitCode::Done {
        style.good("Done, without media.")
    } else {
        style.warn("Finished, but not everything could be had.")
    };
    let held = format!(
        "{verdict} The archive holds {} in {}, and {}.",
        plural(summary.messages, "message", "messages"),
        plural(summary.chats, "chat", "chats"),
        plural(summary.media, "media file", "media files"),
    );
    let mut run = match summary.new_records {
        0 => "Nothing new".to_owned(),
        n => plural(n, "new record", "new records"),
    };
    if line.media_bytes > 0 {
        run += &format!(", {} of media", size(line.media_bytes));
    }
    run += &format!(
        ", {} in {}.",
        plural(line.requests, "request", "requests"),
        duration(line.seconds.round() as u64)
    );
    let mut lines = vec![held, run];
    lines.extend(summary.bot.then(|| login::LITTLE.to_owned()));
    lines.extend(selected_words(summary));
    lines.extend(summary.by_name_only.then(|| BY_NAME_ONLY.to_owned()));
    lines.extend(trouble(context, summary));
    lines.extend(
        summary
            .head
            .as_ref()
            .map(|head| style.dim(&head_words(head))),
    );
    lines
}

/// What the selection leaves out.
fn selected_words(summary: &Summary) -> Option<String> {
    let counts = [
        (summary.chats_left_out, "chat", "chats"),
        (summary.files_left_out, "file", "files"),
    ];
    let left_out = counts.iter().filter(|(n, ..)| *n > 0);
    let mut parts: Vec<_> = left_out
        .map(|(n, one, many)| plural(*n, one, many))
        .collect();
    if summary.chats_in_part > 0 {
        let chats = plural(summary.chats_in_part, "chat", "chats");
        parts.push(format!("a part of {chats}"));
    }
    (!parts.is_empty()).then(|| format!("Left out by your selection: {}.", parts.join(", ")))
}

fn trouble(context: &Context, summary: &Summary) -> Vec<String> {
    let style = context.output.out;
    let mut lines = Vec::new();
    if let Some(space) = summary.full {
        lines.push(style.warn(&format!(
            "{} are free and {} are to stay free (--keep-free): files wait until there is room.\n\
             Make room, or select less (--max-size, --media), and run again.",
            size(space.free),
            size(space.keep)
        )));
    }
    if summary.missing > 0 {
        lines.push(style.warn(&format!(
            "{} missing; {} shows in which chats.",
            plural(summary.missing, "item is", "items are"),
            typed("telekeep status")
        )));
    }
    if summary.lost() > 0 {
        lines.push(style.warn(&format!(
            "{} counted by Telegram and deleted before they could be had; {} shows in which chats.",
            plural(summary.lost(), "message was", "messages were"),
            typed("telekeep status")
        )));
    }
    if summary.failed > 0 {
        lines.push(format!(
            "{} could not be had and will be tried again by the next run:",
            plural(summary.failed, "item", "items")
        ));
    }
    let listed = summary.failures.iter().take(LISTED);
    lines.extend(listed.map(|f| {
        format!(
            "  {} {}: {}",
            clean(&f.what),
            clean(&f.key),
            clean(&f.error)
        )
    }));
    if let Some(more) = summary
        .failures
        .len()
        .checked_sub(LISTED)
        .filter(|more| *more > 0)
    {
        lines.push(format!(
            "  and {} more (--json lists all)",
            count(more as u64)
        ));
    }
    lines
}
