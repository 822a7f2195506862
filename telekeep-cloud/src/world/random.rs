//! Randomness that is a pure function of what it is for: the same seed gives the same world on
//! every machine and in every order of questions. Not for secrets.

/// Mixes any number of words into one, with the finaliser of SplitMix64 between them.
pub(crate) fn mix(parts: &[u64]) -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for part in parts {
        state = finish(state ^ part.wrapping_mul(0xd6e8_feb8_6659_fd93)).wrapping_add(*part);
    }
    finish(state)
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A small generator (SplitMix64), made from what its numbers are for.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(parts: &[u64]) -> Self {
        Self(mix(parts))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        finish(self.0)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// As [`Dice::range`], for the ints of TL.
    pub(crate) fn int(&mut self, low: i32, high: i32) -> i32 {
        let span = i64::from(high) - i64::from(low);
        let step = self.below(u64::try_from(span).unwrap_or(0) + 1);
        i32::try_from(i64::from(low) + step as i64).unwrap_or(low)
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// A number in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of `items`; they must not be empty (a table of ours).
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len() as u64) as usize]
    }

    /// One of `items` by copy, if there is any.
    pub(crate) fn choose<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len() as u64) as usize).copied()
    }
}

/// An endless stream of bytes that can be read from any place: block n is a function of (key, n).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    key: u64,
}

impl Stream {
    pub(crate) fn of(parts: &[u64]) -> Self {
        Self { key: mix(parts) }
    }

    /// A stream of its own for a part of what this stream is for.
    pub(crate) fn with(&self, other: Stream) -> Self {
        Self::of(&[self.key, other.key])
    }

    fn block(&self, number: u64) -> [u8; 8] {
        finish(
            self.key
                .wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        )
        .to_le_bytes()
    }

    /// Appends `len` bytes from `offset` on.
    pub(crate) fn read(&self, offset: u64, len: usize, out: &mut Vec<u8>) {
        let skip = (offset % 8) as usize;
        let start = out.len();
        // Whole blocks only, cut to size afterwards.
        out.resize(start + (skip + len).next_multiple_of(8), 0);
        for (number, block) in (offset / 8..).zip(out[start..].chunks_exact_mut(8)) {
            block.copy_from_slice(&self.block(number));
        }
        out.drain(start..start + skip);
        out.truncate(start + len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_reads_the_same_in_pieces() {
        let stream = Stream::of(&[1, 2]);
        let mut whole = Vec::new();
        stream.read(0, 1000, &mut whole);
        for (offset, len) in [
            (0usize, 1usize),
            (3, 2),
            (7, 9),
            (8, 16),
            (13, 500),
            (999, 1),
        ] {
            let mut part = Vec::new();
            stream.read(offset as u64, len, &mut part);
            assert_eq!(part, whole[offset..offset + len], "{offset}+{len}");
        }
    }

    #[test]
    fn numbers_stay_in_their_range_and_reach_both_ends() {
        let mut dice = Dice::of(&[7]);
        let seen: Vec<u64> = (0..1000).map(|_| dice.range(3, 5)).collect();
        assert!(seen.contains(&3) && seen.contains(&5));
        assert!(seen.iter().all(|n| (3..=5).contains(n)));
        assert_eq!(dice.below(0), 0);
    }
}
