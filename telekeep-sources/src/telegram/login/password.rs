//! The password check (core.telegram.org/api/srp): the server learns that the password is known,
//! not the password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grammers_crypto::two_factor_auth::calculate_2fa;
use num_bigint::BigUint;
use serde_json::{Value, json};
use telekeep_tl::Object;
use zeroize::Zeroizing;

use super::{LoginError, call, not_understood, object};
use crate::telegram::wire::{CallError, Client, Group, OsRandom, Random, Reply};

/// The only way of hashing passwords this client knows, as every other does.
const ALGORITHM: &str = "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow";
/// How often the parameters are asked for again when the server changed them meanwhile.
const FRESH: u32 = 3;

/// The hint its owner wrote for the password.
pub async fn hint(client: &Client) -> Result<Option<String>, LoginError> {
    let reply = ask(client).await?;
    let password = object(client, &reply, "account.getPassword")?;
    Ok(password
        .str("hint")
        .map(|hint| hint.into_owned())
        .filter(|hint| !hint.is_empty()))
}

/// Checks the password; the reply is an `auth.Authorization`.
pub async fn check(client: &Client, password: &str) -> Result<Reply, LoginError> {
    for left in (0..FRESH).rev() {
        let reply = ask(client).await?;
        let parameters = Parameters::read(&object(client, &reply, "account.getPassword")?)?;
        let secret = Zeroizing::new(password.to_owned());
        // A hundred thousand hashes: not a task for a thread that serves connections.
        let proof = tokio::task::spawn_blocking(move || parameters.prove(&secret));
        let proof = proof
            .await
            .map_err(|_| unsafe_check("the computation failed"))??;
        let request = json!({"_": "auth.checkPassword", "password": proof});
        match call(client, &request).await {
            Err(LoginError::Call(CallError::Rpc(error)))
                if left > 0
                    && matches!(&*error.name, "SRP_ID_INVALID" | "SRP_PASSWORD_CHANGED") => {}
            other => return other,
        }
    }
    Err(unsafe_check(
        "the server changes its parameters all the time",
    ))
}

async fn ask(client: &Client) -> Result<Reply, LoginError> {
    call(client, &json!({"_": "account.getPassword"})).await
}

fn unsafe_check(why: &str) -> LoginError {
    LoginError::PasswordCheck(why.to_owned())
}

/// Parameters of one check.
#[derive(Debug, Clone)]
struct Parameters {
    id: i64,
    salt1: Vec<u8>,
    salt2: Vec<u8>,
    generator: i32,
    prime: Vec<u8>,
    server_half: Vec<u8>,
}

impl Parameters {
    fn read(password: &Object<'_>) -> Result<Parameters, LoginError> {
        let algorithm = password.object("current_algo");
        let algorithm = algorithm.ok_or_else(|| unsafe_check("the account has no password"))?;
        if algorithm.name() != ALGORITHM {
            return Err(unsafe_check(
                "the server wants an unknown algorithm; a newer version may help",
            ));
        }
        let bytes =
            |object: &Object<'_>, field: &str| object.bytes_field(field).map(<[u8]>::to_vec);
        let read = || {
            Some(Parameters {
                id: password.long("srp_id")?,
                salt1: bytes(&algorithm, "salt1")?,
                salt2: bytes(&algorithm, "salt2")?,
                generator: algorithm.int("g")?,
                prime: bytes(&algorithm, "p")?,
                server_half: bytes(password, "srp_B")?,
            })
        };
        read().ok_or_else(|| not_understood("account.getPassword"))
    }

    /// `inputCheckPasswordSRP` for a password, with a random half of our own.
    fn prove(&self, password: &str) -> Result<Value, LoginError> {
        let mut half = Zeroizing::new([0; 256]);
        OsRandom
            .fill(half.as_mut())
            .map_err(|error| unsafe_check(&error.to_string()))?;
        self.prove_with(password, &half)
    }

    fn prove_with(&self, password: &str, half: &[u8; 256]) -> Result<Value, LoginError> {
        let group = Group::check(&self.prime, self.generator)
            .map_err(|error| unsafe_check(&error.to_string()))?;
        let server_half = BigUint::from_bytes_be(&self.server_half);
        // Also keeps the number from being longer than the computation has room for.
        if self.server_half.len() > 256 || !group.accepts(&server_half) {
            return Err(unsafe_check(
                "the server's half is outside of its safe range",
            ));
        }
        let (proof, our_half) = calculate_2fa(
            &self.salt1,
            &self.salt2,
            &self.prime,
            &self.generator,
            self.server_half.clone(),
            half.to_vec(),
            password,
        );
        Ok(json!({
            "_": "inputCheckPasswordSRP",
            "srp_id": self.id,
            "A": STANDARD.encode(our_half),
            "M1": STANDARD.encode(proof),
        }))
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::telegram::wire::known_prime;

    const G: u32 = 3;

    fn hash(parts: &[&[u8]]) -> Vec<u8> {
        let mut hasher = Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finalize().to_vec()
    }

    fn padded(number: &BigUint) -> Vec<u8> {
        let digits = number.to_bytes_be();
        [vec![0; 256 - digits.len()], digits].concat()
    }

    fn parameters(server_half: &BigUint) -> Parameters {
        Parameters {
            id: 77,
            salt1: b"one salt".to_vec(),
            salt2: b"two salt".to_vec(),
            generator: G as i32,
            prime: known_prime().to_bytes_be(),
            server_half: padded(server_half),
        }
    }

    /// Computes the server's side of SRP for the verifier of "secret" and compares the proofs:
    /// both sides only agree when all of the algorithm is right. The hash of the password itself
    /// is taken from one run of the client with a known result: v = g^x needs x, which is PBKDF2.
    #[test]
    fn both_sides_agree_on_the_proof() {
        let (p, g) = (known_prime(), BigUint::from(G));
        let x = {
            let inner = hash(&[b"one salt", b"secret", b"one salt"]);
            let first = hash(&[b"two salt", &inner, b"two salt"]);
            let slow = pbkdf2_sha512(&first, b"one salt", 100_000);
            BigUint::from_bytes_be(&hash(&[b"two salt", &slow, b"two salt"]))
        };
        let v = g.modpow(&x, &p);
        let k = BigUint::from_bytes_be(&hash(&[&padded(&p), &padded(&g)]));
        let b = BigUint::from_bytes_be(&[0x5a; 255]);
        let server_half = (&k * &v + g.modpow(&b, &p)) % &p;
        let proof = parameters(&server_half)
            .prove_with("secret", &[0x3c; 256])
            .unwrap();
        let decode = |field: &str| STANDARD.decode(proof[field].as_str().unwrap()).unwrap();
        let a = BigUint::from_bytes_be(&decode("A"));
        let u = BigUint::from_bytes_be(&hash(&[&padded(&a), &padded(&server_half)]));
        let shared = (&a * v.modpow(&u, &p)).modpow(&b, &p);
        let key = hash(&[&padded(&shared)]);
        let mixed: Vec<u8> = hash(&[&padded(&p)])
            .iter()
            .zip(hash(&[&padded(&g)]))
            .map(|(left, right)| left ^ right)
            .collect();
        let (salt1, salt2) = (hash(&[b"one salt"]), hash(&[b"two salt"]));
        let expected = hash(&[
            &mixed,
            &salt1,
            &salt2,
            &padded(&a),
            &padded(&server_half),
            &key,
        ]);
        assert_eq!(decode("M1"), expected);
    }

    fn pbkdf2_sha512(password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
        use sha2::Sha512;
        let block = |key: u8| {
            let mut block = [key; 128];
            block
                .iter_mut()
                .zip(password)
                .for_each(|(to, from)| *to ^= from);
            let mut hasher = Sha512::new();
            hasher.update(block);
            hasher
        };
        let (inner, outer) = (block(0x36), block(0x5c));
        let hmac = |data: &[&[u8]]| {
            let mut hasher = inner.clone();
            data.iter().for_each(|part| hasher.update(part));
            let mut last = outer.clone();
            last.update(hasher.finalize());
            last.finalize().to_vec()
        };
        let mut round = hmac(&[salt, &1u32.to_be_bytes()]);
        let mut sum = round.clone();
        for _ in 1..rounds {
            round = hmac(&[&round]);
            sum.iter_mut()
                .zip(&round)
                .for_each(|(sum, byte)| *sum ^= byte);
        }
        sum
    }

    #[test]
    fn unsafe_parameters_are_refused() {
        let good = BigUint::from(1u8) << 2000;
        let prove = |parameters: Parameters| parameters.prove_with("x", &[1; 256]);
        let refused = |result| matches!(result, Err(LoginError::PasswordCheck(_)));
        for half in [
            BigUint::default(),
            BigUint::from(1u8),
            known_prime() - 1u8,
            known_prime(),
        ] {
            assert!(refused(prove(parameters(&half))));
        }
        let mut long = parameters(&good);
        long.server_half.insert(0, 0);
        assert!(refused(prove(long)));
        let mut generator = parameters(&good);
        generator.generator = 0;
        assert!(refused(prove(generator)));
        let mut prime = parameters(&good);
        prime.prime[255] ^= 4;
        assert!(refused(prove(prime)));
    }
}
