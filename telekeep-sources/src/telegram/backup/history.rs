//! Paging through one chat, oldest to newest, without input or output.
//!
//! A page is asked as `offset_id = last + 1, add_offset = -100, limit = 100`: the hundred
//! messages from that id on. Listing ends when a page is empty, when the server says that the
//! list is complete, or when the page reached the newest message the dialog list named and the
//! server counts no more than was listed; never because a page is short, since deleted messages
//! make it so.
//!
//! Telegram splits the sequence of accounts with very many messages into ranges, and shows one at a
//! time: they are listed one after the other, oldest first, and their counts added up.
//!
//! A page that cannot be decoded is asked again in smaller pieces until the one message in it is
//! found; that one is passed by its position, and listing goes on after it.

use crate::spool::Count;

/// Messages per page; the server's maximum.
pub(crate) const PAGE: i32 = 100;

/// Undecodable messages in a row that are passed one by one.
const SKIP_LIMIT: i32 = 200;

/// What to ask next (`messages.getHistory`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ask {
    pub offset_id: i32,
    pub add_offset: i32,
    pub limit: i32,
    /// Only this range, ends included.
    pub range: Option<(i32, i32)>,
}

/// What matters of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape<'a> {
    /// Ids of the page, in any order.
    pub ids: &'a [i32],
    /// The server says that this is all there is.
    pub complete: bool,
    /// The server's count of the whole chat, or of the range asked for.
    pub count: Option<Count>,
}

/// What a page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Got {
    /// Ids `first..=last` are listed without a hole now; empty when `first > last`.
    pub first: i32,
    pub last: i32,
    /// How many messages the server counts in the chat, as far as it told: at least so many.
    pub counted: Option<u64>,
    /// Set when the chat is listed to its end: the newest id that is settled, and the count.
    pub end: Option<(i32, Option<Count>)>,
}

/// How the messages of a chat compare with what the server counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Agreement {
    /// They are as many.
    Whole,
    /// They are not as many.
    Other,
    /// The server counts fewer than it did at first: as many could be missing as are gone.
    Shrunk,
}

impl Got {
    /// Of a page that covers no ids.
    pub const NOTHING: Got = Got {
        first: 1,
        last: 0,
        counted: None,
        end: None,
    };
}

/// The place in one chat.
#[derive(Debug, Clone)]
pub(crate) struct HistoryPager {
    /// The oldest id not listed yet.
    next: i32,
    /// The newest id listed.
    newest: i32,
    /// Newest id the dialog list named.
    top: Option<i32>,
    /// Messages recorded or explained so far.
    held: u64,
    limit: i32,
    /// Undecodable messages right after `next`.
    skip: i32,
    /// The ranges that may hold messages of the chat, ascending; none when it is not split.
    ranges: Vec<(i32, i32)>,
    /// The range that is asked for.
    at: usize,
    /// The server's count of each range, or of the whole chat.
    counts: Vec<Option<Count>>,
    /// Only the count is still wanted.
    counting: bool,
    /// The count cannot be had, or is of no use.
    uncountable: bool,
    /// Nothing after this id is wanted.
    last: Option<i32>,
    /// The most messages the server counted so far.
    most: u64,
}

impl HistoryPager {
    /// Begins after `reach` (0 for a chat never listed), of which `held` messages are known.
    pub fn new(reach: i32, top: Option<i32>, held: u64) -> HistoryPager {
        let next = reach.max(0).saturating_add(1);
        HistoryPager {
            next,
            newest: reach.max(0),
            top,
            held,
            limit: PAGE,
            skip: 0,
            ranges: Vec::new(),
            at: 0,
            counts: vec![None],
            counting: false,
            uncountable: false,
            last: None,
            most: 0,
        }
    }

    /// Lists a part of a chat, to its end or to the id `last`: the server's count says nothing
    /// about it.
    pub fn part(first: i32, last: Option<i32>, top: Option<i32>) -> HistoryPager {
        HistoryPager {
            held: u64::MAX,
            uncountable: true,
            last,
            ..HistoryPager::new(first.saturating_sub(1), top, 0)
        }
    }

    /// In an account whose sequence is split so (ascending, without holes).
    pub fn split(mut self, ranges: &[(i32, i32)]) -> HistoryPager {
        if ranges.len() < 2 {
            return self;
        }
        // Beyond the newest message there is nothing to ask for.
        let newest = self.top.map_or(i32::MAX, |top| top.max(self.next));
        let newest = self.last.map_or(newest, |last| last.min(newest));
        let within = ranges.iter().filter(|range| range.0 <= newest);
        self.ranges = within.copied().collect();
        self.counts = vec![None; self.ranges.len().max(1)];
        let at = self.ranges.iter().position(|range| range.1 >= self.next);
        self.at = at.unwrap_or(self.ranges.len().saturating_sub(1));
        self
    }

    fn range(&self) -> Option<(i32, i32)> {
        self.ranges.get(self.at).copied()
    }

    fn note_count(&mut self, count: Option<Count>) {
        if let Some(known) = self.counts.get_mut(self.at) {
            *known = count.or(*known);
        }
    }

    /// The count of the chat, once that of every range is known.
    fn total(&self) -> Option<Count> {
        let none = Count {
            messages: 0,
            inexact: false,
        };
        self.counts.iter().try_fold(none, |sum, count| {
            let count = (*count)?;
            Some(Count {
                messages: sum.messages.saturating_add(count.messages),
                inexact: sum.inexact || count.inexact,
            })
        })
    }

    /// What the server counts in the ranges it told of, where it calls none of that approximate.
    fn counted(&self) -> Option<u64> {
        let mut known = self.counts.iter().flatten().peekable();
        known.peek().filter(|_| !self.uncountable)?;
        known.try_fold(0_u64, |sum, count| {
            (!count.inexact).then(|| sum.saturating_add(count.messages))
        })
    }

    /// The next request.
    pub fn ask(&self) -> Ask {
        let range = self.range();
        if self.counting {
            return Ask {
                offset_id: 0,
                add_offset: 0,
                limit: 1,
                range,
            };
        }
        let add_offset = -self.limit.saturating_add(self.skip);
        Ask {
            offset_id: self.next,
            add_offset,
            limit: self.limit,
            range,
        }
    }

    /// How what was listed compares with what the server counts, as far as it does.
    pub fn agreement(&self) -> Agreement {
        let exact = self.total().filter(|count| !count.inexact);
        match exact.map(|count| count.messages) {
            Some(count) if !self.uncountable && self.most > count => Agreement::Shrunk,
            Some(count) if !self.uncountable && self.held != count => Agreement::Other,
            _ => Agreement::Whole,
        }
    }

    /// Takes an answer.
    pub fn page(&mut self, shape: Shape<'_>) -> Got {
        if self.counting {
            let whole = shape.complete.then(|| exact(shape.ids.len()));
            self.note_count(shape.count.or(whole));
            // A count that does not come is not asked for again.
            self.uncountable |= self.counts.get(self.at).is_none_or(Option::is_none);
            return self.finish(self.next);
        }
        let begun = self.next;
        let (first, last) = self.range().unwrap_or((1, i32::MAX));
        let stop = self.last.unwrap_or(i32::MAX);
        let passed = shape.ids.iter().any(|&id| id >= stop);
        let last = last.min(stop);
        let whole = shape.complete && begun <= first && self.skip == 0;
        let whole = whole.then(|| exact(shape.ids.len()));
        self.note_count(shape.count.or(whole));
        let mut fresh: Vec<i32> = shape
            .ids
            .iter()
            .copied()
            .filter(|&id| (begun..=last).contains(&id))
            .collect();
        fresh.sort_unstable();
        fresh.dedup();
        let Some(&newest) = fresh.last() else {
            return match passed {
                true => self.finish(begun),
                false => self.finish_range(begun),
            };
        };
        self.held = self.held.saturating_add(fresh.len() as u64);
        self.next = newest.saturating_add(1);
        self.newest = newest;
        self.skip = 0;
        self.limit = self.limit.saturating_mul(10).min(PAGE);
        if passed {
            return self.finish(begun);
        }
        if newest == i32::MAX || shape.complete || self.reached(newest) {
            return self.finish_range(begun);
        }
        self.got(begun, newest, None)
    }

    /// Everything in this range was listed or is not there: on to the next one.
    fn finish_range(&mut self, begun: i32) -> Got {
        let Some((_, last)) = self.range().filter(|_| self.at + 1 < self.ranges.len()) else {
            return self.finish(begun);
        };
        self.at += 1;
        self.next = last.saturating_add(1);
        (self.skip, self.limit) = (0, PAGE);
        self.got(begun, last, None)
    }

    /// The answer could not be decoded. True when that is down to one message, which must be
    /// recorded as it is; listing then goes on after it.
    pub fn undecodable(&mut self) -> bool {
        if self.counting {
            self.counting = false;
            self.uncountable = true;
            // Older ranges were listed: what is left to ask is whether there is something newer.
            self.at = self.ranges.len().saturating_sub(1);
            return false;
        }
        if self.limit > 1 {
            self.limit = (self.limit / 10).max(1);
            return false;
        }
        self.skip = self.skip.saturating_add(1);
        self.held = self.held.saturating_add(1);
        true
    }

    /// So many undecodable messages in a row that the chat must count as failed.
    pub fn is_hopeless(&self) -> bool {
        self.skip >= SKIP_LIMIT
    }

    fn reached(&self, newest: i32) -> bool {
        let all = self
            .total()
            .is_none_or(|count| count.inexact || self.held >= count.messages);
        all && self.top.is_some_and(|top| newest >= top)
    }

    /// Everything up to the named newest message is settled: it was listed or is not there.
    fn finish(&mut self, begun: i32) -> Got {
        let unknown = self.counts.iter().position(Option::is_none);
        if let Some(unknown) = unknown.filter(|_| !self.uncountable) {
            self.counting = true;
            self.at = unknown;
            let last = self.settled();
            self.next = last.saturating_add(1);
            return self.got(begun, last, None);
        }
        let last = self.settled();
        self.got(begun, last, Some((last, self.total())))
    }

    fn got(&mut self, first: i32, last: i32, end: Option<(i32, Option<Count>)>) -> Got {
        let counted = self.counted();
        self.most = self.most.max(counted.unwrap_or(0));
        Got {
            first,
            last,
            counted,
            end,
        }
    }

    fn settled(&self) -> i32 {
        if let Some(last) = self.last {
            return last;
        }
        self.top.unwrap_or(0).max(self.newest)
    }
}

fn exact(messages: usize) -> Count {
    Count {
        messages: messages as u64,
        inexact: false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A server with these ids; `bad` ones make any page that holds them undecodable.
    struct Server {
        ids: Vec<i32>,
        bad: Vec<i32>,
        short: usize,
        asked: usize,
    }

    enum Answer {
        Page {
            ids: Vec<i32>,
            complete: bool,
            count: Option<Count>,
        },
        Undecodable,
    }

    impl Server {
        fn new(ids: impl IntoIterator<Item = i32>) -> Server {
            Server {
                ids: ids.into_iter().collect(),
                bad: Vec::new(),
                short: 0,
                asked: 0,
            }
        }

        /// The documented rule: the list is newest first; the slice begins `add_offset` places
        /// after the first message older than `offset_id`.
        fn answer(&mut self, ask: Ask) -> Answer {
            self.asked += 1;
            assert!(self.asked < 5000, "listing does not end");
            let (first, last) = ask.range.unwrap_or((1, i32::MAX));
            let within = |id: &&i32| (first..=last).contains(*id);
            let newest_first: Vec<i32> = self.ids.iter().rev().filter(within).copied().collect();
            let place = match ask.offset_id {
                0 => 0,
                offset => newest_first.iter().filter(|&&id| id >= offset).count() as i32,
            };
            let from = place + ask.add_offset;
            let to = (from + ask.limit).max(0) as usize;
            let from = from.max(0) as usize;
            let mut ids: Vec<i32> = newest_first
                .get(from..to.min(newest_first.len()))
                .unwrap_or_default()
                .to_vec();
            if ids.iter().any(|id| self.bad.contains(id)) {
                return Answer::Undecodable;
            }
            let cut = self.short > 0 && ids.len() > self.short;
            if cut {
                ids.drain(..ids.len() - self.short);
            }
            let complete = !cut && newest_first.len() <= ask.limit as usize;
            let count = (!complete).then(|| exact(newest_first.len()));
            Answer::Page {
                ids,
                complete,
                count,
            }
        }
    }

    struct Listed {
        ids: Vec<i32>,
        unreadable: usize,
        covered: (i32, i32),
        count: Option<u64>,
    }

    fn list(server: &mut Server, mut pager: HistoryPager) -> Listed {
        let mut listed = Listed {
            ids: Vec::new(),
            unreadable: 0,
            covered: (i32::MAX, 0),
            count: None,
        };
        loop {
            match server.answer(pager.ask()) {
                Answer::Undecodable => listed.unreadable += usize::from(pager.undecodable()),
                Answer::Page {
                    ids,
                    complete,
                    count,
                } => {
                    let got = pager.page(Shape {
                        ids: &ids,
                        complete,
                        count,
                    });
                    listed.ids.extend(&ids);
                    listed.covered = (
                        listed.covered.0.min(got.first),
                        listed.covered.1.max(got.last),
                    );
                    if let Some((_, count)) = got.end {
                        listed.count = count.map(|count| count.messages);
                        listed.ids.sort_unstable();
                        listed.ids.dedup();
                        return listed;
                    }
                }
            }
        }
    }

    #[test]
    fn lists_everything_in_as_few_pages_as_there_are() {
        let mut server = Server::new((1..=250).map(|n| n * 3));
        let listed = list(&mut server, HistoryPager::new(0, Some(750), 0));
        assert_eq!(listed.ids, server.ids);
        assert_eq!(
            (listed.covered, listed.count, server.asked),
            ((1, 750), Some(250), 3)
        );
    }

    #[test]
    fn a_count_that_was_higher_once_does_not_agree() {
        for gone in [0, 7] {
            let mut server = Server::new(1..=250);
            let mut pager = HistoryPager::new(0, Some(250), 0);
            let mut counted = Vec::new();
            loop {
                let Answer::Page {
                    ids,
                    complete,
                    count,
                } = server.answer(pager.ask())
                else {
                    panic!()
                };
                let got = pager.page(Shape {
                    ids: &ids,
                    complete,
                    count,
                });
                counted.push(got.counted);
                if got.end.is_some() {
                    break;
                }
                server.ids.retain(|id| *id <= 200 || *id > 200 + gone);
            }
            assert_eq!(counted.first(), Some(&Some(250)));
            let expected = match gone {
                0 => Agreement::Whole,
                _ => Agreement::Shrunk,
            };
            assert_eq!(pager.agreement(), expected, "{counted:?}");
        }
    }

    #[test]
    fn ranges_are_listed_one_after_the_other_and_their_counts_added() {
        let ranges = [(1, 400), (401, 500), (501, 2000), (2001, i32::MAX)];
        let mut server = Server::new((1..=250).map(|n| n * 3));
        let pager = HistoryPager::new(0, Some(750), 0).split(&ranges);
        let listed = list(&mut server, pager);
        assert_eq!(listed.ids, server.ids);
        assert_eq!((listed.covered, listed.count), ((1, 750), Some(250)));
        // Two pages of the first range, one of the second, one of the third, none of the last,
        // where nothing can be.
        assert!(server.asked <= 6, "{}", server.asked);
        // What is listed already is only counted.
        server.asked = 0;
        let listed = list(
            &mut server,
            HistoryPager::new(600, Some(750), 200).split(&ranges),
        );
        assert_eq!((listed.covered, listed.count), ((601, 750), Some(250)));
        assert_eq!(server.asked, 4);
    }

    #[test]
    fn a_part_is_listed_to_its_end_and_no_further() {
        let mut server = Server::new((1..=1000).map(|n| n * 3));
        let listed = list(&mut server, HistoryPager::part(601, Some(900), Some(3000)));
        let inside = listed.ids.iter().filter(|id| (601..=900).contains(*id));
        assert_eq!(inside.count(), 100);
        assert!(listed.ids.iter().all(|&id| id > 600), "nothing older");
        assert_eq!((listed.covered, server.asked), ((601, 900), 1));
        // To the end of the chat: no page more than there are, and no count.
        server.asked = 0;
        let listed = list(&mut server, HistoryPager::part(2701, None, Some(3000)));
        assert_eq!((listed.ids.len(), server.asked), (100, 1));
        assert_eq!(listed.covered, (2701, 3000));
        // Nothing there: one look tells.
        server.asked = 0;
        let listed = list(
            &mut server,
            HistoryPager::part(4000, Some(4100), Some(3000)),
        );
        assert_eq!((listed.covered, server.asked), ((4000, 4100), 1));
    }

    #[test]
    fn a_short_page_is_not_the_end() {
        let mut server = Server::new(1..=250);
        server.short = 40;
        let listed = list(&mut server, HistoryPager::new(0, Some(250), 0));
        assert_eq!(listed.ids, server.ids);
    }

    #[test]
    fn small_and_empty_chats_are_complete_at_once() {
        let mut server = Server::new([4, 9]);
        let listed = list(&mut server, HistoryPager::new(0, Some(9), 0));
        assert_eq!(
            (listed.ids, listed.count, server.asked),
            (vec![4, 9], Some(2), 1)
        );
        let mut server = Server::new([]);
        let listed = list(&mut server, HistoryPager::new(0, None, 0));
        assert_eq!(
            (listed.ids, listed.count, server.asked),
            (vec![], Some(0), 1)
        );
    }

    #[test]
    fn goes_on_after_what_is_covered_and_still_learns_the_count() {
        let mut server = Server::new(1..=350);
        let listed = list(&mut server, HistoryPager::new(330, Some(350), 330));
        assert!(listed.ids.ends_with(&[349, 350]));
        assert_eq!((listed.covered, listed.count), ((331, 350), Some(350)));
        assert_eq!(server.asked, 1);
    }

    #[test]
    fn a_deleted_newest_message_does_not_keep_the_chat_open() {
        let mut server = Server::new(1..=250);
        let listed = list(&mut server, HistoryPager::new(0, Some(300), 0));
        assert_eq!((listed.ids.len(), listed.covered), (250, (1, 300)));
    }

    #[test]
    fn messages_beyond_the_named_newest_one_are_listed_when_the_server_counts_them() {
        let mut server = Server::new(1..=400);
        let listed = list(&mut server, HistoryPager::new(0, Some(200), 0));
        assert_eq!(listed.ids.len(), 400);
    }

    #[test]
    fn undecodable_messages_are_found_and_passed() {
        let mut server = Server::new((1..=250).map(|n| n * 2));
        server.bad = vec![2, 4, 222, 500];
        let listed = list(&mut server, HistoryPager::new(0, Some(500), 0));
        assert_eq!(listed.unreadable, 4);
        assert_eq!(listed.ids.len(), 246);
        assert_eq!(listed.covered, (1, 500));
    }

    #[test]
    fn the_largest_id_ends_the_list() {
        let mut pager = HistoryPager::new(i32::MAX - 1, None, 0);
        let count = Some(Count {
            messages: 5,
            inexact: false,
        });
        let got = pager.page(Shape {
            ids: &[i32::MAX],
            complete: false,
            count,
        });
        assert_eq!((got.last, got.end.is_some()), (i32::MAX, true));
    }

    #[test]
    fn a_count_nobody_can_read_does_not_list_an_older_range_again() {
        let mut server = Server::new([627]);
        server.bad = [627].into();
        let pager = HistoryPager::new(649, None, 1).split(&[(1, 627), (628, i32::MAX)]);
        let listed = list(&mut server, pager);
        assert_eq!((listed.unreadable, listed.covered), (0, (650, 649)));
    }

    proptest! {
        /// Whatever ids there are, however short the pages, wherever it begins and whatever the
        /// dialog list named: all ids from there on are listed, and coverage tells the truth.
        #[test]
        fn nothing_is_passed_over(
            ids in prop::collection::btree_set(1i32..3000, 0..600),
            bad in prop::collection::btree_set(1i32..3000, 0..3),
            short in 0usize..120,
            reach in 0i32..3000,
            top in prop::option::of(0i32..3200),
            splits in prop::collection::btree_set(1i32..3000, 0..4),
        ) {
            let begins = std::iter::once(1).chain(splits.iter().map(|last| last + 1));
            let ends = splits.iter().copied().chain([i32::MAX]);
            let ranges: Vec<_> = begins.zip(ends).collect();
            // A dialog list names the newest message; below it, splits hide nothing.
            let newest = ids.last().copied().unwrap_or(0);
            let top = match ranges.len() { 1 => top, _ => top.map(|top| top.max(newest)) };
            let mut server = Server::new(ids.iter().copied());
            server.bad = bad.intersection(&ids).copied().collect();
            server.short = short;
            let held = ids.range(..=reach).count() as u64;
            let listed = list(&mut server, HistoryPager::new(reach, top, held).split(&ranges));
            let expected: Vec<i32> =
                ids.iter().copied().filter(|id| *id > reach && !server.bad.contains(id)).collect();
            let fresh: Vec<i32> = listed.ids.iter().copied().filter(|&id| id > reach).collect();
            prop_assert_eq!(&fresh, &expected);
            let bad = server.bad.iter().filter(|&&id| id > reach).count();
            prop_assert_eq!(listed.unreadable, bad);
            prop_assert_eq!(listed.covered.0, reach + 1);
            if ranges.len() > 1 && top.is_none() {
                // Ranges beyond the newest message were asked for, and are covered.
                return Ok(());
            }
            // An unreadable message has no id we could know: only readable ones after it, or the
            // newest id of the dialog list, prove how far the list goes.
            prop_assert_eq!(
                listed.covered.1,
                expected.last().copied().unwrap_or(0).max(top.unwrap_or(0)).max(reach),
            );
        }
    }
}
