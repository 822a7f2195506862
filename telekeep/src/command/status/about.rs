//! What `status` says of what chats are beyond their messages: people are told what could not be
//! had, scripts everything of a chat they ask about, and of all chats what failed.

use telekeep_index::{ChatPartRow, Index};

use crate::error::Result;
use crate::output::json;
use crate::output::text::clean;

/// One line for scripts per part.
pub(super) fn lines(
    index: &Index,
    chat: i64,
    all: bool,
    mut line: impl FnMut(&json::About<'_>) -> Result<()>,
) -> Result<()> {
    let parts = index.chat_parts(chat)?;
    for part in parts.iter().filter(|part| all || part.failure.is_some()) {
        line(&json::About {
            chat,
            part: &part.part,
            count: part.count,
            since: part.since.div_euclid(1000),
            held: part.held,
            unavailable: part.unavailable.as_deref(),
            failure: part.failure.as_deref(),
        })?;
    }
    Ok(())
}

/// A line for people for each part that could not be had.
pub(super) fn words(index: &Index, chat: i64) -> Result<Vec<String>> {
    let parts = index.chat_parts(chat)?;
    Ok(parts.iter().filter_map(missing).collect())
}

fn missing(part: &ChatPartRow) -> Option<String> {
    let name = clean(&part.part.replace('_', " "));
    Some(match (&part.failure, &part.unavailable) {
        (Some(error), _) => format!("  {name}: failed ({})", clean(error)),
        (None, Some(reason)) if part.held => format!(
            "  {name}: the account cannot have it any more ({}); what was had is kept",
            clean(reason)
        ),
        (None, Some(reason)) => {
            format!("  {name}: the account cannot have it ({})", clean(reason))
        }
        (None, None) => return None,
    })
}
