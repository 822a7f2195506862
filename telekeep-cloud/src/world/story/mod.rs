//! What happens in the demo's world after it was made: written by hand, so that its newest
//! messages read like talk between people, and in two parts, so that a second backup has
//! something to notice. The generated past stays as it is for everybody else.

mod content;
mod script;

use std::collections::HashMap;

use grammers_tl_types::{enums, types};

use super::World;
use super::blank;
use super::changes::{Change, Fresh};
use super::compose::context;
use super::ids::PeerId;
use super::state::State;
use content::{Portion, Say, felt};

/// The story begins a day after the generated past ends.
const MORNING: i32 = super::cast::LAST_DAY + 86_400 + 9 * 3600;
/// And goes on a day later.
const NEXT_MORNING: i32 = MORNING + 86_400;

/// A chat of the first account, found by what it is: names follow from the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The private chat with the second account.
    Friend,
    Saved,
    Community,
    News,
    Team,
    Forum,
    /// A private chat in this language, by its place among the world's languages.
    Speaker(usize),
}

/// Who says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Me,
    /// The person a private chat is with, or the channel.
    Them,
    /// A member of a group.
    Member(usize),
}

/// One message of the script.
#[derive(Clone, Copy, Debug)]
struct Line {
    who: Who,
    /// Minutes after the line before.
    after: i32,
    say: Say,
    /// How many lines before this one the line it answers is; 0 for none.
    answers: usize,
    felt: &'static [(&'static str, i32)],
}

/// What is said in one chat.
struct Talk {
    place: Place,
    /// Minutes into the morning.
    begins: i32,
    lines: &'static [Line],
}

/// What happens to a line of the first part.
struct Turn {
    place: Place,
    line: usize,
    happens: Happens,
}

/// What happens to it.
enum Happens {
    Edited(&'static str),
    Felt(&'static [(&'static str, i32)]),
    Deleted,
}

/// A title that changes, as people see it.
struct Renamed {
    place: Place,
    title: &'static str,
}

/// The first part as it was told: where its lines are.
#[derive(Debug, Default)]
pub struct Story {
    lines: HashMap<(Place, usize), i32>,
    /// Topic of the forum in which people talk.
    topic: i32,
}

impl World {
    /// The newest messages of the demo's world. Chats that a small world lacks are left out.
    pub fn story_begins(&self) -> Story {
        let mut story = Story::default();
        if let Some(mut teller) = Teller::of(&mut self.write()) {
            teller.one_ghost();
            teller.topic(&mut story);
            teller.talk(script::FIRST, MORNING, &mut story);
        }
        story
    }

    /// What happens the day after: messages are edited and deleted, people react, a group gets
    /// another title, and the talk goes on.
    pub fn story_goes_on(&self, story: &mut Story) {
        if let Some(mut teller) = Teller::of(&mut self.write()) {
            teller.turn(script::TURNS, story);
            teller.rename(&script::RENAMED);
            teller.talk(script::SECOND, NEXT_MORNING, story);
        }
    }
}

/// Puts the script into the world of the first account.
struct Teller<'a> {
    state: &'a mut State,
    me: i64,
    /// Nobody listens while the story is told: who connects later asks for the difference.
    changes: Vec<Change>,
}

impl<'a> Teller<'a> {
    fn of(state: &'a mut State) -> Option<Self> {
        let me = *state.order.first()?;
        Some(Teller {
            state,
            me,
            changes: Vec::new(),
        })
    }

    /// One deleted account in the list of chats is enough: they all look the same.
    fn one_ghost(&mut self) {
        let Some(account) = self.state.accounts.get(&self.me) else {
            return;
        };
        let mut ghosts = account.dialogs.iter().filter_map(|dialog| {
            let PeerId::User(id) = dialog.peer else {
                return None;
            };
            self.state.peers.people.get(&id).filter(|p| p.deleted)?;
            Some(id)
        });
        let _first = ghosts.next();
        let others: Vec<i64> = ghosts.collect();
        for id in others {
            if let Some(person) = self.state.peers.people.get_mut(&id) {
                person.deleted = false;
            }
        }
    }

    fn find(&self, place: Place) -> Option<PeerId> {
        let peers = &self.state.peers;
        let dialogs = &self.state.accounts.get(&self.me)?.dialogs;
        let fits = |peer: PeerId| match (place, peer) {
            (Place::Saved, PeerId::User(id)) => id == self.me,
            (Place::Friend, PeerId::User(id)) => Some(&id) == self.state.order.get(1),
            (Place::Speaker(tongue), PeerId::User(id)) => {
                peers.people.get(&id).is_some_and(|person| {
                    let stranger = !person.bot && !person.deleted && !person.support;
                    stranger && person.tongue == tongue && !self.state.order.contains(&id)
                })
            }
            (Place::Team, PeerId::Chat(id)) => {
                let group = peers.groups.get(&id);
                group.is_some_and(|g| g.migrated_to.is_none() && self.shared(&g.members))
            }
            (Place::Community, PeerId::Channel(id)) => {
                let channel = peers.channels.get(&id);
                channel.is_some_and(|c| c.migrated_from.is_some())
            }
            (Place::News, PeerId::Channel(id)) => {
                let channel = peers.channels.get(&id);
                channel.is_some_and(|c| c.broadcast && self.shared(&c.members))
            }
            (Place::Forum, PeerId::Channel(id)) => peers.channels.get(&id).is_some_and(|c| c.forum),
            _ => false,
        };
        dialogs
            .iter()
            .map(|dialog| dialog.peer)
            .find(|peer| fits(*peer))
    }

    /// All accounts are in it: so it is one of the chats that every world has.
    fn shared(&self, members: &[i64]) -> bool {
        self.state.order.iter().all(|id| members.contains(id))
    }

    fn speaker(&self, peer: PeerId, who: Who) -> i64 {
        let members = match peer {
            _ if who == Who::Me => return self.me,
            PeerId::User(_) => return peer.marked(),
            PeerId::Chat(id) => self.state.peers.groups.get(&id).map(|g| &g.members),
            PeerId::Channel(id) => match self.state.peers.channels.get(&id) {
                Some(channel) if channel.broadcast => return peer.marked(),
                channel => channel.map(|c| &c.members),
            },
        };
        let number = match who {
            Who::Member(number) => number + 1,
            Who::Me | Who::Them => 1,
        };
        members
            .and_then(|members| members.get(number % members.len().max(1)))
            .copied()
            .unwrap_or(self.me)
    }

    /// A topic of its own for what people of the forum talk about.
    fn topic(&mut self, story: &mut Story) {
        let Some(peer @ PeerId::Channel(id)) = self.find(Place::Forum) else {
            return;
        };
        let creator = self.speaker(peer, Who::Member(0));
        let action = types::MessageActionTopicCreate {
            title_missing: false,
            title: script::TOPIC.into(),
            icon_color: 0x8e_ee_98,
            icon_emoji_id: None,
        };
        story.topic = self.state.next_id(self.me, peer);
        self.announce(peer, creator, MORNING - 3600, story.topic, action.into());
        if let Some(channel) = self.state.peers.channels.get_mut(&id) {
            channel.topics.push(super::peers::Topic {
                id: story.topic,
                title: script::TOPIC.into(),
                date: MORNING - 3600,
                creator,
                colour: 0x8e_ee_98,
                pinned: false,
                closed: false,
            });
        }
    }

    /// Says in the chat that something was done.
    fn announce(
        &mut self,
        peer: PeerId,
        sender: i64,
        date: i32,
        thread: i32,
        action: enums::MessageAction,
    ) -> i32 {
        let message = types::MessageService {
            out: sender == self.me && !peer.is_channel(),
            from_id: Some(PeerId::of_marked(sender).tl()),
            date,
            ..blank::message_service(peer.tl(), action)
        };
        let fresh = Fresh {
            message: message.into(),
            sender: self.me,
            date,
            mask: super::log::mask::SERVICE,
            thread,
            peers: vec![sender],
        };
        self.state.post(peer, &fresh, &mut self.changes)
    }

    fn talk(&mut self, talks: &[Talk], morning: i32, story: &mut Story) {
        // Ids of the shared sequence ascend with time, over all its chats.
        let mut due: Vec<(i32, Place, &Line, usize)> = Vec::new();
        for talk in talks {
            let mut date = morning + talk.begins * 60;
            let told = story.lines.keys().filter(|key| key.0 == talk.place).count();
            for (number, line) in talk.lines.iter().enumerate() {
                date += line.after * 60 + (number as i32 * 13) % 50;
                due.push((date, talk.place, line, told + number));
            }
        }
        due.sort_by_key(|line| line.0);
        let mut albums = HashMap::new();
        for (date, place, line, number) in due {
            let Some(peer) = self.find(place) else {
                continue;
            };
            let answered = number
                .checked_sub(line.answers)
                .filter(|_| line.answers > 0)
                .and_then(|number| story.lines.get(&(place, number)).copied());
            let topic = if place == Place::Forum {
                story.topic
            } else {
                0
            };
            let album = (line.say.is_of_album()).then(|| {
                let first = albums.entry(place).or_insert(i64::from(date) << 20);
                *first
            });
            let id = self.say(peer, line, date, answered, topic, album);
            story.lines.insert((place, number), id);
        }
    }

    fn say(
        &mut self,
        peer: PeerId,
        line: &Line,
        date: i32,
        answered: Option<i32>,
        topic: i32,
        album: Option<i64>,
    ) -> i32 {
        let sender = self.speaker(peer, line.who);
        let post = sender < 0;
        let saved = peer == PeerId::User(self.me);
        let mine = sender == self.me;
        let near = context(self.me, peer, self.state.next_id(self.me, peer));
        let Portion { rich, media, mask } = line.say.make(self.state, near, date);
        let named = !post && (mine || !matches!(peer, PeerId::User(_)));
        let message = types::Message {
            out: mine && !peer.is_channel() && !saved,
            post,
            from_id: named.then(|| PeerId::of_marked(sender).tl()),
            saved_peer_id: saved.then(|| peer.tl()),
            reply_to: answer(answered, topic),
            date,
            message: rich.text,
            entities: (!rich.entities.is_empty()).then_some(rich.entities),
            media,
            grouped_id: album,
            views: post.then_some(1_204),
            forwards: post.then_some(18),
            reactions: felt(line.felt),
            ..blank::message(peer.tl())
        };
        let fresh = Fresh {
            message: message.into(),
            sender: self.me,
            date,
            mask,
            thread: topic,
            peers: vec![sender],
        };
        self.state.post(peer, &fresh, &mut self.changes)
    }

    fn turn(&mut self, turns: &[Turn], story: &Story) {
        for (number, turn) in turns.iter().enumerate() {
            let place = self.find(turn.place);
            let id = story.lines.get(&(turn.place, turn.line)).copied();
            let (Some(peer), Some(id)) = (place, id) else {
                continue;
            };
            let date = MORNING + 12 * 3600 + number as i32 * 200;
            match turn.happens {
                Happens::Edited(text) => self.revise(peer, id, date, &|message| {
                    message.message = text.to_owned();
                    message.entities = None;
                    message.edit_date = Some(date);
                }),
                Happens::Felt(reactions) => self.revise(peer, id, date, &|message| {
                    message.reactions = felt(reactions);
                }),
                Happens::Deleted => self.delete(peer, id, date),
            }
        }
    }

    fn revise(&mut self, peer: PeerId, id: i32, date: i32, change: &dyn Fn(&mut types::Message)) {
        let place = (self.me, peer, id);
        self.state
            .revise(place, change, (0, 0), date, &mut self.changes);
    }

    fn delete(&mut self, peer: PeerId, id: i32, date: i32) {
        match peer {
            PeerId::Channel(channel) => {
                self.state
                    .delete_in_channel(channel, &[id], date, &mut self.changes);
            }
            _ => {
                self.state.delete(self.me, &[id], true, &mut self.changes);
            }
        }
    }

    fn rename(&mut self, renamed: &Renamed) {
        let title = renamed.title.to_owned();
        let Some(peer) = self.find(renamed.place) else {
            return;
        };
        match peer {
            PeerId::Chat(id) => {
                if let Some(group) = self.state.peers.groups.get_mut(&id) {
                    group.title.clone_from(&title);
                    group.version += 1;
                }
            }
            PeerId::Channel(id) => {
                if let Some(channel) = self.state.peers.channels.get_mut(&id) {
                    channel.title.clone_from(&title);
                }
            }
            PeerId::User(_) => return,
        }
        let sender = self.speaker(peer, Who::Member(0));
        let action = types::MessageActionChatEditTitle { title }.into();
        self.announce(peer, sender, NEXT_MORNING - 1800, 0, action);
    }
}

/// The header of an answer, or of a message in a topic.
fn answer(answered: Option<i32>, topic: i32) -> Option<enums::MessageReplyHeader> {
    let in_topic = topic != 0;
    if answered.is_none() && !in_topic {
        return None;
    }
    let header = types::MessageReplyHeader {
        forum_topic: in_topic,
        reply_to_msg_id: Some(answered.unwrap_or(topic)),
        reply_to_top_id: answered.and(in_topic.then_some(topic)),
        ..blank::message_reply_header()
    };
    Some(header.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The demo's world, without its weight.
    fn world() -> World {
        World::generate(7, 30, 1_000, 2)
    }

    fn texts(world: &World, part: &str) -> usize {
        let me = world.account_ids()[0];
        let chats = world.chats(me);
        let messages = chats.iter().flat_map(|chat| &chat.messages);
        let said = messages.filter_map(|message| message["message"].as_str());
        said.filter(|text| text.contains(part)).count()
    }

    /// Deleted accounts in the list of chats.
    fn ghosts(world: &World) -> usize {
        let mut state = world.write();
        let teller = Teller::of(&mut state).unwrap();
        let dialogs = &teller.state.accounts[&teller.me].dialogs;
        let people = &teller.state.peers.people;
        let is_ghost = |peer: PeerId| match peer {
            PeerId::User(id) => people.get(&id).is_some_and(|person| person.deleted),
            _ => false,
        };
        dialogs
            .iter()
            .filter(|dialog| is_ghost(dialog.peer))
            .count()
    }

    #[test]
    fn the_second_part_changes_what_the_first_one_said() {
        let world = world();
        let before = world.chat_list(world.account_ids()[0]);
        let mut story = world.story_begins();
        assert_eq!(texts(&world, "at ten, at the harbour?"), 1);
        assert_eq!(texts(&world, "Whoever has the key"), 1);
        assert_eq!(texts(&world, "Nine it is."), 0);
        world.story_goes_on(&mut story);
        assert_eq!(texts(&world, "at ten, at the harbour?"), 0);
        assert_eq!(texts(&world, "at nine, at the ferry steps?"), 1);
        assert_eq!(texts(&world, "Whoever has the key"), 0);
        assert_eq!(texts(&world, "Nine it is."), 1);
        let after = world.chat_list(world.account_ids()[0]);
        let title = |chats: &[crate::world::Chat]| {
            let named = chats.iter().map(|chat| chat.title.clone());
            named.collect::<Vec<_>>()
        };
        assert!(ghosts(&world) <= 1, "deleted accounts all look the same");
        assert_ne!(title(&before), title(&after), "one chat has a new title");
    }

    #[test]
    fn it_is_the_same_every_time_and_every_turn_has_its_line() {
        let tell = || {
            let world = world();
            let mut story = world.story_begins();
            for turn in script::TURNS {
                let line = story.lines.get(&(turn.place, turn.line));
                let found = Teller::of(&mut world.write()).and_then(|t| t.find(turn.place));
                assert_eq!(line.is_some(), found.is_some(), "{:?}", turn.place);
            }
            world.story_goes_on(&mut story);
            format!("{:?}", world.chats(world.account_ids()[0]))
        };
        assert!(tell() == tell());
    }

    #[test]
    fn a_small_world_tells_what_it_has_room_for() {
        let world = World::generate(1, 2, 20, 1);
        let mut story = world.story_begins();
        world.story_goes_on(&mut story);
        assert_eq!(texts(&world, "Nine it is."), 1);
        assert_eq!(texts(&world, "Tenants' breakfast"), 0);
    }
}
