//! What the account keeps at hand: drafts, what waits to be sent, and some of each shelf.

use telekeep_index::Shown;
use telekeep_model::{Draft, Kept};

use super::Reader;
use super::business::{Said, said, shown};
use crate::page::scene::Surroundings;
use crate::page::shelf::{CUSTOM_EMOJI, LISTS, Pile, SETS, Shelves, Tile, met, title_of_shelf};
use crate::render::Face;
use crate::server::Result;

/// Pictures shown of one list.
const TILES: usize = 12;
/// Sets shown of one list.
const PILES: usize = 6;
/// Drafts and waiting messages that are shown.
const SHOWN: usize = 1000;

/// Something the account began to write.
pub(super) struct Begun {
    pub face: Face,
    pub text: String,
    pub when: String,
}

/// A message that waits to be sent.
pub(super) struct Waiting {
    pub face: Face,
    pub said: Said,
    pub when: String,
}

/// A list of stickers, GIFs or music.
pub(super) struct Shelf {
    pub title: String,
    pub count: String,
    /// Small pictures of what is in it, with the files they are of.
    pub tiles: Vec<Tile>,
    /// The first of its sets, of a list of sets.
    pub piles: Vec<Pile>,
    /// The address of all of it, with everything that is known of each.
    pub all: String,
}

impl Reader<'_> {
    /// What was begun and not sent.
    pub(super) fn drafts(&self) -> Result<Vec<Begun>> {
        let drafts = self.part("drafts")?.map(|part| part.drafts());
        let drafts = drafts.unwrap_or_default().into_iter().take(SHOWN);
        drafts.map(|draft| self.begun(draft)).collect()
    }

    fn begun(&self, draft: Draft) -> Result<Begun> {
        Ok(Begun {
            face: self.known(draft.chat)?,
            text: draft.text,
            when: self.context.clock().full(draft.date),
        })
    }

    /// What waits to be sent.
    pub(super) fn scheduled(&self) -> Result<Vec<Waiting>> {
        let clock = self.context.clock();
        let messages = self.part("scheduled")?.map(|part| part.scheduled());
        let messages = messages.unwrap_or_default().into_iter().take(SHOWN);
        let messages: Vec<Shown> = messages.map(shown).collect();
        let around = Surroundings::of(self.context, self.index, &messages)?;
        let scene = around.scene();
        let waiting = messages.iter().map(|shown| {
            Ok(Waiting {
                face: self.known(shown.message.chat)?,
                said: said(shown, &scene),
                when: clock.full(shown.message.date),
            })
        });
        waiting.collect()
    }

    /// Lists that something is in.
    pub(super) fn shelves(&self) -> Result<Vec<Shelf>> {
        let texts = self.context.texts;
        let reader = Shelves::new(self.context, self.index, self.journal)?;
        let mut shelves = Vec::new();
        for (name, ..) in LISTS {
            let kept = reader.kept(name)?;
            shelves.push(self.shelf(&reader, name, &kept, kept.len())?);
        }
        let emoji = met(self.rows.iter().copied(), self.journal);
        let first = emoji.iter().take(TILES).map(|name| reader.kept(name));
        let first = first.collect::<Result<Vec<_>>>()?.concat();
        let met = self.shelf(&reader, CUSTOM_EMOJI, &first, emoji.len())?;
        let title = texts.get("account.custom-emoji").to_owned();
        shelves.push(Shelf { title, ..met });
        for (name, _) in SETS {
            let sets = reader.sets(name)?;
            let piles = sets.iter().take(PILES).map(|set| reader.pile(set));
            shelves.push(Shelf {
                piles: piles.collect::<Result<_>>()?,
                ..self.shelf(&reader, name, &[], sets.len())?
            });
        }
        shelves.retain(|shelf| shelf.count != texts.number(0));
        Ok(shelves)
    }

    fn shelf(
        &self,
        reader: &Shelves<'_>,
        name: &str,
        kept: &[Kept],
        count: usize,
    ) -> Result<Shelf> {
        Ok(Shelf {
            title: title_of_shelf(self.context.texts, name).unwrap_or_default(),
            count: self.context.texts.number(count as u64),
            tiles: reader.tiles(kept, TILES)?,
            piles: Vec::new(),
            all: format!("/shelf/{name}"),
        })
    }
}
