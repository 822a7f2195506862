//! The server's side of encrypted messages, written for tests only and independent of the client's:
//! both only agree when both are right.

use std::io::Write;
use std::time::Duration;

use grammers_tl_types::Serializable;
use sha2::{Digest, Sha256};

use super::protocol::{GZIP_PACKED, MSG_CONTAINER, RPC_RESULT};
use super::unpack::Reader;

pub(super) const NOW: Duration = Duration::new(1_700_000_000, 500_000_000);
pub(super) const SESSION: i64 = 0x1122_3344_5566_7788;

pub(super) fn key() -> [u8; 256] {
    std::array::from_fn(|i| i as u8)
}

fn sha(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// AES key and IV of MTProto 2.0; `x` is 0 from client to server and 8 back.
fn aes_key(msg_key: &[u8], x: usize) -> ([u8; 32], [u8; 32]) {
    let key = key();
    let a = sha(&[msg_key, &key[x..x + 36]]);
    let b = sha(&[&key[40 + x..76 + x], msg_key]);
    let join = |parts: [&[u8]; 3]| parts.concat().try_into().unwrap();
    (
        join([&a[..8], &b[8..24], &a[24..]]),
        join([&b[..8], &a[8..24], &b[24..]]),
    )
}

/// A packet of the server around plaintext, which ends with its padding.
pub(super) fn seal(plain: &[u8]) -> Vec<u8> {
    let large = sha(&[&key()[96..128], plain]);
    let msg_key = &large[8..24];
    let (aes, iv) = aes_key(msg_key, 8);
    let mut sealed = plain.to_vec();
    grammers_crypto::aes::ige_encrypt(&mut sealed, &aes, &iv);
    let id = &sha1::Sha1::digest(key())[12..];
    [id, msg_key, &sealed].concat()
}

pub(super) struct Sent {
    pub id: i64,
    pub sequence: i32,
    pub body: Vec<u8>,
}

/// The messages in a packet of the client, container first.
pub(super) fn open(packet: &[u8]) -> (i64, Vec<Sent>) {
    let (aes, iv) = aes_key(&packet[8..24], 0);
    let mut plain = packet[24..].to_vec();
    grammers_crypto::aes::ige_decrypt(&mut plain, &aes, &iv);
    assert_eq!(sha(&[&key()[88..120], &plain])[8..24], packet[8..24]);
    let mut reader = Reader(&plain);
    let salt = reader.long().unwrap();
    assert_eq!(reader.long().unwrap(), SESSION);
    let first = message(&mut reader);
    assert!((12..=1024).contains(&reader.0.len()));
    let mut sent = vec![];
    let mut inner = Reader(&first.body);
    if inner.id().unwrap() == MSG_CONTAINER {
        for _ in 0..inner.int().unwrap() {
            sent.push(message(&mut inner));
        }
        assert!(inner.0.is_empty());
        sent.insert(0, first);
    } else {
        sent.push(first);
    }
    (salt, sent)
}

fn message(reader: &mut Reader<'_>) -> Sent {
    let (id, sequence) = (reader.long().unwrap(), reader.int().unwrap());
    let length = reader.length().unwrap();
    Sent {
        id,
        sequence,
        body: reader.take(length).unwrap().to_vec(),
    }
}

/// Time-like, odd ids of the server.
pub(super) fn server_id(number: i64) -> i64 {
    (1_700_000_000 << 32) + number * 4 + 1
}

pub(super) fn wrap(id: i64, sequence: i32, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    plain.extend_from_slice(&id.to_le_bytes());
    plain.extend_from_slice(&sequence.to_le_bytes());
    plain.extend_from_slice(&(body.len() as u32).to_le_bytes());
    plain.extend_from_slice(body);
    plain
}

pub(super) fn packet(id: i64, sequence: i32, body: &[u8]) -> Vec<u8> {
    let mut plain = [0i64.to_le_bytes(), SESSION.to_le_bytes()].concat();
    plain.extend(wrap(id, sequence, body));
    let length = (plain.len() + 12).next_multiple_of(16);
    plain.resize(length, 0xee);
    seal(&plain)
}

pub(super) fn container(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut body = [
        MSG_CONTAINER.to_le_bytes(),
        (messages.len() as u32).to_le_bytes(),
    ]
    .concat();
    messages
        .iter()
        .for_each(|message| body.extend_from_slice(message));
    body
}

pub(super) fn answer(request: i64, body: &[u8]) -> Vec<u8> {
    [&RPC_RESULT.to_le_bytes()[..], &request.to_le_bytes(), body].concat()
}

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    let mut packed = GZIP_PACKED.to_le_bytes().to_vec();
    encoder.finish().unwrap().serialize(&mut packed);
    packed
}
