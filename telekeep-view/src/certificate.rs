//! The completeness certificate: what an archive holds at a moment, per chat, and what backs that.
//!
//! Everything in [`Facts`] follows from the records up to the heads the certificate names, so that
//! anybody with the archive can derive it again and compare; nothing in it is a matter of when or
//! where it was made. `docs/certificate.md` describes the file.

use std::collections::BTreeMap;

use askama::Template;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use telekeep_index::{ChatStatus, Evidence, FileStates, Index, IndexError, Rules, Totals};
use telekeep_journal::Head;
use telekeep_model::Selected;

use crate::lang::Texts;
use crate::reading::coverage_words;
use crate::render::Clock;

/// The version of the form of certificates.
pub const FORM: u32 = 1;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// [`FORM`].
    pub telekeep_certificate: u32,
    /// When it was made, unix milliseconds.
    pub made: i64,
    /// What made it.
    pub program: String,
    /// The archive's id.
    pub archive: String,
    /// How far each journal had come.
    pub heads: Vec<Head>,
    /// What the records up to there say.
    pub facts: Facts,
}

/// What follows from the records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Everything the account can still see is here: every chat is complete, closed or whole but for
    /// losses, no file is missing and nothing failed.
    pub complete: bool,
    /// Less than everything is selected, and nothing of that is missing.
    pub as_selected: bool,
    /// Of some account chats were only ever asked for by name: it may have others.
    #[serde(default)]
    pub by_name_only: bool,
    /// The last backup of some account did not come to its end.
    #[serde(default)]
    pub unfinished: bool,
    /// By journal, what the last backup that recorded something was asked to keep, as its record says:
    /// `selection` and `protected` and `reactions`, where that is not everything, or not the default.
    #[serde(default)]
    pub rules: BTreeMap<String, Rules>,
    /// Sums over all chats.
    pub totals: Sums,
    /// Every chat.
    pub chats: Vec<Chat>,
    /// Parts of the accounts themselves.
    pub account: Vec<Part>,
    /// What failed and did not succeed since.
    pub failures: Vec<Failed>,
    /// Kinds of records or objects that this version keeps and cannot interpret, and how many.
    pub not_understood: BTreeMap<String, u64>,
}

/// Sums over all chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Sums {
    pub chats: u64,
    pub chats_complete: u64,
    pub chats_closed: u64,
    #[serde(default)]
    pub chats_with_losses: u64,
    pub chats_left_out: u64,
    pub chats_as_selected: u64,
    pub messages: u64,
    pub deleted: u64,
    pub explained: u64,
    pub missing: u64,
    #[serde(default)]
    pub lost: u64,
    pub files: u64,
    pub file_bytes: u64,
    pub files_missing: u64,
    /// Those the last backups left to be fetched, also those that no message shows.
    #[serde(default)]
    pub files_waiting: u64,
    pub failures: u64,
}

/// Where a chat stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All messages the server has are held, and all their files or why not.
    Complete,
    /// A part is selected, and nothing of it is known to be missing.
    AsSelected,
    /// Its owner's selection leaves it out.
    LeftOut,
    /// The account cannot see it any more: nothing more can be had.
    Closed,
    /// All the server still has is held; some messages were deleted before they could be had.
    WithLosses,
    /// Something is or could be missing.
    Open,
}

/// A chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    /// Journal it is in.
    pub journal: String,
    /// Marked id.
    pub id: i64,
    /// Title or name, as known last.
    pub title: String,
    /// `user`, `bot`, `saved`, `group`, `supergroup`, `channel`.
    pub kind: String,
    /// The verdict.
    pub standing: Standing,
    /// What the server counted last.
    pub server_count: Option<u64>,
    /// Distinct messages held.
    pub held: u64,
    /// Of these, gone at the server.
    pub deleted: u64,
    /// Places that are no readable message, with a reason.
    pub explained: u64,
    /// Counted by the server, and neither held nor explained.
    pub missing: u64,
    /// Counted while it was listed, and gone before they could be had.
    #[serde(default)]
    pub lost: u64,
    /// Held, not counted by the server, and not known to be gone.
    pub uncounted: u64,
    /// Holes in what was listed.
    pub gaps: u64,
    /// Ids listed without a hole, both ends included.
    pub intervals: Vec<(i64, i64)>,
    /// Id of the newest message held.
    pub newest: Option<i64>,
    /// Its date, unix seconds.
    pub newest_date: Option<i64>,
    /// Files its messages need, by kind; see [`Evidence::files`].
    pub files: BTreeMap<String, FileStates>,
    /// What of it is selected, when that is not everything.
    pub selection: Option<Selected>,
    /// Why the account cannot see it any more.
    pub not_visible: Option<String>,
    /// Why it could not be read the last time; the next backup tries again.
    pub failure: Option<String>,
}

/// A part of the account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Part {
    pub account: Option<i64>,
    pub part: String,
    pub count: Option<u64>,
    pub unavailable: Option<String>,
    pub failure: Option<String>,
}

/// Something that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Failed {
    pub what: String,
    pub chat: Option<i64>,
    pub id: Option<i64>,
    pub file: Option<String>,
    pub error: String,
    /// The next backup tries it again.
    pub retried: bool,
}

impl Facts {
    /// What an index says.
    pub fn of(index: &Index) -> Result<Facts, IndexError> {
        let (chats, totals) = index.standing()?;
        let mut evidence = index.evidence()?;
        let mut back = |chat: &ChatStatus| {
            let key = (chat.journal.clone(), chat.id);
            evidence.remove(&key).unwrap_or_default()
        };
        let mut chats: Vec<Chat> = chats
            .into_iter()
            .map(|chat| {
                let evidence = back(&chat);
                Chat::of(chat, evidence)
            })
            .collect();
        chats.sort_by(|one, other| (&one.journal, one.id).cmp(&(&other.journal, other.id)));
        let parts = index.account_parts()?.into_iter().map(|part| Part {
            account: part.account,
            part: part.part,
            count: part.count,
            unavailable: part.unavailable,
            failure: part.failure,
        });
        let failures = index.failures()?.into_iter().map(|failure| Failed {
            what: failure.what,
            chat: failure.chat,
            id: failure.id,
            file: failure.file,
            error: failure.error,
            retried: !failure.last,
        });
        Ok(Facts {
            complete: totals.complete,
            as_selected: totals.as_selected,
            by_name_only: totals.by_name_only,
            unfinished: totals.unfinished,
            rules: index.rules()?.into_iter().collect(),
            totals: Sums::of(&totals),
            chats,
            account: parts.collect(),
            failures: failures.collect(),
            not_understood: index.not_understood()?.into_iter().collect(),
        })
    }

    /// Which parts of another one differ, in words for a path: `chats[-100…].held`.
    #[must_use]
    pub fn differences(&self, other: &Facts) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |name: &str, differs: bool| {
            if differs {
                found.push(name.to_owned());
            }
        };
        differ("complete", self.complete != other.complete);
        differ("as_selected", self.as_selected != other.as_selected);
        differ("by_name_only", self.by_name_only != other.by_name_only);
        differ("unfinished", self.unfinished != other.unfinished);
        differ("rules", self.rules != other.rules);
        differ("totals", self.totals != other.totals);
        differ("account", self.account != other.account);
        differ("failures", self.failures != other.failures);
        differ(
            "not_understood",
            self.not_understood != other.not_understood,
        );
        let key = |chat: &Chat| (chat.journal.clone(), chat.id);
        let mut theirs: BTreeMap<_, &Chat> =
            other.chats.iter().map(|chat| (key(chat), chat)).collect();
        for chat in &self.chats {
            if theirs.remove(&key(chat)) != Some(chat) {
                found.push(format!("chat {}", chat.id));
            }
        }
        found.extend(theirs.keys().map(|(_, id)| format!("chat {id}")));
        if found.is_empty() && self != other {
            found.push("order of chats".to_owned());
        }
        found
    }
}

impl Sums {
    /// As [`Totals::chats_ended`].
    #[must_use]
    pub fn chats_ended(&self) -> u64 {
        self.chats_closed + self.chats_with_losses
    }

    fn of(totals: &Totals) -> Sums {
        Sums {
            chats: totals.chats,
            chats_complete: totals.chats_complete,
            chats_closed: totals.chats_closed,
            chats_with_losses: totals.chats_with_losses,
            chats_left_out: totals.chats_left_out,
            chats_as_selected: totals.chats_as_selected,
            messages: totals.messages,
            deleted: totals.deleted,
            explained: totals.explained,
            missing: totals.missing,
            lost: totals.lost,
            files: totals.media,
            file_bytes: totals.media_bytes,
            files_missing: totals.media_missing,
            files_waiting: totals.files_waiting,
            failures: totals.failures,
        }
    }
}

impl Standing {
    fn of(chat: &ChatStatus) -> Standing {
        match chat {
            chat if chat.is_left_out() => Standing::LeftOut,
            chat if chat.is_closed() => Standing::Closed,
            chat if chat.media_missing > 0 => Standing::Open,
            chat if chat.is_as_selected() => Standing::AsSelected,
            chat if chat.complete => Standing::Complete,
            chat if chat.has_losses() => Standing::WithLosses,
            _ => Standing::Open,
        }
    }
}

impl Chat {
    fn of(chat: ChatStatus, evidence: Evidence) -> Chat {
        Chat {
            standing: Standing::of(&chat),
            journal: chat.journal,
            id: chat.id,
            title: chat.title,
            kind: chat.kind.as_str().to_owned(),
            server_count: chat.server_count,
            held: chat.archived,
            deleted: chat.deleted,
            explained: chat.explained,
            missing: chat.missing,
            lost: chat.lost,
            uncounted: chat.uncounted,
            gaps: chat.gaps,
            intervals: evidence.intervals,
            newest: chat.newest_id,
            newest_date: chat.newest,
            files: evidence.files,
            selection: chat.selection,
            not_visible: chat.not_visible,
            failure: chat.failure,
        }
    }
}

/// A chat as the page shows it.
struct Row {
    title: String,
    kind: String,
    id: i64,
    good: bool,
    words: Vec<String>,
    intervals: String,
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct Page<'a> {
    certificate: &'a Certificate,
    texts: &'static Texts,
    made: String,
    open: Vec<Row>,
    /// Nothing more can be had of them.
    ended: Vec<Row>,
    others: Vec<Row>,
    style: &'static str,
}

/// The looks of the page, inside it: it is a file of its own.
const STYLE: &str = include_str!("../templates/certificate.css");

/// Intervals shown on the page; the file has all.
const INTERVALS: usize = 20;

/// The page of a certificate: one HTML file without scripts that loads nothing. `statuses` are those
/// the certificate was made of.
///
/// # Errors
///
/// When the template cannot be rendered.
pub fn page(
    certificate: &Certificate,
    statuses: &[ChatStatus],
    texts: &'static Texts,
) -> Result<String, askama::Error> {
    let clock = Clock {
        texts,
        zone: TimeZone::UTC,
        now: certificate.made.div_euclid(1000),
    };
    let facts = certificate.facts.chats.iter();
    let known: BTreeMap<(&str, i64), &Chat> = facts
        .map(|chat| ((chat.journal.as_str(), chat.id), chat))
        .collect();
    let rows = statuses.iter().filter_map(|status| {
        let chat = known.get(&(status.journal.as_str(), status.id))?;
        Some((chat.standing, row(chat, status, texts, &clock)))
    });
    let (mut open, mut ended, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (standing, row) in rows {
        match standing {
            Standing::Open => open.push(row),
            Standing::Closed | Standing::WithLosses => ended.push(row),
            _ => others.push(row),
        }
    }
    Page {
        certificate,
        texts,
        made: clock.full(clock.now),
        open,
        ended,
        others,
        style: STYLE,
    }
    .render()
}

fn row(chat: &Chat, status: &ChatStatus, texts: &'static Texts, clock: &Clock) -> Row {
    let mut words = vec![texts.count("chat.messages", chat.held)];
    words.extend(coverage_words(status, texts, clock));
    let shown = chat.intervals.iter().take(INTERVALS);
    let mut intervals: Vec<String> = shown.map(|(from, to)| format!("{from}–{to}")).collect();
    if chat.intervals.len() > INTERVALS {
        intervals.push("…".to_owned());
    }
    let files = chat.files.iter().map(|(kind, states)| {
        let kind = texts.find(&format!("kind.{kind}")).unwrap_or(kind);
        let left_out: u64 = states.left_out.values().sum();
        let (held, missing) = (texts.number(states.held), texts.number(states.missing));
        let left_out = texts.number(left_out);
        texts.fill(
            "certificate.files",
            &[
                ("kind", kind),
                ("held", &held),
                ("left", &left_out),
                ("missing", &missing),
            ],
        )
    });
    Row {
        title: chat.title.clone(),
        kind: chat.kind.clone(),
        id: chat.id,
        good: !matches!(
            chat.standing,
            Standing::Open | Standing::Closed | Standing::WithLosses
        ),
        words,
        intervals: intervals.join(", "),
        files: files.collect(),
    }
}
