//! What a certificate is made of, beside what `status` says: the intervals of ids that were listed, and
//! the files that messages need, by kind and state.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Doing as _, IndexError},
    number::unsigned,
};

/// What backs the status of a chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Ids listed without a hole, both ends included; merged, ascending.
    pub intervals: Vec<(i64, i64)>,
    /// Files its messages need, by kind: `photo`, `photo_video` (what moves in a live photo), `video`,
    /// `round`, `voice`, `audio`, `gif`, `sticker`, `file`.
    pub files: BTreeMap<String, FileStates>,
}

/// How many files of a kind are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStates {
    /// That messages need.
    pub wanted: u64,
    /// Of these, in the archive.
    pub held: u64,
    /// Of these, neither held nor left out.
    pub missing: u64,
    /// Of these, left out for good, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u64>,
}

/// Journal and marked id of a chat.
pub type ChatKey = (String, i64);

/// Of every chat that has any; one pass over each table.
pub(crate) fn evidence(db: &Connection) -> Result<HashMap<ChatKey, Evidence>, IndexError> {
    let doing = "reading what was listed";
    let mut all: HashMap<ChatKey, Evidence> = HashMap::new();
    let mut select = db
        .prepare(
            "SELECT journal.name, chat.chat, first, last FROM coverage
             JOIN chat ON chat.no = coverage.c JOIN journal ON journal.no = chat.journal
             ORDER BY coverage.c, first",
        )
        .doing(doing)?;
    let mut rows = select.query([]).doing(doing)?;
    while let Some(row) = rows.next().doing(doing)? {
        let read = || Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)));
        let (chat, interval) = read().doing(doing)?;
        all.entry(chat).or_default().intervals.push(interval);
    }
    files(db, &mut all)?;
    Ok(all)
}

fn files(db: &Connection, all: &mut HashMap<ChatKey, Evidence>) -> Result<(), IndexError> {
    let doing = "counting files";
    let mut select = db
        .prepare(
            "SELECT journal.name, chat.chat, wanted.kind, media.file IS NOT NULL,
                CASE WHEN wanted.ruled THEN rule.error END, count(*)
             FROM wanted JOIN chat ON chat.no = wanted.c JOIN journal ON journal.no = chat.journal
             LEFT JOIN media ON media.file = wanted.file
             LEFT JOIN rule ON rule.file = wanted.file
             GROUP BY wanted.c, wanted.kind, 4, 5",
        )
        .doing(doing)?;
    let mut rows = select.query([]).doing(doing)?;
    while let Some(row) = rows.next().doing(doing)? {
        type Row = (ChatKey, String, bool, Option<String>, i64);
        let read = || -> Result<Row, rusqlite::Error> {
            let chat = (row.get(0)?, row.get(1)?);
            Ok((chat, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        };
        let (chat, kind, held, left_out, count) = read().doing(doing)?;
        let states = all.entry(chat).or_default().files.entry(kind).or_default();
        let count = unsigned(count);
        states.wanted += count;
        match left_out {
            _ if held => states.held += count,
            Some(reason) => *states.left_out.entry(reason).or_default() += count,
            None => states.missing += count,
        }
    }
    Ok(())
}
