//! The Diffie-Hellman half of the handshake: the group, its exponents and the range checks both
//! sides owe each other.
//!
//! Source: <https://core.telegram.org/mtproto/security_guidelines>.

use std::sync::LazyLock;

use num_bigint::BigUint;

use super::rsa::left_padded;
use crate::crypto::random;

/// The 2048-bit safe prime Telegram publishes and its clients know as good.
const PRIME: &str = "\
c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f\
48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37\
20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64\
2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4\
a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754\
fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4\
e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f\
0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";

/// The generator; with this prime, 3 generates the subgroup of quadratic residues.
pub const G: u32 = 3;

static P: LazyLock<BigUint> =
    LazyLock::new(|| BigUint::parse_bytes(PRIME.as_bytes(), 16).unwrap_or_default());

/// The prime.
pub fn modulus() -> &'static BigUint {
    &P
}

/// The prime as bytes.
pub fn prime() -> [u8; 256] {
    left_padded(&P)
}

/// The server's secret exponent with its public value.
pub struct Secret {
    a: BigUint,
    /// `g^a mod p`, 256 bytes.
    pub g_a: [u8; 256],
}

impl Secret {
    /// Draws an exponent whose public value lies in the safe range.
    pub fn draw() -> Self {
        loop {
            let a = BigUint::from_bytes_be(&random::<256>());
            let g_a = BigUint::from(G).modpow(&a, &P);
            if in_safe_range(&g_a) {
                return Self {
                    a,
                    g_a: left_padded(&g_a),
                };
            }
        }
    }

    /// The shared key, or `None` when the client's public value is outside the safe range.
    pub fn shared(&self, g_b: &[u8]) -> Option<[u8; 256]> {
        if g_b.len() > 256 {
            return None;
        }
        let g_b = BigUint::from_bytes_be(g_b);
        in_safe_range(&g_b).then(|| left_padded(&g_b.modpow(&self.a, &P)))
    }
}

/// `2^(2048-64) < value < p - 2^(2048-64)`: values near the ends would leak the exponent.
pub fn in_safe_range(value: &BigUint) -> bool {
    let margin = BigUint::from(1u32) << (2048 - 64);
    *value > margin && *value < &*P - margin
}

#[cfg(test)]
mod tests {
    use super::super::rsa::is_probable_prime;
    use super::*;

    #[test]
    fn the_prime_is_a_safe_prime_for_which_3_generates() {
        assert_eq!(P.bits(), 2048);
        assert!(is_probable_prime(&P, 8));
        assert!(is_probable_prime(&(&*P >> 1u32), 8));
        // For g = 3 the documentation asks for p mod 3 = 2.
        assert_eq!(&*P % 3u32, BigUint::from(2u32));
    }

    #[test]
    fn both_sides_reach_the_same_key_and_bad_values_are_refused() {
        let (ours, theirs) = (Secret::draw(), Secret::draw());
        assert_eq!(ours.shared(&theirs.g_a), theirs.shared(&ours.g_a));
        assert!(ours.shared(&[1]).is_none());
        assert!(ours.shared(&[]).is_none());
        let minus_one = left_padded(&(&*P - 1u32));
        assert!(ours.shared(&minus_one).is_none());
        assert!(ours.shared(&prime()).is_none());
        assert!(ours.shared(&[0xff; 300]).is_none());
    }
}
