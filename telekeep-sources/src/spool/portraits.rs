//! Photos of people and chats as they stand beside their messages.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{Doing, SpoolError};
use super::{FileRow, Spool, SpoolTx};
use crate::telegram::media::collect::GONE;
use crate::telegram::media::portrait::file_of;

/// The photo that somebody shows beside their name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portrait {
    /// Its number.
    pub photo: i64,
    /// Data centre that has it.
    pub dc: i32,
}

/// What is known of a portrait's file.
struct Known {
    /// It waits, or failed.
    open: bool,
    /// Why it is not there.
    error: Option<String>,
    /// The hash and the data centre it was asked with, if it was.
    place: Option<(i64, i32)>,
}

impl Spool {
    /// True when the photo itself is held, and not only its moving part.
    pub(crate) fn has_photo(&self, photo: i64) -> Result<bool, SpoolError> {
        // `0` is the character after `/`.
        let (from, to) = (format!("photo/{photo}/"), format!("photo/{photo}0"));
        self.reading()
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM file WHERE key > ?1 AND key < ?2 AND state = 1
                 AND key NOT LIKE '%/video/%')",
            )
            .and_then(|mut get| get.query_row([from, to], |row| row.get(0)))
            .doing("looking for a photo")
    }
}

impl SpoolTx<'_> {
    /// The photo that somebody shows beside their name as a file, and whether they forbid saving.
    /// All photos of the account itself are kept.
    pub(crate) fn portrait_of(&self, peer: i64) -> Result<Option<(FileRow, bool)>, SpoolError> {
        let read = |row: &Row<'_>| {
            let portrait = Portrait {
                photo: row.get(0)?,
                dc: row.get(1)?,
            };
            Ok((file_of(peer, portrait, row.get(2)?), row.get(3)?))
        };
        self.db
            .prepare_cached(
                "SELECT photo, photo_dc, coalesce(photo_hash, 0), protected FROM peer
                 WHERE chat = ?1 AND photo IS NOT NULL AND NOT is_self",
            )
            .and_then(|mut get| get.query_row([peer], read).optional())
            .doing("reading a portrait")
    }

    /// Queues a portrait that was seen; `rule` names why it must not be fetched. One that is held is
    /// held, one that waits is asked for as it was seen last. One that was gone is tried again when
    /// it is seen at another place.
    pub(crate) fn want_portrait(
        &mut self,
        file: &FileRow,
        guarded: bool,
        rule: Option<&str>,
    ) -> Result<(), SpoolError> {
        let Some(known) = self.known_portrait(&file.key)? else {
            return self.want_file(file, guarded, rule).map(drop);
        };
        let place = (file.access_hash, file.dc);
        let moved = known.place.is_some_and(|known| known != place);
        match known.error.as_deref() {
            Some(GONE) if moved => self.want_file(file, guarded, rule).map(drop),
            None if !known.open => Ok(()),
            _ if known.place == Some(place) => Ok(()),
            _ => self.renew_file(file),
        }
    }

    fn known_portrait(&self, key: &str) -> Result<Option<Known>, SpoolError> {
        let read = |row: &Row<'_>| {
            let place: (i64, i32) = (row.get(2)?, row.get(3)?);
            Ok(Known {
                open: row.get(0)?,
                error: row.get(1)?,
                place: (place != (0, 0)).then_some(place),
            })
        };
        self.db
            .prepare_cached(
                "SELECT state IN (0, 2), error, access_hash, dc FROM file WHERE key = ?1",
            )
            .and_then(|mut get| get.query_row(params![key], read).optional())
            .doing("looking for a portrait")
    }

    /// Forgets a portrait that is not needed any more, and that it failed.
    pub(crate) fn forget_portrait(&mut self, file: &FileRow) -> Result<(), SpoolError> {
        if self.resolve("media", &file.key)? {
            self.missing_no_more(file)?;
        }
        self.db
            .prepare_cached("DELETE FROM file WHERE key = ?1")
            .and_then(|mut delete| delete.execute([&file.key]))
            .map(drop)
            .doing("forgetting a portrait")
    }

    /// Notes that a portrait is not to be had any more. That is no failure: nobody's message lost
    /// anything.
    pub(crate) fn portrait_gone(&mut self, file: &FileRow) -> Result<(), SpoolError> {
        self.resolve("media", &file.key)?;
        self.leave_out(file, GONE)
    }
}
