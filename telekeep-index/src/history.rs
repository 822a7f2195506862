//! What surrounds a message: its earlier versions, answers, album, topic.

use rusqlite::{Connection, OptionalExtension as _, params};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    names::Names,
    number::unsigned,
    show::{self, Shown, stored},
};

impl Topic {
    /// What it is called, in English where nobody named it; `None` when that is not known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let general = (self.id == 1).then_some(GENERAL);
        self.title.as_deref().or(general)
    }
}

/// An earlier version of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Sequence number of its record.
    pub seq: u64,
    /// When this version was made: the edit, else the message; unix seconds.
    pub date: i64,
    /// The message as it was.
    pub message: Message,
}

/// What the General topic is called where nobody gave it another name.
pub const GENERAL: &str = "General";

/// A forum topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topic {
    /// Its id: that of the message that made it; 1 is the General topic.
    pub id: i64,
    /// Its name; `None` when the message that made it is not held, and for [`GENERAL`] as long as nobody
    /// gave it another one.
    pub title: Option<String>,
    /// Custom emoji that is its icon.
    pub icon: Option<i64>,
    /// Colour of a plain icon.
    pub color: Option<i64>,
    /// Nobody may write there.
    pub closed: bool,
    /// Not shown in the list.
    pub hidden: bool,
    /// Messages in it; not known for the General topic.
    pub messages: Option<u64>,
    /// Greatest id of a message in it.
    pub newest: Option<i64>,
}

/// Earlier versions, oldest first; see [`crate::Index::history`].
pub(crate) fn versions(db: &Connection, chat: i64, id: i64) -> Result<Vec<Version>, IndexError> {
    match show::number(db, chat)? {
        Some((no, _)) => versions_of(db, no, chat, id),
        None => Ok(Vec::new()),
    }
}

/// The same, of a chat's number.
pub(crate) fn versions_of(
    db: &Connection,
    no: i64,
    chat: i64,
    id: i64,
) -> Result<Vec<Version>, IndexError> {
    let read = || -> Result<Vec<Version>, rusqlite::Error> {
        type Now = (String, Option<String>, Option<i64>);
        let now: Option<Now> = db
            .prepare_cached("SELECT text, detail, sender FROM message WHERE c = ?1 AND id = ?2")?
            .query_row([no, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((mut text, detail, sender)) = now else {
            return Ok(Vec::new());
        };
        let mut detail = detail.unwrap_or_default();
        let mut select = db.prepare_cached(
            "SELECT seq, date, text, detail FROM version
             WHERE c = ?1 AND id = ?2 ORDER BY seq DESC",
        )?;
        let mut rows = select.query([no, id])?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            // What is not there is as in the version after it.
            if let Some(other) = row.get(2)? {
                text = other;
            }
            if let Some(other) = row.get(3)? {
                detail = other;
            }
            versions.push(Version {
                seq: unsigned(row.get(0)?),
                date: row.get(1)?,
                message: Message {
                    chat,
                    id,
                    date: row.get(1)?,
                    sender,
                    text: text.clone(),
                    ..stored(Some(&detail))
                },
            });
        }
        versions.reverse();
        Ok(versions)
    };
    read().doing("reading versions")
}

/// Ids of the messages that answer one, ascending; see [`crate::Index::replies`].
pub(crate) fn replies(
    db: &Connection,
    chat: i64,
    id: i64,
    after: i64,
    limit: usize,
) -> Result<Vec<Shown>, IndexError> {
    let Some((no, _)) = show::number(db, chat)? else {
        return Ok(Vec::new());
    };
    let ids: Vec<i64> = db
        .prepare_cached(
            "SELECT id FROM reply WHERE c = ?1 AND target = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
        )
        .and_then(|mut select| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = select.query_map([no, id, after, limit], |row| row.get(0))?;
            rows.collect()
        })
        .doing("reading replies")?;
    let mut names = Names::default();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(show::one(db, no, chat, id, &mut names)?);
    }
    Ok(found)
}

/// Albums have at most ten messages; other chats' messages do not lie between them, but deleted ones
/// may be missing.
const ALBUM: i64 = 20;

/// The messages of an album, ascending; see [`crate::Index::album`].
pub(crate) fn album(db: &Connection, chat: i64, id: i64) -> Result<Vec<Shown>, IndexError> {
    let Some((no, _)) = show::number(db, chat)? else {
        return Ok(Vec::new());
    };
    let mut names = Names::default();
    let Some(this) = show::one(db, no, chat, id, &mut names)? else {
        return Ok(Vec::new());
    };
    let Some(group) = this.message.grouped_id else {
        return Ok(vec![this]);
    };
    let limit = usize::try_from(2 * ALBUM).unwrap_or_default();
    let near = show::messages(db, chat, show::Place::Around(id), limit)?;
    let of_album = |shown: &Shown| shown.message.grouped_id == Some(group);
    Ok(near.into_iter().filter(of_album).collect())
}

/// Topics of a forum; see [`crate::Index::topics`].
pub(crate) fn topics(db: &Connection, chat: i64) -> Result<Vec<Topic>, IndexError> {
    match show::number(db, chat)? {
        Some((no, _)) => topics_of(db, no, chat),
        None => Ok(Vec::new()),
    }
}

/// The topic of a message that names `topic`; `None` outside of forums. See [`crate::Index::topic`].
pub(crate) fn topic(
    db: &Connection,
    chat: i64,
    topic: Option<i64>,
) -> Result<Option<Topic>, IndexError> {
    let forum: Option<bool> = db
        .prepare_cached("SELECT forum FROM peer WHERE id = ?1")
        .and_then(|mut select| select.query_row([chat], |row| row.get(0)).optional())
        .doing("reading a topic")?;
    if topic.is_none() && forum != Some(true) {
        return Ok(None);
    }
    let id = topic.unwrap_or(1);
    let title: Option<Option<String>> = match show::number(db, chat)? {
        Some((no, _)) => db
            .prepare_cached("SELECT title FROM topic WHERE c = ?1 AND id = ?2")
            .and_then(|mut select| select.query_row([no, id], |row| row.get(0)).optional())
            .doing("reading a topic")?,
        None => None,
    };
    Ok(Some(Topic {
        id,
        title: title.flatten(),
        ..Topic::default()
    }))
}

/// The same, of a chat's number.
pub(crate) fn topics_of(db: &Connection, no: i64, chat: i64) -> Result<Vec<Topic>, IndexError> {
    let mut topics: Vec<Topic> = db
        .prepare_cached(
            "SELECT id, title, icon, color, closed, hidden, count, newest FROM topic WHERE c = ?1
             ORDER BY newest DESC, id",
        )
        .and_then(|mut select| {
            let rows = select.query_map([no], |row| {
                let icon: Option<i64> = row.get(2)?;
                let newest: i64 = row.get(7)?;
                Ok(Topic {
                    id: row.get(0)?,
                    title: row.get(1)?,
                    icon: icon.filter(|&icon| icon != 0),
                    color: row.get(3)?,
                    closed: row.get(4)?,
                    hidden: row.get(5)?,
                    messages: Some(unsigned(row.get(6)?)),
                    newest: (newest > 0).then_some(newest),
                })
            })?;
            rows.collect()
        })
        .doing("reading topics")?;
    let forum: Option<bool> = db
        .prepare_cached("SELECT forum FROM peer WHERE id = ?1")
        .and_then(|mut select| select.query_row(params![chat], |row| row.get(0)).optional())
        .doing("reading topics")?;
    for topic in topics.iter_mut().filter(|topic| topic.id == 1) {
        (topic.messages, topic.newest) = (None, None);
    }
    let general = topics.iter().any(|topic| topic.id == 1);
    if !general && (forum == Some(true) || !topics.is_empty()) {
        topics.push(Topic {
            id: 1,
            ..Topic::default()
        });
    }
    Ok(topics)
}
