//! Everything that the picture of messages needs from the index: names, answered messages, what is
//! held of files.

use std::collections::HashMap;

use telekeep_index::{Index, Place, Shown};
use telekeep_model::{Media, Part};

use crate::render::{Clock, Files, Links, Scene};
use crate::server::{Context, Result};

/// What [`Scene`] borrows.
pub struct Surroundings {
    names: HashMap<i64, String>,
    answered: HashMap<(i64, i64), Shown>,
    files: HeldFiles,
    clock: Clock,
    links: Box<dyn Links>,
    private: bool,
}

impl Surroundings {
    /// Looks up what `messages` mention.
    pub fn of(context: &Context, index: &Index, messages: &[Shown]) -> Result<Self> {
        let mut names = HashMap::new();
        let mut answered = HashMap::new();
        for shown in messages {
            find_answered(index, shown, &mut answered)?;
        }
        for shown in messages.iter().chain(answered.values()) {
            for id in mentioned(shown) {
                if let std::collections::hash_map::Entry::Vacant(entry) = names.entry(id) {
                    entry.insert(index.name(id)?);
                }
            }
        }
        let private = messages
            .first()
            .is_some_and(|shown| shown.message.chat >= 0);
        Ok(Self {
            names,
            answered,
            files: HeldFiles::of(index, messages),
            clock: context.clock(),
            links: Box::new(context.links()),
            private,
        })
    }

    pub fn scene(&self) -> Scene<'_> {
        Scene {
            clock: &self.clock,
            links: self.links.as_ref(),
            names: &self.names,
            answered: &self.answered,
            files: &self.files,
            private: self.private,
        }
    }
}

fn find_answered(
    index: &Index,
    shown: &Shown,
    answered: &mut HashMap<(i64, i64), Shown>,
) -> Result<()> {
    let Some(reply) = &shown.message.reply_to else {
        return Ok(());
    };
    let Some(id) = reply.id else {
        return Ok(());
    };
    let chat = reply.chat.unwrap_or(shown.message.chat);
    if !answered.contains_key(&(chat, id))
        && let Some(found) = message(index, chat, id)?
    {
        answered.insert((chat, id), found);
    }
    Ok(())
}

/// One message.
pub fn message(index: &Index, chat: i64, id: i64) -> Result<Option<Shown>> {
    let found = index.messages(chat, Place::Around(id), 1)?;
    Ok(found.into_iter().find(|shown| shown.message.id == id))
}

/// Ids whose names a message needs.
fn mentioned(shown: &Shown) -> Vec<i64> {
    let message = &shown.message;
    let mut ids = Vec::new();
    ids.extend(message.sender);
    ids.extend(message.via_bot);
    ids.extend(message.forward.as_ref().and_then(|forward| forward.from));
    for part in message.service.iter().flat_map(|service| &service.parts) {
        if let Part::Peer(id) = part {
            ids.push(*id);
        }
    }
    ids
}

/// What is held of the files of some messages.
#[derive(Default)]
pub struct HeldFiles;

impl HeldFiles {
    fn of(_index: &Index, messages: &[Shown]) -> Self {
        for media in messages
            .iter()
            .filter_map(|shown| shown.message.media.as_ref())
        {
            let _: &Media = media;
        }
        Self
    }
}

impl Files for HeldFiles {
    fn held(&self, _key: &str) -> bool {
        false
    }

    fn why_not(&self, _key: &str) -> Option<String> {
        None
    }
}
