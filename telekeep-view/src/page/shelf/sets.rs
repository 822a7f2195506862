//! Sticker sets: the lists of them, and one whole.

use std::collections::BTreeSet;

use telekeep_index::{Index, PartRow};
use telekeep_model::{Kept, StickerSet};

use super::{
    Contents, Look, MET_SETS, Outline, PAGE, SETS, SETS_ON_PAGE, Shelves, Tile, is_more, slice,
    title_of_shelf,
};
use crate::server::{PageError, Result};

/// What the names of whole sets begin with.
pub const SET: &str = "sticker_set/";
/// Stickers shown of a set in a list.
const TILES: usize = 12;

/// A set in a list.
pub struct Pile {
    pub title: String,
    pub count: String,
    pub tiles: Vec<Tile>,
    /// The address of all of it.
    pub all: String,
}

/// The account with a list that names this set.
pub fn listed(index: &Index, rows: &[PartRow], id: i64) -> Result<Option<i64>> {
    for row in rows
        .iter()
        .filter(|row| row.part.starts_with("sticker_sets/"))
    {
        let part = index.account_part(row.journal, &row.part)?;
        let sets = part.map(|part| part.sets()).unwrap_or_default();
        if sets.iter().any(|set| set.id == id) {
            return Ok(Some(row.journal));
        }
    }
    Ok(None)
}

impl Shelves<'_> {
    /// The sets of a list.
    pub fn sets(&self, list: &str) -> Result<Vec<StickerSet>> {
        if list == MET_SETS {
            return self.met_sets();
        }
        let part = self.part(list)?;
        Ok(part.map(|part| part.sets()).unwrap_or_default())
    }

    /// Whole sets that no other list names.
    fn met_sets(&self) -> Result<Vec<StickerSet>> {
        let mut named = BTreeSet::new();
        for (list, _) in SETS.iter().filter(|(list, _)| *list != MET_SETS) {
            named.extend(self.sets(list)?.into_iter().map(|set| set.id));
        }
        let mut met = Vec::new();
        for row in self.index.account_parts()? {
            if row.journal == self.journal && row.part.starts_with(SET) {
                met.extend(self.part(&row.part)?.and_then(|part| part.set()));
            }
        }
        met.retain(|set| !named.contains(&set.id));
        Ok(met)
    }

    /// A set of a list with some of its stickers.
    pub fn pile(&self, set: &StickerSet) -> Result<Pile> {
        let (kept, _) = self.stickers(set)?;
        let count = u64::try_from(set.count).unwrap_or(0);
        Ok(Pile {
            title: set.title.clone(),
            count: self.context.texts.number(count),
            tiles: self.tiles(&kept, TILES)?,
            all: format!("/shelf/{SET}{}", set.id),
        })
    }

    /// The stickers of a set, and whether they are all of them: of archived sets the list shows some.
    fn stickers(&self, set: &StickerSet) -> Result<(Vec<Kept>, bool)> {
        let kept = self.kept(&format!("{SET}{}", set.id))?;
        Ok(match kept.is_empty() {
            false => (kept, true),
            true => (set.covers.clone(), false),
        })
    }

    pub(super) fn list_of_sets(&self, list: &str, after: usize) -> Result<Contents> {
        let texts = self.context.texts;
        let part = self.part(list)?.unwrap_or_default();
        let sets = self.sets(list)?;
        let shown = slice(&sets, after, SETS_ON_PAGE).iter();
        let piles: Result<_> = shown.map(|set| self.pile(set)).collect();
        let reason = part.unavailable.as_ref();
        let outline = Outline {
            title: title_of_shelf(texts, list).ok_or(PageError::NotFound)?,
            count: sets.len() as u64,
            back: "/account".to_owned(),
            facts: Vec::new(),
            note: reason.map(|reason| texts.with("account.unavailable", reason)),
            look: Look::Stickers,
            size: SETS_ON_PAGE,
            more: is_more(sets.len(), after, SETS_ON_PAGE),
        };
        Ok((outline, Vec::new(), piles?))
    }

    pub(super) fn whole_set(&self, name: &str, after: usize) -> Result<Contents> {
        let id = name.strip_prefix(SET).and_then(|id| id.parse::<i64>().ok());
        let id = id.ok_or(PageError::NotFound)?;
        let (set, list) = self.named(name, id)?;
        let (kept, whole) = self.stickers(&set)?;
        let shown = slice(&kept, after, PAGE).iter();
        let entries: Result<_> = shown.map(|one| self.entry(one)).collect();
        let back = match list {
            Some(list) => format!("/shelf/{list}"),
            None => "/account".to_owned(),
        };
        let outline = Outline {
            count: u64::try_from(set.count).unwrap_or(0),
            facts: self.facts(&set, list),
            note: self.note(name, whole)?,
            title: set.title,
            back,
            look: Look::Stickers,
            size: PAGE,
            more: is_more(kept.len(), after, PAGE),
        };
        Ok((outline, entries?, Vec::new()))
    }

    /// The set of this number, and the list that names it. The list is older or newer than the set:
    /// the set itself knows best, but it does not say since when the account has it.
    fn named(&self, name: &str, id: i64) -> Result<(StickerSet, Option<&'static str>)> {
        let own = self.part(name)?.and_then(|part| part.set());
        for (list, _) in SETS {
            let found = self.sets(list)?.into_iter().find(|set| set.id == id);
            if let Some(found) = found {
                let since = found.since;
                let set = own.map_or(found, |own| StickerSet {
                    since: own.since.max(since),
                    ..own
                });
                return Ok((set, Some(list)));
            }
        }
        Ok((own.ok_or(PageError::NotFound)?, None))
    }

    fn facts(&self, set: &StickerSet, list: Option<&str>) -> Vec<String> {
        let mut facts = Vec::new();
        if !set.name.is_empty() {
            let way = match list.is_some_and(|list| list.ends_with("emoji")) {
                true => "addemoji",
                false => "addstickers",
            };
            // A name, not a link: nothing here leads out.
            facts.push(format!("\u{2066}t.me/{way}/{}\u{2069}", set.name));
        }
        if set.since > 0 {
            let since = self.context.clock().full(set.since);
            facts.push(self.context.texts.with("profile.since", since));
        }
        facts
    }

    fn note(&self, name: &str, whole: bool) -> Result<Option<String>> {
        let texts = self.context.texts;
        let reason = self.part(name)?.and_then(|part| part.unavailable);
        Ok(match (reason, whole) {
            (Some(reason), _) => Some(texts.with("account.unavailable", reason)),
            (None, false) => Some(texts.get("shelf.not-whole").to_owned()),
            (None, true) => None,
        })
    }
}
