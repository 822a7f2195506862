//! Files of messages on the disk: decrypted into a private folder to be opened, or to a path of the
//! reader's choice. Names come from strangers and are made safe; nothing is ever overwritten.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use telekeep_index::FileState;
use telekeep_model::MediaHeld;
use telekeep_view::{LibraryError, safe_name};
use tempfile::TempDir;

use super::{Problem, Reader, Result};
use crate::ask::{FileItem, Reply};

/// Bytes copied at once.
const PIECE: usize = 256 * 1024;

/// Endings of files that a desktop may run rather than show.
const PROGRAMS: [&str; 33] = [
    "app", "appimage", "apk", "bat", "cmd", "com", "command", "cpl", "desktop", "dmg", "exe",
    "hta", "inf", "jar", "js", "jse", "lnk", "msi", "pif", "pkg", "pl", "ps1", "py", "rb", "reg",
    "run", "scf", "scr", "sh", "url", "vbe", "vbs", "wsf",
];

/// The private folder for files that are opened. It is made when first needed and removed with what
/// is in it when this is dropped.
#[derive(Default)]
pub struct Shelf {
    kept: Mutex<Kept>,
    closing: AtomicBool,
    /// Files are opened by the desktop, which may run some kinds.
    pub by_desktop: bool,
}

#[derive(Default)]
struct Kept {
    folder: Option<TempDir>,
    files: HashMap<String, PathBuf>,
}

impl Shelf {
    /// A shelf for files that the desktop opens, or a command of the reader's.
    pub fn new(by_desktop: bool) -> Self {
        let mut shelf = Self::default();
        shelf.by_desktop = by_desktop;
        shelf
    }

    /// Stops copying and removes everything.
    pub fn clear(&self) {
        self.closing.store(true, Ordering::SeqCst);
        let kept = std::mem::take(&mut *self.lock());
        drop(kept);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of a key, when it was opened before.
    fn find(&self, key: &str) -> Option<PathBuf> {
        let kept = self.lock();
        kept.files.get(key).filter(|path| path.is_file()).cloned()
    }

    /// An empty folder of its own for one file.
    fn place(&self) -> io::Result<PathBuf> {
        let mut kept = self.lock();
        if self.closing.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if kept.folder.is_none() {
            let made = private_folder("telekeep-browse-").tempdir()?;
            kept.folder = Some(made);
        }
        let inside = kept.folder.as_ref().map(TempDir::path);
        let inside = inside.ok_or(io::ErrorKind::NotFound)?;
        let own = private_folder("").tempdir_in(inside)?;
        Ok(own.keep())
    }

    fn remember(&self, key: &str, path: &Path) {
        self.lock().files.insert(key.to_owned(), path.to_owned());
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.clear();
    }
}

pub fn open(reader: &Reader, file: &FileItem) -> Result<Reply> {
    if let Some(path) = reader.shelf.find(&file.key) {
        return Ok(Reply::Ready(path));
    }
    let held = held(reader, file)?;
    let name = name_of(file, &held);
    if reader.shelf.by_desktop && is_program(&name) {
        let words = reader.say.get("browse.is-program");
        return Err(Problem::Told(words.to_owned()));
    }
    let told = |error: io::Error| failed(reader, "browse.open-failed", &error);
    let path = reader.shelf.place().map_err(told)?.join(name);
    let mut options = OpenOptions::new();
    private(options.write(true).create_new(true));
    let mut out = options.open(&path).map_err(told)?;
    copy(reader, &held, &mut out)?;
    reader.shelf.remember(&file.key, &path);
    Ok(Reply::Ready(path))
}

/// Saves to `path`; a folder, or a path that ends in `/`, gets the file's own name.
pub fn save(reader: &Reader, file: &FileItem, path: &str) -> Result<Reply> {
    let held = held(reader, file)?;
    let mut target = PathBuf::from(path);
    if target.is_dir() || path.ends_with('/') {
        target.push(name_of(file, &held));
    }
    let told = |error: io::Error| failed(reader, "browse.save-failed", &error);
    if target.symlink_metadata().is_ok() {
        let words = reader.say.with("browse.exists", target.display());
        return Err(Problem::Told(words));
    }
    let folder = target
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    // Whole or not at all: what is interrupted leaves no half of a file under its name.
    let mut part = tempfile::Builder::new()
        .prefix(".telekeep-")
        .tempfile_in(folder)
        .map_err(told)?;
    copy(reader, &held, part.as_file_mut())?;
    part.persist_noclobber(&target)
        .map_err(|error| told(error.error))?;
    Ok(Reply::Saved(target.display().to_string()))
}

/// Makes folders that only their owner may look into.
fn private_folder(prefix: &str) -> tempfile::Builder<'_, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

fn failed(reader: &Reader, key: &'static str, error: &io::Error) -> Problem {
    Problem::Told(reader.say.with(key, error))
}

fn held(reader: &Reader, file: &FileItem) -> Result<MediaHeld> {
    let state = reader.library.read_here(|_, index| {
        let state = index.file(&file.key).map_err(LibraryError::from)?;
        Ok::<_, Problem>(state)
    })?;
    match state {
        FileState::Held(held) => Ok(held),
        _ => {
            let not_fetched = reader.say.texts.get("missing.not-fetched");
            let why = file.missing.as_deref().unwrap_or(not_fetched);
            Err(Problem::Told(why.to_owned()))
        }
    }
}

fn copy(reader: &Reader, held: &MediaHeld, out: &mut File) -> Result<()> {
    let archive = reader.library.archive();
    let mut blob = archive
        .blob_reader(&held.blob)
        .map_err(LibraryError::from)?;
    let told = |error: io::Error| failed(reader, "browse.open-failed", &error);
    let mut piece = vec![0; PIECE];
    loop {
        if reader.shelf.closing.load(Ordering::SeqCst) {
            return Err(told(io::ErrorKind::Interrupted.into()));
        }
        match blob.read(&mut piece).map_err(told)? {
            0 => return out.flush().map_err(told),
            length => {
                let read = piece.get(..length).unwrap_or_default();
                out.write_all(read).map_err(told)?;
            }
        }
    }
}

/// A safe name with an ending that tells what the file is.
fn name_of(file: &FileItem, held: &MediaHeld) -> String {
    let given = [Some(file.name.as_str()), held.name.as_deref()];
    let given = given
        .into_iter()
        .flatten()
        .find(|name| !name.trim().is_empty());
    let name = match given {
        Some(name) => safe_name(name),
        None => safe_name(&file.key.replace('/', "-")),
    };
    match (ending(&name), ending_of_type(held.mime.as_deref())) {
        (None, Some(ending)) => format!("{name}.{ending}"),
        _ => name,
    }
}

fn ending(name: &str) -> Option<String> {
    let (before, ending) = name.rsplit_once('.')?;
    (!before.is_empty() && !ending.is_empty()).then(|| ending.to_lowercase())
}

fn is_program(name: &str) -> bool {
    ending(name).is_some_and(|ending| PROGRAMS.contains(&ending.as_str()))
}

fn ending_of_type(mime: Option<&str>) -> Option<&'static str> {
    Some(match mime?.trim().to_ascii_lowercase().as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "video/webm" => "webm",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/mp4" => "m4a",
        "audio/flac" => "flac",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str, mime: &str) -> String {
        let file = FileItem {
            key: "photo/70/y".to_owned(),
            name: name.to_owned(),
            ..FileItem::default()
        };
        let held = MediaHeld {
            file: file.key.clone(),
            blob: String::new(),
            size: 0,
            sha256: String::new(),
            mime: Some(mime.to_owned()),
            name: None,
        };
        name_of(&file, &held)
    }

    #[test]
    fn names_stay_in_their_folder_and_tell_what_they_are() {
        assert_eq!(name("", "image/jpeg"), "photo-70-y.jpg");
        assert_eq!(name("report.pdf", "application/pdf"), "report.pdf");
        assert_eq!(name("../../.bashrc", ""), "_.._.bashrc");
        assert_eq!(name("song", "audio/mpeg"), "song.mp3");
        assert_eq!(name("a\u{1b}[2J\u{202e}fdp.exe", ""), "a[2Jfdp.exe");
    }

    #[test]
    fn programs() {
        for bad in ["a.exe", "A.EXE", "x.pdf.desktop", "run.sh"] {
            assert!(is_program(bad), "{bad}");
        }
        for good in ["a.pdf", "exe", "photo.jpg", "exe.txt"] {
            assert!(!is_program(good), "{good}");
        }
    }

    #[test]
    fn nothing_stays_on_the_shelf() {
        let shelf = Shelf::new(false);
        let place = shelf.place().unwrap();
        std::fs::write(place.join("x"), "x").unwrap();
        shelf.clear();
        assert!(!place.exists() && shelf.place().is_err());
    }
}
