//! How many bytes files are, estimated from samples: Telegram counts files and sums no sizes.

use std::collections::BTreeMap;

use crate::spool::FileKind;

/// A number of files and their bytes, with what is not known about it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// Files.
    pub files: u64,
    /// Their bytes, most likely.
    pub bytes: u64,
    /// At least so many, in nineteen of twenty cases.
    pub low: u64,
    /// At most so many, in nineteen of twenty cases.
    pub high: u64,
}

impl Estimate {
    /// A number that is known.
    pub fn exact(files: u64, bytes: u64) -> Estimate {
        Estimate {
            files,
            bytes,
            low: bytes,
            high: bytes,
        }
    }

    /// Both together; errors that have nothing to do with each other add up in squares.
    pub fn plus(self, other: Estimate) -> Estimate {
        let bytes = self.bytes.saturating_add(other.bytes);
        let error = |a: u64, b: u64| (a as f64).hypot(b as f64) as u64;
        Estimate {
            files: self.files.saturating_add(other.files),
            bytes,
            low: bytes.saturating_sub(error(self.bytes - self.low, other.bytes - other.low)),
            high: bytes.saturating_add(error(self.high - self.bytes, other.high - other.bytes)),
        }
    }
}

/// What samples say about one kind: bytes that each of its messages would cost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sizes(BTreeMap<FileKind, Vec<u64>>);

impl Sizes {
    /// A message of this kind costs so many bytes.
    pub fn add(&mut self, kind: FileKind, bytes: u64) {
        self.0.entry(kind).or_default().push(bytes);
    }

    /// What `files` files of a kind cost. Without a sample the usual size is assumed, and nothing
    /// between none and three times that is out of the question.
    pub fn of(&self, kind: FileKind, files: u64) -> Estimate {
        let known = self.0.get(&kind).filter(|known| !known.is_empty());
        let Some(known) = known else {
            let bytes = usual(kind).saturating_mul(files);
            return Estimate {
                files,
                bytes,
                low: 0,
                high: bytes.saturating_mul(3),
            };
        };
        let count = known.len() as f64;
        let mean = known.iter().map(|&bytes| bytes as f64).sum::<f64>() / count;
        let squares = known.iter().map(|&bytes| (bytes as f64 - mean).powi(2));
        let spread = (squares.sum::<f64>() / (count - 1.0).max(1.0)).sqrt();
        let all = files as f64;
        // The more of them were looked at, the less there is to guess.
        let unseen = (1.0 - count / all.max(count)).max(0.0).sqrt();
        let error = 2.0 * spread / count.sqrt() * unseen * all;
        let bytes = mean * all;
        Estimate {
            files,
            bytes: bytes as u64,
            low: (bytes - error).max(0.0) as u64,
            high: (bytes + error) as u64,
        }
    }
}

/// Bytes of a file of this kind when nothing is known.
fn usual(kind: FileKind) -> u64 {
    match kind {
        FileKind::Photo => 200_000,
        FileKind::Video => 10_000_000,
        FileKind::Round => 2_000_000,
        FileKind::Voice => 60_000,
        FileKind::Audio => 6_000_000,
        FileKind::Gif => 500_000,
        FileKind::Sticker => 40_000,
        FileKind::File => 2_000_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_completely_is_known() {
        let mut sizes = Sizes::default();
        for bytes in [100, 300, 500] {
            sizes.add(FileKind::Photo, bytes);
        }
        assert_eq!(sizes.of(FileKind::Photo, 3), Estimate::exact(3, 900));
        let more = sizes.of(FileKind::Photo, 3000);
        assert_eq!((more.files, more.bytes), (3000, 900_000));
        assert!(more.low < 700_000 && more.high > 1_100_000, "{more:?}");
    }

    #[test]
    fn without_a_sample_it_is_a_guess_that_says_so() {
        let guess = Sizes::default().of(FileKind::Video, 2);
        assert_eq!(
            (guess.bytes, guess.low, guess.high),
            (20_000_000, 0, 60_000_000)
        );
        let both = guess.plus(Estimate::exact(1, 5));
        assert_eq!((both.files, both.bytes, both.low), (3, 20_000_005, 5));
        assert_eq!(both.high, 60_000_005);
    }
}
