//! What the account's own texts say, above the hits in messages: drafts, replies kept ready,
//! gifts, payments, entries of the telephone book and so on.

use telekeep_index::{Index, OwnHit};

use super::Asked;
use crate::page::account::{place_of, title_of};
use crate::server::{Context, Result};

/// Shown at most.
const MOST: usize = 8;
/// Characters shown of each.
const LENGTH: usize = 160;

/// Something the account's own texts say.
pub(super) struct Own {
    /// What it stands in.
    pub title: String,
    pub address: String,
    pub text: String,
    pub when: String,
}

/// On the first page of a search that is about no chat.
pub(super) fn found(context: &Context, index: &Index, asked: &Asked) -> Result<Vec<Own>> {
    if asked.q.trim().is_empty() || !asked.after.is_empty() || asked.chat.is_some() {
        return Ok(Vec::new());
    }
    let hits = index.find_own(&asked.q, MOST)?;
    Ok(hits.into_iter().map(|hit| own(context, hit)).collect())
}

fn own(context: &Context, hit: OwnHit) -> Own {
    let kind = hit.part.split('/').next().unwrap_or_default();
    let address = match (kind, hit.peer) {
        ("drafts" | "scheduled", Some(chat)) => format!("/chat/{chat}"),
        ("full", Some(chat)) => format!("/profile/{chat}"),
        ("invite_links", Some(chat)) => format!("/chat/{chat}/links"),
        ("admin_log", Some(chat)) => format!("/chat/{chat}/log"),
        ("folders", _) => "/folders".to_owned(),
        _ => place_of(&hit.part).unwrap_or_else(|| "/account".to_owned()),
    };
    let mut text: String = hit.text.replace('\n', " · ");
    if let Some((at, _)) = text.char_indices().nth(LENGTH) {
        text.truncate(at);
        text.push('…');
    }
    Own {
        title: title_of(context.texts, kind),
        address,
        text,
        when: match hit.date {
            0 => String::new(),
            date => context.clock().short(date),
        },
    }
}
