//! Forum topics, as service messages tell of them.

use rusqlite::params;
use telekeep_model::TopicChange;

use super::Step;
use crate::error::{Doing as _, IndexError};

impl Step<'_> {
    /// What message `at` says about a topic. Of each property the latest message decides, in whatever
    /// order they arrive.
    pub(super) fn topic(
        &self,
        c: i64,
        topic: i64,
        at: i64,
        change: &TopicChange,
    ) -> Result<(), IndexError> {
        let store = || -> Result<(), rusqlite::Error> {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO topic (c, id) VALUES (?1, ?2)")?
                .execute([c, topic])?;
            self.db
                .prepare_cached(
                    "UPDATE topic SET title = ?4, title_at = ?3
                     WHERE c = ?1 AND id = ?2 AND title_at <= ?3 AND ?4 IS NOT NULL",
                )?
                .execute(params![c, topic, at, change.title])?;
            self.db
                .prepare_cached(
                    "UPDATE topic SET icon = ?4, icon_at = ?3, color = coalesce(?5, color)
                     WHERE c = ?1 AND id = ?2 AND icon_at <= ?3 AND (?4 IS NOT NULL OR ?5 IS NOT NULL)",
                )?
                .execute(params![c, topic, at, change.icon, change.color])?;
            self.db
                .prepare_cached(
                    "UPDATE topic SET closed = ?4, closed_at = ?3
                     WHERE c = ?1 AND id = ?2 AND closed_at <= ?3 AND ?4 IS NOT NULL",
                )?
                .execute(params![c, topic, at, change.closed])?;
            self.db
                .prepare_cached(
                    "UPDATE topic SET hidden = ?4, hidden_at = ?3
                     WHERE c = ?1 AND id = ?2 AND hidden_at <= ?3 AND ?4 IS NOT NULL",
                )?
                .execute(params![c, topic, at, change.hidden])?;
            Ok(())
        };
        store().doing("storing a topic")
    }
}
