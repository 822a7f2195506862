//! Puts answers together: messages as they are stored, with everybody they mention.

use std::collections::BTreeSet;

use grammers_tl_types::{Identifiable, Serializable, enums, types};

use crate::rpc::Answer;
use crate::world::ids::PeerId;
use crate::world::log::{Entry, Log, mask};
use crate::world::long::cut;
use crate::world::state::State;

const VECTOR: u32 = 0x1cb5_c415;

/// A message found: its chat as the account sees it, where it is kept, itself.
pub(super) type Found<'a> = (PeerId, &'a Log, &'a Entry);

/// The users and chats an answer must bring along.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    users: BTreeSet<i64>,
    chats: BTreeSet<PeerId>,
}

impl Crowd {
    pub(super) fn add(&mut self, peer: PeerId) {
        match peer {
            PeerId::User(id) => self.users.insert(id),
            _ => self.chats.insert(peer),
        };
    }

    pub(super) fn add_message(&mut self, (peer, log, entry): Found<'_>) {
        self.add(peer);
        for marked in log.peers(entry) {
            self.add(PeerId::of_marked(marked));
        }
    }

    /// Direct messages come with their channel, since only that says who runs them.
    fn whole(&self, state: &State) -> BTreeSet<PeerId> {
        let channel_of = |peer: &PeerId| match peer {
            PeerId::Channel(id) => {
                let own = state.peers.channels.get(id).filter(|own| own.is_direct());
                own.and_then(|own| own.direct).map(PeerId::Channel)
            }
            _ => None,
        };
        let channels = self.chats.iter().filter_map(channel_of);
        self.chats.iter().copied().chain(channels).collect()
    }

    pub(super) fn put_chats(&self, state: &State, account: i64, out: &mut Vec<u8>) {
        let chats = self.whole(state);
        head(chats.len(), out);
        for peer in &chats {
            state.peers.chat(account, *peer).serialize(out);
        }
    }

    pub(super) fn put_users(&self, state: &State, account: i64, out: &mut Vec<u8>) {
        head(self.users.len(), out);
        for id in &self.users {
            state.peers.user(account, *id).serialize(out);
        }
    }

    pub(super) fn users(&self, state: &State, account: i64) -> Vec<enums::User> {
        self.users
            .iter()
            .map(|id| state.peers.user(account, *id))
            .collect()
    }

    pub(super) fn chats(&self, state: &State, account: i64) -> Vec<enums::Chat> {
        let chats = self.whole(state);
        let chats = chats.iter();
        chats.map(|peer| state.peers.chat(account, *peer)).collect()
    }
}

/// The head of a boxed vector.
pub(super) fn head(len: usize, out: &mut Vec<u8>) {
    VECTOR.serialize(out);
    (len as i32).serialize(out);
}

/// An answer that is a vector.
pub(super) fn vector<T: Serializable>(items: &[T]) -> Answer {
    let mut out = Vec::new();
    head(items.len(), &mut out);
    for item in items {
        item.serialize(&mut out);
    }
    Answer::Tl(out)
}

/// An answer that is one object.
pub(super) fn object(value: &impl Serializable) -> Answer {
    Answer::Tl(value.to_bytes())
}

/// Which constructor of `messages.Messages` an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All there is.
    Complete,
    /// A page of `count` messages, and how many of them are newer than the first of the page.
    Slice { count: i32, offset: Option<i32> },
    /// Messages of a channel with its state.
    Channel {
        pts: i32,
        count: i32,
        offset: Option<i32>,
    },
}

/// The flag of `offset_id_offset`.
const WITH_OFFSET: u32 = 1 << 2;

impl Form {
    /// The form of a page of a chat with `count` messages.
    pub(super) fn of(state: &State, peer: PeerId, count: usize, returned: usize) -> Self {
        let total = count as i32;
        match peer {
            PeerId::Channel(id) => {
                let pts = state.peers.channels.get(&id).map_or(0, |c| c.journal.pts);
                Form::Channel {
                    pts,
                    count: total,
                    offset: None,
                }
            }
            _ if returned == count => Form::Complete,
            _ => Form::Slice {
                count: total,
                offset: None,
            },
        }
    }

    /// The same, where `newer` messages come before the page.
    pub(super) fn after(mut self, newer: usize) -> Self {
        if let Form::Slice { offset, .. } | Form::Channel { offset, .. } = &mut self {
            *offset = Some(newer as i32);
        }
        self
    }

    fn put(self, out: &mut Vec<u8>) {
        match self {
            Form::Complete => types::messages::Messages::CONSTRUCTOR_ID.serialize(out),
            Form::Slice { count, offset } => {
                types::messages::MessagesSlice::CONSTRUCTOR_ID.serialize(out);
                offset.map_or(0, |_| WITH_OFFSET).serialize(out);
                count.serialize(out);
                offset.iter().for_each(|offset| offset.serialize(out));
            }
            Form::Channel { pts, count, offset } => {
                types::messages::ChannelMessages::CONSTRUCTOR_ID.serialize(out);
                offset.map_or(0, |_| WITH_OFFSET).serialize(out);
                pts.serialize(out);
                count.serialize(out);
                offset.iter().for_each(|offset| offset.serialize(out));
            }
        }
    }
}

/// A message asked for by id: found, or the id of a hole. A long one is shown in part unless the
/// whole is wanted.
pub(super) enum Wanted<'a> {
    Found(Found<'a>),
    Whole(Found<'a>),
    Hole(i32),
}

/// An answer of type `messages.Messages`.
pub(super) fn messages(state: &State, account: i64, form: Form, items: &[Found<'_>]) -> Answer {
    let wanted: Vec<_> = items.iter().map(|found| Wanted::Found(*found)).collect();
    wanted_messages(state, account, form, &wanted, &[])
}

/// The same with holes, and with peers to bring along in any case.
pub(super) fn wanted_messages(
    state: &State,
    account: i64,
    form: Form,
    items: &[Wanted<'_>],
    with: &[PeerId],
) -> Answer {
    let mut out = Vec::with_capacity(256 * items.len() + 1024);
    form.put(&mut out);
    let mut crowd = Crowd::default();
    with.iter().for_each(|peer| crowd.add(*peer));
    head(items.len(), &mut out);
    for item in items {
        match item {
            Wanted::Found(found) => {
                crowd.add_message(*found);
                let from = out.len();
                state.encode(account, found.0, found.1, found.2, &mut out);
                if found.2.mask & mask::LONG != 0
                    && let Some(part) = out.get(from..).and_then(cut)
                {
                    out.truncate(from);
                    out.extend(part);
                }
            }
            Wanted::Whole(found) => {
                crowd.add_message(*found);
                state.encode(account, found.0, found.1, found.2, &mut out);
            }
            Wanted::Hole(id) => {
                enums::Message::Empty(types::MessageEmpty {
                    id: *id,
                    peer_id: None,
                })
                .serialize(&mut out);
            }
        }
    }
    head(0, &mut out); // topics
    crowd.put_chats(state, account, &mut out);
    crowd.put_users(state, account, &mut out);
    Answer::Tl(out)
}
