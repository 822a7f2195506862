//! Adding, removing and listing keys. Nothing is re-encrypted: every key file wraps the same identity.

use crate::archive::Archive;
use crate::error::Error;
use crate::hash::sha256_hex;
use crate::keys::{Keys, NewKey, Wrap, parse_recipient};
use crate::marker::{KeyEntry, KeyKind, Marker};
use crate::names;
use crate::store::StoreErrorKind;

/// A key of an archive, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    pub name: String,
    /// `passphrase` or `recipient`.
    pub kind: &'static str,
    /// For a recipient key: whom it is for.
    pub recipient: Option<String>,
    pub file: String,
    /// Unix milliseconds.
    pub created: i64,
}

impl Archive {
    /// The keys that open this archive; needs no key itself.
    pub fn key_list(&self) -> Vec<KeyInfo> {
        let info = |entry: &KeyEntry| KeyInfo {
            name: entry.name.clone(),
            kind: match entry.kind {
                KeyKind::Passphrase => "passphrase",
                KeyKind::Recipient => "recipient",
            },
            recipient: entry.recipient.clone(),
            file: entry.file.clone(),
            created: entry.created,
        };
        self.marker.keys.iter().map(info).collect()
    }

    /// Adds a key: first its file, then its name in the marker. `now` is in unix milliseconds.
    pub fn key_add(&mut self, key: &NewKey, now: i64) -> Result<(), Error> {
        self.key_owner()?;
        if self.marker.keys.iter().any(|entry| entry.name == key.name) {
            return Err(Error::KeyExists {
                name: key.name.clone(),
            });
        }
        let (entry, bytes) = self.wrap_key(key, now)?;
        self.remove_key_file(&entry.file)?;
        self.store.put_new(&entry.file, &bytes)?;
        let mut marker = self.marker.clone();
        marker.keys.push(entry);
        self.replace_marker(marker)
    }

    /// Removes a key: first its name from the marker, then its file. The last key cannot be removed.
    /// A copy of the key file made before still opens the archive with its passphrase.
    pub fn key_remove(&mut self, name: &str) -> Result<(), Error> {
        self.key_owner()?;
        let mut marker = self.marker.clone();
        marker.keys.retain(|entry| entry.name != name);
        if marker.keys.len() == self.marker.keys.len() {
            return Err(Error::NoSuchKey {
                name: name.to_owned(),
                keys: self.marker.key_names(),
            });
        }
        if marker.keys.is_empty() {
            return Err(Error::LastKey {
                name: name.to_owned(),
            });
        }
        self.replace_marker(marker)?;
        self.remove_key_file(&names::key_file(name))
    }

    /// The file of a key that is to be: what goes into the marker and the bytes.
    pub(crate) fn wrap_key(&self, key: &NewKey, now: i64) -> Result<(KeyEntry, Vec<u8>), Error> {
        names::check_key_name(&key.name)?;
        let bytes = self.key_owner()?.wrap(&key.wrap)?;
        let (kind, recipient) = match &key.wrap {
            Wrap::Passphrase { .. } => (KeyKind::Passphrase, None),
            Wrap::Recipient(text) => (KeyKind::Recipient, Some(parse_recipient(text)?.to_string())),
        };
        let (name, file) = (key.name.clone(), names::key_file(&key.name));
        let entry = KeyEntry {
            name,
            kind,
            recipient,
            file,
            size: bytes.len() as u64,
            sha256: sha256_hex(&bytes),
            created: now,
        };
        Ok((entry, bytes))
    }

    fn key_owner(&self) -> Result<&Keys, Error> {
        self.unlocked()?.ok_or(Error::NotEncrypted)
    }

    fn replace_marker(&mut self, marker: Marker) -> Result<(), Error> {
        let bytes = marker.encode(Some(self.key_owner()?.marker_key()))?;
        self.store.replace(names::MARKER, &bytes)?;
        self.marker = marker;
        Ok(())
    }

    /// A file that the marker does not name can only be left from an interrupted command.
    fn remove_key_file(&self, file: &str) -> Result<(), Error> {
        match self.store.delete(file) {
            Err(error) if error.kind != StoreErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}
