//! The folder for the public key of a cloud that nobody gave one: a temporary one, gone with the cloud.
//!
//! A cloud that was killed cannot remove its folder; the next one does. Whose cloud lives is told by a
//! lock on a file in the folder, which ends with the process however that ends, and which every process
//! of the computer sees, those of a container with the same folder too.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Context as _, Result};

/// Names of such folders begin so.
const PREFIX: &str = "telekeep-cloud-";
/// The file that the cloud has locked.
const OWNER: &str = "owner";
/// Its name until it is locked, so that nobody ever sees it unlocked beside a living cloud.
const OWNER_TO_BE: &str = "owner.new";

/// A folder that is there as long as this is.
#[derive(Debug)]
pub struct KeysFolder {
    _owner: File,
    folder: TempDir,
}

impl KeysFolder {
    /// Makes one, and removes what killed clouds left.
    pub fn new() -> Result<Self> {
        Self::within(&std::env::temp_dir())
    }

    fn within(place: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(place);
        let folder = folder.doing("cannot make a temporary folder")?;
        let owner = own(folder.path()).doing(folder.path().display())?;
        sweep(place, folder.path());
        Ok(Self {
            _owner: owner,
            folder,
        })
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

fn own(folder: &Path) -> std::io::Result<File> {
    let first = folder.join(OWNER_TO_BE);
    let file = File::create_new(&first)?;
    file.lock()?;
    fs::rename(first, folder.join(OWNER))?;
    Ok(file)
}

/// Removes the folders of clouds that are no more, as far as that goes. Whatever is not surely one of
/// those is left alone.
fn sweep(place: &Path, ours: &Path) {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    for entry in entries {
        let named = entry.file_name();
        let named = named.to_str().is_some_and(|name| name.starts_with(PREFIX));
        let path = entry.path();
        if named && path != ours && same_owner(&path, ours) && abandoned(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// A folder (not a link to one) that belongs to us and that nobody else can write to.
#[cfg(unix)]
fn same_owner(folder: &Path, ours: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(folder), Ok(ours)) = (fs::symlink_metadata(folder), fs::symlink_metadata(ours)) else {
        return false;
    };
    folder.is_dir() && folder.uid() == ours.uid() && folder.mode() & 0o077 == 0
}

/// Temporary folders are those of one user here.
#[cfg(not(unix))]
fn same_owner(folder: &Path, _ours: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|folder| folder.is_dir())
}

fn abandoned(folder: &Path) -> bool {
    File::open(folder.join(OWNER)).is_ok_and(|owner| owner.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_clouds_left_goes_and_nothing_else() {
        let place = TempDir::new().unwrap();
        let make = || KeysFolder::within(place.path()).unwrap();
        let alive = make();
        // Died: its lock is gone, its folder is not.
        let KeysFolder { _owner, folder } = make();
        let dead = folder.keep();
        fs::write(dead.join("server.pub.pem"), "key").unwrap();
        drop(_owner);
        // Somebody else's things that have such a name.
        let foreign = place.path().join("telekeep-cloud-notes");
        fs::create_dir(&foreign).unwrap();
        fs::write(foreign.join("diary"), "mine").unwrap();
        let elsewhere = TempDir::new().unwrap();
        fs::write(elsewhere.path().join(OWNER), "").unwrap();
        let link = place.path().join("telekeep-cloud-link");
        #[cfg(unix)]
        std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
        fs::create_dir(place.path().join("other")).unwrap();

        let next = make();
        assert!(!dead.exists());
        assert!(alive.path().join(OWNER).exists() && next.path().join(OWNER).exists());
        assert!(foreign.join("diary").exists() && elsewhere.path().join(OWNER).exists());
        assert!(place.path().join("other").exists());
        let gone = [alive.path(), next.path()];
        drop((alive, next));
        assert!(gone.iter().all(|folder| !folder.exists()));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_to_is_left() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = TempDir::new().unwrap();
        let KeysFolder { _owner, folder } = KeysFolder::within(place.path()).unwrap();
        let open = folder.keep();
        drop(_owner);
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        drop(KeysFolder::within(place.path()).unwrap());
        assert!(open.exists());
    }
}
