//! What is typed into the last row, and what comes of it.

use super::input::{Key, KeyPress};
use super::line::Line;
use super::prompt::{Purpose, date};
use super::search::SearchScreen;
use super::{App, QUERIES, Screen};
use crate::ask::{Request, Where};

impl App {
    pub(super) fn press_prompt(&mut self, key: KeyPress) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        let is_date = matches!(prompt.purpose, Purpose::Date);
        match key.key {
            Key::Enter => self.submit(),
            Key::Escape => self.cancel(),
            Key::Char('g') if is_date && prompt.line.text().is_empty() => {
                self.prompt = None;
                if let Some(Screen::Chat(chat)) = self.screens.last_mut() {
                    chat.oldest(&mut self.desk);
                }
            }
            Key::Tab => {
                if let Purpose::Search {
                    chat: Some(_),
                    narrow,
                } = &mut prompt.purpose
                {
                    *narrow = !*narrow;
                }
            }
            Key::Up => self.recall(1),
            Key::Down => self.recall(-1),
            _ => {
                prompt.line.press(key);
                self.typed();
            }
        }
    }

    /// What is typed has changed.
    pub(super) fn typed(&mut self) {
        if let Some(prompt) = &self.prompt
            && matches!(prompt.purpose, Purpose::Name)
        {
            let name = prompt.line.text().to_owned();
            self.chats.look_for(&mut self.desk, &name);
        }
    }

    /// An earlier (1) or a later (-1) query.
    fn recall(&mut self, by: isize) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        if !matches!(prompt.purpose, Purpose::Search { .. }) {
            return;
        }
        let wanted = prompt.recalled.saturating_add_signed(by);
        if wanted > self.queries.len() {
            return;
        }
        prompt.recalled = wanted;
        let earlier = wanted.checked_sub(1);
        let query = earlier.and_then(|back| self.queries.iter().rev().nth(back));
        prompt.line = Line::new(query.map_or("", String::as_str));
    }

    fn cancel(&mut self) {
        let Some(prompt) = self.prompt.take() else {
            return;
        };
        if matches!(prompt.purpose, Purpose::Name) && !self.chats.name.is_empty() {
            self.chats.look_for(&mut self.desk, "");
        }
    }

    fn submit(&mut self) {
        let Some(prompt) = self.prompt.take() else {
            return;
        };
        let text = prompt.line.text().trim().to_owned();
        match prompt.purpose {
            Purpose::Name => {}
            _ if text.is_empty() => {}
            Purpose::Date => self.go_to_date(&text),
            Purpose::Search { chat, narrow } => self.search(chat.filter(|_| narrow), &text),
            Purpose::Save(file) => {
                self.desk.ask(Request::Save(file, text));
                self.desk.tell(self.desk.say.get("browse.saving"));
            }
        }
    }

    fn go_to_date(&mut self, text: &str) {
        let Some(Screen::Chat(chat)) = self.screens.last_mut() else {
            return;
        };
        match date(text, self.desk.today) {
            Some(day) => chat.go(&mut self.desk, Where::Day(day)),
            None => {
                let words = self.desk.say.with("browse.bad-date", text);
                self.desk.complain(&words);
            }
        }
    }

    fn search(&mut self, scope: Option<(i64, String)>, query: &str) {
        self.queries.retain(|earlier| earlier != query);
        self.queries.push(query.to_owned());
        if self.queries.len() > QUERIES {
            self.queries.remove(0);
        }
        let screen = SearchScreen::open(&mut self.desk, scope, query);
        // A changed query takes the place of the one before.
        match self.screens.last_mut() {
            Some(Screen::Search(before)) => **before = screen,
            _ => self.push(Screen::Search(Box::new(screen))),
        }
    }
}
