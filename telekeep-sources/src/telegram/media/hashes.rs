//! Checking the bytes of a large file against the hashes the server has of it, without input or
//! output.
//!
//! `upload.getFileHashes` gives SHA-256 of consecutive ranges. They are asked for one mebibyte
//! ahead, beside the parts; bytes are handed on only when the ranges they lie in are right. A
//! server that gives no hashes is believed: the transport authenticates every byte anyway, so this
//! check is against what goes wrong behind it. It costs a request per mebibyte and a sixth of the
//! speed, so it begins when a download is disturbed (a part of wrong length, an expired reference,
//! an interruption) unless it is wanted for everything.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest, Sha256};

/// Hashes are asked for at these steps.
const STEP: u64 = 1024 * 1024;

/// A range and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub offset: u64,
    pub length: u64,
    pub sha256: Vec<u8>,
}

/// The bytes at this offset are not what the server's hash says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongHash(pub u64);

/// Bytes of a file on their way through the check.
#[derive(Debug)]
pub(crate) struct HashCheck {
    active: bool,
    /// The server has no hashes of this file.
    without: bool,
    size: u64,
    /// Everything before is right and was handed on, as far as whole buffers go.
    checked: u64,
    known: BTreeMap<u64, Range>,
    /// Hashes from here on were not asked for.
    asked: u64,
    in_flight: u32,
    /// Buffers not handed on yet, in order, with their offsets.
    waiting: VecDeque<(u64, Vec<u8>)>,
}

impl HashCheck {
    /// Checks a file of `size` bytes from `have` on; nothing when not `active`.
    pub fn new(active: bool, size: u64, have: u64) -> HashCheck {
        HashCheck {
            active,
            without: false,
            size,
            checked: have,
            known: BTreeMap::new(),
            asked: have,
            in_flight: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Begins to check from here on, as far as that is possible.
    pub fn begin(&mut self, offset: u64) {
        if !self.active && !self.without {
            self.active = true;
            self.checked = offset;
            self.asked = offset;
        }
    }

    /// The offset to ask hashes from, when some are wanted for bytes before `horizon`.
    pub fn ask(&mut self, horizon: u64) -> Option<u64> {
        if !self.active {
            return None;
        }
        let stalled = self.in_flight == 0 && !self.waiting.is_empty();
        let offset = if self.asked < horizon.min(self.size) {
            let next = self.asked;
            self.asked = (next / STEP + 1) * STEP;
            next
        } else if stalled && !self.known.contains_key(&self.checked) {
            self.checked
        } else {
            return None;
        };
        self.in_flight += 1;
        Some(offset)
    }

    /// Takes the answer to the ask at `offset`; nothing when there was an error.
    pub fn told(&mut self, offset: u64, ranges: Vec<Range>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let useful =
            |range: &Range| range.length > 0 && range.length <= STEP && range.offset >= offset;
        let before = self.known.len();
        let new = ranges
            .into_iter()
            .filter(useful)
            .map(|range| (range.offset, range));
        self.known
            .extend(new.filter(|(offset, _)| *offset >= self.checked));
        if self.known.len() == before && offset == self.checked {
            // Nothing about the very bytes that wait: there will not be.
            self.active = false;
            self.without = true;
        }
    }

    /// Takes the bytes that follow.
    pub fn push(&mut self, offset: u64, bytes: Vec<u8>) {
        self.waiting.push_back((offset, bytes));
    }

    /// True when so much waits for hashes that no more should be fetched.
    pub fn is_full(&self) -> bool {
        self.active && self.waiting.len() >= 8
    }

    /// What may be handed on.
    pub fn ready(&mut self) -> Result<Vec<Vec<u8>>, WrongHash> {
        while self.active
            && let Some(range) = self.known.get(&self.checked)
            && let Some(hash) = self.hash(range.offset, range.length)
        {
            if hash != range.sha256 {
                return Err(WrongHash(range.offset));
            }
            let end = range.offset + range.length;
            self.known.remove(&self.checked);
            self.checked = end;
        }
        let mut ready = Vec::new();
        while let Some((offset, bytes)) = self.waiting.front()
            && (!self.active || offset + bytes.len() as u64 <= self.checked)
        {
            ready.extend(self.waiting.pop_front().map(|(_, bytes)| bytes));
        }
        Ok(ready)
    }

    /// True when nothing is held back.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// SHA-256 of a range of the waiting bytes; `None` when they are not all there.
    fn hash(&self, from: u64, length: u64) -> Option<Vec<u8>> {
        let to = from + length;
        let (last, bytes) = self.waiting.back()?;
        if last + (bytes.len() as u64) < to {
            return None;
        }
        let mut hash = Sha256::new();
        for (offset, bytes) in &self.waiting {
            let end = offset + bytes.len() as u64;
            let first = usize::try_from(from.max(*offset) - offset).ok()?;
            let until = usize::try_from(to.min(end).saturating_sub(*offset)).ok()?;
            hash.update(bytes.get(first..until.max(first)).unwrap_or_default());
        }
        Some(hash.finalize().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: usize = 512 * 1024;

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|n| (n / 5 % 241) as u8).collect()
    }

    fn ranges(content: &[u8], from: usize, length: usize, count: usize) -> Vec<Range> {
        let pieces = content[from..].chunks(length).take(count).enumerate();
        pieces
            .map(|(n, piece)| Range {
                offset: (from + n * length) as u64,
                length: piece.len() as u64,
                sha256: Sha256::digest(piece).to_vec(),
            })
            .collect()
    }

    /// Pushes the content in parts, answering asks with `count` ranges of `length`.
    fn run(
        content: &[u8],
        given: &[u8],
        length: usize,
        count: usize,
    ) -> Result<Vec<u8>, WrongHash> {
        let mut check = HashCheck::new(true, content.len() as u64, 0);
        let mut out = Vec::new();
        for (n, part) in given.chunks(PART).enumerate() {
            check.push((n * PART) as u64, part.to_vec());
            while let Some(offset) = check.ask((n * PART + part.len()) as u64) {
                check.told(offset, ranges(content, offset as usize, length, count));
                check
                    .ready()?
                    .into_iter()
                    .for_each(|bytes| out.extend(bytes));
            }
            check
                .ready()?
                .into_iter()
                .for_each(|bytes| out.extend(bytes));
        }
        assert!(check.is_empty());
        Ok(out)
    }

    #[test]
    fn right_bytes_pass_whatever_the_ranges_are() {
        let content = content(3 * PART + 777);
        for (length, count) in [(128 << 10, 8), (128 << 10, 1), (100_000, 3), (1 << 20, 1)] {
            assert!(
                run(&content, &content, length, count) == Ok(content.clone()),
                "{length}"
            );
        }
    }

    #[test]
    fn a_wrong_byte_is_found() {
        let content = content(3 * PART);
        let mut given = content.clone();
        given[PART + 5] ^= 1;
        assert_eq!(
            run(&content, &given, 128 << 10, 8),
            Err(WrongHash(PART as u64))
        );
    }

    #[test]
    fn a_server_without_hashes_is_believed() {
        let content = content(3 * PART);
        assert!(run(&content, &content, 1, 0) == Ok(content.clone()));
        let mut check = HashCheck::new(false, 10, 0);
        assert_eq!(check.ask(10), None);
        check.push(0, vec![1; 10]);
        assert_eq!(check.ready(), Ok(vec![vec![1; 10]]));
    }

    #[test]
    fn a_check_can_begin_inside_and_never_begins_again_in_vain() {
        let content = content(4 * PART);
        let mut check = HashCheck::new(false, content.len() as u64, 0);
        check.push(0, content[..PART].to_vec());
        assert_eq!(check.ready().map(|ready| ready.len()), Ok(1));
        check.begin(PART as u64);
        let mut wrong = content[PART..2 * PART].to_vec();
        wrong[9] ^= 1;
        check.push(PART as u64, wrong);
        assert_eq!(check.ask(2 * PART as u64), Some(PART as u64));
        check.told(PART as u64, ranges(&content, PART, 128 << 10, 8));
        assert_eq!(check.ready(), Err(WrongHash(PART as u64)));
        let mut check = HashCheck::new(true, 10, 0);
        check.push(0, vec![1; 10]);
        assert_eq!(check.ask(10), Some(0));
        check.told(0, vec![]);
        check.begin(0);
        assert_eq!(check.ready(), Ok(vec![vec![1; 10]]));
    }

    #[test]
    fn hashes_of_other_places_do_not_help() {
        let mut check = HashCheck::new(true, 10, 0);
        check.push(0, vec![1; 10]);
        assert_eq!(check.ask(10), Some(0));
        assert_eq!((check.ask(10), check.ready()), (None, Ok(vec![])));
        let far = Range {
            offset: 5,
            length: 5,
            sha256: vec![],
        };
        check.told(0, vec![far]);
        assert_eq!(check.ask(10), Some(0));
        check.told(0, vec![]);
        assert_eq!(check.ready(), Ok(vec![vec![1; 10]]));
    }
}
