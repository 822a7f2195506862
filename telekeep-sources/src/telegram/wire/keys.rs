//! RSA public keys of servers, from PEM text (PKCS#1 or SPKI).
//!
//! The reader accepts exactly the DER these two forms consist of and nothing else: a key file is
//! small, comes from the user, and a key that is read wrongly would only fail much later.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;
use sha1::{Digest, Sha1};

/// Why a key file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text holds no key.
    #[error(
        "no PEM public key found; expected -----BEGIN RSA PUBLIC KEY----- or -----BEGIN PUBLIC KEY-----"
    )]
    NoKey,
    /// It is the secret half.
    #[error("this is a private key; give the public one (openssl rsa -in KEY -RSAPublicKey_out)")]
    Private,
    /// A PEM block cannot be read.
    #[error("PEM block {block} is not an RSA public key: {why}")]
    Malformed {
        /// Number of the block in the text, from 1.
        block: usize,
        /// What is wrong.
        why: &'static str,
    },
}

/// An RSA public key of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    modulus: BigUint,
    exponent: BigUint,
    fingerprint: i64,
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RsaKey({:016x})", self.fingerprint)
    }
}

impl RsaKey {
    /// Every public key in a PEM text.
    pub fn from_pem(text: &str) -> Result<Vec<RsaKey>, KeyError> {
        let mut keys = Vec::new();
        for (index, (label, der)) in pem_blocks(text)?.into_iter().enumerate() {
            let block = index + 1;
            let key = match label.as_str() {
                "RSA PUBLIC KEY" => pkcs1(&der),
                "PUBLIC KEY" => spki(&der),
                label if label.contains("PRIVATE KEY") => return Err(KeyError::Private),
                _ => Err("its label is neither RSA PUBLIC KEY nor PUBLIC KEY"),
            };
            keys.push(key.map_err(|why| KeyError::Malformed { block, why })?);
        }
        if keys.is_empty() {
            Err(KeyError::NoKey)
        } else {
            Ok(keys)
        }
    }

    /// A key from its numbers. MTProto uses 2048 bit keys only, and the padding scheme would
    /// never end with a shorter one.
    fn from_numbers(modulus: &[u8], exponent: &[u8]) -> Result<RsaKey, &'static str> {
        let (n, e) = (
            BigUint::from_bytes_be(modulus),
            BigUint::from_bytes_be(exponent),
        );
        if n.bits() != 2048 || !n.bit(0) {
            return Err("its modulus is not an odd number of 2048 bits");
        }
        if e.bits() > 32 || !e.bit(0) || e < BigUint::from(3u8) {
            return Err("its exponent is not an odd number between 3 and 2^32");
        }
        let fingerprint = fingerprint(&n.to_bytes_be(), &e.to_bytes_be());
        Ok(RsaKey {
            modulus: n,
            exponent: e,
            fingerprint,
        })
    }

    /// The 64 low bits of SHA-1 over the TL form of the numbers, by which a server names its keys.
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// `RSA_PAD(data, key)` of the key exchange; `data` is at most 144 bytes.
    pub(crate) fn encrypt(&self, data: &[u8], random: &[u8; 224]) -> Option<Vec<u8>> {
        if data.len() > 144 {
            return None;
        }
        let (n, e) = (self.modulus.to_string(), self.exponent.to_string());
        let key = grammers_crypto::rsa::Key::new(&n, &e)?;
        Some(grammers_crypto::rsa::encrypt_hashed(data, &key, random))
    }
}

fn fingerprint(modulus: &[u8], exponent: &[u8]) -> i64 {
    use grammers_tl_types::Serializable;
    let mut text = Vec::new();
    modulus.serialize(&mut text);
    exponent.serialize(&mut text);
    let hash: [u8; 20] = Sha1::digest(&text).into();
    let mut low = [0; 8];
    low.copy_from_slice(&hash[12..]);
    i64::from_le_bytes(low)
}

/// Label and decoded bytes of every PEM block.
fn pem_blocks(text: &str) -> Result<Vec<(String, Vec<u8>)>, KeyError> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines().map(str::trim) {
        let label = |prefix| {
            line.strip_prefix(prefix)
                .and_then(|rest: &str| rest.strip_suffix("-----"))
        };
        let block = blocks.len() + 1;
        if let Some(label) = label("-----BEGIN ") {
            if open.is_some() {
                return Err(KeyError::Malformed {
                    block,
                    why: "it has no END line",
                });
            }
            open = Some((label.to_owned(), String::new()));
        } else if let Some(end) = label("-----END ") {
            match open.take() {
                Some((begin, body)) if begin == end => {
                    let der = STANDARD.decode(body).map_err(|_| KeyError::Malformed {
                        block,
                        why: "it is not base64",
                    })?;
                    blocks.push((begin, der));
                }
                _ => {
                    return Err(KeyError::Malformed {
                        block,
                        why: "BEGIN and END do not match",
                    });
                }
            }
        } else if let Some((_, body)) = &mut open {
            body.push_str(line);
        }
    }
    match open {
        Some(_) => Err(KeyError::Malformed {
            block: blocks.len() + 1,
            why: "it has no END line",
        }),
        None => Ok(blocks),
    }
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// `AlgorithmIdentifier` of `rsaEncryption` with NULL parameters.
const RSA_ENCRYPTION: [u8; 13] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn pkcs1(der: &[u8]) -> Result<RsaKey, &'static str> {
    let (body, rest) = element(der, SEQUENCE)?;
    let (modulus, exponent) = element(body, INTEGER)?;
    let (exponent, more) = element(exponent, INTEGER)?;
    if !rest.is_empty() || !more.is_empty() {
        return Err("there are bytes after its end");
    }
    RsaKey::from_numbers(positive(modulus)?, positive(exponent)?)
}

/// `SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING }`
fn spki(der: &[u8]) -> Result<RsaKey, &'static str> {
    let (body, rest) = element(der, SEQUENCE)?;
    let (algorithm, key) = element(body, SEQUENCE)?;
    if algorithm != RSA_ENCRYPTION {
        return Err("its algorithm is not rsaEncryption");
    }
    let (bits, more) = element(key, BIT_STRING)?;
    if !rest.is_empty() || !more.is_empty() {
        return Err("there are bytes after its end");
    }
    match bits.split_first() {
        Some((0, key)) => pkcs1(key),
        _ => Err("its bit string is not whole bytes"),
    }
}

/// Content of the element with this tag at the start of `der`, and what follows it.
fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8]), &'static str> {
    const SHORT: &str = "it ends in the middle";
    let (&found, rest) = der.split_first().ok_or(SHORT)?;
    if found != tag {
        return Err("it is not built like a public key");
    }
    let (&first, rest) = rest.split_first().ok_or(SHORT)?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 | 0x82 => {
            let (bytes, rest) = rest
                .split_at_checked(usize::from(first & 0x7f))
                .ok_or(SHORT)?;
            let length = bytes
                .iter()
                .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
            if length < 0x80 || (first == 0x82 && length < 0x100) {
                return Err("it is not in the shortest (DER) form");
            }
            (length, rest)
        }
        _ => return Err("it is not in the shortest (DER) form, or far too long"),
    };
    rest.split_at_checked(length).ok_or(SHORT)
}

/// The bytes of a positive INTEGER without its sign byte.
fn positive(integer: &[u8]) -> Result<&[u8], &'static str> {
    match integer {
        [] => Err("a number is empty"),
        [0, rest @ ..] => match rest.first() {
            Some(0x80..) => Ok(rest),
            _ => Err("a number is not in the shortest form"),
        },
        [first, ..] if *first >= 0x80 => Err("a number is negative"),
        number => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::super::known;
    use super::*;

    /// A key made with `openssl genrsa 2048` for these tests, in both forms.
    const PKCS1: &str = include_str!("testdata/server-key.pkcs1.pem");
    const SPKI: &str = include_str!("testdata/server-key.spki.pem");

    #[test]
    fn both_forms_are_the_same_key() {
        let (one, two) = (
            RsaKey::from_pem(PKCS1).unwrap(),
            RsaKey::from_pem(SPKI).unwrap(),
        );
        assert_eq!(one, two);
        assert_eq!(
            RsaKey::from_pem(&format!("# two\n{PKCS1}\r\n{SPKI}"))
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn telegrams_key_has_its_published_fingerprint() {
        let keys = known::keys();
        assert_eq!(keys[0].fingerprint() as u64, 0xd09d_1d85_de64_fd85);
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        assert_eq!(RsaKey::from_pem("hello"), Err(KeyError::NoKey));
        let private = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(RsaKey::from_pem(private), Err(KeyError::Private));
        let cut = PKCS1.replacen("-----END RSA PUBLIC KEY-----", "", 1);
        assert!(matches!(
            RsaKey::from_pem(&cut),
            Err(KeyError::Malformed { block: 1, .. })
        ));
        let wrong = PKCS1.replacen("MIIB", "MIIC", 1);
        assert!(matches!(
            RsaKey::from_pem(&wrong),
            Err(KeyError::Malformed { .. })
        ));
    }

    #[test]
    fn no_prefix_or_change_of_the_der_is_accepted_as_another_shape() {
        let der = pem_blocks(PKCS1).unwrap().remove(0).1;
        for end in 0..der.len() {
            assert!(pkcs1(&der[..end]).is_err(), "cut at {end}");
        }
        let mut longer = der.clone();
        longer.push(0);
        assert!(pkcs1(&longer).is_err());
    }

    #[test]
    fn short_and_even_keys_are_refused() {
        assert!(RsaKey::from_numbers(&[0xff; 128], &[1, 0, 1]).is_err());
        let mut even = [0xff; 256];
        even[255] = 0xfe;
        assert!(RsaKey::from_numbers(&even, &[1, 0, 1]).is_err());
        assert!(RsaKey::from_numbers(&[0xff; 256], &[1]).is_err());
    }
}
