//! The list of chats.

use std::collections::HashSet;

use telekeep_view::reading::FOLDERS;

use super::desk::{Desk, Waiting, arrived};
use crate::ask::{ChatItem, Reply, Request};
use crate::rows::{GUTTER, Rows, Scroll};
use crate::text::{Look, Piece, columns_of, fit_row};

/// Screens below the chosen chat that are read ahead.
const AHEAD: usize = 2;

/// The list as it is shown.
#[derive(Default)]
pub struct ChatList {
    /// Which of [`FOLDERS`].
    pub folder: usize,
    /// Part of a name that is looked for.
    pub name: String,
    /// What was read of it.
    pub chats: Vec<ChatItem>,
    /// Rows of the screen.
    pub rows: Rows,
    /// Where in it.
    pub scroll: Scroll,
    /// What is being read.
    pub waiting: Option<Waiting>,
    /// Nothing was read yet.
    pub begun: bool,
    /// Chats that could miss something.
    missing: HashSet<i64>,
    missing_waiting: Option<Waiting>,
    next: Option<i64>,
    /// The answer goes on what is there.
    appending: bool,
    /// The chat to stay on.
    keep: Option<i64>,
    width: usize,
    /// It stands beside a chat, if there is room for both.
    pub beside: bool,
}

impl ChatList {
    /// Reads the list from its beginning and what could be missing.
    pub fn refresh(&mut self, desk: &mut Desk) {
        self.keep = self.chosen().map(|chat| chat.id);
        self.read(desk);
        self.missing_waiting = Some(desk.ask(Request::Missing));
    }

    fn read(&mut self, desk: &mut Desk) {
        self.appending = false;
        self.waiting = Some(desk.ask(self.request(None)));
    }

    fn request(&self, after: Option<i64>) -> Request {
        Request::Chats {
            folder: FOLDERS.get(self.folder).unwrap_or(&FOLDERS[0]),
            name: self.name.clone(),
            after,
        }
    }

    /// Shows another folder.
    pub fn turn(&mut self, desk: &mut Desk, folder: usize) {
        self.folder = folder % FOLDERS.len();
        self.keep = None;
        self.read(desk);
    }

    /// Looks for a name.
    pub fn look_for(&mut self, desk: &mut Desk, name: &str) {
        name.clone_into(&mut self.name);
        self.keep = None;
        self.read(desk);
    }

    /// The chosen chat.
    pub fn chosen(&self) -> Option<&ChatItem> {
        self.chats.get(self.scroll.cursor)
    }

    /// Could something of this chat be missing?
    pub fn is_open(&self, chat: i64) -> bool {
        self.missing.contains(&chat)
    }

    /// Takes an answer; false when it is for somebody else.
    pub fn take(&mut self, desk: &mut Desk, ticket: u64, reply: Reply) -> Option<Reply> {
        if arrived(&mut self.missing_waiting, ticket) {
            if let Reply::Missing(chats) = reply {
                self.missing = chats.into_iter().collect();
                self.lay_out(desk);
            }
            return None;
        }
        if !arrived(&mut self.waiting, ticket) {
            return Some(reply);
        }
        match reply {
            Reply::Chats { rows, next } => self.fill(desk, rows, next),
            Reply::Failed(why) => desk.complain(&why),
            _ => {}
        }
        None
    }

    fn fill(&mut self, desk: &mut Desk, chats: Vec<ChatItem>, next: Option<i64>) {
        self.begun = true;
        self.next = next;
        if self.appending {
            self.chats.extend(chats);
        } else {
            self.chats = chats;
            let keep = self.keep.take();
            let at = self.chats.iter().position(|chat| Some(chat.id) == keep);
            self.scroll = Scroll::default();
            self.scroll.cursor = at.unwrap_or(0);
        }
        self.lay_out(desk);
        self.read_on(desk);
    }

    /// Makes the rows anew.
    pub fn lay_out(&mut self, desk: &Desk) {
        self.width = self.columns(desk);
        let mut rows = Rows::default();
        for chat in &self.chats {
            rows.begin();
            let [first, second] = chat_rows(chat, self.is_open(chat.id), self.width - GUTTER);
            rows.push(first);
            rows.push(second);
        }
        self.rows = rows;
        self.scroll.reveal(&self.rows, desk.body());
    }

    fn columns(&self, desk: &Desk) -> usize {
        let beside = super::sidebar(desk.width).filter(|_| self.beside);
        beside.unwrap_or(desk.width).max(GUTTER + 8)
    }

    /// Reads further when the end is near.
    pub fn read_on(&mut self, desk: &mut Desk) {
        let seen = self.scroll.top + desk.body() * AHEAD;
        if let Some(after) = self.next
            && self.waiting.is_none()
            && seen >= self.rows.rows.len()
        {
            self.appending = true;
            self.waiting = Some(desk.ask(self.request(Some(after))));
        }
    }
}

/// A chat in two rows: name and date, newest message and how many there are.
fn chat_rows(chat: &ChatItem, open: bool, width: usize) -> [Vec<Piece>; 2] {
    let mut first = Vec::new();
    if chat.pinned {
        first.push(Piece::new("▲ ", Look::Dim));
    }
    first.push(chat.title.clone());
    if chat.forum {
        first.push(Piece::new(" #", Look::Dim));
    }
    let when = vec![Piece::line(&chat.when, Look::Dim)];
    let mut held = Vec::new();
    if open {
        held.push(Piece::new("! ", Look::Bad));
    }
    held.push(Piece::line(&chat.held, Look::Dim));
    [
        spread(&first, when, width),
        spread(&chat.newest, held, width),
    ]
}

/// One part at each end of a row; the left one is cut when there is no room for both.
pub fn spread(left: &[Piece], right: Vec<Piece>, width: usize) -> Vec<Piece> {
    let taken = columns_of(&right);
    let mut row = fit_row(left, width.saturating_sub(taken + 1));
    let gap = width.saturating_sub(columns_of(&row) + taken);
    row.push(Piece {
        text: " ".repeat(gap),
        look: Look::Plain,
    });
    row.extend(right);
    row
}
