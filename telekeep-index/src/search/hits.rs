//! A found message, and where in it the query was found: its text, its media, or an earlier version.

use std::ops::Range;

use rusqlite::Connection;
use telekeep_model::Entity;

use super::{compile::Plan, highlight};
use crate::{
    chats::service_names,
    error::IndexError,
    history::{self, Topic},
    names::Names,
    show::{self, Shown},
    walk::Row,
};

/// A found message.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Marked id of the chat.
    pub chat: i64,
    /// Title of the chat.
    pub chat_title: String,
    /// Message id.
    pub id: i64,
    /// The topic it is in, in a forum.
    pub topic: Option<Topic>,
    /// When it was sent, unix seconds.
    pub date: i64,
    /// Marked id of the sender.
    pub sender: Option<i64>,
    /// Name of the sender as last known.
    pub sender_name: String,
    /// Text or caption; the words of a service message.
    pub text: String,
    /// Byte ranges of `text` that match. Empty when the match is elsewhere.
    pub matches: Vec<Range<usize>>,
    /// Formatting of `text`: what of it is hidden, for one.
    pub entities: Vec<Entity>,
    /// The media in a few words.
    pub media: Option<String>,
    /// The match is in what belongs to the message but is not its text: the name of a file, a link
    /// preview, the options of a poll, a contact, the labels of buttons.
    pub extra: Option<Extra>,
    /// The match is only in an earlier version.
    pub earlier: Option<Earlier>,
    /// When it was seen to be deleted at the source, unix milliseconds.
    pub deleted: Option<i64>,
    /// When it was edited, unix seconds, if people could see that.
    pub edited: Option<i64>,
    /// How many versions were recorded.
    pub versions: u32,
}

/// Words that belong to a message besides its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The line that matches.
    pub text: String,
    /// Byte ranges of it that match.
    pub matches: Vec<Range<usize>>,
}

/// An earlier version of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Sequence number of its record.
    pub seq: u64,
    /// When it was made, unix seconds.
    pub date: i64,
    /// Its text.
    pub text: String,
    /// Byte ranges of it that match.
    pub matches: Vec<Range<usize>>,
    /// Formatting of it.
    pub entities: Vec<Entity>,
}

/// The message of a row; `None` when it was replaced meanwhile.
pub(crate) fn hit(
    db: &Connection,
    plan: &Plan,
    row: &Row,
    names: &mut Names,
) -> Result<Option<Hit>, IndexError> {
    let (c, place) = (row.c, row.place);
    let Some(shown) = show::one(db, c, place.chat, place.id, names)? else {
        return Ok(None);
    };
    let text = words(db, &shown, names)?;
    let matches = marks(&text, plan);
    let searched = !plan.terms.is_empty() || !plan.exact.is_empty();
    let extra = match searched && matches.is_empty() {
        true => extra(&shown, plan),
        false => None,
    };
    let earlier = match searched && matches.is_empty() && extra.is_none() && shown.versions > 1 {
        true => earlier(db, c, place.chat, place.id, plan)?,
        false => None,
    };
    let message = shown.message;
    let media = message
        .media
        .map(|media| media.label())
        .or(message.service.map(|service| service.action));
    Ok(Some(Hit {
        chat: place.chat,
        chat_title: shown.chat_title,
        id: place.id,
        topic: history::topic(db, place.chat, message.topic)?,
        date: place.date,
        sender: message.sender,
        sender_name: shown.sender_name,
        text,
        matches,
        entities: message.entities,
        media,
        extra,
        earlier,
        deleted: shown.deleted,
        edited: message.edit_date.filter(|_| !message.edit_hidden),
        versions: shown.versions,
    }))
}

/// Text, or what a service message says.
fn words(db: &Connection, shown: &Shown, names: &mut Names) -> Result<String, IndexError> {
    let message = &shown.message;
    let Some(service) = &message.service else {
        return Ok(message.text.clone());
    };
    let known = service_names(db, message, names)?;
    let name = |id: i64| known.get(&id).cloned().unwrap_or_else(|| id.to_string());
    Ok(service.sentence(&shown.sender_name, &name))
}

/// Where the query is in a text.
fn marks(text: &str, plan: &Plan) -> Vec<Range<usize>> {
    let mut ranges = highlight::matches(text, plan.terms.iter());
    for wanted in &plan.exact {
        ranges.extend(exact(text, wanted));
    }
    highlight::merge(ranges)
}

/// Places of characters (given in lower case) in a text of any case.
fn exact(text: &str, wanted: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    if wanted.is_empty() {
        return ranges;
    }
    // Lower case may be longer or shorter: where each byte of it comes from.
    let mut lower = String::new();
    let mut from: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        for small in c.to_lowercase() {
            lower.push(small);
            from.resize(lower.len(), (at, at + c.len_utf8()));
        }
    }
    for (start, found) in lower.match_indices(wanted) {
        let last = start + found.len() - 1;
        if let (Some(first), Some(last)) = (from.get(start), from.get(last)) {
            ranges.push(first.0..last.1);
        }
    }
    ranges
}

fn extra(shown: &Shown, plan: &Plan) -> Option<Extra> {
    let mut all = String::new();
    shown.message.file_names(&mut all);
    shown.message.search_extras(&mut all);
    all.lines().find_map(|line| {
        let matches = marks(line, plan);
        (!matches.is_empty()).then(|| Extra {
            text: line.to_owned(),
            matches,
        })
    })
}

/// The latest of the earlier versions that matches.
fn earlier(
    db: &Connection,
    c: i64,
    chat: i64,
    id: i64,
    plan: &Plan,
) -> Result<Option<Earlier>, IndexError> {
    let versions = history::versions_of(db, c, chat, id)?;
    Ok(versions.into_iter().rev().find_map(|version| {
        let matches = marks(&version.message.text, plan);
        (!matches.is_empty()).then_some(Earlier {
            seq: version.seq,
            date: version.date,
            text: version.message.text,
            matches,
            entities: version.message.entities,
        })
    }))
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn exact_places_in_any_case() {
        let found = |text: &str, wanted: &str| -> Vec<String> {
            let ranges = exact(text, wanted);
            ranges
                .into_iter()
                .map(|range| text[range].to_owned())
                .collect()
        };
        assert_eq!(found("Hello hELLo", "ell"), ["ell", "ELL"]);
        assert_eq!(found("İstanbul", "stan"), ["stan"]);
        assert_eq!(found("ПРИВЕТ", "иве"), ["ИВЕ"]);
        assert!(found("x", "").is_empty());
    }
}
