//! What is kept of an unfinished large file, so that a download goes on inside the file after
//! any interruption.
//!
//! Every mebibyte becomes one age file under `local/partial/`, encrypted to an identity that lives in
//! the spool only: nothing readable lies around, and a chunk cut by a power failure does not
//! open and is fetched again. When the spool is lost the chunks are worthless and are removed.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use age::x25519::{Identity, Recipient};
use sha2::{Digest, Sha256};

/// Plain bytes of a chunk; a multiple of the part size.
pub(crate) const CHUNK: usize = 1024 * 1024;
/// Smaller files are fetched again from their beginning: that costs less than keeping their parts.
pub(crate) const KEPT_FROM: u64 = 4 * 1024 * 1024;

/// All unfinished files.
#[derive(Clone)]
pub(crate) struct Partials {
    folder: PathBuf,
    identity: Identity,
}

impl Partials {
    /// The unfinished files under `local`, readable with `identity`.
    pub fn new(local: &Path, identity: Identity) -> Partials {
        Partials {
            folder: local.join("partial"),
            identity,
        }
    }

    /// One file, by its key.
    pub fn of(&self, key: &str) -> Partial {
        let digest = Sha256::digest(key.as_bytes());
        let name: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Partial {
            folder: self.folder.join(name),
            identity: self.identity.clone(),
            recipient: self.identity.to_public(),
            number: 0,
            open: Vec::new(),
        }
    }

    /// Removes everything.
    pub fn clear(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}

/// One unfinished file.
pub(crate) struct Partial {
    folder: PathBuf,
    identity: Identity,
    recipient: Recipient,
    /// Chunks written or read so far.
    number: u64,
    /// The beginning of the next chunk.
    open: Vec<u8>,
}

impl Partial {
    /// The next kept chunk, in order; `None` when there is no further one that is whole. Called
    /// until then before anything is added.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let bytes = self.read(&self.path(self.number)).ok()?;
        if bytes.len() != CHUNK {
            return None;
        }
        self.number += 1;
        Some(bytes)
    }

    /// The same file from its beginning.
    pub fn fresh(&self) -> Partial {
        Partial {
            folder: self.folder.clone(),
            identity: self.identity.clone(),
            recipient: self.recipient.clone(),
            number: 0,
            open: Vec::new(),
        }
    }

    /// Adds what follows.
    pub fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = CHUNK - self.open.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.open.extend_from_slice(now);
            bytes = later;
            if self.open.len() == CHUNK {
                self.write()?;
            }
        }
        Ok(())
    }

    /// Removes what is kept: the file is finished, or another one.
    pub fn remove(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.age"))
    }

    /// A kill leaves a whole chunk or none under its name. No flush to the disk: after a power
    /// failure a chunk that does not open is merely fetched again.
    fn write(&mut self) -> io::Result<()> {
        private_folder(&self.folder)?;
        let recipients = std::iter::once(&self.recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        let temporary = self.folder.join("tmp");
        let file = private_file(&temporary)?;
        let mut output = encryptor.wrap_output(file)?;
        output.write_all(&self.open)?;
        output.finish()?;
        std::fs::rename(&temporary, self.path(self.number))?;
        self.number += 1;
        self.open.clear();
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        let decryptor = age::Decryptor::new(file).map_err(io::Error::other)?;
        let identities = std::iter::once(&self.identity as &dyn age::Identity);
        let input = decryptor.decrypt(identities).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(CHUNK);
        input.take(CHUNK as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n / 3 % 253) as u8).collect()
    }

    fn kept(partial: &mut Partial) -> Vec<u8> {
        std::iter::from_fn(|| partial.next()).flatten().collect()
    }

    #[test]
    fn whole_chunks_come_back_and_nothing_is_readable() {
        let local = tempfile::tempdir().unwrap();
        let partials = Partials::new(local.path(), Identity::generate());
        let content = pattern(2 * CHUNK + 1000);
        let mut partial = partials.of("document/1");
        content
            .chunks(100_000)
            .for_each(|part| partial.push(part).unwrap());
        assert!(kept(&mut partials.of("document/1")) == content[..2 * CHUNK]);
        assert!(kept(&mut partials.of("document/2")).is_empty());
        let stranger = Partials::new(local.path(), Identity::generate());
        assert!(kept(&mut stranger.of("document/1")).is_empty());
        let stored = std::fs::read(partial.path(0)).unwrap();
        assert!(!stored.windows(64).any(|window| window == &content[..64]));
        partials.of("document/1").remove().unwrap();
        assert!(kept(&mut partials.of("document/1")).is_empty());
    }

    #[test]
    fn a_damaged_chunk_ends_what_is_kept_and_is_replaced() {
        let local = tempfile::tempdir().unwrap();
        let partials = Partials::new(local.path(), Identity::generate());
        let content = pattern(3 * CHUNK);
        let mut partial = partials.of("k");
        partial.push(&content).unwrap();
        let damaged = partial.path(1);
        let bytes = std::fs::read(&damaged).unwrap();
        std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
        let mut partial = partials.of("k");
        assert_eq!(kept(&mut partial).len(), CHUNK);
        partial.push(&content[CHUNK..]).unwrap();
        assert!(kept(&mut partials.of("k")) == content);
    }
}
