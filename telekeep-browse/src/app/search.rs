//! Searching: hits of a query, page by page.

use telekeep_index::{Cursor, Sort};

use super::desk::{Desk, Waiting, arrived};
use crate::ask::{HitItem, Hits, Reply, Request};
use crate::rows::{GUTTER, Rows, Scroll};
use crate::text::{Look, Piece};

/// Hits held; a query with more is better narrowed.
const MOST: usize = 1000;
/// Screens read ahead.
const AHEAD: usize = 2;

/// A search as it is shown.
pub struct SearchScreen {
    /// Only in this chat: its id and name.
    pub scope: Option<(i64, String)>,
    /// What is looked for.
    pub query: String,
    /// The order.
    pub sort: Sort,
    /// What was found.
    pub hits: Vec<HitItem>,
    /// What is wrong with the query: the character and why.
    pub wrong: Option<(usize, String)>,
    /// Rows of the screen.
    pub rows: Rows,
    /// Where in it.
    pub scroll: Scroll,
    /// What is being read.
    pub waiting: Option<Waiting>,
    notes: Vec<String>,
    next: Option<Cursor>,
    appending: bool,
    /// An answer came.
    begun: bool,
}

impl SearchScreen {
    /// Searches.
    pub fn open(desk: &mut Desk, scope: Option<(i64, String)>, query: &str) -> Self {
        let mut screen = Self {
            scope,
            query: query.to_owned(),
            sort: Sort::default(),
            hits: Vec::new(),
            wrong: None,
            rows: Rows::default(),
            scroll: Scroll::default(),
            waiting: None,
            notes: Vec::new(),
            next: None,
            appending: false,
            begun: false,
        };
        screen.ask(desk, None);
        screen
    }

    /// The next order.
    pub fn turn(&mut self, desk: &mut Desk) {
        self.sort = match self.sort {
            Sort::Newest => Sort::Oldest,
            Sort::Oldest => Sort::Relevance,
            Sort::Relevance => Sort::Newest,
        };
        self.ask(desk, None);
    }

    fn ask(&mut self, desk: &mut Desk, after: Option<Cursor>) {
        self.appending = after.is_some();
        self.waiting = Some(desk.ask(Request::Search {
            query: self.query.clone(),
            chat: self.scope.as_ref().map(|(chat, _)| *chat),
            sort: self.sort,
            after,
        }));
    }

    /// The chosen hit.
    pub fn chosen(&self) -> Option<&HitItem> {
        self.hits.get(self.scroll.cursor)
    }

    /// Takes an answer; gives back one for somebody else.
    pub fn take(&mut self, desk: &mut Desk, ticket: u64, reply: Reply) -> Option<Reply> {
        if !arrived(&mut self.waiting, ticket) {
            return Some(reply);
        }
        match reply {
            Reply::Hits(hits) => self.fill(desk, hits),
            Reply::Wrong { at, why } => {
                self.wrong = Some((at, why));
                self.hits.clear();
                self.begun = true;
                self.lay_out(desk);
            }
            Reply::Failed(why) => desk.complain(&why),
            _ => {}
        }
        None
    }

    fn fill(&mut self, desk: &mut Desk, page: Hits) {
        self.begun = true;
        self.wrong = None;
        if !self.appending {
            self.hits.clear();
            self.scroll = Scroll::default();
        }
        self.hits.extend(page.hits);
        self.notes = page.notes;
        self.next = page.next;
        if self.hits.len() >= MOST && self.next.take().is_some() {
            self.notes.push(desk.say.with("browse.many-hits", MOST));
        }
        self.lay_out(desk);
        self.read_on(desk);
    }

    /// Makes the rows anew.
    pub fn lay_out(&mut self, desk: &Desk) {
        let texts = desk.say.texts;
        let width = super::beside_sidebar(desk.width).saturating_sub(GUTTER);
        let mut rows = Rows::default();
        rows.begin();
        let mut lines: Vec<Piece> = Vec::new();
        if let Some((at, why)) = &self.wrong {
            let at = at.to_string();
            let words = texts.fill("search.wrong", &[("at", &at), ("why", why)]);
            lines.push(Piece::line(&words, Look::Bad));
        } else if self.begun && self.hits.is_empty() {
            lines.push(Piece::line(texts.get("search.none"), Look::Dim));
        }
        lines.extend(self.notes.iter().map(|note| Piece::line(note, Look::Dim)));
        for line in lines {
            for row in crate::text::wrap(&[line], width) {
                rows.push(row);
            }
        }
        for (at, hit) in self.hits.iter().enumerate() {
            if at > 0 {
                rows.begin();
            }
            for row in crate::text::wrap(&hit.head, width) {
                rows.push(row);
            }
            rows.blocks(
                &hit.blocks,
                vec![Piece::new("  ", Look::Plain)],
                width,
                desk.veiled,
            );
            rows.push(Vec::new());
        }
        self.rows = rows;
        self.scroll.reveal(&self.rows, desk.body());
    }

    /// Reads further when the end is near.
    pub fn read_on(&mut self, desk: &mut Desk) {
        let seen = self.scroll.top + desk.body() * AHEAD;
        if self.waiting.is_none() && self.next.is_some() && seen >= self.rows.rows.len() {
            self.ask(desk, self.next);
        }
    }
}
