//! "What I have, and what could be missing": every chat's coverage in plain words.

use askama::Template;
use telekeep_index::{ChatStatus, Totals};
use telekeep_model::PeerKind;

use super::Sidebar;
use crate::lang::Texts;
use crate::reading::coverage_words;
use crate::render::{Clock, Face};
use crate::server::{Context, Result};

/// Failures listed.
const FAILURES: usize = 200;

/// A chat in words.
struct Row {
    face: Face,
    /// Nothing is missing.
    good: bool,
    /// How many messages.
    held: String,
    newest: String,
    /// What could be missing, or that nothing is.
    words: Vec<String>,
}

/// Something that failed.
struct Failed {
    chat: Option<Face>,
    words: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct Coverage<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    totals: Totals,
    clock: Clock,
    open: Vec<Row>,
    whole: Vec<Row>,
    failures: Vec<Failed>,
    odd: Vec<(String, String)>,
}

/// `GET /coverage`
pub async fn page(context: Context) -> Result {
    super::show(context, |context, _, index| {
        let texts = context.texts;
        let clock = context.clock();
        let status = index.status()?;
        let rows = status.iter().map(|chat| row(chat, texts, &clock));
        let (whole, open) = rows.partition(|row| row.good);
        let failures = index.failures()?;
        let failed = |failure: &telekeep_index::FailureRow| Failed {
            chat: failure
                .chat
                .map(|chat| Face::new(chat, &failure.chat_title)),
            words: format!(
                "{} · {}",
                failure.error,
                texts.count("coverage.attempts", failure.attempts)
            ),
            address: failure
                .chat
                .zip(failure.id)
                .map(|(chat, id)| format!("/chat/{chat}?at={id}#m{id}")),
        };
        let page = Coverage {
            sidebar: Sidebar::beside(context, index, 0)?,
            totals: index.totals()?,
            clock,
            open,
            whole,
            failures: failures.iter().take(FAILURES).map(failed).collect(),
            odd: index
                .not_understood()?
                .into_iter()
                .map(|(name, n)| (name, texts.number(n)))
                .collect(),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn row(chat: &ChatStatus, texts: &'static Texts, clock: &Clock) -> Row {
    let title = match chat.kind {
        PeerKind::Saved => texts.get("chat.saved"),
        _ => chat.title.as_str(),
    };
    Row {
        face: Face::new(chat.id, title),
        good: chat.complete && chat.media_missing == 0,
        held: texts.count("chat.messages", chat.archived),
        newest: chat.newest.map(|date| clock.full(date)).unwrap_or_default(),
        words: coverage_words(chat, texts),
    }
}
