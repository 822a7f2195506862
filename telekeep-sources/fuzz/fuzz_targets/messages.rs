//! A server that has the key and says anything at all: its packets are refused or understood, and the
//! session can still send. Run: `cargo +nightly fuzz run messages`.
#![no_main]

use std::time::Duration;

use sha2::{Digest, Sha256};
use telekeep_sources::telegram::wire::protocol::Protocol;

const NOW: Duration = Duration::new(1_700_000_000, 500_000_000);
const SESSION: i64 = 0x1122_3344_5566_7788;

fn key() -> [u8; 256] {
    std::array::from_fn(|at| at as u8)
}

fn sha(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// As a server encrypts.
fn seal(plain: &[u8]) -> Vec<u8> {
    let key = key();
    let large = sha(&[&key[96..128], plain]);
    let message_key = &large[8..24];
    let a = sha(&[message_key, &key[8..44]]);
    let b = sha(&[&key[48..84], message_key]);
    let join = |parts: [&[u8]; 3]| <[u8; 32]>::try_from(parts.concat()).expect("32 bytes");
    let mut sealed = plain.to_vec();
    grammers_crypto::aes::ige_encrypt(
        &mut sealed,
        &join([&a[..8], &b[8..24], &a[24..]]),
        &join([&b[..8], &a[8..24], &b[24..]]),
    );
    let id = &sha1::Sha1::digest(key)[12..];
    [id, message_key, &sealed].concat()
}

/// Header, body and padding of a message.
fn plain(number: u8, odd: bool, body: &[u8]) -> Vec<u8> {
    let body = &body[..body.len() / 4 * 4];
    let id = (1_700_000_000_i64 << 32) | (i64::from(number) << 8) | 1;
    let mut out = [42_i64, SESSION, id].map(i64::to_le_bytes).concat();
    out.extend(i32::from(odd).to_le_bytes());
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(body);
    let padding = 12 + (16 - (out.len() + 12) % 16) % 16;
    out.resize(out.len() + padding, 0);
    out
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut protocol = Protocol::new(&key(), 42, 0, SESSION);
    let _ = protocol.pack(&[b"request."], NOW);
    let mut rest = input;
    // Each message: its length in units of four bytes with a mark, its number, its body. With the mark
    // the bytes are the whole packet, header and all.
    while let [length, number, more @ ..] = rest {
        let (body, after) = more.split_at(more.len().min(usize::from(length & 0x7f) * 4));
        rest = after;
        let plain = match length & 0x80 {
            0 => plain(*number, number % 2 == 0, body),
            _ => body[..body.len() / 16 * 16].to_vec(),
        };
        let mut events = Vec::new();
        let received = protocol.receive(&mut seal(&plain), NOW, &mut events);
        let _ = protocol.pack(&[b"request."], NOW);
        if received.is_err() {
            return;
        }
    }
});
