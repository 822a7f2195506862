//! What belongs to the account itself.

use rusqlite::{OptionalExtension as _, params};
use telekeep_model::{AccountPart, OwnText, SavedContact};

use super::Step;
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

impl Step<'_> {
    /// The newest record of a part is how it is.
    pub(super) fn part(
        &mut self,
        part: &AccountPart,
        body: &str,
        time: i64,
    ) -> Result<(), IndexError> {
        self.db
            .prepare_cached(
                "REPLACE INTO account_part (journal, part, time, count, unavailable, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.journal,
                    part.part,
                    time,
                    part.count().map(signed),
                    part.unavailable,
                    body
                ])
            })
            .doing("storing a part of the account")?;
        self.own_texts(&part.part, None, &part.texts())
    }

    /// The newest record of who reacted or voted is how it is. Who was told once stays when the
    /// account may not know any more.
    pub(super) fn crowd(
        &self,
        deed: &str,
        (chat, id): (i64, i64),
        unavailable: Option<&str>,
        body: &str,
    ) -> Result<(), IndexError> {
        let body = unavailable.is_none().then_some(body);
        self.db
            .prepare_cached(
                "INSERT INTO crowd (journal, chat, id, deed, unavailable, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET unavailable = ?5,
                    body = coalesce(?6, body)",
            )
            .and_then(|mut put| {
                put.execute(params![self.journal, chat, id, deed, unavailable, body])
            })
            .map(drop)
            .doing("storing who reacted")
    }

    /// Replaces what a part of the account, or of a chat, says.
    pub(super) fn own_texts(
        &mut self,
        part: &str,
        chat: Option<i64>,
        texts: &[OwnText],
    ) -> Result<(), IndexError> {
        let doing = "storing what a part of the account says";
        self.forget_texts(part, chat).doing(doing)?;
        self.add_texts(part, chat, texts).doing(doing)
    }

    fn forget_texts(&self, part: &str, chat: Option<i64>) -> Result<(), rusqlite::Error> {
        let gone: Vec<i64> = {
            let sql = "DELETE FROM own_text WHERE journal = ?1 AND part = ?2 AND chat IS ?3
                 RETURNING no";
            let mut delete = self.db.prepare_cached(sql)?;
            let rows = delete.query_map(params![self.journal, part, chat], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut forget = self
            .db
            .prepare_cached("DELETE FROM own_words WHERE rowid = ?1")?;
        for no in gone {
            forget.execute([no])?;
        }
        Ok(())
    }

    fn add_texts(
        &mut self,
        part: &str,
        chat: Option<i64>,
        texts: &[OwnText],
    ) -> Result<(), rusqlite::Error> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO own_text (journal, part, chat, peer, date, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING no",
        )?;
        let mut index = self
            .db
            .prepare_cached("INSERT INTO own_words (rowid, text) VALUES (?1, ?2)")?;
        for one in texts {
            let row = params![self.journal, part, chat, one.peer, one.date, one.text];
            let no: i64 = put.query_row(row, |row| row.get(0))?;
            index.execute(params![no, self.tokenizer.prepare(&one.text)])?;
        }
        Ok(())
    }

    /// Adds one more text of a chat.
    pub(super) fn add_text(
        &mut self,
        part: &str,
        chat: i64,
        text: &OwnText,
    ) -> Result<(), IndexError> {
        self.add_texts(part, Some(chat), std::slice::from_ref(text))
            .doing("storing what a part of a chat says")
    }

    /// An entry of the telephone book as it is now, or that it is no more.
    pub(super) fn saved_contact(&mut self, contact: &SavedContact) -> Result<(), IndexError> {
        match contact.gone {
            true => self.remove_contact(contact),
            false => self.put_contact(contact),
        }
        .doing("storing a saved contact")
    }

    fn remove_contact(&self, contact: &SavedContact) -> Result<(), rusqlite::Error> {
        let no: Option<i64> = self
            .db
            .prepare_cached(
                "DELETE FROM saved_contact WHERE journal = ?1 AND phone = ?2 RETURNING no",
            )?
            .query_row(params![self.journal, contact.phone], |row| row.get(0))
            .optional()?;
        self.db
            .prepare_cached("DELETE FROM book WHERE rowid = ?1")?
            .execute([no])
            .map(drop)
    }

    fn put_contact(&mut self, contact: &SavedContact) -> Result<(), rusqlite::Error> {
        let no: i64 = self
            .db
            .prepare_cached(
                "INSERT INTO saved_contact (journal, phone, first, last, date)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (journal, phone) DO UPDATE SET first = ?3, last = ?4, date = ?5
                 RETURNING no",
            )?
            .query_row(
                params![
                    self.journal,
                    contact.phone,
                    contact.first_name,
                    contact.last_name,
                    contact.date
                ],
                |row| row.get(0),
            )?;
        let name = self.tokenizer.prepare(&contact.name());
        self.db
            .prepare_cached("DELETE FROM book WHERE rowid = ?1")?
            .execute([no])?;
        self.db
            .prepare_cached("INSERT INTO book (rowid, name) VALUES (?1, ?2)")?
            .execute(params![no, name])
            .map(drop)
    }
}
