//! What differs between the viewers of one message: their own reactions.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, types};

use super::blank;
use super::changes::Change;
use super::ids::PeerId;
use super::log::{Entry, Log, mask};
use super::state::State;

/// Reactions by person since the world was made.
pub(crate) type Reacted = BTreeMap<i64, Vec<String>>;

impl State {
    /// Key of what happened to a message: its chat, or its owner in the shared sequence, and id.
    pub(crate) fn reaction_key(account: i64, peer: PeerId, id: i32) -> (i64, i32) {
        (
            if peer.is_channel() {
                peer.marked()
            } else {
                account
            },
            id,
        )
    }

    /// A message with the viewer's own reactions marked.
    pub(crate) fn personal(
        &self,
        account: i64,
        peer: PeerId,
        log: &Log,
        entry: &Entry,
    ) -> Option<enums::Message> {
        let mut message = log.decode(entry)?;
        let reacted = self
            .reacted
            .get(&Self::reaction_key(account, peer, entry.id))?;
        if let enums::Message::Message(m) = &mut message {
            let base = m.reactions.take();
            m.reactions = merged(base, reacted, account, entry.date);
        }
        Some(message)
    }

    /// Sets what `account` feels about a message (nothing takes it back).
    pub(crate) fn react(
        &mut self,
        (account, peer, id): (i64, PeerId, i32),
        emoticons: &[String],
        changes: &mut Vec<Change>,
    ) {
        let places = if peer.is_channel() {
            vec![(account, peer, id)]
        } else {
            self.everywhere(account, peer, id)
        };
        for (owner, seen, id) in places {
            let log = match seen {
                PeerId::Channel(id) => self.peers.channels.get_mut(&id).map(|c| &mut c.log),
                _ => self.accounts.get_mut(&owner).and_then(|a| a.log_mut(seen)),
            };
            if let Some(log) = log {
                log.mark(id, mask::PERSONAL, account);
            }
            let reacted = self
                .reacted
                .entry(Self::reaction_key(owner, seen, id))
                .or_default();
            if emoticons.is_empty() {
                reacted.remove(&account);
            } else {
                reacted.insert(account, emoticons.to_vec());
            }
            let viewers = match seen {
                PeerId::Channel(channel) => self.members(channel),
                _ => vec![owner],
            };
            for viewer in viewers {
                changes.extend(
                    self.reactions_now(viewer, seen, id)
                        .map(|u| Change::Account(viewer, u)),
                );
            }
        }
    }

    fn reactions_now(&self, viewer: i64, peer: PeerId, id: i32) -> Option<enums::Update> {
        let log = self.log(viewer, peer)?;
        let entry = log.find(id)?;
        let base = match log.decode(entry)? {
            enums::Message::Message(m) => m.reactions,
            _ => None,
        };
        let reacted = self.reacted.get(&Self::reaction_key(viewer, peer, id))?;
        let empty = || blank::message_reactions().into();
        let reactions = merged(base, reacted, viewer, entry.date).unwrap_or_else(empty);
        Some(
            types::UpdateMessageReactions {
                peer: peer.tl(),
                msg_id: id,
                top_msg_id: None,
                saved_peer_id: None,
                reactions,
            }
            .into(),
        )
    }
}

/// The reactions the world was made with, and those of `reacted`, as `viewer` sees them.
pub(crate) fn merged(
    base: Option<enums::MessageReactions>,
    reacted: &Reacted,
    viewer: i64,
    date: i32,
) -> Option<enums::MessageReactions> {
    let mut all = match base {
        Some(enums::MessageReactions::Reactions(reactions)) => reactions,
        None => types::MessageReactions {
            can_see_list: true,
            ..blank::message_reactions()
        },
    };
    let mut recent = Vec::new();
    for (person, emoticons) in reacted {
        for (order, emoticon) in emoticons.iter().enumerate() {
            let own = *person == viewer;
            count(&mut all, emoticon, own.then_some(order as i32));
            recent.push(
                types::MessagePeerReaction {
                    big: false,
                    unread: false,
                    my: own,
                    peer_id: PeerId::User(*person).tl(),
                    date,
                    reaction: types::ReactionEmoji {
                        emoticon: emoticon.clone(),
                    }
                    .into(),
                }
                .into(),
            );
        }
    }
    if all.can_see_list && !recent.is_empty() {
        all.recent_reactions
            .get_or_insert_default()
            .splice(0..0, recent);
    }
    (!all.results.is_empty()).then(|| all.into())
}

fn count(all: &mut types::MessageReactions, emoticon: &str, chosen_order: Option<i32>) {
    let reaction: enums::Reaction = types::ReactionEmoji {
        emoticon: emoticon.to_owned(),
    }
    .into();
    for enums::ReactionCount::Count(result) in &mut all.results {
        if result.reaction == reaction {
            result.count += 1;
            result.chosen_order = result.chosen_order.or(chosen_order);
            return;
        }
    }
    all.results.push(
        types::ReactionCount {
            chosen_order,
            reaction,
            count: 1,
        }
        .into(),
    );
}
