//! Names of chats and people as last known, looked up once per answer.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};

use crate::error::{Doing as _, IndexError};

/// Names already looked up.
#[derive(Default)]
pub(crate) struct Names(HashMap<i64, String>);

impl Names {
    /// The name of a marked id: title, else `@username`, else the id.
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
            Some((_, Some(username), _)) => format!("@{username}"),
            Some((_, _, true)) => "Deleted Account".to_owned(),
            _ => id.to_string(),
        };
        self.0.insert(id, name.clone());
        Ok(name)
    }
}
