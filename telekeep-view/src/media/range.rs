//! The `Range` header: one stretch of bytes.

/// What of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: no range, or one that may be ignored (several stretches, another unit).
    Whole,
    /// From the first byte so many.
    Part { first: u64, length: u64 },
    /// A stretch that is not in the file.
    Outside,
}

/// Reads a `Range` header for a file of `size` bytes (RFC 9110, 14.2).
pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    header
        .and_then(|header| parse(header.trim(), size))
        .unwrap_or(Wanted::Whole)
}

/// `None` for what is no single range of bytes.
fn parse(header: &str, size: u64) -> Option<Wanted> {
    let (unit, range) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", last) => {
            let length = number(last)?.min(size);
            if length == 0 {
                return Some(Wanted::Outside);
            }
            (size - length, size - 1)
        }
        (first, "") => (number(first)?, u64::MAX),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last)
        }
    };
    if first >= size {
        return Some(Wanted::Outside);
    }
    let last = last.min(size - 1);
    let length = last - first + 1;
    Some(Wanted::Part { first, length })
}

/// Digits only; what is larger than any file is the largest number.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(first: u64, length: u64) -> Wanted {
        Wanted::Part { first, length }
    }

    #[test]
    fn ranges() {
        for (header, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-5", part(2, 4)),
            ("bytes=2-", part(2, 8)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-99", part(0, 10)),
            ("bytes=5-99999999999999999999999", part(5, 5)),
            ("Bytes = 9-9", part(9, 1)),
            ("bytes=10-", Wanted::Outside),
            ("bytes=99999999999999999999999-", Wanted::Outside),
            ("bytes=-0", Wanted::Outside),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=1-2,4-5", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("items=0-1", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Outside);
    }

    proptest! {
        #[test]
        fn never_outside_the_file(header in "(bytes=)?[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Wanted::Part { first, length } = wanted(Some(&header), size) {
                prop_assert!(length > 0);
                prop_assert!(first.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }
}
