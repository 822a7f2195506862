//! No bytes make the parser of a marker file panic, hang or take much memory. Run: `cargo +nightly fuzz run marker`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = telekeep_journal::parsers::marker(bytes);
});
