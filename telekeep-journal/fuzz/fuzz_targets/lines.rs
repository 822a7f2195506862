//! No lines inside a segment make its reader panic, hang or take much memory: as `segment`, but the
//! compression is always whole. Run: `cargo +nightly fuzz run lines`.
#![no_main]

libfuzzer_sys::fuzz_target!(|plain: &[u8]| {
    let packed = zstd::encode_all(plain, 1).expect("compresses");
    let _ = telekeep_journal::parsers::segment(&packed);
});
