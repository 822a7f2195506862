//! Who lives in a world, and which chats the first account has.

use super::actions::Act;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;
use super::peers::{Channel, Group, Peers, Person, Topic};
use super::random::{Dice, mix};
use super::scene::{Class, Scene};
use super::words::TONGUES;

/// The first and the last day of history, seconds since 1970.
pub(crate) const FIRST_DAY: i32 = 1_441_065_600;
pub(crate) const LAST_DAY: i32 = 1_761_868_800;

/// The account of the service notifications.
pub(crate) const SERVICE: i64 = 777_000;

/// What a chat of the first account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Saved,
    /// Private chat with the second account.
    Friend,
    /// Supergroup that grew out of `OldGroup`.
    Community,
    OldGroup,
    News,
    /// Basic group of all accounts.
    Team,
    Forum,
    Bot,
    Gone,
    Service,
    Private,
    Basic,
    Super,
    Broadcast,
}

/// The chats every world has, most wanted first.
const ROLES: [Role; 10] = [
    Role::Saved,
    Role::Friend,
    Role::Community,
    Role::OldGroup,
    Role::News,
    Role::Team,
    Role::Forum,
    Role::Bot,
    Role::Gone,
    Role::Service,
];

/// One chat with its time and size.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) role: Role,
    pub(crate) scene: Scene,
    pub(crate) start: i32,
    pub(crate) end: i32,
}

/// The roles of `chats` chats.
pub(crate) fn roles(seed: u64, chats: u32) -> Vec<Role> {
    let mut dice = Dice::of(&[seed, 0x801e]);
    (0..chats as usize)
        .map(|n| {
            ROLES
                .get(n)
                .copied()
                .unwrap_or_else(|| match dice.below(100) {
                    0..38 => Role::Private,
                    38..46 => Role::Bot,
                    46..53 => Role::Gone,
                    53..68 => Role::Basic,
                    68..84 => Role::Super,
                    _ => Role::Broadcast,
                })
        })
        .collect()
}

/// Messages per chat: near Zipf's law, all together `messages` (but at least two each).
pub(crate) fn sizes(seed: u64, roles: &[Role], messages: u64) -> Vec<u64> {
    /// Places of the fixed roles in the order of size.
    const PLACES: [u64; 10] = [6, 1, 0, 5, 2, 3, 4, 9, 8, 7];
    let mut order: Vec<(u64, usize)> = (0..roles.len())
        .map(|n| match PLACES.get(n) {
            Some(place) => (*place, n),
            None => (100 + mix(&[seed, 0x512e, n as u64]) / 2, n),
        })
        .collect();
    order.sort_unstable();
    let least = (messages / (roles.len().max(1) as u64 * 4)).clamp(2, 5);
    let spread = messages.saturating_sub(least * roles.len() as u64);
    let weight = |place: usize| ((place + 2) as f64).powf(-0.9);
    let sum: f64 = (0..roles.len()).map(weight).sum();
    let mut sizes = vec![least; roles.len()];
    let mut given = 0;
    for (place, (_, n)) in order.iter().enumerate() {
        let more = (spread as f64 * weight(place) / sum) as u64;
        sizes[*n] += more;
        given += more;
    }
    if let Some((_, n)) = order.first() {
        sizes[*n] += spread - given.min(spread);
    }
    sizes
}

/// Makes people and chats.
pub(crate) struct Casting<'a> {
    pub(crate) seed: u64,
    pub(crate) peers: &'a mut Peers,
    pub(crate) files: &'a mut Files,
    pub(crate) accounts: &'a [i64],
    pool: Vec<i64>,
    next_private: usize,
    made: u64,
}

impl<'a> Casting<'a> {
    pub(crate) fn new(
        seed: u64,
        peers: &'a mut Peers,
        files: &'a mut Files,
        accounts: &'a [i64],
    ) -> Self {
        Self {
            seed,
            peers,
            files,
            accounts,
            pool: Vec::new(),
            next_private: 0,
            made: 0,
        }
    }

    fn fresh_id(&mut self, base: i64) -> i64 {
        self.made += 1;
        base + self.made as i64 * 9_973 + (mix(&[self.seed, 0x1d, self.made]) % 9_973) as i64
    }

    /// People to talk to: enough for every private chat and for the groups.
    pub(crate) fn people(&mut self, chats: u32) {
        for _ in 0..(30 + u64::from(chats) * 2).min(5_000) {
            let id = self.fresh_id(310_000_000);
            self.person(id, Role::Private);
            self.pool.push(id);
        }
    }

    /// Makes one person (or bot, or deleted account).
    pub(crate) fn person(&mut self, id: i64, role: Role) {
        let mut dice = Dice::of(&[self.seed, 0xbe, id as u64]);
        // Earlier languages are spoken more.
        let tongue = (dice.unit().powf(1.4) * TONGUES.len() as f64) as usize;
        let spoken = TONGUES[tongue % TONGUES.len()];
        let (first, last) = spoken.name(&mut dice);
        let face = dice
            .chance(350)
            .then(|| self.files.add(Kind::Face, 0, FIRST_DAY));
        let bot = role == Role::Bot;
        let person = Person {
            id,
            first: if bot {
                format!("{first}'s helper")
            } else {
                first.into()
            },
            last: if bot { String::new() } else { last.into() },
            username: if bot {
                Some(format!("helper_{}_bot", id % 1_000_000))
            } else {
                dice.chance(300)
                    .then(|| format!("{}_{}", spoken.code, id % 1_000_000))
            },
            phone: (!bot && dice.chance(250)).then(|| format!("99966{:05}", 30_000 + id % 60_000)),
            about: spoken.sentence(&mut dice),
            bot,
            deleted: role == Role::Gone,
            premium: dice.chance(120),
            verified: false,
            support: false,
            tongue,
            face: face.filter(|_| role != Role::Gone),
            past: Vec::new(),
            last_seen: LAST_DAY - dice.int(60, 5_000_000),
        };
        self.peers.people.insert(id, person);
    }

    fn some(&self, count: u64, dice: &mut Dice) -> Vec<i64> {
        let start = dice.below(self.pool.len() as u64) as usize;
        let count = (count as usize).min(self.pool.len());
        self.pool
            .iter()
            .cycle()
            .skip(start)
            .take(count)
            .copied()
            .collect()
    }

    fn own(&self, role: Role) -> Vec<i64> {
        let count = match role {
            Role::Community | Role::Forum => 2,
            Role::News | Role::Team => 3,
            _ => 1,
        };
        self.accounts.iter().take(count).copied().collect()
    }

    /// Makes the chat of a role. `old` is the basic group a community grew out of.
    pub(crate) fn chat(&mut self, number: usize, role: Role, total: u64, old: Option<i64>) -> Part {
        let mut dice = Dice::of(&[self.seed, 0xc4a7, number as u64]);
        let start = FIRST_DAY + dice.int(0, (LAST_DAY - FIRST_DAY) / 2);
        let end = LAST_DAY - (dice.unit().powi(4) * f64::from((LAST_DAY - start) / 2)) as i32;
        let tongues: Vec<usize> = match role {
            Role::Friend | Role::Community | Role::Team => vec![0, 1, 3, 4, 6, 7, 9],
            Role::Saved | Role::News | Role::OldGroup | Role::Forum => vec![0, 2, 4, 5],
            _ => (0..3)
                .map(|_| (dice.unit().powf(1.4) * TONGUES.len() as f64) as usize)
                .collect(),
        };
        let me = self.accounts[0];
        let scene = Scene {
            number: number as u64,
            peer: PeerId::User(me),
            class: Class::Saved,
            me,
            people: Vec::new(),
            tongues,
            title: String::new(),
            total,
            showcase: matches!(
                role,
                Role::Friend | Role::Community | Role::News | Role::Bot | Role::Team
            ),
            opening: Vec::new(),
            closing: None,
            index: 0,
            recent: Default::default(),
            album: None,
            pin: None,
            topics: Vec::new(),
        };
        let mut part = Part {
            role,
            scene,
            start,
            end,
        };
        match role {
            Role::Saved => {}
            Role::Friend | Role::Bot | Role::Gone | Role::Service | Role::Private => {
                self.private(&mut part, &mut dice)
            }
            Role::OldGroup | Role::Team | Role::Basic => self.basic(&mut part, &mut dice),
            _ => self.channel(&mut part, old, &mut dice),
        }
        part
    }

    fn private(&mut self, part: &mut Part, dice: &mut Dice) {
        let role = part.role;
        let id = match role {
            Role::Friend => self.accounts.get(1).copied().unwrap_or(SERVICE),
            Role::Service => SERVICE,
            Role::Private => {
                self.next_private += 1;
                self.pool[(self.next_private * 2 - 2) % self.pool.len()]
            }
            _ => {
                let id = self.fresh_id(310_000_000);
                self.person(id, role);
                id
            }
        };
        let scene = &mut part.scene;
        scene.peer = PeerId::User(id);
        scene.people = vec![id];
        scene.class = match role {
            Role::Bot => Class::Bot,
            Role::Service => Class::Service,
            _ => Class::Private,
        };
        if let Some(person) = self.peers.people.get(&id).filter(|_| role != Role::Friend) {
            scene.tongues.insert(0, person.tongue);
        }
        if role == Role::Private && dice.chance(300) {
            scene.opening.push(Act::SignedUp);
        }
    }

    fn title(&self, part: &Part, dice: &mut Dice) -> String {
        let first = part.scene.tongues.first().copied().unwrap_or(0);
        match part.role {
            Role::Community | Role::OldGroup => "Harbour Lane Neighbours".into(),
            Role::News => "The Harbour Gazette".into(),
            Role::Team => "Umbrella Workshop".into(),
            Role::Forum => "Town Square".into(),
            _ => dice.pick(TONGUES[first % TONGUES.len()].titles).to_owned(),
        }
    }

    fn photo(&mut self, dice: &mut Dice, date: i32) -> Option<i64> {
        dice.chance(500)
            .then(|| self.files.add(Kind::Face, 0, date))
    }

    fn basic(&mut self, part: &mut Part, dice: &mut Dice) {
        let id = self.fresh_id(400_000_000);
        if part.role == Role::OldGroup {
            part.start = FIRST_DAY;
            part.end = FIRST_DAY + 40_000_000;
        }
        let title = self.title(part, dice);
        let count = dice.range(3, 24);
        let people = self.some(count, dice);
        let mut members = self.own(part.role);
        members.extend(&people);
        part.scene.peer = PeerId::Chat(id);
        part.scene.class = Class::Basic;
        part.scene.title.clone_from(&title);
        part.scene.people = members[1..].to_vec();
        part.scene.opening.push(Act::Created);
        let group = Group {
            title,
            creator: members[0],
            members,
            date: part.start,
            photo: self.photo(dice, part.start),
            migrated_to: None,
            version: 1,
            ..Group::default()
        };
        self.peers.groups.insert(id, group);
    }

    fn channel(&mut self, part: &mut Part, old: Option<i64>, dice: &mut Dice) {
        let id = self.fresh_id(1_300_000_000);
        let title = self.title(part, dice);
        let broadcast = matches!(part.role, Role::News | Role::Broadcast);
        let mut members = self.own(part.role);
        let people = if broadcast {
            Vec::new()
        } else {
            {
                let count = dice.range(8, 120);
                self.some(count, dice)
            }
        };
        members.extend(&people);
        let scene = &mut part.scene;
        scene.peer = PeerId::Channel(id);
        scene.class = match part.role {
            _ if broadcast => Class::Broadcast,
            Role::Forum => Class::Forum,
            _ => Class::Super,
        };
        scene.title.clone_from(&title);
        scene.people = if broadcast {
            Vec::new()
        } else {
            members[1..].to_vec()
        };
        let own = matches!(part.role, Role::Community | Role::News) || dice.chance(150);
        let creator = if own {
            members[0]
        } else {
            people.first().copied().unwrap_or(SERVICE)
        };
        scene.opening.push(match old {
            Some(chat) => Act::MigratedFrom(chat),
            None => Act::ChannelCreated,
        });
        if let Some(group) = old.and_then(|chat| self.peers.groups.get_mut(&chat)) {
            group.migrated_to = Some(id);
            part.start = FIRST_DAY + 40_000_100;
            part.end = LAST_DAY;
        }
        let named = part.role == Role::News || (part.role != Role::Community && dice.chance(300));
        let username = named.then(|| match part.role {
            Role::News => "harbour_gazette".to_owned(),
            _ => format!("public_{}", id % 1_000_000),
        });
        let forum = part.role == Role::Forum;
        let channel = Channel {
            id,
            title,
            username,
            about: TONGUES[part.scene.tongues[0] % TONGUES.len()].sentence(dice),
            creator,
            count: if broadcast {
                dice.int(50, 90_000)
            } else {
                members.len() as i32
            },
            members,
            date: part.start,
            photo: self.photo(dice, part.start),
            broadcast,
            forum,
            migrated_from: old.map(|chat| (chat, 0)),
            topics: if forum {
                vec![general(part.start)]
            } else {
                Vec::new()
            },
            ..Channel::default()
        };
        self.peers.channels.insert(id, channel);
    }
}

fn general(date: i32) -> Topic {
    Topic {
        id: 1,
        title: "General".into(),
        date,
        creator: SERVICE,
        colour: 0x6f_b9_f0,
        pinned: false,
        closed: false,
    }
}
