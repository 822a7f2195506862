//! Row numbers of the full-text index, which ascend with the date.
//!
//! FTS5 gives rows in the order of their numbers, so "newest first" and date ranges cost nothing when
//! the number *is* the date. A message gets the second it was sent in, or the next free number after
//! it; how far the furthest was pushed ([`Slots::drift`]) bounds what a search has to look at.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, params};

/// Numbers per chunk of the map of free ones: 4 KiB of memory.
const CHUNK: i64 = 1 << 15;
const WORDS: usize = 512;
/// Chunks held in memory (64 MiB); more are read again when needed.
const HELD: usize = 16_384;

/// Which row numbers are taken.
#[derive(Default)]
pub(crate) struct Slots {
    chunks: HashMap<i64, Box<[u64; WORDS]>>,
    /// Rows of `slot` to be written. Those of a chunk that is not held are always stored.
    waiting: BTreeMap<i64, Place>,
    /// Greatest distance of a row number from its second.
    pub drift: i64,
}

/// The message of a row number.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub date: i64,
    pub c: i64,
    pub id: i64,
}

/// The row number a date asks for. Dates nobody can have sent anything at are moved to the edge.
pub(crate) fn wish(date: i64) -> i64 {
    date.clamp(1, 1 << 40)
}

impl Slots {
    /// With the drift of what is stored already.
    pub(crate) fn new(drift: i64) -> Self {
        Self {
            drift,
            ..Self::default()
        }
    }

    /// Takes the first free number at or after the date's for a message.
    pub(crate) fn take(&mut self, db: &Connection, place: Place) -> Result<i64, rusqlite::Error> {
        let wish = wish(place.date);
        let mut chunk = wish / CHUNK;
        let mut from = usize::try_from(wish % CHUNK).unwrap_or_default();
        loop {
            let free = self.load(db, chunk)?;
            if let Some(bit) = take_free(free, from) {
                let rid = chunk * CHUNK + i64::try_from(bit).unwrap_or_default();
                self.drift = self.drift.max(rid - wish);
                self.waiting.insert(rid, place);
                return Ok(rid);
            }
            chunk += 1;
            from = 0;
        }
    }

    /// Gives a number up. (It is not taken again before the index is opened anew.)
    pub(crate) fn leave(&mut self, db: &Connection, rid: i64) -> Result<(), rusqlite::Error> {
        if self.waiting.remove(&rid).is_none() {
            db.prepare_cached("DELETE FROM slot WHERE rid = ?1")?
                .execute([rid])?;
        }
        Ok(())
    }

    /// Rows that wait to be stored.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Stores what waits, in the order of the table.
    pub(crate) fn store(&mut self, db: &Connection) -> Result<(), rusqlite::Error> {
        let mut put =
            db.prepare_cached("INSERT INTO slot (rid, date, c, id) VALUES (?1, ?2, ?3, ?4)")?;
        for (rid, place) in std::mem::take(&mut self.waiting) {
            put.execute(params![rid, place.date, place.c, place.id])?;
        }
        Ok(())
    }

    fn load(&mut self, db: &Connection, chunk: i64) -> Result<&mut [u64; WORDS], rusqlite::Error> {
        if self.chunks.len() >= HELD && !self.chunks.contains_key(&chunk) {
            self.store(db)?;
            self.chunks.clear();
        }
        match self.chunks.entry(chunk) {
            std::collections::hash_map::Entry::Occupied(held) => Ok(held.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                let mut taken = Box::new([0; WORDS]);
                let first = chunk * CHUNK;
                let mut select =
                    db.prepare_cached("SELECT rid FROM slot WHERE rid BETWEEN ?1 AND ?2")?;
                let mut rows = select.query([first, first + CHUNK - 1])?;
                while let Some(row) = rows.next()? {
                    let bit = usize::try_from(row.get::<_, i64>(0)? - first).unwrap_or_default();
                    if let Some(word) = taken.get_mut(bit / 64) {
                        *word |= 1 << (bit % 64);
                    }
                }
                Ok(place.insert(taken))
            }
        }
    }
}

/// Finds and takes the first zero bit at or after `from`.
fn take_free(taken: &mut [u64; WORDS], from: usize) -> Option<usize> {
    let mut below = (1_u64 << (from % 64)) - 1;
    for (at, word) in taken.iter_mut().enumerate().skip(from / 64) {
        let free = !(*word | below);
        if free != 0 {
            let bit = free.trailing_zeros();
            *word |= 1 << bit;
            return Some(at * 64 + usize::try_from(bit).unwrap_or_default());
        }
        below = 0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_free_bit() {
        let mut taken = [0; WORDS];
        assert_eq!(take_free(&mut taken, 63), Some(63));
        assert_eq!(take_free(&mut taken, 63), Some(64));
        assert_eq!(take_free(&mut taken, 0), Some(0));
        assert_eq!(take_free(&mut taken, 32767), Some(32767));
        assert_eq!(take_free(&mut taken, 32767), None);
    }
}
