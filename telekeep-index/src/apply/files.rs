//! Files that messages need, and files held, on their way into the index.
//!
//! Keys of files are in no order, so that storing them one by one visits another page of the tables
//! each time. They are gathered and stored in the order of their keys: a batch at a time, and many
//! batches at a time while an index is built anew.

use std::collections::BTreeMap;

use rusqlite::params;
use telekeep_model::MediaHeld;

use super::{
    Step,
    chats::{self, Counters},
    line::NewMessage,
};
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

/// A file that messages of a chat need.
struct Wanted {
    chat: i64,
    /// The first of them.
    id: i64,
    kind: &'static str,
}

/// What is to be stored.
#[derive(Default)]
pub(crate) struct Files {
    /// By key and chat number.
    wanted: BTreeMap<(String, i64), Wanted>,
    /// By key.
    held: BTreeMap<String, Box<MediaHeld>>,
}

impl Files {
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn len(&self) -> usize {
        self.wanted.len() + self.held.len()
    }

    /// A message of chat number `no` needs its files.
    pub(super) fn want(&mut self, no: i64, message: &NewMessage) {
        for (file, kind) in &message.wanted {
            let first = self.wanted.entry((file.clone(), no));
            first.or_insert(Wanted {
                chat: message.chat,
                id: message.id,
                kind,
            });
        }
    }

    /// A file is held: what was told first counts.
    pub(super) fn held(&mut self, media: Box<MediaHeld>) {
        self.held.entry(media.file.clone()).or_insert(media);
    }
}

impl Step<'_> {
    /// Stores what was gathered.
    pub(super) fn store_files(&mut self) -> Result<(), IndexError> {
        let Files { wanted, held } = std::mem::take(self.files);
        for ((file, no), wanted) in wanted {
            self.want(&file, no, &wanted)?;
        }
        let (mut files, mut bytes) = (0, 0);
        for media in held.into_values() {
            if self.media(&media)? {
                files += 1;
                bytes += signed(media.size);
            }
        }
        if files > 0 {
            self.add_meta("media_files", files)?;
            self.add_meta("media_bytes", bytes)?;
        }
        Ok(())
    }

    /// Counts a file that a message needs, once per chat.
    fn want(&mut self, file: &str, no: i64, wanted: &Wanted) -> Result<(), IndexError> {
        let Wanted { chat, id, kind } = *wanted;
        let new = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO wanted (file, c, id, kind) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut put| put.execute(params![file, no, id, kind]))
            .doing("storing a wanted file")?;
        if new == 0 {
            return Ok(());
        }
        let (held, ruled): (bool, bool) = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM media WHERE file = ?1),
                    EXISTS (SELECT 1 FROM rule WHERE file = ?1)",
            )
            .and_then(|mut select| select.query_row([file], |row| Ok((row.get(0)?, row.get(1)?))))
            .doing("looking up a file")?;
        // A rule is told once for a file, whoever needs it afterwards.
        let ruled = ruled && !held;
        if ruled {
            self.db
                .prepare_cached("UPDATE wanted SET ruled = 1 WHERE file = ?1 AND c = ?2")
                .and_then(|mut set| set.execute(params![file, no]))
                .doing("storing a wanted file")?;
        }
        let more = &mut self.chats.get(self.db, chat)?.more;
        more.media_wanted += 1;
        more.media_held += i64::from(held);
        more.media_ruled += i64::from(ruled);
        Ok(())
    }

    /// True for a file that is new.
    fn media(&mut self, media: &MediaHeld) -> Result<bool, IndexError> {
        let new = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO media (file, blob, size, sha256, mime, name)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut put| {
                let size = signed(media.size);
                let (blob, sha256) = (&media.blob, &media.sha256);
                put.execute(params![
                    media.file, blob, size, sha256, media.mime, media.name
                ])
            })
            .doing("storing a file")?;
        self.resolve("media", &media.file)?;
        if new == 0 {
            return Ok(false);
        }
        for (no, ruled) in self.wanting(&media.file)? {
            chats::add(
                self.db,
                no,
                Counters {
                    media_held: 1,
                    media_ruled: -ruled,
                    ..Counters::default()
                },
            )?;
        }
        Ok(true)
    }

    /// Chats whose messages need a file, and whether a rule left it out.
    pub(super) fn wanting(&self, file: &str) -> Result<Vec<(i64, i64)>, IndexError> {
        self.db
            .prepare_cached("SELECT c, ruled FROM wanted WHERE file = ?1")
            .and_then(|mut select| {
                let rows = select.query_map([file], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            })
            .doing("looking up who needs a file")
    }
}
