//! What is held and what could be missing, per chat, by arithmetic over coverage.
//!
//! For each chat: `archived` are the distinct ids held, of which `deleted` are gone at the server;
//! `explained` the ids known not to be a readable message (absent when listed, kept as raw bytes). What
//! the server counts beyond those that are there and explained is missing; when it counts fewer than are
//! there, something was deleted and it is not known yet what, which can hide something missing.
//! A chat is complete only when its ids were listed without a hole from the first to the newest the
//! chat list names, the server told its count, the numbers agree, and the chat did not fail; and when
//! nothing that the server counted while it was listed was deleted before it could be had.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use telekeep_model::{PeerKind, Selected};

use crate::{
    error::{Doing as _, IndexError},
    names::Names,
    number::unsigned,
};

/// A chat and its completeness.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatStatus {
    /// Journal it is in.
    pub journal: String,
    /// Marked id.
    pub id: i64,
    /// Title or name.
    pub title: String,
    /// Public name without `@`.
    pub username: Option<String>,
    /// What it is.
    pub kind: PeerKind,
    /// A person whose account was deleted; `title` is the last name known.
    pub deleted_account: bool,
    /// How many messages the server counts, if it told.
    pub server_count: Option<u64>,
    /// Distinct message ids held.
    pub archived: u64,
    /// Ids known not to be a readable message.
    pub explained: u64,
    /// Messages held that are gone at the server.
    pub deleted: u64,
    /// Messages held that the server counts no more, though none of them is known to be gone.
    pub uncounted: u64,
    /// Messages the server has and the archive has not: at least so many.
    pub missing: u64,
    /// Messages the server counted while the chat was listed, and that were gone before they could be
    /// had: deleted, or the chat was closed. At least so many; nobody can have them any more.
    pub lost: u64,
    /// Holes in what was listed, up to the newest message the chat list names.
    pub gaps: u64,
    /// Date of the newest message held, unix seconds.
    pub newest: Option<i64>,
    /// Id of the newest message held.
    pub newest_id: Option<i64>,
    /// Files that messages held need.
    pub media_wanted: u64,
    /// Of these, held.
    pub media_held: u64,
    /// Of these, left out for good: self-destructing, protected, or gone at the server.
    pub media_ruled: u64,
    /// Of these, neither.
    pub media_missing: u64,
    /// Why the server no longer shows the chat to this account, if so: then nothing of it is missing
    /// that could be had.
    pub not_visible: Option<String>,
    /// Why the chat, or the whole of a message in it, could not be read the last time, if so.
    pub failure: Option<String>,
    /// Everything the server still has is archived or explained.
    pub whole: bool,
    /// It is whole, and nothing of it was lost. Files are not part of this: see `media_missing`.
    pub complete: bool,
    /// What of it is selected, when that is not everything. Then it is never complete; `gaps` are
    /// those of the part, if coverage can tell.
    pub selection: Option<Selected>,
}

impl ChatStatus {
    /// The account cannot see it any more, and it did not fail for another reason.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.not_visible.is_some() && self.failure.is_none() && !self.is_left_out()
    }

    /// It is whole, but some of it was deleted before it could be had.
    #[must_use]
    pub fn has_losses(&self) -> bool {
        self.whole && !self.complete
    }

    /// Its owner's selection leaves it out.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        let selection = self.selection.as_ref();
        selection.is_some_and(|selection| selection.out.is_some())
    }

    /// A part of it is selected, and nothing of that is known to be missing.
    #[must_use]
    pub fn is_as_selected(&self) -> bool {
        self.selection.is_some()
            && !self.is_left_out()
            && self.gaps == 0
            && self.failure.is_none()
            && self.not_visible.is_none()
    }
}

/// Sums over all chats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Chats.
    pub chats: u64,
    /// Chats that are complete.
    pub chats_complete: u64,
    /// Chats that the account cannot see any more: nothing more can be had of them.
    pub chats_closed: u64,
    /// Chats of which the archive has all that the server has, and of which something was lost before.
    pub chats_with_losses: u64,
    /// Messages held.
    pub messages: u64,
    /// Ids explained.
    pub explained: u64,
    /// Messages held that are gone at the server.
    pub deleted: u64,
    /// Messages missing, at least.
    pub missing: u64,
    /// Messages lost, at least.
    pub lost: u64,
    /// Files held, of any kind: also thumbnails and link previews.
    pub media: u64,
    /// Their bytes.
    pub media_bytes: u64,
    /// Files that messages need and that are not held, without those a rule leaves out.
    pub media_missing: u64,
    /// What failed and did not succeed since.
    pub failures: u64,
    /// Date of the newest message held, unix seconds.
    pub newest: Option<i64>,
    /// Everything the account can still see is here: every chat is complete, closed, or whole but for
    /// losses, no file is missing and nothing failed.
    pub complete: bool,
    /// Chats left out by their owner's selection.
    pub chats_left_out: u64,
    /// Chats of which a part is selected, and nothing of that is missing.
    pub chats_as_selected: u64,
    /// Files are left out by their owner's selection.
    pub files_left_out: bool,
    /// Of some account chats were only ever asked for by name: it may have others.
    pub by_name_only: bool,
    /// The last backup of some account did not come to its end: what it had not asked for yet is not
    /// known to be missing.
    pub unfinished: bool,
    /// Files that the last backup of each account left to be fetched, those of messages and others:
    /// photos of people, stickers, what belongs to the account itself.
    pub files_waiting: u64,
    /// Less than everything is selected, and nothing of what is selected is missing.
    pub as_selected: bool,
}

impl Totals {
    /// Chats of which nothing more can be had, though more of them was there: closed, or with losses.
    #[must_use]
    pub fn chats_ended(&self) -> u64 {
        self.chats_closed + self.chats_with_losses
    }
}

/// What a backup was asked to keep, where that is not everything or not the default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// What is selected, as the run's record says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection: Option<Value>,
    /// `keep`: also files whose owner forbids saving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<String>,
    /// `who`: who reacted and voted was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reactions: Option<String>,
}

/// Something that failed and did not succeed since.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureRow {
    /// `chat` or `media`.
    pub what: String,
    /// Marked id of the chat.
    pub chat: Option<i64>,
    /// Title of the chat.
    pub chat_title: String,
    /// Message that needs the file.
    pub id: Option<i64>,
    /// File key, for media.
    pub file: Option<String>,
    /// The error's name.
    pub error: String,
    /// Attempts so far.
    pub attempts: u32,
    /// No further attempt is useful.
    pub last: bool,
    /// When, unix milliseconds.
    pub time: i64,
}

/// What the arithmetic works on.
#[derive(Clone, Debug, Default)]
struct Facts {
    server_count: Option<i64>,
    inexact: bool,
    /// Counted while the chat was being listed.
    counted: Option<i64>,
    lost: i64,
    top: Option<i64>,
    archived: i64,
    explained: i64,
    deleted: i64,
    /// Merged, ascending.
    coverage: Vec<(i64, i64)>,
    /// The newest message of the chat list is held or explained.
    top_known: bool,
    failed: bool,
    not_visible: Option<String>,
    selection: Option<Selected>,
}

/// The outcome.
#[derive(Debug, PartialEq)]
struct Verdict {
    missing: u64,
    lost: u64,
    uncounted: u64,
    gaps: u64,
    /// Everything the server still has is here.
    whole: bool,
}

impl Facts {
    /// Counted while the chat was being listed, and not had yet.
    fn outstanding(&self) -> i64 {
        let had = self.archived + self.explained;
        self.counted.unwrap_or(0).saturating_sub(had).max(0)
    }
}

fn judge(facts: &Facts) -> Verdict {
    if facts.not_visible.is_some() {
        // Nothing more can be had; nobody can say that this is all there was.
        return Verdict {
            missing: 0,
            lost: unsigned(facts.lost + facts.outstanding()),
            uncounted: 0,
            gaps: 0,
            whole: false,
        };
    }
    let top = facts.top.unwrap_or(0).max(0);
    if let Some(selected) = &facts.selection {
        return Verdict {
            missing: 0,
            lost: unsigned(facts.lost),
            uncounted: 0,
            gaps: gaps_of_part(selected, &facts.coverage, top),
            whole: false,
        };
    }
    let mut gaps = 0;
    let mut covered = 0;
    for &(first, last) in &facts.coverage {
        if covered < top && first > covered + 1 {
            gaps += 1;
        }
        covered = covered.max(last);
    }
    gaps += u64::from(covered < top);
    // Messages beyond what was listed: at least the newest one.
    let unlisted = u64::from(covered < top && !facts.top_known);
    let there = facts.archived.saturating_sub(facts.deleted);
    let (short, beyond) = match (facts.server_count, facts.inexact) {
        (Some(count), false) => (
            count.saturating_sub(there + facts.explained).max(0),
            there.saturating_sub(count).max(0),
        ),
        _ => (0, 0),
    };
    let short = short.max(facts.outstanding());
    let (missing, uncounted) = (unsigned(short).max(unlisted), unsigned(beyond));
    let listed = facts.server_count == Some(0) || !facts.coverage.is_empty();
    let whole = facts.server_count.is_some()
        && listed
        && (gaps, missing, uncounted) == (0, 0, 0)
        && !facts.failed;
    Verdict {
        missing,
        lost: unsigned(facts.lost),
        uncounted,
        gaps,
        whole,
    }
}

/// Holes in what is selected, as far as coverage tells; one when its ids are not known yet.
fn gaps_of_part(selected: &Selected, coverage: &[(i64, i64)], top: i64) -> u64 {
    if selected.out.is_some() {
        return 0;
    }
    if !selected.is_interval() {
        return u64::from(!selected.listed);
    }
    if selected.since.is_some() && selected.first.is_none() {
        return 1;
    }
    let (mut next, last) = (selected.first.unwrap_or(1), selected.last.unwrap_or(top));
    let mut gaps = 0;
    for &(first, end) in coverage {
        if next <= last && end >= next {
            gaps += u64::from(first > next);
            next = end + 1;
        }
    }
    gaps + u64::from(next <= last)
}

const SELECT: &str = "SELECT chat.no, journal.name, chat.chat, chat.server_count, chat.inexact,
    chat.top, chat.archived, chat.explained, chat.media_wanted, chat.media_held, chat.media_ruled,
    peer.kind, peer.username, (SELECT error FROM failure WHERE failure.journal = chat.journal
        AND failure.what IN ('chat', 'rich_message') AND failure.key = CAST(chat.chat AS TEXT)
        ORDER BY failure.what LIMIT 1), journal.account, chat.not_visible,
    chat.newest_date, chat.newest_id, peer.gone, chat.selection, chat.deleted, chat.counted, chat.lost
    FROM chat JOIN journal ON journal.no = chat.journal
    LEFT JOIN peer ON peer.id = chat.chat";

/// Every chat, in the order it was met.
pub(crate) fn status(db: &Connection) -> Result<Vec<ChatStatus>, IndexError> {
    let mut select = db
        .prepare_cached(&format!("{SELECT} ORDER BY chat.no"))
        .doing("reading chats")?;
    let mut rows = select.query([]).doing("reading chats")?;
    let mut names = Names::default();
    let mut all = Vec::new();
    while let Some(row) = rows.next().doing("reading chats")? {
        all.push(chat(db, row, &mut names)?);
    }
    Ok(all)
}

fn chat(db: &Connection, row: &Row<'_>, names: &mut Names) -> Result<ChatStatus, IndexError> {
    let no: i64 = row.get(0).doing("reading a chat")?;
    let facts = facts(db, row, no).doing("reading a chat")?;
    let verdict = judge(&facts);
    let read = || -> Result<ChatStatus, rusqlite::Error> {
        let id: i64 = row.get(2)?;
        let kind: Option<String> = row.get(11)?;
        let account: Option<i64> = row.get(14)?;
        let kind = match kind.as_deref().and_then(PeerKind::from_word) {
            _ if account == Some(id) => PeerKind::Saved,
            Some(kind) => kind,
            None => PeerKind::of_id(id),
        };
        let (wanted, held, ruled) = (row.get(8)?, row.get(9)?, row.get(10)?);
        Ok(ChatStatus {
            journal: row.get(1)?,
            id,
            title: String::new(),
            username: row.get(12)?,
            kind,
            deleted_account: id > 0 && row.get::<_, Option<bool>>(18)? == Some(true),
            server_count: facts.server_count.map(unsigned),
            archived: unsigned(facts.archived),
            explained: unsigned(facts.explained),
            deleted: unsigned(facts.deleted),
            uncounted: verdict.uncounted,
            missing: verdict.missing,
            lost: verdict.lost,
            gaps: verdict.gaps,
            newest: row.get(16)?,
            newest_id: row.get(17)?,
            media_wanted: unsigned(wanted),
            media_held: unsigned(held),
            media_ruled: unsigned(ruled),
            media_missing: unsigned(wanted.saturating_sub(held).saturating_sub(ruled)),
            not_visible: facts.not_visible.clone(),
            failure: row.get(13)?,
            whole: verdict.whole,
            complete: verdict.whole && verdict.lost == 0,
            selection: facts.selection.clone(),
        })
    };
    let mut chat = read().doing("reading a chat")?;
    chat.title = match chat.kind {
        PeerKind::Saved => "Saved Messages".to_owned(),
        _ => names.of(db, chat.id)?,
    };
    Ok(chat)
}

fn facts(db: &Connection, row: &Row<'_>, no: i64) -> Result<Facts, rusqlite::Error> {
    let top: Option<i64> = row.get(5)?;
    let coverage = db
        .prepare_cached("SELECT first, last FROM coverage WHERE c = ?1 ORDER BY first")?
        .query_map([no], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let newest: Option<i64> = row.get(17)?;
    Ok(Facts {
        server_count: row.get(3)?,
        inexact: row.get(4)?,
        counted: row.get(21)?,
        lost: row.get(22)?,
        top,
        archived: row.get(6)?,
        explained: row.get(7)?,
        deleted: row.get(20)?,
        coverage,
        // Mostly it is the newest message held, which is known without looking for it.
        top_known: match top {
            Some(top) if Some(top) != newest => is_known(db, no, top)?,
            top => top.is_some(),
        },
        failed: row.get::<_, Option<String>>(13)?.is_some(),
        not_visible: row.get(15)?,
        selection: row
            .get::<_, Option<String>>(19)?
            .and_then(|text| serde_json::from_str(&text).ok()),
    })
}

/// A message is held or explained.
fn is_known(db: &Connection, no: i64, id: i64) -> Result<bool, rusqlite::Error> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM message WHERE c = ?1 AND id = ?2)
             OR EXISTS (SELECT 1 FROM note WHERE c = ?1 AND id = ?2)",
    )?
    .query_row([no, id], |row| row.get(0))
}

/// Sums of [`status`].
pub(crate) fn totals(db: &Connection, chats: &[ChatStatus]) -> Result<Totals, IndexError> {
    let meta = |key: &str| -> Result<u64, IndexError> {
        db.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
            row.get(0)
        })
        .optional()
        .doing("reading totals")
        .map(|value| unsigned(value.unwrap_or(0)))
    };
    let failures: i64 = db
        .query_row("SELECT count(*) FROM failure", [], |row| row.get(0))
        .doing("reading totals")?;
    let mut totals = Totals {
        media: meta("media_files")?,
        media_bytes: meta("media_bytes")?,
        failures: unsigned(failures),
        ..Totals::default()
    };
    for chat in chats {
        totals.chats += 1;
        totals.chats_complete += u64::from(chat.complete);
        totals.chats_closed += u64::from(chat.is_closed());
        totals.chats_with_losses += u64::from(chat.has_losses());
        totals.chats_left_out += u64::from(chat.is_left_out());
        totals.chats_as_selected += u64::from(chat.is_as_selected());
        totals.messages += chat.archived;
        totals.explained += chat.explained;
        totals.deleted += chat.deleted;
        totals.missing += chat.missing;
        totals.lost += chat.lost;
        totals.media_missing += chat.media_missing;
        totals.newest = totals.newest.max(chat.newest);
    }
    totals.files_left_out = files_left_out(db).doing("reading totals")?;
    totals.by_name_only = is_by_name_only(db).doing("reading totals")?;
    for run in last_runs(db).doing("reading totals")? {
        totals.unfinished |= !run.whole;
        totals.files_waiting += run.files_waiting;
    }
    let selected = totals.chats_left_out + totals.chats_as_selected;
    let nothing_missing = totals.chats > 0
        && totals.chats == totals.chats_complete + totals.chats_ended() + selected
        && totals.media_missing == 0
        && totals.failures == 0
        && !totals.unfinished
        && totals.files_waiting == 0;
    let everything = selected == 0 && !totals.files_left_out && !totals.by_name_only;
    totals.complete = nothing_missing && everything;
    totals.as_selected = nothing_missing && !everything;
    Ok(totals)
}

/// The last backup of an account that recorded something.
struct LastRun {
    journal: String,
    whole: bool,
    files_waiting: u64,
    /// [`Rules`] as JSON.
    rules: String,
}

fn last_runs(db: &Connection) -> Result<Vec<LastRun>, rusqlite::Error> {
    let read = |row: &Row<'_>| {
        Ok(LastRun {
            journal: row.get(0)?,
            whole: row.get(1)?,
            files_waiting: unsigned(row.get(2)?),
            rules: row.get(3)?,
        })
    };
    db.prepare_cached(
        "SELECT journal.name, whole, coalesce(json_extract(result, '$.files_waiting'), 0),
            coalesce(rules, '{}'), max(started)
         FROM run JOIN journal ON journal.no = run.journal
         WHERE command = 'backup' AND started IS NOT NULL GROUP BY run.journal",
    )?
    .query_map([], read)?
    .collect()
}

/// See [`crate::Index::rules`].
pub(crate) fn rules(db: &Connection) -> Result<Vec<(String, Rules)>, IndexError> {
    let runs = last_runs(db).doing("reading rules")?.into_iter();
    let rules = |run: LastRun| {
        let rules = serde_json::from_str(&run.rules).unwrap_or_default();
        (run.journal, rules)
    };
    Ok(runs.map(rules).collect())
}

fn is_by_name_only(db: &Connection) -> Result<bool, rusqlite::Error> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM journal WHERE by_name)")?
        .query_row([], |row| row.get(0))
}

/// Some file is left out by its owner's selection.
fn files_left_out(db: &Connection) -> Result<bool, rusqlite::Error> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM rule WHERE error LIKE 'UNSELECTED%'
             AND NOT EXISTS (SELECT 1 FROM media WHERE media.file = rule.file))",
    )?
    .query_row([], |row| row.get(0))
}

/// What failed and did not succeed since, newest first.
pub(crate) fn failures(db: &Connection) -> Result<Vec<FailureRow>, IndexError> {
    let mut names = Names::default();
    let read = || -> Result<Vec<FailureRow>, rusqlite::Error> {
        db.prepare_cached(
            "SELECT what, chat, id, key, error, attempts, last, time FROM failure
             ORDER BY time DESC, what, key",
        )?
        .query_map([], |row| {
            let what: String = row.get(0)?;
            let key: String = row.get(3)?;
            let file = (what == "media").then_some(key);
            Ok(FailureRow {
                what,
                chat: row.get(1)?,
                chat_title: String::new(),
                id: row.get(2)?,
                file,
                error: row.get(4)?,
                attempts: row.get(5)?,
                last: row.get(6)?,
                time: row.get(7)?,
            })
        })?
        .collect()
    };
    let mut rows = read().doing("reading failures")?;
    for row in &mut rows {
        if let Some(chat) = row.chat {
            row.chat_title = names.of(db, chat)?;
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(
        server: Option<i64>,
        archived: i64,
        coverage: &[(i64, i64)],
        top: Option<i64>,
    ) -> Facts {
        Facts {
            server_count: server,
            archived,
            coverage: coverage.to_vec(),
            top,
            ..Facts::default()
        }
    }

    fn verdict(missing: u64, gaps: u64, whole: bool) -> Verdict {
        Verdict {
            missing,
            lost: 0,
            uncounted: 0,
            gaps,
            whole,
        }
    }

    #[test]
    fn a_part_is_judged_by_its_own_ids_and_never_complete() {
        let part = |first, last| Selected {
            since: first,
            first,
            last,
            ..Selected::default()
        };
        let out = Selected {
            out: Some("excluded".to_owned()),
            ..Selected::default()
        };
        let own = |listed| Selected {
            own: true,
            listed,
            ..Selected::default()
        };
        let cases = [
            ("left out", out, vec![], 0),
            ("own ones, not listed yet", own(false), vec![], 1),
            ("own ones", own(true), vec![], 0),
            ("inside", part(Some(20), Some(40)), vec![(10, 45)], 0),
            ("open end", part(Some(20), None), vec![(20, 50)], 0),
            ("open end, news", part(Some(20), None), vec![(20, 49)], 1),
            ("two holes", part(Some(20), Some(40)), vec![(25, 30)], 2),
            ("older ones only", part(Some(20), Some(40)), vec![(1, 9)], 1),
            ("nothing in it", part(Some(51), None), vec![], 0),
        ];
        for (name, selected, coverage, gaps) in cases {
            let facts = Facts {
                selection: Some(selected),
                ..facts(Some(50), 3, &coverage, Some(50))
            };
            assert_eq!(judge(&facts), verdict(0, gaps, false), "{name}");
        }
        let unknown = Selected {
            since: Some(9),
            ..Selected::default()
        };
        assert_eq!(
            gaps_of_part(&unknown, &[(1, 50)], 50),
            1,
            "ids not known yet"
        );
    }

    #[test]
    fn arithmetic() {
        let whole = facts(Some(10), 10, &[(1, 50)], Some(50));
        let cases = [
            ("whole", whole.clone(), verdict(0, 0, true)),
            (
                "one short",
                Facts {
                    archived: 9,
                    ..whole.clone()
                },
                verdict(1, 0, false),
            ),
            (
                "one short but explained",
                Facts {
                    archived: 9,
                    explained: 1,
                    ..whole.clone()
                },
                verdict(0, 0, true),
            ),
            (
                "more than counted, and it is not known which are gone",
                Facts {
                    archived: 12,
                    ..whole.clone()
                },
                Verdict {
                    uncounted: 2,
                    ..verdict(0, 0, false)
                },
            ),
            (
                "more than counted, because some are gone",
                Facts {
                    archived: 12,
                    deleted: 2,
                    ..whole.clone()
                },
                verdict(0, 0, true),
            ),
            (
                "one gone does not stand for one that is missing",
                Facts {
                    archived: 10,
                    deleted: 1,
                    ..whole.clone()
                },
                verdict(1, 0, false),
            ),
            (
                "failed",
                Facts {
                    failed: true,
                    ..whole.clone()
                },
                verdict(0, 0, false),
            ),
            (
                "count not told",
                Facts {
                    server_count: None,
                    ..whole.clone()
                },
                verdict(0, 0, false),
            ),
            (
                "approximate count",
                Facts {
                    inexact: true,
                    archived: 9,
                    ..whole.clone()
                },
                verdict(0, 0, true),
            ),
            (
                "a newer message",
                Facts {
                    top: Some(51),
                    ..whole.clone()
                },
                verdict(1, 1, false),
            ),
            (
                "a newer message that is held",
                Facts {
                    top: Some(51),
                    top_known: true,
                    archived: 11,
                    ..whole.clone()
                },
                Verdict {
                    uncounted: 1,
                    ..verdict(0, 1, false)
                },
            ),
            (
                "a hole",
                facts(Some(10), 10, &[(1, 20), (30, 50)], Some(50)),
                verdict(0, 1, false),
            ),
            (
                "no beginning",
                facts(Some(10), 10, &[(5, 50)], Some(50)),
                verdict(0, 1, false),
            ),
            (
                "nothing listed",
                facts(Some(10), 0, &[], Some(50)),
                verdict(10, 1, false),
            ),
            (
                "nothing known",
                facts(None, 0, &[], None),
                verdict(0, 0, false),
            ),
            (
                "empty chat",
                facts(Some(0), 0, &[], None),
                verdict(0, 0, true),
            ),
            (
                "left chat, listed",
                facts(Some(3), 3, &[(1, 9)], None),
                verdict(0, 0, true),
            ),
            (
                "counted while it was listed, and not had yet",
                Facts {
                    counted: Some(30),
                    ..facts(None, 10, &[(1, 20)], Some(50))
                },
                verdict(20, 1, false),
            ),
            (
                "counted while it was listed, and closed since",
                Facts {
                    counted: Some(30),
                    not_visible: Some("CHANNEL_PRIVATE".to_owned()),
                    ..facts(Some(0), 10, &[(1, 20)], Some(50))
                },
                Verdict {
                    lost: 20,
                    ..verdict(0, 0, false)
                },
            ),
            (
                "all that is left, and some were gone before",
                Facts {
                    lost: 7,
                    ..whole.clone()
                },
                Verdict {
                    lost: 7,
                    ..verdict(0, 0, true)
                },
            ),
            (
                "hole above the top",
                facts(Some(3), 3, &[(1, 9), (20, 30)], Some(9)),
                verdict(0, 0, true),
            ),
        ];
        for (name, facts, expected) in cases {
            assert_eq!(judge(&facts), expected, "{name}");
        }
    }
}
