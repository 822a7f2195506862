//! Keeping the index up with the journals, and opening it for reading.
//!
//! The index is derived: whatever is wrong with it, it is built anew. Who writes it holds
//! `local/index.lock`, not the archive's lock, so that looking at an archive never keeps a backup
//! from starting. A reader that finds somebody writing reads what is there.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use telekeep_index::{DELETED_ACCOUNT, Index, IndexError, Key};
use telekeep_journal::{Archive, Head, Line};
use telekeep_sources::spool::{AccountName, Spool, accounts};
use telekeep_view::Library;
use tempfile::TempDir;

use crate::accounts::unknown;
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::output::text::clean;
use crate::progress::Progress;
use crate::records::{AllRecords, Journals, spool_reader};
use crate::writable::{create_folder, is_protected};

/// What Telegram's apps call the account's chat with itself.
const SAVED_MESSAGES: &str = "Saved Messages";
/// How often an idle reader looks for new records.
const LOOK_IDLE: Duration = Duration::from_secs(5);
/// How often the follower looks how many new records there are, and a reader whether the first index
/// is there.
const LOOK: Duration = Duration::from_millis(100);
/// It applies them when there are this many, so that the end of a run is never far behind, ...
const MANY: u64 = 5000;
/// ... or when the last time is this long ago: fewer transactions cost less.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where the index of an archive is, and its key.
#[derive(Clone)]
struct Home {
    folder: PathBuf,
    path: PathBuf,
    key: Option<Key>,
    /// The folder, when it is only for this run.
    _aside: Option<Arc<TempDir>>,
}

impl Home {
    fn of(archive: &Archive) -> Result<Home> {
        let folder = archive
            .local_dir()
            .ok_or_else(|| CommandError::failed("this archive is not in a local folder"))?
            .to_owned();
        let path = folder.join("index.db");
        Ok(Home {
            folder,
            path,
            key: archive.local_key("index")?,
            _aside: None,
        })
    }

    /// The same for readers: an archive that cannot be written to (a write-protected copy, somebody
    /// else's) can still be read, with an index in a temporary folder.
    fn of_reader(context: &Context, archive: &Archive) -> Result<Home> {
        let home = Home::of(archive)?;
        if !is_protected(&home.folder) {
            return Ok(home);
        }
        context.output.say(
            "The archive cannot be written to, so its index is built in a temporary folder. What a\n\
             backup fetched and did not seal yet is not seen.",
        );
        let aside = temporary_folder()?;
        Ok(Home {
            folder: aside.path().to_owned(),
            path: aside.path().join("index.db"),
            key: home.key,
            _aside: Some(Arc::new(aside)),
        })
    }

    /// The index for reading.
    fn read(&self) -> Result<Index> {
        Ok(Index::open_read(&self.path, self.key.as_ref())?)
    }

    /// The right to write the index, once whoever has it gives it back.
    fn lock(&self) -> Result<File> {
        let (file, path) = self.lock_file()?;
        file.lock()
            .doing(format!("cannot lock {}", path.display()))?;
        Ok(file)
    }

    /// The right to write the index, unless somebody else has it.
    fn try_lock(&self) -> Result<Option<File>> {
        let (file, path) = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).doing(format!("cannot lock {}", path.display()))
            }
        }
    }

    fn lock_file(&self) -> Result<(File, PathBuf)> {
        make_folder(&self.folder)?;
        let path = self.folder.join("index.lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&path)
            .doing(format!("cannot lock {}", path.display()))?;
        Ok((file, path))
    }

    /// The index for writing, built anew when it is missing, of another format or damaged.
    /// The caller has the lock.
    fn open_current(&self, journals: &Journals<'_>, seen: Seen<'_>) -> Result<Index> {
        if !self.path.exists() {
            return self.build(journals, seen);
        }
        let caught_up = Index::open(&self.path, self.key.as_ref()).and_then(|mut index| {
            catch_up(&mut index, journals, seen)?;
            Ok(index)
        });
        match caught_up {
            // The journal or another process is the matter, not the index.
            Err(error @ (IndexError::Source { .. } | IndexError::Busy)) => Err(error.into()),
            Err(_) => self.build(journals, seen),
            Ok(index) => Ok(index),
        }
    }

    /// Builds the index from nothing beside the old one, which it then replaces.
    fn build(&self, journals: &Journals<'_>, seen: Seen<'_>) -> Result<Index> {
        let mut rebuild = Index::rebuild(&self.path, self.key.as_ref())?;
        for journal in journals.names() {
            let lines = journals.records(journal, 0);
            rebuild.apply(journal, lines.inspect(|_| seen()))?;
        }
        Ok(rebuild.finish()?)
    }
}

/// For an index that is only for this run.
fn temporary_folder() -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("telekeep-index-").tempdir();
    folder.doing("cannot make a temporary folder")
}

/// Told of every record.
type Seen<'a> = &'a (dyn Fn() + Sync);

fn catch_up(
    index: &mut Index,
    journals: &Journals<'_>,
    seen: Seen<'_>,
) -> std::result::Result<(), IndexError> {
    for journal in journals.names() {
        let from = index.position(journal)?;
        let lines = journals.records(journal, from);
        index.apply(journal, lines.inspect(|_| seen()))?;
    }
    Ok(())
}

impl From<IndexError> for CommandError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Source { journal, source } => match source.downcast::<CommandError>() {
                Ok(error) => *error,
                Err(source) => CommandError::failed(format!("reading journal {journal}: {source}")),
            },
            IndexError::Query { .. } => CommandError::from_sentence(ExitCode::Usage, &error),
            IndexError::Busy => CommandError::from_sentence(ExitCode::Locked, &error),
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

fn make_folder(path: &Path) -> Result<()> {
    create_folder(path).doing(format!("cannot make {}", path.display()))
}

/// An index that has everything, open for reading.
pub struct Reading {
    /// The index.
    pub index: Index,
    accounts: Vec<i64>,
    asked: HashMap<String, i64>,
    _home: Home,
}

impl Reading {
    /// Opens the archive and brings its index up to date, unless somebody else is doing so. What is
    /// read is that of one account: the one that was asked for, else the first.
    pub fn open(context: &Context) -> Result<Reading> {
        let (archive, home) = current(context)?;
        let (index, account) = chosen(context, &archive, &home)?;
        if let (None, Some(first)) = (&context.account, &account) {
            context.output.say(format!(
                "This is account {first}, one of several (--account NAME)."
            ));
        }
        Reading::of(home, index)
    }

    /// What is there of an archive that is open already, of all accounts.
    pub fn of_archive(context: &Context, archive: &Archive) -> Result<Reading> {
        let home = Home::of_reader(context, archive)?;
        refresh(context, archive, &home)?;
        let index = home.read()?;
        Reading::of(home, index)
    }

    /// Every account by itself, or the one that was asked for. An archive without any is read whole.
    pub fn each(context: &Context) -> Result<Vec<(AccountName, Reading)>> {
        let (archive, home) = current(context)?;
        let accounts = match &context.account {
            Some(account) => vec![account.clone()],
            None => shown(&home.read()?)?,
        };
        let by_itself = context.account.is_some() || accounts.len() > 1;
        let accounts = match accounts.is_empty() {
            true => vec![AccountName::default()],
            false => accounts,
        };
        let each = accounts.into_iter().map(|account| {
            let index = home.read()?;
            if by_itself {
                only(&index, &archive, &account)?;
            }
            let reading = Reading {
                asked: asked(&archive, &account),
                ..Reading::of(home.clone(), index)?
            };
            Ok((account, reading))
        });
        each.collect()
    }

    fn of(home: Home, index: Index) -> Result<Reading> {
        Ok(Reading {
            accounts: index.accounts()?,
            index,
            asked: HashMap::new(),
            _home: home,
        })
    }

    /// When a part of the account was asked for last (unix milliseconds), as far as this machine
    /// knows: another copy of the archive cannot.
    pub fn asked(&self, part: &str) -> Option<i64> {
        self.asked.get(part).copied().filter(|time| *time > 0)
    }

    /// The title of a chat: the account's own chat with itself is known by another name.
    pub fn title<'a>(&self, chat: i64, title: &'a str) -> &'a str {
        if self.accounts.contains(&chat) {
            SAVED_MESSAGES
        } else {
            title
        }
    }

    /// A name for people: whose account was deleted is marked so. The name is the last one known.
    pub fn named(&self, id: Option<i64>, name: &str) -> Result<String> {
        let deleted = id.map(|id| self.index.is_deleted_account(id)).transpose()?;
        Ok(marked(name, deleted == Some(true)))
    }
}

/// The archive with an index that has everything.
fn current(context: &Context) -> Result<(Archive, Home)> {
    let archive = context.open()?;
    let home = Home::of_reader(context, &archive)?;
    refresh(context, &archive, &home)?;
    Ok((archive, home))
}

/// Accounts that the index has something of, the main one first.
fn shown(index: &Index) -> Result<Vec<AccountName>> {
    let journals = index.journals()?;
    let named = journals.iter().map(String::as_str);
    Ok(named.filter_map(AccountName::of_journal).collect())
}

/// The index for what is about one account, which is the one that was asked for, else the first of
/// several; `None` where there is nothing to choose.
fn chosen(
    context: &Context,
    archive: &Archive,
    home: &Home,
) -> Result<(Index, Option<AccountName>)> {
    let index = home.read()?;
    let account = match &context.account {
        Some(account) => Some(account.clone()),
        None => Some(shown(&index)?)
            .filter(|accounts| accounts.len() > 1)
            .and_then(|accounts| accounts.into_iter().next()),
    };
    if let Some(account) = &account {
        only(&index, archive, account)?;
    }
    Ok((index, account))
}

/// Shows of the index only what is of this account.
fn only(index: &Index, archive: &Archive, account: &AccountName) -> Result<()> {
    if index.only(&account.journal())? {
        return Ok(());
    }
    let known = accounts(archive)?;
    if known.contains(account) {
        let message = format!("nothing of account `{account}` was backed up yet");
        return Err(
            CommandError::failed(message).hint(format!("telekeep backup --account {account}"))
        );
    }
    Err(unknown(account, &known))
}

/// What the account's spool knows; nothing when there is none that can be read.
fn asked(archive: &Archive, account: &AccountName) -> HashMap<String, i64> {
    let spool = spool_reader(archive, account).ok().flatten();
    let parts = spool.and_then(|spool| spool.account_parts().ok());
    let parts = parts.unwrap_or_default().into_iter();
    parts.map(|(name, part)| (name, part.asked)).collect()
}

/// A name, marked when it is that of a deleted account.
pub fn marked(name: &str, deleted: bool) -> String {
    match deleted && name != DELETED_ACCOUNT {
        true => format!("{} (deleted account)", clean(name)),
        false => clean(name),
    }
}

/// Brings the index up to date, unless somebody else is doing so.
fn refresh(context: &Context, archive: &Archive, home: &Home) -> Result<()> {
    if let Some(_lock) = first_or_free(home)? {
        let journals = Journals::open(archive)?;
        let progress = Progress::start(&context.output, context.no_progress);
        let shown = indexing(&progress, journals.last()?);
        home.open_current(&journals, &shown)?;
    }
    Ok(())
}

/// The right to write the index, unless somebody else has it. The first index of all is waited for,
/// but not until its writer is done with it: a backup keeps it for as long as it runs.
fn first_or_free(home: &Home) -> Result<Option<File>> {
    loop {
        let lock = home.try_lock()?;
        if lock.is_some() || home.path.exists() {
            return Ok(lock);
        }
        std::thread::sleep(LOOK);
    }
}

/// An index that is kept up with the journals as long as the process runs.
pub struct Kept {
    /// The unlocked archive.
    pub archive: Arc<Archive>,
    /// The index's file.
    pub path: PathBuf,
    /// Its key.
    pub key: Option<Key>,
    /// The account that was asked for, else the first of several.
    pub account: Option<AccountName>,
}

impl Kept {
    /// The archive for reading: all of it, or what is of one account.
    pub fn library(&self, account: Option<&AccountName>) -> Result<Arc<Library>> {
        let all = Library::open(Arc::clone(&self.archive), &self.path, self.key)?;
        Ok(match account {
            Some(account) => Arc::new(all.of_journal(&account.journal())),
            None => all,
        })
    }
}

/// Brings the index up to date now, then again whenever there are new records, on a thread of its
/// own. Whoever else is writing it meanwhile is left to do so.
pub fn keep(context: &Context) -> Result<Kept> {
    let archive = Arc::new(context.open()?);
    let home = Home::of_reader(context, &archive)?;
    refresh(context, &archive, &home)?;
    let (_, account) = chosen(context, &archive, &home)?;
    let (path, key) = (home.path.clone(), home.key);
    let kept = Kept {
        archive: Arc::clone(&archive),
        path,
        key,
        account,
    };
    std::thread::Builder::new()
        .name("index".into())
        .spawn(move || {
            let mut seen = 0;
            loop {
                // What fails now is tried again; readers have what is there.
                seen = look_for_news(&home, &archive, seen).unwrap_or(seen);
                std::thread::sleep(LOOK_IDLE);
            }
        })
        .doing("cannot start a thread")?;
    Ok(kept)
}

/// Applies what is new since record `seen`; gives the last record there is.
fn look_for_news(home: &Home, archive: &Archive, seen: u64) -> Result<u64> {
    let journals = Journals::open(archive)?;
    let last = journals.last()?;
    if last <= seen {
        return Ok(seen);
    }
    let Some(_lock) = home.try_lock()? else {
        return Ok(seen);
    };
    home.open_current(&journals, &|| ())?;
    Ok(last)
}

/// An index of exactly what the journals had when these were their heads, in a temporary folder.
pub fn at_heads(context: &Context, archive: &Archive, heads: &[Head]) -> Result<(Index, TempDir)> {
    let key = archive.local_key("index")?;
    let folder = temporary_folder()?;
    let mut rebuild = Index::rebuild(&folder.path().join("index.db"), key.as_ref())?;
    let progress = Progress::start(&context.output, context.no_progress);
    let seen = indexing(&progress, heads.iter().map(|head| head.last).sum());
    for head in heads {
        let lines = AllRecords::new(archive, &head.journal, None, 1);
        let past = |line: &Result<Line>| line.as_ref().is_ok_and(|line| line.seq > head.last);
        let lines = lines.take_while(|line| !past(line)).inspect(|_| seen());
        rebuild.apply(&head.journal, lines)?;
    }
    Ok((rebuild.finish()?, folder))
}

/// Counts records into the progress, of `total`.
fn indexing(progress: &Progress, total: u64) -> impl Fn() + Sync + '_ {
    progress.update(|counts| counts.phase = "indexing".into());
    move || progress.update(|counts| counts.records = (counts.records.0 + 1, total))
}

/// Builds the index anew and gives how many messages it holds.
pub fn rebuild(context: &Context) -> Result<Index> {
    let archive = context.open()?;
    let home = Home::of(&archive)?;
    let Some(_lock) = home.try_lock()? else {
        return Err(IndexError::Busy.into());
    };
    let journals = Journals::open(&archive)?;
    let progress = Progress::start(&context.output, context.no_progress);
    let shown = indexing(&progress, journals.last()?);
    home.build(&journals, &shown)
}

/// Applies records to the index while they are being fetched, on a thread of its own.
pub struct Follower {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Follower {
    /// Starts following an account's spool, which the caller has open.
    pub fn start(archive: &Arc<Archive>, journal: String) -> Result<Follower> {
        let stop = Arc::new(AtomicBool::new(false));
        let home = Home::of(archive)?;
        let (archive, stopped) = (Arc::clone(archive), Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("index".into())
            .spawn(move || follow(&home, &archive, &journal, &stopped))
            .doing("cannot start a thread")?;
        Ok(Follower { stop, thread })
    }

    /// Applies the rest and ends.
    pub fn finish(self) -> Result<()> {
        self.stop.store(true, Ordering::Release);
        self.thread.thread().unpark();
        let failed = |_| {
            CommandError::failed("indexing ended unexpectedly")
                .hint("what was fetched is kept; telekeep reindex builds the index anew")
        };
        self.thread.join().map_err(failed)?
    }
}

fn follow(home: &Home, archive: &Archive, journal: &str, stopped: &AtomicBool) -> Result<()> {
    let _lock = home.lock()?;
    let journals = Journals::open(archive)?;
    let mut index = home.open_current(&journals, &|| ())?;
    let mut applied = Instant::now();
    loop {
        // Asked before looking, so that nothing committed before the request is left out.
        let last = stopped.load(Ordering::Acquire);
        let newest = journals.spool(journal).map(Spool::last_seq).transpose()?;
        let behind = (newest.unwrap_or(0) + 1).saturating_sub(index.position(journal)?.max(1));
        if last || is_due(behind, applied.elapsed()) {
            catch_up(&mut index, &journals, &|| ())?;
            applied = Instant::now();
        }
        if last {
            return Ok(());
        }
        std::thread::park_timeout(LOOK);
    }
}

/// Are `behind` records worth a transaction, so long after the one before?
fn is_due(behind: u64, since: Duration) -> bool {
    behind >= MANY || (behind > 0 && since >= PATIENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_does_not_wait_for_the_end_of_a_backup() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home {
            folder: folder.path().to_owned(),
            path: folder.path().join("index.db"),
            key: None,
            _aside: None,
        };
        // A backup has begun its index and keeps the lock.
        let _kept = home.lock().unwrap();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| first_or_free(&home).unwrap().is_none());
            std::fs::write(&home.path, "").unwrap();
            assert!(reader.join().unwrap(), "read without the right to write");
        });
    }

    #[test]
    fn few_records_wait_for_company_but_not_long() {
        assert!(!is_due(MANY - 1, Duration::ZERO));
        assert!(is_due(MANY, Duration::ZERO));
        assert!(is_due(1, PATIENCE));
        assert!(!is_due(0, 10 * PATIENCE));
    }

    #[test]
    fn deleted_accounts_are_marked_once() {
        assert_eq!(marked("Ada", false), "Ada");
        assert_eq!(marked("Ada\x1b", true), "Ada (deleted account)");
        assert_eq!(marked("Deleted Account", true), "Deleted Account");
    }
}
