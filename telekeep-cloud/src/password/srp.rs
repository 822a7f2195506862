//! The server's half of the password check (SRP 6a in Telegram's variant): it keeps no password
//! but a verifier, and is shown that the client knows the password without seeing it.
//!
//! The exponentiations are not of constant time; the cloud listens on loopback only and prints its
//! passwords. Source: <https://core.telegram.org/api/srp>.

use std::sync::Arc;

use num_bigint::BigUint;
use sha2::Sha512;
use subtle::ConstantTimeEq;

use crate::auth_key::{G, in_safe_range, left_padded, modulus};
use crate::crypto::{random, sha256};

/// Rounds of PBKDF2, part of the algorithm's name.
const ROUNDS: u32 = 100_000;

/// `passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow`; `g` and `p` are those of
/// the key exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// 8 bytes of the server, then 32 of the client that set the password.
    pub salt1: Vec<u8>,
    /// 16 bytes of the server.
    pub salt2: Vec<u8>,
}

impl Algorithm {
    /// Salts of a password that is set.
    pub fn draw() -> Self {
        Self {
            salt1: random::<40>().to_vec(),
            salt2: random::<16>().to_vec(),
        }
    }

    /// Salts for a password to be set: the client adds its own half.
    pub fn offer() -> Self {
        Self {
            salt1: random::<8>().to_vec(),
            salt2: random::<16>().to_vec(),
        }
    }

    /// `x = PH2(password, salt1, salt2)`
    fn secret_exponent(&self, password: &[u8]) -> BigUint {
        let salted = |data: &[u8], salt: &[u8]| sha256(&[salt, data, salt]);
        let first = salted(&salted(password, &self.salt1), &self.salt2);
        let mut slow = [0; 64];
        pbkdf2::pbkdf2_hmac::<Sha512>(&first, &self.salt1, ROUNDS, &mut slow);
        BigUint::from_bytes_be(&salted(&slow, &self.salt2))
    }
}

/// What the server keeps instead of a password.
pub struct Verifier {
    /// How it was made.
    pub algorithm: Algorithm,
    /// `g^x mod p`
    v: BigUint,
}

impl Verifier {
    /// Makes the verifier of a password; takes a hundred thousand hashes.
    pub fn new(algorithm: Algorithm, password: &[u8]) -> Self {
        let x = algorithm.secret_exponent(password);
        Self {
            v: BigUint::from(G).modpow(&x, modulus()),
            algorithm,
        }
    }
}

/// One question to one client. It can be answered once.
pub struct Challenge {
    /// `srp_id`
    pub id: i64,
    /// `srp_B`
    pub public: [u8; 256],
    /// The verifier it was made from.
    pub verifier: Arc<Verifier>,
    b: BigUint,
}

/// Why an answer is no proof. The client is told only that the password is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// `A` or `M1` has an impossible length or value.
    Malformed,
    /// The password is another one.
    Wrong,
}

impl Challenge {
    /// Draws a new `b`.
    pub fn draw(verifier: Arc<Verifier>) -> Self {
        loop {
            let b = BigUint::from_bytes_be(&random::<256>());
            let public =
                (multiplier() * &verifier.v + BigUint::from(G).modpow(&b, modulus())) % modulus();
            // A value clients would refuse, as the documentation asks them to.
            if in_safe_range(&public) {
                return Self {
                    id: i64::from_le_bytes(random()),
                    public: left_padded(&public),
                    verifier,
                    b,
                };
            }
        }
    }

    /// Checks a client's proof: its public value `A` and `M1`.
    pub fn check(self, client: &[u8], proof: &[u8]) -> Result<(), Refused> {
        let a = BigUint::from_bytes_be(client);
        // Multiples of p would make the shared secret known to everybody.
        if client.len() > 256 || proof.len() != 32 || !in_safe_range(&a) {
            return Err(Refused::Malformed);
        }
        let expected = self.expected(&a);
        if bool::from(expected.ct_eq(proof)) {
            Ok(())
        } else {
            Err(Refused::Wrong)
        }
    }

    /// `M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | K)`
    fn expected(&self, a: &BigUint) -> [u8; 32] {
        let Algorithm { salt1, salt2 } = &self.verifier.algorithm;
        let (p, client) = (modulus(), left_padded(a));
        let u = BigUint::from_bytes_be(&sha256(&[&client, &self.public]));
        let shared = (a * self.verifier.v.modpow(&u, p)).modpow(&self.b, p);
        let mut group = sha256(&[&left_padded(p)]);
        let generator = sha256(&[&left_padded(&BigUint::from(G))]);
        for (byte, other) in group.iter_mut().zip(generator) {
            *byte ^= other;
        }
        sha256(&[
            &group,
            &sha256(&[salt1]),
            &sha256(&[salt2]),
            &client,
            &self.public,
            &sha256(&[&left_padded(&shared)]),
        ])
    }
}

/// `k = H(p | g)`
fn multiplier() -> BigUint {
    let (p, g) = (left_padded(modulus()), left_padded(&BigUint::from(G)));
    BigUint::from_bytes_be(&sha256(&[&p, &g]))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};

    use super::*;

    static VERIFIER: LazyLock<Arc<Verifier>> =
        LazyLock::new(|| Arc::new(Verifier::new(Algorithm::draw(), "keepsäke".as_bytes())));

    /// What an independent implementation of the client answers: `M1` and `A`.
    fn answer(challenge: &Challenge, password: &str) -> ([u8; 32], [u8; 256]) {
        let Algorithm { salt1, salt2 } = &challenge.verifier.algorithm;
        let (g, b) = (G as i32, challenge.public.to_vec());
        let p = left_padded(modulus());
        calculate_2fa(salt1, salt2, &p, &g, b, random::<256>().to_vec(), password)
    }

    #[test]
    fn an_independent_client_proves_the_right_password_and_no_other() {
        assert!(check_p_and_g(&left_padded(modulus()), &(G as i32)));
        for (password, outcome) in [
            ("keepsäke", Ok(())),
            ("keepsake", Err(Refused::Wrong)),
            ("", Err(Refused::Wrong)),
        ] {
            let challenge = Challenge::draw(Arc::clone(&VERIFIER));
            let (proof, client) = answer(&challenge, password);
            assert_eq!(challenge.check(&client, &proof), outcome, "{password}");
        }
    }

    #[test]
    fn a_proof_fits_one_challenge() {
        let one = Challenge::draw(Arc::clone(&VERIFIER));
        let other = Challenge::draw(Arc::clone(&VERIFIER));
        assert_ne!((one.id, one.public), (other.id, other.public));
        let (proof, client) = answer(&one, "keepsäke");
        assert_eq!(other.check(&client, &proof), Err(Refused::Wrong));
        assert_eq!(one.check(&client, &proof), Ok(()));
    }

    #[test]
    fn values_that_would_make_the_secret_known_are_refused() {
        let p = modulus();
        for client in [
            BigUint::default(),
            BigUint::from(1u8),
            p.clone(),
            p - 1u8,
            p + 1u8,
            p * 2u8,
        ] {
            let challenge = Challenge::draw(Arc::clone(&VERIFIER));
            // With A = 0 the proof needs no password: whoever sends it knows the secret is 0.
            let proof = challenge.expected(&client);
            let refused = challenge.check(&client.to_bytes_be(), &proof);
            assert_eq!(refused, Err(Refused::Malformed), "{client:x}");
        }
    }

    #[test]
    fn malformed_and_damaged_proofs_are_refused() {
        let check = |spoil: fn(&mut Vec<u8>, &mut Vec<u8>)| {
            let challenge = Challenge::draw(Arc::clone(&VERIFIER));
            let (proof, client) = answer(&challenge, "keepsäke");
            let (mut proof, mut client) = (proof.to_vec(), client.to_vec());
            spoil(&mut client, &mut proof);
            challenge.check(&client, &proof)
        };
        assert_eq!(check(|_, _| ()), Ok(()));
        assert_eq!(check(|_, proof| proof[31] ^= 1), Err(Refused::Wrong));
        assert_eq!(check(|client, _| client[255] ^= 1), Err(Refused::Wrong));
        assert_eq!(
            check(|_, proof| proof.truncate(31)),
            Err(Refused::Malformed)
        );
        assert_eq!(check(|_, proof| proof.clear()), Err(Refused::Malformed));
        assert_eq!(check(|client, _| client.clear()), Err(Refused::Malformed));
        assert_eq!(
            check(|client, _| client.insert(0, 0)),
            Err(Refused::Malformed)
        );
    }
}
