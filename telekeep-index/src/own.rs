//! What belongs to the accounts themselves, and not to one of their chats.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::value::RawValue;
use telekeep_model::{AccountPart, Crowd, SavedContact};

use crate::error::{Doing as _, IndexError};
use crate::names;
use crate::number::unsigned;

/// A part of an account, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// Number of the journal of its account.
    pub journal: i64,
    /// The account, when its journal says.
    pub account: Option<i64>,
    /// Name of the part.
    pub part: String,
    /// When it became what it is, as far as runs saw, or failed without ever being had: unix
    /// milliseconds.
    pub since: i64,
    /// Entries of its lists; `None` for what is no list.
    pub count: Option<u64>,
    /// Why the account cannot have it, if so.
    pub unavailable: Option<String>,
    /// Why it could not be had the last time, if so.
    pub failure: Option<String>,
}

/// Something that a part of an account says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnHit {
    /// Name of the part.
    pub part: String,
    /// Marked id of whom it is about.
    pub peer: Option<i64>,
    /// Unix seconds; 0 when not told.
    pub date: i64,
    /// All that it says.
    pub text: String,
}

/// See [`crate::Index::find_own`].
pub(crate) fn find(db: &Connection, words: &str, limit: usize) -> Result<Vec<OwnHit>, IndexError> {
    let Some(expression) = names::expression(words) else {
        return Ok(Vec::new());
    };
    let row = |row: &Row<'_>| -> Result<OwnHit, rusqlite::Error> {
        Ok(OwnHit {
            part: row.get(0)?,
            peer: row.get(1)?,
            date: row.get(2)?,
            text: row.get(3)?,
        })
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT part, peer, date, text FROM own_text
         WHERE no IN (SELECT rowid FROM own_words WHERE own_words MATCH ?1)
         ORDER BY date DESC, no LIMIT ?2",
    )
    .and_then(|mut select| {
        let rows = select.query_map(params![expression, limit], row)?;
        rows.collect()
    })
    .doing("looking through the account")
}

/// See [`crate::Index::account_parts`]. Parts that only ever failed are told too.
pub(crate) fn parts(db: &Connection) -> Result<Vec<PartRow>, IndexError> {
    let doing = "reading parts of the account";
    let row = |row: &Row<'_>| -> Result<PartRow, rusqlite::Error> {
        Ok(PartRow {
            journal: row.get(0)?,
            account: row.get(1)?,
            part: row.get(2)?,
            since: row.get(3)?,
            count: row.get::<_, Option<i64>>(4)?.map(unsigned),
            unavailable: row.get(5)?,
            failure: row.get(6)?,
        })
    };
    db.prepare_cached(
        "SELECT part.journal, journal.account, part.part, part.time, part.count,
            part.unavailable, failure.error
         FROM account_part AS part JOIN journal ON journal.no = part.journal
         LEFT JOIN failure ON failure.journal = part.journal AND failure.what = part.part
            AND failure.key = ''
         UNION ALL
         SELECT failure.journal, journal.account, failure.what, failure.time, NULL, NULL, failure.error
         FROM failure JOIN journal ON journal.no = failure.journal
         WHERE failure.key = '' AND failure.what NOT IN
            ('chat', 'media', 'dialogs', 'ranges', 'folders', 'left_chats', 'saved_contacts',
             'who_reacted')
            AND NOT EXISTS (SELECT 1 FROM account_part AS part
                WHERE part.journal = failure.journal AND part.part = failure.what)
         ORDER BY 1, 3",
    )
    .and_then(|mut select| select.query_map([], row)?.collect())
    .doing(doing)
}

/// See [`crate::Index::account_part`].
pub(crate) fn part(
    db: &Connection,
    journal: i64,
    part: &str,
) -> Result<Option<AccountPart>, IndexError> {
    let body: Option<String> = db
        .prepare_cached("SELECT body FROM account_part WHERE journal = ?1 AND part = ?2")
        .and_then(|mut select| {
            let found = select.query_row(params![journal, part], |row| row.get(0));
            found.optional()
        })
        .doing("reading a part of the account")?;
    let damaged = || IndexError::Damaged {
        what: "part of the account",
    };
    let read = |body: String| {
        let raw = RawValue::from_string(body).map_err(|_| damaged())?;
        AccountPart::parse(&raw).map_err(|_| damaged())
    };
    body.map(read).transpose()
}

/// See [`crate::Index::reactions`] and [`crate::Index::votes`].
pub(crate) fn crowd(
    db: &Connection,
    deed: &str,
    chat: i64,
    id: i64,
) -> Result<Option<Crowd>, IndexError> {
    let found: Option<(Option<String>, Option<String>)> = db
        .prepare_cached(
            "SELECT unavailable, body FROM crowd WHERE chat = ?1 AND id = ?2 AND deed = ?3",
        )
        .and_then(|mut select| {
            let key = params![chat, id, deed];
            let found = select.query_row(key, |row| Ok((row.get(0)?, row.get(1)?)));
            found.optional()
        })
        .doing("reading who reacted")?;
    let damaged = |_| IndexError::Damaged {
        what: "who reacted",
    };
    let Some((unavailable, body)) = found else {
        return Ok(None);
    };
    let crowd = body.map(|body| Crowd::parse_str(&body).map_err(damaged));
    let crowd = crowd.transpose()?.unwrap_or_default();
    Ok(Some(Crowd {
        unavailable,
        ..crowd
    }))
}

/// An entry of a telephone book.
#[derive(Clone, Debug, PartialEq)]
pub struct BookEntry {
    /// The number and the name that the owner gave it.
    pub contact: SavedContact,
    /// Marked id of the person with this number, where one is known.
    pub person: Option<i64>,
}

const BOOK: &str = "SELECT phone, first, last, date,
        (SELECT id FROM peer WHERE peer.phone = ltrim(saved_contact.phone, '+') LIMIT 1)
     FROM saved_contact";

fn entry(row: &Row<'_>) -> Result<BookEntry, rusqlite::Error> {
    Ok(BookEntry {
        contact: SavedContact {
            phone: row.get(0)?,
            first_name: row.get(1)?,
            last_name: row.get(2)?,
            date: row.get(3)?,
            gone: false,
        },
        person: row.get(4)?,
    })
}

/// See [`crate::Index::saved_contacts`].
pub(crate) fn saved_contacts(
    db: &Connection,
    journal: Option<i64>,
) -> Result<Vec<BookEntry>, IndexError> {
    db.prepare_cached(&format!(
        "{BOOK} WHERE ?1 IS NULL OR journal = ?1 ORDER BY first, last, phone"
    ))
    .and_then(|mut select| select.query_map([journal], entry)?.collect())
    .doing("reading saved contacts")
}

/// See [`crate::Index::find_saved_contacts`].
pub(crate) fn find_saved_contacts(
    db: &Connection,
    text: &str,
    limit: usize,
) -> Result<Vec<BookEntry>, IndexError> {
    let (filter, wanted) = match (digits(text), names::expression(text)) {
        (Some(digits), _) => ("instr(phone, ?1) > 0", digits),
        (None, Some(words)) => ("no IN (SELECT rowid FROM book WHERE book MATCH ?1)", words),
        (None, None) => return Ok(Vec::new()),
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.prepare_cached(&format!(
        "{BOOK} WHERE {filter} ORDER BY first, last, phone LIMIT ?2"
    ))
    .and_then(|mut select| select.query_map(params![wanted, limit], entry)?.collect())
    .doing("looking for a saved contact")
}

/// Digits a number is looked for by, at least.
const FEW: usize = 4;

/// The digits of what is written like a telephone number; `None` for anything else.
fn digits(text: &str) -> Option<String> {
    let written = |c: char| c.is_ascii_digit() || " +-()./".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (text.chars().all(written) && digits.len() >= FEW).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(digits("+49 (170) 12-34"), Some("491701234".to_owned()));
        assert_eq!(digits("123"), None);
        assert_eq!(digits("room 1234"), None);
    }
}
