//! Changes while the cloud runs: each is stored, counted (`pts`) and described as updates, in
//! every account's copy and in the channel.

use std::collections::HashMap;

use grammers_tl_types::{Serializable, enums, types};

use super::ids::PeerId;
use super::log::{Note, mask};
use super::mirror::translate;
use super::state::State;

/// An update and whom it goes to.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Account(i64, enums::Update),
    Channel(i64, enums::Update),
}

/// A message to be stored; its id is given when it is.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) message: enums::Message,
    /// The account that sends it.
    pub(crate) sender: i64,
    pub(crate) date: i32,
    pub(crate) mask: u32,
    pub(crate) thread: i32,
    /// Everybody it names, the visible sender first.
    pub(crate) peers: Vec<i64>,
}

/// The id of a message.
fn set_id(message: &mut enums::Message, id: i32) {
    match message {
        enums::Message::Message(m) => m.id = id,
        enums::Message::Service(m) => m.id = id,
        enums::Message::Empty(m) => m.id = id,
    }
}

fn reply_id(message: &enums::Message) -> Option<i32> {
    let header = match message {
        enums::Message::Message(m) => m.reply_to.as_ref(),
        enums::Message::Service(m) => m.reply_to.as_ref(),
        enums::Message::Empty(_) => None,
    };
    match header? {
        enums::MessageReplyHeader::Header(header) => header.reply_to_msg_id,
        _ => None,
    }
}

/// When a message was edited.
fn edited(message: &enums::Message) -> Option<i32> {
    match message {
        enums::Message::Message(message) => message.edit_date,
        _ => None,
    }
}

impl Fresh {
    fn note(&self, id: i32) -> Note {
        Note {
            id,
            date: self.date,
            mask: self.mask,
            thread: self.thread,
            peers: self.peers.clone(),
        }
    }
}

impl State {
    /// The id the next message of a chat will get.
    pub(crate) fn next_id(&self, account: i64, peer: PeerId) -> i32 {
        match peer {
            PeerId::Channel(id) => self.peers.channels.get(&id).map_or(1, |c| c.log.next_id()),
            _ => self.accounts.get(&account).map_or(1, |a| a.last_id() + 1),
        }
    }

    /// Stores a message in the chat of its sender and in all copies. Gives its id there.
    pub(crate) fn post(&mut self, peer: PeerId, fresh: &Fresh, changes: &mut Vec<Change>) -> i32 {
        match peer {
            PeerId::Channel(id) => self.post_in_channel(id, fresh, changes),
            _ => self.post_shared(peer, fresh, changes),
        }
    }

    fn post_in_channel(
        &mut self,
        channel_id: i64,
        fresh: &Fresh,
        changes: &mut Vec<Change>,
    ) -> i32 {
        let Some(channel) = self.peers.channels.get_mut(&channel_id) else {
            return 0;
        };
        let id = channel.log.next_id();
        let mut message = fresh.message.clone();
        set_id(&mut message, id);
        channel.log.push(&fresh.note(id), &message.to_bytes());
        channel.changed = fresh.date;
        let update = channel.journal.add(1, |pts| {
            types::UpdateNewChannelMessage {
                message,
                pts,
                pts_count: 1,
            }
            .into()
        });
        changes.push(Change::Channel(channel_id, update));
        let members = &channel.members;
        for account in self
            .accounts
            .values_mut()
            .filter(|a| members.contains(&a.id))
        {
            let own = account.id == fresh.sender;
            let dialog = account.dialog_mut(PeerId::Channel(channel_id));
            if own {
                dialog.read_inbox = id;
            }
        }
        id
    }

    fn post_shared(&mut self, peer: PeerId, fresh: &Fresh, changes: &mut Vec<Change>) -> i32 {
        let own = self.next_id(fresh.sender, peer);
        let replied = reply_id(&fresh.message);
        for (account, seen) in self.audience(fresh.sender, peer) {
            let id = self.next_id(account, seen);
            let mut message = fresh.message.clone();
            set_id(&mut message, id);
            if account != fresh.sender {
                let known = replied.and_then(|id| {
                    let copies = self.copies(fresh.sender, id);
                    copies
                        .into_iter()
                        .find(|key| key.0 == account)
                        .map(|key| (id, key.1))
                });
                let ids: HashMap<i32, i32> = known.into_iter().collect();
                translate(&mut message, account, seen, &fresh.note(id), &ids);
                self.join((fresh.sender, own), (account, id));
            }
            let Some(target) = self.accounts.get_mut(&account) else {
                continue;
            };
            target.push(seen, &fresh.note(id), &message.to_bytes());
            let dialog = target.dialog_mut(seen);
            if account == fresh.sender {
                dialog.read_inbox = id;
            }
            let update = target.journal.add(1, |pts| {
                types::UpdateNewMessage {
                    message,
                    pts,
                    pts_count: 1,
                }
                .into()
            });
            changes.push(Change::Account(account, update));
        }
        own
    }

    /// The accounts that get a copy of what `sender` says in a chat, and how they see the chat.
    fn audience(&self, sender: i64, peer: PeerId) -> Vec<(i64, PeerId)> {
        let mut all = vec![(sender, peer)];
        match peer {
            PeerId::User(other) if other != sender && self.accounts.contains_key(&other) => {
                all.push((other, PeerId::User(sender)));
            }
            PeerId::Chat(id) => {
                let members = self.peers.groups.get(&id).map_or(&[][..], |g| &g.members);
                let others = self
                    .order
                    .iter()
                    .filter(|id| **id != sender && members.contains(id));
                all.extend(others.map(|account| (*account, peer)));
            }
            _ => {}
        }
        all
    }

    /// The accounts and chats in which copies of a message are, itself first.
    pub(crate) fn everywhere(
        &self,
        account: i64,
        peer: PeerId,
        id: i32,
    ) -> Vec<(i64, PeerId, i32)> {
        let copies = self
            .copies(account, id)
            .into_iter()
            .filter_map(|(other, id)| Some((other, self.accounts.get(&other)?.chat_of(id)?, id)));
        std::iter::once((account, peer, id)).chain(copies).collect()
    }

    /// Changes a message in all its copies. `bits` are set in and cleared from what it is.
    pub(crate) fn revise(
        &mut self,
        (account, peer, id): (i64, PeerId, i32),
        change: &dyn Fn(&mut types::Message),
        bits: (u32, u32),
        date: i32,
        changes: &mut Vec<Change>,
    ) {
        if let PeerId::Channel(channel_id) = peer {
            let before = self
                .log(account, peer)
                .and_then(|log| log.decode(log.find(id)?));
            let Some(message) = self.rewrite(account, peer, id, change, bits) else {
                return;
            };
            let Some(channel) = self.peers.channels.get_mut(&channel_id) else {
                return;
            };
            channel.changed = date;
            if let Some(before) = before
                && edited(&before) != edited(&message)
            {
                let edit = types::ChannelAdminLogEventActionEditMessage {
                    prev_message: before,
                    new_message: message.clone(),
                };
                channel.office.note(account, date, edit.into());
            }
            let update = channel.journal.add(1, |pts| {
                types::UpdateEditChannelMessage {
                    message,
                    pts,
                    pts_count: 1,
                }
                .into()
            });
            changes.push(Change::Channel(channel_id, update));
            return;
        }
        for (account, peer, id) in self.everywhere(account, peer, id) {
            let Some(message) = self.rewrite(account, peer, id, change, bits) else {
                continue;
            };
            let Some(owner) = self.accounts.get_mut(&account) else {
                continue;
            };
            let update = owner.journal.add(1, |pts| {
                types::UpdateEditMessage {
                    message,
                    pts,
                    pts_count: 1,
                }
                .into()
            });
            changes.push(Change::Account(account, update));
        }
    }

    fn rewrite(
        &mut self,
        account: i64,
        peer: PeerId,
        id: i32,
        change: &dyn Fn(&mut types::Message),
        (set, clear): (u32, u32),
    ) -> Option<enums::Message> {
        let log = match peer {
            PeerId::Channel(id) => &mut self.peers.channels.get_mut(&id)?.log,
            _ => self.accounts.get_mut(&account)?.log_mut(peer)?,
        };
        let entry = log.find(id)?;
        let mut message = log.decode(entry)?;
        let mut note = log.note(entry);
        if let enums::Message::Message(m) = &mut message {
            change(m);
        }
        note.mask = note.mask & !clear | set;
        log.replace(&note, &message.to_bytes());
        Some(message)
    }

    /// Pins or unpins a message in all its copies.
    pub(crate) fn pin(
        &mut self,
        place: (i64, PeerId, i32),
        pinned: bool,
        date: i32,
        changes: &mut Vec<Change>,
    ) {
        let bits = if pinned {
            (mask::PINNED, 0)
        } else {
            (0, mask::PINNED)
        };
        let set = move |m: &mut types::Message| m.pinned = pinned;
        let (account, peer, id) = place;
        if let PeerId::Channel(channel_id) = peer {
            self.rewrite(account, peer, id, &set, bits);
            let Some(channel) = self.peers.channels.get_mut(&channel_id) else {
                return;
            };
            channel.changed = date;
            let update = channel.journal.add(1, |pts| {
                types::UpdatePinnedChannelMessages {
                    pinned,
                    channel_id,
                    messages: vec![id],
                    pts,
                    pts_count: 1,
                }
                .into()
            });
            changes.push(Change::Channel(channel_id, update));
            return;
        }
        for (account, peer, id) in self.everywhere(account, peer, id) {
            self.rewrite(account, peer, id, &set, bits);
            let Some(owner) = self.accounts.get_mut(&account) else {
                continue;
            };
            let update = owner.journal.add(1, |pts| {
                types::UpdatePinnedMessages {
                    pinned,
                    peer: peer.tl(),
                    messages: vec![id],
                    pts,
                    pts_count: 1,
                }
                .into()
            });
            changes.push(Change::Account(account, update));
        }
    }

    /// Deletes messages of the shared sequence, with `revoke` for everybody. Gives how many of the
    /// account's own went.
    pub(crate) fn delete(
        &mut self,
        account: i64,
        ids: &[i32],
        revoke: bool,
        changes: &mut Vec<Change>,
    ) -> i32 {
        let mut gone: Vec<(i64, Vec<i32>)> = Vec::new();
        for id in ids {
            let Some(peer) = self.accounts.get(&account).and_then(|a| a.chat_of(*id)) else {
                continue;
            };
            for (owner, peer, id) in self.everywhere(account, peer, *id) {
                let log = self.accounts.get_mut(&owner).and_then(|a| a.log_mut(peer));
                if (owner == account || revoke) && log.is_some_and(|log| log.remove(id)) {
                    match gone.iter_mut().find(|(o, _)| *o == owner) {
                        Some((_, ids)) => ids.push(id),
                        None => gone.push((owner, vec![id])),
                    }
                }
            }
        }
        let mut own = 0;
        for (owner, messages) in gone {
            let Some(holder) = self.accounts.get_mut(&owner) else {
                continue;
            };
            let pts_count = messages.len() as i32;
            let update = holder.journal.add(pts_count, |pts| {
                types::UpdateDeleteMessages {
                    messages,
                    pts,
                    pts_count,
                }
                .into()
            });
            changes.push(Change::Account(owner, update));
            if owner == account {
                own = pts_count;
            }
        }
        own
    }

    /// Deletes messages of a channel. Gives how many there were.
    pub(crate) fn delete_in_channel(
        &mut self,
        channel_id: i64,
        ids: &[i32],
        date: i32,
        changes: &mut Vec<Change>,
    ) -> i32 {
        let Some(channel) = self.peers.channels.get_mut(&channel_id) else {
            return 0;
        };
        let mut messages = Vec::new();
        for &id in ids {
            let message = channel.log.find(id).and_then(|e| channel.log.decode(e));
            if !channel.log.remove(id) {
                continue;
            }
            messages.push(id);
            if let Some(message) = message {
                let deletion = types::ChannelAdminLogEventActionDeleteMessage { message };
                let owner = channel.creator;
                channel.office.note(owner, date, deletion.into());
            }
        }
        let pts_count = messages.len() as i32;
        if pts_count > 0 {
            channel.changed = date;
            let update = channel.journal.add(pts_count, |pts| {
                types::UpdateDeleteChannelMessages {
                    channel_id,
                    messages,
                    pts,
                    pts_count,
                }
                .into()
            });
            changes.push(Change::Channel(channel_id, update));
        }
        pts_count
    }

    /// The accounts in a channel.
    pub(crate) fn members(&self, channel: i64) -> Vec<i64> {
        let members = self
            .peers
            .channels
            .get(&channel)
            .map_or(&[][..], |c| &c.members);
        self.order
            .iter()
            .copied()
            .filter(|id| members.contains(id))
            .collect()
    }

    /// Marks a chat as read up to an id. Gives `pts` and its count.
    pub(crate) fn read_history(
        &mut self,
        account: i64,
        peer: PeerId,
        max_id: i32,
        changes: &mut Vec<Change>,
    ) -> (i32, i32) {
        let after = self
            .log(account, peer)
            .map_or(0, |log| log.count_after(max_id)) as i32;
        let Some(owner) = self.accounts.get_mut(&account) else {
            return (0, 0);
        };
        let dialog = owner.dialog_mut(peer);
        if max_id <= dialog.read_inbox {
            return (owner.journal.pts, 0);
        }
        dialog.read_inbox = max_id;
        if let PeerId::Channel(channel_id) = peer {
            let pts = self
                .peers
                .channels
                .get(&channel_id)
                .map_or(0, |c| c.journal.pts);
            let update = types::UpdateReadChannelInbox {
                folder_id: None,
                channel_id,
                max_id,
                still_unread_count: after,
                pts,
            };
            changes.push(Change::Account(account, update.into()));
            return (pts, 0);
        }
        let update = owner.journal.add(1, |pts| {
            types::UpdateReadHistoryInbox {
                folder_id: None,
                peer: peer.tl(),
                top_msg_id: None,
                max_id,
                still_unread_count: after,
                pts,
                pts_count: 1,
            }
            .into()
        });
        changes.push(Change::Account(account, update));
        (owner.journal.pts, 1)
    }
}
