//! Any `Range` header, for a file of any size: what is given lies in the file.
//! Run: `cargo +nightly fuzz run range`.
//!
//! The reader is no part of the crate's interface, so its file is taken in here.
#![no_main]

#[path = "../../src/media/range.rs"]
mod range;

use range::Wanted;

libfuzzer_sys::fuzz_target!(|input: (u64, &str)| {
    let (size, header) = input;
    if let Wanted::Part { first, length } = range::wanted(Some(header), size) {
        assert!(length > 0 && first < size && length <= size - first);
    }
});
