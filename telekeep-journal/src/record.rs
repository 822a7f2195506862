//! Records, the raw lines they are kept as, and the small values that name places in a journal.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::Error;

/// The longest record line a segment takes, in bytes without the newline.
/// Larger than anything a source may deliver, small enough that one line never endangers bounded memory.
pub const MAX_RECORD_BYTES: usize = 15 * 1024 * 1024;

/// One observation: at `time`, the journal's source said that `body` is so.
///
/// As JSON: `{"seq":1042,"time":1760000000000,"run":"00c0ffee00c0ffee","kind":"message","chat":-1001234,"id":55,"layer":230,"body":{...}}`;
/// `seq` is always the first field, absent optional fields are left out, `body` is kept byte for byte.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Position in the journal: 1 for the first record, without gaps.
    pub seq: u64,
    /// When it was observed, in milliseconds since 1970-01-01 UTC.
    pub time: i64,
    /// The run that observed it: 16 hexadecimal digits.
    pub run: String,
    /// What `body` is: `message`, `peer`, `coverage`, ... (`docs/format.md`).
    pub kind: String,
    /// Marked chat id, when the record belongs to one chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<i64>,
    /// Message id, when the record belongs to one message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// TL layer whose names `body` uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<i32>,
    /// The object itself, verbatim JSON.
    pub body: Box<RawValue>,
}

impl Record {
    /// The record as the one-line JSON text that is journalled.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// One record as its verbatim line, without the newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: u64,
    pub json: String,
}

impl Line {
    /// Parses the line.
    pub fn record(&self) -> Result<Record, serde_json::Error> {
        serde_json::from_str(&self.json)
    }
}

/// A record that is durable in the tail but not yet sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailLine {
    pub seq: u64,
    /// The record as one line of JSON that starts with `{"seq":<seq>,`.
    pub json: String,
    /// Stored blob files this record is the first to refer to ([`crate::BlobInfo::files`]).
    /// Naming a file again in a later record is allowed.
    pub blobs: Vec<StoredFile>,
}

/// A file of the archive by its path, with the size and SHA-256 of its stored (encrypted) bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoredFile {
    /// Path inside the archive, `/` separated.
    pub file: String,
    /// Stored bytes.
    pub size: u64,
    /// Hexadecimal SHA-256 of the stored bytes.
    pub sha256: String,
}

/// The end of a journal: whoever knows it can tell whether the newest part was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub journal: String,
    /// Number of the last sealed segment, from 1.
    pub segment: u32,
    /// `seq` of its last record.
    pub last: u64,
    /// Hexadecimal SHA-256 of its seal file.
    pub sha256: String,
}

/// The `seq` a record line states, read from its fixed prefix `{"seq":N,` without parsing JSON.
pub(crate) fn line_seq(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"{\"seq\":")?;
    let end = digits.iter().position(|b| !b.is_ascii_digit())?;
    let (number, rest) = digits.split_at_checked(end)?;
    if rest.first() != Some(&b',') || number.first() == Some(&b'0') {
        return None;
    }
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// The rules a line must keep so that a segment can be cut and read by lines.
pub(crate) fn check_line(journal: &str, line: &TailLine, expected: u64) -> Result<(), Error> {
    let json = line.json.as_bytes();
    let why = if line.seq != expected {
        "the tail skipped or repeated a sequence number"
    } else if line_seq(json) != Some(line.seq) {
        "its line does not start with its own sequence number"
    } else if json.contains(&b'\n') {
        "its line holds a line break"
    } else if json.last() != Some(&b'}') {
        "its line is not a JSON object"
    } else if json.len() > MAX_RECORD_BYTES {
        "it is larger than the format allows"
    } else {
        return Ok(());
    };
    Err(Error::BadRecord {
        journal: journal.to_owned(),
        seq: expected,
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seq_is_read_from_the_prefix() {
        assert_eq!(line_seq(br#"{"seq":1042,"time":1}"#), Some(1042));
        for bad in [
            "",
            "{\"seq\":",
            "{\"seq\":1",
            "{\"seq\":01,",
            "{\"seq\":-1,",
            "{\"seq\":1}",
            "{\"seq\":99999999999999999999,",
        ] {
            assert_eq!(line_seq(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn record_keeps_the_body_verbatim() {
        let json = r#"{"seq":7,"time":1,"run":"00c0ffee00c0ffee","kind":"message","chat":-1001234,"id":55,"body":{"b":1, "a":[ 2 ]}}"#;
        let record: Record = serde_json::from_str(json).unwrap();
        assert_eq!(record.layer, None);
        assert_eq!(record.body.get(), r#"{"b":1, "a":[ 2 ]}"#);
        assert_eq!(record.to_json().unwrap(), json);
    }

    #[test]
    fn bad_lines_are_refused() {
        let line = |seq, json: &str| TailLine {
            seq,
            json: json.to_owned(),
            blobs: Vec::new(),
        };
        assert!(check_line("j", &line(1, r#"{"seq":1,"x":1}"#), 1).is_ok());
        assert!(check_line("j", &line(2, r#"{"seq":2,"x":1}"#), 1).is_err());
        assert!(check_line("j", &line(1, r#"{"seq":2,"x":1}"#), 1).is_err());
        assert!(check_line("j", &line(1, "{\"seq\":1,\n\"x\":1}"), 1).is_err());
        assert!(check_line("j", &line(1, r#"{"seq":1,"x":1"#), 1).is_err());
    }
}
