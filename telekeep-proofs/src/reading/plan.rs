//! The chats of a large world: what they are, how many messages they have, who writes, and when.
//!
//! Everything about a message follows from the seed, its chat and its place there, so a reader of the archive
//! can be asked about any message without the world being kept anywhere.

use crate::random::Random;

/// The account's own id.
pub const ACCOUNT: i64 = 1;
/// Ids of people begin here.
const FIRST_PERSON: i64 = 1_000;
/// The world begins, unix seconds (May 2014) ...
const BEGIN: i64 = 1_400_000_000;
/// ... and ends (October 2025).
pub const END: i64 = 1_760_000_000;
/// Topics of a forum; their first messages are the first of the forum.
pub const TOPICS: u64 = 20;

/// What a chat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Private,
    Saved,
    Group,
    Supergroup,
    Forum,
    Channel,
}

/// How large a world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub seed: u64,
    pub messages: u64,
    pub chats: u64,
}

/// A chat.
#[derive(Clone, Debug)]
pub struct Chat {
    pub no: u64,
    pub kind: Kind,
    /// Marked id.
    pub id: i64,
    /// Messages it has.
    pub messages: u64,
    /// People who write there.
    members: u64,
    /// Distance of ids, and the first: chats of one account share their ids.
    step: i64,
    first_id: i64,
    begin: i64,
}

/// All chats.
pub struct Plan {
    pub size: Size,
    pub chats: Vec<Chat>,
    pub people: u64,
}

impl Plan {
    /// One chat has 30 % of the messages, the others are Zipf.
    pub fn new(size: Size) -> Self {
        let chats = size.chats.max(2);
        let people = (size.messages / 500).min(20_000).max(chats);
        let big = (size.messages * 3 / 10).max(1);
        let rest = size.messages.saturating_sub(big);
        let weight: f64 = (1..chats).map(|rank| 1.0 / rank as f64).sum();
        let share = |rank: u64| ((rest as f64 / weight / rank as f64) as u64).max(1);
        let mut sizes: Vec<u64> = std::iter::once(big).chain((1..chats).map(share)).collect();
        // What rounding left is said in the second.
        let others: u64 = sizes.iter().skip(2).sum();
        if let Some(second) = sizes.get_mut(1) {
            *second = rest.saturating_sub(others).max(1);
        }
        let shared = (0..chats).filter(|no| is_shared(kind(*no))).count() as u64;
        let mut slot = 0;
        let make = |(no, messages): (u64, u64)| {
            let kind = kind(no);
            let mut random = Random::at(size.seed, [no, u64::MAX]);
            let (step, first_id) = match is_shared(kind) {
                true => {
                    slot += 1;
                    (signed(shared), slot)
                }
                false => (1, 1),
            };
            Chat {
                no,
                kind,
                id: marked(kind, no),
                messages,
                members: match no {
                    0 => people,
                    _ => (messages / 20).clamp(3, 3 + random.below(300)),
                },
                step,
                first_id,
                begin: match no {
                    0 => BEGIN,
                    _ => BEGIN + signed(random.below(250_000_000)),
                },
            }
        };
        Self {
            size,
            chats: (0..chats).zip(sizes).map(make).collect(),
            people,
        }
    }

    /// All messages.
    pub fn messages(&self) -> u64 {
        self.chats.iter().map(|chat| chat.messages).sum()
    }

    /// The id of a person.
    pub fn person(number: u64) -> i64 {
        FIRST_PERSON + signed(number)
    }

    /// The generator of one message.
    pub fn random(&self, chat: &Chat, n: u64) -> Random {
        Random::at(self.size.seed, [chat.no, n])
    }

    /// Who sent message `n` of a group; those who write much are few.
    pub fn sender(&self, chat: &Chat, random: &mut Random) -> i64 {
        let member = random.zipf(chat.members);
        let person = (member * 7919 + chat.no * 104_729) % self.people.max(1);
        Self::person(person)
    }
}

impl Chat {
    /// The id of its message number `n` (from 0).
    pub fn message_id(&self, n: u64) -> i64 {
        self.first_id + signed(n) * self.step
    }

    /// When message `n` was sent: evenly over the life of the chat, a little moved.
    pub fn date(&self, n: u64) -> i64 {
        let span = END - self.begin;
        let pace = span / signed(self.messages).max(1);
        let even = i128::from(span) * i128::from(n) / i128::from(self.messages.max(1));
        let moved = Random::at(self.no, [n, 0]).below(unsigned(pace).max(1));
        self.begin + i64::try_from(even).unwrap_or(0) + signed(moved)
    }

    /// Has a second version.
    pub fn is_edited(&self, n: u64) -> bool {
        n % 53 == 27 && !self.is_service(n)
    }

    /// Was deleted afterwards.
    pub fn is_deleted(&self, n: u64) -> bool {
        n % 997 == 500
    }

    /// Tells of an event.
    pub fn is_service(&self, n: u64) -> bool {
        n % 71 == 3 || self.topic_made(n).is_some() || (n == 0 && self.id < 0)
    }

    /// The topic that message `n` of a forum makes.
    pub fn topic_made(&self, n: u64) -> Option<u64> {
        let made = self.kind == Kind::Forum && (1..=TOPICS).contains(&n) && self.messages > TOPICS;
        made.then_some(n)
    }

    /// Its photo's id.
    pub fn photo(&self) -> i64 {
        4_000_000_000 + signed(self.no)
    }

    pub fn bare(&self) -> i64 {
        signed(self.no) + 1
    }
}

fn kind(no: u64) -> Kind {
    match (no, no % 10) {
        (0, _) => Kind::Supergroup,
        (1, _) => Kind::Forum,
        (2, _) => Kind::Channel,
        (10, _) => Kind::Saved,
        (_, 0..=3) => Kind::Private,
        (_, 4) => Kind::Group,
        (_, 5 | 6) => Kind::Supergroup,
        (_, 7 | 8) => Kind::Channel,
        _ => Kind::Forum,
    }
}

fn is_shared(kind: Kind) -> bool {
    matches!(kind, Kind::Private | Kind::Saved | Kind::Group)
}

fn marked(kind: Kind, no: u64) -> i64 {
    match kind {
        Kind::Private => Plan::person(no),
        Kind::Saved => ACCOUNT,
        Kind::Group => -(signed(no) + 1),
        Kind::Supergroup | Kind::Forum | Kind::Channel => -1_000_000_000_000 - (signed(no) + 1),
    }
}

pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_messages_are_in_some_chat_and_no_id_is_used_twice() {
        let size = Size {
            seed: 1,
            messages: 20_000,
            chats: 200,
        };
        let plan = Plan::new(size);
        assert_eq!(plan.messages(), size.messages);
        assert_eq!(plan.chats[0].messages, 6_000);
        assert!(plan.chats[1].messages > plan.chats[5].messages);
        let mut shared = std::collections::BTreeSet::new();
        for chat in &plan.chats {
            for n in 0..chat.messages {
                assert!(n == 0 || chat.date(n) >= chat.date(n - 1), "{chat:?} {n}");
                let space = if is_shared(chat.kind) { 0 } else { chat.id };
                assert!(shared.insert((space, chat.message_id(n))), "{chat:?} {n}");
            }
        }
        assert!(
            plan.chats
                .iter()
                .all(|chat| chat.date(chat.messages - 1) <= END)
        );
    }
}
