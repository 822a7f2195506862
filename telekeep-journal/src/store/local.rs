//! A store in a local folder.
//!
//! A file is written under `local/tmp`, flushed to the disk, renamed to its name without overwriting, and the folder
//! is flushed: after a power cut it is there whole or not at all. Files are 0600, folders 0700.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Listed, Staged, Store, StoreError, StoreErrorKind, check_path};

/// How the names of staged files begin.
const STAGED: &str = "put-";

/// A folder as a store. Nothing is created before the first file is put.
#[derive(Debug, Clone)]
pub struct LocalStore {
    root: PathBuf,
    local: PathBuf,
}

impl LocalStore {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        let local = root.join("local");
        LocalStore { root, local }
    }

    /// The archive's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn tmp(&self) -> PathBuf {
        self.local.join("tmp")
    }

    fn full(&self, path: &str) -> Result<PathBuf, StoreError> {
        check_path(path)?;
        Ok(self.root.join(path))
    }

    /// Removes what interrupted writers left. Only for the holder of the archive's lock.
    pub(crate) fn clear_tmp(local_dir: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(local_dir.join("tmp")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            if entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(STAGED.as_bytes())
            {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Flushes the content, makes the folders, and gives the target.
    fn prepare(&self, path: &str, file: &File) -> Result<(PathBuf, PathBuf), StoreError> {
        let target = self.full(path)?;
        let folder = target.parent().unwrap_or(&self.root).to_owned();
        file.sync_all().map_err(StoreError::io(path))?;
        make_folder(&folder).map_err(StoreError::io(path))?;
        Ok((target, folder))
    }
}

/// Creates a folder and what is above it, each 0700 and each durable in its parent.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Ok(()) => sync_folder(parent.unwrap_or(Path::new("."))),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes renames and new names in a folder durable. Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

impl Store for LocalStore {
    fn place(&self) -> String {
        self.root.display().to_string()
    }

    fn stage(&self) -> Result<Staged, StoreError> {
        let tmp = self.tmp();
        make_folder(&tmp).map_err(StoreError::io("local/tmp"))?;
        let file = tempfile::Builder::new()
            .prefix(STAGED)
            .tempfile_in(&tmp)
            .map_err(StoreError::io("local/tmp"))?;
        Ok(Staged::File(file))
    }

    fn put_staged(&self, path: &str, staged: Staged) -> Result<(), StoreError> {
        let file = match staged {
            Staged::File(file) => file,
            Staged::Memory(bytes) => return self.put_new(path, bytes.get_ref()),
        };
        let (target, folder) = self.prepare(path, file.as_file())?;
        file.persist_noclobber(&target)
            .map_err(|e| StoreError::io(path)(e.error))?;
        sync_folder(&folder).map_err(StoreError::io(path))
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let Staged::File(mut file) = self.stage()? else {
            return Err(StoreError::new(StoreErrorKind::Other, path));
        };
        file.write_all(bytes).map_err(StoreError::io(path))?;
        let (target, folder) = self.prepare(path, file.as_file())?;
        file.persist(&target)
            .map_err(|e| StoreError::io(path)(e.error))?;
        sync_folder(&folder).map_err(StoreError::io(path))
    }

    fn get(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        fs::read(self.full(path)?).map_err(StoreError::io(path))
    }

    fn get_range(&self, path: &str, offset: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        let mut file = File::open(self.full(path)?).map_err(StoreError::io(path))?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.take(len).read_to_end(&mut bytes))
            .map_err(StoreError::io(path))?;
        Ok(bytes)
    }

    fn stat(&self, path: &str) -> Result<u64, StoreError> {
        let metadata = fs::metadata(self.full(path)?).map_err(StoreError::io(path))?;
        if metadata.is_file() {
            Ok(metadata.len())
        } else {
            Err(StoreError::new(StoreErrorKind::NotFound, path))
        }
    }

    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Listed)) -> Result<(), StoreError> {
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !folder.is_empty() {
            check_path(folder)?;
        }
        walk(&self.root, folder, prefix, visit).map_err(StoreError::io(prefix))
    }

    fn delete(&self, path: &str) -> Result<(), StoreError> {
        let target = self.full(path)?;
        fs::remove_file(&target).map_err(StoreError::io(path))?;
        sync_folder(target.parent().unwrap_or(&self.root)).map_err(StoreError::io(path))
    }

    fn local_dir(&self) -> Option<&Path> {
        Some(&self.local)
    }
}

/// Visits the files below `folder` (relative to `root`). Links are shown, as files of size 0, but not followed.
fn walk(root: &Path, folder: &str, prefix: &str, visit: &mut dyn FnMut(Listed)) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = if folder.is_empty() {
            name.into_owned()
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type()?;
        if path == "local" {
            continue;
        }
        if kind.is_dir() {
            if path.starts_with(prefix) || prefix.starts_with(&format!("{path}/")) {
                walk(root, &path, prefix, visit)?;
            }
        } else if path.starts_with(prefix) {
            let size = if kind.is_file() {
                entry.metadata().map_or(0, |metadata| metadata.len())
            } else {
                0
            };
            visit(Listed { path, size });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conforms() {
        let dir = tempfile::tempdir().unwrap();
        super::super::check_store(&LocalStore::new(dir.path().join("archive"))).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("archive");
        LocalStore::new(&root).put_new("a/b/c", b"x").unwrap();
        let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("a/b/c"), 0o600);
        for folder in ["", "a", "a/b", "local", "local/tmp"] {
            assert_eq!(mode(folder), 0o700, "{folder}");
        }
    }

    #[test]
    fn dropped_stages_leave_nothing_and_local_is_not_listed() {
        let dir = tempfile::tempdir().unwrap();
        let store = LocalStore::new(dir.path());
        drop(store.stage().unwrap());
        assert_eq!(
            fs::read_dir(dir.path().join("local/tmp")).unwrap().count(),
            0
        );
        fs::write(dir.path().join("local/spool.db"), b"x").unwrap();
        store
            .list("", &mut |file| panic!("listed {}", file.path))
            .unwrap();
        fs::write(dir.path().join("local/tmp/put-old"), b"x").unwrap();
        LocalStore::clear_tmp(&dir.path().join("local")).unwrap();
        assert_eq!(
            fs::read_dir(dir.path().join("local/tmp")).unwrap().count(),
            0
        );
    }
}
