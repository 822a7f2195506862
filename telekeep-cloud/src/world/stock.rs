//! How many files of which size a world gets, so that together they come near the wish; and the
//! files made so far.

use std::collections::{HashMap, VecDeque};

use super::file::Kind;
use super::files::Files;
use super::random::Dice;

/// Files of a kind per 100,000 messages, and their share of the bytes in per cent. The shares of
/// the first ones bound their number; the last two take what is left.
const SHARES: &[(Kind, u64, u64)] = &[
    (Kind::Photo, 8_500, 40),
    (Kind::Voice, 1_900, 6),
    (Kind::Animation, 700, 5),
    (Kind::Round, 420, 3),
    (Kind::Face, 200, 3),
    (Kind::Music, 330, 4),
    (Kind::Pdf, 500, 2),
    (Kind::Text, 250, 1),
    (Kind::Image, 160, 4),
    (Kind::Video, 1_000, 12),
    (Kind::Archive, 500, 12),
];

const MB: u64 = 1_000_000;
/// Photos are stretched to this at most; videos and archives take the rest.
const PHOTO_MOST: u64 = 400_000;

/// The sizes of the files of a world, the big ones first.
pub(crate) fn plan(seed: u64, messages: u64, media_mb: u64) -> HashMap<Kind, VecDeque<u64>> {
    let bytes = media_mb * MB;
    let mut dice = Dice::of(&[seed, 0x570c]);
    let mut plan: HashMap<Kind, VecDeque<u64>> = HashMap::new();
    let mut left = bytes;
    for (kind, often, share) in SHARES {
        let wanted = messages * often / 100_000;
        let affordable = bytes / 100 * share / kind.least();
        let count = wanted.min(affordable).max(1);
        left = left.saturating_sub(count * kind.least());
        plan.insert(*kind, (0..count).map(|_| kind.least()).collect());
    }
    stretch_photos(&mut plan, &mut left, bytes, &mut dice);
    stretch_big(&mut plan, left, &mut dice);
    plan
}

fn stretch_photos(
    plan: &mut HashMap<Kind, VecDeque<u64>>,
    left: &mut u64,
    bytes: u64,
    dice: &mut Dice,
) {
    let Some(photos) = plan.get_mut(&Kind::Photo) else {
        return;
    };
    let share = (bytes / 3).min(*left / 2) / photos.len().max(1) as u64;
    for size in photos.iter_mut() {
        let more = dice.below(2 * share.min(PHOTO_MOST / 2) + 1);
        *size += more;
        *left = left.saturating_sub(more);
    }
}

/// Videos and archives get the rest with a heavy tail: a few are large.
fn stretch_big(plan: &mut HashMap<Kind, VecDeque<u64>>, left: u64, dice: &mut Dice) {
    for (kind, part) in [
        (Kind::Video, left * 2 / 5),
        (Kind::Archive, left - left * 2 / 5),
    ] {
        let Some(sizes) = plan.get_mut(&kind) else {
            continue;
        };
        let mut rest = part;
        // One file over 32 MB, so that its blob has parts, and one over 10 MB.
        for (fixed, size) in [38 * MB, 12 * MB].into_iter().zip(sizes.iter_mut()) {
            if rest > fixed {
                *size += fixed;
                rest -= fixed;
            }
        }
        let weights: Vec<f64> = (0..sizes.len())
            .map(|_| dice.unit().max(1e-3).powf(-0.7))
            .collect();
        let sum: f64 = weights.iter().sum();
        for (size, weight) in sizes.iter_mut().zip(&weights) {
            *size += (rest as f64 * weight / sum) as u64;
        }
        sizes.make_contiguous().sort_unstable_by(|a, b| b.cmp(a));
    }
}

/// Sizes planned for files not made yet, and the files made so far, to be sent again.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    planned: HashMap<Kind, VecDeque<u64>>,
    made: HashMap<Kind, Vec<i64>>,
}

impl Stock {
    /// A stock of planned sizes, with no file made yet.
    pub(crate) fn new(planned: HashMap<Kind, VecDeque<u64>>) -> Self {
        Self {
            planned,
            made: HashMap::new(),
        }
    }

    /// A file for a message: a new one while some are planned, else one seen before.
    pub(crate) fn draw(
        &mut self,
        files: &mut Files,
        kind: Kind,
        date: i32,
        dice: &mut Dice,
    ) -> i64 {
        let made = self.made.entry(kind).or_default();
        let size = match self.planned.get_mut(&kind).and_then(VecDeque::pop_front) {
            Some(size) => size,
            None => match dice.choose(made) {
                Some(id) => return id,
                None => 0,
            },
        };
        let id = files.add(kind, size, date);
        made.push(id);
        id
    }

    /// Makes a file known, so that messages can use it.
    pub(crate) fn offer(&mut self, kind: Kind, id: i64) {
        self.made.entry(kind).or_default().push(id);
    }

    /// The files of a kind made so far.
    pub(crate) fn made(&self, kind: Kind) -> &[i64] {
        self.made.get(&kind).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_add_up_to_the_wish() {
        for (messages, media_mb) in [(2_000, 5), (20_000, 200), (200_000, 2_000), (200_000, 50)] {
            let plan = plan(1, messages, media_mb);
            let sum: u64 = plan.values().flatten().sum();
            let wish = media_mb * MB;
            assert!(
                sum.abs_diff(wish) < wish / 10,
                "{messages} {media_mb}: {sum}"
            );
        }
        let plan = plan(1, 20_000, 200);
        assert!(plan[&Kind::Archive][0] > 32 << 20);
    }
}
