//! What is to be kept, as people say it: in the settings file, or as flags of `backup`.
//!
//! Both become one [`telekeep_sources::telegram::backup::Selection`]; a flag replaces the setting
//! of the same name, and any flag that names chats replaces all that the file says of which chats.

pub mod file;
pub mod flags;

use telekeep_sources::spool::FileKind;
use telekeep_sources::telegram::backup::ChatType;

/// Kinds of chats by the words people use.
const TYPES: [(&str, ChatType); 7] = [
    ("users", ChatType::Users),
    ("bots", ChatType::Bots),
    ("groups", ChatType::Groups),
    ("supergroups", ChatType::Supergroups),
    ("channels", ChatType::Channels),
    ("saved", ChatType::Saved),
    ("left", ChatType::Left),
];

/// Kinds of files by the words people use.
const KINDS: [(&str, FileKind); 8] = [
    ("photos", FileKind::Photo),
    ("videos", FileKind::Video),
    ("round", FileKind::Round),
    ("voice", FileKind::Voice),
    ("audio", FileKind::Audio),
    ("gifs", FileKind::Gif),
    ("stickers", FileKind::Sticker),
    ("files", FileKind::File),
];

fn one_of<T: Copy>(table: &[(&str, T)], word: &str) -> Result<T, String> {
    let wanted = word.trim().to_lowercase();
    let found = table.iter().find(|(name, _)| *name == wanted);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
        format!("`{word}` is none of {}", names.join(", "))
    })
}

/// A kind of chats.
pub fn chat_type(word: &str) -> Result<ChatType, String> {
    one_of(&TYPES, word)
}

/// A kind of files.
pub fn file_kind(word: &str) -> Result<FileKind, String> {
    one_of(&KINDS, word)
}

/// The word for a kind of files.
pub fn kind_word(kind: FileKind) -> &'static str {
    let found = KINDS.iter().find(|(_, known)| *known == kind);
    found.map_or("files", |(name, _)| name)
}

/// A size like `500 kB`, `50MB`, `1.5 GB`, `20 MiB`, or a number of bytes.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim().to_lowercase().as_str() {
        "" | "b" => 1_u64,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => 0,
    };
    let wrong = || format!("`{text}` is not a size like 500kB, 50MB or 1.5GB");
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let mut bytes = whole.checked_mul(factor).filter(|_| factor > 0);
    let mut unit = factor;
    for digit in part.chars() {
        unit /= 10;
        let digit = u64::from(digit.to_digit(10).ok_or_else(wrong)?);
        bytes = bytes.and_then(|bytes| bytes.checked_add(digit * unit));
    }
    bytes.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("12", 12),
            ("50 MB", 50_000_000),
            ("1.5GB", 1_500_000_000),
            ("20MiB", 20 << 20),
            ("0.25 kB", 250),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "MB",
            "1,5 GB",
            "5 apples",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_those_there_are() {
        let error = chat_type("chanels").unwrap_err();
        assert!(error.contains("chanels") && error.contains("channels"));
        assert_eq!(file_kind(" Photos "), Ok(FileKind::Photo));
        assert_eq!(kind_word(FileKind::Gif), "gifs");
    }
}
