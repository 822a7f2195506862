//! The archive identity, how it is wrapped for people, and the keys derived from it.
//!
//! The identity is an age X25519 identity. Its text (`AGE-SECRET-KEY-1...`) is the input of HKDF-SHA-256, with
//! `telekeep/1/<purpose>` as info, for every other key of the archive.

use std::io::{BufRead, Read, Write};

use age::secrecy::{ExposeSecret, SecretString};
use age::x25519;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::Error;

/// log2 of scrypt's N for new passphrases: 128 MiB and about half a second on a present machine.
/// age's own choice (about a second, 256 MiB or more) would by itself exceed the memory a command may use.
pub const DEFAULT_WORK_FACTOR: u8 = 17;

/// The largest work factor that is tried when opening a key (1 GiB), so that a planted key file cannot exhaust memory.
pub const MAX_WORK_FACTOR: u8 = 20;

/// What somebody presents to open an archive. Wiped from memory when dropped.
#[derive(Clone)]
pub enum Secret {
    Passphrase(SecretString),
    /// An `AGE-SECRET-KEY-1...` line or the text of an age identity file: the archive identity itself or that of a recovery key.
    Identity(SecretString),
}

impl Secret {
    pub fn passphrase(text: impl Into<String>) -> Self {
        Secret::Passphrase(SecretString::from(text.into()))
    }

    pub fn identity(text: impl Into<String>) -> Self {
        Secret::Identity(SecretString::from(text.into()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Secret::Passphrase(_) => "Passphrase(..)",
            Secret::Identity(_) => "Identity(..)",
        })
    }
}

/// How a key file protects the archive identity.
#[derive(Clone)]
pub enum Wrap {
    /// age scrypt passphrase; `work_factor` is log2 of scrypt's N ([`DEFAULT_WORK_FACTOR`]).
    Passphrase {
        passphrase: SecretString,
        work_factor: u8,
    },
    /// An age X25519 recipient, `age1...`.
    Recipient(String),
}

/// A key to be added: its name becomes `keys/NAME.age`.
#[derive(Clone)]
pub struct NewKey {
    pub name: String,
    pub wrap: Wrap,
}

impl NewKey {
    /// A passphrase with the default work factor.
    pub fn passphrase(name: impl Into<String>, passphrase: impl Into<String>) -> Self {
        Self::passphrase_with(name, passphrase, DEFAULT_WORK_FACTOR)
    }

    /// A passphrase with a work factor of one's own (tests use a low one).
    pub fn passphrase_with(
        name: impl Into<String>,
        passphrase: impl Into<String>,
        work_factor: u8,
    ) -> Self {
        let passphrase = SecretString::from(passphrase.into());
        NewKey {
            name: name.into(),
            wrap: Wrap::Passphrase {
                passphrase,
                work_factor,
            },
        }
    }

    /// A recovery key: whoever holds the identity of `recipient` (`age1...`) can open the archive.
    pub fn recipient(name: impl Into<String>, recipient: impl Into<String>) -> Self {
        NewKey {
            name: name.into(),
            wrap: Wrap::Recipient(recipient.into()),
        }
    }
}

/// The identity and what is derived from it at once.
pub(crate) struct Keys {
    identity: x25519::Identity,
    text: SecretString,
    blob_name: Zeroizing<[u8; 32]>,
    seal: Zeroizing<[u8; 32]>,
    marker: Zeroizing<[u8; 32]>,
}

impl Keys {
    pub(crate) fn generate() -> Self {
        Self::new(x25519::Identity::generate())
    }

    fn new(identity: x25519::Identity) -> Self {
        let text = identity.to_string();
        let derived = |purpose: &str| derive(&text, purpose);
        let (blob_name, seal, marker) = (derived("blob-name"), derived("seal"), derived("marker"));
        Keys {
            identity,
            text,
            blob_name,
            seal,
            marker,
        }
    }

    pub(crate) fn identity(&self) -> &x25519::Identity {
        &self.identity
    }

    pub(crate) fn recipient(&self) -> x25519::Recipient {
        self.identity.to_public()
    }

    pub(crate) fn blob_name_key(&self) -> &[u8; 32] {
        &self.blob_name
    }

    pub(crate) fn seal_key(&self) -> &[u8; 32] {
        &self.seal
    }

    pub(crate) fn marker_key(&self) -> &[u8; 32] {
        &self.marker
    }

    /// A key for a file of this machine, such as `spool` or `index`.
    pub(crate) fn local(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.text, &format!("local/{purpose}"))
    }

    /// The bytes of a key file: the identity as an age identity file, encrypted as `wrap` says.
    pub(crate) fn wrap(&self, wrap: &Wrap) -> Result<Vec<u8>, Error> {
        let recipient: Box<dyn age::Recipient> = match wrap {
            Wrap::Passphrase {
                passphrase,
                work_factor,
            } => Box::new(scrypt_recipient(passphrase, *work_factor)?),
            Wrap::Recipient(text) => Box::new(parse_recipient(text)?),
        };
        let text = Zeroizing::new(format!(
            "# public key: {}\n{}\n",
            self.recipient(),
            self.text.expose_secret()
        ));
        encrypt_small(recipient.as_ref(), text.as_bytes())
    }

    /// The keys, when `identity` is the archive identity.
    pub(crate) fn from_identity(identity: x25519::Identity, recipient: &str) -> Option<Self> {
        (identity.to_public().to_string() == recipient).then(|| Self::new(identity))
    }
}

fn derive(identity: &SecretString, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let hkdf = Hkdf::<Sha256>::new(None, identity.expose_secret().as_bytes());
    // Cannot fail: 32 bytes are within what HKDF gives.
    let _ = hkdf.expand(format!("telekeep/1/{purpose}").as_bytes(), key.as_mut());
    key
}

fn scrypt_recipient(
    passphrase: &SecretString,
    work_factor: u8,
) -> Result<age::scrypt::Recipient, Error> {
    if work_factor == 0 || work_factor > MAX_WORK_FACTOR {
        return Err(Error::BadWorkFactor {
            found: work_factor,
            max: MAX_WORK_FACTOR,
        });
    }
    let mut recipient = age::scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(work_factor);
    Ok(recipient)
}

/// Reads an `age1...` recipient.
pub(crate) fn parse_recipient(text: &str) -> Result<x25519::Recipient, Error> {
    text.trim()
        .parse()
        .map_err(|why| Error::BadRecipient { why })
}

/// The first X25519 identity in the text of an age identity file.
pub(crate) fn parse_identity(text: &SecretString) -> Result<x25519::Identity, Error> {
    let line = text
        .expose_secret()
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    line.ok_or(Error::BadIdentity {
        why: "the text is empty",
    })?
    .parse()
    .map_err(|why| Error::BadIdentity { why })
}

fn encrypt_small(recipient: &dyn age::Recipient, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let what = "a key file";
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient))
        .map_err(|source| Error::Encrypt { what, source })?;
    let mut out = Vec::new();
    let written = encryptor.wrap_output(&mut out).and_then(|mut writer| {
        writer.write_all(plain)?;
        writer.finish().map(|_| ())
    });
    written.map_err(Error::io(what)).map(|()| out)
}

/// The outcome of trying one secret on one key file.
pub(crate) enum Unwrapped {
    Identity(x25519::Identity),
    /// The file is fine as far as can be told; this secret is not for it.
    NotForThis,
    /// The file cannot be read.
    Bad(String),
}

/// Tries to open a key file.
pub(crate) fn unwrap(bytes: &[u8], secret: &Secret) -> Unwrapped {
    let identity: Box<dyn age::Identity> = match secret {
        Secret::Passphrase(passphrase) => {
            let mut identity = age::scrypt::Identity::new(passphrase.clone());
            identity.set_max_work_factor(MAX_WORK_FACTOR);
            Box::new(identity)
        }
        Secret::Identity(text) => match parse_identity(text) {
            Ok(identity) => Box::new(identity),
            Err(_) => return Unwrapped::NotForThis,
        },
    };
    match decrypt_small(bytes, identity.as_ref()) {
        Ok(text) => match parse_identity(&text) {
            Ok(identity) => Unwrapped::Identity(identity),
            Err(_) => Unwrapped::Bad("it holds no age identity".to_owned()),
        },
        Err(
            age::DecryptError::NoMatchingKeys
            | age::DecryptError::KeyDecryptionFailed
            | age::DecryptError::DecryptionFailed,
        ) => Unwrapped::NotForThis,
        Err(error) => Unwrapped::Bad(crate::crypt::why(&error)),
    }
}

fn decrypt_small(
    bytes: &[u8],
    identity: &dyn age::Identity,
) -> Result<SecretString, age::DecryptError> {
    const MAX_KEY_TEXT: u64 = 64 * 1024;
    let input: &mut dyn BufRead = &mut &bytes[..];
    let reader = age::Decryptor::new_buffered(input)?.decrypt(std::iter::once(identity))?;
    let mut text = Zeroizing::new(String::new());
    reader.take(MAX_KEY_TEXT).read_to_string(&mut text)?;
    Ok(SecretString::from(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_open_only_with_their_secret() {
        let keys = Keys::generate();
        let recovery = x25519::Identity::generate();
        let by_passphrase = keys
            .wrap(&NewKey::passphrase_with("a", "right", 4).wrap)
            .unwrap();
        let by_recipient = keys
            .wrap(&NewKey::recipient("b", recovery.to_public().to_string()).wrap)
            .unwrap();
        let recovery = Secret::identity(recovery.to_string().expose_secret());
        let opens =
            |file: &[u8], secret: &Secret| matches!(unwrap(file, secret), Unwrapped::Identity(_));
        assert!(opens(&by_passphrase, &Secret::passphrase("right")));
        assert!(!opens(&by_passphrase, &Secret::passphrase("wrong")));
        assert!(!opens(&by_passphrase, &recovery));
        assert!(opens(&by_recipient, &recovery));
        assert!(!opens(&by_recipient, &Secret::passphrase("right")));
        assert!(matches!(unwrap(b"garbage", &recovery), Unwrapped::Bad(_)));
    }

    #[test]
    fn derived_keys_are_separate_and_stable() {
        let text = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
        let keys = Keys::new(parse_identity(&SecretString::from(text)).unwrap());
        let all = [
            *keys.blob_name,
            *keys.seal,
            *keys.marker,
            *keys.local("spool"),
            *keys.local("index"),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b));
        }
        assert_eq!(
            crate::hash::hex(&*keys.blob_name),
            "9270e9f1e221ca00d28a0b57defd19c2f6a6414c78c365bb3334ab9c87eea78d"
        );
    }

    #[test]
    fn work_factor_is_bounded() {
        let keys = Keys::generate();
        for bad in [0, MAX_WORK_FACTOR + 1, 64] {
            assert!(matches!(
                keys.wrap(&NewKey::passphrase_with("a", "x", bad).wrap),
                Err(Error::BadWorkFactor { .. })
            ));
        }
    }
}
