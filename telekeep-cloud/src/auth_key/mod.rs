//! The server's side of the authorization key exchange, as a state machine without IO.
//!
//! Source: <https://core.telegram.org/mtproto/auth_key>.

mod dh;
mod rsa;

pub use dh::{G, in_safe_range, modulus};
pub use rsa::{RsaKey, left_padded};

use crate::crypto::{AuthKey, KeyIv, ige_decrypt, ige_encrypt, random, sha1};
use crate::wire::{Malformed, Put, Reader, VECTOR};

const REQ_PQ: u32 = 0x6046_9778;
const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
const RES_PQ: u32 = 0x0516_2463;
const REQ_DH_PARAMS: u32 = 0xd712_e4be;
const INNER: u32 = 0x83c9_5aec;
const INNER_DC: u32 = 0xa9f5_5f95;
const INNER_TEMP: u32 = 0x3c6a_84d4;
const INNER_TEMP_DC: u32 = 0x56fd_df88;
const SERVER_DH_PARAMS_OK: u32 = 0xd0e8_075c;
const SERVER_DH_INNER_DATA: u32 = 0xb589_0dba;
const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;
const CLIENT_DH_INNER_DATA: u32 = 0x6643_b654;
const DH_GEN_OK: u32 = 0x3bcb_f734;

/// Why a handshake ended. The client is answered with a transport error and disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// Not a handshake message, or not a whole one.
    #[error("handshake: {0}")]
    Malformed(#[from] Malformed),
    /// A message that is not the next one.
    #[error("handshake: message {0:#010x} does not belong here")]
    Unexpected(u32),
    /// A nonce differs from the one agreed on.
    #[error("handshake: wrong nonce")]
    Nonce,
    /// The proof of work or its copy in the encrypted part is wrong.
    #[error("handshake: wrong p, q or pq")]
    Factors,
    /// The client chose a key this server does not have.
    #[error("handshake: unknown RSA key fingerprint")]
    Fingerprint,
    /// An encrypted part does not decrypt to what its hash says.
    #[error("handshake: encrypted data has a wrong hash")]
    Hash,
    /// The client wants another data centre.
    #[error("handshake: this is data centre {here}, not {wanted}")]
    WrongDc {
        /// This one.
        here: i32,
        /// The one the client named.
        wanted: i32,
    },
    /// The client's public value is outside the safe range.
    #[error("handshake: g_b is outside the safe range")]
    PublicValue,
}

/// Where and when the handshake happens.
#[derive(Clone, Copy)]
pub struct Place {
    /// The data centre connected to.
    pub dc: i32,
    /// Server time, unix seconds.
    pub now: i32,
}

/// A key the handshake produced.
pub struct NewKey {
    /// The key.
    pub key: AuthKey,
    /// The first server salt, which both sides derive from the nonces.
    pub salt: i64,
    /// Temporary keys: how many seconds it lives.
    pub expires_in: Option<i32>,
}

/// What to answer, and the key once there is one.
pub struct Progress {
    /// The next message to the client.
    pub reply: Vec<u8>,
    /// Set by the last step.
    pub key: Option<NewKey>,
}

/// The handshake of one connection. A `req_pq` starts it anew at any point.
#[derive(Default)]
pub struct Handshake {
    step: Step,
}

#[derive(Default)]
enum Step {
    #[default]
    Nothing,
    Challenged(Challenge),
    Exchanging(Box<Exchange>),
}

#[derive(Clone)]
struct Challenge {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    p: u32,
    q: u32,
}

struct Exchange {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: [u8; 32],
    secret: dh::Secret,
    expires_in: Option<i32>,
}

impl Handshake {
    /// Takes the body of one unencrypted message.
    pub fn receive(&mut self, body: &[u8], place: Place) -> Result<Progress, HandshakeError> {
        let mut reader = Reader::new(body);
        match reader.id()? {
            REQ_PQ | REQ_PQ_MULTI => self.challenge(reader.array()?),
            REQ_DH_PARAMS => self.offer(reader, place),
            SET_CLIENT_DH_PARAMS => self.finish(reader),
            other => Err(HandshakeError::Unexpected(other)),
        }
    }

    fn challenge(&mut self, nonce: [u8; 16]) -> Result<Progress, HandshakeError> {
        let (p, q) = two_primes();
        let challenge = Challenge {
            nonce,
            server_nonce: random(),
            p,
            q,
        };
        let mut reply = Vec::with_capacity(96);
        reply.put_id(RES_PQ);
        reply.extend(nonce);
        reply.extend(challenge.server_nonce);
        reply.put_bytes(&(u64::from(p) * u64::from(q)).to_be_bytes());
        reply.put_id(VECTOR);
        reply.put_int(1);
        reply.put_long(RsaKey::of_process().fingerprint());
        self.step = Step::Challenged(challenge);
        Ok(Progress { reply, key: None })
    }

    fn offer(&mut self, mut reader: Reader<'_>, place: Place) -> Result<Progress, HandshakeError> {
        let Step::Challenged(challenge) = &self.step else {
            return Err(HandshakeError::Unexpected(REQ_DH_PARAMS));
        };
        challenge.check_nonces(reader.array()?, reader.array()?)?;
        challenge.check_factors(reader.bytes()?, reader.bytes()?)?;
        if reader.long()? != RsaKey::of_process().fingerprint() {
            return Err(HandshakeError::Fingerprint);
        }
        let inner = RsaKey::of_process()
            .decrypt(reader.bytes()?)
            .ok_or(HandshakeError::Hash)?;
        let inner = challenge.read_inner(&inner)?;
        // Media-only and test data centres are named -N and 10000 + N.
        if let Some(wanted) = inner
            .dc
            .map(|dc| dc.abs() % 10_000)
            .filter(|dc| *dc != place.dc)
        {
            return Err(HandshakeError::WrongDc {
                here: place.dc,
                wanted,
            });
        }
        let exchange = Exchange {
            nonce: challenge.nonce,
            server_nonce: challenge.server_nonce,
            new_nonce: inner.new_nonce,
            secret: dh::Secret::draw(),
            expires_in: inner.expires_in,
        };
        let reply = exchange.offer(place.now);
        self.step = Step::Exchanging(Box::new(exchange));
        Ok(Progress { reply, key: None })
    }

    fn finish(&mut self, mut reader: Reader<'_>) -> Result<Progress, HandshakeError> {
        let Step::Exchanging(exchange) = &self.step else {
            return Err(HandshakeError::Unexpected(SET_CLIENT_DH_PARAMS));
        };
        let nonces: ([u8; 16], [u8; 16]) = (reader.array()?, reader.array()?);
        if nonces != (exchange.nonce, exchange.server_nonce) {
            return Err(HandshakeError::Nonce);
        }
        let key = AuthKey::new(exchange.read_client(reader.bytes()?)?);
        let mut reply = Vec::with_capacity(52);
        reply.put_id(DH_GEN_OK);
        reply.extend(exchange.nonce);
        reply.extend(exchange.server_nonce);
        let hash = sha1(&[&exchange.new_nonce, &[1], key.aux_hash()]);
        reply.extend(&hash[4..]);
        let key = NewKey {
            key,
            salt: exchange.first_salt(),
            expires_in: exchange.expires_in,
        };
        self.step = Step::Nothing;
        Ok(Progress {
            reply,
            key: Some(key),
        })
    }
}

struct Inner {
    new_nonce: [u8; 32],
    dc: Option<i32>,
    expires_in: Option<i32>,
}

impl Challenge {
    fn check_nonces(&self, nonce: [u8; 16], server: [u8; 16]) -> Result<(), HandshakeError> {
        let right = nonce == self.nonce && server == self.server_nonce;
        right.then_some(()).ok_or(HandshakeError::Nonce)
    }

    fn check_factors(&self, p: &[u8], q: &[u8]) -> Result<(), HandshakeError> {
        let right = p == self.p.to_be_bytes() && q == self.q.to_be_bytes();
        right.then_some(()).ok_or(HandshakeError::Factors)
    }

    /// Reads `p_q_inner_data` in any of its four forms.
    fn read_inner(&self, inner: &[u8]) -> Result<Inner, HandshakeError> {
        let mut reader = Reader::new(inner);
        let id = reader.id()?;
        if !matches!(id, INNER | INNER_DC | INNER_TEMP | INNER_TEMP_DC) {
            return Err(HandshakeError::Unexpected(id));
        }
        if reader.bytes()? != (u64::from(self.p) * u64::from(self.q)).to_be_bytes() {
            return Err(HandshakeError::Factors);
        }
        self.check_factors(reader.bytes()?, reader.bytes()?)?;
        self.check_nonces(reader.array()?, reader.array()?)?;
        let new_nonce = reader.array()?;
        let dc = if matches!(id, INNER_DC | INNER_TEMP_DC) {
            Some(reader.int()?)
        } else {
            None
        };
        let temporary = matches!(id, INNER_TEMP | INNER_TEMP_DC);
        let expires_in = if temporary { Some(reader.int()?) } else { None };
        Ok(Inner {
            new_nonce,
            dc,
            expires_in,
        })
    }
}

impl Exchange {
    /// The AES key both sides derive from the nonces.
    fn key_iv(&self) -> KeyIv {
        let (new, server) = (&self.new_nonce, &self.server_nonce);
        let a = sha1(&[new, server]);
        let b = sha1(&[server, new]);
        let c = sha1(&[new, new]);
        let mut key = [0; 32];
        key[..20].copy_from_slice(&a);
        key[20..].copy_from_slice(&b[..12]);
        let mut iv = [0; 32];
        iv[..8].copy_from_slice(&b[12..]);
        iv[8..28].copy_from_slice(&c);
        iv[28..].copy_from_slice(&new[..4]);
        KeyIv { key, iv }
    }

    /// `server_DH_params_ok` with the group and the server's public value.
    fn offer(&self, now: i32) -> Vec<u8> {
        let mut inner = Vec::with_capacity(600);
        inner.put_id(SERVER_DH_INNER_DATA);
        inner.extend(self.nonce);
        inner.extend(self.server_nonce);
        inner.put_id(dh::G);
        inner.put_bytes(&dh::prime());
        inner.put_bytes(&self.secret.g_a);
        inner.put_int(now);
        let mut answer = sha1(&[&inner]).to_vec();
        answer.append(&mut inner);
        let padding = random::<16>();
        answer.extend(&padding[..(16 - answer.len() % 16) % 16]);
        ige_encrypt(&mut answer, &self.key_iv());
        let mut reply = Vec::with_capacity(answer.len() + 48);
        reply.put_id(SERVER_DH_PARAMS_OK);
        reply.extend(self.nonce);
        reply.extend(self.server_nonce);
        reply.put_bytes(&answer);
        reply
    }

    /// Reads the client's public value and computes the key.
    fn read_client(&self, encrypted: &[u8]) -> Result<[u8; 256], HandshakeError> {
        if !encrypted.len().is_multiple_of(16) || encrypted.len() < 20 {
            return Err(HandshakeError::Hash);
        }
        let mut answer = encrypted.to_vec();
        ige_decrypt(&mut answer, &self.key_iv());
        let (hash, inner) = answer.split_at(20);
        let mut reader = Reader::new(inner);
        let id = reader.id()?;
        if id != CLIENT_DH_INNER_DATA {
            return Err(HandshakeError::Hash);
        }
        let nonces: ([u8; 16], [u8; 16]) = (reader.array()?, reader.array()?);
        let _retry_id = reader.long()?;
        let g_b = reader.bytes()?;
        if sha1(&[inner.get(..reader.position()).unwrap_or_default()]) != hash {
            return Err(HandshakeError::Hash);
        }
        if nonces != (self.nonce, self.server_nonce) {
            return Err(HandshakeError::Nonce);
        }
        self.secret.shared(g_b).ok_or(HandshakeError::PublicValue)
    }

    fn first_salt(&self) -> i64 {
        let salt = std::array::from_fn(|i| self.new_nonce[i] ^ self.server_nonce[i]);
        i64::from_le_bytes(salt)
    }
}

/// Two different primes of 31 bits, the smaller first: the client's proof of work is to find them.
fn two_primes() -> (u32, u32) {
    let prime = || loop {
        let n = u32::from_le_bytes(random()) >> 1 | 1 << 30 | 1;
        if (3..46_341)
            .step_by(2)
            .take_while(|d| d * d <= n)
            .all(|d| n % d != 0)
        {
            return n;
        }
    };
    let p = prime();
    loop {
        let q = prime();
        if p != q {
            return (p.min(q), p.max(q));
        }
    }
}
