//! What this machine remembers of the journal of notes, which has no spool: how far it had come, so that
//! newest notes cut off are missed, and whether one is being sealed, so that what an interruption left is
//! no file too many.

use serde::{Deserialize, Serialize};
use telekeep_journal::{Archive, Error, Head, Known, StoreErrorKind, store::get_limited};

use super::{JOURNAL, NoteError};

/// Its file, in `local/`.
pub const FILE: &str = "notes.json";
const PATH: &str = "local/notes.json";
const LARGEST: u64 = 4096;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    head: Option<Head>,
    sealing: bool,
}

impl Memory {
    /// Reads it; nothing is remembered where nothing is kept.
    pub fn load(archive: &Archive) -> Result<Self, NoteError> {
        if archive.local_dir().is_none() {
            return Ok(Self::default());
        }
        match get_limited(archive.store().as_ref(), PATH, LARGEST) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| NoteError::Memory),
            Err(error) if error.kind == StoreErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::from(error).into()),
        }
    }

    pub(super) fn sealing(head: Option<Head>) -> Self {
        Self {
            head,
            sealing: true,
        }
    }

    pub(super) fn sealed(head: Head) -> Self {
        Self {
            head: Some(head),
            sealing: false,
        }
    }

    /// Keeps it in place of what was kept before, where there is a place for it.
    pub(super) fn store(&self, archive: &Archive) -> Result<(), NoteError> {
        if archive.local_dir().is_some() {
            let text = serde_json::json!(self).to_string();
            archive
                .store()
                .replace(PATH, text.as_bytes())
                .map_err(Error::from)?;
        }
        Ok(())
    }

    /// The archive must have what it had.
    pub(super) fn agrees(&self, archive: &Archive) -> Result<(), NoteError> {
        let Some(head) = &self.head else {
            return Ok(());
        };
        if archive.head_at(JOURNAL, head.segment)?.as_ref() == Some(head) {
            return Ok(());
        }
        let segment = head.segment;
        let why = format!("seal {segment} of it is missing from the archive, or is another one");
        Err(Error::Diverged {
            journal: JOURNAL.to_owned(),
            why,
        }
        .into())
    }

    /// Adds it to what is known when the archive is verified.
    pub fn add_to(&self, known: &mut Known) {
        known.heads.extend(self.head.clone());
        if self.sealing {
            known.unsealed.insert(Some(JOURNAL.to_owned()));
        }
    }
}
