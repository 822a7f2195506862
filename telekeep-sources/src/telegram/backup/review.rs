//! Comparing what is held of a chat with what the server shows, without input or output.
//!
//! The newest page is listed again, which shows edits and deletions where they mostly happen. An
//! answer also says how many messages are older than its first one, so the rest is compared by
//! counting: an interval of ids that holds as many messages here as there is settled, another one
//! is halved until it fits a page, which is listed. So a chat in which nothing changed costs one
//! request, and a deletion costs the logarithm of its length. A server that does not say where a
//! page is makes the whole chat be listed, if its count is another one.
//!
//! What a listing lacks is only a suspicion: whether a message is gone is asked by its number.

use std::collections::BTreeSet;

use super::history::{Ask, PAGE};
use crate::spool::Count;

/// All ids.
const WHOLE: (i32, i32) = (1, i32::MAX);

/// What matters of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    /// Ids of the page, in any order.
    pub ids: &'a [i32],
    /// The server says that this is all there is.
    pub complete: bool,
    /// The server's count of the whole chat, or of the range asked for.
    pub count: Option<Count>,
    /// How many messages are newer than the first of the page, where the server says so.
    pub newer: Option<u64>,
}

impl Look<'_> {
    /// Messages of the list, when the server counts them exactly.
    fn total(&self) -> Option<u64> {
        match self.count {
            Some(count) => (!count.inexact).then_some(count.messages),
            None => self.complete.then_some(self.ids.len() as u64),
        }
    }

    /// Messages older than the first of the page and the first itself.
    fn older_from_first(&self, before: i32) -> Option<u64> {
        if self.complete {
            return Some(self.ids.iter().filter(|id| **id < before).count() as u64);
        }
        match self.ids.is_empty() {
            // There is nothing in that direction.
            true => Some(0),
            false => self.total()?.checked_sub(self.newer?),
        }
    }
}

/// Ids from `first` to before `end`, and how many messages are older than either, if known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: i32,
    end: i32,
    older_than_first: Option<u64>,
    older_than_end: Option<u64>,
    range: Option<(i32, i32)>,
    /// It is listed whatever is counted.
    listed: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Listing what is before the end of the span.
    List(Span),
    /// Counting what is older than the end of the span; the newest page is listed by the way.
    Begin(Span),
    /// Counting what is older than an id inside the span.
    Halve(Span, i32),
}

/// The place in one review.
#[derive(Debug)]
pub(crate) struct Review {
    /// What is held and not known to be gone, ascending.
    live: Vec<i32>,
    doing: Option<Doing>,
    todo: Vec<Doing>,
    /// Held, and not in the page where it belongs.
    suspects: BTreeSet<i32>,
    /// The server's count, the ranges added up.
    total: Option<u64>,
    extent: Extent,
    /// The server says where a page is.
    places: bool,
}

/// How much is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The newest page.
    Newest,
    /// That, and what the server counts otherwise.
    Counted,
    /// Everything is listed.
    Thorough,
}

impl Review {
    /// Of a chat of which `live` are held and that is covered up to `reach`. `ranges` are those of
    /// a sequence that is split, ascending.
    pub fn new(live: Vec<i32>, reach: i32, ranges: &[(i32, i32)], extent: Extent) -> Review {
        let split = ranges.len() > 1;
        let ranges = if split { ranges } else { &[WHOLE] };
        let within = ranges.iter().filter(|range| range.0 <= reach);
        let todo = within.map(|&range| {
            Doing::Begin(Span {
                first: range.0.max(1),
                end: reach.min(range.1).saturating_add(1),
                older_than_first: Some(0),
                older_than_end: None,
                range: split.then_some(range),
                listed: extent == Extent::Thorough,
            })
        });
        let mut review = Review {
            live,
            doing: None,
            todo: todo.collect(),
            suspects: BTreeSet::new(),
            total: Some(0),
            extent,
            places: true,
        };
        review.doing = review.todo.pop();
        if extent == Extent::Newest {
            review.todo.clear();
        }
        review
    }

    /// The next request; none when the review is over.
    pub fn ask(&self) -> Option<Ask> {
        let (before, limit, range) = match self.doing? {
            Doing::Begin(span) | Doing::List(span) => (span.end, PAGE, span.range),
            Doing::Halve(span, middle) => (middle, 1, span.range),
        };
        Some(Ask {
            offset_id: before,
            add_offset: 0,
            limit,
            range,
        })
    }

    /// Takes an answer.
    pub fn take(&mut self, look: Look<'_>) {
        match self.doing.take() {
            Some(Doing::Begin(mut span)) => {
                self.total = self.total.zip(look.total()).map(|(sum, more)| sum + more);
                self.places &= look.complete || look.ids.is_empty() || look.newer.is_some();
                // A server that does not say where a page is shows the newest one first.
                span.older_than_end = look.older_from_first(span.end).or(look.total());
                self.page(span, look);
            }
            Some(Doing::List(span)) => self.page(span, look),
            Some(Doing::Halve(span, middle)) => {
                let older = look.older_from_first(middle);
                let (mut low, mut high) = (span, span);
                (low.end, low.older_than_end) = (middle, older);
                (high.first, high.older_than_first) = (middle, older);
                self.places &= older.is_some();
                self.consider(low);
                self.consider(high);
            }
            None => {}
        }
        self.doing = self.todo.pop();
    }

    /// A page of what is before the end of a span.
    fn page(&mut self, mut span: Span, look: Look<'_>) {
        let fresh = || look.ids.iter().copied().filter(|id| *id < span.end);
        let lowest = fresh().min().filter(|_| !look.complete);
        let lowest = lowest.unwrap_or(span.first);
        let covered = lowest.max(span.first);
        let listed: BTreeSet<i32> = fresh().collect();
        // A page may reach beyond the span.
        let held = self.between(lowest, span.end).iter();
        let lacking: Vec<i32> = held.copied().filter(|id| !listed.contains(id)).collect();
        self.suspects.extend(lacking);
        if covered <= span.first {
            return;
        }
        let rest = span.older_than_end;
        let newer = listed.len() as u64;
        span.older_than_end = rest.map(|rest| rest.saturating_sub(newer));
        span.end = covered;
        self.consider(span);
    }

    /// What is still to be done about a span.
    fn consider(&mut self, span: Span) {
        if span.end <= span.first || self.extent == Extent::Newest {
            return;
        }
        if span.listed {
            return self.todo.push(Doing::List(span));
        }
        let counts = span.older_than_end.zip(span.older_than_first);
        let Some((end, first)) = counts else {
            // The server does not count: what was listed has to do, unless it did so before.
            if !self.places && self.total.is_some() {
                let listed = true;
                self.todo.push(Doing::List(Span { listed, ..span }));
            }
            return;
        };
        let (there, here) = (end.checked_sub(first), self.held_in(span));
        if there == Some(here) {
            return;
        }
        // Numbers that contradict each other were told while the chat changed.
        let most = there.map_or(0, |there| there.max(here));
        let middle = self.middle(span);
        match middle.filter(|_| most > PAGE as u64) {
            Some(middle) if self.places => self.todo.push(Doing::Halve(span, middle)),
            Some(_) => self.todo.push(Doing::List(Span {
                listed: true,
                ..span
            })),
            None => self.todo.push(Doing::List(span)),
        }
    }

    fn middle(&self, span: Span) -> Option<i32> {
        let held = self.between(span.first, span.end);
        let by_held = held.get(held.len() / 2).copied();
        let by_id = span.first + (span.end - span.first) / 2;
        let inside = |id: &i32| *id > span.first && *id < span.end;
        by_held.filter(inside).or(Some(by_id).filter(inside))
    }

    fn held_in(&self, span: Span) -> u64 {
        self.between(span.first, span.end).len() as u64
    }

    /// What is held from an id to before another.
    fn between(&self, first: i32, end: i32) -> &[i32] {
        let from = self.live.partition_point(|id| *id < first);
        let to = self.live.partition_point(|id| *id < end);
        self.live.get(from..to).unwrap_or_default()
    }

    /// The end: what is to be asked for by number, and the server's count.
    pub fn end(self) -> (Vec<i32>, Option<u64>) {
        (self.suspects.into_iter().collect(), self.total)
    }
}
#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
