//! Joining full-text tables: the segments of several become the segments of one.
//!
//! FTS5 keeps a table as segments that no write ever changes, a structure record that lists them, and
//! sums. Tables with the same columns whose rows are different can therefore be joined without
//! looking into a segment: each gets a new number, and the list and the sums are written anew. The
//! layout is the one described in SQLite's `fts5_index.c` (structure record, version 2).

use rusqlite::{Connection, Statement, params, types::ValueRef};

use crate::error::{Doing as _, IndexError};

/// Rows of `words_data`: sums, and the list of segments. All others belong to a segment.
const SUMS: i64 = 1;
const STRUCTURE: i64 = 10;
/// Follows the cookie in the structure record.
const VERSION_2: [u8; 4] = [0xFF, 0, 0, 1];
/// Bits of a row number of `words_data` below the number of the segment.
const PAGE_BITS: u32 = 37;

/// A segment in the list of segments.
struct Segment {
    id: u64,
    first_page: u64,
    last_page: u64,
    /// Which writes its rows are from.
    origins: [u64; 2],
    deleted_pages: u64,
    deleted: u64,
    entries: u64,
}

/// The list of segments of a table, by level.
#[derive(Default)]
struct Structure {
    cookie: [u8; 4],
    writes: u64,
    levels: Vec<Vec<Segment>>,
}

/// Fills the full-text table of `db` with the content of `tables`. The connection must not have used
/// the table, and has to be closed before it is used.
pub(super) fn graft(db: &Connection, tables: &[Connection]) -> Result<(), IndexError> {
    let what = "joining the words";
    let mut all = Structure::default();
    let mut sums: Vec<u64> = Vec::new();
    let mut origins = Vec::new();
    for table in ["words_data", "words_idx", "words_docsize", "words_config"] {
        db.execute(&format!("DELETE FROM {table}"), [])
            .doing(what)?;
    }
    let (mut segments, mut origin) = (0, 0);
    for (at, table) in tables.iter().enumerate() {
        let record = block(table, STRUCTURE).doing(what)?;
        let structure = Structure::read(&record).ok_or(IndexError::Damaged { what })?;
        if at == 0 {
            all.cookie = structure.cookie;
            config(table, db).doing(what)?;
        }
        let add = Shift { segments, origin };
        pages(table, db, &add).doing(what)?;
        origins.push(origin);
        add_up(&mut sums, &block(table, SUMS).doing(what)?);
        let known = structure.levels.iter().flatten();
        segments += known.clone().map(|segment| segment.id).max().unwrap_or(0);
        origin += known.map(|segment| segment.origins[1]).max().unwrap_or(0);
        all.take(structure, &add);
    }
    sizes(tables, &origins, db).doing(what)?;
    put(db, SUMS, &varints(&sums)).doing(what)?;
    put(db, STRUCTURE, &all.write()).doing(what)
}

/// What is added to the numbers of a table, so that those of the tables differ.
struct Shift {
    segments: u64,
    origin: u64,
}

impl Structure {
    fn read(record: &[u8]) -> Option<Self> {
        let (cookie, rest) = record.split_first_chunk::<4>()?;
        let mut rest = rest.strip_prefix(&VERSION_2)?;
        let mut next = || {
            let (value, after) = varint(rest)?;
            rest = after;
            Some(value)
        };
        let (levels, _segments, writes) = (next()?, next()?, next()?);
        let mut structure = Self {
            cookie: *cookie,
            writes,
            levels: Vec::new(),
        };
        for _ in 0..levels {
            let (merging, count) = (next()?, next()?);
            // A merge that was begun would go on with tables of before.
            if merging != 0 {
                return None;
            }
            let mut level = Vec::new();
            for _ in 0..count {
                level.push(Segment {
                    id: next()?,
                    first_page: next()?,
                    last_page: next()?,
                    origins: [next()?, next()?],
                    deleted_pages: next()?,
                    deleted: next()?,
                    entries: next()?,
                });
            }
            structure.levels.push(level);
        }
        Some(structure)
    }

    fn take(&mut self, other: Self, add: &Shift) {
        self.writes = self.writes.max(other.writes);
        let levels = self.levels.len().max(other.levels.len());
        self.levels.resize_with(levels, Vec::new);
        for (level, segments) in self.levels.iter_mut().zip(other.levels) {
            level.extend(segments.into_iter().map(|segment| Segment {
                id: segment.id + add.segments,
                origins: segment.origins.map(|origin| origin + add.origin),
                ..segment
            }));
        }
    }

    fn write(&self) -> Vec<u8> {
        let count = |some: usize| u64::try_from(some).unwrap_or(u64::MAX);
        let segments = self.levels.iter().map(Vec::len).sum();
        let mut values = vec![count(self.levels.len()), count(segments), self.writes];
        for level in &self.levels {
            values.extend([0, count(level.len())]);
            for segment in level {
                let [first, last] = segment.origins;
                values.extend([segment.id, segment.first_page, segment.last_page]);
                values.extend([first, last]);
                values.extend([segment.deleted_pages, segment.deleted, segment.entries]);
            }
        }
        let mut record = self.cookie.to_vec();
        record.extend(VERSION_2);
        record.extend(varints(&values));
        record
    }
}

fn block(db: &Connection, id: i64) -> rusqlite::Result<Vec<u8>> {
    db.query_row("SELECT block FROM words_data WHERE id = ?1", [id], |row| {
        row.get(0)
    })
}

fn put(db: &Connection, id: i64, block: &[u8]) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO words_data (id, block) VALUES (?1, ?2)",
        params![id, block],
    )
    .map(drop)
}

fn config(from: &Connection, to: &Connection) -> rusqlite::Result<()> {
    let mut select = from.prepare("SELECT k, v FROM words_config")?;
    let mut insert = to.prepare("INSERT INTO words_config (k, v) VALUES (?1, ?2)")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        insert.execute(params![value(row, 0)?, value(row, 1)?])?;
    }
    Ok(())
}

/// Copies the pages of segments, and which page has which terms.
fn pages(from: &Connection, to: &Connection, add: &Shift) -> rusqlite::Result<()> {
    let shift = i64::try_from(add.segments).unwrap_or(i64::MAX);
    let mut select = from.prepare("SELECT id, block FROM words_data WHERE id > ?1 ORDER BY id")?;
    let mut insert = to.prepare("INSERT INTO words_data (id, block) VALUES (?1, ?2)")?;
    let mut rows = select.query([STRUCTURE])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        insert.execute(params![id + (shift << PAGE_BITS), value(row, 1)?])?;
    }
    let mut select =
        from.prepare("SELECT segid, term, pgno FROM words_idx ORDER BY segid, term")?;
    let mut insert = to.prepare("INSERT INTO words_idx (segid, term, pgno) VALUES (?1, ?2, ?3)")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let segment: i64 = row.get(0)?;
        insert.execute(params![segment + shift, value(row, 1)?, value(row, 2)?])?;
    }
    Ok(())
}

/// Copies how many words the rows have, in the order of rows over all tables.
fn sizes(tables: &[Connection], origins: &[u64], to: &Connection) -> rusqlite::Result<()> {
    let mut selects: Vec<Statement<'_>> = Vec::new();
    for table in tables {
        selects.push(table.prepare("SELECT id, sz, origin FROM words_docsize ORDER BY id")?);
    }
    let mut cursors = Vec::new();
    for (select, origin) in selects.iter_mut().zip(origins) {
        let mut rows = select.query([])?;
        let first = size(rows.next()?)?;
        cursors.push((rows, first, i64::try_from(*origin).unwrap_or(i64::MAX)));
    }
    let mut insert =
        to.prepare("INSERT INTO words_docsize (id, sz, origin) VALUES (?1, ?2, ?3)")?;
    let least = |next: &Option<Size>| next.as_ref().map_or(i64::MAX, |next| next.row);
    while let Some((rows, next, origin)) = cursors.iter_mut().min_by_key(|(_, next, _)| least(next))
    {
        let Some(Size {
            row,
            words,
            written,
        }) = next.take()
        else {
            break;
        };
        insert.execute(params![row, words, written + *origin])?;
        *next = size(rows.next()?)?;
    }
    Ok(())
}

/// How many words a row has, as FTS5 writes it, and which write it is from.
struct Size {
    row: i64,
    words: Vec<u8>,
    written: i64,
}

fn size(row: Option<&rusqlite::Row<'_>>) -> rusqlite::Result<Option<Size>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Size {
            row: row.get(0)?,
            words: row.get(1)?,
            written: row.get(2)?,
        })
    };
    row.map(read).transpose()
}

fn value<'a>(row: &'a rusqlite::Row<'_>, at: usize) -> rusqlite::Result<ValueOf<'a>> {
    row.get_ref(at).map(ValueOf)
}

/// A value on its way from one table to another.
struct ValueOf<'a>(ValueRef<'a>);

impl rusqlite::ToSql for ValueOf<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(self.0))
    }
}

/// Adds the sums of a table: rows, then words by column.
fn add_up(sums: &mut Vec<u64>, mut record: &[u8]) {
    let mut at = 0;
    while let Some((value, rest)) = varint(record) {
        match sums.get_mut(at) {
            Some(sum) => *sum += value,
            None => sums.push(value),
        }
        (at, record) = (at + 1, rest);
    }
}

/// SQLite's number of one to nine bytes: seven bits each, the greatest first; a ninth byte has eight.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        let rest = bytes.get(at + 1..)?;
        if at == 8 {
            return Some((value << 8 | u64::from(byte), rest));
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, rest));
        }
    }
    None
}

/// The same written. Nothing here comes near the nine bytes of numbers of more than 56 bits.
fn varints(values: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        let groups = (u64::BITS - value.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let low = u8::try_from(value >> (7 * group) & 0x7F).unwrap_or_default();
            bytes.push(if group == 0 { low } else { low | 0x80 });
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{open, tokenizer};

    #[test]
    fn numbers_as_sqlite_writes_them() {
        for (value, bytes) in [
            (0, &[0][..]),
            (127, &[0x7F]),
            (128, &[0x81, 0]),
            (16_384, &[0x81, 0x80, 0]),
            (1 << 35, &[0x81, 0x80, 0x80, 0x80, 0x80, 0]),
        ] {
            assert_eq!(varints(&[value]), bytes);
            assert_eq!(varint(bytes), Some((value, &[][..])));
        }
        assert_eq!(varint(&[0xFF; 9]), Some((u64::MAX, &[][..])));
        assert_eq!(varint(&[0x80, 0x80]), None);
    }

    /// A full-text table in a file of its own: rows by number, what is taken out again, and whether
    /// it is merged.
    fn table(path: &std::path::Path, rows: &[(i64, &str)], gone: &[i64], merged: bool) {
        let db = match path.exists() {
            true => open::words(path, Some(&[7; 32])),
            false => open::create_words(path, Some(&[7; 32])),
        }
        .unwrap();
        let mut tokenizer = tokenizer::Tokenizer::default();
        // Three writes, so that there are several segments.
        for some in rows.chunks(rows.len() / 3 + 1) {
            let mut insert = db
                .prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")
                .unwrap();
            db.execute_batch("BEGIN").unwrap();
            for row in some {
                insert
                    .execute(params![row.0, tokenizer.prepare(row.1)])
                    .unwrap();
            }
            db.execute_batch("COMMIT").unwrap();
        }
        for rid in gone {
            db.execute("DELETE FROM words WHERE rowid = ?1", [rid])
                .unwrap();
        }
        if merged {
            open::merge(&db).unwrap();
        }
    }

    fn find(db: &Connection, query: &str) -> Vec<(i64, f64)> {
        let mut select = db
            .prepare("SELECT rowid, bm25(words) FROM words WHERE words MATCH ?1 ORDER BY rowid")
            .unwrap();
        let rows = select.query_map([query], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn joined_tables_answer_as_one() {
        let words = ["red", "green", "blue", "bird", "stone", "river", "红色"];
        let text = |n: usize| {
            let at = |step: usize| words[(n / step) % words.len()];
            format!("{} {} x{n}", at(1), at(7))
        };
        let texts: Vec<String> = (0..3000).map(text).collect();
        let rows: Vec<(i64, &str)> = (0..3000).zip(texts.iter().map(String::as_str)).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let gone: Vec<i64> = (0..3000).step_by(17).collect();
        for merged in [true, false] {
            let (even, odd): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.0 / 64 % 2 == 0);
            let of = |rows: &[(i64, &str)]| -> Vec<i64> {
                let known = |rid: &&i64| rows.iter().any(|row| row.0 == **rid);
                gone.iter().filter(known).copied().collect()
            };
            let file = |name: &str| path(&format!("{name} {merged}"));
            table(&file("whole"), &rows, &gone, merged);
            table(&file("even"), &even, &of(&even), merged);
            table(&file("odd"), &odd, &of(&odd), merged);
            table(&file("none"), &[], &[], merged);
            let key = Some(&[7; 32]);
            drop(open::create_words(&file("joined"), key).unwrap());
            let joined = open::words(&file("joined"), key).unwrap();
            let tables = ["even", "odd", "none"].map(|name| open::words(&file(name), key).unwrap());
            graft(&joined, &tables).unwrap();
            drop(joined);

            let check = |rows: usize| {
                let joined = open::words(&file("joined"), key).unwrap();
                let whole = open::words(&file("whole"), key).unwrap();
                for query in ["red", "bird AND stone", "x17*", "\"green green\"", "x35"] {
                    let wanted = find(&whole, query);
                    assert!(
                        !wanted.is_empty() && find(&joined, query) == wanted,
                        "{query}"
                    );
                }
                assert_eq!(find(&joined, "x*").len(), rows);
                joined
                    .execute(
                        "INSERT INTO words (words, rank) VALUES ('integrity-check', 0)",
                        [],
                    )
                    .unwrap();
            };
            check(3000 - gone.len());
            if merged {
                // It is a table like any other: more rows, fewer rows, merging.
                let more = [(5000, "red x5000 x"), (5001, "bird stone x5001 x")];
                for name in [file("whole"), file("joined")] {
                    table(&name, &more, &[1, 64, 65, 5000], true);
                }
                check(3000 - gone.len() - 3 + 1);
            }
        }
    }
}
