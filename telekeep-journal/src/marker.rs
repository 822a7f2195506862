//! `telekeep.json`: what this folder is, which format it has, and which keys open it.

use serde::{Deserialize, Serialize};

use crate::FORMAT;
use crate::error::Error;
use crate::names::MARKER;
use crate::statement::{self, Statement};

/// How the files of an archive are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encryption {
    #[serde(rename = "age")]
    Age,
    #[serde(rename = "none")]
    None,
}

/// How a key file wraps the archive identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyKind {
    Passphrase,
    Recipient,
}

/// A key file as the marker lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyEntry {
    pub(crate) name: String,
    pub(crate) kind: KeyKind,
    /// For kind `recipient`: whom it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<String>,
    pub(crate) file: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    /// Unix milliseconds.
    pub(crate) created: i64,
}

/// The fields of `telekeep.json` but `mac` and `checksum`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marker {
    pub(crate) format: u32,
    /// 32 hexadecimal digits, random: tells archives apart.
    pub(crate) id: String,
    /// Unix milliseconds.
    pub(crate) created: i64,
    pub(crate) encryption: Encryption,
    /// The archive's own recipient (`age1...`): everything is encrypted to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<String>,
    #[serde(default)]
    pub(crate) keys: Vec<KeyEntry>,
}

impl Marker {
    pub(crate) fn encode(&self, mac_key: Option<&[u8; 32]>) -> Result<Vec<u8>, Error> {
        statement::encode(self, mac_key)
    }

    pub(crate) fn key_names(&self) -> String {
        self.keys
            .iter()
            .map(|key| key.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub(crate) fn encrypted(&self) -> bool {
        self.encryption == Encryption::Age
    }
}

/// Reads a marker: checksum first, then the format number, then the rest.
pub(crate) fn parse(bytes: &[u8]) -> Result<Marker, Error> {
    let damaged = |why: String| Error::damaged(MARKER, why);
    let statement = Statement::parse(bytes).map_err(damaged)?;
    check_format(MARKER, &statement)?;
    let marker: Marker = statement.fields().map_err(damaged)?;
    if marker.encrypted() != marker.recipient.is_some()
        || marker.encrypted() == marker.keys.is_empty()
    {
        return Err(Error::damaged(
            MARKER,
            "encryption, recipient and keys do not fit together",
        ));
    }
    Ok(marker)
}

/// Was it written by somebody who has the archive identity? The error is a sentence about the file.
pub(crate) fn authenticate(bytes: &[u8], key: &[u8; 32]) -> Result<(), String> {
    Statement::parse(bytes)?.authenticate(key)
}

/// Refuses formats this program does not know, before any other field is believed.
pub(crate) fn check_format(file: &str, statement: &Statement<'_>) -> Result<(), Error> {
    let found = statement
        .format()
        .map_err(|why| Error::damaged(file, why))?;
    if found > u64::from(FORMAT) {
        return Err(Error::NewerFormat {
            file: file.to_owned(),
            found,
            known: FORMAT,
        });
    }
    if found == 0 {
        return Err(Error::damaged(file, "format 0 does not exist"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Marker {
        let keys = Vec::new();
        Marker {
            format: 1,
            id: "0".repeat(32),
            created: 1,
            encryption: Encryption::None,
            recipient: None,
            keys,
        }
    }

    #[test]
    fn newer_formats_are_refused_as_such() {
        let newer = Marker {
            format: 2,
            ..plain()
        }
        .encode(None)
        .unwrap();
        assert!(matches!(
            parse(&newer),
            Err(Error::NewerFormat {
                found: 2,
                known: 1,
                ..
            })
        ));
        assert_eq!(parse(&plain().encode(None).unwrap()).unwrap(), plain());
    }

    #[test]
    fn a_newer_format_may_change_every_other_field() {
        let newer = statement::encode(&serde_json::json!({"format": 7, "keys": "elsewhere"}), None)
            .unwrap();
        assert!(matches!(
            parse(&newer),
            Err(Error::NewerFormat { found: 7, .. })
        ));
    }

    #[test]
    fn contradictions_are_damage() {
        let odd = Marker {
            encryption: Encryption::Age,
            ..plain()
        }
        .encode(None)
        .unwrap();
        assert!(matches!(parse(&odd), Err(Error::Damaged { .. })));
    }
}
