//! Looking at one account of several.
//!
//! Every table that belongs to a journal gets a view of the same name in the connection's own
//! (temporary) schema, where SQLite looks first: all queries see one account without knowing it.
//! People, media and search words are shared by all accounts; messages are reached through their
//! chats. This is a way of looking, not a protection.

use rusqlite::OptionalExtension as _;

use crate::Index;
use crate::apply::tally::ALL;
use crate::error::{Doing as _, IndexError};

/// Tables with a column `journal`.
const OF_JOURNAL: [&str; 9] = [
    "chat",
    "folder",
    "account_part",
    "story",
    "saved_contact",
    "own_text",
    "crowd",
    "failure",
    "run",
];

/// Counters per chat: the table, what is counted by, and the sums. Totals are made anew.
const COUNTERS: [(&str, &str, &str); 2] = [
    ("said", "sender", "sum(count) AS count"),
    ("kind", "kind", "sum(count) AS count, sum(bytes) AS bytes"),
];

impl Index {
    /// Names of all journals that were applied, sorted, whatever is shown.
    pub fn journals(&self) -> Result<Vec<String>, IndexError> {
        self.db
            .prepare_cached("SELECT name FROM main.journal ORDER BY name")
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .doing("reading journals")
    }

    /// From now on only what `journal` brought is there. `false` when the index does not know it.
    pub fn only(&self, journal: &str) -> Result<bool, IndexError> {
        let number: Option<i64> = self
            .db
            .query_row(
                "SELECT no FROM main.journal WHERE name = ?1",
                [journal],
                |row| row.get(0),
            )
            .optional()
            .doing("looking up a journal")?;
        let Some(number) = number else {
            return Ok(false);
        };
        let create = || {
            // The temporary schema counts as writing.
            self.db.execute_batch("PRAGMA query_only = OFF")?;
            let created = self.db.execute_batch(&views(number));
            self.db.execute_batch("PRAGMA query_only = ON")?;
            created
        };
        create().doing("choosing an account")?;
        Ok(true)
    }
}

fn views(journal: i64) -> String {
    let mut sql =
        format!("CREATE TEMP VIEW journal AS SELECT * FROM main.journal WHERE no = {journal};");
    for table in OF_JOURNAL {
        sql += &format!(
            "CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE journal = {journal};"
        );
    }
    let chats = format!("c IN (SELECT no FROM main.chat WHERE journal = {journal})");
    for (table, by, sums) in COUNTERS {
        sql += &format!(
            "CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} WHERE {chats}
             UNION ALL SELECT {ALL} AS c, {by}, {sums} FROM main.{table} WHERE {chats} GROUP BY {by};"
        );
    }
    // Several rows of a week: who reads adds them up.
    sql + &format!(
        "CREATE TEMP VIEW activity AS SELECT * FROM main.activity WHERE {chats}
         UNION ALL SELECT {ALL} AS c, week, counts FROM main.activity WHERE {chats};"
    )
}
