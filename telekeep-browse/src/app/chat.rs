//! Messages of a chat: a window of some pages that moves along the history.

use super::desk::{Desk, Waiting, arrived};
use crate::ask::{Entry, Page, Reply, Request, Room, Where};
use crate::rows::{Rows, Scroll, of_entries};

/// Entries held; what is further away is read again.
const MOST: usize = 360;
/// Screens read ahead.
const AHEAD: usize = 1;
/// Places one can go back to.
const PLACES: usize = 64;

/// A chat as it is shown.
#[derive(Default)]
pub struct ChatScreen {
    /// The chat, or a topic of it.
    pub room: Option<Room>,
    /// Its name.
    pub title: String,
    /// Messages held, or the topic.
    pub subtitle: String,
    /// A group with topics.
    pub forum: bool,
    /// The window.
    pub entries: Vec<Entry>,
    /// Rows of the screen.
    pub rows: Rows,
    /// Where in it.
    pub scroll: Scroll,
    /// What is being read.
    pub waiting: Option<Waiting>,
    /// Something was read already.
    pub begun: bool,
    older: bool,
    newer: bool,
    load: Load,
    /// Where one was before jumping.
    places: Vec<i64>,
}

/// What an answer is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Load {
    /// A new window, at its end.
    #[default]
    Newest,
    /// A new window, at its beginning.
    Oldest,
    /// A new window around the message that the answer names.
    Target,
    Older,
    Newer,
}

impl ChatScreen {
    /// Opens a chat at a place.
    pub fn open(desk: &mut Desk, room: Room, title: &str, place: Where) -> Self {
        let mut screen = Self {
            room: Some(room),
            title: title.to_owned(),
            ..Self::default()
        };
        screen.go(desk, place);
        screen
    }

    /// The chat's marked id.
    pub fn chat(&self) -> i64 {
        self.room.map_or(0, |room| room.chat)
    }

    /// Shows another place.
    pub fn go(&mut self, desk: &mut Desk, place: Where) {
        let load = match place {
            Where::Newest => Load::Newest,
            Where::Oldest => Load::Oldest,
            Where::Around(_) | Where::Day(_) => Load::Target,
            Where::Before(..) => Load::Older,
            Where::After(..) => Load::Newer,
        };
        if let Some(room) = self.room {
            self.load = load;
            self.waiting = Some(desk.ask(Request::Messages(room, place)));
        }
    }

    /// The chosen message.
    pub fn chosen(&self) -> Option<&Entry> {
        self.entries.get(self.scroll.cursor)
    }

    /// To a message: at once when it is at hand.
    pub fn jump(&mut self, desk: &mut Desk, id: i64) {
        if let Some(here) = self.chosen().map(|entry| entry.id) {
            self.places.push(here);
            if self.places.len() > PLACES {
                self.places.remove(0);
            }
        }
        self.show(desk, id);
    }

    fn show(&mut self, desk: &mut Desk, id: i64) {
        match self
            .entries
            .iter()
            .position(|entry| entry.ids.contains(&id))
        {
            Some(at) => {
                self.scroll.centre(&self.rows, desk.body(), at);
                self.read_on(desk);
            }
            None => self.go(desk, Where::Around(id)),
        }
    }

    /// Back to where the last jump began.
    pub fn jump_back(&mut self, desk: &mut Desk) {
        if let Some(id) = self.places.pop() {
            self.show(desk, id);
        }
    }

    /// To the newest message.
    pub fn newest(&mut self, desk: &mut Desk) {
        // Also when it is at hand: a backup may have brought newer ones.
        self.go(desk, Where::Newest);
    }

    /// To the oldest message.
    pub fn oldest(&mut self, desk: &mut Desk) {
        match self.older || self.entries.is_empty() {
            true => self.go(desk, Where::Oldest),
            false => self.scroll.go(&self.rows, desk.body(), 0),
        }
    }

    /// Takes an answer; gives back one for somebody else.
    pub fn take(&mut self, desk: &mut Desk, ticket: u64, reply: Reply) -> Option<Reply> {
        if !arrived(&mut self.waiting, ticket) {
            return Some(reply);
        }
        match reply {
            Reply::Messages(page) => self.fill(desk, page),
            Reply::Failed(why) => desk.complain(&why),
            _ => {}
        }
        None
    }

    fn fill(&mut self, desk: &mut Desk, page: Page) {
        self.begun = true;
        self.title = page.title;
        self.subtitle = page.subtitle;
        self.forum = page.forum;
        match self.load {
            Load::Older => self.prepend(desk, page.entries, page.older),
            Load::Newer => self.append(desk, page.entries, page.newer),
            _ => {
                self.entries = page.entries;
                (self.older, self.newer) = (page.older, page.newer);
                self.lay_out(desk);
                self.settle(desk, page.target);
            }
        }
        self.read_on(desk);
    }

    /// Chooses what the reader asked for in a new window.
    fn settle(&mut self, desk: &Desk, target: Option<i64>) {
        let last = self.entries.len().saturating_sub(1);
        self.scroll = Scroll::default();
        let height = desk.body();
        match (self.load, target) {
            (Load::Oldest, _) => self.scroll.go(&self.rows, height, 0),
            (_, Some(id)) => {
                let at = self
                    .entries
                    .iter()
                    .position(|entry| entry.ids.contains(&id));
                // A message that is not held: the one after it.
                let after = || self.entries.iter().position(|entry| entry.id > id);
                let at = at.or_else(after).unwrap_or(last);
                self.scroll.centre(&self.rows, height, at);
            }
            _ => {
                self.scroll.go(&self.rows, height, last);
                self.scroll.top = self.rows.rows.len().saturating_sub(height);
            }
        }
    }

    fn prepend(&mut self, desk: &Desk, mut entries: Vec<Entry>, older: bool) {
        let added = entries.len();
        let from_end = self.rows.rows.len() - self.scroll.top.min(self.rows.rows.len());
        entries.append(&mut self.entries);
        self.entries = entries;
        self.older = older;
        self.relay(desk);
        // What was on the screen stays where it was.
        self.scroll.top = self.rows.rows.len().saturating_sub(from_end);
        self.scroll.cursor += added;
        if self.entries.len() > MOST {
            self.entries.truncate(MOST);
            self.newer = true;
            self.relay(desk);
        }
    }

    fn append(&mut self, desk: &Desk, entries: Vec<Entry>, newer: bool) {
        self.entries.extend(entries);
        self.newer = newer;
        let surplus = self.entries.len().saturating_sub(MOST);
        let from_end = self.rows.rows.len() - self.scroll.top.min(self.rows.rows.len());
        let before = self.rows.rows.len();
        self.relay(desk);
        let grown = self.rows.rows.len().saturating_sub(before);
        if surplus > 0 {
            self.entries.drain(..surplus);
            self.older = true;
            self.relay(desk);
            self.scroll.cursor = self.scroll.cursor.saturating_sub(surplus);
            self.scroll.top = self.rows.rows.len().saturating_sub(from_end + grown);
        }
    }

    /// Makes the rows anew and keeps the chosen message in sight.
    pub fn lay_out(&mut self, desk: &Desk) {
        self.relay(desk);
        self.scroll.reveal(&self.rows, desk.body());
    }

    fn relay(&mut self, desk: &Desk) {
        let width = super::beside_sidebar(desk.width);
        self.rows = of_entries(&self.entries, width, desk.veiled, desk.say);
    }

    /// Reads what comes before or after when it is near.
    pub fn read_on(&mut self, desk: &mut Desk) {
        let height = desk.body();
        if self.waiting.is_some() {
            return;
        }
        let (first, last) = (self.entries.first(), self.entries.last());
        if let Some(first) = first.filter(|_| self.older && self.scroll.top < height * AHEAD) {
            let place = Where::Before(first.id, first.date);
            self.go(desk, place);
            return;
        }
        let below = self
            .rows
            .rows
            .len()
            .saturating_sub(self.scroll.top + height);
        if let Some(last) = last.filter(|_| self.newer && below < height * AHEAD) {
            let id = last.ids.iter().max().copied().unwrap_or(last.id);
            let place = Where::After(id, last.date);
            self.go(desk, place);
        }
    }
}
