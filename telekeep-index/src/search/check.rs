//! What the full-text index can only narrow, and is looked at message by message.

use rusqlite::Connection;

use super::values::Comparison;
use crate::{error::IndexError, names::Names, show};

/// What a row is checked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Check {
    /// The bytes of its files.
    Size(Comparison, i64),
    /// These characters, in lower case, are there (or, with `false`, are not).
    Exact(String, bool),
}

/// Whether a row meets the checks, by its message.
pub(crate) fn passes(
    db: &Connection,
    c: i64,
    chat: i64,
    id: i64,
    checks: &[Check],
) -> Result<bool, IndexError> {
    if checks.is_empty() {
        return Ok(true);
    }
    let Some(shown) = show::one(db, c, chat, id, &mut Names::default())? else {
        return Ok(false);
    };
    // With the texts it had before, and (for what must not be there) without them.
    let mut ever: Option<String> = None;
    for check in checks {
        let passed = match check {
            Check::Size(comparison, limit) => {
                let bytes = shown
                    .message
                    .media
                    .as_ref()
                    .map_or(0, |media| media.bytes());
                let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
                bytes > 0 && comparison.holds(bytes, *limit)
            }
            Check::Exact(wanted, true) => {
                if ever.is_none() {
                    let mut text = shown.message.search_text();
                    if shown.versions > 1 {
                        for version in crate::history::versions_of(db, c, chat, id)? {
                            text.push('\n');
                            text.push_str(&version.message.text);
                        }
                    }
                    ever = Some(text.to_lowercase());
                }
                ever.as_ref().is_some_and(|text| text.contains(wanted))
            }
            Check::Exact(unwanted, false) => {
                let now = shown.message.search_text().to_lowercase();
                !now.contains(unwanted)
            }
        };
        if !passed {
            return Ok(false);
        }
    }
    Ok(true)
}
