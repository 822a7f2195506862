//! "What I have, and what could be missing": every chat's coverage in plain words.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{ChatStatus, DELETED_ACCOUNT, Totals};
use telekeep_model::PeerKind;

use super::Sidebar;
use crate::lang::Texts;
use crate::reading::coverage_words;
use crate::render::{Clock, Face};
use crate::server::{Context, Result};

/// Failures listed.
const FAILURES: usize = 200;
/// Chats on a page.
const PAGE: usize = 200;

/// Which page.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Chats that came before.
    from: usize,
}

/// Where a chat stands; in this order they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Something could be missing.
    Open,
    /// Closed, or whole but for what was lost: nothing more can be had.
    Ended,
    /// As its owner selected, which is not all of it.
    Selected,
    /// Nothing is missing.
    Whole,
}

/// A chat in words.
struct Row {
    face: Face,
    standing: Standing,
    /// How many messages.
    held: String,
    newest: String,
    /// What could be missing, or that nothing is.
    words: Vec<String>,
}

impl Row {
    /// Nothing is missing, of all or of what is selected.
    fn good(&self) -> bool {
        matches!(self.standing, Standing::Selected | Standing::Whole)
    }
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
    ended: Vec<Row>,
    whole: Vec<Row>,
    /// Left out or kept in part, as selected.
    selected: Vec<Row>,
    failures: Vec<Failed>,
    /// That there are more of them, in words.
    more_failures: Option<String>,
    odd: Vec<(String, String)>,
    /// Where the next chats are.
    more: Option<String>,
}

/// `GET /coverage`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let texts = context.texts;
        let clock = context.clock();
        let (mut status, totals) = index.standing()?;
        // What is open first; words are made only for the chats of this page.
        status.sort_by_key(standing);
        let next = asked.from.saturating_add(PAGE);
        let more = (status.len() > next).then(|| format!("/coverage?from={next}"));
        let chats = status.iter().skip(asked.from).take(PAGE);
        let mut rows: Vec<Row> = chats.map(|chat| row(chat, texts, &clock)).collect();
        let mut of = |standing| -> Vec<Row> {
            rows.extract_if(.., |row| row.standing == standing)
                .collect()
        };
        let (open, ended) = (of(Standing::Open), of(Standing::Ended));
        let (selected, whole) = (of(Standing::Selected), of(Standing::Whole));
        let first = asked.from == 0;
        let failures = match first {
            true => index.failures()?,
            false => Vec::new(),
        };
        let failed = |failure: &telekeep_index::FailureRow| Failed {
            chat: failure
                .chat
                .map(|chat| Face::new(chat, texts.name(&failure.chat_title))),
            words: format!(
                "{} · {}",
                texts.of_failure(&failure.error),
                texts.count("coverage.attempts", failure.attempts)
            ),
            address: failure
                .chat
                .zip(failure.id)
                .map(|(chat, id)| format!("/chat/{chat}?at={id}#m{id}")),
        };
        let page = Coverage {
            sidebar: Sidebar::beside(context, index, 0)?,
            totals,
            clock,
            open,
            ended,
            whole,
            selected,
            more_failures: failures
                .len()
                .checked_sub(FAILURES)
                .filter(|rest| *rest > 0)
                .map(|rest| texts.count("list.more", rest as u64)),
            failures: failures.iter().take(FAILURES).map(failed).collect(),
            odd: index
                .not_understood()?
                .into_iter()
                .filter(|_| first)
                .map(|(name, n)| (name, texts.number(n)))
                .collect(),
            more,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn standing(chat: &ChatStatus) -> Standing {
    match chat {
        chat if chat.is_closed() => Standing::Ended,
        chat if chat.media_missing > 0 => Standing::Open,
        chat if chat.is_left_out() || chat.is_as_selected() => Standing::Selected,
        chat if chat.complete => Standing::Whole,
        chat if chat.has_losses() => Standing::Ended,
        _ => Standing::Open,
    }
}

fn row(chat: &ChatStatus, texts: &'static Texts, clock: &Clock) -> Row {
    let title = match chat.kind {
        PeerKind::Saved => texts.get("chat.saved"),
        _ => texts.name(&chat.title),
    };
    let deleted = chat.deleted_account && chat.title != DELETED_ACCOUNT;
    Row {
        face: Face::new(chat.id, title).of_deleted(deleted),
        standing: standing(chat),
        held: texts.count("chat.messages", chat.archived),
        newest: chat.newest.map(|date| clock.full(date)).unwrap_or_default(),
        words: coverage_words(chat, texts, clock),
    }
}
