//! No answer to the first step of a key exchange makes the client panic or think long.
//! Run: `cargo +nightly fuzz run exchange`.
#![no_main]

use telekeep_sources::telegram::wire::{
    Random, RandomError, RsaKey,
    exchange::{Exchange, Step},
};

const KEY: &str = include_str!("../../src/telegram/wire/testdata/server-key.pkcs1.pem");

/// Always the same.
struct Zeros;

impl Random for Zeros {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        buffer.fill(0);
        Ok(())
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // Any bytes as a file with keys, too.
    if let Some(text) = input
        .strip_prefix(b"-")
        .and_then(|text| std::str::from_utf8(text).ok())
    {
        let _ = RsaKey::from_pem(text);
        return;
    }
    let keys = RsaKey::from_pem(KEY).expect("a key");
    let Ok((mut exchange, _)) = Exchange::start(keys, 2, Zeros) else {
        return;
    };
    for answer in input.chunks(200) {
        match exchange.receive(answer, 1_700_000_000) {
            Ok(Step::Done(_)) => panic!("a key was made without one of the server"),
            Ok(_) => {}
            Err(_) => return,
        }
    }
});
