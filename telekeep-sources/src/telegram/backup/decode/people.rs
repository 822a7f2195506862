//! Users, groups and channels that answers bring along.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use telekeep_tl::{Object, Value};

use super::PEER_VOLATILE;
use crate::spool::{Peer, PeerSort, Rank, Who};
use crate::telegram::backup::account::emoji_of_peer;
use crate::telegram::media::portrait::portrait_in;
use crate::telegram::peers::PeerId;

/// A user, group or channel.
#[derive(Debug)]
pub(crate) struct DecodedPeer {
    pub peer: Peer,
    pub print: [u8; 16],
    /// The custom emoji beside the name.
    pub emoji: Option<i64>,
    pub(in crate::telegram::backup) body: Range<usize>,
}

/// Remembers peers that were handed on already in this run, so that the same hundred people are
/// not encoded and compared again for every page.
#[derive(Debug, Default)]
pub(crate) struct PeerFilter(Mutex<HashMap<i64, ([u8; 16], Peer)>>);

/// Peers remembered at once; about 80 bytes each.
const FILTER_LIMIT: usize = 100_000;

impl PeerFilter {
    fn is_new(&self, peer: &Peer, print: [u8; 16]) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FILTER_LIMIT {
            known.clear();
        }
        match known.get_mut(&peer.chat) {
            Some((old, same)) if *old == print && same == peer => false,
            Some(known) => {
                *known = (print, peer.clone());
                true
            }
            None => known.insert(peer.chat, (print, peer.clone())).is_none(),
        }
    }
}

/// Users and chats of an answer that were not handed on before; `each` sees all of them.
pub(super) fn peers(
    answer: &Object<'_>,
    filter: &PeerFilter,
    text: &mut Vec<u8>,
    mut each: impl FnMut(&Peer),
) -> Vec<DecodedPeer> {
    let mut found = Vec::new();
    for field in ["users", "chats"] {
        for object in answer
            .vector(field)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
        {
            let Some(peer) = peer_of(object) else {
                continue;
            };
            each(&peer);
            let print = object.fingerprint(PEER_VOLATILE);
            if !filter.is_new(&peer, print) {
                continue;
            }
            let begin = text.len();
            if object.json(text).is_err() {
                text.truncate(begin);
                continue;
            }
            found.push(DecodedPeer {
                peer,
                print,
                emoji: emoji_of_peer(object),
                body: begin..text.len(),
            });
        }
    }
    found
}

/// What requests need of a `User` or `Chat`. Communities hold no messages.
pub(crate) fn peer_of(object: &Object<'_>) -> Option<Peer> {
    let id = object.long("id")?;
    let id = match object.name() {
        "user" | "userEmpty" => PeerId::User(id),
        "chat" | "chatEmpty" | "chatForbidden" => PeerId::Group(id),
        "channel" | "channelForbidden" => PeerId::Channel(id),
        _ => return None,
    };
    Some(Peer {
        chat: id.marked(),
        access_hash: object.long("access_hash"),
        is_self: object.flag("self"),
        protected: object.flag("noforwards"),
        min: object.flag("min"),
        portrait: portrait_in(object),
        who: who(object),
    })
}

/// How people name it.
fn who(object: &Object<'_>) -> Who {
    let text = |field: &str| object.str(field).unwrap_or_default().into_owned();
    let (first, last) = (text("first_name"), text("last_name"));
    let name = match object.name() {
        "user" => [first, last].join(" ").trim().to_owned(),
        _ => text("title"),
    };
    let others = object.vector("usernames").unwrap_or_default();
    let others = others.iter().filter_map(Value::as_object);
    let others = others.filter_map(|other| Some(other.str("username")?.into_owned()));
    let mut usernames: Vec<String> = [text("username")].into_iter().chain(others).collect();
    usernames.retain(|username| !username.is_empty());
    usernames.dedup();
    let direct = object.flag("monoforum");
    Who {
        name,
        usernames: usernames.join(" "),
        sort: match object.name() {
            "user" if object.flag("bot") => PeerSort::Bot,
            "user" | "userEmpty" => PeerSort::User,
            "channel" | "channelForbidden" if direct => PeerSort::Direct,
            "channel" | "channelForbidden" if object.flag("megagroup") => PeerSort::Supergroup,
            "channel" | "channelForbidden" => PeerSort::Channel,
            _ => PeerSort::Group,
        },
        contact: object.flag("contact"),
        became: object
            .object("migrated_to")
            .and_then(|channel| channel.long("channel_id"))
            .map(|id| PeerId::Channel(id).marked()),
        rank: match () {
            () if object.name() == "user" => Rank::Member,
            () if object.flag("creator") => Rank::Owner,
            () if object.object("admin_rights").is_some() => Rank::Admin,
            () => Rank::Member,
        },
        direct_of: object
            .long("linked_monoforum_id")
            .filter(|_| direct)
            .map(|id| PeerId::Channel(id).marked()),
        forum: object.name() == "channel" && object.flag("forum"),
    }
}
