//! Folders of chats, as accounts made them.

use rusqlite::Connection;
use telekeep_model::Folder;

use crate::error::{Doing as _, IndexError};

/// Which folder: accounts number their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FolderKey {
    /// Number of the journal of its account.
    pub journal: i64,
    /// Number in the account.
    pub id: i64,
}

/// A folder of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRow {
    /// Which it is.
    pub key: FolderKey,
    /// What is in it.
    pub folder: Folder,
}

/// See [`crate::Index::folders`].
pub(crate) fn folders(db: &Connection) -> Result<Vec<FolderRow>, IndexError> {
    let read = || -> Result<Vec<(FolderKey, String)>, rusqlite::Error> {
        db.prepare_cached("SELECT journal, id, rule FROM folder ORDER BY journal, place")?
            .query_map([], |row| {
                let (journal, id) = (row.get(0)?, row.get(1)?);
                Ok((FolderKey { journal, id }, row.get(2)?))
            })?
            .collect()
    };
    let rows = read().doing("reading folders")?;
    let row = |(key, text): (FolderKey, String)| {
        let folder = rule(&text)?;
        Ok(FolderRow { key, folder })
    };
    rows.into_iter().map(row).collect()
}

fn rule(text: &str) -> Result<Folder, IndexError> {
    serde_json::from_str(text).map_err(|_| IndexError::Damaged { what: "folder" })
}
