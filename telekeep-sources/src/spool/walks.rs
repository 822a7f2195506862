//! Walks through the list of chats: the place in one under way, and whether one ever reached the
//! end, so that it is known which chats there are.

use rusqlite::Connection;

use super::error::SpoolError;
use super::tx::{meta, remove_meta, set_meta};
use super::{Spool, SpoolTx};

/// Place in an unfinished walk.
const WALK: &str = "walk";
/// Number of the newest walk.
const WALKS: &str = "walks";
/// There while chats were only fetched by name, and no walk reached the end.
const PART: &str = "chats_by_name_only";

impl Spool {
    /// Where an interrupted walk through the dialog list stopped.
    pub fn walk(&self) -> Result<Option<String>, SpoolError> {
        let place = meta(&self.reading(), WALK)?;
        Ok(place.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The number of the newest walk through the list of chats.
    pub fn walks(&self) -> Result<i64, SpoolError> {
        Ok(number(meta(&self.reading(), WALKS)?))
    }

    /// True when it is known which chats there are. False while nothing is known, and while chats
    /// were only asked for by name.
    pub fn knows_all_chats(&self) -> Result<bool, SpoolError> {
        Ok(is_list_whole(&self.reading())? && !self.chats()?.is_empty())
    }

    /// False when chats were only asked for by name, so that there may be others.
    pub fn is_list_whole(&self) -> Result<bool, SpoolError> {
        is_list_whole(&self.reading())
    }
}

fn is_list_whole(db: &Connection) -> Result<bool, SpoolError> {
    Ok(meta(db, PART)?.is_none())
}

fn number(value: Option<Vec<u8>>) -> i64 {
    let bytes = value.and_then(|value| value.try_into().ok());
    bytes.map_or(0, i64::from_le_bytes)
}

impl SpoolTx<'_> {
    /// Keeps the place in the walk through the dialog list; `None` when it is over.
    pub fn set_walk(&mut self, place: Option<&str>) -> Result<(), SpoolError> {
        match place {
            Some(place) => set_meta(self.db, WALK, place.as_bytes()),
            None => remove_meta(self.db, WALK),
        }
    }

    /// Begins another walk through the list of chats.
    pub fn begin_walk(&mut self) -> Result<(), SpoolError> {
        let next = number(meta(self.db, WALKS)?) + 1;
        set_meta(self.db, WALKS, &next.to_le_bytes())
    }

    /// Notes that the walk saw these chats.
    pub fn walked(&mut self, chats: impl Iterator<Item = i64>) -> Result<(), SpoolError> {
        let walk = number(meta(self.db, WALKS)?);
        for chat in chats {
            self.set(chat, "UPDATE chat SET walked = ?2 WHERE chat = ?1", walk)?;
        }
        Ok(())
    }

    /// Notes whether it is known which chats there are. True when that is news.
    pub fn set_list_whole(&mut self, whole: bool) -> Result<bool, SpoolError> {
        let news = is_list_whole(self.db)? != whole;
        match whole {
            true => remove_meta(self.db, PART)?,
            false => set_meta(self.db, PART, b"")?,
        }
        Ok(news)
    }
}
