//! Storing what only an export shows: see [`super::round`].

use std::collections::BTreeMap;

use serde_json::json;

use super::decode::Dialogs;
use super::folders::Folders;
use super::recorder::Recorder;
use super::round::{LeftChat, Part, SavedContact};
use crate::spool::{Count, Kind, SpoolError, SpoolTx};

/// Why coverage says that a chat is not visible: the account left it.
const LEFT: &str = "LEFT";

impl Recorder {
    pub(super) fn store_folders(
        &self,
        tx: &mut SpoolTx<'_>,
        folders: &Folders,
    ) -> Result<(), SpoolError> {
        part_done(tx, Part::Folders)?;
        if tx.see_folders(folders.print)?.is_news() {
            tx.record(Kind::Folders, None, None, Some(self.layer), &folders.body)?;
        }
        Ok(())
    }

    /// Chats of an older range. Those that the newest range named are known better from there.
    pub(super) fn store_older_dialogs(
        &self,
        tx: &mut SpoolTx<'_>,
        page: &Dialogs,
    ) -> Result<(), SpoolError> {
        self.store_peers(tx, &page.peers, |peer| page.peer_body(peer))?;
        for dialog in &page.dialogs {
            if tx.top_of(dialog.chat)? >= Some(dialog.top) {
                continue;
            }
            self.store_dialog(tx, page, dialog)?;
        }
        Ok(())
    }

    pub(super) fn store_left_chats(
        &self,
        tx: &mut SpoolTx<'_>,
        chats: &[LeftChat],
    ) -> Result<(), SpoolError> {
        for left in chats {
            let (chat, layer) = (Some(left.peer.chat), Some(self.layer));
            if tx.see_peer(&left.peer, left.print)?.is_news() {
                tx.record(Kind::Peer, chat, None, layer, &left.body)?;
            }
            if tx.leave_chat(left.peer.chat)? {
                tx.record(Kind::Departed, chat, None, layer, &left.body)?;
            }
        }
        Ok(())
    }

    pub(super) fn store_saved_contacts(
        &self,
        tx: &mut SpoolTx<'_>,
        contacts: &BTreeMap<String, SavedContact>,
    ) -> Result<(), SpoolError> {
        let prints = contacts.iter();
        let prints = prints.map(|(phone, contact)| (phone.clone(), contact.print));
        let saved = tx.see_saved_contacts(&prints.collect())?;
        for phone in saved.gone {
            let body = json!({"phone": phone, "gone": true});
            tx.record_value(Kind::SavedContact, None, None, &body)?;
        }
        for contact in saved.news.iter().filter_map(|phone| contacts.get(phone)) {
            let layer = Some(self.layer);
            tx.record(Kind::SavedContact, None, None, layer, &contact.body)?;
        }
        Ok(())
    }
}

/// The key of a part of a round among failures: there is one of each.
const KEY: &str = "list";

pub(super) fn part_failed(
    tx: &mut SpoolTx<'_>,
    part: Part,
    error: &str,
) -> Result<String, SpoolError> {
    let what = part.name();
    failed(tx, what, error)?;
    Ok(format!("{what}: {error}"))
}

/// Something there is one of could not be had. True when it was not failing so already.
pub(super) fn failed(tx: &mut SpoolTx<'_>, what: &str, error: &str) -> Result<bool, SpoolError> {
    failed_of(tx, None, what, error)
}

/// The same of something that a chat has one of.
pub(super) fn failed_of(
    tx: &mut SpoolTx<'_>,
    chat: Option<i64>,
    what: &str,
    error: &str,
) -> Result<bool, SpoolError> {
    let news = tx.fail(what, &key(chat), error)?;
    if news {
        let body = json!({"what": what, "error": error, "attempts": 1, "final": false});
        tx.record_value(Kind::Failure, chat, None, &body)?;
    }
    Ok(news)
}

fn key(chat: Option<i64>) -> String {
    chat.map_or_else(|| KEY.to_owned(), |chat| chat.to_string())
}

pub(super) fn part_done(tx: &mut SpoolTx<'_>, part: Part) -> Result<(), SpoolError> {
    resolved(tx, part.name())
}

/// Something there is one of could be had again. Whoever reads the journal is told.
pub(super) fn resolved(tx: &mut SpoolTx<'_>, what: &str) -> Result<(), SpoolError> {
    resolved_of(tx, None, what)
}

/// The same of something that a chat has one of.
pub(super) fn resolved_of(
    tx: &mut SpoolTx<'_>,
    chat: Option<i64>,
    what: &str,
) -> Result<(), SpoolError> {
    if tx.resolve(what, &key(chat))? {
        let body = json!({"what": what, "resolved": true});
        tx.record_value(Kind::Failure, chat, None, &body)?;
    }
    Ok(())
}

/// What the account wrote in a chat it left is recorded, as far as the server shows it; nothing
/// else of the chat was listed or can be.
pub(super) fn store_departed(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    count: Option<Count>,
    refused: Option<&str>,
) -> Result<(), SpoolError> {
    tx.resolve("chat", &chat.to_string())?;
    tx.departed_listed(chat)?;
    let count = count.map_or(0, |count| count.messages);
    let why = refused.unwrap_or(LEFT);
    let body = json!({"from": 1, "to": 0, "server_count": count, "not_visible": why});
    tx.record_value(Kind::Coverage, Some(chat), None, &body)
        .map(drop)
}
