//! The key exchange (core.telegram.org/mtproto/auth_key) as a state machine without input or
//! output: requests come out, answers go in, a key falls out at the end.
//!
//! It is ours because the server's public keys are a setting here. Every check the protocol asks
//! of a client is made: nonces, fingerprints, the safe prime and its generator, the ranges of
//! `g_a` and `g_b`, and all hashes; hashes are compared in constant time.

use grammers_crypto::{AuthKey, aes, generate_key_data_from_nonce};
use grammers_tl_types::{self as tl, Cursor, Deserializable, Serializable};
use num_bigint::BigUint;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::dh::{Group, GroupError};
use super::factor::factor;
use super::keys::RsaKey;
use super::random::{Random, RandomError};

/// How often a server may ask for another `b` before it is given up.
const RETRIES: u8 = 5;

/// Why an exchange failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The answer is not what the step expects.
    #[error("the answer is not an MTProto {0}")]
    NotUnderstood(&'static str),
    /// A nonce differs from ours.
    #[error("the answer carries another {0}")]
    Nonce(&'static str),
    /// None of the given keys is held by the server.
    #[error("the server offers the keys {}", list(.0))]
    UnknownKeys(Vec<i64>),
    /// The proof of work cannot be solved.
    #[error("the number to factor is not a product of two primes below 2^63")]
    Factor,
    /// The server refused our parameters.
    #[error("the server refused the {0}")]
    Refused(&'static str),
    /// A hash does not match.
    #[error("the {0} hash does not match")]
    Hash(&'static str),
    /// Prime or generator is unacceptable.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// `g_a` or `g_b` is too near to an end of its range.
    #[error("{0} is outside of its safe range")]
    Range(&'static str),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// An answer came after the end.
    #[error("the exchange is already over")]
    Over,
}

/// Fingerprints as text.
pub(crate) fn list(fingerprints: &[i64]) -> String {
    let words: Vec<_> = fingerprints
        .iter()
        .take(8)
        .map(|f| format!("{f:016x}"))
        .collect();
    words.join(", ")
}

/// What a finished exchange gives.
pub struct NewKey {
    /// The authorization key.
    pub auth_key: Zeroizing<[u8; 256]>,
    /// First server salt.
    pub salt: i64,
    /// Server time minus ours, in seconds.
    pub time_offset: i32,
}

/// What to do after an answer.
pub enum Step {
    /// Send this request and give the answer to [`Exchange::receive`].
    Send(Vec<u8>),
    /// Done.
    Done(Box<NewKey>),
}

enum State {
    WaitPq,
    WaitParams {
        server_nonce: [u8; 16],
        new_nonce: Zeroizing<[u8; 32]>,
    },
    WaitResult(Box<Pending>),
    Over,
}

/// Everything the last step needs, and a repetition of it.
struct Pending {
    server_nonce: [u8; 16],
    new_nonce: Zeroizing<[u8; 32]>,
    group: Group,
    g_a: BigUint,
    key: AuthKey,
    time_offset: i32,
    retries: u8,
}

/// One key exchange.
pub struct Exchange<R> {
    keys: Vec<RsaKey>,
    dc: i32,
    random: R,
    nonce: [u8; 16],
    state: State,
}

impl<R: Random> Exchange<R> {
    /// Begins an exchange with a data centre that holds one of `keys`; the bytes are the first
    /// request.
    pub fn start(
        keys: Vec<RsaKey>,
        dc: i32,
        mut random: R,
    ) -> Result<(Self, Vec<u8>), ExchangeError> {
        let nonce = bytes(&mut random)?;
        let request = tl::functions::ReqPqMulti { nonce }.to_bytes();
        Ok((
            Exchange {
                keys,
                dc,
                random,
                nonce,
                state: State::WaitPq,
            },
            request,
        ))
    }

    /// Takes an answer; `now` is our own time in seconds since 1970. After an error the exchange
    /// is over.
    pub fn receive(&mut self, answer: &[u8], now: i64) -> Result<Step, ExchangeError> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::WaitPq => self.take_pq(answer),
            State::WaitParams {
                server_nonce,
                new_nonce,
            } => self.take_params(answer, server_nonce, new_nonce, now),
            State::WaitResult(pending) => self.take_result(answer, *pending),
            State::Over => Err(ExchangeError::Over),
        }
    }

    fn take_pq(&mut self, answer: &[u8]) -> Result<Step, ExchangeError> {
        let tl::enums::ResPq::Pq(pq) = read(answer, "resPQ")?;
        self.check_nonces(&pq.nonce, None)?;
        let number: [u8; 8] = pq
            .pq
            .as_slice()
            .try_into()
            .map_err(|_| ExchangeError::NotUnderstood("pq"))?;
        let offered = &pq.server_public_key_fingerprints;
        let key = self
            .keys
            .iter()
            .find(|key| offered.contains(&key.fingerprint()))
            .cloned()
            .ok_or_else(|| ExchangeError::UnknownKeys(offered.clone()))?;
        let (p, q) = factor(u64::from_be_bytes(number)).ok_or(ExchangeError::Factor)?;
        let (p, q) = (shortest(p), shortest(q));
        let new_nonce = Zeroizing::new(bytes::<32>(&mut self.random)?);
        let inner = tl::enums::PQInnerData::Dc(tl::types::PQInnerDataDc {
            pq: pq.pq.clone(),
            p: p.clone(),
            q: q.clone(),
            nonce: self.nonce,
            server_nonce: pq.server_nonce,
            new_nonce: *new_nonce,
            dc: self.dc,
        });
        let padding = Zeroizing::new(bytes::<224>(&mut self.random)?);
        let encrypted_data = key
            .encrypt(&Zeroizing::new(inner.to_bytes()), &padding)
            .ok_or(ExchangeError::NotUnderstood("pq"))?;
        let request = tl::functions::ReqDhParams {
            nonce: self.nonce,
            server_nonce: pq.server_nonce,
            p,
            q,
            public_key_fingerprint: key.fingerprint(),
            encrypted_data,
        };
        self.state = State::WaitParams {
            server_nonce: pq.server_nonce,
            new_nonce,
        };
        Ok(Step::Send(request.to_bytes()))
    }

    fn take_params(
        &mut self,
        answer: &[u8],
        server_nonce: [u8; 16],
        new_nonce: Zeroizing<[u8; 32]>,
        now: i64,
    ) -> Result<Step, ExchangeError> {
        let params = match read(answer, "Server_DH_Params")? {
            tl::enums::ServerDhParams::Fail(fail) => {
                self.check_nonces(&fail.nonce, Some((&fail.server_nonce, &server_nonce)))?;
                let hash = Sha1::digest(*new_nonce);
                check_hash("new nonce", &hash[4..], &fail.new_nonce_hash)?;
                return Err(ExchangeError::Refused("encrypted proof of work"));
            }
            tl::enums::ServerDhParams::Ok(params) => params,
        };
        self.check_nonces(&params.nonce, Some((&params.server_nonce, &server_nonce)))?;
        let inner = open_params(params.encrypted_answer, &server_nonce, &new_nonce)?;
        self.check_nonces(&inner.nonce, Some((&inner.server_nonce, &server_nonce)))?;
        let group = Group::check(&inner.dh_prime, inner.g)?;
        let g_a = BigUint::from_bytes_be(&inner.g_a);
        if !group.accepts(&g_a) {
            return Err(ExchangeError::Range("g_a"));
        }
        let offset = i64::from(inner.server_time) - now;
        let pending = Pending {
            server_nonce,
            new_nonce,
            group,
            g_a,
            key: AuthKey::from_bytes([0; 256]),
            time_offset: offset.clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            retries: 0,
        };
        self.send_client_half(pending, 0)
    }

    /// Chooses `b` and sends `g_b`; `retry_id` names the key the server refused before.
    fn send_client_half(
        &mut self,
        mut pending: Pending,
        retry_id: i64,
    ) -> Result<Step, ExchangeError> {
        let b = Zeroizing::new(bytes::<256>(&mut self.random)?);
        let exponent = BigUint::from_bytes_be(b.as_slice());
        let g_b = pending
            .group
            .generator
            .modpow(&exponent, &pending.group.prime);
        if !pending.group.accepts(&g_b) {
            return Err(ExchangeError::Range("g_b"));
        }
        let shared = pending.g_a.modpow(&exponent, &pending.group.prime);
        pending.key = AuthKey::from_bytes(*padded(&shared));
        let inner = tl::enums::ClientDhInnerData::Data(tl::types::ClientDhInnerData {
            nonce: self.nonce,
            server_nonce: pending.server_nonce,
            retry_id,
            g_b: g_b.to_bytes_be(),
        });
        let encrypted_data = self.seal(&inner.to_bytes(), &pending)?;
        let request = tl::functions::SetClientDhParams {
            nonce: self.nonce,
            server_nonce: pending.server_nonce,
            encrypted_data,
        };
        self.state = State::WaitResult(Box::new(pending));
        Ok(Step::Send(request.to_bytes()))
    }

    /// `AES-IGE(SHA1(data) + data + padding)` with the key both nonces make.
    fn seal(&mut self, data: &[u8], pending: &Pending) -> Result<Vec<u8>, ExchangeError> {
        let mut sealed = Sha1::digest(data).to_vec();
        sealed.extend_from_slice(data);
        let padding = bytes::<16>(&mut self.random)?;
        let missing = sealed.len().next_multiple_of(16) - sealed.len();
        sealed.extend(padding.iter().take(missing));
        let (key, iv) = generate_key_data_from_nonce(&pending.server_nonce, &pending.new_nonce);
        aes::ige_encrypt(&mut sealed, &key, &iv);
        Ok(sealed)
    }

    fn take_result(&mut self, answer: &[u8], mut pending: Pending) -> Result<Step, ExchangeError> {
        use tl::enums::SetClientDhParamsAnswer as Answer;
        let (nonce, server_nonce, hash, number) = match read(answer, "Set_client_DH_params_answer")?
        {
            Answer::DhGenOk(ok) => (ok.nonce, ok.server_nonce, ok.new_nonce_hash1, 1),
            Answer::DhGenRetry(retry) => {
                (retry.nonce, retry.server_nonce, retry.new_nonce_hash2, 2)
            }
            Answer::DhGenFail(fail) => (fail.nonce, fail.server_nonce, fail.new_nonce_hash3, 3),
        };
        self.check_nonces(&nonce, Some((&server_nonce, &pending.server_nonce)))?;
        let expected = pending.key.calc_new_nonce_hash(&pending.new_nonce, number);
        check_hash("new nonce", &expected, &hash)?;
        match number {
            1 => Ok(Step::Done(Box::new(finish(&pending)))),
            2 if pending.retries < RETRIES => {
                pending.retries += 1;
                let retry_id = auxiliary_hash(&pending.key);
                self.send_client_half(pending, retry_id)
            }
            _ => Err(ExchangeError::Refused("key")),
        }
    }

    fn check_nonces(
        &self,
        nonce: &[u8; 16],
        server: Option<(&[u8; 16], &[u8; 16])>,
    ) -> Result<(), ExchangeError> {
        if !same(nonce, &self.nonce) {
            return Err(ExchangeError::Nonce("nonce"));
        }
        match server {
            Some((got, expected)) if !same(got, expected) => {
                Err(ExchangeError::Nonce("server nonce"))
            }
            _ => Ok(()),
        }
    }
}

/// Decrypts and checks `server_DH_inner_data`.
fn open_params(
    mut sealed: Vec<u8>,
    server_nonce: &[u8; 16],
    new_nonce: &[u8; 32],
) -> Result<tl::types::ServerDhInnerData, ExchangeError> {
    const WHAT: ExchangeError = ExchangeError::NotUnderstood("server_DH_inner_data");
    if !sealed.len().is_multiple_of(16) || sealed.len() < 32 {
        return Err(WHAT);
    }
    let (key, iv) = generate_key_data_from_nonce(server_nonce, new_nonce);
    aes::ige_decrypt(&mut sealed, &key, &iv);
    let (hash, data) = sealed.split_at_checked(20).ok_or(WHAT)?;
    let mut cursor = Cursor::from_slice(data);
    let inner = tl::enums::ServerDhInnerData::deserialize(&mut cursor);
    // The hash is over the object without its padding, so it can only be checked once its length
    // is known; a wrong key shows either way.
    let end = cursor.pos();
    let padding = data.len().saturating_sub(end);
    let object = data.get(..end).ok_or(WHAT)?;
    let tl::enums::ServerDhInnerData::Data(inner) = inner.map_err(|_| WHAT)?;
    check_hash("answer", &Sha1::digest(object), hash)?;
    if padding > 15 { Err(WHAT) } else { Ok(inner) }
}

fn finish(pending: &Pending) -> NewKey {
    let mut salt = [0; 8];
    let pairs = pending.new_nonce.iter().zip(&pending.server_nonce);
    for (byte, (new, server)) in salt.iter_mut().zip(pairs) {
        *byte = new ^ server;
    }
    NewKey {
        auth_key: Zeroizing::new(pending.key.to_bytes()),
        salt: i64::from_le_bytes(salt),
        time_offset: pending.time_offset,
    }
}

/// `auth_key_aux_hash`: the 64 high bits of SHA-1 of a key.
fn auxiliary_hash(key: &AuthKey) -> i64 {
    let hash: [u8; 20] = Sha1::digest(key.to_bytes()).into();
    let mut high = [0; 8];
    high.copy_from_slice(&hash[..8]);
    i64::from_le_bytes(high)
}

fn read<T: Deserializable>(answer: &[u8], what: &'static str) -> Result<T, ExchangeError> {
    T::from_bytes(answer).map_err(|_| ExchangeError::NotUnderstood(what))
}

fn bytes<const N: usize>(random: &mut impl Random) -> Result<[u8; N], RandomError> {
    let mut buffer = [0; N];
    random.fill(&mut buffer)?;
    Ok(buffer)
}

/// Big-endian bytes without leading zeros.
fn shortest(number: u64) -> Vec<u8> {
    number
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect()
}

/// A number as exactly 256 big-endian bytes.
fn padded(number: &BigUint) -> Zeroizing<[u8; 256]> {
    let digits = Zeroizing::new(number.to_bytes_be());
    let mut padded = Zeroizing::new([0; 256]);
    for (to, from) in padded.iter_mut().rev().zip(digits.iter().rev()) {
        *to = *from;
    }
    padded
}

/// Compares in a time that does not depend on where the difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differences = left.iter().zip(right).fold(0, |sum, (l, r)| sum | (l ^ r));
    left.len() == right.len() && std::hint::black_box(differences) == 0
}

fn check_hash(what: &'static str, expected: &[u8], got: &[u8]) -> Result<(), ExchangeError> {
    if same(expected, got) {
        Ok(())
    } else {
        Err(ExchangeError::Hash(what))
    }
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
