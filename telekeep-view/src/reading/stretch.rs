//! A page of a chat's messages that cuts no album in two.

use telekeep_index::{Cursor, Index, IndexError, Place, Shown};

/// Most items of an album.
const ALBUM: usize = 10;

/// A stretch of a chat.
#[derive(Debug)]
pub struct Stretch {
    /// Its messages, ascending.
    pub messages: Vec<Shown>,
    /// The message before the first.
    pub before: Option<Shown>,
    /// There are newer ones.
    pub newer: bool,
}

/// Reads so many messages of a place, ascending.
type Fetch<'f> = &'f dyn Fn(Place, usize) -> Result<Vec<Shown>, IndexError>;

impl Stretch {
    /// About `page` messages of a chat, with whole albums at both ends.
    pub fn read(index: &Index, chat: i64, place: Place, page: usize) -> Result<Self, IndexError> {
        Self::by(
            &|place, limit| index.messages(chat, place, limit),
            place,
            page,
        )
    }

    /// The same of a topic of a forum. Its order is that of dates.
    pub fn of_topic(
        index: &Index,
        (chat, topic): (i64, i64),
        place: Place,
        page: usize,
    ) -> Result<Self, IndexError> {
        let fetch = |place, limit| in_topic(index, chat, topic, place, limit);
        Self::by(&fetch, place, page)
    }

    fn by(fetch: Fetch<'_>, place: Place, page: usize) -> Result<Self, IndexError> {
        let mut messages = fetch(place, page)?;
        if messages.is_empty() && matches!(place, Place::Before(_) | Place::After(_)) {
            // Beyond an end: the nearest there is.
            let end = if matches!(place, Place::After(_)) {
                Place::Newest
            } else {
                Place::Oldest
            };
            messages = fetch(end, page)?;
        }
        let before = whole_at_start(fetch, &mut messages)?;
        let newer = whole_at_end(fetch, &mut messages)?;
        Ok(Self {
            messages,
            before,
            newer,
        })
    }
}

/// Adds the rest of an album that the first message is in; gives the message before.
fn whole_at_start(
    fetch: Fetch<'_>,
    messages: &mut Vec<Shown>,
) -> Result<Option<Shown>, IndexError> {
    let Some(first) = messages.first().map(|shown| shown.message.clone()) else {
        return Ok(None);
    };
    let mut before = fetch(Place::Before(first.id), ALBUM)?;
    let same =
        |shown: &Shown| first.grouped_id.is_some() && shown.message.grouped_id == first.grouped_id;
    let keep = before.iter().rposition(|shown| !same(shown));
    let mut whole = before.split_off(keep.map_or(0, |at| at + 1));
    whole.append(messages);
    *messages = whole;
    Ok(before.pop())
}

/// Adds the rest of an album that the last message is in; tells whether there are newer messages.
fn whole_at_end(fetch: Fetch<'_>, messages: &mut Vec<Shown>) -> Result<bool, IndexError> {
    let Some(last) = messages.last().map(|shown| shown.message.clone()) else {
        return Ok(false);
    };
    for shown in fetch(Place::After(last.id), ALBUM)? {
        if last.grouped_id.is_none() || shown.message.grouped_id != last.grouped_id {
            return Ok(true);
        }
        messages.push(shown);
    }
    Ok(false)
}

fn in_topic(
    index: &Index,
    chat: i64,
    topic: i64,
    place: Place,
    limit: usize,
) -> Result<Vec<Shown>, IndexError> {
    let older = |after: Option<Cursor>, limit: usize| {
        let found = index.topic_messages(chat, topic, after, false, limit)?;
        let mut messages = found.messages;
        messages.reverse();
        Ok::<_, IndexError>(messages)
    };
    let newer = |after: Option<Cursor>, limit: usize| {
        let found = index.topic_messages(chat, topic, after, true, limit)?;
        Ok::<_, IndexError>(found.messages)
    };
    match place {
        Place::Newest => older(None, limit),
        Place::Oldest => newer(None, limit),
        Place::Before(id) => older(cursor(index, chat, id)?, limit),
        Place::After(id) => match cursor(index, chat, id)? {
            Some(at) => newer(Some(at), limit),
            None => Ok(Vec::new()),
        },
        Place::Around(id) => {
            let Some(at) = cursor(index, chat, id)? else {
                return older(None, limit);
            };
            let mut messages = older(Some(at), limit / 2)?;
            let here = index.message(chat, id)?;
            messages.extend(here.filter(|shown| is_in(shown, topic)));
            messages.extend(newer(Some(at), limit.div_ceil(2))?);
            Ok(messages)
        }
    }
}

fn is_in(shown: &Shown, topic: i64) -> bool {
    let message = &shown.message;
    match message.saved_peer {
        Some(peer) => peer == topic,
        None => message.topic.unwrap_or(1) == topic,
    }
}

/// The place of a message in the order of dates; of the next one when it is not held. `None` beyond
/// the newest.
fn cursor(index: &Index, chat: i64, id: i64) -> Result<Option<Cursor>, IndexError> {
    let found = match index.message(chat, id)? {
        Some(found) => Some(found),
        None => index.messages(chat, Place::After(id), 1)?.pop(),
    };
    Ok(found.map(|shown| Cursor::of(shown.message.date, chat, shown.message.id)))
}
