//! The exchange against a server written here, that can lie in every way a test asks for.

use super::super::dh::known_prime;
use super::*;

const PEM: &str = include_str!("testdata/server-key.pkcs1.pem");
const PRIVATE_EXPONENT: &str = include_str!("testdata/server-key.exponent.hex");
const MODULUS_OFFSET: usize = 9;
const P: u64 = 1_206_429_347;
const Q: u64 = 1_218_991_343;
const NOW: i64 = 1_700_000_000;

/// Deterministic bytes, different on every call.
struct Counting(u64);

impl Random for Counting {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
        for chunk in buffer.chunks_mut(32) {
            self.0 += 1;
            let block: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(
                <sha2::Sha256 as sha2::Digest>::new(),
                self.0.to_le_bytes(),
            ))
            .into();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    Nonce(u8),
    ServerNonce(u8),
    PqPrime,
    PqLength,
    OtherKey,
    ParamsFail,
    AnswerHash,
    Prime,
    Generator,
    GaSmall,
    GaLarge,
    Padding,
    Retry,
    RetryForever,
    Fail,
    NewNonceHash,
    FailAsOk,
}

struct Server {
    lie: Lie,
    nonce: [u8; 16],
    new_nonce: [u8; 32],
    retries: u8,
    retry_ids: Vec<i64>,
    key: Option<AuthKey>,
}

const SERVER_NONCE: [u8; 16] = [0x77; 16];

impl Server {
    fn new(lie: Lie) -> Server {
        Server {
            lie,
            nonce: [0; 16],
            new_nonce: [0; 32],
            retries: 0,
            retry_ids: vec![],
            key: None,
        }
    }

    fn nonces(&self, step: u8) -> ([u8; 16], [u8; 16]) {
        let (mut nonce, mut server) = (self.nonce, SERVER_NONCE);
        nonce[3] ^= u8::from(self.lie == Lie::Nonce(step));
        server[15] ^= u8::from(self.lie == Lie::ServerNonce(step));
        (nonce, server)
    }

    fn pq(&mut self, request: &[u8]) -> Vec<u8> {
        let request = body::<tl::functions::ReqPqMulti>(request);
        self.nonce.copy_from_slice(&request[..16]);
        let pq = match self.lie {
            Lie::PqPrime => 9_223_372_036_854_775_783,
            _ => P * Q,
        };
        let mut pq = pq.to_be_bytes().to_vec();
        if self.lie == Lie::PqLength {
            pq.insert(0, 0);
        }
        let key = RsaKey::from_pem(PEM).unwrap()[0].fingerprint();
        let known = if self.lie == Lie::OtherKey {
            12345
        } else {
            key
        };
        tl::enums::ResPq::Pq(tl::types::ResPq {
            nonce: self.nonces(1).0,
            server_nonce: SERVER_NONCE,
            pq,
            server_public_key_fingerprints: vec![1, known],
        })
        .to_bytes()
    }

    fn params(&mut self, request: &[u8]) -> Vec<u8> {
        let request = body::<tl::functions::ReqDhParams>(request);
        let mut cursor = Cursor::from_slice(&request[32..]);
        let p = Vec::<u8>::deserialize(&mut cursor).unwrap();
        let q = Vec::<u8>::deserialize(&mut cursor).unwrap();
        assert_eq!((p, q), (shortest(P), shortest(Q)));
        let _fingerprint = i64::deserialize(&mut cursor).unwrap();
        let inner = open_rsa(&Vec::<u8>::deserialize(&mut cursor).unwrap());
        let tl::enums::PQInnerData::Dc(inner) =
            tl::enums::PQInnerData::deserialize(&mut Cursor::from_slice(&inner)).unwrap()
        else {
            panic!("p_q_inner_data_dc expected")
        };
        assert_eq!(
            (inner.dc, inner.nonce, inner.server_nonce),
            (2, self.nonce, SERVER_NONCE)
        );
        self.new_nonce = inner.new_nonce;
        let (nonce, server_nonce) = self.nonces(2);
        if self.lie == Lie::ParamsFail {
            let mut new_nonce_hash = [0; 16];
            new_nonce_hash.copy_from_slice(&Sha1::digest(self.new_nonce)[4..]);
            let fail = tl::types::ServerDhParamsFail {
                nonce,
                server_nonce,
                new_nonce_hash,
            };
            return tl::enums::ServerDhParams::Fail(fail).to_bytes();
        }
        let encrypted_answer = self.sealed_params();
        let ok = tl::types::ServerDhParamsOk {
            nonce,
            server_nonce,
            encrypted_answer,
        };
        tl::enums::ServerDhParams::Ok(ok).to_bytes()
    }

    fn sealed_params(&self) -> Vec<u8> {
        let (nonce, server_nonce) = self.nonces(3);
        let mut prime = known_prime();
        let mut g_a = BigUint::from(3u8).modpow(&secret(), &prime);
        match self.lie {
            Lie::Prime => prime += 24u8,
            Lie::GaSmall => g_a = BigUint::from(1u8) << 1983,
            Lie::GaLarge => g_a = &prime - 1u8,
            _ => {}
        }
        let inner = tl::enums::ServerDhInnerData::Data(tl::types::ServerDhInnerData {
            nonce,
            server_nonce,
            g: if self.lie == Lie::Generator { 2 } else { 3 },
            dh_prime: prime.to_bytes_be(),
            g_a: g_a.to_bytes_be(),
            server_time: NOW as i32 + 5,
        })
        .to_bytes();
        let mut sealed = Sha1::digest(&inner).to_vec();
        sealed[0] ^= u8::from(self.lie == Lie::AnswerHash);
        sealed.extend_from_slice(&inner);
        sealed.resize(sealed.len().next_multiple_of(16), 9);
        if self.lie == Lie::Padding {
            sealed.extend([9; 16]);
        }
        let (key, iv) = generate_key_data_from_nonce(&SERVER_NONCE, &self.new_nonce);
        aes::ige_encrypt(&mut sealed, &key, &iv);
        sealed
    }

    fn result(&mut self, request: &[u8]) -> Vec<u8> {
        let request = body::<tl::functions::SetClientDhParams>(request);
        let mut sealed = Vec::<u8>::deserialize(&mut Cursor::from_slice(&request[32..])).unwrap();
        let (key, iv) = generate_key_data_from_nonce(&SERVER_NONCE, &self.new_nonce);
        aes::ige_decrypt(&mut sealed, &key, &iv);
        let mut cursor = Cursor::from_slice(&sealed[20..]);
        let tl::enums::ClientDhInnerData::Data(inner) =
            tl::enums::ClientDhInnerData::deserialize(&mut cursor).unwrap();
        let hash: [u8; 20] = Sha1::digest(&sealed[20..20 + cursor.pos()]).into();
        assert_eq!(hash, sealed[..20]);
        self.retry_ids.push(inner.retry_id);
        let shared = BigUint::from_bytes_be(&inner.g_b).modpow(&secret(), &known_prime());
        let key = AuthKey::from_bytes(*padded(&shared));
        let number = match self.lie {
            Lie::Retry if self.retries == 0 => 2,
            Lie::RetryForever => 2,
            Lie::Fail => 3,
            _ => 1,
        };
        self.retries += 1;
        let hashed = if self.lie == Lie::FailAsOk { 3 } else { number };
        let mut hash = key.calc_new_nonce_hash(&self.new_nonce, hashed);
        hash[15] ^= u8::from(self.lie == Lie::NewNonceHash);
        self.key = Some(key);
        let (nonce, server_nonce) = self.nonces(4);
        use tl::enums::SetClientDhParamsAnswer as Answer;
        match number {
            1 => Answer::DhGenOk(tl::types::DhGenOk {
                nonce,
                server_nonce,
                new_nonce_hash1: hash,
            }),
            2 => Answer::DhGenRetry(tl::types::DhGenRetry {
                nonce,
                server_nonce,
                new_nonce_hash2: hash,
            }),
            _ => Answer::DhGenFail(tl::types::DhGenFail {
                nonce,
                server_nonce,
                new_nonce_hash3: hash,
            }),
        }
        .to_bytes()
    }
}

fn secret() -> BigUint {
    BigUint::from_bytes_be(&[0xa7; 256])
}

/// A request without its constructor.
fn body<T: grammers_tl_types::Identifiable>(request: &[u8]) -> &[u8] {
    assert_eq!(request[..4], T::CONSTRUCTOR_ID.to_le_bytes());
    &request[4..]
}

/// The server's side of RSA_PAD: raw RSA, unmask the key, decrypt, reverse, check the hash.
fn open_rsa(encrypted: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap();
    let n = BigUint::from_bytes_be(&der[MODULUS_OFFSET..MODULUS_OFFSET + 256]);
    let d = BigUint::parse_bytes(PRIVATE_EXPONENT.trim().as_bytes(), 16).unwrap();
    let block = *padded(&BigUint::from_bytes_be(encrypted).modpow(&d, &n));
    let mut inner = block[32..].to_vec();
    let mask = <sha2::Sha256 as sha2::Digest>::digest(&inner);
    let mut key = [0; 32];
    key.iter_mut()
        .zip(&block[..32])
        .zip(mask)
        .for_each(|((to, from), mask)| *to = from ^ mask);
    aes::ige_decrypt(&mut inner, &key, &[0; 32]);
    let data: Vec<u8> = inner[..192].iter().rev().copied().collect();
    let mut hasher = <sha2::Sha256 as sha2::Digest>::new();
    sha2::Digest::update(&mut hasher, key);
    sha2::Digest::update(&mut hasher, &data);
    assert_eq!(
        <[u8; 32]>::from(sha2::Digest::finalize(hasher)),
        inner[192..]
    );
    data
}

fn run(server: &mut Server) -> Result<NewKey, ExchangeError> {
    let keys = RsaKey::from_pem(PEM).unwrap();
    let (mut exchange, request) = Exchange::start(keys, 2, Counting(0))?;
    let Step::Send(request) = exchange.receive(&server.pq(&request), NOW)? else {
        panic!()
    };
    let Step::Send(mut request) = exchange.receive(&server.params(&request), NOW)? else {
        panic!()
    };
    loop {
        match exchange.receive(&server.result(&request), NOW)? {
            Step::Send(next) => request = next,
            Step::Done(key) => {
                assert!(matches!(
                    exchange.receive(&[], NOW),
                    Err(ExchangeError::Over)
                ));
                return Ok(*key);
            }
        }
    }
}

fn error(lie: Lie) -> ExchangeError {
    run(&mut Server::new(lie))
        .map(|_| panic!("{lie:?} was not noticed"))
        .unwrap_err()
}

#[test]
fn both_sides_have_the_same_key() {
    let mut server = Server::new(Lie::None);
    let key = run(&mut server).unwrap();
    assert_eq!(*key.auth_key, server.key.unwrap().to_bytes());
    assert_eq!(key.time_offset, 5);
    let mut salt = [0; 8];
    (0..8).for_each(|i| salt[i] = server.new_nonce[i] ^ SERVER_NONCE[i]);
    assert_eq!(key.salt, i64::from_le_bytes(salt));
    assert_eq!(server.retry_ids, [0]);
}

#[test]
fn a_retry_makes_another_key_and_names_the_refused_one() {
    let mut server = Server::new(Lie::Retry);
    let key = run(&mut server).unwrap();
    assert_eq!(*key.auth_key, server.key.unwrap().to_bytes());
    assert_eq!(server.retry_ids.len(), 2);
    assert_eq!(server.retry_ids[0], 0);
    assert_ne!(server.retry_ids[1], 0);
}

#[test]
fn every_lie_is_noticed() {
    for step in 1..=4 {
        assert_eq!(
            error(Lie::Nonce(step)),
            ExchangeError::Nonce("nonce"),
            "step {step}"
        );
    }
    for step in 2..=4 {
        assert_eq!(
            error(Lie::ServerNonce(step)),
            ExchangeError::Nonce("server nonce"),
            "step {step}"
        );
    }
    assert_eq!(error(Lie::PqPrime), ExchangeError::Factor);
    assert_eq!(error(Lie::PqLength), ExchangeError::NotUnderstood("pq"));
    assert_eq!(
        error(Lie::OtherKey),
        ExchangeError::UnknownKeys(vec![1, 12345])
    );
    assert_eq!(
        error(Lie::ParamsFail),
        ExchangeError::Refused("encrypted proof of work")
    );
    assert_eq!(error(Lie::AnswerHash), ExchangeError::Hash("answer"));
    assert_eq!(error(Lie::Prime), GroupError::NotSafePrime.into());
    assert_eq!(error(Lie::Generator), GroupError::Generator(2).into());
    assert_eq!(error(Lie::GaSmall), ExchangeError::Range("g_a"));
    assert_eq!(error(Lie::GaLarge), ExchangeError::Range("g_a"));
    assert_eq!(
        error(Lie::Padding),
        ExchangeError::NotUnderstood("server_DH_inner_data")
    );
    assert_eq!(error(Lie::RetryForever), ExchangeError::Refused("key"));
    assert_eq!(error(Lie::Fail), ExchangeError::Refused("key"));
    assert_eq!(error(Lie::NewNonceHash), ExchangeError::Hash("new nonce"));
    assert_eq!(error(Lie::FailAsOk), ExchangeError::Hash("new nonce"));
}

#[test]
fn garbage_is_an_error_and_never_a_panic() {
    let keys = RsaKey::from_pem(PEM).unwrap();
    let answer =
        Server::new(Lie::None).pq(&Exchange::start(keys.clone(), 2, Counting(0)).unwrap().1);
    for end in 0..answer.len() {
        let (mut exchange, _) = Exchange::start(keys.clone(), 2, Counting(0)).unwrap();
        assert!(
            exchange.receive(&answer[..end], NOW).is_err(),
            "cut at {end}"
        );
    }
}
