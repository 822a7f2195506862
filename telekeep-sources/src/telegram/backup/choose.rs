//! Which chats a selection means: names become chats, and each chat is in, in part, or out.
//!
//! Pure: works on what is known of the chats and on the account's folders.

use std::collections::{HashMap, HashSet};

use telekeep_tl::{Object, Value as Tl};

use super::selection::{ChatType, Selection, TopicName};
use crate::spool::{ChatFacts, PeerSort, Rank, Scope, Why};
use crate::telegram::peers::PeerId;

/// Chats shown when a name means none or several.
const CANDIDATES: usize = 10;

/// Why a selection cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// A name means no chat.
    #[error("no chat is called {name:?}{}", listed("; these are similar", .similar))]
    NoChat {
        /// The name.
        name: String,
        /// Chats with similar names.
        similar: Vec<String>,
    },
    /// A name means several chats.
    #[error("{name:?} means several chats: {}", .candidates.join(", "))]
    SeveralChats {
        /// The name.
        name: String,
        /// These.
        candidates: Vec<String>,
    },
    /// There is no such folder.
    #[error("there is no folder called {name:?}{}", listed("; the folders are", .folders))]
    NoFolder {
        /// The name.
        name: String,
        /// All there are.
        folders: Vec<String>,
    },
    /// The forum has no such topic.
    #[error("there is no topic called {name:?}{}", listed("; the topics are", .topics))]
    NoTopic {
        /// The title.
        name: String,
        /// Some that there are, with their ids.
        topics: Vec<String>,
    },
    /// The title means several topics.
    #[error("several topics are called like {name:?}; take an id{}", listed("", .candidates))]
    SeveralTopics {
        /// The title.
        name: String,
        /// These, with their ids.
        candidates: Vec<String>,
    },
    /// The topics of a chat could not be listed.
    #[error(
        "the topics of {name:?} could not be listed ({error}); name them by id, as in their links"
    )]
    NoTopics {
        /// The forum.
        name: String,
        /// The name of the error.
        error: String,
    },
    /// Topic 1 cannot be asked for alone.
    #[error(
        "the General topic of {name:?} cannot be fetched alone, because Telegram does not list it; select the whole chat"
    )]
    General {
        /// The forum.
        name: String,
    },
}

fn listed(before: &str, names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!("{before}: {}", names.join(", ")),
    }
}

/// A folder of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folder {
    pub title: String,
    contacts: bool,
    others: bool,
    groups: bool,
    channels: bool,
    bots: bool,
    without_archived: bool,
    with: HashSet<i64>,
    without: HashSet<i64>,
}

impl Folder {
    /// Reads a `DialogFilter`; the default one is no folder.
    pub fn of(filter: &Object<'_>, own: i64) -> Option<Folder> {
        let peers = |field: &str| -> HashSet<i64> {
            let peers = filter.vector(field).unwrap_or_default();
            let peers = peers.iter().filter_map(Tl::as_object);
            peers.filter_map(|peer| marked(peer, own)).collect()
        };
        let title = filter.object("title")?.str("text")?.into_owned();
        let mut with = peers("include_peers");
        with.extend(peers("pinned_peers"));
        Some(Folder {
            title,
            contacts: filter.flag("contacts"),
            others: filter.flag("non_contacts"),
            groups: filter.flag("groups"),
            channels: filter.flag("broadcasts"),
            bots: filter.flag("bots"),
            without_archived: filter.flag("exclude_archived"),
            with,
            without: peers("exclude_peers"),
        })
    }

    /// What is muted or read at the moment makes no difference: a backup is not of the moment.
    fn holds(&self, chat: &ChatFacts) -> bool {
        if self.with.contains(&chat.chat) {
            return true;
        }
        if self.without.contains(&chat.chat) || (self.without_archived && chat.archived) {
            return false;
        }
        match ChatType::of(chat) {
            ChatType::Users | ChatType::Saved if chat.who.contact => self.contacts,
            ChatType::Users | ChatType::Saved => self.others,
            ChatType::Bots => self.bots,
            ChatType::Groups | ChatType::Supergroups => self.groups,
            ChatType::Channels => self.channels,
            ChatType::Left => false,
        }
    }
}

fn marked(peer: &Object<'_>, own: i64) -> Option<i64> {
    let id = match peer.name() {
        "inputPeerSelf" => return Some(own),
        "inputPeerUser" => PeerId::User(peer.long("user_id")?),
        "inputPeerChat" => PeerId::Group(peer.long("chat_id")?),
        "inputPeerChannel" => PeerId::Channel(peer.long("channel_id")?),
        _ => return None,
    };
    Some(id.marked())
}

/// A selection whose names are chats.
#[derive(Debug, Default)]
pub(crate) struct Chooser {
    selection: Selection,
    named: HashSet<i64>,
    excluded: HashSet<i64>,
    folders: Vec<Folder>,
    without: Vec<Folder>,
    topics: HashMap<i64, Vec<i32>>,
    /// Groups by the supergroups they became.
    became: HashMap<i64, ChatFacts>,
}

impl Chooser {
    /// Finds what the names of a selection mean.
    pub fn new(
        selection: &Selection,
        chats: &[ChatFacts],
        folders: &[Folder],
    ) -> Result<Chooser, SelectionError> {
        let find = |names: &[String]| -> Result<HashSet<i64>, SelectionError> {
            names.iter().map(|name| find(name, chats)).collect()
        };
        let mut topics = HashMap::new();
        for choice in &selection.topics {
            let chosen: &mut Vec<i32> = topics.entry(find_one(&choice.chat, chats)?).or_default();
            for topic in &choice.topics {
                let name = choice.chat.clone();
                chosen.push(match topic {
                    TopicName::Id(1) => return Err(SelectionError::General { name }),
                    TopicName::Id(id) => *id,
                    // Titles became ids before; one that did not means nothing.
                    TopicName::Title(title) => {
                        return Err(SelectionError::NoTopic {
                            name: title.clone(),
                            topics: Vec::new(),
                        });
                    }
                });
            }
            chosen.sort_unstable();
            chosen.dedup();
        }
        let supergroups = chats
            .iter()
            .filter(|chat| chat.who.sort == PeerSort::Supergroup);
        Ok(Chooser {
            named: find(&selection.chats)?,
            excluded: find(&selection.exclude_chats)?,
            folders: find_folders(&selection.folders, folders)?,
            without: find_folders(&selection.exclude_folders, folders)?,
            topics,
            became: supergroups.map(|chat| (chat.chat, chat.clone())).collect(),
            selection: selection.clone(),
        })
    }

    /// What of a chat is in. A basic group that became a supergroup is in with that.
    pub fn scope(&self, chat: &ChatFacts) -> Scope {
        let whole = chat.who.became.and_then(|id| self.became.get(&id));
        let judged = whole.unwrap_or(chat);
        match self.verdict(judged).or_else(|| {
            // It may be named, or excluded, by itself.
            let excluded = self.excluded.contains(&chat.chat);
            excluded.then_some(Why::Excluded)
        }) {
            Some(Why::NotAsked) if self.named.contains(&chat.chat) => self.part(chat, judged),
            Some(why) => Scope::left_out(why),
            None => self.part(chat, judged),
        }
    }

    fn verdict(&self, chat: &ChatFacts) -> Option<Why> {
        let selection = &self.selection;
        let kind = ChatType::of(chat);
        let excluded = self.excluded.contains(&chat.chat)
            || selection.exclude_types.contains(&kind)
            || self.without.iter().any(|folder| folder.holds(chat));
        if excluded {
            return Some(Why::Excluded);
        }
        let any = selection.types.is_empty()
            && selection.chats.is_empty()
            && selection.folders.is_empty();
        let asked = any
            || selection.types.contains(&kind)
            || self.named.contains(&chat.chat)
            || self.folders.iter().any(|folder| folder.holds(chat));
        (!asked).then_some(Why::NotAsked)
    }

    fn part(&self, chat: &ChatFacts, judged: &ChatFacts) -> Scope {
        Scope {
            since: self.selection.since,
            until: self.selection.until,
            // Among direct messages what the account wrote for a channel has the channel's name, so
            // that a search for its own finds nothing.
            own: self.selection.own.contains(&ChatType::of(judged))
                && (chat.who.sort != PeerSort::Direct || chat.who.rank == Rank::Member),
            topics: self.topics.get(&chat.chat).cloned().unwrap_or_default(),
            ..Scope::default()
        }
    }
}

/// The chats a name may mean: its id or @username, else exactly its title, else a part of it.
pub(crate) fn meant<'a>(name: &str, chats: &'a [ChatFacts]) -> Vec<&'a ChatFacts> {
    let wanted = name.trim().to_lowercase();
    let pick = |test: &dyn Fn(&ChatFacts) -> bool| -> Vec<&'a ChatFacts> {
        chats.iter().filter(|chat| test(chat)).collect()
    };
    if let Ok(id) = wanted.parse::<i64>() {
        let found = pick(&|chat| chat.chat == id);
        if !found.is_empty() {
            return found;
        }
    }
    if let Some(username) = wanted.strip_prefix('@') {
        return pick(&|chat| {
            let mut names = chat.who.usernames.split(' ');
            names.any(|known| known.to_lowercase() == username)
        });
    }
    if means_own(&wanted) {
        return pick(&|chat| chat.is_self);
    }
    let exact = pick(&|chat| chat.who.name.to_lowercase() == wanted);
    if !exact.is_empty() || wanted.is_empty() {
        return exact;
    }
    pick(&|chat| chat.who.name.to_lowercase().contains(&wanted))
}

/// The name means Saved Messages.
pub(super) fn means_own(name: &str) -> bool {
    ["saved messages", "saved", "me"].contains(&name.to_lowercase().as_str())
}

fn find(name: &str, chats: &[ChatFacts]) -> Result<i64, SelectionError> {
    find_one(name, chats)
}

pub(super) fn find_one(name: &str, chats: &[ChatFacts]) -> Result<i64, SelectionError> {
    let found = meant(name, chats);
    match found.as_slice() {
        [chat] => Ok(chat.chat),
        [] => Err(SelectionError::NoChat {
            name: name.to_owned(),
            similar: similar(name, chats),
        }),
        // A group and the supergroup it became have one title and are one chat to people.
        [a, b] if a.who.became == Some(b.chat) => Ok(b.chat),
        [a, b] if b.who.became == Some(a.chat) => Ok(a.chat),
        // A channel and its direct messages have one title, too: the name is that of the channel.
        [a, b] if a.who.direct_of == Some(b.chat) => Ok(b.chat),
        [a, b] if b.who.direct_of == Some(a.chat) => Ok(a.chat),
        several => Err(SelectionError::SeveralChats {
            name: name.to_owned(),
            candidates: several.iter().take(CANDIDATES).map(|c| label(c)).collect(),
        }),
    }
}

/// Chats whose title shares a word with the name.
fn similar(name: &str, chats: &[ChatFacts]) -> Vec<String> {
    let wanted = name.to_lowercase();
    let words: Vec<&str> = wanted
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 1)
        .collect();
    let alike = chats.iter().filter(|chat| {
        let title = chat.who.name.to_lowercase();
        words.iter().any(|word| {
            let begin: String = word.chars().take(4).collect();
            title.contains(&begin) || chat.who.usernames.to_lowercase().contains(&begin)
        })
    });
    alike.take(CANDIDATES).map(label).collect()
}

fn label(chat: &ChatFacts) -> String {
    let name = match chat.is_self {
        true => "Saved Messages",
        false => &chat.who.name,
    };
    match chat.who.usernames.split(' ').next().unwrap_or_default() {
        "" => format!("{name} ({})", chat.chat),
        username => format!("{name} (@{username}, {})", chat.chat),
    }
}

fn find_folders(names: &[String], folders: &[Folder]) -> Result<Vec<Folder>, SelectionError> {
    let find = |name: &String| {
        let wanted = name.trim().to_lowercase();
        let mut found = folders
            .iter()
            .filter(|folder| folder.title.to_lowercase() == wanted)
            .peekable();
        if found.peek().is_none() {
            return Err(SelectionError::NoFolder {
                name: name.clone(),
                folders: folders.iter().map(|folder| folder.title.clone()).collect(),
            });
        }
        Ok(found.cloned().collect::<Vec<_>>())
    };
    let found: Result<Vec<_>, _> = names.iter().map(find).collect();
    Ok(found?.concat())
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
