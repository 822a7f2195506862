//! Walking messages in the order of dates, by an expression of the full-text index.
//!
//! The order is (date, chat, id) and does not depend on how the index was built. Rows come from FTS5
//! by row number, which is the date or a little after it (`slots.rs`), so a row is final once the row
//! numbers have passed its date. A page continues after the last row of the one before: nothing is
//! counted and nothing skipped over.

use std::{fmt, str::FromStr, time::Instant};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    error::{Doing as _, IndexError},
    slots,
};

/// A place in the order of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(crate) date: i64,
    pub(crate) chat: i64,
    pub(crate) id: i64,
    /// In an order by relevance: how many came before. The other fields mean nothing then.
    pub(crate) rank: u32,
}

impl Cursor {
    /// The place of a message.
    #[must_use]
    pub fn of(date: i64, chat: i64, id: i64) -> Self {
        Self {
            date,
            chat,
            id,
            rank: 0,
        }
    }

    /// After so many hits by relevance.
    pub(crate) fn ranked(rank: u32) -> Self {
        Self {
            rank,
            ..Self::of(0, 0, 0)
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank > 0 {
            return write!(f, "r{}", self.rank);
        }
        write!(f, "{}.{}.{}", self.date, self.chat, self.id)
    }
}

impl FromStr for Cursor {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Self, IndexError> {
        let rank = text.strip_prefix('r').and_then(|rank| rank.parse().ok());
        if let Some(rank) = rank.filter(|&rank| rank > 0) {
            return Ok(Self::ranked(rank));
        }
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(date)), Some(Ok(chat)), Some(Ok(id)), None) => Ok(Self::of(date, chat, id)),
            _ => Err(IndexError::Query {
                at: 1,
                why: "this is no place to continue from".into(),
            }),
        }
    }
}

/// A row that matches: enough to order it and to fetch it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub place: Cursor,
    pub c: i64,
    pub rid: i64,
}

/// Says whether a row is wanted indeed: for conditions that the full-text index only narrows.
pub(crate) type Keep<'k> = dyn FnMut(&Row) -> Result<bool, IndexError> + 'k;

/// What to walk over.
pub(crate) struct Walk<'a> {
    pub expression: &'a str,
    /// Sent at or after this.
    pub since: Option<i64>,
    /// Sent before this.
    pub until: Option<i64>,
    pub oldest_first: bool,
    pub after: Option<Cursor>,
    pub limit: usize,
    /// When to stop looking, with what was found.
    pub deadline: Option<Instant>,
}

/// What a walk found.
#[derive(Default)]
pub(crate) struct Walked {
    pub rows: Vec<Row>,
    /// There is more after the last row, or after this place when time was up.
    pub next: Option<Cursor>,
    /// Time was up: everything up to `next` was looked at.
    pub stopped: bool,
    /// Rows looked at.
    pub looked: u64,
}

const SELECT: &str = "SELECT words.rowid, slot.date, slot.c, slot.id, chat.chat
    FROM words
    CROSS JOIN slot ON slot.rid = words.rowid
    CROSS JOIN chat ON chat.no = slot.c
    WHERE words MATCH ?1 AND words.rowid BETWEEN ?2 AND ?3
    ORDER BY words.rowid";

/// The message of a row number; `None` when there is none any more.
pub(crate) fn row(db: &Connection, rid: i64) -> Result<Option<Row>, IndexError> {
    let select = "SELECT slot.rid, slot.date, slot.c, slot.id, chat.chat
        FROM slot CROSS JOIN chat ON chat.no = slot.c WHERE slot.rid = ?1";
    db.prepare_cached(select)
        .and_then(|mut select| select.query_row([rid], read).optional())
        .doing("looking up a row")
}

/// How often the clock is looked at.
const TICK: u64 = 64;

impl Walk<'_> {
    pub(crate) fn run(&self, db: &Connection, keep: &mut Keep<'_>) -> Result<Walked, IndexError> {
        let drift = drift(db)?;
        let order = if self.oldest_first { "ASC" } else { "DESC" };
        let mut select = db
            .prepare_cached(&format!("{SELECT} {order}"))
            .doing("searching")?;
        let (low, high) = self.range(drift);
        let mut rows = select
            .query(params![self.expression, low, high])
            .doing("searching")?;
        // One more than asked for tells whether there is a next page.
        let wanted = self.limit.saturating_add(1);
        let mut walked = Walked::default();
        while let Some(row) = rows.next().doing("searching")? {
            let row = read(row).doing("searching")?;
            walked.looked += 1;
            let last = walked.rows.get(self.limit);
            if last.is_some_and(|last| self.is_final(last, row.rid, drift)) {
                break;
            }
            if walked.looked % TICK == 0 && self.is_late() && self.gained(row.rid, drift) {
                self.stop(&mut walked, row.rid, drift);
                return Ok(walked);
            }
            if !self.is_in(&row) || !keep(&row)? {
                continue;
            }
            let at = walked
                .rows
                .partition_point(|other| self.comes_before(&other.place, &row.place));
            walked.rows.insert(at, row);
            walked.rows.truncate(wanted);
        }
        if walked.rows.len() > self.limit {
            walked.rows.truncate(self.limit);
            walked.next = walked.rows.last().map(|row| row.place);
        }
        Ok(walked)
    }

    /// Row numbers that messages of the dates asked for can have; others may have them too.
    fn range(&self, drift: i64) -> (i64, i64) {
        let mut since = self.since.unwrap_or(i64::MIN);
        let mut until = self.until.unwrap_or(i64::MAX);
        match (self.after, self.oldest_first) {
            (Some(after), true) => since = since.max(after.date),
            (Some(after), false) => until = until.min(after.date.saturating_add(1)),
            (None, _) => {}
        }
        (slots::wish(since), slots::wish(until).saturating_add(drift))
    }

    fn comes_before(&self, one: &Cursor, other: &Cursor) -> bool {
        match self.oldest_first {
            true => one < other,
            false => one > other,
        }
    }

    fn is_in(&self, row: &Row) -> bool {
        let date = row.place.date;
        self.since.is_none_or(|since| date >= since)
            && self.until.is_none_or(|until| date < until)
            && self
                .after
                .is_none_or(|after| self.comes_before(&after, &row.place))
    }

    /// No row from number `rid` on can come before `row`.
    fn is_final(&self, row: &Row, rid: i64, drift: i64) -> bool {
        match self.oldest_first {
            true => slots::wish(row.place.date) < rid.saturating_sub(drift),
            false => slots::wish(row.place.date) > rid,
        }
    }

    fn is_late(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Stopping here would bring the next page further than this one began.
    fn gained(&self, rid: i64, drift: i64) -> bool {
        match (self.after, self.oldest_first) {
            (None, _) => true,
            (Some(after), true) => rid.saturating_sub(drift) > slots::wish(after.date) + 1,
            (Some(after), false) => rid.saturating_add(1) < slots::wish(after.date),
        }
    }

    /// Ends before row number `rid`: what is not final is left to the next page.
    fn stop(&self, walked: &mut Walked, rid: i64, drift: i64) {
        let place = match self.oldest_first {
            true => Cursor::of(rid.saturating_sub(drift) - 1, i64::MAX, i64::MAX),
            false => Cursor::of(rid + 1, i64::MIN, i64::MIN),
        };
        walked.stopped = true;
        walked
            .rows
            .retain(|row| self.comes_before(&row.place, &place));
        walked.next = match walked.rows.len() > self.limit {
            true => {
                walked.rows.truncate(self.limit);
                walked.rows.last().map(|row| row.place)
            }
            false => Some(place),
        };
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<Row, rusqlite::Error> {
    Ok(Row {
        rid: row.get(0)?,
        place: Cursor::of(row.get(1)?, row.get(4)?, row.get(3)?),
        c: row.get(2)?,
    })
}

/// How far the furthest row number is from its date.
pub(crate) fn drift(db: &Connection) -> Result<i64, IndexError> {
    let drift = db
        .prepare_cached("SELECT value FROM meta WHERE key = 'drift'")
        .and_then(|mut select| select.query_row([], |row| row.get(0)).optional())
        .doing("reading the drift")?;
    Ok(drift.unwrap_or(0))
}
