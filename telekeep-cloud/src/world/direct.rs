//! Direct messages to channels: a chat beside the channel, in which each person has a thread with
//! whoever runs it.

use grammers_tl_types::{enums, types};

use super::blank;
use super::cast::LAST_DAY;
use super::changes::Fresh;
use super::compose::context;
use super::file::Kind;
use super::ids::PeerId;
use super::log::mask;
use super::peers::{Channel, Thread};
use super::state::State;
use super::{AccountId, World};

/// Where the direct messages of a channel are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    /// The channel (marked id).
    pub channel: i64,
    /// The chat of its direct messages (marked id).
    pub chat: i64,
    /// Who wrote, and the messages from and to them.
    pub threads: Vec<(i64, Vec<i32>)>,
}

/// Chats of direct messages have ids of their own range.
const FIRST_ID: i64 = 2_000_000_000_000;

/// What a message costs, in stars.
const PRICE: i64 = 10;

/// What people write, and what the channel answers.
const TALKS: [[&str; 2]; 5] = [
    [
        "Is the ferry running on Sunday?",
        "It is, at nine and at four.",
    ],
    [
        "There is a typo in the headline.",
        "Thank you, it is mended.",
    ],
    [
        "May I write about the lighthouse?",
        "Please do, a page at most.",
    ],
    ["Who took this photo?", "A reader who sent it to us."],
    ["When is the fair?", "On the first Monday of May."],
];

impl World {
    /// The first channel that the account runs gets direct messages of several people. `None` when
    /// it runs no channel.
    pub fn add_direct_messages(&self, account: AccountId) -> Option<Direct> {
        let mut state = self.write();
        let mut channels = state.peers.channels.values();
        let own = channels.find(|c| c.creator == account && c.broadcast && c.direct.is_none())?;
        let channel = own.id;
        let people = state.peers.people.values();
        let people = people.filter(|p| !p.bot && !p.deleted && !p.support);
        let people = people.filter(|p| !state.accounts.contains_key(&p.id));
        let people: Vec<i64> = people.map(|p| p.id).take(TALKS.len()).collect();
        let chat = open(&mut state, channel, account)?;
        announce(&mut state, account, PeerId::Channel(channel));
        let mut talk = Talk::new(&mut state, account, channel, chat);
        let threads: Vec<(i64, Vec<i32>)> = people
            .iter()
            .zip(TALKS)
            .map(|(person, lines)| (*person, talk.tell(*person, lines)))
            .collect();
        let seen = threads
            .iter()
            .enumerate()
            .map(|(n, thread)| seen(n, thread));
        let seen: Vec<Thread> = seen.collect();
        if let Some(own) = state.peers.channels.get_mut(&chat) {
            own.threads = seen;
        }
        Some(found(channel, chat, threads))
    }

    /// The account writes to a channel that others run, and is answered. `None` when it has no such
    /// channel.
    pub fn add_direct_message_to(&self, account: AccountId) -> Option<Direct> {
        let mut state = self.write();
        let fits = |c: &&Channel| {
            c.broadcast
                && c.direct.is_none()
                && !c.is_led_by(account)
                && c.members.contains(&account)
        };
        let channel = state.peers.channels.values().find(fits)?.id;
        let chat = open(&mut state, channel, account)?;
        let lines = [
            "Do you print letters of readers?",
            "Gladly, send them to us.",
        ];
        let ids = Talk::new(&mut state, account, channel, chat).tell(account, lines);
        Some(found(channel, chat, vec![(account, ids)]))
    }
}

fn found(channel: i64, chat: i64, threads: Vec<(i64, Vec<i32>)>) -> Direct {
    Direct {
        channel: PeerId::Channel(channel).marked(),
        chat: PeerId::Channel(chat).marked(),
        threads,
    }
}

/// The chat beside a channel, which `account` reads.
fn open(state: &mut State, channel: i64, account: i64) -> Option<i64> {
    let own = state.peers.channels.get_mut(&channel)?;
    let id = FIRST_ID + channel;
    own.direct = Some(id);
    let chat = Channel {
        id,
        title: own.title.clone(),
        creator: own.creator,
        members: vec![account],
        count: 1,
        date: LAST_DAY,
        direct: Some(channel),
        ..Channel::default()
    };
    state.peers.channels.insert(id, chat);
    Some(id)
}

/// The channel says that one may write to it, and for what.
fn announce(state: &mut State, account: i64, channel: PeerId) {
    let action = types::MessageActionPaidMessagesPrice {
        broadcast_messages_allowed: true,
        stars: PRICE,
    };
    let date = LAST_DAY + 800;
    let message = types::MessageService {
        post: true,
        date,
        ..blank::message_service(channel.tl(), action.into())
    };
    let fresh = Fresh {
        message: message.into(),
        sender: account,
        date,
        mask: mask::SERVICE,
        thread: 0,
        peers: vec![channel.marked()],
    };
    state.post(channel, &fresh, &mut Vec::new());
}

/// What administrators see of a thread beside its messages: each in another state.
fn seen(n: usize, (person, ids): &(i64, Vec<i32>)) -> Thread {
    let unread = n == 0;
    Thread {
        person: *person,
        read: if unread {
            0
        } else {
            ids.last().copied().unwrap_or(0)
        },
        marked: n == 1,
        free: n == 2,
        draft: (n == 3).then(|| "Dear reader,".to_owned()),
    }
}

/// Writes threads into the chat of a channel.
struct Talk<'a> {
    state: &'a mut State,
    /// Who looks at it.
    account: i64,
    channel: PeerId,
    chat: PeerId,
    date: i32,
}

impl<'a> Talk<'a> {
    fn new(state: &'a mut State, account: i64, channel: i64, chat: i64) -> Self {
        Self {
            state,
            account,
            channel: PeerId::Channel(channel),
            chat: PeerId::Channel(chat),
            date: LAST_DAY + 900,
        }
    }

    /// A person asks, shows something, and is answered in the name of the channel.
    fn tell(&mut self, person: i64, [asked, answered]: [&str; 2]) -> Vec<i32> {
        let from = PeerId::User(person);
        let first = self.say(person, from, asked, None);
        let photo = self.photo();
        let shown = self.say(person, from, "", Some(photo));
        vec![first, shown, self.say(person, self.channel, answered, None)]
    }

    fn photo(&mut self) -> enums::MessageMedia {
        let file = self.state.files.add(Kind::Photo, 0, self.date);
        let near = context(
            self.account,
            self.chat,
            self.state.next_id(self.account, self.chat),
        );
        types::MessageMediaPhoto {
            photo: Some(self.state.files.photo(file, near)),
            ..blank::message_media_photo()
        }
        .into()
    }

    fn say(
        &mut self,
        person: i64,
        from: PeerId,
        text: &str,
        media: Option<enums::MessageMedia>,
    ) -> i32 {
        self.date += 60;
        let runs = person != self.account;
        let paid = from == PeerId::User(person);
        let message = types::Message {
            out: paid != runs,
            from_id: Some(from.tl()),
            saved_peer_id: Some(PeerId::User(person).tl()),
            date: self.date,
            message: text.to_owned(),
            paid_message_stars: paid.then_some(PRICE),
            ..blank::message(self.chat.tl())
        };
        let mask = if media.is_some() { mask::PHOTO } else { 0 };
        let fresh = Fresh {
            message: types::Message { media, ..message }.into(),
            sender: self.account,
            date: self.date,
            mask,
            thread: 0,
            peers: vec![from.marked(), person],
        };
        self.state.post(self.chat, &fresh, &mut Vec::new())
    }
}
