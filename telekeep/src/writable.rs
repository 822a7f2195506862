//! May the local part of an archive be written to? Databases cannot even be read where they may not.
//! And folders and files that only their owner can read.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// True when the owner or the medium forbids writing to the archive's folder `local`.
pub fn is_protected(local: &Path) -> bool {
    let tried = create_folder(local).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(local.join("index.lock")).map(drop)
    });
    tried.is_err_and(|error| forbids(&error))
}

fn forbids(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Makes a folder that only its owner can look into, unless it is there.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A file beside `path` with these bytes, which only its owner can read; persisting it puts it there
/// whole.
pub fn private_file(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_forbids_writing_counts() {
        assert!(forbids(&ErrorKind::ReadOnlyFilesystem.into()));
        assert!(!forbids(&ErrorKind::StorageFull.into()));
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_protected(&folder.path().join("local")));
    }
}
