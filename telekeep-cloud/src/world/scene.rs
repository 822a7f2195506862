//! One chat while its messages are being written: who is there, what was said last, what is due.

use std::collections::VecDeque;

use super::actions::Act;
use super::file::Kind;
use super::ids::PeerId;
use super::media::What;
use super::random::Dice;

/// What sort of chat it is; decides who speaks and what happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Saved,
    Service,
    Private,
    Bot,
    Basic,
    Super,
    Forum,
    Broadcast,
}

impl Class {
    pub(crate) fn is_group(self) -> bool {
        matches!(self, Class::Basic | Class::Super | Class::Forum)
    }
}

/// A message that later ones may answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) id: i32,
    pub(crate) thread: i32,
}

/// An album of which some pictures are still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Album {
    pub(crate) grouped_id: i64,
    pub(crate) left: u64,
    pub(crate) sender: i64,
    pub(crate) date: i32,
}

/// The chat as its writer sees it.
#[derive(Debug)]
pub(crate) struct Scene {
    /// Number of the chat in the world, for its dice.
    pub(crate) number: u64,
    pub(crate) peer: PeerId,
    pub(crate) class: Class,
    /// The account the world is written for.
    pub(crate) me: i64,
    /// Everybody else who speaks here.
    pub(crate) people: Vec<i64>,
    pub(crate) tongues: Vec<usize>,
    pub(crate) title: String,
    pub(crate) total: u64,
    /// Every kind of content appears early in a showcase, in turn.
    pub(crate) showcase: bool,
    /// Service messages the history starts and ends with.
    pub(crate) opening: Vec<Act>,
    pub(crate) closing: Option<Act>,
    pub(crate) index: u64,
    pub(crate) recent: VecDeque<Said>,
    pub(crate) album: Option<Album>,
    pub(crate) pin: Option<Said>,
    /// Ids and titles of topics made so far.
    pub(crate) topics: Vec<(i32, String)>,
}

/// What the next message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Say(What),
    Album,
    Act(Act),
}

/// Everything that can be sent, with how often per 10,000 messages.
const SAYINGS: &[(u64, What)] = &[
    (6100, What::Text),
    (620, What::Formatted),
    (80, What::CustomEmoji),
    (120, What::Mention),
    (250, What::Link),
    (560, What::File(Kind::Photo)),
    (120, What::File(Kind::Video)),
    (50, What::File(Kind::Round)),
    (220, What::File(Kind::Voice)),
    (40, What::File(Kind::Music)),
    (80, What::File(Kind::Animation)),
    (180, What::File(Kind::Sticker)),
    (100, What::File(Kind::StickerAnimated)),
    (60, What::File(Kind::StickerVideo)),
    (60, What::File(Kind::Pdf)),
    (30, What::File(Kind::Text)),
    (20, What::File(Kind::Image)),
    (60, What::File(Kind::Archive)),
    (40, What::Poll),
    (15, What::Quiz),
    (30, What::Geo),
    (10, What::GeoLive),
    (20, What::Venue),
    (30, What::Contact),
    (20, What::Dice),
    (15, What::Todo),
    (5, What::Game),
    (5, What::Invoice),
    (10, What::Story),
    (3, What::Paid),
    (10, What::Expired),
    (10, What::SpoilerPhoto),
    (3, What::Giveaway),
    (3, What::Unsupported),
];

/// How often per 10,000 messages an album starts, and something happens that is no message.
const ALBUMS: u64 = 120;
const ACTS: u64 = 230;

const PRIVATE_ACTS: &[Act] = &[
    Act::Call,
    Act::Missed,
    Act::Theme,
    Act::Timer,
    Act::Screenshot,
    Act::Gift,
    Act::Pinned,
];
const BOT_ACTS: &[Act] = &[Act::BotAllowed, Act::Paid, Act::Score, Act::Custom];
const GROUP_ACTS: &[Act] = &[
    Act::Joined,
    Act::JoinedByLink,
    Act::JoinedByRequest,
    Act::Left,
    Act::Title,
    Act::Photo,
    Act::NoPhoto,
    Act::GroupCall,
    Act::GroupCallInvite,
    Act::Score,
    Act::Near,
    Act::Boosted,
    Act::Timer,
];
const CHANNEL_ACTS: &[Act] = &[
    Act::Title,
    Act::Photo,
    Act::NoPhoto,
    Act::GiveawayLaunched,
    Act::GroupCall,
];

impl Scene {
    fn acts(&self) -> &'static [Act] {
        match self.class {
            Class::Private => PRIVATE_ACTS,
            Class::Bot => BOT_ACTS,
            Class::Basic => &GROUP_ACTS[..11],
            Class::Super | Class::Forum => GROUP_ACTS,
            Class::Broadcast => CHANNEL_ACTS,
            Class::Saved | Class::Service => &[],
        }
    }

    /// Decides what the next message is.
    pub(crate) fn next(&mut self, dice: &mut Dice) -> Next {
        let index = self.index;
        if let Some(act) = self.opening.get(index as usize) {
            return Next::Act(*act);
        }
        if let Some(act) = self.closing.filter(|_| index + 1 == self.total) {
            return Next::Act(act);
        }
        if self.album.is_some() {
            return Next::Album;
        }
        if self.pin.is_some() {
            return Next::Act(Act::Pinned);
        }
        if let Some(next) = self.shown() {
            return next;
        }
        self.drawn(dice)
    }

    /// In a showcase every second message is the next kind, until all were there.
    fn shown(&self) -> Option<Next> {
        let turn = self.index.checked_sub(self.opening.len() as u64 + 1)?;
        if !self.showcase || !turn.is_multiple_of(2) {
            return None;
        }
        let turn = (turn / 2) as usize;
        let acts = self.acts().iter().map(|act| Next::Act(*act));
        let says = SAYINGS.iter().map(|s| Next::Say(s.1));
        acts.chain(says).chain([Next::Album]).nth(turn)
    }

    fn drawn(&self, dice: &mut Dice) -> Next {
        let acts = self.acts();
        if self.class == Class::Forum && self.topics.len() < 8 && dice.chance(30) {
            return Next::Act(Act::TopicCreated);
        }
        if !self.topics.is_empty() && dice.chance(3) {
            return Next::Act(Act::TopicEdited);
        }
        let mut throw = dice.below(10_000);
        if throw < ACTS && !acts.is_empty() {
            return Next::Act(acts[dice.below(acts.len() as u64) as usize]);
        }
        if self.class == Class::Service {
            return Next::Say(What::Formatted);
        }
        throw = dice.below(10_000);
        if throw < ALBUMS && self.index + 3 < self.total {
            return Next::Album;
        }
        let sum: u64 = SAYINGS.iter().map(|s| s.0).sum();
        let mut at = dice.below(sum);
        for (weight, what) in SAYINGS {
            if at < *weight {
                return Next::Say(*what);
            }
            at -= weight;
        }
        Next::Say(What::Text)
    }

    /// Who speaks.
    pub(crate) fn speaker(&self, dice: &mut Dice) -> i64 {
        match self.class {
            Class::Saved => self.me,
            Class::Service => self.people.first().copied().unwrap_or(self.me),
            Class::Private | Class::Bot => match self.people.first() {
                Some(other) if dice.chance(540) => *other,
                _ => self.me,
            },
            Class::Broadcast => self.peer.marked(),
            Class::Basic | Class::Super | Class::Forum => {
                if self.people.is_empty() || dice.chance(130) {
                    return self.me;
                }
                // Few people say most of it.
                let place = dice.unit().powi(2) * self.people.len() as f64;
                self.people.get(place as usize).copied().unwrap_or(self.me)
            }
        }
    }

    /// Remembers a message for answers.
    pub(crate) fn said(&mut self, said: Said) {
        self.recent.push_back(said);
        if self.recent.len() > 40 {
            self.recent.pop_front();
        }
    }
}
