//! Search: words over all chats, newest first.

pub(crate) mod highlight;
pub(crate) mod meta;
pub(crate) mod query;

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    names::Names,
    walk::{Cursor, Row, Walk},
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
    let walk = Walk {
        expression: &expression,
        since: filter.since,
        until: filter.until,
        oldest_first: false,
        after,
        limit,
        deadline: None,
    };
    let walked = walk.run(db, &mut |_| Ok(true))?;
    let mut names = Names::default();
    let mut hits = Vec::with_capacity(walked.rows.len());
    for row in walked.rows {
        hits.extend(hit(db, &query, &row, &mut names)?);
    }
    Ok(Page {
        hits,
        next: walked.next,
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
