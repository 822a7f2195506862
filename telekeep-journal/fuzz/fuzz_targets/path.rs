//! A path that is let through never leaves the archive. Run: `cargo +nightly fuzz run path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if telekeep_journal::parsers::path(text) {
        assert!(
            !text.starts_with('/')
                && !text.contains('\\')
                && text.split('/').all(|part| part != ".." && !part.is_empty())
        );
    }
});
