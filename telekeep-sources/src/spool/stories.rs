//! Stories: what was recorded of them, and which of them the server did not tell of any more.

use rusqlite::{OptionalExtension, params};

use super::error::{Doing, SpoolError};
use super::seen::{Fingerprint, Seen};
use super::{Spool, SpoolTx};

/// What stands for a story that is no more.
const GONE: Fingerprint = [0; 16];

impl Spool {
    /// Stories of a chat that stand as far as is known, and that nobody told of since `time` (unix
    /// milliseconds).
    pub fn stories_not_told(&self, chat: i64, time: i64) -> Result<Vec<i32>, SpoolError> {
        let doing = "looking for stories that are no more";
        let db = self.reading();
        let mut select = db
            .prepare_cached("SELECT id FROM story WHERE chat = ?1 AND gone = 0 AND told < ?2")
            .doing(doing)?;
        let rows = select
            .query_map(params![chat, time], |row| row.get(0))
            .doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }
}

impl SpoolTx<'_> {
    /// Compares a story with what was recorded of it, and remembers this.
    pub fn see_story(
        &mut self,
        chat: i64,
        id: i32,
        print: Fingerprint,
    ) -> Result<Seen, SpoolError> {
        let now = self.time();
        self.put_story((chat, id), print, now)
    }

    /// Remembers that a story is no more. True when that is news.
    pub fn story_gone(&mut self, chat: i64, id: i32) -> Result<bool, SpoolError> {
        let now = self.time();
        let seen = self.put_story((chat, id), GONE, now)?;
        Ok(seen == Seen::Changed)
    }

    /// Learns from a record what was recorded: a story, or that there is none any more. When the
    /// server told it nobody knows any more.
    pub(super) fn story_again(
        &mut self,
        chat: i64,
        id: i32,
        print: Option<Fingerprint>,
    ) -> Result<(), SpoolError> {
        self.put_story((chat, id), print.unwrap_or(GONE), 0)
            .map(drop)
    }

    fn put_story(
        &self,
        (chat, id): (i64, i32),
        print: Fingerprint,
        told: i64,
    ) -> Result<Seen, SpoolError> {
        let old: Option<Fingerprint> = self
            .db
            .prepare_cached("SELECT fingerprint FROM story WHERE chat = ?1 AND id = ?2")
            .and_then(|mut get| {
                get.query_row([chat, id.into()], |row| row.get(0))
                    .optional()
            })
            .doing("looking for a story")?;
        self.db
            .prepare_cached(
                "INSERT INTO story (chat, id, fingerprint, told, gone) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET fingerprint = ?3, told = ?4, gone = ?5",
            )
            .and_then(|mut put| put.execute(params![chat, id, print, told, print == GONE]))
            .doing("remembering a story")?;
        Ok(match old {
            None => Seen::New,
            Some(old) if old == print => Seen::Same,
            Some(_) => Seen::Changed,
        })
    }
}
