//! Notes: what somebody kept by hand.

use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Value};
use telekeep_model::Note;

use crate::error::{Doing as _, IndexError};
use crate::names::{self, Names};

/// A note as it was archived.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteRow {
    /// The journal it is in, and its place there: together they name it.
    pub journal: String,
    /// Its sequence number.
    pub seq: u64,
    /// The chat it is about, when the archive knows it (marked id).
    pub chat: Option<i64>,
    /// What that chat is called now; else what the note calls it.
    pub chat_title: String,
    /// When it was archived, unix milliseconds.
    pub archived: i64,
    /// What was archived.
    pub note: Note,
    /// Its place in the order of all, to go on from.
    pub place: NotePlace,
}

/// A place among notes: date (when it is from, else when it was archived), and number.
pub type NotePlace = (i64, i64);

/// The chat of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteChat {
    /// One that the archive knows, by its marked id.
    Known(i64),
    /// One that only a title names.
    Titled(String),
}

/// Which notes are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFilter {
    /// Only those with these words in text, chat, person or names of files; each may be the beginning
    /// of one.
    pub words: Option<String>,
    /// Only those about this chat.
    pub chat: Option<NoteChat>,
    /// Only what is older than this place.
    pub after: Option<NotePlace>,
    /// At most so many.
    pub limit: usize,
}

/// The condition of a query and its `?1`.
fn of_chat(chat: Option<&NoteChat>) -> (&'static str, Value) {
    match chat {
        None => ("?1 IS NULL", Value::Null),
        Some(NoteChat::Known(id)) => ("chat = ?1", Value::Integer(*id)),
        Some(NoteChat::Titled(title)) => {
            ("chat IS NULL AND title = ?1", Value::Text(title.clone()))
        }
    }
}

/// See [`crate::Index::notes`].
pub(crate) fn notes(db: &Connection, filter: &NoteFilter) -> Result<Vec<NoteRow>, IndexError> {
    let doing = "reading notes";
    let words = match &filter.words {
        None => None,
        Some(words) => match names::expression(words) {
            Some(expression) => Some(expression),
            // Nothing says no word.
            None => return Ok(Vec::new()),
        },
    };
    let (condition, chat) = of_chat(filter.chat.as_ref());
    let (date, no) = filter.after.unwrap_or((i64::MAX, i64::MAX));
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT no, (SELECT name FROM journal WHERE journal.no = capture.journal), seq, chat, date,
            time, body
         FROM capture WHERE {condition} AND (date, no) < (?2, ?3) AND (?4 IS NULL OR no IN
            (SELECT rowid FROM capture_words WHERE capture_words MATCH ?4))
         ORDER BY date DESC, no DESC LIMIT ?5"
    );
    let mut select = db.prepare_cached(&sql).doing(doing)?;
    let mut rows = select
        .query(params![chat, date, no, words, limit])
        .doing(doing)?;
    let mut names = Names::default();
    let mut all = Vec::new();
    while let Some(row) = rows.next().doing(doing)? {
        all.push(note(db, row, &mut names)?);
    }
    Ok(all)
}

fn note(db: &Connection, row: &Row<'_>, names: &mut Names) -> Result<NoteRow, IndexError> {
    let stored = || -> Result<(NoteRow, String), rusqlite::Error> {
        let found = NoteRow {
            place: (row.get(4)?, row.get(0)?),
            journal: row.get(1)?,
            seq: crate::number::unsigned(row.get(2)?),
            chat: row.get(3)?,
            chat_title: String::new(),
            archived: row.get(5)?,
            note: Note::default(),
        };
        Ok((found, row.get(6)?))
    };
    let (mut found, body) = stored().doing("reading a note")?;
    found.note = Note::parse_str(&body).map_err(|_| IndexError::Damaged {
        what: "reading a note",
    })?;
    found.chat_title = match found.chat {
        Some(id) => names.of(db, id)?,
        None => found.note.title.clone(),
    };
    if found
        .chat
        .is_some_and(|id| found.chat_title == id.to_string())
    {
        found.chat_title.clone_from(&found.note.title);
    }
    Ok(found)
}

/// See [`crate::Index::note_count`].
pub(crate) fn count(db: &Connection, of: Option<&NoteChat>) -> Result<u64, IndexError> {
    let (condition, chat) = of_chat(of);
    db.prepare_cached(&format!("SELECT count(*) FROM capture WHERE {condition}"))
        .and_then(|mut select| select.query_row([chat], |row| row.get(0)))
        .map(crate::number::unsigned)
        .doing("counting notes")
}

/// See [`crate::Index::noted_titles`].
pub(crate) fn titles(db: &Connection) -> Result<Vec<String>, IndexError> {
    db.prepare_cached("SELECT DISTINCT title FROM capture WHERE chat IS NULL ORDER BY title")
        .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
        .doing("reading the titles of notes")
}

/// See [`crate::Index::same_note`].
pub(crate) fn same(
    db: &Connection,
    chat: Option<i64>,
    body: &str,
) -> Result<Option<i64>, IndexError> {
    db.prepare_cached("SELECT time FROM capture WHERE chat IS ?1 AND body = ?2 LIMIT 1")
        .and_then(|mut select| {
            select
                .query_row(params![chat, body], |row| row.get(0))
                .optional()
        })
        .doing("looking for a note")
}
