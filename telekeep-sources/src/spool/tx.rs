//! One transaction: records are numbered and collected, and written as few large rows.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use telekeep_journal::{Head, StoredFile};

use super::error::{Doing, SpoolError};
use super::run::{Outcome, Run};

/// Lines of a transaction are kept in rows of about this size.
const ROW_BYTES: usize = 1024 * 1024;

/// Compresses lines; made once, since its tables are large.
pub(super) type Packer = zstd::bulk::Compressor<'static>;

/// Rows live minutes: speed matters, size hardly.
pub(super) const PACK_LEVEL: i32 = 1;

/// What a record is about (`docs/format.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The account a journal is of.
    Source,
    /// Start or end of a run.
    Run,
    /// A TL `User` or `Chat`.
    Peer,
    /// A TL `Dialog`.
    Dialog,
    /// A TL `Message`.
    Message,
    /// Ids that were listed without a hole.
    Coverage,
    /// An id the list showed to be empty.
    Absent,
    /// A message that was recorded is gone at the server, or there again.
    Deleted,
    /// A file that is held.
    Media,
    /// A file that is not, and why.
    MediaMissing,
    /// A chat that could not be read, and why.
    Failure,
    /// Bytes the schema could not decode.
    Raw,
    /// A TL `Chat` that the account was in and left.
    Departed,
    /// A TL `messages.DialogFilters`.
    Folders,
    /// A TL `SavedContact`.
    SavedContact,
    /// A part of the account itself.
    Account,
    /// A TL `StoryItem`.
    Story,
    /// A part of what a chat is beyond its messages.
    About,
    /// A TL `ChannelAdminLogEvent`.
    AdminEvent,
    /// Who reacted to a message: a TL `messages.MessageReactionsList`.
    Reactions,
    /// Who voted in the poll of a message: a TL `messages.VotesList`.
    Votes,
    /// Whether it is known which chats there are.
    ChatList,
}

impl Kind {
    /// The word in the record.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Source => "source",
            Kind::Run => "run",
            Kind::Peer => "peer",
            Kind::Dialog => "dialog",
            Kind::Message => "message",
            Kind::Coverage => "coverage",
            Kind::Absent => "absent",
            Kind::Deleted => "deleted",
            Kind::Media => "media",
            Kind::MediaMissing => "media_missing",
            Kind::Failure => "failure",
            Kind::Raw => "raw",
            Kind::Departed => "left",
            Kind::Folders => "folders",
            Kind::SavedContact => "saved_contact",
            Kind::Account => "account",
            Kind::Story => "story",
            Kind::About => "about",
            Kind::AdminEvent => "admin_event",
            Kind::Reactions => "reactions",
            Kind::Votes => "votes",
            Kind::ChatList => "chat_list",
        }
    }
}

/// A transaction in the making. Dropped without [`super::Spool::commit`] finishing, it leaves
/// nothing.
pub struct SpoolTx<'a> {
    pub(super) db: &'a Transaction<'a>,
    run: &'a Run,
    packer: &'a mut Packer,
    /// Number of the first line in `lines`.
    first: u64,
    /// Number of the next record.
    next: u64,
    lines: Vec<u8>,
    begun_at: u64,
    bytes: u64,
    started: bool,
    time: i64,
}

impl<'a> SpoolTx<'a> {
    pub(super) fn new(
        db: &'a Transaction<'a>,
        run: &'a Run,
        packer: &'a mut Packer,
    ) -> Result<Self, SpoolError> {
        let next = last_seq(db)? + 1;
        let started = run.started();
        let time = (run.clock)();
        Ok(SpoolTx {
            db,
            run,
            packer,
            first: next,
            next,
            lines: Vec::new(),
            begun_at: next,
            bytes: 0,
            started,
            time,
        })
    }

    /// Adds a record; `body` is one JSON value without line breaks. Gives its number.
    pub fn record(
        &mut self,
        kind: Kind,
        chat: Option<i64>,
        id: Option<i64>,
        layer: Option<i32>,
        body: &[u8],
    ) -> Result<u64, SpoolError> {
        if !self.started {
            self.started = true;
            self.set_ending(None)?;
            if self.next == 1 {
                let source = self.run.source.to_string();
                set_meta(self.db, SOURCE, source.as_bytes())?;
                self.line(Kind::Source, None, None, None, source.as_bytes())?;
            }
            self.line(
                Kind::Run,
                None,
                None,
                None,
                self.run.start.to_string().as_bytes(),
            )?;
        }
        self.line(kind, chat, id, layer, body)
    }

    /// Adds a record whose body is one of our own objects.
    pub fn record_value(
        &mut self,
        kind: Kind,
        chat: Option<i64>,
        id: Option<i64>,
        body: &serde_json::Value,
    ) -> Result<u64, SpoolError> {
        self.record(kind, chat, id, None, body.to_string().as_bytes())
    }

    /// Names the stored files that record `seq` is the first to refer to.
    pub fn files_of(&mut self, seq: u64, files: &[StoredFile]) -> Result<(), SpoolError> {
        let mut insert = self
            .db
            .prepare_cached("INSERT OR REPLACE INTO tail_file (seq, file, size, sha256) VALUES (?1, ?2, ?3, ?4)")
            .doing("noting stored files")?;
        for file in files {
            insert
                .execute(params![
                    signed(seq),
                    file.file,
                    signed(file.size),
                    file.sha256
                ])
                .doing("noting stored files")?;
        }
        Ok(())
    }

    /// True when this transaction or an earlier one recorded something for this run.
    pub fn started(&self) -> bool {
        self.started
    }

    /// The time records of this transaction carry (unix milliseconds).
    pub fn time(&self) -> i64 {
        self.time
    }

    fn line(
        &mut self,
        kind: Kind,
        chat: Option<i64>,
        id: Option<i64>,
        layer: Option<i32>,
        body: &[u8],
    ) -> Result<u64, SpoolError> {
        if self.lines.len() >= ROW_BYTES {
            self.flush()?;
        }
        let seq = self.next;
        self.next += 1;
        let out = &mut self.lines;
        let (time, run, kind) = (self.time, &self.run.id, kind.name());
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            r#"{{"seq":{seq},"time":{time},"run":"{run}","kind":"{kind}""#
        );
        if let Some(chat) = chat {
            let _ = write!(out, r#","chat":{chat}"#);
        }
        if let Some(id) = id {
            let _ = write!(out, r#","id":{id}"#);
        }
        if let Some(layer) = layer {
            let _ = write!(out, r#","layer":{layer}"#);
        }
        out.extend_from_slice(br#","body":"#);
        out.extend_from_slice(body);
        out.extend_from_slice(b"}\n");
        Ok(seq)
    }

    /// Compressed, since encrypting pages and writing them costs more than compressing them.
    fn flush(&mut self) -> Result<(), SpoolError> {
        if self.next > self.first {
            let lines = self
                .packer
                .compress(&self.lines)
                .map_err(|source| SpoolError::Packing { source })?;
            let (first, last) = (signed(self.first), signed(self.next - 1));
            self.bytes += self.lines.len() as u64;
            let size = signed(self.lines.len() as u64);
            self.db
                .prepare_cached(
                    "INSERT INTO tail (first, last, size, lines) VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut insert| insert.execute(params![first, last, size, lines]))
                .doing("storing records")?;
        }
        self.first = self.next;
        self.lines.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Outcome, SpoolError> {
        self.flush()?;
        let records = self.next - self.begun_at;
        if records > 0 {
            set_known(self.db, self.next - 1)?;
        }
        Ok(Outcome {
            started: self.started,
            records,
            bytes: self.bytes,
        })
    }
}

/// Name of the value that says whose journal this is.
pub(super) const SOURCE: &str = "source";

/// Sequence numbers and sizes are far from the limit of SQLite's integers.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The way back; the spool stores no negative ones.
pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A single value.
pub(super) fn meta(db: &Connection, name: &str) -> Result<Option<Vec<u8>>, SpoolError> {
    db.prepare_cached("SELECT value FROM meta WHERE name = ?1")
        .and_then(|mut get| get.query_row([name], |row| row.get(0)).optional())
        .doing("reading a value")
}

/// Replaces a single value.
pub(super) fn set_meta(db: &Connection, name: &str, value: &[u8]) -> Result<(), SpoolError> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
    )
    .and_then(|mut set| set.execute(params![name, value]))
    .map(drop)
    .doing("writing a value")
}

/// Removes a single value.
pub(super) fn remove_meta(db: &Connection, name: &str) -> Result<(), SpoolError> {
    db.prepare_cached("DELETE FROM meta WHERE name = ?1")
        .and_then(|mut remove| remove.execute([name]))
        .map(drop)
        .doing("removing a value")
}

/// The last head this spool was told of.
pub(super) fn head(db: &Connection) -> Result<Option<Head>, SpoolError> {
    let Some(bytes) = meta(db, "head")? else {
        return Ok(None);
    };
    let head = serde_json::from_slice(&bytes);
    head.map(Some).map_err(|_| SpoolError::Damaged {
        what: "journal head",
    })
}

/// The number of the newest record, sealed or not.
pub(super) fn last_seq(db: &Connection) -> Result<u64, SpoolError> {
    let unsealed: Option<i64> = db
        .prepare_cached("SELECT max(last) FROM tail WHERE first = (SELECT max(first) FROM tail)")
        .and_then(|mut get| get.query_row([], |row| row.get(0)))
        .doing("reading the last number")?;
    match unsealed {
        Some(last) => Ok(unsigned(last)),
        None => Ok(head(db)?.map_or(0, |head| head.last)),
    }
}

/// Up to which record the tables of this spool account for the journal.
pub(super) fn known(db: &Connection) -> Result<u64, SpoolError> {
    let Some(bytes) = meta(db, "known")? else {
        return Ok(0);
    };
    let bytes: [u8; 8] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| SpoolError::Damaged { what: "position" })?;
    Ok(u64::from_le_bytes(bytes))
}

pub(super) fn set_known(db: &Connection, seq: u64) -> Result<(), SpoolError> {
    set_meta(db, "known", &seq.to_le_bytes())
}
