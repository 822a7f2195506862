//! One writer at a time: an exclusive lock on `local/lock`, which also says who holds it.
//!
//! The operating system drops the lock when its holder ends, however it ends, so there are no stale locks.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::archive::Archive;
use crate::error::Error;
use crate::store::LocalStore;

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    /// The program's command, for example `backup`; never its arguments.
    pub command: String,
    /// Unix milliseconds.
    pub since: i64,
}

impl Holder {
    /// This process, now.
    pub fn current(command: impl Into<String>) -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        Holder {
            pid: std::process::id(),
            host: host_name(),
            command: command.into(),
            since,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, seconds) = (
            self.since.div_euclid(86_400_000),
            self.since.rem_euclid(86_400_000) / 1000,
        );
        let (year, month, dom) = civil_date(day);
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "`{}` (process {} on {}, since {year:04}-{month:02}-{dom:02} {h:02}:{m:02}:{s:02} UTC)",
            self.command, self.pid, self.host
        )
    }
}

/// Days since 1970-01-01 to year, month, day (proleptic Gregorian calendar).
fn civil_date(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn host_name() -> String {
    let read = |path| {
        std::fs::read_to_string(path)
            .ok()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
    };
    read("/proc/sys/kernel/hostname")
        .or_else(|| read("/etc/hostname"))
        .unwrap_or_else(|| "this machine".to_owned())
}

/// The right to write to an archive; given back when dropped.
#[derive(Debug)]
pub struct Lock {
    _file: Option<File>,
}

impl Archive {
    /// Takes the archive's exclusive lock without waiting; [`Error::Locked`] names who has it.
    /// Also removes temporary files of interrupted writers. An archive that is not in a local folder needs no lock.
    pub fn lock(&self, holder: &Holder) -> Result<Lock, Error> {
        match self.local_dir() {
            Some(local) => lock_folder(local, holder),
            None => Ok(Lock { _file: None }),
        }
    }
}

fn lock_folder(local: &Path, holder: &Holder) -> Result<Lock, Error> {
    let failed = || Error::io("local/lock");
    crate::store::make_folder(local).map_err(failed())?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(local.join("lock")).map_err(failed())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Locked {
                holder: read_holder(&mut file),
            });
        }
        Err(TryLockError::Error(error)) => return Err(failed()(error)),
    }
    write_holder(&mut file, holder).map_err(failed())?;
    LocalStore::clear_tmp(local).map_err(Error::io("local/tmp"))?;
    Ok(Lock { _file: Some(file) })
}

fn write_holder(file: &mut File, holder: &Holder) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&serde_json::to_vec(holder)?)
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holder_reads_as_a_sentence() {
        let holder = Holder {
            pid: 7,
            host: "box".to_owned(),
            command: "backup".to_owned(),
            since: 1_709_164_800_000,
        };
        assert_eq!(
            holder.to_string(),
            "`backup` (process 7 on box, since 2024-02-29 00:00:00 UTC)"
        );
        assert_eq!(civil_date(0), (1970, 1, 1));
        assert_eq!(civil_date(-1), (1969, 12, 31));
    }
}
