//! Names: as they are, and as they were.

use rusqlite::{OptionalExtension as _, Row, params};
use telekeep_model::Peer;

use super::Step;
use crate::error::{Doing as _, IndexError};

impl Step<'_> {
    /// The latest full object counts; a `min` one only fills a gap. Of several accounts, whose
    /// journals are applied in any order, the one that saw it last is believed.
    pub(super) fn peer(&mut self, peer: &Peer, time: i64) -> Result<(), IndexError> {
        let known: Option<(bool, i64, i64)> = self
            .db
            .prepare_cached("SELECT min, journal, time FROM peer WHERE id = ?1")
            .and_then(|mut get| {
                let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                get.query_row([peer.id], row).optional()
            })
            .doing("looking up a peer")?;
        if known.is_some_and(|(min, ..)| peer.min && !min) {
            return Ok(());
        }
        let newest = known.is_none_or(|(min, journal, last)| {
            (min && !peer.min) || journal == self.journal || time >= last
        });
        if newest {
            self.put_peer(peer, time)?;
        }
        self.renamed.insert(peer.id);
        self.named(peer, time)
    }

    fn put_peer(&self, peer: &Peer, time: i64) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "REPLACE INTO peer (id, kind, title, username, phone, min, gone, contact, protected,
                    forum, migrated_to, photo, thumb, journal, time, direct)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    peer.id,
                    peer.kind.as_str(),
                    peer.title,
                    peer.username,
                    peer.phone,
                    peer.min,
                    peer.gone,
                    peer.contact,
                    peer.protected,
                    peer.forum,
                    peer.migrated_to,
                    peer.photo,
                    peer.thumb,
                    self.journal,
                    time,
                    peer.direct,
                ])
            })
            .map(drop)
            .doing("storing a peer")
    }

    /// What a peer was called when a record said so.
    fn named(&self, peer: &Peer, time: i64) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "INSERT INTO past_name (peer, time, title, username, photo, told)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0)
                 ON CONFLICT (peer, time) DO UPDATE SET title = excluded.title,
                    username = excluded.username, photo = excluded.photo, told = 0",
            )
            .and_then(|mut put| {
                put.execute(params![
                    peer.id,
                    time.div_euclid(1000),
                    peer.title,
                    peer.username,
                    peer.photo
                ])
            })
            .map(drop)
            .doing("storing a name")
    }

    /// A title that a chat was given by one of its messages.
    pub(super) fn titled(&mut self, chat: i64, date: i64, title: &str) -> Result<(), IndexError> {
        self.renamed.insert(chat);
        self.db
            .prepare_cached(
                "INSERT INTO past_name (peer, time, title, told) VALUES (?1, ?2, ?3, 1)
                 ON CONFLICT (peer, time) DO UPDATE SET title = max(title, excluded.title)
                 WHERE told",
            )
            .and_then(|mut put| put.execute(params![chat, date, title]))
            .map(drop)
            .doing("storing a name")
    }

    /// Makes names findable: those of now and those of once.
    pub(super) fn index_names(&mut self) -> Result<(), IndexError> {
        let tokenizer = &mut *self.tokenizer;
        for id in std::mem::take(&mut self.renamed) {
            let mut store = || -> Result<(), rusqlite::Error> {
                let mut name: String = self
                    .db
                    .prepare_cached(
                        "SELECT title || char(10) || coalesce(username, '') FROM peer WHERE id = ?1",
                    )?
                    .query_row([id], |row| row.get(0))
                    .optional()?
                    .unwrap_or_default();
                let mut past = self.db.prepare_cached(
                    "SELECT title || char(10) || coalesce(username, '') AS name
                     FROM past_name WHERE peer = ?1 GROUP BY name ORDER BY name",
                )?;
                let mut rows = past.query([id])?;
                while let Some(row) = rows.next()? {
                    let earlier = row.get_ref(0)?.as_str()?;
                    if earlier != name {
                        name.push('\n');
                        name.push_str(earlier);
                    }
                }
                self.db
                    .prepare_cached("DELETE FROM names WHERE rowid = ?1")?
                    .execute([id])?;
                self.db
                    .prepare_cached("INSERT INTO names (rowid, name) VALUES (?1, ?2)")?
                    .execute(params![id, tokenizer.prepare(&name)])
                    .map(drop)
            };
            store().doing("indexing names")?;
        }
        Ok(())
    }
}
