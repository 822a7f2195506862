//! The download queue: files of messages that wait, are held, failed, or are left out by a rule.

use age::secrecy::ExposeSecret;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use telekeep_journal::BlobInfo;

use super::error::{Doing, SpoolError};
use super::tx::{meta, set_meta, signed, unsigned};
use super::{FileKind, FileTraits, Kind, Shelf, Spool, SpoolTx};
use crate::telegram::media::collect::is_told;

/// What shows a file: where a fresh file reference comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A message that holds it.
    Message {
        /// Marked chat id.
        chat: i64,
        /// Message id.
        id: i32,
    },
    /// A place in the account.
    Account(Shelf),
}

/// Origins kept per file: a reference can be renewed as long as one of them still exists.
const ORIGINS: usize = 4;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// To be fetched.
    Waiting,
    /// In the archive.
    Held,
    /// Given up in this run; the next run tries again.
    Failed,
    /// Left out by a rule that the records name.
    LeftOut,
}

impl FileState {
    pub(super) fn number(self) -> i64 {
        match self {
            FileState::Waiting => 0,
            FileState::Held => 1,
            FileState::Failed => 2,
            FileState::LeftOut => 3,
        }
    }

    fn of(number: i64) -> Result<FileState, SpoolError> {
        [
            FileState::Waiting,
            FileState::Held,
            FileState::Failed,
            FileState::LeftOut,
        ]
        .into_iter()
        .find(|state| state.number() == number)
        .ok_or(SpoolError::Damaged { what: "file state" })
    }
}

/// A file as found in a message or elsewhere in the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// `document/ID`, `document/ID/thumb/T`, `document/ID/video/T`, `photo/ID/T`,
    /// `photo/ID/video/T`, `portrait/PHOTO/PEER`.
    pub key: String,
    /// Data centre that has it.
    pub dc: i32,
    /// Announced size in bytes, or a guess where none is.
    pub size: u64,
    /// Part of its location.
    pub access_hash: i64,
    /// Part of its location; expires.
    pub reference: Vec<u8>,
    /// Announced MIME type.
    pub mime: Option<String>,
    /// Announced name.
    pub name: Option<String>,
    /// Where it was seen, the first one first.
    pub origins: Vec<Origin>,
    /// Tries that failed in this run.
    pub attempts: u32,
    /// What a selection is decided by.
    pub traits: FileTraits,
}

/// How many files are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be fetched.
    pub waiting: u64,
    /// In the archive.
    pub held: u64,
    /// Given up by the last run.
    pub failed: u64,
    /// Left out by a rule.
    pub left_out: u64,
    /// Of these, left out by the owner's selection.
    pub unselected: u64,
    /// Announced bytes of the waiting ones.
    pub waiting_bytes: u64,
}

/// Something that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `chat`, `media` or `dialogs`.
    pub what: String,
    /// Marked chat id, file key, or `list`.
    pub key: String,
    /// The server's or our word for it.
    pub error: String,
}

pub(super) const COLUMNS: &str = "key, dc, size, access_hash, reference, mime, name, origins,
    attempts, kind, thumb, main_mime, alternative";

pub(super) fn file(row: &Row<'_>) -> Result<FileRow, rusqlite::Error> {
    Ok(FileRow {
        key: row.get(0)?,
        dc: row.get(1)?,
        size: unsigned(row.get(2)?),
        access_hash: row.get(3)?,
        reference: row.get(4)?,
        mime: row.get(5)?,
        name: row.get(6)?,
        origins: parse_origins(&row.get::<_, String>(7)?),
        attempts: row.get(8)?,
        traits: FileTraits {
            kind: FileKind::of(row.get(9)?),
            thumb: row.get(10)?,
            main_mime: row.get(11)?,
            alternative: row.get(12)?,
        },
    })
}

fn parse_origins(text: &str) -> Vec<Origin> {
    let parse = |word: &str| match word.split_once(':') {
        Some((chat, id)) => Some(Origin::Message {
            chat: chat.parse().ok()?,
            id: id.parse().ok()?,
        }),
        None => word.parse().ok().map(Origin::Account),
    };
    text.split_ascii_whitespace().filter_map(parse).collect()
}

fn format_origins(origins: &[Origin]) -> String {
    let words: Vec<_> = origins
        .iter()
        .map(|origin| match origin {
            Origin::Message { chat, id } => format!("{chat}:{id}"),
            Origin::Account(shelf) => shelf.to_string(),
        })
        .collect();
    words.join(" ")
}

/// Chat and message of a record about a file; what is no message is named in the body.
pub(super) fn name_origin(
    body: &mut serde_json::Value,
    origin: Option<&Origin>,
) -> (Option<i64>, Option<i64>) {
    match origin {
        Some(&Origin::Message { chat, id }) => (Some(chat), Some(id.into())),
        Some(Origin::Account(shelf)) => {
            if let Some(fields) = body.as_object_mut() {
                fields.insert("part".to_owned(), json!(shelf.part()));
            }
            (shelf.chat(), None)
        }
        None => (None, None),
    }
}

impl Spool {
    /// The next files to fetch after `key`, in the order of keys.
    pub fn waiting_files(&self, after: &str, limit: u32) -> Result<Vec<FileRow>, SpoolError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM file WHERE state = 0 AND key > ?1 ORDER BY key LIMIT ?2"
        );
        let db = self.reading();
        let mut select = db
            .prepare_cached(&sql)
            .doing("reading the download queue")?;
        let rows = select
            .query_map(params![after, limit], file)
            .doing("reading the download queue")?;
        rows.collect::<Result<_, _>>()
            .doing("reading the download queue")
    }

    /// How many files are in which state.
    pub fn file_counts(&self) -> Result<Counts, SpoolError> {
        let db = self.reading();
        let mut select = db
            .prepare_cached(
                "SELECT state, count(*), sum(size), sum(error LIKE 'UNSELECTED%') FROM file
                 WHERE NOT (state = 3 AND error IN ('ALTERNATIVE_QUALITY', 'PORTRAIT')) GROUP BY state",
            )
            .doing("counting files")?;
        let mut rows = select.query([]).doing("counting files")?;
        let mut counts = Counts::default();
        while let Some(row) = rows.next().doing("counting files")? {
            let number = unsigned(row.get(1).doing("counting files")?);
            match FileState::of(row.get(0).doing("counting files")?)? {
                FileState::Waiting => {
                    counts.waiting = number;
                    counts.waiting_bytes = unsigned(row.get(2).doing("counting files")?);
                }
                FileState::Held => counts.held = number,
                FileState::Failed => counts.failed = number,
                FileState::LeftOut => {
                    counts.left_out = number;
                    let unselected: Option<i64> = row.get(3).doing("counting files")?;
                    counts.unselected = unsigned(unselected.unwrap_or(0));
                }
            }
        }
        Ok(counts)
    }

    /// What the last run could not get, and every run before it since.
    pub fn failures(&self) -> Result<Vec<Failure>, SpoolError> {
        let db = self.reading();
        let mut select = db
            .prepare_cached("SELECT what, key, error FROM failure ORDER BY what, key")
            .doing("reading failures")?;
        let rows = select.query_map([], |row| {
            Ok(Failure {
                what: row.get(0)?,
                key: row.get(1)?,
                error: row.get(2)?,
            })
        });
        rows.and_then(Iterator::collect).doing("reading failures")
    }

    /// The identity that unfinished downloads are encrypted to. It lives here only; made when
    /// first asked for.
    pub(crate) fn partial_identity(&self) -> Result<age::x25519::Identity, SpoolError> {
        const NAME: &str = "partial";
        let db = self.writing();
        let kept = meta(&db, NAME)?.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(identity) = kept.and_then(|text| text.parse().ok()) {
            return Ok(identity);
        }
        let identity = age::x25519::Identity::generate();
        set_meta(&db, NAME, identity.to_string().expose_secret().as_bytes())?;
        Ok(identity)
    }

    /// Puts the files that failed in earlier runs back into the queue, and forgets the failures
    /// of those that are gone for good: they were told once.
    pub fn retry_files(&self) -> Result<(), SpoolError> {
        self.writing()
            .execute_batch(
                "BEGIN;
                 UPDATE file SET state = 0, attempts = 0 WHERE state = 2;
                 DELETE FROM failure WHERE what = 'media'
                     AND key IN (SELECT key FROM file WHERE state = 3);
                 COMMIT",
            )
            .doing("queueing failed files again")
    }
}

/// State, origins, and whether it was seen only where saving is forbidden.
type Known = (FileState, Vec<Origin>, bool);

fn known(db: &Connection, key: &str) -> Result<Option<Known>, SpoolError> {
    let row: Option<(i64, String, bool)> = db
        .prepare_cached("SELECT state, origins, guarded FROM file WHERE key = ?1")
        .and_then(|mut get| {
            get.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
        })
        .doing("looking for a file")?;
    row.map(|(state, origins, guarded)| {
        Ok((FileState::of(state)?, parse_origins(&origins), guarded))
    })
    .transpose()
}

impl SpoolTx<'_> {
    /// Queues a file found somewhere (the only one in its `origins`); `rule` names why it must
    /// not be fetched, and `guarded` says that saving is forbidden there. What is held stays held;
    /// what waits learns a few more origins. True when seeing the file again teaches nothing more.
    pub fn want_file(
        &mut self,
        found: &FileRow,
        guarded: bool,
        rule: Option<&str>,
    ) -> Result<bool, SpoolError> {
        use FileState::{Failed, LeftOut, Waiting};
        let old = known(self.db, &found.key)?;
        if !guarded && old.as_ref().is_some_and(|(.., guarded)| *guarded) {
            self.guard(&found.key, false)?;
        }
        let new = old.is_none();
        let (state, mut origins) = match (old, rule) {
            (None, None) => (Waiting, Vec::new()),
            (None, Some(_)) => (LeftOut, Vec::new()),
            (Some((LeftOut, ..)), None) => (Waiting, Vec::new()),
            (Some((state @ (Waiting | Failed), origins, _)), None) if origins.len() < ORIGINS => {
                (state, origins)
            }
            (Some(_), None) => return Ok(true),
            (Some(_), Some(_)) => return Ok(false),
        };
        for origin in &found.origins {
            if origins.len() < ORIGINS && !origins.contains(origin) {
                origins.push(*origin);
            }
        }
        self.put_file(found, state, &origins, rule)?;
        if new && guarded {
            self.guard(&found.key, true)?;
        }
        let told = rule.filter(|rule| is_told(rule));
        if let (Some(rule), Some(origin)) = (told, found.origins.first()) {
            self.missing(&found.key, *origin, rule, 0)?;
        }
        Ok(false)
    }

    pub(super) fn knows_file(&self, key: &str) -> Result<bool, SpoolError> {
        known(self.db, key).map(|known| known.is_some())
    }

    /// Notes whether a file was seen only where saving is forbidden.
    pub(super) fn guard(&mut self, key: &str, guarded: bool) -> Result<(), SpoolError> {
        self.db
            .prepare_cached("UPDATE file SET guarded = ?2 WHERE key = ?1")
            .and_then(|mut set| set.execute(params![key, guarded]))
            .map(drop)
            .doing("noting a file")
    }

    fn put_file(
        &mut self,
        found: &FileRow,
        state: FileState,
        origins: &[Origin],
        rule: Option<&str>,
    ) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO file (key, state, dc, size, access_hash, reference, mime, name, origins, error,
                 kind, thumb, main_mime, alternative)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT DO UPDATE SET state = ?2, dc = ?3, size = ?4, access_hash = ?5,
                 reference = ?6, mime = ?7, name = ?8, origins = ?9, error = ?10, kind = ?11,
                 thumb = ?12, main_mime = ?13, alternative = min(alternative, ?14)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    found.key,
                    state.number(),
                    found.dc,
                    signed(found.size),
                    found.access_hash,
                    found.reference,
                    found.mime,
                    found.name,
                    format_origins(origins),
                    rule,
                    found.traits.kind.number(),
                    found.traits.thumb,
                    found.traits.main_mime,
                    found.traits.alternative,
                ])
            })
            .map(drop)
            .doing("queueing a file")
    }

    /// Remembers a renewed reference, and a data centre the server named.
    pub fn renew_file(&mut self, file: &FileRow) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "UPDATE file SET reference = ?2, access_hash = ?3, dc = ?4 WHERE key = ?1",
            )
            .and_then(|mut set| {
                set.execute(params![file.key, file.reference, file.access_hash, file.dc])
            })
            .map(drop)
            .doing("renewing a file's place")
    }

    /// Records that a file is in the archive now.
    pub fn file_held(&mut self, file: &FileRow, blob: &BlobInfo) -> Result<(), SpoolError> {
        let mut body = json!({
            "file": file.key, "size": blob.size, "sha256": blob.sha256, "blob": blob.name, "dc": file.dc,
        });
        if let Some(fields) = body.as_object_mut() {
            fields.extend(
                file.mime
                    .iter()
                    .map(|mime| ("mime".to_owned(), json!(mime))),
            );
            fields.extend(
                file.name
                    .iter()
                    .map(|name| ("name".to_owned(), json!(name))),
            );
        }
        let (chat, id) = name_origin(&mut body, file.origins.first());
        let seq = self.record_value(Kind::Media, chat, id, &body)?;
        self.files_of(seq, &blob.files)?;
        self.resolve("media", &file.key)?;
        self.db
            .prepare_cached("UPDATE file SET state = 1, blob = ?2, error = NULL WHERE key = ?1")
            .and_then(|mut set| set.execute(params![file.key, blob.name]))
            .map(drop)
            .doing("finishing a file")
    }

    /// Records that a file could not be had in this run.
    pub fn file_failed(&mut self, file: &FileRow, error: &str) -> Result<(), SpoolError> {
        if self.fail("media", &file.key, error)?
            && let Some(origin) = file.origins.first()
        {
            self.missing(&file.key, *origin, error, file.attempts.max(1))?;
        }
        self.db
            .prepare_cached("UPDATE file SET state = 2, attempts = ?2, error = ?3 WHERE key = ?1")
            .and_then(|mut set| set.execute(params![file.key, file.attempts, error]))
            .map(drop)
            .doing("giving a file up")
    }

    /// Records that a file is gone for good. It counts as failed until the next run begins.
    pub fn file_gone(&mut self, file: &FileRow, error: &str) -> Result<(), SpoolError> {
        self.fail("media", &file.key, error)?;
        self.leave_out(file, error)
    }

    /// Records that a file is left out, and not tried again.
    pub fn leave_out(&mut self, file: &FileRow, error: &str) -> Result<(), SpoolError> {
        if let Some(origin) = file.origins.first() {
            self.missing(&file.key, *origin, error, 0)?;
        }
        self.db
            .prepare_cached("UPDATE file SET state = 3, error = ?2 WHERE key = ?1")
            .and_then(|mut set| set.execute(params![file.key, error]))
            .map(drop)
            .doing("giving a file up for good")
    }

    /// Records that a file is missing no more, though it is not held.
    pub(super) fn missing_no_more(&mut self, file: &FileRow) -> Result<(), SpoolError> {
        let mut body = json!({"what": "media", "file": file.key, "resolved": true});
        let (chat, id) = name_origin(&mut body, file.origins.first());
        self.record_value(Kind::MediaMissing, chat, id, &body)
            .map(drop)
    }

    /// Records why a file is not held; `attempts` is 0 when it is not tried again.
    pub(super) fn missing(
        &mut self,
        key: &str,
        origin: Origin,
        error: &str,
        attempts: u32,
    ) -> Result<u64, SpoolError> {
        let mut body = json!({
            "what": "media", "file": key, "error": error, "attempts": attempts, "final": attempts == 0,
        });
        let (chat, id) = name_origin(&mut body, Some(&origin));
        self.record_value(Kind::MediaMissing, chat, id, &body)
    }

    /// Notes a failure. True when it was not failing so already, so that it must be recorded.
    pub fn fail(&mut self, what: &str, key: &str, error: &str) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO failure (what, key, error) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET error = ?3 WHERE error <> ?3",
            )
            .and_then(|mut put| put.execute(params![what, key, error]))
            .map(|rows| rows > 0)
            .doing("noting a failure")
    }

    /// Forgets a failure that is one no more. True when there was one.
    pub fn resolve(&mut self, what: &str, key: &str) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached("DELETE FROM failure WHERE what = ?1 AND key = ?2")
            .and_then(|mut delete| delete.execute([what, key]))
            .map(|rows| rows > 0)
            .doing("forgetting a failure")
    }
}
