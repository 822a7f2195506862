//! No decrypted bytes of a client make the reader of messages panic or take much memory.
//! Run: `cargo +nightly fuzz run incoming`.
//!
//! The reader is no part of the crate's interface, so its files are taken in here.
#![no_main]
#![allow(dead_code)]

#[path = "../../src/session/incoming.rs"]
mod incoming;
#[path = "../../src/wire.rs"]
mod wire;

libfuzzer_sys::fuzz_target!(|plain: &[u8]| {
    let Ok(envelope) = incoming::envelope(plain) else {
        return;
    };
    let Ok(body) = incoming::unpacked(envelope.message.body) else {
        return;
    };
    assert!(body.len() <= 4 << 20);
    if let Some(Ok(messages)) = incoming::container(&body) {
        let all: usize = messages.iter().map(|message| message.body.len()).sum();
        assert!(all <= body.len());
        for message in messages {
            let _ = incoming::unpacked(message.body);
        }
    }
});
