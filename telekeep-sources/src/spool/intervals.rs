//! Sets of message ids as sorted, disjoint, closed intervals: the arithmetic of coverage.

/// A set of ids. `1..=3` and `4..=9` are one interval, because ids are whole numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// The empty set.
    pub fn new() -> Intervals {
        Intervals::default()
    }

    /// Adds `first..=last`. An interval that ends before it begins adds nothing.
    pub fn insert(&mut self, first: i64, last: i64) {
        if first > last {
            return;
        }
        let begin = self
            .0
            .partition_point(|&(_, end)| end < first.saturating_sub(1));
        let end = self
            .0
            .partition_point(|&(start, _)| start <= last.saturating_add(1));
        let touched = self.0.get(begin..end).unwrap_or_default();
        let first = touched
            .first()
            .map_or(first, |&(start, _)| start.min(first));
        let last = touched.last().map_or(last, |&(_, end)| end.max(last));
        self.0.splice(begin..end.max(begin), [(first, last)]);
    }

    /// The intervals, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    /// True when every id of `first..=last` is in the set.
    pub fn contains(&self, first: i64, last: i64) -> bool {
        self.0
            .iter()
            .any(|&(start, end)| start <= first && last <= end)
    }

    /// The end of the interval that begins at or before `first` and holds it; `first - 1` when
    /// `first` is not in the set. Listing continues after it.
    pub fn reach(&self, first: i64) -> i64 {
        let holds = self
            .0
            .iter()
            .find(|&&(start, end)| start <= first && first <= end);
        holds.map_or(first - 1, |&(_, end)| end)
    }

    /// What of `first..=last` is not in the set, ascending.
    pub fn gaps(&self, first: i64, last: i64) -> Vec<(i64, i64)> {
        let mut gaps = Vec::new();
        let mut next = first;
        for &(start, end) in self.0.iter().filter(|&&(_, end)| end >= first) {
            if next > last {
                break;
            }
            if start > next {
                gaps.push((next, last.min(start - 1)));
            }
            next = next.max(end.saturating_add(1));
        }
        if next <= last {
            gaps.push((next, last));
        }
        gaps
    }

    /// The largest id of the set.
    pub fn last(&self) -> Option<i64> {
        self.0.last().map(|&(_, end)| end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(parts: &[(i64, i64)]) -> Intervals {
        let mut set = Intervals::new();
        for &(first, last) in parts {
            set.insert(first, last);
        }
        set
    }

    #[test]
    fn neighbours_and_overlaps_become_one() {
        assert_eq!(of(&[(1, 3), (4, 9)]).0, [(1, 9)]);
        assert_eq!(of(&[(5, 9), (1, 3)]).0, [(1, 3), (5, 9)]);
        assert_eq!(of(&[(1, 3), (7, 9), (2, 8)]).0, [(1, 9)]);
        assert_eq!(of(&[(1, 9), (3, 4)]).0, [(1, 9)]);
        assert_eq!(of(&[(3, 2)]).0, []);
    }

    #[test]
    fn reach_is_where_listing_continues() {
        let set = of(&[(1, 3), (7, 9)]);
        assert_eq!([set.reach(1), set.reach(4), set.reach(8)], [3, 3, 9]);
        assert!(set.contains(2, 3) && !set.contains(3, 7));
        assert_eq!(set.last(), Some(9));
    }

    proptest! {
        #[test]
        fn is_the_set_of_its_ids(parts in prop::collection::vec((0i64..60, 0i64..8), 0..20)) {
            let mut set = Intervals::new();
            let mut ids = std::collections::BTreeSet::new();
            for (first, length) in parts {
                set.insert(first, first + length - 1);
                ids.extend(first..first + length);
            }
            let held: Vec<i64> = set.iter().flat_map(|(a, b)| a..=b).collect();
            prop_assert_eq!(held, ids.into_iter().collect::<Vec<_>>());
            let free: Vec<i64> = set.gaps(5, 50).into_iter().flat_map(|(a, b)| a..=b).collect();
            prop_assert_eq!(free, (5..=50).filter(|id| !set.contains(*id, *id)).collect::<Vec<_>>());
            prop_assert!(set.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }
}
