//! What every screen needs to do its work: the language, the size, the clock, and where commands go.

use super::input::Command;
use crate::ask::Request;
use crate::say::Say;

/// Milliseconds before it is said that something is being read.
const PATIENCE: u64 = 50;

/// Shared by all screens.
pub struct Desk {
    /// The reader's language.
    pub say: &'static Say,
    /// Columns of the terminal.
    pub width: usize,
    /// Rows of the terminal.
    pub height: usize,
    /// Milliseconds since the start.
    pub now: u64,
    /// What was said last, and whether it is bad.
    pub notice: Option<(String, bool)>,
    /// Spoilers are hidden.
    pub veiled: bool,
    /// Today, as a day number since 1970.
    pub today: i64,
    pub(super) out: Vec<Command>,
    tickets: u64,
}

/// An answer that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub ticket: u64,
    since: u64,
}

impl Desk {
    pub(super) fn new(say: &'static Say, width: u16, height: u16, today: i64) -> Self {
        Self {
            say,
            width: usize::from(width),
            height: usize::from(height),
            now: 0,
            notice: None,
            veiled: true,
            today,
            out: Vec::new(),
            tickets: 0,
        }
    }

    /// Asks the archive.
    pub fn ask(&mut self, request: Request) -> Waiting {
        self.tickets += 1;
        self.out.push(Command::Ask(self.tickets, request));
        Waiting {
            ticket: self.tickets,
            since: self.now,
        }
    }

    /// Says something until the next key.
    pub fn tell(&mut self, words: &str) {
        self.notice = Some((crate::text::one_line(words), false));
    }

    /// Says that something did not work.
    pub fn complain(&mut self, words: &str) {
        self.notice = Some((crate::text::one_line(words), true));
    }

    /// Rows between the head and the foot.
    pub fn body(&self) -> usize {
        self.height.saturating_sub(2).max(1)
    }

    /// It takes so long that it is worth saying.
    pub fn is_long(&self, waiting: Option<Waiting>) -> bool {
        waiting.is_some_and(|waiting| self.now >= waiting.since + PATIENCE)
    }
}

/// Is this the answer that is waited for? Then it is no longer.
pub fn arrived(waiting: &mut Option<Waiting>, ticket: u64) -> bool {
    let is = waiting.is_some_and(|waiting| waiting.ticket == ticket);
    if is {
        *waiting = None;
    }
    is
}
