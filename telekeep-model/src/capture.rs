//! Notes: what somebody kept by hand because no server shows it, such as a screenshot of a secret chat.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{MediaHeld, ModelError, json};

/// A manual capture, as its record says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What the chat was called then: its title, or what the owner of the archive calls it.
    pub title: String,
    /// Who made or gave it, in the owner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it is from, as the owner says; unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<i64>,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// What belongs to it, in the order it was given.
    #[serde(default)]
    pub files: Vec<NoteFile>,
}

/// A file of a note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoteFile {
    /// What it was called, without folders. Untrusted.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What its first bytes say it is, when they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// The blob that holds it.
    pub blob: String,
}

impl Note {
    /// Reads the body of its record.
    pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
        Self::parse_str(body.get())
    }

    /// [`Self::parse`] for a body at hand as text.
    pub fn parse_str(body: &str) -> Result<Self, ModelError> {
        let note: Self = json::read("note", body)?;
        if note.files.iter().all(NoteFile::is_named) {
            return Ok(note);
        }
        Err(ModelError::Field {
            what: "note",
            field: "files.sha256",
        })
    }

    /// What a search should find it by, one piece per line.
    #[must_use]
    pub fn search_text(&self) -> String {
        let words = [self.text.as_str(), &self.title];
        let by = self.by.as_deref().into_iter();
        let files = self.files.iter().map(|file| file.name.as_str());
        let all: Vec<&str> = words.into_iter().chain(by).chain(files).collect();
        all.join("\n")
    }
}

impl NoteFile {
    /// Its key among the files of an archive: `note/SHA256`. The same bytes in two notes are one file.
    #[must_use]
    pub fn key(&self) -> String {
        format!("note/{}", self.sha256)
    }

    /// As a file that is held.
    #[must_use]
    pub fn held(&self) -> MediaHeld {
        MediaHeld {
            file: self.key(),
            size: self.size,
            sha256: self.sha256.clone(),
            blob: self.blob.clone(),
            mime: self.mime.clone(),
            name: Some(self.name.clone()),
        }
    }

    fn is_named(&self) -> bool {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        self.sha256.len() == 64 && self.sha256.bytes().all(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, digit: &str) -> NoteFile {
        NoteFile {
            name: name.to_owned(),
            size: 3,
            sha256: digit.repeat(64),
            blob: "b".to_owned(),
            ..NoteFile::default()
        }
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let note = Note {
            title: "Ada, secret".to_owned(),
            by: Some("Carla".to_owned()),
            date: Some(-5),
            text: "What she said".to_owned(),
            files: vec![file("one.png", "1"), file("two.png", "a")],
        };
        let body = serde_json::to_string(&note).unwrap();
        assert_eq!(Note::parse_str(&body).unwrap(), note);
        assert_eq!(
            note.search_text(),
            "What she said\nAda, secret\nCarla\none.png\ntwo.png"
        );
        let held = note.files[1].held();
        assert_eq!(held.file, format!("note/{}", "a".repeat(64)));
        assert_eq!(held.name.as_deref(), Some("two.png"));
    }

    #[test]
    fn little_is_enough_and_more_is_passed_over() {
        let note = Note::parse_str(r#"{"title":"Ada","text":"hi","later":[1]}"#).unwrap();
        assert_eq!((note.text.as_str(), note.by, note.date), ("hi", None, None));
    }

    #[test]
    fn what_is_no_note() {
        let odd = |hash: &str| {
            format!(
                r#"{{"title":"A","files":[{{"name":"x","size":1,"sha256":"{hash}","blob":"b"}}]}}"#
            )
        };
        assert!(Note::parse_str(&odd(&"0".repeat(64))).is_ok());
        for hash in ["", "../../x", &"A".repeat(64), &"0".repeat(65)] {
            assert!(Note::parse_str(&odd(hash)).is_err(), "{hash}");
        }
        for body in ["[]", "{}", r#"{"title":1}"#, r#"{"title":"A","date":"x"}"#] {
            assert!(Note::parse_str(body).is_err(), "{body}");
        }
    }
}
