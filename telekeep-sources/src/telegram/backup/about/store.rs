//! Storing what was told of chats. A part, the people it names and the files it wants are one
//! transaction.

use serde_json::{Value, json};
use telekeep_tl::Object;

use super::log::Event;
use super::parts::Mode;
use super::{PREFIX, WITH_NEWS};
use crate::spool::{Kind, SpoolError, SpoolTx};
use crate::telegram::backup::account::{self, Met, News, Told};
use crate::telegram::backup::decode::DecodedDialog;
use crate::telegram::backup::recorder::Recorder;
use crate::telegram::backup::round_store::resolved_of;

/// The part that says what was read in a chat. It is in the list of chats already, so nothing is
/// asked for it.
const READ: &str = "read";

/// What the name of a part is in a record.
fn short(part: &str) -> &str {
    part.strip_prefix(PREFIX).unwrap_or(part)
}

/// Whether a description says that one of both in a private chat forbids saving; `None` when it is
/// no description of one.
pub(crate) fn forbids(answers: &[Value]) -> Option<bool> {
    let full = answers.first()?.get("full_user")?;
    let either = ["noforwards_my_enabled", "noforwards_peer_enabled"];
    Some(either.iter().any(|flag| full[*flag] == json!(true)))
}

/// Whether a description says that something waits to be sent; `None` when it is none.
pub(crate) fn has_scheduled(answers: &[Value]) -> Option<bool> {
    let answer = answers.first()?;
    let mut full = ["full_user", "full_chat"].iter();
    let full = full.find_map(|name| answer.get(*name))?;
    Some(full["has_scheduled"] == json!(true))
}

/// What of a `dialog` was read.
pub(crate) fn read_state(dialog: &Object<'_>) -> Value {
    let number = |field: &str| dialog.int(field).unwrap_or(0);
    json!({
        "read_inbox_max_id": number("read_inbox_max_id"),
        "read_outbox_max_id": number("read_outbox_max_id"),
        "unread_count": number("unread_count"),
        "unread_mentions_count": number("unread_mentions_count"),
        "unread_reactions_count": number("unread_reactions_count"),
        "unread_mark": dialog.flag("unread_mark"),
    })
}

impl Recorder {
    /// Gives words for what could not be had.
    pub(in crate::telegram::backup) fn store_about(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        guarded: bool,
        news: &News,
    ) -> Result<Option<String>, SpoolError> {
        match news {
            News::Told(told) => self.store_told_of(tx, chat, guarded, told).map(|()| None),
            News::Unavailable { part, reason, .. } => {
                resolved_of(tx, Some(chat), part)?;
                let print = account::print(part, &account::refused(reason));
                if tx.see_chat_part(chat, short(part), print)?.is_news() {
                    let body = json!({"part": short(part), "unavailable": reason});
                    tx.record_value(Kind::About, Some(chat), None, &body)?;
                }
                Ok(None)
            }
            News::Failed { part, error, raw } => {
                account::store_failed(tx, Some(chat), (part, error), raw.as_ref())?;
                Ok(Some(format!("{part} of chat {chat}: {error}")))
            }
            News::Same { .. } | News::Emoji { .. } => Ok(None),
        }
    }

    fn store_told_of(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        guarded: bool,
        told: &Told,
    ) -> Result<(), SpoolError> {
        self.store_met(tx, &told.peers)?;
        tx.want_emoji(&told.emoji)?;
        resolved_of(tx, Some(chat), &told.part)?;
        let forbids = forbids(&told.answers);
        if let Some(forbids) = forbids {
            tx.guard_chat(chat, forbids)?;
        }
        if let Some(scheduled) = has_scheduled(&told.answers) {
            tx.note_scheduled(chat, scheduled)?;
        }
        let part = short(&told.part);
        if tx.see_chat_part(chat, part, told.print)?.is_news() {
            let mut body = json!({"part": part, "answers": told.answers});
            if let Some(fields) = body.as_object_mut() {
                fields.extend(told.notes.clone());
            }
            let (body, layer) = (body.to_string(), Some(self.layer));
            tx.record(Kind::About, Some(chat), None, layer, body.as_bytes())?;
        }
        let guarded = guarded || forbids == Some(true);
        self.want_files(tx, &told.files, guarded, None)
    }

    pub(in crate::telegram::backup) fn store_admin_events(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        guarded: bool,
        events: &[Event],
        peers: &[Met],
    ) -> Result<(), SpoolError> {
        self.store_met(tx, peers)?;
        for event in events {
            if !tx.see_admin_event(chat, event.id)? {
                continue;
            }
            let layer = Some(self.layer);
            let body = event.body.to_string();
            tx.record(
                Kind::AdminEvent,
                Some(chat),
                Some(event.id),
                layer,
                body.as_bytes(),
            )?;
            self.want_files(tx, &event.files, guarded || event.protected, event.rule)?;
        }
        Ok(())
    }

    /// That the log was had is a part like others: what keeps it from being had is another version.
    pub(in crate::telegram::backup) fn admin_log_done(
        tx: &mut SpoolTx<'_>,
        chat: i64,
    ) -> Result<(), SpoolError> {
        tx.admin_log_listed(chat)?;
        let part = Mode::Log.full_name();
        resolved_of(tx, Some(chat), &part)?;
        let print = account::print(&part, &[]);
        if tx.see_chat_part(chat, Mode::Log.name(), print)?.is_news() {
            let body = json!({"part": Mode::Log.name(), "answers": []});
            tx.record_value(Kind::About, Some(chat), None, &body)?;
        }
        Ok(())
    }

    /// What was read changes with every look at a chat, so it is recorded once a day at most.
    pub(in crate::telegram::backup) fn store_read_state(
        tx: &mut SpoolTx<'_>,
        dialog: &DecodedDialog,
    ) -> Result<(), SpoolError> {
        let print = account::print(
            &format!("{PREFIX}{READ}"),
            std::slice::from_ref(&dialog.read),
        );
        let seen = tx.see_chat_part_rarely(dialog.chat, READ, print, WITH_NEWS)?;
        if seen.is_news() {
            let body = json!({"part": READ, "answers": [dialog.read]});
            tx.record_value(Kind::About, Some(dialog.chat), None, &body)?;
        }
        Ok(())
    }
}
