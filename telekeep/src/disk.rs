//! Free space where the archive is.

use std::path::Path;

/// Bytes this user may still write there; `None` where the system does not tell.
#[cfg(unix)]
pub fn free(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

/// Bytes this user may still write there; `None` where the system does not tell.
#[cfg(not(unix))]
pub fn free(_path: &Path) -> Option<u64> {
    None
}
