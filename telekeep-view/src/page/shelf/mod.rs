//! Shelves: what the account keeps at hand, whole. A page for each list, for the lists of sticker
//! sets, and for each set.

mod entry;
mod lists;
mod sets;

use askama::Template;
use axum::extract::{Path, Query};
use serde::Deserialize;
use telekeep_index::{Index, PartRow};
use telekeep_model::{AccountPart, Document, Kept, Media};

pub use entry::{Entry, Tile};
pub use lists::{CUSTOM_EMOJI, LISTS, Look, MET_SETS, SETS, title_of_shelf};
pub use sets::{Pile, SET};

use super::Sidebar;
use super::scene::Surroundings;
use crate::render::MediaView;
use crate::server::{Context, PageError, Result};

/// Entries on a page.
const PAGE: usize = 60;
/// Sets on a page, each with some of its stickers.
const SETS_ON_PAGE: usize = 24;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// So many were shown already.
    after: usize,
}

#[derive(Template)]
#[template(path = "shelf.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    title: String,
    count: String,
    /// Where one comes from.
    back: String,
    /// The name of a set in links, and since when the account has it.
    facts: Vec<String>,
    /// What is to be said of it all.
    note: Option<String>,
    look: Look,
    entries: Vec<Entry>,
    sets: Vec<Pile>,
    /// The address of the beginning, where it is not shown.
    first: Option<String>,
    /// The address of the rest.
    more: Option<String>,
}

/// What a page has beside the entries that are on it.
struct Outline {
    title: String,
    count: u64,
    back: String,
    facts: Vec<String>,
    note: Option<String>,
    look: Look,
    /// So many are on a page, and there are more after it.
    size: usize,
    more: bool,
}

/// `GET /shelf/{name}`
pub async fn page(
    context: Context,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result {
    super::show(context, move |context, _, index| {
        let rows = index.account_parts()?;
        let journal = journal_of(index, &rows, &name)?.ok_or(PageError::NotFound)?;
        let shelves = Shelves::new(context, index, journal)?;
        let (outline, entries, sets) = match name.as_str() {
            CUSTOM_EMOJI => shelves.met(&rows, wanted.after)?,
            _ if SETS.iter().any(|(list, _)| *list == name) => {
                shelves.list_of_sets(&name, wanted.after)?
            }
            _ if name.starts_with(SET) => shelves.whole_set(&name, wanted.after)?,
            _ => shelves.list(&name, wanted.after)?,
        };
        let address = format!("/shelf/{name}");
        let next = wanted.after.saturating_add(outline.size);
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            title: outline.title,
            count: context.texts.number(outline.count),
            back: outline.back,
            facts: outline.facts,
            note: outline.note,
            look: outline.look,
            entries,
            sets,
            more: outline.more.then(|| format!("{address}?after={next}")),
            first: (wanted.after > 0).then_some(address),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// The account that has this shelf.
fn journal_of(index: &Index, rows: &[PartRow], name: &str) -> Result<Option<i64>> {
    let known = |list: &str| {
        list == CUSTOM_EMOJI
            || LISTS.iter().any(|(known, _, _)| *known == list)
            || SETS.iter().any(|(known, _)| *known == list)
    };
    let is_it = |row: &&PartRow| match name {
        CUSTOM_EMOJI => row.part.starts_with("custom_emoji/"),
        MET_SETS => row.part.starts_with(SET),
        name => row.part == name,
    };
    if let Some(row) = rows.iter().find(is_it) {
        return Ok((known(name) || name.starts_with(SET)).then_some(row.journal));
    }
    // Of an archived set a list has the cover.
    match name.strip_prefix(SET).map(str::parse) {
        Some(Ok(id)) => sets::listed(index, rows, id),
        _ => Ok(None),
    }
}

/// Reads the shelves of one account.
pub struct Shelves<'a> {
    context: &'a Context,
    index: &'a Index,
    journal: i64,
    around: Surroundings<'a>,
}

/// An outline, and what is on the page: entries or sets.
type Contents = (Outline, Vec<Entry>, Vec<Pile>);

impl<'a> Shelves<'a> {
    pub fn new(context: &'a Context, index: &'a Index, journal: i64) -> Result<Self> {
        Ok(Self {
            around: Surroundings::of(context, index, &[])?,
            context,
            index,
            journal,
        })
    }

    /// A part, had or not.
    fn part(&self, name: &str) -> Result<Option<AccountPart>> {
        Ok(self.index.account_part(self.journal, name)?)
    }

    /// The entries of a list.
    pub fn kept(&self, name: &str) -> Result<Vec<Kept>> {
        let part = self.part(name)?;
        Ok(part.map(|part| part.kept()).unwrap_or_default())
    }

    fn list(&self, name: &str, after: usize) -> Result<Contents> {
        let texts = self.context.texts;
        let list = LISTS.iter().find(|(known, _, _)| *known == name);
        let &(_, _, look) = list.ok_or(PageError::NotFound)?;
        let part = self.part(name)?.unwrap_or_default();
        let kept = part.kept();
        let reason = part.unavailable.as_ref();
        let outline = Outline {
            title: title_of_shelf(texts, name).unwrap_or_default(),
            count: kept.len() as u64,
            back: "/account".to_owned(),
            facts: Vec::new(),
            note: reason.map(|reason| texts.with("account.unavailable", reason)),
            look,
            size: PAGE,
            more: is_more(kept.len(), after, PAGE),
        };
        let entries: Result<Vec<Entry>> = slice(&kept, after, PAGE)
            .iter()
            .map(|one| self.entry(one))
            .collect();
        Ok((outline, entries?, Vec::new()))
    }

    /// Custom emoji that were met anywhere: each is a part of its own.
    fn met(&self, rows: &[PartRow], after: usize) -> Result<Contents> {
        let names = met(rows.iter(), self.journal);
        let mut entries = Vec::new();
        for name in slice(&names, after, PAGE) {
            entries.push(self.emoji(name)?);
        }
        let outline = Outline {
            title: self.context.texts.get("account.custom-emoji").to_owned(),
            count: names.len() as u64,
            back: "/account".to_owned(),
            facts: Vec::new(),
            note: None,
            look: Look::Stickers,
            size: PAGE,
            more: is_more(names.len(), after, PAGE),
        };
        Ok((outline, entries, Vec::new()))
    }

    /// One of them.
    fn emoji(&self, name: &str) -> Result<Entry> {
        let part = self.part(name)?.unwrap_or_default();
        let number = name.split('/').nth(1);
        let kept = part.kept().into_iter().next().unwrap_or_else(|| Kept {
            custom: number.and_then(|number| number.parse().ok()),
            ..Kept::default()
        });
        let mut entry = self.entry(&kept)?;
        let reason = part.unavailable.iter();
        let reason = reason.map(|reason| self.context.texts.with("missing.gone", reason));
        entry.lines.extend(reason);
        Ok(entry)
    }

    /// The document of a custom emoji that a list names by its number.
    fn custom(&self, number: i64) -> Result<Media> {
        let part = self.part(&format!("custom_emoji/{number}"))?;
        let told = part.and_then(|part| part.kept().into_iter().next()?.media);
        Ok(told.unwrap_or_else(|| {
            let mut unknown = Document {
                role: telekeep_model::DocumentRole::Sticker,
                ..Document::default()
            };
            unknown.file.key = format!("document/{number}");
            Media::Document(unknown)
        }))
    }
}

/// The parts that are custom emoji of an account.
pub fn met<'r>(rows: impl Iterator<Item = &'r PartRow>, journal: i64) -> Vec<&'r str> {
    let of = |row: &&PartRow| row.journal == journal && row.part.starts_with("custom_emoji/");
    rows.filter(of).map(|row| row.part.as_str()).collect()
}

fn slice<T>(all: &[T], after: usize, size: usize) -> &[T] {
    let rest = all.get(after..).unwrap_or_default();
    rest.get(..size).unwrap_or(rest)
}

fn is_more(all: usize, after: usize, size: usize) -> bool {
    all > after.saturating_add(size)
}
