//! Search: words over all chats, newest first.
//!
//! The order is (date, chat, id), all descending, and does not depend on how the index was built.
//! Rows come from FTS5 by descending row number, which is the date or a little after it
//! (`slots.rs`), so a hit is final once the row numbers have fallen below its date. A page continues
//! after the last hit of the one before: nothing is counted and nothing skipped over.

pub(crate) mod highlight;
pub(crate) mod meta;
pub(crate) mod query;

use std::{fmt, ops::Range, str::FromStr};

use rusqlite::{Connection, OptionalExtension as _, params};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    names::Names,
    slots,
};
use query::Query;

/// Conditions besides the words. Empty means any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Marked ids of chats, any of them.
    pub chats: Vec<i64>,
    /// Marked ids of senders, any of them.
    pub senders: Vec<i64>,
    /// Sent at or after this, unix seconds.
    pub since: Option<i64>,
    /// Sent before this, unix seconds.
    pub until: Option<i64>,
    /// Kinds of media as in [`telekeep_model::Media::kind`], or `service`, `forwarded`, `reply`,
    /// `pinned`, `edited`, `mine`; any of them.
    pub kinds: Vec<String>,
}

/// A place in the order of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    date: i64,
    chat: i64,
    id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.date, self.chat, self.id)
    }
}

impl FromStr for Cursor {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Self, IndexError> {
        let mut parts = text.split('.').map(str::parse);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(date)), Some(Ok(chat)), Some(Ok(id)), None) => Ok(Self { date, chat, id }),
            _ => Err(IndexError::Query {
                at: 1,
                why: "this is no place to continue from".into(),
            }),
        }
    }
}

/// A found message.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Marked id of the chat.
    pub chat: i64,
    /// Title of the chat.
    pub chat_title: String,
    /// Message id.
    pub id: i64,
    /// When it was sent, unix seconds.
    pub date: i64,
    /// Marked id of the sender.
    pub sender: Option<i64>,
    /// Name of the sender as last known.
    pub sender_name: String,
    /// Text or caption.
    pub text: String,
    /// Byte ranges of `text` that match. Empty when the match is in the media.
    pub matches: Vec<Range<usize>>,
    /// The media in a few words.
    pub media: Option<String>,
}

/// Hits in order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Where to continue; `None` when these were the last.
    pub next: Option<Cursor>,
    /// Parts of the query that contain nothing to search for.
    pub ignored: Vec<String>,
}

/// A row that matches: enough to order it and to fetch it.
struct Row {
    place: Cursor,
    c: i64,
}

/// Finds messages; see [`crate::Index::search`].
pub(crate) fn search(
    db: &Connection,
    typed: &str,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page, IndexError> {
    let query = Query::parse(typed)?;
    let filters = filters(filter)?;
    let Some(expression) = query.expression(&filters) else {
        let why = match query.not.is_empty() {
            true => "there is no word to look for",
            false => "there are only words that must not be there; add one that must, or a filter",
        };
        return Err(IndexError::Query {
            at: 1,
            why: why.to_owned(),
        });
    };
    // One more than asked for tells whether there is a next page.
    let mut rows = rows(db, &expression, filter, after, limit.saturating_add(1))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|row| row.place).filter(|_| more);
    let mut names = Names::default();
    let mut hits = Vec::with_capacity(rows.len());
    for row in rows {
        hits.extend(hit(db, &query, &row, &mut names)?);
    }
    Ok(Page {
        hits,
        next,
        ignored: query.ignored,
    })
}

/// Words of the `meta` column; of each set one must be there.
fn filters(filter: &Filter) -> Result<Vec<Vec<String>>, IndexError> {
    let mut sets = Vec::new();
    if !filter.chats.is_empty() {
        sets.push(filter.chats.iter().map(|&chat| meta::chat(chat)).collect());
    }
    if !filter.senders.is_empty() {
        sets.push(
            filter
                .senders
                .iter()
                .map(|&sender| meta::sender(sender))
                .collect(),
        );
    }
    if !filter.kinds.is_empty() {
        let word = |kind: &String| {
            meta::kind(kind).ok_or_else(|| IndexError::Query {
                at: 1,
                why: format!("`{kind}` is no kind of message"),
            })
        };
        sets.push(
            filter
                .kinds
                .iter()
                .map(word)
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    Ok(sets)
}

fn rows(
    db: &Connection,
    expression: &str,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Row>, IndexError> {
    let drift: i64 = db
        .query_row("SELECT value FROM meta WHERE key = 'drift'", [], |row| {
            row.get(0)
        })
        .optional()
        .doing("reading the drift")?
        .unwrap_or(0);
    let since = filter.since.unwrap_or(i64::MIN);
    let until = filter.until.unwrap_or(i64::MAX);
    let newest = after.map_or(until, |after| until.min(after.date.saturating_add(1)));
    // Messages of these dates have row numbers in this range, and others may have too.
    let low = slots::wish(since);
    let high = slots::wish(newest).saturating_add(drift);
    let find = || {
        let mut select = db.prepare_cached(
            "SELECT words.rowid, message.date, message.c, message.id, chat.chat
             FROM words
             CROSS JOIN message INDEXED BY message_rid ON message.rid = words.rowid
             CROSS JOIN chat ON chat.no = message.c
             WHERE words MATCH ?1 AND words.rowid BETWEEN ?2 AND ?3
             ORDER BY words.rowid DESC",
        )?;
        let mut rows = select.query(params![expression, low, high])?;
        let mut found: Vec<Row> = Vec::new();
        while let Some(row) = rows.next()? {
            let rid: i64 = row.get(0)?;
            // Rows still to come are older than this number: a full page newer than it is final.
            let last = limit.checked_sub(1).and_then(|last| found.get(last));
            if last.is_some_and(|last| slots::wish(last.place.date) > rid) {
                break;
            }
            let place = Cursor {
                date: row.get(1)?,
                chat: row.get(4)?,
                id: row.get(3)?,
            };
            let wanted = place.date >= since
                && filter.until.is_none_or(|until| place.date < until)
                && after.is_none_or(|after| place < after);
            if wanted {
                let at = found.partition_point(|other| other.place > place);
                found.insert(
                    at,
                    Row {
                        place,
                        c: row.get(2)?,
                    },
                );
                found.truncate(limit);
            }
        }
        Ok(found)
    };
    find().doing("searching")
}

fn hit(
    db: &Connection,
    query: &Query,
    row: &Row,
    names: &mut Names,
) -> Result<Option<Hit>, IndexError> {
    let found = db
        .prepare_cached("SELECT sender, text, detail FROM message WHERE c = ?1 AND id = ?2")
        .and_then(|mut select| {
            let columns = |row: &rusqlite::Row<'_>| {
                let detail: Option<String> = row.get(2)?;
                Ok((row.get(0)?, row.get::<_, String>(1)?, detail))
            };
            select.query_row([row.c, row.place.id], columns).optional()
        })
        .doing("reading a message")?;
    // Deleted between the two looks: there is nothing to show.
    let Some((sender, text, detail)) = found else {
        return Ok(None);
    };
    let detail = detail.and_then(|detail| serde_json::from_str::<Message>(&detail).ok());
    let media = detail.and_then(|message| {
        message
            .media
            .map(|media| media.label())
            .or(message.service.map(|service| service.action))
    });
    Ok(Some(Hit {
        chat: row.place.chat,
        chat_title: names.of(db, row.place.chat)?,
        id: row.place.id,
        date: row.place.date,
        sender,
        sender_name: match sender {
            Some(sender) => names.of(db, sender)?,
            None => String::new(),
        },
        matches: highlight::matches(&text, query.terms()),
        text,
        media,
    }))
}
