//! SQLite's number of one to nine bytes: seven bits each, the greatest first; a ninth byte has eight.

/// Appends a number.
pub(crate) fn push(bytes: &mut Vec<u8>, value: u64) {
    if value < 0x80 {
        bytes.push(low(value));
        return;
    }
    if value >= 1 << 56 {
        for shift in (1..=8).rev() {
            bytes.push(low(value >> (7 * shift + 1)) | 0x80);
        }
        bytes.push(u8::try_from(value & 0xFF).unwrap_or_default());
        return;
    }
    let groups = (u64::BITS - value.leading_zeros()).div_ceil(7);
    for group in (1..groups).rev() {
        bytes.push(low(value >> (7 * group)) | 0x80);
    }
    bytes.push(low(value));
}

/// The lowest seven bits.
fn low(value: u64) -> u8 {
    u8::try_from(value & 0x7F).unwrap_or_default()
}

/// The number that bytes begin with, and its length; `None` when they end before it does.
pub(crate) fn read(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some((value << 8 | u64::from(byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_sqlite_writes_them() {
        for (value, bytes) in [
            (0, &[0][..]),
            (127, &[0x7F]),
            (128, &[0x81, 0]),
            (16_384, &[0x81, 0x80, 0]),
            (1 << 35, &[0x81, 0x80, 0x80, 0x80, 0x80, 0]),
            (u64::MAX, &[0xFF; 9]),
        ] {
            let mut written = Vec::new();
            push(&mut written, value);
            assert_eq!(written, bytes);
            assert_eq!(read(bytes), Some((value, bytes.len())));
        }
        assert_eq!(read(&[0x80, 0x80]), None);
        assert_eq!(read(&[]), None);
    }

    proptest! {
        #[test]
        fn there_and_back(value: u64, shift in 0_u32..64) {
            let mut bytes = Vec::new();
            push(&mut bytes, value >> shift);
            prop_assert_eq!(read(&bytes), Some((value >> shift, bytes.len())));
        }
    }
}
