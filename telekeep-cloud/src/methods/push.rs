//! Brings changes to everybody they concern: the caller in the answer, other sessions and other
//! accounts as pushed updates.

use std::collections::BTreeMap;

use grammers_tl_types::{Deserializable, Serializable, enums, types};

use super::output::Crowd;
use crate::rpc::{Answer, Call, NATIVE_LAYER};
use crate::world::changes::Change;
use crate::world::ids::PeerId;
use crate::world::state::State;

/// Updates of one change, by account.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    updates: BTreeMap<i64, Vec<enums::Update>>,
    peers: Vec<PeerId>,
}

/// A message from its bytes.
pub(super) fn decode(bytes: &[u8]) -> Option<enums::Message> {
    enums::Message::from_bytes(bytes).ok()
}

/// An update as an account sees it: what is sent by itself is marked so.
pub(super) fn personal(state: &State, account: i64, update: &enums::Update) -> enums::Update {
    let mut update = update.clone();
    let message = match &mut update {
        enums::Update::NewChannelMessage(u) => &mut u.message,
        enums::Update::EditChannelMessage(u) => &mut u.message,
        _ => return update,
    };
    let own = |from: &Option<enums::Peer>| {
        let from = from.as_ref().map(PeerId::of_tl);
        from == Some(PeerId::User(account)) && state.accounts.contains_key(&account)
    };
    match message {
        enums::Message::Message(m) => m.out = own(&m.from_id),
        enums::Message::Service(m) => m.out = own(&m.from_id),
        enums::Message::Empty(_) => {}
    }
    update
}

impl Outbox {
    /// Someone the change names.
    pub(super) fn mention(&mut self, peer: PeerId) {
        self.peers.push(peer);
    }

    pub(super) fn add(&mut self, account: i64, update: enums::Update) {
        self.updates.entry(account).or_default().push(update);
    }

    /// A change of a channel goes to every account in it.
    pub(super) fn add_channel(&mut self, state: &State, channel: i64, update: &enums::Update) {
        let members = state
            .peers
            .channels
            .get(&channel)
            .map_or(&[][..], |c| &c.members);
        for account in state.order.iter().filter(|id| members.contains(id)) {
            self.add(*account, personal(state, *account, update));
        }
        self.mention(PeerId::Channel(channel));
    }

    /// Sorts changes to those they concern.
    pub(super) fn extend(&mut self, state: &State, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Account(account, update) => self.add(account, update),
                Change::Channel(channel, update) => self.add_channel(state, channel, &update),
            }
        }
    }

    fn envelope(
        &self,
        state: &State,
        account: i64,
        first: &[enums::Update],
        date: i32,
    ) -> enums::Updates {
        let mut crowd = Crowd::default();
        self.peers.iter().for_each(|peer| crowd.add(*peer));
        let own = self.updates.get(&account).into_iter().flatten().cloned();
        types::Updates {
            updates: first.iter().cloned().chain(own).collect(),
            users: crowd.users(state, account),
            chats: crowd.chats(state, account),
            date,
            seq: 0,
        }
        .into()
    }

    /// Everything for the others, encoded; and what the caller is told, with `first` in front.
    pub(super) fn close(self, call: &Call<'_>, state: &State, first: &[enums::Update]) -> Delivery {
        let date = call.cloud.now();
        let others = self
            .updates
            .keys()
            .map(|account| (*account, self.envelope(state, *account, &[], date)))
            .collect();
        let own = self.envelope(state, call.account.unwrap_or(0), first, date);
        Delivery { own, others }
    }
}

/// Updates ready to go, once the world is unlocked.
pub(super) struct Delivery {
    pub(super) own: enums::Updates,
    others: Vec<(i64, enums::Updates)>,
}

impl Delivery {
    /// Pushes to everybody else.
    pub(super) fn push(&self, call: &Call<'_>) {
        let Some(schema) = telekeep_tl::bundled(NATIVE_LAYER) else {
            return;
        };
        for (account, updates) in &self.others {
            if let Ok(value) = schema.to_value("Updates", &updates.to_bytes()) {
                call.cloud.push(*account, &value, Some(call.session));
            }
        }
    }

    /// Pushes, and answers the caller with his own updates.
    pub(super) fn answer(self, call: &Call<'_>) -> Answer {
        self.push(call);
        Answer::Tl(self.own.to_bytes())
    }
}
