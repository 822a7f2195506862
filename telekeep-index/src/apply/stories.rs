//! Stories: what each says now and said before.

use rusqlite::{OptionalExtension as _, params};
use telekeep_model::{Context, Message, Told};

use super::Step;
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

impl Step<'_> {
    /// A version of a story, or its end, which leaves what it was.
    pub(super) fn story(
        &mut self,
        told: &Told,
        chat: i64,
        (seq, time): (u64, i64),
        body: &str,
    ) -> Result<(), IndexError> {
        let doing = "storing a story";
        let (id, date, message) = match told {
            Told::Gone { id } => (*id, 0, None),
            Told::Story(story) => (story.message.id, story.message.date, Some(&story.message)),
        };
        let known: Option<i64> = self
            .db
            .prepare_cached("SELECT no FROM story WHERE journal = ?1 AND chat = ?2 AND id = ?3")
            .and_then(|mut get| {
                let found = get.query_row(params![self.journal, chat, id], |row| row.get(0));
                found.optional()
            })
            .doing(doing)?;
        let Some(message) = message else {
            return self
                .db
                .prepare_cached("UPDATE story SET gone = ?2 WHERE no = ?1")
                .and_then(|mut set| set.execute(params![known, time]))
                .map(drop)
                .doing(doing);
        };
        let past = match known {
            Some(no) => self.keep_version(no, chat).doing(doing)?,
            None => String::new(),
        };
        let no: i64 = self
            .db
            .prepare_cached(
                "INSERT INTO story (journal, chat, id, date, seq, time, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (journal, chat, id) DO UPDATE SET date = ?4, seq = ?5, time = ?6,
                 gone = NULL, body = ?7 RETURNING no",
            )
            .and_then(|mut put| {
                let row = params![self.journal, chat, id, date, signed(seq), time, body];
                put.query_row(row, |row| row.get(0))
            })
            .doing(doing)?;
        self.story_words(no, message, &past).doing(doing)
    }

    /// Moves what a story was to its earlier versions, and gives all they said.
    fn keep_version(&self, no: i64, chat: i64) -> Result<String, rusqlite::Error> {
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO story_version (no, seq, time, body)
                 SELECT no, seq, time, body FROM story WHERE no = ?1",
            )?
            .execute([no])?;
        let mut select = self
            .db
            .prepare_cached("SELECT body FROM story_version WHERE no = ?1 ORDER BY seq")?;
        let mut rows = select.query([no])?;
        let context = Context {
            account: None,
            chat: Some(chat),
        };
        let mut past = String::new();
        while let Some(row) = rows.next()? {
            if let Ok(Told::Story(story)) = Told::parse_str(row.get_ref(0)?.as_str()?, context) {
                past.push('\n');
                past.push_str(&story.message.text);
            }
        }
        Ok(past)
    }

    fn story_words(
        &mut self,
        no: i64,
        message: &Message,
        past: &str,
    ) -> Result<(), rusqlite::Error> {
        let text = self.tokenizer.prepare(&format!("{}{past}", message.text));
        self.db
            .prepare_cached("DELETE FROM story_words WHERE rowid = ?1")?
            .execute([no])?;
        self.db
            .prepare_cached("INSERT INTO story_words (rowid, text) VALUES (?1, ?2)")?
            .execute(params![no, text])
            .map(drop)
    }
}
