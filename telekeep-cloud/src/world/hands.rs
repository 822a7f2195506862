//! What happens in a world while somebody backs it up, done by hand: tests take away, change and
//! add, and know what is true then. Nobody is told by updates.

use grammers_tl_types::{enums, types};

use super::World;
use super::blank;
use super::changes::Fresh;
use super::file::Kind;
use super::ids::PeerId;
use super::long::reword;
use super::own::Waiting;
use crate::rpc::AccountId;

impl World {
    /// Deletes messages of a chat for everybody. Gives how many there were.
    pub fn delete(&self, account: AccountId, chat: i64, ids: &[i32]) -> usize {
        let mut state = self.write();
        let date = state.newest_date(account, PeerId::of_marked(chat));
        let gone = match PeerId::of_marked(chat) {
            PeerId::Channel(id) => state.delete_in_channel(id, ids, date, &mut Vec::new()),
            _ => state.delete(account, ids, true, &mut Vec::new()),
        };
        usize::try_from(gone).unwrap_or(0)
    }

    /// Gives a message another text, or a rich one another end.
    pub fn edit(&self, account: AccountId, chat: i64, id: i32, text: &str) {
        let mut state = self.write();
        let peer = PeerId::of_marked(chat);
        let date = state.newest_date(account, peer).saturating_add(1);
        let change = |message: &mut types::Message| {
            reword(message, text);
            message.edit_date = Some(date);
        };
        state.revise((account, peer, id), &change, (0, 0), date, &mut Vec::new());
    }

    /// Adds a text of the account to a chat, a second after the newest message there. Gives its id.
    pub fn say(&self, account: AccountId, chat: i64, text: &str) -> i32 {
        let mut state = self.write();
        let peer = PeerId::of_marked(chat);
        let date = state.newest_date(account, peer).saturating_add(1);
        let message = types::Message {
            out: true,
            date,
            message: text.to_owned(),
            from_id: Some(PeerId::User(account).tl()),
            ..blank::message(peer.tl())
        };
        let fresh = Fresh {
            message: enums::Message::Message(message),
            sender: account,
            date,
            mask: 0,
            thread: 0,
            peers: vec![account],
        };
        state.post(peer, &fresh, &mut Vec::new())
    }

    /// The account writes something with a picture that waits to be sent in a chat. Gives the key of
    /// the picture.
    pub fn schedule(&self, account: AccountId, chat: i64, text: &str) -> String {
        let mut state = self.write();
        let picture = state.files.add(Kind::Photo, 0, 0);
        let waiting = Waiting {
            text: text.to_owned(),
            picture: Some(picture),
        };
        if let Some(owner) = state.accounts.get_mut(&account) {
            let peer = PeerId::of_marked(chat);
            owner.own.scheduled.entry(peer).or_default().push(waiting);
        }
        format!("photo/{picture}/")
    }

    /// The account is no member of a public group or channel any more, as if it had never been one.
    pub fn never_joined(&self, account: AccountId, chat: i64) {
        let mut state = self.write();
        let peer = PeerId::of_marked(chat);
        if let Some(owner) = state.accounts.get_mut(&account) {
            owner.dialogs.retain(|dialog| dialog.peer != peer);
        }
        if let PeerId::Channel(id) = peer
            && let Some(channel) = state.peers.channels.get_mut(&id)
        {
            channel.members.retain(|member| *member != account);
        }
    }

    /// A person shows another photo, or none.
    pub fn set_photo(&self, person: i64, photo: Option<i64>) {
        if let Some(person) = self.write().peers.people.get_mut(&person) {
            person.face = photo;
        }
    }

    /// The other side deletes a private chat for both, or the account is put out of a group or
    /// channel that is private from then on: it is in the list of chats no more.
    pub fn take_away(&self, account: AccountId, chat: i64) {
        let peer = PeerId::of_marked(chat);
        if matches!(peer, PeerId::User(_)) {
            self.delete(account, chat, &self.message_ids(account, chat));
        }
        let mut state = self.write();
        if let Some(owner) = state.accounts.get_mut(&account) {
            owner.dialogs.retain(|dialog| dialog.peer != peer);
        }
        match peer {
            PeerId::Channel(id) => {
                if let Some(channel) = state.peers.channels.get_mut(&id) {
                    channel.username = None;
                    channel.members.retain(|member| *member != account);
                }
            }
            PeerId::Chat(id) => {
                if let Some(group) = state.peers.groups.get_mut(&id) {
                    group.members.retain(|member| *member != account);
                }
            }
            PeerId::User(_) => {}
        }
    }
}

impl super::state::State {
    pub(super) fn newest_date(&self, account: i64, peer: PeerId) -> i32 {
        let log = self.log(account, peer);
        log.and_then(|log| log.last()).map_or(1, |entry| entry.date)
    }
}
