//! What belongs to the account rather than to one of its chats: profile, contacts, sessions,
//! settings and so on. Each is a part, asked for by itself, so that one that cannot be had costs
//! nothing of the others. What the server answers is recorded when it differs from what was
//! recorded last.

mod answer;
mod business;
mod looks;
mod other;
mod pages;
mod parts;
mod purse;
mod scheduled;
mod stickers;
mod store;
mod stories;

pub(crate) use answer::{Answer, Met, files, met, print, refused};
pub(crate) use pages::Pages;
pub(crate) use parts::{PAGE, Paging, Part, pages_of};
pub(crate) use scheduled::request as request_of_scheduled;
pub(crate) use stickers::{Emoji, emoji_of, emoji_of_peer, set_of};
pub(crate) use store::store_failed;
pub(crate) use stories::{STORY_VOLATILE, Story};

use serde_json::{Map, Value};
use telekeep_tl::Schema;
use tokio::task::JoinSet;

use self::pages::Took;
use self::parts::Pace;
use super::bot::CHATS;
use super::error::BackupError;
use super::list::name_of;
use super::recorder::Item;
use super::round::UNREADABLE;
use super::run::{Engine, Halt, finished};
use crate::spool::{AccountPart, FileRow, Shelf};
use crate::telegram::wire::CallError;

/// Milliseconds after which a part is asked for anew, whatever the server's hashes say.
const EVERY: i64 = 24 * 60 * 60 * 1000;
/// Parts asked for at the same time.
const AT_ONCE: usize = 4;

/// The names of all parts that a backup may record: those asked for by themselves, and one of each
/// kind that is met on the way.
#[must_use]
pub fn part_names(schema: &Schema) -> Vec<String> {
    let mut names: Vec<String> = parts::all(schema)
        .into_iter()
        .map(|part| part.name)
        .collect();
    names.extend([scheduled::PART, business::REPLIES, other::PART, CHATS].map(str::to_owned));
    for history in purse::HISTORIES {
        names.push(history.to_owned());
        names.push(format!("{history}/2025-10"));
    }
    let set = Shelf::Set {
        id: 1,
        access_hash: 0,
    };
    names.extend([set.part(), format!("{}/1", stickers::EMOJI)]);
    names
}

/// What became of asking for a part.
#[derive(Debug)]
pub(crate) enum News {
    /// The server told all of it.
    Told(Told),
    /// It is as it was when it was told last.
    Same { part: String },
    /// This account cannot have it, and why.
    Unavailable {
        part: String,
        reason: String,
        /// What the server calls the state of it that could not be had.
        hash: i64,
    },
    /// Custom emoji: what was asked for, and what the server gave.
    Emoji { asked: Vec<i64>, emoji: Vec<Emoji> },
    /// It could not be had this time; an answer that nobody can read is kept.
    Failed {
        part: String,
        error: String,
        raw: Option<(Vec<u8>, String)>,
    },
}

/// All of a part.
#[derive(Debug)]
pub(crate) struct Told {
    pub part: String,
    /// What is recorded.
    pub answers: Vec<Value>,
    pub print: [u8; 16],
    /// What the server calls this state of it, to ask whether it is another.
    pub hash: i64,
    pub peers: Vec<Met>,
    pub files: Vec<FileRow>,
    /// Custom emoji that it shows.
    pub emoji: Vec<i64>,
    /// What is said beside the answers.
    pub notes: Map<String, Value>,
}

impl Engine {
    /// Asks for every part that is due. What the server refuses is recorded, and ends nothing.
    pub(super) async fn ask_account(&self) -> Result<(), Halt> {
        let now = (self.options.clock)();
        let known = self.spool.account_parts()?;
        self.ask_parts().await?;
        self.ask_sets().await?;
        self.ask_replies(&known, now).await?;
        self.ask_payments(&known, now).await?;
        self.ask_other_data(&known, now).await?;
        self.look_for_stories(now).await
    }

    /// Asks for the parts that are known beforehand.
    pub(super) async fn ask_parts(&self) -> Result<(), Halt> {
        let now = (self.options.clock)();
        let known = self.spool.account_parts()?;
        let mut tasks = JoinSet::new();
        for part in parts::all(self.client.schema()) {
            let known = known.get(&part.name);
            let fresh = known.filter(|known| is_fresh(known, now));
            if fresh.is_some() && part.pace == Pace::Daily {
                continue;
            }
            let hash = fresh.map_or(0, |known| known.hash);
            if tasks.len() >= AT_ONCE {
                finished(&mut tasks).await?;
            }
            let engine = self.clone();
            tasks.spawn(async move { engine.ask_part(part, hash).await });
        }
        while !tasks.is_empty() {
            finished(&mut tasks).await?;
        }
        self.barrier().await
    }

    async fn ask_part(&self, part: Part, hash: i64) -> Result<(), Halt> {
        let news = Box::new(self.news_of(part, hash).await?);
        self.store(Item::Account { news }).await
    }

    async fn news_of(&self, part: Part, hash: i64) -> Result<News, Halt> {
        let name = part.name.clone();
        Ok(match self.told(part, hash).await? {
            Ok(Some(told)) => News::Told(told),
            Ok(None) => News::Same { part: name },
            Err(refusal) => refusal.of_part(name, 0),
        })
    }

    /// All pages of a part; `None` when it is as the hash says.
    async fn told(&self, part: Part, hash: i64) -> Result<Result<Option<Told>, Refusal>, Halt> {
        let (name, mut answer) = (part.name.clone(), Answer::default());
        let told = self.take_pages(part, hash, &mut answer).await?;
        Ok(told.map(|hash| hash.map(|hash| answer.told(name, hash))))
    }

    /// Adds all pages to an answer and gives the hash to ask with the next time; `None` when the
    /// part is as the hash says.
    pub(super) async fn take_pages(
        &self,
        part: Part,
        hash: i64,
        answer: &mut Answer,
    ) -> Result<Result<Option<i64>, Refusal>, Halt> {
        let (schema, shelf) = (self.client.schema(), part.shelf);
        let of_stories = part.name.starts_with(stories::LISTS);
        // Who joined by a link does not say which link that was.
        let link = part.request.get("link").cloned();
        let mut pages = Pages::new(part, hash);
        loop {
            let reply = match self.call(&pages.request()).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None => return Ok(Err(Refusal::of(&error))),
                },
            };
            let mut value = match schema.to_value(&reply.ty, &reply.bytes) {
                Ok(value) => value,
                Err(error) => {
                    let raw = Some((reply.bytes, error.to_string()));
                    return Ok(Err(Refusal::Failed(UNREADABLE.to_owned(), raw)));
                }
            };
            let took = pages.take(&value);
            if took == Took::Unchanged {
                return Ok(Ok(None));
            }
            if of_stories {
                self.take_stories(&reply.bytes).await?;
            }
            if let Some(link) = &link {
                value["link"] = link.clone();
            }
            answer.take(schema, shelf, &reply.bytes, value);
            if took == Took::Last {
                return Ok(Ok(Some(pages.hash())));
            }
        }
    }
}

impl News {
    /// The same of something whose state is named elsewhere.
    fn with_hash(mut self, named: i64) -> News {
        match &mut self {
            News::Told(Told { hash, .. }) | News::Unavailable { hash, .. } => *hash = named,
            _ => {}
        }
        self
    }
}

fn is_fresh(known: &AccountPart, now: i64) -> bool {
    is_within(known.told, EVERY, now)
}

/// No more than so many milliseconds ago, and not in the future: clocks are set back.
pub(super) fn is_within(time: i64, span: i64, now: i64) -> bool {
    (0..span).contains(&now.saturating_sub(time))
}

/// Why a part is not had.
pub(super) enum Refusal {
    Unavailable(String),
    Failed(String, Option<(Vec<u8>, String)>),
}

/// Refusals that say that the account cannot have something, not that something went wrong.
const UNAVAILABLE: &[&str] = &[
    "PREMIUM_ACCOUNT_REQUIRED",
    "BOT_METHOD_INVALID",
    "PRIVACY_KEY_INVALID",
    "METHOD_INVALID",
    "STICKERSET_INVALID",
    "THEME_FORMAT_INVALID",
    // Of chats: what only members or administrators see, and chats that are no more.
    "CHAT_ADMIN_REQUIRED",
    "CHANNEL_PRIVATE",
    "CHANNEL_INVALID",
    "CHAT_ID_INVALID",
    "CHAT_FORBIDDEN",
    "PEER_ID_INVALID",
    "USER_ID_INVALID",
    "USER_NOT_PARTICIPANT",
    "INPUT_USER_DEACTIVATED",
    // Of direct messages: what groups have and they have not.
    "CHANNEL_MONOFORUM_UNSUPPORTED",
    "PARENT_PEER_INVALID",
];

impl Refusal {
    /// As news of a part.
    pub(super) fn of_part(self, part: String, hash: i64) -> News {
        match self {
            Refusal::Unavailable(reason) => News::Unavailable { part, reason, hash },
            Refusal::Failed(error, raw) => News::Failed { part, error, raw },
        }
    }

    pub(super) fn of(error: &CallError) -> Refusal {
        let name = name_of(error);
        let refused = error.rpc().is_some_and(|rpc| {
            // A server that has no such method says so with the method's number.
            rpc.code == 403
                || UNAVAILABLE.contains(&rpc.name.as_str())
                || rpc.name.starts_with("INPUT_METHOD_INVALID")
        });
        match refused {
            true => Refusal::Unavailable(name),
            false => Refusal::Failed(name, None),
        }
    }
}
