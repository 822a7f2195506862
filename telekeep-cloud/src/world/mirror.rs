//! What the other accounts see: their copies of chats they share with the first account (with ids
//! of their own, as the shared sequence is per account), the channels they joined, and a few
//! notes to themselves.

use std::collections::HashMap;

use grammers_tl_types::{Serializable, enums};

use super::account::{Account, Dialog};
use super::cast::{LAST_DAY, Part, Role};
use super::compose::Writer;
use super::ids::PeerId;
use super::log::Note;
use super::peers::Peers;
use super::random::Dice;
use super::scene::{Class, Scene};

/// A message of the first account to be copied: date, chat there, id there.
type Copied = (i32, PeerId, i32);

/// Two copies of one message: account and id of each.
pub(crate) type Twin = ((i64, i32), (i64, i32));

/// Fills every account but the first, and says which messages are copies of which.
pub(crate) fn others(
    seed: u64,
    parts: &[Part],
    accounts: &mut [Account],
    writer: &mut Writer,
    peers: &Peers,
) -> Vec<Twin> {
    let mut twins = Vec::new();
    let Some((first, others)) = accounts.split_first_mut() else {
        return twins;
    };
    for (n, account) in others.iter_mut().enumerate() {
        let shared = parts.iter().filter(|p| match p.role {
            Role::Friend => n == 0,
            Role::Team => peers.is_member(account.id, p.scene.peer),
            _ => false,
        });
        let mut all: Vec<Copied> = Vec::new();
        for part in shared {
            let log = first.log(part.scene.peer);
            all.extend(
                log.into_iter()
                    .flat_map(|l| l.iter().map(|e| (e.date, part.scene.peer, e.id))),
            );
        }
        all.sort_unstable();
        twins.extend(copy(seed, first, account, &all));
        notes(seed, n as u64, account, writer);
        list(account, peers);
    }
    twins
}

/// The name of a chat of `first` in the account `id`.
pub(crate) fn seen_by(peer: PeerId, first: i64) -> PeerId {
    match peer {
        PeerId::User(_) => PeerId::User(first),
        other => other,
    }
}

fn copy(seed: u64, first: &Account, account: &mut Account, all: &[Copied]) -> Vec<Twin> {
    let mut dice = Dice::of(&[seed, 0x0c09, account.id as u64]);
    let mut ids: HashMap<i32, i32> = HashMap::new();
    let mut next = 1;
    for (_, peer, id) in all {
        let Some(log) = first.log(*peer) else {
            continue;
        };
        let Some(entry) = log.find(*id) else { continue };
        let Some(mut message) = log.decode(entry) else {
            continue;
        };
        if dice.chance(10) {
            next += dice.int(1, 3);
        }
        ids.insert(*id, next);
        let note = Note {
            id: next,
            ..log.note(entry)
        };
        let own = seen_by(*peer, first.id);
        translate(&mut message, account.id, own, &note, &ids);
        account.push(own, &note, &message.to_bytes());
        next += 1;
    }
    ids.iter()
        .map(|(there, here)| ((first.id, *there), (account.id, *here)))
        .collect()
}

/// Turns a message of one account into the copy of another.
pub(crate) fn translate(
    message: &mut enums::Message,
    account: i64,
    peer: PeerId,
    note: &Note,
    ids: &HashMap<i32, i32>,
) {
    let out = note.peers.first() == Some(&account);
    let private = matches!(peer, PeerId::User(_));
    let from = |named: &Option<enums::Peer>| match (private, out) {
        (true, true) => Some(PeerId::User(account).tl()),
        (true, false) => None,
        (false, _) => named.clone(),
    };
    let reply_to = match message {
        enums::Message::Message(m) => {
            (m.id, m.out, m.peer_id) = (note.id, out, peer.tl());
            m.from_id = from(&m.from_id);
            &mut m.reply_to
        }
        enums::Message::Service(m) => {
            (m.id, m.out, m.peer_id) = (note.id, out, peer.tl());
            m.from_id = from(&m.from_id);
            &mut m.reply_to
        }
        enums::Message::Empty(_) => return,
    };
    if let Some(enums::MessageReplyHeader::Header(header)) = reply_to {
        match header.reply_to_msg_id.and_then(|id| ids.get(&id)) {
            Some(id) => header.reply_to_msg_id = Some(*id),
            None => *reply_to = None,
        }
    }
}

fn notes(seed: u64, number: u64, account: &mut Account, writer: &mut Writer) {
    let mut scene = Scene {
        number: 1_000_000 + number,
        peer: PeerId::User(account.id),
        class: Class::Saved,
        me: account.id,
        people: Vec::new(),
        tongues: vec![1 + number as usize],
        title: String::new(),
        total: 6,
        showcase: false,
        opening: Vec::new(),
        closing: None,
        index: 0,
        recent: Default::default(),
        album: None,
        pin: None,
        topics: Vec::new(),
    };
    let mut dice = Dice::of(&[seed, 0x207e5, number]);
    let mut bytes = Vec::new();
    let mut date = LAST_DAY;
    for _ in 0..scene.total {
        date += dice.int(30, 4000);
        let id = account.last_id() + 1;
        let note = writer.write(&mut scene, id, date, &mut bytes);
        account.push(scene.peer, &note, &bytes);
    }
}

fn list(account: &mut Account, peers: &Peers) {
    let own: Vec<(PeerId, i32)> = account
        .logs()
        .map(|(p, log)| (p, log.last().map_or(0, |e| e.id)))
        .collect();
    let channels = peers
        .channels
        .values()
        .filter(|c| c.members.contains(&account.id));
    let channels = channels.map(|c| (PeerId::Channel(c.id), c.log.last().map_or(0, |e| e.id)));
    let all: Vec<(PeerId, i32)> = own.into_iter().chain(channels).collect();
    for (peer, top) in all {
        account.dialogs.push(Dialog {
            read_inbox: top,
            read_outbox: top,
            ..Dialog::new(peer)
        });
    }
}
