//! A run that is about chats named one by one: their addresses are found without walking the list
//! of chats, so that it costs what these chats are and not what the account is.

use serde_json::{Value, json};
use telekeep_tl::Object;

use super::choose::meant;
use super::decode::{self, Dialogs};
use super::error::BackupError;
use super::recorder::Item;
use super::run::{Engine, Halt};
use super::selection::Selection;
use crate::spool::{ChatFacts, ChatState};
use crate::telegram::peers::{PeerId, input_peer};
use crate::telegram::wire::Reply;

/// Chats per request.
const PEERS: usize = 100;

/// How a chat that is named is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way<'a> {
    /// It is known.
    Known(i64),
    /// A basic group, whose id is all its address.
    Group(i64),
    /// Saved Messages.
    Own,
    /// By the name that everybody may look up, without its `@`.
    Username(&'a str),
}

impl Engine {
    /// When every chat that is asked for has an address of its own, the list of chats need not be
    /// walked: what is new in them is asked for directly. True when that was done.
    pub(super) async fn ask_named(&self) -> Result<bool, Halt> {
        let selection = &self.options.selection;
        if !selection.is_by_name() || self.spool.walk()?.is_some() {
            return Ok(false);
        }
        let all_known = self.spool.knows_all_chats()?;
        let facts = self.spool.chat_facts()?;
        let Some(ways) = ways(selection, &facts, all_known) else {
            return Ok(false);
        };
        let mut peers = Vec::new();
        for way in ways {
            let Some(peer) = self.address(way, &facts).await? else {
                return Ok(false);
            };
            peers.push(json!({"_": "inputDialogPeer", "peer": peer}));
        }
        for peers in peers.chunks(PEERS) {
            // One of them may be gone: the walk tells.
            let Some(page) = self.dialogs_of(peers).await? else {
                return Ok(false);
            };
            if !all_known {
                self.store(Item::ChatList { whole: false }).await?;
            }
            self.store(Item::OlderDialogs { page }).await?;
        }
        self.barrier().await?;
        Ok(true)
    }

    /// Chats that were kept because they were named, and are in no list of chats: asks whether there
    /// is news in them.
    pub(super) async fn ask_unlisted(&self) -> Result<(), Halt> {
        let chats = self.spool.chats()?.into_iter();
        let named = |chat: &ChatState| chat.walked == 0 && chat.top.is_some();
        let chats = chats.filter(|chat| named(chat) && self.is_unlisted(chat));
        let peers: Vec<Value> = chats
            .map(|chat| input_peer(chat.chat, chat.access_hash, chat.is_self))
            .map(|peer| json!({"_": "inputDialogPeer", "peer": peer}))
            .collect();
        for peers in peers.chunks(PEERS) {
            if let Some(page) = self.dialogs_of(peers).await? {
                self.store(Item::OlderDialogs { page }).await?;
                continue;
            }
            // One of them is closed by now, which is told when it is looked at again.
            for peer in peers {
                if let Some(page) = self.dialogs_of(std::slice::from_ref(peer)).await? {
                    self.store(Item::OlderDialogs { page }).await?;
                }
            }
        }
        self.barrier().await
    }

    async fn dialogs_of(&self, peers: &[Value]) -> Result<Option<Box<Dialogs>>, Halt> {
        let request = json!({"_": "messages.getPeerDialogs", "peers": peers});
        let reply = self.unless_refused(&request).await?;
        let schema = self.client.schema();
        let page = reply.map(|reply| decode::dialogs(schema, &self.filter, &reply.bytes));
        Ok(page.and_then(Result::ok).map(Box::new))
    }

    async fn unless_refused(&self, request: &Value) -> Result<Option<Reply>, Halt> {
        match self.call(request).await? {
            Ok(reply) => Ok(Some(reply)),
            Err(error) => match BackupError::of_needed(&error) {
                Some(fatal) => Err(fatal.into()),
                None => Ok(None),
            },
        }
    }

    /// The `InputPeer` of a chat; `None` when the server knows none.
    async fn address(&self, way: Way<'_>, facts: &[ChatFacts]) -> Result<Option<Value>, Halt> {
        let name = match way {
            Way::Known(id) => {
                let own = facts.iter().any(|chat| chat.chat == id && chat.is_self);
                return Ok(Some(input_peer(id, self.spool.access_hash(id)?, own)));
            }
            Way::Group(id) => return Ok(Some(input_peer(id, None, false))),
            Way::Own => return Ok(Some(json!({"_": "inputPeerSelf"}))),
            Way::Username(name) => name,
        };
        let request = json!({"_": "contacts.resolveUsername", "username": name});
        let reply = self.unless_refused(&request).await?;
        let found = reply.and_then(|reply| {
            let answer = self.client.schema().object(&reply.bytes).ok()?;
            resolved(&answer)
        });
        Ok(found)
    }
}

/// How each chat of a selection is found; `None` when the list of chats has to tell. Where not all
/// chats are known, a title could mean another one than the one that is known.
fn ways<'a>(
    selection: &'a Selection,
    facts: &[ChatFacts],
    all_known: bool,
) -> Option<Vec<Way<'a>>> {
    let known = |name: &str| match meant(name, facts).as_slice() {
        [chat] => Some(Way::Known(chat.chat)),
        _ => None,
    };
    let find = |name: &'a String| {
        let address = address_of(name);
        match known(name) {
            Some(way) if all_known || address.is_some() => Some(way),
            _ => address,
        }
    };
    let excluded = selection.exclude_chats.iter();
    // What is left out must be told from what is not.
    excluded
        .map(|name| known(name).filter(|_| all_known))
        .collect::<Option<Vec<_>>>()?;
    let topics = selection.topics.iter().map(|topics| &topics.chat);
    let mut ways: Vec<_> = selection
        .chats
        .iter()
        .chain(topics)
        .map(find)
        .collect::<Option<_>>()?;
    ways.dedup();
    Some(ways)
}

/// The address that a name is by itself.
fn address_of(name: &str) -> Option<Way<'_>> {
    let name = name.trim();
    if super::choose::means_own(name) {
        return Some(Way::Own);
    }
    if let Some(username) = name.strip_prefix('@').filter(|name| !name.is_empty()) {
        return Some(Way::Username(username));
    }
    let id: i64 = name.parse().ok()?;
    matches!(PeerId::of(id), PeerId::Group(_)).then_some(Way::Group(id))
}

/// The peer of a `contacts.ResolvedPeer`.
fn resolved(answer: &Object<'_>) -> Option<Value> {
    let id = PeerId::of_peer(&answer.object("peer")?)?.marked();
    let met = ["users", "chats"].into_iter();
    let met = met.flat_map(|field| answer.vector(field).unwrap_or_default());
    let mut peers = met.filter_map(|value| value.as_object().and_then(decode::peer_of));
    let peer = peers.find(|peer| peer.chat == id)?;
    Some(input_peer(id, peer.access_hash, peer.is_self))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::{Departed, Who};

    fn chat(id: i64, name: &str, usernames: &str) -> ChatFacts {
        ChatFacts {
            chat: id,
            who: Who {
                name: name.to_owned(),
                usernames: usernames.to_owned(),
                ..Who::default()
            },
            is_self: false,
            archived: false,
            departed: Departed::No,
        }
    }

    fn found(name: &str, all_known: bool) -> Option<Way<'static>> {
        let facts = [chat(7, "Ann", "ann"), chat(8, "Old school friends", "")];
        let selection = Selection {
            chats: vec![name.to_owned()],
            ..Selection::default()
        };
        let ways = ways(&selection, &facts, all_known)?;
        match ways.as_slice() {
            [Way::Known(id)] => Some(Way::Known(*id)),
            [Way::Group(id)] => Some(Way::Group(*id)),
            [Way::Own] => Some(Way::Own),
            [Way::Username(_)] => Some(Way::Username("")),
            _ => None,
        }
    }

    #[test]
    fn addresses_need_no_list_and_titles_do() {
        for all_known in [false, true] {
            assert_eq!(found("@ann", all_known), Some(Way::Known(7)));
            assert_eq!(found("@bea", all_known), Some(Way::Username("")));
            assert_eq!(found("-55", all_known), Some(Way::Group(-55)));
            assert_eq!(found("me", all_known), Some(Way::Own));
            assert_eq!(found("Ben", all_known), None);
            assert_eq!(found("-1000000000055", all_known), None);
            assert_eq!(found("55", all_known), None);
        }
        assert_eq!(found("ann", true), Some(Way::Known(7)));
        assert_eq!(found("ann", false), None);
        assert_eq!(found("8", true), Some(Way::Known(8)));
    }

    #[test]
    fn what_is_left_out_must_be_known_as_well() {
        let facts = [chat(7, "Ann", "ann")];
        let mut selection = Selection {
            chats: vec!["@bea".to_owned()],
            exclude_chats: vec!["@ann".to_owned()],
            ..Selection::default()
        };
        assert!(ways(&selection, &facts, true).is_some());
        assert!(ways(&selection, &facts, false).is_none());
        selection.exclude_chats = vec!["@carl".to_owned()];
        assert!(ways(&selection, &facts, true).is_none());
    }
}
