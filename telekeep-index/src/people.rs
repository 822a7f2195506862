//! People and chats by themselves: profile, names as they were, where they write.

use rusqlite::{Connection, OptionalExtension as _, params};
use telekeep_model::PeerKind;

use crate::{
    chats::kind_of,
    error::{Doing as _, IndexError},
    names::Names,
    number::unsigned,
};

/// A person, bot, group or channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Marked id.
    pub id: i64,
    /// What it is.
    pub kind: PeerKind,
    /// Name or title as last known.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
    /// Phone number, as far as the account could see it.
    pub phone: Option<String>,
    /// A deleted account, or a group that was closed or left.
    pub gone: bool,
    /// It is the account itself.
    pub own: bool,
    /// Id of the photo, and a tiny preview (base64 of Telegram's stripped JPEG).
    pub photo: Option<i64>,
    /// See `photo`.
    pub thumb: Option<String>,
    /// Names and photos over time, oldest first.
    pub names: Vec<PastName>,
    /// Where its messages are, most first: chat, title and count. Includes the private chat.
    pub chats: Vec<ChatShare>,
}

/// A name and since when it was known.
#[derive(Clone, Debug, PartialEq)]
pub struct PastName {
    /// When it was first seen with this name, unix seconds.
    pub since: i64,
    /// The name or title.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
    /// Id of the photo.
    pub photo: Option<i64>,
}

/// How much of somebody a chat has.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatShare {
    /// Marked id.
    pub chat: i64,
    /// Title.
    pub title: String,
    /// Messages sent there.
    pub messages: u64,
}

/// See [`crate::Index::person`].
pub(crate) fn person(db: &Connection, id: i64) -> Result<Option<Profile>, IndexError> {
    let read = |row: &rusqlite::Row<'_>| {
        let kind: String = row.get(0)?;
        Ok(Profile {
            id,
            kind: kind_of(Some(&kind), id),
            title: String::new(),
            username: row.get(1)?,
            phone: row.get(2)?,
            gone: row.get(3)?,
            own: row.get(4)?,
            photo: row.get(5)?,
            thumb: row.get(6)?,
            names: Vec::new(),
            chats: Vec::new(),
        })
    };
    let found = db
        .prepare_cached(
            "SELECT kind, username, phone, gone,
                EXISTS (SELECT 1 FROM journal WHERE account = ?1), photo, thumb
             FROM peer WHERE id = ?1",
        )
        .and_then(|mut select| select.query_row([id], read).optional())
        .doing("reading a peer")?;
    let Some(mut profile) = found else {
        return Ok(None);
    };
    let mut names = Names::default();
    profile.title = names.of(db, id)?;
    profile.names = past_names(db, id)?;
    profile.chats = shares(db, id, &mut names)?;
    Ok(Some(profile))
}

/// Names over time, oldest first; the same name is told once. Deleted accounts have none any more, which
/// is no name.
pub(crate) fn past_names(db: &Connection, id: i64) -> Result<Vec<PastName>, IndexError> {
    let all: Vec<(PastName, bool)> = db
        .prepare_cached(
            "SELECT time, title, username, photo, told FROM past_name
             WHERE peer = ?1 AND title <> '' ORDER BY time",
        )
        .and_then(|mut select| {
            let rows = select.query_map([id], |row| {
                let name = PastName {
                    since: row.get(0)?,
                    title: row.get(1)?,
                    username: row.get(2)?,
                    photo: row.get(3)?,
                };
                Ok((name, row.get(4)?))
            })?;
            rows.collect()
        })
        .doing("reading names")?;
    let mut names: Vec<PastName> = Vec::new();
    for (mut name, told) in all {
        if let (true, Some(last)) = (told, names.last()) {
            name.username.clone_from(&last.username);
            name.photo = last.photo;
        }
        let same = names.last().is_some_and(|last| {
            (&last.title, &last.username, last.photo) == (&name.title, &name.username, name.photo)
        });
        if !same {
            names.push(name);
        }
    }
    Ok(names)
}

/// The name of `id` at `date`: the last one known by then, else the first one known since.
pub(crate) fn name_at(db: &Connection, id: i64, date: i64) -> Result<Option<String>, IndexError> {
    let find = |sql: &str| {
        db.prepare_cached(sql)
            .and_then(|mut select| {
                select
                    .query_row(params![id, date], |row| row.get::<_, String>(0))
                    .optional()
            })
            .doing("reading names")
    };
    let then = find(
        "SELECT title FROM past_name WHERE peer = ?1 AND time <= ?2 AND title <> ''
         ORDER BY time DESC LIMIT 1",
    )?;
    match then {
        Some(name) => Ok(Some(name)),
        None => find(
            "SELECT title FROM past_name WHERE peer = ?1 AND time > ?2 AND title <> ''
             ORDER BY time LIMIT 1",
        ),
    }
}

/// Chats with messages of a sender: one look per chat, as there are few chats and many messages.
fn shares(db: &Connection, id: i64, names: &mut Names) -> Result<Vec<ChatShare>, IndexError> {
    let rows: Vec<(i64, i64)> = db
        .prepare_cached(
            "SELECT chat.chat, sum(said.count) FROM chat
             CROSS JOIN said ON said.c = chat.no AND said.sender = ?1
             WHERE said.count > 0 GROUP BY chat.chat ORDER BY 2 DESC, 1",
        )
        .and_then(|mut select| {
            let rows = select.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .doing("reading chats of a sender")?;
    let each = rows.into_iter().map(|(chat, count)| {
        Ok(ChatShare {
            chat,
            title: names.of(db, chat)?,
            messages: unsigned(count),
        })
    });
    each.collect()
}
