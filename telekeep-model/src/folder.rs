//! Folders of chats: what Telegram calls dialog filters. A folder is a rule, not a list: it names
//! chats and kinds of chats.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{ModelError, PeerKind, PeerRef, is_default, json};

/// Chats of a folder that are looked at; Telegram allows some hundred.
const MOST_NAMED: usize = 10_000;

/// A folder that the account made, or one that somebody shared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Folder {
    /// Its number in the account.
    pub id: i64,
    /// Its name.
    pub title: String,
    /// The emoji that stands for its icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoticon: Option<String>,
    /// Kinds of chats that are in it.
    #[serde(skip_serializing_if = "is_default")]
    pub kinds: FolderKinds,
    /// What keeps a chat out that only its kind brings in.
    #[serde(skip_serializing_if = "is_default")]
    pub except: FolderExcept,
    /// Marked ids of chats that are in it, on top and in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<i64>,
    /// Marked ids of chats that are in it whatever they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub included: Vec<i64>,
    /// Marked ids of chats that are not in it whatever they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<i64>,
    /// It is shared by links: it names chats only.
    #[serde(skip_serializing_if = "is_default")]
    pub shared: bool,
    /// Some of these links are the account's own.
    #[serde(skip_serializing_if = "is_default")]
    pub invites: bool,
}

/// Kinds of chats, as a folder tells them apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // the names say it
pub struct FolderKinds {
    pub contacts: bool,
    pub non_contacts: bool,
    pub groups: bool,
    pub channels: bool,
    pub bots: bool,
}

/// See [`Folder::except`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderExcept {
    /// Chats without notifications.
    pub muted: bool,
    /// Chats without anything unread. A copy does not follow what is read: it never keeps a chat out.
    pub read: bool,
    /// Archived chats.
    pub archived: bool,
}

/// What a folder asks of a chat.
#[derive(Clone, Copy, Debug)]
pub struct FolderChat {
    /// Marked id.
    pub id: i64,
    /// What it is.
    pub kind: PeerKind,
    /// A person among the account's contacts.
    pub contact: bool,
    /// It makes no notifications.
    pub muted: bool,
    /// It is in the list of archived chats.
    pub archived: bool,
}

impl Folder {
    /// Whether a chat is in it.
    #[must_use]
    pub fn holds(&self, chat: &FolderChat) -> bool {
        if self.excluded.contains(&chat.id) {
            return false;
        }
        if self.pinned.contains(&chat.id) || self.included.contains(&chat.id) {
            return true;
        }
        let kind = match chat.kind {
            PeerKind::User if chat.contact => self.kinds.contacts,
            // The chat with oneself counts as one with a contact.
            PeerKind::Saved => self.kinds.contacts,
            PeerKind::User => self.kinds.non_contacts,
            PeerKind::Bot => self.kinds.bots,
            PeerKind::Group | PeerKind::Supergroup => self.kinds.groups,
            PeerKind::Channel => self.kinds.channels,
        };
        let kept_out = (self.except.muted && chat.muted) || (self.except.archived && chat.archived);
        kind && !kept_out
    }
}

/// All folders of an account, in its order, without the list of all chats itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders(pub Vec<Folder>);

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    filters: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(default)]
    id: i64,
    #[serde(borrow, default)]
    title: Option<&'a RawValue>,
    #[serde(default)]
    emoticon: Option<String>,
    #[serde(default)]
    contacts: bool,
    #[serde(default)]
    non_contacts: bool,
    #[serde(default)]
    groups: bool,
    #[serde(default)]
    broadcasts: bool,
    #[serde(default)]
    bots: bool,
    #[serde(default)]
    exclude_muted: bool,
    #[serde(default)]
    exclude_read: bool,
    #[serde(default)]
    exclude_archived: bool,
    #[serde(default)]
    has_my_invites: bool,
    #[serde(borrow, default)]
    pinned_peers: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    include_peers: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    exclude_peers: Vec<&'a RawValue>,
}

/// A name with formatting, which layers before 195 had as plain text.
#[derive(Deserialize)]
struct Formatted<'a> {
    #[serde(borrow, default)]
    text: json::Text<'a>,
}

impl Folders {
    /// Reads a `messages.dialogFilters` body of `account`. Kinds of folders that this version does
    /// not know are left out.
    pub fn parse(body: &RawValue, account: Option<i64>) -> Result<Self, ModelError> {
        let name = json::constructor(body);
        if name != "messages.dialogFilters" {
            return Err(ModelError::constructor("folders", &name));
        }
        let answer: Answer<'_> = json::read("folders", body.get())?;
        let known = |filter: &&RawValue| {
            let name = json::constructor(filter);
            name == "dialogFilter" || name == "dialogFilterChatlist"
        };
        let folders = answer.filters.into_iter().filter(known);
        let read = |filter: &RawValue| Folder::read(filter, account);
        folders.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl Folder {
    fn read(filter: &RawValue, account: Option<i64>) -> Result<Self, ModelError> {
        let wire: Wire<'_> = json::read("folder", filter.get())?;
        let ids = |peers: Vec<&RawValue>| -> Result<Vec<i64>, ModelError> {
            let peers = peers.into_iter().take(MOST_NAMED);
            let ids = peers.map(|peer| input_peer(peer, account));
            ids.filter_map(Result::transpose).collect()
        };
        Ok(Self {
            id: wire.id,
            title: wire.title.map(title).transpose()?.unwrap_or_default(),
            emoticon: wire.emoticon.filter(|emoticon| !emoticon.is_empty()),
            kinds: FolderKinds {
                contacts: wire.contacts,
                non_contacts: wire.non_contacts,
                groups: wire.groups,
                channels: wire.broadcasts,
                bots: wire.bots,
            },
            except: FolderExcept {
                muted: wire.exclude_muted,
                read: wire.exclude_read,
                archived: wire.exclude_archived,
            },
            pinned: ids(wire.pinned_peers)?,
            included: ids(wire.include_peers)?,
            excluded: ids(wire.exclude_peers)?,
            shared: json::constructor(filter) == "dialogFilterChatlist",
            invites: wire.has_my_invites,
        })
    }
}

/// The marked id of a TL `InputPeer`.
fn input_peer(peer: &RawValue, account: Option<i64>) -> Result<Option<i64>, ModelError> {
    match json::constructor(peer).as_ref() {
        "inputPeerSelf" => Ok(account),
        _ => json::read::<PeerRef>("folder", peer.get()).map(|peer| peer.marked()),
    }
}

fn title(raw: &RawValue) -> Result<String, ModelError> {
    let plain = serde_json::from_str::<json::Text<'_>>(raw.get());
    match raw.get().trim_start().starts_with('"') {
        true => plain.map(json::Text::owned).map_err(|_| ModelError::Field {
            what: "folder",
            field: "title",
        }),
        false => Ok(json::read::<Formatted<'_>>("folder", raw.get())?
            .text
            .owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(json: &str) -> Result<Folders, ModelError> {
        Folders::parse(&RawValue::from_string(json.to_owned()).unwrap(), Some(1))
    }

    fn chat(id: i64, kind: PeerKind) -> FolderChat {
        FolderChat {
            id,
            kind,
            contact: false,
            muted: false,
            archived: false,
        }
    }

    #[test]
    fn folders_are_read_in_their_order() {
        let found = folders(
            r#"{"_":"messages.dialogFilters","filters":[
                {"_":"dialogFilterDefault"},
                {"_":"dialogFilter","id":2,"groups":true,"exclude_muted":true,"emoticon":"🏠",
                 "title":{"_":"textWithEntities","text":"Home","entities":[]},
                 "pinned_peers":[{"_":"inputPeerSelf"},{"_":"inputPeerChat","chat_id":4}],
                 "include_peers":[{"_":"inputPeerUser","user_id":5,"access_hash":"1"}],
                 "exclude_peers":[{"_":"inputPeerChannel","channel_id":6,"access_hash":"1"}]},
                {"_":"dialogFilterOfTomorrow","id":9},
                {"_":"dialogFilterChatlist","id":3,"title":"Shared","has_my_invites":true,"pinned_peers":[],"include_peers":[]}]}"#,
        );
        let Folders(found) = found.unwrap();
        let names: Vec<_> = found.iter().map(|f| (f.id, f.title.as_str())).collect();
        assert_eq!(names, [(2, "Home"), (3, "Shared")]);
        assert_eq!(found[0].pinned, [1, -4]);
        assert_eq!(found[0].included, [5]);
        assert_eq!(found[0].excluded, [-1_000_000_000_006]);
        assert!(found[0].kinds.groups && found[0].except.muted);
        assert!(!found[0].shared && found[1].shared && found[1].invites);
        for folder in found {
            let kept = serde_json::to_string(&folder).unwrap();
            assert_eq!(serde_json::from_str::<Folder>(&kept).unwrap(), folder);
        }
    }

    #[test]
    fn what_is_named_counts_before_what_it_is() {
        let folder = Folder {
            kinds: FolderKinds {
                groups: true,
                non_contacts: true,
                ..FolderKinds::default()
            },
            except: FolderExcept {
                muted: true,
                archived: true,
                ..FolderExcept::default()
            },
            included: vec![5],
            excluded: vec![-6],
            ..Folder::default()
        };
        assert!(folder.holds(&chat(-1, PeerKind::Group)));
        assert!(folder.holds(&chat(-2, PeerKind::Supergroup)));
        assert!(!folder.holds(&chat(-6, PeerKind::Group)));
        assert!(!folder.holds(&chat(-3, PeerKind::Channel)));
        assert!(folder.holds(&chat(7, PeerKind::User)));
        let contact = FolderChat {
            contact: true,
            ..chat(7, PeerKind::User)
        };
        assert!(!folder.holds(&contact));
        let muted = FolderChat {
            muted: true,
            ..chat(-1, PeerKind::Group)
        };
        assert!(!folder.holds(&muted));
        let named = FolderChat {
            muted: true,
            archived: true,
            ..chat(5, PeerKind::Bot)
        };
        assert!(folder.holds(&named));
    }

    #[test]
    fn what_is_no_list_of_folders_says_so() {
        assert!(folders(r#"{"_":"boolTrue"}"#).is_err());
        assert!(
            folders(r#"{"_":"messages.dialogFilters","filters":[{"_":"dialogFilter","title":7}]}"#)
                .is_err()
        );
        assert!(folders("[]").is_err());
    }
}
