//! Answers to questions, read from the index. Runs on the threads for it; see `worker`.

mod chats;
mod entries;
mod files;
mod formatted;
mod media;
mod search;
mod sheets;
mod stretch;

use std::sync::Arc;

use jiff::tz::TimeZone;
use telekeep_index::{Index, IndexError};
use telekeep_view::render::{Clock, Links};
use telekeep_view::{Library, LibraryError};

use crate::ask::{Reply, Request};
use crate::say::Say;

pub use files::Shelf;

/// What reading needs besides the index.
pub struct Reader {
    /// The archive and its index.
    pub library: Arc<Library>,
    /// The reader's language.
    pub say: &'static Say,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// Now, unix seconds.
    pub now: fn() -> i64,
    /// Where files are put to be opened.
    pub shelf: Arc<Shelf>,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error("{0}")]
    Told(String),
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        Self::Library(LibraryError::Index(error))
    }
}

type Result<T> = std::result::Result<T, Problem>;

impl Reader {
    /// Answers a question. Takes as long as it takes.
    pub fn answer(&self, request: Request) -> Reply {
        let answer = match request {
            Request::Open(file) => files::open(self, &file),
            Request::Save(file, path) => files::save(self, &file, &path),
            other => self
                .library
                .read_here(|_, index| self.answer_from(index, other)),
        };
        answer.unwrap_or_else(|problem| match problem {
            Problem::Library(LibraryError::Index(IndexError::Query { at, why })) => {
                Reply::Wrong { at, why }
            }
            problem => Reply::Failed(problem.to_string()),
        })
    }

    fn answer_from(&self, index: &Index, request: Request) -> Result<Reply> {
        match request {
            Request::Chats {
                folder,
                name,
                after,
            } => chats::list(self, index, folder, &name, after),
            Request::Missing => chats::missing(index),
            Request::Messages(room, place) => stretch::page(self, index, room, place),
            Request::Topics(chat) => stretch::topics(self, index, chat),
            Request::Versions { chat, id } => sheets::versions(self, index, chat, id),
            Request::Details { chat, id } => sheets::details(self, index, chat, id),
            Request::Search {
                query,
                chat,
                sort,
                after,
            } => search::hits(self, index, &query, chat, sort, after),
            // Not questions to the index.
            Request::Open(_) | Request::Save(..) => Err(Problem::Told(String::new())),
        }
    }

    fn clock(&self) -> Clock {
        Clock {
            texts: self.say.texts,
            zone: self.zone.clone(),
            now: (self.now)(),
        }
    }

    /// Seconds ahead of UTC at a moment.
    fn offset(&self, moment: i64) -> i64 {
        let moment = jiff::Timestamp::from_second(moment).unwrap_or_default();
        self.zone.to_offset(moment).seconds().into()
    }
}

/// Addresses mean nothing here: a file is its key, everything else is found by its id.
struct NoLinks;

impl Links for NoLinks {
    fn chat(&self, _: i64) -> String {
        String::new()
    }

    fn message(&self, _: i64, _: i64) -> String {
        String::new()
    }

    fn history(&self, _: i64, _: i64) -> Option<String> {
        Some(String::new())
    }

    fn profile(&self, _: i64) -> Option<String> {
        None
    }

    fn username(&self, _: &str) -> Option<String> {
        None
    }

    fn search(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, key: &str) -> String {
        key.to_owned()
    }

    fn download(&self, key: &str, _: &str) -> String {
        key.to_owned()
    }
}

/// The colour of a name.
fn look_of(face: &telekeep_view::render::Face) -> crate::text::Look {
    crate::text::Look::Name(u8::try_from(face.colour).unwrap_or_default())
}
