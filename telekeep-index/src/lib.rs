//! The index: what the journals say, in a form that answers questions fast.
//!
//! It is a SQLite database that is derived from journals and can be deleted at any time: applying the
//! journals again gives the same answers. It is the only thing search, status and viewers read. In an
//! encrypted archive the file is encrypted as well (SQLCipher with a raw key).
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::path::Path::new("index.db");
//! # let lines: Vec<Result<telekeep_journal::Line, std::io::Error>> = Vec::new();
//! use telekeep_index::{Index, Search};
//! let mut index = Index::open(path, None)?;
//! let from = index.position("account")?; // first sequence number wanted
//! index.apply("account", lines)?;
//! let now = 1_700_000_000; // unix seconds: what `today` means in a query
//! let page = index.search(&Search::new("red bicycle from:ada", now))?;
//! # Ok(()) }
//! ```
//!
//! One connection writes, any number read meanwhile (WAL). Who writes holds the archive's lock.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod about;
mod apply;
mod chats;
mod days;
mod error;
mod evidence;
mod files;
mod folders;
mod gallery;
mod history;
mod names;
mod notes;
mod number;
mod only;
mod open;
mod own;
mod people;
mod portraits;
mod search;
mod show;
mod slots;
mod statistics;
mod status;
mod stories;
pub mod tokenizer;
mod varint;
mod walk;
mod weeks;
mod zone;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _};
use telekeep_journal::Line;

pub use about::ChatPartRow;
pub use apply::Applied;
pub use chats::{ChatCursor, ChatFilter, ChatRow, Newest};
pub use days::Day;
pub use error::IndexError;
pub use evidence::{ChatKey, Evidence, FileStates};
pub use files::FileState;
pub use folders::{FolderKey, FolderRow};
pub use gallery::{Gallery, Listing};
pub use history::{GENERAL, Topic, Version};
pub use names::DELETED_ACCOUNT;
pub use notes::{NoteChat, NoteFilter, NotePlace, NoteRow};
pub use open::Key;
pub use own::{BookEntry, OwnHit, PartRow};
pub use people::{ChatShare, PastName, Profile};
pub use portraits::Portrait;
pub use search::{
    Earlier, Extra, Filter, Hit, Page, Partial, Resolved, Search, Snippet, Sort, grammar, snippet,
};
pub use show::{ChatRef, Place, Shown};
pub use statistics::{Activity, KindCount, Replies, SenderCount, SenderRef, Words};
pub use status::{ChatStatus, FailureRow, Rules, Totals};
pub use stories::{StoryFilter, StoryPlace, StoryRow};
pub use walk::Cursor;
pub use zone::{Zone, date_of, day_number};

use error::Doing as _;
use open::Use;

/// An open index.
pub struct Index {
    db: Connection,
    writer: apply::Writer,
}

impl Index {
    /// Opens the index for applying records, creating an empty one when there is none.
    ///
    /// [`IndexError::OutOfDate`] and [`IndexError::Unreadable`] mean: build it anew
    /// ([`Index::rebuild`]).
    pub fn open(path: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        Self::with(path, key, Use::Write)
    }

    /// Opens the index for reading, also while another process applies records.
    /// [`IndexError::Missing`] when there is none.
    pub fn open_read(path: &Path, key: Option<&Key>) -> Result<Self, IndexError> {
        Self::with(path, key, Use::Read)
    }

    fn with(path: &Path, key: Option<&Key>, purpose: Use) -> Result<Self, IndexError> {
        Ok(Self {
            db: open::open(path, key, purpose)?,
            writer: apply::Writer::default(),
        })
    }

    /// Deletes the index with the files SQLite keeps beside it. Nothing there is fine.
    pub fn remove(path: &Path) -> Result<(), IndexError> {
        open::remove(path)
    }

    /// Begins an index from nothing, faster than [`Index::open`] could: in a file beside `path` that
    /// takes its place only when [`Rebuild::finish`] is called.
    pub fn rebuild(path: &Path, key: Option<&Key>) -> Result<Rebuild, IndexError> {
        let mut building = path.as_os_str().to_owned();
        building.push(".building");
        let building = PathBuf::from(building);
        open::remove(&building)?;
        let mut index = Self::with(&building, key, Use::Build)?;
        index.writer = apply::Writer::building(apply::Gather::start(&building, key)?);
        Ok(Rebuild {
            index,
            building,
            path: path.to_owned(),
            key: key.copied(),
        })
    }

    /// The first sequence number of `journal` that was not applied yet: 0 for one never seen.
    pub fn position(&self, journal: &str) -> Result<u64, IndexError> {
        self.db
            .query_row(
                "SELECT next FROM journal WHERE name = ?1",
                [journal],
                |row| row.get(0),
            )
            .optional()
            .map(|next| next.map_or(0, number::unsigned))
            .doing("reading the position")
    }

    /// Applies lines of a journal in their order. Those already applied are passed over, so it is safe
    /// to start early; a gap is an error. Each batch is stored with its position: an interruption, or
    /// an error of `lines`, leaves what was applied before.
    pub fn apply<I, E>(&mut self, journal: &str, lines: I) -> Result<Applied, IndexError>
    where
        I: IntoIterator<Item = Result<Line, E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        apply::apply(&mut self.db, &mut self.writer, journal, lines)
    }

    /// Finds messages. Continue with the [`Page::next`] of the page before.
    pub fn search(&self, search: &Search<'_>) -> Result<Page, IndexError> {
        search::search(&self.db, search)
    }

    /// A message with up to `around` messages before and after it, ascending.
    pub fn context(&self, chat: i64, id: i64, around: usize) -> Result<Vec<Shown>, IndexError> {
        let mut all = show::messages(&self.db, chat, Place::Before(id), around)?;
        all.extend(self.message(chat, id)?);
        all.extend(show::messages(&self.db, chat, Place::After(id), around)?);
        Ok(all)
    }

    /// Messages of a chat (marked id) in ascending order of ids; empty for an unknown chat.
    pub fn messages(
        &self,
        chat: i64,
        place: Place,
        limit: usize,
    ) -> Result<Vec<Shown>, IndexError> {
        show::messages(&self.db, chat, place, limit)
    }

    /// One message of a chat; `None` when it is not held.
    pub fn message(&self, chat: i64, id: i64) -> Result<Option<Shown>, IndexError> {
        let found = show::messages(&self.db, chat, Place::Around(id), 1)?;
        Ok(found.into_iter().find(|shown| shown.message.id == id))
    }

    /// Sequence numbers of the records of a message's earlier versions, oldest first.
    pub fn versions(&self, chat: i64, id: i64) -> Result<Vec<u64>, IndexError> {
        let versions = self.history(chat, id)?;
        Ok(versions.into_iter().map(|version| version.seq).collect())
    }

    /// Earlier versions of a message, oldest first, as they were.
    pub fn history(&self, chat: i64, id: i64) -> Result<Vec<Version>, IndexError> {
        history::versions(&self.db, chat, id)
    }

    /// Messages of the same chat that answer message `id`, ascending, beginning after the one with id
    /// `after` (0 for the first page).
    pub fn replies(
        &self,
        chat: i64,
        id: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Shown>, IndexError> {
        history::replies(&self.db, chat, id, after, limit)
    }

    /// All messages of the album that message `id` is part of, ascending; itself when it is in none.
    pub fn album(&self, chat: i64, id: i64) -> Result<Vec<Shown>, IndexError> {
        history::album(&self.db, chat, id)
    }

    /// The topics of a forum, those with the newest messages first; empty for other chats.
    pub fn topics(&self, chat: i64) -> Result<Vec<Topic>, IndexError> {
        history::topics(&self.db, chat)
    }

    /// The topic that a message of a chat is in, by what the message says ([`telekeep_model::Message::topic`]):
    /// its id and title. `None` outside of forums.
    pub fn topic(&self, chat: i64, topic: Option<i64>) -> Result<Option<Topic>, IndexError> {
        history::topic(&self.db, chat, topic)
    }

    /// Messages of a forum topic (1: General), or of a sub-chat of Saved Messages (marked id of what
    /// they were saved from), by date. Continue with the [`Listing::next`] of the
    /// page before.
    pub fn topic_messages(
        &self,
        chat: i64,
        topic: i64,
        after: Option<Cursor>,
        oldest_first: bool,
        limit: usize,
    ) -> Result<Listing, IndexError> {
        gallery::topic(&self.db, chat, topic, after, oldest_first, limit)
    }

    /// Pinned messages of a chat, newest first.
    pub fn pinned(
        &self,
        chat: i64,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Listing, IndexError> {
        gallery::pinned(&self.db, chat, after, limit)
    }

    /// How many messages are pinned in a chat: no more than `most` are counted.
    pub fn pinned_count(&self, chat: i64, most: usize) -> Result<usize, IndexError> {
        gallery::pinned_count(&self.db, chat, most)
    }

    /// Messages of a gallery, of one chat or of all, by date. For the neighbours of a message begin
    /// after its [`Cursor::of`], in both orders.
    pub fn attachments(
        &self,
        chat: Option<i64>,
        kind: Gallery,
        after: Option<Cursor>,
        oldest_first: bool,
        limit: usize,
    ) -> Result<Listing, IndexError> {
        gallery::attachments(&self.db, chat, kind, after, oldest_first, limit)
    }

    /// A page of the chat list: pinned chats, then by the newest message. Gives where to continue.
    pub fn chats(
        &self,
        filter: &ChatFilter,
        after: Option<ChatCursor>,
        limit: usize,
    ) -> Result<(Vec<ChatRow>, Option<ChatCursor>), IndexError> {
        chats::chats(&self.db, filter, after, limit)
    }

    /// Folders that accounts made, in their order.
    pub fn folders(&self) -> Result<Vec<FolderRow>, IndexError> {
        folders::folders(&self.db)
    }

    /// What is held of the accounts themselves, part by part.
    pub fn account_parts(&self) -> Result<Vec<PartRow>, IndexError> {
        own::parts(&self.db)
    }

    /// A part of the account of a journal ([`PartRow::journal`]); `None` when it is not held.
    pub fn account_part(
        &self,
        journal: i64,
        part: &str,
    ) -> Result<Option<telekeep_model::AccountPart>, IndexError> {
        own::part(&self.db, journal, part)
    }

    /// What the accounts' own texts say (drafts, replies kept ready, gifts, payments and so on, as
    /// they are now): those with all these words, each of which may be the beginning of one, the
    /// newest first.
    pub fn find_own(&self, words: &str, limit: usize) -> Result<Vec<OwnHit>, IndexError> {
        own::find(&self.db, words, limit)
    }

    /// Who reacted to a message, where more did than it names itself; `None` when that is not held.
    pub fn reactions(
        &self,
        chat: i64,
        id: i64,
    ) -> Result<Option<telekeep_model::Crowd>, IndexError> {
        own::crowd(&self.db, "reactions", chat, id)
    }

    /// Who voted in the poll of a message; `None` when that is not held.
    pub fn votes(&self, chat: i64, id: i64) -> Result<Option<telekeep_model::Crowd>, IndexError> {
        own::crowd(&self.db, "votes", chat, id)
    }

    /// Stories, the newest first; see [`StoryFilter`].
    pub fn stories(&self, filter: &StoryFilter) -> Result<Vec<StoryRow>, IndexError> {
        stories::stories(&self.db, filter)
    }

    /// A story of a chat; `None` when none is held.
    pub fn story(&self, chat: i64, id: i64) -> Result<Option<StoryRow>, IndexError> {
        stories::story(&self.db, chat, id)
    }

    /// How many stories the archive has, those that are no more among them.
    pub fn story_count(&self) -> Result<u64, IndexError> {
        stories::count(&self.db)
    }

    /// What was kept by hand, the newest first; see [`NoteFilter`].
    pub fn notes(&self, filter: &NoteFilter) -> Result<Vec<NoteRow>, IndexError> {
        notes::notes(&self.db, filter)
    }

    /// How many notes there are, of one chat or of all.
    pub fn note_count(&self, of: Option<&NoteChat>) -> Result<u64, IndexError> {
        notes::count(&self.db, of)
    }

    /// When a note about the same chat with this very body was archived (unix milliseconds), if one was.
    pub fn same_note(&self, chat: Option<i64>, body: &str) -> Result<Option<i64>, IndexError> {
        notes::same(&self.db, chat, body)
    }

    /// Chats of notes that only their titles name, in the order of these.
    pub fn noted_titles(&self) -> Result<Vec<String>, IndexError> {
        notes::titles(&self.db)
    }

    /// The telephone book that Telegram keeps for the account of a journal, or for all.
    pub fn saved_contacts(&self, journal: Option<i64>) -> Result<Vec<BookEntry>, IndexError> {
        own::saved_contacts(&self.db, journal)
    }

    /// Entries of the telephone books that `text` may mean: every word as the beginning of a word of
    /// the name, or a part of the number.
    pub fn find_saved_contacts(
        &self,
        text: &str,
        limit: usize,
    ) -> Result<Vec<BookEntry>, IndexError> {
        own::find_saved_contacts(&self.db, text, limit)
    }

    /// One chat as in the list ([`ChatRow::pinned`] only says whether); `None` for an unknown one.
    pub fn chat(&self, id: i64) -> Result<Option<ChatRow>, IndexError> {
        chats::chat(&self.db, id)
    }

    /// The days between two moments (unix seconds, `to` not included) that have messages, of one chat
    /// or of all. The parts of days at the edges count only from and to there.
    pub fn days(
        &self,
        chat: Option<i64>,
        from: i64,
        to: i64,
        zone: Zone<'_>,
    ) -> Result<Vec<Day>, IndexError> {
        days::days(&self.db, chat, from, to, zone)
    }

    /// Id and date of the first message of a chat sent at or after a moment (unix seconds): where to
    /// jump for a day, with [`Day::start`].
    pub fn first_since(&self, chat: i64, date: i64) -> Result<Option<(i64, i64)>, IndexError> {
        days::first_since(&self.db, chat, date)
    }

    /// From when to when (unix seconds, to the quarter of an hour) there are messages.
    pub fn span(&self, chat: Option<i64>) -> Result<Option<(i64, i64)>, IndexError> {
        days::span(&self.db, chat)
    }

    /// A person, bot, group or channel by itself; `None` for one never met.
    pub fn person(&self, id: i64) -> Result<Option<Profile>, IndexError> {
        people::person(&self.db, id)
    }

    /// The name somebody had at `date` (unix seconds): the last one recorded by then, else the first
    /// recorded later, else the one of now.
    pub fn name_at(&self, id: i64, date: i64) -> Result<String, IndexError> {
        match people::name_at(&self.db, id, date)? {
            Some(name) => Ok(name),
            None => self.name(id),
        }
    }

    /// Marked ids of the people and chats that `text` may mean, now or by an earlier name: every word
    /// as the beginning of a word, folded as texts are.
    pub fn find_peers(&self, text: &str, limit: usize) -> Result<Vec<i64>, IndexError> {
        names::find(&self.db, text, limit)
    }

    /// Answers everything that `what` asks from one state of the index, whatever is written meanwhile.
    pub fn at_once<T>(&self, what: impl FnOnce(&Self) -> T) -> Result<T, IndexError> {
        self.db.execute_batch("BEGIN").doing("beginning to read")?;
        let answer = what(self);
        self.db.execute_batch("COMMIT").doing("ending to read")?;
        Ok(answer)
    }

    /// What is held of the photo that a person or chat has now.
    pub fn portrait(&self, id: i64) -> Result<Portrait, IndexError> {
        portraits::portrait(&self.db, id)
    }

    /// Keys of the renditions held of a photo, by its id.
    pub fn photo_files(&self, photo: i64) -> Result<Vec<String>, IndexError> {
        portraits::photo_files(&self.db, photo)
    }

    /// The blob that holds a file, or why none does.
    pub fn file(&self, key: &str) -> Result<FileState, IndexError> {
        files::file(&self.db, key)
    }

    /// Messages over time, of one chat or of all.
    pub fn activity(&self, chat: Option<i64>, zone: Zone<'_>) -> Result<Activity, IndexError> {
        statistics::activity(&self.db, chat, zone)
    }

    /// Who sent most, of one chat or of all.
    pub fn senders(&self, chat: Option<i64>, limit: usize) -> Result<Vec<SenderCount>, IndexError> {
        statistics::senders(&self.db, chat, limit)
    }

    /// How many people and chats sent something, in one chat or in all.
    pub fn sender_count(&self, chat: Option<i64>) -> Result<u64, IndexError> {
        statistics::sender_count(&self.db, chat)
    }

    /// Media by kind, of one chat or of all.
    pub fn kinds(&self, chat: Option<i64>) -> Result<Vec<KindCount>, IndexError> {
        statistics::kinds(&self.db, chat)
    }

    /// The most used words and emoji among about `sample` messages (3,000 take about 40 ms).
    pub fn words(
        &self,
        chat: Option<i64>,
        sample: usize,
        limit: usize,
    ) -> Result<Words, IndexError> {
        statistics::words(&self.db, chat, sample, limit)
    }

    /// Who answers whom in a chat, or in the largest of all, among at most `sample` replies.
    pub fn reply_network(
        &self,
        chat: Option<i64>,
        sample: usize,
        limit: usize,
    ) -> Result<Replies, IndexError> {
        statistics::reply_network(&self.db, chat, sample, limit)
    }

    /// Chats that `text` may mean: a marked id, `@username`, the title or a part of it. An exact match
    /// is alone in the answer.
    pub fn find_chats(&self, text: &str) -> Result<Vec<ChatRef>, IndexError> {
        show::find_chats(&self.db, text)
    }

    /// The name of a chat or person as last known: title, else the last one it had, else `@username`, else
    /// the id; [`DELETED_ACCOUNT`] for a deleted one that was never seen with a name.
    pub fn name(&self, id: i64) -> Result<String, IndexError> {
        names::Names::default().of(&self.db, id)
    }

    /// It is a person (or bot) whose account was deleted. What it is called is its last name.
    pub fn is_deleted_account(&self, id: i64) -> Result<bool, IndexError> {
        names::is_deleted_account(&self.db, id)
    }

    /// What is held of every chat and what could be missing, in the order chats were met.
    pub fn status(&self) -> Result<Vec<ChatStatus>, IndexError> {
        status::status(&self.db)
    }

    /// Sums over all chats.
    pub fn totals(&self) -> Result<Totals, IndexError> {
        status::totals(&self.db, &self.status()?)
    }

    /// [`Self::status`] and [`Self::totals`] at once, for the price of one.
    pub fn standing(&self) -> Result<(Vec<ChatStatus>, Totals), IndexError> {
        let chats = status::status(&self.db)?;
        let totals = status::totals(&self.db, &chats)?;
        Ok((chats, totals))
    }

    /// What backs [`Self::status`], by journal and chat: for certificates. Reads every row of two tables.
    pub fn evidence(&self) -> Result<HashMap<ChatKey, Evidence>, IndexError> {
        evidence::evidence(&self.db)
    }

    /// By journal, what the last backup that recorded something was asked to keep.
    pub fn rules(&self) -> Result<Vec<(String, Rules)>, IndexError> {
        status::rules(&self.db)
    }

    /// What failed and did not succeed since, newest first.
    pub fn failures(&self) -> Result<Vec<FailureRow>, IndexError> {
        status::failures(&self.db)
    }

    /// User ids of the accounts whose journals are indexed.
    pub fn accounts(&self) -> Result<Vec<i64>, IndexError> {
        accounts(&self.db)
    }

    /// Constructors and bodies that this version cannot interpret, with how often they were met. The
    /// journal has them whole; a later version may read them after a rebuild.
    pub fn not_understood(&self) -> Result<Vec<(String, u64)>, IndexError> {
        self.db
            .prepare_cached("SELECT name, count FROM odd ORDER BY count DESC, name")
            .and_then(|mut select| {
                let rows =
                    select.query_map([], |row| Ok((row.get(0)?, number::unsigned(row.get(1)?))))?;
                rows.collect()
            })
            .doing("reading what is not understood")
    }
}

fn accounts(db: &Connection) -> Result<Vec<i64>, IndexError> {
    db.prepare_cached("SELECT account FROM journal WHERE account IS NOT NULL ORDER BY no")
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .doing("reading accounts")
}

/// An index being built from nothing.
pub struct Rebuild {
    index: Index,
    building: PathBuf,
    path: PathBuf,
    key: Option<Key>,
}

impl Rebuild {
    /// As [`Index::apply`].
    pub fn apply<I, E>(&mut self, journal: &str, lines: I) -> Result<Applied, IndexError>
    where
        I: IntoIterator<Item = Result<Line, E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.index.apply(journal, lines)
    }

    /// Puts the new index in the place of the old one and opens it for writing. Readers of the old one
    /// keep reading what they have.
    pub fn finish(self) -> Result<Index, IndexError> {
        let Self {
            mut index,
            building,
            path,
            key,
        } = self;
        index.writer.finish(&mut index.db)?;
        index
            .db
            .close()
            .map_err(|(_, source)| source)
            .doing("closing")?;
        let file = |what, source| IndexError::File {
            what,
            path: path.clone(),
            source,
        };
        // Nothing was synced while building.
        let sync = std::fs::File::open(&building).and_then(|built| built.sync_all());
        sync.map_err(|source| file("storing", source))?;
        open::remove(&path)?;
        std::fs::rename(&building, &path).map_err(|source| file("putting in place", source))?;
        Index::open(&path, key.as_ref())
    }
}
