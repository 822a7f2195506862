//! Doors to the parsers of untrusted files, for fuzzing. Not for other use.

use crate::marker;
use crate::seal;
use crate::segment::SegmentReader;

/// Reads a `telekeep.json`.
pub fn marker(bytes: &[u8]) -> bool {
    marker::parse(bytes).is_ok()
}

/// Reads a seal file.
pub fn seal(bytes: &[u8]) -> bool {
    seal::parse("00000001.seal.json", bytes, None).is_ok()
}

/// Reads all lines of a stored segment of an archive without encryption, and says how many there are.
pub fn segment(bytes: &[u8]) -> Option<u64> {
    let mut reader = SegmentReader::new(bytes.to_vec(), None).ok()?;
    let mut lines = 0;
    while reader.next_line().ok()?.is_some() {
        lines += 1;
    }
    Some(lines)
}

/// Classifies a path and checks that it stays inside an archive.
pub fn path(text: &str) -> bool {
    let _ = crate::names::parse(text, true);
    crate::store::check_path(text).is_ok()
}
