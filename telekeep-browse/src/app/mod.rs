//! What the screens show and what keys do to them. Pure: events come in, commands go out, nothing
//! here waits, reads or draws.

mod act;
mod chat;
mod chats;
mod desk;
mod input;
mod keys;
mod line;
mod prompt;
mod search;
mod sheet;
mod typing;

use chat::ChatScreen;
use chats::ChatList;
pub use chats::spread;
use desk::Desk;
pub use input::{Command, Event, Key, KeyPress};
pub use prompt::Prompt;
use search::SearchScreen;
pub use sheet::{Sheet, room as sheet_room};

use crate::ask::Reply;
use crate::say::Say;

/// From this width on the list of chats stays beside the open chat.
const TWO_PANES: usize = 110;
/// Columns of the list then.
const SIDEBAR: usize = 38;
/// Screens over the list of chats; the oldest make room.
const DEPTH: usize = 16;
/// Queries that are remembered.
const QUERIES: usize = 50;

/// Columns of the list of chats beside a chat, when there is room for both.
pub fn sidebar(width: usize) -> Option<usize> {
    (width >= TWO_PANES).then_some(SIDEBAR)
}

/// Columns that are left beside it.
pub fn beside_sidebar(width: usize) -> usize {
    sidebar(width).map_or(width, |list| width - list - 1)
}

/// A screen over the list of chats.
pub enum Screen {
    /// Messages of a chat.
    Chat(Box<ChatScreen>),
    /// Hits of a search.
    Search(Box<SearchScreen>),
}

/// Everything there is to see.
pub struct App {
    /// Language, size, clock, notices.
    pub desk: Desk,
    /// The list of chats, below everything.
    pub chats: ChatList,
    /// What was opened over it; the last is seen.
    pub screens: Vec<Screen>,
    /// What lies over the screen.
    pub sheet: Option<Sheet>,
    /// What is asked in the last row.
    pub prompt: Option<Prompt>,
    queries: Vec<String>,
}

impl App {
    /// Begins with the list of chats. `today` is the number of the day since 1970.
    pub fn new(say: &'static Say, width: u16, height: u16, today: i64) -> Self {
        let mut app = Self {
            desk: Desk::new(say, width, height, today),
            chats: ChatList::default(),
            screens: Vec::new(),
            sheet: None,
            prompt: None,
            queries: Vec::new(),
        };
        app.chats.refresh(&mut app.desk);
        app
    }

    /// What is to be done at the start.
    pub fn begin(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.desk.out)
    }

    /// Takes an event at a time (milliseconds since the start) and says what is to be done.
    pub fn update(&mut self, event: Event, now: u64) -> Vec<Command> {
        self.desk.now = now;
        match event {
            Event::Key(key) => self.press(key),
            Event::Paste(text) => {
                if let Some(prompt) = &mut self.prompt {
                    prompt.line.insert(&text);
                    self.typed();
                }
            }
            Event::Wheel(by) => self.wheel(by),
            Event::Click(row) => self.click(usize::from(row)),
            Event::Resize(width, height) => {
                self.desk.width = usize::from(width);
                self.desk.height = usize::from(height);
                self.lay_out();
                self.desk.out.push(Command::Redraw);
            }
            Event::Reply(ticket, reply) => self.take(ticket, reply),
            Event::Tick => {}
        }
        if self.chats.beside == self.screens.is_empty() {
            self.chats.beside = !self.screens.is_empty();
            self.chats.lay_out(&self.desk);
            // Characters that the terminal takes for wider than we do leave traces.
            self.desk.out.push(Command::Redraw);
        }
        std::mem::take(&mut self.desk.out)
    }

    /// Is something being read?
    pub fn is_waiting(&self) -> bool {
        let screen = match self.screens.last() {
            Some(Screen::Chat(chat)) => chat.waiting,
            Some(Screen::Search(search)) => search.waiting,
            None => self.chats.waiting,
        };
        let sheet = self.sheet.as_ref().and_then(|sheet| sheet.waiting);
        screen.or(sheet).or(self.chats.waiting).is_some()
    }

    /// Is what is seen being read for so long that it is worth saying?
    pub fn is_loading(&self) -> bool {
        let screen = match self.screens.last() {
            Some(Screen::Chat(chat)) => chat.waiting,
            Some(Screen::Search(search)) => search.waiting,
            None => self.chats.waiting,
        };
        let sheet = self.sheet.as_ref().and_then(|sheet| sheet.waiting);
        self.desk.is_long(screen) || self.desk.is_long(sheet)
    }

    fn lay_out(&mut self) {
        self.chats.lay_out(&self.desk);
        for screen in &mut self.screens {
            match screen {
                Screen::Chat(chat) => chat.lay_out(&self.desk),
                Screen::Search(search) => search.lay_out(&self.desk),
            }
        }
        if let Some(sheet) = &mut self.sheet {
            sheet.lay_out(&self.desk);
        }
        self.read_on();
    }

    /// Reads what may be needed next.
    fn read_on(&mut self) {
        match self.screens.last_mut() {
            Some(Screen::Chat(chat)) => chat.read_on(&mut self.desk),
            Some(Screen::Search(search)) => search.read_on(&mut self.desk),
            None => self.chats.read_on(&mut self.desk),
        }
    }

    fn take(&mut self, ticket: u64, reply: Reply) {
        let Some(reply) = self.chats.take(&mut self.desk, ticket, reply) else {
            return;
        };
        let left = match self.screens.last_mut() {
            Some(Screen::Chat(chat)) => chat.take(&mut self.desk, ticket, reply),
            Some(Screen::Search(search)) => search.take(&mut self.desk, ticket, reply),
            None => Some(reply),
        };
        let Some(reply) = left else { return };
        let awaited = self.sheet.as_mut().filter(|sheet| {
            sheet
                .waiting
                .is_some_and(|waiting| waiting.ticket == ticket)
        });
        match (reply, awaited) {
            (Reply::Sheet(lines), Some(sheet)) => {
                sheet.waiting = None;
                sheet.fill(&self.desk, lines);
            }
            (Reply::Topics(topics), Some(_)) => self.offer_topics(topics),
            (Reply::Ready(path), _) => self.desk.out.push(Command::Open(path)),
            (Reply::Saved(path), _) => {
                let words = self.desk.say.with("browse.saved", path);
                self.desk.tell(&words);
            }
            (Reply::Failed(why), awaited) => {
                if awaited.is_some() {
                    self.sheet = None;
                }
                self.desk.complain(&why);
            }
            _ => {}
        }
    }

    /// Puts a screen over the others.
    fn push(&mut self, screen: Screen) {
        self.rest();
        if self.screens.len() >= DEPTH {
            self.screens.remove(0);
        }
        self.screens.push(screen);
    }

    /// The screen that is covered or left waits for nothing: it asks again when it is seen.
    fn rest(&mut self) {
        match self.screens.last_mut() {
            Some(Screen::Chat(chat)) => chat.waiting = None,
            Some(Screen::Search(search)) => search.waiting = None,
            None => {}
        }
    }
}
