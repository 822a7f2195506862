//! Numbered changes: what `pts` counts, for an account and for each channel.

use grammers_tl_types::enums::Update;

/// How many changes a client may be behind before it is told that it is too far.
const KEPT: usize = 100_000;

/// One change.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The counter after the change.
    pub(crate) pts: i32,
    pub(crate) update: Update,
}

/// A counter with its changes since the world was made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pub(crate) pts: i32,
    start: i32,
    events: Vec<Event>,
}

impl Journal {
    /// A journal whose past is not kept.
    pub(crate) fn starting_at(pts: i32) -> Self {
        Self {
            pts,
            start: pts,
            events: Vec::new(),
        }
    }

    /// Counts a change of `count` and keeps the update made for the new counter.
    pub(crate) fn add(&mut self, count: i32, make: impl FnOnce(i32) -> Update) -> Update {
        self.pts += count;
        let update = make(self.pts);
        self.events.push(Event {
            pts: self.pts,
            update: update.clone(),
        });
        if self.events.len() > KEPT {
            self.start = self.events[0].pts;
            self.events.remove(0);
        }
        update
    }

    /// The changes after `pts`, or `None` if they are not kept any more.
    pub(crate) fn since(&self, pts: i32) -> Option<&[Event]> {
        if pts < self.start {
            return None;
        }
        let from = self.events.partition_point(|e| e.pts <= pts);
        self.events.get(from..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_found_by_counter_and_old_ones_are_too_far() {
        let mut journal = Journal::starting_at(100);
        for _ in 0..3 {
            journal.add(2, |_| Update::ContactsReset);
        }
        let after = |pts| {
            journal
                .since(pts)
                .map(|e| e.iter().map(|e| e.pts).collect::<Vec<_>>())
        };
        assert_eq!(after(99), None);
        assert_eq!(after(100), Some(vec![102, 104, 106]));
        assert_eq!(after(104), Some(vec![106]));
        assert_eq!(after(106), Some(vec![]));
    }
}
