//! Order by relevance, of the newest matches only: ranking them all would take as long as there are
//! matches. How rare a word is, is judged among the matches that are ranked.
//!
//! Matches are row numbers here: which message a row is would be one more page to read for nearly
//! each, and only those shown have to be known.

use std::{
    cmp::Reverse,
    collections::{HashMap, hash_map::Entry},
    time::Instant,
};

use rusqlite::{Connection, params};

use super::{branch::Branch, check::passes, compile::Plan};
use crate::{
    error::{Doing as _, IndexError},
    slots,
    tokenizer::{COLUMNS, Places},
    walk::{self, drift},
};

/// The best of the newest.
#[derive(Default)]
pub(crate) struct Best {
    /// Row numbers, best first.
    pub rows: Vec<i64>,
    /// There are matches that were not ranked.
    pub more: bool,
}

/// A place in the name of a file says more than one in a text, and one in a text edited away less.
const WEIGHTS: [f64; COLUMNS] = [1.0, 1.5, 0.4];
/// As in BM25: how soon further places of a word stop to count, and how much length matters.
const K: f64 = 1.2;
const B: f64 = 0.6;
/// Words of a usual message.
const USUAL: f64 = 16.0;
/// Even a word that all matches have counts a little.
const FLOOR: f64 = 0.2;

/// Ranks the newest `most` matches.
pub(crate) fn best(
    db: &Connection,
    plan: &Plan,
    most: usize,
    deadline: Option<Instant>,
) -> Result<Best, IndexError> {
    let mut all: Vec<(i64, Places)> = Vec::new();
    let mut more = false;
    let mut known = HashMap::new();
    let mut phrases: u8 = 0;
    for branch in &plan.branches {
        let newest = newest(db, branch, most, deadline)?;
        more |= newest.more;
        // Each branch numbers the phrases of its own expression.
        let offset = phrases;
        for (rid, mut places) in newest.found {
            for (phrase, _) in &mut places.places {
                *phrase = phrase.saturating_add(offset);
                phrases = phrases.max(phrase.saturating_add(1));
            }
            match known.entry(rid) {
                Entry::Vacant(entry) => {
                    entry.insert(all.len());
                    all.push((rid, places));
                }
                Entry::Occupied(entry) => {
                    if let Some((_, held)) = all.get_mut(*entry.get()) {
                        held.places.extend(places.places);
                    }
                }
            }
        }
    }
    if all.len() > most {
        more = true;
        all.sort_by_key(|(rid, _)| Reverse(*rid));
        all.truncate(most);
    }
    Ok(Best {
        rows: ordered(all),
        more,
    })
}

/// The newest matches of a branch.
struct Newest {
    found: Vec<(i64, Places)>,
    more: bool,
}

fn newest(
    db: &Connection,
    branch: &Branch,
    most: usize,
    deadline: Option<Instant>,
) -> Result<Newest, IndexError> {
    let drift = drift(db)?;
    let low = slots::wish(branch.since.unwrap_or(i64::MIN));
    let high = slots::wish(branch.until.unwrap_or(i64::MAX));
    let mut select = db
        .prepare_cached(
            "SELECT rowid, tg_places(words) FROM words
             WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC",
        )
        .doing("ranking")?;
    let mut rows = select
        .query(params![branch.expression, low, high.saturating_add(drift)])
        .doing("ranking")?;
    let mut found: Vec<(i64, Places)> = Vec::new();
    let mut more = false;
    while let Some(row) = rows.next().doing("ranking")? {
        let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if found.len() >= most || late {
            more = true;
            break;
        }
        let (rid, places) = read(row).doing("ranking")?;
        // Only near the ends may the date be another than the number says.
        let doubtful = rid <= low.saturating_add(drift) || rid >= high;
        let dated = branch.since.is_some() || branch.until.is_some();
        if !(dated && doubtful) && branch.checks.is_empty() || wanted(db, branch, rid)? {
            found.push((rid, places));
        }
    }
    Ok(Newest { found, more })
}

/// Whether the message of a row is of the time and passes the checks of a branch.
fn wanted(db: &Connection, branch: &Branch, rid: i64) -> Result<bool, IndexError> {
    let Some(row) = walk::row(db, rid)? else {
        return Ok(false);
    };
    let date = row.place.date;
    Ok(branch.since.is_none_or(|since| date >= since)
        && branch.until.is_none_or(|until| date < until)
        && passes(db, row.c, row.place.chat, row.place.id, &branch.checks)?)
}

fn read(row: &rusqlite::Row<'_>) -> Result<(i64, Places), rusqlite::Error> {
    let places = Places::read(row.get_ref(1)?.as_blob_or_null()?.unwrap_or_default());
    Ok((row.get(0)?, places))
}

/// Best first; newest first among equals.
fn ordered(found: Vec<(i64, Places)>) -> Vec<i64> {
    let mut with: [u32; 256] = [0; 256];
    for (_, places) in &found {
        let mut seen = [false; 256];
        for &(phrase, _) in &places.places {
            if let Some(seen) = seen.get_mut(usize::from(phrase)) {
                *seen = true;
            }
        }
        for (with, seen) in with.iter_mut().zip(seen) {
            *with += u32::from(seen);
        }
    }
    #[allow(clippy::cast_precision_loss)] // some thousands
    let all = found.len() as f64;
    let rare = with.map(|with| {
        let with = f64::from(with);
        FLOOR + ((all - with + 0.5) / (with + 0.5)).ln_1p()
    });
    let mut scored: Vec<(f64, i64)> = found
        .into_iter()
        .map(|(rid, places)| (score(&places, &rare), rid))
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
    scored.into_iter().map(|(_, rid)| rid).collect()
}

fn score(places: &Places, rare: &[f64; 256]) -> f64 {
    let mut often = [0.0; 256];
    for &(phrase, column) in &places.places {
        let weight = WEIGHTS.get(usize::from(column)).copied().unwrap_or(0.0);
        if let Some(often) = often.get_mut(usize::from(phrase)) {
            *often += weight;
        }
    }
    let length: u32 = places.lengths.iter().take(2).sum();
    let shrink = K * (1.0 - B + B * f64::from(length) / USUAL);
    let each = often.iter().zip(rare);
    each.map(|(often, rare)| rare * often * (K + 1.0) / (often + shrink))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rid: i64, length: u32, places: &[(u8, u8)]) -> (i64, Places) {
        let places = Places {
            lengths: [length, 0, 0],
            places: places.to_vec(),
        };
        (rid, places)
    }

    #[test]
    fn more_places_shorter_texts_rarer_words_and_later_dates_come_first() {
        assert_eq!(
            ordered(vec![
                found(1, 10, &[(0, 0), (0, 0)]),
                found(2, 10, &[(0, 0)])
            ]),
            [1, 2]
        );
        assert_eq!(
            ordered(vec![found(1, 3, &[(0, 0)]), found(2, 90, &[(0, 0)])]),
            [1, 2]
        );
        assert_eq!(
            ordered(vec![found(1, 10, &[(0, 0)]), found(2, 10, &[(0, 0)])]),
            [2, 1]
        );
        assert_eq!(
            ordered(vec![found(1, 10, &[(0, 0)]), found(2, 10, &[(0, 2)])]),
            [1, 2]
        );
        let either = vec![
            found(1, 10, &[(1, 0)]),
            found(2, 10, &[(0, 0)]),
            found(3, 10, &[(0, 0)]),
        ];
        assert_eq!(ordered(either)[0], 1, "the rarer word");
        assert_eq!(
            ordered(vec![found(1, 10, &[(0, 3)]), found(2, 10, &[(0, 0)])]),
            [2, 1]
        );
    }
}
