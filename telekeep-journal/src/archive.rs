//! An archive: a store with a marker, opened and, when it is encrypted, unlocked.

use std::path::Path;
use std::sync::{Arc, Mutex};

use age::x25519;

use crate::FORMAT;
use crate::error::Error;
use crate::hash::{hex, sha256_hex};
use crate::keys::{self, Keys, NewKey, Secret, Unwrapped};
use crate::marker::{self, Encryption, Marker};
use crate::names;
use crate::store::{LocalStore, Store, StoreErrorKind, get_limited};

/// No marker or key file is larger.
pub(crate) const MAX_SMALL_FILE: u64 = 1024 * 1024;
const MAX_SCHEMA: u64 = 16 * 1024 * 1024;

/// How a new archive is protected.
#[derive(Clone)]
pub enum Protection {
    /// Encrypted with age; at least one key is needed.
    Encrypted(Vec<NewKey>),
    /// Nothing is encrypted: whoever can read the folder can read the messages.
    None,
}

/// What `init` needs to know.
#[derive(Clone)]
pub struct InitOptions {
    pub protection: Protection,
    /// The present time in unix milliseconds, for the marker.
    pub now: i64,
}

/// An open archive. Reading needs no lock; writers take [`Archive::lock`] first.
pub struct Archive {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) marker: Marker,
    pub(crate) keys: Option<Keys>,
    /// Held while the parts of one blob are put.
    pub(crate) blob_parts: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive")
            .field("place", &self.store.place())
            .field("id", &self.marker.id)
            .finish_non_exhaustive()
    }
}

impl Archive {
    /// Makes a new archive in an empty store and opens it, unlocked. `telekeep.json` is written last: without it there is no archive.
    pub fn init(store: Arc<dyn Store>, options: &InitOptions) -> Result<Self, Error> {
        refuse_used_place(store.as_ref())?;
        let (keys, new_keys) = match &options.protection {
            Protection::Encrypted(new_keys) if new_keys.is_empty() => return Err(Error::KeyNeeded),
            Protection::Encrypted(new_keys) => (Some(Keys::generate()), new_keys.as_slice()),
            Protection::None => (None, &[][..]),
        };
        let marker = Marker {
            format: FORMAT,
            id: random_id()?,
            created: options.now,
            encryption: if keys.is_some() {
                Encryption::Age
            } else {
                Encryption::None
            },
            recipient: keys.as_ref().map(|keys| keys.recipient().to_string()),
            keys: Vec::new(),
        };
        let mut archive = Archive {
            store,
            marker,
            keys,
            blob_parts: Arc::default(),
        };
        let wrapped = new_keys
            .iter()
            .map(|key| archive.wrap_key(key, options.now))
            .collect::<Result<Vec<_>, _>>()?;
        for (entry, bytes) in wrapped {
            archive.store.put_new(&entry.file, &bytes)?;
            archive.marker.keys.push(entry);
        }
        let bytes = archive
            .marker
            .encode(archive.keys.as_ref().map(Keys::marker_key))?;
        archive.store.put_new(names::MARKER, &bytes)?;
        Ok(archive)
    }

    /// [`Archive::init`] in a local folder.
    pub fn init_folder(root: impl AsRef<Path>, options: &InitOptions) -> Result<Self, Error> {
        Self::init(Arc::new(LocalStore::new(root.as_ref())), options)
    }

    /// Opens an archive: checks that it is one, undamaged as far as its marker goes, and of a known format.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, Error> {
        let bytes = read_marker(store.as_ref())?;
        let marker = marker::parse(&bytes)?;
        if !marker.encrypted() && has_files(store.as_ref(), names::KEYS)? {
            let why = "it says that nothing is encrypted, but there are key files: somebody may want new messages to be stored readable";
            return Err(Error::damaged(names::MARKER, why));
        }
        Ok(Archive {
            store,
            marker,
            keys: None,
            blob_parts: Arc::default(),
        })
    }

    /// [`Archive::open`] of a local folder.
    pub fn open_folder(root: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open(Arc::new(LocalStore::new(root.as_ref())))
    }

    /// Opens the keys with a passphrase or an identity. Nothing to do in an archive without encryption.
    ///
    /// Also checks that the marker was written by somebody with the key, so that nobody else can have changed
    /// whom new files are encrypted to.
    pub fn unlock(&mut self, secret: &Secret) -> Result<(), Error> {
        let Some(recipient) = self.marker.recipient.clone() else {
            return Ok(());
        };
        let keys = match self.own_identity(secret, &recipient)? {
            Some(keys) => keys,
            None => self.try_key_files(secret, &recipient)?,
        };
        let bytes = read_marker(self.store.as_ref())?;
        marker::authenticate(&bytes, keys.marker_key())
            .map_err(|why| Error::damaged(names::MARKER, why))?;
        self.keys = Some(keys);
        Ok(())
    }

    fn own_identity(&self, secret: &Secret, recipient: &str) -> Result<Option<Keys>, Error> {
        match secret {
            Secret::Identity(text) => {
                Ok(Keys::from_identity(keys::parse_identity(text)?, recipient))
            }
            Secret::Passphrase(_) => Ok(None),
        }
    }

    fn try_key_files(&self, secret: &Secret, recipient: &str) -> Result<Keys, Error> {
        let mut problem = None;
        for entry in &self.marker.keys {
            let is_passphrase = matches!(secret, Secret::Passphrase(_));
            if is_passphrase != (entry.kind == marker::KeyKind::Passphrase) {
                continue;
            }
            let damaged = |why: String| Error::damaged(&entry.file, why);
            let bytes = match get_limited(self.store.as_ref(), &entry.file, MAX_SMALL_FILE) {
                Ok(bytes) => bytes,
                Err(error) => {
                    problem = Some(error.into());
                    continue;
                }
            };
            match keys::unwrap(&bytes, secret) {
                Unwrapped::Identity(identity) => match Keys::from_identity(identity, recipient) {
                    Some(keys) => return Ok(keys),
                    None => {
                        problem = Some(damaged(
                            "it holds the identity of another archive".to_owned(),
                        ))
                    }
                },
                Unwrapped::NotForThis if sha256_hex(&bytes) == entry.sha256 => {}
                Unwrapped::NotForThis => {
                    problem = Some(damaged(
                        "it is not the file that telekeep.json names".to_owned(),
                    ))
                }
                Unwrapped::Bad(why) => problem = Some(damaged(why)),
            }
        }
        Err(problem.unwrap_or_else(|| Error::WrongKey {
            keys: self.marker.key_names(),
        }))
    }

    /// 32 hexadecimal digits that tell this archive from others.
    pub fn id(&self) -> &str {
        &self.marker.id
    }

    /// When it was made, in unix milliseconds.
    pub fn created(&self) -> i64 {
        self.marker.created
    }

    pub fn encryption(&self) -> Encryption {
        self.marker.encryption
    }

    pub fn is_encrypted(&self) -> bool {
        self.marker.encrypted()
    }

    /// True when everything can be read and written: not encrypted, or unlocked.
    pub fn is_unlocked(&self) -> bool {
        !self.is_encrypted() || self.keys.is_some()
    }

    /// The archive's recipient (`age1...`), when it is encrypted.
    pub fn recipient(&self) -> Option<&str> {
        self.marker.recipient.as_deref()
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The folder `local/` for this machine's own files, when the archive is in a local folder. It may not exist yet.
    pub fn local_dir(&self) -> Option<&Path> {
        self.store.local_dir()
    }

    /// A key for a file of this machine (`spool`, `index`), derived from the identity.
    /// `None` when the archive is not encrypted; an error when it is and was not unlocked.
    pub fn local_key(&self, purpose: &str) -> Result<Option<[u8; 32]>, Error> {
        Ok(self.unlocked()?.map(|keys| *keys.local(purpose)))
    }

    /// Keeps the schema that a layer's names come from and gives its path. Doing it again changes nothing.
    pub fn add_schema(&self, layer: i32, text: &str) -> Result<String, Error> {
        let path = names::schema_file(layer, &sha256_hex(text.as_bytes()));
        match self.store.put_new(&path, text.as_bytes()) {
            Err(error) if error.kind == StoreErrorKind::AlreadyExists => {
                let held = get_limited(self.store.as_ref(), &path, MAX_SCHEMA)?;
                if held == text.as_bytes() {
                    Ok(path)
                } else {
                    Err(Error::damaged(path, "its content does not match its name"))
                }
            }
            other => other.map(|()| path).map_err(Error::from),
        }
    }

    /// The keys of an unlocked archive, `None` for one that is not encrypted, an error for one that is locked.
    pub(crate) fn unlocked(&self) -> Result<Option<&Keys>, Error> {
        match &self.keys {
            Some(keys) => Ok(Some(keys)),
            None if self.is_encrypted() => Err(Error::KeyNeeded),
            None => Ok(None),
        }
    }

    /// Whom to encrypt to and with what to decrypt.
    pub(crate) fn identity(&self) -> Result<Option<&x25519::Identity>, Error> {
        Ok(self.unlocked()?.map(Keys::identity))
    }

    pub(crate) fn age_recipient(&self) -> Result<Option<x25519::Recipient>, Error> {
        Ok(self.unlocked()?.map(Keys::recipient))
    }
}

fn read_marker(store: &dyn Store) -> Result<Vec<u8>, Error> {
    get_limited(store, names::MARKER, MAX_SMALL_FILE).map_err(|error| match error.kind {
        StoreErrorKind::NotFound => Error::NoArchive {
            place: store.place(),
        },
        _ => error.into(),
    })
}

fn refuse_used_place(store: &dyn Store) -> Result<(), Error> {
    let mut first = None;
    let mut archive = false;
    store.list("", &mut |file| {
        archive |= file.path == names::MARKER;
        first.get_or_insert(file.path);
    })?;
    let place = store.place();
    match first {
        _ if archive => Err(Error::AlreadyArchive { place }),
        Some(file) => Err(Error::NotEmpty { place, file }),
        None => Ok(()),
    }
}

fn has_files(store: &dyn Store, prefix: &str) -> Result<bool, Error> {
    let mut found = false;
    store.list(prefix, &mut |_| found = true)?;
    Ok(found)
}

fn random_id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::Random(e.to_string()))?;
    Ok(hex(&bytes))
}
