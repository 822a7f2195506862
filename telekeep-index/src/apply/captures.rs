//! Notes: each is kept once and never changed.

use rusqlite::params;
use telekeep_model::Note;

use super::Step;
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

impl Step<'_> {
    pub(super) fn capture(
        &mut self,
        note: &Note,
        chat: Option<i64>,
        (seq, time): (u64, i64),
        body: &str,
    ) -> Result<(), IndexError> {
        for file in &note.files {
            self.files.held(Box::new(file.held()));
        }
        let words = self.tokenizer.prepare(&note.search_text());
        let date = note.date.unwrap_or(time.div_euclid(1000));
        let store = || -> Result<(), rusqlite::Error> {
            let no: i64 = self
                .db
                .prepare_cached(
                    "INSERT INTO capture (journal, seq, chat, title, date, time, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING no",
                )?
                .query_row(
                    params![
                        self.journal,
                        signed(seq),
                        chat,
                        note.title,
                        date,
                        time,
                        body
                    ],
                    |row| row.get(0),
                )?;
            self.db
                .prepare_cached("INSERT INTO capture_words (rowid, text) VALUES (?1, ?2)")?
                .execute(params![no, words])
                .map(drop)
        };
        store().doing("storing a note")
    }
}
