//! What keys, the wheel and clicks do.

use telekeep_view::reading::FOLDERS;

use super::chat::ChatScreen;
use super::input::{Command, Key, KeyPress};
use super::prompt::{Prompt, Purpose};
use super::search::SearchScreen;
use super::sheet::{Choice, Sheet};
use super::{App, Screen};
use crate::ask::{FileItem, Request, Room, Where};

/// Movements that every list knows.
enum Move {
    Down,
    Up,
    Page(bool),
    Half(bool),
}

fn movement(key: KeyPress) -> Option<Move> {
    Some(match (key.key, key.control) {
        (Key::Down | Key::Char('j'), false) | (Key::Char('n'), true) => Move::Down,
        (Key::Up | Key::Char('k'), false) | (Key::Char('p'), true) => Move::Up,
        (Key::PageDown | Key::Char(' '), false) | (Key::Char('f'), true) => Move::Page(true),
        (Key::PageUp, false) | (Key::Char('b'), true) => Move::Page(false),
        (Key::Char('d'), true) => Move::Half(true),
        (Key::Char('u'), true) => Move::Half(false),
        _ => return None,
    })
}

impl App {
    pub(super) fn press(&mut self, key: KeyPress) {
        self.desk.notice = None;
        if key.key == Key::Char('c') && key.control {
            self.desk.out.push(Command::Quit);
        } else if key.key == Key::Char('l') && key.control {
            self.desk.out.push(Command::Redraw);
        } else if self.prompt.is_some() {
            self.press_prompt(key);
        } else if self.sheet.is_some() {
            self.press_sheet(key);
        } else if let Some(movement) = movement(key) {
            self.move_by(&movement);
        } else if !key.control {
            self.press_screen(key.key);
        }
    }

    fn press_screen(&mut self, key: Key) {
        match key {
            Key::Char('?') | Key::F(1) => self.sheet = Some(Sheet::help(&self.desk)),
            Key::Char('q') | Key::Escape => self.back(key),
            Key::Char('h') | Key::Left if !self.screens.is_empty() => self.back(key),
            Key::Char('s') => self.ask_search(false),
            Key::Char('i') => self.details(),
            Key::Char('r') | Key::F(5) => self.refresh(),
            Key::Char('x') => self.turn_spoilers(),
            _ => match self.screens.last() {
                None => self.press_list(key),
                Some(Screen::Chat(_)) => self.press_chat(key),
                Some(Screen::Search(_)) => self.press_search(key),
            },
        }
    }

    /// Shows spoilers, or hides them again, everywhere.
    fn turn_spoilers(&mut self) {
        self.desk.veiled = !self.desk.veiled;
        self.lay_out();
    }

    fn back(&mut self, key: Key) {
        if self.screens.pop().is_some() {
            if let Some(Screen::Chat(chat)) = self.screens.last_mut()
                && !chat.begun
            {
                chat.go(&mut self.desk, Where::Newest);
            }
            self.lay_out();
        } else if key == Key::Char('q') {
            self.desk.out.push(Command::Quit);
        } else if !self.chats.name.is_empty() {
            self.chats.look_for(&mut self.desk, "");
        }
    }

    fn move_by(&mut self, movement: &Move) {
        let height = self.desk.body();
        let half = isize::try_from(height / 2).unwrap_or(1).max(1);
        let (scroll, rows) = match self.screens.last_mut() {
            None => (&mut self.chats.scroll, &self.chats.rows),
            Some(Screen::Chat(chat)) => (&mut chat.scroll, &chat.rows),
            Some(Screen::Search(search)) => (&mut search.scroll, &search.rows),
        };
        match movement {
            Move::Down => scroll.down(rows, height),
            Move::Up => scroll.up(rows, height),
            Move::Page(down) => scroll.page(rows, height, *down),
            Move::Half(down) => scroll.scroll(rows, height, if *down { half } else { -half }),
        }
        self.read_on();
    }

    pub(super) fn wheel(&mut self, by: isize) {
        let height = self.desk.body();
        if let Some(sheet) = &mut self.sheet {
            let (_, height) = super::sheet_room(&self.desk);
            sheet.scroll.scroll(&sheet.rows, height, by);
            return;
        }
        match self.screens.last_mut() {
            None => self.chats.scroll.scroll(&self.chats.rows, height, by),
            Some(Screen::Chat(chat)) => chat.scroll.scroll(&chat.rows, height, by),
            Some(Screen::Search(search)) => search.scroll.scroll(&search.rows, height, by),
        }
        self.read_on();
    }

    /// Chooses what was clicked; what was chosen already is opened.
    pub(super) fn click(&mut self, row: usize) {
        if self.sheet.is_some() || self.prompt.is_some() || row == 0 || row > self.desk.body() {
            return;
        }
        let (scroll, rows) = match self.screens.last_mut() {
            None => (&mut self.chats.scroll, &self.chats.rows),
            Some(Screen::Chat(chat)) => (&mut chat.scroll, &chat.rows),
            Some(Screen::Search(search)) => (&mut search.scroll, &search.rows),
        };
        let Some(row) = rows.rows.get(scroll.top + row - 1) else {
            return;
        };
        let again = scroll.cursor == row.item;
        scroll.cursor = row.item;
        if again && !matches!(self.screens.last(), Some(Screen::Chat(_))) {
            self.press_screen(Key::Enter);
        }
    }

    fn press_list(&mut self, key: Key) {
        let height = self.desk.body();
        let folder = self.chats.folder;
        let last = self.chats.chats.len().saturating_sub(1);
        match key {
            Key::Enter | Key::Char('l') | Key::Right => self.open_chosen(),
            Key::Tab => self.chats.turn(&mut self.desk, folder + 1),
            Key::BackTab => {
                let folder = folder + FOLDERS.len() - 1;
                self.chats.turn(&mut self.desk, folder);
            }
            Key::Char(c @ '1'..='5') => {
                let folder = usize::try_from(u32::from(c) - u32::from('1')).unwrap_or(0);
                self.chats.turn(&mut self.desk, folder);
            }
            Key::Char('/') => {
                let name = self.chats.name.clone();
                self.prompt = Some(Prompt::new(Purpose::Name, &name));
            }
            Key::Char('g') | Key::Home => self.chats.scroll.go(&self.chats.rows, height, 0),
            Key::Char('G') | Key::End => {
                self.chats.scroll.go(&self.chats.rows, height, last);
                self.chats.read_on(&mut self.desk);
            }
            _ => {}
        }
    }

    fn open_chosen(&mut self) {
        let Some((id, title)) = self
            .chats
            .chosen()
            .map(|chat| (chat.id, chat.title.text.clone()))
        else {
            return;
        };
        let room = Room {
            chat: id,
            topic: None,
        };
        let screen = ChatScreen::open(&mut self.desk, room, &title, Where::Newest);
        self.push(Screen::Chat(Box::new(screen)));
    }

    fn press_chat(&mut self, key: Key) {
        let Some(Screen::Chat(chat)) = self.screens.last_mut() else {
            return;
        };
        match key {
            Key::Char('/') => self.ask_search(true),
            Key::Char('g') => self.prompt = Some(Prompt::new(Purpose::Date, "")),
            Key::Home => chat.oldest(&mut self.desk),
            Key::Char('G') | Key::End => chat.newest(&mut self.desk),
            Key::Enter => self.go_to_answered(),
            Key::Backspace => chat.jump_back(&mut self.desk),
            Key::Char('o') => self.choose_file(Choice::Open),
            Key::Char('S') => self.choose_file(Choice::Save),
            Key::Char('e') => self.versions(),
            Key::Char('y') => self.copy(),
            Key::Char('t') => self.topics(),
            Key::Char('n') => self.other_chat(true),
            Key::Char('p') => self.other_chat(false),
            _ => {}
        }
    }

    fn go_to_answered(&mut self) {
        let Some(Screen::Chat(chat)) = self.screens.last_mut() else {
            return;
        };
        let here = chat.chat();
        match chat.chosen().map(|entry| entry.reply) {
            Some(Some((there, id))) if there == here => chat.jump(&mut self.desk, id),
            Some(Some((there, id))) => self.open_at(there, "", id),
            Some(None) => self.details(),
            None => {}
        }
    }

    /// Opens a chat at a message, over what is there.
    fn open_at(&mut self, chat: i64, title: &str, id: i64) {
        let room = Room { chat, topic: None };
        let screen = ChatScreen::open(&mut self.desk, room, title, Where::Around(id));
        self.push(Screen::Chat(Box::new(screen)));
    }

    /// The next or previous chat of the list in the place of this one.
    fn other_chat(&mut self, next: bool) {
        if self.screens.len() != 1 {
            return;
        }
        let before = self.chats.scroll.cursor;
        let to = if next {
            before + 1
        } else {
            before.saturating_sub(1)
        };
        if to == before || to >= self.chats.chats.len() {
            return;
        }
        let height = self.desk.body();
        self.chats.scroll.go(&self.chats.rows, height, to);
        self.screens.clear();
        self.open_chosen();
        self.chats.read_on(&mut self.desk);
    }

    fn press_search(&mut self, key: Key) {
        let Some(Screen::Search(search)) = self.screens.last_mut() else {
            return;
        };
        let height = self.desk.body();
        match key {
            Key::Enter | Key::Char('l') | Key::Right => {
                if let Some(hit) = search.chosen() {
                    let (chat, id) = (hit.chat, hit.id);
                    self.open_at(chat, "", id);
                }
            }
            Key::Char('/') => {
                let purpose = Purpose::Search {
                    chat: search.scope.clone(),
                    narrow: search.scope.is_some(),
                };
                self.prompt = Some(Prompt::new(purpose, &search.query));
            }
            Key::Char('t') | Key::Tab => search.turn(&mut self.desk),
            Key::Char('g') | Key::Home => search.scroll.go(&search.rows, height, 0),
            Key::Char('G') | Key::End => {
                let last = search.hits.len().saturating_sub(1);
                search.scroll.go(&search.rows, height, last);
                search.read_on(&mut self.desk);
            }
            _ => {}
        }
    }

    fn ask_search(&mut self, narrow: bool) {
        let chat = match self.screens.last() {
            Some(Screen::Chat(chat)) => Some((chat.chat(), chat.title.clone())),
            Some(Screen::Search(search)) => search.scope.clone(),
            None => None,
        };
        self.prompt = Some(Prompt::new(Purpose::Search { chat, narrow }, ""));
    }

    fn refresh(&mut self) {
        self.chats.refresh(&mut self.desk);
        match self.screens.last_mut() {
            Some(Screen::Chat(chat)) => match chat.chosen().map(|entry| entry.id) {
                Some(id) => chat.go(&mut self.desk, Where::Around(id)),
                None => chat.go(&mut self.desk, Where::Newest),
            },
            Some(Screen::Search(search)) => {
                let (scope, query) = (search.scope.clone(), search.query.clone());
                **search = SearchScreen::open(&mut self.desk, scope, &query);
            }
            None => {}
        }
    }

    fn details(&mut self) {
        let (chat, id) = match self.screens.last() {
            Some(Screen::Chat(chat)) => (chat.chat(), chat.chosen().map(|entry| entry.id)),
            Some(Screen::Search(search)) => match search.chosen() {
                Some(hit) => (hit.chat, Some(hit.id)),
                None => return,
            },
            None => match self.chats.chosen() {
                Some(chat) => (chat.id, None),
                None => return,
            },
        };
        let waiting = self.desk.ask(Request::Details { chat, id });
        self.sheet = Some(Sheet::awaited(self.desk.say.get("help.details"), waiting));
    }

    fn versions(&mut self) {
        let say = self.desk.say;
        let Some(Screen::Chat(chat)) = self.screens.last() else {
            return;
        };
        match chat.chosen().and_then(|entry| entry.versions_of) {
            Some(id) => {
                let chat = chat.chat();
                let waiting = self.desk.ask(Request::Versions { chat, id });
                let title = say.texts.get("history.title");
                self.sheet = Some(Sheet::awaited(title, waiting));
            }
            None => self.desk.tell(say.get("browse.no-versions")),
        }
    }

    fn topics(&mut self) {
        let say = self.desk.say;
        let Some(Screen::Chat(chat)) = self.screens.last() else {
            return;
        };
        if !chat.forum {
            self.desk.tell(say.get("browse.no-topics"));
            return;
        }
        let waiting = self.desk.ask(Request::Topics(chat.chat()));
        self.sheet = Some(Sheet::awaited(say.texts.get("chat.topics"), waiting));
    }

    pub(super) fn offer_topics(&mut self, topics: Vec<(i64, String)>) {
        let Some(Screen::Chat(chat)) = self.screens.last() else {
            return;
        };
        let chat = chat.chat();
        let choice = |(id, name): (i64, String)| {
            let room = Room {
                chat,
                topic: Some(id),
            };
            (name.clone(), Choice::Topic(room, name))
        };
        let choices = topics.into_iter().map(choice).collect();
        let title = self.desk.say.texts.get("chat.topics");
        self.sheet = Some(Sheet::choose(&self.desk, title, choices));
    }

    fn copy(&mut self) {
        let say = self.desk.say;
        let Some(Screen::Chat(chat)) = self.screens.last() else {
            return;
        };
        let text = chat.chosen().map(|entry| entry.copy.clone());
        match text.filter(|text| !text.is_empty()) {
            Some(text) => {
                self.desk.out.push(Command::Copy(text));
                self.desk.tell(say.get("browse.copied"));
            }
            None => self.desk.tell(say.get("browse.no-text")),
        }
    }

    fn choose_file(&mut self, make: fn(FileItem) -> Choice) {
        let say = self.desk.say;
        let Some(Screen::Chat(chat)) = self.screens.last() else {
            return;
        };
        let mut files = chat
            .chosen()
            .map(|entry| entry.files.clone())
            .unwrap_or_default();
        match files.len() {
            0 => self.desk.tell(say.get("browse.no-file")),
            1 => self.choose(make(files.remove(0))),
            _ => {
                let each = files
                    .into_iter()
                    .map(|file| (file.words.clone(), make(file)));
                let title = say.get("browse.which-file");
                self.sheet = Some(Sheet::choose(&self.desk, title, each.collect()));
            }
        }
    }

    fn choose(&mut self, choice: Choice) {
        let say = self.desk.say;
        self.sheet = None;
        match choice {
            Choice::Open(file) | Choice::Save(file) if file.missing.is_some() => {
                self.desk.complain(&file.missing.unwrap_or_default());
            }
            Choice::Open(file) => {
                self.desk.ask(Request::Open(file));
                self.desk.tell(say.get("browse.opening"));
            }
            Choice::Save(file) => {
                let name = telekeep_view::safe_name(&file.name);
                let name = if file.name.is_empty() { "./" } else { &name };
                self.prompt = Some(Prompt::new(Purpose::Save(file.clone()), name));
            }
            Choice::Topic(room, name) => {
                let screen = ChatScreen::open(&mut self.desk, room, &name, Where::Newest);
                self.push(Screen::Chat(Box::new(screen)));
            }
        }
    }

    fn press_sheet(&mut self, key: KeyPress) {
        let Some(sheet) = &mut self.sheet else { return };
        let desk = &self.desk;
        match movement(key) {
            Some(Move::Down) => return sheet.step(desk, true),
            Some(Move::Up) => return sheet.step(desk, false),
            Some(Move::Page(down) | Move::Half(down)) => return sheet.page(desk, down),
            None => {}
        }
        match key.key {
            Key::Enter => match sheet.chosen().cloned() {
                Some(choice) => self.choose(choice),
                None => self.sheet = None,
            },
            Key::Char('q' | '?' | 'i' | 'e') | Key::Escape | Key::Backspace => self.sheet = None,
            Key::Char('x') => self.turn_spoilers(),
            _ => {}
        }
    }
}
