//! Alternatives of a query. The full-text index knows words; dates are ranges of row numbers, and
//! sizes and exact characters are checked row by row. Where those stand inside `OR`, the query becomes
//! several searches, each of which has all its words, one range and its checks; what any of them finds
//! is found. A query without such an `OR` is one.

use super::{
    check::Check,
    compile::{is_meta, meta_word},
    meta,
};
use crate::walk::{Cursor, Row};

/// Alternatives of one query. Parts that are multiplied out are few, or a mistake.
pub(super) const MAX_BRANCHES: usize = 64;

/// One of the alternatives, ready to run.
#[derive(Debug, Default)]
pub(crate) struct Branch {
    pub expression: String,
    /// Sent at or after this.
    pub since: Option<i64>,
    /// Sent before this.
    pub until: Option<i64>,
    pub checks: Vec<Check>,
}

/// One of the alternatives, being made.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Expressions that hold, all of them.
    pub must: Vec<String>,
    /// Expressions that do not.
    pub not: Vec<String>,
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub checks: Vec<Check>,
}

impl Draft {
    /// What both ask for.
    fn and(&self, other: &Self) -> Self {
        let join = |one: &[String], other: &[String]| [one, other].concat();
        Self {
            must: join(&self.must, &other.must),
            not: join(&self.not, &other.not),
            since: self.since.max(other.since),
            until: earlier(self.until, other.until),
            checks: [self.checks.as_slice(), &other.checks].concat(),
        }
    }

    pub(super) fn finish(self) -> Branch {
        Branch {
            expression: without(words_first(self.must), &self.not),
            since: self.since,
            until: self.until,
            checks: self.checks,
        }
    }
}

/// Lets filters be looked at only where all words are. FTS5 moves through all parts of an AND at
/// once, so that two words in a chat of millions would visit the rows of that chat for every row with
/// one of the words. It makes nested ANDs one, but leaves a NOT alone: of what is nowhere.
fn words_first(must: Vec<String>) -> Vec<String> {
    let (filters, words): (Vec<_>, Vec<_>) = must.into_iter().partition(|part| is_meta(part));
    if filters.is_empty() || words.len() < 2 {
        return [words, filters].concat();
    }
    let nowhere = meta_word(meta::NOWHERE);
    let words = format!("(({}) NOT {nowhere})", words.join(" AND "));
    [vec![words], filters].concat()
}

/// What is found when one of each is asked for; `None` when these are too many.
pub(super) fn product(one: &[Draft], other: &[Draft]) -> Option<Vec<Draft>> {
    if one.len().saturating_mul(other.len()) > MAX_BRANCHES {
        return None;
    }
    let pairs = one
        .iter()
        .flat_map(|one| other.iter().map(|other| one.and(other)));
    Some(pairs.collect())
}

/// The earlier of two ends; no end is the latest.
pub(super) fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// `must` without `not`; with nothing that must be, all messages.
pub(super) fn without(must: Vec<String>, not: &[String]) -> String {
    let must = match must.is_empty() {
        true => meta_word(meta::ALL),
        false => must.join(" AND "),
    };
    match not.is_empty() {
        true => must,
        false => format!("({must}) NOT ({})", not.join(" OR ")),
    }
}

/// Pages of several branches, made into one page.
#[derive(Default)]
pub(super) struct Merged {
    rows: Vec<Row>,
    /// How far the branch that got least far came, and whether it ran out of time there.
    reached: Option<(Cursor, bool)>,
}

impl Merged {
    pub(super) fn add(&mut self, rows: Vec<Row>, next: Option<(Cursor, bool)>, oldest_first: bool) {
        self.rows.extend(rows);
        self.reached = match (self.reached, next) {
            (Some(one), Some(other)) if before(&other.0, &one.0, oldest_first) => Some(other),
            (one, other) => one.or(other),
        };
    }

    /// The rows in order, and where to continue, with whether that is because time was up.
    pub(super) fn page(
        mut self,
        limit: usize,
        oldest_first: bool,
    ) -> (Vec<Row>, Option<(Cursor, bool)>) {
        self.rows.sort_by(|one, other| match oldest_first {
            true => one.place.cmp(&other.place),
            false => other.place.cmp(&one.place),
        });
        self.rows.dedup_by_key(|row| row.rid);
        if let Some((reached, _)) = self.reached {
            // Beyond this another branch may have more, in between.
            self.rows
                .retain(|row| !before(&reached, &row.place, oldest_first));
        }
        if self.rows.len() <= limit {
            return (self.rows, self.reached);
        }
        self.rows.truncate(limit);
        let next = self.rows.last().map(|row| (row.place, false));
        (self.rows, next)
    }
}

fn before(one: &Cursor, other: &Cursor, oldest_first: bool) -> bool {
    match oldest_first {
        true => one < other,
        false => one > other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(date: i64) -> Row {
        Row {
            place: Cursor::of(date, 1, date),
            c: 1,
            rid: date,
        }
    }

    fn dates(rows: &[Row]) -> Vec<i64> {
        rows.iter().map(|row| row.place.date).collect()
    }

    #[test]
    fn what_is_beyond_the_branch_that_got_least_far_waits() {
        let mut merged = Merged::default();
        merged.add(vec![row(9), row(5)], Some((row(5).place, true)), false);
        merged.add(vec![row(9), row(7), row(2)], None, false);
        let (rows, next) = merged.page(10, false);
        assert_eq!(dates(&rows), [9, 7, 5]);
        assert_eq!(next, Some((row(5).place, true)));
    }

    #[test]
    fn a_full_page_continues_after_its_last_row() {
        let mut merged = Merged::default();
        merged.add(vec![row(1), row(3)], Some((row(3).place, false)), true);
        merged.add(vec![row(2)], None, true);
        let (rows, next) = merged.page(2, true);
        assert_eq!(dates(&rows), [1, 2]);
        assert_eq!(next, Some((row(2).place, false)));
    }
}
