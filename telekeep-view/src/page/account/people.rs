//! People the account knows or shut out, and devices it is signed in on.

use telekeep_model::{Device, Listed};

use super::Reader;
use crate::reading::book_words;
use crate::render::Face;
use crate::server::Result;

/// People of a list that are shown.
const PEOPLE: usize = 500;

/// A list of people.
pub(super) struct Group {
    pub title: &'static str,
    pub people: Vec<Somebody>,
    /// How many there are.
    pub count: String,
    /// That there are more, in words.
    pub more: Option<String>,
}

/// Somebody in a list.
pub(super) struct Somebody {
    /// Without an id, for an entry of the telephone book.
    pub face: Face,
    pub words: String,
}

/// A device or site.
pub(super) struct Gadget {
    pub title: String,
    /// That it is the one that made the backup.
    pub current: bool,
    pub lines: Vec<String>,
    pub since: String,
}

/// A list of the account: its part and its title.
const LISTS: &[(&str, &str)] = &[
    ("contacts", "account.contacts"),
    ("frequent_contacts", "account.frequent"),
    ("blocked", "account.blocked"),
    ("blocked_from_stories", "account.no-stories"),
];

impl Reader<'_> {
    /// Lists that somebody is in.
    pub(super) fn groups(&self) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        for &(name, title) in LISTS {
            let part = self.part(name)?;
            let listed = part.map(|part| part.people()).unwrap_or_default();
            let mut people: Vec<Somebody> = Vec::new();
            for one in listed.iter().take(PEOPLE) {
                people.push(self.somebody(one)?);
            }
            if name == "contacts" {
                people.sort_by_key(|one| one.face.name.to_lowercase());
            }
            groups.push(self.group(self.context.texts.get(title), people, listed.len()));
        }
        groups.insert(1, self.telephone_book()?);
        groups.retain(|group| !group.people.is_empty());
        Ok(groups)
    }

    fn group(&self, title: &'static str, people: Vec<Somebody>, all: usize) -> Group {
        let texts = self.context.texts;
        let rest = all.checked_sub(PEOPLE).filter(|rest| *rest > 0);
        Group {
            title,
            count: texts.number(all as u64),
            more: rest.map(|rest| texts.count("list.more", rest as u64)),
            people,
        }
    }

    fn somebody(&self, one: &Listed) -> Result<Somebody> {
        let texts = self.context.texts;
        let category = format!("account.{}", one.category);
        let words = match one.since {
            0 => texts.find(&category).unwrap_or_default().to_owned(),
            since => texts.with("profile.since", self.context.clock().full(since)),
        };
        Ok(Somebody {
            face: self.known(one.peer)?,
            words,
        })
    }

    /// The numbers that Telegram keeps for the account.
    fn telephone_book(&self) -> Result<Group> {
        let book = self.index.saved_contacts(Some(self.journal))?;
        let people = book.iter().take(PEOPLE).map(|entry| {
            let (face, words) = book_words(self.context.texts, entry);
            Somebody { face, words }
        });
        let title = self.context.texts.get("account.book");
        Ok(self.group(title, people.collect(), book.len()))
    }

    /// Devices or sites that are signed in.
    pub(super) fn devices(&self, name: &str) -> Result<Vec<Gadget>> {
        let part = self.part(name)?;
        let devices = part.map(|part| part.devices()).unwrap_or_default();
        devices.iter().map(|device| self.gadget(device)).collect()
    }

    fn gadget(&self, device: &Device) -> Result<Gadget> {
        let mut lines = vec![device.app.clone(), device.system.clone()];
        if let Some(bot) = device.bot {
            lines.push(self.known(bot)?.name);
        }
        lines.push(device.place.clone());
        lines.push(device.ip.clone());
        lines.retain(|line| !line.is_empty());
        let clock = self.context.clock();
        Ok(Gadget {
            title: device.title.clone(),
            current: device.current,
            lines,
            since: self
                .context
                .texts
                .with("profile.since", clock.full(device.created)),
        })
    }
}
