//! Storing how far a chat is listed, and what comparing it with the server showed.

use serde_json::json;

use super::Reviewed;
use crate::spool::{Count, Intervals, Kind, SpoolError, SpoolTx};
use crate::telegram::backup::history::Got;

/// What a review showed: each message that is gone by itself, and the count when it is another one.
pub(super) fn store_review(tx: &mut SpoolTx<'_>, reviewed: &Reviewed) -> Result<(), SpoolError> {
    let chat = reviewed.chat;
    for &id in &reviewed.gone {
        if tx.message_gone(chat, id)? {
            let body = json!({"reason": "empty when asked for by its number"});
            tx.record_value(Kind::Deleted, Some(chat), Some(id.into()), &body)?;
        }
    }
    let recounted = tx.reviewed(chat, reviewed.time, reviewed.count, reviewed.thorough)?;
    match reviewed.count.filter(|_| recounted) {
        None => Ok(()),
        Some(messages) => {
            let inexact = false;
            record_count(tx, chat, Some(Count { messages, inexact }))
        }
    }
}

/// Whether it is known which chats there are; recorded when that changes.
pub(super) fn store_chat_list(tx: &mut SpoolTx<'_>, whole: bool) -> Result<(), SpoolError> {
    match tx.set_list_whole(whole)? {
        true => tx
            .record_value(Kind::ChatList, None, None, &json!({"whole": whole}))
            .map(drop),
        false => Ok(()),
    }
}

/// The interval that is new, and at the end of a chat the server's count.
pub(super) fn store_coverage(tx: &mut SpoolTx<'_>, chat: i64, got: Got) -> Result<(), SpoolError> {
    let grown = tx.cover(chat, got.first, got.last)?;
    let Some((newest, count)) = got.end else {
        return match grown {
            true => record_coverage(tx, chat, (got.first.into(), got.last.into()), None),
            false => Ok(()),
        };
    };
    let healed = tx.resolve("chat", &chat.to_string())?;
    let recounted = tx.listed(chat, newest, count)?;
    if grown {
        return record_coverage(tx, chat, (got.first.into(), got.last.into()), count);
    }
    if healed || recounted {
        return record_count(tx, chat, count);
    }
    Ok(())
}

/// The server's count, where nothing new is covered.
fn record_count(tx: &mut SpoolTx<'_>, chat: i64, count: Option<Count>) -> Result<(), SpoolError> {
    let covered: Intervals = tx.coverage(chat)?;
    let interval = covered.iter().last().unwrap_or((1, 0));
    record_coverage(tx, chat, interval, count)
}

fn record_coverage(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    (from, to): (i64, i64),
    count: Option<Count>,
) -> Result<(), SpoolError> {
    let mut body = json!({"from": from, "to": to});
    if let (Some(count), Some(fields)) = (count, body.as_object_mut()) {
        fields.insert("server_count".into(), json!(count.messages));
        if count.inexact {
            fields.insert("inexact".into(), json!(true));
        }
    }
    tx.record_value(Kind::Coverage, Some(chat), None, &body)
        .map(drop)
}
