//! What of each chat is selected, and how far that was carried out.

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{Doing, SpoolError};
use super::tx::{meta, remove_meta, set_meta};
use super::{ChatFacts, Departed, Intervals, Kind, Spool, SpoolTx, Who};

/// Why a chat is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is none of the kinds, chats and folders asked for.
    NotAsked,
    /// It is excluded.
    Excluded,
}

/// What of a chat is selected, when that is not all of it. The JSON of this is in records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Nothing of it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out: Option<Why>,
    /// Messages from this moment on (unix seconds).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Messages before this moment (unix seconds).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Only messages of the account itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// Only these topics of a forum, by the id of their first message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<i32>,
    /// The first id that `since` allows, once the server told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<i32>,
    /// The last id that `until` allows, once the server told and no more can come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<i32>,
    /// Of what is no interval of ids: it was listed to its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
}

impl Scope {
    /// A chat that is left out.
    pub fn left_out(why: Why) -> Scope {
        Scope {
            out: Some(why),
            ..Scope::default()
        }
    }

    /// True when everything is selected.
    pub fn is_whole(&self) -> bool {
        *self == Scope::default()
    }

    /// True when what is selected is listed as intervals of ids.
    pub fn is_interval(&self) -> bool {
        !self.own && self.topics.is_empty()
    }

    /// The same without what the server told about it.
    pub fn asked(&self) -> Scope {
        Scope {
            first: None,
            last: None,
            listed: false,
            ..self.clone()
        }
    }

    pub(super) fn parse(text: &str) -> Option<Scope> {
        serde_json::from_str(text).ok()
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Digest of the rules for files that were applied last.
const FILE_RULES: &str = "file_rules";

impl Spool {
    /// What selections are decided by, of every chat.
    pub fn chat_facts(&self) -> Result<Vec<ChatFacts>, SpoolError> {
        let db = self.reading();
        let mut select = db
            .prepare_cached(
                "SELECT chat.chat, coalesce(peer.name, ''), coalesce(peer.usernames, ''),
                 coalesce(peer.sort, 0), coalesce(peer.contact, 0), coalesce(peer.became, successor),
                 coalesce(channel.rank, peer.rank, 0), peer.direct_of, coalesce(peer.forum, 0),
                 coalesce(peer.is_self, 0),
                 archived, departed
                 FROM chat LEFT JOIN peer ON peer.chat = chat.chat
                 LEFT JOIN peer AS channel ON channel.chat = peer.direct_of ORDER BY chat.chat",
            )
            .doing("reading chats")?;
        let rows = select.query_map([], |row| {
            Ok(ChatFacts {
                chat: row.get(0)?,
                who: Who::at(row, 1)?,
                is_self: row.get(9)?,
                archived: row.get(10)?,
                departed: Departed::of(row.get(11)?),
            })
        });
        rows.and_then(Iterator::collect).doing("reading chats")
    }

    /// What is listed of a part of a chat that is no interval of ids.
    pub fn strand(&self, chat: i64, name: &str) -> Result<Intervals, SpoolError> {
        strand(&self.reading(), chat, name)
    }
}

fn strand(db: &rusqlite::Connection, chat: i64, name: &str) -> Result<Intervals, SpoolError> {
    let doing = "reading what is listed of a part";
    let mut select = db
        .prepare_cached("SELECT first, last FROM strand WHERE chat = ?1 AND name = ?2")
        .doing(doing)?;
    let mut rows = select.query(params![chat, name]).doing(doing)?;
    let mut set = Intervals::new();
    while let Some(row) = rows.next().doing(doing)? {
        set.insert(row.get(0).doing(doing)?, row.get(1).doing(doing)?);
    }
    Ok(set)
}

impl SpoolTx<'_> {
    /// Notes and records what of a chat is selected; nothing when that is known. True when it is
    /// news.
    pub fn set_scope(&mut self, chat: i64, scope: &Scope) -> Result<bool, SpoolError> {
        let known = self.scope(chat)?.unwrap_or_default();
        if known.asked() == scope.asked() {
            return Ok(false);
        }
        self.put_scope(chat, scope, true)?;
        let body = json!({"from": 1, "to": 0, "selection": scope});
        self.record_value(Kind::Coverage, Some(chat), None, &body)?;
        Ok(true)
    }

    /// The server told which ids the selected dates are. True when it is news.
    pub fn set_bounds(&mut self, chat: i64, scope: &Scope) -> Result<bool, SpoolError> {
        if self.scope(chat)?.as_ref() == Some(scope) {
            return Ok(false);
        }
        self.put_scope(chat, scope, false)?;
        let body = json!({"from": 1, "to": 0, "selection": scope});
        self.record_value(Kind::Coverage, Some(chat), None, &body)?;
        Ok(true)
    }

    fn scope(&self, chat: i64) -> Result<Option<Scope>, SpoolError> {
        let text: Option<Option<String>> = self
            .db
            .prepare_cached("SELECT scope FROM chat WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .doing("reading what is selected")?;
        Ok(text.flatten().and_then(|text| Scope::parse(&text)))
    }

    /// What was listed under another scope says nothing about this one.
    pub(super) fn put_scope(
        &mut self,
        chat: i64,
        scope: &Scope,
        anew: bool,
    ) -> Result<(), SpoolError> {
        let text = (!scope.is_whole()).then(|| scope.text());
        self.db
            .prepare_cached(
                "UPDATE chat SET scope = ?2,
                 scope_listed = CASE WHEN ?3 THEN NULL ELSE scope_listed END,
                 departed = CASE WHEN ?3 AND departed = 2 AND ?4 THEN 1 ELSE departed END,
                 counted = CASE WHEN ?2 IS NULL THEN counted END
                 WHERE chat = ?1",
            )
            .and_then(|mut set| set.execute(params![chat, text, anew, scope.out.is_none()]))
            .map(drop)
            .doing("noting what is selected")
    }

    /// What is selected of a chat is listed to its end. Of own messages and topics no coverage tells
    /// that, so it is recorded.
    pub fn scope_listed(&mut self, chat: i64) -> Result<(), SpoolError> {
        let scope = self.scope(chat)?.filter(|scope| scope.out.is_none());
        if let Some(mut scope) = scope.filter(|scope| !scope.is_interval() && !scope.listed) {
            scope.listed = true;
            self.set_bounds(chat, &scope)?;
        }
        self.db
            .prepare_cached("UPDATE chat SET scope_listed = coalesce(top, 0) WHERE chat = ?1")
            .and_then(|mut set| set.execute([chat]))
            .map(drop)
            .doing("noting what was listed")
    }

    /// These ids of a part of a chat that is no interval of ids are listed.
    pub fn cover_strand(
        &mut self,
        chat: i64,
        name: &str,
        first: i32,
        last: i32,
    ) -> Result<(), SpoolError> {
        let doing = "noting what is listed of a part";
        let mut set = strand(self.db, chat, name)?;
        set.insert(first.into(), last.into());
        self.db
            .prepare_cached("DELETE FROM strand WHERE chat = ?1 AND name = ?2")
            .and_then(|mut delete| delete.execute(params![chat, name]))
            .doing(doing)?;
        for (first, last) in set.iter() {
            self.db
                .prepare_cached(
                    "INSERT INTO strand (chat, name, first, last) VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut put| put.execute(params![chat, name, first, last]))
                .doing(doing)?;
        }
        Ok(())
    }

    /// Notes what a dialog tells beside its newest message.
    pub fn note_dialog(
        &mut self,
        chat: i64,
        date: Option<i32>,
        archived: bool,
    ) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "UPDATE chat SET top_date = ?2, archived = ?3
                 WHERE chat = ?1 AND (top_date IS NOT ?2 OR archived <> ?3)",
            )
            .and_then(|mut set| set.execute(params![chat, date, archived]))
            .map(drop)
            .doing("noting a dialog")
    }

    /// True when these rules for files are other ones than those applied last.
    pub fn see_file_rules(&mut self, digest: &[u8]) -> Result<bool, SpoolError> {
        if meta(self.db, FILE_RULES)?.as_deref() == Some(digest) {
            return Ok(false);
        }
        set_meta(self.db, FILE_RULES, digest)?;
        Ok(true)
    }

    /// Forgets them, so that the next ones decide about every file.
    pub(super) fn forget_file_rules(&self) -> Result<(), SpoolError> {
        remove_meta(self.db, FILE_RULES)
    }
}
