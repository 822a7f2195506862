//! Everything that can change while the cloud runs.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use super::files::Files;
use super::ids::PeerId;
use super::log::{Entry, Log};
use super::peers::{Peers, Person};

/// Parts of a file being sent, by account and the client's file id.
pub(crate) type Parts = HashMap<(i64, i64), BTreeMap<i32, Vec<u8>>>;

/// The whole state of the world; readers share it, one writer changes it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) peers: Peers,
    pub(crate) files: Files,
    pub(crate) accounts: BTreeMap<i64, Account>,
    /// Order of the accounts, first made first.
    pub(crate) order: Vec<i64>,
    pub(crate) parts: Parts,
    /// Copies of one message in the shared sequences of several accounts.
    pub(crate) twins: HashMap<(i64, i32), Vec<(i64, i32)>>,
    /// Who reacted with what since the world was made: (chat as its owner sees it, owner or 0, id).
    pub(crate) reacted: HashMap<(i64, i32), BTreeMap<i64, Vec<String>>>,
    /// What a message sent with a random id became, so that a repeated request sends nothing.
    pub(crate) sent: HashMap<(i64, i64), i32>,
    /// Numbers for new users and groups.
    pub(crate) made: i64,
}

impl State {
    pub(crate) fn new(seed: u64, peers: Peers, files: Files, accounts: Vec<Account>) -> Self {
        let order = accounts.iter().map(|a| a.id).collect();
        Self {
            seed,
            peers,
            files,
            accounts: accounts.into_iter().map(|a| (a.id, a)).collect(),
            order,
            parts: HashMap::new(),
            twins: HashMap::new(),
            reacted: HashMap::new(),
            sent: HashMap::new(),
            made: 0,
        }
    }

    /// Makes an account with no chats.
    pub(crate) fn sign_up(&mut self, phone: &str, first: &str, last: &str) -> i64 {
        self.made += 1;
        let id = 5_900_000_000 + self.made;
        let person = Person {
            id,
            first: first.into(),
            last: last.into(),
            phone: Some(phone.into()),
            ..Person::default()
        };
        self.peers.people.insert(id, person);
        self.accounts.insert(id, Account::new(id, phone, None));
        self.order.push(id);
        id
    }

    /// The other copies of a message of the shared sequence.
    pub(crate) fn copies(&self, account: i64, id: i32) -> Vec<(i64, i32)> {
        let own = (account, id);
        let near = self.twins.get(&own).cloned().unwrap_or_default();
        let far = near
            .iter()
            .flat_map(|key| self.twins.get(key).into_iter().flatten().copied());
        let mut all: Vec<_> = near
            .iter()
            .copied()
            .chain(far)
            .filter(|key| *key != own)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Remembers that two messages are copies of one.
    pub(crate) fn join(&mut self, one: (i64, i32), other: (i64, i32)) {
        self.twins.entry(one).or_default().push(other);
        self.twins.entry(other).or_default().push(one);
    }

    /// The messages of a chat as an account has them.
    pub(crate) fn log(&self, account: i64, peer: PeerId) -> Option<&Log> {
        match peer {
            PeerId::Channel(id) => Some(&self.peers.channels.get(&id)?.log),
            _ => self.accounts.get(&account)?.log(peer),
        }
    }

    /// The newest message of a chat.
    pub(crate) fn top(&self, account: i64, peer: PeerId) -> Option<&Entry> {
        self.log(account, peer)?.last()
    }
}
