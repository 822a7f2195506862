//! Notes: what the owner keeps by hand, because no server shows it to a program: a screenshot, a text,
//! an export of a secret chat.
//!
//! They have a journal of their own and no spool. The files of a note are stored as blobs; then its one
//! record is sealed, and that is the moment it exists: an interruption before leaves blobs that nothing
//! refers to, which the next note with the same bytes adopts. What was begun is told apart from what
//! somebody planted by [`Memory`].

mod memory;

use std::io::{self, Read, Write as _};

use serde::Serialize;
use serde_json::json;
use telekeep_journal::{Archive, Error, Head, MemoryTail, StoredFile, Tail as _};

pub use memory::{FILE, Memory};

use crate::spool::Run;

/// The journal of notes.
pub const JOURNAL: &str = "notes";
/// Longest text, in bytes.
pub const MOST_TEXT: usize = 1 << 20;
/// Longest title, person or name of a file, in bytes.
pub const MOST_WORDS: usize = 1000;
/// Most files of one note.
pub const MOST_FILES: usize = 1000;

/// Bytes read of a file at once.
const PIECE: usize = 64 * 1024;

/// Why a note could not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It says nothing.
    #[error("a note needs a text or a file; nothing was archived")]
    Empty,
    /// It has more than a record may have.
    #[error("{what} is longer than {most} bytes; keep what is long as a file")]
    TooLong {
        /// Which part of it.
        what: &'static str,
        /// The bound.
        most: usize,
    },
    /// More files than a note may have.
    #[error("a note has at most {MOST_FILES} files; make several notes, or one file of them")]
    TooManyFiles,
    /// The file to keep cannot be read.
    #[error("reading it failed: {0}")]
    Read(#[source] io::Error),
    /// What this machine remembers of notes cannot be read.
    #[error("local/notes.json is damaged; remove it: only how far the notes had come is forgotten")]
    Memory,
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] Error),
}

/// A file that is in the archive, as a note names it.
#[derive(Clone, Debug, Serialize)]
pub struct Attachment {
    /// What it is called, without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What it is, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// Its blob.
    pub blob: String,
    /// The stored files of the blob.
    #[serde(skip)]
    pub stored: Vec<StoredFile>,
}

/// A note to be kept; its JSON is the body of its record.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Note {
    /// The chat it is about, when the archive knows it (marked id).
    #[serde(skip)]
    pub chat: Option<i64>,
    /// What that chat is called.
    pub title: String,
    /// Who made or gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it is from, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<i64>,
    /// What it says.
    pub text: String,
    /// What belongs to it.
    pub files: Vec<Attachment>,
}

impl Note {
    /// Could it be kept with `files` more files of these names? To be asked before anything is stored.
    pub fn check(&self, files: &[&str]) -> Result<(), NoteError> {
        let names = files.iter().copied();
        let names = names.chain(self.files.iter().map(|file| file.name.as_str()));
        if names.clone().count() > MOST_FILES {
            return Err(NoteError::TooManyFiles);
        }
        if self.text.trim().is_empty() && names.clone().count() == 0 {
            return Err(NoteError::Empty);
        }
        let short = |what, text: &str, most| match text.len() <= most {
            true => Ok(()),
            false => Err(NoteError::TooLong { what, most }),
        };
        short("the text", &self.text, MOST_TEXT)?;
        short("the title of the chat", &self.title, MOST_WORDS)?;
        short(
            "the person",
            self.by.as_deref().unwrap_or_default(),
            MOST_WORDS,
        )?;
        for name in names {
            short("the name of a file", name, MOST_WORDS)?;
        }
        Ok(())
    }

    /// The body of its record.
    #[must_use]
    pub fn body(&self) -> String {
        json!(self).to_string()
    }
}

/// Stores a file of a note, piece by piece. The caller holds the archive's lock.
///
/// `kind` is asked what the file is by its first bytes (64 KiB of them, if there are as many).
pub fn keep(
    archive: &Archive,
    name: &str,
    size: Option<u64>,
    input: &mut impl Read,
    kind: &dyn Fn(&[u8]) -> Option<String>,
) -> Result<Attachment, NoteError> {
    let mut blob = archive.blob_writer(size)?;
    let mut piece = Vec::with_capacity(PIECE);
    let mut mime = None;
    loop {
        piece.clear();
        let mut some = input.by_ref().take(PIECE as u64);
        some.read_to_end(&mut piece).map_err(NoteError::Read)?;
        if piece.is_empty() {
            break;
        }
        if blob.size() == 0 {
            mime = kind(&piece);
        }
        blob.write_all(&piece).map_err(of_archive)?;
    }
    let blob = blob.finish()?;
    Ok(Attachment {
        name: name.to_owned(),
        size: blob.size,
        mime,
        sha256: blob.sha256,
        blob: blob.name,
        stored: blob.files,
    })
}

/// What a writer of blobs says is an error of the archive.
fn of_archive(error: io::Error) -> NoteError {
    match error.downcast::<Error>() {
        Ok(error) => error.into(),
        Err(source) => Error::Io {
            what: "a file of a note".to_owned(),
            source,
        }
        .into(),
    }
}

/// Archives a note whose files are stored; `now` in unix milliseconds. The caller holds the archive's lock.
/// Gives the head of the journal.
pub fn append(archive: &Archive, note: &Note, now: i64) -> Result<Head, NoteError> {
    note.check(&[])?;
    let before = archive.head(JOURNAL)?;
    let memory = Memory::load(archive)?;
    memory.agrees(archive)?;
    let mut tail = MemoryTail::new();
    if let Some(head) = &before {
        let Ok(()) = tail.sealed(head);
    }
    let run = Run::random_id().map_err(|error| Error::Random(error.to_string()))?;
    if before.is_none() {
        tail.push(
            &format!("\"time\":{now},\"run\":\"{run}\",\"kind\":\"source\",\"body\":{{\"type\":\"notes\"}}"),
            Vec::new(),
        );
    }
    let chat = note.chat.map(|chat| format!("\"chat\":{chat},"));
    let fields = format!(
        "\"time\":{now},\"run\":\"{run}\",\"kind\":\"note\",{}\"body\":{}",
        chat.unwrap_or_default(),
        note.body()
    );
    let stored = note.files.iter().flat_map(|file| file.stored.clone());
    tail.push(&fields, stored.collect());
    Memory::sealing(before).store(archive)?;
    let head = archive.seal(JOURNAL, &mut tail, true)?;
    let head = head.ok_or(NoteError::Empty)?;
    Memory::sealed(head.clone()).store(archive)?;
    Ok(head)
}

#[cfg(test)]
mod tests;
