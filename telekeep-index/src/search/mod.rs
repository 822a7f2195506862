//! Search: one layer of queries for the command line and the viewer.

mod branch;
mod check;
mod compile;
pub mod grammar;
pub(crate) mod highlight;
mod hits;
mod inside;
pub(crate) mod meta;
mod named;
mod parse;
mod print;
pub(crate) mod rank;
mod snippet;
mod spelling;
mod values;

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::{
    error::IndexError,
    names::Names,
    walk::{self, Cursor, Row, Walk},
    zone::Zone,
};
use branch::{Branch, Merged, earlier};
use check::passes;
use compile::{Plan, compile};
use grammar::Note;
pub use hits::{Earlier, Extra, Hit};
pub use named::Resolved;
pub use snippet::{Snippet, snippet};

/// Conditions besides the query. Empty means any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Marked ids of chats, any of them.
    pub chats: Vec<i64>,
    /// Marked ids of senders, any of them.
    pub senders: Vec<i64>,
    /// Sent at or after this, unix seconds.
    pub since: Option<i64>,
    /// Sent before this, unix seconds.
    pub until: Option<i64>,
    /// Kinds of media as in [`telekeep_model::Media::kind`], or `service`, `forwarded`, `reply`,
    /// `pinned`, `edited`, `deleted`, `mine`; any of them.
    pub kinds: Vec<String>,
}

/// Order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By date, newest first.
    #[default]
    Newest,
    /// By date, oldest first.
    Oldest,
    /// Best first, among the newest [`Search::ranked`] that match.
    Relevance,
}

/// A search.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// What is looked for; see [`grammar`]. May be empty.
    pub query: &'a str,
    /// Conditions besides.
    pub filter: Filter,
    /// Order.
    pub sort: Sort,
    /// Continue after this: the [`Page::next`] of the page before, of the same search.
    pub after: Option<Cursor>,
    /// Most hits.
    pub limit: usize,
    /// Of the reader: what dates and `today` mean.
    pub zone: Zone<'a>,
    /// The moment, unix seconds: what `today` means.
    pub now: i64,
    /// How long to look when messages must be looked at one by one (`exact:`, `size:`).
    pub budget: Duration,
    /// How many matches are ranked by relevance.
    pub ranked: usize,
}

impl<'a> Search<'a> {
    /// The first 20 of a query, newest first, in universal time.
    #[must_use]
    pub fn new(query: &'a str, now: i64) -> Self {
        Self {
            query,
            filter: Filter::default(),
            sort: Sort::default(),
            after: None,
            limit: 20,
            zone: Zone::UTC,
            now,
            budget: Duration::from_secs(2),
            ranked: 2000,
        }
    }
}

/// Hits in order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The hits.
    pub hits: Vec<Hit>,
    /// Where to continue; `None` when these were the last.
    pub next: Option<Cursor>,
    /// Parts of the query that contain nothing to search for, or were read otherwise than they look.
    pub notes: Vec<Note>,
    /// What names in the query were taken for.
    pub resolved: Vec<Resolved>,
    /// Time was up before the page was full: how far it was looked. Continue with `next`.
    pub partial: Option<Partial>,
    /// The same query looking inside words too, to be offered: words found nothing, or the query has
    /// signs, which words have not.
    pub inside: Option<String>,
    /// Only so many of the newest matches were ranked, and there are more: those are found by date.
    pub ranked: Option<usize>,
}

/// How far a search got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Messages looked at.
    pub looked: u64,
    /// Everything down to (oldest first: up to) this moment was looked at, unix seconds.
    pub date: i64,
}

/// Finds messages; see [`crate::Index::search`].
pub(crate) fn search(db: &Connection, search: &Search<'_>) -> Result<Page, IndexError> {
    let parsed = grammar::parse(search.query)?;
    let filter = &search.filter;
    let sets = filters(filter)?;
    let empty = sets.is_empty() && filter.since.is_none() && filter.until.is_none();
    if parsed.query.is_none() && empty {
        return Err(grammar::error(
            1,
            "there is nothing to look for: write a word or a filter, as from:ada or has:photo",
        ));
    }
    let within = (sets.as_slice(), filter.chats.as_slice());
    let mut plan = compile(db, parsed.query.as_ref(), within, search.zone, search.now)?;
    for branch in &mut plan.branches {
        branch.since = branch.since.max(filter.since);
        branch.until = earlier(branch.until, filter.until);
    }
    let mut page = match search.sort {
        Sort::Relevance => by_relevance(db, search, &plan)?,
        _ => by_date(db, search, &plan)?,
    };
    page.inside = parsed.query.as_ref().and_then(|query| {
        let nothing = page.hits.is_empty() && page.next.is_none() && search.after.is_none();
        let offered = nothing || inside::has_signs(query);
        offered.then(|| inside::offer(query)).flatten()
    });
    page.notes = parsed.notes;
    page.resolved = plan.resolved;
    Ok(page)
}

/// Words of the `meta` column; of each set one must be there.
fn filters(filter: &Filter) -> Result<Vec<Vec<String>>, IndexError> {
    let mut sets = Vec::new();
    if !filter.chats.is_empty() {
        sets.push(filter.chats.iter().map(|&chat| meta::chat(chat)).collect());
    }
    if !filter.senders.is_empty() {
        let senders = filter.senders.iter();
        sets.push(senders.map(|&sender| meta::sender(sender)).collect());
    }
    if !filter.kinds.is_empty() {
        let word = |kind: &String| {
            meta::kind(kind).ok_or_else(|| {
                let known: Vec<_> = meta::all_kinds().collect();
                let known = known.join(", ");
                grammar::error(
                    1,
                    format!("`{kind}` is no kind of message; there are {known}"),
                )
            })
        };
        let kinds: Result<Vec<_>, _> = filter.kinds.iter().map(word).collect();
        sets.push(kinds?);
    }
    Ok(sets)
}

/// When to stop looking at messages one by one, if that is done at all.
fn deadline(search: &Search<'_>, plan: &Plan) -> Option<Instant> {
    // A time that no clock reaches is none.
    plan.is_checked()
        .then(|| Instant::now().checked_add(search.budget))
        .flatten()
}

fn walk_of<'a>(search: &Search<'_>, branch: &'a Branch, deadline: Option<Instant>) -> Walk<'a> {
    Walk {
        expression: &branch.expression,
        since: branch.since,
        until: branch.until,
        oldest_first: search.sort == Sort::Oldest,
        after: search.after,
        limit: search.limit,
        deadline: deadline.filter(|_| !branch.checks.is_empty()),
    }
}

fn by_date(db: &Connection, search: &Search<'_>, plan: &Plan) -> Result<Page, IndexError> {
    if search.after.is_some_and(|after| after.rank > 0) {
        return Err(grammar::error(
            1,
            "this place belongs to an order by relevance",
        ));
    }
    let oldest_first = search.sort == Sort::Oldest;
    let deadline = deadline(search, plan);
    let mut merged = Merged::default();
    let mut looked = 0;
    for branch in &plan.branches {
        let mut keep = |row: &Row| passes(db, row.c, row.place.chat, row.place.id, &branch.checks);
        let walked = walk_of(search, branch, deadline).run(db, &mut keep)?;
        looked += walked.looked;
        let next = walked.next.map(|next| (next, walked.stopped));
        merged.add(walked.rows, next, oldest_first);
    }
    let (rows, next) = merged.page(search.limit, oldest_first);
    let partial = next.filter(|(_, late)| *late).map(|(place, _)| Partial {
        looked,
        date: place.date,
    });
    let mut page = Page {
        next: next.map(|(place, _)| place),
        partial,
        ..Page::default()
    };
    read(db, plan, &rows, &mut page)?;
    Ok(page)
}

fn by_relevance(db: &Connection, search: &Search<'_>, plan: &Plan) -> Result<Page, IndexError> {
    let skip = search.after.map_or(0, |after| after.rank);
    if search.after.is_some() && skip == 0 {
        return Err(grammar::error(1, "this place belongs to an order by date"));
    }
    // Matches are ranked as they come, the newest first; only those that pass count.
    let best = rank::best(db, plan, search.ranked, deadline(search, plan))?;
    let from = usize::try_from(skip).unwrap_or(usize::MAX);
    let shown = best.rows.iter().skip(from).take(search.limit);
    let end = from.saturating_add(shown.len());
    let mut rows = Vec::new();
    for &rid in shown {
        rows.extend(walk::row(db, rid)?);
    }
    let mut page = Page {
        next: (end < best.rows.len())
            .then(|| Cursor::ranked(u32::try_from(end).unwrap_or(u32::MAX))),
        ranked: best.more.then_some(best.rows.len()),
        ..Page::default()
    };
    read(db, plan, &rows, &mut page)?;
    Ok(page)
}

fn read(db: &Connection, plan: &Plan, rows: &[Row], page: &mut Page) -> Result<(), IndexError> {
    let mut names = Names::default();
    for row in rows {
        page.hits.extend(hits::hit(db, plan, row, &mut names)?);
    }
    Ok(())
}
