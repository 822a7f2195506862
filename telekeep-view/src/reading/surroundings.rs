//! Everything that the picture of messages needs from the index: names, answered messages, what is
//! held of files.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use telekeep_index::{DELETED_ACCOUNT, FileState, Index, IndexError, Shown};
use telekeep_model::{Part, ReadState};

use super::{large, portrait, small};
use crate::lang::Texts;
use crate::render::{Clock, Files, Held, Links, Scene};

/// What [`Scene`] borrows.
pub struct Surroundings<'a> {
    names: HashMap<i64, String>,
    /// Of these, the ones whose accounts were deleted.
    deleted: HashSet<i64>,
    /// By message id: what the sender was called then, where that was another name.
    past_names: HashMap<i64, String>,
    photos: HashMap<i64, String>,
    topics: HashMap<i64, String>,
    given: HashMap<i64, (String, String)>,
    answered: HashMap<(i64, i64), Shown>,
    files: IndexFiles<'a>,
    clock: Clock,
    links: Box<dyn Links>,
    private: bool,
}

impl<'a> Surroundings<'a> {
    /// What the first words of messages need: the names in them.
    pub fn for_lines(
        clock: Clock,
        links: Box<dyn Links>,
        index: &'a Index,
        messages: &[Shown],
    ) -> Result<Self, IndexError> {
        Ok(Self {
            names: names(clock.texts, index, messages.iter())?,
            deleted: HashSet::new(),
            past_names: HashMap::new(),
            photos: HashMap::new(),
            topics: HashMap::new(),
            given: HashMap::new(),
            answered: HashMap::new(),
            files: IndexFiles::new(index),
            clock,
            links,
            private: true,
        })
    }

    /// Looks up what `messages` mention.
    pub fn new(
        clock: Clock,
        links: Box<dyn Links>,
        index: &'a Index,
        messages: &[Shown],
    ) -> Result<Self, IndexError> {
        let mut answered = HashMap::new();
        for shown in messages {
            find_answered(index, shown, &mut answered)?;
        }
        let names = names(clock.texts, index, messages.iter().chain(answered.values()))?;
        let deleted = deleted(index, names.keys())?;
        let mut past_names = HashMap::new();
        for message in messages.iter().map(|shown| &shown.message) {
            if let Some(sender) = message.sender {
                let then = index.name_at(sender, message.date)?;
                let then = clock.texts.name(&then).to_owned();
                if names.get(&sender).is_some_and(|now| *now != then) {
                    past_names.insert(message.id, then);
                }
            }
        }
        let private = messages
            .first()
            .is_some_and(|shown| shown.message.chat >= 0);
        let senders = messages.iter().filter_map(|shown| shown.message.sender);
        let photos = match private {
            // Sides tell who is who there.
            true => HashMap::new(),
            false => photos(index, links.as_ref(), senders)?,
        };
        Ok(Self {
            photos,
            topics: HashMap::new(),
            given: given(index, messages)?,
            names,
            deleted,
            past_names,
            answered,
            files: IndexFiles::new(index),
            clock,
            links,
            private,
        })
    }

    /// All topics of a forum are shown together: each message says which is its own.
    pub fn with_topics(mut self, index: &Index, chat: i64) -> Result<Self, IndexError> {
        let texts = self.clock.texts;
        let topics = index.topics(chat)?;
        let named = topics.iter().map(|topic| (topic.id, texts.topic(topic)));
        self.topics = named.collect();
        Ok(self)
    }

    /// All direct messages of a channel are shown together: each says whom it is from or to.
    pub fn with_threads(mut self, index: &Index, messages: &[Shown]) -> Result<Self, IndexError> {
        let texts = self.clock.texts;
        for peer in messages.iter().filter_map(|shown| shown.message.saved_peer) {
            if let Entry::Vacant(entry) = self.topics.entry(peer) {
                entry.insert(texts.name(&index.name(peer)?).to_owned());
            }
        }
        Ok(self)
    }

    /// In a channel all posts are its own, as in a chat of two: no names above bubbles.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        self.private = true;
        self
    }

    /// What drawing needs.
    #[must_use]
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            clock: &self.clock,
            links: self.links.as_ref(),
            names: &self.names,
            deleted: &self.deleted,
            past_names: &self.past_names,
            photos: &self.photos,
            topics: &self.topics,
            given: &self.given,
            answered: &self.answered,
            files: &self.files,
            private: self.private,
        }
    }
}

/// Names of everybody that messages mention.
fn names<'m>(
    texts: &Texts,
    index: &Index,
    messages: impl Iterator<Item = &'m Shown>,
) -> Result<HashMap<i64, String>, IndexError> {
    let mut names = HashMap::new();
    for id in messages.flat_map(mentioned) {
        if let Entry::Vacant(entry) = names.entry(id) {
            entry.insert(texts.name(&index.name(id)?).to_owned());
        }
    }
    Ok(names)
}

/// Those whose accounts were deleted and that had a name.
fn deleted<'i>(
    index: &Index,
    ids: impl Iterator<Item = &'i i64>,
) -> Result<HashSet<i64>, IndexError> {
    let mut deleted = HashSet::new();
    for &id in ids {
        if index.is_deleted_account(id)? && index.name(id)? != DELETED_ACCOUNT {
            deleted.insert(id);
        }
    }
    Ok(deleted)
}

fn find_answered(
    index: &Index,
    shown: &Shown,
    answered: &mut HashMap<(i64, i64), Shown>,
) -> Result<(), IndexError> {
    let Some(reply) = &shown.message.reply_to else {
        return Ok(());
    };
    let Some(id) = reply.id else {
        return Ok(());
    };
    let chat = reply.chat.unwrap_or(shown.message.chat);
    if !answered.contains_key(&(chat, id))
        && let Some(found) = index.message(chat, id)?
    {
        answered.insert((chat, id), found);
    }
    Ok(())
}

/// Addresses of photos of people, each looked up once.
fn photos(
    index: &Index,
    links: &dyn Links,
    people: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, String>, IndexError> {
    let mut seen = HashSet::new();
    let mut photos = HashMap::new();
    for id in people.filter(|id| seen.insert(*id)) {
        if let Some(photo) = portrait(index, links, id)? {
            photos.insert(id, photo);
        }
    }
    Ok(photos)
}

/// Photos that chats were given, as far as they are held.
fn given(index: &Index, messages: &[Shown]) -> Result<HashMap<i64, (String, String)>, IndexError> {
    let services = messages
        .iter()
        .filter_map(|shown| shown.message.service.as_ref());
    let mut given = HashMap::new();
    for photo in services.filter_map(|service| service.photo) {
        let files = index.photo_files(photo)?;
        if let Some((thumb, whole)) = small(&files).zip(large(&files)) {
            given.insert(photo, (thumb.clone(), whole.clone()));
        }
    }
    Ok(given)
}

/// Ids whose names a message needs.
fn mentioned(shown: &Shown) -> Vec<i64> {
    let message = &shown.message;
    let mut ids = Vec::new();
    ids.extend(message.sender);
    ids.extend(message.via_bot);
    ids.extend(message.forward.as_ref().and_then(|forward| forward.from));
    if let Some(media) = &message.media {
        media.peers(&mut |id| ids.push(id));
    }
    for part in message.service.iter().flat_map(|service| &service.parts) {
        if let Part::Peer(id) = part {
            ids.push(*id);
        }
    }
    ids
}

/// What the index knows of files.
struct IndexFiles<'a> {
    index: &'a Index,
    /// How far chats were read: asked for by every message of the account, and the same for all of a
    /// chat.
    read: RefCell<HashMap<i64, Option<(ReadState, i64)>>>,
}

impl<'a> IndexFiles<'a> {
    fn new(index: &'a Index) -> Self {
        Self {
            index,
            read: RefCell::default(),
        }
    }
}

impl Files for IndexFiles<'_> {
    fn find(&self, key: &str) -> Held {
        // A file that cannot be looked up is shown as one that is not there.
        match self.index.file(key) {
            Ok(FileState::Held(_)) => Held::Yes,
            Ok(FileState::Ruled { error }) => Held::Never(error),
            Ok(FileState::Failed { error, .. }) => Held::NotYet(Some(error)),
            Ok(FileState::Missing) | Err(_) => Held::NotYet(None),
        }
    }

    fn has_story(&self, chat: i64, id: i64) -> bool {
        matches!(self.index.story(chat, id), Ok(Some(_)))
    }

    fn has_people(&self, chat: i64, id: i64) -> bool {
        let reacted = self.index.reactions(chat, id);
        matches!(reacted, Ok(Some(_))) || matches!(self.index.votes(chat, id), Ok(Some(_)))
    }

    fn read_state(&self, chat: i64) -> Option<(ReadState, i64)> {
        let mut read = self.read.borrow_mut();
        let look = || self.index.read_state(chat).ok().flatten();
        *read.entry(chat).or_insert_with(look)
    }

    fn kind(&self, key: &str) -> Option<String> {
        match self.index.file(key) {
            Ok(FileState::Held(held)) => Some(held.mime.unwrap_or_default()),
            _ => None,
        }
    }
}
