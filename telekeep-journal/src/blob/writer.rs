//! Writing a blob: encrypted into staged files as the bytes come, named and put at the end.

use std::io::{self, BufReader, Read, Seek, Write};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::{
    BlobAccess, BlobInfo, BlobNamer, MAX_SINGLE_BLOB_BYTES, PART_BYTES, PIECE_BYTES, part_count,
};
use crate::crypt::{Opener, Sealer};
use crate::error::Error;
use crate::hash::{HashingReader, HashingWriter, hex};
use crate::names;
use crate::record::StoredFile;
use crate::store::{Staged, Store, StoreErrorKind, StoreReader};

const WHAT: &str = "a blob";
/// Parts are numbered with five digits.
const MAX_PARTS: u32 = 100_000;

/// Takes the plain bytes of one blob. Dropped without [`BlobWriter::finish`], nothing of it remains.
pub struct BlobWriter {
    access: BlobAccess,
    /// Held while parts are put: two writers of the same content must not mix theirs.
    parts_lock: Arc<Mutex<()>>,
    files: StagedFiles,
    size: u64,
    namer: BlobNamer,
}

impl BlobWriter {
    pub(super) fn new(
        access: BlobAccess,
        parts_lock: Arc<Mutex<()>>,
        expected_size: Option<u64>,
    ) -> Self {
        let large = expected_size.is_some_and(|size| size > MAX_SINGLE_BLOB_BYTES);
        let files = StagedFiles::new(if large {
            PART_BYTES
        } else {
            MAX_SINGLE_BLOB_BYTES
        });
        let namer = access.namer();
        BlobWriter {
            access,
            parts_lock,
            files,
            size: 0,
            namer,
        }
    }

    /// Plain bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn write_plain(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        self.namer.update(bytes);
        if self.size > MAX_SINGLE_BLOB_BYTES && self.files.limit > PART_BYTES {
            self.restage(PART_BYTES)?;
        }
        self.files.write(&self.access, bytes)
    }

    /// Divides what is staged anew: the size turned out other than expected.
    fn restage(&mut self, limit: u64) -> Result<(), Error> {
        let mut files = StagedFiles::new(limit);
        for mut part in self.files.close(&self.access)? {
            part.staged.rewind().map_err(Error::io(WHAT))?;
            let input = BufReader::new(&mut part.staged);
            let mut plain = Opener::new(self.access.identity(), input)
                .map_err(|why| Error::damaged("local/tmp", why))?;
            copy(&mut plain, &mut |bytes| files.write(&self.access, bytes))?;
        }
        self.files = files;
        Ok(())
    }

    /// Names the blob and puts it into the archive, durably. Content the archive has already is checked and kept.
    pub fn finish(mut self) -> Result<BlobInfo, Error> {
        let parts = part_count(self.size);
        if parts.is_some_and(|count| count > MAX_PARTS) {
            return Err(Error::io(WHAT)(io::Error::other(
                "larger than the format allows",
            )));
        }
        if parts.is_none() && self.files.limit == PART_BYTES {
            self.restage(MAX_SINGLE_BLOB_BYTES)?;
        }
        let staged = self.files.close(&self.access)?;
        let (sha256, name) = self.namer.finish();
        let placing = Placing {
            access: &self.access,
            name,
            sha256,
            parts,
        };
        let (files, existed) = match parts {
            None => placing.put_single(staged)?,
            Some(_) => {
                let _guard = self
                    .parts_lock
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                placing.put_parts(staged)?
            }
        };
        Ok(BlobInfo {
            name: placing.name,
            size: self.size,
            sha256: placing.sha256,
            files,
            existed,
        })
    }
}

impl Write for BlobWriter {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_plain(buf).map_err(io::Error::other)?;
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn copy(
    input: &mut impl Read,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = input.read(&mut buffer).map_err(Error::io(WHAT))?;
        if n == 0 {
            return Ok(());
        }
        take(buffer.get(..n).unwrap_or_default())?;
    }
}

/// A staged file that is complete.
struct StagedPart {
    staged: Staged,
    size: u64,
    sha256: String,
}

/// Plain bytes cut into encrypted staged files of at most `limit` plain bytes.
struct StagedFiles {
    limit: u64,
    done: Vec<StagedPart>,
    open: Option<Sealer<HashingWriter<Staged>>>,
    /// Plain bytes in `open`.
    open_size: u64,
}

impl StagedFiles {
    fn new(limit: u64) -> Self {
        StagedFiles {
            limit,
            done: Vec::new(),
            open: None,
            open_size: 0,
        }
    }

    fn write(&mut self, access: &BlobAccess, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            if self.open_size == self.limit {
                self.close_open()?;
            }
            let room = usize::try_from(self.limit - self.open_size).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.open(access)?
                .write_all(now)
                .map_err(|e| Error::from(crate::StoreError::io("local/tmp")(e)))?;
            self.open_size += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    fn open(&mut self, access: &BlobAccess) -> Result<&mut Sealer<HashingWriter<Staged>>, Error> {
        let sealer = match self.open.take() {
            Some(sealer) => sealer,
            None => Sealer::new(
                access.recipient(),
                HashingWriter::new(access.store.stage()?),
                WHAT,
            )?,
        };
        Ok(self.open.insert(sealer))
    }

    fn close_open(&mut self) -> Result<(), Error> {
        if let Some(sealer) = self.open.take() {
            let writer = sealer
                .finish()
                .map_err(|e| Error::from(crate::StoreError::io("local/tmp")(e)))?;
            let (staged, size, sha256) = writer.finish();
            self.done.push(StagedPart {
                staged,
                size,
                sha256,
            });
        }
        self.open_size = 0;
        Ok(())
    }

    /// Completes the last file; a blob without bytes is one empty file.
    fn close(&mut self, access: &BlobAccess) -> Result<Vec<StagedPart>, Error> {
        if self.done.is_empty() {
            self.open(access)?;
        }
        self.close_open()?;
        Ok(std::mem::take(&mut self.done))
    }
}

/// A complete blob on its way to its place.
struct Placing<'a> {
    access: &'a BlobAccess,
    name: String,
    sha256: String,
    /// Number of parts, `None` for a single file.
    parts: Option<u32>,
}

type Placed = Result<(Vec<StoredFile>, bool), Error>;

impl Placing<'_> {
    fn store(&self) -> &dyn Store {
        self.access.store.as_ref()
    }

    fn put_single(&self, staged: Vec<StagedPart>) -> Placed {
        let mut files = Vec::new();
        let file = names::blob_file(&self.name, self.access.encrypted());
        for part in staged {
            match self.store().put_staged(&file, part.staged) {
                Err(error) if error.kind == StoreErrorKind::AlreadyExists => return self.adopt(),
                other => other?,
            }
            files.push(StoredFile {
                file: file.clone(),
                size: part.size,
                sha256: part.sha256,
            });
        }
        Ok((files, false))
    }

    /// Last part first, part 0 at the end. What an interrupted writer left is replaced.
    fn put_parts(&self, staged: Vec<StagedPart>) -> Placed {
        if self.part_zero_exists()? {
            return self.adopt();
        }
        let mut files = Vec::new();
        for (number, part) in (0_u32..).zip(staged).collect::<Vec<_>>().into_iter().rev() {
            let file = names::blob_part(&self.name, number, self.access.encrypted());
            match self.store().delete(&file) {
                Err(error) if error.kind != StoreErrorKind::NotFound => return Err(error.into()),
                _ => self.store().put_staged(&file, part.staged)?,
            }
            files.push(StoredFile {
                file,
                size: part.size,
                sha256: part.sha256,
            });
        }
        files.reverse();
        Ok((files, false))
    }

    fn part_zero_exists(&self) -> Result<bool, Error> {
        match self
            .store()
            .stat(&names::blob_part(&self.name, 0, self.access.encrypted()))
        {
            Ok(_) => Ok(true),
            Err(error) if error.kind == StoreErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The archive has files of this name: they are trusted only after their content was compared.
    fn adopt(&self) -> Placed {
        let encrypted = self.access.encrypted();
        let paths: Vec<String> = match self.parts {
            None => vec![names::blob_file(&self.name, encrypted)],
            Some(count) => (0..count)
                .map(|number| names::blob_part(&self.name, number, encrypted))
                .collect(),
        };
        let mut content = Sha256::new();
        let files = paths
            .iter()
            .map(|path| self.read_stored(path, &mut content))
            .collect::<Result<Vec<_>, _>>()?;
        if hex(&content.finalize()) == self.sha256 {
            return Ok((files, true));
        }
        let file = paths.first().cloned().unwrap_or_default();
        Err(Error::damaged(
            file,
            "the blob is stored already, but its content does not match its name",
        ))
    }

    fn read_stored(&self, path: &str, content: &mut Sha256) -> Result<StoredFile, Error> {
        let mut stored = HashingReader::new(StoreReader::open(
            Arc::clone(&self.access.store),
            path,
            PIECE_BYTES,
        )?);
        let damaged = |why: String| Error::damaged(path, why);
        let mut plain =
            Opener::new(self.access.identity(), BufReader::new(&mut stored)).map_err(damaged)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = plain
                .read(&mut buffer)
                .map_err(|e| damaged(e.to_string()))?;
            if n == 0 {
                break;
            }
            content.update(buffer.get(..n).unwrap_or_default());
        }
        drop(plain);
        let (size, sha256) = stored.finish().map_err(|e| damaged(e.to_string()))?;
        Ok(StoredFile {
            file: path.to_owned(),
            size,
            sha256,
        })
    }
}
