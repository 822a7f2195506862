//! The server's RSA key: made at start, kept in memory only, its public half written as PKCS#1
//! PEM for clients.
//!
//! Clients encrypt one block with it during the handshake, in one of two paddings: RSA_PAD of
//! today (<https://core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication>)
//! or the older "SHA-1, data, noise" that some clients still send.

use std::sync::OnceLock;

use base64::Engine as _;
use num_bigint::BigUint;

use crate::crypto::{KeyIv, fill_random, ige_decrypt, sha1, sha256};
use crate::wire::Put;

/// A 2048-bit RSA key, with the values of the Chinese remainder theorem for speed.
pub struct RsaKey {
    n: BigUint,
    p: BigUint,
    q: BigUint,
    dp: BigUint,
    dq: BigUint,
    q_inv: BigUint,
}

const E: u32 = 65_537;

impl RsaKey {
    /// The key of this process. Made once: clouds of one process share it, which keeps starting
    /// them cheap; it protects nothing that outlives the process.
    pub fn of_process() -> &'static RsaKey {
        static KEY: OnceLock<RsaKey> = OnceLock::new();
        KEY.get_or_init(RsaKey::generate)
    }

    fn generate() -> Self {
        let e = BigUint::from(E);
        let one = BigUint::from(1u32);
        loop {
            let (p, q) = (random_prime(1024), random_prime(1024));
            let n = &p * &q;
            let (p1, q1) = (&p - &one, &q - &one);
            let d = e.modinv(&(&p1 * &q1));
            let q_inv = q.modinv(&p);
            if let (Some(d), Some(q_inv), 2048, true) = (d, q_inv, n.bits(), p != q) {
                let (dp, dq) = (&d % &p1, &d % &q1);
                return Self {
                    n,
                    p,
                    q,
                    dp,
                    dq,
                    q_inv,
                };
            }
        }
    }

    /// The number clients choose the key by: the last 64 bits of the SHA-1 of `n` and `e` as TL
    /// byte strings.
    pub fn fingerprint(&self) -> i64 {
        let mut key = Vec::new();
        key.put_bytes(&self.n.to_bytes_be());
        key.put_bytes(&BigUint::from(E).to_bytes_be());
        let hash = sha1(&[&key]);
        let mut last = [0; 8];
        last.copy_from_slice(&hash[12..]);
        i64::from_le_bytes(last)
    }

    /// The public half as PKCS#1 (`BEGIN RSA PUBLIC KEY`).
    pub fn public_pem(&self) -> String {
        let numbers = [der_integer(&self.n), der_integer(&BigUint::from(E))].concat();
        let der = der(0x30, &numbers);
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let mut pem = String::from("-----BEGIN RSA PUBLIC KEY-----\n");
        for line in text.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END RSA PUBLIC KEY-----\n");
        pem
    }

    /// Undoes the raw RSA encryption of one block.
    fn decrypt_raw(&self, block: &[u8]) -> Option<[u8; 256]> {
        let c = BigUint::from_bytes_be(block);
        if block.len() != 256 || c >= self.n {
            return None;
        }
        let m1 = c.modpow(&self.dp, &self.p);
        let m2 = c.modpow(&self.dq, &self.q);
        let difference = ((&m1 + &self.p) - (&m2 % &self.p)) % &self.p;
        let h = difference * &self.q_inv % &self.p;
        Some(left_padded(&(m2 + h * &self.q)))
    }

    /// Decrypts the client's block; the answer is the data, followed by padding.
    pub fn decrypt(&self, block: &[u8]) -> Option<Vec<u8>> {
        let plain = self.decrypt_raw(block)?;
        unpad(&plain).or_else(|| unpad_sha1(&plain))
    }
}

/// RSA_PAD: `temp_key XOR SHA256(aes), aes = IGE(reverse(data) + SHA256(temp_key + data))`.
fn unpad(plain: &[u8; 256]) -> Option<Vec<u8>> {
    let (temp_key_xor, encrypted) = plain.split_at(32);
    let hash = sha256(&[encrypted]);
    let mut key = [0; 32];
    for (key, (a, b)) in key.iter_mut().zip(temp_key_xor.iter().zip(hash)) {
        *key = a ^ b;
    }
    let mut data = encrypted.to_vec();
    ige_decrypt(&mut data, &KeyIv { key, iv: [0; 32] });
    let (reversed, hash) = data.split_at(192);
    let data: Vec<u8> = reversed.iter().rev().copied().collect();
    (sha256(&[&key, &data]) == hash).then_some(data)
}

/// The older padding: a zero byte, SHA-1 of the data, data, noise. How long the data is can only
/// be told by parsing it, so every length an inner data can have is tried.
fn unpad_sha1(plain: &[u8; 256]) -> Option<Vec<u8>> {
    let (hash, data) = plain.get(1..)?.split_at(20);
    let fits = |len: &usize| data.get(..*len).is_some_and(|data| sha1(&[data]) == hash);
    let len = (80..=144).step_by(4).find(fits)?;
    (plain[0] == 0).then(|| data.get(..len).unwrap_or_default().to_vec())
}

/// A number as exactly 256 bytes, big-endian.
pub fn left_padded(number: &BigUint) -> [u8; 256] {
    let bytes = number.to_bytes_be();
    let mut out = [0; 256];
    let from = out.len().saturating_sub(bytes.len());
    let skip = bytes.len().saturating_sub(out.len());
    out[from..].copy_from_slice(&bytes[skip..]);
    out
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let len = content.len();
    match len {
        0..128 => out.push(len as u8),
        128..256 => out.extend([0x81, len as u8]),
        _ => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    out.extend_from_slice(content);
    out
}

fn der_integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    der(0x02, &bytes)
}

/// A random prime of exactly `bits` bits with its two highest bits set, so that the product of
/// two of them has exactly twice the bits.
fn random_prime(bits: u64) -> BigUint {
    let small = small_primes();
    loop {
        let mut bytes = vec![0; (bits / 8) as usize];
        fill_random(&mut bytes);
        bytes[0] |= 0xc0;
        let mut candidate = BigUint::from_bytes_be(&bytes);
        candidate.set_bit(0, true);
        let composite = small.iter().any(|p| &candidate % p == BigUint::ZERO);
        if !composite && is_probable_prime(&candidate, 16) {
            return candidate;
        }
    }
}

fn small_primes() -> Vec<u32> {
    (3..2_000u32)
        .filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
        .collect()
}

/// Miller-Rabin with random bases.
pub fn is_probable_prime(n: &BigUint, rounds: usize) -> bool {
    let one = BigUint::from(1u32);
    let minus_one = n - &one;
    let twos = minus_one.trailing_zeros().unwrap_or(0);
    let odd = &minus_one >> twos;
    let mut bytes = vec![0; (n.bits() / 8) as usize];
    for _ in 0..rounds {
        fill_random(&mut bytes);
        let base = BigUint::from_bytes_be(&bytes) % n + 2u32;
        let mut x = base.modpow(&odd, n);
        if x == one || x == minus_one || x == BigUint::ZERO {
            continue;
        }
        let reaches = (1..twos).any(|_| {
            x = &x * &x % n;
            x == minus_one
        });
        if !reaches {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public_numbers(key: &RsaKey) -> (String, String) {
        (key.n.to_string(), E.to_string())
    }

    #[test]
    fn opens_what_an_independent_client_encrypts() {
        let key = RsaKey::of_process();
        let (n, e) = public_numbers(key);
        let theirs = grammers_crypto::rsa::Key::new(&n, &e).unwrap();
        let data: Vec<u8> = (0..140).collect();
        let block = grammers_crypto::rsa::encrypt_hashed(&data, &theirs, &[0x5a; 224]);
        assert_eq!(key.decrypt(&block).unwrap()[..140], data);
        let mut bad = block.clone();
        bad[100] ^= 1;
        assert!(key.decrypt(&bad).is_none());
    }

    #[test]
    fn opens_the_older_padding() {
        let key = RsaKey::of_process();
        let data: Vec<u8> = (0..96).collect();
        let mut block = vec![0];
        block.extend(sha1(&[&data]));
        block.extend(&data);
        block.resize(256, 0xa5);
        let c = BigUint::from_bytes_be(&block).modpow(&BigUint::from(E), &key.n);
        assert_eq!(key.decrypt(&left_padded(&c)).unwrap(), data);
    }

    #[test]
    fn noise_is_refused() {
        let key = RsaKey::of_process();
        assert!(key.decrypt(&[0xff; 256]).is_none());
        assert!(key.decrypt(&[0x11; 256]).is_none());
        assert!(key.decrypt(&[1; 12]).is_none());
    }

    #[test]
    fn the_pem_is_pkcs1_of_a_2048_bit_key() {
        let key = RsaKey::of_process();
        let pem = key.public_pem();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = base64::engine::general_purpose::STANDARD
            .decode(body)
            .unwrap();
        // SEQUENCE of 266 bytes, INTEGER of 257 bytes with a leading zero: as every 2048-bit key.
        assert_eq!(
            der[..9],
            [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00]
        );
        assert_eq!(der[der.len() - 5..], [0x02, 0x03, 0x01, 0x00, 0x01]);
        assert_eq!(BigUint::from_bytes_be(&der[9..265]), key.n);
    }

    #[test]
    fn primes_are_told_from_composites() {
        let prime = |n: u64| is_probable_prime(&BigUint::from(n), 16);
        assert!(prime(1_000_000_007) && prime(18_446_744_073_709_551_557));
        assert!(!prime(1_000_000_007 * 3) && !prime(3_215_031_751));
    }
}
