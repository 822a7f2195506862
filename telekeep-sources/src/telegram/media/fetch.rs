//! Fetching one file in parts, without input or output.
//!
//! Several parts are in flight; they are handed on in order. A part that is shorter than what is
//! left of the file, or longer than asked, is never taken: it is asked again, a limited number of
//! times. So a truncated answer cannot make a file that only looks complete.

use std::collections::BTreeMap;

/// Bytes per part: divides 1 MiB, a multiple of 4 KiB, as `upload.getFile` demands.
pub(crate) const PART: u32 = 512 * 1024;

/// A part to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub offset: u64,
}

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// These bytes follow the ones handed on before; possibly none yet.
    Ready(Vec<Vec<u8>>),
    /// Not what was asked for: ask for the part again.
    Again(Part),
    /// Wrong too often.
    GiveUp,
}

/// A file on its way.
#[derive(Debug)]
pub(crate) struct Fetch {
    size: u64,
    /// Where the next new part begins.
    next: u64,
    /// Bytes handed on.
    done: u64,
    window: usize,
    /// Parts in flight (`None`) and parts that wait for an earlier one.
    parts: BTreeMap<u64, Option<Vec<u8>>>,
    wrong: u32,
    wrong_limit: u32,
}

impl Fetch {
    /// A file of `size` bytes of which `have` (whole parts) are there already.
    pub fn new(size: u64, have: u64, window: usize, wrong_limit: u32) -> Fetch {
        let have = have.min(size);
        let window = window.max(1);
        Fetch {
            size,
            next: have,
            done: have,
            window,
            parts: BTreeMap::new(),
            wrong: 0,
            wrong_limit,
        }
    }

    /// The next part to ask for, as long as there is room for one.
    pub fn ask(&mut self) -> Option<Part> {
        if self.next >= self.size || self.parts.len() >= self.window {
            return None;
        }
        let offset = self.next;
        self.next += u64::from(PART);
        self.parts.insert(offset, None);
        Some(Part { offset })
    }

    /// Where the next new part begins: what lies before is there or on its way.
    pub fn horizon(&self) -> u64 {
        self.next.min(self.size)
    }

    /// Takes the answer to a part.
    pub fn take(&mut self, part: Part, bytes: Vec<u8>) -> Taken {
        let expected = u64::from(PART).min(self.size.saturating_sub(part.offset));
        let Some(slot) = self
            .parts
            .get_mut(&part.offset)
            .filter(|slot| slot.is_none())
        else {
            return Taken::Ready(Vec::new());
        };
        if bytes.len() as u64 != expected {
            self.wrong += 1;
            return if self.wrong < self.wrong_limit {
                Taken::Again(part)
            } else {
                Taken::GiveUp
            };
        }
        *slot = Some(bytes);
        let mut ready = Vec::new();
        while let Some(mut entry) = self.parts.first_entry() {
            let Some(bytes) = entry.get_mut().take() else {
                break;
            };
            entry.remove();
            self.done += bytes.len() as u64;
            ready.push(bytes);
        }
        Taken::Ready(ready)
    }

    /// True when every byte was handed on.
    pub fn is_done(&self) -> bool {
        self.done >= self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(size: u64) -> Vec<u8> {
        (0..size).map(|n| (n / 7 % 251) as u8).collect()
    }

    fn slice(content: &[u8], part: Part) -> Vec<u8> {
        let from = part.offset as usize;
        content[from..content.len().min(from + PART as usize)].to_vec()
    }

    #[test]
    fn parts_in_any_order_make_the_file() {
        let size = 3 * u64::from(PART) + 1234;
        let content = content(size);
        for reverse in [false, true] {
            let mut fetch = Fetch::new(size, 0, 3, 4);
            let (mut got, mut flying) = (Vec::new(), Vec::new());
            while !fetch.is_done() {
                flying.extend(std::iter::from_fn(|| fetch.ask()));
                assert!(flying.len() <= 3);
                let part = if reverse {
                    flying.pop().unwrap()
                } else {
                    flying.remove(0)
                };
                let Taken::Ready(ready) = fetch.take(part, slice(&content, part)) else {
                    panic!()
                };
                ready.into_iter().for_each(|bytes| got.extend(bytes));
            }
            assert!(got == content);
        }
    }

    #[test]
    fn truncated_and_padded_parts_are_asked_again_and_then_given_up() {
        let size = u64::from(PART) + 100;
        let mut fetch = Fetch::new(size, 0, 1, 3);
        let part = fetch.ask().unwrap();
        assert_eq!(fetch.take(part, vec![0; 4096]), Taken::Again(part));
        assert!(
            matches!(fetch.take(part, vec![1; PART as usize]), Taken::Ready(r) if r.len() == 1)
        );
        let last = fetch.ask().unwrap();
        assert_eq!(fetch.take(last, vec![0; 101]), Taken::Again(last));
        assert!(!fetch.is_done());
        assert_eq!(fetch.take(last, vec![]), Taken::GiveUp);
    }

    #[test]
    fn goes_on_after_what_is_there() {
        let size = 10 * u64::from(PART) + 5;
        let mut fetch = Fetch::new(size, 8 * u64::from(PART), 9, 3);
        let offsets: Vec<u64> = std::iter::from_fn(|| fetch.ask())
            .map(|part| part.offset)
            .collect();
        assert_eq!(offsets, [8, 9, 10].map(|n| n * u64::from(PART)));
    }

    #[test]
    fn an_empty_file_needs_no_part() {
        let mut fetch = Fetch::new(0, 0, 3, 3);
        assert!(fetch.is_done() && fetch.ask().is_none());
    }

    #[test]
    fn an_answer_nobody_asked_for_changes_nothing() {
        let mut fetch = Fetch::new(10, 0, 1, 3);
        assert_eq!(
            fetch.take(Part { offset: 0 }, vec![0; 10]),
            Taken::Ready(vec![])
        );
        assert!(!fetch.is_done());
    }
}
