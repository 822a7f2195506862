//! Days that have messages.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    apply::tally::{ALL, SLOT},
    error::{Doing as _, IndexError},
    number::unsigned,
    search::meta,
    show, slots, walk,
    zone::Zone,
};

/// A day and how many messages it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its first second, unix seconds (midnight of the reader's zone).
    pub start: i64,
    /// Days since 1 January 1970 in the reader's calendar.
    pub number: i64,
    /// Messages.
    pub messages: u64,
}

/// The number of a chat among counters; `None` when there is no such chat.
pub(crate) fn counter(db: &Connection, chat: Option<i64>) -> Result<Option<i64>, IndexError> {
    match chat {
        None => Ok(Some(ALL)),
        Some(chat) => Ok(show::number(db, chat)?.map(|(no, _)| no)),
    }
}

/// Half hours that have messages: their first second and the count, ascending.
pub(crate) fn half_hours(
    db: &Connection,
    chat: Option<i64>,
    from: i64,
    to: i64,
    each: &mut dyn FnMut(i64, i64),
) -> Result<(), IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(());
    };
    let mut read = || -> Result<(), rusqlite::Error> {
        let mut select = db.prepare_cached(
            "SELECT slot, count FROM activity
             WHERE c = ?1 AND slot >= ?2 AND slot < ?3 ORDER BY slot",
        )?;
        let last = to.saturating_add(SLOT - 1).div_euclid(SLOT);
        let mut rows = select.query(params![c, from.div_euclid(SLOT), last])?;
        while let Some(row) = rows.next()? {
            // Counted and taken back: one look here costs less than a condition in each step.
            let count = row.get(1)?;
            if count > 0 {
                each(row.get::<_, i64>(0)?.saturating_mul(SLOT), count);
            }
        }
        Ok(())
    };
    read().doing("reading days")
}

/// See [`crate::Index::days`].
pub(crate) fn days(
    db: &Connection,
    chat: Option<i64>,
    from: i64,
    to: i64,
    zone: Zone<'_>,
) -> Result<Vec<Day>, IndexError> {
    let mut slots = Vec::new();
    half_hours(db, chat, from, to, &mut |start, count| {
        slots.push((start, count));
    })?;
    let mut days: Vec<Day> = Vec::new();
    let mut add = |number: i64, count: i64| match days.last_mut() {
        _ if count <= 0 => {}
        Some(day) if day.number == number => day.messages += unsigned(count),
        _ => days.push(Day {
            start: zone.midnight(number),
            number,
            messages: unsigned(count),
        }),
    };
    for (start, count) in slots {
        let end = start.saturating_add(SLOT);
        let (first, last) = (zone.day(start), zone.day(end - 1));
        // A day that begins at a quarter past (Nepal, the Chatham Islands).
        let later = match first == last {
            true => 0,
            false => sent_between(db, chat, zone.midnight(last), end)?.min(count),
        };
        add(first, count - later);
        add(last, later);
    }
    Ok(days)
}

/// Messages looked at to tell on which side of midnight they are.
const AT_MIDNIGHT: usize = 200;

/// How many messages were sent at or after `since` and before `until`, [`AT_MIDNIGHT`] at most.
fn sent_between(
    db: &Connection,
    chat: Option<i64>,
    since: i64,
    until: i64,
) -> Result<i64, IndexError> {
    let (word, no) = match chat {
        Some(chat) => (
            meta::chat(chat),
            show::number(db, chat)?.map_or(0, |(no, _)| no),
        ),
        None => (meta::ALL.to_owned(), ALL),
    };
    let walk = walk::Walk {
        expression: &format!("{{meta}} : \"{word}\""),
        since: Some(since),
        until: Some(until),
        oldest_first: true,
        after: None,
        limit: AT_MIDNIGHT,
        deadline: None,
    };
    let found = walk.run(db, &mut |row| Ok(no == ALL || row.c == no))?;
    Ok(i64::try_from(found.rows.len()).unwrap_or(i64::MAX))
}

/// The first message of a chat sent at or after `date`: its id and date.
pub(crate) fn first_since(
    db: &Connection,
    chat: i64,
    date: i64,
) -> Result<Option<(i64, i64)>, IndexError> {
    let Some((no, _)) = show::number(db, chat)? else {
        return Ok(None);
    };
    let walk = walk::Walk {
        expression: &format!("{{meta}} : \"{}\"", meta::chat(chat)),
        since: Some(date),
        until: None,
        oldest_first: true,
        after: None,
        limit: 1,
        deadline: None,
    };
    let found = walk.run(db, &mut |row| Ok(row.c == no))?;
    Ok(found.rows.first().map(|row| (row.place.id, row.place.date)))
}

/// First and last date of what is held.
pub(crate) fn span(db: &Connection, chat: Option<i64>) -> Result<Option<(i64, i64)>, IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(None);
    };
    let edge = |order: &str| {
        db.prepare_cached(&format!(
            "SELECT slot FROM activity WHERE c = ?1 AND count > 0 ORDER BY slot {order} LIMIT 1"
        ))
        .and_then(|mut select| select.query_row([c], |row| row.get::<_, i64>(0)).optional())
        .doing("reading days")
    };
    let (first, last) = (edge("ASC")?, edge("DESC")?);
    let seconds = |slot: i64| slot.saturating_mul(SLOT).min(slots::wish(i64::MAX));
    Ok(first
        .zip(last)
        .map(|(first, last)| (seconds(first), seconds(last).saturating_add(SLOT))))
}
