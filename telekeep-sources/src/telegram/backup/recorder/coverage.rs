//! Storing how far a chat is listed, and what comparing it with the server showed.

use serde_json::json;

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
        let told = Told {
            count,
            lost,
            ..Told::default()
        };
        record_again(tx, chat, told)?;
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
    let mut told = Told {
        counted,
        ..Told::default()
    };
    let mut news = counted.is_some();
    if let Some((newest, count)) = got.end {
        news |= tx.resolve("chat", &chat.to_string())?;
        news |= tx.listed(chat, newest, count)?;
        told.count = count;
    }
    match (grown, news) {
        (true, _) => record(tx, chat, (got.first.into(), got.last.into()), told),
        (false, true) if got.end.is_some() => record_again(tx, chat, told),
        (false, true) => record(tx, chat, NOTHING, told),
        (false, false) => Ok(()),
    }
}

/// An interval without any id.
const NOTHING: (i64, i64) = (1, 0);

/// What a record of coverage says beside its interval.
#[derive(Default)]
struct Told {
    /// The server's count, when it told one at the end of the chat.
    count: Option<Count>,
    /// What it counted while the chat was listed, when more than that is outstanding.
    counted: Option<u64>,
    lost: u64,
}

/// Something new, where nothing new is covered.
fn record_again(tx: &mut SpoolTx<'_>, chat: i64, told: Told) -> Result<(), SpoolError> {
    let covered: Intervals = tx.coverage(chat)?;
    let interval = covered.iter().last().unwrap_or(NOTHING);
    record(tx, chat, interval, told)
}

fn record(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    (from, to): (i64, i64),
    told: Told,
) -> Result<(), SpoolError> {
    let Told {
        count,
        counted,
        lost,
    } = told;
    let numbers = [
        ("server_count", count.map(|count| count.messages)),
        ("counted", counted),
        ("lost", (lost > 0).then_some(lost)),
    ];
    let mut body = json!({"from": from, "to": to});
    if let Some(fields) = body.as_object_mut() {
        for (name, number) in numbers {
            fields.extend(number.map(|number| (name.to_owned(), number.into())));
        }
        if count.is_some_and(|count| count.inexact) {
            fields.insert("inexact".to_owned(), true.into());
        }
    }
    tx.record_value(Kind::Coverage, Some(chat), None, &body)
        .map(drop)
}
