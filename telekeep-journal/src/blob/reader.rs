//! Reading a blob: plain bytes across its parts, with seeking, one part open at a time.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::{BlobAccess, PART_BYTES, PIECE_BYTES};
use crate::crypt::Opener;
use crate::error::Error;
use crate::hash::is_hash;
use crate::names::{self, Place};
use crate::store::{StoreErrorKind, StoreReader};

/// The plain bytes of a blob. Every 64 KiB of an encrypted blob is authenticated as it is read.
pub struct BlobReader {
    access: BlobAccess,
    /// Paths in order.
    files: Vec<String>,
    /// Plain bytes of each file but the last.
    file_bytes: u64,
    size: u64,
    position: u64,
    open: Option<(usize, Opener<StoreReader>)>,
}

impl BlobReader {
    pub(super) fn open(access: BlobAccess, name: &str) -> Result<Self, Error> {
        let files = find_files(&access, name)?;
        let file_bytes = if files.len() == 1 {
            u64::MAX
        } else {
            PART_BYTES
        };
        let mut reader = BlobReader {
            access,
            files,
            file_bytes,
            size: 0,
            position: 0,
            open: None,
        };
        let last = reader.files.len() - 1;
        let last_size = reader
            .open_file(last)?
            .seek(SeekFrom::End(0))
            .map_err(Error::io(WHAT))?;
        let before = if last == 0 {
            0
        } else {
            PART_BYTES * last as u64
        };
        reader.size = before + last_size;
        reader.open = None;
        Ok(reader)
    }

    /// Plain bytes of the whole blob.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn open_file(&mut self, index: usize) -> Result<&mut Opener<StoreReader>, Error> {
        let opener = match self.open.take() {
            Some((open, opener)) if open == index => opener,
            _ => {
                let file = self.files.get(index).map_or("", String::as_str);
                let stored = StoreReader::open(Arc::clone(&self.access.store), file, PIECE_BYTES)?;
                Opener::new(self.access.identity(), stored)
                    .map_err(|why| Error::damaged(file, why))?
            }
        };
        Ok(&mut self.open.insert((index, opener)).1)
    }
}

const WHAT: &str = "reading a blob";

fn find_files(access: &BlobAccess, name: &str) -> Result<Vec<String>, Error> {
    let missing = || Error::NoBlob {
        name: name.to_owned(),
    };
    if !is_hash(name) {
        return Err(missing());
    }
    let encrypted = access.encrypted();
    let single = names::blob_file(name, encrypted);
    match access.store.stat(&single) {
        Ok(_) => return Ok(vec![single]),
        Err(error) if error.kind == StoreErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut numbers = std::collections::BTreeSet::new();
    let folder = format!(
        "{}{}/{name}/",
        names::BLOBS,
        name.get(..2).unwrap_or_default()
    );
    access.store.list(&folder, &mut |file| {
        if let Place::Blob {
            part: Some(number), ..
        } = names::parse(&file.path, encrypted)
        {
            numbers.insert(number);
        }
    })?;
    if !numbers.contains(&0) {
        return Err(missing());
    }
    for (expected, number) in (0..).zip(&numbers) {
        if expected != *number {
            return Err(Error::damaged(
                names::blob_part(name, expected, encrypted),
                "this part of a blob is missing",
            ));
        }
    }
    Ok(numbers
        .into_iter()
        .map(|number| names::blob_part(name, number, encrypted))
        .collect())
}

impl Read for BlobReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let index = usize::try_from(self.position / self.file_bytes).unwrap_or(usize::MAX);
        let offset = self.position % self.file_bytes;
        let room = usize::try_from(self.file_bytes - offset).unwrap_or(usize::MAX);
        let want = buf.len().min(left).min(room);
        if want == 0 {
            return Ok(0);
        }
        let position = self.position;
        let moved = self.open.as_ref().is_none_or(|(open, _)| *open != index);
        let file = self.open_file(index).map_err(io::Error::other)?;
        if moved && offset > 0 {
            file.seek(SeekFrom::Start(offset))?;
        }
        let n = file.read(buf.get_mut(..want).unwrap_or_default())?;
        if n == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a part of a blob is shorter than it must be",
            ));
        }
        self.position = position + n as u64;
        Ok(n)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.size.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        let target = target
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        if target != self.position {
            self.open = None;
        }
        self.position = target;
        Ok(target)
    }
}
