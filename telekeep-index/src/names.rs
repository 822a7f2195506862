//! Names of chats and people as last known, looked up once per answer.

use std::{collections::HashMap, ops::ControlFlow};

use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    error::{Doing as _, IndexError},
    tokenizer::{Mode, Tokenizer},
};

/// What a deleted account is called of which no name was ever seen.
pub const DELETED_ACCOUNT: &str = "Deleted Account";

/// Names already looked up.
#[derive(Default)]
pub(crate) struct Names(HashMap<i64, String>);

impl Names {
    /// The name of a marked id: the title, else the last one it had (Telegram takes the names of deleted
    /// accounts away), else `@username`, else the id.
    pub(crate) fn of(&mut self, db: &Connection, id: i64) -> Result<String, IndexError> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let found: Option<(String, Option<String>, bool)> = db
            .prepare_cached("SELECT title, username, gone FROM peer WHERE id = ?1")
            .and_then(|mut select| {
                select
                    .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                    .optional()
            })
            .doing("looking up a name")?;
        let name = match found {
            Some((title, _, _)) if !title.is_empty() => title,
            found => match (last(db, id)?, found) {
                (Some(title), _) => title,
                (None, Some((_, Some(username), _))) => format!("@{username}"),
                (None, Some((_, _, true))) => DELETED_ACCOUNT.to_owned(),
                (None, _) => id.to_string(),
            },
        };
        self.0.insert(id, name.clone());
        Ok(name)
    }
}

/// The last name that is known of a peer.
fn last(db: &Connection, id: i64) -> Result<Option<String>, IndexError> {
    db.prepare_cached(
        "SELECT title FROM past_name WHERE peer = ?1 AND title <> '' ORDER BY time DESC LIMIT 1",
    )
    .and_then(|mut select| select.query_row([id], |row| row.get(0)).optional())
    .doing("looking up a name")
}

/// See [`crate::Index::is_deleted_account`].
pub(crate) fn is_deleted_account(db: &Connection, id: i64) -> Result<bool, IndexError> {
    let gone = db
        .prepare_cached("SELECT gone FROM peer WHERE id = ?1 AND id > 0")
        .and_then(|mut select| select.query_row([id], |row| row.get(0)).optional())
        .doing("looking up a name")?;
    Ok(gone == Some(true))
}

/// Marked ids of the peers that `text` may mean, now or by an earlier name: all its words, each as the
/// beginning of a word of the name. Folded as texts are. At most `limit`.
pub(crate) fn find(db: &Connection, text: &str, limit: usize) -> Result<Vec<i64>, IndexError> {
    let Some(expression) = expression(text) else {
        return Ok(Vec::new());
    };
    db.prepare_cached("SELECT rowid FROM names WHERE names MATCH ?1 ORDER BY rowid LIMIT ?2")
        .and_then(|mut select| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = select.query_map(rusqlite::params![expression, limit], |row| row.get(0))?;
            rows.collect()
        })
        .doing("looking for a name")
}

/// The words of a name as FTS5 takes them; `None` when there are none.
pub(crate) fn expression(text: &str) -> Option<String> {
    let mut all = Vec::new();
    for word in text.split_whitespace() {
        let mut some = false;
        let _ = Tokenizer::default().run(word, Mode::Query, &mut |_| {
            some = true;
            ControlFlow::Break(())
        });
        if some {
            all.push(format!(
                "\"{}\" *",
                word.replace('"', "\"\"").replace('\0', " ")
            ));
        }
    }
    (!all.is_empty()).then(|| all.join(" AND "))
}

/// Looks for a name in titles at hand, as [`find`] does in the index.
pub(crate) struct Matcher(Vec<String>);

impl Matcher {
    pub(crate) fn new(text: &str) -> Self {
        Self(tokens(text, Mode::Query))
    }

    /// Every word is the beginning of a word of the title.
    pub(crate) fn matches(&self, title: &str) -> bool {
        let title = tokens(title, Mode::Document);
        !self.0.is_empty()
            && self
                .0
                .iter()
                .all(|word| title.iter().any(|of| of.starts_with(word.as_str())))
    }
}

fn tokens(text: &str, mode: Mode) -> Vec<String> {
    let mut all = Vec::new();
    let _ = Tokenizer::default().run(text, mode, &mut |token| {
        all.push(token.text.to_owned());
        ControlFlow::Continue(())
    });
    all
}
