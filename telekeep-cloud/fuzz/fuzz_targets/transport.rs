//! Any bytes of a client, cut in any way: refused, or the same packets whatever the cuts.
//! Run: `cargo +nightly fuzz run transport`.
//!
//! The transport is no part of the crate's interface, so its files are taken in here.
#![no_main]
#![allow(dead_code)]

#[path = "../../src/crypto.rs"]
mod crypto;
#[path = "../../src/transport/mod.rs"]
mod transport;

use transport::{Decoder, MAX_PACKET, Packet, Step};

/// The packets, and whether the connection was given up.
fn packets(stream: &[u8], step: usize) -> (Vec<Packet>, bool) {
    let mut decoder = Decoder::default();
    let mut all = Vec::new();
    for piece in stream.chunks(step) {
        decoder.push(piece);
        loop {
            match decoder.step() {
                Ok(Step::Starve) => break,
                Ok(Step::Opened(mut encoder)) => {
                    let mut out = Vec::new();
                    encoder.packet(b"12345678", &mut out);
                    encoder.quick_ack(7, &mut out);
                    encoder.error(-404, &mut out);
                }
                Ok(Step::Packet(packet)) => {
                    assert!(packet.data.len() <= MAX_PACKET);
                    all.push(packet);
                }
                Err(_) => return (all, true),
            }
        }
    }
    (all, false)
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((step, stream)) = input.split_first() else {
        return;
    };
    let whole = packets(stream, stream.len().max(1));
    assert_eq!(packets(stream, usize::from(*step).max(1)), whole);
    assert_eq!(packets(stream, 1), whole);
});
