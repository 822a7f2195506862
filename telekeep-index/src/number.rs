//! SQLite's integers are signed 64 bits; sequence numbers, counts and sizes never come near the limit.

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The way back; negative numbers are not stored where this is used.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
