//! Stories that accounts told.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use telekeep_model::{Context, Told, ToldStory};

use crate::error::{Doing as _, IndexError};
use crate::names;

/// A story as it was told last.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryRow {
    /// What it shows and says.
    pub story: ToldStory,
    /// When it was recorded so, unix milliseconds.
    pub recorded: i64,
    /// When it was seen to be no more, unix milliseconds.
    pub gone: Option<i64>,
    /// What it was before, with when it was recorded so, the newest first.
    pub earlier: Vec<(i64, ToldStory)>,
    /// Its place in the order of all, to go on from.
    pub place: StoryPlace,
}

/// A place among stories: date, and number.
pub type StoryPlace = (i64, i64);

/// Which stories are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryFilter {
    /// Only those that say, or once said, these words; each may be the beginning of one.
    pub words: Option<String>,
    /// Only what is older than this place.
    pub after: Option<StoryPlace>,
    /// At most so many.
    pub limit: usize,
}

const COLUMNS: &str = "SELECT no, chat, date, time, gone, body FROM story";

/// See [`crate::Index::stories`].
pub(crate) fn stories(db: &Connection, filter: &StoryFilter) -> Result<Vec<StoryRow>, IndexError> {
    let words = match &filter.words {
        None => None,
        Some(words) => match names::expression(words) {
            Some(expression) => Some(expression),
            // Nothing says no word.
            None => return Ok(Vec::new()),
        },
    };
    let (date, no) = filter.after.unwrap_or((i64::MAX, i64::MAX));
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let sql = format!(
        "{COLUMNS} WHERE (date, no) < (?1, ?2) AND (?3 IS NULL OR no IN
            (SELECT rowid FROM story_words WHERE story_words MATCH ?3))
         ORDER BY date DESC, no DESC LIMIT ?4"
    );
    let rows: Vec<Stored> = db
        .prepare_cached(&sql)
        .and_then(|mut select| {
            select
                .query_map(params![date, no, words, limit], stored)?
                .collect()
        })
        .doing("reading stories")?;
    rows.into_iter().map(|row| read(db, row)).collect()
}

/// See [`crate::Index::story`].
pub(crate) fn story(db: &Connection, chat: i64, id: i64) -> Result<Option<StoryRow>, IndexError> {
    let row = db
        .prepare_cached(&format!(
            "{COLUMNS} WHERE chat = ?1 AND id = ?2 ORDER BY seq DESC LIMIT 1"
        ))
        .and_then(|mut select| select.query_row([chat, id], stored).optional())
        .doing("reading a story")?;
    row.map(|row| read(db, row)).transpose()
}

/// See [`crate::Index::story_count`].
pub(crate) fn count(db: &Connection) -> Result<u64, IndexError> {
    db.query_row("SELECT count(*) FROM story", [], |row| row.get::<_, i64>(0))
        .map(crate::number::unsigned)
        .doing("counting stories")
}

struct Stored {
    no: i64,
    chat: i64,
    date: i64,
    time: i64,
    gone: Option<i64>,
    body: String,
}

fn stored(row: &Row<'_>) -> Result<Stored, rusqlite::Error> {
    Ok(Stored {
        no: row.get(0)?,
        chat: row.get(1)?,
        date: row.get(2)?,
        time: row.get(3)?,
        gone: row.get(4)?,
        body: row.get(5)?,
    })
}

fn read(db: &Connection, row: Stored) -> Result<StoryRow, IndexError> {
    let versions: Vec<(i64, String)> = db
        .prepare_cached("SELECT time, body FROM story_version WHERE no = ?1 ORDER BY seq DESC")
        .and_then(|mut select| {
            let rows = select.query_map([row.no], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .doing("reading earlier versions of a story")?;
    let earlier = versions.into_iter();
    let earlier = earlier.map(|(time, body)| Ok((time, parsed(&body, row.chat)?)));
    Ok(StoryRow {
        story: parsed(&row.body, row.chat)?,
        recorded: row.time,
        gone: row.gone,
        earlier: earlier.collect::<Result<_, IndexError>>()?,
        place: (row.date, row.no),
    })
}

fn parsed(body: &str, chat: i64) -> Result<ToldStory, IndexError> {
    let context = Context {
        account: None,
        chat: Some(chat),
    };
    match Told::parse_str(body, context) {
        Ok(Told::Story(story)) => Ok(*story),
        _ => Err(IndexError::Damaged { what: "story" }),
    }
}
