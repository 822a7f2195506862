//! What differs between the viewers of one message: their own reactions.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, types};

use super::blank;
use super::ids::PeerId;
use super::log::{Entry, Log};
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
