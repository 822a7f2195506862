//! The waveform of a voice message: packed samples to bars of a drawing.

use std::fmt::Write as _;

/// Samples of a waveform; clients send 100.
const MAX_SAMPLES: usize = 200;
/// Bars that are drawn.
const BARS: usize = 44;
/// Height of the drawing; a bar and the gap after it are 4.5 wide.
const HEIGHT: usize = 32;

/// Samples from 0 to 31, packed five bits each from the lowest bit on, in base64.
#[must_use]
pub fn waveform(packed: &str) -> Vec<u8> {
    let mut samples = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for sextet in packed
        .bytes()
        .map_while(sextet)
        .collect::<Vec<_>>()
        .chunks(4)
    {
        // Four characters are three bytes, highest bits first; samples go from the lowest bit on.
        let word = sextet
            .iter()
            .fold(0_u32, |word, six| word << 6 | u32::from(*six));
        let word = word << (6 * (4 - sextet.len()));
        for byte in word.to_be_bytes().iter().skip(1).take(sextet.len() * 6 / 8) {
            bits |= u32::from(*byte) << held;
            held += 8;
            while held >= 5 && samples.len() < MAX_SAMPLES {
                samples.push(u8::try_from(bits & 31).unwrap_or_default());
                bits >>= 5;
                held -= 5;
            }
            if samples.len() == MAX_SAMPLES {
                return samples;
            }
        }
    }
    samples
}

fn sextet(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// The path of an SVG: one stroke per bar, around the middle.
#[must_use]
pub fn wave_path(samples: &[u8]) -> String {
    let mut path = String::new();
    for bar in 0..BARS {
        let from = bar * samples.len() / BARS;
        let to = ((bar + 1) * samples.len() / BARS).max(from + 1);
        let loudest = samples.get(from..to.min(samples.len())).unwrap_or_default();
        let loudest = loudest.iter().copied().max().unwrap_or(0).min(31);
        // 2 to 28 of 32, in halves.
        let half = 2 + usize::from(loudest) * 26 / 31;
        let (x, y) = (bar * 9 / 2 + 2, HEIGHT - half);
        // Writing to a string cannot fail.
        let _ = write!(path, "M{x} {}v{half}", y / 2);
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn samples_are_packed_from_the_lowest_bit() {
        // 1, 2, 3, ... 8 in five bits each: bytes 41 0c 52 cc 41.
        assert_eq!(waveform("QQxSzEE="), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(waveform("/////w"), [31; 6]);
        assert_eq!(waveform(""), [0_u8; 0]);
        assert_eq!(waveform("\"><script>"), [0_u8; 0]);
    }

    #[test]
    fn as_many_bars_however_many_samples() {
        for count in [0, 1, 7, 100, 200] {
            let path = wave_path(&vec![31; count]);
            assert_eq!(path.matches('M').count(), BARS, "{count}");
        }
        assert!(wave_path(&[31]).starts_with("M2 2v28"));
        assert!(wave_path(&[0]).starts_with("M2 15v2"));
    }

    proptest! {
        #[test]
        fn any_text(packed: String) {
            let samples = waveform(&packed);
            prop_assert!(samples.len() <= MAX_SAMPLES);
            prop_assert!(samples.iter().all(|sample| *sample < 32));
        }
    }
}
