//! `telekeep status`: what is held, what is not, and why.

mod about;
mod account;

use clap::Args;
use telekeep_index::{ChatStatus, FailureRow, NoteChat, Totals};
use telekeep_model::Selected;
use telekeep_sources::spool::AccountName;

use crate::context::Context;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::index::{Reading, marked};
use crate::output::json;
use crate::output::style::Style;
use crate::output::table::{Align, Cell, Table};
use crate::output::text::{clean, count, day, minute, plural, size};
use crate::output::width;
use crate::program::typed;

use super::login::LITTLE;
use super::show::find_chats;

/// Show per chat what the server counts, what is held, explained and missing
///
/// "Counted" is the server's own number when the chat was last listed. "Held" are messages in
/// the archive, "explained" places in the list that are no message for a known reason, "deleted"
/// messages held that are gone at Telegram. A chat is complete when it was listed without a hole
/// and the numbers agree.
#[derive(Debug, Args)]
pub struct Status {
    /// Only this chat: its id, @username, title or a part of it
    #[arg(allow_negative_numbers = true)]
    chat: Option<String>,
}

/// Failures listed for people.
const LISTED: usize = 10;

impl Status {
    /// Shows the status, of one account after the other.
    pub fn run(&self, context: &Context) -> Result {
        let accounts = Reading::each(context)?;
        let several = accounts.len() > 1;
        let mut chats = 0;
        for (account, reading) in &accounts {
            if several && !context.output.json {
                let words = format!("Account {account}");
                context.output.line(context.output.out.bold(&words))?;
            }
            chats += self.of_account(context, account, reading)?;
            if several && !context.output.json {
                context.output.line("")?;
            }
        }
        let of_all = (!context.output.json && self.chat.is_none()).then(|| accounts.first());
        if let Some((_, reading)) = of_all.flatten() {
            Self::of_archive(context, reading, chats)?;
        }
        Ok(ExitCode::Done)
    }

    /// What is the same for every account.
    fn of_archive(context: &Context, reading: &Reading, chats: u64) -> Result<()> {
        let output = &context.output;
        if let Some(notes) = note_words(reading.index.note_count(None)?) {
            output.line(notes)?;
        }
        if chats > 0 {
            output.line("")?;
            output.line(output.out.dim(&typed(SECRET_CHATS)))?;
        }
        Ok(())
    }

    /// Shows what is held of an account, and gives how many chats it has.
    fn of_account(
        &self,
        context: &Context,
        account: &AccountName,
        reading: &Reading,
    ) -> Result<u64> {
        let mut chats = reading.index.status()?;
        if let Some(name) = &self.chat {
            let ids = find_chats(&reading.index, name)?;
            chats.retain(|chat| ids.contains(&chat.id));
        }
        // The liveliest first; the order of ids settles the rest, so that it is always the same.
        chats.sort_by_key(|chat| (std::cmp::Reverse(chat.newest), chat.id));
        let totals = reading.index.totals()?;
        let parts = match self.chat {
            Some(_) => Vec::new(),
            None => reading.index.account_parts()?,
        };
        if context.output.json {
            let name = account.as_str();
            self.json_chats(context, name, &chats)?;
            for chat in &chats {
                about::lines(&reading.index, chat.id, self.chat.is_some(), |line| {
                    context.output.json("about", line)
                })?;
            }
            account::lines(reading, &parts, |line| context.output.json("account", line))?;
            if self.chat.is_none() {
                let notes = reading.index.note_count(None)?;
                context
                    .output
                    .json("total", &total_line(name, &totals, notes))?;
            }
            return Ok(totals.chats);
        }
        let style = context.output.out;
        let mut lines = table(&chats).lines(width(), style);
        if self.chat.is_some() {
            for chat in &chats {
                lines.extend(details(chat, style));
                lines.extend(about::words(&reading.index, chat.id)?);
                let notes = reading.index.note_count(Some(&NoteChat::Known(chat.id)))?;
                lines.extend(note_words(notes).map(|words| format!("  {words}")));
            }
        } else {
            lines.push(String::new());
            lines.extend(account::table(reading, &parts).lines(width(), style));
            lines.extend((!parts.is_empty()).then(String::new));
            let is_bot = account::is_bot(&parts);
            lines.extend(is_bot.then(|| style.warn(LITTLE)));
            if !is_bot || totals.chats > 0 {
                lines.extend(total_words(&totals, style));
            }
            lines.extend(failure_words(&reading.index.failures()?));
        }
        for line in lines {
            context.output.line(line)?;
        }
        Ok(totals.chats)
    }

    fn json_chats(&self, context: &Context, account: &str, chats: &[ChatStatus]) -> Result<()> {
        for chat in chats {
            context.output.json("chat", &json_line(account, chat))?;
        }
        Ok(())
    }

    /// Every chat.
    pub fn all() -> Status {
        Status { chat: None }
    }
}

fn json_line<'a>(account: &'a str, chat: &'a ChatStatus) -> json::Chat<'a> {
    json::Chat {
        account,
        id: chat.id,
        title: &chat.title,
        kind: chat.kind.as_str(),
        server_count: chat.server_count,
        archived: chat.archived,
        explained: chat.explained,
        deleted: chat.deleted,
        uncounted: chat.uncounted,
        missing: chat.missing,
        lost: chat.lost,
        newest: chat.newest,
        complete: chat.complete,
        gaps: chat.gaps,
        media_wanted: chat.media_wanted,
        media_held: chat.media_held,
        media_ruled: chat.media_ruled,
        media_missing: chat.media_missing,
        failure: chat.failure.as_deref(),
        not_visible: chat.not_visible.as_deref(),
        username: chat.username.as_deref(),
        deleted_account: chat.deleted_account,
        selection: chat.selection.as_ref(),
    }
}

fn total_line<'a>(account: &'a str, totals: &Totals, notes: u64) -> json::Total<'a> {
    json::Total {
        account,
        chats: totals.chats,
        archived: totals.messages,
        explained: totals.explained,
        deleted: totals.deleted,
        missing: totals.missing,
        lost: totals.lost,
        newest: totals.newest,
        complete: totals.complete,
        chats_complete: totals.chats_complete,
        chats_closed: totals.chats_closed,
        chats_with_losses: totals.chats_with_losses,
        media: totals.media,
        media_bytes: totals.media_bytes,
        media_missing: totals.media_missing,
        failures: totals.failures,
        chats_left_out: totals.chats_left_out,
        chats_as_selected: totals.chats_as_selected,
        as_selected: totals.as_selected,
        by_name_only: totals.by_name_only,
        unfinished: totals.unfinished,
        files_waiting: totals.files_waiting,
        notes,
    }
}

fn table(chats: &[ChatStatus]) -> Table {
    let (left, right) = (Align::Left, Align::Right);
    let mut table = Table::new(
        &[
            ("Chat", left),
            ("Kind", left),
            ("Counted", right),
            ("Held", right),
            ("Explained", right),
            ("Deleted", right),
            ("Missing", right),
            ("Media", right),
            ("Newest", left),
            ("", left),
        ],
        0,
    )
    .optional(&[1, 8, 4, 2]);
    for chat in chats {
        table.row(vec![
            Cell::new(marked(&chat.title, chat.deleted_account)),
            Cell::painted(chat.kind.as_str(), Style::dim),
            chat.server_count.map_or("?".to_owned(), count).into(),
            count(chat.archived).into(),
            number(chat.explained, Style::dim),
            number(chat.deleted, Style::dim),
            number(chat.missing, Style::warn),
            media(chat),
            chat.newest.map_or(String::new(), day).into(),
            verdict(chat),
        ]);
    }
    table
}

/// A number that is worth a look only when it is not zero.
fn number(n: u64, paint: fn(Style, &str) -> String) -> Cell {
    if n == 0 {
        Cell::painted("·", Style::dim)
    } else {
        Cell::painted(count(n), paint)
    }
}

fn media(chat: &ChatStatus) -> Cell {
    let expected = chat.media_wanted.saturating_sub(chat.media_ruled);
    match chat.media_missing {
        0 => number(chat.media_held, |_, text| text.to_owned()),
        _ => {
            let held = expected.saturating_sub(chat.media_missing);
            Cell::painted(
                format!("{} of {}", count(held), count(expected)),
                Style::warn,
            )
        }
    }
}

fn verdict(chat: &ChatStatus) -> Cell {
    if let Some(failure) = &chat.failure {
        return Cell::painted(format!("failed: {}", clean(failure)), Style::error);
    }
    if chat.is_left_out() {
        return Cell::painted("left out by your selection", Style::dim);
    }
    if chat.is_closed() {
        return Cell::painted("closed", Style::warn);
    }
    if chat.is_as_selected() && chat.media_missing == 0 {
        return Cell::painted("in part, as selected", Style::dim);
    }
    match (chat.complete, chat.media_missing) {
        (true, 0) => Cell::painted("complete", Style::good),
        (true, _) => Cell::painted("media missing", Style::warn),
        _ if chat.is_as_selected() => Cell::painted("media missing", Style::warn),
        (false, 0) if chat.has_losses() => {
            Cell::painted(format!("{} lost", count(chat.lost)), Style::warn)
        }
        (false, _) if chat.missing > 0 => Cell::painted("incomplete", Style::warn),
        (false, _) if chat.uncounted > 0 => Cell::painted("numbers differ", Style::warn),
        (false, _) if chat.gaps > 0 => Cell::painted("not all listed", Style::warn),
        (false, _) => Cell::painted("not checked", Style::warn),
    }
}

fn details(chat: &ChatStatus, style: Style) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        style.bold(&marked(&chat.title, chat.deleted_account)),
    ];
    let mut name = format!("  {} {}", chat.kind.as_str(), chat.id);
    if let Some(username) = &chat.username {
        name += &format!("  @{}", clean(username));
    }
    lines.push(name);
    let holes = plural(chat.gaps, "hole", "holes");
    let listed = if chat.gaps == 0 {
        "without a hole".to_owned()
    } else {
        format!("with {holes}")
    };
    if let Some(selected) = &chat.selection {
        lines.push(format!("  {}", selected_words(selected)));
    }
    lines.push(match &chat.not_visible {
        _ if chat.is_left_out() => {
            "  what was had before is kept; nothing new is fetched".to_owned()
        }
        Some(why) => format!(
            "  Telegram shows this chat to the account no longer ({}): what was had is kept,\n  \
             nothing more can be had",
            clean(why)
        ),
        None if chat.selection.is_some() => format!("  this part is listed {listed}"),
        None => format!("  listed {listed} up to the newest message the server names"),
    });
    if chat.deleted > 0 {
        let messages = plural(chat.deleted, "message", "messages");
        lines.push(format!("  {messages} held and gone at Telegram"));
    }
    if chat.lost > 0 {
        let messages = plural(chat.lost, "message", "messages");
        lines.push(format!(
            "  {messages} counted by Telegram while it was listed, and gone before they could be had"
        ));
    }
    if chat.uncounted > 0 {
        lines.push(format!(
            "  Telegram counts {} fewer than are held, and it is not known which are gone: the next\n  \
             backup looks again",
            count(chat.uncounted)
        ));
    }
    lines.push(format!(
        "  media: {} held, {} left out by a rule (protected, self-destructing, gone, or not selected), {} missing",
        count(chat.media_held),
        count(chat.media_ruled),
        count(chat.media_missing)
    ));
    if let Some(id) = chat.newest_id {
        lines.push(format!("  newest message held: {id}"));
    }
    lines
}

/// What of a chat is selected.
fn selected_words(selected: &Selected) -> String {
    if selected.out.is_some() {
        return "left out by your selection".to_owned();
    }
    part_words(
        selected.since,
        selected.until,
        selected.own,
        &selected.topics,
    )
}

/// A part of a chat.
pub fn part_words(since: Option<i64>, until: Option<i64>, own: bool, topics: &[i64]) -> String {
    let mut parts = Vec::new();
    parts.extend(since.map(|since| format!("from {} on", minute(since))));
    parts.extend(until.map(|until| format!("before {}", minute(until))));
    if own {
        parts.push("your own messages only".to_owned());
    }
    if !topics.is_empty() {
        let topics: Vec<_> = topics.iter().map(i64::to_string).collect();
        parts.push(format!("only topics {}", topics.join(", ")));
    }
    format!("selected: {}", parts.join(", "))
}

fn total_words(totals: &Totals, style: Style) -> Vec<String> {
    if totals.chats == 0 {
        let words = "Nothing is backed up yet: telekeep login, then telekeep backup.";
        return vec![typed(words).into_owned()];
    }
    let mut lines = vec![format!(
        "{} in {}, {} ({}).",
        plural(totals.messages, "message", "messages"),
        plural(totals.chats, "chat", "chats"),
        plural(totals.media, "media file", "media files"),
        size(totals.media_bytes)
    )];
    if totals.complete {
        let words = match totals.chats_ended() {
            0 => "Complete: every chat is listed without a hole, and nothing is missing.",
            _ => {
                "Every chat that Telegram shows is listed without a hole, and nothing it still has is missing."
            }
        };
        lines.push(style.good(words));
        lines.extend(ended_words(totals));
        return lines;
    }
    if totals.as_selected {
        lines.push(style.good("Everything you selected is here."));
        lines.extend(ended_words(totals));
        lines.extend(selection_line(totals));
        lines.extend(by_name_line(totals));
        return lines;
    }
    let complete = format!(
        "{} of {} complete",
        count(totals.chats_complete),
        plural(totals.chats, "chat", "chats")
    );
    let mut parts = vec![complete];
    let counts = [
        (totals.missing, "message missing", "messages missing"),
        (
            totals.media_missing,
            "media file missing",
            "media files missing",
        ),
        (totals.failures, "failure", "failures"),
        (
            totals.files_waiting.saturating_sub(totals.media_missing),
            "file beside messages to fetch",
            "files beside messages to fetch",
        ),
    ];
    parts.extend(
        counts
            .iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many)| plural(*n, one, many)),
    );
    lines.push(style.warn(&format!(
        "Not complete: {}. {} goes on.",
        parts.join(", "),
        typed("telekeep backup")
    )));
    lines.extend(totals.unfinished.then(|| UNFINISHED.to_owned()));
    lines.extend(ended_words(totals));
    lines.extend(selection_line(totals));
    lines.extend(by_name_line(totals));
    lines
}

/// Of which chats nothing more can be had, though there was more.
fn ended_words(totals: &Totals) -> Vec<String> {
    let mut lines = Vec::new();
    if totals.chats_closed > 0 {
        lines.push(format!(
            "{} closed: what was had is kept, nothing more can be had.",
            plural(totals.chats_closed, "chat is", "chats are")
        ));
    }
    if totals.lost > 0 {
        lines.push(format!(
            "{} gone before a backup could have them: deleted, or in chats that were closed.",
            plural(totals.lost, "message was", "messages were")
        ));
    }
    lines
}

fn by_name_line(totals: &Totals) -> Option<String> {
    totals.by_name_only.then(|| BY_NAME_ONLY.to_owned())
}

fn selection_line(totals: &Totals) -> Option<String> {
    let chats = |n: u64| plural(n, "chat", "chats");
    let mut parts = Vec::new();
    if totals.chats_left_out > 0 {
        parts.push(chats(totals.chats_left_out));
    }
    if totals.chats_as_selected > 0 {
        parts.push(format!("a part of {}", chats(totals.chats_as_selected)));
    }
    if totals.files_left_out {
        parts.push("some files".to_owned());
    }
    (!parts.is_empty()).then(|| format!("Left out by your selection: {}.", parts.join(", ")))
}

/// What somebody kept by hand.
fn note_words(notes: u64) -> Option<String> {
    let words = plural(notes, "note", "notes");
    (notes > 0).then(|| format!("{words} kept by hand: {}", typed("telekeep note --list")))
}

/// Nobody knows what a backup would still have asked for.
const UNFINISHED: &str = "\
The last backup did not come to its end, or goes on: what it has not asked for yet could be\n\
missing.";

/// Nobody asked which chats the account has.
pub const BY_NAME_ONLY: &str = "\
Chats were only asked for by name so far: the account may have others, which this archive does\n\
not know.";

/// Secret chats are in nobody's cloud; people look for them here.
const SECRET_CHATS: &str = "\
Secret chats are not in this archive: they exist only on the two devices that began them, and\n\
Telegram's servers cannot show them to any other program. Look for them on that device; what you\n\
save there by hand can be kept with the rest: telekeep note";

fn failure_words(failures: &[FailureRow]) -> Vec<String> {
    let mut lines = Vec::new();
    for failure in failures.iter().take(LISTED) {
        let thing = failure.file.as_deref().unwrap_or(&failure.what);
        let place = if failure.chat_title.is_empty() {
            String::new()
        } else {
            format!(" in {}", clean(&failure.chat_title))
        };
        lines.push(format!(
            "  failed: {}{place}: {}",
            clean(thing),
            clean(&failure.error)
        ));
    }
    if failures.len() > LISTED {
        lines.push(format!(
            "  and {} more failed",
            count((failures.len() - LISTED) as u64)
        ));
    }
    lines
}
