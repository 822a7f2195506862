use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A server that has these messages, and may not say where a page is.
struct Server {
    ids: Vec<i32>,
    offsets: bool,
    asked: usize,
}

struct Shown {
    ids: Vec<i32>,
    complete: bool,
    count: u64,
    newer: Option<u64>,
}

impl Server {
    fn new(ids: impl IntoIterator<Item = i32>) -> Server {
        Server {
            ids: ids.into_iter().collect(),
            offsets: true,
            asked: 0,
        }
    }

    fn show(&mut self, ask: Ask) -> Shown {
        self.asked += 1;
        assert!(self.asked < 10_000, "a review does not end");
        let (first, last) = ask.range.unwrap_or(WHOLE);
        let inside = |id: &&i32| (first..=last).contains(*id);
        let newest_first: Vec<i32> = self.ids.iter().rev().filter(inside).copied().collect();
        let newer = newest_first.iter().take_while(|id| **id >= ask.offset_id);
        let newer = newer.count();
        let page = newest_first.iter().skip(newer).take(ask.limit as usize);
        let ids: Vec<i32> = page.copied().collect();
        Shown {
            complete: ids.len() == newest_first.len(),
            count: newest_first.len() as u64,
            newer: self.offsets.then_some(newer as u64),
            ids,
        }
    }
}

/// What a review came to.
struct Found {
    suspects: Vec<i32>,
    listed: BTreeSet<i32>,
    total: Option<u64>,
}

fn run(server: &mut Server, mut review: Review) -> Found {
    let mut listed = BTreeSet::new();
    while let Some(ask) = review.ask() {
        let shown = server.show(ask);
        listed.extend(&shown.ids);
        review.take(Look {
            ids: &shown.ids,
            complete: shown.complete,
            count: (!shown.complete).then_some(Count {
                messages: shown.count,
                inexact: false,
            }),
            newer: shown.newer,
        });
    }
    let (suspects, total) = review.end();
    Found {
        suspects,
        listed,
        total,
    }
}

fn review(server: &mut Server, live: &[i32], extent: Extent) -> Found {
    let reach = live.last().copied().unwrap_or(0);
    run(server, Review::new(live.to_vec(), reach, &[], extent))
}

/// Of these, the ones that are not among those.
fn without(these: &[i32], those: &[i32]) -> Vec<i32> {
    let these = these.iter().copied();
    these.filter(|id| !those.contains(id)).collect()
}

#[test]
fn a_chat_in_which_nothing_changed_costs_one_request() {
    let ids: Vec<i32> = (1..=5000).map(|n| n * 3).collect();
    let mut server = Server::new(ids.clone());
    let found = review(&mut server, &ids, Extent::Counted);
    assert_eq!((found.suspects, server.asked), (vec![], 1));
    assert_eq!(found.total, Some(5000));
}

#[test]
fn news_since_is_no_difference() {
    let ids: Vec<i32> = (1..=3000).collect();
    let mut server = Server::new(1..=3050);
    let found = review(&mut server, &ids, Extent::Counted);
    assert_eq!((found.suspects, server.asked), (vec![], 1));
}

#[test]
fn one_deletion_in_a_long_chat_costs_its_logarithm() {
    let ids: Vec<i32> = (1..=100_000).collect();
    for gone in [1, 2, 50_000, 99_899, 99_900, 99_901, 100_000] {
        let mut server = Server::new(ids.iter().copied().filter(|id| *id != gone));
        let found = review(&mut server, &ids, Extent::Counted);
        assert_eq!(found.suspects, [gone]);
        assert!(server.asked <= 13, "{gone}: {}", server.asked);
    }
}

#[test]
fn a_message_that_was_missed_is_listed() {
    let ids: Vec<i32> = (1..=2000).collect();
    for missed in [1, 700, 1850, 1950] {
        let held = without(&ids, &[missed]);
        let mut server = Server::new(ids.clone());
        let found = review(&mut server, &held, Extent::Counted);
        assert!(found.suspects.is_empty() && found.listed.contains(&missed));
    }
}

#[test]
fn a_chat_that_was_emptied_is_suspected_as_a_whole() {
    let ids: Vec<i32> = (1..=450).collect();
    let mut server = Server::new([]);
    let found = review(&mut server, &ids, Extent::Counted);
    assert_eq!((found.suspects, found.total), (ids, Some(0)));
    assert_eq!(server.asked, 1);
}

#[test]
fn a_server_that_does_not_say_where_a_page_is_is_listed_when_it_counts_otherwise() {
    let ids: Vec<i32> = (1..=950).collect();
    let mut same = Server::new(ids.clone());
    same.offsets = false;
    assert!(review(&mut same, &ids, Extent::Counted).suspects.is_empty());
    assert_eq!(same.asked, 1);
    let mut other = Server::new(without(&ids, &[17]));
    other.offsets = false;
    assert_eq!(review(&mut other, &ids, Extent::Counted).suspects, [17]);
    assert!((9..=11).contains(&other.asked), "{}", other.asked);
}

#[test]
fn only_the_newest_page_when_that_is_all_that_is_wanted() {
    let ids: Vec<i32> = (1..=950).collect();
    let mut server = Server::new(without(&ids, &[17, 900]));
    let found = review(&mut server, &ids, Extent::Newest);
    assert_eq!((found.suspects, server.asked), (vec![900], 1));
}

/// Ids of a chat, and which of them are deleted at the server or were missed here.
fn chats() -> impl Strategy<Value = (Vec<i32>, Vec<i32>, Vec<i32>)> {
    let fates = proptest::collection::vec((1..4i32, 0..40u8), 1..900);
    let rare = (0..3u8, fates);
    rare.prop_map(|(kinds, fates)| {
        let (mut id, mut ids, mut gone, mut missed) = (0, vec![], vec![], vec![]);
        for (step, fate) in fates {
            id += step;
            ids.push(id);
            match fate {
                0 if kinds != 1 => gone.push(id),
                1 if kinds != 0 => missed.push(id),
                _ => {}
            }
        }
        (ids, gone, missed)
    })
}

proptest! {
    /// Nothing that is there is suspected, and what differs is found, unless differences of both
    /// kinds hide each other; listing everything finds those too. What counting did not find and
    /// is not hidden shows in the numbers.
    #[test]
    fn differences_are_found((ids, gone, missed) in chats(), offsets: bool) {
        let there = without(&ids, &gone);
        let held = without(&ids, &missed);
        let gone: Vec<i32> = without(&gone, &missed);
        let missed: Vec<i32> = without(&missed, &gone)
            .into_iter()
            .filter(|id| there.contains(id) && held.last().is_some_and(|last| id <= last))
            .collect();
        // Who does not say where a page is is asked right after listing: nothing is newer.
        let reach = held.last().copied().unwrap_or(0);
        let there: Vec<i32> = there.into_iter().filter(|id| offsets || *id <= reach).collect();
        for extent in [Extent::Counted, Extent::Thorough] {
            let mut server = Server::new(there.clone());
            server.offsets = offsets;
            let found = review(&mut server, &held, extent);
            prop_assert!(found.suspects.iter().all(|id| gone.contains(id)));
            let unseen: Vec<_> = missed.iter().filter(|id| !found.listed.contains(id)).collect();
            let unsuspected = gone.len() - found.suspects.len();
            let one_kind = gone.is_empty() || missed.is_empty();
            if one_kind || extent == Extent::Thorough {
                prop_assert!(unseen.is_empty() && unsuspected == 0);
            }
            let live = held.len() - found.suspects.len() + missed.len() - unseen.len();
            let counted = there.iter().filter(|id| **id <= reach).count();
            prop_assert_eq!(live == counted, unseen.len() == unsuspected);
        }
    }

    /// The same in an account whose sequence is split.
    #[test]
    fn differences_are_found_in_every_range((ids, gone, _) in chats(), cut in 1..900i32) {
        let there = without(&ids, &gone);
        let mut server = Server::new(there.clone());
        let ranges = [(1, cut), (cut + 1, i32::MAX)];
        let reach = ids.last().copied().unwrap_or(0);
        let split = Review::new(ids.clone(), reach, &ranges, Extent::Counted);
        let found = run(&mut server, split);
        prop_assert_eq!(found.suspects, gone);
    }
}
