//! A small deterministic generator (SplitMix64), so that a failing proof can be repeated from its seed.

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of its own for each place, so that any part of a world can be made without what comes before it.
    pub fn at(seed: u64, place: [u64; 2]) -> Self {
        let mut random = Self(seed);
        for number in place {
            random.0 ^= number.wrapping_mul(0xd1b5_4a32_d192_ed03);
            random.0 = random.between(0, u64::MAX - 1);
        }
        random
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (mixed ^ (mixed >> 31)) % (high - low + 1)
    }

    /// A number in `0..below`; 0 when there is none.
    pub fn below(&mut self, below: u64) -> u64 {
        self.between(0, below.saturating_sub(1))
    }

    /// The same with frequent low numbers and rare high ones, as words and people are.
    pub fn zipf(&mut self, below: u64) -> u64 {
        let limit = self.below(below);
        self.between(0, limit)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of a few things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(usize::try_from(self.below(things.len() as u64)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn places_differ_and_repeat() {
        let first = |place| Random::at(7, place).below(1 << 40);
        assert_eq!(first([1, 2]), first([1, 2]));
        let all = [first([1, 2]), first([2, 1]), first([1, 3]), first([0, 0])];
        assert!(
            all.iter()
                .enumerate()
                .all(|(at, one)| !all[..at].contains(one))
        );
    }
}
