//! Storing how far a chat is listed, and what comparing it with the server showed.

use serde_json::{Value, json};

use super::Reviewed;
use crate::spool::{Count, Intervals, Kind, SpoolError, SpoolTx};
use crate::telegram::backup::history::Got;

/// What a review showed: each message that is gone by itself, and the count when it is another one.
/// Gives how many messages turned out to be lost.
pub(super) fn store_review(tx: &mut SpoolTx<'_>, reviewed: &Reviewed) -> Result<u64, SpoolError> {
    let chat = reviewed.chat;
    for &id in &reviewed.gone {
        if tx.message_gone(chat, id)? {
            let body = json!({"reason": "empty when asked for by its number"});
            tx.record_value(Kind::Deleted, Some(chat), Some(id.into()), &body)?;
        }
    }
    let recounted = tx.reviewed(chat, reviewed.time, reviewed.count, reviewed.thorough)?;
    let lost = match reviewed.settled {
        true => tx.losses(chat)?,
        false => 0,
    };
    if recounted || lost > 0 {
        let inexact = false;
        let count = reviewed.count.map(|messages| Count { messages, inexact });
        record_count(tx, chat, count, lost)?;
    }
    Ok(lost)
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

/// The interval that is new, and at the end of a chat the server's count. Whether something was lost
/// is not told then: numbers can agree because as many are missing as are gone.
pub(super) fn store_coverage(tx: &mut SpoolTx<'_>, chat: i64, got: Got) -> Result<(), SpoolError> {
    let grown = tx.cover(chat, got.first, got.last)?;
    let counted = match got.counted {
        Some(counted) => tx.counted(chat, counted)?.then_some(counted),
        None => None,
    };
    let interval = (got.first.into(), got.last.into());
    let Some((newest, count)) = got.end else {
        if grown || counted.is_some() {
            let extent = if grown { interval } else { (1, 0) };
            let mut body = body(extent, None);
            put(&mut body, "counted", counted);
            tx.record_value(Kind::Coverage, Some(chat), None, &body)?;
        }
        return Ok(());
    };
    let healed = tx.resolve("chat", &chat.to_string())?;
    let recounted = tx.listed(chat, newest, count)?;
    if grown {
        return record(tx, chat, interval, count, 0);
    }
    if healed || recounted {
        return record_count(tx, chat, count, 0);
    }
    Ok(())
}

/// The server's count, where nothing new is covered.
fn record_count(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    count: Option<Count>,
    lost: u64,
) -> Result<(), SpoolError> {
    let covered: Intervals = tx.coverage(chat)?;
    let interval = covered.iter().last().unwrap_or((1, 0));
    record(tx, chat, interval, count, lost)
}

fn record(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    interval: (i64, i64),
    count: Option<Count>,
    lost: u64,
) -> Result<(), SpoolError> {
    let mut body = body(interval, count);
    put(&mut body, "lost", (lost > 0).then_some(lost));
    tx.record_value(Kind::Coverage, Some(chat), None, &body)
        .map(drop)
}

fn body((from, to): (i64, i64), count: Option<Count>) -> Value {
    let mut body = json!({"from": from, "to": to});
    put(&mut body, "server_count", count.map(|count| count.messages));
    put(
        &mut body,
        "inexact",
        count.filter(|count| count.inexact).map(|_| true),
    );
    body
}

fn put(body: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let (Some(value), Some(fields)) = (value, body.as_object_mut()) {
        fields.insert(name.to_owned(), value.into());
    }
}
