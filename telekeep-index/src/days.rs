//! Days that have messages.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    apply::tally::ALL,
    error::{Doing as _, IndexError},
    number::unsigned,
    search::meta,
    show, slots, walk,
    weeks::{self, QUARTER, QUARTERS},
    zone::{Local, Zone},
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

/// Quarters of an hour that have messages: their first second and the count, ascending.
pub(crate) fn quarters(
    db: &Connection,
    chat: Option<i64>,
    from: i64,
    to: i64,
    each: &mut dyn FnMut(i64, i64),
) -> Result<(), IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(());
    };
    let from = from.div_euclid(QUARTER);
    let to = to.saturating_add(QUARTER - 1).div_euclid(QUARTER);
    let mut read = || -> Result<(), rusqlite::Error> {
        let mut select = db.prepare_cached(
            "SELECT week, counts FROM activity
             WHERE c = ?1 AND week BETWEEN ?2 AND ?3 ORDER BY week",
        )?;
        let weeks = [c, from.div_euclid(QUARTERS), to.div_euclid(QUARTERS)];
        let mut rows = select.query(weeks)?;
        // All chats of one account of several have a row each for a week.
        let mut gathered = (i64::MIN, BTreeMap::new());
        let mut tell = |counts: BTreeMap<i64, i64>| {
            for (quarter, count) in counts {
                each(quarter.saturating_mul(QUARTER), count);
            }
        };
        while let Some(row) = rows.next()? {
            let week = row.get(0)?;
            if gathered.0 != week {
                tell(std::mem::replace(&mut gathered, (week, BTreeMap::new())).1);
            }
            let counts = weeks::counts(week, row.get_ref(1)?.as_blob()?);
            for (quarter, count) in counts.filter(|(quarter, _)| (from..to).contains(quarter)) {
                *gathered.1.entry(quarter).or_insert(0) += count;
            }
        }
        tell(gathered.1);
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
    let mut days: Vec<Day> = Vec::new();
    let mut local = Local::new(zone);
    quarters(db, chat, from, to, &mut |start, count| {
        let (number, _) = local.day_and_hour(start);
        match days.last_mut() {
            Some(day) if day.number == number => day.messages += unsigned(count),
            _ => days.push(Day {
                start: zone.midnight(number),
                number,
                messages: unsigned(count),
            }),
        }
    })?;
    Ok(days)
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
        let sql = format!("SELECT week FROM activity WHERE c = ?1 ORDER BY week {order} LIMIT 1");
        let week: Option<i64> = db
            .prepare_cached(&sql)
            .and_then(|mut select| select.query_row([c], |row| row.get(0)).optional())
            .doing("reading days")?;
        let mut ends = None;
        if let Some(week) = week {
            let start = week.saturating_mul(QUARTERS * QUARTER);
            let end = start.saturating_add(QUARTERS * QUARTER);
            quarters(db, chat, start, end, &mut |start, _| {
                let first = ends.map_or(start, |(first, _)| first);
                ends = Some((first, start));
            })?;
        }
        Ok::<_, IndexError>(ends)
    };
    let (first, last) = (edge("ASC")?, edge("DESC")?);
    let within = |second: i64| second.min(slots::wish(i64::MAX));
    Ok(first.zip(last).map(|((first, _), (_, last))| {
        let end = within(last).saturating_add(QUARTER);
        (within(first), end)
    }))
}
