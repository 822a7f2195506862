//! Messages counted by quarters of an hour, a week in one value.
//!
//! Days and hours of every time zone begin at a quarter of an hour of UTC (those of Nepal at one that is
//! no half hour), so quarters add up to them, daylight saving included; days of UTC would not. A row for
//! each quarter would make many thousand small rows to read for a plot.

use crate::{
    number::{signed, unsigned},
    varint,
};

/// Seconds of a quarter of an hour, which is numbered from 1 January 1970.
pub(crate) const QUARTER: i64 = 900;
/// Quarters of a week. Weeks are numbered likewise, and so begin on Thursday.
pub(crate) const QUARTERS: i64 = 7 * 24 * 4;

/// Quarters of a week that have messages, and how many: ascending. Of damaged bytes what can be read.
pub(crate) struct Counts<'a> {
    bytes: &'a [u8],
    next: i64,
}

/// Reads what [`add`] made for a week.
pub(crate) fn counts(week: i64, bytes: &[u8]) -> Counts<'_> {
    let next = week.saturating_mul(QUARTERS);
    Counts { bytes, next }
}

impl Counts<'_> {
    fn number(&mut self) -> Option<i64> {
        let (number, length) = varint::read(self.bytes)?;
        self.bytes = self.bytes.get(length..)?;
        Some(signed(number))
    }
}

impl Iterator for Counts<'_> {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        let quarter = self.next.saturating_add(self.number()?);
        let count = self.number()?;
        self.next = quarter.saturating_add(1);
        Some((quarter, count))
    }
}

/// The bytes of a week with more messages (or fewer): of each quarter how many others are between it and
/// the one before, and the count. `more` has quarters of this week, ascending.
pub(crate) fn add(week: i64, bytes: &[u8], more: &[(i64, i64)]) -> Vec<u8> {
    let mut sum = Vec::with_capacity(bytes.len() + 4 * more.len());
    let mut next = week.saturating_mul(QUARTERS);
    let mut put = |quarter: i64, count: i64| {
        if count > 0 {
            varint::push(&mut sum, unsigned(quarter.saturating_sub(next)));
            varint::push(&mut sum, unsigned(count));
            next = quarter.saturating_add(1);
        }
    };
    let mut more = more.iter().copied().peekable();
    for (quarter, count) in counts(week, bytes) {
        while let Some((earlier, count)) = more.next_if(|&(other, _)| other < quarter) {
            put(earlier, count);
        }
        let same = more.next_if(|&(other, _)| other == quarter);
        put(
            quarter,
            count.saturating_add(same.map_or(0, |(_, count)| count)),
        );
    }
    more.for_each(|(quarter, count)| put(quarter, count));
    sum
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_week_has_its_quarters() {
        assert_eq!(QUARTER * QUARTERS, 7 * 86_400);
        let first = 2 * QUARTERS;
        let bytes = add(2, &[], &[(first, 1), (first + 1, 300), (first + 671, 2)]);
        assert_eq!(bytes, [0, 1, 0, 0x82, 0x2C, 0x85, 0x1D, 2]);
        let read: Vec<_> = counts(2, &bytes).collect();
        assert_eq!(read, [(first, 1), (first + 1, 300), (first + 671, 2)]);
        // What is taken back leaves nothing.
        let back = [(first, -1), (first + 1, -300), (first + 671, -2)];
        assert!(add(2, &bytes, &back).is_empty());
    }

    proptest! {
        #[test]
        fn sums(steps in proptest::collection::vec(
            proptest::collection::btree_map(0..QUARTERS, 1..1000_i64, 0..40), 0..8),
            week in -5..5_i64,
        ) {
            let mut wanted: BTreeMap<i64, i64> = BTreeMap::new();
            let mut bytes = Vec::new();
            for step in steps {
                let step: Vec<_> = step.into_iter().map(|(at, n)| (week * QUARTERS + at, n)).collect();
                for (quarter, count) in &step {
                    *wanted.entry(*quarter).or_default() += count;
                }
                bytes = add(week, &bytes, &step);
            }
            let found: Vec<_> = counts(week, &bytes).collect();
            prop_assert_eq!(found, wanted.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn damaged_bytes_end(bytes: Vec<u8>) {
            prop_assert!(counts(i64::MAX, &bytes).count() <= bytes.len());
            add(i64::MIN, &bytes, &[(0, 1)]);
        }
    }
}
