//! The list of chats.

use telekeep_index::{ChatCursor, Index};
use telekeep_view::reading::{ChatLine, Folder};

use super::{NoLinks, Reader, Result, look_of};
use crate::ask::{ChatItem, Reply};
use crate::text::{Look, Piece};

/// Chats read at once.
const PAGE: usize = 60;

pub fn list(
    reader: &Reader,
    index: &Index,
    folder: &Folder,
    name: &str,
    after: Option<i64>,
) -> Result<Reply> {
    let filter = folder.filter(name.trim());
    let (chats, next) = index.chats(&filter, after.map(ChatCursor), PAGE)?;
    let mut rows = Vec::with_capacity(chats.len());
    for chat in &chats {
        let line = ChatLine::read(reader.clock(), Box::new(NoLinks), index, chat)?;
        let mut newest = Vec::new();
        if let Some(author) = &line.author {
            newest.push(Piece::line(author, Look::Strong));
            newest.push(Piece::new(": ", Look::Strong));
        }
        newest.push(Piece::line(&line.preview, Look::Plain));
        let mut title = line.face.name.clone();
        if line.face.deleted {
            title = format!("{title} · {}", reader.say.texts.get("peer.deleted"));
        }
        rows.push(ChatItem {
            id: line.id,
            title: Piece::line(&title, look_of(&line.face)),
            pinned: line.pinned,
            forum: chat.forum,
            newest,
            when: line.when,
            held: reader.say.texts.number(chat.messages),
        });
    }
    Ok(Reply::Chats {
        rows,
        next: next.map(|ChatCursor(id)| id),
    })
}

pub fn missing(index: &Index) -> Result<Reply> {
    let status = index.status()?;
    let open = status
        .iter()
        .filter(|chat| !chat.complete || chat.media_missing > 0);
    Ok(Reply::Missing(open.map(|chat| chat.id).collect()))
}
