//! A disk that fills up while the backup runs.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::Result;
use crate::child::{Cloud, Keeper, Shape, run};
use crate::equal::{self, PASSPHRASE};
use crate::truth::Truth;

/// The sizes the disk grows through, in MiB. The last one is enough for everything.
const SIZES: [u64; 5] = [4, 8, 16, 32, 2048];

/// A tmpfs of a given size; unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path, mib: u64) -> Result<Self> {
        shell(
            &[
                "mount",
                "-t",
                "tmpfs",
                "-o",
                &format!("size={mib}m"),
                "tmpfs",
            ],
            path,
        )?;
        Ok(Self(path))
    }

    fn grow(&self, mib: u64) -> Result<()> {
        shell(&["mount", "-o", &format!("remount,size={mib}m")], self.0)
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = shell(&["umount"], self.0);
    }
}

fn shell(words: &[&str], path: &Path) -> Result<()> {
    let status = Command::new(words[0])
        .args(&words[1..])
        .arg(path)
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{words:?} failed: {status}").into())
}

/// Backs up onto a disk that is full again and again until it is large enough.
pub fn prove(shape: &Shape) -> Result<()> {
    let truth = Truth::of(shape)?;
    let cloud = Cloud::start(shape, None)?;
    let folder = tempfile::tempdir()?;
    let disk = SmallDisk::mount(folder.path(), SIZES[0])?;
    let keeper = Keeper::set_up(
        &folder.path().join("archive"),
        Some(PASSPHRASE),
        &cloud.ready,
    )?;
    for (full, size) in SIZES.into_iter().enumerate() {
        disk.grow(size)?;
        // To the last byte: usually a backup leaves some space free.
        let backup = ["backup", "--json", "--keep-free", "0"];
        let outcome = run(&mut keeper.command(&backup)?, None)?;
        if outcome.code == Some(0) {
            equal::complete(&equal::summary(&outcome)?)?;
            equal::check(&keeper, &truth)?;
            if full == 0 {
                return Err("the disk never filled up: choose a larger world".into());
            }
            println!(
                "{}",
                json!({"proof": "disk", "times_full": full, "enough_mib": size, "equal": true})
            );
            return Ok(());
        }
        let outcome = outcome.expect(&[32])?;
        eprintln!(
            "disk: full at {size} MiB: {}",
            outcome.stderr.lines().last().unwrap_or_default()
        );
    }
    Err("never finished".into())
}
