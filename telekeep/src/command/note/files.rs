//! The files of a note: looked at before anything is written, then stored piece by piece.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use telekeep_journal::Archive;
use telekeep_sources::notes::{self, Attachment, NoteError};
use telekeep_view::shown_kind;

use super::failed;
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::output::text::clean;
use crate::progress::Progress;

/// A file that somebody wants to keep.
pub struct Given {
    path: PathBuf,
    /// What it is called, without folders.
    pub name: String,
    size: u64,
}

/// Can all of them be kept?
pub fn look_at(paths: &[PathBuf]) -> Result<Vec<Given>> {
    paths.iter().map(|path| look(path)).collect()
}

fn look(path: &Path) -> Result<Given> {
    let shown = clean(&path.to_string_lossy());
    let found = std::fs::metadata(path).doing(format!("cannot read {shown}"))?;
    if found.is_dir() {
        return Err(CommandError::failed(format!("{shown} is a folder"))
            .hint("give its files one by one, or one archive (zip, tar) of them"));
    }
    if !found.is_file() {
        return Err(CommandError::failed(format!("{shown} is no file"))
            .hint("copy what it gives into a file first"));
    }
    File::open(path).doing(format!("cannot read {shown}"))?;
    let name = path.file_name().unwrap_or_default();
    Ok(Given {
        path: path.to_owned(),
        name: name.to_string_lossy().into_owned(),
        size: found.len(),
    })
}

/// Stores them.
pub fn keep(context: &Context, archive: &Archive, files: &[Given]) -> Result<Vec<Attachment>> {
    let progress = Progress::start(&context.output, context.no_progress);
    progress.update(|counts| counts.phase = "archiving".into());
    let total: u64 = files.iter().map(|file| file.size).sum();
    let mut done = 0_u64;
    let mut kept = Vec::new();
    for file in files {
        let shown = clean(&file.path.to_string_lossy());
        let opened = File::open(&file.path).doing(format!("cannot read {shown}"))?;
        let mut input = Counted {
            input: opened,
            each: |bytes: u64| {
                done += bytes;
                progress.update(|counts| counts.part = (done, total));
            },
        };
        let stored = notes::keep(archive, &file.name, Some(file.size), &mut input, &kind);
        kept.push(stored.map_err(|error| match error {
            NoteError::Read(error) => CommandError::failed(format!("cannot read {shown}: {error}")),
            error => failed(context, error),
        })?);
    }
    Ok(kept)
}

/// What a file is, when its first bytes say so.
fn kind(head: &[u8]) -> Option<String> {
    shown_kind(head, "").map(str::to_owned)
}

/// Tells how much was read.
struct Counted<R, F> {
    input: R,
    each: F,
}

impl<R: Read, F: FnMut(u64)> Read for Counted<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        (self.each)(n as u64);
        Ok(n)
    }
}
