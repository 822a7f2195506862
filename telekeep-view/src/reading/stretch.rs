//! A page of a chat's messages that cuts no album in two.

use telekeep_index::{Index, IndexError, Place, Shown};

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

impl Stretch {
    /// About `page` messages, with whole albums at both ends.
    pub fn read(index: &Index, chat: i64, place: Place, page: usize) -> Result<Self, IndexError> {
        let mut messages = index.messages(chat, place, page)?;
        if messages.is_empty() && matches!(place, Place::Before(_) | Place::After(_)) {
            // Beyond an end: the nearest there is.
            let end = if matches!(place, Place::After(_)) {
                Place::Newest
            } else {
                Place::Oldest
            };
            messages = index.messages(chat, end, page)?;
        }
        let mut before = Vec::new();
        if let Some(first) = messages.first().map(|shown| shown.message.clone()) {
            before = index.messages(chat, Place::Before(first.id), ALBUM)?;
            let same = |shown: &Shown| {
                first.grouped_id.is_some() && shown.message.grouped_id == first.grouped_id
            };
            let keep = before
                .iter()
                .rposition(|shown| !same(shown))
                .map_or(0, |at| at + 1);
            let mut whole = before.split_off(keep);
            whole.append(&mut messages);
            messages = whole;
        }
        let mut newer = false;
        if let Some(last) = messages.last().map(|shown| shown.message.clone()) {
            for shown in index.messages(chat, Place::After(last.id), ALBUM)? {
                if last.grouped_id.is_none() || shown.message.grouped_id != last.grouped_id {
                    newer = true;
                    break;
                }
                messages.push(shown);
            }
        }
        Ok(Self {
            messages,
            before: before.pop(),
            newer,
        })
    }
}
