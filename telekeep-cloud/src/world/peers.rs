//! People, basic groups and channels, and how TL shows each of them to an account.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, types};

use super::blank;
use super::files::dc_of;
use super::ids::PeerId;
use super::log::Log;
use super::office::{Office, some_rights};
use super::random::mix;
use super::updates::Journal;

/// A user, bot or deleted account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) username: Option<String>,
    /// Digits only.
    pub(crate) phone: Option<String>,
    pub(crate) about: String,
    pub(crate) bot: bool,
    pub(crate) deleted: bool,
    pub(crate) premium: bool,
    pub(crate) verified: bool,
    pub(crate) support: bool,
    /// Index into the languages.
    pub(crate) tongue: usize,
    /// Profile photo.
    pub(crate) face: Option<i64>,
    /// Photos it had before, the newest first.
    pub(crate) past: Vec<i64>,
    pub(crate) last_seen: i32,
}

/// A basic group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) creator: i64,
    pub(crate) members: Vec<i64>,
    pub(crate) date: i32,
    pub(crate) photo: Option<i64>,
    pub(crate) migrated_to: Option<i64>,
    pub(crate) version: i32,
    pub(crate) office: Office,
}

/// A topic of a forum.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    /// Id of the message that made it; 1 for General.
    pub(crate) id: i32,
    pub(crate) title: String,
    pub(crate) date: i32,
    pub(crate) creator: i64,
    pub(crate) colour: i32,
    pub(crate) pinned: bool,
    pub(crate) closed: bool,
}

/// A supergroup or broadcast channel, with its messages.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) username: Option<String>,
    pub(crate) about: String,
    pub(crate) creator: i64,
    /// Members known by name; `count` counts all.
    pub(crate) members: Vec<i64>,
    pub(crate) count: i32,
    pub(crate) date: i32,
    pub(crate) photo: Option<i64>,
    pub(crate) broadcast: bool,
    pub(crate) forum: bool,
    /// Content may not be saved or forwarded.
    pub(crate) protected: bool,
    /// Of a channel the chat of its direct messages, of such a chat its channel.
    pub(crate) direct: Option<i64>,
    /// Of such a chat: what there is of each person beside messages.
    pub(crate) threads: Vec<Thread>,
    /// Basic group this one grew out of, and the last message id there.
    pub(crate) migrated_from: Option<(i64, i32)>,
    pub(crate) topics: Vec<Topic>,
    pub(crate) log: Log,
    /// When it last changed since the world was made; 0 for never.
    pub(crate) changed: i32,
    pub(crate) journal: Journal,
    pub(crate) office: Office,
}

/// Direct messages of one person to a channel, as its administrators see them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Thread {
    pub(crate) person: i64,
    /// The newest message that was read.
    pub(crate) read: i32,
    /// Marked as unread by hand.
    pub(crate) marked: bool,
    /// They write without paying.
    pub(crate) free: bool,
    /// An answer that was not sent.
    pub(crate) draft: Option<String>,
}

impl Channel {
    /// The chat of direct messages to a channel, not a channel or group of its own.
    pub(crate) fn is_direct(&self) -> bool {
        !self.broadcast && self.direct.is_some()
    }

    /// Made it, or is an administrator.
    pub(crate) fn is_led_by(&self, account: i64) -> bool {
        self.creator == account || self.office.admins.contains_key(&account)
    }
}

/// Everybody and every group, by bare id.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    pub(crate) seed: u64,
    pub(crate) people: BTreeMap<i64, Person>,
    pub(crate) groups: BTreeMap<i64, Group>,
    pub(crate) channels: BTreeMap<i64, Channel>,
}

impl Peers {
    /// The hash with which `account` may name a user or channel.
    pub(crate) fn access_hash(&self, account: i64, peer: PeerId) -> i64 {
        mix(&[self.seed, 0xacce, account as u64, peer.marked() as u64]) as i64
    }

    /// True if the peer exists.
    pub(crate) fn knows(&self, peer: PeerId) -> bool {
        match peer {
            PeerId::User(id) => self.people.contains_key(&id),
            PeerId::Chat(id) => self.groups.contains_key(&id),
            PeerId::Channel(id) => self.channels.contains_key(&id),
        }
    }

    /// True for a channel or supergroup with a name that everybody may look up.
    pub(crate) fn is_public(&self, peer: PeerId) -> bool {
        let channel = match peer {
            PeerId::Channel(id) => self.channels.get(&id),
            _ => None,
        };
        channel.is_some_and(|channel| channel.username.is_some())
    }

    /// The title or full name.
    pub(crate) fn title(&self, peer: PeerId) -> String {
        match peer {
            PeerId::User(id) => self.people.get(&id).map(Person::full_name),
            PeerId::Chat(id) => self.groups.get(&id).map(|g| g.title.clone()),
            PeerId::Channel(id) => self.channels.get(&id).map(|c| c.title.clone()),
        }
        .unwrap_or_default()
    }

    /// Everybody and every group.
    pub(crate) fn all(&self) -> impl Iterator<Item = PeerId> {
        let people = self.people.keys().map(|id| PeerId::User(*id));
        let groups = self.groups.keys().map(|id| PeerId::Chat(*id));
        let channels = self.channels.keys().map(|id| PeerId::Channel(*id));
        people.chain(groups).chain(channels)
    }

    /// The photo of a peer.
    pub(crate) fn photo(&self, peer: PeerId) -> Option<i64> {
        match peer {
            PeerId::User(id) => self.people.get(&id)?.face,
            PeerId::Chat(id) => self.groups.get(&id)?.photo,
            PeerId::Channel(id) => self.channels.get(&id)?.photo,
        }
    }

    /// A user as `account` sees it.
    pub(crate) fn user(&self, account: i64, id: i64) -> enums::User {
        let Some(person) = self.people.get(&id) else {
            return types::UserEmpty { id }.into();
        };
        let own = account == id;
        let base = types::User {
            is_self: own,
            id,
            access_hash: Some(self.access_hash(account, PeerId::User(id))),
            ..blank::user()
        };
        if person.deleted {
            return types::User {
                deleted: true,
                ..base
            }
            .into();
        }
        let contact = own || (!person.bot && person.phone.is_some());
        types::User {
            contact,
            mutual_contact: contact,
            bot: person.bot,
            bot_chat_history: person.bot,
            bot_info_version: person.bot.then_some(1),
            premium: person.premium,
            verified: person.verified,
            support: person.support,
            first_name: Some(person.first.clone()).filter(|n| !n.is_empty()),
            last_name: Some(person.last.clone()).filter(|n| !n.is_empty()),
            username: person.username.clone(),
            phone: person.phone.clone(),
            photo: person.face.map(|photo_id| self.small_photo(photo_id)),
            status: (!person.bot).then(|| person.status(own)),
            ..base
        }
        .into()
    }

    fn small_photo(&self, photo_id: i64) -> enums::UserProfilePhoto {
        types::UserProfilePhoto {
            has_video: false,
            personal: false,
            photo_id,
            stripped_thumb: None,
            dc_id: dc_of(photo_id),
        }
        .into()
    }

    fn chat_photo(&self, photo: Option<i64>) -> enums::ChatPhoto {
        match photo {
            None => enums::ChatPhoto::Empty,
            Some(photo_id) => types::ChatPhoto {
                has_video: false,
                photo_id,
                stripped_thumb: None,
                dc_id: dc_of(photo_id),
            }
            .into(),
        }
    }

    /// A basic group or channel as `account` sees it.
    pub(crate) fn chat(&self, account: i64, peer: PeerId) -> enums::Chat {
        match peer {
            PeerId::Channel(id) => self.channel(account, id),
            PeerId::Chat(id) | PeerId::User(id) => self.group(account, id),
        }
    }

    fn group(&self, account: i64, id: i64) -> enums::Chat {
        let Some(group) = self.groups.get(&id) else {
            return types::ChatEmpty { id }.into();
        };
        if !group.members.contains(&account) && group.migrated_to.is_none() {
            return types::ChatForbidden {
                id,
                title: group.title.clone(),
            }
            .into();
        }
        let migrated_to = group.migrated_to.map(|channel_id| {
            let access_hash = self.access_hash(account, PeerId::Channel(channel_id));
            types::InputChannel {
                channel_id,
                access_hash,
            }
            .into()
        });
        types::Chat {
            creator: group.creator == account,
            deactivated: migrated_to.is_some(),
            id,
            title: group.title.clone(),
            participants_count: group.members.len() as i32,
            date: group.date,
            version: group.version,
            migrated_to,
            default_banned_rights: Some(blank::chat_banned_rights().into()),
            ..blank::chat(self.chat_photo(group.photo))
        }
        .into()
    }

    fn channel(&self, account: i64, id: i64) -> enums::Chat {
        let Some(channel) = self.channels.get(&id) else {
            return types::ChatEmpty { id }.into();
        };
        // Who runs direct messages is told by their channel alone.
        let creator = channel.creator == account && !channel.is_direct();
        types::Channel {
            creator,
            left: !channel.members.contains(&account),
            broadcast: channel.broadcast,
            megagroup: !channel.broadcast,
            forum: channel.forum,
            noforwards: channel.protected,
            monoforum: channel.is_direct(),
            broadcast_messages_allowed: channel.broadcast && channel.direct.is_some(),
            linked_monoforum_id: channel.direct,
            id,
            access_hash: Some(self.access_hash(account, PeerId::Channel(id))),
            title: channel.title.clone(),
            username: channel.username.clone(),
            date: channel.date,
            participants_count: Some(channel.count),
            admin_rights: match channel.office.admins.get(&account) {
                _ if creator => Some(all_rights().into()),
                admin => admin.map(|_| some_rights().into()),
            },
            default_banned_rights: (!channel.broadcast).then(|| blank::chat_banned_rights().into()),
            ..blank::channel(self.chat_photo(channel.photo))
        }
        .into()
    }

    /// True if `account` may read a group or channel.
    pub(crate) fn is_member(&self, account: i64, peer: PeerId) -> bool {
        match peer {
            PeerId::User(_) => true,
            PeerId::Chat(id) => self
                .groups
                .get(&id)
                .is_some_and(|g| g.members.contains(&account)),
            PeerId::Channel(id) => self
                .channels
                .get(&id)
                .is_some_and(|c| c.username.is_some() || c.members.contains(&account)),
        }
    }

    /// The peer of a public name, in any case of letters.
    pub(crate) fn by_username(&self, name: &str) -> Option<PeerId> {
        let same =
            |own: &Option<String>| own.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name));
        let person = self
            .people
            .values()
            .find(|p| same(&p.username))
            .map(|p| PeerId::User(p.id));
        person.or_else(|| {
            self.channels
                .values()
                .find(|c| same(&c.username))
                .map(|c| PeerId::Channel(c.id))
        })
    }
}

/// What the creator of a channel may do.
pub(crate) fn all_rights() -> types::ChatAdminRights {
    types::ChatAdminRights {
        change_info: true,
        post_messages: true,
        edit_messages: true,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        add_admins: true,
        manage_call: true,
        other: true,
        manage_topics: true,
        manage_direct_messages: true,
        ..blank::chat_admin_rights()
    }
}

impl Person {
    fn full_name(&self) -> String {
        let name = format!("{} {}", self.first, self.last);
        name.trim().to_owned()
    }

    fn status(&self, own: bool) -> enums::UserStatus {
        if own {
            return types::UserStatusOffline {
                was_online: self.last_seen,
            }
            .into();
        }
        match self.id % 4 {
            0 => types::UserStatusOffline {
                was_online: self.last_seen,
            }
            .into(),
            1 => types::UserStatusLastWeek { by_me: false }.into(),
            _ => types::UserStatusRecently { by_me: false }.into(),
        }
    }
}
