//! The spool as the tail of its journal: what sealing reads, and what readers see of the records
//! that are not sealed yet.

use std::sync::atomic::Ordering;

use rusqlite::{Connection, params};
use telekeep_journal::{Head, StoredFile, Tail, TailLine};

use super::Spool;
use super::error::{Doing, SpoolError};
use super::tx::{head, set_meta, signed, unsigned};

/// The spool seen by [`telekeep_journal::Archive::seal`], `recover` and `verify`. Reading it
/// does not wait for the writer.
#[derive(Debug, Clone, Copy)]
pub struct SpoolTail<'a>(pub &'a Spool);

impl Tail for SpoolTail<'_> {
    type Error = SpoolError;

    fn head(&self) -> Result<Option<Head>, SpoolError> {
        self.0.head()
    }

    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, SpoolError> {
        self.0.unsealed(from, max_bytes)
    }

    fn sealed(&mut self, sealed: &Head) -> Result<(), SpoolError> {
        let text = serde_json::to_vec(sealed).map_err(|_| SpoolError::Damaged {
            what: "journal head",
        })?;
        let mut db = self.0.writing();
        let tx = db.transaction().doing("forgetting sealed records")?;
        set_meta(&tx, "head", &text)?;
        for sql in [
            "DELETE FROM tail WHERE last <= ?1",
            "DELETE FROM tail_file WHERE seq <= ?1",
        ] {
            tx.execute(sql, [signed(sealed.last)])
                .doing("forgetting sealed records")?;
        }
        let left = unsealed_bytes(&tx)?;
        tx.commit().doing("forgetting sealed records")?;
        // The lock is still held, so no commit comes in between.
        if let Some(unsealed) = &self.0.unsealed {
            unsealed.store(left, Ordering::Release);
        }
        Ok(())
    }

    fn unsealed_bytes(&self) -> Result<Option<u64>, SpoolError> {
        self.0.unsealed_bytes().map(Some)
    }
}

impl Spool {
    /// The last sealed head, as far as this spool was told.
    pub fn head(&self) -> Result<Option<Head>, SpoolError> {
        head(&self.reading())
    }

    /// Bytes of records that wait for sealing.
    pub fn unsealed_bytes(&self) -> Result<u64, SpoolError> {
        match &self.unsealed {
            Some(bytes) => Ok(bytes.load(Ordering::Acquire)),
            None => unsealed_bytes(&self.reading()),
        }
    }

    /// Consecutive unsealed lines from number `from` on: about `max_bytes` in all, at least one
    /// line, nothing when there is no such line. Works while another process writes.
    pub fn unsealed(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, SpoolError> {
        let db = self.reading();
        let sealed = head(&db)?.map_or(0, |head| head.last);
        let mut lines = Vec::new();
        if from <= sealed {
            return Ok(lines);
        }
        let mut room = max_bytes;
        let mut rows = db
            .prepare_cached(
                "SELECT first, size, lines FROM tail
             WHERE first >= (SELECT max(first) FROM tail WHERE first <= ?1) ORDER BY first",
            )
            .doing("reading records")?;
        let mut rows = rows.query([signed(from)]).doing("reading records")?;
        while let Some(row) = rows.next().doing("reading records")? {
            let first = unsigned(row.get(0).doing("reading records")?);
            let size = unsigned(row.get(1).doing("reading records")?);
            let packed = row.get_ref(2).doing("reading records")?;
            let stored = unpack(packed.as_blob().ok(), size)?;
            if !take_lines(&stored, first, from, &mut room, &mut lines)? {
                break;
            }
        }
        drop(rows);
        add_files(&db, &mut lines)?;
        Ok(lines)
    }
}

/// Scans the tail, so not for every transaction.
pub(super) fn unsealed_bytes(db: &Connection) -> Result<u64, SpoolError> {
    db.query_row("SELECT coalesce(sum(size), 0) FROM tail", [], |row| {
        row.get(0)
    })
    .map(unsigned)
    .doing("measuring what is not sealed")
}

fn unpack(packed: Option<&[u8]>, size: u64) -> Result<Vec<u8>, SpoolError> {
    let size = usize::try_from(size).ok();
    let lines = packed
        .zip(size)
        .and_then(|(packed, size)| zstd::bulk::decompress(packed, size).ok());
    lines.ok_or(SpoolError::Damaged { what: "record" })
}

/// Takes the lines of a row from number `from` on, as long as there is room; `false` when there is
/// none left.
fn take_lines(
    row: &[u8],
    first: u64,
    from: u64,
    room: &mut usize,
    lines: &mut Vec<TailLine>,
) -> Result<bool, SpoolError> {
    let stored = row
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty());
    for (seq, line) in (first..).zip(stored).skip_while(|&(seq, _)| seq < from) {
        if seq != from + lines.len() as u64 {
            let what = "sequence of records";
            return Err(SpoolError::Damaged { what });
        }
        if !lines.is_empty() && line.len() > *room {
            return Ok(false);
        }
        *room = room.saturating_sub(line.len());
        let json = std::str::from_utf8(line)
            .map_err(|_| SpoolError::Damaged { what: "record" })?
            .to_owned();
        let blobs = Vec::new();
        lines.push(TailLine { seq, json, blobs });
    }
    Ok(true)
}

fn add_files(db: &Connection, lines: &mut [TailLine]) -> Result<(), SpoolError> {
    let (Some(first), Some(last)) = (lines.first().map(|l| l.seq), lines.last().map(|l| l.seq))
    else {
        return Ok(());
    };
    let mut select = db
        .prepare_cached("SELECT seq, file, size, sha256 FROM tail_file WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")
        .doing("reading stored files")?;
    let mut rows = select
        .query(params![signed(first), signed(last)])
        .doing("reading stored files")?;
    while let Some(row) = rows.next().doing("reading stored files")? {
        let file = read_file(row).doing("reading stored files")?;
        let at = usize::try_from(file.0 - first).unwrap_or(usize::MAX);
        if let Some(line) = lines.get_mut(at) {
            line.blobs.push(file.1);
        }
    }
    Ok(())
}

fn read_file(row: &rusqlite::Row<'_>) -> Result<(u64, StoredFile), rusqlite::Error> {
    let file = StoredFile {
        file: row.get(1)?,
        size: unsigned(row.get(2)?),
        sha256: row.get(3)?,
    };
    Ok((unsigned(row.get(0)?), file))
}
