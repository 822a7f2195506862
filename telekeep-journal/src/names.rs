//! Where each file of an archive lives, and the way back from a path to what it is.

use crate::error::Error;
use crate::hash::is_hash;

pub(crate) const MARKER: &str = "telekeep.json";
pub(crate) const KEYS: &str = "keys/";
pub(crate) const SCHEMA: &str = "schema/";
pub(crate) const JOURNALS: &str = "journals/";
pub(crate) const BLOBS: &str = "blobs/";

const MAX_JOURNAL_NAME: usize = 64;
const MAX_KEY_NAME: usize = 32;

fn is_name(text: &str, max: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    text.len() <= max
        && text.bytes().all(allowed)
        && text
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

pub(crate) fn check_journal_name(name: &str) -> Result<(), Error> {
    check_name("journal", name, MAX_JOURNAL_NAME)
}

pub(crate) fn check_key_name(name: &str) -> Result<(), Error> {
    check_name("key", name, MAX_KEY_NAME)
}

fn check_name(what: &'static str, name: &str, max: usize) -> Result<(), Error> {
    if is_name(name, max) {
        Ok(())
    } else {
        Err(Error::BadName {
            what,
            name: name.to_owned(),
            max,
        })
    }
}

pub(crate) fn key_file(name: &str) -> String {
    format!("{KEYS}{name}.age")
}

pub(crate) fn schema_file(layer: i32, sha256: &str) -> String {
    format!("{SCHEMA}{layer}-{sha256}.tl")
}

pub(crate) fn segment_file(journal: &str, number: u32, encrypted: bool) -> String {
    let suffix = if encrypted { ".age" } else { "" };
    format!("{JOURNALS}{journal}/{number:08}.jsonl.zst{suffix}")
}

pub(crate) fn seal_file(journal: &str, number: u32) -> String {
    format!("{JOURNALS}{journal}/{number:08}.seal.json")
}

/// Path of a blob kept as one file.
pub(crate) fn blob_file(name: &str, encrypted: bool) -> String {
    let suffix = if encrypted { ".age" } else { "" };
    format!("{}{suffix}", blob_stem(name))
}

/// Path of part `number` (from 0) of a blob kept in parts.
pub(crate) fn blob_part(name: &str, number: u32, encrypted: bool) -> String {
    let suffix = if encrypted { ".age" } else { "" };
    format!("{}/{number:05}{suffix}", blob_stem(name))
}

fn blob_stem(name: &str) -> String {
    format!("{BLOBS}{}/{name}", name.get(..2).unwrap_or("--"))
}

/// What a path of an archive names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    Marker,
    Key(&'a str),
    Schema {
        layer: i32,
        sha256: &'a str,
    },
    Segment {
        journal: &'a str,
        number: u32,
    },
    Seal {
        journal: &'a str,
        number: u32,
    },
    Blob {
        name: &'a str,
        part: Option<u32>,
    },
    /// Nothing of this format has such a name.
    Unknown,
}

/// Reads a path back; `encrypted` decides whether names end in `.age`.
pub(crate) fn parse(path: &str, encrypted: bool) -> Place<'_> {
    let parsed = if path == MARKER {
        Some(Place::Marker)
    } else if let Some(rest) = path.strip_prefix(KEYS) {
        rest.strip_suffix(".age")
            .filter(|name| is_name(name, MAX_KEY_NAME))
            .map(Place::Key)
    } else if let Some(rest) = path.strip_prefix(SCHEMA) {
        parse_schema(rest)
    } else if let Some(rest) = path.strip_prefix(JOURNALS) {
        parse_journal_file(rest, encrypted)
    } else if let Some(rest) = path.strip_prefix(BLOBS) {
        parse_blob(rest, encrypted)
    } else {
        None
    };
    parsed.unwrap_or(Place::Unknown)
}

fn parse_schema(rest: &str) -> Option<Place<'_>> {
    let (layer, sha256) = rest.strip_suffix(".tl")?.split_once('-')?;
    let number: i32 = layer.parse().ok()?;
    (number.to_string() == layer && is_hash(sha256)).then_some(Place::Schema {
        layer: number,
        sha256,
    })
}

fn parse_journal_file(rest: &str, encrypted: bool) -> Option<Place<'_>> {
    let (journal, file) = rest.split_once('/')?;
    if !is_name(journal, MAX_JOURNAL_NAME) {
        return None;
    }
    if let Some(number) = file.strip_suffix(".seal.json") {
        return Some(Place::Seal {
            journal,
            number: fixed_number(number, 8).filter(|n| *n > 0)?,
        });
    }
    let number = strip_age(file, encrypted)?.strip_suffix(".jsonl.zst")?;
    Some(Place::Segment {
        journal,
        number: fixed_number(number, 8).filter(|n| *n > 0)?,
    })
}

fn parse_blob(rest: &str, encrypted: bool) -> Option<Place<'_>> {
    let (shard, rest) = rest.split_once('/')?;
    let rest = strip_age(rest, encrypted)?;
    let (name, part) = match rest.split_once('/') {
        Some((name, part)) => (name, Some(fixed_number(part, 5)?)),
        None => (rest, None),
    };
    (is_hash(name) && name.get(..2) == Some(shard)).then_some(Place::Blob { name, part })
}

fn strip_age(file: &str, encrypted: bool) -> Option<&str> {
    if encrypted {
        file.strip_suffix(".age")
    } else {
        Some(file)
    }
}

fn fixed_number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_reads_back() {
        let name = "ab".repeat(32);
        for encrypted in [false, true] {
            let back =
                |path: &str, place: Place<'_>| assert_eq!(parse(path, encrypted), place, "{path}");
            back(MARKER, Place::Marker);
            back(&key_file("main"), Place::Key("main"));
            back(
                &schema_file(230, &name),
                Place::Schema {
                    layer: 230,
                    sha256: &name,
                },
            );
            back(
                &segment_file("tg-1", 7, encrypted),
                Place::Segment {
                    journal: "tg-1",
                    number: 7,
                },
            );
            back(
                &seal_file("tg-1", 99_999_999),
                Place::Seal {
                    journal: "tg-1",
                    number: 99_999_999,
                },
            );
            back(
                &blob_file(&name, encrypted),
                Place::Blob {
                    name: &name,
                    part: None,
                },
            );
            back(
                &blob_part(&name, 3, encrypted),
                Place::Blob {
                    name: &name,
                    part: Some(3),
                },
            );
        }
    }

    #[test]
    fn aliens_are_unknown() {
        for path in [
            "x",
            "telekeep.json2",
            "keys/Main.age",
            "keys/a/b.age",
            "schema/230.tl",
            "schema/0230-x.tl",
            "journals/j/1.seal.json",
            "journals/j/00000000.seal.json",
            "journals/j/00000001.jsonl.zst.age.tmp",
            "journals/J/00000001.seal.json",
            "journals/j/k/00000001.seal.json",
            "blobs/ab/ab",
            "blobs/ab/../x",
        ] {
            assert_eq!(parse(path, true), Place::Unknown, "{path}");
        }
        let name = "ab".repeat(32);
        assert_eq!(parse(&format!("blobs/cd/{name}.age"), true), Place::Unknown);
        assert_eq!(parse(&blob_file(&name, false), true), Place::Unknown);
        assert_eq!(parse(&blob_file(&name, true), false), Place::Unknown);
    }

    #[test]
    fn names_cannot_leave_their_folder() {
        for bad in ["", ".", "..", "a/b", "-a", "A", "a b", "é"] {
            assert!(check_journal_name(bad).is_err(), "{bad}");
        }
        assert!(check_journal_name("telegram-123456").is_ok());
        assert!(check_key_name(&"a".repeat(33)).is_err());
    }
}
