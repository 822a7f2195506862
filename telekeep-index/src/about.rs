//! What chats are beyond their messages.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::value::RawValue;
use telekeep_model::{About, AdminEvent, Context, ReadState};

use crate::Index;
use crate::error::{Doing as _, IndexError};
use crate::number::unsigned;

/// A part of a chat, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatPartRow {
    /// Name of the part.
    pub part: String,
    /// When it became what it is, as far as runs saw, or could not be had for the first time: unix
    /// milliseconds.
    pub since: i64,
    /// Entries of its list; `None` for what is no list.
    pub count: Option<u64>,
    /// Why the account cannot have it, or cannot any more.
    pub unavailable: Option<String>,
    /// It was had at least once.
    pub held: bool,
    /// Why it could not be had the last time, if so.
    pub failure: Option<String>,
}

/// Chats of all journals with a marked id.
const CHATS: &str = "SELECT no FROM chat WHERE chat = ?1";

impl Index {
    /// What is held of a chat beyond its messages, part by part.
    pub fn chat_parts(&self, chat: i64) -> Result<Vec<ChatPartRow>, IndexError> {
        let row = |row: &Row<'_>| -> Result<ChatPartRow, rusqlite::Error> {
            Ok(ChatPartRow {
                part: row.get(0)?,
                since: row.get(1)?,
                count: row.get::<_, Option<i64>>(2)?.map(unsigned),
                unavailable: row.get(3)?,
                held: row.get(4)?,
                failure: row.get(5)?,
            })
        };
        // Of several accounts the newest view counts.
        let sql = format!(
            "SELECT part, max(time), count, unavailable, body IS NOT NULL,
                (SELECT error FROM failure WHERE what = 'about/' || part AND chat = ?1)
             FROM chat_part WHERE c IN ({CHATS}) GROUP BY part
             UNION ALL
             SELECT substr(what, 7), time, NULL, NULL, 0, error FROM failure
             WHERE chat = ?1 AND what LIKE 'about/%' AND NOT EXISTS
                (SELECT 1 FROM chat_part WHERE c IN ({CHATS}) AND part = substr(what, 7))
             ORDER BY 1"
        );
        self.db
            .prepare_cached(&sql)
            .and_then(|mut select| select.query_map([chat], row)?.collect())
            .doing("reading parts of a chat")
    }

    /// A part of a chat as it was had last; `None` when it never was.
    pub fn chat_part(&self, chat: i64, part: &str) -> Result<Option<About>, IndexError> {
        Ok(self.newest_part(chat, part)?.map(|(about, _)| about))
    }

    /// How far a chat was read when a run looked at it, and when that was recorded (unix
    /// milliseconds); `None` when it never was.
    pub fn read_state(&self, chat: i64) -> Result<Option<(ReadState, i64)>, IndexError> {
        let newest = self.newest_part(chat, "read")?;
        Ok(newest.and_then(|(about, time)| Some((about.read()?, time))))
    }

    /// A part as it was had last, and when that was recorded.
    fn newest_part(&self, chat: i64, part: &str) -> Result<Option<(About, i64)>, IndexError> {
        let sql = format!(
            "SELECT body, time FROM chat_part WHERE c IN ({CHATS}) AND part = ?2
                AND body IS NOT NULL ORDER BY time DESC LIMIT 1"
        );
        let found: Option<(String, i64)> = self
            .db
            .prepare_cached(&sql)
            .and_then(|mut select| {
                let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
                select.query_row(params![chat, part], row).optional()
            })
            .doing("reading a part of a chat")?;
        let read = |(body, time): (String, i64)| {
            let about = About::parse(&raw(body)?).map_err(|_| damaged())?;
            Ok((about, time))
        };
        found.map(read).transpose()
    }

    /// Events of the admin log of a chat, the newest first, below the one with id `before`.
    pub fn admin_log(
        &self,
        chat: i64,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AdminEvent>, IndexError> {
        let sql = format!(
            "SELECT id, body FROM admin_event WHERE c IN ({CHATS}) AND id < ?2
             GROUP BY id ORDER BY id DESC LIMIT ?3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let bodies: Vec<String> = self
            .db
            .prepare_cached(&sql)
            .and_then(|mut select| {
                let place = params![chat, before.unwrap_or(i64::MAX), limit];
                select.query_map(place, |row| row.get(1))?.collect()
            })
            .doing("reading an admin log")?;
        let context = Context {
            account: None,
            chat: Some(chat),
        };
        let read = |body: String| AdminEvent::parse(&raw(body)?, context).map_err(|_| damaged());
        bodies.into_iter().map(read).collect()
    }

    /// Whether events of an admin log are held of a chat.
    pub fn has_admin_log(&self, chat: i64) -> Result<bool, IndexError> {
        has(&self.db, chat).doing("reading an admin log")
    }
}

fn has(db: &Connection, chat: i64) -> Result<bool, rusqlite::Error> {
    db.prepare_cached(&format!("SELECT 1 FROM admin_event WHERE c IN ({CHATS})"))?
        .exists([chat])
}

fn raw(body: String) -> Result<Box<RawValue>, IndexError> {
    RawValue::from_string(body).map_err(|_| damaged())
}

fn damaged() -> IndexError {
    IndexError::Damaged {
        what: "part of a chat",
    }
}
