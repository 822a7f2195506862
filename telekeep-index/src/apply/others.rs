//! Records of a batch that are not messages.

use rusqlite::params;
use telekeep_model::{
    ChatList, Coverage, Dialog, Failure, Folders, OwnText, Run, Selected, Source,
};

use super::{
    Step,
    chats::{self, Counters},
    line::Other,
};
use crate::{
    error::{Doing as _, IndexError},
    number::signed,
    status::Rules,
};

impl Step<'_> {
    pub(super) fn other(&mut self, time: i64, what: Other) -> Result<(), IndexError> {
        match what {
            Other::Source(source) => self.source(&source),
            Other::Run { run, body } => self.run(&run, &body, time),
            Other::ChatList(list) => self.chat_list(list),
            Other::Peer(peer) => self.peer(&peer, time),
            Other::Dialog { body, run, seq } => self.dialog(&body, &run, seq, time),
            Other::Folders(folders) => self.folders(&folders),
            Other::Part { part, body } => self.part(&part, &body, time),
            Other::Story {
                told,
                chat,
                seq,
                body,
            } => self.story(&told, chat, (seq, time), &body),
            Other::About { chat, part, body } => self.about(chat, &part, &body, time),
            Other::AdminEvent {
                chat,
                id,
                text,
                body,
            } => self.admin_event(chat, id, text.as_deref(), &body),
            Other::Crowd {
                deed,
                chat,
                id,
                unavailable,
                body,
            } => self.crowd(deed, (chat, id), unavailable.as_deref(), &body),
            Other::Capture {
                note,
                chat,
                seq,
                body,
            } => self.capture(&note, chat, (seq, time), &body),
            Other::SavedContact(contact) => self.saved_contact(&contact),
            Other::Deleted {
                chat,
                id,
                back: true,
                ..
            } => self.undeleted(chat, id),
            Other::Deleted { chat, id, seq, .. } => self.deleted(chat, id, seq, time),
            Other::Coverage { chat, body } => self.coverage(chat, &body),
            Other::Note { chat, id, reason } => self.note(chat, id, &reason),
            Other::Media(media) => {
                self.files.held(media);
                Ok(())
            }
            Other::Failure { chat, id, body } => self.failure(chat, id, &body, time),
            Other::Odd(name) => self.odd(&name),
            Other::Nothing => Ok(()),
        }
    }

    fn source(&self, source: &Source) -> Result<(), IndexError> {
        self.db
            .prepare_cached("UPDATE journal SET account = ?2, server = ?3 WHERE no = ?1")
            .and_then(|mut set| set.execute(params![self.journal, source.account, source.server]))
            .map(drop)
            .doing("storing the source")
    }

    fn chat_list(&self, list: ChatList) -> Result<(), IndexError> {
        self.db
            .prepare_cached("UPDATE journal SET by_name = ?2 WHERE no = ?1")
            .and_then(|mut set| set.execute(params![self.journal, !list.whole]))
            .map(drop)
            .doing("storing whether all chats are known")
    }

    fn run(&self, run: &str, body: &Run, time: i64) -> Result<(), IndexError> {
        let (started, ended) = match body.event.as_str() {
            "start" => (Some(time), None),
            _ => (None, Some(time)),
        };
        let result = body.result.as_ref().map(|result| result.get());
        let rules = started.map(|_| {
            let selection = body.selection.as_ref();
            let rules = Rules {
                selection: selection.and_then(|text| serde_json::from_str(text.get()).ok()),
                protected: body.protected.clone(),
                reactions: body.reactions.clone(),
            };
            serde_json::to_string(&rules).unwrap_or_default()
        });
        self.db
            .prepare_cached(
                "INSERT INTO run (journal, run, command, started, ended, result, whole, rules)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (journal, run) DO UPDATE SET whole = excluded.whole,
                    started = coalesce(started, excluded.started),
                    ended = coalesce(excluded.ended, ended),
                    result = coalesce(excluded.result, result)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.journal,
                    run,
                    body.command,
                    started,
                    ended,
                    result,
                    ended.is_some() && !body.interrupted,
                    rules,
                ])
            })
            .map(drop)
            .doing("storing a run")
    }

    fn dialog(
        &mut self,
        dialog: &Dialog,
        run: &str,
        seq: u64,
        time: i64,
    ) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, dialog.chat)?.no;
        // A chat that stays pinned keeps its place: its record comes again whenever it has news.
        self.db
            .prepare_cached(
                "UPDATE chat SET top = ?2, folder = ?3,
                    pin_run = CASE WHEN ?4 AND pinned THEN pin_run WHEN ?4 THEN ?5 END,
                    pin_seq = CASE WHEN ?4 AND pinned THEN pin_seq WHEN ?4 THEN ?6 END,
                    pinned = ?4, muted = ?7 WHERE no = ?1",
            )
            .and_then(|mut set| {
                set.execute(params![
                    no,
                    dialog.top_message,
                    dialog.folder,
                    dialog.pinned,
                    run,
                    signed(seq),
                    dialog.muted_until > time.div_euclid(1000),
                ])
            })
            .map(drop)
            .doing("storing a dialog")
    }

    /// Folders come all together: one that is not among them was deleted.
    fn folders(&mut self, Folders(folders): &Folders) -> Result<(), IndexError> {
        let titles = folders.iter().map(|folder| OwnText {
            text: folder.title.clone(),
            ..OwnText::default()
        });
        let titles: Vec<_> = titles.filter(|one| !one.text.is_empty()).collect();
        self.own_texts("folders", None, &titles)?;
        let store = || -> Result<(), rusqlite::Error> {
            self.db
                .prepare_cached("DELETE FROM folder WHERE journal = ?1")?
                .execute([self.journal])?;
            let mut put = self.db.prepare_cached(
                "INSERT OR IGNORE INTO folder (journal, id, place, rule) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (place, folder) in (0_i64..).zip(folders) {
                let rule = serde_json::to_string(folder).unwrap_or_default();
                put.execute(params![self.journal, folder.id, place, rule])?;
            }
            Ok(())
        };
        store().doing("storing folders")
    }

    /// Merges the interval with those it touches, and takes the server's count.
    fn coverage(&mut self, chat: i64, body: &Coverage) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, chat)?.no;
        if body.from <= body.to {
            self.cover(no, body.from, body.to)
                .doing("storing coverage")?;
        }
        if let Some(selected) = &body.selection {
            self.selected(no, chat, selected)?;
        }
        if body.counted.is_some() || body.lost > 0 {
            self.db
                .prepare_cached(
                    "UPDATE chat SET counted = coalesce(?2, counted), lost = lost + ?3
                     WHERE no = ?1",
                )
                .and_then(|mut set| set.execute(params![no, body.counted, body.lost]))
                .doing("storing the server's count")?;
        }
        if let Some(count) = body.server_count {
            self.db
                .prepare_cached(
                    "UPDATE chat SET server_count = ?2, inexact = ?3, not_visible = ?4,
                     counted = CASE WHEN ?4 IS NOT NULL THEN counted END WHERE no = ?1",
                )
                .and_then(|mut set| set.execute(params![no, count, body.inexact, body.not_visible]))
                .doing("storing the server's count")?;
            // The count is told when a chat was listed to its end: it did not fail then.
            self.resolve("chat", &chat.to_string())?;
        }
        Ok(())
    }

    fn selected(&self, no: i64, chat: i64, selected: &Selected) -> Result<(), IndexError> {
        let text =
            (!selected.is_whole()).then(|| serde_json::to_string(selected).unwrap_or_default());
        self.db
            .prepare_cached("UPDATE chat SET selection = ?2 WHERE no = ?1")
            .and_then(|mut set| set.execute(params![no, text]))
            .doing("storing what is selected")?;
        if selected.out.is_some() {
            // It is not tried again.
            self.resolve("chat", &chat.to_string())?;
        }
        Ok(())
    }

    fn cover(&self, no: i64, first: i64, last: i64) -> Result<(), rusqlite::Error> {
        let touching = "c = ?1 AND first <= ?3 + 1 AND last >= ?2 - 1";
        let (first, last) = self
            .db
            .prepare_cached(&format!(
                "SELECT min(?2, coalesce(min(first), ?2)), max(?3, coalesce(max(last), ?3))
                 FROM coverage WHERE {touching}"
            ))?
            .query_row([no, first, last], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        self.db
            .prepare_cached(&format!("DELETE FROM coverage WHERE {touching}"))?
            .execute([no, first, last])?;
        self.db
            .prepare_cached("INSERT INTO coverage (c, first, last) VALUES (?1, ?2, ?3)")?
            .execute([no, first, last])
            .map(drop)
    }

    /// Explains an id, unless the message is held.
    pub(super) fn note(&mut self, chat: i64, id: i64, reason: &str) -> Result<(), IndexError> {
        let no = self.chats.get(self.db, chat)?.no;
        let new = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO note (c, id, reason) SELECT ?1, ?2, ?3
                 WHERE NOT EXISTS (SELECT 1 FROM message WHERE c = ?1 AND id = ?2)",
            )
            .and_then(|mut put| put.execute(params![no, id, reason]))
            .doing("storing a note")?;
        let chat = self.chats.get(self.db, chat)?;
        let new = i64::try_from(new).unwrap_or_default();
        chat.more.explained += new;
        chat.explained += new;
        Ok(())
    }

    fn failure(
        &mut self,
        chat: Option<i64>,
        id: Option<i64>,
        body: &Failure,
        time: i64,
    ) -> Result<(), IndexError> {
        let key = match (&body.file, chat) {
            (Some(file), _) => file.clone(),
            (None, Some(chat)) => chat.to_string(),
            (None, None) => String::new(),
        };
        if body.resolved {
            if body.what == "media" {
                self.store_files()?;
                self.unrule(&key)?;
            }
            return self.resolve(&body.what, &key);
        }
        if let Some(chat) = chat {
            self.chats.get(self.db, chat)?;
        }
        // What came before it comes before it.
        self.store_files()?;
        if body.what == "media" && body.last {
            return self.rule(&key, &body.error);
        }
        self.db
            .prepare_cached(
                "INSERT INTO failure (journal, what, key, chat, id, error, attempts, last, time)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (journal, what, key) DO UPDATE SET error = excluded.error,
                    attempts = excluded.attempts, last = excluded.last, time = excluded.time",
            )
            .and_then(|mut put| {
                put.execute(params![
                    self.journal,
                    body.what,
                    key,
                    chat,
                    id,
                    body.error,
                    body.attempts,
                    body.last,
                    time
                ])
            })
            .map(drop)
            .doing("storing a failure")
    }

    /// A file that is left out for good (by a rule, or gone at the server) is explained, not missing.
    fn rule(&mut self, file: &str, error: &str) -> Result<(), IndexError> {
        self.resolve("media", file)?;
        self.db
            .prepare_cached("REPLACE INTO rule (file, error) VALUES (?1, ?2)")
            .and_then(|mut put| put.execute([file, error]))
            .doing("storing a rule")?;
        let held = self
            .db
            .prepare_cached("SELECT 1 FROM media WHERE file = ?1")
            .and_then(|mut select| select.exists([file]))
            .doing("looking up a file")?;
        if held {
            return Ok(());
        }
        for (no, _) in self
            .wanting(file)?
            .into_iter()
            .filter(|(_, ruled)| *ruled == 0)
        {
            chats::add(
                self.db,
                no,
                Counters {
                    media_ruled: 1,
                    ..Counters::default()
                },
            )?;
        }
        self.db
            .prepare_cached("UPDATE wanted SET ruled = 1 WHERE file = ?1")
            .and_then(|mut set| set.execute([file]))
            .map(drop)
            .doing("storing a rule")
    }

    /// A rule leaves a file out no more: it is missing until it is held.
    fn unrule(&mut self, file: &str) -> Result<(), IndexError> {
        for (no, _) in self
            .wanting(file)?
            .into_iter()
            .filter(|(_, ruled)| *ruled > 0)
        {
            let less = Counters {
                media_ruled: -1,
                ..Counters::default()
            };
            chats::add(self.db, no, less)?;
        }
        let forget = || -> Result<(), rusqlite::Error> {
            self.db
                .prepare_cached("DELETE FROM rule WHERE file = ?1")?
                .execute([file])?;
            self.db
                .prepare_cached("UPDATE wanted SET ruled = 0 WHERE file = ?1")?
                .execute([file])
                .map(drop)
        };
        forget().doing("forgetting a rule")
    }

    pub(super) fn resolve(&self, what: &str, key: &str) -> Result<(), IndexError> {
        self.db
            .prepare_cached("DELETE FROM failure WHERE journal = ?1 AND what = ?2 AND key = ?3")
            .and_then(|mut delete| delete.execute(params![self.journal, what, key]))
            .map(drop)
            .doing("resolving a failure")
    }
}
