//! Getting back what a lost or outdated spool knew, by reading the journal.
//!
//! The journal holds everything but the session and the files still to be fetched; those are
//! found again in the messages.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;
use telekeep_journal::{Archive, Record};
use telekeep_tl::{Object, Schema};

use super::error::{Doing, SpoolError};
use super::run::{Run, system_clock};
use super::seen::Seen;
use super::tx::{SOURCE, known, set_known, set_meta};
use super::{
    Count, Deed, Ending, FileRow, FileTraits, Kind, Origin, Scope, Shown, Spool, SpoolTail, SpoolTx,
};
use crate::telegram::backup::{about, account, crowds, decode, whole};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::writers_of;

/// Records read in one transaction.
const BATCH: u64 = 5000;

impl Spool {
    /// Makes spool and archive agree at the start of a run: finishes or removes what a killed
    /// sealing left, and reads the records this spool does not account for. Gives how many it
    /// read; 0 is the usual answer. The caller holds the archive's lock.
    pub fn catch_up(&self, archive: &Archive) -> Result<u64, SpoolError> {
        let head = archive.recover(&self.journal(), &mut SpoolTail(self))?;
        let from = known(&self.writing())? + 1;
        let to = head.map_or(0, |head| head.last);
        if from > to {
            return Ok(0);
        }
        // Nothing is recorded while reading, so the run leaves no trace.
        let run = Run::new(String::new(), Value::Null, Value::Null, system_clock());
        let mut records = archive.records(&self.journal(), from)?;
        let (mut read, mut more) = (0, true);
        let mut portrayed = HashSet::new();
        while more {
            more = self.commit(&run, |tx| {
                for line in records
                    .by_ref()
                    .take(usize::try_from(BATCH).unwrap_or(usize::MAX))
                {
                    let line = line?;
                    let damaged = |_| SpoolError::Damaged {
                        what: "record of the journal",
                    };
                    tx.replay(&line.record().map_err(damaged)?, &mut portrayed)?;
                    set_known(tx.db, line.seq)?;
                    read += 1;
                }
                Ok(read % BATCH == 0 && read > 0 && known(tx.db)? < to)
            })?;
        }
        // What is selected decides about all of it anew.
        self.commit(&run, |tx| tx.forget_file_rules())?;
        Ok(read)
    }
}

#[derive(Deserialize)]
struct CoverageBody {
    from: i32,
    to: i32,
    server_count: Option<u64>,
    #[serde(default)]
    inexact: bool,
    counted: Option<u64>,
    #[serde(default)]
    lost: u64,
    not_visible: Option<String>,
    selection: Option<Scope>,
}

/// A part of the account or of a chat.
#[derive(Deserialize)]
struct PartBody {
    part: String,
    #[serde(default)]
    answers: Vec<Value>,
    unavailable: Option<String>,
}

impl PartBody {
    fn answers(&self) -> Vec<Value> {
        match &self.unavailable {
            Some(reason) => account::refused(reason),
            None => self.answers.clone(),
        }
    }
}

#[derive(Deserialize)]
struct ChatListBody {
    whole: bool,
}

#[derive(Deserialize)]
struct Resolved {
    #[serde(default)]
    resolved: bool,
}

#[derive(Deserialize)]
struct Refused {
    unavailable: Option<String>,
}

#[derive(Deserialize)]
struct FailureBody {
    what: String,
    /// Of one that is none any more, nothing.
    error: Option<String>,
}

#[derive(Deserialize)]
struct FileBody {
    file: Option<String>,
    error: Option<String>,
    size: Option<u64>,
    blob: Option<String>,
    dc: Option<i32>,
    #[serde(default)]
    resolved: bool,
}

impl SpoolTx<'_> {
    /// Learns from a record what committing it had noted. Unknown kinds teach nothing.
    fn replay(&mut self, record: &Record, portrayed: &mut HashSet<i64>) -> Result<(), SpoolError> {
        let body = record.body.get();
        let is = |kind: Kind| record.kind == kind.name();
        match (record.chat, record.id.and_then(|id| i32::try_from(id).ok())) {
            (Some(chat), Some(id)) if is(Kind::Message) => {
                self.replay_message(record, (chat, id), portrayed)
            }
            (Some(chat), Some(id)) if is(Kind::Absent) || is(Kind::Raw) => {
                let seen = self.see_messages(chat, &[(id, [0; 16])])?;
                self.count(chat, 0, u64::from(seen.first() == Some(&Seen::New)))
            }
            (Some(chat), Some(id)) if is(Kind::Deleted) => {
                let back = serde_json::from_str::<Resolved>(body).is_ok_and(|body| body.resolved);
                match back {
                    true => self.message_back(chat, id).map(drop),
                    false => self.message_gone(chat, id).map(drop),
                }
            }
            (Some(chat), None) if is(Kind::Raw) => self.count(chat, 0, 1),
            (Some(_), _) if is(Kind::Peer) => self.replay_object(record, |tx, object| {
                let Some(peer) = decode::peer_of(object) else {
                    return Ok(());
                };
                tx.want_emoji(account::emoji_of_peer(object).as_slice())?;
                tx.see_peer(&peer, object.fingerprint(decode::PEER_VOLATILE))?;
                // They may show another photo now.
                let wrote = portrayed.remove(&peer.chat);
                match wrote || peer.who.contact {
                    true => tx.portray_again(peer.chat, portrayed),
                    false => Ok(()),
                }
            }),
            (Some(chat), _) if is(Kind::Dialog) => self.replay_object(record, |tx, object| {
                let top = object.int("top_message").unwrap_or(0);
                tx.see_dialog(chat, top, object.fingerprint(decode::DIALOG_VOLATILE))
                    .map(drop)
            }),
            (Some(chat), _) if is(Kind::Coverage) => match serde_json::from_str(body) {
                Ok(coverage) => self.replay_coverage(chat, &coverage, record.time),
                Err(_) => Ok(()),
            },
            (chat, id) if is(Kind::Media) || is(Kind::MediaMissing) => {
                let origin = chat.zip(id).map(|(chat, id)| Origin::Message { chat, id });
                match serde_json::from_str(body) {
                    Ok(file) => self.replay_file(&file, origin),
                    Err(_) => Ok(()),
                }
            }
            (Some(chat), _) if is(Kind::Failure) => match serde_json::from_str(body) {
                Ok(failure) => self.replay_failure(chat, &failure),
                Err(_) => Ok(()),
            },
            (Some(chat), _) if is(Kind::Departed) => self.leave_chat(chat).map(drop),
            _ if is(Kind::Folders) => self.replay_object(record, |tx, object| {
                tx.see_folders(object.fingerprint(&[])).map(drop)
            }),
            _ if is(Kind::SavedContact) => self.replay_saved_contact(record),
            _ if is(Kind::Account) => self.replay_account(record),
            (Some(chat), Some(id)) if is(Kind::Story) => self.replay_object(record, |tx, story| {
                let print = story.fingerprint(account::STORY_VOLATILE);
                let there = story.name() == "storyItem";
                tx.want_emoji(&account::emoji_of(story))?;
                tx.story_again(chat, id, there.then_some(print))
            }),
            (Some(chat), _) if is(Kind::About) => self.replay_about(record, chat),
            (Some(chat), _) if is(Kind::AdminEvent) => match record.id {
                Some(id) => self.see_admin_event(chat, id).map(drop),
                None => Ok(()),
            },
            (Some(chat), Some(id)) if is(Kind::Reactions) => {
                self.replay_crowd(record, (chat, id, Deed::Reacted))
            }
            (Some(chat), Some(id)) if is(Kind::Votes) => {
                self.replay_crowd(record, (chat, id, Deed::Voted))
            }
            _ if is(Kind::ChatList) => match serde_json::from_str::<ChatListBody>(body) {
                Ok(list) => self.set_list_whole(list.whole).map(drop),
                Err(_) => Ok(()),
            },
            _ if is(Kind::Source) => self.set_source(body),
            _ if is(Kind::Run) => match serde_json::from_str(body) {
                Ok(body) => self.set_ending(Ending::of_record(&body)),
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn replay_crowd(&mut self, record: &Record, key: (i64, i32, Deed)) -> Result<(), SpoolError> {
        let refused = serde_json::from_str::<Refused>(record.body.get());
        let reason = refused.ok().and_then(|refused| refused.unavailable);
        self.crowd_told(key, None, reason.as_deref(), record.time)
            .map(drop)
    }

    /// Only of these failures no other record tells that they are none any more.
    fn replay_failure(&mut self, chat: i64, body: &FailureBody) -> Result<(), SpoolError> {
        let key = chat.to_string();
        match (body.what.as_str(), &body.error) {
            (whole::WHAT, Some(error)) => self.fail(whole::WHAT, &key, error).map(drop),
            (whole::WHAT, None) => self.resolve(whole::WHAT, &key).map(drop),
            _ => Ok(()),
        }
    }

    fn replay_message(
        &mut self,
        record: &Record,
        (chat, id): (i64, i32),
        portrayed: &mut HashSet<i64>,
    ) -> Result<(), SpoolError> {
        self.add_chat(chat)?;
        self.replay_object(record, |tx, message| {
            for writer in writers_of(message) {
                tx.portray_again(writer, portrayed)?;
            }
            let print = message.fingerprint(decode::MESSAGE_VOLATILE);
            let seen = tx.see_messages(chat, &[(id, print)])?;
            let whole = false;
            match whole::is_part(message) {
                true => tx.note_shown(chat, id, Shown { print, whole })?,
                false => tx.forget_shown(chat, id)?,
            }
            tx.note_pins(chat, [(id, message.flag("pinned"))].into_iter())?;
            tx.count(chat, u64::from(seen.first() == Some(&Seen::New)), 0)?;
            tx.want_emoji(&account::emoji_of(message))?;
            tx.meet_sets(account::set_of(message).as_slice())?;
            for crowd in crowds::crowds_of(chat, message) {
                tx.want_crowd(&crowd)?;
            }
            let files = collect::files_of(message, Origin::Message { chat, id });
            let guarded = message.flag("noforwards") || tx.is_protected(chat)?;
            // Rules are records of their own and come after the message, once for a file.
            files
                .rows
                .iter()
                .try_for_each(|file| tx.want_file_again(file, guarded))
        })
    }

    /// Gives the object of a record to `learn`, when its layer is known here.
    fn replay_object(
        &mut self,
        record: &Record,
        learn: impl FnOnce(&mut Self, &Object<'_>) -> Result<(), SpoolError>,
    ) -> Result<(), SpoolError> {
        let schema: Option<&'static Schema> = record.layer.and_then(telekeep_tl::bundled);
        let value: Option<Value> = serde_json::from_str(record.body.get()).ok();
        let (Some(schema), Some(value)) = (schema, value) else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        if schema.encode("", &value, &mut bytes).is_err() {
            return Ok(());
        }
        match schema.object(&bytes) {
            Ok(object) => learn(self, &object),
            Err(_) => Ok(()),
        }
    }

    fn replay_saved_contact(&mut self, record: &Record) -> Result<(), SpoolError> {
        #[derive(Deserialize)]
        struct Gone {
            phone: String,
            gone: bool,
        }
        if let Ok(Gone { phone, gone: true }) = serde_json::from_str(record.body.get()) {
            return self.forget_saved_contact(&phone);
        }
        self.replay_object(record, |tx, contact| match contact.str("phone") {
            Some(phone) => tx.keep_saved_contact(&phone, contact.fingerprint(&[])),
            None => Ok(()),
        })
    }

    fn replay_account(&mut self, record: &Record) -> Result<(), SpoolError> {
        let Ok(body) = serde_json::from_str::<PartBody>(record.body.get()) else {
            return Ok(());
        };
        let print = account::print(&body.part, &body.answers());
        self.account_part_again(&body.part, print)
    }

    fn replay_about(&mut self, record: &Record, chat: i64) -> Result<(), SpoolError> {
        let Ok(body) = serde_json::from_str::<PartBody>(record.body.get()) else {
            return Ok(());
        };
        let answers = body.answers();
        if let Some(forbids) = about::forbids(&answers) {
            self.guard_chat(chat, forbids)?;
        }
        if let Some(scheduled) = about::has_scheduled(&answers) {
            self.note_scheduled(chat, scheduled)?;
        }
        let print = account::print(&format!("{}{}", about::PREFIX, body.part), &answers);
        self.chat_part_again(chat, &body.part, print, record.time)
    }

    fn replay_coverage(
        &mut self,
        chat: i64,
        body: &CoverageBody,
        time: i64,
    ) -> Result<(), SpoolError> {
        self.add_chat(chat)?;
        self.cover(chat, body.from, body.to)?;
        if let Some(scope) = &body.selection {
            self.put_scope(chat, scope, true)?;
        }
        if body.not_visible.is_some() {
            self.departed_listed(chat)?;
            self.expect_nothing(chat)?;
            return Ok(());
        }
        if let Some(counted) = body.counted {
            self.counted(chat, counted)?;
        }
        if let Some(messages) = body.server_count {
            let inexact = body.inexact;
            self.listed(chat, body.to, Some(Count { messages, inexact }))?;
            self.reviewed(chat, time, None, false)?;
        }
        match body.lost {
            0 => Ok(()),
            lost => self.lose(chat, lost),
        }
    }

    fn replay_file(&mut self, body: &FileBody, origin: Option<Origin>) -> Result<(), SpoolError> {
        let Some(key) = body.file.clone() else {
            return Ok(());
        };
        let file = FileRow {
            key,
            dc: body.dc.unwrap_or(0),
            size: body.size.unwrap_or(0),
            access_hash: 0,
            reference: Vec::new(),
            mime: None,
            name: None,
            origins: origin.into_iter().collect(),
            attempts: 0,
            traits: FileTraits::default(),
        };
        match (&body.blob, &body.error) {
            (Some(blob), _) => self.hold_again(&file, blob),
            (None, Some(error)) if collect::is_rule(error) => {
                self.leave_out_again(&file.key, error)
            }
            (None, None) if body.resolved => self.let_in_again(&file.key),
            _ => Ok(()),
        }
    }

    /// Keeps whose journal this is.
    fn set_source(&mut self, body: &str) -> Result<(), SpoolError> {
        set_meta(self.db, SOURCE, body.as_bytes())
    }
}

impl SpoolTx<'_> {
    /// Whoever wrote is recorded before what they wrote.
    fn portray_again(&mut self, peer: i64, portrayed: &mut HashSet<i64>) -> Result<(), SpoolError> {
        if portrayed.insert(peer)
            && let Some((file, guarded)) = self.portrait_of(peer)?
            && !self.knows_file(&file.key)?
        {
            self.want_file(&file, guarded, None)?;
        }
        Ok(())
    }

    fn want_file_again(&mut self, file: &FileRow, guarded: bool) -> Result<(), SpoolError> {
        if guarded && self.knows_file(&file.key)? {
            return Ok(());
        }
        // Without a rule nothing is recorded by this.
        self.want_file(file, guarded, None).map(drop)
    }

    fn hold_again(&mut self, file: &FileRow, blob: &str) -> Result<(), SpoolError> {
        self.want_file(file, false, None)?;
        self.db
            .execute(
                "UPDATE file SET state = 1, blob = ?2, error = NULL WHERE key = ?1",
                [&file.key, blob],
            )
            .map(drop)
            .doing("finding a file again")
    }

    fn let_in_again(&mut self, key: &str) -> Result<(), SpoolError> {
        self.db
            .execute(
                "UPDATE file SET state = 0, error = NULL WHERE key = ?1 AND state = 3",
                [key],
            )
            .map(drop)
            .doing("finding a file again")
    }

    fn leave_out_again(&mut self, key: &str, rule: &str) -> Result<(), SpoolError> {
        if rule == collect::PROTECTED {
            self.guard(key, true)?;
        }
        self.db
            .execute(
                "UPDATE file SET state = 3, error = ?2 WHERE key = ?1 AND state <> 1",
                [key, rule],
            )
            .map(drop)
            .doing("finding a file again")
    }
}
