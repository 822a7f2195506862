//! A sheet over the screen: help, details, versions, or things to choose from.

use super::desk::{Desk, Waiting};
use super::keys;
use crate::ask::{FileItem, Room};
use crate::rows::{GUTTER, Rows, Scroll, unless_veiled};
use crate::text::{Look, Piece, columns, wrap};

/// Widest sheet.
const WIDEST: usize = 88;

/// What can be chosen.
#[derive(Clone, Debug)]
pub enum Choice {
    /// Open this file.
    Open(FileItem),
    /// Save this file.
    Save(FileItem),
    /// Show this topic.
    Topic(Room, String),
}

/// A sheet as it is shown.
#[derive(Default)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Rows of it.
    pub rows: Rows,
    /// Where in it.
    pub scroll: Scroll,
    /// What is being read.
    pub waiting: Option<Waiting>,
    /// What each item stands for; nothing for a text.
    pub choices: Vec<Choice>,
    lines: Vec<Vec<Piece>>,
}

/// Columns and rows inside the frame of a sheet.
pub fn room(desk: &Desk) -> (usize, usize) {
    let width = desk.width.min(WIDEST).saturating_sub(4);
    (width.max(8), desk.height.saturating_sub(4).max(1))
}

impl Sheet {
    /// A text that is still to come.
    pub fn awaited(title: &str, waiting: Waiting) -> Self {
        Self {
            title: title.to_owned(),
            waiting: Some(waiting),
            ..Self::default()
        }
    }

    /// Things to choose from: a line for each.
    pub fn choose(desk: &Desk, title: &str, choices: Vec<(String, Choice)>) -> Self {
        let (lines, choices): (Vec<_>, Vec<_>) = choices.into_iter().unzip();
        let line = |text: &String| vec![Piece::line(text, Look::Plain)];
        let mut sheet = Self {
            title: title.to_owned(),
            choices,
            ..Self::default()
        };
        sheet.fill(desk, lines.iter().map(line).collect());
        sheet
    }

    /// Every key and what it does.
    pub fn help(desk: &Desk) -> Self {
        let say = desk.say;
        let widest = keys::all().map(|(keys, _)| columns(keys)).max();
        let widest = widest.unwrap_or_default();
        let mut lines = Vec::new();
        for section in keys::SECTIONS {
            lines.push(vec![Piece::line(say.get(section.title), Look::Strong)]);
            for (keys, does) in section.keys {
                let space = " ".repeat(widest - columns(keys) + 2);
                lines.push(vec![
                    Piece::new(keys, Look::Link),
                    Piece::new(&space, Look::Plain),
                    Piece::line(say.get(does), Look::Plain),
                ]);
            }
            lines.push(Vec::new());
        }
        let mut sheet = Self {
            title: say.texts.get("keys.title").to_owned(),
            ..Self::default()
        };
        sheet.fill(desk, lines);
        sheet
    }

    /// What it says.
    pub fn fill(&mut self, desk: &Desk, lines: Vec<Vec<Piece>>) {
        self.lines = lines;
        self.lay_out(desk);
    }

    /// Makes the rows anew.
    pub fn lay_out(&mut self, desk: &Desk) {
        let (width, height) = room(desk);
        let gutter = if self.choices.is_empty() { 0 } else { GUTTER };
        let mut rows = Rows::default();
        for line in &self.lines {
            rows.begin();
            let line = unless_veiled(line, desk.veiled);
            for row in wrap(&line, width.saturating_sub(gutter)) {
                rows.push(row);
            }
        }
        self.rows = rows;
        self.scroll.reveal(&self.rows, height);
    }

    /// One further or back.
    pub fn step(&mut self, desk: &Desk, down: bool) {
        let (_, height) = room(desk);
        match (self.choices.is_empty(), down) {
            (true, true) => self.scroll.scroll(&self.rows, height, 1),
            (true, false) => self.scroll.scroll(&self.rows, height, -1),
            (false, true) => self.scroll.down(&self.rows, height),
            (false, false) => self.scroll.up(&self.rows, height),
        }
    }

    /// A screen further or back.
    pub fn page(&mut self, desk: &Desk, down: bool) {
        let (_, height) = room(desk);
        self.scroll.page(&self.rows, height, down);
    }

    /// What is chosen.
    pub fn chosen(&self) -> Option<&Choice> {
        self.choices.get(self.scroll.cursor)
    }
}
