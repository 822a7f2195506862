//! Makes a world from its seed: cast, chats, the course of ten years, and the views of the other
//! accounts.

use super::account::{Account, Dialog, Password};
use super::actions::Act;
use super::cast::{Casting, FIRST_DAY, LAST_DAY, Part, Role, SERVICE, roles, sizes};
use super::compose::Writer;
use super::files::Files;
use super::folders::{self, Known};
use super::ids::PeerId;
use super::log::Note;
use super::mirror;
use super::peers::{Peers, Person, Topic};
use super::random::{Dice, mix};
use super::state::State;
use super::stickers::STICKER_SETS;
use super::stock::{self, Stock};
use super::updates::Journal;
use super::{office, own};

/// The accounts of a new world: phone, password, first and last name.
pub(crate) const ACCOUNTS: [(&str, Option<&str>, &str, &str); 3] = [
    ("9996620001", None, "Alice", "Whitfield"),
    ("9996620002", None, "Фёдор", "Королёв"),
    ("9996620003", Some("keepsake"), "Maya", "Achebe"),
];

/// What helps to remember the passwords of [`ACCOUNTS`].
const PASSWORD_HINT: &str = "what one does not throw away";

/// One message to come: when, in which chat.
type Moment = (i32, u32);

/// Makes the world.
pub(crate) fn generate(seed: u64, chats: u32, messages: u64, media_mb: u64) -> State {
    let chats = chats.max(1);
    let ids: Vec<i64> = (0..ACCOUNTS.len() as u64)
        .map(|n| {
            5_100_000_000 + n as i64 * 1_000_003 + (mix(&[seed, 0xacc0, n]) % 1_000_000) as i64
        })
        .collect();
    let mut files = Files::new(seed);
    let mut peers = Peers {
        seed,
        ..Peers::default()
    };
    let mut stock = Stock::new(stock::plan(seed, messages, media_mb));
    stickers(&mut files, &mut stock);
    for (id, account) in ids.iter().zip(ACCOUNTS) {
        peers.people.insert(*id, owner(*id, account));
    }
    peers.people.insert(SERVICE, telegram());
    let mut parts = cast(seed, chats, messages, &mut peers, &mut files, &ids);
    let mut accounts: Vec<Account> = ids
        .iter()
        .zip(ACCOUNTS)
        .map(|(id, a)| account(*id, a))
        .collect();

    let channels: Vec<i64> = peers
        .channels
        .values()
        .filter(|c| c.broadcast)
        .map(|c| c.id)
        .collect();
    let bots: Vec<i64> = peers
        .people
        .values()
        .filter(|p| p.bot)
        .map(|p| p.id)
        .collect();
    let mut writer = Writer {
        seed,
        files: &mut files,
        stock: &mut stock,
        channels: &channels,
        bots: &bots,
    };
    for part in &mut parts {
        if let PeerId::Channel(id) = part.scene.peer {
            tell_channel(seed, part, id, &mut writer, &mut peers);
        }
    }
    if let Some(first) = accounts.first_mut() {
        tell_shared(seed, &mut parts, &mut writer, first);
        list(seed, &parts, first, &peers);
    }
    let twins = mirror::others(seed, &parts, &mut accounts, &mut writer, &peers);
    migrated(&parts, &accounts, &mut peers);
    if let Some(first) = accounts.first_mut() {
        own::settle(first, &mut peers, &mut files);
        office::settle(first.id, &mut peers);
    }
    finish(&mut accounts);
    let mut state = State::new(seed, peers, files, accounts);
    for (one, other) in twins {
        state.join(one, other);
    }
    state
}

fn cast(
    seed: u64,
    chats: u32,
    messages: u64,
    peers: &mut Peers,
    files: &mut Files,
    ids: &[i64],
) -> Vec<Part> {
    let roles = roles(seed, chats);
    let sizes = sizes(seed, &roles, messages);
    let mut casting = Casting::new(seed, peers, files, ids);
    casting.people(chats);
    // The old group comes first, since the community refers to it.
    let old = roles.iter().position(|r| *r == Role::OldGroup);
    let old_part = old.map(|n| casting.chat(n, Role::OldGroup, sizes[n], None));
    let old_chat = old_part.as_ref().and_then(|p| match p.scene.peer {
        PeerId::Chat(id) => Some(id),
        _ => None,
    });
    let mut parts = Vec::with_capacity(roles.len());
    let mut old_part = old_part;
    for (n, role) in roles.iter().enumerate() {
        let part = match role {
            Role::OldGroup => old_part.take(),
            Role::Community => Some(casting.chat(n, *role, sizes[n], old_chat)),
            _ => Some(casting.chat(n, *role, sizes[n], None)),
        };
        parts.extend(part);
    }
    let community = parts
        .iter()
        .find(|p| p.role == Role::Community)
        .map(|p| p.scene.peer);
    if let (Some(PeerId::Channel(id)), Some(n)) = (community, old) {
        parts[n].scene.closing = Some(Act::MigratedTo(id));
    }
    parts
}

fn stickers(files: &mut Files, stock: &mut Stock) {
    for (_, _, kind) in STICKER_SETS {
        for _ in 0..6 {
            let id = files.add(kind, 0, FIRST_DAY);
            stock.offer(kind, id);
        }
    }
}

fn owner(id: i64, (phone, _, first, last): (&str, Option<&str>, &str, &str)) -> Person {
    Person {
        id,
        first: first.into(),
        last: last.into(),
        phone: Some(phone.into()),
        about: "Collects umbrellas.".into(),
        last_seen: LAST_DAY,
        ..Person::default()
    }
}

fn telegram() -> Person {
    Person {
        id: SERVICE,
        first: "Telegram".into(),
        phone: Some("42777".into()),
        verified: true,
        support: true,
        last_seen: LAST_DAY,
        ..Person::default()
    }
}

fn account(id: i64, (phone, password, _, _): (&str, Option<&str>, &str, &str)) -> Account {
    let password = password.map(|secret| Password {
        secret: secret.into(),
        hint: PASSWORD_HINT.into(),
    });
    Account::new(id, phone, password)
}

/// The moments of a chat's messages, ascending, with bursts and pauses.
fn moments(seed: u64, part: &Part) -> Vec<i32> {
    let mut dice = Dice::of(&[seed, 0x71e, part.scene.number]);
    let gaps: Vec<f64> = (0..part.scene.total)
        .map(|_| {
            let gap = -dice.unit().max(1e-9).ln();
            if dice.chance(120) { gap * 25.0 } else { gap }
        })
        .collect();
    let sum: f64 = gaps.iter().sum();
    let span = f64::from(part.end - part.start);
    let mut at = 0.0;
    gaps.iter()
        .map(|gap| {
            at += gap;
            part.start + (at / sum * span) as i32
        })
        .collect()
}

/// How many ids a deleted past leaves before the next message, and whether their slots remain.
fn hole(dice: &mut Dice) -> (i32, bool) {
    if dice.chance(14) {
        (dice.int(1, 4), dice.chance(600))
    } else {
        (0, false)
    }
}

fn tell_channel(seed: u64, part: &mut Part, id: i64, writer: &mut Writer, peers: &mut Peers) {
    let mut dice = Dice::of(&[seed, 0x401e, part.scene.number]);
    let mut bytes = Vec::new();
    let mut next = 1;
    let Some(channel) = peers.channels.get_mut(&id) else {
        return;
    };
    let mut last = 0;
    for (n, date) in moments(seed, part).into_iter().enumerate() {
        let (skipped, slots) = if n > 0 { hole(&mut dice) } else { (0, false) };
        for _ in 0..skipped {
            if slots {
                channel.log.push_gone(next, date.max(last));
            }
            next += 1;
        }
        let note = writer.write(&mut part.scene, next, date.max(last), &mut bytes);
        last = note.date;
        channel.log.push(&note, &bytes);
        next += 1;
    }
    for (topic, title) in &part.scene.topics {
        let date = channel.log.find(*topic).map_or(channel.date, |e| e.date);
        let number = channel.topics.len();
        channel.topics.push(Topic {
            id: *topic,
            title: title.clone(),
            date,
            creator: channel.creator,
            colour: [0x6f_b9_f0, 0xff_d6_7e, 0xcb_86_db, 0x8e_ee_98][number % 4],
            pinned: number == 1,
            closed: number == 3,
        });
    }
    channel.journal = Journal::starting_at(next + 4);
}

fn tell_shared(seed: u64, parts: &mut [Part], writer: &mut Writer, account: &mut Account) {
    let mut all: Vec<Moment> = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        if !part.scene.peer.is_channel() {
            all.extend(moments(seed, part).into_iter().map(|date| (date, n as u32)));
        }
    }
    all.sort_unstable();
    let mut dice = Dice::of(&[seed, 0x5a7ed]);
    let mut bytes = Vec::new();
    let mut next = 1;
    let mut last = 0;
    for (n, (date, place)) in all.into_iter().enumerate() {
        let Some(part) = parts.get_mut(place as usize) else {
            continue;
        };
        let date = date.max(last);
        let peer = part.scene.peer;
        let (skipped, slots) = if n > 0 { hole(&mut dice) } else { (0, false) };
        for _ in 0..skipped {
            if slots {
                account.push_gone(peer, next, date);
            }
            next += 1;
        }
        let note: Note = writer.write(&mut part.scene, next, date, &mut bytes);
        last = note.date;
        account.push(peer, &note, &bytes);
        next += 1;
    }
}

/// The dialog list of the first account: some pinned, some in the archive.
fn list(seed: u64, parts: &[Part], account: &mut Account, peers: &Peers) {
    let mut dice = Dice::of(&[seed, 0xd1a1]);
    for part in parts {
        let peer = part.scene.peer;
        let top = match peer {
            PeerId::Channel(id) => peers.channels.get(&id).and_then(|c| c.log.last()),
            _ => account.log(peer).and_then(|log| log.last()),
        }
        .map_or(0, |e| e.id);
        let ordinary = matches!(
            part.role,
            Role::Private | Role::Basic | Role::Super | Role::Broadcast | Role::Gone
        );
        let archived = ordinary && dice.chance(120);
        let unread = if dice.chance(250) { dice.int(1, 9) } else { 0 };
        account.dialogs.push(Dialog {
            folder: i32::from(archived),
            pinned: match part.role {
                Role::Friend => 1,
                Role::News => 2,
                Role::Forum => 3,
                _ => 0,
            },
            read_inbox: (top - unread).max(0),
            read_outbox: top,
            muted: dice.chance(200),
            ..Dialog::new(peer)
        });
    }
    if let Some(dialog) = account.dialogs.iter_mut().find(|d| d.folder == 1) {
        dialog.pinned = 1;
    }
    let found = |role: Role| {
        let part = parts.iter().find(|part| part.role == role);
        part.map(|part| part.scene.peer)
    };
    let known = Known {
        group: found(Role::Team),
        forum: found(Role::Forum),
        news: found(Role::News),
    };
    account.folders = folders::of(account.id, peers, known);
}

/// The supergroup remembers the last message of the group it came from.
fn migrated(parts: &[Part], accounts: &[Account], peers: &mut Peers) {
    let Some(old) = parts.iter().find(|p| p.role == Role::OldGroup) else {
        return;
    };
    let top = accounts
        .first()
        .and_then(|a| a.log(old.scene.peer))
        .and_then(|l| l.last())
        .map_or(0, |e| e.id);
    for channel in peers.channels.values_mut() {
        if let Some(from) = channel.migrated_from.as_mut() {
            from.1 = top;
        }
    }
}

fn finish(accounts: &mut [Account]) {
    for account in accounts {
        account.journal = Journal::starting_at(account.last_id() + 10);
        account.seq = 1;
    }
}
