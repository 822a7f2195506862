//! The list of chats, as people see it.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, params};
use telekeep_model::{Folder, FolderChat, Media, Message, PeerKind};

use crate::{
    error::{Doing as _, IndexError},
    folders::FolderRow,
    names::{self, Names},
    number::unsigned,
    show,
};

/// Which chats.
#[derive(Clone, Debug, Default)]
pub struct ChatFilter {
    /// Words of the title or username, folded as texts are; beginnings of words match.
    pub name: Option<String>,
    /// Only archived chats, or only those that are not.
    pub archived: Option<bool>,
    /// Only of these kinds; empty means any.
    pub kinds: Vec<PeerKind>,
    /// Only what is in this folder, as [`crate::Index::folders`] gave it.
    pub folder: Option<FolderRow>,
}

/// A place in the list of chats: the chat after which to continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatCursor(pub i64);

/// A chat in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRow {
    /// Marked id.
    pub id: i64,
    /// What it is.
    pub kind: PeerKind,
    /// Title or name; `Saved Messages` for the chat of the account with itself.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
    /// Folder of the server: 0 main list, 1 archived chats.
    pub folder: i64,
    /// Place among pinned chats, from 0.
    pub pinned: Option<usize>,
    /// A group with topics.
    pub forum: bool,
    /// Of a channel the chat of its direct messages, of such a chat its channel.
    pub direct: Option<i64>,
    /// A deleted account, or a group that was closed or left.
    pub gone: bool,
    /// Its owner forbids saving.
    pub protected: bool,
    /// The supergroup this basic group became.
    pub migrated_to: Option<i64>,
    /// Messages held.
    pub messages: u64,
    /// The newest message held.
    pub newest: Option<Newest>,
    /// Tiny preview of its photo: base64 of Telegram's stripped JPEG.
    pub thumb: Option<String>,
    /// Id of its photo.
    pub photo: Option<i64>,
}

impl ChatRow {
    /// Direct messages to a channel: each message is from or to one person.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.kind == PeerKind::Supergroup && self.direct.is_some()
    }
}

/// The newest message of a chat, in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Newest {
    /// Its id.
    pub id: i64,
    /// When it was sent, unix seconds.
    pub date: i64,
    /// Marked id of the sender.
    pub sender: Option<i64>,
    /// Name of the sender.
    pub sender_name: String,
    /// Sent by the account itself.
    pub mine: bool,
    /// Beginning of the text on one line, or the words of a service message. Empty for media without.
    pub preview: String,
    /// Kind of media, with its name if it has one.
    pub media: Option<String>,
}

/// Characters of a preview.
const PREVIEW: usize = 120;

/// What orders the list.
pub(crate) struct Entry {
    no: i64,
    pub chat: i64,
    kind: PeerKind,
    folder: i64,
    pin: Option<(String, i64)>,
    date: i64,
    title: String,
    journal: i64,
    contact: bool,
    muted: bool,
}

impl Entry {
    fn asked(&self) -> FolderChat {
        FolderChat {
            id: self.chat,
            kind: self.kind,
            contact: self.contact,
            muted: self.muted,
            archived: self.folder == 1,
        }
    }

    /// Takes its place in a folder, which has pinned chats of its own.
    fn into_folder(mut self, folder: &Folder) -> Self {
        let at = folder.pinned.iter().position(|&pinned| pinned == self.chat);
        self.pin = at.and_then(|at| Some((String::new(), i64::try_from(at).ok()?)));
        self
    }
}

/// One page of the list; see [`crate::Index::chats`].
pub(crate) fn chats(
    db: &Connection,
    filter: &ChatFilter,
    after: Option<ChatCursor>,
    limit: usize,
) -> Result<(Vec<ChatRow>, Option<ChatCursor>), IndexError> {
    let entries = entries(db, filter)?;
    let from = match after {
        None => 0,
        Some(ChatCursor(chat)) => {
            let at = entries.iter().position(|entry| entry.chat == chat);
            at.map_or(entries.len(), |at| at + 1)
        }
    };
    let page = entries.iter().enumerate().skip(from).take(limit);
    let mut names = Names::default();
    let mut rows = Vec::new();
    for (at, entry) in page {
        if let Some(mut row) = row(db, entry.no, &mut names)? {
            row.pinned = entry.pin.as_ref().map(|_| at);
            rows.push(row);
        }
    }
    let more = entries.len() > from.saturating_add(limit);
    let next = rows.last().filter(|_| more).map(|row| ChatCursor(row.id));
    Ok((rows, next))
}

/// One chat.
pub(crate) fn chat(db: &Connection, id: i64) -> Result<Option<ChatRow>, IndexError> {
    match show::number(db, id)? {
        Some((no, _)) => row(db, no, &mut Names::default()),
        None => Ok(None),
    }
}

/// The chats that pass the filter, in order: pinned ones, then by the newest message. A chat that
/// several accounts have is the one where most is held.
pub(crate) fn entries(db: &Connection, filter: &ChatFilter) -> Result<Vec<Entry>, IndexError> {
    let read = || -> Result<Vec<Entry>, rusqlite::Error> {
        db.prepare_cached(
            "SELECT chat.no, chat.chat, chat.pinned, chat.pin_run, chat.pin_seq,
                coalesce(chat.newest_date, 0), chat.folder, peer.kind, chat.archived,
                journal.account = chat.chat, coalesce(peer.title, ''), chat.journal,
                coalesce(peer.contact, 0), chat.muted
             FROM chat JOIN journal ON journal.no = chat.journal
             LEFT JOIN peer ON peer.id = chat.chat
             ORDER BY chat.archived DESC, chat.no",
        )?
        .query_map([], |row| {
            let pinned: bool = row.get(2)?;
            let run: Option<String> = row.get(3)?;
            let seq: Option<i64> = row.get(4)?;
            let chat = row.get(1)?;
            let kind: Option<String> = row.get(7)?;
            Ok(Entry {
                no: row.get(0)?,
                chat,
                kind: match row.get(9)? {
                    Some(true) => PeerKind::Saved,
                    _ => kind_of(kind.as_deref(), chat),
                },
                folder: row.get(6)?,
                pin: pinned.then(|| (run.unwrap_or_default(), seq.unwrap_or_default())),
                date: row.get(5)?,
                title: row.get(10)?,
                journal: row.get(11)?,
                contact: row.get(12)?,
                muted: row.get(13)?,
            })
        })?
        .collect()
    };
    let named = match &filter.name {
        Some(name) => Some(names::find(db, name, usize::MAX)?),
        None => None,
    };
    let named: Option<HashSet<i64>> = named.map(|ids| ids.into_iter().collect());
    let folder = filter.folder.as_ref();
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for entry in read().doing("reading chats")? {
        // A folder is of one account, and so are the chats in it.
        if folder.is_some_and(|row| row.key.journal != entry.journal) {
            continue;
        }
        let saved = entry.kind == PeerKind::Saved;
        let saved_named = || saved && filter.name.as_deref().is_some_and(is_saved_messages);
        let wanted = filter
            .archived
            .is_none_or(|archived| archived == (entry.folder == 1))
            && (filter.kinds.is_empty() || filter.kinds.contains(&entry.kind))
            && folder.is_none_or(|row| row.folder.holds(&entry.asked()))
            && named
                .as_ref()
                .is_none_or(|named| named.contains(&entry.chat) || saved_named());
        if seen.insert(entry.chat) && wanted {
            entries.push(match folder {
                Some(row) => entry.into_folder(&row.folder),
                None => entry,
            });
        }
    }
    order(&mut entries);
    Ok(entries)
}

fn is_saved_messages(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    name == "me" || (!name.is_empty() && "saved messages".starts_with(&name))
}

/// Pinned chats first: those that were pinned by a later run before, in the order of one run.
fn order(entries: &mut [Entry]) {
    let mut first: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
    for (run, seq) in entries.iter().filter_map(|entry| entry.pin.as_ref()) {
        let first = first.entry(run.clone()).or_insert(*seq);
        *first = (*first).min(*seq);
    }
    entries.sort_by(|one, other| {
        let pin = |entry: &Entry| {
            let (run, seq) = entry.pin.as_ref()?;
            Some((-first.get(run).copied().unwrap_or_default(), *seq))
        };
        let by_pin = match (pin(one), pin(other)) {
            (Some(one), Some(other)) => one.cmp(&other),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        };
        by_pin
            .then_with(|| other.date.cmp(&one.date))
            .then_with(|| one.title.cmp(&other.title))
            .then_with(|| one.chat.cmp(&other.chat))
    });
}

pub(crate) fn kind_of(word: Option<&str>, chat: i64) -> PeerKind {
    word.and_then(PeerKind::from_word)
        .unwrap_or_else(|| PeerKind::of_id(chat))
}

fn row(db: &Connection, no: i64, names: &mut Names) -> Result<Option<ChatRow>, IndexError> {
    let read = |row: &rusqlite::Row<'_>| {
        let id: i64 = row.get(0)?;
        let saved: Option<bool> = row.get(1)?;
        let kind: Option<String> = row.get(2)?;
        let kind = match saved {
            Some(true) => PeerKind::Saved,
            _ => kind_of(kind.as_deref(), id),
        };
        let flag = |at| {
            row.get::<_, Option<bool>>(at)
                .map(Option::unwrap_or_default)
        };
        let pinned: bool = row.get(5)?;
        Ok((
            ChatRow {
                id,
                kind,
                title: String::new(),
                username: row.get(3)?,
                folder: row.get(4)?,
                pinned: pinned.then_some(0),
                forum: flag(6)?,
                direct: row.get(14)?,
                gone: flag(7)?,
                protected: flag(8)?,
                migrated_to: row.get(9)?,
                messages: unsigned(row.get(10)?),
                newest: None,
                thumb: row.get(12)?,
                photo: row.get(13)?,
            },
            row.get::<_, Option<i64>>(11)?,
        ))
    };
    let found = db
        .prepare_cached(
            "SELECT chat.chat, journal.account = chat.chat, peer.kind, peer.username, chat.folder,
                chat.pinned, peer.forum, peer.gone, coalesce(peer.protected, 0) OR chat.guarded, peer.migrated_to, chat.archived,
                chat.newest_id, peer.thumb, peer.photo, peer.direct
             FROM chat JOIN journal ON journal.no = chat.journal
             LEFT JOIN peer ON peer.id = chat.chat WHERE chat.no = ?1",
        )
        .and_then(|mut select| select.query_row([no], read).optional())
        .doing("reading a chat")?;
    let Some((mut row, newest)) = found else {
        return Ok(None);
    };
    row.title = match row.kind {
        PeerKind::Saved => "Saved Messages".to_owned(),
        _ => names.of(db, row.id)?,
    };
    if let Some(id) = newest {
        row.newest = newest_of(db, no, id, names)?;
    }
    Ok(Some(row))
}

fn newest_of(
    db: &Connection,
    no: i64,
    id: i64,
    names: &mut Names,
) -> Result<Option<Newest>, IndexError> {
    let found = db
        .prepare_cached(&format!("{} AND id = ?2", show::COLUMNS))
        .and_then(|mut select| select.query_row(params![no, id], show::shown).optional())
        .doing("reading a message")?;
    let Some(shown) = found else {
        return Ok(None);
    };
    let message = shown.message;
    let sender_name = match message.sender {
        Some(sender) => names.of(db, sender)?,
        None => String::new(),
    };
    let words = match &message.service {
        Some(service) => {
            let parts = service_names(db, &message, names)?;
            let name = |id: i64| parts.get(&id).cloned().unwrap_or_else(|| id.to_string());
            service.sentence(&sender_name, &name)
        }
        None => message.text.clone(),
    };
    Ok(Some(Newest {
        id,
        date: message.date,
        sender: message.sender,
        sender_name,
        mine: message.outgoing,
        preview: one_line(&words, PREVIEW),
        media: message.media.as_ref().map(Media::label),
    }))
}

/// Names of the peers that a service message mentions.
pub(crate) fn service_names(
    db: &Connection,
    message: &Message,
    names: &mut Names,
) -> Result<std::collections::HashMap<i64, String>, IndexError> {
    let mut found = std::collections::HashMap::new();
    let parts = message.service.iter().flat_map(|service| &service.parts);
    for part in parts {
        if let telekeep_model::Part::Peer(id) = part {
            found.insert(*id, names.of(db, *id)?);
        }
    }
    Ok(found)
}

/// The beginning of a text on one line, cut at a character.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for c in word.chars() {
            if length >= most {
                line.truncate(line.trim_end().len());
                line.push('…');
                return line;
            }
            line.push(c);
            length += 1;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_are_one_bounded_line() {
        assert_eq!(one_line(" a\n b\tc ", 10), "a b c");
        assert_eq!(one_line("東京タワー", 3), "東京タ…");
        assert_eq!(one_line("ab cd", 3), "ab…");
        assert_eq!(one_line("", 3), "");
    }
}
