//! What belongs to one account: its dialogs and the messages of the shared id space.

use std::collections::{BTreeMap, HashMap};

use super::ids::PeerId;
use super::log::{Entry, Log, Note};
use super::own::Own;
use super::updates::Journal;

/// One chat in the list of an account.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) peer: PeerId,
    /// 0 main list, 1 archive.
    pub(crate) folder: i32,
    /// Place among the pinned of its folder, from 1; 0 when not pinned.
    pub(crate) pinned: i32,
    pub(crate) read_inbox: i32,
    pub(crate) read_outbox: i32,
    pub(crate) muted: bool,
}

/// What two-step verification asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Password {
    pub(crate) secret: String,
    /// What its owner wrote to remember it by.
    pub(crate) hint: String,
}

/// An account one can log in to.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) id: i64,
    /// Digits only.
    pub(crate) phone: String,
    pub(crate) password: Option<Password>,
    pub(crate) dialogs: Vec<Dialog>,
    /// Folders it made: TL objects `DialogFilter`, in its order.
    pub(crate) folders: Vec<serde_json::Value>,
    /// What it keeps for itself.
    pub(crate) own: Own,
    /// Channels it was in and left, oldest departure first.
    pub(crate) left: Vec<i64>,
    /// Where its shared sequence is split: the last id of every range but the newest, ascending.
    pub(crate) splits: Vec<i32>,
    /// Private chats and basic groups.
    logs: BTreeMap<PeerId, Log>,
    /// Chat of every shared id, as a place in `homes` plus one; 0 where there is no message.
    home_of: Vec<u32>,
    homes: Vec<PeerId>,
    home_places: HashMap<PeerId, u32>,
    pub(crate) journal: Journal,
    pub(crate) seq: i32,
}

impl Account {
    /// An account with no chats; `phone` is digits only.
    pub(crate) fn new(id: i64, phone: &str, password: Option<Password>) -> Self {
        Self {
            id,
            phone: phone.into(),
            password,
            journal: Journal::starting_at(1),
            seq: 1,
            ..Self::default()
        }
    }

    /// The messages of a private chat or basic group.
    pub(crate) fn log(&self, peer: PeerId) -> Option<&Log> {
        self.logs.get(&peer)
    }

    /// The highest id given out.
    pub(crate) fn last_id(&self) -> i32 {
        self.home_of.len() as i32
    }

    /// Stores a message with an id above all others of the account.
    pub(crate) fn push(&mut self, peer: PeerId, note: &Note, tl: &[u8]) {
        let place = self.home(peer);
        self.home_of.resize((note.id - 1).max(0) as usize, 0);
        self.home_of.push(place + 1);
        self.logs.entry(peer).or_default().push(note, tl);
    }

    /// Leaves the slot of a deleted message.
    pub(crate) fn push_gone(&mut self, peer: PeerId, id: i32, date: i32) {
        self.home_of.resize(id.max(0) as usize, 0);
        self.logs.entry(peer).or_default().push_gone(id, date);
    }

    fn home(&mut self, peer: PeerId) -> u32 {
        *self.home_places.entry(peer).or_insert_with(|| {
            self.homes.push(peer);
            self.homes.len() as u32 - 1
        })
    }

    /// The chat a shared id lives in.
    pub(crate) fn chat_of(&self, id: i32) -> Option<PeerId> {
        let place = *self
            .home_of
            .get(usize::try_from(id).ok()?.checked_sub(1)?)?;
        self.homes.get(place.checked_sub(1)? as usize).copied()
    }

    /// The message of a shared id.
    pub(crate) fn find(&self, id: i32) -> Option<(PeerId, &Log, &Entry)> {
        let peer = self.chat_of(id)?;
        let log = self.logs.get(&peer)?;
        Some((peer, log, log.find(id)?))
    }

    /// The log of a chat, to be changed.
    pub(crate) fn log_mut(&mut self, peer: PeerId) -> Option<&mut Log> {
        self.logs.get_mut(&peer)
    }

    /// Every private chat and basic group with messages.
    pub(crate) fn logs(&self) -> impl Iterator<Item = (PeerId, &Log)> {
        self.logs.iter().map(|(peer, log)| (*peer, log))
    }

    pub(crate) fn dialog(&self, peer: PeerId) -> Option<&Dialog> {
        self.dialogs.iter().find(|d| d.peer == peer)
    }

    /// The dialog of a chat; a new one is made if there is none.
    pub(crate) fn dialog_mut(&mut self, peer: PeerId) -> &mut Dialog {
        let place = self
            .dialogs
            .iter()
            .position(|d| d.peer == peer)
            .unwrap_or_else(|| {
                self.dialogs.push(Dialog::new(peer));
                self.dialogs.len() - 1
            });
        &mut self.dialogs[place]
    }
}

impl Dialog {
    pub(crate) fn new(peer: PeerId) -> Self {
        Self {
            peer,
            folder: 0,
            pinned: 0,
            read_inbox: 0,
            read_outbox: 0,
            muted: false,
        }
    }
}
