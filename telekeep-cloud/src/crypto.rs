//! The cryptography of MTProto 2.0 as the server needs it: AES-256-IGE, AES-256-CTR, hashes, and
//! the encryption of messages. Written against RustCrypto's block cipher and not shared with the
//! client, so that both sides check each other.
//!
//! Source: <https://core.telegram.org/mtproto/description>.

use aes::Aes256;
use aes::cipher::common::{Block, BlockSizeUser};
use aes::cipher::{
    BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
    BlockCipherEncClosure, BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher,
};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// SHA-1 over the concatenation of `parts`.
pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill_random(&mut bytes);
    bytes
}

/// Fills a buffer with random bytes of the operating system.
#[allow(clippy::expect_used)]
pub fn fill_random(bytes: &mut [u8]) {
    // Without randomness there is no server: nothing sensible could follow, and it does not
    // depend on input.
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// The key and initial vector of one IGE run.
#[derive(Clone, Copy)]
pub struct KeyIv {
    /// AES-256 key.
    pub key: [u8; 32],
    /// Previous ciphertext block, then previous plaintext block.
    pub iv: [u8; 32],
}

impl KeyIv {
    fn halves(&self) -> (u128, u128) {
        let mut ivs = [[0u8; 16]; 2];
        ivs[0].copy_from_slice(&self.iv[..16]);
        ivs[1].copy_from_slice(&self.iv[16..]);
        (u128::from_ne_bytes(ivs[0]), u128::from_ne_bytes(ivs[1]))
    }
}

/// IGE runs as one closure inside the cipher's backend: the block function is then inlined into
/// the loop, which per-block calls would prevent.
struct Ige<'a> {
    data: &'a mut [u8],
    cipher: u128,
    plain: u128,
}

impl BlockSizeUser for Ige<'_> {
    type BlockSize = <Aes256 as BlockSizeUser>::BlockSize;
}

fn load(chunk: &[u8; 16]) -> u128 {
    u128::from_ne_bytes(*chunk)
}

impl BlockCipherEncClosure for Ige<'_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = Self::BlockSize>>(self, backend: &B) {
        let (mut cipher, mut plain) = (self.cipher, self.plain);
        for chunk in self.data.as_chunks_mut::<16>().0 {
            let next_plain = load(chunk);
            let mut block: Block<Self> = (next_plain ^ cipher).to_ne_bytes().into();
            backend.encrypt_block_inplace(&mut block);
            cipher = u128::from_ne_bytes(block.into()) ^ plain;
            *chunk = cipher.to_ne_bytes();
            plain = next_plain;
        }
    }
}

impl BlockCipherDecClosure for Ige<'_> {
    #[inline(always)]
    fn call<B: BlockCipherDecBackend<BlockSize = Self::BlockSize>>(self, backend: &B) {
        let (mut cipher, mut plain) = (self.cipher, self.plain);
        for chunk in self.data.as_chunks_mut::<16>().0 {
            let next_cipher = load(chunk);
            let mut block: Block<Self> = (next_cipher ^ plain).to_ne_bytes().into();
            backend.decrypt_block_inplace(&mut block);
            plain = u128::from_ne_bytes(block.into()) ^ cipher;
            *chunk = plain.to_ne_bytes();
            cipher = next_cipher;
        }
    }
}

/// Encrypts whole blocks in place; a shorter tail is left as it is.
pub fn ige_encrypt(data: &mut [u8], key_iv: &KeyIv) {
    let (cipher, plain) = key_iv.halves();
    Aes256::new(&key_iv.key.into()).encrypt_with_backend(Ige {
        data,
        cipher,
        plain,
    });
}

/// Decrypts whole blocks in place; a shorter tail is left as it is.
pub fn ige_decrypt(data: &mut [u8], key_iv: &KeyIv) {
    let (cipher, plain) = key_iv.halves();
    Aes256::new(&key_iv.key.into()).decrypt_with_backend(Ige {
        data,
        cipher,
        plain,
    });
}

/// The stream cipher of obfuscated transports, one direction.
pub struct Ctr(ctr::Ctr128BE<Aes256>);

impl Ctr {
    /// Starts a key stream.
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self(ctr::Ctr128BE::<Aes256>::new(&(*key).into(), &(*iv).into()))
    }

    /// Encrypts or decrypts the next bytes in place.
    pub fn apply(&mut self, data: &mut [u8]) {
        self.0.apply_keystream(data);
    }
}

/// A 2048-bit authorization key and what is derived from it once.
#[derive(Clone)]
pub struct AuthKey {
    bytes: Box<[u8; 256]>,
    id: i64,
    aux: [u8; 8],
}

impl AuthKey {
    /// Takes the key material.
    pub fn new(bytes: [u8; 256]) -> Self {
        let hash = sha1(&[&bytes]);
        let mut aux = [0; 8];
        aux.copy_from_slice(&hash[..8]);
        let mut id = [0; 8];
        id.copy_from_slice(&hash[12..]);
        Self {
            bytes: Box::new(bytes),
            id: i64::from_le_bytes(id),
            aux,
        }
    }

    /// The lower 64 bits of the key's SHA-1, which name it in every message.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The upper 64 bits of the key's SHA-1, which the handshake mixes into its last hash.
    pub fn aux_hash(&self) -> &[u8; 8] {
        &self.aux
    }

    /// The key material itself.
    #[cfg(test)]
    pub fn bytes(&self) -> &[u8; 256] {
        &self.bytes
    }

    /// `msg_key_large`, over the plaintext with its padding.
    fn msg_key_large(&self, plain: &[u8], side: Side) -> [u8; 32] {
        let x = side.offset();
        sha256(&[&self.bytes[88 + x..120 + x], plain])
    }

    fn message_key_iv(&self, msg_key: &[u8; 16], side: Side) -> KeyIv {
        let x = side.offset();
        let a = sha256(&[msg_key, &self.bytes[x..x + 36]]);
        let b = sha256(&[&self.bytes[40 + x..76 + x], msg_key]);
        let mut key = [0; 32];
        key[..8].copy_from_slice(&a[..8]);
        key[8..24].copy_from_slice(&b[8..24]);
        key[24..].copy_from_slice(&a[24..]);
        let mut iv = [0; 32];
        iv[..8].copy_from_slice(&b[..8]);
        iv[8..24].copy_from_slice(&a[8..24]);
        iv[24..].copy_from_slice(&b[24..]);
        KeyIv { key, iv }
    }

    /// Decrypts a packet of `side` in place. `packet` is `auth_key_id, msg_key, encrypted data`.
    /// The plaintext starts at byte 24.
    pub fn open<'a>(&self, packet: &'a mut [u8], side: Side) -> Option<Opened<'a>> {
        let mut msg_key = [0; 16];
        msg_key.copy_from_slice(packet.get(8..24)?);
        let data = packet.get_mut(24..)?;
        if data.len() < 48 || data.len() % 16 != 0 {
            return None;
        }
        ige_decrypt(data, &self.message_key_iv(&msg_key, side));
        let large = self.msg_key_large(data, side);
        if large[8..24] != msg_key {
            return None;
        }
        let mut quick = [0; 4];
        quick.copy_from_slice(&large[..4]);
        Some(Opened {
            plain: data,
            quick_ack: u32::from_le_bytes(quick) | 0x8000_0000,
        })
    }

    /// Encrypts in place a packet whose first 24 bytes are left free for the header. The
    /// plaintext is padded here.
    pub fn seal(&self, packet: &mut Vec<u8>, side: Side) {
        let len = packet.len().saturating_sub(24);
        // 12 to 1024 bytes of padding, to whole blocks.
        let padding = 12 + (16 - (len + 12) % 16) % 16;
        let random = random::<28>();
        packet.extend_from_slice(&random[..padding]);
        let (head, data) = packet.split_at_mut(24);
        let large = self.msg_key_large(data, side);
        let mut msg_key = [0; 16];
        msg_key.copy_from_slice(&large[8..24]);
        ige_encrypt(data, &self.message_key_iv(&msg_key, side));
        head[..8].copy_from_slice(&self.id.to_le_bytes());
        head[8..].copy_from_slice(&msg_key);
    }

    /// Decrypts a message in the first version of MTProto's encryption (SHA-1), which only the
    /// binding of temporary keys still uses. `packet` is `auth_key_id, msg_key, encrypted data`;
    /// the answer is the message without its padding.
    pub fn open_v1(&self, packet: &mut [u8]) -> Option<Vec<u8>> {
        let mut msg_key = [0; 16];
        msg_key.copy_from_slice(packet.get(8..24)?);
        let data = packet.get_mut(24..)?;
        if data.len() < 32 || data.len() % 16 != 0 {
            return None;
        }
        ige_decrypt(data, &self.message_key_iv_v1(&msg_key));
        let len = u32::from_le_bytes(data.get(28..32)?.try_into().ok()?);
        let end = usize::try_from(len).ok()?.checked_add(32)?;
        let message = data.get(..end)?;
        (sha1(&[message])[4..20] == msg_key).then(|| message.to_vec())
    }

    fn message_key_iv_v1(&self, msg_key: &[u8; 16]) -> KeyIv {
        let k = &self.bytes;
        let a = sha1(&[msg_key, &k[..32]]);
        let b = sha1(&[&k[32..48], msg_key, &k[48..64]]);
        let c = sha1(&[&k[64..96], msg_key]);
        let d = sha1(&[msg_key, &k[96..128]]);
        let mut key = [0; 32];
        key[..8].copy_from_slice(&a[..8]);
        key[8..20].copy_from_slice(&b[8..20]);
        key[20..].copy_from_slice(&c[4..16]);
        let mut iv = [0; 32];
        iv[..12].copy_from_slice(&a[8..20]);
        iv[12..20].copy_from_slice(&b[..8]);
        iv[20..24].copy_from_slice(&c[16..20]);
        iv[24..].copy_from_slice(&d[..8]);
        KeyIv { key, iv }
    }
}

/// A decrypted packet.
pub struct Opened<'a> {
    /// `salt, session_id, msg_id, seqno, length, body, padding`.
    pub plain: &'a [u8],
    /// The number to send back when the client asked for a quick acknowledgement.
    pub quick_ack: u32,
}

/// Who encrypted a message; both sides use different parts of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Client to server.
    Client,
    /// Server to client.
    Server,
}

impl Side {
    fn offset(self) -> usize {
        match self {
            Side::Client => 0,
            Side::Server => 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| (i * 7 + 3) as u8))
    }

    #[test]
    fn sealed_messages_open_again_and_any_flipped_bit_is_refused() {
        for len in [32, 33, 47, 48, 1000] {
            let mut packet = vec![0; 24];
            packet.extend((0..len).map(|i| i as u8));
            key().seal(&mut packet, Side::Server);
            let mut copy = packet.clone();
            let opened = key().open(&mut copy, Side::Server).unwrap();
            assert_eq!(
                opened.plain[..len],
                (0..len).map(|i| i as u8).collect::<Vec<_>>()
            );
            assert!(key().open(&mut packet.clone(), Side::Client).is_none());
            for at in 8..packet.len() {
                let mut bad = packet.clone();
                bad[at] ^= 0x10;
                assert!(key().open(&mut bad, Side::Server).is_none(), "byte {at}");
            }
        }
    }

    #[test]
    fn an_independent_implementation_agrees() {
        use grammers_crypto::{AuthKey as Theirs, DequeBuffer, decrypt_data_v2, encrypt_data_v2};
        let ours = key();
        let theirs = Theirs::from_bytes(*ours.bytes());
        let message: Vec<u8> = (0..500).map(|i| i as u8).collect();

        let mut buffer = DequeBuffer::with_capacity(1024, 64);
        buffer.extend(&message);
        encrypt_data_v2(&mut buffer, &theirs);
        let mut packet = buffer[..].to_vec();
        assert_eq!(
            ours.open(&mut packet, Side::Client).unwrap().plain[..500],
            message
        );

        let mut packet = vec![0; 24];
        packet.extend(&message);
        ours.seal(&mut packet, Side::Server);
        let plain = decrypt_data_v2(&mut packet, &theirs).unwrap();
        assert_eq!(plain[..500], message);
    }

    #[test]
    fn ige_agrees_with_an_independent_implementation() {
        let key_iv = KeyIv {
            key: [5; 32],
            iv: std::array::from_fn(|i| i as u8),
        };
        let mut ours: Vec<u8> = (0..160).map(|i| (i * 3) as u8).collect();
        let mut theirs = ours.clone();
        ige_encrypt(&mut ours, &key_iv);
        grammers_crypto::aes::ige_encrypt(&mut theirs, &key_iv.key, &key_iv.iv);
        assert_eq!(ours, theirs);
        ige_decrypt(&mut ours, &key_iv);
        assert_eq!(ours, (0..160).map(|i| (i * 3) as u8).collect::<Vec<_>>());
    }
}
