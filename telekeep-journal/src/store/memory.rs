//! A store in memory: for tests, and for nothing that must last.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Listed, Staged, Store, StoreError, StoreErrorKind, check_path};

/// Files in a map. Tests may look at and change them.
#[derive(Debug, Default)]
pub struct MemoryStore {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn missing(path: &str) -> StoreError {
    StoreError::new(StoreErrorKind::NotFound, path)
}

impl Store for MemoryStore {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn stage(&self) -> Result<Staged, StoreError> {
        Ok(Staged::Memory(Cursor::default()))
    }

    fn put_staged(&self, path: &str, mut staged: Staged) -> Result<(), StoreError> {
        check_path(path)?;
        let bytes = match staged {
            Staged::Memory(bytes) => bytes.into_inner(),
            Staged::File(_) => {
                let mut bytes = Vec::new();
                std::io::Seek::rewind(&mut staged).map_err(StoreError::io(path))?;
                std::io::Read::read_to_end(&mut staged, &mut bytes)
                    .map_err(StoreError::io(path))?;
                bytes
            }
        };
        let mut files = self.files();
        if files.contains_key(path) {
            return Err(StoreError::new(StoreErrorKind::AlreadyExists, path));
        }
        files.insert(path.to_owned(), bytes);
        Ok(())
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        check_path(path)?;
        self.files().insert(path.to_owned(), bytes.to_owned());
        Ok(())
    }

    fn get(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        check_path(path)?;
        self.files().get(path).cloned().ok_or_else(|| missing(path))
    }

    fn get_range(&self, path: &str, offset: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        check_path(path)?;
        let files = self.files();
        let bytes = files.get(path).ok_or_else(|| missing(path))?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let end = start
            .saturating_add(usize::try_from(len).unwrap_or(usize::MAX))
            .min(bytes.len());
        Ok(bytes.get(start..end).unwrap_or_default().to_owned())
    }

    fn stat(&self, path: &str) -> Result<u64, StoreError> {
        check_path(path)?;
        self.files()
            .get(path)
            .map(|bytes| bytes.len() as u64)
            .ok_or_else(|| missing(path))
    }

    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Listed)) -> Result<(), StoreError> {
        let listed: Vec<Listed> = self
            .files()
            .iter()
            .filter(|(path, _)| path.starts_with(prefix))
            .map(|(path, bytes)| Listed {
                path: path.clone(),
                size: bytes.len() as u64,
            })
            .collect();
        listed.into_iter().for_each(visit);
        Ok(())
    }

    fn delete(&self, path: &str) -> Result<(), StoreError> {
        check_path(path)?;
        self.files()
            .remove(path)
            .map(|_| ())
            .ok_or_else(|| missing(path))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn conforms() {
        super::super::check_store(&super::MemoryStore::new()).unwrap();
    }
}
