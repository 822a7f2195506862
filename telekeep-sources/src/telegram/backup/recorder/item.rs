//! What the tasks of a run hand over to be stored.

use std::collections::BTreeMap;

use telekeep_journal::BlobInfo;
use tokio::sync::oneshot;

use crate::spool::{Crowd, FileRow, Round, Scope};
use crate::telegram::backup::about::Event;
use crate::telegram::backup::account::{Met, News, Story};
use crate::telegram::backup::crowds::Heard;
use crate::telegram::backup::decode::{Dialogs, History};
use crate::telegram::backup::folders::Folders;
use crate::telegram::backup::history::Got;
use crate::telegram::backup::round::{LeftChat, Part, SavedContact};

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
    /// A part of the account that failed and is not asked for any more.
    AccountGivenUp { part: String },
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
    /// A portrait that is held otherwise.
    PortraitNeedless { file: Box<FileRow> },
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
    /// All of it was compared: when the numbers agree, nothing is missing.
    pub settled: bool,
}
